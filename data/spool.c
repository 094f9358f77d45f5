/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool.h"

#include "batch-bytes.h"
#include "sql-private.h"

#define TOGETHER_BATCHES  64     /* forwarded in one transaction, unless they hold more than … */
#define TOGETHER_READINGS 5000   /* … so that others who write do not wait for long */

/* refused: why it cannot be stored; NULL = it waits. No place is given twice. */
static const char make_tables[] =
  "CREATE TABLE IF NOT EXISTS spool (place INTEGER PRIMARY KEY AUTOINCREMENT, server TEXT NOT NULL, run INTEGER NOT NULL,"
  "  number INTEGER NOT NULL, now INTEGER NOT NULL, refused TEXT, batch BLOB NOT NULL) STRICT";
static const char make_index[] = "CREATE INDEX IF NOT EXISTS spool_refused ON spool (place) WHERE refused IS NOT NULL";

struct DataSpool {
  SqlStore *sql;
  gint64    last;        /* place of the last that was kept */
  gint64    through;     /* what waits up to this place is in the store already, though it may stand here yet */
  gboolean  stale;       /* it does: the disk was full */
};

DataSpool *
data_spool_open (const char *path, GError **error)
{
  g_autofree char *uri = g_strconcat ("sqlite:", path, NULL);
  g_autoptr (DataStore) store = data_store_open (uri, DATA_ACCESS_SERVE, error);

  if (store == NULL || !sql_run ((SqlStore *) store, error, make_tables, "")
      || !sql_run ((SqlStore *) store, error, make_index, ""))
    return NULL;
  g_autoptr (DataSpool) self = g_new0 (DataSpool, 1);
  DataSpoolState state;
  self->sql = (SqlStore *) g_steal_pointer (&store);
  if (!data_spool_state (self, &state, error))
    return NULL;
  self->through = self->last - state.waiting;
  return g_steal_pointer (&self);
}

void
data_spool_close (DataSpool *self)
{
  if (self == NULL)
    return;
  data_store_close (&self->sql->parent);
  g_free (self);
}

DataStore *
data_spool_store (DataSpool *self)
{
  SqlMeta meta;
  return sql_meta (self->sql, &meta, NULL) && meta.revision > 0 ? &self->sql->parent : NULL;
}

/* 1: something waits; 0: nothing; -1 an error. */
static int
look (DataSpool *self, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self->sql, error, "SELECT 1 FROM spool WHERE refused IS NULL AND place > ? LIMIT 1", "i",
                                       self->through);
  return query != NULL ? sql_step (self->sql, query, error) : -1;
}

gint64
data_spool_last (const DataSpool *self)
{
  return self->last;
}

gint64
data_spool_through (const DataSpool *self)
{
  return self->through;
}

/* However much waits, a few pages are read. */
gboolean
data_spool_state (DataSpool *self, DataSpoolState *state, GError **error)
{
  gint64 set_aside = sql_number (self->sql, "SELECT count (*) FROM spool WHERE refused IS NOT NULL", error);
  gint64 last = sql_number (self->sql, "SELECT coalesce (max (seq), 0) FROM sqlite_sequence WHERE name = 'spool'", error);
  g_auto (SqlQuery) oldest = sql_query (self->sql, error, "SELECT place, now FROM spool WHERE refused IS NULL AND place > ? "
                                        "ORDER BY place LIMIT 1", "i", self->through);
  int waits = oldest != NULL && last >= 0 && set_aside >= 0 ? sql_step (self->sql, oldest, error) : -1;

  if (waits < 0)
    return FALSE;
  *state = (DataSpoolState) { .set_aside = set_aside };
  if (waits > 0) {
    state->waiting = last - sql_integer (oldest, 0) + 1;
    state->since = sql_integer (oldest, 1);
  }
  self->last = MAX (self->last, last);
  return TRUE;
}

/* ---- whose it is ---------------------------------------------------------------------------- */

gboolean
data_spool_begin (DataSpool *self, const DataServer *server, DataServer **before, GError **error)
{
  SqlMeta meta;

  return sql_read_server (self->sql, server->name, before, error) && sql_begin (self->sql, TRUE, &meta, error)
         && sql_end (self->sql, &meta, sql_put_server (self->sql, &meta, server, server->pid, error), error);
}

gboolean
data_spool_end (DataSpool *self, const DataServer *server, GError **error)
{
  SqlMeta meta;

  return sql_begin (self->sql, TRUE, &meta, error)
         && sql_end (self->sql, &meta, sql_put_server (self->sql, &meta, server, 0, error), error);
}

/* It was there at @now. */
static gboolean
beat (DataSpool *self, gint64 now, GError **error)
{
  return sql_run (self->sql, error, "UPDATE server SET heartbeat = ? WHERE pid <> 0", "i", now);
}

/* ---- the copy of the state ------------------------------------------------------------------ */

/* In an order in which none refers to a later one. */
static const char *const copied[] = { "link", "profile", "profile_register", "schedule", "site", "site_contact", "site_card", "unit", "point",
                                      "contact", "alarm", "device", "stream_mark", "link_claim" };

/* "\"key\", \"id\", …" and one "?" for each. */
static gboolean
list_columns (SqlStore *to, const char *table, GString *names, GString *places, GError **error)
{
  g_auto (SqlQuery) query = sql_query (to, error, "SELECT name FROM pragma_table_info (?) ORDER BY cid", "t", table);
  int more = query != NULL ? 1 : -1;

  while (more > 0 && (more = sql_step (to, query, error)) > 0) {
    const char *comma = names->len > 0 ? ", " : "";
    g_string_append_printf (names, "%s\"%s\"", comma, sql_text (query, 0));
    g_string_append_printf (places, "%s?", comma);
  }
  return more == 0;
}

static gboolean
copy_row (SqlStore *to, const char *insert, SqlStore *from, SqlQuery row, guint n, GError **error)
{
  g_auto (SqlQuery) query = sql_query (to, error, insert, "");

  for (guint i = 0; query != NULL && i < n; i++) {
    DataValue value = { .type = DATA_VALUE_ABSENT };
    from->parent.backend->column (row, i, &value);
    to->parent.backend->bind (query, i + 1, &value);
  }
  return query != NULL && sql_step (to, query, error) >= 0;
}

static gboolean
copy_table (SqlStore *to, SqlStore *from, const char *table, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL), places = g_string_new (NULL);
  if (!list_columns (to, table, names, places, error))
    return FALSE;
  guint n = (guint) (places->len + 2) / 3;
  g_autofree char *insert = g_strdup_printf ("INSERT INTO %s (%s) VALUES (%s)", table, names->str, places->str);
  g_autofree char *select = g_strdup_printf ("SELECT %s FROM %s", names->str, table);
  g_auto (SqlQuery) rows = sql_query (from, error, select, "");
  int more = rows != NULL ? 1 : -1;

  while (more > 0 && (more = sql_step (from, rows, error)) > 0)
    if (!copy_row (to, insert, from, rows, n, error))
      return FALSE;
  return more == 0;
}

static gboolean
put_live (SqlStore *to, const GArray *live, GError **error)
{
  if (!sql_run (to, error, "DELETE FROM live", ""))
    return FALSE;
  for (guint i = 0; i < live->len; i++) {
    const GdpReading *reading = &g_array_index (live, GdpReading, i);
    if (!sql_run (to, error, "INSERT INTO live (" SQL_READING ") VALUES (?, ?, ?, ?, ?, ?)", "iiiidi", reading->seq,
                  reading->point, reading->time, reading->received - reading->time, reading->value,
                  (gint64) reading->reason))
      return FALSE;
  }
  return TRUE;
}

static gboolean
empty_tables (SqlStore *to, GError **error)
{
  for (guint i = G_N_ELEMENTS (copied); i-- > 0;) {
    g_autofree char *sql = g_strdup_printf ("DELETE FROM %s", copied[i]);
    if (!sql_run (to, error, sql, ""))
      return FALSE;
  }
  return TRUE;
}

static gboolean
copy_tables (SqlStore *to, SqlMeta *meta, SqlStore *from, GError **error)
{
  SqlMeta theirs;

  if (!sql_meta (from, &theirs, error) || !empty_tables (to, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (copied); i++)
    if (!copy_table (to, from, copied[i], error))
      return FALSE;
  meta->revision = theirs.revision;
  meta->seq = MAX (meta->seq, theirs.seq);
  meta->live_seq = meta->span_seq = meta->seq;   /* of samples there are none */
  g_autoptr (GArray) live = sql_live_read (from, &theirs, error);
  return live != NULL && put_live (to, live, error);
}

/* Within a transaction, when nobody can put anything in any more: whether nothing waits. */
static gboolean
is_empty (DataSpool *self, gboolean *empty, GError **error)
{
  int waits = look (self, error);

  *empty = waits == 0;
  return waits >= 0;
}

gboolean
data_spool_copy (DataSpool *self, DataStore *from, gboolean *done, GError **error)
{
  SqlMeta meta;

  /* Their snapshot is taken by the first query, when nobody can write here any more: what is noted here before is in
   * it, what is noted later comes over it. */
  if (!sql_begin_read ((SqlStore *) from, error))
    return FALSE;
  gboolean ok = sql_begin (self->sql, TRUE, &meta, error)
                && sql_end (self->sql, &meta, is_empty (self, done, error)
                                              && (!*done || copy_tables (self->sql, &meta, (SqlStore *) from, error)), error);
  sql_end_read ((SqlStore *) from);
  return ok;
}

/* Read before anything is locked here: whoever commits does not wait for it. */
static GArray *
read_live (SqlStore *from, GError **error)
{
  SqlMeta theirs;

  if (!sql_begin_read (from, error))
    return NULL;
  GArray *live = sql_meta (from, &theirs, error) ? sql_live_read (from, &theirs, error) : NULL;
  sql_end_read (from);
  return live;
}

static gboolean
put_claims (SqlStore *to, SqlStore *from, GError **error)
{
  return sql_run (to, error, "DELETE FROM link_claim", "") && copy_table (to, from, "link_claim", error);
}

gboolean
data_spool_refresh (DataSpool *self, DataStore *from, gboolean *done, GError **error)
{
  g_autoptr (GArray) live = read_live ((SqlStore *) from, error);
  SqlMeta meta;

  return live != NULL && sql_begin (self->sql, FALSE, &meta, error)
         && sql_end (self->sql, &meta, is_empty (self, done, error)
                                       && (!*done || (put_live (self->sql, live, error)
                                                      && put_claims (self->sql, (SqlStore *) from, error)
                                                      && beat (self, data_store_now (from), error))), error);
}

GArray *
data_spool_links (DataSpool *self, const char *server, GError **error)
{
  g_autoptr (GArray) links = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (SqlQuery) query = sql_query (self->sql, error, "SELECT link FROM link_claim WHERE server = ?", "t", server);
  int more = query != NULL ? 1 : -1;

  while (more > 0 && (more = sql_step (self->sql, query, error)) > 0) {
    gint64 link = sql_integer (query, 0);
    g_array_append_val (links, link);
  }
  return more == 0 ? g_steal_pointer (&links) : NULL;
}

/* Of @batch what a server starts from: not what is history, nor what it has of people. */
static gboolean
add_state (SqlStore *sql, SqlMeta *meta, const DataBatch *batch, GError **error)
{
  g_autoptr (GArray) no_readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_autoptr (GPtrArray) no_events = g_ptr_array_new ();
  GdpChanges changes = { .readings = no_readings, .events = no_events };
  DataBatch state = { .marks = batch->marks, .forgotten = batch->forgotten, .devices = batch->devices };

  if (batch->changes != NULL) {
    changes.alarms = batch->changes->alarms;
    changes.contacts = batch->changes->contacts;
    state.changes = &changes;
  }
  return sql_add_batch (sql, meta, &state, error);
}

gboolean
data_spool_note (DataSpool *self, const DataBatch *batch, GError **error)
{
  SqlMeta meta;

  return sql_begin (self->sql, FALSE, &meta, error)
         && sql_end (self->sql, &meta, add_state (self->sql, &meta, batch, error), error);
}

/* ---- what waits ----------------------------------------------------------------------------- */

/* Bytes of the file that hold something. */
static gint64
used (DataSpool *self, GError **error)
{
  return sql_number (self->sql, "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, "
                     "pragma_freelist_count, pragma_page_size", error);
}

static gboolean
has_room (DataSpool *self, gint64 most, GError **error)
{
  gint64 bytes = most > 0 ? used (self, error) : 0;

  if (bytes >= most && bytes > 0)
    g_set_error (error, DATA_ERROR, DATA_ERROR_FULL, "%s: what waits there takes the %" G_GINT64_FORMAT " MiB that it may; units "
                 "keep their records until the store is back, or spool-most= is raised", self->sql->place, most >> 20);
  return bytes >= 0 && (bytes < most || most <= 0);
}

/* Its place, or -1. */
static gint64
add_waiting (DataSpool *self, const DataBatch *batch, GBytes *bytes, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self->sql, error, "INSERT INTO spool (server, run, number, now, batch) "
                                       "VALUES (?, ?, ?, ?, ?) RETURNING place", "tiiib", batch->server, batch->run,
                                       batch->number, batch->now, bytes);
  return query != NULL && sql_step (self->sql, query, error) > 0 ? sql_integer (query, 0) : -1;
}

gboolean
data_spool_keep (DataSpool *self, const DataBatch *batch, gint64 most, GError **error)
{
  SqlMeta meta;

  g_return_val_if_fail (batch->server != NULL, FALSE);
  if (!has_room (self, most, error) || !sql_begin (self->sql, TRUE, &meta, error))
    return FALSE;
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (data_batch_encode (batch));
  gint64 place = add_waiting (self, batch, bytes, error);
  if (!sql_end (self->sql, &meta, place >= 0 && beat (self, batch->now, error) && add_state (self->sql, &meta, batch, error), error))
    return FALSE;
  self->last = place;
  return TRUE;
}

/* ---- forwarding ----------------------------------------------------------------------------- */

typedef struct {
  gint64     place;
  char      *server;
  DataBatch *batch;      /* NULL: it cannot be read */
  GError    *why;        /* then */
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_free (waiting->server);
  data_batch_free (waiting->batch);
  g_clear_error (&waiting->why);
  g_free (waiting);
}

static Waiting *
read_waiting (SqlQuery query)
{
  Waiting *waiting = g_new0 (Waiting, 1);
  gsize size;
  gconstpointer bytes = sql_bytes (query, 4, &size);

  waiting->place = sql_integer (query, 0);
  waiting->server = g_strdup (sql_text (query, 1));
  waiting->batch = data_batch_decode (bytes, size, &waiting->why);
  if (waiting->batch != NULL) {
    waiting->batch->server = waiting->server;
    waiting->batch->run = sql_integer (query, 2);
    waiting->batch->number = sql_integer (query, 3);
  }
  return waiting;
}

/* Whether @next can go with @chunk: of one server, and all of them sound. */
static gboolean
fits (const GPtrArray *chunk, const Waiting *next, guint *readings)
{
  const Waiting *first = chunk->len > 0 ? chunk->pdata[0] : NULL;

  *readings += next->batch != NULL ? next->batch->changes->readings->len : 0;
  return first == NULL || (first->batch != NULL && next->batch != NULL && g_str_equal (first->server, next->server)
                           && *readings <= TOGETHER_READINGS);
}

/* The oldest that wait, element-type Waiting; none = none waits. */
static GPtrArray *
read_chunk (DataSpool *self, guint most, GError **error)
{
  g_autoptr (GPtrArray) chunk = g_ptr_array_new_with_free_func (waiting_free);
  g_auto (SqlQuery) query = sql_query (self->sql, error, "SELECT place, server, run, number, batch FROM spool "
                                       "WHERE refused IS NULL AND place > ? ORDER BY place LIMIT ?", "ii", self->through,
                                       (gint64) MIN (most, TOGETHER_BATCHES));
  int more = query != NULL ? 1 : -1;
  guint readings = 0;

  while (more > 0 && (more = sql_step (self->sql, query, error)) > 0) {
    Waiting *next = read_waiting (query);
    if (!fits (chunk, next, &readings)) {
      waiting_free (next);
      more = 0;
    } else
      g_ptr_array_add (chunk, next);
  }
  return more == 0 ? g_steal_pointer (&chunk) : NULL;
}

static gboolean
set_aside (DataSpool *self, gint64 place, const GError *why, GError **error)
{
  SqlMeta meta;

  return sql_begin (self->sql, TRUE, &meta, error)
         && sql_end (self->sql, &meta, sql_run (self->sql, error, "UPDATE spool SET refused = ? WHERE place = ?", "ti",
                                                why->message, place), error);
}

/* Need not be on disk, nor succeed on a disk that is full: what comes again is known by its number. */
static void
let_go (DataSpool *self)
{
  g_autoptr (GError) error = NULL;
  SqlMeta meta;

  self->stale = !sql_begin (self->sql, FALSE, &meta, &error)
                || !sql_end (self->sql, &meta, sql_run (self->sql, &error, "DELETE FROM spool WHERE place <= ? "
                                                        "AND refused IS NULL", "i", self->through), &error);
  if (self->stale)
    g_debug ("%s", error->message);
}

/* The store has another end of the commands than they had: the journal tells what really came of them. */
static void
note_results (DataBatch *batch)
{
  for (guint i = 0; i < batch->results->len; i++) {
    const DataCommandResult *result = &g_array_index (batch->results, DataCommandResult, i);
    GdpEvent *event = g_new0 (GdpEvent, 1);
    event->kind = GDP_EVENT_NOTE;
    event->occurred = event->learned = batch->now;
    event->object = g_strdup (batch->server);
    event->who = g_strdup (batch->server);
    event->text = g_strdup_printf ("command %" G_GINT64_FORMAT " was %s while the store was away%s%s", result->id,
                                   result->ok ? "done" : "refused", result->result != NULL ? ": " : "",
                                   result->result != NULL ? result->result : "");
    g_ptr_array_add (batch->changes->events, event);
  }
  g_array_set_size (batch->results, 0);
}

static gboolean
commit_one (DataStore *to, DataBatch *batch, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (data_store_commit_late (to, &batch, 1, &reason))
    return TRUE;
  if (!g_error_matches (reason, DATA_ERROR, DATA_ERROR_CONFLICT) || batch->results->len == 0) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  note_results (batch);
  return data_store_commit_late (to, &batch, 1, error);
}

/* Whatever comes of another attempt, it is the same. */
static gboolean
is_hopeless (const GError *why)
{
  return g_error_matches (why, DATA_ERROR, DATA_ERROR_REFUSED) || g_error_matches (why, DATA_ERROR, DATA_ERROR_DAMAGED);
}

static gboolean
settle_one (DataSpool *self, DataStore *to, Waiting *waiting, GError **error)
{
  g_autoptr (GError) why = g_steal_pointer (&waiting->why);

  if (waiting->batch == NULL || !commit_one (to, waiting->batch, &why)) {
    if (!is_hopeless (why)) {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
    if (!set_aside (self, waiting->place, why, error))
      return FALSE;
  }
  self->through = waiting->place;
  return TRUE;
}

/* FALSE: with an error, or one of them will not go: then each is to be tried for itself. */
static gboolean
settle_together (DataSpool *self, DataStore *to, const GPtrArray *chunk, GError **error)
{
  g_autofree DataBatch **batches = g_new (DataBatch *, chunk->len);
  g_autoptr (GError) why = NULL;

  for (guint i = 0; i < chunk->len; i++)
    batches[i] = ((Waiting *) chunk->pdata[i])->batch;
  if (!data_store_commit_late (to, batches, chunk->len, &why)) {
    if (!is_hopeless (why) && !g_error_matches (why, DATA_ERROR, DATA_ERROR_CONFLICT))
      g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  self->through = ((Waiting *) chunk->pdata[chunk->len - 1])->place;
  return TRUE;
}

static gboolean
settle (DataSpool *self, DataStore *to, const GPtrArray *chunk, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (chunk->len > 1 && settle_together (self, to, chunk, &reason))
    return TRUE;
  for (guint i = 0; reason == NULL && i < chunk->len; i++)
    settle_one (self, to, chunk->pdata[i], &reason);
  if (reason == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

gboolean
data_spool_forward (DataSpool *self, DataStore *to, guint most, guint *done, GError **error)
{
  for (*done = 0; *done < most;) {
    g_autoptr (GPtrArray) chunk = read_chunk (self, most - *done, error);
    if (chunk == NULL)
      return FALSE;
    if (chunk->len == 0) {
      if (self->stale)
        let_go (self);
      break;
    }
    gboolean settled = settle (self, to, chunk, error);
    let_go (self);
    if (!settled)
      return FALSE;
    *done += chunk->len;
  }
  return TRUE;
}
