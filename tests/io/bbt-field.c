/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-field.h"

static const GdpRegister reported[] = {
  { "ai1", GDP_TABLE_REPORT_VALUES, 1, GDP_REGISTER_U16, .scale = 0.001 },
  { "ai2", GDP_TABLE_REPORT_VALUES, 2, GDP_REGISTER_U16, .scale = 0.001 },
  { "battery", GDP_TABLE_REPORT_VALUES, 12, GDP_REGISTER_U16, .scale = 0.001 },
  { "pulse1", GDP_TABLE_REPORT_VALUES, GDP_REPORT_PULSE1, GDP_REGISTER_U32, .scale = 0.5 },
  { "di1", GDP_TABLE_REPORT_BITS, 0, GDP_REGISTER_BIT, .scale = 1 },
  { "wire", GDP_TABLE_REPORT_BITS, GDP_REPORT_WIRE, GDP_REGISTER_BIT, .scale = 1 },
};
static const GdpRegister slave[] = {
  { "ai1", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, .scale = 1 },
  { "ai2", GDP_TABLE_INPUT_REGISTERS, 1, GDP_REGISTER_U16, .scale = 1 },
};

static void
add_unit (GdpNetworkBuilder *builder, guint site, guint link, guint8 address, const GdpRegister *registers,
          guint n_registers)
{
  const char *name = address == 0 ? "report" : "slave";
  g_autoptr (GdpProfile) profile = gdp_profile_new (name, name, registers, n_registers, NULL);
  g_autofree char *id = g_strdup_printf ("S%u/%s", link, name);
  g_autoptr (GError) error = NULL;
  guint unit = gdp_network_builder_add_unit (builder, &(GdpUnit) { .id = id, .site = site, .link = link,
                                             .address = address, .profile = profile, .period = 0.2 }, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < n_registers; i++) {
    g_autofree char *point = g_strdup_printf ("S%u/%s-%s", link, name, registers[i].channel);
    gboolean bit = registers[i].type == GDP_REGISTER_BIT;
    gdp_network_builder_add_point (builder, &(GdpPoint) {
      .id = point, .site = site, .unit = unit, .channel = registers[i].channel, .engineering_unit = "",
      .kind = bit ? GDP_POINT_DISCRETE : GDP_POINT_ANALOG,
      .scaling = { bit ? GDP_SIGNAL_CONTACT : GDP_SIGNAL_NUMBER }, .resolution = 0.001, .keep_every = 60 }, &error);
    g_assert_no_error (error);
  }
}

static void
add_bbt (GdpNetworkBuilder *builder, guint number)
{
  static const GdpScheduleEntry noon = { .kind = GDP_SCHEDULE_DAILY, .minute = 720 };
  g_autofree char *id = g_strdup_printf ("bbt-%u", number), *serial = g_strdup_printf ("U%u", number);
  g_autofree char *site_id = g_strdup_printf ("S%u", number);
  g_autoptr (GdpSettings) settings = number == PEER_SETTINGS ? gdp_settings_new () : NULL;
  g_autoptr (GError) error = NULL;
  guint link = gdp_network_builder_add_link (builder, &(GdpLink) {
    .id = id, .key = 100 + number, .kind = GDP_LINK_BBT, .serial = serial, .keyless = number == PEER_KEYLESS,
    .settings = settings, .schedule = settings != NULL ? &noon : NULL, .n_schedule = settings != NULL }, &error);
  g_assert_no_error (error);
  guint site = gdp_network_builder_add_site (builder, &(GdpSite) { .id = site_id }, &error);

  add_unit (builder, site, link, 0, reported, G_N_ELEMENTS (reported));
  if (number == PEER_SLAVE)
    add_unit (builder, site, link, 1, slave, G_N_ELEMENTS (slave));
}

GdpNetwork *
peer_network (void)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();

  for (guint i = 0; i < PEER_LINKS; i++)
    add_bbt (builder, i);
  gdp_network_builder_add_link (builder, &(GdpLink) { .id = "modem", .kind = GDP_LINK_MODEM,
                                .registration = "GDP-0000" }, NULL);
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}

void
peer_key (guint link, guint8 key[COMMS_BBT_KEY_SIZE])
{
  for (guint i = 0; i < COMMS_BBT_KEY_SIZE; i++)
    key[i] = 17 * i + link;
}

CommsBbtKeys *
peer_keys (void)
{
  g_autoptr (GString) text = g_string_new ("# for tests\n");
  g_autoptr (GError) error = NULL;

  for (guint link = 0; link < PEER_LINKS; link++) {
    guint8 key[COMMS_BBT_KEY_SIZE];
    peer_key (link, key);
    g_string_append_printf (text, "U%u ", link);
    for (guint i = 0; i < sizeof key; i++)
      g_string_append_printf (text, "%02x", key[i]);
    g_string_append_c (text, '\n');
    if (link + 1 == PEER_KEYLESS)
      link++;
  }
  CommsBbtKeys *keys = comms_bbt_keys_parse ("keys", text->str, text->len, &error);
  g_assert_no_error (error);
  return keys;
}

Field *
peer_field (CommsSessionSettings settings)
{
  g_autoptr (CommsBbtKeys) keys = peer_keys ();

  settings.keys = keys;
  settings.udp = "127.0.0.1:0";
  return field_start (peer_network (), settings);
}
