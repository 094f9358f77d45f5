/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "newcomer.h"

#define MODEM_ADDRESS 1
#define PERIOD        60   /* s between polls of a modem's slave; of a BBT nobody asks */

/* New indexes by old; G_MAXUINT = not taken over. */
typedef struct { GdpNetworkBuilder *builder; const GdpNetwork *network; guint *links, *units; } Copy;

static gboolean
add_schedule (Copy *copy, const GdpLink *link, GError **error)
{
  const GdpSchedule *schedule = gdp_network_schedule (copy->network, link->category);
  g_autoptr (GError) doubled = NULL;

  if (schedule == NULL || gdp_network_builder_add_schedule (copy->builder, schedule, &doubled)
      || g_error_matches (doubled, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_DUPLICATE))   /* of a link before it */
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&doubled));
  return FALSE;
}

static guint
take_link (Copy *copy, guint link, GError **error)
{
  const GdpLink *own = &copy->network->links[link];

  if (copy->links[link] == G_MAXUINT && add_schedule (copy, own, error))
    copy->links[link] = gdp_network_builder_add_link (copy->builder, own, error);
  return copy->links[link];
}

/* The site with its units and points: an import takes a site as a whole. */
static guint
take_site (Copy *copy, const GdpSite *site, GError **error)
{
  guint index = gdp_network_builder_add_site (copy->builder, site, error);

  for (guint i = site->first_unit; index != G_MAXUINT && i < site->first_unit + site->n_units; i++) {
    GdpUnit unit = copy->network->units[i];

    unit.site = index;
    unit.link = take_link (copy, unit.link, error);
    if (unit.link == G_MAXUINT
        || (copy->units[i] = gdp_network_builder_add_unit (copy->builder, &unit, error)) == G_MAXUINT)
      return G_MAXUINT;
  }
  for (guint i = site->first_point; index != G_MAXUINT && i < site->first_point + site->n_points; i++) {
    GdpPoint point = copy->network->points[i];

    point.site = index;
    point.unit = point.unit != G_MAXUINT ? copy->units[point.unit] : G_MAXUINT;
    if (gdp_network_builder_add_point (copy->builder, &point, error) == G_MAXUINT)
      return G_MAXUINT;
  }
  return index;
}

/* @base, or with "-2", "-3" … behind it where that is in use. (transfer full) */
static char *
free_id (const GdpNetwork *network, guint (*find) (const GdpNetwork *, const char *), const char *base)
{
  char *id = g_strdup (base);

  for (guint i = 2; find (network, id) != G_MAXUINT; i++) {
    g_free (id);
    id = g_strdup_printf ("%s-%u", base, i);
  }
  return id;
}

static void
name_link (GdpLink *link, const GdpNewcomer *newcomer)
{
  if (newcomer->kind == GDP_LINK_BBT) {
    link->serial = newcomer->name;
    link->keyless = newcomer->keyless;
  } else
    link->registration = newcomer->name;
}

static gboolean
add_new (Copy *copy, const GdpNewcomer *newcomer, GError **error)
{
  gboolean bbt = newcomer->kind == GDP_LINK_BBT;
  const GdpSite *site = &copy->network->sites[newcomer->site];
  g_autofree char *link_base = g_strdup_printf ("%s-%s", bbt ? "bbt" : "modem", newcomer->name);
  g_autofree char *unit_base = g_strdup_printf ("%s/%s", site->id, bbt ? "bbt" : "modem");
  g_autofree char *link_id = free_id (copy->network, gdp_network_find_link, link_base);
  g_autofree char *unit_id = free_id (copy->network, gdp_network_find_unit, unit_base);
  GdpLink link = { .id = link_id, .kind = newcomer->kind };
  GdpUnit unit = { .id = unit_id, .address = bbt ? 0 : MODEM_ADDRESS, .period = PERIOD, .profile = newcomer->profile };

  name_link (&link, newcomer);
  unit.site = take_site (copy, site, error);
  if (unit.site == G_MAXUINT)
    return FALSE;
  unit.link = gdp_network_builder_add_link (copy->builder, &link, error);
  return unit.link != G_MAXUINT && gdp_network_builder_add_unit (copy->builder, &unit, error) != G_MAXUINT;
}

static gboolean
add_replaced (Copy *copy, const GdpNewcomer *newcomer, GError **error)
{
  GdpLink link = copy->network->links[newcomer->replaces];

  name_link (&link, newcomer);
  return add_schedule (copy, &link, error) && gdp_network_builder_add_link (copy->builder, &link, error) != G_MAXUINT;
}

static gboolean
refuse_known (const GdpNetwork *network, const GdpNewcomer *newcomer, GError **error)
{
  for (guint i = 0; i < network->n_links; i++) {
    const GdpLink *link = &network->links[i];

    if (g_strcmp0 (newcomer->kind == GDP_LINK_BBT ? link->serial : link->registration, newcomer->name) != 0)
      continue;
    g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_DUPLICATE, "“%s” is already known: link “%s”",
                 newcomer->name, link->id);
    return FALSE;
  }
  return TRUE;
}

static guint *
nowhere (guint n)
{
  guint *indexes = g_new (guint, n + 1);

  for (guint i = 0; i <= n; i++)
    indexes[i] = G_MAXUINT;
  return indexes;
}

GdpNetwork *
gdp_newcomer_network (const GdpNetwork *network, const GdpNewcomer *newcomer, GError **error)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  g_autofree guint *links = nowhere (network->n_links), *units = nowhere (network->n_units);
  Copy copy = { builder, network, links, units };
  gboolean good = refuse_known (network, newcomer, error)
                  && (newcomer->replaces != G_MAXUINT ? add_replaced (&copy, newcomer, error)
                                                      : add_new (&copy, newcomer, error));

  return good ? gdp_network_builder_finish (g_steal_pointer (&builder)) : NULL;
}

const char *
gdp_newcomer_profile (GdpLinkKind kind)
{
  return kind == GDP_LINK_BBT ? "bbt-1" : "upmp-12.4-a8-8";
}
