/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a value goes beside its limits: too far from its set-point, too fast, or not at all. Only what is heard live is judged:
 * rows of an archive are minutes apart, and tell nothing of how fast or whether it moved in between. */
#include <math.h>

#include "engine-private.h"

static const GdpCondition conditions[GDP_N_MOTIONS] = {
  [GDP_MOTION_DEVIATION] = GDP_CONDITION_DEVIATION,
  [GDP_MOTION_RATE]      = GDP_CONDITION_RATE,
  [GDP_MOTION_FROZEN]    = GDP_CONDITION_FROZEN,
};

static gint64
window_of (const GdpPoint *point)
{
  return (gint64) (point->limits.rate_window * GDP_SECOND);
}

static GdpMotion *
empty (void)
{
  GdpMotion *motion = g_new0 (GdpMotion, 1);

  motion->raw = NAN;
  return motion;
}

GdpMotion *
gdp_motion_new (const GdpPoint *point)
{
  if (gdp_point_is_discrete (point) || (point->limits.deviation.priority == 0 && point->limits.rate.priority == 0
                                        && point->limits.frozen_priority == 0))
    return NULL;
  return empty ();
}

GdpMotion *
gdp_motion_of (GdpPointState *state)
{
  if (state->motion == NULL)
    state->motion = empty ();
  return state->motion;
}

void
gdp_motion_free (GdpMotion *motion)
{
  if (motion != NULL)
    g_free (motion->hours);
  g_free (motion);
}

void
gdp_motion_carry (GdpPointState *to, const GdpPoint *point, GdpMotion *from, gboolean same)
{
  GdpHours *hours = from != NULL ? g_steal_pointer (&from->hours) : NULL;

  if (same && from != NULL && to->motion != NULL) {
    from->hours = g_steal_pointer (&to->motion->hours);   /* what the alarm alone remembers */
    GdpMotion own = *to->motion;
    *to->motion = *from;
    *from = own;
  }
  if (hours != NULL && gdp_hours_are_judged (point)) {
    g_free (gdp_motion_of (to)->hours);
    to->motion->hours = g_steal_pointer (&hours);
  }
  g_free (hours);
}

GdpHold *
gdp_motion_hold (GdpMotion *motion, GdpCondition condition)
{
  for (guint i = 0; motion != NULL && i < GDP_N_MOTIONS; i++)
    if (conditions[i] == condition)
      return &motion->hold[i];
  return NULL;
}

void
gdp_motion_rest (GdpMotion *motion)
{
  if (motion == NULL)
    return;
  for (guint i = 0; i < GDP_N_MOTIONS; i++)
    motion->hold[i].due = 0;
  motion->raw = NAN;
}

void
gdp_motion_move_time (GdpMotion *motion, gint64 by)
{
  if (motion == NULL)
    return;
  for (guint i = 0; i < GDP_N_MOTIONS; i++)
    if (motion->hold[i].due != 0)
      motion->hold[i].due += by;
  motion->swing = (GdpSwing) { 0 };   /* its slices are of the old time */
  if (motion->hours != NULL)
    gdp_hours_move_time (motion->hours, by);
}

/* ---- what it means ------------------------------------------------------------------------ */

static double
distance (const GdpPoint *point, double value)
{
  return fabs (value - point->limits.set_point);
}

/* "0.345 MPa, 0.300 ± 0.030 MPa", "Δ 0.061 MPa / 60 s": no words, so that it reads the same in every language. */
static char *
text_of (const GdpPoint *point, GdpMotionKind kind, double value, double change)
{
  const GdpLimits *limits = &point->limits;
  g_autofree char *number = gdp_point_text (point, kind == GDP_MOTION_RATE ? change : value);
  g_autofree char *limit = gdp_point_text (point, kind == GDP_MOTION_RATE ? limits->rate.value : limits->deviation.value);
  g_autofree char *target = gdp_point_text (point, limits->set_point);

  if (kind == GDP_MOTION_FROZEN)
    return g_strdup_printf ("%s / %g s", number, (double) limits->frozen_after);
  if (kind == GDP_MOTION_RATE)
    return g_strdup_printf ("Δ %s / %g s, %s", number, (double) limits->rate_window, limit);
  return g_strdup_printf ("%s, %s ± %s", number, target, limit);
}

/* The number that stands beside it in a list, and the one that it crossed. */
static GdpNews
news_of (const GdpPoint *point, GdpMotionKind kind, double value, double change)
{
  const GdpLimits *limits = &point->limits;

  if (kind == GDP_MOTION_RATE)
    return (GdpNews) { .value = change, .limit = limits->rate.value, .priority = limits->rate.priority };
  if (kind == GDP_MOTION_FROZEN)
    return (GdpNews) { .value = value, .limit = NAN, .priority = limits->frozen_priority };
  return (GdpNews) { .value = value, .priority = limits->deviation.priority,
                     .limit = limits->set_point + (value < limits->set_point ? -1 : 1) * limits->deviation.value };
}

static void
follow (GdpEngine *engine, guint index, gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpPointState *state = &engine->points[index];
  double value = gdp_engine_value (engine, index);

  for (GdpMotionKind kind = 0; kind < GDP_N_MOTIONS; kind++) {
    const GdpHeldAlarm *held = gdp_engine_point_alarm (state, conditions[kind]);
    gboolean is = state->motion->hold[kind].held;
    if (is == (held != NULL && held->alarm.active))
      continue;
    g_autofree char *text = text_of (point, kind, value, state->motion->change);
    GdpNews news = news_of (point, kind, value, state->motion->change);
    news.occurred = time;
    news.learned = now;
    news.text = text;
    gdp_engine_move_alarm (engine, index, conditions[kind], is ? GDP_ALARM_OCCUR : GDP_ALARM_CLEAR, &news, changes);
  }
}

static gboolean
judge (GdpMotion *motion, GdpMotionKind kind, const GdpLimit *limit, double value, gint64 now)
{
  return limit->priority != 0
         && gdp_hold_judge (&motion->hold[kind], gdp_limit_side (limit, GDP_LEVEL_H, value), limit->on_delay, limit->off_delay,
                            now);
}

/* A value stands until the next one. */
static gboolean
judge_value (GdpMotion *motion, const GdpPoint *point, double value, gint64 now)
{
  const GdpLimits *limits = &point->limits;
  gboolean changed = judge (motion, GDP_MOTION_DEVIATION, &limits->deviation, distance (point, value), now);

  if (limits->rate.priority != 0)
    motion->change = gdp_swing_take (&motion->swing, value, window_of (point), now);
  return judge (motion, GDP_MOTION_RATE, &limits->rate, motion->change, now) || changed;
}

/* What a sensor reads wavers by its last digit; a converter that has died, or a program that repeats itself, does not. Time
 * in which nothing is read counts for nothing: it only goes by from reading to reading. */
static gboolean
judge_raw (GdpMotion *motion, const GdpLimits *limits, double raw, gint64 now)
{
  gboolean same = raw == motion->raw;

  motion->raw = raw;
  return limits->frozen_priority != 0
         && gdp_hold_judge (&motion->hold[GDP_MOTION_FROZEN], same ? GDP_SIDE_BEYOND : GDP_SIDE_RETURNED, limits->frozen_after, 0,
                            now);
}

void
gdp_engine_judge_motion (GdpEngine *engine, guint index, double raw, gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpMotion *motion = engine->points[index].motion;

  if (motion == NULL)
    return;
  double value = gdp_engine_value (engine, index);
  if (!isfinite (value))
    return;
  gboolean moved = judge_value (motion, point, value, now);
  if ((isfinite (raw) && judge_raw (motion, &point->limits, raw, now)) || moved)
    follow (engine, index, time, now, changes);
  if (motion->hours != NULL)
    gdp_engine_judge_hours (engine, index, raw, time, now, changes);
}

gint64
gdp_motion_due (const GdpMotion *motion, const GdpPoint *point)
{
  const GdpHold *deviation = &motion->hold[GDP_MOTION_DEVIATION], *rate = &motion->hold[GDP_MOTION_RATE];
  gint64 due = deviation->due;

  if (rate->due != 0 && (due == 0 || rate->due < due))
    due = rate->due;
  /* What was too fast falls out of the window though nothing new comes. */
  if (rate->held && rate->due == 0) {
    gint64 slice = (motion->swing.slice + 1) * (window_of (point) / GDP_SWING_SLICES);
    due = due == 0 ? slice : MIN (due, slice);
  }
  return due;
}
