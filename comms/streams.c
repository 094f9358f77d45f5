/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "streams.h"

#include <string.h>

struct CommsStreams {
  gatomicrefcount refs;
  GMutex          lock;      /* everything below, and every CommsUnitStreams */
  GHashTable     *units;     /* link's key → CommsUnitStreams */
  GQueue          changed;   /* CommsUnitStreams */
  void          (*wake) (gpointer user_data);
  gpointer        user_data;
};

/* What a report holds of a stream; its owner. */
typedef struct {
  CommsUnitStreams *unit;
  guint8            stream;
  gboolean          committed;
  CommsPlace        before, through;
} Part;

int
comms_place_compare (CommsPlace a, CommsPlace b)
{
  if (a.boot != b.boot)
    return a.boot < b.boot ? -1 : 1;
  return (a.number > b.number) - (a.number < b.number);
}

CommsStreams *
comms_streams_new (void)
{
  CommsStreams *streams = g_new0 (CommsStreams, 1);

  g_atomic_ref_count_init (&streams->refs);
  g_mutex_init (&streams->lock);
  streams->units = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_queue_init (&streams->changed);
  return streams;
}

CommsStreams *
comms_streams_ref (CommsStreams *streams)
{
  g_atomic_ref_count_inc (&streams->refs);
  return streams;
}

void
comms_streams_unref (CommsStreams *streams)
{
  if (!g_atomic_ref_count_dec (&streams->refs))
    return;
  g_hash_table_unref (streams->units);
  g_mutex_clear (&streams->lock);
  g_free (streams);
}

static CommsUnitStreams *
unit_of (CommsStreams *streams, gint64 key)
{
  CommsUnitStreams *unit = g_hash_table_lookup (streams->units, &key);

  if (unit == NULL) {
    unit = g_new0 (CommsUnitStreams, 1);
    unit->all = streams;
    unit->link = G_MAXUINT;
    g_hash_table_insert (streams->units, g_memdup2 (&key, sizeof key), unit);
  }
  return unit;
}

static void
advance (CommsPlace *place, CommsPlace to)
{
  if (comms_place_compare (*place, to) < 0)
    *place = to;
}

void
comms_streams_load (CommsStreams *streams, gint64 link, guint stream, guint32 boot, guint32 through)
{
  g_return_if_fail (stream < COMMS_N_STREAMS);
  g_mutex_lock (&streams->lock);
  CommsUnitStreams *unit = unit_of (streams, link);
  advance (&unit->stored[stream], (CommsPlace) { boot, through });
  advance (&unit->taken[stream], unit->stored[stream]);
  g_mutex_unlock (&streams->lock);
}

void
comms_streams_load_sessions (CommsStreams *streams, gint64 link, guint32 n_sessions)
{
  g_mutex_lock (&streams->lock);
  CommsUnitStreams *unit = unit_of (streams, link);
  unit->n_sessions = MAX (unit->n_sessions, n_sessions);
  g_mutex_unlock (&streams->lock);
}

void
comms_streams_listen (CommsStreams *streams, void (*wake) (gpointer user_data), gpointer user_data)
{
  g_mutex_lock (&streams->lock);
  streams->wake = wake;
  streams->user_data = user_data;
  g_mutex_unlock (&streams->lock);
}

CommsUnitStreams *
comms_streams_of (CommsStreams *streams, gint64 key, guint link, const char *serial)
{
  g_mutex_lock (&streams->lock);
  CommsUnitStreams *unit = unit_of (streams, key);
  if (unit->serial[0] != '\0' && strcmp (unit->serial, serial) != 0) {
    memset (unit->taken, 0, sizeof unit->taken);
    memset (unit->stored, 0, sizeof unit->stored);
  }
  g_strlcpy (unit->serial, serial, sizeof unit->serial);
  unit->link = link;
  g_mutex_unlock (&streams->lock);
  return unit;
}

CommsUnitStreams *
comms_streams_next (CommsStreams *streams, guint *changed)
{
  g_mutex_lock (&streams->lock);
  GList *node = g_queue_pop_head_link (&streams->changed);
  CommsUnitStreams *unit = node != NULL ? node->data : NULL;
  if (unit != NULL) {
    *changed = unit->changed;
    unit->changed = 0;
    node->data = NULL;
  }
  g_mutex_unlock (&streams->lock);
  return unit;
}

guint
comms_unit_streams_known (CommsUnitStreams *unit, guint stream, CommsPlace first, guint count, guint32 *lost)
{
  guint known = 0;

  *lost = 0;
  g_mutex_lock (&unit->all->lock);
  CommsPlace taken = unit->taken[stream];
  g_mutex_unlock (&unit->all->lock);
  if (first.boot < taken.boot)
    return count;
  if (first.boot == taken.boot && first.number <= taken.number)
    known = MIN (count, taken.number - first.number + 1);
  else if (taken.boot != 0 || taken.number != 0)   /* of a unit never heard before nothing is known to be lost */
    *lost = first.number - 1 - (first.boot == taken.boot ? taken.number : 0);
  return known;
}

/* ---- reports ----------------------------------------------------------------------------------- */

/* Under the lock. */
static void
list (CommsUnitStreams *unit, guint stream)
{
  CommsStreams *streams = unit->all;

  unit->changed |= 1u << stream;
  if (unit->node.data != NULL)
    return;
  unit->node.data = unit;
  g_queue_push_tail_link (&streams->changed, &unit->node);
  if (streams->changed.length == 1 && streams->wake != NULL)
    streams->wake (streams->user_data);
}

static void
on_committed (CommsReport *report)
{
  Part *part = report->owner;
  CommsUnitStreams *unit = part->unit;
  CommsStreams *streams = unit->all;

  g_mutex_lock (&streams->lock);
  part->committed = TRUE;
  unit->n_waiting--;
  advance (&unit->stored[part->stream], part->through);
  list (unit, part->stream);
  g_mutex_unlock (&streams->lock);
}

static void
on_freed (gpointer owner)
{
  Part *part = owner;
  CommsUnitStreams *unit = part->unit;
  CommsStreams *streams = unit->all;

  if (!part->committed) {
    g_mutex_lock (&streams->lock);
    unit->n_waiting--;
    if (comms_place_compare (part->before, unit->taken[part->stream]) < 0)
      unit->taken[part->stream] = part->before;
    g_mutex_unlock (&streams->lock);
  }
  comms_streams_unref (streams);
  g_free (part);
}

void
comms_unit_streams_take (CommsUnitStreams *unit, guint stream, CommsPlace through, CommsReport *report)
{
  Part *part = g_new (Part, 1);

  g_return_if_fail (report->owner == NULL);
  comms_streams_ref (unit->all);
  g_mutex_lock (&unit->all->lock);
  *part = (Part) { unit, stream, FALSE, unit->taken[stream], through };
  advance (&unit->taken[stream], through);
  unit->n_waiting++;
  g_mutex_unlock (&unit->all->lock);
  report->owner = part;
  report->committed = on_committed;
  report->release = on_freed;
}

void
comms_unit_streams_again (CommsUnitStreams *unit, guint stream)
{
  g_mutex_lock (&unit->all->lock);
  list (unit, stream);
  g_mutex_unlock (&unit->all->lock);
}

CommsPlace
comms_unit_streams_stored (CommsUnitStreams *unit, guint stream)
{
  g_mutex_lock (&unit->all->lock);
  CommsPlace place = unit->stored[stream];
  g_mutex_unlock (&unit->all->lock);
  return place;
}

guint
comms_unit_streams_waiting (CommsUnitStreams *unit)
{
  g_mutex_lock (&unit->all->lock);
  guint n = unit->n_waiting;
  g_mutex_unlock (&unit->all->lock);
  return n;
}

guint32
comms_unit_streams_boot (CommsUnitStreams *unit)
{
  guint32 boot = 0;

  g_mutex_lock (&unit->all->lock);
  for (guint i = 0; i < COMMS_N_STREAMS; i++)
    boot = MAX (boot, unit->taken[i].boot);
  g_mutex_unlock (&unit->all->lock);
  return boot;
}
