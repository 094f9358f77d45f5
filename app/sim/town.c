/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "town.h"

#include <gio/gio.h>
#include <math.h>

#include "bus.h"
#include "chance.h"

#define PROFILE   "upmp-12.4-a8-8"
#define HEARTBEAT "ping"

/* Districts of a town on two rivers, and where their middles lie. */
static const struct { const char *name; double latitude, longitude; } districts[] = {
  { "Нижегородский район", 56.319, 44.025 }, { "Советский район", 56.292, 44.020 },
  { "Приокский район", 56.262, 43.995 },     { "Автозаводский район", 56.247, 43.862 },
  { "Ленинский район", 56.277, 43.925 },     { "Канавинский район", 56.315, 43.935 },
  { "Московский район", 56.325, 43.880 },    { "Сормовский район", 56.352, 43.865 },
};
#define SPREAD 0.012   /* degrees, standard deviation of sites around the middle */

static const char *const streets[] = {
  "Лесная", "Заводская", "Садовая", "Полевая", "Речная", "Вокзальная", "Школьная", "Луговая",
  "Набережная", "Цветочная", "Строителей", "Солнечная", "Береговая", "Кленовая", "Мельничная", "Ярмарочная",
  "Родниковая", "Овражная", "Дачная", "Почтовая", "Берёзовая", "Нагорная", "Рябиновая", "Фабричная",
  "Волжская", "Окская", "Зелёная", "Песчаная", "Тенистая", "Парковая", "Луначарского", "Чкалова",
};

typedef struct {
  GdpNetworkBuilder *builder;
  DataCatalogue     *catalogue;
  const GdpProfile  *profile;
  const SimWays     *ways;
  GdpLinkKind        kinds[GDP_N_LINK_KINDS];
  guint              n_kinds;
  guint              n_rtu, n_tcp;     /* sites so far */
  guint              rtu_link, tcp_link;
  double             rtu_period;
  guint64            chance;
} Town;

/* ---- links ------------------------------------------------------------------------------------- */

static void
list_ways (Town *town)
{
  if (town->ways->rtu_device)
    town->kinds[town->n_kinds++] = GDP_LINK_MODBUS_RTU;
  if (town->ways->tcp_host)
    town->kinds[town->n_kinds++] = GDP_LINK_MODBUS_TCP;
  if (town->ways->modems)
    town->kinds[town->n_kinds++] = GDP_LINK_MODEM;
}

static GdpLinkKind
way_of (const Town *town, guint index)
{
  GdpLinkKind kind = town->kinds[index % town->n_kinds];
  if (kind == GDP_LINK_MODBUS_RTU && town->n_rtu == SIM_BUS_UNITS)
    kind = town->kinds[1 + index % (town->n_kinds - 1)];
  return kind;
}

/* The server's end of the line is not ours, so its device is left to the server's configuration. */
static gboolean
reach_by_rtu (Town *town, const char *id, GdpUnit *unit, GError **error)
{
  if (town->n_rtu == 0)
    town->rtu_link = gdp_network_builder_add_link (town->builder, &(GdpLink) {
      .id = "rs485-1", .kind = GDP_LINK_MODBUS_RTU,
      .baud = town->ways->rtu_baud, .parity = town->ways->rtu_parity,
      .stop_bits = town->ways->rtu_parity == 'N' ? 2 : 1 }, error);
  unit->link = town->rtu_link;
  unit->address = ++town->n_rtu;
  unit->period = town->rtu_period;
  return unit->link != G_MAXUINT;
}

static gboolean
reach_by_tcp (Town *town, const char *id, GdpUnit *unit, GError **error)
{
  guint bus = town->n_tcp / SIM_BUS_UNITS, port = town->ways->tcp_port + bus;
  if (town->n_tcp % SIM_BUS_UNITS == 0) {
    g_autofree char *link_id = g_strdup_printf ("tcp-%u", port);
    town->tcp_link = gdp_network_builder_add_link (town->builder, &(GdpLink) {
      .id = link_id, .kind = GDP_LINK_MODBUS_TCP, .host = town->ways->tcp_host, .port = port }, error);
  }
  unit->link = town->tcp_link;
  unit->address = 1 + town->n_tcp++ % SIM_BUS_UNITS;
  unit->period = 1;
  return unit->link != G_MAXUINT;
}

static gboolean
reach_by_modem (Town *town, const char *id, GdpUnit *unit, GError **error)
{
  g_autofree char *link_id = g_strconcat ("modem-", id, NULL);
  unit->link = gdp_network_builder_add_link (town->builder, &(GdpLink) {
    .id = link_id, .kind = GDP_LINK_MODEM, .registration = id, .heartbeat = HEARTBEAT }, error);
  unit->address = 1;
  unit->period = 5;
  return unit->link != G_MAXUINT;
}

static gboolean (*const reach[GDP_N_LINK_KINDS]) (Town *, const char *, GdpUnit *, GError **) = {
  [GDP_LINK_MODBUS_RTU] = reach_by_rtu, [GDP_LINK_MODBUS_TCP] = reach_by_tcp,
  [GDP_LINK_MODEM] = reach_by_modem,
};

/* ---- sites -------------------------------------------------------------------------------------- */

/* Degrees, to about a metre: nobody surveys better. */
static double
near (Town *town, double middle, double spread)
{
  return rint ((middle + spread * sim_chance_normal (&town->chance)) * 1e5) / 1e5;
}

static guint
add_site (Town *town, guint index, const char *id, const DataVariant *variant, GError **error)
{
  static GdpContact contact = { "Аварийно-диспетчерская служба", "АДС", "104" };
  const char *street = streets[index % G_N_ELEMENTS (streets)];
  guint district = index * 3 % G_N_ELEMENTS (districts);
  /* A regulating point in a building of its own, or in a cabinet. */
  g_autofree char *name = g_strdup_printf (variant->lines > 1 ? "ГРП-%u %s" : "ГРПШ-%u %s",
                                           index + 1, street);
  g_autofree char *address = g_strdup_printf ("ул. %s, %u", street, 1 + (index * 7 + index / 32) % 90);
  GdpSite site = {
    .id = id, .name = name, .address = address, .region = districts[district].name,
    .variant = variant->id, .mimic = variant->mimic, .battery = variant->battery,
    .latitude = near (town, districts[district].latitude, SPREAD),
    .longitude = near (town, districts[district].longitude, 2 * SPREAD),
    .contacts = &contact, .n_contacts = 1,
  };
  return gdp_network_builder_add_site (town->builder, &site, error);
}

static gboolean
add_whole_site (Town *town, guint index, GError **error)
{
  const DataVariant *variant = data_catalogue_variant (town->catalogue,
                                                       index % data_catalogue_n_variants (town->catalogue));
  g_autofree char *id = g_strdup_printf ("GDP-%03u", index + 1), *unit_id = g_strconcat (id, "/upmp", NULL);
  guint site = add_site (town, index, id, variant, error);
  /* Cabinets on one line stand at the houses' end of the network, buildings with two at its middle. */
  DataOutlet outlet = variant->lines > 1 ? DATA_OUTLET_MEDIUM : DATA_OUTLET_LOW;
  GdpUnit unit = { .id = unit_id, .site = site, .profile = town->profile };
  if (site == G_MAXUINT || !reach[way_of (town, index)] (town, id, &unit, error))
    return FALSE;
  guint added = gdp_network_builder_add_unit (town->builder, &unit, error);
  return added != G_MAXUINT
         && data_catalogue_propose_points (town->catalogue, variant, outlet, town->builder,
                                           id, site, added, error);
}

static gboolean
check (const Town *town, guint n_sites, GError **error)
{
  guint n_tcp = (n_sites + town->n_kinds - 1) / town->n_kinds;
  guint ports = (n_tcp + SIM_BUS_UNITS - 1) / SIM_BUS_UNITS;
  const char *wrong = NULL;
  if (town->n_kinds == 1 && town->ways->rtu_device && n_sites > SIM_BUS_UNITS)
    wrong = "an RS-485 line carries at most 247 units; give --modbus-tcp or --connect besides,"
            " or fewer --sites";
  else if (town->ways->tcp_host && town->ways->tcp_port + ports > 65536)
    wrong = "247 sites take one TCP port, and the last would be beyond 65535; give a lower --modbus-tcp";
  else if (!data_catalogue_n_variants (town->catalogue) || !town->profile)
    wrong = "the catalogue lacks cabinet variants or the register profile " PROFILE ";"
            " is GDP_CATALOGUE right?";
  if (wrong)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, wrong);
  return wrong == NULL;
}

GdpNetwork *
sim_town_new (DataCatalogue *catalogue, guint n_sites, const SimWays *ways, guint64 seed, GError **error)
{
  Town town = { .catalogue = catalogue, .ways = ways, .chance = sim_chance_seed (seed, G_MAXUINT64),
                .profile = data_catalogue_profile (catalogue, PROFILE) };
  list_ways (&town);
  g_return_val_if_fail (town.n_kinds > 0, NULL);
  if (!check (&town, n_sites, error))
    return NULL;
  /* About ten pairs of reads a second fit into 19200 baud with margin. */
  guint n_rtu = MIN ((n_sites + town.n_kinds - 1) / town.n_kinds, SIM_BUS_UNITS);
  town.rtu_period = MAX (1.0, (n_rtu + 9) / 10 * (19200.0 / MAX (ways->rtu_baud, 1200)));

  g_autoptr (GdpNetworkBuilder) builder = town.builder = gdp_network_builder_new ();
  for (guint i = 0; i < n_sites; i++)
    if (!add_whole_site (&town, i, error))
      return NULL;
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}
