/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dial-in.h"

static const struct { const char *id, *channel; GdpPointKind kind; GdpSignal signal; double high; } points[] = {
  { "inlet", "ai1", GDP_POINT_INLET_PRESSURE, GDP_SIGNAL_CURRENT, 1.2 },
  { "outlet", "ai2", GDP_POINT_OUTLET_PRESSURE, GDP_SIGNAL_CURRENT, 0.6 },
  { "battery", "battery", GDP_POINT_BATTERY_VOLTAGE, GDP_SIGNAL_NUMBER, 0 },
  { "door", "di1", GDP_POINT_DOOR, GDP_SIGNAL_CONTACT, 0 },
};

static void
add_points (GdpNetworkBuilder *builder, const char *site_id, guint site, guint unit)
{
  for (guint i = 0; i < G_N_ELEMENTS (points); i++) {
    g_autofree char *id = g_strdup_printf ("%s/%s", site_id, points[i].id);
    g_autoptr (GError) error = NULL;

    gdp_network_builder_add_point (builder, &(GdpPoint) {
      .id = id, .kind = points[i].kind, .site = site, .unit = unit, .channel = points[i].channel,
      .engineering_unit = gdp_point_kind_info (points[i].kind)->unit, .resolution = 0.001,
      .scaling = { .signal = points[i].signal, .low = 0, .high = points[i].high } }, &error);
    g_assert_no_error (error);
  }
}

static void
add_bbt (GdpNetworkBuilder *builder, DataCatalogue *catalogue, guint number)
{
  const GdpScheduleEntry own = { .kind = GDP_SCHEDULE_WEEKLY, .day = 1, .minute = 18 * 60 };
  GdpThreshold threshold = { .channel = "ai2", .min = 0.28, .max = 0.345 };
  const GdpSettings settings = { .polling = 30, .confirmation = 360, .accident = 10, .archive = 15,
                                 .thresholds = &threshold, .n_thresholds = 1 };
  gboolean first = number == 1;
  g_autofree char *link_id = g_strdup_printf ("bbt-%u", number), *site_id = g_strdup_printf ("GDP-%u", 900 + number);
  g_autofree char *unit_id = g_strdup_printf ("%s/bbt", site_id), *serial = g_strdup_printf ("%05u", number);
  g_autoptr (GError) error = NULL;
  guint link, site, unit;

  link = gdp_network_builder_add_link (builder, &(GdpLink) {
    .id = link_id, .kind = GDP_LINK_BBT, .serial = serial, .guaranteed_sessions = 5000,
    .category = first ? "households" : NULL, .settings = first ? &settings : NULL,
    .schedule = first ? &own : NULL, .n_schedule = first }, &error);
  g_assert_no_error (error);
  site = gdp_network_builder_add_site (builder, &(GdpSite) { .id = site_id, .name = "Заречная", .region = "Северный район" },
                                       &error);
  g_assert_no_error (error);
  unit = gdp_network_builder_add_unit (builder, &(GdpUnit) {
    .id = unit_id, .site = site, .link = link, .profile = data_catalogue_profile (catalogue, "bbt-1"), .period = 60 }, &error);
  g_assert_no_error (error);
  add_points (builder, site_id, site, unit);
}

static void
add_modem (GdpNetworkBuilder *builder, DataCatalogue *catalogue)
{
  g_autoptr (GError) error = NULL;
  guint link, site;

  link = gdp_network_builder_add_link (builder, &(GdpLink) { .id = "modem", .kind = GDP_LINK_MODEM,
                                                             .registration = "867530900000009" }, &error);
  g_assert_no_error (error);
  site = gdp_network_builder_add_site (builder, &(GdpSite) { .id = "GDP-999" }, &error);
  g_assert_no_error (error);
  gdp_network_builder_add_unit (builder, &(GdpUnit) { .id = "GDP-999/upmp", .site = site, .link = link, .address = 1,
    .period = 5, .profile = data_catalogue_profile (catalogue, "upmp-12.4-a8-8") }, &error);
  g_assert_no_error (error);
}

GdpNetwork *
dial_in_network (DataCatalogue *catalogue, guint n)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  GdpScheduleEntry daily = { .kind = GDP_SCHEDULE_DAILY, .minute = 6 * 60 + 30 };
  g_autoptr (GError) error = NULL;

  g_assert_true (gdp_network_builder_add_schedule (builder, &(GdpSchedule) {
    .name = "households", .title = "Households", .zone = 180, .entries = &daily, .n_entries = 1 }, &error));
  for (guint i = 1; i <= n; i++)
    add_bbt (builder, catalogue, i);
  add_modem (builder, catalogue);
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}
