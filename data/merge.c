/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "merge.h"

#include "gdp/bbt-link.h"
#include "store.h"

#include <string.h>

typedef struct {
  const GdpNetwork  *before, *news;
  GdpNetworkBuilder *builder;
  guint             *links_before, *links_new;   /* indexes in the builder; G_MAXUINT = not there */
  guint             *units_before, *units_new;
} Merge;

/* ---- the network ---------------------------------------------------------------------------- */

static const GdpProfile *
newest_profile (const Merge *merge, const GdpProfile *profile)
{
  for (guint i = 0; i < merge->news->profiles->len; i++) {
    const GdpProfile *other = merge->news->profiles->pdata[i];
    if (strcmp (other->name, profile->name) == 0)
      return other;
  }
  return profile;
}

static gboolean
is_replaced (const Merge *merge, const GdpSite *site)
{
  return gdp_network_find_site (merge->news, site->id) != G_MAXUINT;
}

static gboolean
add_schedules (Merge *merge, GError **error)
{
  for (guint i = 0; i < merge->news->n_schedules; i++)
    if (!gdp_network_builder_add_schedule (merge->builder, &merge->news->schedules[i], error))
      return FALSE;
  for (guint i = 0; i < merge->before->n_schedules; i++)
    if (gdp_network_schedule (merge->news, merge->before->schedules[i].name) == NULL
        && !gdp_network_builder_add_schedule (merge->builder, &merge->before->schedules[i], error))
      return FALSE;
  return TRUE;
}

/* Of a link that the last unit leaves nothing is left. */
static void
find_left (const Merge *merge, gboolean *left)
{
  const GdpNetwork *before = merge->before;

  for (guint i = 0; i < before->n_units; i++)
    if (is_replaced (merge, &before->sites[before->units[i].site]))
      left[before->units[i].link] = TRUE;
  for (guint i = 0; i < before->n_units; i++)
    if (!is_replaced (merge, &before->sites[before->units[i].site]))
      left[before->units[i].link] = FALSE;
}

static gboolean
add_links (Merge *merge, GError **error)
{
  const GdpNetwork *before = merge->before, *news = merge->news;
  g_autofree gboolean *left = g_new0 (gboolean, before->n_links + 1);

  find_left (merge, left);
  for (guint i = 0; i < before->n_links; i++) {
    guint other = gdp_network_find_link (news, before->links[i].id);
    const GdpLink *link = other != G_MAXUINT ? &news->links[other] : &before->links[i];

    merge->links_before[i] = G_MAXUINT;
    if (other == G_MAXUINT && left[i])
      continue;
    if ((merge->links_before[i] = gdp_network_builder_add_link (merge->builder, link, error)) == G_MAXUINT)
      return FALSE;
    if (other != G_MAXUINT)
      merge->links_new[other] = merge->links_before[i];
  }
  for (guint i = 0; i < news->n_links; i++)
    if (gdp_network_find_link (before, news->links[i].id) == G_MAXUINT
        && (merge->links_new[i] = gdp_network_builder_add_link (merge->builder, &news->links[i], error)) == G_MAXUINT)
      return FALSE;
  return TRUE;
}

static gboolean
add_site (Merge *merge, const GdpNetwork *from, const GdpSite *site, const guint *links, guint *units, GError **error)
{
  guint index = gdp_network_builder_add_site (merge->builder, site, error);

  for (guint i = site->first_unit; index != G_MAXUINT && i < site->first_unit + site->n_units; i++) {
    GdpUnit unit = from->units[i];
    unit.site = index;
    unit.link = links[unit.link];
    unit.profile = newest_profile (merge, unit.profile);
    if ((units[i] = gdp_network_builder_add_unit (merge->builder, &unit, error)) == G_MAXUINT)
      return FALSE;
  }
  for (guint i = site->first_point; index != G_MAXUINT && i < site->first_point + site->n_points; i++) {
    GdpPoint point = from->points[i];
    point.site = index;
    point.unit = point.unit != G_MAXUINT ? units[point.unit] : G_MAXUINT;
    if (gdp_network_builder_add_point (merge->builder, &point, error) == G_MAXUINT)
      return FALSE;
  }
  return index != G_MAXUINT;
}

static gboolean
add_sites (Merge *merge, GError **error)
{
  const GdpNetwork *before = merge->before, *news = merge->news;

  for (guint i = 0; i < before->n_sites; i++)
    if (!is_replaced (merge, &before->sites[i])
        && !add_site (merge, before, &before->sites[i], merge->links_before, merge->units_before, error))
      return FALSE;
  for (guint i = 0; i < news->n_sites; i++)
    if (!add_site (merge, news, &news->sites[i], merge->links_new, merge->units_new, error))
      return FALSE;
  return TRUE;
}

static GdpNetwork *
merged (const GdpNetwork *before, const GdpNetwork *news, GError **error)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  g_autofree guint *links_before = g_new0 (guint, before->n_links + 1), *links_new = g_new0 (guint, news->n_links + 1);
  g_autofree guint *units_before = g_new0 (guint, before->n_units + 1), *units_new = g_new0 (guint, news->n_units + 1);
  Merge merge = { before, news, builder, links_before, links_new, units_before, units_new };

  if (!add_schedules (&merge, error) || !add_links (&merge, error) || !add_sites (&merge, error))
    return NULL;
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}

/* ---- what no document can see by itself ------------------------------------------------------ */

/* FALSE: another has claimed @what already. @what: (transfer full) or NULL. */
static gboolean
claim (GHashTable *claims, char *what, const char *id, const char *how, GError **error)
{
  const char *other = what != NULL ? g_hash_table_lookup (claims, what) : NULL;

  if (other != NULL)
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "%s, %s %s", other, id, how);
  if (what == NULL || other != NULL) {
    g_free (what);
    return other == NULL;
  }
  g_hash_table_insert (claims, what, (gpointer) id);
  return TRUE;
}

static char *
claimed (const char *kind, const char *name)
{
  return name != NULL ? g_strdup_printf ("%s %s", kind, name) : NULL;
}

static gboolean
check_claims (const GdpNetwork *network, GError **error)
{
  g_autoptr (GHashTable) claims = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < network->n_units; i++) {
    const GdpUnit *unit = &network->units[i];
    if (!claim (claims, g_strdup_printf ("unit %u %u", unit->link, unit->address), unit->id,
                "have the same address on the same link", error))
      return FALSE;
  }
  for (guint i = 0; i < network->n_links; i++) {
    const GdpLink *link = &network->links[i];
    if (!claim (claims, claimed ("registration", link->registration), link->id, "have the same registration string", error)
        || !claim (claims, claimed ("device", link->device), link->id, "use the same device", error)
        || !claim (claims, claimed ("serial", link->serial), link->id, "have the same serial", error))
      return FALSE;
  }
  return TRUE;
}

gboolean
data_merge_check (const GdpNetwork *before, const GdpNetwork *news, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GdpNetwork) network = merged (before, news, &reason);
  gboolean good = network != NULL && check_claims (network, &reason);

  for (guint i = 0; good && i < network->n_links; i++)
    good = gdp_bbt_link_check (network, i, &reason);
  if (!good)
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "%s; nothing was imported", reason->message);
  return good;
}
