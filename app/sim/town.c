/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "town.h"

#include <gio/gio.h>
#include <math.h>

#include "bbt.h"
#include "bus.h"
#include "chance.h"

#define PROFILE   "upmp-12.4-a8-8"
#define HEARTBEAT "ping"

#define BBT_PROFILE       "bbt-1"
#define CORRECTOR_PROFILE "gas-corrector"
#define CORRECTOR_ADDRESS 1
#define CORRECTOR_PERIOD  30            /* s */
#define METER_FACTOR      0.1           /* m³ a pulse */
#define BBT_POLLING       10            /* s: quick enough to be watched */
#define BBT_CATEGORY      "households"

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
  const GdpProfile  *profile, *bbt, *corrector;
  const SimWays     *ways;
  GdpLinkKind        kinds[GDP_N_LINK_KINDS];
  guint              n_kinds;
  guint              n_rtu, n_tcp, n_bbt;   /* sites so far */
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
  if (town->ways->bbts)
    town->kinds[town->n_kinds++] = GDP_LINK_BBT;
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
reach_by_rtu (Town *town, const char *id, DataOutlet outlet, GdpUnit *unit, GError **error)
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
reach_by_tcp (Town *town, const char *id, DataOutlet outlet, GdpUnit *unit, GError **error)
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
reach_by_modem (Town *town, const char *id, DataOutlet outlet, GdpUnit *unit, GError **error)
{
  g_autofree char *link_id = g_strconcat ("modem-", id, NULL);
  unit->link = gdp_network_builder_add_link (town->builder, &(GdpLink) {
    .id = link_id, .kind = GDP_LINK_MODEM, .registration = id, .heartbeat = HEARTBEAT }, error);
  unit->address = 1;
  unit->period = 5;
  return unit->link != G_MAXUINT;
}

/* Thresholds as the catalogue proposes the limits; on its own, a BBT calls at once only when they are crossed. */
static gboolean
reach_by_bbt (Town *town, const char *id, DataOutlet outlet, GdpUnit *unit, GError **error)
{
  g_autofree char *link_id = g_strconcat ("bbt-", id, NULL), *serial = g_strconcat ("BBT1-", id + 4, NULL);
  guint n = town->n_bbt++;
  gboolean stays = town->ways->all_stay || n % 3 != 2;
  GdpThreshold outlet1 = { "ai2", outlet == DATA_OUTLET_LOW ? 1.8 : 0.216, outlet == DATA_OUTLET_LOW ? 2.75 : 0.33 };
  GdpSettings settings = { .polling = BBT_POLLING, .confirmation = 60, .accident = 5, .archive = 10,
                           .thresholds = &outlet1, .n_thresholds = 1 };
  unit->link = gdp_network_builder_add_link (town->builder, &(GdpLink) {
    .id = link_id, .kind = GDP_LINK_BBT, .serial = serial, .stays_connected = stays, .settings = &settings,
    .keyless = n % SIM_TOWN_KEYLESS == SIM_TOWN_KEYLESS - 1,
    .guaranteed_sessions = stays ? 0 : 10000, .category = stays ? NULL : BBT_CATEGORY }, error);
  unit->profile = town->bbt;
  unit->address = 0;
  unit->period = BBT_POLLING;
  return unit->link != G_MAXUINT;
}

static gboolean (*const reach[GDP_N_LINK_KINDS]) (Town *, const char *, DataOutlet, GdpUnit *, GError **) = {
  [GDP_LINK_MODBUS_RTU] = reach_by_rtu, [GDP_LINK_MODBUS_TCP] = reach_by_tcp,
  [GDP_LINK_MODEM] = reach_by_modem, [GDP_LINK_BBT] = reach_by_bbt,
};

/* Those that do not stay connected call in the morning and in the evening, not all at once. */
static gboolean
add_category (Town *town, GError **error)
{
  GdpScheduleEntry entries[] = { { .kind = GDP_SCHEDULE_DAILY, .minute = 6 * 60 + 30 },
                                 { .kind = GDP_SCHEDULE_DAILY, .minute = 18 * 60 + 30 } };
  GdpSchedule households = { .name = BBT_CATEGORY, .title = "Население", .zone = 180, .window = 3600,
                             .entries = entries, .n_entries = G_N_ELEMENTS (entries) };
  return !town->ways->bbts || town->ways->all_stay
         || gdp_network_builder_add_schedule (town->builder, &households, error);
}

/* Behind some BBTs a volume corrector tells the flow; the server asks it in mode T. */
static gboolean
add_corrector (Town *town, const char *id, guint site, guint link, GError **error)
{
  g_autofree char *unit_id = g_strconcat (id, "/corrector", NULL), *point_id = g_strconcat (id, "/flow", NULL);
  guint unit = gdp_network_builder_add_unit (town->builder, &(GdpUnit) {
    .id = unit_id, .site = site, .link = link, .address = CORRECTOR_ADDRESS, .profile = town->corrector,
    .period = CORRECTOR_PERIOD }, error);
  return unit != G_MAXUINT && gdp_network_builder_add_point (town->builder, &(GdpPoint) {
    .id = point_id, .site = site, .unit = unit, .kind = GDP_POINT_ANALOG, .channel = "flow",
    .engineering_unit = "m³/h", .resolution = 0.1, .keep_every = 600,
    .scaling = { .signal = GDP_SIGNAL_NUMBER } }, error) != G_MAXUINT;
}

/* Beside what the catalogue proposes. */
typedef struct { const char *tag; GdpPoint point; } Extra;

static gboolean
add_extras (Town *town, const char *id, guint site, guint unit, const Extra *extras, guint n, GError **error)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *point_id = g_strconcat (id, "/", extras[i].tag, NULL);
    GdpPoint point = extras[i].point;
    point.id = point_id;
    point.site = site;
    point.unit = unit;
    if (gdp_point_is_discrete (&point)) {
      point.engineering_unit = "";
      point.scaling.signal = GDP_SIGNAL_CONTACT;
      point.resolution = 1;
      point.keep_every = 600;
    }
    if (gdp_network_builder_add_point (town->builder, &point, error) == G_MAXUINT)
      return FALSE;
  }
  return TRUE;
}

/* A meter that counts, and what tells that somebody is at the unit. */
static gboolean
add_meter (Town *town, const char *id, guint site, guint unit, GError **error)
{
  static const GdpLimits tampered = { .state = { .state = 1, .priority = 2 }, .fault_priority = 3, .stale_priority = 3 };
  const Extra extras[] = {
    { "meter", { .kind = GDP_POINT_ANALOG, .name = "Счётчик газа", .channel = "pulse1", .engineering_unit = "m³",
                 .resolution = 0.1, .keep_every = 600,
                 .scaling = { .signal = GDP_SIGNAL_NUMBER, .factor = METER_FACTOR } } },
    { "wire", { .kind = GDP_POINT_TAMPER, .name = "Охранный провод", .channel = "wire", .limits = tampered } },
    { "cover", { .kind = GDP_POINT_TAMPER, .name = "Крышка блока", .channel = "cover", .limits = tampered } },
  };

  return add_extras (town, id, site, unit, extras, G_N_ELEMENTS (extras), error);
}

/* What the station's outputs move, see SIM_OUTPUT_FAN; the mimics draw both. */
static gboolean
add_outputs (Town *town, const char *id, guint site, guint unit, GError **error)
{
  static const Extra extras[] = {
    { "fan", { .kind = GDP_POINT_OUTPUT, .name = "Вентилятор", .channel = "do1" } },
    { "heater", { .kind = GDP_POINT_OUTPUT, .name = "Обогреватель", .channel = "do2" } },
  };

  return add_extras (town, id, site, unit, extras, G_N_ELEMENTS (extras), error);
}

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
  GdpLinkKind way = way_of (town, index);
  if (site == G_MAXUINT || !reach[way] (town, id, outlet, &unit, error))
    return FALSE;
  guint added = gdp_network_builder_add_unit (town->builder, &unit, error);
  if (added == G_MAXUINT
      || !data_catalogue_propose_points (town->catalogue, variant, outlet, town->builder, id, site, added, error)
      || !add_outputs (town, id, site, added, error))
    return FALSE;
  gboolean corrector = way == GDP_LINK_BBT && town->corrector && town->n_bbt % SIM_TOWN_CORRECTOR == 0;
  gboolean meter = way == GDP_LINK_BBT && town->n_bbt % SIM_TOWN_CORRECTOR == 1;
  if (meter && !add_meter (town, id, site, added, error))
    return FALSE;
  return !corrector || add_corrector (town, id, site, unit.link, error);
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
  else if (town->ways->bbts && !town->bbt)
    wrong = "the catalogue lacks the report profile " BBT_PROFILE "; is GDP_CATALOGUE right?";
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
                .profile = data_catalogue_profile (catalogue, PROFILE),
                .bbt = data_catalogue_profile (catalogue, BBT_PROFILE),
                .corrector = data_catalogue_profile (catalogue, CORRECTOR_PROFILE) };
  list_ways (&town);
  g_return_val_if_fail (town.n_kinds > 0, NULL);
  if (!check (&town, n_sites, error))
    return NULL;
  /* About ten pairs of reads a second fit into 19200 baud with margin. */
  guint n_rtu = MIN ((n_sites + town.n_kinds - 1) / town.n_kinds, SIM_BUS_UNITS);
  town.rtu_period = MAX (1.0, (n_rtu + 9) / 10 * (19200.0 / MAX (ways->rtu_baud, 1200)));

  g_autoptr (GdpNetworkBuilder) builder = town.builder = gdp_network_builder_new ();
  if (!add_category (&town, error))
    return NULL;
  for (guint i = 0; i < n_sites; i++)
    if (!add_whole_site (&town, i, error))
      return NULL;
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}

char *
sim_town_keys (const GdpNetwork *network, guint64 seed)
{
  GString *text = g_string_new ("# Keys of the BBT-1 units that gdp-sim plays\n");
  for (guint i = 0; i < network->n_links; i++) {
    const GdpLink *link = &network->links[i];
    guint8 key[32];
    if (link->kind != GDP_LINK_BBT || link->keyless)
      continue;
    sim_bbt_key (seed, link->serial, key);
    g_string_append_printf (text, "%s ", link->serial);
    for (guint byte = 0; byte < sizeof key; byte++)
      g_string_append_printf (text, "%02x", key[byte]);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}
