/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "streams.h"

#include <string.h>

struct CommsStreams {
  gatomicrefcount   refs;
  CommsUnitStreams *changed;   /* atomic: a stack that any thread adds to and the session thread takes whole */
  CommsUnitStreams *asked;     /* the session thread's: what it has taken of it and not yet asked for */
  GMutex            lock;      /* everything below */
  GHashTable       *units;     /* link's key → CommsUnitStreams */
  void            (*wake) (gpointer user_data);
  gpointer          user_data;
};

/* ---- places ------------------------------------------------------------------------------------ */

/* As numbers: records of an earlier boot go before those of a later one. */
static guint64
pack (CommsPlace place)
{
  return (guint64) place.boot << 32 | place.number;
}

static CommsPlace
read_place (const guint64 *place)
{
  guint64 value = __atomic_load_n (place, __ATOMIC_ACQUIRE);

  return (CommsPlace) { value >> 32, (guint32) value };
}

/* Returns what stood there. */
static guint64
advance (guint64 *place, guint64 to)
{
  guint64 from = __atomic_load_n (place, __ATOMIC_ACQUIRE);

  while (from < to && !__atomic_compare_exchange_n (place, &from, to, TRUE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    ;
  return from;
}

static void
withdraw (guint64 *place, guint64 to)
{
  guint64 from = __atomic_load_n (place, __ATOMIC_ACQUIRE);

  while (from > to && !__atomic_compare_exchange_n (place, &from, to, TRUE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    ;
}

/* ---- all of them ------------------------------------------------------------------------------- */

CommsStreams *
comms_streams_new (void)
{
  CommsStreams *streams = g_new0 (CommsStreams, 1);

  g_atomic_ref_count_init (&streams->refs);
  g_mutex_init (&streams->lock);
  streams->units = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
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

void
comms_streams_load (CommsStreams *streams, gint64 link, guint stream, guint32 boot, guint32 through)
{
  guint64 place = pack ((CommsPlace) { boot, through });

  g_return_if_fail (stream < COMMS_N_STREAMS);
  g_mutex_lock (&streams->lock);
  CommsUnitStreams *unit = unit_of (streams, link);
  advance (&unit->stored[stream], place);
  advance (&unit->taken[stream], place);
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
comms_streams_load_board (CommsStreams *streams, gint64 link, guint64 imei, guint8 hardware)
{
  g_mutex_lock (&streams->lock);
  CommsUnitStreams *unit = unit_of (streams, link);
  if (!unit->knows_board) {
    unit->imei = imei;
    unit->hardware = hardware;
    unit->knows_board = TRUE;
  }
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

static void
wake_up (CommsStreams *streams)
{
  g_mutex_lock (&streams->lock);
  if (streams->wake != NULL)
    streams->wake (streams->user_data);
  g_mutex_unlock (&streams->lock);
}

CommsUnitStreams *
comms_streams_of (CommsStreams *streams, gint64 key, guint link, const char *serial)
{
  g_mutex_lock (&streams->lock);
  CommsUnitStreams *unit = unit_of (streams, key);
  if (unit->serial[0] != '\0' && strcmp (unit->serial, serial) != 0)
    comms_unit_streams_forget (unit);
  g_strlcpy (unit->serial, serial, sizeof unit->serial);
  unit->link = link;
  g_mutex_unlock (&streams->lock);
  return unit;
}

CommsUnitStreams *
comms_streams_next (CommsStreams *streams, guint *changed)
{
  if (streams->asked == NULL)
    streams->asked = __atomic_exchange_n (&streams->changed, NULL, __ATOMIC_ACQ_REL);
  CommsUnitStreams *unit = streams->asked;
  if (unit == NULL)
    return NULL;
  streams->asked = unit->next;
  *changed = __atomic_exchange_n (&unit->changed, 0, __ATOMIC_ACQ_REL);   /* from here on it may be added again */
  return unit;
}

/* ---- one unit's -------------------------------------------------------------------------------- */

/* First the generation: what a commit under way has read of a place is not there any more then. */
void
comms_unit_streams_forget (CommsUnitStreams *unit)
{
  __atomic_fetch_add (&unit->generation, 1, __ATOMIC_ACQ_REL);
  for (guint i = 0; i < COMMS_N_STREAMS; i++) {
    withdraw (&unit->taken[i], 0);
    withdraw (&unit->stored[i], 0);
  }
  unit->knows_board = FALSE;
}

static gboolean
is_of_now (const CommsUnitStreams *unit, const CommsReport *report)
{
  return __atomic_load_n (&unit->generation, __ATOMIC_ACQUIRE) == report->generation;
}

guint
comms_unit_streams_known (CommsUnitStreams *unit, guint stream, CommsPlace first, guint count, guint32 *lost)
{
  CommsPlace taken = read_place (&unit->taken[stream]);
  guint known = 0;

  *lost = 0;
  if (first.boot < taken.boot)
    return count;
  if (first.boot == taken.boot && first.number <= taken.number)
    known = MIN (count, taken.number - first.number + 1);
  else if (taken.boot != 0 || taken.number != 0)   /* of a unit never heard before nothing is known to be lost */
    *lost = first.number - 1 - (first.boot == taken.boot ? taken.number : 0);
  return known;
}

static void
list (CommsUnitStreams *unit, guint stream)
{
  CommsUnitStreams **changed = &unit->all->changed;

  if (__atomic_fetch_or (&unit->changed, 1u << stream, __ATOMIC_ACQ_REL) != 0)
    return;   /* it is there */
  unit->next = __atomic_load_n (changed, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n (changed, &unit->next, unit, TRUE, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    ;
  if (unit->next == NULL)   /* whoever came first has told, or is about to */
    wake_up (unit->all);
}

static void
let_go (CommsReport *report)
{
  comms_streams_unref (((CommsUnitStreams *) report->owner)->all);
}

/* FALSE: it is of a board that was forgotten. */
static gboolean
store (CommsUnitStreams *unit, const CommsReport *report)
{
  guint64 *place = &unit->stored[report->mark.stream], from = __atomic_load_n (place, __ATOMIC_ACQUIRE);

  while (is_of_now (unit, report) && from < report->through
         && !__atomic_compare_exchange_n (place, &from, report->through, TRUE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    ;
  return is_of_now (unit, report);
}

static void
on_committed (CommsReport *report)
{
  CommsUnitStreams *unit = report->owner;

  __atomic_fetch_sub (&unit->n_waiting, 1, __ATOMIC_ACQ_REL);
  report->release = let_go;
  if (store (unit, report))
    list (unit, report->mark.stream);
}

/* Without a commit. */
static void
on_dropped (CommsReport *report)
{
  CommsUnitStreams *unit = report->owner;

  __atomic_fetch_sub (&unit->n_waiting, 1, __ATOMIC_ACQ_REL);
  if (is_of_now (unit, report))
    withdraw (&unit->taken[report->mark.stream], report->before);
  let_go (report);
}

void
comms_unit_streams_take (CommsUnitStreams *unit, guint stream, CommsPlace through, CommsReport *report)
{
  g_return_if_fail (report->owner == NULL);
  comms_streams_ref (unit->all);
  report->mark.stream = (guint8) stream;
  report->generation = unit->generation;
  report->through = pack (through);
  report->before = advance (&unit->taken[stream], report->through);
  __atomic_fetch_add (&unit->n_waiting, 1, __ATOMIC_ACQ_REL);
  report->owner = unit;
  report->committed = on_committed;
  report->release = on_dropped;
}

void
comms_unit_streams_again (CommsUnitStreams *unit, guint stream)
{
  list (unit, stream);
}

CommsPlace
comms_unit_streams_stored (CommsUnitStreams *unit, guint stream)
{
  return read_place (&unit->stored[stream]);
}

guint
comms_unit_streams_waiting (CommsUnitStreams *unit)
{
  return __atomic_load_n (&unit->n_waiting, __ATOMIC_ACQUIRE);
}

guint32
comms_unit_streams_boot (CommsUnitStreams *unit)
{
  guint32 boot = 0;

  for (guint i = 0; i < COMMS_N_STREAMS; i++)
    boot = MAX (boot, read_place (&unit->taken[i]).boot);
  return boot;
}
