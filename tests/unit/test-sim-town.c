/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network that is played can be imported: its passports are valid and say the same again. */
#include <math.h>
#include <string.h>

#include "app/sim/town.h"
#include "app/sim/unit.h"
#include "data/passport.h"
#include "sim-network.h"

static DataCatalogue *
catalogue (void)
{
  g_autoptr (GError) error = NULL;
  DataCatalogue *loaded = data_catalogue_load (GDP_SOURCE_CATALOGUE, &error);
  g_assert_no_error (error);
  return loaded;
}

static GdpNetwork *
town (DataCatalogue *from, guint n, const SimWays *ways)
{
  g_autoptr (GError) error = NULL;
  GdpNetwork *network = sim_town_new (from, n, ways, 1, &error);
  g_assert_no_error (error);
  return network;
}

static const SimWays tcp = { .rtu_baud = 19200, .rtu_parity = 'E',
                             .tcp_host = "127.0.0.1", .tcp_port = 5020 };
static const SimWays all = { .rtu_device = "/dev/x", .rtu_baud = 9600, .rtu_parity = 'N',
                             .tcp_host = "127.0.0.1", .tcp_port = 5020, .modems = TRUE };

static void
passports_of_a_thousand_sites_import (void)
{
  g_autoptr (DataCatalogue) from = catalogue ();
  g_autoptr (GdpNetwork) network = town (from, 1000, &all);
  g_autofree char *text = data_passport_write (network, NULL, 0);
  g_autoptr (GPtrArray) problems = NULL;
  guint n = 0;
  g_autoptr (GdpNetwork) again = data_passport_parse ("town", text, -1, from, &problems, &n);
  if (n)
    g_error ("%u problems, the first: %s: %s", n, ((DataProblem *) problems->pdata[0])->path,
             ((DataProblem *) problems->pdata[0])->message);
  g_assert_cmpuint (again->n_sites, ==, 1000);
  g_autofree char *same = data_passport_write (again, NULL, 0);
  g_assert_cmpstr (text, ==, same);
}

static void
sites_take_turns_over_the_ways (void)
{
  g_autoptr (DataCatalogue) from = catalogue ();
  g_autoptr (GdpNetwork) network = town (from, 1000, &all);
  guint counts[GDP_N_LINK_KINDS] = { 0 };
  for (guint i = 0; i < network->n_units; i++) {
    const GdpUnit *unit = &network->units[i];
    GdpLinkKind kind = network->links[unit->link].kind;
    counts[kind]++;
    if (i < 3 * 247)
      g_assert_cmpuint (kind, ==, i % 3);   /* the order of the enumeration */
    g_assert_cmpuint (unit->address, >=, 1);
    g_assert_cmpuint (unit->address, <=, 247);
  }
  g_assert_cmpuint (counts[GDP_LINK_MODBUS_RTU], ==, 247);
  g_assert_cmpuint (counts[GDP_LINK_MODBUS_TCP] + counts[GDP_LINK_MODEM], ==, 753);
  g_assert_cmpuint (counts[GDP_LINK_MODBUS_TCP], >, 300);
  g_assert_cmpuint (counts[GDP_LINK_MODEM], >, 300);
}

static void
each_247_sites_take_one_port (void)
{
  g_autoptr (DataCatalogue) from = catalogue ();
  g_autoptr (GdpNetwork) network = town (from, 248, &tcp);
  g_assert_cmpuint (network->n_links, ==, 2);
  g_assert_cmpuint (network->links[1].port, ==, 5021);
  g_assert_cmpuint (network->units[246].address, ==, 247);
  g_assert_cmpuint (network->units[247].address, ==, 1);
  g_assert_cmpuint (network->units[247].link, ==, 1);
}

static void
what_cannot_be_carried_is_refused (void)
{
  g_autoptr (DataCatalogue) from = catalogue ();
  SimWays rtu = { .rtu_device = "/dev/x", .rtu_baud = 9600, .rtu_parity = 'N' };
  SimWays last = { .tcp_host = "127.0.0.1", .tcp_port = 65535 };
  g_autoptr (GError) error = NULL;
  g_assert_null (sim_town_new (from, 248, &rtu, 1, &error));
  g_assert_nonnull (strstr (error->message, "247"));
  g_clear_error (&error);
  g_assert_null (sim_town_new (from, 248, &last, 1, &error));
  g_assert_nonnull (strstr (error->message, "65535"));
  g_autoptr (GdpNetwork) network = town (from, 247, &last);
  g_assert_nonnull (network);
}

/* The limits that the catalogue proposes fit the station that is played: an ordinary day is quiet. */
static void
an_ordinary_day_stays_within_the_proposed_limits (void)
{
  g_autoptr (DataCatalogue) from = catalogue ();
  g_autoptr (GdpNetwork) network = town (from, 12, &tcp);
  for (guint i = 0; i < network->n_units; i++) {
    g_autoptr (SimUnit) unit = sim_unit_new (network, i, FALSE, 1, TEST_START);
    const GdpSite *site = &network->sites[i];
    for (guint minute = 0; minute < 24 * 60; minute++) {
      for (guint second = 0; second < 60; second += 2)
        sim_unit_step (unit, unit->station.time + 2 * GDP_SECOND);
      for (guint n = 0; n < site->n_points; n++) {
        const GdpPoint *point = &network->points[site->first_point + n];
        const GdpRegister *reg = gdp_profile_find (network->units[i].profile, point->channel);
        guint16 word;
        g_assert_cmpuint (sim_unit_read (unit, reg->table, reg->address, 1, &word), ==, 0);
        double raw = gdp_register_decode (reg, &word);
        if (point->scaling.signal == GDP_SIGNAL_CONTACT) {
          if (point->limits.state.priority)
            g_assert_cmpfloat (raw != point->scaling.invert, !=, point->limits.state.state);
          continue;
        }
        double value = point->scaling.low + (raw - 4) / 16 * (point->scaling.high - point->scaling.low);
        const GdpLimit *low = &point->limits.level[GDP_LEVEL_L], *high = &point->limits.level[GDP_LEVEL_H];
        if ((low->priority && value < low->value) || (high->priority && value > high->value))
          g_error ("%s is %g, beyond %g .. %g", point->id, value, low->value, high->value);
        g_assert_cmpfloat (raw, >=, 4);
        g_assert_cmpfloat (raw, <=, 20);
      }
    }
  }
}

/* Each is written as its profile says, read back, and moves what the station plays. */
static void
outputs_of_every_site_switch (void)
{
  g_autoptr (DataCatalogue) from = catalogue ();
  g_autoptr (GdpNetwork) network = town (from, 12, &tcp);
  static const struct { const char *tag; guint bit; } outputs[] = { { "fan", SIM_OUTPUT_FAN }, { "heater", SIM_OUTPUT_HEATER } };

  for (guint i = 0; i < network->n_sites; i++) {
    SimUnit *unit = sim_unit_new (network, network->sites[i].first_unit, FALSE, 1, 0);
    for (guint o = 0; o < G_N_ELEMENTS (outputs); o++) {
      g_autofree char *id = g_strdup_printf ("%s/%s", network->sites[i].id, outputs[o].tag);
      const GdpRegister *coil = gdp_network_output (network, gdp_network_find_point (network, id));
      guint16 back = 0;
      g_assert_nonnull (coil);
      g_assert_cmpuint (sim_unit_write (unit, coil->table, coil->address, 1, &(guint16) { 1 }), ==, 0);
      sim_unit_step (unit, GDP_SECOND);
      g_assert_cmpuint (sim_unit_read (unit, coil->table, coil->address, 1, &back), ==, 0);
      g_assert_cmpuint (back, ==, 1);
      g_assert_cmpuint (unit->station.outputs & outputs[o].bit, ==, outputs[o].bit);
    }
    sim_unit_free (unit);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(function, name) g_test_add_func ("/sim-town/" name, function)
  TEST (passports_of_a_thousand_sites_import, "passports-of-a-thousand-sites-import");
  TEST (sites_take_turns_over_the_ways, "sites-take-turns-over-the-ways");
  TEST (each_247_sites_take_one_port, "each-247-sites-take-one-port");
  TEST (what_cannot_be_carried_is_refused, "what-cannot-be-carried-is-refused");
  TEST (an_ordinary_day_stays_within_the_proposed_limits, "ordinary-day-stays-within-the-proposed-limits");
  TEST (outputs_of_every_site_switch, "outputs-of-every-site-switch");
  return g_test_run ();
}
