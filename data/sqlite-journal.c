/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sqlite-private.h"

#include <string.h>

/* ---- adding ----------------------------------------------------------------------------- */

gboolean
sqlite_journal_append (SqliteStore *self, SqliteMeta *meta, const GdpEvent *event, GError **error)
{
  GdpEvent row = *event;
  row.seq = ++meta->seq;
  data_journal_hash (meta->journal_head, gdp_event_word (row.kind), &row, meta->journal_head);
  meta->journal_count++;

  g_auto (SqliteQuery) query = sqlite_insert (self, &data_journal_table, &row, error);
  if (query == NULL)
    return FALSE;
  sqlite3_bind_blob (query, 1, meta->journal_head, DATA_HASH_SIZE, SQLITE_TRANSIENT);
  return sqlite_step (self, query, error) == 0;
}

/* ---- looking it up ---------------------------------------------------------------------- */

/* Letters of any language, which SQLite's own LIKE does not know. A text may hold what a modem sent. */
static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  return g_utf8_casefold (valid, -1);
}

static gboolean
mentions (const GdpEvent *event, const char *folded)
{
  const char *const texts[] = { event->text, event->object, event->who, event->site };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *text = texts[i] != NULL ? fold (texts[i]) : NULL;
    if (text != NULL && strstr (text, folded) != NULL)
      return TRUE;
  }
  return FALSE;
}

static gboolean
collect (SqliteStore *self, const DataJournalFilter *filter, GPtrArray *found, GError **error)
{
  g_autofree char *folded = filter->text != NULL && *filter->text != '\0' ? fold (filter->text) : NULL;
  g_autofree char *rows = data_table_select (&data_journal_table, "",
    "WHERE (?1 IS NULL OR site = ?1) AND (?2 IS NULL OR object = ?2) AND learned >= ?3 "
    "AND (?4 = 0 OR learned < ?4) AND (?5 = 0 OR seq < ?5) AND seq > ?6 ORDER BY seq");
  g_autofree char *sql = g_strconcat (rows, filter->onwards ? "" : " DESC", NULL);
  g_auto (SqliteQuery) query = sqlite_query (self, error, sql, "ttiiii", filter->site, filter->object,
                                             filter->since, filter->until, filter->before_seq, filter->after_seq);
  guint limit = filter->limit != 0 ? filter->limit : 1000;
  int more = query != NULL ? 1 : -1;
  while (more > 0 && found->len < limit && (more = sqlite_step (self, query, error)) > 0) {
    GdpEvent event = { 0 };
    if (!sqlite_read_columns (self, query, 0, &data_journal_table, &event, error))
      return FALSE;
    if (folded == NULL || mentions (&event, folded))
      g_ptr_array_add (found, gdp_event_copy (&event));
  }
  return more >= 0;
}

GPtrArray *
sqlite_journal (DataStore *store, const DataJournalFilter *filter, guint64 *hidden, GError **error)
{
  static const DataJournalFilter everything = { 0 };
  SqliteStore *self = (SqliteStore *) store;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_event_free);
  SqliteMeta meta;
  if (!sqlite_is_in_place (self, error) || !sqlite_run (self, error, "BEGIN", ""))
    return NULL;
  gboolean ok = sqlite_meta (self, &meta, error)
                && collect (self, filter != NULL ? filter : &everything, found, error);
  sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL);   /* it only read */
  if (ok && hidden != NULL)
    *hidden = (guint64) meta.journal_count - found->len;
  return ok ? g_steal_pointer (&found) : NULL;
}

/* ---- verifying -------------------------------------------------------------------------- */

static gboolean
verify_file (SqliteStore *self, GString *report, GError **error)
{
  g_auto (SqliteQuery) query = sqlite_query (self, error, "PRAGMA integrity_check (1)", "");
  if (query == NULL || sqlite_step (self, query, error) <= 0)
    return FALSE;
  const char *found = sqlite_text (query, 0);
  g_string_append_printf (report, "file: %s\n", found);
  if (g_strcmp0 (found, "ok") == 0)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE,
               "%s: the file is damaged: %s; restore it from a backup", self->path, found);
  return FALSE;
}

static gboolean
broken (SqliteStore *self, GString *report, GError **error, const char *what, gint64 seq)
{
  g_string_append_printf (report, "journal: broken: %s %" G_GINT64_FORMAT "\n", what, seq);
  g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "%s: the journal was tampered with or damaged: %s %"
               G_GINT64_FORMAT, self->path, what, seq);
  return FALSE;
}

/* Hashes every record again. A record that was changed, put in or taken out before the end breaks
 * the chain at it or at the one after it; records cut off the end show in the head kept in meta. */
static gboolean
verify_journal (SqliteStore *self, GString *report, GError **error)
{
  guint8 hash[DATA_HASH_SIZE] = { 0 };
  gint64 count = 0, last = 0;
  SqliteMeta meta;
  if (!sqlite_meta (self, &meta, error))
    return FALSE;

  /* The kind is hashed as it is stored: it may be a word of a newer program, or not a word at all. */
  g_auto (SqliteQuery) query = sqlite_query (self, error,
    "SELECT seq, occurred, learned, priority, kind, site, object, who, before, after, text, hash FROM journal "
    "ORDER BY seq", "");
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sqlite_step (self, query, error)) > 0) {
    GdpEvent event = {
      .seq = sqlite3_column_int64 (query, 0), .occurred = sqlite3_column_int64 (query, 1),
      .learned = sqlite3_column_int64 (query, 2), .priority = (guint8) sqlite3_column_int (query, 3),
      .site = (char *) sqlite_text (query, 5), .object = (char *) sqlite_text (query, 6),
      .who = (char *) sqlite_text (query, 7), .before = (char *) sqlite_text (query, 8),
      .after = (char *) sqlite_text (query, 9), .text = (char *) sqlite_text (query, 10),
    };
    data_journal_hash (hash, sqlite_text (query, 4), &event, hash);
    if (sqlite3_column_bytes (query, 11) != DATA_HASH_SIZE
        || memcmp (hash, sqlite3_column_blob (query, 11), DATA_HASH_SIZE) != 0)
      return broken (self, report, error, "the chain breaks at record", event.seq);
    last = event.seq;
    count++;
  }
  if (more < 0)
    return FALSE;
  if (count != meta.journal_count || memcmp (hash, meta.journal_head, DATA_HASH_SIZE) != 0)
    return broken (self, report, error, "records are missing after record", last);
  g_string_append_printf (report, "journal: %" G_GINT64_FORMAT " records, chain ok, head ", count);
  for (guint i = 0; i < DATA_HASH_SIZE; i++)
    g_string_append_printf (report, "%02x", hash[i]);
  g_string_append_c (report, '\n');
  return TRUE;
}

/* No row may carry a number that was never given: a commit that is half there. */
static gboolean
verify_numbers (SqliteStore *self, GString *report, GError **error)
{
  gint64 beyond = sqlite_number (self,
    "SELECT max (coalesce ((SELECT max (seq) FROM sample), 0), coalesce ((SELECT max (seq) FROM journal), 0),"
    "            coalesce ((SELECT max (seq) FROM alarm), 0), coalesce ((SELECT max (seq) FROM command), 0),"
    "            coalesce ((SELECT max (seq) FROM contact), 0), coalesce ((SELECT max (seq) FROM server), 0))"
    "       > (SELECT seq FROM meta)", error);
  if (beyond < 0)
    return FALSE;
  g_string_append_printf (report, "numbers: %s\n", beyond != 0 ? "rows beyond the last number given" : "ok");
  if (beyond != 0)
    g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "%s: holds rows beyond the last number given; "
                 "restore it from a backup", self->path);
  return beyond == 0;
}

gboolean
sqlite_verify (DataStore *store, GString *report, GError **error)
{
  SqliteStore *self = (SqliteStore *) store;
  if (!sqlite_run (self, error, "BEGIN", ""))
    return FALSE;
  gboolean ok = verify_file (self, report, error) && verify_journal (self, report, error)
                && verify_numbers (self, report, error);
  sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL);   /* it only read */
  return ok;
}
