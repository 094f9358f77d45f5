/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times and ages in the words of the operator's language. Now and the zone come in; the local
 * zone (NULL) is found out once a minute, so these are of the main thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @age in µs: "8 s", "4 min", "2 h 05 min", "3 d 4 h". Negative counts as 0. (transfer full) */
char *ui_age_text  (gint64 age);

/* @time (µs UTC) as a person reads it at @now: "14:03:12" on the same local day, else
 * "21.11 14:03:12", with the year when that differs. 0 gives "". @zone NULL = local. (transfer full) */
char *ui_when_text (gint64 time, gint64 now, GTimeZone *zone);

/* The same to the minute: for what is announced, not measured. (transfer full) */
char *ui_when_minute_text (gint64 time, gint64 now, GTimeZone *zone);

/* Always day, year and time to the second: for tooltips and the journal. (transfer full) */
char *ui_when_full_text (gint64 time, GTimeZone *zone);

G_END_DECLS
