/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would have been, beside what the engine makes of the same values. */
#include "gdp/what-if.h"
#include "plant.h"

#define PT P (U1, PRESSURE)

static GdpPoint
pressure (GdpLimits limits)
{
  return (GdpPoint) { .key = 1, .id = "S1/p", .kind = GDP_POINT_OUTLET_PRESSURE, .engineering_unit = "kPa", .resolution = 0.01,
                      .limits = limits };
}

static void
take (GdpWhatIf *what_if, double seconds, double value, GdpReason reason)
{
  gdp_what_if_take (what_if, &(GdpReading) { .point = 1, .time = START + (gint64) (seconds * GDP_SECOND), .value = value,
                                             .reason = reason });
}

/* "high H 10-20 low LL 30-" */
static char *
told (GdpWhatIf *what_if, double until)
{
  const GArray *alarms = gdp_what_if_finish (what_if, START + (gint64) (until * GDP_SECOND));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < alarms->len; i++) {
    const GdpWouldBe *alarm = &g_array_index (alarms, GdpWouldBe, i);
    g_string_append_printf (text, "%s%s %s %g-", i > 0 ? " " : "", gdp_condition_word (alarm->condition),
                            alarm->condition == GDP_CONDITION_STATE ? "" : gdp_level_word (alarm->level),
                            (double) (alarm->occurred - START) / GDP_SECOND);
    if (alarm->cleared != 0)
      g_string_append_printf (text, "%g", (double) (alarm->cleared - START) / GDP_SECOND);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_limits_and_levels (void)
{
  GdpPoint point = pressure (pressure_limits ());
  g_autoptr (GdpWhatIf) what_if = gdp_what_if_new (&point);

  take (what_if, 0, 2.3, GDP_REASON_NONE);
  take (what_if, 10, 2.8, GDP_REASON_NONE);
  take (what_if, 20, 2.95, GDP_REASON_NONE);   /* rises to HH: the same alarm */
  take (what_if, 30, 2.7, GDP_REASON_NONE);    /* in the deadband */
  take (what_if, 40, 2.5, GDP_REASON_NONE);
  take (what_if, 50, 1.0, GDP_REASON_NONE);
  g_autofree char *text = told (what_if, 100);
  g_assert_cmpstr (text, ==, "high HH 10-40 low LL 50-");
}

static void
test_delays_end_between_values (void)
{
  GdpLimits limits = { .level = { [GDP_LEVEL_H] = { 2.75, 0.1, 15, 25, 2 } } };
  GdpPoint point = pressure (limits);
  g_autoptr (GdpWhatIf) what_if = gdp_what_if_new (&point);

  take (what_if, 0, 2.8, GDP_REASON_NONE);
  take (what_if, 10, 2.3, GDP_REASON_NONE);   /* too short */
  take (what_if, 60, 2.8, GDP_REASON_NONE);
  take (what_if, 120, 2.3, GDP_REASON_NONE);
  take (what_if, 180, 2.8, GDP_REASON_NONE);
  g_autofree char *text = told (what_if, 200);
  g_assert_cmpstr (text, ==, "high H 75-145 high H 195-");
}

static void
test_what_cannot_be_judged_changes_nothing (void)
{
  GdpPoint point = pressure (pressure_limits ());
  g_autoptr (GdpWhatIf) what_if = gdp_what_if_new (&point);

  take (what_if, 0, 2.8, GDP_REASON_NONE);
  take (what_if, 10, NAN, GDP_REASON_OPEN_CIRCUIT);
  take (what_if, 20, 1.0, GDP_REASON_NO_COMMUNICATION);
  take (what_if, 25, 1.0, GDP_REASON_AVERAGED);
  take (what_if, 30, 2.8, GDP_REASON_NONE);
  g_autofree char *text = told (what_if, 40);
  g_assert_cmpstr (text, ==, "high H 0-");
}

static void
test_states (void)
{
  GdpPoint point = { .key = 1, .id = "S1/door", .kind = GDP_POINT_DOOR, .engineering_unit = "", .resolution = 1,
                     .limits = { .state = { 5, 0, 1, 3 } } };
  g_autoptr (GdpWhatIf) what_if = gdp_what_if_new (&point);

  take (what_if, 0, 0, GDP_REASON_NONE);
  take (what_if, 10, 1, GDP_REASON_NONE);
  take (what_if, 60, 0, GDP_REASON_NONE);
  g_autofree char *text = told (what_if, 100);
  g_assert_cmpstr (text, ==, "state  15-60");
}

/* Random pressures: every alarm that the engine raises and clears, at its times, and no other. */
static void
test_as_the_engine_does (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < 20; round++) {
    PlantSetup setup = usual ();
    Plant plant;
    setup.pressure.level[GDP_LEVEL_H].on_delay = g_rand_int_range (rand, 0, 4);
    setup.pressure.level[GDP_LEVEL_L].off_delay = g_rand_int_range (rand, 0, 4);
    plant_open (&plant, setup);
    g_autoptr (GdpWhatIf) what_if = gdp_what_if_new (&plant.network->points[PT]);
    double value = 2.3;
    for (guint i = 0; i < 2000; i++) {
      pass (&plant, 1);
      value = CLAMP (value + g_rand_double_range (rand, -0.2, 0.2), 0.9, 3.2);
      sample (&plant, PT, value);
      take (what_if, (double) (plant.now - START) / GDP_SECOND, value, GDP_REASON_NONE);
    }
    const GArray *alarms = gdp_what_if_finish (what_if, plant.now);
    guint found = 0;
    for (guint i = 0; i < plant.changes->events->len; i++) {
      const GdpEvent *event = plant.changes->events->pdata[i];
      gboolean begins = event->kind == GDP_EVENT_ALARM_OCCURRED || event->kind == GDP_EVENT_ALARM_RECURRED;
      if ((!begins && event->kind != GDP_EVENT_ALARM_CLEARED) || !g_str_has_prefix (event->object, "S1/p."))
        continue;
      gboolean met = FALSE;
      for (guint k = 0; !met && k < alarms->len; k++) {
        const GdpWouldBe *alarm = &g_array_index (alarms, GdpWouldBe, k);
        met = g_str_has_suffix (event->object, gdp_condition_word (alarm->condition))
              && (begins ? alarm->occurred : alarm->cleared) == event->occurred;
      }
      if (!met)
        g_error ("%s of %s at %g s would not have been", gdp_event_word (event->kind), event->object,
                 (double) (event->occurred - START) / GDP_SECOND);
      found += begins;
    }
    g_assert_cmpuint (found, ==, alarms->len);
    g_assert_cmpuint (found, >, 5);
    plant_close (&plant);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/what-if/limits-and-levels", test_limits_and_levels);
  g_test_add_func ("/what-if/delays-end-between-values", test_delays_end_between_values);
  g_test_add_func ("/what-if/what-cannot-be-judged-changes-nothing", test_what_cannot_be_judged_changes_nothing);
  g_test_add_func ("/what-if/states", test_states);
  g_test_add_func ("/what-if/as-the-engine-does", test_as_the_engine_does);
  return g_test_run ();
}
