/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that a person set by hand. */
#include "plant.h"

#define FORCED "S1/p.forced"

static gboolean
force (Plant *plant, const char *id, double value, double seconds, GError **error)
{
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, id);
  GdpDecision decision = { .alarm = id, .value = value, .until = plant->now + (gint64) (seconds * GDP_SECOND), .who = "anna",
                           .why = "transmitter is replaced", .role = GDP_ROLE_ENGINEER, .now = plant->now,
                           .seen_until = alarm != NULL ? alarm->suppressed_until : 0 };
  return gdp_engine_force (plant->engine, &decision, plant->changes, error);
}

static gboolean
release (Plant *plant, const char *id, GError **error)
{
  GdpDecision decision = { .alarm = id, .who = "boris", .why = "done", .role = GDP_ROLE_ENGINEER, .now = plant->now };
  return gdp_engine_unforce (plant->engine, &decision, plant->changes, error);
}

static const GdpEvent *
event_of (Plant *plant, GdpEventKind kind)
{
  for (guint i = plant->changes->events->len; i-- > 0;)
    if (((GdpEvent *) plant->changes->events->pdata[i])->kind == kind)
      return plant->changes->events->pdata[i];
  return NULL;
}

static void
open_quiet (Plant *plant)
{
  plant_open (plant, usual ());
  pass_polling (plant, 3, 1 << U1);
  forget (plant);
}

static void
test_shown (void)
{
  Plant plant;

  open_quiet (&plant);
  g_assert_true (force (&plant, FORCED, 2.5, 3600, NULL));
  GdpReading *reading = last_reading (&plant, P (U1, PRESSURE));
  g_assert_cmpfloat (reading->value, ==, 2.5);
  g_assert_cmpint (reading->reason, ==, GDP_REASON_FORCED);
  const GdpEvent *event = event_of (&plant, GDP_EVENT_POINT_FORCED);
  g_assert_cmpstr (event->who, ==, "anna");
  g_assert_cmpstr (event->text, ==, "transmitter is replaced");
  g_assert_cmpstr (event->before, ==, "none");
  g_assert_true (g_str_has_prefix (event->after, "1970-01-12T") && g_str_has_suffix (event->after, "Z 2.50 kPa"));
  forget (&plant);
  pass_polling (&plant, 120, 1 << U1);           /* measured is 2.3 */
  for (guint i = 0; i < plant.changes->readings->len; i++) {
    reading = &g_array_index (plant.changes->readings, GdpReading, i);
    if (reading->point == plant.network->points[P (U1, PRESSURE)].key) {
      g_assert_cmpfloat (reading->value, ==, 2.5);
      g_assert_cmpint (reading->reason, ==, GDP_REASON_FORCED);
    }
  }
  g_assert_cmpuint (count_readings (&plant, P (U1, PRESSURE)), >=, 1);   /* told again as any other */
  forget (&plant);
  g_assert_true (release (&plant, FORCED, NULL));
  reading = last_reading (&plant, P (U1, PRESSURE));
  g_assert_cmpfloat (reading->value, ==, 2.3);
  g_assert_cmpint (reading->reason, ==, GDP_REASON_NONE);
  g_assert_cmpstr (event_of (&plant, GDP_EVENT_POINT_RELEASED)->who, ==, "boris");
  plant_close (&plant);
}

static void
test_ends_by_itself (void)
{
  Plant plant;

  open_quiet (&plant);
  g_assert_true (force (&plant, FORCED, 2.5, 60, NULL));
  pass_polling (&plant, 59, 1 << U1);
  g_assert_cmpint (last_reading (&plant, P (U1, PRESSURE))->reason, ==, GDP_REASON_FORCED);
  forget (&plant);
  pass_polling (&plant, 2, 1 << U1);
  g_assert_cmpint (last_reading (&plant, P (U1, PRESSURE))->reason, ==, GDP_REASON_NONE);
  g_assert_cmpstr (event_of (&plant, GDP_EVENT_POINT_RELEASED)->who, ==, "server");
  plant_close (&plant);
}

/* Limits are judged by it: beyond one it raises, and it holds off what is measured. */
static void
test_judged (void)
{
  Plant plant;

  open_quiet (&plant);
  g_assert_true (force (&plant, FORCED, 2.8, 3600, NULL));
  g_assert_cmpstr (state_of (&plant, "S1/p.high"), ==, "unacked");
  g_assert_cmpfloat (gdp_engine_alarm (plant.engine, "S1/p.high")->value, ==, 2.8);
  g_assert_true (force (&plant, FORCED, 2.4, 3600, NULL));
  g_assert_cmpstr (state_of (&plant, "S1/p.high"), ==, "rtn-unacked");
  sample (&plant, P (U1, PRESSURE), 3);
  g_assert_cmpstr (state_of (&plant, "S1/p.high"), ==, "rtn-unacked");
  g_assert_true (release (&plant, FORCED, NULL));
  g_assert_cmpstr (state_of (&plant, "S1/p.high"), ==, "unacked");
  g_assert_cmpuint (gdp_engine_alarm (plant.engine, "S1/p.high")->level, ==, GDP_LEVEL_HH);
  plant_close (&plant);
}

/* What the sensor says of itself stays as it was, and is unknown, until it is looked at again. */
static void
test_fault_beneath (void)
{
  Plant plant;

  open_quiet (&plant);
  sample (&plant, P (U1, PRESSURE), NAN);
  g_assert_cmpstr (state_of (&plant, "S1/p.fault"), ==, "unacked");
  g_assert_true (force (&plant, FORCED, 2.5, 3600, NULL));
  sample (&plant, P (U1, PRESSURE), 2.3);
  const GdpAlarm *fault = gdp_engine_alarm (plant.engine, "S1/p.fault");
  g_assert_true (fault->active);
  g_assert_cmpint (fault->reason, ==, GDP_REASON_FORCED);
  g_assert_true (release (&plant, FORCED, NULL));
  g_assert_false (fault->active);
  g_assert_cmpint (fault->reason, ==, GDP_REASON_NONE);
  g_assert_true (force (&plant, FORCED, 2.5, 3600, NULL));
  guint32 times = fault->occurrence;
  sample (&plant, P (U1, PRESSURE), NAN);
  g_assert_cmpuint (fault->occurrence, ==, times);
  g_assert_true (release (&plant, FORCED, NULL));
  g_assert_cmpuint (fault->occurrence, ==, times + 1);
  plant_close (&plant);
}

/* It stands while the unit does not answer; then what is known of it is that. */
static void
test_unit_silent (void)
{
  Plant plant;

  open_quiet (&plant);
  g_assert_true (force (&plant, FORCED, 2.5, 3600, NULL));
  pass (&plant, 100);
  g_assert_cmpint (last_reading (&plant, P (U1, PRESSURE))->reason, ==, GDP_REASON_FORCED);
  g_assert_cmpint (last_reading (&plant, P (U1, LOOP))->reason, ==, GDP_REASON_NO_COMMUNICATION);
  g_assert_true (release (&plant, FORCED, NULL));
  g_assert_cmpint (last_reading (&plant, P (U1, PRESSURE))->reason, ==, GDP_REASON_NO_COMMUNICATION);
  plant_close (&plant);
}

/* Late records are history: stored as they were measured, and no alarm; what is shown stays. */
static void
test_late (void)
{
  Plant plant;

  open_quiet (&plant);
  g_assert_true (force (&plant, FORCED, 2.5, 3600, NULL));
  pass_polling (&plant, 300, 1 << U1);
  forget (&plant);
  GdpSample rows[] = { { P (U1, PRESSURE), 0, plant.now - 200 * GDP_SECOND, 3 }, { P (U1, PRESSURE), 0, plant.now, 3 } };
  gdp_engine_history (plant.engine, U1, plant.now, rows, 2, plant.changes);
  g_assert_cmpuint (count_readings (&plant, P (U1, PRESSURE)), ==, 3);
  g_assert_cmpint (last_reading (&plant, P (U1, PRESSURE))->reason, ==, GDP_REASON_FORCED);
  g_assert_cmpstr (state_of (&plant, "S1/p.high"), ==, "none");
  plant_close (&plant);
}

/* The store's memory is enough; and a new configuration changes nothing of it. */
static void
test_restart (void)
{
  Plant plant;

  open_quiet (&plant);
  g_assert_true (force (&plant, FORCED, 2.8, 3600, NULL));
  g_autoptr (GdpAlarm) was = gdp_alarm_copy (gdp_engine_alarm (plant.engine, FORCED));
  g_autoptr (GdpAlarm) high = gdp_alarm_copy (gdp_engine_alarm (plant.engine, "S1/p.high"));
  GdpReading reading = *last_reading (&plant, P (U1, PRESSURE));
  gdp_engine_free (plant.engine);
  forget (&plant);
  plant.engine = gdp_engine_new (plant.network, "server", plant.now);
  gdp_engine_restore_alarm (plant.engine, was);
  gdp_engine_restore_alarm (plant.engine, high);
  gdp_engine_restore_reading (plant.engine, &reading);
  pass_polling (&plant, 100, 1 << U1);
  g_assert_cmpfloat (last_reading (&plant, P (U1, PRESSURE))->value, ==, 2.8);
  g_assert_cmpint (last_reading (&plant, P (U1, PRESSURE))->reason, ==, GDP_REASON_FORCED);
  g_assert_cmpuint (gdp_engine_alarm (plant.engine, "S1/p.high")->occurrence, ==, high->occurrence);
  g_assert_cmpint (gdp_engine_alarm (plant.engine, "S1/p.high")->reason, ==, GDP_REASON_NONE);
  gdp_engine_set_network (plant.engine, plant.network, plant.now, plant.changes);
  g_assert_cmpint (gdp_engine_alarm (plant.engine, "S1/p.high")->reason, ==, GDP_REASON_NONE);
  forget (&plant);
  pass_polling (&plant, 100, 1 << U1);
  g_assert_cmpint (last_reading (&plant, P (U1, PRESSURE))->reason, ==, GDP_REASON_FORCED);
  g_assert_true (release (&plant, FORCED, NULL));
  g_assert_cmpfloat (last_reading (&plant, P (U1, PRESSURE))->value, ==, 2.3);
  g_assert_false (gdp_engine_alarm (plant.engine, "S1/p.high")->active);
  plant_close (&plant);
}

static void
test_discrete (void)
{
  Plant plant;

  open_quiet (&plant);
  g_assert_true (force (&plant, "S1/door.forced", 1, 3600, NULL));
  g_assert_cmpstr (state_of (&plant, "S1/door.state"), ==, "unacked");
  g_assert_true (g_str_has_suffix (event_of (&plant, GDP_EVENT_POINT_FORCED)->after, "Z Open"));
  g_assert_true (release (&plant, "S1/door.forced", NULL));
  g_assert_cmpstr (state_of (&plant, "S1/door.state"), ==, "rtn-unacked");
  plant_close (&plant);
}

static void
assert_refused (Plant *plant, GdpDecision decision, gboolean (*decide) (GdpEngine *, const GdpDecision *, GdpChanges *, GError **),
                int code)
{
  g_autoptr (GError) error = NULL;

  decision.now = plant->now;
  g_assert_false (decide (plant->engine, &decision, plant->changes, &error));
  g_assert_error (error, GDP_ENGINE_ERROR, code);
  g_assert_true (gdp_changes_empty (plant->changes));
}

static void
test_refused (void)
{
  Plant plant;

  open_quiet (&plant);
  GdpDecision good = { .alarm = FORCED, .value = 2.5, .until = plant.now + 3600 * GDP_SECOND, .who = "anna", .why = "x",
                       .role = GDP_ROLE_SENIOR_DISPATCHER };
#define WITH(change, code) do { GdpDecision bad = good; bad.change; assert_refused (&plant, bad, gdp_engine_force, code); } while (0)
  WITH (alarm = "S1/none.forced", GDP_ENGINE_ERROR_NO_ALARM);
  WITH (alarm = "S1/p.high", GDP_ENGINE_ERROR_NO_ALARM);
  WITH (alarm = "S1/p", GDP_ENGINE_ERROR_NO_ALARM);
  WITH (why = " ", GDP_ENGINE_ERROR_REASON);
  WITH (value = NAN, GDP_ENGINE_ERROR_VALUE);
  WITH (value = INFINITY, GDP_ENGINE_ERROR_VALUE);
  WITH (until = plant.now, GDP_ENGINE_ERROR_LENGTH);
  WITH (until = plant.now + 73 * 3600 * GDP_SECOND, GDP_ENGINE_ERROR_LENGTH);
  WITH (role = GDP_ROLE_DISPATCHER, GDP_ENGINE_ERROR_LENGTH);
  GdpDecision loop = good;
  loop.alarm = "S1/loop.forced";
  loop.value = 17;                               /* its range ends at 16 */
  assert_refused (&plant, loop, gdp_engine_force, GDP_ENGINE_ERROR_VALUE);
  loop.alarm = "S1/door.forced";
  assert_refused (&plant, loop, gdp_engine_force, GDP_ENGINE_ERROR_VALUE);
  assert_refused (&plant, good, gdp_engine_unforce, GDP_ENGINE_ERROR_SUPPRESSION);   /* it is not */
  /* it is no alarm that could be shelved */
  assert_refused (&plant, good, gdp_engine_shelve, GDP_ENGINE_ERROR_SUPPRESSION);
  assert_refused (&plant, good, gdp_engine_take_out, GDP_ENGINE_ERROR_SUPPRESSION);
  g_assert_true (force (&plant, FORCED, 2.5, 3600, NULL));
  forget (&plant);
  assert_refused (&plant, good, gdp_engine_unshelve, GDP_ENGINE_ERROR_SUPPRESSION);
  assert_refused (&plant, good, gdp_engine_force, GDP_ENGINE_ERROR_SUPPRESSION);     /* another was first */
  plant_close (&plant);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forced/is-shown-as-such-until-it-is-released", test_shown);
  g_test_add_func ("/forced/ends-by-itself", test_ends_by_itself);
  g_test_add_func ("/forced/limits-are-judged-by-it", test_judged);
  g_test_add_func ("/forced/what-the-sensor-says-of-itself-is-unknown-meanwhile", test_fault_beneath);
  g_test_add_func ("/forced/stands-while-the-unit-is-silent", test_unit_silent);
  g_test_add_func ("/forced/late-records-are-history", test_late);
  g_test_add_func ("/forced/outlasts-the-server-and-the-configuration", test_restart);
  g_test_add_func ("/forced/a-contact-is-forced-to-a-state", test_discrete);
  g_test_add_func ("/forced/what-is-refused", test_refused);
  return g_test_run ();
}
