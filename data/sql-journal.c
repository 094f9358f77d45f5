/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sql-private.h"

#include <string.h>

/* ---- adding ----------------------------------------------------------------------------- */

/* The hash is of what is stored: text, even if a modem sent something else. (transfer full) */
static GdpEvent *
as_text (const GdpEvent *event)
{
  GdpEvent *row = gdp_event_copy (event);
  char **texts[] = { &row->site, &row->object, &row->who, &row->before, &row->after, &row->text };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*texts[i] != NULL && !g_utf8_validate (*texts[i], -1, NULL)) {
      g_autofree char *sent = *texts[i];
      *texts[i] = g_utf8_make_valid (sent, -1);
    }
  return row;
}

gboolean
sql_journal_append (SqlStore *self, SqlMeta *meta, const GdpEvent *event, GError **error)
{
  g_autoptr (GdpEvent) row = as_text (event);
  row->seq = ++meta->seq;
  data_journal_hash (meta->journal_head, gdp_event_word (row->kind), row, meta->journal_head);
  meta->journal_count++;

  g_auto (SqlQuery) query = sql_insert (self, &data_journal_table, row, error);
  if (query == NULL)
    return FALSE;
  self->parent.backend->bind (query, 1, &(DataValue) { DATA_VALUE_BYTES, .bytes = meta->journal_head,
                                                       .size = DATA_HASH_SIZE });
  return sql_step (self, query, error) == 0;
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
collect (SqlStore *self, const DataJournalFilter *filter, GPtrArray *found, GError **error)
{
  g_autofree char *folded = filter->text != NULL && *filter->text != '\0' ? fold (filter->text) : NULL;
  g_autofree char *rows = data_table_select (&data_journal_table, "",
    "WHERE (?1 IS NULL OR site = ?1) AND (?2 IS NULL OR object = ?2) AND learned >= ?3 "
    "AND (?4 = 0 OR learned < ?4) AND (?5 = 0 OR seq < ?5) AND seq > ?6 ORDER BY seq");
  g_autofree char *sql = g_strconcat (rows, filter->onwards ? "" : " DESC", NULL);
  g_auto (SqlQuery) query = sql_query (self, error, sql, "ttiiii", filter->site, filter->object,
                                       filter->since, filter->until, filter->before_seq, filter->after_seq);
  guint limit = filter->limit != 0 ? filter->limit : 1000;
  int more = query != NULL ? 1 : -1;
  while (more > 0 && found->len < limit && (more = sql_step (self, query, error)) > 0) {
    GdpEvent event = { 0 };
    if (!sql_read_columns (self, query, 0, &data_journal_table, &event, error))
      return FALSE;
    if (folded == NULL || mentions (&event, folded))
      g_ptr_array_add (found, gdp_event_copy (&event));
  }
  return more >= 0;
}

GPtrArray *
sql_journal (DataStore *store, const DataJournalFilter *filter, guint64 *hidden, GError **error)
{
  static const DataJournalFilter everything = { 0 };
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_event_free);
  SqlMeta meta;
  if (!sql_begin_read (self, error))
    return NULL;
  gboolean ok = sql_meta (self, &meta, error)
                && collect (self, filter != NULL ? filter : &everything, found, error);
  sql_end_read (self);
  if (ok && hidden != NULL)
    *hidden = (guint64) meta.journal_count - found->len;
  return ok ? g_steal_pointer (&found) : NULL;
}
