/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the journal says of floods of alarms and of the alarms' course, read from the store. */
#pragma once

#include "store.h"

#include "gdp/course.h"
#include "gdp/flood.h"

G_BEGIN_DECLS

/* So far back, and so many records, the courses of alarms are read: what began before counts from its last occurrence. */
#define DATA_COURSE_SPAN (24 * 3600 * GDP_SECOND)
#define DATA_COURSE_MOST 5000

/**
 * data_flood_read:
 * @courses: (optional): to be fed with the latest day
 *
 * Returns: (transfer full): what is to be followed with the events that come; NULL with an error
 */
GdpFlood *data_flood_read (DataStore *store, gint64 now, GdpCourses *courses, GError **error);

/**
 * data_flood_follow:
 * @events: (out): how many records were read
 *
 * Takes at most @most records that were journaled since what @flood knows.
 */
gboolean  data_flood_follow (DataStore *store, GdpFlood *flood, guint most, guint *events, GError **error);

G_END_DECLS
