/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Import: every object is compared with what the store holds; what differs is written with a row of
 * configuration_history, and each site or link that changed gets one record in the journal; each point whose limits did, too.
 *
 * All is gone through twice. First outside of a transaction, to find out what differs: that takes a while when there is
 * much, and commits go on beside it. Then what differs is gone through again and written, in one transaction; unless the
 * configuration has become another meanwhile, then it begins anew. */
#include "sql-private.h"

#include <string.h>

#include "bbt-rows.h"
#include "gdp/bbt-link.h"
#include "merge.h"

typedef struct {
  SqlStore      *store;
  SqlMeta       *meta;
  const GdpNetwork *old, *network;   /* what the store holds; what comes in */
  const char       *who;
  gint64            now;
  GHashTable       *profiles;        /* name → key */
  gint64           *links, *units;   /* keys by index in `network` */
  gboolean          looks;           /* the first time: nothing is written */
  guint             n_differ;        /* objects */
  guint             n_added, n_changed, n_retired;   /* of the site or link at hand */
} Import;

#define NOT_YET G_MAXINT64   /* key of what will be written */

/* ---- one object ------------------------------------------------------------------------- */

gboolean
sql_configuration_history (SqlStore *self, gint64 seq, const char *kind, const char *id, gint64 now, const char *who,
                           const char *before, const char *after, GError **error)
{
  return sql_run (self, error, "INSERT INTO configuration_history VALUES (?, ?, ?, ?, ?, ?, ?)",
                  "ittittt", seq, kind, id, now, who, before, after);
}

static gboolean
add_history (Import *import, gint64 seq, const char *kind, const char *id, const char *before,
             const char *after, GError **error)
{
  return sql_configuration_history (import->store, seq, kind, id, import->now, import->who, before, after, error);
}

/* Writes @object unless it is the same as @old and @same says that what it refers to is too.
 * @extras[0] is filled in. Returns the key, which @old keeps, or -1. */
static gint64
put_object (Import *import, const DataTable *table, const char *id, gconstpointer old, gint64 old_key,
            gboolean same, gint64 *extras, gconstpointer object, GError **error)
{
  if (old != NULL && same && data_table_same (table, old, object))
    return old_key;
  import->n_differ++;
  if (import->looks)
    return old != NULL ? old_key : NOT_YET;

  g_autofree char *before = NULL, *after = NULL;
  data_table_differences (table, old, object, &before, &after);
  extras[0] = ++import->meta->seq;
  if (!add_history (import, extras[0], table->name, id, before, after, error))
    return -1;
  *(old != NULL ? &import->n_changed : &import->n_added) += 1;
  return sql_put_keyed (import->store, table, extras, object, error);
}

static gboolean
retire (Import *import, const DataTable *table, const char *id, gint64 key, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("UPDATE %s SET retired = 1, seq = ? WHERE key = ?", table->name);
  import->n_differ++;
  if (import->looks)
    return TRUE;
  gint64 seq = ++import->meta->seq;
  import->n_retired++;
  return sql_run (import->store, error, sql, "ii", seq, key)
         && add_history (import, seq, table->name, id, "{}", NULL, error);
}

/* Closes the account of one site or link: a record in the journal, if anything changed. */
static gboolean
journal_change (Import *import, const char *site, const char *object, gboolean added, GError **error)
{
  guint n = import->n_added + import->n_changed + import->n_retired;
  g_autofree char *text = g_strdup_printf ("%u added, %u changed, %u retired", import->n_added,
                                           import->n_changed, import->n_retired);
  import->n_added = import->n_changed = import->n_retired = 0;
  if (n == 0)
    return TRUE;
  GdpEvent event = {
    .kind = GDP_EVENT_CONFIGURATION_CHANGED, .occurred = import->now, .learned = import->now,
    .site = (char *) site, .object = (char *) object, .who = (char *) import->who,
    .after = (char *) (added ? "added" : "changed"), .text = text,
  };
  return sql_journal_append (import->store, import->meta, &event, error);
}

/* ---- links and profiles ----------------------------------------------------------------- */

/* What a unit in the field is told to do is journaled as it was and as it is. */
static gboolean
journal_told (Import *import, const char *object, const char *what, const char *before, const char *after,
              GError **error)
{
  GdpEvent event = {
    .kind = GDP_EVENT_CONFIGURATION_CHANGED, .occurred = import->now, .learned = import->now,
    .object = (char *) object, .who = (char *) import->who,
    .before = (char *) before, .after = (char *) after, .text = (char *) what,
  };
  return import->looks || strcmp (before, after) == 0 || sql_journal_append (import->store, import->meta, &event, error);
}

static gboolean
journal_settings (Import *import, const GdpLink *old, const GdpLink *link, GError **error)
{
  g_autofree char *before = NULL, *after = NULL, *was = NULL, *is = NULL;
  gdp_settings_differences (old->settings, link->settings, &before, &after);
  was = gdp_bbt_link_own_calls (old);
  is = gdp_bbt_link_own_calls (link);
  return journal_told (import, link->id, "settings", before, after, error)
         && journal_told (import, link->id, "schedule", was, is, error);
}

/* What was told with before and after is the whole change: it needs no count besides. */
static void
told_it_all (Import *import, gboolean all)
{
  if (all)
    import->n_changed = 0;
}

static char *
schedule_words (const GdpSchedule *schedule)
{
  g_autofree char *entries = gdp_schedule_text (schedule->entries, schedule->n_entries);
  g_autofree char *zone = gdp_zone_text (schedule->zone);
  return g_strdup_printf ("%s %s window=%us", entries, zone, schedule->window);
}

static gboolean
import_schedule (Import *import, const GdpSchedule *schedule, GError **error)
{
  const GdpSchedule *old = gdp_network_schedule (import->old, schedule->name);
  g_auto (DataScheduleRow) row = { 0 }, before = { 0 };
  g_autofree char *was = old != NULL ? schedule_words (old) : NULL, *is = schedule_words (schedule);
  gint64 extras[] = { 0 };
  data_schedule_row_init (&row, schedule);
  if (old != NULL)
    data_schedule_row_init (&before, old);
  if (put_object (import, &data_schedule_table, schedule->name, old != NULL ? &before : NULL,
                  old != NULL ? old->key : 0, TRUE, extras, &row, error) < 0)
    return FALSE;
  told_it_all (import, TRUE);
  return (old == NULL || journal_told (import, schedule->name, "schedule", was, is, error))
         && journal_change (import, NULL, schedule->name, old == NULL, error);
}

/* Nothing but what journal_settings() tells. */
static gboolean
is_told (const DataLinkRow *before, const DataLinkRow *row)
{
  DataLinkRow rest = *before;   /* its texts are @row's, and stay there */
  rest.settings = row->settings;
  rest.schedule = row->schedule;
  rest.link.category = row->link.category;
  rest.link.zone = row->link.zone;
  return data_table_same (&data_link_table, &rest, row);
}

static gboolean
import_link (Import *import, guint index, GError **error)
{
  const GdpLink *link = &import->network->links[index];
  guint known = gdp_network_find_link (import->old, link->id);
  const GdpLink *old = known != G_MAXUINT ? &import->old->links[known] : NULL;
  gint64 extras[] = { 0, FALSE };
  g_auto (DataLinkRow) row = { 0 }, before = { 0 };
  data_link_row_init (&row, link);
  if (old != NULL)
    data_link_row_init (&before, old);
  import->links[index] = put_object (import, &data_link_table, link->id, old != NULL ? &before : NULL,
                                     old != NULL ? old->key : 0, TRUE, extras, &row, error);
  if (!import->looks && old != NULL && g_strcmp0 (old->serial, link->serial) != 0
      && !sql_forget_unit (import->store, old->key, error))
    return FALSE;
  told_it_all (import, old != NULL && is_told (&before, &row));
  return import->links[index] >= 0 && (old == NULL || journal_settings (import, old, link, error))
         && journal_change (import, NULL, link->id, old == NULL, error);
}

static const GdpProfile *
find_profile (const GdpNetwork *network, const char *name)
{
  for (guint i = 0; i < network->profiles->len; i++) {
    const GdpProfile *profile = network->profiles->pdata[i];
    if (strcmp (profile->name, name) == 0)
      return profile;
  }
  return NULL;
}

static gboolean
same_registers (const GdpProfile *a, const GdpProfile *b)
{
  if (a == NULL || a->n_registers != b->n_registers)
    return FALSE;
  for (guint i = 0; i < a->n_registers; i++)
    if (!data_table_same (&data_register_table, &a->registers[i], &b->registers[i]))
      return FALSE;
  return TRUE;
}

static gboolean
put_registers (Import *import, gint64 key, const GdpProfile *profile, GError **error)
{
  if (import->looks)
    return TRUE;
  if (!sql_run (import->store, error, "DELETE FROM profile_register WHERE profile = ?", "i", key))
    return FALSE;
  for (guint i = 0; i < profile->n_registers; i++)
    if (!sql_put (import->store, &data_register_table, &key, &profile->registers[i], error))
      return FALSE;
  return TRUE;
}

/* A profile that no unit uses any more stays; it is small, and `old` does not know it then. */
static gboolean
import_profile (Import *import, const GdpProfile *profile, GError **error)
{
  const GdpProfile *old = find_profile (import->old, profile->name);
  gboolean same = same_registers (old, profile);
  gint64 extras[] = { 0 };
  gint64 key = 0;
  if (old != NULL) {
    g_auto (SqlQuery) query = sql_query (import->store, error, "SELECT key FROM profile WHERE name = ?",
                                         "t", profile->name);
    if (query == NULL || sql_step (import->store, query, error) <= 0)
      return FALSE;
    key = sql_integer (query, 0);
  }
  key = put_object (import, &data_profile_table, profile->name, old, key, same, extras, profile, error);
  g_hash_table_insert (import->profiles, profile->name, GSIZE_TO_POINTER ((gsize) key));
  return key >= 0 && (same || put_registers (import, key, profile, error))
         && journal_change (import, NULL, profile->name, old == NULL, error);
}

/* ---- sites ------------------------------------------------------------------------------ */

/* Its phone list and its cards, which go with it. */
static gboolean
same_lists (const GdpSite *a, const GdpSite *b)
{
  if (a == NULL || a->n_contacts != b->n_contacts || a->n_cards != b->n_cards)
    return FALSE;
  for (guint i = 0; i < a->n_cards; i++)
    if (!data_table_same (&data_card_table, &a->cards[i], &b->cards[i]))
      return FALSE;
  for (guint i = 0; i < a->n_contacts; i++)
    if (!data_table_same (&data_person_table, &a->contacts[i], &b->contacts[i]))
      return FALSE;
  return TRUE;
}

static gboolean
put_lists (Import *import, gint64 key, const GdpSite *site, GError **error)
{
  if (import->looks)
    return TRUE;
  if (!sql_run (import->store, error, "DELETE FROM site_contact WHERE site = ?", "i", key)
      || !sql_run (import->store, error, "DELETE FROM site_card WHERE site = ?", "i", key))
    return FALSE;
  for (guint i = 0; i < site->n_cards; i++) {
    gint64 extras[] = { key, i };
    if (!sql_put (import->store, &data_card_table, extras, &site->cards[i], error))
      return FALSE;
  }
  for (guint i = 0; i < site->n_contacts; i++) {
    gint64 extras[] = { key, i };
    if (!sql_put (import->store, &data_person_table, extras, &site->contacts[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
import_unit (Import *import, guint index, gint64 site, GError **error)
{
  const GdpNetwork *network = import->network, *before = import->old;
  const GdpUnit *unit = &network->units[index];
  guint known = gdp_network_find_unit (before, unit->id);
  const GdpUnit *old = known != G_MAXUINT ? &before->units[known] : NULL;
  gboolean same = old != NULL && before->sites[old->site].key == site
                  && before->links[old->link].key == import->links[unit->link]
                  && strcmp (old->profile->name, unit->profile->name) == 0;
  gint64 profile = (gint64) GPOINTER_TO_SIZE (g_hash_table_lookup (import->profiles, unit->profile->name));
  gint64 extras[] = { 0, FALSE, site, import->links[unit->link], profile };
  import->units[index] = put_object (import, &data_unit_table, unit->id, old, old != NULL ? old->key : 0,
                                     same, extras, unit, error);
  return import->units[index] >= 0;
}

static gint64
unit_key (const GdpNetwork *network, const GdpPoint *point)
{
  return point->unit != G_MAXUINT ? network->units[point->unit].key : -1;
}

static gboolean
import_point (Import *import, guint index, gint64 site, GError **error)
{
  const GdpNetwork *before = import->old;
  const GdpPoint *point = &import->network->points[index];
  guint known = gdp_network_find_point (before, point->id);
  const GdpPoint *old = known != G_MAXUINT ? &before->points[known] : NULL;
  gint64 unit = point->unit != G_MAXUINT ? import->units[point->unit] : -1;
  gboolean same = old != NULL && before->sites[old->site].key == site && unit_key (before, old) == unit;
  gint64 extras[] = { 0, FALSE, site, unit };
  return put_object (import, &data_point_table, point->id, old, old != NULL ? old->key : 0, same, extras,
                     point, error) >= 0
         && (old == NULL || import->looks
             || sql_journal_limits (import->store, import->meta, old, point, import->who, "from a passport", import->now, error));
}

/* What the passport no longer names. */
static gboolean
retire_missing (Import *import, const GdpSite *old, GError **error)
{
  for (guint i = old->first_point; i < old->first_point + old->n_points; i++) {
    const GdpPoint *point = &import->old->points[i];
    if (gdp_network_find_point (import->network, point->id) == G_MAXUINT
        && !retire (import, &data_point_table, point->id, point->key, error))
      return FALSE;
  }
  for (guint i = old->first_unit; i < old->first_unit + old->n_units; i++) {
    const GdpUnit *unit = &import->old->units[i];
    if (gdp_network_find_unit (import->network, unit->id) == G_MAXUINT
        && !retire (import, &data_unit_table, unit->id, unit->key, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
import_site (Import *import, guint index, GError **error)
{
  const GdpSite *site = &import->network->sites[index];
  guint known = gdp_network_find_site (import->old, site->id);
  const GdpSite *old = known != G_MAXUINT ? &import->old->sites[known] : NULL;
  gboolean lists = same_lists (old, site);
  gint64 extras[] = { 0 };
  gint64 key = put_object (import, &data_site_table, site->id, old, old != NULL ? old->key : 0, lists,
                           extras, site, error);
  if (key < 0 || (!lists && !put_lists (import, key, site, error)))
    return FALSE;
  for (guint i = site->first_unit; i < site->first_unit + site->n_units; i++)
    if (!import_unit (import, i, key, error))
      return FALSE;
  for (guint i = site->first_point; i < site->first_point + site->n_points; i++)
    if (!import_point (import, i, key, error))
      return FALSE;
  return (old == NULL || retire_missing (import, old, error))
         && journal_change (import, site->id, site->id, old == NULL, error);
}

/* The last unit has left @link: it was given another name, or the site another way to be reached. */
static gboolean
retire_if_left (Import *import, const GdpLink *link, GError **error)
{
  g_auto (SqlQuery) query = sql_query (import->store, error,
    "SELECT 1 FROM link WHERE key = ?1 AND retired = 0 "
    "AND NOT EXISTS (SELECT 1 FROM unit WHERE unit.link = ?1 AND unit.retired = 0)", "i", link->key);
  int left = query != NULL ? sql_step (import->store, query, error) : -1;
  if (left <= 0)
    return left == 0;
  /* It may come back with another unit at its end. */
  return retire (import, &data_link_table, link->id, link->key, error)
         && sql_forget_unit (import->store, link->key, error)
         && journal_change (import, NULL, link->id, FALSE, error);
}

/* Links that the site's units were on and that the passports no longer name. */
static gboolean
retire_left_links (Import *import, guint index, GError **error)
{
  guint known = gdp_network_find_site (import->old, import->network->sites[index].id);
  const GdpSite *old = known != G_MAXUINT ? &import->old->sites[known] : NULL;
  for (guint i = 0; old != NULL && i < old->n_units; i++) {
    const GdpLink *link = &import->old->links[import->old->units[old->first_unit + i].link];
    if (gdp_network_find_link (import->network, link->id) == G_MAXUINT && !retire_if_left (import, link, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- the whole -------------------------------------------------------------------------- */

typedef gboolean (*ItemFunc) (Import *import, guint index, GError **error);

static gboolean
import_schedule_at (Import *import, guint index, GError **error)
{
  return import_schedule (import, &import->network->schedules[index], error);
}

static gboolean
import_profile_at (Import *import, guint index, GError **error)
{
  return import_profile (import, import->network->profiles->pdata[index], error);
}

static gboolean
import_site_at (Import *import, guint index, GError **error)
{
  return import_site (import, index, error);
}

/* Of @n items those that differ are marked while it looks, and written later. */
static gboolean
each (Import *import, ItemFunc func, guint n, gboolean *differs, GError **error)
{
  for (guint i = 0; i < n; i++) {
    guint before = import->n_differ;
    if (!import->looks && !differs[i])
      continue;
    if (!func (import, i, error))
      return FALSE;
    differs[i] = import->n_differ != before;
  }
  return TRUE;
}

typedef struct { gboolean *schedules, *links, *profiles, *sites; } Differing;

static gboolean
import_all (Import *import, const Differing *differing, GError **error)
{
  const GdpNetwork *network = import->network;
  if (!each (import, import_schedule_at, network->n_schedules, differing->schedules, error)
      || !each (import, import_link, network->n_links, differing->links, error)
      || !each (import, import_profile_at, network->profiles->len, differing->profiles, error)
      || !each (import, import_site_at, network->n_sites, differing->sites, error))
    return FALSE;
  for (guint i = 0; !import->looks && i < network->n_sites; i++)
    if (differing->sites[i] && !retire_left_links (import, i, error))
      return FALSE;
  return TRUE;
}

/* @again: (out): the configuration is not the one that was looked at any more; nothing was written. */
static gboolean
write_differences (Import *import, const Differing *differing, gboolean *again, GError **error)
{
  SqlMeta meta;
  if (!sql_begin (import->store, TRUE, &meta, error))
    return FALSE;
  import->looks = FALSE;
  import->meta = &meta;
  *again = meta.revision != import->old->revision;
  gboolean ok = !*again && import_all (import, differing, error);
  meta.revision++;
  return sql_end (import->store, &meta, ok, error);
}

static gboolean
import_once (SqlStore *self, const GdpNetwork *network, const char *who, gint64 now, gboolean *again, GError **error)
{
  g_autoptr (GdpNetwork) old = sql_network (&self->parent, error);
  g_autoptr (GHashTable) profiles = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree gint64 *links = g_new0 (gint64, network->n_links), *units = g_new0 (gint64, network->n_units);
  g_autofree gboolean *flags = g_new0 (gboolean, network->n_schedules + network->n_links + network->profiles->len
                                                 + network->n_sites);
  Differing differing = { .schedules = flags };
  differing.links = differing.schedules + network->n_schedules;
  differing.profiles = differing.links + network->n_links;
  differing.sites = differing.profiles + network->profiles->len;
  Import import = { .store = self, .old = old, .network = network, .who = who, .now = now, .profiles = profiles,
                    .links = links, .units = units, .looks = TRUE };

  *again = FALSE;
  if (old == NULL || !import_all (&import, &differing, error))
    return FALSE;
  return import.n_differ == 0
         || (data_merge_check (old, network, error) && write_differences (&import, &differing, again, error));
}

gboolean
sql_import (DataStore *store, const GdpNetwork *network, const char *who, gint64 now, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  GError *reason = NULL;
  gboolean again = TRUE, ok = FALSE;
  if (!sql_acts (self, who, GDP_ACT_CONFIGURE, &reason))
    return sql_refuse (self, who, "import", NULL, reason, error);
  while (again)
    ok = import_once (self, network, who, now, &again, error);
  return ok;
}
