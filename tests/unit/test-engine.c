/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine and one point: readings, limits, states, faults, acknowledgements. */
#include "plant.h"

#define HIGH "S1/p.high"
#define LOW  "S1/p.low"
static const guint PT = P (U1, PRESSURE);

static void
set_up (Plant *plant, gconstpointer data)
{
  plant_open (plant, usual ());
}

static void
tear_down (Plant *plant, gconstpointer data)
{
  plant_close (plant);
}

/* A second later. */
static void
next (Plant *plant, guint point, double raw)
{
  pass (plant, 1);
  sample (plant, point, raw);
}

static void
test_exception_report (Plant *plant, gconstpointer data)
{
  static const struct { double raw; guint total; double shown; } rows[] = {
    { 2.304, 1, 2.30 },   /* the first, on the grid */
    { 2.309, 1, 2.30 }, { 2.2951, 1, 2.30 },
    { 2.31, 2, 2.31 },    /* exactly one step */
    { 2.30, 3, 2.30 }, { 2.3099, 3, 2.30 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    next (plant, PT, rows[i].raw);
    g_assert_cmpuint (count_readings (plant, PT), ==, rows[i].total);
    g_assert_cmpfloat (last_reading (plant, PT)->value, ==, rows[i].shown);
    g_assert_cmpint (last_reading (plant, PT)->reason, ==, GDP_REASON_NONE);
  }
}

/* A limit need not stand on the grid, and what is shown may round to it: neither raises an alarm, nor hides one. */
static void
test_judged_unrounded (Plant *plant, gconstpointer data)
{
  next (plant, PT, 2.746);
  g_assert_cmpfloat (last_reading (plant, PT)->value, ==, 2.75);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "none");
  next (plant, PT, 2.7501);
  g_assert_cmpfloat (last_reading (plant, PT)->value, ==, 2.75);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
}

static void
test_keep_every (Plant *plant, gconstpointer data)
{
  for (guint i = 0; i <= 120; i++)
    next (plant, PT, 2.3);
  g_assert_cmpuint (count_readings (plant, PT), ==, 3);   /* at 0, 60 and 120 s */
}

static void
test_occurs_acks_clears (Plant *plant, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  next (plant, PT, 2.3);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "none");
  next (plant, PT, 2.75);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, HIGH);
  g_assert_cmpuint (alarm->priority, ==, 2);
  g_assert_cmpfloat (alarm->value, ==, 2.75);
  g_assert_cmpfloat (alarm->limit, ==, 2.75);
  g_assert_cmpint (alarm->occurred, ==, plant->now);
  GdpEvent *event = g_ptr_array_index (plant->changes->events, 0);
  g_assert_cmpint (event->kind, ==, GDP_EVENT_ALARM_OCCURRED);
  g_assert_cmpstr (event->before, ==, "normal");
  g_assert_cmpstr (event->after, ==, "unacked");
  g_assert_cmpstr (event->site, ==, "S1");
  g_assert_cmpstr (event->object, ==, HIGH);
  g_assert_cmpstr (event->who, ==, "server");
  g_assert_cmpstr (event->text, ==, "2.75 kPa, H 2.75 kPa");

  g_assert_true (acknowledge (plant, HIGH, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "acked");
  g_assert_cmpstr (alarm->acked_by, ==, "anna");
  next (plant, PT, 2.3);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "normal");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_CLEARED), ==, 1);
}

static void
test_deadband (Plant *plant, gconstpointer data)
{
  next (plant, PT, 2.76);
  for (guint i = 0; i < 20; i++)
    next (plant, PT, i % 2 ? 2.76 : 2.70);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_CLEARED), ==, 0);
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, HIGH)->occurrence, ==, 1);
  next (plant, PT, 2.64);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
}

static void
test_recurs (Plant *plant, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  next (plant, PT, 2.8);
  next (plant, PT, 2.3);
  next (plant, PT, 2.8);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, HIGH)->occurrence, ==, 2);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_RECURRED), ==, 1);
  g_assert_cmpuint (plant->changes->alarms->len, ==, 1);
  g_assert_false (gdp_engine_acknowledge (plant->engine, HIGH, 1, "anna", NULL, plant->now, plant->changes, &error));
  g_assert_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NEWER_OCCURRENCE);
  g_assert_nonnull (g_strstr_len (error->message, -1, "occurrence 1"));
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
}

static void
test_escalates_and_eases (Plant *plant, gconstpointer data)
{
  next (plant, PT, 2.8);
  g_assert_true (acknowledge (plant, HIGH, NULL));
  next (plant, PT, 2.95);
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, HIGH);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  g_assert_cmpuint (alarm->priority, ==, 1);
  g_assert_cmpuint (alarm->level, ==, GDP_LEVEL_HH);
  g_assert_cmpuint (alarm->occurrence, ==, 2);
  g_assert_null (alarm->acked_by);
  g_assert_true (acknowledge (plant, HIGH, NULL));
  next (plant, PT, 2.78);   /* below HH's deadband, above H */
  g_assert_cmpstr (state_of (plant, HIGH), ==, "acked");
  g_assert_cmpuint (alarm->priority, ==, 2);
  g_assert_cmpuint (alarm->occurrence, ==, 2);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_ESCALATED), ==, 1);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_EASED), ==, 1);
}

static void
test_jump (Plant *plant, gconstpointer data)
{
  next (plant, PT, 1.5);
  next (plant, PT, 3.0);
  g_assert_cmpstr (state_of (plant, LOW), ==, "rtn-unacked");
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, HIGH)->level, ==, GDP_LEVEL_HH);
}

static void
test_ack_refusals (Plant *plant, gconstpointer data)
{
  g_autoptr (GError) none = NULL, twice = NULL;

  g_assert_false (acknowledge (plant, "S9/p.high", &none));
  g_assert_error (none, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NO_ALARM);
  next (plant, PT, 2.8);
  next (plant, PT, 2.3);
  g_assert_true (acknowledge (plant, HIGH, NULL));
  g_assert_cmpstr (state_of (plant, HIGH), ==, "normal");
  forget (plant);
  g_assert_false (acknowledge (plant, HIGH, &twice));
  g_assert_error (twice, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NOTHING_TO_ACK);
  g_assert_nonnull (g_strstr_len (twice->message, -1, "by anna"));
  g_assert_true (gdp_changes_empty (plant->changes));
}

static void
test_delays (void)
{
  PlantSetup setup = usual ();
  Plant plant;

  setup.pressure.level[GDP_LEVEL_H].on_delay = 3;
  setup.pressure.level[GDP_LEVEL_H].off_delay = 2;
  plant_open (&plant, setup);
  next (&plant, PT, 2.8);
  pass (&plant, 1);
  sample (&plant, PT, 2.3);    /* too short */
  pass (&plant, 4);
  g_assert_cmpstr (state_of (&plant, HIGH), ==, "none");
  sample (&plant, PT, 2.8);
  pass (&plant, 2.9);
  g_assert_cmpstr (state_of (&plant, HIGH), ==, "none");
  pass (&plant, 0.1);          /* no further sample is needed */
  g_assert_cmpstr (state_of (&plant, HIGH), ==, "unacked");
  sample (&plant, PT, 2.3);
  pass (&plant, 1.9);
  g_assert_cmpstr (state_of (&plant, HIGH), ==, "unacked");
  pass (&plant, 0.1);
  g_assert_cmpstr (state_of (&plant, HIGH), ==, "rtn-unacked");
  plant_close (&plant);
}

static void
test_bad_quality_cancels_delay (void)
{
  PlantSetup setup = usual ();
  Plant plant;

  setup.pressure.level[GDP_LEVEL_H].on_delay = 3;
  plant_open (&plant, setup);
  next (&plant, PT, 2.8);
  next (&plant, PT, NAN);
  pass (&plant, 3.5);
  g_assert_cmpstr (state_of (&plant, HIGH), ==, "none");
  plant_close (&plant);
}

static void
test_not_a_number (Plant *plant, gconstpointer data)
{
  static const double bad[] = { NAN, INFINITY, -INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    next (plant, PT, 2.8);
    g_assert_true (gdp_engine_alarm (plant->engine, HIGH)->active);
    forget (plant);
    next (plant, PT, bad[i]);
    g_assert_cmpint (last_reading (plant, PT)->reason, ==, GDP_REASON_NOT_A_NUMBER);
    g_assert_cmpfloat (last_reading (plant, PT)->value, ==, 2.8);
    g_assert_true (gdp_engine_alarm (plant->engine, HIGH)->active);
    g_assert_cmpint (gdp_engine_alarm (plant->engine, HIGH)->reason, ==, GDP_REASON_NOT_A_NUMBER);
    g_assert_cmpstr (state_of (plant, "S1/p.fault"), ==, "unacked");
    next (plant, PT, 2.8);
    g_assert_cmpint (gdp_engine_alarm (plant->engine, HIGH)->reason, ==, GDP_REASON_NONE);
    g_assert_cmpuint (gdp_engine_alarm (plant->engine, HIGH)->occurrence, ==, 1);
    g_assert_cmpstr (state_of (plant, "S1/p.fault"), ==, "rtn-unacked");
  }
}

static void
test_never_a_value (Plant *plant, gconstpointer data)
{
  next (plant, PT, NAN);
  g_assert_true (isnan (last_reading (plant, PT)->value));
  g_assert_cmpint (last_reading (plant, PT)->reason, ==, GDP_REASON_NOT_A_NUMBER);
}

static void
test_exception (Plant *plant, gconstpointer data)
{
  GdpSample answers[] = { { .point = PT, .reason = GDP_REASON_DEVICE_EXCEPTION }, { .point = P (U1, LOOP), .raw = 12 } };

  next (plant, PT, 2.3);
  pass (plant, 1);
  answers[0].time = answers[1].time = plant->now;
  gdp_engine_samples (plant->engine, U1, plant->now, answers, 2, plant->changes);
  g_assert_cmpint (last_reading (plant, PT)->reason, ==, GDP_REASON_DEVICE_EXCEPTION);
  g_assert_cmpfloat (last_reading (plant, PT)->value, ==, 2.3);
  g_assert_cmpstr (state_of (plant, "S1/p.fault"), ==, "unacked");
}

static void
test_loop_fault (Plant *plant, gconstpointer data)
{
  guint loop = P (U1, LOOP);

  static const struct { double current; GdpReason reason; } rows[] = {
    { 0, GDP_REASON_OPEN_CIRCUIT }, { 3.5, GDP_REASON_SENSOR_LOW }, { 25, GDP_REASON_SENSOR_HIGH },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    next (plant, loop, 12);
    g_assert_cmpfloat (last_reading (plant, loop)->value, ==, 8);
    next (plant, loop, rows[i].current);
    g_assert_cmpint (last_reading (plant, loop)->reason, ==, GDP_REASON_SUSPECT);
    g_assert_cmpfloat (last_reading (plant, loop)->value, ==, 8);
    g_assert_cmpstr (state_of (plant, "S1/loop.fault"), ==, i ? "rtn-unacked" : "none");
    pass (plant, 2);   /* the hold ends by itself */
    g_assert_cmpint (last_reading (plant, loop)->reason, ==, rows[i].reason);
    g_assert_cmpfloat (last_reading (plant, loop)->value, ==, 8);
    g_assert_cmpstr (state_of (plant, "S1/loop.fault"), ==, "unacked");
    next (plant, loop, 12);
    g_assert_cmpstr (state_of (plant, "S1/loop.fault"), ==, "rtn-unacked");
  }
}

static void
test_ends_of_span (Plant *plant, gconstpointer data)
{
  guint loop = P (U1, LOOP);

  next (plant, loop, 12);
  next (plant, loop, 20.3);
  g_assert_cmpint (last_reading (plant, loop)->reason, ==, GDP_REASON_OVER_RANGE);
  g_assert_cmpstr (state_of (plant, "S1/loop.high"), ==, "unacked");
  next (plant, loop, 3.9);
  g_assert_cmpint (last_reading (plant, loop)->reason, ==, GDP_REASON_UNDER_RANGE);
  g_assert_cmpstr (state_of (plant, "S1/loop.high"), ==, "rtn-unacked");
  g_assert_cmpstr (state_of (plant, "S1/loop.low"), ==, "unacked");
  next (plant, loop, 25);   /* a suspicion judges nothing */
  g_assert_cmpstr (state_of (plant, "S1/loop.high"), ==, "rtn-unacked");
  g_assert_cmpstr (state_of (plant, "S1/loop.low"), ==, "unacked");
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/loop.low")->reason, ==, GDP_REASON_SUSPECT);
}

static void
test_state_alarm (Plant *plant, gconstpointer data)
{
  next (plant, P (U1, DOOR), 0);
  next (plant, P (U1, DOOR), 1);
  g_assert_cmpstr (state_of (plant, "S1/door.state"), ==, "unacked");
  next (plant, P (U1, DOOR), 0);
  g_assert_cmpstr (state_of (plant, "S1/door.state"), ==, "rtn-unacked");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_STATE_CHANGED), ==, 0);
}

static void
test_state_event (Plant *plant, gconstpointer data)
{
  next (plant, VALVE, 1);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_STATE_CHANGED), ==, 0);   /* the first is no change */
  next (plant, VALVE, 0);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_STATE_CHANGED), ==, 1);
  GdpEvent *event = g_ptr_array_index (plant->changes->events, plant->changes->events->len - 1);
  g_assert_cmpstr (event->before, ==, "Open");
  g_assert_cmpstr (event->after, ==, "Closed");
  g_assert_cmpstr (event->object, ==, "S4/valve");
}

static void
test_late_data (Plant *plant, gconstpointer data)
{
  next (plant, PT, 2.3);
  forget (plant);
  GdpSample late = { .point = PT, .time = plant->now - GDP_SECOND, .raw = 2.5 };
  gdp_engine_samples (plant->engine, U1, plant->now, &late, 1, plant->changes);
  g_assert_cmpuint (plant->changes->readings->len, ==, 1);
  g_assert_cmpint (last_reading (plant, PT)->time, ==, plant->now - GDP_SECOND);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "none");
  forget (plant);
  sample (plant, PT, 2.3);   /* as it was: by exception, nothing to say */
  g_assert_cmpuint (plant->changes->readings->len, ==, 0);
}

static void
test_clock_set_back (Plant *plant, gconstpointer data)
{
  next (plant, PT, 2.3);
  plant->now -= 3600 * GDP_SECOND;
  sample (plant, PT, 2.8);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  pass (plant, 6);
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "unacked");   /* nobody answers: in 6 s, not in an hour */
}

/* A laptop that slept for eight hours: nobody is silent for that, and nothing is forgotten. */
static void
test_clock_set_forward (Plant *plant, gconstpointer data)
{
  gint64 heard, slept = 8 * 3600 * GDP_SECOND;

  pass_polling (plant, 1, 0xF);
  heard = plant->now;
  forget (plant);
  gdp_engine_clock_set_forward (plant->engine, slept);
  plant->now += slept;
  pass_polling (plant, 2, 1u << U1);
  g_assert_cmpuint (plant->changes->alarms->len, ==, 0);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_UNIT_SILENT), ==, 0);
  pass_polling (plant, 4, 1u << U1);   /* one is heard, the others had their time */
  g_assert_cmpstr (state_of (plant, "S2/u.silent"), ==, "unacked");
  g_assert_cmpstr (state_of (plant, "S3/u.silent"), ==, "unacked");
  for (guint i = 0; i < plant->changes->contacts->len; i++) {
    const GdpContactInfo *contact = plant->changes->contacts->pdata[i];
    if (!contact->link && contact->key == plant->network->units[U3].key)
      g_assert_cmpint (contact->seen, ==, heard);
  }
}

static void
test_clock_set_forward_keeps_delays (void)
{
  PlantSetup setup = usual ();
  Plant plant;

  setup.pressure.level[GDP_LEVEL_H].on_delay = 3;
  plant_open (&plant, setup);
  next (&plant, PT, 2.3);
  next (&plant, PT, 2.8);
  gdp_engine_clock_set_forward (plant.engine, 3600 * GDP_SECOND);
  plant.now += 3600 * GDP_SECOND;
  next (&plant, PT, 2.8);
  next (&plant, PT, 2.8);
  g_assert_cmpstr (state_of (&plant, HIGH), ==, "none");
  next (&plant, PT, 2.8);
  g_assert_cmpstr (state_of (&plant, HIGH), ==, "unacked");
  plant_close (&plant);
}

static void
test_foreign_sample (Plant *plant, gconstpointer data)
{
  GdpSample foreign[] = { { .point = PT, .time = plant->now, .raw = 9 },
                          { .point = 12345, .time = plant->now, .raw = 9 } };
  gdp_engine_samples (plant->engine, U2, plant->now, foreign, 2, plant->changes);
  g_assert_cmpuint (plant->changes->readings->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/engine/" path, Plant, NULL, set_up, func, tear_down)
  ADD ("readings-are-reported-by-exception", test_exception_report);
  ADD ("alarms-are-judged-by-the-value-as-measured-not-as-rounded", test_judged_unrounded);
  ADD ("unchanged-value-is-kept-once-in-a-while", test_keep_every);
  ADD ("alarm-occurs-is-acknowledged-and-clears", test_occurs_acks_clears);
  ADD ("high-with-deadband-does-not-chatter", test_deadband);
  ADD ("recurrence-is-the-same-row-and-outdates-an-acknowledgement", test_recurs);
  ADD ("escalation-asks-again-easing-does-not", test_escalates_and_eases);
  ADD ("jump-from-low-to-high-is-two-alarms", test_jump);
  ADD ("acknowledgement-of-nothing-is-refused", test_ack_refusals);
  g_test_add_func ("/engine/delays-count-uninterrupted-time", test_delays);
  g_test_add_func ("/engine/bad-quality-cancels-a-pending-alarm", test_bad_quality_cancels_delay);
  ADD ("not-a-number-keeps-value-and-alarm", test_not_a_number);
  ADD ("without-any-value-the-reading-is-empty", test_never_a_value);
  ADD ("device-exception-is-a-fault-of-the-point", test_exception);
  ADD ("loop-fault-needs-its-hold-and-no-further-sample", test_loop_fault);
  ADD ("values-at-the-ends-of-the-span-are-judged-suspicions-are-not", test_ends_of_span);
  ADD ("discrete-state-alarms-and-clears", test_state_alarm);
  ADD ("discrete-change-without-alarm-is-journaled", test_state_event);
  ADD ("late-data-does-not-touch-what-is-true-now", test_late_data);
  ADD ("clock-set-back-stops-nothing", test_clock_set_back);
  ADD ("clock-set-forward-silences-nobody", test_clock_set_forward);
  g_test_add_func ("/engine/clock-set-forward-keeps-delays", test_clock_set_forward_keeps_delays);
  ADD ("sample-of-another-unit-is-ignored", test_foreign_sample);
  return g_test_run ();
}
