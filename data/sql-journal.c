/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sql-journal-index.h"

#include <string.h>

/* ---- adding ----------------------------------------------------------------------------- */

static gboolean
is_text (const GdpEvent *event)
{
  const char *const texts[] = { event->site, event->object, event->who, event->before, event->after, event->text };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL && !g_utf8_validate (texts[i], -1, NULL))
      return FALSE;
  return TRUE;
}

/* (transfer full) */
static GdpEvent *
as_text (const GdpEvent *event)
{
  GdpEvent *row = gdp_event_copy (event);
  char **texts[] = { &row->site, &row->object, &row->who, &row->before, &row->after, &row->text };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*texts[i] != NULL) {
      g_autofree char *sent = *texts[i];
      *texts[i] = g_utf8_make_valid (sent, -1);
    }
  return row;
}

gboolean
sql_journal_append (SqlStore *self, SqlMeta *meta, const GdpEvent *event, GError **error)
{
  /* The hash is of what is stored: text, even if a modem sent something else. */
  g_autoptr (GdpEvent) mended = is_text (event) ? NULL : as_text (event);
  GdpEvent row = mended != NULL ? *mended : *event;
  row.seq = ++meta->seq;
  data_journal_hash (meta->journal_head, gdp_event_word (row.kind), &row, meta->journal_head);
  meta->journal_count++;

  g_auto (SqlQuery) query = sql_insert (self, &data_journal_table, &row, error);
  if (query == NULL)
    return FALSE;
  self->parent.backend->bind (query, 1, &(DataValue) { DATA_VALUE_BYTES, .bytes = meta->journal_head,
                                                       .size = DATA_HASH_SIZE });
  return sql_step (self, query, error) == 0;
}

/* 1: a flood's beginning or end was journaled after @seq; 0; -1 with an error. */
static int
flood_told_since (SqlStore *self, gint64 seq, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT seq FROM journal WHERE seq > ? AND (kind = ? OR kind = ?) LIMIT 1",
                                       "itt", seq, gdp_event_word (GDP_EVENT_FLOOD_BEGAN), gdp_event_word (GDP_EVENT_FLOOD_ENDED));

  return query != NULL ? sql_step (self, query, error) : -1;
}

gboolean
sql_note_flood (DataStore *store, const GdpEvent *event, gint64 seq, gboolean *noted, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;

  *noted = FALSE;
  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;
  int told = flood_told_since (self, seq, error);
  gboolean ended = sql_end (self, &meta, told > 0 || (told == 0 && sql_journal_append (self, &meta, event, error)), error);
  *noted = ended && told == 0;
  return ended;
}

/* ---- looking it up ---------------------------------------------------------------------- */

#define SLICE 4096   /* records looked through in one statement: an engine may fetch all of it at once */
#define PAGE  64     /* records fetched by their numbers in one */
#define MOST_RUNS 16 /* asked for at once */

typedef struct {
  SqlStore                *store;
  const DataJournalFilter *filter;
  const DataNeedles        *needles;
  GPtrArray               *found;
  guint                    limit;
} Search;

static gboolean
is_full (const Search *search)
{
  return search->found->len >= search->limit;
}

/* Takes the row stepped to if it is meant. @seq: (out): its number. */
static gboolean
take_row (Search *search, SqlQuery row, gint64 *seq, GError **error)
{
  const DataJournalFilter *filter = search->filter;
  GdpEvent event = { 0 };

  if (!sql_read_columns (search->store, row, 0, &data_journal_table, &event, error))
    return FALSE;
  *seq = event.seq;
  if (!is_full (search) && event.learned >= filter->since && (filter->until == 0 || event.learned < filter->until)
      && data_needles_match (search->needles, &event))
    g_ptr_array_add (search->found, gdp_event_copy (&event));
  return TRUE;
}

/* Of the records between @after and @before those that are meant, as far as the page goes. */
static gboolean
look_through (Search *search, gint64 after, gint64 before, GError **error)
{
  const DataJournalFilter *filter = search->filter;
  g_autofree char *sql = data_table_select (&data_journal_table, "", filter->onwards
    ? "WHERE (?1 IS NULL OR site = ?1) AND (?2 IS NULL OR object = ?2) AND learned >= ?3 AND (?4 = 0 OR learned < ?4) "
      "AND seq > ?5 AND seq < ?6 ORDER BY seq LIMIT ?7"
    : "WHERE (?1 IS NULL OR site = ?1) AND (?2 IS NULL OR object = ?2) AND learned >= ?3 AND (?4 = 0 OR learned < ?4) "
      "AND seq > ?5 AND seq < ?6 ORDER BY seq DESC LIMIT ?7");
  gint64 *end = filter->onwards ? &after : &before;

  for (guint n = SLICE; n == SLICE && !is_full (search);) {
    gint64 most = data_needles_n_texts (search->needles) > 0 ? SLICE : MIN (search->limit - search->found->len, SLICE);
    g_auto (SqlQuery) query = sql_query (search->store, error, sql, "ttiiiii", filter->site, filter->object,
                                         filter->since, filter->until, after, before, most);
    int more = query != NULL ? 1 : -1;
    for (n = 0; more > 0 && !is_full (search) && (more = sql_step (search->store, query, error)) > 0; n++)
      if (!take_row (search, query, end, error))
        return FALSE;
    if (more < 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_candidates (Search *search, const GArray *candidates, gint64 before, GError **error)
{
  g_autofree char *sql = data_table_select (&data_journal_table, "", "WHERE seq");
  const gint64 *numbers = (const gint64 *) (gpointer) candidates->data;
  guint at = 0, end = candidates->len, n;

  while (at < end && numbers[at] >= before)
    at++;
  while (end > at && numbers[end - 1] <= search->filter->after_seq)
    end--;
  for (; at < end && !is_full (search); at += n) {
    gint64 seq;
    n = MIN (end - at, PAGE);
    g_auto (SqlQuery) query = sql_query_among (search->store, error, sql, numbers + at, n, "ORDER BY seq DESC");
    int more = query != NULL ? 1 : -1;
    while (more > 0 && (more = sql_step (search->store, query, error)) > 0)
      if (!take_row (search, query, &seq, error))
        return FALSE;
    if (more < 0)
      return FALSE;
  }
  return TRUE;
}

/* @n runs, the newest first. */
static gboolean
look_in_runs (Search *search, const SqlRun *runs, guint n, gint64 before, GError **error)
{
  GArray *candidates[MOST_RUNS] = { NULL };
  gboolean ok = sql_runs_ask (search->store, search->needles, runs, n, candidates, error);

  for (guint i = 0; i < n; i++) {
    if (ok && !is_full (search))
      ok = candidates[i] != NULL
             ? take_candidates (search, candidates[i], before, error)
             : look_through (search, MAX (runs[i].after, search->filter->after_seq), MIN (runs[i].last + 1, before), error);
    g_clear_pointer (&candidates[i], g_array_unref);
  }
  return ok;
}

static gboolean
collect (Search *search, GError **error)
{
  const DataJournalFilter *filter = search->filter;
  gint64 before = filter->before_seq != 0 ? filter->before_seq : G_MAXINT64, indexed;
  guint at = 0;

  if (filter->onwards)
    return look_through (search, filter->after_seq, before, error);
  g_autoptr (GArray) runs = sql_journal_runs (search->store, filter, &indexed, error);
  if (runs == NULL || !look_through (search, MAX (indexed, filter->after_seq), before, error))
    return FALSE;
  for (guint n = 1; at < runs->len && !is_full (search); at += n, n = MIN (4 * n, MOST_RUNS)) {   /* mostly the first have it */
    n = MIN (n, runs->len - at);
    if (!look_in_runs (search, &g_array_index (runs, SqlRun, at), n, before, error))
      return FALSE;
  }
  return TRUE;
}

GPtrArray *
sql_journal (DataStore *store, const DataJournalFilter *filter, guint64 *hidden, GError **error)
{
  static const DataJournalFilter everything = { 0 };
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_event_free);
  SqlMeta meta;
  if (filter == NULL)
    filter = &everything;
  g_autoptr (DataNeedles) needles = data_needles_new (filter);
  Search search = { self, filter, needles, found, filter->limit != 0 ? filter->limit : 1000 };
  if (!sql_begin_read (self, error))
    return NULL;
  gboolean ok = sql_meta (self, &meta, error) && collect (&search, error);
  sql_end_read (self);
  if (ok && hidden != NULL)
    *hidden = (guint64) meta.journal_count - found->len;
  return ok ? g_steal_pointer (&found) : NULL;
}

/* ---- all of it ---------------------------------------------------------------------------- */

#define STRETCH 16384   /* records passed in one statement */

/* The alarms' records with @after < seq <= @last. */
static gboolean
tell_alarms (SqlStore *self, gint64 after, gint64 last, DataEventFunc func, gpointer user_data, GError **error)
{
  g_autofree char *sql = data_table_select (&data_journal_table, "",
                                            "WHERE seq > ? AND seq <= ? AND kind LIKE 'alarm-%' ORDER BY seq");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "ii", after, last);
  int more = query != NULL ? 1 : -1;

  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    GdpEvent event = { 0 };   /* its texts are borrowed */
    if (!sql_read_columns (self, query, 0, &data_journal_table, &event, error))
      return FALSE;
    func (&event, user_data);
  }
  return more == 0;
}

/* The next records after @at, which moves behind them. 1: there were some; 0: none; -1: an error. */
static int
pass_stretch (SqlStore *self, gint64 *at, DataEventFunc func, gpointer user_data, GError **error)
{
  gint64 last = 0;
  {
    g_auto (SqlQuery) query = sql_query (self, error, "SELECT max (seq) FROM (SELECT seq FROM journal WHERE seq > ? "
                                         "ORDER BY seq LIMIT ?) AS stretch", "ii", *at, (gint64) STRETCH);
    if (query == NULL || sql_step (self, query, error) < 0)
      return -1;
    last = sql_integer (query, 0);
  }
  if (last == 0)
    return 0;
  if (!tell_alarms (self, *at, last, func, user_data, error))
    return -1;
  *at = last;
  return 1;
}

gboolean
sql_alarm_events (DataStore *store, DataEventFunc func, gpointer user_data, GCancellable *cancellable, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;
  gint64 at = 0;
  int more = 1;

  while (more > 0) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error) || !sql_begin_read (self, error))
      return FALSE;
    more = sql_meta (self, &meta, error) ? pass_stretch (self, &at, func, user_data, error) : -1;
    sql_end_read (self);
  }
  return more == 0;
}

gboolean
sql_journal_head (DataStore *store, DataJournalHead *head, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;

  if (!sql_begin_read (self, error))
    return FALSE;
  gboolean ok = sql_meta (self, &meta, error);
  sql_end_read (self);
  if (!ok)
    return FALSE;
  head->count = meta.journal_count;
  for (guint i = 0; i < DATA_HASH_SIZE; i++)
    g_snprintf (head->hash + 2 * i, 3, "%02x", meta.journal_head[i]);
  return TRUE;
}
