/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/course.h"
#include "gdp/scaling.h"

#define START (1000000 * GDP_SECOND)

static void
tell (GdpCourses *courses, GdpEventKind kind, double seconds, const char *text)
{
  gint64 time = START + (gint64) (seconds * GDP_SECOND);

  gdp_courses_take (courses, &(GdpEvent) { .kind = kind, .occurred = time, .learned = time, .object = (char *) "S1/door.state",
                                           .text = (char *) text });
}

static GdpCourse
look (const GdpCourses *courses, double seconds)
{
  return gdp_courses_look (courses, "S1/door.state", START + (gint64) (seconds * GDP_SECOND));
}

static void
test_it_began_when_it_was_normal (void)
{
  g_autoptr (GdpCourses) courses = gdp_courses_new ();

  g_assert_cmpint (look (courses, 0).began, ==, 0);
  tell (courses, GDP_EVENT_ALARM_RECURRED, 0, NULL);   /* of one of before: since when is not known */
  g_assert_cmpint (look (courses, 1).began, ==, 0);
  tell (courses, GDP_EVENT_ALARM_OCCURRED, 100, NULL);
  tell (courses, GDP_EVENT_ALARM_ESCALATED, 200, NULL);
  tell (courses, GDP_EVENT_ALARM_CLEARED, 300, NULL);
  tell (courses, GDP_EVENT_ALARM_RECURRED, 400, NULL);
  g_assert_cmpint (look (courses, 500).began, ==, START + 100 * GDP_SECOND);
  tell (courses, GDP_EVENT_ALARM_BACKDATED, 50, NULL);
  g_assert_cmpint (look (courses, 500).began, ==, START + 50 * GDP_SECOND);
  GdpAlarm known = { .id = "S1/door.state", .occurred = START + 400 * GDP_SECOND }, other = { .id = "S2/p.low", .occurred = START };
  g_assert_cmpint (gdp_courses_date (courses, &known).occurred, ==, START + 50 * GDP_SECOND);
  g_assert_cmpint (gdp_courses_date (courses, &other).occurred, ==, START);
  tell (courses, GDP_EVENT_ALARM_OCCURRED, 600, NULL);
  g_assert_cmpint (look (courses, 600).began, ==, START + 600 * GDP_SECOND);
}

static void
test_three_in_a_minute_chatter (void)
{
  g_autoptr (GdpCourses) courses = gdp_courses_new ();

  tell (courses, GDP_EVENT_ALARM_OCCURRED, 0, NULL);
  tell (courses, GDP_EVENT_ALARM_RECURRED, 100, NULL);
  tell (courses, GDP_EVENT_ALARM_RECURRED, 120, NULL);
  g_assert_cmpint (look (courses, 121).first, ==, 0);
  tell (courses, GDP_EVENT_ALARM_RECURRED, 140, NULL);
  g_assert_cmpint (look (courses, 141).first, ==, START + 100 * GDP_SECOND);
  g_assert_cmpuint (look (courses, 141).count, ==, 3);
  tell (courses, GDP_EVENT_ALARM_CHATTERED, 150, "4000");
  g_assert_cmpuint (look (courses, 151).count, ==, 4003);
  g_assert_cmpint (look (courses, 209).first, !=, 0);
  g_assert_cmpint (look (courses, 210).first, ==, 0);   /* a minute without any */
  tell (courses, GDP_EVENT_ALARM_RECURRED, 300, NULL);
  tell (courses, GDP_EVENT_ALARM_RECURRED, 301, NULL);
  tell (courses, GDP_EVENT_ALARM_RECURRED, 302, NULL);
  g_assert_cmpint (look (courses, 303).first, ==, START + 300 * GDP_SECOND);   /* another one, counted anew */
  g_assert_cmpuint (look (courses, 303).count, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/course/what-recurs-and-escalates-began-before", test_it_began_when_it_was_normal);
  g_test_add_func ("/course/three-in-a-minute-chatter-until-a-minute-without", test_three_in_a_minute_chatter);
  return g_test_run ();
}
