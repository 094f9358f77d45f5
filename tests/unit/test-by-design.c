/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one alarm means for others: below a lost line or a silent unit nothing calls by itself; a visitor's doors are events. */
#include <string.h>

#include "plant.h"

#define HOUR (3600 * GDP_SECOND)
#define ALL  (1 << U1 | 1 << U2 | 1 << U3 | 1 << U4)

static void
sit (Plant *plant, gconstpointer data)
{
  plant_open (plant, usual ());
  pass_polling (plant, 3, ALL);
  forget (plant);
}

static void
leave (Plant *plant, gconstpointer data)
{
  plant_close (plant);
}

static const GdpAlarm *
alarm_of (Plant *plant, const char *id)
{
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, id);

  if (alarm == NULL)
    g_error ("there is no alarm %s", id);
  return alarm;
}

/* Suppressed by design by the alarm @cause; NULL = not suppressed. */
static void
assert_because (Plant *plant, const char *id, const char *cause)
{
  const GdpAlarm *alarm = alarm_of (plant, id);

  g_assert_cmpint (alarm->suppression, ==, cause != NULL ? GDP_SUPPRESSION_BY_DESIGN : GDP_SUPPRESSION_NONE);
  g_assert_cmpstr (alarm->suppressed_why, ==, cause);
  g_assert_cmpint (gdp_alarm_calls (alarm), ==, cause == NULL && alarm->active && !alarm->acked);
}

static GdpDecision
decision (Plant *plant, const char *id, gint64 length)
{
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, id);

  return (GdpDecision) { .alarm = id, .occurrence = alarm ? alarm->occurrence : 0, .until = plant->now + length, .who = "anna",
                         .why = "filter is cleaned", .role = GDP_ROLE_DISPATCHER, .now = plant->now };
}

static void
shelve (Plant *plant, const char *id, gint64 length)
{
  GdpDecision made = decision (plant, id, length);

  g_assert_true (gdp_engine_shelve (plant->engine, &made, plant->changes, NULL));
}

static void
unshelve (Plant *plant, const char *id)
{
  GdpDecision made = decision (plant, id, 0);

  g_assert_true (gdp_engine_unshelve (plant->engine, &made, plant->changes, NULL));
}

/* ---- lost communication ------------------------------------------------------------------ */

static void
test_below_a_silent_unit (Plant *plant, gconstpointer data)
{
  sample (plant, P (U1, PRESSURE), 2.8);
  sample (plant, P (U1, DOOR), 1);
  acknowledge (plant, "S1/door.state", NULL);
  g_autoptr (GdpAlarm) before = gdp_alarm_copy (alarm_of (plant, "S1/p.high"));
  pass_polling (plant, 60, ALL & ~(1 << U1));
  g_assert_cmpstr (state_of (plant, "S1/u.silent"), ==, "unacked");
  assert_because (plant, "S1/p.high", "S1/u.silent");
  assert_because (plant, "S1/door.state", "S1/u.silent");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_SUPPRESSED), ==, 2);
  g_assert_null (gdp_engine_alarm (plant->engine, "S2/p.high"));

  forget (plant);
  plant->now += GDP_SECOND;
  sample (plant, P (U1, LOOP), 12);   /* it is there, though not all of it was read */
  assert_because (plant, "S1/p.high", NULL);
  assert_because (plant, "S1/door.state", NULL);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_RESTORED), ==, 2);
  const GdpAlarm *after = alarm_of (plant, "S1/p.high");   /* exactly as it was */
  g_assert_cmpint (gdp_alarm_state (after), ==, gdp_alarm_state (before));
  g_assert_cmpuint (after->occurrence, ==, before->occurrence);
  g_assert_cmpint (after->occurred, ==, before->occurred);
  g_assert_cmpstr (state_of (plant, "S1/door.state"), ==, "acked");
}

static void
test_what_is_normal_is_not_suppressed (Plant *plant, gconstpointer data)
{
  sample (plant, P (U1, PRESSURE), 2.8);
  acknowledge (plant, "S1/p.high", NULL);
  plant->now += GDP_SECOND;
  sample (plant, P (U1, PRESSURE), 2.3);
  pass_polling (plant, 60, ALL & ~(1 << U1));
  assert_because (plant, "S1/p.high", NULL);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_SUPPRESSED), ==, 0);
}

/* The line's alarm takes the place of the unit's; the line alone coming back proves nothing of the unit. */
static void
test_the_line_takes_the_units_place (Plant *plant, gconstpointer data)
{
  sample (plant, P (U1, PRESSURE), 2.8);
  pass_polling (plant, 60, ALL & ~(1 << U1));
  assert_because (plant, "S1/p.high", "S1/u.silent");
  gdp_engine_link_failed (plant->engine, BUS, plant->now, "no device");
  pass_polling (plant, 60, 1 << U3 | 1 << U4);
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "unacked");
  assert_because (plant, "S1/u.silent", "bus.lost");
  assert_because (plant, "S1/p.high", "bus.lost");
  gdp_engine_link_working (plant->engine, BUS, plant->now);
  pass (plant, 0.1);
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "rtn-unacked");
  assert_because (plant, "S1/u.silent", NULL);
  g_assert_cmpint (alarm_of (plant, "S1/p.high")->suppression, ==, GDP_SUPPRESSION_BY_DESIGN);
  pass_polling (plant, 60, ALL & ~(1 << U1));
  assert_because (plant, "S1/p.high", "S1/u.silent");
  pass_polling (plant, 1, ALL);
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "rtn-unacked");
  g_assert_cmpint (alarm_of (plant, "S1/p.high")->suppression, ==, GDP_SUPPRESSION_NONE);
}

static void
test_shelved_below_a_silent_unit (Plant *plant, gconstpointer data)
{
  sample (plant, P (U1, PRESSURE), 2.8);
  shelve (plant, "S1/p.high", HOUR);
  pass_polling (plant, 60, ALL & ~(1 << U1));
  g_assert_cmpint (alarm_of (plant, "S1/p.high")->suppression, ==, GDP_SUPPRESSION_SHELVED);
  unshelve (plant, "S1/p.high");
  assert_because (plant, "S1/p.high", "S1/u.silent");
}

static void
test_it_outlasts_a_restart (Plant *plant, gconstpointer data)
{
  sample (plant, P (U1, PRESSURE), 2.8);
  pass_polling (plant, 60, ALL & ~(1 << U1));
  g_autoptr (GdpAlarm) high = gdp_alarm_copy (alarm_of (plant, "S1/p.high"));
  g_autoptr (GdpAlarm) silent = gdp_alarm_copy (alarm_of (plant, "S1/u.silent"));
  gdp_engine_free (plant->engine);
  plant->engine = gdp_engine_new (plant->network, "server", plant->now);
  gdp_engine_restore_alarm (plant->engine, high);
  gdp_engine_restore_alarm (plant->engine, silent);
  pass_polling (plant, 60, ALL & ~(1 << U1));
  assert_because (plant, "S1/p.high", "S1/u.silent");
  pass_polling (plant, 1, ALL);
  g_assert_cmpint (alarm_of (plant, "S1/p.high")->suppression, ==, GDP_SUPPRESSION_NONE);
}

/* ---- visits ------------------------------------------------------------------------------- */

static void
test_a_visitors_door_is_an_event (Plant *plant, gconstpointer data)
{
  shelve (plant, "S1/u.visit", 4 * HOUR);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_VISIT_BEGAN), ==, 1);
  sample (plant, P (U1, DOOR), 1);
  g_assert_null (gdp_engine_alarm (plant->engine, "S1/door.state"));
  g_assert_cmpuint (count_events (plant, GDP_EVENT_STATE_CHANGED), ==, 1);
  sample (plant, P (U1, PRESSURE), 2.8);   /* what the process does is another matter */
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "unacked");
  sample (plant, P (U2, DOOR), 1);         /* … and who comes in elsewhere */
  g_assert_cmpstr (state_of (plant, "S2/door.state"), ==, "unacked");
  plant->now += GDP_SECOND;
  sample (plant, P (U1, DOOR), 0);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_STATE_CHANGED), ==, 2);
  unshelve (plant, "S1/u.visit");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_VISIT_ENDED), ==, 1);
  g_assert_null (gdp_engine_alarm (plant->engine, "S1/door.state"));
  plant->now += GDP_SECOND;
  sample (plant, P (U1, DOOR), 1);
  g_assert_cmpstr (state_of (plant, "S1/door.state"), ==, "unacked");
}

static void
test_a_door_left_open_occurs_at_the_end (Plant *plant, gconstpointer data)
{
  shelve (plant, "S1/u.visit", HOUR);
  sample (plant, P (U1, DOOR), 1);
  for (guint i = 0; i < 61; i++) {   /* minutes */
    plant->now += 60 * GDP_SECOND;
    sample (plant, P (U1, DOOR), 1);
  }
  g_assert_cmpstr (state_of (plant, "S1/door.state"), ==, "unacked");
  g_assert_cmpint (alarm_of (plant, "S1/door.state")->occurred, ==, START + 3 * GDP_SECOND + HOUR + 60 * GDP_SECOND - 60 * GDP_SECOND);
}

/* Nobody knows how the door is when the visit ends. */
static void
test_a_visit_ends_while_the_unit_is_silent (Plant *plant, gconstpointer data)
{
  shelve (plant, "S1/u.visit", HOUR);
  sample (plant, P (U1, DOOR), 1);
  pass_polling (plant, 4000, 1 << U2);
  g_assert_cmpint (alarm_of (plant, "S1/u.visit")->suppression, ==, GDP_SUPPRESSION_NONE);
  g_assert_null (gdp_engine_alarm (plant->engine, "S1/door.state"));
  plant->now += GDP_SECOND;
  sample (plant, P (U1, DOOR), 1);
  g_assert_cmpstr (state_of (plant, "S1/door.state"), ==, "unacked");
}

static void
test_an_alarm_from_before_stays_one (Plant *plant, gconstpointer data)
{
  sample (plant, P (U1, DOOR), 1);
  shelve (plant, "S1/u.visit", HOUR);
  g_assert_cmpstr (state_of (plant, "S1/door.state"), ==, "unacked");
  plant->now += GDP_SECOND;
  sample (plant, P (U1, DOOR), 0);
  g_assert_cmpstr (state_of (plant, "S1/door.state"), ==, "rtn-unacked");
}

static void
test_late_records_of_a_visit_are_events (Plant *plant, gconstpointer data)
{
  shelve (plant, "S1/u.visit", HOUR);
  plant->now += 600 * GDP_SECOND;
  GdpSample rows[] = { { P (U1, DOOR), 0, plant->now - 300 * GDP_SECOND, 0 }, { P (U1, DOOR), 0, plant->now - 200 * GDP_SECOND, 1 },
                       { P (U1, DOOR), 0, plant->now - 100 * GDP_SECOND, 0 } };
  gdp_engine_history (plant->engine, U1, plant->now, rows, G_N_ELEMENTS (rows), plant->changes);
  g_assert_null (gdp_engine_alarm (plant->engine, "S1/door.state"));
  g_assert_cmpuint (count_events (plant, GDP_EVENT_STATE_CHANGED), ==, 2);
}

static void
test_a_visit_has_an_end (Plant *plant, gconstpointer data)
{
  GdpDecision made = decision (plant, "S1/u.visit", 13 * HOUR);
  g_autoptr (GError) error = NULL, endless = NULL;

  g_assert_false (gdp_engine_shelve (plant->engine, &made, plant->changes, &error));
  g_assert_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_LENGTH);
  g_assert_false (gdp_engine_take_out (plant->engine, &made, plant->changes, &endless));
  g_assert_error (endless, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_LENGTH);
  g_assert_cmpuint (plant->changes->events->len, ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Plant *, gconstpointer); } tests[] = {
    { "alarms-below-a-silent-unit-do-not-call-and-come-back-as-they-were", test_below_a_silent_unit },
    { "what-is-normal-is-not-suppressed", test_what_is_normal_is_not_suppressed },
    { "the-line-takes-the-unit's-place", test_the_line_takes_the_units_place },
    { "shelved-below-a-silent-unit", test_shelved_below_a_silent_unit },
    { "by-design-outlasts-a-restart", test_it_outlasts_a_restart },
    { "a-visitor's-door-is-an-event", test_a_visitors_door_is_an_event },
    { "a-door-left-open-occurs-at-the-end", test_a_door_left_open_occurs_at_the_end },
    { "a-visit-ends-while-the-unit-is-silent", test_a_visit_ends_while_the_unit_is_silent },
    { "an-alarm-from-before-the-visit-stays-one", test_an_alarm_from_before_stays_one },
    { "late-records-of-a-visit-are-events", test_late_records_of_a_visit_are_events },
    { "a-visit-has-an-end", test_a_visit_has_an_end },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/by-design/", tests[i].name, NULL);
    g_test_add (path, Plant, NULL, sit, tests[i].test, leave);
  }
  return g_test_run ();
}
