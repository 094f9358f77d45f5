/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "schedule.h"

#include <string.h>

#define SECOND       G_GINT64_CONSTANT (1000000)
#define DAY          (GDP_DAY_SECONDS * SECOND)
#define MONTHS_AHEAD 2        /* a call of the month, however far gone, comes again in the next */
#define FARTHEST     (14 * 60)  /* UTC+14, Kiribati */

G_DEFINE_QUARK (gdp-schedule-error-quark, gdp_schedule_error)

static const char *const kinds[] = { NULL, "once", "daily", "weekly", "monthly" };
static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

/* ---- the next call ------------------------------------------------------------------------ */

/* Days since 1970-01-01 (a Thursday) of a local µs, rounded down. */
static gint64
day_of (gint64 local)
{
  return local >= 0 ? local / DAY : -((-local + DAY - 1) / DAY);
}

static gint64
on_day (const GdpScheduleEntry *entry, gint64 day)
{
  return day * DAY + (entry->minute * 60 + entry->second) * SECOND;
}

static gint64
next_daily (const GdpScheduleEntry *entry, gint64 after)
{
  gint64 day = day_of (after);

  return on_day (entry, day) > after ? on_day (entry, day) : on_day (entry, day + 1);
}

static gint64
next_weekly (const GdpScheduleEntry *entry, gint64 after)
{
  gint64 day = day_of (after);

  for (guint i = 0; i <= 7; i++, day++) {
    guint weekday = (guint) (((day + 3) % 7 + 7) % 7);   /* 0 Monday */
    if ((entry->day >> weekday & 1) && on_day (entry, day) > after)
      return on_day (entry, day);
  }
  return G_MAXINT64;
}

static gint64
next_monthly (const GdpScheduleEntry *entry, gint64 after)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (day_of (after) + 719163));   /* GLib counts from 0001-01-01 */
  g_date_set_day (&date, 1);
  for (guint i = 0; i < MONTHS_AHEAD; i++, g_date_add_months (&date, 1)) {
    guint last = g_date_get_days_in_month (g_date_get_month (&date), g_date_get_year (&date));
    gint64 day = (gint64) g_date_get_julian (&date) - 719163 + MIN (entry->day, last) - 1;
    if (on_day (entry, day) > after)
      return on_day (entry, day);
  }
  return G_MAXINT64;
}

static gint64
next_once (const GdpScheduleEntry *entry, gint64 after)
{
  return entry->time > after ? entry->time : G_MAXINT64;
}

/* Local µs in and out, but for "once". */
static gint64 (*const next[]) (const GdpScheduleEntry *, gint64) = {
  [GDP_SCHEDULE_ONCE] = next_once,
  [GDP_SCHEDULE_DAILY] = next_daily,
  [GDP_SCHEDULE_WEEKLY] = next_weekly,
  [GDP_SCHEDULE_MONTHLY] = next_monthly,
};

gint64
gdp_schedule_next (const GdpScheduleEntry *entries, guint n_entries, int zone, gint64 after)
{
  gint64 first = G_MAXINT64;

  for (guint i = 0; i < n_entries; i++) {
    gint64 east = entries[i].kind == GDP_SCHEDULE_ONCE ? 0 : zone * 60 * SECOND;
    g_return_val_if_fail (entries[i].kind >= GDP_SCHEDULE_ONCE && entries[i].kind <= GDP_SCHEDULE_MONTHLY, first);
    gint64 call = next[entries[i].kind] (&entries[i], after + east);
    if (call != G_MAXINT64)
      first = MIN (first, call - east);
  }
  return first;
}

static gboolean
same_entry (const GdpScheduleEntry *a, const GdpScheduleEntry *b)
{
  return a->kind == b->kind && a->day == b->day && a->minute == b->minute && a->second == b->second
         && a->time == b->time;
}

double
gdp_schedule_calls_a_year (const GdpScheduleEntry *entries, guint n_entries)
{
  double calls = 0;

  for (guint i = 0; i < n_entries; i++) {
    gboolean doubled = FALSE;
    for (guint j = 0; j < i; j++)
      doubled |= same_entry (&entries[i], &entries[j]);
    if (doubled)
      continue;
    if (entries[i].kind == GDP_SCHEDULE_DAILY)
      calls += 365.25;
    else if (entries[i].kind == GDP_SCHEDULE_WEEKLY)
      calls += 365.25 / 7 * __builtin_popcount (entries[i].day & 0x7f);
    else if (entries[i].kind == GDP_SCHEDULE_MONTHLY)
      calls += 12;
  }
  return calls;
}

/* ---- the window --------------------------------------------------------------------------- */

/* FNV-1a, then the finisher of MurmurHash3: serials that follow each other must not stand together. */
guint
gdp_schedule_spread (const char *serial, guint window)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (; *serial != '\0'; serial++)
    hash = (hash ^ (guint8) *serial) * G_GUINT64_CONSTANT (1099511628211);
  hash = (hash ^ hash >> 33) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  hash = (hash ^ hash >> 33) * G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  hash ^= hash >> 33;
  return window > 0 ? (guint) (hash % window) : 0;
}

void
gdp_schedule_delay (GdpScheduleEntry *entry, guint seconds)
{
  guint second = entry->second + seconds;

  if (entry->kind == GDP_SCHEDULE_ONCE) {
    entry->time += seconds * SECOND;
    return;
  }
  entry->minute = (guint16) (entry->minute + second / 60);
  entry->second = (guint8) (second % 60);
}

/* ---- checks ------------------------------------------------------------------------------- */

static const char *
entry_fault (const GdpScheduleEntry *entry, guint window)
{
  if (entry->kind < GDP_SCHEDULE_ONCE || entry->kind > GDP_SCHEDULE_MONTHLY)
    return "is of no known kind";
  if (entry->kind == GDP_SCHEDULE_ONCE)
    return entry->time > 0 && entry->time / SECOND <= G_MAXUINT32 ? NULL : "must be between 1970 and 2106";
  if (entry->minute >= 24 * 60 || entry->second >= 60)
    return "must be between 00:00 and 23:59";
  if (entry->kind == GDP_SCHEDULE_WEEKLY && (entry->day == 0 || entry->day > 0x7f))
    return "needs at least one day of the week";
  if (entry->kind == GDP_SCHEDULE_MONTHLY && (entry->day < 1 || entry->day > 31))
    return "needs a day of the month, 1 to 31";
  if (entry->minute * 60 + entry->second + window > GDP_DAY_SECONDS)
    return "begins so late that its window reaches beyond midnight; begin earlier or make the window shorter";
  return NULL;
}

const char *
gdp_schedule_label (const GdpSchedule *schedule)
{
  return schedule->title != NULL ? schedule->title : schedule->name;
}

gboolean
gdp_schedule_check (const GdpSchedule *schedule, GError **error)
{
  if (schedule->zone < -FARTHEST || schedule->zone > FARTHEST) {
    g_set_error (error, GDP_SCHEDULE_ERROR, GDP_SCHEDULE_ERROR_RANGE,
                 "a zone of %d min must be -14:00 to +14:00", schedule->zone);
    return FALSE;
  }
  if (schedule->n_entries > GDP_MOST_CALLS) {
    g_set_error (error, GDP_SCHEDULE_ERROR, GDP_SCHEDULE_ERROR_RANGE,
                 "%u entries are more than the %d that a unit takes", schedule->n_entries, GDP_MOST_CALLS);
    return FALSE;
  }
  for (guint i = 0; i < schedule->n_entries; i++) {
    const char *fault = entry_fault (&schedule->entries[i], schedule->window);
    if (fault != NULL) {
      g_autofree char *text = gdp_schedule_entry_text (&schedule->entries[i]);
      g_set_error (error, GDP_SCHEDULE_ERROR, GDP_SCHEDULE_ERROR_RANGE, "“%s” %s", text, fault);
      return FALSE;
    }
  }
  return TRUE;
}

/* ---- text --------------------------------------------------------------------------------- */

static gboolean
refuse (const char *text, GError **error)
{
  g_set_error (error, GDP_SCHEDULE_ERROR, GDP_SCHEDULE_ERROR_SYNTAX,
               "“%.60s”: write “daily 06:30”, “weekly mon,thu 06:30”, “monthly 31 06:30” or "
               "“once 2026-12-01T06:30:00Z”", text);
  return FALSE;
}

static gboolean
is_number (const char *text, gsize length)
{
  return strlen (text) == length && strspn (text, "0123456789") == length;
}

/* "06:30" or, as a unit's own time is shown, "06:30:17" */
static gboolean
read_clock (const char *text, GdpScheduleEntry *entry)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 4);
  guint n = g_strv_length (parts), numbers[3] = { 0 };

  if (n < 2 || n > 3)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (!is_number (parts[i], 2))
      return FALSE;
    numbers[i] = (guint) g_ascii_strtoull (parts[i], NULL, 10);
  }
  entry->minute = (guint16) (numbers[0] * 60 + numbers[1]);
  entry->second = (guint8) numbers[2];
  return numbers[0] < 24 && numbers[1] < 60 && numbers[2] < 60;
}

static gboolean
read_days (const char *text, GdpScheduleEntry *entry)
{
  g_auto (GStrv) names = g_strsplit (text, ",", 8);

  for (guint i = 0; names[i] != NULL; i++) {
    guint day = 0;
    while (day < G_N_ELEMENTS (days) && strcmp (days[day], names[i]) != 0)
      day++;
    if (day == G_N_ELEMENTS (days))
      return FALSE;
    entry->day |= (guint8) (1 << day);
  }
  return TRUE;
}

static gboolean
read_day_of_month (const char *text, GdpScheduleEntry *entry)
{
  if (!is_number (text, 1) && !is_number (text, 2))
    return FALSE;
  entry->day = (guint8) g_ascii_strtoull (text, NULL, 10);
  return entry->day >= 1 && entry->day <= 31;
}

static gboolean
read_moment (const char *text, GdpScheduleEntry *entry)
{
  g_autoptr (GDateTime) moment = g_str_has_suffix (text, "Z") ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (moment == NULL)
    return FALSE;
  entry->time = g_date_time_to_unix (moment) * SECOND;
  return entry->time > 0 && entry->time / SECOND <= G_MAXUINT32;
}

gboolean
gdp_schedule_entry_parse (const char *text, GdpScheduleEntry *entry, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 4);
  guint n = g_strv_length (words);
  GdpScheduleEntry own = { 0 };
  gboolean ok = FALSE;

  for (guint i = GDP_SCHEDULE_ONCE; i < G_N_ELEMENTS (kinds) && n > 0; i++)
    if (strcmp (kinds[i], words[0]) == 0)
      own.kind = (guint8) i;
  if (own.kind == GDP_SCHEDULE_ONCE && n == 2)
    ok = read_moment (words[1], &own);
  else if (own.kind == GDP_SCHEDULE_DAILY && n == 2)
    ok = read_clock (words[1], &own);
  else if (own.kind == GDP_SCHEDULE_WEEKLY && n == 3)
    ok = read_days (words[1], &own) && read_clock (words[2], &own);
  else if (own.kind == GDP_SCHEDULE_MONTHLY && n == 3)
    ok = read_day_of_month (words[1], &own) && read_clock (words[2], &own);
  if (!ok)
    return refuse (text, error);
  *entry = own;
  return TRUE;
}

static void
append_days (GString *text, guint bits)
{
  const char *comma = "";

  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    if (bits >> i & 1) {
      g_string_append_printf (text, "%s%s", comma, days[i]);
      comma = ",";
    }
}

char *
gdp_schedule_entry_text (const GdpScheduleEntry *entry)
{
  guint kind = entry->kind < G_N_ELEMENTS (kinds) ? entry->kind : 0;
  GString *text = g_string_new (kind != 0 ? kinds[kind] : "?");

  g_string_append_c (text, ' ');
  if (kind == GDP_SCHEDULE_ONCE) {
    g_autoptr (GDateTime) moment = g_date_time_new_from_unix_utc (entry->time / SECOND);
    g_autofree char *written = moment ? g_date_time_format_iso8601 (moment) : g_strdup ("?");
    g_string_append (text, written);
    return g_string_free (text, FALSE);
  }
  if (kind == GDP_SCHEDULE_WEEKLY)
    append_days (text, entry->day);
  else if (kind == GDP_SCHEDULE_MONTHLY)
    g_string_append_printf (text, "%u", entry->day);
  g_string_append_printf (text, "%s%02u:%02u", kind == GDP_SCHEDULE_DAILY ? "" : " ", entry->minute / 60,
                          entry->minute % 60);
  if (entry->second != 0)
    g_string_append_printf (text, ":%02u", entry->second);
  return g_string_free (text, FALSE);
}

GArray *
gdp_schedule_parse (const char *text, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (GdpScheduleEntry));
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    GdpScheduleEntry entry;
    if (*g_strstrip (parts[i]) == '\0')
      continue;
    if (!gdp_schedule_entry_parse (parts[i], &entry, error))
      return NULL;
    g_array_append_val (entries, entry);
  }
  return g_steal_pointer (&entries);
}

char *
gdp_schedule_text (const GdpScheduleEntry *entries, guint n_entries)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_entries; i++) {
    g_autofree char *entry = gdp_schedule_entry_text (&entries[i]);
    g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", entry);
  }
  return g_string_free (text, FALSE);
}

gboolean
gdp_zone_parse (const char *text, int *zone)
{
  GdpScheduleEntry clock = { 0 };

  if (text == NULL || (*text != '+' && *text != '-') || strlen (text) != 6 || !read_clock (text + 1, &clock)
      || clock.minute > FARTHEST)
    return FALSE;
  *zone = *text == '-' ? -clock.minute : clock.minute;
  return TRUE;
}

char *
gdp_zone_text (int zone)
{
  return g_strdup_printf ("%c%02d:%02d", zone < 0 ? '-' : '+', ABS (zone) / 60, ABS (zone) % 60);
}
