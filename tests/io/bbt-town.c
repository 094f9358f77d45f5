/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-town.h"

#include <math.h>
#include <unistd.h>

#include "tongue.h"

enum { POINTS = 8 };

static GdpProfile *
new_profile (void)
{
  GdpRegister registers[POINTS];

  for (guint i = 0; i < POINTS; i++) {
    g_autofree char *channel = g_strdup_printf ("ai%u", i + 1);
    registers[i] = (GdpRegister) { .channel = g_intern_string (channel), .table = GDP_TABLE_REPORT_VALUES,
                                   .address = (guint16) (i + 1), .type = GDP_REGISTER_U16, .scale = 0.001 };
  }
  return gdp_profile_new ("town", "Eight currents", registers, POINTS, NULL);
}

static void
add_points (GdpNetworkBuilder *builder, guint site, guint unit, const char *site_id)
{
  for (guint i = 0; i < POINTS; i++) {
    g_autofree char *channel = g_strdup_printf ("ai%u", i + 1), *id = g_strdup_printf ("%s/%s", site_id, channel);
    GdpPoint point = { .id = id, .site = site, .unit = unit, .channel = channel, .keep_every = 60,
                       .kind = GDP_POINT_OUTLET_PRESSURE, .engineering_unit = "kPa", .resolution = 0.001,
                       .scaling = { .signal = GDP_SIGNAL_CURRENT, .low = 0, .high = 10 } };
    point.limits.level[GDP_LEVEL_H] = (GdpLimit) { .value = 8, .deadband = 0.1, .priority = 2 };
    point.limits.level[GDP_LEVEL_HH] = (GdpLimit) { .value = 9, .deadband = 0.1, .priority = 1 };
    gdp_network_builder_add_point (builder, &point, NULL);
  }
}

GdpNetwork *
bbt_town_new (guint n, gboolean keyless)
{
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  g_autoptr (GdpProfile) profile = new_profile ();

  for (guint i = 0; i < n; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *link_id = g_strdup_printf ("bbt-%u", i), *site_id = g_strdup_printf ("T%05u", i);
    g_autofree char *unit_id = g_strdup_printf ("%s/bbt", site_id);
    char serial[17];

    tongue_serial (i, serial);
    GdpLink link = { .key = i + 1, .id = link_id, .kind = GDP_LINK_BBT, .serial = serial, .keyless = keyless,
                     .stays_connected = TRUE };
    guint l = gdp_network_builder_add_link (builder, &link, &error);
    GdpSite site = { .id = site_id, .name = site_id, .latitude = NAN, .longitude = NAN };
    guint s = gdp_network_builder_add_site (builder, &site, &error);
    GdpUnit unit = { .id = unit_id, .site = s, .link = l, .address = 0, .profile = profile, .period = 60 };
    guint u = gdp_network_builder_add_unit (builder, &unit, &error);
    g_assert_no_error (error);
    add_points (builder, s, u, site_id);
  }
  return gdp_network_builder_finish (builder);
}

char *
bbt_town_keys (guint n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char *name = NULL;
  int fd = g_file_open_tmp ("gdp-keys-XXXXXX", &name, NULL);   /* for its owner only */

  for (guint i = 0; i < n; i++) {
    guint8 key[COMMS_BBT_KEY_SIZE];
    char serial[17];

    tongue_serial (i, serial);
    tongue_key (i, key);
    g_string_append_printf (text, "%s ", serial);
    for (guint k = 0; k < sizeof key; k++)
      g_string_append_printf (text, "%02x", key[k]);
    g_string_append_c (text, '\n');
  }
  g_assert_cmpint (write (fd, text->str, text->len), ==, (gssize) text->len);
  close (fd);
  return name;
}
