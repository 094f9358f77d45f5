/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "passport.h"

#include "passport-bbt.h"
#include "passport-point.h"
#include "passport-site.h"

static void
write_links (DataJsonWriter *writer, const GdpNetwork *network, const gboolean *used)
{
  data_json_open_array (writer, "links", FALSE);
  for (guint i = 0; i < network->n_links; i++)
    if (used[i])
      data_link_write (writer, &network->links[i]);
  data_json_close (writer);
}

/* Those that links to be written are of; when all are, all. */
static void
write_schedules (DataJsonWriter *writer, const GdpNetwork *network, const gboolean *used, gboolean all)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < network->n_links; i++)
    if (used[i] && network->links[i].category)
      g_hash_table_add (names, (gpointer) network->links[i].category);
  if (all ? network->n_schedules == 0 : g_hash_table_size (names) == 0)
    return;
  data_json_open_array (writer, "schedules", FALSE);
  for (guint i = 0; i < network->n_schedules; i++)
    if (all || g_hash_table_contains (names, network->schedules[i].name))
      data_schedule_write (writer, &network->schedules[i]);
  data_json_close (writer);
}

static void
write_points (DataJsonWriter *writer, const GdpNetwork *network, const GdpSite *site)
{
  data_json_open_array (writer, "points", FALSE);
  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    const GdpPoint *point = &network->points[i];
    if (point->unit == G_MAXUINT)   /* derived: computed, not entered */
      continue;
    g_autofree char *source = g_strdup_printf ("%s:%s", data_unit_tag (&network->units[point->unit]), point->channel);
    data_point_write (writer, point, source);
  }
  data_json_close (writer);
}

static void
write_site (DataJsonWriter *writer, const GdpNetwork *network, const GdpSite *site)
{
  data_json_open_object (writer, NULL, FALSE);
  data_site_write (writer, site);
  data_json_open_array (writer, "units", FALSE);
  for (guint i = site->first_unit; i < site->first_unit + site->n_units; i++)
    data_unit_write (writer, &network->units[i], network->links[network->units[i].link].id);
  data_json_close (writer);
  write_points (writer, network, site);
  data_json_close (writer);
}

char *
data_passport_write (const GdpNetwork *network, const guint *sites, guint n_sites)
{
  g_autofree gboolean *used = g_new0 (gboolean, network->n_links + 1);
  guint n = sites ? n_sites : network->n_sites;
  for (guint i = 0; i < network->n_links; i++)
    used[i] = sites == NULL;
  for (guint i = 0; i < n && sites; i++) {
    const GdpSite *site = &network->sites[sites[i]];
    for (guint u = site->first_unit; u < site->first_unit + site->n_units; u++)
      used[network->units[u].link] = TRUE;
  }

  DataJsonWriter *writer = data_json_writer_new (TRUE);
  data_json_open_object (writer, NULL, FALSE);
  data_json_put_string (writer, "format", "gdp-passport");
  data_json_put_integer (writer, "version", 1);
  write_schedules (writer, network, used, sites == NULL);
  write_links (writer, network, used);
  data_json_open_array (writer, "sites", FALSE);
  for (guint i = 0; i < n; i++)
    write_site (writer, network, &network->sites[sites ? sites[i] : i]);
  data_json_close (writer);
  data_json_close (writer);
  return data_json_writer_end (writer);
}
