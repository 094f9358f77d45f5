/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "passport-reading.h"
#include "gdp/bbt-link.h"

/* A BBT with everything that a passport can say of one, and a slave behind it; tests bend one place. */
static const char full[] =
  "{\n"
  "  \"format\": \"gdp-passport\",\n"
  "  \"version\": 1,\n"
  "  \"schedules\": [\n"
  "    {\"name\": \"households\", \"title\": \"Население\", \"zone\": \"+03:00\", \"window\": 3600, \"entries\": [\"daily 06:30\", \"monthly 31 00:10\"]},\n"
  "    {\"name\": \"industry\", \"entries\": [\"weekly mon,thu 18:00\", \"once 2026-12-01T06:00:00Z\"]}\n"
  "  ],\n"
  "  \"links\": [\n"
  "    {\"id\": \"bbt-1\", \"kind\": \"bbt\", \"serial\": \"BBT-000001\", \"guaranteed_sessions\": 10000, \"category\": \"households\", "
      "\"schedule\": [\"daily 12:00\"], \"settings\": {\"polling\": 30, \"confirmation\": 720, \"accident\": 10, \"archive\": 15, "
      "\"sms\": \"+79000000000\", \"thresholds\": [{\"channel\": \"ai2\", \"min\": 0.28, \"max\": 0.345}, {\"channel\": \"battery\", \"min\": 11.5}]}},\n"
  "    {\"id\": \"bbt-2\", \"kind\": \"bbt\", \"serial\": \"BBT-000002\", \"keyless\": true, \"stays_connected\": true, "
      "\"zone\": \"-09:30\", \"schedule\": [\"daily 12:00\"]},\n"
  "    {\"id\": \"tcp\", \"kind\": \"modbus-tcp\", \"host\": \"10.1.0.4\"}\n"
  "  ],\n"
  "  \"sites\": [\n"
  "    {\n"
  "      \"id\": \"GDP-003\",\n"
  "      \"units\": [\n"
  "        {\"id\": \"bbt\", \"link\": \"bbt-1\", \"address\": 0, \"profile\": \"bbt-1\"},\n"
  "        {\"id\": \"upmp\", \"link\": \"bbt-1\", \"address\": 3, \"profile\": \"upmp-12.4-a8-8\", \"period\": 60},\n"
  "        {\"id\": \"bbt2\", \"link\": \"bbt-2\", \"address\": 0, \"profile\": \"bbt-1\"}\n"
  "      ],\n"
  "      \"points\": [\n"
  "        {\"id\": \"outlet\", \"kind\": \"outlet-pressure\", \"source\": \"bbt:ai2\", \"unit\": \"MPa\", \"range\": [0, 0.6]},\n"
  "        {\"id\": \"battery\", \"kind\": \"battery-voltage\", \"source\": \"bbt:battery\", \"signal\": \"number\"},\n"
  "        {\"id\": \"signal\", \"kind\": \"signal-level\", \"source\": \"bbt:signal\", \"signal\": \"number\"},\n"
  "        {\"id\": \"door\", \"kind\": \"door\", \"source\": \"bbt:di1\"},\n"
  "        {\"id\": \"siren\", \"kind\": \"output\", \"source\": \"bbt:do8\"},\n"
  "        {\"id\": \"volume\", \"kind\": \"analog\", \"source\": \"bbt2:ext16\", \"signal\": \"number\", \"resolution\": 1},\n"
  "        {\"id\": \"meter\", \"kind\": \"analog\", \"source\": \"bbt:pulse16\", \"unit\": \"m³\", \"signal\": \"number\", \"factor\": 0.1, \"resolution\": 0.1},\n"
  "        {\"id\": \"wire\", \"kind\": \"tamper\", \"source\": \"bbt:wire\", \"alarm\": {\"state\": 1, \"priority\": 2}}\n"
  "      ]\n"
  "    }\n"
  "  ]\n"
  "}\n";

static void
test_everything_is_read (void)
{
  g_auto (Reading) reading = parse (full, -1);
  g_assert_cmpuint (reading.n, ==, 0);
  const GdpNetwork *network = reading.network;
  const GdpLink *one = &network->links[0], *two = &network->links[1];
  g_assert_cmpint (one->kind, ==, GDP_LINK_BBT);
  g_assert_cmpstr (one->serial, ==, "BBT-000001");
  g_assert_cmpuint (one->guaranteed_sessions, ==, 10000);
  g_assert_cmpstr (one->category, ==, "households");
  g_assert_false (one->keyless);
  g_assert_cmpuint (one->report_unit, ==, gdp_network_find_unit (network, "GDP-003/bbt"));
  g_autofree char *settings = gdp_settings_text (one->settings);
  g_assert_cmpstr (settings, ==, "polling=30s confirmation=12h accident=10min archive=15min sms=+79000000000 "
                                 "ai2=0.28..0.345 battery=11.5..");
  g_assert_true (two->keyless && two->stays_connected);
  g_assert_cmpint (two->zone, ==, -570);
  g_assert_null (two->settings);
  const GdpPoint *meter = &network->points[gdp_network_find_point (network, "GDP-003/meter")];
  g_assert_true (meter->by_event);
  g_assert_cmpfloat (meter->scaling.factor, ==, 0.1);
  g_assert_cmpfloat (meter->scaling.wrap, ==, 4294967296.0);
  g_assert_true (network->points[gdp_network_find_point (network, "GDP-003/wire")].by_event);
  g_assert_false (network->points[gdp_network_find_point (network, "GDP-003/volume")].by_event);
  g_assert_cmpuint (network->links[2].report_unit, ==, G_MAXUINT);
  const GdpSchedule *industry = gdp_network_schedule (network, "industry");
  g_assert_cmpuint (industry->n_entries, ==, 2);
  g_assert_cmpint (industry->entries[1].kind, ==, GDP_SCHEDULE_ONCE);
  g_assert_cmpuint (gdp_network_schedule (network, "households")->window, ==, 3600);
  g_assert_cmpstr (gdp_schedule_label (gdp_network_schedule (network, "households")), ==, "Население");
  g_assert_cmpstr (gdp_schedule_label (industry), ==, "industry");
  /* Expected once in 12 h; 6 h are the default of the other, and nothing was sent to it. */
  g_assert_cmpfloat (gdp_unit_silent_after (&network->units[one->report_unit]), ==, 18 * 3600);
  g_assert_cmpfloat (gdp_unit_silent_after (&network->units[gdp_network_find_unit (network, "GDP-003/upmp")]), ==, 18 * 3600);
  g_assert_cmpfloat (gdp_unit_silent_after (&network->units[two->report_unit]), ==, 9 * 3600);
}

static void
test_thresholds_become_raw (void)
{
  g_auto (Reading) reading = parse (full, -1);
  GdpRawThreshold raw;
  const GdpSettings *settings = reading.network->links[0].settings;
  g_assert_true (gdp_bbt_link_threshold (reading.network, 0, &settings->thresholds[0], &raw, NULL));
  g_assert_cmpuint (raw.channel, ==, 2);
  g_assert_cmpint (raw.type, ==, GDP_REGISTER_U16);
  g_assert_cmpfloat (raw.min, ==, 11467);   /* 4 mA + 16 mA × 0.28 / 0.6, in µA */
  g_assert_cmpfloat (raw.max, ==, 13200);
  g_assert_true (gdp_bbt_link_threshold (reading.network, 0, &settings->thresholds[1], &raw, NULL));
  g_assert_cmpuint (raw.channel, ==, 12);
  g_assert_true (raw.has_min && !raw.has_max);
  g_assert_cmpfloat (raw.min, ==, 11500);   /* mV */
}

static void
test_calls_of_category_and_own (void)
{
  g_auto (Reading) reading = parse (full, -1);
  int zone;
  g_autoptr (GArray) one = gdp_bbt_link_calls (reading.network, 0, &zone);
  g_assert_cmpint (zone, ==, 180);
  g_assert_cmpuint (one->len, ==, 3);
  guint place = gdp_schedule_spread ("BBT-000001", 3600);
  const GdpScheduleEntry *entry = &g_array_index (one, GdpScheduleEntry, 0);
  g_assert_cmpuint (entry->minute * 60 + entry->second, ==, (6 * 60 + 30) * 60 + place);
  entry = &g_array_index (one, GdpScheduleEntry, 2);   /* its own: exact */
  g_assert_cmpuint (entry->minute * 60 + entry->second, ==, 12 * 3600);
  g_autoptr (GArray) two = gdp_bbt_link_calls (reading.network, 1, &zone);
  g_assert_cmpint (zone, ==, -570);
  g_assert_cmpuint (two->len, ==, 1);
}

static void
test_export_then_import_changes_nothing (void)
{
  g_auto (Reading) one = parse (full, -1);
  g_autofree char *first = data_passport_write (one.network, NULL, 0);
  g_auto (Reading) other = parse (first, -1);
  g_assert_nonnull (other.network);
  g_autofree char *second = data_passport_write (other.network, NULL, 0);
  g_assert_cmpstr (first, ==, second);
  static const char *const said[] = {
    "{\"name\": \"households\", \"title\": \"Население\", \"zone\": \"+03:00\", \"window\": 3600, \"entries\": [\"daily 06:30\", \"monthly 31 00:10\"]}",
    "\"weekly mon,thu 18:00\", \"once 2026-12-01T06:00:00Z\"", "\"serial\": \"BBT-000001\"", "\"guaranteed_sessions\": 10000",
    "\"settings\": {\"polling\": 30, \"confirmation\": 720, \"accident\": 10, \"archive\": 15, \"sms\": \"+79000000000\", "
      "\"thresholds\": [{\"channel\": \"ai2\", \"min\": 0.28, \"max\": 0.345}, {\"channel\": \"battery\", \"min\": 11.5}]}",
    "\"keyless\": true, \"stays_connected\": true, \"zone\": \"-09:30\", \"schedule\": [\"daily 12:00\"]", "\"address\": 0",
  };
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    if (!strstr (first, said[i]))
      g_error ("the export lost %s: %s", said[i], first);
  const guint site = 0;   /* of one site: only the schedules that its links use */
  g_autofree char *alone = data_passport_write (one.network, &site, 1);
  g_assert_nonnull (strstr (alone, "households"));
  g_assert_null (strstr (alone, "industry"));
}

/* Each: bend one place; exactly one problem, at this path and line, that says this. */
static void
test_one_wrong_thing_is_named (void)
{
  static const struct { const char *old, *new, *path, *says; guint line; } cases[] = {
    { "BBT-000002", "BBT-000001", "/links/1/serial", "first in line 9", 10 },
    { "BBT-000002", "BBT 2", "/links/1/serial", "form", 10 },
    { "BBT-000002", "BBT-0000000000002", "/links/1/serial", "16", 10 },
    { "\"serial\": \"BBT-000002\", ", "", "/links/1", "lacks “serial”", 10 },
    { "\"host\": \"10.1.0.4\"", "\"host\": \"10.1.0.4\", \"keyless\": true", "/links/2/keyless", "kind", 11 },
    { "\"link\": \"bbt-2\", \"address\": 0", "\"link\": \"bbt-1\", \"address\": 0", "/sites/0/units/2/address", "first in line 17", 19 },
    { "\"link\": \"bbt-2\", \"address\": 0", "\"link\": \"bbt-1\", \"address\": 5", "/sites/0/units/2/address", "its address must be 0", 19 },
    { "\"link\": \"bbt-2\", \"address\": 0", "\"link\": \"tcp\", \"address\": 0", "/sites/0/units/2/address", "kind bbt", 19 },
    { "\"address\": 3", "\"address\": 248", "/sites/0/units/1/address", "at most 247", 18 },
    { "\"link\": \"bbt-1\", \"address\": 3", "\"link\": \"tcp\", \"address\": 0", "/sites/0/units/1/address", "must be 1 to 247", 18 },
    { "\"link\": \"bbt-1\", \"address\": 3", "\"link\": \"bbt-2\", \"address\": 0", "/sites/0/units/1/address", "needs a profile of reports", 18 },
    { "\"category\": \"households\"", "\"category\": \"farms\"", "/links/0/category", "there are: households, industry", 9 },
    { "\"name\": \"industry\"", "\"name\": \"households\"", "/schedules/1/name", "first in line 5", 6 },
    { "\"window\": 3600", "\"window\": 63001", "/schedules/0/entries/0", "beyond midnight", 5 },
    { "\"window\": 3600", "\"window\": 86401", "/schedules/0/window", "at most 86400", 5 },
    { "daily 06:30", "daily 6:30", "/schedules/0/entries/0", "daily 06:30", 5 },
    { "\"zone\": \"+03:00\"", "\"zone\": \"+15:00\"", "/schedules/0/zone", "-14:00 to +14:00", 5 },
    { "\"category\": \"households\"", "\"category\": \"households\", \"zone\": \"+01:00\"", "/links/0/zone", "category's zone", 9 },
    { "2026-12-01T06", "2026-02-30T06", "/schedules/1/entries/1", "once 2026", 6 },
    { "\"polling\": 30", "\"polling\": 4", "/links/0/settings/polling", "at least 5", 9 },
    { "\"confirmation\": 720", "\"confirmation\": 1441", "/links/0/settings/confirmation", "at most 1440", 9 },
    { "\"accident\": 10", "\"accident\": 4", "/links/0/settings/accident", "at least 5", 9 },
    { "\"archive\": 15", "\"archive\": 61", "/links/0/settings/archive", "at most 60", 9 },
    { "\"min\": 0.28", "\"min\": 0.4", "/links/0/settings", "min below its max", 9 },
    { "{\"channel\": \"battery\", \"min\": 11.5}", "{\"channel\": \"ai2\", \"min\": 0.1}", "/links/0/settings", "ai2 is given twice", 9 },
    { "{\"channel\": \"battery\", \"min\": 11.5}", "{\"channel\": \"battery\"}", "/links/0/settings/thresholds/1", "", 9 },
    { "{\"channel\": \"battery\", \"min\": 11.5}", "{\"channel\": \"ai9\", \"min\": 1}", "/links/0/settings", "no such channel", 9 },
    { "{\"channel\": \"battery\", \"min\": 11.5}", "{\"channel\": \"ai3\", \"min\": 1}", "/links/0/settings", "no point", 9 },
    { "{\"channel\": \"battery\", \"min\": 11.5}", "{\"channel\": \"di1\", \"min\": 0.5}", "/links/0/settings", "contact", 9 },
    { "{\"channel\": \"battery\", \"min\": 11.5}", "{\"channel\": \"pulse16\", \"min\": 1}", "/links/0/settings", "pulse counter", 9 },
    { "\"factor\": 0.1", "\"factor\": 0", "/sites/0/points/6/factor", "above 0", 28 },
    { "\"signal\": \"number\", \"factor\": 0.1", "\"range\": [0, 9], \"factor\": 0.1", "/sites/0/points/6/factor", "only a number", 28 },
    { "\"max\": 0.345", "\"max\": 9", "/links/0/settings", "beyond what", 9 },
    { "\"max\": 0.345", "\"max\": 0.280001", "/links/0/settings", "the same to the channel's resolution", 9 },
    { "bbt:do8", "bbt:di8", "/sites/0/points/4/source", "written", 26 },
    { "bbt:ai2", "bbt:ai9", "/sites/0/points/0/source", "ai8", 22 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    refuses (full, cases[i].old, cases[i].new, cases[i].path, cases[i].says, cases[i].line);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  catalogue = data_catalogue_load (GDP_SOURCE_CATALOGUE, &error);
  g_assert_no_error (error);
  g_test_add_func ("/passport-bbt/everything-in-it-is-read", test_everything_is_read);
  g_test_add_func ("/passport-bbt/thresholds-become-raw-values", test_thresholds_become_raw);
  g_test_add_func ("/passport-bbt/category-is-spread-own-calls-are-exact", test_calls_of_category_and_own);
  g_test_add_func ("/passport-bbt/export-then-import-changes-nothing", test_export_then_import_changes_nothing);
  g_test_add_func ("/passport-bbt/one-wrong-thing-is-named-with-path-and-line", test_one_wrong_thing_is_named);
  int result = g_test_run ();
  data_catalogue_free (catalogue);
  return result;
}
