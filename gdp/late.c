/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Late records: what a unit measured while nobody listened, told when it calls.
 *
 * Every one is stored at its source time. Momentary values are judged in the order of their source times,
 * with holds of their own, as they would have been judged then: a value stands until the next one, so
 * bands of currents, bounces and delays that end before the next row are over at once; damping is left
 * out, rows are minutes apart. An excursion that was not known becomes an alarm that occurred then and is
 * learned now; when it is over, by a later row or because something newer is known, it waits for its
 * acknowledgement without sounding. When what is newer says the same, it is not over: it is active, and heard.
 * One that lies in what the alarm knows already is not told again; one that lasts until the alarm began is the
 * same, and the alarm began with it; one that was over before goes into the journal alone while the alarm is
 * owed an answer.
 *
 * Rows newer than what is known live go on from the live state, and the last of them becomes it. */
#include <math.h>
#include <string.h>

#include "engine-private.h"

typedef enum {
  LATE_NONE,
  LATE_KNOWN,    /* the alarm has it already */
  LATE_MOVES,    /* the alarm follows it */
  LATE_EARLIER,  /* it began before what the alarm stands for: its end will tell whether it is the same */
  LATE_EVENT,    /* somebody visits the unit: it is no alarm */
} LateCourse;

/* What is judged together: an alarm with one or two levels. */
#define N_SLOTS 2

struct GdpLate {
  GdpHold hold[GDP_N_LEVELS];
  gint64  time;               /* of the last row judged */
  gint64  step;               /* from the row before it; 0 = it is the first */
  double  value;              /* of it */
  gint64  began[N_SLOTS];     /* EARLIER: when, and at what value */
  double  began_at[N_SLOTS];
  gint8   level[N_SLOTS];     /* in force, -1 = none */
  guint8  course[N_SLOTS];    /* LateCourse of what is in force */
  guint8  from_live;          /* it goes on from the live state */
};

/* What is the same for every step of one call. */
typedef struct {
  GdpEngine  *engine;
  GdpChanges *changes;
  guint       index;
  gint64      now;
} Call;

static const GdpPoint *
point_of (const Call *call)
{
  return &call->engine->network->points[call->index];
}

static GdpPointState *
state_of (const Call *call)
{
  return &call->engine->points[call->index];
}

static GdpCondition
condition_of (const GdpPoint *point, guint slot)
{
  if (gdp_point_is_discrete (point))
    return GDP_CONDITION_STATE;
  return slot == 0 ? GDP_CONDITION_HIGH : GDP_CONDITION_LOW;
}

static guint
n_slots (const GdpPoint *point)
{
  return gdp_point_is_discrete (point) ? 1 : N_SLOTS;
}

static gboolean
is_judged (const GdpLimits *limits)
{
  gboolean any = limits->state.priority != 0;

  for (guint i = 0; i < GDP_N_LEVELS; i++)
    any |= limits->level[i].priority != 0;
  return any;
}

/* ---- excursions --------------------------------------------------------------------------- */

static GdpNews
news_of (const Call *call, int level, gint64 time, double value, char **text)
{
  const GdpPoint *point = point_of (call);

  if (gdp_point_is_discrete (point)) {
    *text = g_strdup (gdp_point_state_name (point, value));
    return (GdpNews) { .occurred = time, .learned = call->now, .value = value, .limit = NAN, .quiet = TRUE,
                       .priority = point->limits.state.priority, .text = *text };
  }
  const GdpLimit *limit = &point->limits.level[level];
  *text = gdp_engine_level_text (point, value, level);
  return (GdpNews) { .occurred = time, .learned = call->now, .value = value, .limit = limit->value, .quiet = TRUE,
                     .level = (guint8) level, .priority = limit->priority, .text = *text };
}

static LateCourse
course_of (const GdpAlarm *alarm, gint64 time)
{
  if (alarm == NULL || alarm->occurrence == 0)
    return LATE_MOVES;
  if (time >= alarm->occurred && (alarm->active || time <= alarm->cleared))
    return LATE_KNOWN;
  return time > alarm->occurred ? LATE_MOVES : LATE_EARLIER;
}

static void
note (const Call *call, const GdpHeldAlarm *held, GdpEventKind kind, const GdpNews *news)
{
  gdp_annunciator_note (call->engine->annunciator, (GdpEvent) {
    .kind = kind, .occurred = news->occurred, .learned = news->learned, .site = (char *) held->site,
    .object = (char *) held->alarm.id, .text = (char *) news->text, .priority = news->priority }, call->changes);
}

static void
move (const Call *call, guint slot, GdpAlarmEvent event, const GdpNews *news)
{
  gdp_engine_move_alarm (call->engine, call->index, condition_of (point_of (call), slot), event, news, call->changes);
}

static void
begin (const Call *call, guint slot, int level, gint64 time)
{
  GdpLate *late = state_of (call)->late;
  GdpHeldAlarm *held = gdp_engine_point_alarm (state_of (call), condition_of (point_of (call), slot));
  g_autofree char *text = NULL;
  GdpNews news = news_of (call, level, time, late->value, &text);

  late->began[slot] = time;
  late->began_at[slot] = late->value;
  late->course[slot] = (guint8) course_of (held != NULL ? &held->alarm : NULL, time);
  if (late->course[slot] != LATE_KNOWN && gdp_engine_is_visited (call->engine, call->index))
    late->course[slot] = LATE_EVENT;
  if (late->course[slot] == LATE_MOVES)
    move (call, slot, GDP_ALARM_OCCUR, &news);
}

/* What is in force is what the alarm stands for, not something that came about live meanwhile. */
static gboolean
follows (const GdpLate *late, guint slot, const GdpHeldAlarm *held)
{
  return late->course[slot] == LATE_MOVES && held->alarm.active && (held->alarm.quiet || late->from_live);
}

/* A return that a later row tells is nearer than what was taken for it when the rows before ended. */
static void
correct_return (const Call *call, GdpHeldAlarm *held, gint64 time)
{
  GdpAlarm *alarm = &held->alarm;

  if (!alarm->quiet || alarm->active || time < alarm->occurred || time >= alarm->cleared)
    return;
  alarm->cleared = time;
  gdp_changes_set_alarm (call->changes, alarm);
}

/* It was over before what the alarm stands for began. The alarm takes it on if nothing newer is owed an
 * acknowledgement; else the journal alone has it. */
static void
tell_earlier (const Call *call, guint slot, GdpHeldAlarm *held, int level, const GdpNews *over)
{
  const GdpLate *late = state_of (call)->late;
  g_autofree char *text = NULL;
  GdpNews news = news_of (call, level, late->began[slot], late->began_at[slot], &text);

  if (over->occurred >= held->alarm.occurred)   /* it lasted until then: it is the same */
    return;
  if (gdp_alarm_state (&held->alarm) == GDP_ALARM_NORMAL) {
    move (call, slot, GDP_ALARM_OCCUR, &news);
    move (call, slot, GDP_ALARM_CLEAR, over);
  } else {
    note (call, held, GDP_EVENT_ALARM_OCCURRED, &news);
    note (call, held, GDP_EVENT_ALARM_CLEARED, over);
  }
}

static void
end (const Call *call, guint slot, int level, gint64 time)
{
  GdpLate *late = state_of (call)->late;
  GdpHeldAlarm *held = gdp_engine_point_alarm (state_of (call), condition_of (point_of (call), slot));
  g_autofree char *text = NULL;
  GdpNews news = news_of (call, level, time, late->value, &text);

  if (late->course[slot] == LATE_EARLIER)
    tell_earlier (call, slot, held, level, &news);
  else if (follows (late, slot, held))
    move (call, slot, GDP_ALARM_CLEAR, &news);
  else if (late->course[slot] != LATE_EVENT)
    correct_return (call, held, time);
  late->course[slot] = LATE_NONE;
}

static void
change_level (const Call *call, guint slot, int level, gint64 time)
{
  g_autofree char *text = NULL;
  GdpNews news = news_of (call, level, time, state_of (call)->late->value, &text);
  gboolean worse = level == GDP_LEVEL_HH || level == GDP_LEVEL_LL;
  GdpHeldAlarm *held = gdp_engine_point_alarm (state_of (call), condition_of (point_of (call), slot));

  if (follows (state_of (call)->late, slot, held))
    move (call, slot, worse ? GDP_ALARM_ESCALATE : GDP_ALARM_EASE, &news);
}

static void
follow (const Call *call, gint64 time)
{
  GdpLate *late = state_of (call)->late;

  for (guint slot = 0; slot < n_slots (point_of (call)); slot++) {
    int before = late->level[slot];
    int level = gdp_engine_level_held (point_of (call), late->hold, condition_of (point_of (call), slot));

    late->level[slot] = (gint8) level;
    if (before < 0 && level >= 0)
      begin (call, slot, level, time);
    else if (before >= 0 && level < 0)
      end (call, slot, before, time);
    else if (before != level)
      change_level (call, slot, level, time);
  }
}

/* Delays that were over by @time, each at its own time. */
static void
expire (const Call *call, gint64 time)
{
  GdpHold *hold = state_of (call)->late->hold;

  for (;;) {
    guint first = GDP_N_LEVELS;
    for (guint i = 0; i < GDP_N_LEVELS; i++)
      if (hold[i].due != 0 && hold[i].due <= time && (first == GDP_N_LEVELS || hold[i].due < hold[first].due))
        first = i;
    if (first == GDP_N_LEVELS)
      return;
    gint64 due = hold[first].due;
    gdp_hold_expire (&hold[first], due);
    follow (call, due);
  }
}

/* ---- rows --------------------------------------------------------------------------------- */

/* The live state is where rows that are newer than it go on from. */
static void
begin_run (const Call *call, gboolean newer)
{
  GdpPointState *state = state_of (call);

  if (state->late != NULL && !newer) {
    state->late->from_live = FALSE;
    return;
  }
  if (state->late == NULL)
    state->late = g_new0 (GdpLate, 1);
  *state->late = (GdpLate) { .value = newer ? state->scaling.value : NAN, .level = { -1, -1 }, .from_live = newer };
  if (!newer)
    return;
  memcpy (state->late->hold, state->hold, sizeof state->hold);
  for (guint slot = 0; slot < n_slots (point_of (call)); slot++) {
    GdpCondition condition = condition_of (point_of (call), slot);
    GdpHeldAlarm *held = gdp_engine_point_alarm (state, condition);
    int level = gdp_engine_level_held (point_of (call), state->late->hold, condition);
    state->late->level[slot] = (gint8) level;
    state->late->course[slot] = level < 0 ? LATE_NONE : held != NULL && held->alarm.active ? LATE_MOVES : LATE_EVENT;
  }
}

static void
judge_row (const Call *call, double value, GdpReason reason, gint64 time)
{
  const GdpPoint *point = point_of (call);
  GdpLate *late = state_of (call)->late;
  double before = late->value;

  if (time <= late->time)   /* it came before */
    return;
  expire (call, time);
  late->step = late->time != 0 ? time - late->time : 0;
  late->time = time;
  if (!gdp_engine_is_judgeable (reason)) {
    for (guint i = 0; i < GDP_N_LEVELS; i++)
      late->hold[i].due = 0;
    return;
  }
  late->value = value;
  if (gdp_point_is_discrete (point))
    gdp_engine_note_state_change (call->engine, call->index, before, value, time, call->now, call->changes);
  if (gdp_engine_judge_holds (point, late->hold, value, time))
    follow (call, time);
}

/* A row's value stands until the next one: what a current or a contact waits for comes true. */
static double
scaled (const GdpPoint *point, const GdpScalingState *known, const GdpSample *sample, GdpReason *reason)
{
  GdpScalingState alone = point->scaling.wrap > 0 ? *known : (GdpScalingState) { 0 };   /* a counter goes on */
  GdpReason own = GDP_REASON_NONE;
  double value = gdp_scaling_apply (&point->scaling, &alone, sample->raw, sample->time, &own);
  gint64 settles = gdp_scaling_deadline (&point->scaling, &alone);

  if (settles != 0)
    value = gdp_scaling_settle (&point->scaling, &alone, settles, &own);
  *reason = gdp_reason_quality (own) > gdp_reason_quality (sample->reason) ? own : sample->reason;
  return value;
}

GdpReason
gdp_late_reason (const GdpPoint *point, const GdpSample *sample)
{
  GdpScalingState alone = { 0 };
  GdpReason reason = sample->reason;

  if (gdp_reason_has_value (reason))
    scaled (point, &alone, sample, &reason);
  return reason;
}

void
gdp_engine_take_late (GdpEngine *engine, const GdpSample *sample, gint64 now, GdpChanges *changes)
{
  const GdpPoint *point = &engine->network->points[sample->point];
  GdpPointState *state = &engine->points[sample->point];
  Call call = { engine, changes, sample->point, now };
  GdpReason reason = sample->reason;
  double value = gdp_reason_has_value (reason) ? scaled (point, &state->scaling, sample, &reason) : NAN;
  GdpReading reading = { .point = point->key, .time = sample->time, .received = now, .reason = reason,
                         .value = gdp_engine_rounded (point, value) };

  g_array_append_val (changes->readings, reading);
  gdp_hours_take_late (state, value, reason, sample->time);
  if (sample->reason == GDP_REASON_AVERAGED
      || (!state->forced && !is_judged (&point->limits) && !gdp_point_is_discrete (point)))
    return;
  if (!state->touched && !state->forced)
    begin_run (&call, sample->time > state->scaling.time);
  state->touched = TRUE;
  if (!state->forced)
    judge_row (&call, value, reason, sample->time);
}

/* ---- the end of what came at once --------------------------------------------------------- */

/* No row can be missing between the last one and @time, and nothing was measured in between. */
static gboolean
is_next (const Call *call, gint64 time)
{
  const GdpLate *late = state_of (call)->late;
  double period = call->engine->network->units[point_of (call)->unit].period;

  return time - late->time <= MAX (late->step, (gint64) (period * GDP_SECOND));
}

static GdpSide
live_side (const Call *call, GdpLevel level)
{
  const GdpPoint *point = point_of (call);
  double value = state_of (call)->scaling.value;

  if (gdp_point_is_discrete (point))
    return value == point->limits.state.state ? GDP_SIDE_BEYOND : GDP_SIDE_RETURNED;
  return point->limits.level[level].priority != 0 ? gdp_limit_side (&point->limits.level[level], level, value)
                                                  : GDP_SIDE_RETURNED;
}

/* Levels in force that the live value does not contradict are in force now: one that is beyond its limit, or in
 * the deadband if it comes right after the rows. Returns whether there are any. */
static gboolean
lasts_until_now (const Call *call, guint slot)
{
  static const GdpLevel levels[N_SLOTS][2] = { { GDP_LEVEL_H, GDP_LEVEL_HH }, { GDP_LEVEL_L, GDP_LEVEL_LL } };
  GdpPointState *state = state_of (call);
  gboolean next = is_next (call, state->scaling.time), any = FALSE;

  for (guint i = 0; i < (gdp_point_is_discrete (point_of (call)) ? 1 : G_N_ELEMENTS (levels[slot])); i++) {
    GdpLevel level = gdp_point_is_discrete (point_of (call)) ? 0 : levels[slot][i];
    GdpSide side = state->late->hold[level].held ? live_side (call, level) : GDP_SIDE_RETURNED;
    if (side == GDP_SIDE_BEYOND || (side == GDP_SIDE_DEADBAND && next)) {
      state->hold[level] = (GdpHold) { .held = TRUE };
      any = TRUE;
    }
  }
  return any;
}

static void
hear (const Call *call, GdpHeldAlarm *held)
{
  held->alarm.quiet = FALSE;
  gdp_changes_set_alarm (call->changes, &held->alarm);
}

/* Something newer is known: an excursion in force lasts until it, or ended before it. */
static void
close_excursion (const Call *call, guint slot, GdpHeldAlarm *held)
{
  GdpPointState *state = state_of (call);
  GdpCondition condition = condition_of (point_of (call), slot);
  g_autofree char *text = NULL;
  GdpNews news = news_of (call, state->late->level[slot], state->scaling.time, state->late->value, &text);

  if (!lasts_until_now (call, slot)) {
    move (call, slot, GDP_ALARM_CLEAR, &news);
    return;
  }
  int level = gdp_engine_level_held (point_of (call), state->hold, condition);
  if (level != state->late->level[slot]) {
    g_autofree char *eased = NULL;
    GdpNews ease = news_of (call, level, state->scaling.time, state->scaling.value, &eased);
    move (call, slot, GDP_ALARM_EASE, &ease);
  }
  hear (call, held);
}

/* It lasted until the alarm began, which was told before the rows were. */
static void
backdate (const Call *call, guint slot, GdpHeldAlarm *held)
{
  GdpLate *late = state_of (call)->late;
  g_autofree char *text = NULL;
  GdpNews news = news_of (call, late->level[slot], late->began[slot], late->began_at[slot], &text);

  gdp_annunciator_backdate (call->engine->annunciator, held, &news, call->changes);
  late->course[slot] = LATE_KNOWN;
}

static void
close_excursions (const Call *call)
{
  GdpPointState *state = state_of (call);

  expire (call, state->scaling.time);
  for (guint slot = 0; slot < n_slots (point_of (call)); slot++) {
    GdpHeldAlarm *held = gdp_engine_point_alarm (state, condition_of (point_of (call), slot));

    if (held == NULL || !held->alarm.active || state->late->level[slot] < 0)
      continue;
    if (state->late->course[slot] == LATE_EARLIER && is_next (call, held->alarm.occurred))
      backdate (call, slot, held);
    else if (follows (state->late, slot, held))
      close_excursion (call, slot, held);
  }
}

/* Nothing newer is known, or nothing that can be judged: this is how it is, and what is in force is heard.
 * Where the rows began before what was known, that may hold more than they do. */
static void
become_live (const Call *call)
{
  GdpPointState *state = state_of (call);

  for (guint i = 0; i < GDP_N_LEVELS; i++)
    if (state->late->from_live || state->late->hold[i].held)
      state->hold[i] = state->late->hold[i];
  for (GdpHeldAlarm *held = state->alarms; held != NULL; held = held->next)
    if (held->alarm.active && held->alarm.quiet) {
      hear (call, held);
      if (!gdp_engine_is_judgeable (state->reason))
        gdp_annunciator_doubt (held, state->reason, call->changes);
    }
}

void
gdp_engine_end_late (GdpEngine *engine, const GdpSample *last, gint64 now, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[last->point];
  Call call = { engine, changes, last->point, now };

  if (last->reason == GDP_REASON_AVERAGED)
    return;
  gboolean newer = last->time > state->scaling.time;
  if (state->touched && state->forced)   /* no row must pass for what is true now */
    gdp_engine_emit (engine, last->point, now, now, changes);
  else if (state->touched && (newer || !gdp_engine_is_judgeable (state->reason)))
    become_live (&call);
  else if (state->touched)
    close_excursions (&call);
  if (newer)
    gdp_engine_advance_point (engine, last, now, changes);
  state->touched = FALSE;
}
