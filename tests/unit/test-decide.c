/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What persons decide about alarms, and what comes of it by itself. */
#include <string.h>

#include "plant.h"

#define PT   P (U1, PRESSURE)
#define HIGH "S1/p.high"
#define HOUR (3600 * GDP_SECOND)

static void
sit (Plant *plant, gconstpointer data)
{
  PlantSetup setup = usual ();

  setup.pressure.latches = GPOINTER_TO_INT (data) & 1;
  setup.pressure.remind_after = GPOINTER_TO_INT (data) & 2 ? 600 : 0;
  plant_open (plant, setup);
}

static void
leave (Plant *plant, gconstpointer data)
{
  plant_close (plant);
}

static void
set (Plant *plant, double value)
{
  plant->now += GDP_SECOND;
  sample (plant, PT, value);
}

static const GdpAlarm *
high (Plant *plant)
{
  return gdp_engine_alarm (plant->engine, HIGH);
}

static gboolean
shelve (Plant *plant, gint64 length, GError **error)
{
  return gdp_engine_shelve (plant->engine, HIGH, plant->now + length, "anna", "transmitter is repaired", plant->now,
                            plant->changes, error);
}

static void
refused (gboolean done, GError *error, GdpEngineError code, const char *part)
{
  g_assert_false (done);
  g_assert_error (error, GDP_ENGINE_ERROR, (int) code);
  if (strstr (error->message, part) == NULL)
    g_error ("not in “%s”: %s", error->message, part);
  g_error_free (error);
}

static void
test_shelving_does_not_acknowledge (Plant *plant, gconstpointer data)
{
  set (plant, 2.8);
  g_assert_true (shelve (plant, HOUR, NULL));
  g_assert_cmpint (high (plant)->suppression, ==, GDP_SUPPRESSION_SHELVED);
  g_assert_cmpstr (high (plant)->suppressed_by, ==, "anna");
  g_assert_cmpstr (high (plant)->suppressed_why, ==, "transmitter is repaired");
  g_assert_false (gdp_alarm_calls (high (plant)));
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  set (plant, 2.3);
  set (plant, 2.8);
  g_assert_cmpuint (high (plant)->occurrence, ==, 2);   /* it lives on */
  g_assert_false (gdp_alarm_calls (high (plant)));
}

static void
test_by_hand_it_is_as_it_was (Plant *plant, gconstpointer data)
{
  set (plant, 2.8);
  acknowledge (plant, HIGH, NULL);
  shelve (plant, HOUR, NULL);
  g_assert_true (gdp_engine_unshelve (plant->engine, HIGH, "boris", NULL, plant->now, plant->changes, NULL));
  g_assert_cmpstr (state_of (plant, HIGH), ==, "acked");
  g_assert_cmpstr (high (plant)->acked_by, ==, "anna");
  g_assert_null (high (plant)->suppressed_by);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_UNSHELVED), ==, 1);
}

static void
test_by_its_end_it_calls_again (Plant *plant, gconstpointer data)
{
  set (plant, 2.8);
  acknowledge (plant, HIGH, NULL);
  shelve (plant, HOUR, NULL);
  gint64 occurred = high (plant)->occurred;
  pass (plant, 3599);
  g_assert_false (gdp_alarm_calls (high (plant)));
  pass (plant, 2);
  g_assert_true (gdp_alarm_calls (high (plant)));
  g_assert_cmpint (high (plant)->occurred, ==, occurred);
  g_assert_cmpuint (high (plant)->occurrence, ==, 2);   /* who acknowledged before did not see this */
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_SHELVING_OVER), ==, 1);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_REMINDED), ==, 1);
}

static void
test_returned_it_stays_quiet_at_its_end (Plant *plant, gconstpointer data)
{
  set (plant, 2.8);
  acknowledge (plant, HIGH, NULL);
  shelve (plant, HOUR, NULL);
  set (plant, 2.3);
  pass (plant, 3600);
  g_assert_cmpint (high (plant)->suppression, ==, GDP_SUPPRESSION_NONE);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "normal");
}

static void
test_shelving_is_checked (Plant *plant, gconstpointer data)
{
  GError *error = NULL;
  gboolean done;

  done = gdp_engine_shelve (plant->engine, "S1/nothing.high", plant->now + HOUR, "anna", "why", plant->now, plant->changes, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_NO_ALARM, "S1/nothing.high");
  done = gdp_engine_shelve (plant->engine, HIGH, plant->now + HOUR, "anna", "", plant->now, plant->changes, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_REASON, "why");
  done = shelve (plant, 0, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_LENGTH, "must lie ahead");
  done = shelve (plant, 3 * HOUR, &error);   /* priority 2 */
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_LENGTH, "2 h at the most");
  done = gdp_engine_unshelve (plant->engine, HIGH, "anna", NULL, plant->now, plant->changes, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_SUPPRESSION, "not suppressed");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_SHELVED), ==, 0);
}

/* It may be known beforehand what will call. */
static void
test_one_that_never_occurred_is_shelved (Plant *plant, gconstpointer data)
{
  g_assert_true (shelve (plant, HOUR, NULL));
  g_assert_cmpuint (high (plant)->priority, ==, 2);
  set (plant, 2.8);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "unacked");
  g_assert_false (gdp_alarm_calls (high (plant)));
}

static void
test_out_of_service_has_no_end (Plant *plant, gconstpointer data)
{
  GError *error = NULL;

  set (plant, 2.8);
  acknowledge (plant, HIGH, NULL);
  g_assert_true (gdp_engine_take_out (plant->engine, HIGH, "anna", "line 1 is rebuilt", plant->now, plant->changes, NULL));
  pass (plant, 100 * 24 * 3600.);
  g_assert_cmpint (high (plant)->suppression, ==, GDP_SUPPRESSION_OUT_OF_SERVICE);
  gboolean done = shelve (plant, HOUR, &error);
  refused (done, error, GDP_ENGINE_ERROR_SUPPRESSION, "out-of-service");
  g_assert_true (gdp_engine_put_back (plant->engine, HIGH, "boris", NULL, plant->now, plant->changes, NULL));
  g_assert_true (gdp_alarm_calls (high (plant)));   /* still active: who put it back has to see that */
}

static void
test_it_outlasts_a_restart (Plant *plant, gconstpointer data)
{
  set (plant, 2.8);
  acknowledge (plant, HIGH, NULL);
  shelve (plant, HOUR, NULL);
  g_autoptr (GdpAlarm) kept = gdp_alarm_copy (high (plant));
  gdp_engine_free (plant->engine);
  plant->now += 1800 * GDP_SECOND;
  plant->engine = gdp_engine_new (plant->network, "server", plant->now);
  gdp_engine_restore_alarm (plant->engine, kept);
  pass (plant, 60);
  g_assert_cmpint (high (plant)->suppression, ==, GDP_SUPPRESSION_SHELVED);
  pass (plant, 1800);
  g_assert_cmpint (high (plant)->suppression, ==, GDP_SUPPRESSION_NONE);
  g_assert_true (gdp_alarm_calls (high (plant)));
}

/* The line is lost while its unit's alarm is shelved: the end finds it suppressed by design. */
static void
test_the_end_finds_it_suppressed_by_design (Plant *plant, gconstpointer data)
{
  pass_polling (plant, 5, 1 << U1 | 1 << U2);
  pass_polling (plant, 60, 1 << U2);
  g_assert_cmpstr (state_of (plant, "S1/u.silent"), ==, "unacked");
  g_assert_true (gdp_engine_shelve (plant->engine, "S1/u.silent", plant->now + HOUR, "anna", "known", plant->now, plant->changes,
                                    NULL));
  pass (plant, 120);   /* nobody on the line answers any more */
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "unacked");
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/u.silent")->suppression, ==, GDP_SUPPRESSION_SHELVED);
  pass (plant, 3600);
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/u.silent")->suppression, ==, GDP_SUPPRESSION_BY_DESIGN);
  g_assert_cmpstr (gdp_engine_alarm (plant->engine, "S1/u.silent")->suppressed_why, ==, "bus.lost");
}

static void
test_latched_is_reset_by_a_person (Plant *plant, gconstpointer data)
{
  GError *error = NULL;

  set (plant, 2.8);
  set (plant, 2.3);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "latched-unacked");
  gboolean done = gdp_engine_reset (plant->engine, HIGH, "anna", NULL, plant->now, plant->changes, &error);
  refused (done, error, GDP_ENGINE_ERROR_NOTHING_TO_RESET, "acknowledge it first");
  g_assert_true (acknowledge (plant, HIGH, NULL));
  g_assert_cmpstr (state_of (plant, HIGH), ==, "latched");
  g_assert_true (gdp_engine_reset (plant->engine, HIGH, "anna", "valve checked", plant->now, plant->changes, NULL));
  g_assert_cmpstr (state_of (plant, HIGH), ==, "normal");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_RESET), ==, 1);
}

static void
test_what_is_not_mended_calls_again (Plant *plant, gconstpointer data)
{
  set (plant, 2.8);
  acknowledge (plant, HIGH, NULL);
  pass (plant, 599);
  g_assert_false (gdp_alarm_calls (high (plant)));
  pass (plant, 2);
  g_assert_true (gdp_alarm_calls (high (plant)));
  acknowledge (plant, HIGH, NULL);
  set (plant, 2.3);
  pass (plant, 1200);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "normal");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_REMINDED), ==, 1);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; int setup; void (*test) (Plant *, gconstpointer); } tests[] = {
    { "shelving-does-not-acknowledge", 0, test_shelving_does_not_acknowledge },
    { "unshelved-by-hand-it-is-as-it-was", 0, test_by_hand_it_is_as_it_was },
    { "at-the-end-of-its-shelving-it-calls-again", 0, test_by_its_end_it_calls_again },
    { "returned-it-stays-quiet-at-its-end", 0, test_returned_it_stays_quiet_at_its_end },
    { "shelving-without-reason-or-end-is-refused", 0, test_shelving_is_checked },
    { "one-that-never-occurred-is-shelved", 0, test_one_that_never_occurred_is_shelved },
    { "out-of-service-has-no-end", 0, test_out_of_service_has_no_end },
    { "shelving-outlasts-a-restart", 0, test_it_outlasts_a_restart },
    { "the-end-finds-it-suppressed-by-design", 0, test_the_end_finds_it_suppressed_by_design },
    { "latched-is-reset-by-a-person", 1, test_latched_is_reset_by_a_person },
    { "what-is-not-mended-calls-again", 2, test_what_is_not_mended_calls_again },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/decide/", tests[i].name, NULL);
    g_test_add (path, Plant, GINT_TO_POINTER (tests[i].setup), sit, tests[i].test, leave);
  }
  return g_test_run ();
}
