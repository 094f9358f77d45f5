/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-network.h"

static const struct {
  const char  *tag, *channel, *unit;
  GdpPointKind kind;
  double       low, high;      /* of the range; low == high: a contact */
  double       limits[GDP_N_LEVELS];
  guint        lines;          /* only stations with at least so many */
} points[] = {
  { "inlet",   "ai1", "MPa",   GDP_POINT_INLET_PRESSURE,    0, 1.6, { 0, 0.2, 0.75, 0 }, 1 },
  { "outlet1", "ai2", "kPa",   GDP_POINT_OUTLET_PRESSURE,   0, 5,   { 1.2, 1.8, 2.75, 2.88 }, 1 },
  { "outlet2", "ai3", "kPa",   GDP_POINT_OUTLET_PRESSURE,   0, 5,   { 1.2, 1.8, 2.75, 2.88 }, 2 },
  { "filter",  "ai4", "kPa",   GDP_POINT_FILTER_DP,         0, 16,  { 0, 0, 5, 10 }, 1 },
  { "room",    "ai5", "°C",    GDP_POINT_ROOM_TEMPERATURE, -50, 50, { 0, 5, 0, 0 }, 1 },
  { "ch4",     "ai6", "% LEL", GDP_POINT_GAS_CONCENTRATION, 0, 100, { 0, 0, 10, 20 }, 1 },
  { "battery", "ai7", "V",     GDP_POINT_BATTERY_VOLTAGE,   0, 32,  { 0, 0, 0, 0 }, 1 },
  { "valve1",  "di1", "",      GDP_POINT_SLAM_SHUT,         0, 0,   { 0 }, 1 },
  { "valve2",  "di2", "",      GDP_POINT_SLAM_SHUT,         0, 0,   { 0 }, 2 },
  { "door1",   "di3", "",      GDP_POINT_DOOR,              0, 0,   { 0 }, 1 },
  { "door2",   "di4", "",      GDP_POINT_DOOR,              0, 0,   { 0 }, 1 },
  { "mains",   "di5", "",      GDP_POINT_MAINS,             0, 0,   { 0 }, 1 },
};

static GdpProfile *
upmp (void)
{
  GdpRegister registers[24];
  for (guint i = 0; i < 8; i++) {
    registers[i] = (GdpRegister) { .channel = g_intern_string ((char[]) { 'a', 'i', '1' + i, 0 }),
                                   .table = GDP_TABLE_INPUT_REGISTERS, .address = i,
                                   .type = GDP_REGISTER_U16, .scale = 0.001 };
    registers[8 + i] = (GdpRegister) { .channel = g_intern_string ((char[]) { 'd', 'i', '1' + i, 0 }),
                                       .table = GDP_TABLE_DISCRETE_INPUTS, .address = i, .scale = 1 };
    registers[16 + i] = (GdpRegister) { .channel = g_intern_string ((char[]) { 'd', 'o', '1' + i, 0 }),
                                        .table = GDP_TABLE_COILS, .address = i, .scale = 1,
                                        .writable = TRUE };
  }
  g_autoptr (GError) error = NULL;
  GdpProfile *profile = gdp_profile_new ("upmp", "UPMP", registers, G_N_ELEMENTS (registers), &error);
  g_assert_no_error (error);
  return profile;
}

static void
add_points (GdpNetworkBuilder *builder, const char *site_id, guint site, guint unit, TestLines lines)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (points); i++) {
    if (points[i].lines > (guint) lines)
      continue;
    gboolean contact = points[i].low == points[i].high;
    g_autofree char *id = g_strdup_printf ("%s/%s", site_id, points[i].tag);
    GdpPoint point = { .id = id, .site = site, .unit = unit, .kind = points[i].kind,
                       .channel = points[i].channel, .engineering_unit = points[i].unit,
                       .resolution = 0.001, .keep_every = 60,
                       .scaling = { .signal = contact ? GDP_SIGNAL_CONTACT : GDP_SIGNAL_CURRENT,
                                    .low = points[i].low, .high = points[i].high } };
    for (guint level = 0; level < GDP_N_LEVELS; level++)
      if (points[i].limits[level] > 0)
        point.limits.level[level] = (GdpLimit) { .value = points[i].limits[level], .priority = 2 };
    gdp_network_builder_add_point (builder, &point, &error);
    g_assert_no_error (error);
  }
}

GdpNetwork *
test_network_new (TestLines lines, guint n_sites)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpProfile) profile = upmp ();
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  guint link = gdp_network_builder_add_link (builder, &(GdpLink) {
    .id = "tcp", .kind = GDP_LINK_MODBUS_TCP, .host = "127.0.0.1", .port = 5020 }, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_sites; i++) {
    g_autofree char *id = g_strdup_printf ("GDP-%03u", i + 1), *unit_id = g_strconcat (id, "/upmp", NULL);
    guint site = gdp_network_builder_add_site (builder, &(GdpSite) {
      .id = id, .name = id, .battery = { "AGM", 24, 40 } }, &error);
    g_assert_no_error (error);
    guint unit = gdp_network_builder_add_unit (builder, &(GdpUnit) {
      .id = unit_id, .site = site, .link = link, .address = i + 1, .profile = profile, .period = 1 }, &error);
    g_assert_no_error (error);
    add_points (builder, id, site, unit, lines);
  }
  return gdp_network_builder_finish (builder);
}

SimUnit *
test_unit_new (TestLines lines, guint64 seed)
{
  g_autoptr (GdpNetwork) network = test_network_new (lines, 1);
  return sim_unit_new (network, 0, FALSE, seed, TEST_START);
}
