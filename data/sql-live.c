/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last value of every point without a second write per sample.
 *
 * Every sample is appended to `sample` and nothing else. Serving, the store remembers in memory
 * which points changed, and every now and then moves their last readings into `live`, a few rows
 * with each commit so that none of them takes long. meta.live_seq is the number up to which `live`
 * is complete: whoever wants the present state reads `live` and then the samples after live_seq.
 * Both are of one transaction, so a kill at any moment leaves a pair that fits; a newer start reads
 * the samples after live_seq again. Other writers' samples are picked up in the same way.
 *
 * `sample_span` is brought forward alike: a row for each run of samples with their earliest and
 * latest time, so that history over the append-only table skips what cannot hold the time asked for. */
#include "sql-private.h"

#define SPAN_SAMPLES   8192             /* samples to a row of sample_span */
#define MOVE_CHUNK     2048             /* rows moved with one commit: about 1.5 ms */
#define MOVE_SAMPLES   4096             /* moved when at least so many samples … */
#define MOVE_RATIO     8                /* … and so many for each row to be moved have come, or … */
#define MOVE_AGE       (10 * GDP_SECOND) /* … after this time */

struct SqlLive {
  gboolean    started;
  gint64      seen;           /* every sample up to this number is remembered below */
  GHashTable *places;         /* point's key → index + 1 in `changed` */
  GArray     *changed;        /* GdpReading: the newest of each point since the last move began */
  guint       n_samples;      /* that led to `changed` */
  gint64      due;            /* when to begin the next move at the latest, monotonic */

  GArray     *moving;         /* GdpReading on their way to `live` */
  guint       moved;          /* of them, committed */
  guint       moved_next;     /* of them, once the running transaction is committed */
  gint64      moving_seq;     /* `live` is complete up to here when all have moved */

  gint64      min_time, max_time;  /* of the samples that sample_span does not cover yet */
  guint       n_span;
  gboolean    span_written;   /* by the running transaction */
};

static GArray *
new_readings (void)
{
  return g_array_new (FALSE, FALSE, sizeof (GdpReading));
}

SqlLive *
sql_live_new (void)
{
  SqlLive *live = g_new0 (SqlLive, 1);
  live->places = g_hash_table_new (NULL, NULL);
  live->changed = new_readings ();
  live->moving = new_readings ();
  return live;
}

void
sql_live_free (SqlLive *live)
{
  g_hash_table_unref (live->places);
  g_array_unref (live->changed);
  g_array_unref (live->moving);
  g_free (live);
}

/* ---- remembering ------------------------------------------------------------------------ */

/* A late record, older by its source time than what is known, is history only; so is a mean, which says nothing of
 * the moment when its hour or day ended. */
static void
remember_newest (GHashTable *places, GArray *newest, const GdpReading *reading)
{
  gpointer point = GSIZE_TO_POINTER ((gsize) reading->point);
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, point));
  if (reading->reason == GDP_REASON_AVERAGED)
    return;
  if (place == 0) {
    g_array_append_vals (newest, reading, 1);
    g_hash_table_insert (places, point, GUINT_TO_POINTER (newest->len));
    return;
  }
  GdpReading *known = &g_array_index (newest, GdpReading, place - 1);
  if (gdp_reading_is_newer (reading, known))
    *known = *reading;
}

static void
remember (SqlLive *live, const GdpReading *reading)
{
  remember_newest (live->places, live->changed, reading);
  live->n_samples++;
  live->min_time = live->n_span == 0 ? reading->time : MIN (live->min_time, reading->time);
  live->max_time = live->n_span == 0 ? reading->time : MAX (live->max_time, reading->time);
  live->n_span++;
}

/* What others have written, and at the first call what was left by an earlier run. */
static gboolean
remember_others (SqlStore *self, const SqlMeta *meta, GError **error)
{
  SqlLive *live = self->live;
  if (!live->started) {
    live->started = TRUE;
    live->seen = MIN (meta->live_seq, meta->span_seq);
    live->due = g_get_monotonic_time () + MOVE_AGE;
  }
  if (live->seen == meta->seq)
    return TRUE;

  g_auto (SqlQuery) query = sql_query (self, error,
    "SELECT " SQL_READING " FROM sample WHERE seq > ? AND seq <= ? ORDER BY seq", "ii",
    live->seen, meta->seq);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    GdpReading reading;
    sql_read_reading (query, &reading);
    remember (live, &reading);
    live->seen = reading.seq;
  }
  if (more == 0)
    live->seen = meta->seq;
  return more == 0;
}

void
sql_live_committed (SqlStore *self, const SqlMeta *meta, const GArray *readings, gint64 first)
{
  SqlLive *live = self->live;
  live->moved = live->moved_next;
  if (live->moved == live->moving->len) {
    g_array_set_size (live->moving, 0);
    live->moved = live->moved_next = 0;
  }
  if (live->span_written)
    live->n_span = 0;
  live->span_written = FALSE;

  for (guint i = 0; readings != NULL && i < readings->len; i++) {
    GdpReading reading = g_array_index (readings, GdpReading, i);
    reading.seq = first + i;
    remember (live, &reading);
  }
  live->seen = meta->seq;
}

/* ---- moving ----------------------------------------------------------------------------- */

static gboolean
write_span (SqlStore *self, SqlMeta *meta, gboolean all, GError **error)
{
  SqlLive *live = self->live;
  live->span_written = FALSE;
  if (live->n_span < (all ? 1 : SPAN_SAMPLES))
    return TRUE;
  live->span_written = TRUE;
  if (meta->span_seq >= live->seen)   /* another server has covered them */
    return TRUE;
  if (!sql_run (self, error, "INSERT INTO sample_span VALUES (?, ?, ?, ?)", "iiii",
                meta->span_seq + 1, live->seen, live->min_time, live->max_time))
    return FALSE;
  meta->span_seq = live->seen;
  return TRUE;
}

static gboolean
move_is_due (const SqlLive *live, gboolean all)
{
  if (live->moving->len > 0 || live->changed->len == 0)
    return FALSE;
  return all || live->n_samples >= MAX (MOVE_SAMPLES, MOVE_RATIO * live->changed->len)
         || g_get_monotonic_time () >= live->due;
}

static void
begin_move (SqlLive *live)
{
  GArray *empty = live->moving;
  live->moving = live->changed;
  live->changed = empty;
  live->moving_seq = live->seen;
  live->moved = live->moved_next = 0;
  live->n_samples = 0;
  live->due = g_get_monotonic_time () + MOVE_AGE;
  g_hash_table_remove_all (live->places);
}

/* The condition is gdp_reading_is_newer() once more. */
static const SqlRows live_rows = {
  "live (" SQL_READING ")", SQL_READING_TYPES,
  "ON CONFLICT (point) DO UPDATE SET "
  "seq = excluded.seq, time = excluded.time, delay = excluded.delay, value = excluded.value, reason = excluded.reason "
  "WHERE CASE WHEN excluded.seq >= live.seq"
  "  THEN excluded.time >= live.time OR live.time > excluded.time + excluded.delay + 10000000"
  "  ELSE excluded.time > live.time AND excluded.time <= live.time + live.delay + 10000000 END"
};

static gboolean
put_live (SqlStore *self, const GdpReading *readings, guint n, GError **error)
{
  g_autofree SqlNumber *numbers = g_new (SqlNumber, 6 * (gsize) n);
  for (guint i = 0; i < n; i++)
    sql_reading_row (&readings[i], readings[i].seq, &numbers[6 * (gsize) i]);
  return self->parent.backend->insert_rows (self, &live_rows, numbers, n, error);
}

static gboolean
move_rows (SqlStore *self, SqlMeta *meta, guint most, GError **error)
{
  SqlLive *live = self->live;
  guint n = MIN (live->moving->len - live->moved, most);
  live->moved_next = live->moved;   /* an earlier attempt may have been rolled back */
  if (n == 0)
    return TRUE;
  if (!put_live (self, &g_array_index (live->moving, GdpReading, live->moved), n, error))
    return FALSE;
  live->moved_next += n;
  if (live->moved_next == live->moving->len)
    meta->live_seq = MAX (meta->live_seq, live->moving_seq);
  return TRUE;
}

gboolean
sql_live_forward (SqlStore *self, SqlMeta *meta, gboolean all, GError **error)
{
  SqlLive *live = self->live;
  if (!remember_others (self, meta, error) || !write_span (self, meta, all, error))
    return FALSE;
  if (all && live->moving->len > 0) {   /* finish the move that runs, then the rest in one more */
    if (!move_rows (self, meta, G_MAXUINT, error))
      return FALSE;
    g_array_set_size (live->moving, 0);
  }
  if (move_is_due (live, all))
    begin_move (live);
  return move_rows (self, meta, all ? G_MAXUINT : MOVE_CHUNK, error);
}

/* ---- reading ---------------------------------------------------------------------------- */

static int
by_seq (gconstpointer a, gconstpointer b)
{
  gint64 left = ((const GdpReading *) a)->seq, right = ((const GdpReading *) b)->seq;
  return left < right ? -1 : left > right;
}

GArray *
sql_live_read (SqlStore *self, const SqlMeta *meta, GError **error)
{
  g_autoptr (GArray) newest = new_readings ();
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  g_auto (SqlQuery) query = sql_query (self, error,
    "SELECT " SQL_READING " FROM live UNION ALL SELECT " SQL_READING " FROM sample WHERE seq > ?", "i",
    meta->live_seq);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    GdpReading reading;
    sql_read_reading (query, &reading);
    remember_newest (places, newest, &reading);
  }
  if (more < 0)
    return NULL;
  g_array_sort (newest, by_seq);
  return g_steal_pointer (&newest);
}
