/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine.h"

#include "engine-private.h"

/* Inputs of several lines arrive a little out of order; more than this is the clock being set. */
#define CLOCK_STEP (2 * GDP_SECOND)

G_DEFINE_QUARK (gdp-engine-error-quark, gdp_engine_error)

GdpEngine *
gdp_engine_new (GdpNetwork *network, const char *name, gint64 now)
{
  GdpEngine *engine = g_new0 (GdpEngine, 1);

  engine->annunciator = gdp_annunciator_new (name);
  engine->deadlines = gdp_deadlines_new ();
  engine->homeless = g_ptr_array_new ();
  engine->flaps = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  engine->now = now;
  gdp_engine_allocate (engine, network, now);
  gdp_engine_begin_hours (engine, now);
  for (guint i = 0; i < network->n_units; i++)
    gdp_engine_queue (engine, GDP_OBJECT_UNIT, i, &engine->units[i].queued, now);
  return engine;
}

void
gdp_engine_free (GdpEngine *engine)
{
  if (engine == NULL)
    return;
  gdp_engine_release (engine);
  g_ptr_array_unref (engine->homeless);
  g_hash_table_unref (engine->flaps);
  g_array_unref (engine->deadlines);
  gdp_annunciator_free (engine->annunciator);
  g_free (engine);
}

/* An object is in the deadlines at most once for the earliest time that matters: a later one is
 * found when it is looked at then. An entry that @queued no longer names is void. */
void
gdp_engine_queue (GdpEngine *engine, GdpObjectType type, guint index, gint64 *queued, gint64 due)
{
  if (*queued != 0 && *queued <= due)
    return;
  *queued = due;
  gdp_deadlines_push (engine->deadlines, due, gdp_object (type, index));
}

static gint64 *
queued_of (GdpEngine *engine, gpointer object)
{
  guint index = gdp_object_index (object);

  switch (gdp_object_type (object)) {
  case GDP_OBJECT_POINT: return &engine->points[index].queued;
  case GDP_OBJECT_UNIT:  return &engine->units[index].queued;
  case GDP_OBJECT_LINK:  return &engine->links[index].queued;
  default:               g_assert_not_reached ();
  }
}

static void
expire (GdpEngine *engine, gint64 now, GdpChanges *changes)
{
  static void (*const wake[]) (GdpEngine *, guint, gint64, GdpChanges *) = {
    [GDP_OBJECT_POINT] = gdp_engine_wake_point,
    [GDP_OBJECT_UNIT]  = gdp_engine_wake_unit,
    [GDP_OBJECT_LINK]  = gdp_engine_wake_link,
  };
  GdpDeadline deadline;

  if (engine->homeless->len > 0)
    gdp_engine_clear_homeless (engine, now, changes);
  for (GdpHeldAlarm *held; (held = gdp_annunciator_next_due (engine->annunciator, now)) != NULL;) {
    gdp_annunciator_fall_due (engine->annunciator, held, now, changes);
    gdp_engine_suppression_changed (engine, held, now, changes);
  }
  while (gdp_deadlines_pop (engine->deadlines, now, &deadline)) {
    gint64 *queued = queued_of (engine, deadline.object);
    if (*queued != deadline.due)
      continue;
    *queued = 0;
    wake[gdp_object_type (deadline.object)](engine, gdp_object_index (deadline.object), now, changes);
  }
}

static void
move_time (gint64 *time, gint64 by)
{
  if (*time != 0)
    *time += by;
}

/* The clock was set: what is being waited for moves with it, so that no delay waits out the difference
 * or is over with it. */
static void
move_waits (GdpEngine *engine, gint64 by)
{
  for (guint i = 0; i < engine->network->n_points; i++) {
    GdpPointState *point = &engine->points[i];
    for (guint level = 0; level < GDP_N_LEVELS; level++)
      move_time (&point->hold[level].due, by);
    gdp_motion_move_time (point->motion, by);
    move_time (&point->seen, by);
    move_time (&point->settle_due, by);
    move_time (&point->queued, by);
  }
  for (guint i = 0; i < engine->network->n_units; i++) {
    GdpUnitState *unit = &engine->units[i];
    move_time (&unit->grace, by);
    move_time (&unit->queued, by);
    move_time (&unit->alarm_due, by);
    move_time (&unit->refused, by);
    move_time (&unit->mistimed, by);
    move_time (&unit->next_call, by);
    if (unit->stale_due != G_MAXINT64)
      move_time (&unit->stale_due, by);
  }
  for (guint i = 0; i < engine->network->n_links; i++) {
    move_time (&engine->links[i].queued, by);
    move_time (&engine->links[i].failed, by);
  }
  gdp_engine_move_flaps (engine, by);
  for (guint i = 0; i < engine->deadlines->len; i++)
    move_time (&g_array_index (engine->deadlines, GdpDeadline, i).due, by);
}

/* It was set back: what was would lie in the future. */
static void
move_past (GdpEngine *engine, gint64 by)
{
  for (guint i = 0; i < engine->network->n_points; i++)
    move_time (&engine->points[i].shown_at, by);
  for (guint i = 0; i < engine->network->n_units; i++) {
    GdpUnitState *unit = &engine->units[i];
    move_time (&unit->seen, by);
    move_time (&unit->since, by);
    move_time (&unit->shown, by);
  }
  for (guint i = 0; i < engine->network->n_links; i++) {
    move_time (&engine->links[i].seen, by);
    move_time (&engine->links[i].since, by);
  }
}

void
gdp_engine_clock_set_forward (GdpEngine *engine, gint64 by)
{
  g_return_if_fail (by >= 0);
  move_waits (engine, by);
  engine->now += by;
  for (guint i = 0; i < engine->network->n_units; i++)
    engine->units[i].grace = engine->now;
}

/* Every input begins here. Returns the time to go by: it never runs back, unless the clock was set. */
gint64
gdp_engine_enter (GdpEngine *engine, gint64 now)
{
  gint64 by = now - engine->now;

  if (by < 0 && by >= -CLOCK_STEP)
    return engine->now;
  if (by < 0) {
    move_waits (engine, by);
    move_past (engine, by);
  }
  return engine->now = now;
}

static gboolean
all_refused (const GdpSample *samples, gsize n_samples)
{
  gboolean all = n_samples > 0;

  for (gsize i = 0; all && i < n_samples; i++)
    all = samples[i].reason == GDP_REASON_DEVICE_EXCEPTION;
  return all;
}

/* One of all: a unit's times come from one clock. A mean has the time of its hour's end. */
static void
judge_clock (GdpEngine *engine, guint unit, const GdpSample *samples, gsize n_samples, gint64 now, GdpChanges *changes)
{
  gboolean doubtful = FALSE, sound = FALSE;

  for (gsize i = 0; i < n_samples; i++) {
    doubtful |= samples[i].reason == GDP_REASON_CLOCK;
    sound |= gdp_reason_has_value (samples[i].reason) && samples[i].reason != GDP_REASON_CLOCK
             && samples[i].reason != GDP_REASON_AVERAGED;
  }
  if (doubtful || sound)
    gdp_engine_unit_timed (engine, unit, !doubtful, now, changes);
}

/* A sample that was on its way while the configuration changed may name another's point. */
static gboolean
is_of (const GdpEngine *engine, guint unit, const GdpSample *sample)
{
  return sample->point < engine->network->n_points && engine->network->points[sample->point].unit == unit;
}

void
gdp_engine_samples (GdpEngine *engine, guint unit, gint64 now,
                    const GdpSample *samples, gsize n_samples, GdpChanges *changes)
{
  g_return_if_fail (unit < engine->network->n_units);

  now = gdp_engine_enter (engine, now);
  expire (engine, now, changes);
  gdp_engine_unit_answered (engine, unit, now, changes);
  gdp_engine_unit_refused (engine, unit, all_refused (samples, n_samples), now, changes);
  judge_clock (engine, unit, samples, n_samples, now, changes);
  for (gsize i = 0; i < n_samples; i++)
    if (is_of (engine, unit, &samples[i]))
      gdp_engine_take_sample (engine, &samples[i], now, changes);
}

void
gdp_engine_history (GdpEngine *engine, guint unit, gint64 now,
                    const GdpSample *samples, gsize n_samples, GdpChanges *changes)
{
  g_return_if_fail (unit < engine->network->n_units);

  now = gdp_engine_enter (engine, now);
  expire (engine, now, changes);
  gdp_engine_unit_answered (engine, unit, now, changes);
  for (gsize i = 0; i < n_samples; i++)
    if (is_of (engine, unit, &samples[i]))
      gdp_engine_take_late (engine, &samples[i], now, changes);
  for (gsize i = n_samples; i-- > 0;)   /* from the end: the first one met of a point is its last */
    if (is_of (engine, unit, &samples[i]))
      gdp_engine_end_late (engine, &samples[i], now, changes);
}

void
gdp_engine_unit_failed (GdpEngine *engine, guint unit, gint64 now, const char *detail)
{
  g_return_if_fail (unit < engine->network->n_units);
  gdp_engine_note_unit_failed (engine, unit, gdp_engine_enter (engine, now), detail);
}

void
gdp_engine_link_failed (GdpEngine *engine, guint link, gint64 now, const char *detail)
{
  g_return_if_fail (link < engine->network->n_links);
  gdp_engine_note_link_failed (engine, link, gdp_engine_enter (engine, now), detail);
}

void
gdp_engine_link_working (GdpEngine *engine, guint link, gint64 now)
{
  g_return_if_fail (link < engine->network->n_links);
  gdp_engine_note_link_working (engine, link, gdp_engine_enter (engine, now));
}

void
gdp_engine_link_expected (GdpEngine *engine, guint link, gint64 now, gint64 next_call)
{
  g_return_if_fail (link < engine->network->n_links);
  gdp_engine_note_link_expected (engine, link, gdp_engine_enter (engine, now), next_call);
}

void
gdp_engine_tick (GdpEngine *engine, gint64 now, GdpChanges *changes)
{
  expire (engine, gdp_engine_enter (engine, now), changes);
}

void
gdp_engine_close (GdpEngine *engine, gint64 now, GdpChanges *changes)
{
  gdp_engine_close_flaps (engine, now, changes);
  gdp_annunciator_close (engine->annunciator, now, changes);
}

gint64
gdp_engine_deadline (const GdpEngine *engine)
{
  return engine->homeless->len > 0 ? engine->now
         : MIN (gdp_deadlines_first (engine->deadlines), gdp_annunciator_deadline (engine->annunciator));
}

const GdpAlarm *
gdp_engine_alarm (const GdpEngine *engine, const char *id)
{
  GdpHeldAlarm *held = gdp_annunciator_find (engine->annunciator, id);
  return held ? &held->alarm : NULL;
}

const GdpPoint *
gdp_engine_point (const GdpEngine *engine, const char *id)
{
  guint index = gdp_network_find_point (engine->network, id);
  return index != G_MAXUINT ? &engine->network->points[index] : NULL;
}

gboolean
gdp_engine_awaits (const GdpEngine *engine, const char *id)
{
  guint index = gdp_network_find_point (engine->network, id);
  const GdpPointState *state = index != G_MAXUINT ? &engine->points[index] : NULL;

  for (guint i = 0; state != NULL && i < GDP_N_LEVELS; i++)
    if (state->hold[i].due != 0 && !state->hold[i].held)
      return TRUE;
  return state != NULL && state->settle_due != 0;
}
