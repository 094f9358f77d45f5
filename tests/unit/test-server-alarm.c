/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarms of servers, and of clocks that cannot be trusted. */
#include "plant.h"

static void
tell (Plant *plant, const char *server, GdpCondition condition, gboolean active)
{
  gdp_engine_server_alarm (plant->engine, server, condition, active, "why", plant->now - 7 * GDP_SECOND, plant->now, plant->changes);
}

static void
test_moves (void)
{
  Plant plant;

  plant_open (&plant, usual ());
  tell (&plant, "a", GDP_CONDITION_DISK, FALSE);
  g_assert_cmpstr (state_of (&plant, "a.disk"), ==, "none");
  g_assert_true (gdp_changes_empty (plant.changes));
  tell (&plant, "a", GDP_CONDITION_DISK, TRUE);
  tell (&plant, "a", GDP_CONDITION_DISK, TRUE);
  const GdpAlarm *alarm = gdp_engine_alarm (plant.engine, "a.disk");
  g_assert_cmpuint (alarm->occurrence, ==, 1);
  g_assert_cmpuint (alarm->priority, ==, 2);
  g_assert_cmpint (alarm->learned - alarm->occurred, ==, 7 * GDP_SECOND);
  g_assert_true (acknowledge (&plant, "a.disk", NULL));
  tell (&plant, "a", GDP_CONDITION_DISK, FALSE);
  g_assert_cmpstr (state_of (&plant, "a.disk"), ==, "normal");
  g_assert_cmpuint (count_events (&plant, GDP_EVENT_ALARM_OCCURRED), ==, 1);
  plant_close (&plant);
}

/* No configuration has them, and none ends them; a name may be that of a site, a link or a unit. */
static void
test_outlasts_configurations (void)
{
  static const char *const names[] = { "a", "S1", "bus", "S1/u", "x.y" };
  Plant plant;

  plant_open (&plant, usual ());
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (GdpCondition condition = GDP_CONDITION_STORE; condition <= GDP_CONDITION_DOWN; condition++)
      tell (&plant, names[i], condition, TRUE);
  gdp_engine_set_network (plant.engine, plant.network, plant.now, plant.changes);
  pass (&plant, 10);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *id = g_strconcat (names[i], ".down", NULL);
    g_assert_cmpstr (state_of (&plant, id), ==, "unacked");
    g_autoptr (GdpAlarm) alarm = gdp_alarm_copy (gdp_engine_alarm (plant.engine, id));
    GdpEngine *other = gdp_engine_new (plant.network, "server", plant.now);
    gdp_engine_restore_alarm (other, alarm);
    gdp_engine_tick (other, plant.now + 10 * GDP_SECOND, plant.changes);
    g_assert_true (gdp_engine_alarm (other, id)->active);
    g_assert_cmpint (gdp_engine_alarm (other, id)->reason, ==, GDP_REASON_NONE);
    gdp_engine_free (other);
  }
  plant_close (&plant);
}

/* One server tells of those that are down; the next goes on with what the store has of it. */
static void
test_handed_over (void)
{
  g_autoptr (GPtrArray) stored = g_ptr_array_new ();
  Plant plant;

  plant_open (&plant, usual ());
  tell (&plant, "a", GDP_CONDITION_DOWN, TRUE);
  tell (&plant, "b", GDP_CONDITION_DOWN, TRUE);
  tell (&plant, "b", GDP_CONDITION_DISK, TRUE);
  g_autoptr (GdpAlarm) down = gdp_alarm_copy (gdp_engine_alarm (plant.engine, "a.down"));
  g_autoptr (GdpAlarm) disk = gdp_alarm_copy (gdp_engine_alarm (plant.engine, "b.disk"));
  g_assert_true (acknowledge (&plant, "a.down", NULL));
  g_assert_true (acknowledge (&plant, "b.disk", NULL));
  g_ptr_array_add (stored, down);
  g_ptr_array_add (stored, disk);
  gdp_changes_clear (plant.changes);
  gdp_engine_set_down (plant.engine, stored);
  g_assert_cmpstr (state_of (&plant, "a.down"), ==, "unacked");
  g_assert_cmpstr (state_of (&plant, "b.down"), ==, "none");
  g_assert_cmpstr (state_of (&plant, "b.disk"), ==, "acked");
  tell (&plant, "a", GDP_CONDITION_DOWN, TRUE);
  g_assert_true (gdp_changes_empty (plant.changes));
  plant_close (&plant);
}

static void
timed (Plant *plant, GdpReason reason)
{
  GdpSample samples[] = { { P (U1, PRESSURE), reason, plant->now, 2.3 }, { P (U1, DOOR), reason, plant->now, 0 } };
  gdp_engine_samples (plant->engine, U1, plant->now, samples, 2, plant->changes);
}

/* A unit that is told the time at its call needs nobody; one that does not keep it does. */
static void
test_clock (void)
{
  Plant plant;

  plant_open (&plant, usual ());
  timed (&plant, GDP_REASON_CLOCK);
  pass (&plant, 2);
  timed (&plant, GDP_REASON_NONE);
  pass (&plant, 400);
  timed (&plant, GDP_REASON_CLOCK);
  pass (&plant, 299);
  timed (&plant, GDP_REASON_CLOCK);
  g_assert_cmpstr (state_of (&plant, "S1/u.clock"), ==, "none");
  pass (&plant, 2);
  timed (&plant, GDP_REASON_CLOCK);
  g_assert_cmpstr (state_of (&plant, "S1/u.clock"), ==, "unacked");
  g_assert_cmpuint (gdp_engine_alarm (plant.engine, "S1/u.clock")->priority, ==, 3);
  gdp_engine_set_network (plant.engine, plant.network, plant.now, plant.changes);
  timed (&plant, GDP_REASON_CLOCK);
  g_assert_cmpuint (gdp_engine_alarm (plant.engine, "S1/u.clock")->occurrence, ==, 1);
  timed (&plant, GDP_REASON_DEVICE_EXCEPTION);   /* says nothing of it */
  g_assert_cmpstr (state_of (&plant, "S1/u.clock"), ==, "unacked");
  timed (&plant, GDP_REASON_NONE);
  g_assert_cmpstr (state_of (&plant, "S1/u.clock"), ==, "rtn-unacked");
  plant_close (&plant);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server-alarm/occurs-once-and-clears", test_moves);
  g_test_add_func ("/server-alarm/outlasts-configurations-and-restarts", test_outlasts_configurations);
  g_test_add_func ("/server-alarm/down-goes-on-with-what-the-store-has", test_handed_over);
  g_test_add_func ("/server-alarm/a-clock-that-is-wrong-for-five-minutes", test_clock);
  return g_test_run ();
}
