/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hours that a battery still lasts: judged while its site runs on it. A site does so while a contact or the voltage of its
 * mains says that they are lost; one that has neither does always. */
#include "engine-private.h"

#include <math.h>

/* By when somebody has to be there: within the day, so that a visit is put into tomorrow's plan; within the shift, so that
 * somebody goes now. Not configured; how urgent they are is what L and LL of the voltage are, and LL is where the battery
 * counts as empty. Taken back when it is a quarter more, for an hour. */
static const GdpLimit limits[GDP_N_HOURS] = {
  [GDP_HOURS_SHIFT] = { .value = 8,  .deadband = 2, .off_delay = 3600 },
  [GDP_HOURS_DAY]   = { .value = 24, .deadband = 6, .off_delay = 3600 },
};

/* What lasts so many hours is looked at once an hour: when a whole region has no mains, there are many. */
#define FAR 48
static const GdpLevel levels[GDP_N_HOURS] = { [GDP_HOURS_SHIFT] = GDP_LEVEL_LL, [GDP_HOURS_DAY] = GDP_LEVEL_L };

gboolean
gdp_hours_are_judged (const GdpPoint *point)
{
  return gdp_condition_is_configured (GDP_CONDITION_HOURS, point);
}

GdpHours *
gdp_hours_of (GdpPointState *state)
{
  GdpMotion *motion = gdp_motion_of (state);

  if (motion->hours == NULL)
    motion->hours = g_new0 (GdpHours, 1);
  return motion->hours;
}

void
gdp_hours_hold (GdpHours *hours, guint8 level)
{
  hours->hold[GDP_HOURS_DAY].held = TRUE;
  hours->hold[GDP_HOURS_SHIFT].held = level == GDP_LEVEL_LL;
}

void
gdp_hours_move_time (GdpHours *hours, gint64 by)
{
  if (hours->run_down.since != 0)
    hours->run_down.since += by;
  if (hours->next != 0)
    hours->next += by;
  for (guint i = 0; i < GDP_N_HOURS; i++)
    if (hours->hold[i].due != 0)
      hours->hold[i].due += by;
}

/* ---- the alarm ---------------------------------------------------------------------------- */

/* "≈ 19 h (14–24 h), 23.10 V, LL 22.80 V": no words, so that it reads the same in every language. */
static char *
text_of (const GdpPoint *point, const GdpProjection *projection, double value, gint64 now)
{
  g_autofree char *volts = gdp_engine_level_text (point, value, GDP_LEVEL_LL);
  const gint64 hour = 3600 * GDP_SECOND;

  if (projection == NULL || projection->kind != GDP_PROJECTION_AHEAD)
    return g_steal_pointer (&volts);
  return g_strdup_printf ("≈ %d h (%d–%d h), %s", (int) ((projection->at - now) / hour),
                          (int) ((projection->earliest - now) / hour), (int) ((projection->latest - now + hour - 1) / hour), volts);
}

/* @projection: NULL: it is fed again. */
static void
follow (GdpEngine *engine, guint index, const GdpProjection *projection, gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpPointState *state = &engine->points[index];
  const GdpHold *hold = state->motion->hours->hold;
  int level = hold[GDP_HOURS_SHIFT].held ? (int) GDP_LEVEL_LL : hold[GDP_HOURS_DAY].held ? (int) GDP_LEVEL_L : -1;
  double value = gdp_engine_value (engine, index);
  GdpAlarmEvent event;
  GdpLevel named;

  if (!gdp_engine_level_event (state, GDP_CONDITION_HOURS, level, GDP_LEVEL_LL, &event, &named))
    return;
  g_autofree char *text = text_of (point, projection, value, now);
  gdp_engine_move_alarm (engine, index, GDP_CONDITION_HOURS, event, &(GdpNews) {
    .occurred = time, .learned = now, .value = value, .limit = point->limits.level[GDP_LEVEL_LL].value, .level = named,
    .priority = gdp_hours_priority (&point->limits, named), .text = text }, changes);
}

/* What cannot be told neither raises the alarm nor clears it. */
static void
judge (GdpEngine *engine, guint index, gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpHours *hours = engine->points[index].motion->hours;
  GdpProjection projection = gdp_run_down_outlook (&hours->run_down, &engine->network->sites[point->site].battery,
                                                   point->limits.level[GDP_LEVEL_LL].value);
  gboolean known = projection.kind == GDP_PROJECTION_AHEAD || projection.kind == GDP_PROJECTION_REACHED;
  double left = projection.kind == GDP_PROJECTION_REACHED ? 0 : (double) (projection.at - now) / (3600.0 * GDP_SECOND);

  for (guint i = 0; i < GDP_N_HOURS; i++)
    if (known)
      gdp_hold_judge (&hours->hold[i], gdp_limit_side (&limits[i], levels[i], left), limits[i].on_delay, limits[i].off_delay, now);
    else
      hours->hold[i].due = 0;
  if (hours->hold[GDP_HOURS_SHIFT].held)
    hours->hold[GDP_HOURS_DAY].held = TRUE;
  hours->next = known && left > FAR ? now + 3600 * GDP_SECOND : 0;
  follow (engine, index, &projection, time, now, changes);
}

void
gdp_engine_judge_hours (GdpEngine *engine, guint index, double raw, gint64 time, gint64 now, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[index];
  GdpHours *hours = state->motion->hours;
  gint64 when = state->reason == GDP_REASON_CLOCK ? now : MIN (time, now);

  if (hours->run_down.since == 0)   /* whether it runs down is not known yet */
    return;
  gboolean news = isfinite (raw) && gdp_run_down_take (&hours->run_down, state->scaling.value, when);
  hours->fresh |= news;
  if (!hours->fresh || now < hours->next)
    return;
  hours->fresh = FALSE;
  judge (engine, index, time, now, changes);
}

void
gdp_hours_take_late (GdpPointState *state, double value, GdpReason reason, gint64 time)
{
  GdpHours *hours = state->motion != NULL ? state->motion->hours : NULL;

  if (hours != NULL && hours->run_down.since != 0 && isfinite (value) && reason != GDP_REASON_CLOCK
      && gdp_run_down_take (&hours->run_down, value, time))
    hours->fresh = TRUE;
}

/* ---- the mains ---------------------------------------------------------------------------- */

gboolean
gdp_point_kind_is_mains (GdpPointKind kind)
{
  return kind == GDP_POINT_MAINS || kind == GDP_POINT_MAINS_VOLTAGE;
}

/* Of nothing that was ever measured nothing is lost. */
gboolean
gdp_mains_are_lost (const GdpPoint *point, double value)
{
  return point->kind == GDP_POINT_MAINS ? value == 0 : value < GDP_MAINS_LEAST;
}

static gboolean
is_on_battery (const GdpEngine *engine, const GdpSite *site)
{
  gboolean fed = FALSE;

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    const GdpPoint *point = &engine->network->points[i];
    if (gdp_point_kind_is_mains (point->kind)) {
      if (gdp_mains_are_lost (point, gdp_engine_value (engine, i)))
        return TRUE;
      fed = TRUE;
    }
  }
  return !fed;
}

static void
begin (GdpPointState *battery, gint64 since)
{
  GdpHours *hours = gdp_hours_of (battery);

  if (hours->run_down.since == 0)
    gdp_run_down_begin (&hours->run_down, since);
}

static void
end (GdpEngine *engine, guint index, gint64 time, gint64 now, GdpChanges *changes)
{
  GdpMotion *motion = engine->points[index].motion;

  if (motion == NULL || motion->hours == NULL)
    return;
  *motion->hours = (GdpHours) { 0 };
  follow (engine, index, NULL, time, now, changes);
  g_clear_pointer (&motion->hours, g_free);
}

void
gdp_engine_follow_mains (GdpEngine *engine, guint mains, gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpSite *site = &engine->network->sites[engine->network->points[mains].site];
  gint64 when = engine->points[mains].reason == GDP_REASON_CLOCK ? now : MIN (time, now);
  gboolean lost = is_on_battery (engine, site);

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    if (!gdp_hours_are_judged (&engine->network->points[i]))
      continue;
    if (lost)
      begin (&engine->points[i], when);
    else
      end (engine, i, when, now, changes);
  }
}

void
gdp_engine_begin_hours (GdpEngine *engine, gint64 now)
{
  for (guint i = 0; i < engine->network->n_points; i++) {
    const GdpPoint *point = &engine->network->points[i];
    if (gdp_hours_are_judged (point) && is_on_battery (engine, &engine->network->sites[point->site]))
      begin (&engine->points[i], now);
  }
}

/* ---- a restart ---------------------------------------------------------------------------- */

gint64
gdp_engine_runs_down (const GdpEngine *engine, guint index)
{
  const GdpNetwork *network = engine->network;
  const GdpSite *site = &network->sites[network->points[index].site];
  gint64 since = 0;

  if (!gdp_hours_are_judged (&network->points[index]) || !is_on_battery (engine, site))
    return 0;
  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    const GdpHeldAlarm *held = gdp_engine_point_alarm (&engine->points[i], GDP_CONDITION_STATE);
    if (network->points[i].kind == GDP_POINT_MAINS && held != NULL && held->alarm.active)
      since = MAX (since, held->alarm.occurred);
  }
  return since;
}

void
gdp_engine_restore_past (GdpEngine *engine, guint index, const GdpPast *past, gsize n)
{
  gint64 since = gdp_engine_runs_down (engine, index);

  if (since == 0)
    return;
  GdpHours *hours = gdp_hours_of (&engine->points[index]);
  gdp_run_down_begin (&hours->run_down, since);
  for (gsize i = 0; i < n; i++)
    gdp_hours_take_late (&engine->points[index], past[i].value, GDP_REASON_NONE, past[i].time);
}
