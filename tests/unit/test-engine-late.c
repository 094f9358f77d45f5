/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a BBT tells of the time before its call: stored at its time, judged, and never heard twice. */
#include "bbt-plant.h"

static void
set_up_with_delay (BbtPlant *plant, gconstpointer data)
{
  bbt_plant_open (plant, 5);
}

/* One value a minute of the outlet, the first @minutes ago. NaN: the module did not answer. */
static void
rows (BbtPlant *plant, int minutes, guint n, const double *values, GdpReason reason)
{
  g_autofree GdpSample *samples = g_new0 (GdpSample, n);

  for (guint i = 0; i < n; i++)
    samples[i] = (GdpSample) { .point = OUTLET, .time = plant->now - (minutes - (gint64) i) * MINUTE, .raw = values[i],
                               .reason = isnan (values[i]) ? GDP_REASON_NO_COMMUNICATION : reason };
  gdp_engine_history (plant->engine, BBT, plant->now, samples, n, plant->changes);
}
#define ROWS(plant, minutes, ...)                                                                                \
  rows (plant, minutes, G_N_ELEMENTS (((double[]) { __VA_ARGS__ })), (double[]) { __VA_ARGS__ }, GDP_REASON_NONE)

static const GdpEvent *
event_of (BbtPlant *plant, GdpEventKind kind, const char *object, guint nth)
{
  for (guint i = 0; i < plant->changes->events->len; i++) {
    const GdpEvent *event = plant->changes->events->pdata[i];
    if (event->kind == kind && g_strcmp0 (event->object, object) == 0 && nth-- == 0)
      return event;
  }
  return NULL;
}

static guint
count (BbtPlant *plant, GdpEventKind kind)
{
  guint n = 0;
  for (guint i = 0; i < plant->changes->events->len; i++)
    n += ((GdpEvent *) plant->changes->events->pdata[i])->kind == kind;
  return n;
}

static void
test_nothing_is_dropped (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, OUTLET, 2.3);
  ROWS (plant, 40, 2.3, 2.3, 2.3, NAN, 2.301);
  g_assert_cmpuint (plant->changes->readings->len, ==, 5);
  for (guint i = 0; i < 5; i++) {
    const GdpReading *reading = &g_array_index (plant->changes->readings, GdpReading, i);
    g_assert_cmpint (reading->time, ==, plant->now - (40 - (gint64) i) * MINUTE);
    g_assert_cmpint (reading->received, ==, plant->now);
    g_assert_cmpint (reading->reason, ==, i == 3 ? GDP_REASON_NO_COMMUNICATION : GDP_REASON_NONE);
  }
  g_assert_cmpuint (plant->changes->events->len + plant->changes->alarms->len, ==, 0);
}

static void
test_excursion_over (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, OUTLET, 2.3);
  ROWS (plant, 40, 2.3, 2.8, 3.0, 2.7, 2.5);
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, HIGH);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
  g_assert_true (alarm->quiet);
  g_assert_cmpint (alarm->occurred, ==, plant->now - 38 * MINUTE);   /* of the escalation */
  g_assert_cmpint (alarm->cleared, ==, plant->now - 36 * MINUTE);
  g_assert_cmpint (alarm->learned, ==, plant->now);
  g_assert_cmpuint (alarm->priority, ==, 2);   /* it had eased to H */
  const GdpEvent *event = event_of (plant, GDP_EVENT_ALARM_OCCURRED, HIGH, 0);
  g_assert_cmpint (event->occurred, ==, plant->now - 39 * MINUTE);
  g_assert_cmpint (event->learned, ==, plant->now);
  g_assert_cmpstr (event->text, ==, "2.80, H 2.75");
  g_assert_cmpint (event_of (plant, GDP_EVENT_ALARM_CLEARED, HIGH, 0)->occurred, ==, plant->now - 36 * MINUTE);
  g_assert_cmpuint (plant->changes->alarms->len, ==, 1);
}

static void
test_again_changes_nothing (BbtPlant *plant, gconstpointer data)
{
  test_excursion_over (plant, data);
  gdp_changes_clear (plant->changes);
  ROWS (plant, 40, 2.3, 2.8, 3.0, 2.7, 2.5);
  g_assert_cmpuint (plant->changes->events->len + plant->changes->alarms->len, ==, 0);
  /* also when the run itself is forgotten */
  hang_up (plant, 0);
  live (plant, OUTLET, 2.3);
  gdp_changes_clear (plant->changes);
  ROWS (plant, 40, 2.3, 2.8, 3.0, 2.7, 2.5);
  g_assert_cmpuint (count (plant, GDP_EVENT_ALARM_OCCURRED) + count (plant, GDP_EVENT_ALARM_RECURRED), ==, 0);
}

/* However the rows are cut into calls, the same comes of it in the end. */
static void
test_cuts (BbtPlant *plant, gconstpointer data)
{
  static const double values[] = { 2.3, 2.8, 2.8, 2.3, 1.7, 1.7, 2.3, 2.3 };
  for (guint cut = 1; cut < G_N_ELEMENTS (values); cut++) {
    tear_down (plant, NULL);
    bbt_plant_open (plant, 0);
    live (plant, OUTLET, 2.3);
    pass (plant, HOUR);
    live (plant, OUTLET, 2.3);
    rows (plant, 40, cut, values, GDP_REASON_NONE);
    rows (plant, 40 - (int) cut, G_N_ELEMENTS (values) - cut, values + cut, GDP_REASON_NONE);
    static const struct { const char *id; int begin, end; } found[] = { { HIGH, 39, 37 }, { LOW, 36, 34 } };
    for (guint i = 0; i < G_N_ELEMENTS (found); i++) {
      const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, found[i].id);
      g_assert_cmpstr (state_of (plant, found[i].id), ==, "rtn-unacked");
      g_assert_true (alarm->quiet);
      g_assert_cmpuint (alarm->occurrence, ==, 1);
      g_assert_cmpint (alarm->occurred, ==, plant->now - found[i].begin * MINUTE);
      g_assert_cmpint (alarm->cleared, ==, plant->now - found[i].end * MINUTE);
    }
    g_assert_cmpuint (count (plant, GDP_EVENT_ALARM_OCCURRED), ==, 2);
    g_assert_cmpuint (count (plant, GDP_EVENT_ALARM_CLEARED), ==, 2);
  }
}

/* No live report yet: the rows are the newest that is known, and what they end with is heard. */
static void
test_rows_become_live (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  pass (plant, HOUR);
  gdp_changes_clear (plant->changes);
  ROWS (plant, 10, 2.3, 2.3, 2.8, 2.8);
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, HIGH);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  g_assert_false (alarm->quiet);
  g_assert_cmpint (alarm->occurred, ==, plant->now - 8 * MINUTE);
  g_assert_cmpuint (plant->changes->readings->len, ==, 4);
  live (plant, OUTLET, 2.3);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
  g_assert_cmpint (alarm->cleared, ==, plant->now);
  g_assert_cmpuint (count (plant, GDP_EVENT_ALARM_OCCURRED), ==, 1);
}

static void
test_known_alarm_returned (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.8);
  pass (plant, HOUR);
  gdp_changes_clear (plant->changes);
  ROWS (plant, 10, 2.8, 2.3, 2.3);   /* newer than the live one: they end it */
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
  g_assert_cmpint (gdp_engine_alarm (plant->engine, HIGH)->cleared, ==, plant->now - 9 * MINUTE);
  g_assert_cmpuint (count (plant, GDP_EVENT_ALARM_OCCURRED), ==, 0);
}

/* Live first, then the rows of the time between: the alarm is known already. */
static void
test_known_alarm_is_not_told_again (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.8);
  pass (plant, HOUR);
  live (plant, OUTLET, 2.3);
  gdp_changes_clear (plant->changes);
  ROWS (plant, 50, 2.8, 2.8, 2.3, 2.3);
  g_assert_cmpuint (plant->changes->events->len, ==, 0);
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, HIGH)->occurrence, ==, 1);
}

/* The alarm of now stays as it is; what was before it is told by the journal. */
static void
test_before_a_live_alarm (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  pass (plant, HOUR);
  live (plant, OUTLET, 2.8);
  gint64 occurred = plant->now;
  gdp_changes_clear (plant->changes);
  ROWS (plant, 50, 2.3, 3.0, 2.3, 2.3);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  g_assert_false (gdp_engine_alarm (plant->engine, HIGH)->quiet);
  g_assert_cmpint (gdp_engine_alarm (plant->engine, HIGH)->occurred, ==, occurred);
  g_assert_cmpint (event_of (plant, GDP_EVENT_ALARM_OCCURRED, HIGH, 0)->occurred, ==, plant->now - 49 * MINUTE);
  g_assert_cmpint (event_of (plant, GDP_EVENT_ALARM_CLEARED, HIGH, 0)->occurred, ==, plant->now - 48 * MINUTE);
  live (plant, OUTLET, 2.3);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
}

/* Rows that begin before the live report and end after it leave the live alarm able to clear. */
static void
test_rows_around_the_live_report (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  pass (plant, HOUR);
  live (plant, OUTLET, 2.8);
  pass (plant, 2 * MINUTE);
  ROWS (plant, 5, 2.3, 2.3, 2.3, 2.8, 2.3);
  pass (plant, MINUTE);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
}

static void
test_superseded (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, OUTLET, 2.3);
  ROWS (plant, 10, 2.3, 2.8);
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, HIGH);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
  g_assert_true (alarm->quiet);
  g_assert_cmpint (alarm->cleared, ==, plant->now);
  pass (plant, MINUTE);
  live (plant, OUTLET, 2.8);   /* and now it is true: it sounds */
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  g_assert_false (alarm->quiet);
  g_assert_cmpuint (alarm->occurrence, ==, 2);
}

/* ---- rows and the live value say the same --------------------------------------------------- */

static void
assert_active_since (BbtPlant *plant, gint64 occurred, guint8 level)
{
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, HIGH);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  g_assert_false (alarm->quiet);
  g_assert_cmpint (alarm->occurred, ==, occurred);
  g_assert_cmpuint (alarm->level, ==, level);
  g_assert_cmpuint (count (plant, GDP_EVENT_ALARM_OCCURRED), ==, 1);
  g_assert_cmpuint (count (plant, GDP_EVENT_ALARM_RECURRED) + count (plant, GDP_EVENT_ALARM_CLEARED), ==, 0);
}

static void
assert_clears (BbtPlant *plant)
{
  live (plant, OUTLET, 2.3);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
  g_assert_cmpint (gdp_engine_alarm (plant->engine, HIGH)->cleared, ==, plant->now);
}

/* A session that was lost begins with LIVE; the rows of the time between come after it. */
static void
test_began_earlier (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, OUTLET, 2.3);
  pass (plant, 3 * MINUTE);
  live (plant, OUTLET, 2.8);
  ROWS (plant, 3, 2.3, 2.8, 2.8);
  assert_active_since (plant, plant->now - 2 * MINUTE, GDP_LEVEL_H);
  const GdpEvent *event = event_of (plant, GDP_EVENT_ALARM_BACKDATED, HIGH, 0);
  g_assert_cmpint (event->occurred, ==, plant->now - 2 * MINUTE);
  g_assert_cmpint (event->learned, ==, plant->now);
  g_assert_cmpstr (event->text, ==, "2.80, H 2.75");
  ROWS (plant, 3, 2.3, 2.8, 2.8);
  g_assert_cmpuint (count (plant, GDP_EVENT_ALARM_BACKDATED), ==, 1);
  assert_clears (plant);
}

static void
test_began_earlier_when_all_rows_are_there (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, OUTLET, 2.3);
  pass (plant, 10 * MINUTE);
  live (plant, OUTLET, 2.8);
  ROWS (plant, 9, 2.3, 2.8, 2.8);   /* six minutes are missing: it may have been over */
  assert_active_since (plant, plant->now, GDP_LEVEL_H);
  ROWS (plant, 6, 2.8, 2.8, 2.8, 2.8, 2.8, 2.8);
  assert_active_since (plant, plant->now - 8 * MINUTE, GDP_LEVEL_H);
}

static void
test_door_opened_earlier (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, DOOR, 0);
  pass (plant, MINUTE);
  live (plant, DOOR, 1);
  GdpSample opened = { DOOR, 0, plant->now - GDP_SECOND / 2, 1 };   /* EVENT, after LIVE had it */
  gdp_engine_history (plant->engine, BBT, plant->now, &opened, 1, plant->changes);
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S/door.state")->occurred, ==, plant->now - GDP_SECOND / 2);
}

/* The live alarm still waits for its delay: the rows tell that it is one already. */
static void
test_lasts_while_live_waits (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, OUTLET, 2.3);
  pass (plant, 4 * MINUTE);
  live (plant, OUTLET, 2.8);
  ROWS (plant, 4, 2.3, 3.0, 3.0, 3.0);
  pass (plant, MINUTE);
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, HIGH);
  assert_active_since (plant, alarm->occurred, GDP_LEVEL_H);   /* eased from HH, where the rows were */
  g_assert_cmpint (event_of (plant, GDP_EVENT_ALARM_OCCURRED, HIGH, 0)->occurred, ==,
                   plant->now - 4 * MINUTE + 5 * GDP_SECOND);
  g_assert_nonnull (event_of (plant, GDP_EVENT_ALARM_EASED, HIGH, 0));
  assert_clears (plant);
}

/* Within the deadband it lasts when nothing was between; else it was over, and what is now is no alarm. */
static void
test_lasts_in_the_deadband (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, OUTLET, 2.3);
  pass (plant, 3 * MINUTE);
  live (plant, OUTLET, 2.7);
  ROWS (plant, 3, 2.3, 2.8, 2.8);
  assert_active_since (plant, plant->now - 2 * MINUTE, GDP_LEVEL_H);
  pass (plant, MINUTE);
  live (plant, OUTLET, 2.69);
  assert_active_since (plant, plant->now - 3 * MINUTE, GDP_LEVEL_H);
  assert_clears (plant);
}

static void
test_deadband_long_after (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, OUTLET, 2.3);
  pass (plant, HOUR);
  live (plant, OUTLET, 2.7);
  ROWS (plant, 50, 2.3, 2.8, 2.8);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
  g_assert_true (gdp_engine_alarm (plant->engine, HIGH)->quiet);
}

static void
test_delay_is_of_the_rows_times (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, OUTLET, 2.3);
  GdpSample quick[] = { { OUTLET, 0, plant->now - 600 * GDP_SECOND, 2.8 }, { OUTLET, 0, plant->now - 596 * GDP_SECOND, 2.3 },
                        { OUTLET, 0, plant->now - 500 * GDP_SECOND, 2.8 }, { OUTLET, 0, plant->now - 440 * GDP_SECOND, 2.3 } };
  gdp_engine_history (plant->engine, BBT, plant->now, quick, G_N_ELEMENTS (quick), plant->changes);
  g_assert_cmpuint (count (plant, GDP_EVENT_ALARM_OCCURRED), ==, 1);   /* 4 s are less than 5 */
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, HIGH);
  g_assert_cmpint (alarm->occurred, ==, plant->now - 495 * GDP_SECOND);
  g_assert_cmpint (alarm->cleared, ==, plant->now - 440 * GDP_SECOND);
}

static void
test_means_are_only_stored (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  pass (plant, HOUR);
  gdp_changes_clear (plant->changes);
  rows (plant, 10, 2, (double[]) { 3.0, 2.2 }, GDP_REASON_AVERAGED);
  g_assert_cmpuint (plant->changes->readings->len, ==, 2);
  g_assert_cmpint (g_array_index (plant->changes->readings, GdpReading, 0).reason, ==, GDP_REASON_AVERAGED);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "none");
  live (plant, OUTLET, 2.3);
  g_assert_cmpuint (plant->changes->readings->len, ==, 3);   /* an hour after the last: kept again */
}

/* The pressure was what it was, whenever that may have been. */
static void
test_doubtful_clock_is_judged (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  pass (plant, HOUR);
  live (plant, OUTLET, 2.3);
  rows (plant, 10, 3, (double[]) { 2.3, 2.8, 2.3 }, GDP_REASON_CLOCK);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
  g_assert_cmpint (g_array_index (plant->changes->readings, GdpReading, plant->changes->readings->len - 1).reason, ==, GDP_REASON_CLOCK);
}

static void
test_states (BbtPlant *plant, gconstpointer data)
{
  live (plant, DOOR, 0);
  live (plant, VALVE, 1);
  pass (plant, HOUR);
  live (plant, DOOR, 0);
  live (plant, VALVE, 1);
  gdp_changes_clear (plant->changes);
  GdpSample samples[] = {
    { DOOR, 0, plant->now - 30 * MINUTE, 0 }, { VALVE, 0, plant->now - 30 * MINUTE, 1 },
    { DOOR, 0, plant->now - 20 * MINUTE, 1 }, { VALVE, 0, plant->now - 20 * MINUTE, 0 },
    { DOOR, 0, plant->now - 10 * MINUTE, 0 }, { VALVE, 0, plant->now - 10 * MINUTE, 1 },
  };
  gdp_engine_history (plant->engine, BBT, plant->now, samples, G_N_ELEMENTS (samples), plant->changes);
  g_assert_cmpstr (state_of (plant, "S/door.state"), ==, "rtn-unacked");
  g_assert_true (gdp_engine_alarm (plant->engine, "S/door.state")->quiet);
  g_assert_cmpint (event_of (plant, GDP_EVENT_ALARM_OCCURRED, "S/door.state", 0)->occurred, ==, plant->now - 20 * MINUTE);
  const GdpEvent *closed = event_of (plant, GDP_EVENT_STATE_CHANGED, "S/valve", 0);
  g_assert_cmpint (closed->occurred, ==, plant->now - 20 * MINUTE);
  g_assert_cmpint (closed->learned, ==, plant->now);
  g_assert_nonnull (event_of (plant, GDP_EVENT_STATE_CHANGED, "S/valve", 1));
}

/* The unit has waited for the bounces itself: its event is not debounced a second time. */
static void
test_event_of_a_bouncing_contact (BbtPlant *plant, gconstpointer data)
{
  plant->network->points[DOOR].scaling.debounce = 0.1;
  live (plant, DOOR, 0);
  pass (plant, MINUTE);
  gdp_changes_clear (plant->changes);
  GdpSample opened = { DOOR, 0, plant->now, 1 };
  gdp_engine_history (plant->engine, BBT, plant->now, &opened, 1, plant->changes);
  g_assert_cmpstr (state_of (plant, "S/door.state"), ==, "unacked");
  pass (plant, MINUTE);
  live (plant, DOOR, 1);
  pass (plant, MINUTE);
  g_assert_cmpstr (state_of (plant, "S/door.state"), ==, "unacked");
  g_assert_nonnull (event_of (plant, GDP_EVENT_ALARM_OCCURRED, "S/door.state", 0));
  g_assert_null (event_of (plant, GDP_EVENT_ALARM_CLEARED, "S/door.state", 0));
}

static void
test_current_faults (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, LOOP, 12);
  GdpSample samples[] = { { LOOP, 0, plant->now - 3 * MINUTE, 0.2 }, { LOOP, 0, plant->now - 2 * MINUTE, 22 },
                          { LOOP, 0, plant->now - 1 * MINUTE, 8 } };
  gdp_engine_history (plant->engine, BBT, plant->now, samples, G_N_ELEMENTS (samples), plant->changes);
  static const GdpReason reasons[] = { GDP_REASON_OPEN_CIRCUIT, GDP_REASON_SENSOR_HIGH, GDP_REASON_NONE };
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (g_array_index (plant->changes->readings, GdpReading, i).reason, ==, reasons[i]);
  g_assert_cmpfloat (g_array_index (plant->changes->readings, GdpReading, 2).value, ==, 4);
  g_assert_cmpstr (state_of (plant, "S/loop.fault"), ==, "none");
}

/* The mean of an hour in which the sensor was broken is a mean all the same. */
static void
test_means_of_a_fault (BbtPlant *plant, gconstpointer data)
{
  quiet_hour (plant, LOOP, 12);
  GdpSample mean = { LOOP, GDP_REASON_AVERAGED, plant->now - 3 * MINUTE, 0.2 };
  gdp_engine_history (plant->engine, BBT, plant->now, &mean, 1, plant->changes);
  g_assert_cmpint (g_array_index (plant->changes->readings, GdpReading, 0).reason, ==, GDP_REASON_OPEN_CIRCUIT);
  pass (plant, 2 * gdp_unit_silent_after (&plant->network->units[BBT]) * GDP_SECOND);
  gdp_changes_clear (plant->changes);
  GdpSample row = { LOOP, 0, plant->now - MINUTE, 22 };
  gdp_engine_history (plant->engine, BBT, plant->now, &row, 1, plant->changes);
  g_assert_cmpint (g_array_index (plant->changes->readings, GdpReading, 0).reason, ==, GDP_REASON_SENSOR_HIGH);
}

/* What is known last is that it cannot be known: the excursion may last, so it is heard. */
static void
test_nothing_judgeable_is_newer (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  pass (plant, HOUR);
  GdpSample broken = { .point = OUTLET, .time = plant->now, .reason = GDP_REASON_NO_COMMUNICATION };
  gdp_engine_samples (plant->engine, BBT, plant->now, &broken, 1, plant->changes);
  ROWS (plant, 10, 2.3, 2.8);
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, HIGH);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  g_assert_false (alarm->quiet);
  g_assert_cmpint (alarm->reason, ==, GDP_REASON_NO_COMMUNICATION);
  pass (plant, MINUTE);
  live (plant, OUTLET, 2.3);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
}

#define ADD(name, function) g_test_add ("/engine-late/" name, BbtPlant, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("every-row-is-stored-at-its-time", test_nothing_is_dropped);
  ADD ("an-excursion-that-is-over-waits-quietly", test_excursion_over);
  ADD ("the-same-rows-again-change-nothing", test_again_changes_nothing);
  ADD ("cuts-between-rows-do-not-matter", test_cuts);
  ADD ("rows-newer-than-live-become-live-and-sound", test_rows_become_live);
  ADD ("rows-newer-than-live-end-a-known-alarm", test_known_alarm_returned);
  ADD ("a-known-alarm-is-not-told-again", test_known_alarm_is_not_told_again);
  ADD ("an-excursion-before-a-live-alarm-is-journaled-only", test_before_a_live_alarm);
  ADD ("rows-around-a-live-report-leave-its-alarm-able-to-clear", test_rows_around_the_live_report);
  ADD ("an-open-excursion-ends-where-live-is-newer", test_superseded);
  ADD ("means-are-stored-and-judge-nothing", test_means_are_only_stored);
  ADD ("a-doubtful-clock-does-not-hide-an-excursion", test_doubtful_clock_is_judged);
  ADD ("contacts-are-judged-and-told-too", test_states);
  ADD ("an-event-of-a-bouncing-contact-is-told-once", test_event_of_a_bouncing_contact);
  ADD ("a-current-out-of-its-band-is-told-at-once", test_current_faults);
  ADD ("means-of-a-current-out-of-its-band-judge-nothing", test_means_of_a_fault);
  ADD ("an-excursion-that-may-last-is-heard", test_nothing_judgeable_is_newer);
  ADD ("rows-that-lead-up-to-a-live-alarm-backdate-it", test_began_earlier);
  ADD ("an-alarm-is-backdated-when-no-row-is-missing", test_began_earlier_when_all_rows_are_there);
  ADD ("an-event-after-its-live-report-backdates-the-alarm", test_door_opened_earlier);
  ADD ("an-excursion-lasts-while-live-is-in-the-deadband", test_lasts_in_the_deadband);
  ADD ("an-excursion-long-before-a-live-deadband-is-over", test_deadband_long_after);
  g_test_add ("/engine-late/an-excursion-lasts-while-live-waits-for-its-delay", BbtPlant, NULL, set_up_with_delay,
              test_lasts_while_live_waits, tear_down);
  g_test_add ("/engine-late/delays-are-of-the-rows-times", BbtPlant, NULL, set_up_with_delay,
              test_delay_is_of_the_rows_times, tear_down);
  return g_test_run ();
}
