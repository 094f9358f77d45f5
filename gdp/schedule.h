/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a BBT calls: entries that combine, local times of a fixed zone.
 *
 * As text, which passports, gdpctl and the journal share: "daily 06:30", "weekly mon,thu 18:00",
 * "monthly 31 00:10" (a day that the month does not have is its last one), "once 2026-12-01T06:00:00Z";
 * several are parted by "; ". */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GDP_MOST_CALLS   64       /* that a unit takes, comms/PROTOCOL.md 22 */
#define GDP_DAY_SECONDS  86400

/* Values as on the wire. */
typedef enum {
  GDP_SCHEDULE_ONCE = 1, GDP_SCHEDULE_DAILY, GDP_SCHEDULE_WEEKLY, GDP_SCHEDULE_MONTHLY,
} GdpScheduleKind;

typedef struct {
  guint8  kind;      /* GdpScheduleKind */
  guint8  day;       /* weekly: bits, bit 0 Monday; monthly: 1–31 */
  guint16 minute;    /* of the local day, 0–1439 */
  guint8  second;    /* 0–59, where the unit's place in the window put it */
  gint64  time;      /* once: µs, UTC */
} GdpScheduleEntry;

/* A named schedule, for a consumer category. */
typedef struct {
  gint64            key;
  const char       *name;       /* "households", an id */
  const char       *title;      /* as people call it; NULL = by its name */
  int               zone;       /* minutes east of UTC */
  guint             window;     /* s after each entry over which the units are spread, 0 = none */
  GdpScheduleEntry *entries;
  guint             n_entries;
} GdpSchedule;

/**
 * gdp_schedule_next:
 * @zone: minutes east of UTC
 * @after: µs, UTC
 *
 * The first call after @after (not at it), µs; G_MAXINT64 when there is none.
 */
gint64 gdp_schedule_next (const GdpScheduleEntry *entries, guint n_entries, int zone, gint64 after);

/* Calls in a year of 365.25 days, those of "once" left out; two entries at one moment count once only
 * where they are the same. */
double gdp_schedule_calls_a_year (const GdpScheduleEntry *entries, guint n_entries);

/* A unit's own place in a window: seconds, 0 … @window - 1, always the same for one @serial, even over many. */
guint  gdp_schedule_spread (const char *serial, guint window);
/* Moves @entry by @seconds. It stays within its day: gdp_schedule_check() sees to that. */
void   gdp_schedule_delay  (GdpScheduleEntry *entry, guint seconds);

/* What people call it. (borrowed) */
const char *gdp_schedule_label (const GdpSchedule *schedule);

/* Ranges; the window ends on the entry's day (so that no day of the week or month changes). */
gboolean gdp_schedule_check (const GdpSchedule *schedule, GError **error);

gboolean gdp_schedule_entry_parse (const char *text, GdpScheduleEntry *entry, GError **error);
char    *gdp_schedule_entry_text  (const GdpScheduleEntry *entry);
/* GdpScheduleEntry; "" has none. (transfer full) */
GArray  *gdp_schedule_parse (const char *text, GError **error);
char    *gdp_schedule_text  (const GdpScheduleEntry *entries, guint n_entries);

/* "+03:00" */
gboolean gdp_zone_parse (const char *text, int *zone);
char    *gdp_zone_text  (int zone);

typedef enum { GDP_SCHEDULE_ERROR_SYNTAX, GDP_SCHEDULE_ERROR_RANGE } GdpScheduleError;
#define GDP_SCHEDULE_ERROR (gdp_schedule_error_quark ())
GQuark gdp_schedule_error_quark (void);

G_END_DECLS
