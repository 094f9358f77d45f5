/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies ahead of a site, on its page: in words that say no more than is known, and nothing when nothing does. */
#include "desk.h"

#include "data/trend.h"
#include "ui/outlook-line.h"

#define NOW (20000 * DATA_DAY)

static void
assert_text (double at, double earliest, double latest, const char *text)
{
  GdpPoint battery = { .id = "S/b", .kind = GDP_POINT_BATTERY_VOLTAGE, .engineering_unit = "V", .resolution = 0.01 };
  DataOutlook outlook = { .level = GDP_LEVEL_L, .limit = 22, .projection = {
    .kind = GDP_PROJECTION_AHEAD, .at = NOW + (gint64) (at * DATA_HOUR), .earliest = NOW + (gint64) (earliest * DATA_HOUR),
    .latest = latest < 0 ? G_MAXINT64 : NOW + (gint64) (latest * DATA_HOUR) } };
  g_autofree char *said = ui_outlook_text (&battery, &outlook, NOW);

  g_assert_cmpstr (said, ==, text);
}

static void
test_words (void)
{
  assert_text (5.2, 4.1, 7.7, "Battery voltage: L 22.00\302\240V in about 5 h if it goes on like this (4 h to 8 h)");
  assert_text (70, 40, 170, "Battery voltage: L 22.00\302\240V in about 3 d if it goes on like this (40 h to 7 d)");
  assert_text (240, 239, 241, "Battery voltage: L 22.00\302\240V in about 10 d if it goes on like this");
  assert_text (70, 40, -1, "Battery voltage: L 22.00\302\240V in about 3 d if it goes on like this (40 h at the earliest, perhaps never)");
  assert_text (0.1, 0, 0.9, "Battery voltage: L 22.00\302\240V in about 1 h if it goes on like this");
}

static void
assert_battery (GdpProjectionKind kind, double at, gint64 since, const char *text)
{
  GdpPoint battery = { .id = "S/b", .kind = GDP_POINT_BATTERY_VOLTAGE, .engineering_unit = "V", .resolution = 0.01 };
  DataOutlook outlook = { .level = GDP_LEVEL_LL, .limit = 22.8, .on_battery = TRUE, .since = since, .projection = {
    .kind = kind, .at = NOW + (gint64) (at * DATA_HOUR), .earliest = NOW + 14 * DATA_HOUR, .latest = NOW + 21 * DATA_HOUR } };
  g_autofree char *said = ui_outlook_text (&battery, &outlook, NOW);

  g_assert_true (g_pattern_match_simple (text, said));
}

static void
test_battery_words (void)
{
  gint64 since = NOW - 3 * DATA_DAY;

  assert_battery (GDP_PROJECTION_AHEAD, 17.2, since, "On the battery since ??.?? ??:??. It lasts about 17 h more, until *??:00 (14 h to 21 h)");
  assert_battery (GDP_PROJECTION_AHEAD, -5, 0, "On the battery for more than a month. By how it ran down it has been empty since *??:00");
  assert_battery (GDP_PROJECTION_REACHED, 0, since, "*. It is at LL 22.80\302\240V and may end at any moment");
  assert_battery (GDP_PROJECTION_FLAT, 0, since, "*. How long it lasts cannot be told: a battery of its kind shows nothing*");
  assert_battery (GDP_PROJECTION_STEADY, 0, since, "*. How long it lasts cannot be told: its voltage does not fall clearly");
  assert_battery (GDP_PROJECTION_TOO_LITTLE, 0, since, "*. How long it lasts cannot be told yet");
}

/* A week in which the mains of GDP-001 were lost and the battery has lost a volt and a half, down to a volt above its limit. */
static void
run_down (Desk *desk)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GError) error = NULL;
  const GdpNetwork *network = field_network (desk->field);
  const GdpPoint *point = &network->points[gdp_network_find_point (network, "GDP-001/battery")];
  gint64 mains = network->points[gdp_network_find_point (network, "GDP-001/mains")].key;
  gint64 now = data_store_now (desk->store), since = now - 7 * DATA_DAY;

  g_assert_cmpuint (point->limits.level[GDP_LEVEL_L].priority, !=, 0);
  for (gint64 time = since; time < now - DATA_HOUR; time += 60 * GDP_SECOND) {
    double value = point->limits.level[GDP_LEVEL_L].value + 2.5 - 1.5 * (double) (time - since) / (7.0 * DATA_DAY);
    GdpReading readings[] = { { .point = point->key, .time = time, .received = time + 1000, .value = value },
                              { .point = mains, .time = time, .received = time + 1000, .value = time < since + DATA_DAY } };
    g_array_append_vals (changes->readings, readings, 2);
  }
  gboolean ok = data_store_commit (desk->store, &(DataBatch) { .changes = changes, .now = now, .durable = TRUE }, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
test_page (void)
{
  Desk desk = { .field = field_new (2) };
  g_autoptr (GError) error = NULL;

  field_serve (desk.field);
  desk.store = data_store_open (field_uri (desk.field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  run_down (&desk);
  field_set (desk.field, "GDP-001/mains", 0);
  field_turn (desk.field);
  desk_sit (&desk, field_uri (desk.field), 1280, 720);
  desk_wait (&desk, desk_says, "live");
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, desk_says, "d more, until");
  desk_act (&desk, "site", "GDP-002");
  desk_wait (&desk, desk_is_silent, "On the battery");
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/outlook/no-finer-than-is-known", test_words);
  g_test_add_func ("/outlook/a-battery-is-told-of-while-it-feeds-its-site", test_battery_words);
  g_test_add_func ("/outlook/the-page-tells-what-comes", test_page);
  return g_test_run ();
}
