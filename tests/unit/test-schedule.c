/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "gdp/schedule.h"

#define SECOND G_GINT64_CONSTANT (1000000)

static gint64
moment (const char *text)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);
  g_assert_nonnull (time);
  return g_date_time_to_unix (time) * SECOND;
}

static GArray *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GArray *entries = gdp_schedule_parse (text, &error);
  g_assert_no_error (error);
  return entries;
}

#define ENTRIES(array) ((GdpScheduleEntry *) (gpointer) (array)->data), (array)->len

static void
expect (const char *schedule, int zone, const char *after, const char *next)
{
  g_autoptr (GArray) entries = parse (schedule);
  gint64 call = gdp_schedule_next (ENTRIES (entries), zone, moment (after));
  if (next == NULL) {
    g_assert_cmpint (call, ==, G_MAXINT64);
    return;
  }
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (call / SECOND);
  g_autofree char *text = g_date_time_format_iso8601 (time);
  g_assert_cmpstr (text, ==, next);
}

static void
test_each_kind (void)
{
  expect ("daily 06:30", 0, "2026-11-22T05:00:00Z", "2026-11-22T06:30:00Z");
  expect ("daily 06:30", 0, "2026-11-22T06:30:00Z", "2026-11-23T06:30:00Z");   /* after, not at */
  expect ("weekly mon,thu 18:00", 0, "2026-11-22T05:00:00Z", "2026-11-23T18:00:00Z");   /* a Sunday */
  expect ("weekly mon,thu 18:00", 0, "2026-11-23T18:00:00Z", "2026-11-26T18:00:00Z");
  expect ("weekly mon,thu 18:00", 0, "2026-11-26T18:00:00Z", "2026-11-30T18:00:00Z");
  expect ("weekly sun 18:00", 0, "2026-11-22T18:00:00Z", "2026-11-29T18:00:00Z");
  expect ("once 2026-12-01T06:30:15Z", 0, "2026-11-22T05:00:00Z", "2026-12-01T06:30:15Z");
  expect ("once 2026-12-01T06:30:15Z", 0, "2026-12-01T06:30:15Z", NULL);
  expect ("", 0, "2026-12-01T06:30:15Z", NULL);
}

static void
test_month_ends (void)
{
  expect ("monthly 31 00:10", 0, "2026-01-31T00:10:00Z", "2026-02-28T00:10:00Z");
  expect ("monthly 31 00:10", 0, "2026-02-28T00:10:00Z", "2026-03-31T00:10:00Z");
  expect ("monthly 31 00:10", 0, "2026-04-01T00:00:00Z", "2026-04-30T00:10:00Z");
  expect ("monthly 30 00:10", 0, "2028-02-01T00:00:00Z", "2028-02-29T00:10:00Z");   /* leap year */
  expect ("monthly 29 00:10", 0, "2100-02-01T00:00:00Z", "2100-02-28T00:10:00Z");   /* and none */
  expect ("monthly 29 00:10", 0, "2000-02-01T00:00:00Z", "2000-02-29T00:10:00Z");
  expect ("monthly 1 00:00", 0, "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z");
}

static void
test_zone (void)
{
  expect ("daily 00:30", 180, "2026-11-22T21:29:59Z", "2026-11-22T21:30:00Z");
  expect ("daily 23:30", -300, "2026-11-22T05:00:00Z", "2026-11-23T04:30:00Z");
  expect ("monthly 1 02:00", 180, "2026-11-30T22:00:00Z", "2026-11-30T23:00:00Z");   /* it is 1 Dec there */
  expect ("weekly mon 02:00", 180, "2026-11-22T20:00:00Z", "2026-11-22T23:00:00Z");
  expect ("once 2026-12-01T06:30:00Z", 180, "2026-11-22T05:00:00Z", "2026-12-01T06:30:00Z");   /* UTC, always */
}

static void
test_combined (void)
{
  const char *all = "monthly 31 00:10; weekly tue 12:00; daily 06:30; once 2026-11-22T09:00:00Z";
  expect (all, 0, "2026-11-22T07:00:00Z", "2026-11-22T09:00:00Z");
  expect (all, 0, "2026-11-22T09:00:00Z", "2026-11-23T06:30:00Z");
  expect (all, 0, "2026-11-24T06:30:00Z", "2026-11-24T12:00:00Z");
  expect (all, 0, "2026-11-29T06:30:00Z", "2026-11-30T00:10:00Z");
}

/* Walked second by second over what is interesting, and compared with the plain definition. */
static gboolean
is_call (const GdpScheduleEntry *entry, gint64 second)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (second);
  int last = g_date_get_days_in_month ((GDateMonth) g_date_time_get_month (time), (GDateYear) g_date_time_get_year (time));
  if (g_date_time_get_hour (time) * 60 + g_date_time_get_minute (time) != entry->minute
      || g_date_time_get_second (time) != entry->second)
    return FALSE;
  if (entry->kind == GDP_SCHEDULE_WEEKLY)
    return entry->day >> (g_date_time_get_day_of_week (time) - 1) & 1;
  return entry->kind != GDP_SCHEDULE_MONTHLY || g_date_time_get_day_of_month (time) == MIN (entry->day, last);
}

static void
test_against_the_definition (void)
{
  for (guint i = 0; i < 200; i++) {
    GdpScheduleEntry entry = { .kind = (guint8) g_test_rand_int_range (GDP_SCHEDULE_DAILY, GDP_SCHEDULE_MONTHLY + 1),
                               .minute = (guint16) g_test_rand_int_range (0, 1440) };
    entry.day = (guint8) (entry.kind == GDP_SCHEDULE_WEEKLY ? g_test_rand_int_range (1, 128) : g_test_rand_int_range (1, 32));
    gint64 after = g_test_rand_int_range (0, 2000000000) / 60 * G_GINT64_CONSTANT (60), second = after;
    do
      second += 60;
    while (!is_call (&entry, second));
    g_assert_cmpint (gdp_schedule_next (&entry, 1, 0, after * SECOND), ==, second * SECOND);
  }
}

static void
test_spread_is_even (void)
{
  enum { WINDOW = 3600, UNITS = 20000, PART = 60 };
  guint parts[WINDOW / PART] = { 0 };
  for (guint i = 0; i < UNITS; i++) {
    g_autofree char *serial = g_strdup_printf ("BBT-%06u", i);
    guint place = gdp_schedule_spread (serial, WINDOW);
    g_assert_cmpuint (place, <, WINDOW);
    g_assert_cmpuint (place, ==, gdp_schedule_spread (serial, WINDOW));
    parts[place / PART]++;
  }
  /* χ² of 60 minutes with 59 degrees of freedom: 98.3 is passed by chance once in a thousand times. */
  double mean = UNITS / (double) G_N_ELEMENTS (parts), chi = 0;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    chi += (parts[i] - mean) * (parts[i] - mean) / mean;
  g_test_message ("chi squared %.1f", chi);
  g_assert_cmpfloat (chi, <, 98.3);
  g_assert_cmpuint (gdp_schedule_spread ("BBT-1", 0), ==, 0);
}

static void
test_delay_moves_within_the_day (void)
{
  g_autoptr (GArray) entries = parse ("monthly 31 22:30; once 2026-12-01T06:30:00Z");
  GdpScheduleEntry *entry = (GdpScheduleEntry *) (gpointer) entries->data;
  gdp_schedule_delay (&entry[0], 5399);
  gdp_schedule_delay (&entry[1], 61);
  g_autofree char *text = gdp_schedule_text (ENTRIES (entries));
  g_assert_cmpstr (text, ==, "monthly 31 23:59:59; once 2026-12-01T06:31:01Z");
}

static void
test_text_reads_back (void)
{
  const char *all = "daily 00:00; weekly mon,tue,wed,thu,fri,sat,sun 23:59; monthly 1 06:05; once 2026-12-01T06:30:00Z";
  g_autoptr (GArray) entries = parse (all);
  g_autofree char *text = gdp_schedule_text (ENTRIES (entries));
  g_assert_cmpstr (text, ==, all);
}

static void
test_bad_text (void)
{
  static const char *const bad[] = {
    "hourly 06:30", "daily", "daily 6:30", "daily 24:00", "daily 06:60", "daily 06:30 x", "weekly 06:30",
    "weekly mon thu 06:30", "weekly xyz 06:30", "weekly mon, 06:30", "monthly 0 06:30", "monthly 32 06:30",
    "monthly -1 06:30", "once tomorrow", "once 2026-12-01T06:30:00", "once 2026-13-01T06:30:00Z",
    "once 1969-12-01T06:30:00Z", "once 2107-01-01T06:30:00Z", "daily 06:30; daily",
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) entries = gdp_schedule_parse (bad[i], &error);
    if (entries != NULL)
      g_error ("“%s” was taken", bad[i]);
    g_assert_error (error, GDP_SCHEDULE_ERROR, GDP_SCHEDULE_ERROR_SYNTAX);
    g_assert_nonnull (strstr (error->message, "weekly mon,thu 06:30"));
  }
}

static void
test_check (void)
{
  g_autoptr (GArray) entries = parse ("daily 23:30");
  GdpSchedule schedule = { .name = "s", .entries = (GdpScheduleEntry *) (gpointer) entries->data, .n_entries = 1 };
  g_autoptr (GError) error = NULL;
  schedule.window = 1800;
  g_assert_true (gdp_schedule_check (&schedule, NULL));
  schedule.window = 1801;
  g_assert_false (gdp_schedule_check (&schedule, &error));
  g_assert_nonnull (strstr (error->message, "“daily 23:30” begins so late"));
  schedule.window = 0;
  schedule.zone = 841;
  g_assert_false (gdp_schedule_check (&schedule, NULL));
  schedule.zone = 840;
  g_assert_true (gdp_schedule_check (&schedule, NULL));
}

static void
test_calls_a_year (void)
{
  g_autoptr (GArray) entries
    = parse ("daily 06:30; daily 06:30; daily 18:30; weekly mon,thu 12:00; monthly 1 00:00; once 2026-12-01T06:30:00Z");
  double calls = gdp_schedule_calls_a_year (ENTRIES (entries));
  g_assert_cmpfloat_with_epsilon (calls, 2 * 365.25 + 2 * 365.25 / 7 + 12, 1e-9);
}

static void
test_zones (void)
{
  static const struct { const char *text; int zone; } good[] = { { "+00:00", 0 }, { "+03:00", 180 }, { "-09:30", -570 } };
  static const char *const bad[] = { "03:00", "+3:00", "+15:00", "+03:60", "", "UTC" };
  int zone;
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_assert_true (gdp_zone_parse (good[i].text, &zone));
    g_assert_cmpint (zone, ==, good[i].zone);
    g_autofree char *text = gdp_zone_text (zone);
    g_assert_cmpstr (text, ==, good[i].text);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (gdp_zone_parse (bad[i], &zone));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/next-of-each-kind", test_each_kind);
  g_test_add_func ("/schedule/month-ends-and-leap-years", test_month_ends);
  g_test_add_func ("/schedule/times-are-of-the-zone", test_zone);
  g_test_add_func ("/schedule/entries-combine", test_combined);
  g_test_add_func ("/schedule/agrees-with-its-definition", test_against_the_definition);
  g_test_add_func ("/schedule/20000-serials-spread-evenly", test_spread_is_even);
  g_test_add_func ("/schedule/delay-moves-within-the-day", test_delay_moves_within_the_day);
  g_test_add_func ("/schedule/text-reads-back-as-the-same", test_text_reads_back);
  g_test_add_func ("/schedule/bad-text-says-what-to-write", test_bad_text);
  g_test_add_func ("/schedule/a-window-does-not-reach-beyond-midnight", test_check);
  g_test_add_func ("/schedule/calls-a-year", test_calls_a_year);
  g_test_add_func ("/schedule/zones", test_zones);
  return g_test_run ();
}
