/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/incident.h"
#include "two-sites.h"

#define COUNT 8

/* "S1/slam1.state: S1/slam1.state S1/outlet1.low …; …" */
static char *
told (GdpAlarm *alarms, guint n)
{
  g_autoptr (GdpNetwork) network_ = two_sites ();
  const GdpAlarm *given[COUNT];
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    given[i] = &alarms[i];
  g_autoptr (GPtrArray) incidents = gdp_incidents (network_, given, n);
  for (guint i = 0; i < incidents->len; i++) {
    const GdpIncident *incident = incidents->pdata[i];
    g_string_append_printf (text, "%s%s:", i > 0 ? "; " : "", alarms[incident->first].id);
    for (guint k = 0; k < incident->alarms->len; k++)
      g_string_append_printf (text, " %s", alarms[g_array_index (incident->alarms, guint, k)].id);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_the_earliest_is_first (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/outlet1.low", GDP_CONDITION_LOW, 40), alarm_at ("S1/slam1.state", GDP_CONDITION_STATE, 0) };
  g_autofree char *text = told (alarms, 2);

  g_assert_cmpstr (text, ==, "S1/slam1.state: S1/slam1.state S1/outlet1.low");
}

/* One poll brought both, or the outlet's register was read a moment before. */
static void
test_within_a_poll_the_cause_is_first (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/outlet1.low", GDP_CONDITION_LOW, 0), alarm_at ("S1/slam1.state", GDP_CONDITION_STATE, 5) };
  g_autofree char *text = told (alarms, 2);

  g_assert_cmpstr (text, ==, "S1/slam1.state: S1/outlet1.low S1/slam1.state");
}

/* Long before it, the outlet was low for another reason: inlet pressure. */
static void
test_a_later_one_is_no_cause (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/outlet1.low", GDP_CONDITION_LOW, 0), alarm_at ("S1/slam1.state", GDP_CONDITION_STATE, 60) };
  g_autofree char *text = told (alarms, 2);

  g_assert_cmpstr (text, ==, "S1/outlet1.low: S1/outlet1.low S1/slam1.state");
}

static void
test_what_is_not_connected_goes_by_time (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/door.state", GDP_CONDITION_STATE, 0), alarm_at ("S1/slam1.state", GDP_CONDITION_STATE, 1) };
  g_autofree char *text = told (alarms, 2);

  g_assert_cmpstr (text, ==, "S1/door.state: S1/door.state S1/slam1.state");
}

static void
test_causes_of_causes (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/u.silent", GDP_CONDITION_SILENT, 300), alarm_at ("S1/battery.low", GDP_CONDITION_LOW, 120),
                        alarm_at ("S1/mains.state", GDP_CONDITION_STATE, 125) };
  g_autofree char *text = told (alarms, 3);

  g_assert_cmpstr (text, ==, "S1/mains.state: S1/battery.low S1/mains.state S1/u.silent");
}

static void
test_sites_and_pauses_part_them (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/door.state", GDP_CONDITION_STATE, 0), alarm_at ("S1/tamper.state", GDP_CONDITION_STATE, 590),
                        alarm_at ("S2/door.state", GDP_CONDITION_STATE, 10), alarm_at ("S1/inlet.low", GDP_CONDITION_LOW, 1200),
                        alarm_at ("S1/outlet1.low", GDP_CONDITION_LOW, 1300), alarm_at ("tcp.lost", GDP_CONDITION_LOST, 5),
                        alarm_at ("S9/gone.low", GDP_CONDITION_LOW, 5), alarm_at ("S2/inlet.low", GDP_CONDITION_LOW, 5) };
  g_autofree char *text = NULL;

  alarms[7].first = alarms[7].occurred = 0;   /* shelved beforehand: it never occurred */
  text = told (alarms, 8);
  g_assert_cmpstr (text, ==, "S1/inlet.low: S1/inlet.low S1/outlet1.low; S1/door.state: S1/door.state S1/tamper.state");
}

static void
test_a_bad_clock_says_nothing (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/outlet1.low", GDP_CONDITION_LOW, 0), alarm_at ("S1/slam1.state", GDP_CONDITION_STATE, 400) };
  g_autofree char *text = NULL;

  alarms[1].reason = GDP_REASON_CLOCK;
  text = told (alarms, 2);
  g_assert_cmpstr (text, ==, "S1/slam1.state: S1/outlet1.low S1/slam1.state");
}

static void
test_a_ring_of_causes_ends (void)
{
  /* high outlet → slam-shut → low outlet: the earliest stays first though it can be an effect, too */
  GdpAlarm alarms[] = { alarm_at ("S1/outlet1.high", GDP_CONDITION_HIGH, 0), alarm_at ("S1/slam1.state", GDP_CONDITION_STATE, 3),
                        alarm_at ("S1/outlet1.low", GDP_CONDITION_LOW, 30) };
  g_autofree char *text = told (alarms, 3);

  g_assert_cmpstr (text, ==, "S1/outlet1.high: S1/outlet1.high S1/slam1.state S1/outlet1.low");
  g_assert_true (gdp_kind_causes (GDP_POINT_OUTLET_PRESSURE, GDP_CONDITION_HIGH, GDP_POINT_OUTLET_PRESSURE, GDP_CONDITION_LOW));
  g_assert_false (gdp_kind_causes (GDP_POINT_OUTLET_PRESSURE, GDP_CONDITION_LOW, GDP_POINT_OUTLET_PRESSURE, GDP_CONDITION_HIGH));
}

/* "S1/slam1.state; S1/outlet1.low by S1/slam1.state; S1/door.state": as they are told. */
static char *
told_in_order (GdpAlarm *alarms, guint n)
{
  g_autoptr (GdpNetwork) network_ = two_sites ();
  const GdpAlarm *given[COUNT];
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    given[i] = &alarms[i];
  g_autoptr (GPtrArray) incidents = gdp_incidents (network_, given, n);
  g_assert_cmpuint (incidents->len, ==, 1);
  GdpIncident *incident = incidents->pdata[0];
  gdp_incident_tell_in_order (incident);
  g_assert_cmpuint (incident->alarms->len, ==, n);
  for (guint i = 0; i < n; i++) {
    guint cause = g_array_index (incident->causes, guint, i);
    g_string_append_printf (text, "%s%s%s%s", i > 0 ? "; " : "", alarms[g_array_index (incident->alarms, guint, i)].id,
                            cause != G_MAXUINT ? " by " : "", cause != G_MAXUINT ? alarms[cause].id : "");
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_causes_are_told_in_order (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/door.state", GDP_CONDITION_STATE, 1), alarm_at ("S1/outlet1.low", GDP_CONDITION_LOW, 30),
                        alarm_at ("S1/outlet1.high", GDP_CONDITION_HIGH, 0), alarm_at ("S1/slam1.state", GDP_CONDITION_STATE, 3),
                        alarm_at ("S1/tamper.state", GDP_CONDITION_STATE, 2) };
  g_autofree char *text = told_in_order (alarms, G_N_ELEMENTS (alarms));

  g_assert_cmpstr (text, ==, "S1/outlet1.high; S1/slam1.state by S1/outlet1.high; S1/outlet1.low by S1/slam1.state; "
                             "S1/door.state; S1/tamper.state by S1/door.state");
}

/* Both outlets rise at once; the slam-shut of the first line closes because of its own, which is first whatever the order. */
static void
test_a_line_is_its_own_cause (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/outlet1.high", GDP_CONDITION_HIGH, 0), alarm_at ("S1/outlet2.high", GDP_CONDITION_HIGH, 0.5),
                        alarm_at ("S1/slam1.state", GDP_CONDITION_STATE, 1), alarm_at ("S1/slam2.state", GDP_CONDITION_STATE, 2) };
  g_autofree char *text = told_in_order (alarms, G_N_ELEMENTS (alarms));

  g_assert_cmpstr (text, ==, "S1/outlet1.high; S1/slam1.state by S1/outlet1.high; S1/outlet2.high; S1/slam2.state by S1/outlet2.high");
}

/* The inlet fell long after the outlet: it is not what lowered it. */
static void
test_what_came_later_is_no_cause (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/outlet1.low", GDP_CONDITION_LOW, 0), alarm_at ("S1/inlet.low", GDP_CONDITION_LOW, 300) };
  g_autofree char *text = told_in_order (alarms, G_N_ELEMENTS (alarms));

  g_assert_cmpstr (text, ==, "S1/outlet1.low; S1/inlet.low");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/incident/the-earliest-is-first", test_the_earliest_is_first);
  g_test_add_func ("/incident/within-a-poll-the-cause-is-first", test_within_a_poll_the_cause_is_first);
  g_test_add_func ("/incident/a-later-one-is-no-cause", test_a_later_one_is_no_cause);
  g_test_add_func ("/incident/what-is-not-connected-goes-by-time", test_what_is_not_connected_goes_by_time);
  g_test_add_func ("/incident/causes-of-causes", test_causes_of_causes);
  g_test_add_func ("/incident/sites-and-pauses-part-them", test_sites_and_pauses_part_them);
  g_test_add_func ("/incident/a-bad-clock-says-nothing-of-the-order", test_a_bad_clock_says_nothing);
  g_test_add_func ("/incident/a-ring-of-causes-ends", test_a_ring_of_causes_ends);
  g_test_add_func ("/incident/causes-are-told-in-their-order", test_causes_are_told_in_order);
  g_test_add_func ("/incident/a-line-is-its-own-cause", test_a_line_is_its_own_cause);
  g_test_add_func ("/incident/what-came-later-is-told-without-a-cause", test_what_came_later_is_no_cause);
  return g_test_run ();
}
