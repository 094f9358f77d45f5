/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "moment.h"

#include <string.h>

#include <gio/gio.h>

static char *
format (gint64 time, GTimeZone *zone, const char *pattern)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC - (time % G_USEC_PER_SEC < 0));
  g_autoptr (GDateTime) there = utc ? g_date_time_to_timezone (utc, zone) : NULL;
  return there ? g_date_time_format (there, pattern) : g_strdup ("?");
}

char *
ctl_moment_rfc3339 (gint64 time)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *seconds = format (time, utc, "%Y-%m-%dT%H:%M:%S");
  gint64 part = time % G_USEC_PER_SEC;
  return g_strdup_printf ("%s.%06dZ", seconds, (int) (part < 0 ? part + G_USEC_PER_SEC : part));
}

char *
ctl_moment_local (gint64 time)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  return format (time, local, "%Y-%m-%d %H:%M:%S");
}

/* "2h": so long before @now. */
gboolean
ctl_length_parse (const char *text, gint64 *length)
{
  static const struct { char letter; gint64 seconds; } units[] = {
    { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 7 * 86400 },
  };
  char *end;
  gint64 n = g_ascii_strtoll (text, &end, 10);
  if (end == text || n < 0 || n > G_MAXINT32)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (end[0] == units[i].letter && end[1] == 0 && n <= G_MAXINT64 / (units[i].seconds * G_USEC_PER_SEC)) {
      *length = n * units[i].seconds * G_USEC_PER_SEC;
      return TRUE;
    }
  return FALSE;
}

/* Today's date is put before a bare "03:00", zeros after a bare date; GLib reads the rest. */
static char *
completed (const char *text, gint64 now)
{
  g_autofree char *today = ctl_moment_local (now);
  if (strlen (text) >= 3 && strlen (text) <= 8 && strchr (text, ':'))
    return g_strdup_printf ("%.10s %s%s", today, text, strlen (text) <= 5 ? ":00" : "");
  if (strlen (text) == 10)
    return g_strconcat (text, " 00:00:00", NULL);
  if (strlen (text) == 16)
    return g_strconcat (text, ":00", NULL);
  return g_strdup (text);
}

gboolean
ctl_moment_parse (const char *text, gint64 now, gint64 *time, GError **error)
{
  if (strcmp (text, "now") == 0) {
    *time = now;
    return TRUE;
  }
  gint64 length;
  if (ctl_length_parse (text, &length)) {
    *time = now - length;
    return TRUE;
  }
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autofree char *whole = completed (text, now);
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (whole, local);
  if (moment == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "“%s” is not a time; write 2026-11-22T03:00:00Z, "
                 "\"2026-11-22 03:00\", 03:00, 15m, 2h, 3d or now", text);
    return FALSE;
  }
  *time = g_date_time_to_unix (moment) * G_USEC_PER_SEC + g_date_time_get_microsecond (moment);
  return TRUE;
}
