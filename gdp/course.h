/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the journal says of each alarm's course beyond its present state: when what is there now began, and whether it
 * chatters. */
#pragma once

#include "alarm.h"
#include "event.h"

G_BEGIN_DECLS

typedef struct {
  gint64 began;      /* when it became active out of normal; it may have recurred and escalated since. µs, 0 = not known */
  gint64 first;      /* it chatters: since, µs; 0 = it does not */
  guint  count;      /* … and has occurred so often meanwhile */
} GdpCourse;

typedef struct GdpCourses GdpCourses;

GdpCourses *gdp_courses_new  (void);
void        gdp_courses_free (GdpCourses *courses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpCourses, gdp_courses_free)
/* In the journal's order. One that was taken before is passed over. */
void        gdp_courses_take (GdpCourses *courses, const GdpEvent *event);
/* Of @alarm (id) at @now; zeros when nothing is known of it. */
GdpCourse   gdp_courses_look (const GdpCourses *courses, const char *alarm, gint64 now);
/* @alarm as it is, but that it occurred when it began: what recurs and escalates must not look later than what it brought
 * about. Borrows @alarm's strings. */
GdpAlarm    gdp_courses_date (const GdpCourses *courses, const GdpAlarm *alarm);

G_END_DECLS
