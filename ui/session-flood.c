/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the session knows of floods and of the alarms' course, out of the journal. */
#include "session-private.h"

void
ui_session_apply_flood (UiSession *self, UiDelta *delta)
{
  if (delta->flood != NULL) {   /* read anew, with everything */
    g_clear_pointer (&self->flood, gdp_flood_free);
    g_clear_pointer (&self->courses, gdp_courses_free);
    self->flood = g_steal_pointer (&delta->flood);
    self->courses = g_steal_pointer (&delta->courses);
  }
  for (guint i = 0; self->flood != NULL && i < delta->changes->events->len; i++) {
    gdp_flood_take (self->flood, delta->changes->events->pdata[i]);
    gdp_courses_take (self->courses, delta->changes->events->pdata[i]);
  }
}

void
ui_session_finalize_flood (UiSession *self)
{
  g_clear_pointer (&self->flood, gdp_flood_free);
  g_clear_pointer (&self->courses, gdp_courses_free);
}

gint64
ui_session_flood_since (UiSession *self)
{
  return self->flood != NULL ? gdp_flood_since (self->flood) : 0;
}

guint
ui_session_flood_count (UiSession *self)
{
  return self->flood != NULL ? gdp_flood_count (self->flood, ui_session_now (self)) : 0;
}

GdpCourse
ui_session_course (UiSession *self, const char *alarm)
{
  return self->courses != NULL ? gdp_courses_look (self->courses, alarm, ui_session_now (self)) : (GdpCourse) { 0 };
}

GdpAlarm
ui_session_date_alarm (UiSession *self, const GdpAlarm *alarm)
{
  return self->courses != NULL ? gdp_courses_date (self->courses, alarm) : *alarm;
}
