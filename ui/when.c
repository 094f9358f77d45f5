/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "when.h"

#include <glib/gi18n.h>
#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000)

char *
ui_age_text (gint64 age)
{
  gint64 seconds = MAX (age, 0) / SECOND;

  if (seconds < 60)
    return g_strdup_printf (_("%d s"), (int) seconds);
  if (seconds < 3600)
    return g_strdup_printf (_("%d min"), (int) (seconds / 60));
  if (seconds < 86400)
    return g_strdup_printf (_("%d h %02d min"), (int) (seconds / 3600), (int) (seconds / 60 % 60));
  return g_strdup_printf (_("%d d %d h"), (int) (seconds / 86400), (int) (seconds / 3600 % 24));
}

/* Where we are, GLib asks the file system anew for every single time; once a minute is enough. Borrowed. */
static GTimeZone *
here (void)
{
  static GTimeZone *zone;
  static gint64 asked;
  gint64 now = g_get_monotonic_time ();

  if (zone == NULL || now - asked > 60 * SECOND) {
    g_clear_pointer (&zone, g_time_zone_unref);
    zone = g_time_zone_new_local ();
    asked = now;
  }
  return zone;
}

static GDateTime *
local (gint64 time, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / SECOND);

  if (utc == NULL)  /* beyond the years 1..9999: only a corrupted row says so */
    return g_date_time_new_from_unix_utc (0);
  return g_date_time_to_timezone (utc, zone != NULL ? zone : here ());
}

char *
ui_when_text (gint64 time, gint64 now, GTimeZone *zone)
{
  g_autoptr (GDateTime) then = NULL, today = NULL;

  if (time == 0)
    return g_strdup ("");
  then = local (time, zone);
  today = local (now, zone);
  if (g_date_time_get_year (then) != g_date_time_get_year (today))
    return g_date_time_format (then, "%d.%m.%Y %H:%M:%S");
  if (g_date_time_get_day_of_year (then) != g_date_time_get_day_of_year (today))
    return g_date_time_format (then, "%d.%m %H:%M:%S");
  return g_date_time_format (then, "%H:%M:%S");
}

char *
ui_when_minute_text (gint64 time, gint64 now, GTimeZone *zone)
{
  char *text = ui_when_text (time, now, zone), *seconds = strrchr (text, ':');

  if (seconds != NULL)
    *seconds = '\0';
  return text;
}

char *
ui_when_full_text (gint64 time, GTimeZone *zone)
{
  g_autoptr (GDateTime) then = NULL;

  if (time == 0)
    return g_strdup ("");
  then = local (time, zone);
  return g_date_time_format (then, "%d.%m.%Y %H:%M:%S");
}
