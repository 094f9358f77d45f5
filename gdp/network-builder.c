/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network.h"

#include <math.h>
#include <string.h>

#include "network-private.h"

#define LEAST_PERIOD   0.2
#define LONGEST_PERIOD 600.0
#define LAST_SLAVE     247     /* Modbus over Serial Line V1.02, 2.2 */

struct GdpNetworkBuilder {
  GArray       *sites, *links, *units, *points, *schedules;
  GHashTable   *by_id;
  GPtrArray    *profiles;
  GStringChunk *strings;
};

G_DEFINE_QUARK (gdp-network-error-quark, gdp_network_error)

static void
free_calls (gpointer schedule)
{
  g_clear_pointer (&((GdpSchedule *) schedule)->entries, g_free);
}

static void
free_bbt (gpointer link)
{
  gdp_settings_free ((GdpSettings *) ((GdpLink *) link)->settings);
  g_free ((GdpScheduleEntry *) ((GdpLink *) link)->schedule);
}

static void
free_lists (gpointer site)
{
  g_clear_pointer (&((GdpSite *) site)->contacts, g_free);
  g_clear_pointer (&((GdpSite *) site)->cards, g_free);
}

GdpNetworkBuilder *
gdp_network_builder_new (void)
{
  GdpNetworkBuilder *builder = g_new0 (GdpNetworkBuilder, 1);

  builder->sites = g_array_new (FALSE, FALSE, sizeof (GdpSite));
  g_array_set_clear_func (builder->sites, free_lists);
  builder->schedules = g_array_new (FALSE, FALSE, sizeof (GdpSchedule));
  g_array_set_clear_func (builder->schedules, free_calls);
  builder->links = g_array_new (FALSE, FALSE, sizeof (GdpLink));
  g_array_set_clear_func (builder->links, free_bbt);
  builder->units = g_array_new (FALSE, FALSE, sizeof (GdpUnit));
  builder->points = g_array_new (FALSE, FALSE, sizeof (GdpPoint));
  builder->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  builder->profiles = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_profile_free);
  builder->strings = g_string_chunk_new (4096);
  return builder;
}

void
gdp_network_builder_free (GdpNetworkBuilder *builder)
{
  if (builder == NULL)
    return;
  g_clear_pointer (&builder->sites, g_array_unref);
  g_clear_pointer (&builder->schedules, g_array_unref);
  g_clear_pointer (&builder->links, g_array_unref);
  g_clear_pointer (&builder->units, g_array_unref);
  g_clear_pointer (&builder->points, g_array_unref);
  g_clear_pointer (&builder->by_id, g_hash_table_unref);
  g_clear_pointer (&builder->profiles, g_ptr_array_unref);
  g_clear_pointer (&builder->strings, g_string_chunk_free);
  g_free (builder);
}

/* For texts that many objects share ("MPa", "ai1"): one copy of each. */
static void
share (GdpNetworkBuilder *builder, const char **text)
{
  if (*text != NULL)
    *text = g_string_chunk_insert_const (builder->strings, *text);
}

static void
keep (GdpNetworkBuilder *builder, const char **text)
{
  if (*text != NULL)
    *text = g_string_chunk_insert (builder->strings, *text);
}

static const char *
type_word (GdpObjectType type)
{
  static const char *const words[] = { "", "site", "link", "unit", "point" };
  return words[type];
}

static gboolean
check_id (GdpNetworkBuilder *builder, GdpObjectType type, const char *id, GError **error)
{
  gpointer other;

  if (id == NULL || *id == '\0') {
    g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_INVALID, "A %s has no id", type_word (type));
    return FALSE;
  }
  other = g_hash_table_lookup (builder->by_id, id);
  if (other != NULL) {
    g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_DUPLICATE,
                 "Id “%s” of a %s is already taken by a %s; every id must be unique",
                 id, type_word (type), type_word (gdp_object_type (other)));
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_reference (GArray *array, guint index, const char *who, const char *what, GError **error)
{
  if (index < array->len)
    return TRUE;
  g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_MISSING, "“%s” belongs to no known %s", who, what);
  return FALSE;
}

static gboolean
check_number (const char *who, const char *what, double value, double low, double high, GError **error)
{
  if (value >= low && value <= high)
    return TRUE;
  g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_INVALID,
               "“%s”: %s %g must be %g to %g", who, what, value, low, high);
  return FALSE;
}

static guint
append (GdpNetworkBuilder *builder, GdpObjectType type, GArray *array, const char *id, gconstpointer object)
{
  g_hash_table_insert (builder->by_id, (gpointer) id, gdp_object (type, array->len));
  g_array_append_vals (array, object, 1);
  return array->len - 1;
}

static gboolean
knows_schedule (GdpNetworkBuilder *builder, const char *name)
{
  for (guint i = 0; i < builder->schedules->len; i++)
    if (strcmp (g_array_index (builder->schedules, GdpSchedule, i).name, name) == 0)
      return TRUE;
  return FALSE;
}

gboolean
gdp_network_builder_add_schedule (GdpNetworkBuilder *builder, const GdpSchedule *schedule, GError **error)
{
  GdpSchedule own = *schedule;

  if (own.name == NULL || *own.name == '\0' || knows_schedule (builder, own.name)) {
    g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_DUPLICATE,
                 "A schedule needs a name of its own; “%s” is none", own.name ? own.name : "");
    return FALSE;
  }
  if (!gdp_schedule_check (schedule, error)) {
    g_prefix_error (error, "Schedule “%s”: ", own.name);
    return FALSE;
  }
  keep (builder, &own.name);
  keep (builder, &own.title);
  own.entries = g_memdup2 (schedule->entries, schedule->n_entries * sizeof *schedule->entries);
  g_array_append_val (builder->schedules, own);
  return TRUE;
}

static gboolean
check_bbt (GdpNetworkBuilder *builder, const GdpLink *link, GError **error)
{
  GdpSchedule own = { .zone = link->zone, .entries = (GdpScheduleEntry *) link->schedule,
                      .n_entries = link->n_schedule };

  if (link->category != NULL && !knows_schedule (builder, link->category)) {
    g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_MISSING,
                 "Link “%s” is of a category “%s” that has no schedule", link->id, link->category);
    return FALSE;
  }
  if (link->category != NULL && link->zone != 0) {
    g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_INVALID,
                 "Link “%s” is of category “%s”, whose zone is in force; it needs none of its own", link->id,
                 link->category);
    return FALSE;
  }
  if (gdp_schedule_check (&own, error) && (link->settings == NULL || gdp_settings_check (link->settings, error)))
    return TRUE;
  g_prefix_error (error, "Link “%s”: ", link->id);
  return FALSE;
}

guint
gdp_network_builder_add_link (GdpNetworkBuilder *builder, const GdpLink *link, GError **error)
{
  GdpLink own = *link;

  if (!check_id (builder, GDP_OBJECT_LINK, link->id, error) || !check_bbt (builder, link, error))
    return G_MAXUINT;
  keep (builder, &own.id);
  keep (builder, &own.device);
  keep (builder, &own.host);
  keep (builder, &own.registration);
  share (builder, &own.heartbeat);
  keep (builder, &own.serial);
  share (builder, &own.category);
  own.settings = gdp_settings_copy (link->settings);
  own.schedule = g_memdup2 (link->schedule, link->n_schedule * sizeof *link->schedule);
  own.report_unit = G_MAXUINT;
  return append (builder, GDP_OBJECT_LINK, builder->links, own.id, &own);
}

guint
gdp_network_builder_add_site (GdpNetworkBuilder *builder, const GdpSite *site, GError **error)
{
  GdpSite own = *site;

  if (!check_id (builder, GDP_OBJECT_SITE, site->id, error))
    return G_MAXUINT;
  keep (builder, &own.id);
  keep (builder, &own.name);
  keep (builder, &own.address);
  share (builder, &own.region);
  share (builder, &own.variant);
  share (builder, &own.mimic);
  keep (builder, &own.notes);
  share (builder, &own.battery.chemistry);
  own.contacts = g_memdup2 (site->contacts, site->n_contacts * sizeof *site->contacts);
  for (guint i = 0; i < own.n_contacts; i++) {
    share (builder, &own.contacts[i].name);
    share (builder, &own.contacts[i].role);
    share (builder, &own.contacts[i].phone);
  }
  own.cards = g_memdup2 (site->cards, site->n_cards * sizeof *site->cards);
  for (guint i = 0; i < own.n_cards; i++) {
    GdpSiteCard *card = &own.cards[i];
    const char **texts[] = { &card->point, &card->condition, &card->card.causes, &card->card.consequence, &card->card.steps,
                             &card->card.whom };
    for (guint text = 0; text < G_N_ELEMENTS (texts); text++)
      share (builder, texts[text]);
  }
  return append (builder, GDP_OBJECT_SITE, builder->sites, own.id, &own);
}

static const GdpProfile *
own_profile (GdpNetworkBuilder *builder, const GdpProfile *profile)
{
  for (guint i = 0; i < builder->profiles->len; i++) {
    GdpProfile *known = g_ptr_array_index (builder->profiles, i);
    if (strcmp (known->name, profile->name) == 0)
      return known;
  }
  g_ptr_array_add (builder->profiles, gdp_profile_copy (profile));
  return g_ptr_array_index (builder->profiles, builder->profiles->len - 1);
}

const char *
gdp_unit_fault (GdpLinkKind kind, guint address, const GdpProfile *profile)
{
  gboolean report = profile != NULL && gdp_profile_is_report (profile);

  if (report && kind != GDP_LINK_BBT)
    return "its profile is of a BBT's reports: it must be on a link of kind bbt";
  if (report && address != 0)
    return "its profile is of the BBT's own reports: its address must be 0";
  if (!report && address == 0)
    return kind == GDP_LINK_BBT
           ? "address 0 is the BBT itself: it needs a profile of reports, as bbt-1; a slave behind it has 1 to 247"
           : "a Modbus slave's address must be 1 to 247";
  return address <= LAST_SLAVE ? NULL : "a Modbus slave's address must be 1 to 247";
}

static gboolean
check_place (GdpNetworkBuilder *builder, const GdpUnit *unit, GError **error)
{
  GdpLink *link = &g_array_index (builder->links, GdpLink, unit->link);
  const char *fault = gdp_unit_fault (link->kind, unit->address, unit->profile);

  if (fault == NULL && unit->address == 0 && link->report_unit != G_MAXUINT)
    fault = "its link has another unit for the BBT's reports; one is all it can have";
  if (fault != NULL)
    g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_INVALID, "“%s”: %s", unit->id, fault);
  return fault == NULL;
}

guint
gdp_network_builder_add_unit (GdpNetworkBuilder *builder, const GdpUnit *unit, GError **error)
{
  GdpUnit own = *unit;

  if (!check_id (builder, GDP_OBJECT_UNIT, unit->id, error)
      || !check_reference (builder->sites, unit->site, unit->id, "site", error)
      || !check_reference (builder->links, unit->link, unit->id, "link", error)
      || !check_number (unit->id, "period (s)", unit->period, LEAST_PERIOD, LONGEST_PERIOD, error)
      || !check_number (unit->id, "silent_after (s)", unit->silent_after, 0, 365 * 86400.0, error))
    return G_MAXUINT;
  if (unit->profile == NULL) {
    g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_MISSING,
                 "“%s” has no register profile", unit->id);
    return G_MAXUINT;
  }
  if (!check_place (builder, unit, error))
    return G_MAXUINT;
  if (unit->address == 0)   /* renumbered when all are there */
    g_array_index (builder->links, GdpLink, unit->link).report_unit = builder->units->len;
  keep (builder, &own.id);
  own.profile = own_profile (builder, unit->profile);
  return append (builder, GDP_OBJECT_UNIT, builder->units, own.id, &own);
}

static gboolean
check_unit_of_point (GdpNetworkBuilder *builder, const GdpPoint *point, GError **error)
{
  if (point->unit == G_MAXUINT)   /* derived */
    return TRUE;
  if (!check_reference (builder->units, point->unit, point->id, "unit", error))
    return FALSE;
  const GdpUnit *unit = &g_array_index (builder->units, GdpUnit, point->unit);
  if (unit->site == point->site)
    return TRUE;
  g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_INVALID,
               "“%s” names unit “%s” of another site", point->id, unit->id);
  return FALSE;
}

/* What the register on its channel means for the point. */
static void
look_at_register (const GdpNetworkBuilder *builder, GdpPoint *point)
{
  const GdpUnit *unit = point->unit != G_MAXUINT ? &g_array_index (builder->units, GdpUnit, point->unit) : NULL;
  const GdpRegister *reg = unit != NULL && unit->address == 0 && point->channel != NULL
                             ? gdp_profile_find (unit->profile, point->channel) : NULL;

  point->by_event = reg != NULL && gdp_register_is_event (reg);
  point->scaling.wrap = reg != NULL ? gdp_register_wrap (reg) : 0;
}

guint
gdp_network_builder_add_point (GdpNetworkBuilder *builder, const GdpPoint *point, GError **error)
{
  GdpPoint own = *point;

  if (!check_id (builder, GDP_OBJECT_POINT, point->id, error)
      || !check_reference (builder->sites, point->site, point->id, "site", error)
      || !check_unit_of_point (builder, point, error)
      || !check_number (point->id, "kind", point->kind, 0, GDP_N_POINT_KINDS - 1, error)
      || !check_number (point->id, "resolution", point->resolution, G_MINDOUBLE, G_MAXDOUBLE, error)
      || !check_number (point->id, "keep_every (s)", point->keep_every, 0, 86400, error))
    return G_MAXUINT;
  look_at_register (builder, &own);
  keep (builder, &own.id);
  share (builder, &own.name);
  share (builder, &own.channel);
  share (builder, &own.engineering_unit);
  share (builder, &own.states[0]);
  share (builder, &own.states[1]);
  share (builder, &own.guidance);
  return append (builder, GDP_OBJECT_POINT, builder->points, own.id, &own);
}

static int
unit_by_site (gconstpointer a, gconstpointer b, gpointer units)
{
  guint x = g_array_index ((GArray *) units, GdpUnit, *(const guint *) a).site;
  guint y = g_array_index ((GArray *) units, GdpUnit, *(const guint *) b).site;
  return (x > y) - (x < y);
}

static int
point_by_site (gconstpointer a, gconstpointer b, gpointer points)
{
  guint x = g_array_index ((GArray *) points, GdpPoint, *(const guint *) a).site;
  guint y = g_array_index ((GArray *) points, GdpPoint, *(const guint *) b).site;
  return (x > y) - (x < y);
}

static int
point_by_key (gconstpointer a, gconstpointer b, gpointer points)
{
  gint64 x = ((const GdpPoint *) points)[*(const guint *) a].key;
  gint64 y = ((const GdpPoint *) points)[*(const guint *) b].key;
  return (x > y) - (x < y);
}

/* 0..n-1 in @compare's order; g_qsort_with_data is stable, so what is equal keeps the order it was added in. */
static guint *
sorted (guint n, GCompareDataFunc compare, gpointer data)
{
  guint *order = g_new (guint, n);

  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, n, sizeof *order, compare, data);
  return order;
}

/* A BBT that sleeps between calls, and what is behind it, is heard once in a confirmation period. */
static double
expected_of (const GdpUnit *unit, const GdpLink *link)
{
  const GdpSettings *settings = link->settings != NULL ? link->settings : gdp_settings_default ();

  if (link->kind != GDP_LINK_BBT || (unit->address != 0 && link->stays_connected))
    return unit->period;
  return MAX (unit->period, settings->confirmation * 60.0);
}

/* Units and points were added in any order; a site's must stand together. */
static void
group_units (GdpNetwork *network, GdpNetworkBuilder *builder)
{
  guint n = builder->units->len;
  g_autofree guint *order = sorted (n, unit_by_site, builder->units);
  g_autofree guint *place = g_new (guint, n);

  network->units = g_new (GdpUnit, n);
  network->n_units = n;
  for (guint i = 0; i < n; i++) {
    GdpUnit *unit = &network->units[i];
    GdpSite *site;

    *unit = g_array_index (builder->units, GdpUnit, order[i]);
    site = &network->sites[unit->site];
    if (site->n_units++ == 0)
      site->first_unit = i;
    place[order[i]] = i;
    if (unit->address == 0)
      network->links[unit->link].report_unit = i;
    unit->expected = expected_of (unit, &network->links[unit->link]);
    g_hash_table_insert (network->by_id, (gpointer) unit->id, gdp_object (GDP_OBJECT_UNIT, i));
  }
  for (guint i = 0; i < builder->points->len; i++) {
    GdpPoint *point = &g_array_index (builder->points, GdpPoint, i);
    if (point->unit != G_MAXUINT)
      point->unit = place[point->unit];
  }
}

/* Nameless points of one kind are told apart by number, in the passport's order. */
static void
number_points (GdpNetwork *network)
{
  for (guint s = 0; s < network->n_sites; s++) {
    GdpPoint *points = network->n_points > 0 ? &network->points[network->sites[s].first_point] : NULL;
    guint count[GDP_N_POINT_KINDS] = { 0 }, given[GDP_N_POINT_KINDS] = { 0 };

    for (guint i = 0; i < network->sites[s].n_points; i++)
      count[points[i].kind] += points[i].name == NULL;
    for (guint i = 0; i < network->sites[s].n_points; i++) {
      points[i].ordinal = 0;
      if (points[i].name == NULL && count[points[i].kind] > 1) {
        given[points[i].kind]++;   /* apart: MIN() would count twice */
        points[i].ordinal = MIN (given[points[i].kind], G_MAXUINT8);
      }
    }
  }
}

static void
group_points (GdpNetwork *network, GdpNetworkBuilder *builder)
{
  guint n = builder->points->len;
  g_autofree guint *order = sorted (n, point_by_site, builder->points);

  network->points = g_new (GdpPoint, n);
  network->n_points = n;
  for (guint i = 0; i < n; i++) {
    GdpPoint *point = &network->points[i];
    GdpSite *site;

    *point = g_array_index (builder->points, GdpPoint, order[i]);
    site = &network->sites[point->site];
    if (site->n_points++ == 0)
      site->first_point = i;
    g_hash_table_insert (network->by_id, (gpointer) point->id, gdp_object (GDP_OBJECT_POINT, i));
  }
  network->points_by_key = sorted (n, point_by_key, network->points);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (((const GdpSchedule *) a)->name, ((const GdpSchedule *) b)->name);
}

GdpNetwork *
gdp_network_builder_finish (GdpNetworkBuilder *builder)
{
  GdpNetwork *network = g_new0 (GdpNetwork, 1);

  network->refs = 1;
  network->by_id = g_steal_pointer (&builder->by_id);
  network->profiles = g_steal_pointer (&builder->profiles);
  network->strings = g_steal_pointer (&builder->strings);
  g_array_sort (builder->schedules, by_name);
  network->n_schedules = builder->schedules->len;
  network->schedules = (GdpSchedule *) g_array_free (g_steal_pointer (&builder->schedules), FALSE);
  network->n_links = builder->links->len;
  network->links = (GdpLink *) g_array_free (g_steal_pointer (&builder->links), FALSE);
  network->n_sites = builder->sites->len;
  network->sites = (GdpSite *) g_array_free (g_steal_pointer (&builder->sites), FALSE);
  for (guint i = 0; i < network->n_sites; i++) {
    network->sites[i].first_unit = network->sites[i].n_units = 0;
    network->sites[i].first_point = network->sites[i].n_points = 0;
  }
  group_units (network, builder);
  group_points (network, builder);
  number_points (network);
  gdp_network_builder_free (builder);
  return network;
}
