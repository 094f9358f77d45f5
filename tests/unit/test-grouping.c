/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/grouping.h"
#include "two-sites.h"

#define COUNT 10

/* "[S1/slam1.state S1/outlet1.low] [S2/door.state]" */
static char *
grouped (GdpAlarm *alarms, guint n)
{
  g_autoptr (GdpNetwork) network_ = two_sites ();
  const GdpAlarm *given[COUNT];
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    given[i] = &alarms[i];
  g_autoptr (GArray) rows = gdp_group_alarms (network_, given, n);
  g_assert_cmpuint (rows->len, ==, n);   /* nothing is hidden */
  for (guint i = 0, left = 0; i < n; i++, left--) {
    const GdpGrouped *row = &g_array_index (rows, GdpGrouped, i);
    if (left == 0) {
      g_assert_cmpuint (row->alarm, ==, row->head);
      left = row->size;
    }
    g_string_append_printf (text, "%s%s%s", left == row->size ? "[" : " ", alarms[row->alarm].id,
                            left == 1 ? i + 1 < n ? "] " : "]" : "");
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GdpAlarm
of_priority (GdpAlarm alarm, guint8 priority)
{
  alarm.priority = priority;
  return alarm;
}

static void
test_by_site_and_cause (void)
{
  GdpAlarm alarms[] = {
    of_priority (alarm_at ("S2/door.state", GDP_CONDITION_STATE, 50), 3),
    of_priority (alarm_at ("S1/door.state", GDP_CONDITION_STATE, 55), 4),
    of_priority (alarm_at ("S1/outlet1.low", GDP_CONDITION_LOW, 20), 1),
    of_priority (alarm_at ("S1/slam1.state", GDP_CONDITION_STATE, 0), 2),
    of_priority (alarm_at ("S2/mains.state", GDP_CONDITION_STATE, 2000), 2),
  };
  g_autofree char *text = grouped (alarms, G_N_ELEMENTS (alarms));

  g_assert_cmpstr (text, ==, "[S1/slam1.state S1/outlet1.low S1/door.state] [S2/mains.state] [S2/door.state]");
}

/* A fallen line is one group, whatever the sites; what a unit's silence stands for goes with the line, too. */
static void
test_below_a_lost_line (void)
{
  GdpAlarm alarms[] = {
    of_priority (alarm_at ("S2/door.state", GDP_CONDITION_STATE, 5), 3), of_priority (alarm_at ("S1/inlet.low", GDP_CONDITION_LOW, 9), 1),
    of_priority (alarm_at ("tcp.lost", GDP_CONDITION_LOST, 30), 2), of_priority (alarm_at ("S1/u.silent", GDP_CONDITION_SILENT, 25), 2),
    of_priority (alarm_at ("S2/mains.state", GDP_CONDITION_STATE, 7), 2),
  };
  g_autofree char *text = NULL;

  alarms[0].suppression = alarms[1].suppression = alarms[3].suppression = GDP_SUPPRESSION_BY_DESIGN;
  alarms[0].suppressed_why = alarms[3].suppressed_why = "tcp.lost";
  alarms[1].suppressed_why = "S1/u.silent";
  text = grouped (alarms, G_N_ELEMENTS (alarms));
  g_assert_cmpstr (text, ==, "[tcp.lost S2/door.state S1/inlet.low S1/u.silent] [S2/mains.state]");
}

/* What somebody knows already stands behind what nobody has seen. */
static void
test_what_is_owed_is_first (void)
{
  GdpAlarm alarms[] = { of_priority (alarm_at ("S1/door.state", GDP_CONDITION_STATE, 0), 1),
                        of_priority (alarm_at ("S2/door.state", GDP_CONDITION_STATE, 0), 4),
                        of_priority (alarm_at ("S9/gone.low", GDP_CONDITION_LOW, 0), 2) };
  g_autofree char *text = NULL;

  alarms[0].acked = TRUE;
  text = grouped (alarms, G_N_ELEMENTS (alarms));
  g_assert_cmpstr (text, ==, "[S9/gone.low] [S2/door.state] [S1/door.state]");
}

/* That cannot be, and must not hang or lose a row. */
static void
test_a_ring_of_suppressions (void)
{
  GdpAlarm alarms[] = { alarm_at ("S1/door.state", GDP_CONDITION_STATE, 0), alarm_at ("S2/door.state", GDP_CONDITION_STATE, 0) };
  g_autoptr (GdpNetwork) network_ = two_sites ();
  const GdpAlarm *given[] = { &alarms[0], &alarms[1] };

  for (guint i = 0; i < 2; i++) {
    alarms[i].suppression = GDP_SUPPRESSION_BY_DESIGN;
    alarms[i].suppressed_why = alarms[1 - i].id;
  }
  g_autoptr (GArray) rows = gdp_group_alarms (network_, given, 2);
  g_assert_cmpuint (rows->len, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/grouping/by-site-and-cause-the-most-urgent-first", test_by_site_and_cause);
  g_test_add_func ("/grouping/a-lost-line-stands-over-all-below-it", test_below_a_lost_line);
  g_test_add_func ("/grouping/what-is-owed-stands-before-what-is-known", test_what_is_owed_is_first);
  g_test_add_func ("/grouping/a-ring-of-suppressions-loses-nothing", test_a_ring_of_suppressions);
  return g_test_run ();
}
