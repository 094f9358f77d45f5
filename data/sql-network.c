/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the configuration. */
#include "sql-private.h"

#include <string.h>

#include "bbt-rows.h"

/* Rows are read in the order of their keys and added to the builder, which numbers them; a place
 * finds the number by the key. */
typedef struct {
  SqlStore       *store;
  GdpNetworkBuilder *builder;
  GHashTable        *links, *sites, *units;   /* key → index + 1 */
  GHashTable        *profiles;                /* key → owned GdpProfile */
  GHashTable        *cards;                   /* site's key → GArray of GdpSiteCard, whose texts are … */
  GStringChunk      *strings;                 /* … here */
} Loader;

typedef gboolean (*RowFunc) (Loader *loader, SqlQuery query, GError **error);

static gboolean
each_row (Loader *loader, const DataTable *table, const char *first, const char *tail, RowFunc func,
          GError **error)
{
  g_autofree char *sql = data_table_select (table, first, tail);
  g_auto (SqlQuery) query = sql_query (loader->store, error, sql, "");
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (loader->store, query, error)) > 0)
    if (!func (loader, query, error))
      return FALSE;
  return more == 0;
}

static gboolean
place (GHashTable *places, gint64 key, guint index)
{
  g_hash_table_insert (places, GSIZE_TO_POINTER ((gsize) key), GUINT_TO_POINTER (index + 1));
  return index != G_MAXUINT;
}

/* G_MAXUINT for a key that is not there: the builder then says what is missing. */
static guint
placed (GHashTable *places, gint64 key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (places, GSIZE_TO_POINTER ((gsize) key))) - 1;
}

static gboolean
add_schedule (Loader *loader, SqlQuery query, GError **error)
{
  DataScheduleRow row = { .schedule.key = sql_integer (query, 0) };
  return sql_read_columns (loader->store, query, 1, &data_schedule_table, &row, error)
         && data_schedule_row_add (&row, loader->builder, error);
}

static gboolean
add_link (Loader *loader, SqlQuery query, GError **error)
{
  DataLinkRow row = { .link.key = sql_integer (query, 0) };
  return sql_read_columns (loader->store, query, 1, &data_link_table, &row, error)
         && place (loader->links, row.link.key, data_link_row_add (&row, loader->builder, error));
}

/* ---- profiles --------------------------------------------------------------------------- */

static gboolean
read_registers (SqlStore *self, gint64 profile, GArray *registers, GStringChunk *strings, GError **error)
{
  g_autofree char *sql = data_table_select (&data_register_table, "", "WHERE profile = ?");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "i", profile);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    GdpRegister reg = { 0 };
    if (!sql_read_columns (self, query, 0, &data_register_table, &reg, error))
      return FALSE;
    reg.channel = g_string_chunk_insert (strings, reg.channel);
    g_array_append_val (registers, reg);
  }
  return more == 0;
}

static gboolean
add_profile (Loader *loader, SqlQuery query, GError **error)
{
  gint64 key = sql_integer (query, 0);
  GdpProfile row = { 0 };
  g_autoptr (GArray) registers = g_array_new (FALSE, FALSE, sizeof (GdpRegister));
  g_autoptr (GStringChunk) strings = g_string_chunk_new (1024);
  if (!sql_read_columns (loader->store, query, 1, &data_profile_table, &row, error)
      || !read_registers (loader->store, key, registers, strings, error))
    return FALSE;

  GdpProfile *profile = gdp_profile_new (row.name, row.title,
                                         (const GdpRegister *) (gpointer) registers->data, registers->len,
                                         error);
  if (profile == NULL)
    return FALSE;
  profile->max_read = row.max_read;
  profile->max_gap = row.max_gap;
  g_hash_table_insert (loader->profiles, GSIZE_TO_POINTER ((gsize) key), profile);
  return TRUE;
}

/* ---- sites ------------------------------------------------------------------------------ */

static gboolean
read_people (SqlStore *self, gint64 site, GArray *people, GStringChunk *strings, GError **error)
{
  g_autofree char *sql = data_table_select (&data_person_table, "", "WHERE site = ? ORDER BY position");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "i", site);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    GdpContact person = { 0 };
    const char **texts[] = { &person.name, &person.role, &person.phone };
    if (!sql_read_columns (self, query, 0, &data_person_table, &person, error))
      return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
      *texts[i] = *texts[i] != NULL ? g_string_chunk_insert (strings, *texts[i]) : NULL;
    g_array_append_val (people, person);
  }
  return more == 0;
}

/* Few sites have any: they are read at once, before the sites. */
static gboolean
add_card (Loader *loader, SqlQuery query, GError **error)
{
  gpointer site = GSIZE_TO_POINTER ((gsize) sql_integer (query, 0));
  GArray *cards = g_hash_table_lookup (loader->cards, site);
  GdpSiteCard own = { 0 };
  const char **texts[] = { &own.point, &own.condition, &own.card.causes, &own.card.consequence, &own.card.steps, &own.card.whom };
  if (!sql_read_columns (loader->store, query, 1, &data_card_table, &own, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *texts[i] = *texts[i] != NULL ? g_string_chunk_insert (loader->strings, *texts[i]) : NULL;
  if (cards == NULL) {
    cards = g_array_new (FALSE, FALSE, sizeof (GdpSiteCard));
    g_hash_table_insert (loader->cards, site, cards);
  }
  g_array_append_val (cards, own);
  return TRUE;
}

static gboolean
add_site (Loader *loader, SqlQuery query, GError **error)
{
  GdpSite site = { .key = sql_integer (query, 0) };
  g_autoptr (GArray) people = g_array_new (FALSE, FALSE, sizeof (GdpContact));
  g_autoptr (GStringChunk) strings = g_string_chunk_new (256);
  if (!sql_read_columns (loader->store, query, 1, &data_site_table, &site, error)
      || !read_people (loader->store, site.key, people, strings, error))
    return FALSE;
  site.contacts = (GdpContact *) (gpointer) people->data;
  site.n_contacts = people->len;
  GArray *cards = g_hash_table_lookup (loader->cards, GSIZE_TO_POINTER ((gsize) site.key));
  site.cards = cards != NULL ? (GdpSiteCard *) (gpointer) cards->data : NULL;
  site.n_cards = cards != NULL ? cards->len : 0;
  return place (loader->sites, site.key, gdp_network_builder_add_site (loader->builder, &site, error));
}

static gboolean
add_unit (Loader *loader, SqlQuery query, GError **error)
{
  gint64 profile = sql_integer (query, 3);
  GdpUnit unit = {
    .key = sql_integer (query, 0),
    .site = placed (loader->sites, sql_integer (query, 1)),
    .link = placed (loader->links, sql_integer (query, 2)),
    .profile = g_hash_table_lookup (loader->profiles, GSIZE_TO_POINTER ((gsize) profile)),
  };
  return sql_read_columns (loader->store, query, 4, &data_unit_table, &unit, error)
         && place (loader->units, unit.key, gdp_network_builder_add_unit (loader->builder, &unit, error));
}

static gboolean
add_point (Loader *loader, SqlQuery query, GError **error)
{
  GdpPoint point = {
    .key = sql_integer (query, 0),
    .site = placed (loader->sites, sql_integer (query, 1)),
    .unit = placed (loader->units, sql_integer (query, 2)),   /* NULL reads as 0: none */
  };
  return sql_read_columns (loader->store, query, 3, &data_point_table, &point, error)
         && gdp_network_builder_add_point (loader->builder, &point, error) != G_MAXUINT;
}

static gboolean
load (Loader *loader, GError **error)
{
  return each_row (loader, &data_schedule_table, "key", "ORDER BY key", add_schedule, error)
         && each_row (loader, &data_link_table, "key", "WHERE retired = 0 ORDER BY key", add_link, error)
         && each_row (loader, &data_profile_table, "key", "ORDER BY key", add_profile, error)
         && each_row (loader, &data_card_table, "site", "ORDER BY site, position", add_card, error)
         && each_row (loader, &data_site_table, "key", "ORDER BY key", add_site, error)
         && each_row (loader, &data_unit_table, "key, site, link, profile", "WHERE retired = 0 ORDER BY key",
                      add_unit, error)
         && each_row (loader, &data_point_table, "key, site, unit", "WHERE retired = 0 ORDER BY key",
                      add_point, error);
}

GdpNetwork *
sql_load_network (SqlStore *self, const SqlMeta *meta, GError **error)
{
  g_autoptr (GHashTable) links = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) sites = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) units = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) profiles = g_hash_table_new_full (NULL, NULL, NULL,
                                                           (GDestroyNotify) gdp_profile_free);
  g_autoptr (GHashTable) cards = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  g_autoptr (GStringChunk) strings = g_string_chunk_new (1024);
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  Loader loader = { self, builder, links, sites, units, profiles, cards, strings };
  if (!load (&loader, error))
    return NULL;
  GdpNetwork *network = gdp_network_builder_finish (g_steal_pointer (&builder));
  network->revision = meta->revision;
  return network;
}

GdpNetwork *
sql_network (DataStore *store, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;
  if (!sql_begin_read (self, error))
    return NULL;
  GdpNetwork *network = sql_meta (self, &meta, error) ? sql_load_network (self, &meta, error) : NULL;
  sql_end_read (self);
  return network;
}

gint64
sql_revision (DataStore *store, GError **error)
{
  SqlMeta meta;
  return sql_meta ((SqlStore *) store, &meta, error) ? meta.revision : -1;
}
