/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points: from a sample to a reading, and to the alarms of the point. */
#include <math.h>

#include "engine-private.h"
#include "grid.h"

#define KEEP_EVERY 60.0   /* seconds, where the point does not say */

/* A number that may be judged: good ones, those near the ends of the span, which are real, and those
 * of which only the time is doubtful. */
gboolean
gdp_engine_is_judgeable (GdpReason reason)
{
  return gdp_reason_quality (reason) == GDP_QUALITY_GOOD || reason == GDP_REASON_UNDER_RANGE
         || reason == GDP_REASON_OVER_RANGE || reason == GDP_REASON_CLOCK;
}

static gboolean
is_fault (GdpReason reason)
{
  return reason >= GDP_REASON_OPEN_CIRCUIT && reason <= GDP_REASON_NOT_A_NUMBER;
}

/* Why an alarm of @condition cannot be judged on a point that is as @reason says; @fault: its own fault. While its value is
 * forced, nothing is known of the sensor. */
static GdpReason
doubt_of (const GdpPointState *state, GdpCondition condition, GdpReason reason, gboolean fault)
{
  if (state->forced)
    return condition > GDP_CONDITION_STATE ? GDP_REASON_FORCED : GDP_REASON_NONE;
  if (gdp_engine_is_judgeable (reason))
    return GDP_REASON_NONE;
  if (condition == GDP_CONDITION_FAULT && fault)
    return GDP_REASON_NONE;
  if (condition == GDP_CONDITION_STALE && reason != GDP_REASON_WAITING && reason != GDP_REASON_NO_COMMUNICATION)
    return GDP_REASON_NONE;
  return reason;
}

GdpHeldAlarm *
gdp_engine_point_alarm (GdpPointState *state, GdpCondition condition)
{
  for (GdpHeldAlarm *held = state->alarms; held != NULL; held = held->next)
    if (held->alarm.condition == condition)
      return held;
  return NULL;
}

static gboolean
is_active (GdpPointState *state, GdpCondition condition)
{
  GdpHeldAlarm *held = gdp_engine_point_alarm (state, condition);
  return held != NULL && held->alarm.active;
}

void
gdp_engine_configure_alarm (GdpEngine *engine, GdpHeldAlarm *held, const GdpLimits *limits)
{
  gboolean process = held->alarm.condition <= GDP_CONDITION_STATE;

  gdp_annunciator_configure (engine->annunciator, held, process && limits->latches, limits->remind_after);
}

gboolean
gdp_engine_is_visited (const GdpEngine *engine, guint index)
{
  const GdpPoint *point = &engine->network->points[index];
  const GdpHeldAlarm *visit = point->unit < engine->network->n_units ? engine->units[point->unit].visit : NULL;

  return visit != NULL && visit->alarm.suppression == GDP_SUPPRESSION_SHELVED && gdp_point_kind_is_entry (point->kind);
}

void
gdp_engine_move_alarm (GdpEngine *engine, guint index, GdpCondition condition, GdpAlarmEvent event,
                       const GdpNews *news, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpPointState *state = &engine->points[index];
  GdpHeldAlarm *held = gdp_engine_point_alarm (state, condition);

  if (held == NULL) {
    held = gdp_annunciator_get (engine->annunciator, point->id, condition);
    held->site = engine->network->sites[point->site].id;
    gdp_engine_configure_alarm (engine, held, &point->limits);
    held->next = state->alarms;
    state->alarms = held;
  }
  gdp_annunciator_move (engine->annunciator, held, event, news, changes);
}

/* Alarms with one level: true or not. */
static void
set_alarm (GdpEngine *engine, guint index, GdpCondition condition, gboolean active, guint8 priority,
           const char *text, gint64 time, gint64 now, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[index];

  if (active == is_active (state, condition) || (active && priority == 0))
    return;
  gdp_engine_move_alarm (engine, index, condition, active ? GDP_ALARM_OCCUR : GDP_ALARM_CLEAR,
              &(GdpNews) { .occurred = time, .learned = now, .value = gdp_engine_value (engine, index), .limit = NAN,
                           .priority = priority, .text = text }, changes);
}

/* "12.31 kPa, HH 12.00 kPa": no words, so that it reads the same in every language. */
char *
gdp_engine_level_text (const GdpPoint *point, double value, GdpLevel level)
{
  g_autofree char *number = gdp_point_text (point, value);
  g_autofree char *limit = gdp_point_text (point, point->limits.level[level].value);

  return g_strdup_printf ("%s, %s %s", number, gdp_level_word (level), limit);
}

gboolean
gdp_engine_level_event (GdpPointState *state, GdpCondition condition, int level, int severe, GdpAlarmEvent *event, GdpLevel *named)
{
  const GdpHeldAlarm *held = gdp_engine_point_alarm (state, condition);
  gboolean active = held != NULL && held->alarm.active;

  if (active == (level >= 0) && (!active || held->alarm.level == level))
    return FALSE;
  *named = level >= 0 ? (GdpLevel) level : (GdpLevel) held->alarm.level;
  if (level < 0)
    *event = GDP_ALARM_CLEAR;
  else if (!active)
    *event = GDP_ALARM_OCCUR;
  else
    *event = level == severe ? GDP_ALARM_ESCALATE : GDP_ALARM_EASE;
  return TRUE;
}

static void
set_level (GdpEngine *engine, guint index, GdpCondition condition, int level, int severe,
           gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpPointState *state = &engine->points[index];
  GdpAlarmEvent event;
  GdpLevel named;

  if (!gdp_engine_level_event (state, condition, level, severe, &event, &named))
    return;
  const GdpLimit *limit = &point->limits.level[named];
  g_autofree char *text = gdp_engine_level_text (point, gdp_engine_value (engine, index), named);
  gdp_engine_move_alarm (engine, index, condition, event,
              &(GdpNews) { .occurred = time, .learned = now, .value = gdp_engine_value (engine, index),
                           .limit = limit->value, .level = named, .priority = limit->priority, .text = text },
              changes);
}

/* What is beyond HH is beyond H, whatever H's own on-delay still waits for: so it eases to H. */
int
gdp_engine_level_held (const GdpPoint *point, GdpHold hold[GDP_N_LEVELS], GdpCondition condition)
{
  GdpLevel severe = condition == GDP_CONDITION_LOW ? GDP_LEVEL_LL : GDP_LEVEL_HH;
  GdpLevel mild = condition == GDP_CONDITION_LOW ? GDP_LEVEL_L : GDP_LEVEL_H;

  if (condition == GDP_CONDITION_STATE)
    return hold[0].held ? 0 : -1;
  if (hold[severe].held && point->limits.level[mild].priority != 0 && !hold[mild].held)
    hold[mild] = (GdpHold) { .held = TRUE };
  return hold[severe].held ? (int) severe : hold[mild].held ? (int) mild : -1;
}

/* Holds changed: bring the alarms after them. */
static void
follow_holds (GdpEngine *engine, guint index, gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpPointState *state = &engine->points[index];

  if (gdp_point_is_discrete (point)) {
    gboolean event = gdp_engine_is_visited (engine, index) && !is_active (state, GDP_CONDITION_STATE);
    set_alarm (engine, index, GDP_CONDITION_STATE, state->hold[0].held && !event, point->limits.state.priority,
               gdp_point_state_name (point, gdp_engine_value (engine, index)), time, now, changes);
    return;
  }
  for (guint i = 0; i < 2; i++) {
    GdpCondition condition = i ? GDP_CONDITION_LOW : GDP_CONDITION_HIGH;
    set_level (engine, index, condition, gdp_engine_level_held (point, state->hold, condition),
               i ? GDP_LEVEL_LL : GDP_LEVEL_HH, time, now, changes);
  }
}

void
gdp_engine_judge_again (GdpEngine *engine, guint index, gint64 now, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[index];

  if (!gdp_point_kind_is_entry (engine->network->points[index].kind))
    return;
  if (gdp_engine_is_judgeable (state->reason))
    follow_holds (engine, index, now, now, changes);
  else if (!is_active (state, GDP_CONDITION_STATE))   /* the next value tells */
    state->hold[0] = (GdpHold) { 0 };
}

gboolean
gdp_engine_judge_holds (const GdpPoint *point, GdpHold hold[GDP_N_LEVELS], double value, gint64 now)
{
  const GdpLimits *limits = &point->limits;
  gboolean changed = FALSE;

  if (gdp_point_is_discrete (point))
    return limits->state.priority != 0
           && gdp_hold_judge (&hold[0], value == limits->state.state ? GDP_SIDE_BEYOND : GDP_SIDE_RETURNED,
                              limits->state.on_delay, limits->state.off_delay, now);
  for (guint i = 0; i < GDP_N_LEVELS; i++) {
    const GdpLimit *limit = &limits->level[i];
    if (limit->priority != 0)
      changed |= gdp_hold_judge (&hold[i], gdp_limit_side (limit, i, value), limit->on_delay, limit->off_delay, now);
  }
  return changed;
}

/* Not the point's own fault while its unit refuses everything. */
static gboolean
is_own_fault (const GdpEngine *engine, guint index, GdpReason reason)
{
  guint unit = engine->network->points[index].unit;

  return is_fault (reason)
         && (reason != GDP_REASON_DEVICE_EXCEPTION || unit >= engine->network->n_units
             || engine->units[unit].refused == 0);
}

/* What @reason, which is the point's now, means for its alarms about itself, and for what can be judged. */
static void
judge_quality (GdpEngine *engine, guint index, GdpReason reason, gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpLimits *limits = &engine->network->points[index].limits;
  GdpPointState *state = &engine->points[index];
  gboolean fault = is_own_fault (engine, index, reason);

  if (!state->forced && (fault || gdp_engine_is_judgeable (reason)))
    set_alarm (engine, index, GDP_CONDITION_FAULT, fault, limits->fault_priority, gdp_reason_word (reason), time, now,
               changes);
  if (!state->forced && reason != GDP_REASON_WAITING && reason != GDP_REASON_NO_COMMUNICATION)
    set_alarm (engine, index, GDP_CONDITION_STALE, reason == GDP_REASON_STALE, limits->stale_priority,
               NULL, time, now, changes);
  for (GdpHeldAlarm *held = state->alarms; held != NULL; held = held->next)
    gdp_annunciator_doubt (held, doubt_of (state, held->alarm.condition, reason, fault), changes);
}

/* The reason's consequences, only when it changes. */
static void
set_reason (GdpEngine *engine, guint index, GdpReason reason, gint64 time, gint64 now, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[index];

  state->reason = reason;
  if (!gdp_engine_is_judgeable (reason)) {
    for (guint i = 0; i < GDP_N_LEVELS; i++)
      state->hold[i].due = 0;
    gdp_motion_rest (state->motion);
  }
  judge_quality (engine, index, reason, time, now, changes);
}

void
gdp_engine_judge_limits (GdpEngine *engine, guint index, gint64 now, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[index];

  judge_quality (engine, index, state->reason, now, now, changes);
  if (!gdp_engine_is_judgeable (state->reason))
    return;
  gdp_engine_judge_holds (&engine->network->points[index], state->hold, state->scaling.value, now);
  follow_holds (engine, index, now, now, changes);
}

double
gdp_engine_value (const GdpEngine *engine, guint index)
{
  GdpPointState *state = &engine->points[index];

  return state->forced ? gdp_engine_point_alarm (state, GDP_CONDITION_FORCED)->alarm.value : state->scaling.value;
}

GdpReason
gdp_engine_measured (const GdpPointState *state)
{
  return state->forced ? state->beneath : state->reason;
}

double
gdp_engine_rounded (const GdpPoint *point, double value)
{
  GdpGrid grid = gdp_grid (point->resolution);

  return gdp_grid_rounded (&grid, value);
}

void
gdp_engine_emit (GdpEngine *engine, guint index, gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpPointState *state = &engine->points[index];

  state->shown = gdp_engine_rounded (point, gdp_engine_value (engine, index));
  state->shown_at = now;
  GdpReading reading = { .point = point->key, .time = time, .received = now, .value = state->shown,
                         .reason = state->reason };
  g_array_append_val (changes->readings, reading);
}

/* Report by exception: the first, a change of a resolution or more, another reason, or once in a while. */
static void
show (GdpEngine *engine, guint index, GdpReason before, gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpPointState *state = &engine->points[index];
  double value = gdp_engine_value (engine, index);
  double keep_every = point->keep_every > 0 ? point->keep_every : KEEP_EVERY;

  /* The hair's breadth takes the binary tail off a change of exactly one step. */
  if (state->shown_at != 0 && before == state->reason
      && !(fabs (value - state->shown) >= point->resolution * (1 - 1e-9))
      && isnan (value) == isnan (state->shown)
      && now - state->shown_at < keep_every * GDP_SECOND)
    return;
  gdp_engine_emit (engine, index, time, now, changes);
}

/* The point's scaling state is up to date: draw the conclusions but for the reading. @before: the value until
 * now; @raw: what was read, NaN = nothing. */
static void
draw (GdpEngine *engine, guint index, GdpReason reason, double before, double raw, gint64 time, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpPointState *state = &engine->points[index];
  double value = gdp_engine_value (engine, index);
  gboolean mains = gdp_point_kind_is_mains (point->kind)
                   && (reason != state->reason || gdp_mains_are_lost (point, before) != gdp_mains_are_lost (point, value));

  if (reason != state->reason)
    set_reason (engine, index, reason, time, now, changes);
  if (gdp_engine_is_judgeable (reason)) {
    if (gdp_point_is_discrete (point))
      gdp_engine_note_state_change (engine, index, before, value, time, now, changes);
    if (gdp_engine_judge_holds (point, state->hold, value, now))
      follow_holds (engine, index, time, now, changes);
    gdp_engine_judge_motion (engine, index, raw, time, now, changes);
    if (mains)
      gdp_engine_follow_mains (engine, index, time, now, changes);
  }
  gdp_engine_queue_point (engine, index);
}

void
gdp_engine_conclude (GdpEngine *engine, guint index, GdpReason reason, double before, double raw, gint64 time, gint64 now,
                     GdpChanges *changes)
{
  GdpPointState *state = &engine->points[index];
  GdpReason reason_before = state->reason;

  if (state->forced) {
    state->beneath = (guint8) reason;
    reason = GDP_REASON_FORCED;
    before = gdp_engine_value (engine, index);
    raw = NAN;
    time = now;
  }
  draw (engine, index, reason, before, raw, time, now, changes);
  show (engine, index, reason_before, time, now, changes);
}

/* Takes the sample into the scaling state; why the value is not good. */
static GdpReason
scale (const GdpPoint *point, GdpPointState *state, const GdpSample *sample, gint64 now)
{
  GdpReason reason = GDP_REASON_NONE;

  state->seen = now;
  if (gdp_reason_has_value (sample->reason)) {
    gdp_scaling_apply (&point->scaling, &state->scaling, sample->raw, sample->time, &reason);
    if (gdp_reason_quality (reason) <= gdp_reason_quality (sample->reason))
      reason = sample->reason != GDP_REASON_NONE ? sample->reason : reason;
  } else {
    reason = sample->reason;
    state->scaling.since = 0;
    state->scaling.time = sample->time;
  }
  gint64 settles = gdp_scaling_deadline (&point->scaling, &state->scaling);
  state->settle_due = settles ? now + MAX (settles - sample->time, 0) : 0;
  return reason;
}

void
gdp_engine_take_sample (GdpEngine *engine, const GdpSample *sample, gint64 now, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[sample->point];
  double before = state->scaling.value;

  /* Late data is history, not what is true now. A last time in the future is the clock's fault: then go on. */
  if (sample->time < state->scaling.time && state->scaling.time <= now) {
    gdp_engine_take_late (engine, sample, now, changes);
    gdp_engine_end_late (engine, sample, now, changes);
    return;
  }
  GdpReason reason = scale (&engine->network->points[sample->point], state, sample, now);
  gdp_engine_conclude (engine, sample->point, reason, before, sample->raw, sample->time, now, changes);
}

void
gdp_engine_advance_point (GdpEngine *engine, const GdpSample *sample, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[sample->point];
  GdpPointState *state = &engine->points[sample->point];
  GdpReason reason = scale (point, state, sample, now);

  /* Late records were judged as what lasts: what would wait for that is so at once here, too. Else an alarm that
   * they raised would be cleared, and recur when the waiting is over. */
  if (state->settle_due != 0) {
    gint64 settles = gdp_scaling_deadline (&point->scaling, &state->scaling);
    GdpReason own = GDP_REASON_NONE;
    state->settle_due = 0;
    gdp_scaling_settle (&point->scaling, &state->scaling, settles, &own);
    reason = gdp_reason_quality (own) > gdp_reason_quality (sample->reason) ? own : sample->reason;
  }
  if (state->forced) {
    state->beneath = (guint8) reason;
    return;
  }
  /* Its change of state was told with the late records. */
  draw (engine, sample->point, reason, state->scaling.value, NAN, sample->time, now, changes);
  if (gdp_point_kind_is_mains (point->kind) && gdp_engine_is_judgeable (reason))
    gdp_engine_follow_mains (engine, sample->point, sample->time, now, changes);
  /* What it takes the place of is newer by our clock: its own time alone would make it history. */
  if (state->dated_here && sample->time <= state->shown_at) {
    gdp_engine_emit (engine, sample->point, now, now, changes);
    return;
  }
  state->dated_here = FALSE;
  state->shown = gdp_engine_rounded (point, state->scaling.value);
  state->shown_at = now;
}

void
gdp_engine_mark_point (GdpEngine *engine, guint index, GdpReason reason, gint64 now, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[index];
  GdpReason before = state->reason;

  state->scaling.since = 0;
  state->settle_due = 0;
  if (state->forced) {
    gdp_engine_conclude (engine, index, reason, NAN, NAN, now, now, changes);
    return;
  }
  if (reason != before)
    set_reason (engine, index, reason, now, now, changes);
  show (engine, index, before, now, now, changes);
  state->dated_here = engine->network->points[index].by_event;
}

/* Its age is that of its unit's last word. */
static gboolean
is_old_with_unit (const GdpPoint *point)
{
  return point->by_event && point->limits.stale_after == 0;
}

void
gdp_engine_believe_point (GdpEngine *engine, guint index, gint64 now, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[index];
  GdpReason before = gdp_engine_measured (state);
  GdpReason reason = gdp_engine_is_judgeable (state->restored) ? state->restored : GDP_REASON_NONE;

  if (!is_old_with_unit (&engine->network->points[index]) || isnan (state->scaling.value)
      || (before != GDP_REASON_WAITING && before != GDP_REASON_NO_COMMUNICATION && before != GDP_REASON_STALE))
    return;
  if (state->forced) {
    state->beneath = (guint8) reason;
    return;
  }
  set_reason (engine, index, reason, now, now, changes);
  show (engine, index, before, now, now, changes);
  state->dated_here = TRUE;
}

void
gdp_engine_judge_exception (GdpEngine *engine, guint index, gint64 now, GdpChanges *changes)
{
  if (engine->points[index].reason == GDP_REASON_DEVICE_EXCEPTION)
    judge_quality (engine, index, GDP_REASON_DEVICE_EXCEPTION, now, now, changes);
}

void
gdp_engine_trust_point (GdpEngine *engine, guint index, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[index];

  if (!state->forced && (state->reason != GDP_REASON_WAITING || isnan (state->scaling.value)))
    return;
  state->reason = state->forced ? GDP_REASON_FORCED : state->restored;
  for (GdpHeldAlarm *held = state->alarms; held != NULL; held = held->next)
    gdp_annunciator_doubt (held, doubt_of (state, held->alarm.condition, state->reason,
                                           is_own_fault (engine, index, state->reason)), changes);
}

void
gdp_engine_wake_point (GdpEngine *engine, guint index, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[index];
  GdpPointState *state = &engine->points[index];
  gboolean changed = FALSE;

  for (guint i = 0; i < GDP_N_LEVELS; i++)
    changed |= gdp_hold_expire (&state->hold[i], now);
  if (changed)
    follow_holds (engine, index, now, now, changes);
  if (state->settle_due != 0 && now >= state->settle_due) {
    double before = state->scaling.value;
    gint64 settles = gdp_scaling_deadline (&point->scaling, &state->scaling);
    GdpReason reason = gdp_engine_measured (state);

    state->settle_due = 0;
    gdp_scaling_settle (&point->scaling, &state->scaling, settles, &reason);
    gdp_engine_conclude (engine, index, reason, before, NAN, settles, now, changes);
  }
  if (gdp_engine_is_judgeable (state->reason))
    gdp_engine_judge_motion (engine, index, NAN, now, now, changes);
  gdp_engine_wake_flaps (engine, index, now, changes);
  gdp_engine_queue_point (engine, index);
}

void
gdp_engine_queue_point (GdpEngine *engine, guint index)
{
  GdpPointState *state = &engine->points[index];
  gint64 due = state->settle_due;

  for (guint i = 0; i < GDP_N_LEVELS; i++)
    if (state->hold[i].due != 0 && (due == 0 || state->hold[i].due < due))
      due = state->hold[i].due;
  gint64 moves = state->motion != NULL && gdp_engine_is_judgeable (state->reason)
                 ? gdp_motion_due (state->motion, &engine->network->points[index]) : 0;
  if (moves != 0 && (due == 0 || moves < due))
    due = moves;
  gint64 flaps = gdp_engine_flaps_due (engine, index);
  if (flaps != 0 && (due == 0 || flaps < due))
    due = flaps;
  if (due != 0)
    gdp_engine_queue (engine, GDP_OBJECT_POINT, index, &state->queued, due);
}

gint64
gdp_engine_stale_due (const GdpEngine *engine, guint index)
{
  const GdpPoint *point = &engine->network->points[index];
  const GdpPointState *state = &engine->points[index];
  const GdpUnitState *unit = &engine->units[point->unit];
  gint64 since = MAX (is_old_with_unit (point) ? unit->seen : state->seen, unit->since);

  return since + (gint64) (gdp_point_stale_after (engine->network, index) * GDP_SECOND);
}
