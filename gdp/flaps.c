/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of contacts that are no alarm, for the journal: a loose one does not fill it. As of alarms (annunciator.h) so many in
 * a minute are told one by one, the others by their number, the first and the last of them. Minutes are of the times at
 * which they occurred: rows of an archive come at once, and are days apart. */
#include <math.h>

#include "engine-private.h"

struct GdpFlaps {
  gint64 since;         /* of the minute, when it occurred */
  gint64 due;           /* server time: the minute is over, what is owed is told */
  gint64 first, last;   /* of those that are owed, when they occurred */
  double before, after; /* likewise */
  guint  told, owed;
};

static GdpFlaps *
look_up (const GdpEngine *engine, guint index)
{
  return g_hash_table_lookup (engine->flaps, GUINT_TO_POINTER (index));
}

static void
note (GdpEngine *engine, guint index, GdpEvent event, double before, double after, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];

  event.learned = now;
  event.site = (char *) engine->network->sites[point->site].id;
  event.object = (char *) point->id;
  event.before = (char *) gdp_point_state_name (point, before);
  event.after = (char *) gdp_point_state_name (point, after);
  gdp_annunciator_note (engine->annunciator, event, changes);
}

static void
tell_owed (GdpEngine *engine, guint index, GdpFlaps *flaps, gint64 now, GdpChanges *changes)
{
  g_autoptr (GDateTime) last = g_date_time_new_from_unix_utc (flaps->last / GDP_SECOND);
  g_autofree char *when = last != NULL ? g_date_time_format (last, "%Y-%m-%dT%H:%M:%SZ") : NULL;
  g_autofree char *text = g_strdup_printf ("%u %s", flaps->owed, when != NULL ? when : "");

  if (flaps->owed > 0)
    note (engine, index, (GdpEvent) { .kind = GDP_EVENT_STATE_FLAPPED, .occurred = flaps->first, .text = text },
          flaps->before, flaps->after, now, changes);
  flaps->owed = 0;
}

/* The minute in which a change at @time falls. */
static GdpFlaps *
minute_of (GdpEngine *engine, guint index, gint64 time, gint64 now, GdpChanges *changes)
{
  GdpFlaps *flaps = look_up (engine, index);

  if (flaps == NULL) {
    flaps = g_new0 (GdpFlaps, 1);
    g_hash_table_insert (engine->flaps, GUINT_TO_POINTER (index), flaps);
  } else if (time >= flaps->since && time - flaps->since < GDP_MOVES_SPAN)
    return flaps;
  else
    tell_owed (engine, index, flaps, now, changes);
  *flaps = (GdpFlaps) { .since = time, .due = now + GDP_MOVES_SPAN };
  return flaps;
}

void
gdp_engine_note_state_change (GdpEngine *engine, guint index, double before, double after, gint64 time, gint64 now,
                              GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];

  if (isnan (before) || before == after || (point->limits.state.priority != 0 && !gdp_engine_is_visited (engine, index)))
    return;
  GdpFlaps *flaps = minute_of (engine, index, time, now, changes);
  if (flaps->told < GDP_MOVES_TOLD) {
    flaps->told++;
    note (engine, index, (GdpEvent) { .kind = GDP_EVENT_STATE_CHANGED, .occurred = time }, before, after, now, changes);
  } else {
    if (flaps->owed++ == 0) {
      flaps->first = time;
      flaps->before = before;
    }
    flaps->last = time;
    flaps->after = after;
  }
  gdp_engine_queue_point (engine, index);
}

gint64
gdp_engine_flaps_due (const GdpEngine *engine, guint index)
{
  const GdpFlaps *flaps = g_hash_table_size (engine->flaps) > 0 ? look_up (engine, index) : NULL;

  return flaps != NULL ? flaps->due : 0;
}

void
gdp_engine_wake_flaps (GdpEngine *engine, guint index, gint64 now, GdpChanges *changes)
{
  GdpFlaps *flaps = g_hash_table_size (engine->flaps) > 0 ? look_up (engine, index) : NULL;

  if (flaps == NULL || now < flaps->due)
    return;
  tell_owed (engine, index, flaps, now, changes);
  g_hash_table_remove (engine->flaps, GUINT_TO_POINTER (index));
}

void
gdp_engine_close_flaps (GdpEngine *engine, gint64 now, GdpChanges *changes)
{
  GHashTableIter iter;
  gpointer index, flaps;

  g_hash_table_iter_init (&iter, engine->flaps);
  while (g_hash_table_iter_next (&iter, &index, &flaps)) {
    tell_owed (engine, GPOINTER_TO_UINT (index), flaps, now, changes);
    g_hash_table_iter_remove (&iter);
  }
}

void
gdp_engine_move_flaps (GdpEngine *engine, gint64 by)
{
  GHashTableIter iter;
  gpointer flaps;

  g_hash_table_iter_init (&iter, engine->flaps);
  while (g_hash_table_iter_next (&iter, NULL, &flaps))
    ((GdpFlaps *) flaps)->due += by;
}
