/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarms out of the journal: one for each time that one began, as it was at the end. */
#include "gdp/incident.h"
#include "gdp/past-alarms.h"

#define START (1000000 * GDP_SECOND)
#define SLAM  "S1/slam1.state"
#define LOW   "S1/outlet1.low"

static void
take (GdpPastAlarms *past, GdpEventKind kind, const char *alarm, double seconds, const char *after, const char *text)
{
  gint64 time = START + (gint64) (seconds * GDP_SECOND);

  gdp_past_alarms_take (past, &(GdpEvent) { .kind = kind, .object = (char *) alarm, .occurred = time, .learned = time, .priority = 2,
                                            .after = (char *) after, .text = (char *) text });
}

static const GdpAlarm *
at (GdpPastAlarms *past, guint i)
{
  g_assert_cmpuint (i, <, gdp_past_alarms_look (past)->len);
  return gdp_past_alarms_look (past)->pdata[i];
}

static guint
count (GdpPastAlarms *past)
{
  return gdp_past_alarms_look (past)->len;
}

static void
test_one_course (void)
{
  g_autoptr (GdpPastAlarms) past = gdp_past_alarms_new ();

  take (past, GDP_EVENT_ALARM_OCCURRED, LOW, 0, "unacked", "0.2100 MPa, L 0.2160 MPa");
  take (past, GDP_EVENT_ALARM_ESCALATED, LOW, 60, "unacked", "0.1400 MPa, LL 0.1440 MPa");
  take (past, GDP_EVENT_ALARM_CLEARED, LOW, 120, "rtn-unacked", NULL);
  take (past, GDP_EVENT_ALARM_RECURRED, LOW, 7200, "unacked", "0.2100 MPa, L 0.2160 MPa");
  take (past, GDP_EVENT_ALARM_ACKNOWLEDGED, LOW, 7300, "acked", "seen");
  g_assert_cmpuint (count (past), ==, 1);   /* it was never normal */
  g_assert_cmpint (at (past, 0)->condition, ==, GDP_CONDITION_LOW);
  g_assert_cmpint (at (past, 0)->occurred, ==, START);
  g_assert_cmpuint (at (past, 0)->times, ==, 2);
  g_assert_cmpint (at (past, 0)->level, ==, GDP_LEVEL_L);
  g_assert_cmpint (gdp_alarm_state (at (past, 0)), ==, GDP_ALARM_ACKED);
  take (past, GDP_EVENT_ALARM_CLEARED, LOW, 7400, "normal", NULL);
  g_assert_cmpint (gdp_alarm_state (at (past, 0)), ==, GDP_ALARM_NORMAL);
  g_assert_cmpint (at (past, 0)->cleared, ==, START + 7400 * GDP_SECOND);
}

/* What is told by number says nothing of the level; hours tell it by how many there are. */
static void
test_levels (void)
{
  g_autoptr (GdpPastAlarms) past = gdp_past_alarms_new ();
  static const char hours[] = "S1/battery.hours";

  take (past, GDP_EVENT_ALARM_OCCURRED, LOW, 0, "unacked", "0.1400 MPa, LL 0.1440 MPa");
  take (past, GDP_EVENT_ALARM_CHATTERED, LOW, 60, "unacked", "500");
  g_assert_cmpint (at (past, 0)->level, ==, GDP_LEVEL_LL);
  take (past, GDP_EVENT_ALARM_EASED, LOW, 90, "unacked", "0.1900 MPa, L 0.2160 MPa");
  g_assert_cmpint (at (past, 0)->level, ==, GDP_LEVEL_L);
  take (past, GDP_EVENT_ALARM_OCCURRED, hours, 100, "unacked", "≈ 19 h (14–24 h), 23.10 V, LL 22.80 V");
  g_assert_cmpint (at (past, 1)->level, ==, GDP_LEVEL_L);
  take (past, GDP_EVENT_ALARM_ESCALATED, hours, 200, "unacked", "≈ -1 h (-2–1 h), 22.90 V, LL 22.80 V");   /* overdue */
  take (past, GDP_EVENT_ALARM_CHATTERED, hours, 300, "unacked", "12");
  g_assert_cmpint (at (past, 1)->level, ==, GDP_LEVEL_LL);
  take (past, GDP_EVENT_ALARM_EASED, hours, 400, "unacked", "≈ 11 h (9–14 h), 23.00 V, LL 22.80 V");
  g_assert_cmpint (at (past, 1)->level, ==, GDP_LEVEL_L);
  take (past, GDP_EVENT_ALARM_ESCALATED, hours, 500, "unacked", "22.70 V, LL 22.80 V");   /* it is empty */
  g_assert_cmpint (at (past, 1)->level, ==, GDP_LEVEL_LL);
}

static void
test_another_course (void)
{
  g_autoptr (GdpPastAlarms) past = gdp_past_alarms_new ();

  take (past, GDP_EVENT_ALARM_OCCURRED, SLAM, 0, "unacked", NULL);
  take (past, GDP_EVENT_ALARM_CLEARED, SLAM, 10, "normal", NULL);
  take (past, GDP_EVENT_ALARM_OCCURRED, SLAM, 300, "unacked", NULL);    /* the same once more */
  take (past, GDP_EVENT_ALARM_CHATTERED, SLAM, 310, "acked", "500");
  take (past, GDP_EVENT_ALARM_CLEARED, SLAM, 400, "normal", NULL);
  g_assert_cmpuint (count (past), ==, 1);
  g_assert_cmpuint (at (past, 0)->times, ==, 502);
  take (past, GDP_EVENT_ALARM_OCCURRED, SLAM, 3600, "unacked", NULL);
  g_assert_cmpuint (count (past), ==, 2);
  g_assert_cmpint (at (past, 1)->occurred, ==, START + 3600 * GDP_SECOND);
  g_assert_cmpint (gdp_alarm_state (at (past, 0)), ==, GDP_ALARM_NORMAL);
  g_assert_cmpint (gdp_alarm_state (at (past, 1)), ==, GDP_ALARM_UNACKED);
  take (past, GDP_EVENT_ALARM_BACKDATED, SLAM, 3000, NULL, NULL);   /* rows tell that it was earlier */
  g_assert_cmpint (at (past, 1)->occurred, ==, START + 3000 * GDP_SECOND);
}

/* What is no alarm's, and what another alarm stands for. */
static void
test_others (void)
{
  g_autoptr (GdpPastAlarms) past = gdp_past_alarms_new ();

  take (past, GDP_EVENT_STATE_CHANGED, "S1/valve", 0, "Open", NULL);
  take (past, GDP_EVENT_SERVER_STARTED, "server", 0, NULL, NULL);
  take (past, GDP_EVENT_ALARM_CLEARED, SLAM, 0, "normal", NULL);   /* it began before all that is read */
  g_assert_cmpuint (count (past), ==, 0);
  take (past, GDP_EVENT_ALARM_OCCURRED, SLAM, 10, "unacked", NULL);
  take (past, GDP_EVENT_ALARM_SUPPRESSED, SLAM, 20, "by-design", NULL);
  g_assert_cmpint (at (past, 0)->suppression, ==, GDP_SUPPRESSION_BY_DESIGN);
  g_assert_cmpint (gdp_alarm_state (at (past, 0)), ==, GDP_ALARM_UNACKED);
  take (past, GDP_EVENT_ALARM_RESTORED, SLAM, 30, "none", NULL);
  g_assert_cmpint (at (past, 0)->suppression, ==, GDP_SUPPRESSION_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/past-alarms/what-recurs-and-escalates-is-one-from-its-beginning", test_one_course);
  g_test_add_func ("/past-alarms/the-level-is-the-last-that-was-told", test_levels);
  g_test_add_func ("/past-alarms/what-was-normal-for-long-is-another", test_another_course);
  g_test_add_func ("/past-alarms/what-is-no-alarm-is-none", test_others);
  return g_test_run ();
}
