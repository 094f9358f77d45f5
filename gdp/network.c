/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network.h"

#include <math.h>

#include "network-private.h"

/* Three polls in a row must fail before it is called a failure, and quick polling leaves time for a
 * reconnect. */
#define PERIODS_MISSED 3
#define LEAST_SECONDS  5.0
/* A BBT has its confirmation period to call in and half of it to try again. */
#define CONFIRMATIONS_MISSED 1.5

static const char *const kinds[GDP_N_LINK_KINDS] = {
  [GDP_LINK_MODBUS_RTU] = "modbus-rtu",
  [GDP_LINK_MODBUS_TCP] = "modbus-tcp",
  [GDP_LINK_MODEM]      = "modem",
  [GDP_LINK_BBT]        = "bbt",
};

const char *
gdp_link_kind_word (GdpLinkKind kind)
{
  g_return_val_if_fail (kind < GDP_N_LINK_KINDS, "unknown");
  return kinds[kind];
}

gboolean
gdp_link_kind_parse (const char *word, GdpLinkKind *kind)
{
  for (guint i = 0; i < GDP_N_LINK_KINDS; i++)
    if (g_strcmp0 (kinds[i], word) == 0) {
      *kind = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
gdp_link_kind_dials_in (GdpLinkKind kind)
{
  return kind == GDP_LINK_MODEM || kind == GDP_LINK_BBT;
}

GdpNetwork *
gdp_network_ref (GdpNetwork *network)
{
  g_atomic_int_inc (&network->refs);
  return network;
}

void
gdp_network_unref (GdpNetwork *network)
{
  if (network == NULL || !g_atomic_int_dec_and_test (&network->refs))
    return;
  for (guint i = 0; i < network->n_links; i++) {
    gdp_settings_free ((GdpSettings *) network->links[i].settings);
    g_free ((GdpScheduleEntry *) network->links[i].schedule);
  }
  for (guint i = 0; i < network->n_schedules; i++)
    g_free (network->schedules[i].entries);
  g_free (network->schedules);
  for (guint i = 0; i < network->n_sites; i++) {
    g_free (network->sites[i].contacts);
    g_free (network->sites[i].cards);
  }
  g_free (network->sites);
  g_free (network->links);
  g_free (network->units);
  g_free (network->points);
  g_free (network->points_by_key);
  g_hash_table_unref (network->by_id);
  g_clear_pointer (&network->whole, gdp_network_unref);
  g_clear_pointer (&network->elsewhere, g_ptr_array_unref);
  g_clear_pointer (&network->serials_elsewhere, g_hash_table_unref);
  g_ptr_array_unref (network->profiles);
  g_string_chunk_free (network->strings);
  g_free (network);
}

static guint
find (const GdpNetwork *network, GdpObjectType type, const char *id)
{
  gpointer object = id ? g_hash_table_lookup (network->by_id, id) : NULL;
  return object != NULL && gdp_object_type (object) == type ? gdp_object_index (object) : G_MAXUINT;
}

guint
gdp_network_find_site (const GdpNetwork *network, const char *id)
{
  return find (network, GDP_OBJECT_SITE, id);
}

guint
gdp_network_find_link (const GdpNetwork *network, const char *id)
{
  return find (network, GDP_OBJECT_LINK, id);
}

guint
gdp_network_find_unit (const GdpNetwork *network, const char *id)
{
  return find (network, GDP_OBJECT_UNIT, id);
}

guint
gdp_network_find_point (const GdpNetwork *network, const char *id)
{
  return find (network, GDP_OBJECT_POINT, id);
}

const GdpRegister *
gdp_network_output (const GdpNetwork *network, guint index)
{
  const GdpPoint *point = &network->points[index];
  const GdpRegister *reg;

  if (!gdp_point_is_discrete (point) || point->unit == G_MAXUINT || point->channel == NULL)
    return NULL;
  reg = gdp_profile_find (network->units[point->unit].profile, point->channel);
  return reg != NULL && gdp_register_is_output (reg) ? reg : NULL;
}

gboolean
gdp_network_has_entry (const GdpNetwork *network, guint unit)
{
  const GdpSite *site = &network->sites[network->units[unit].site];

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    const GdpPoint *point = &network->points[i];
    if (point->unit == unit && gdp_point_kind_is_entry (point->kind) && point->limits.state.priority != 0)
      return TRUE;
  }
  return FALSE;
}

guint
gdp_network_link_by_key (const GdpNetwork *network, gint64 key)
{
  for (guint i = 0; i < network->n_links; i++)
    if (network->links[i].key == key)
      return i;
  return G_MAXUINT;
}

guint
gdp_network_unit_by_key (const GdpNetwork *network, gint64 key)
{
  for (guint i = 0; i < network->n_units; i++)
    if (network->units[i].key == key)
      return i;
  return G_MAXUINT;
}

guint
gdp_network_point_by_key (const GdpNetwork *network, gint64 key)
{
  guint low = 0, high = network->n_points;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (network->points[network->points_by_key[middle]].key < key)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == network->n_points || key == 0)
    return G_MAXUINT;
  guint point = network->points_by_key[low];
  return network->points[point].key == key ? point : G_MAXUINT;
}

const GdpSchedule *
gdp_network_schedule (const GdpNetwork *network, const char *name)
{
  for (guint i = 0; i < network->n_schedules; i++)
    if (g_strcmp0 (network->schedules[i].name, name) == 0)
      return &network->schedules[i];
  return NULL;
}

static double
patience (double period)
{
  return fmax (PERIODS_MISSED * period, LEAST_SECONDS);
}

/* @unit is expected less often than it is polled where it sleeps in between. */
static double
patience_with (const GdpUnit *unit)
{
  return unit->expected > unit->period ? CONFIRMATIONS_MISSED * unit->expected : patience (unit->period);
}

double
gdp_unit_silent_after (const GdpUnit *unit)
{
  return unit->silent_after > 0 ? unit->silent_after : patience_with (unit);
}

double
gdp_point_stale_after (const GdpNetwork *network, guint point)
{
  const GdpPoint *p = &network->points[point];

  if (p->limits.stale_after > 0)
    return p->limits.stale_after;
  return p->unit < network->n_units ? patience_with (&network->units[p->unit]) : INFINITY;
}
