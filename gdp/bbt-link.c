/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-link.h"

#include <math.h>

/* What a channel's register can hold; for currents, what the unit can measure (comms/PROTOCOL.md 7). */
static const struct { GdpRegisterType type; double low, high; } spans[] = {
  { GDP_REGISTER_U16, 0, 65533 },
  { GDP_REGISTER_S16, -32768, 32766 },
  { GDP_REGISTER_FLOAT, -G_MAXFLOAT, G_MAXFLOAT },
};

static gboolean
refuse (const GdpNetwork *network, guint link, const char *channel, const char *why, GError **error)
{
  g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_INVALID, "link “%s”, threshold of %s: %s",
               network->links[link].id, channel, why);
  return FALSE;
}

static const GdpPoint *
point_on (const GdpNetwork *network, guint unit, const char *channel)
{
  const GdpSite *site = &network->sites[network->units[unit].site];

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++)
    if (network->points[i].unit == unit && g_strcmp0 (network->points[i].channel, channel) == 0)
      return &network->points[i];
  return NULL;
}

/* To the raw scale of @reg; FALSE when the channel cannot carry it. */
static gboolean
raw_of (const GdpPoint *point, const GdpRegister *reg, double value, double *raw)
{
  *raw = (gdp_scaling_invert (&point->scaling, value) - reg->offset) / reg->scale;
  if (reg->type != GDP_REGISTER_FLOAT)
    *raw = round (*raw);
  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    if (spans[i].type == reg->type)
      return *raw >= spans[i].low && *raw <= spans[i].high;
  return FALSE;
}

gboolean
gdp_bbt_link_threshold (const GdpNetwork *network, guint link, const GdpThreshold *threshold,
                        GdpRawThreshold *raw, GError **error)
{
  guint unit = network->links[link].report_unit;
  const char *channel = threshold->channel;

  if (unit == G_MAXUINT)
    return refuse (network, link, channel, "the link has no unit with a report profile (address 0)", error);
  const GdpRegister *reg = gdp_profile_find (network->units[unit].profile, channel);
  const GdpPoint *point = point_on (network, unit, channel);
  if (reg == NULL)
    return refuse (network, link, channel, "the unit's profile has no such channel", error);
  if (reg->table != GDP_TABLE_REPORT_VALUES || gdp_register_is_event (reg))
    return refuse (network, link, channel, "a contact or a pulse counter has no thresholds", error);
  if (point == NULL)
    return refuse (network, link, channel, "no point has this channel as its source; it would give the scale",
                   error);

  gboolean falls = reg->scale < 0;
  double low = falls ? threshold->max : threshold->min, high = falls ? threshold->min : threshold->max;
  *raw = (GdpRawThreshold) { .channel = (guint8) reg->address, .type = reg->type,
                             .has_min = !isnan (low), .has_max = !isnan (high) };
  if ((raw->has_min && !raw_of (point, reg, low, &raw->min))
      || (raw->has_max && !raw_of (point, reg, high, &raw->max)))
    return refuse (network, link, channel, "beyond what the channel can measure", error);
  if (raw->has_min && raw->has_max && raw->min >= raw->max)
    return refuse (network, link, channel, "min and max are the same to the channel's resolution", error);
  return TRUE;
}

GArray *
gdp_bbt_link_calls (const GdpNetwork *network, guint link, int *zone)
{
  const GdpLink *own = &network->links[link];
  const GdpSchedule *category = gdp_network_schedule (network, own->category);
  GArray *calls = g_array_new (FALSE, FALSE, sizeof (GdpScheduleEntry));

  *zone = category != NULL ? category->zone : own->zone;
  if (category != NULL) {
    guint place = gdp_schedule_spread (own->serial, category->window);
    g_array_append_vals (calls, category->entries, category->n_entries);
    for (guint i = 0; i < calls->len; i++)
      gdp_schedule_delay (&g_array_index (calls, GdpScheduleEntry, i), place);
  }
  g_array_append_vals (calls, own->schedule, own->n_schedule);
  return calls;
}

char *
gdp_bbt_link_own_calls (const GdpLink *link)
{
  GString *text = g_string_new (link->category);
  g_autofree char *own = gdp_schedule_text (link->schedule, link->n_schedule), *zone = gdp_zone_text (link->zone);

  if (link->n_schedule > 0)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", own);
  if (link->n_schedule > 0 && link->category == NULL)
    g_string_append_printf (text, " %s", zone);
  return g_string_free (text->len > 0 ? text : g_string_assign (text, "none"), FALSE);
}

const GdpSettings *
gdp_bbt_link_settings (const GdpNetwork *network, guint link)
{
  const GdpSettings *settings = network->links[link].settings;
  return settings != NULL ? settings : gdp_settings_default ();
}

gboolean
gdp_bbt_link_check (const GdpNetwork *network, guint link, GError **error)
{
  const GdpLink *own = &network->links[link];
  const GdpSchedule *category = gdp_network_schedule (network, own->category);
  guint n_calls = own->n_schedule + (category != NULL ? category->n_entries : 0);
  GdpRawThreshold raw;

  if (own->kind != GDP_LINK_BBT)
    return TRUE;
  for (guint i = 0; own->settings != NULL && i < own->settings->n_thresholds; i++)
    if (!gdp_bbt_link_threshold (network, link, &own->settings->thresholds[i], &raw, error))
      return FALSE;
  if (n_calls <= GDP_MOST_CALLS)
    return TRUE;
  g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_INVALID,
               "link “%s”: its category and its own schedule have %u entries together; a unit takes %d", own->id,
               n_calls, GDP_MOST_CALLS);
  return FALSE;
}
