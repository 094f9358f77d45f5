/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "course.h"

#include "burst.h"
#include "flood.h"

#include <string.h>

typedef struct {
  GdpBurst chatter;
  gint64   began, first;
  guint    count;
} Course;

struct GdpCourses {
  GHashTable *by_id;
  gint64      seq;
};

GdpCourses *
gdp_courses_new (void)
{
  GdpCourses *courses = g_new0 (GdpCourses, 1);

  courses->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return courses;
}

void
gdp_courses_free (GdpCourses *courses)
{
  g_hash_table_unref (courses->by_id);
  g_free (courses);
}

static Course *
look_up (GdpCourses *courses, const char *id)
{
  Course *course = g_hash_table_lookup (courses->by_id, id);

  if (course == NULL)
    g_hash_table_insert (courses->by_id, g_strdup (id), course = g_new0 (Course, 1));
  return course;
}

static void
occur (Course *course, guint n, gint64 time)
{
  if (gdp_burst_pass (&course->chatter, &gdp_chatter_rule, time))
    course->count = 0;
  if (gdp_burst_add (&course->chatter, &gdp_chatter_rule, NULL, time)) {
    course->first = course->chatter.times[course->chatter.n - gdp_chatter_rule.begins];
    course->count = gdp_chatter_rule.begins - 1;
  }
  course->count += n;
}

void
gdp_courses_take (GdpCourses *courses, const GdpEvent *event)
{
  guint calls = gdp_event_calls (event);

  if (event->seq != 0 && event->seq <= courses->seq)
    return;
  courses->seq = event->seq;
  if (event->object == NULL || (calls == 0 && event->kind != GDP_EVENT_ALARM_BACKDATED))
    return;
  Course *course = look_up (courses, event->object);
  /* What recurs or escalates began before, when is not known of one whose beginning was not told. */
  if (event->kind == GDP_EVENT_ALARM_OCCURRED || (event->kind == GDP_EVENT_ALARM_BACKDATED && event->occurred < course->began))
    course->began = event->occurred;
  if (calls > 0 && event->kind != GDP_EVENT_ALARM_ESCALATED)
    occur (course, calls, event->learned);
}

GdpCourse
gdp_courses_look (const GdpCourses *courses, const char *alarm, gint64 now)
{
  const Course *course = g_hash_table_lookup (courses->by_id, alarm);

  if (course == NULL)
    return (GdpCourse) { 0 };
  if (!course->chatter.on || now >= gdp_burst_deadline (&course->chatter, &gdp_chatter_rule))
    return (GdpCourse) { .began = course->began };
  return (GdpCourse) { course->began, course->first, course->count };
}

GdpAlarm
gdp_courses_date (const GdpCourses *courses, const GdpAlarm *alarm)
{
  const Course *course = g_hash_table_lookup (courses->by_id, alarm->id);
  GdpAlarm dated = *alarm;

  if (course != NULL && course->began != 0 && course->began < alarm->occurred)
    dated.occurred = course->began;
  return dated;
}
