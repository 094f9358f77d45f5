/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "two-sites.h"

GdpNetwork *
two_sites (void)
{
  static const struct { const char *tag; GdpPointKind kind; } points[] = {
    { "inlet", GDP_POINT_INLET_PRESSURE }, { "outlet1", GDP_POINT_OUTLET_PRESSURE }, { "slam1", GDP_POINT_SLAM_SHUT },
    { "door", GDP_POINT_DOOR }, { "tamper", GDP_POINT_TAMPER }, { "mains", GDP_POINT_MAINS }, { "battery", GDP_POINT_BATTERY_VOLTAGE },
    { "outlet2", GDP_POINT_OUTLET_PRESSURE }, { "slam2", GDP_POINT_SLAM_SHUT },
  };
  static const GdpRegister registers[] = { { "r", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, GDP_WORDS_HIGH_FIRST, 1 } };
  g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", registers, 1, NULL);
  g_autoptr (GError) error = NULL;
  GdpNetworkBuilder *builder = gdp_network_builder_new ();

  gdp_network_builder_add_link (builder, &(GdpLink) { .key = 1, .id = "tcp", .kind = GDP_LINK_MODBUS_TCP, .host = "h" }, &error);
  for (guint site = 0; site < 2; site++) {
    g_autofree char *id = g_strdup_printf ("S%u", site + 1), *unit = g_strdup_printf ("S%u/u", site + 1);
    gdp_network_builder_add_site (builder, &(GdpSite) { .key = site + 1, .id = id }, &error);
    gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = site + 1, .id = unit, .site = site, .address = site + 1,
                                                        .profile = profile, .period = 5 }, &error);
    for (guint i = 0; i < G_N_ELEMENTS (points); i++) {
      g_autofree char *point = g_strdup_printf ("S%u/%s", site + 1, points[i].tag);
      gdp_network_builder_add_point (builder, &(GdpPoint) {
        .key = 100 * site + i + 1, .id = point, .site = site, .unit = site, .kind = points[i].kind, .channel = "r",
        .engineering_unit = "", .resolution = 1, .scaling = { GDP_SIGNAL_NUMBER } }, &error);
    }
  }
  g_assert_no_error (error);
  return gdp_network_builder_finish (builder);
}

GdpAlarm
alarm_at (const char *id, GdpCondition condition, double seconds)
{
  gint64 time = TWO_SITES_START + (gint64) (seconds * GDP_SECOND);
  return (GdpAlarm) { .id = id, .condition = condition, .active = TRUE, .first = time, .occurred = time, .occurrence = 1 };
}
