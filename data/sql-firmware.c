/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Firmware: images by their digest, and of each link the last wish. An image stays as long as a wish for it is open. */
#include "sql-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define OPEN "state IN ('wanted', 'installing', 'giving-up')"

/* ---- asking ------------------------------------------------------------------------------ */

/* A link as the journal names it, what its unit runs, and what is under way to it. */
typedef struct {
  char        *id, *site, *firmware, *version;
  GdpWishState state;      /* … and how far it has come; DONE where nothing ever was */
} Target;

static void
target_clear (Target *target)
{
  g_free (target->id);
  g_free (target->site);
  g_free (target->firmware);
  g_free (target->version);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, target_clear)

static gboolean
find_target (SqlStore *self, gint64 link, Target *target, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error,
    "SELECT link.id, (SELECT site.id FROM unit JOIN site ON site.key = unit.site WHERE unit.link = link.key LIMIT 1),"
    "  device.firmware, firmware_wish.version, firmware_wish.state FROM link LEFT JOIN device ON device.link = link.key"
    "  LEFT JOIN firmware_wish ON firmware_wish.link = link.key WHERE link.key = ? AND link.retired = 0", "i", link);
  int more = query != NULL ? sql_step (self, query, error) : -1;
  if (more < 0)
    return FALSE;
  if (more == 0) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_CONFLICT, "link %" G_GINT64_FORMAT " is not there any more", link);
    return FALSE;
  }
  *target = (Target) { g_strdup (sql_text (query, 0)), g_strdup (sql_text (query, 1)),
                       g_strdup (sql_text (query, 2)), g_strdup (sql_text (query, 3)), GDP_WISH_DONE };
  if (target->version != NULL)
    gdp_wish_parse (sql_text (query, 4), &target->state);
  return TRUE;
}

static gboolean
journal (SqlStore *self, SqlMeta *meta, const Target *target, GdpEventKind kind, const char *who, const char *after,
         const char *text, gint64 now, GError **error)
{
  GdpEvent event = {
    .kind = kind, .occurred = now, .learned = now, .site = target->site, .object = target->id, .who = (char *) who,
    .before = target->firmware, .after = (char *) after, .text = (char *) text,
  };
  return sql_journal_append (self, meta, &event, error);
}

/* What was given up is out of the way of the next, though the unit may not have been told yet. */
static gboolean
is_free (const Target *target, GError **error)
{
  if (!gdp_wish_open (target->state) || target->state == GDP_WISH_GIVING_UP)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, _("%s: firmware %s is under way to it already; give that up first"),
               target->id, target->version);
  return FALSE;
}

static gboolean
want_one (SqlStore *self, SqlMeta *meta, const GdpWish *wish, const char *who, gint64 now, GError **error)
{
  g_auto (Target) target = { 0 };
  GdpWish row = *wish;
  g_autofree char *text = g_strdup_printf ("%u bytes for %s, hardware %u; SHA-256 %s", wish->size, wish->model,
                                           wish->hardware, wish->digest);
  if (!find_target (self, wish->link, &target, error) || !is_free (&target, error))
    return FALSE;
  row.id = row.seq = ++meta->seq;
  row.before = target.firmware;
  return sql_put (self, &data_wish_table, NULL, &row, error)
         && journal (self, meta, &target, GDP_EVENT_FIRMWARE_ORDERED, who, wish->version, text, now, error);
}

static gboolean
drop_images (SqlStore *self, GError **error)
{
  return sql_run (self, error, "DELETE FROM firmware WHERE digest NOT IN "
                  "(SELECT digest FROM firmware_wish WHERE " OPEN ")", "");
}

static gboolean
want (SqlStore *self, SqlMeta *meta, GdpWish *wish, GBytes *image, const gint64 *links, guint n, GError **error)
{
  gboolean ok = sql_run (self, error, "INSERT INTO firmware VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", "titb",
                         wish->digest, wish->since, wish->who, image);
  for (guint i = 0; i < n && ok; i++) {
    wish->link = links[i];
    ok = want_one (self, meta, wish, wish->who, wish->since, error);
  }
  return ok && drop_images (self, error);
}

gboolean
sql_want_firmware (DataStore *store, const GdpWish *template, GBytes *image, const gint64 *links, guint n, const char *who,
                   gint64 now, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, image);
  GdpWish wish = { .version = template->version, .model = template->model, .hardware = template->hardware,
                   .digest = digest, .size = (guint32) g_bytes_get_size (image), .who = (char *) who,
                   .since = now, .changed = now };
  GError *reason = NULL;
  SqlMeta meta;

  if (!sql_acts (self, who, GDP_ACT_FIRMWARE, &reason))
    return sql_refuse (self, who, "firmware", NULL, reason, error);
  return sql_begin (self, TRUE, &meta, error)
         && sql_end (self, &meta, want (self, &meta, &wish, image, links, n, error), error);
}

static gboolean
give_up_one (SqlStore *self, SqlMeta *meta, gint64 link, const char *who, gint64 now, GError **error)
{
  g_auto (Target) target = { 0 };
  if (!find_target (self, link, &target, error))
    return FALSE;
  if (target.state != GDP_WISH_WANTED) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, target.state == GDP_WISH_INSTALLING
                 ? _("%s: the unit installs it already, which cannot be undone; when it has called again it can get another")
                 : _("%s: no firmware is under way to it"), target.id);
    return FALSE;
  }
  return sql_run (self, error, "UPDATE firmware_wish SET seq = ?, state = ?, changed = ? WHERE link = ?", "itii",
                  ++meta->seq, gdp_wish_word (GDP_WISH_GIVING_UP), now, link)
         && journal (self, meta, &target, GDP_EVENT_FIRMWARE_GIVEN_UP, who, target.version, NULL, now, error);
}

gboolean
sql_give_up_firmware (DataStore *store, const gint64 *links, guint n, const char *who, gint64 now, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  GError *reason = NULL;
  SqlMeta meta;
  gboolean ok = TRUE;

  if (!sql_acts (self, who, GDP_ACT_FIRMWARE, &reason))
    return sql_refuse (self, who, "firmware", NULL, reason, error);
  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;
  for (guint i = 0; i < n && ok; i++)
    ok = give_up_one (self, &meta, links[i], who, now, error);
  return sql_end (self, &meta, ok, error);
}

/* ---- the server's side ------------------------------------------------------------------- */

/* A wish that another took the place of stays as it is. */
gboolean
sql_put_wishes (SqlStore *self, SqlMeta *meta, const GPtrArray *wishes, GError **error)
{
  gboolean ended = FALSE;
  for (guint i = 0; i < wishes->len; i++) {
    const GdpWish *wish = wishes->pdata[i];
    if (!sql_run (self, error, "UPDATE firmware_wish SET seq = ?, state = ?, changed = ?, boot = ?, reason = ? "
                  "WHERE link = ? AND id = ?", "itiitii", ++meta->seq, gdp_wish_word (wish->state), wish->changed,
                  (gint64) wish->boot, wish->reason, wish->link, wish->id))
      return FALSE;
    ended = ended || !gdp_wish_open (wish->state);
  }
  return !ended || drop_images (self, error);
}

GPtrArray *
sql_wishes (DataStore *store, gint64 since, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GPtrArray) wishes = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_wish_free);
  g_autofree char *sql = data_table_select (&data_wish_table, "", "WHERE seq > ? ORDER BY seq");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "i", since);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    GdpWish wish = { 0 };
    if (!sql_read_columns (self, query, 0, &data_wish_table, &wish, error))
      return NULL;
    g_ptr_array_add (wishes, gdp_wish_copy (&wish));
  }
  return more == 0 ? g_steal_pointer (&wishes) : NULL;
}

GBytes *
sql_firmware (DataStore *store, const char *digest, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT image FROM firmware WHERE digest = ?", "t", digest);
  int more = query != NULL ? sql_step (self, query, error) : -1;
  if (more < 0)
    return NULL;
  if (more == 0) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_MISSING, "the image is not in the store: SHA-256 %s", digest);
    return NULL;
  }
  gsize size;
  gconstpointer bytes = sql_bytes (query, 0, &size);
  g_autoptr (GBytes) image = g_bytes_new (bytes, size);
  g_autofree char *found = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, image);
  if (strcmp (found, digest) == 0)
    return g_steal_pointer (&image);
  g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "the image is damaged in the store: SHA-256 %s, "
               "it should be %s", found, digest);
  return NULL;
}
