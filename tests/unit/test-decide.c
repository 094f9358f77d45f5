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

/* It stays so, and the unit tells it. */
static void
stay (Plant *plant, guint seconds, double value)
{
  for (guint i = 0; i < seconds; i++) {
    pass (plant, 1);
    sample (plant, PT, value);
  }
}

static const GdpAlarm *
high (Plant *plant)
{
  return gdp_engine_alarm (plant->engine, HIGH);
}

/* Of an alarm as it is now. */
static GdpDecision
decision (Plant *plant, const char *id, const char *who, const char *why)
{
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, id);
  gboolean shelved = alarm != NULL && alarm->suppression == GDP_SUPPRESSION_SHELVED;

  return (GdpDecision) { .alarm = id, .occurrence = alarm != NULL ? alarm->occurrence : 0, .who = who, .why = why,
                         .seen_until = shelved ? alarm->suppressed_until : 0, .role = GDP_ROLE_DISPATCHER, .now = plant->now };
}

typedef gboolean (*Decide) (GdpEngine *, const GdpDecision *, GdpChanges *, GError **);

static gboolean
decide (Plant *plant, Decide what, const char *id, const char *who, const char *why, GError **error)
{
  GdpDecision made = decision (plant, id, who, why);

  return what (plant->engine, &made, plant->changes, error);
}

static gboolean
shelve_as (Plant *plant, GdpDecision made, gint64 length, GError **error)
{
  made.until = plant->now + length;
  return gdp_engine_shelve (plant->engine, &made, plant->changes, error);
}

static gboolean
shelve (Plant *plant, gint64 length, GError **error)
{
  return shelve_as (plant, decision (plant, HIGH, "anna", "transmitter is repaired"), length, error);
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

/* What never occurred has no level in force; it is listed as the milder of those that it may have, and not as the worst. */
static void
test_what_never_occurred_is_named_mildly (Plant *plant, gconstpointer data)
{
  g_assert_true (shelve (plant, HOUR, NULL));
  g_assert_cmpuint (high (plant)->times, ==, 0);
  g_assert_cmpint (high (plant)->level, ==, GDP_LEVEL_H);
  g_assert_true (shelve_as (plant, decision (plant, "S1/p.low", "anna", "transmitter is repaired"), HOUR, NULL));
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/p.low")->level, ==, GDP_LEVEL_L);
}

static void
test_by_hand_it_is_as_it_was (Plant *plant, gconstpointer data)
{
  set (plant, 2.8);
  acknowledge (plant, HIGH, NULL);
  shelve (plant, HOUR, NULL);
  g_assert_true (decide (plant, gdp_engine_unshelve, HIGH, "boris", NULL, NULL));
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
  stay (plant, 3599, 2.8);
  g_assert_false (gdp_alarm_calls (high (plant)));
  stay (plant, 2, 2.8);
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

  done = shelve_as (plant, decision (plant, "S1/nothing.high", "anna", "why"), HOUR, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_NO_ALARM, "S1/nothing.high");
  done = shelve_as (plant, decision (plant, HIGH, "anna", " "), HOUR, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_REASON, "why");
  done = shelve (plant, 0, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_LENGTH, "must lie ahead");
  done = shelve (plant, 3 * HOUR, &error);   /* priority 2 */
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_LENGTH, "2 h at the most");
  done = decide (plant, gdp_engine_unshelve, HIGH, "anna", NULL, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_SUPPRESSION, "not suppressed");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_SHELVED), ==, 0);
}

static void
test_longest_by_role_and_priority (Plant *plant, gconstpointer data)
{
  GdpDecision senior = decision (plant, HIGH, "petr", "why");
  GError *error = NULL;

  gboolean done = shelve (plant, 8 * HOUR, &error);
  refused (done, error, GDP_ENGINE_ERROR_LENGTH, "by role dispatcher for 2 h");
  senior.role = GDP_ROLE_SENIOR_DISPATCHER;
  g_assert_true (shelve_as (plant, senior, 8 * HOUR, NULL));
  for (GdpRole role = GDP_ROLE_DISPATCHER; role < GDP_N_ROLES; role++)
    for (guint8 priority = 1; priority <= 4; priority++) {
      g_assert_cmpint (gdp_shelving_longest (role, priority), >=, gdp_shelving_longest (role - 1, priority));
      g_assert_cmpint (gdp_shelving_longest (role, priority), >, gdp_shelving_longest (role, priority - 1));
    }
  g_assert_cmpint (gdp_shelving_longest (GDP_ROLE_VIEWER, 4), ==, 0);
}

/* Who decides has seen something else than there is. */
static void
test_what_was_not_seen_is_not_decided (Plant *plant, gconstpointer data)
{
  GdpDecision before = decision (plant, HIGH, "anna", "why");
  GError *error = NULL;

  set (plant, 2.8);
  gboolean done = shelve_as (plant, before, HOUR, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_NEWER_OCCURRENCE, "occurrence 0 was seen, it is at 1 now");
  done = gdp_engine_take_out (plant->engine, &before, plant->changes, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_NEWER_OCCURRENCE, "look again");
  acknowledge (plant, HIGH, NULL);
  set (plant, 2.3);
  before = decision (plant, HIGH, "anna", NULL);
  set (plant, 2.8);
  acknowledge (plant, HIGH, NULL);
  set (plant, 2.3);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "latched");
  done = gdp_engine_reset (plant->engine, &before, plant->changes, &error);   /* of the first time */
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_NEWER_OCCURRENCE, "occurrence 1 was seen, it is at 2 now");
}

static void
test_of_two_the_second_learns_who_was_first (Plant *plant, gconstpointer data)
{
  GdpDecision boris = decision (plant, HIGH, "boris", "another reason");
  GError *error = NULL;

  g_assert_true (shelve (plant, HOUR, NULL));
  gint64 until = high (plant)->suppressed_until;
  gboolean done = shelve_as (plant, boris, 2 * HOUR, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_SUPPRESSION, "shelved by anna since");
  g_assert_cmpint (high (plant)->suppressed_until, ==, until);
  GdpDecision longer = decision (plant, HIGH, "boris", "another reason");
  g_assert_true (decide (plant, gdp_engine_unshelve, HIGH, "anna", NULL, NULL));
  done = shelve_as (plant, longer, 2 * HOUR, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_SUPPRESSION, "not shelved any more");
  done = decide (plant, gdp_engine_unshelve, HIGH, "boris", NULL, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_SUPPRESSION, "anna was first");
  g_assert_true (decide (plant, gdp_engine_take_out, HIGH, "anna", "why", NULL));
  done = decide (plant, gdp_engine_take_out, HIGH, "boris", "why", &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_SUPPRESSION, "is out-of-service, by anna");
  g_assert_true (decide (plant, gdp_engine_put_back, HIGH, "anna", "", NULL));
  set (plant, 2.8);
  set (plant, 2.3);
  acknowledge (plant, HIGH, NULL);
  g_assert_true (decide (plant, gdp_engine_reset, HIGH, "anna", NULL, NULL));
  done = decide (plant, gdp_engine_reset, HIGH, "boris", NULL, &error);
  refused (done, g_steal_pointer (&error), GDP_ENGINE_ERROR_NOTHING_TO_RESET, "has been reset by anna");
}

/* It was shelved as High: that it is High-high was not known then. */
static void
test_more_urgent_ends_shelving (Plant *plant, gconstpointer data)
{
  set (plant, 2.8);
  g_assert_true (shelve (plant, HOUR, NULL));
  g_assert_cmpuint (high (plant)->suppressed_priority, ==, 2);
  set (plant, 2.95);
  g_assert_true (gdp_alarm_calls (high (plant)));
  g_assert_cmpuint (high (plant)->suppressed_priority, ==, 0);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_SHELVING_OVER), ==, 1);
  g_assert_true (shelve (plant, 1800 * GDP_SECOND, NULL));   /* as what it is */
  set (plant, 2.8);
  set (plant, 2.95);
  g_assert_false (gdp_alarm_calls (high (plant)));
}

static void
test_clock_set_over_the_end (Plant *plant, gconstpointer data)
{
  set (plant, 2.8);
  shelve (plant, HOUR, NULL);
  gdp_engine_clock_set_forward (plant->engine, 2 * HOUR);
  plant->now += 2 * HOUR;
  stay (plant, 1, 2.8);
  g_assert_true (gdp_alarm_calls (high (plant)));
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_SHELVING_OVER), ==, 1);
  plant->now -= 3 * HOUR;   /* and back: it is over once */
  pass (plant, 4. * 3600);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_SHELVING_OVER), ==, 1);
}

static void
test_shelving_is_told_with_its_end (Plant *plant, gconstpointer data)
{
  shelve (plant, HOUR, NULL);
  decide (plant, gdp_engine_unshelve, HIGH, "boris", "mended", NULL);
  const GdpEvent *began = plant->changes->events->pdata[0], *ended = plant->changes->events->pdata[1];
  g_assert_cmpstr (began->before, ==, "none");
  g_assert_cmpstr (began->after, ==, "1970-01-12T14:46:40Z");   /* START and an hour */
  g_assert_cmpstr (began->text, ==, "transmitter is repaired");
  g_assert_cmpstr (ended->before, ==, began->after);
  g_assert_cmpstr (ended->after, ==, "none");
  g_assert_cmpstr (ended->who, ==, "boris");
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
  g_assert_true (decide (plant, gdp_engine_take_out, HIGH, "anna", "line 1 is rebuilt", NULL));
  pass (plant, 100 * 24 * 3600.);
  g_assert_cmpint (high (plant)->suppression, ==, GDP_SUPPRESSION_OUT_OF_SERVICE);
  set (plant, 2.8);
  gboolean done = shelve (plant, HOUR, &error);
  refused (done, error, GDP_ENGINE_ERROR_SUPPRESSION, "out-of-service");
  g_assert_true (decide (plant, gdp_engine_put_back, HIGH, "boris", NULL, NULL));
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
  stay (plant, 1800, 2.8);
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
  g_assert_true (shelve_as (plant, decision (plant, "S1/u.silent", "anna", "known"), HOUR, NULL));
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
  gboolean done = decide (plant, gdp_engine_reset, HIGH, "anna", NULL, &error);
  refused (done, error, GDP_ENGINE_ERROR_NOTHING_TO_RESET, "before it is acknowledged");
  g_assert_true (acknowledge (plant, HIGH, NULL));
  g_assert_cmpstr (state_of (plant, HIGH), ==, "latched");
  g_assert_true (decide (plant, gdp_engine_reset, HIGH, "anna", "valve checked", NULL));
  g_assert_cmpstr (state_of (plant, HIGH), ==, "normal");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_RESET), ==, 1);
}

static void
test_what_is_not_mended_calls_again (Plant *plant, gconstpointer data)
{
  set (plant, 2.8);
  acknowledge (plant, HIGH, NULL);
  stay (plant, 599, 2.8);
  g_assert_false (gdp_alarm_calls (high (plant)));
  stay (plant, 2, 2.8);
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
    { "what-never-occurred-is-named-mildly", 0, test_what_never_occurred_is_named_mildly },
    { "unshelved-by-hand-it-is-as-it-was", 0, test_by_hand_it_is_as_it_was },
    { "at-the-end-of-its-shelving-it-calls-again", 0, test_by_its_end_it_calls_again },
    { "returned-it-stays-quiet-at-its-end", 0, test_returned_it_stays_quiet_at_its_end },
    { "shelving-without-reason-or-end-is-refused", 0, test_shelving_is_checked },
    { "longest-shelving-is-by-role-and-priority", 0, test_longest_by_role_and_priority },
    { "what-was-not-seen-is-not-decided", 1, test_what_was_not_seen_is_not_decided },
    { "of-two-the-second-learns-who-was-first", 1, test_of_two_the_second_learns_who_was_first },
    { "more-urgent-than-what-was-shelved-it-calls", 0, test_more_urgent_ends_shelving },
    { "a-clock-that-is-set-over-the-end-ends-it-once", 0, test_clock_set_over_the_end },
    { "shelving-is-told-with-its-end", 0, test_shelving_is_told_with_its_end },
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
