/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pass that moves hot rows into the blocks of their hours; sql-sealed.h tells what holds at each moment.
 *
 * All that takes time (reading, merging, packing) is done outside of transactions: rows up to seal_seq do not change
 * any more, and hours are written by this pass alone; that no other server was faster is seen by the step. */
#include "sql-sealed.h"

#include "block.h"
#include "sql-journal-index.h"

#define MOST_ROWS 250000      /* in a pass: 12 MB */
#define TRIM_ROWS 20000       /* deleted in a transaction */
#define NO_GRID   1e-6        /* of points that are not configured any more */
#define MOST_HOURS 256        /* of one point in a pass, for one transaction has to take them: a unit may bring a year at once */

typedef struct {
  SqlStore          *store;
  const GdpNetwork  *network;
  const DataSealing *how;
  SqlSealing         sealing;
  GArray            *rows;        /* GdpReading, by point, time, number */
  GArray            *ready;       /* SqlReady */
  GArray            *aside;       /* SqlAside */
  gboolean           mine;        /* no other server is at it */
} Pass;

/* ---- what is due -------------------------------------------------------------------------- */

/* Rows that are hot. */
typedef struct { gint64 first, last, received; } Hot;   /* numbers; when the first was received */

static gboolean
look (Pass *pass, Hot *hot, GError **error)
{
  g_auto (SqlQuery) query = sql_query (pass->store, error,
    "SELECT seq, time + delay, (SELECT max (seq) FROM sample) FROM sample WHERE seq > ? ORDER BY seq LIMIT 1", "i",
    pass->sealing.sealed_seq);
  int more = query != NULL ? sql_step (pass->store, query, error) : -1;
  *hot = (Hot) { 0 };
  if (more > 0)
    *hot = (Hot) { sql_integer (query, 0), sql_integer (query, 2), sql_integer (query, 1) };
  return more >= 0;
}

/* Until when what came in is to be sealed; 0 = nothing is due. Of the hour that goes on nothing is, unless there are too
 * many rows: it would have to be opened again. */
static gint64
due_until (const DataSealing *how, const Hot *hot)
{
  gint64 hour = data_cell_of (how->now - how->grace, DATA_HOUR);

  if (hot->first > 0 && hot->last - hot->first >= how->hot_most)
    return how->now - how->quiet;
  return hot->first > 0 && data_cell_of (hot->received, DATA_HOUR) < hour ? hour * DATA_HOUR - 1 : 0;
}

/* Up to which number rows may go: they came in by @time, are known to `live`, and not too many. 0 = none, -1 on error. */
static gint64
seal_until (Pass *pass, const SqlMeta *meta, const Hot *hot, gint64 time, GError **error)
{
  g_auto (SqlQuery) query = sql_query (pass->store, error,
    "SELECT seq FROM sample WHERE seq >= ? AND seq <= ? AND time + delay <= ? ORDER BY seq DESC LIMIT 1", "iii",
    hot->first, MIN (meta->live_seq, hot->first + MOST_ROWS - 1), time);
  int more = query != NULL ? sql_step (pass->store, query, error) : -1;
  return more > 0 ? sql_integer (query, 0) : more;
}

static int
by_point (gconstpointer a, gconstpointer b)
{
  const GdpReading *left = a, *right = b;

  return left->point != right->point ? (left->point < right->point ? -1 : 1)
         : left->time != right->time ? (left->time < right->time ? -1 : 1)
         : left->seq < right->seq ? -1 : left->seq > right->seq;
}

/* How often a point's readings, in the order in which they came, went from one hour to another. */
typedef struct { gint64 hour; guint n; } Hours;

static gboolean
are_many_hours (GHashTable *places, GArray *all, const GdpReading *reading)
{
  gpointer point = GSIZE_TO_POINTER ((gsize) reading->point);
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, point));
  gint64 hour = data_cell_of (reading->time, DATA_HOUR);

  if (place == 0) {
    g_array_append_vals (all, &(Hours) { hour, 1 }, 1);
    g_hash_table_insert (places, point, GUINT_TO_POINTER (all->len));
    return FALSE;
  }
  Hours *its = &g_array_index (all, Hours, place - 1);
  its->n += its->hour != hour;
  its->hour = hour;
  return its->n > MOST_HOURS;
}

/* @anew: the pass may end earlier than it was meant to. */
static gboolean
load_rows (Pass *pass, gboolean anew, GError **error)
{
  const SqlSealing *sealing = &pass->sealing;
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) hours = g_array_new (FALSE, FALSE, sizeof (Hours));
  g_auto (SqlQuery) query = sql_query (pass->store, error, "SELECT " SQL_READING " FROM sample WHERE seq > ? AND seq <= ? "
    "AND point > ? AND point < ? ORDER BY seq", "iiii", sealing->sealed_seq, sealing->seal_seq,
    MAX (sealing->seal_point, SQL_SHARD_FIRST (sealing->shard)), SQL_SHARD_FIRST (sealing->shard + 1));
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (pass->store, query, error)) > 0) {
    GdpReading reading;
    sql_read_reading (query, &reading);
    if (anew && are_many_hours (places, hours, &reading)) {
      pass->sealing.seal_seq = reading.seq - 1;
      break;
    }
    g_array_append_val (pass->rows, reading);
  }
  g_array_sort (pass->rows, by_point);
  return more >= 0;
}

/* Whether the shard's database is there; else all that the pass does would be for nothing. That it is not is to be known
 * before anything is due, too. */
static gboolean
reach (Pass *pass, GError **error)
{
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (DataFigures));

  return sql_load_hours (pass->store, &(SqlCells) { SQL_SHARD_FIRST (pass->sealing.shard), 0, 1, none }, 1, error);
}

/* What an earlier run began is finished first, else a pass begins if one is due: `rows` are what it has to do. */
static gboolean
begin (Pass *pass, gint64 shard, gboolean *due, GError **error)
{
  SqlMeta meta;

  *due = FALSE;
  if (!sql_sealing (pass->store, shard, &pass->sealing, error) || !sql_meta (pass->store, &meta, error))
    return FALSE;
  gboolean anew = pass->sealing.seal_seq <= pass->sealing.sealed_seq;
  if (anew) {
    Hot hot;
    if (!look (pass, &hot, error))
      return FALSE;
    gint64 time = due_until (pass->how, &hot);
    gint64 until = time != 0 ? seal_until (pass, &meta, &hot, time, error) : 0;
    if (until <= 0)
      return until == 0 && reach (pass, error);
    pass->sealing.seal_seq = until;
    pass->sealing.seal_point = 0;
  }
  *due = TRUE;
  return reach (pass, error) && load_rows (pass, anew, error);
}

/* ---- an hour ------------------------------------------------------------------------------ */

/* Those of @rows that are not among @readings. Some are when an hour is kept in another database, which had committed it,
 * and then this one failed: what is alike in all is the same reading. Both are in order of time. */
static GArray *
leave_out_known (const GArray *readings, const GdpReading *rows, guint n)
{
  GArray *left = g_array_sized_new (FALSE, FALSE, sizeof *rows, n);

  for (guint i = 0, at = 0; i < n; i++) {
    while (at < readings->len && g_array_index (readings, GdpReading, at).time < rows[i].time)
      at++;
    guint same = at;
    while (same < readings->len && g_array_index (readings, GdpReading, same).time == rows[i].time
           && !sql_same_reading (&g_array_index (readings, GdpReading, same), &rows[i]))
      same++;
    if (same < readings->len && g_array_index (readings, GdpReading, same).time == rows[i].time)
      at = same + 1;   /* it stands for this one and for no other */
    else
      g_array_append_val (left, rows[i]);
  }
  return left;
}

/* @rows behind those of @readings that are not later. */
static void
merge (GArray *readings, const GdpReading *rows, guint n_rows)
{
  g_autoptr (GArray) later = leave_out_known (readings, rows, n_rows);
  guint from = readings->len, n = later->len, to = from + n;

  g_array_set_size (readings, to);
  GdpReading *all = (GdpReading *) (gpointer) readings->data;
  while (n > 0) {
    const GdpReading *last = &g_array_index (later, GdpReading, n - 1);
    gboolean stays = from > 0 && all[from - 1].time > last->time;
    all[--to] = stays ? all[--from] : *last;
    n -= !stays;
  }
}

/* The hour's @n new @readings, for which it is not fit because of @why. FALSE: that is not the hour's fault. */
static gboolean
leave_aside (Pass *pass, const GdpReading *readings, guint n, GError *why, GError **error)
{
  gboolean damaged = g_error_matches (why, DATA_ERROR, DATA_ERROR_DAMAGED) || g_error_matches (why, DATA_ERROR, DATA_ERROR_NEWER);

  if (!damaged && !g_error_matches (why, DATA_ERROR, DATA_ERROR_REFUSED)) {
    g_propagate_error (error, why);
    return FALSE;
  }
  SqlAside one = { readings, n, g_strdup (damaged ? "the block of that hour cannot be read" : why->message) };
  g_array_append_val (pass->aside, one);
  g_error_free (why);
  return TRUE;
}

/* The hour's @n new @readings and what it has already, ready to be written. */
static gboolean
make_hour (Pass *pass, gint64 hour, const GdpReading *readings, guint n, double resolution, gint64 hold,
           GArray *mended, GError **error)
{
  gint64 point = readings->point;
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  GByteArray *block = NULL;
  GError *why = NULL;

  if (sql_load_hour (pass->store, point, hour, all, &why)) {
    merge (all, readings, n);
    block = data_block_encode (all, resolution, &why);
  }
  if (block == NULL)
    return leave_aside (pass, readings, n, why, error);
  SqlReady one = { .point = point, .number = hour, .block = g_byte_array_free_to_bytes (block),
                   .figures = data_figures_of_all ((const GdpReading *) (gpointer) all->data, all->len, hold) };
  g_array_append_val (pass->ready, one);
  if (hour >= 0 && hour / 24 < sql_packed_until (&pass->sealing, point)
      && (pass->how->keep_hours == 0 || hour * DATA_HOUR >= pass->how->now - pass->how->keep_hours))
    g_array_append_val (mended, one.figures);
  return TRUE;
}

/* All hours of the point whose readings begin at @first; returns where the next point's begin, 0 on error. */
static guint
make_point (Pass *pass, guint first, GError **error)
{
  const GdpReading *rows = (const GdpReading *) (gpointer) pass->rows->data;
  gint64 point = rows[first].point;
  guint index = gdp_network_point_by_key (pass->network, point), at = first;
  double resolution = index != G_MAXUINT && pass->network->points[index].resolution > 0
                      ? pass->network->points[index].resolution : NO_GRID;
  gint64 hold = data_hold_of (pass->network, index);
  g_autoptr (GArray) mended = g_array_new (FALSE, FALSE, sizeof (DataFigures));

  while (at < pass->rows->len && rows[at].point == point) {
    gint64 hour = data_cell_of (rows[at].time, DATA_HOUR);
    guint begin = at;
    while (at < pass->rows->len && rows[at].point == point && data_cell_of (rows[at].time, DATA_HOUR) == hour)
      at++;
    if (!make_hour (pass, hour, rows + begin, at - begin, resolution, hold, mended, error))
      return 0;
  }
  return sql_mend_packs (pass->store, point, mended, hold, pass->ready, error) ? at : 0;
}

/* ---- steps -------------------------------------------------------------------------------- */

static gboolean
write_hours (SqlStore *self, SqlMeta *meta, gpointer data, GError **error)
{
  return sql_put_ready (self, ((Pass *) data)->ready, error);
}

static gboolean
write_end (SqlStore *self, SqlMeta *meta, gpointer data, GError **error)
{
  SqlSealing *sealing = &((Pass *) data)->sealing;
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT coalesce (min (sealed_seq), ?) FROM sealing WHERE shard <> ?", "ii",
                                       sealing->seal_seq, sealing->shard);

  if (query == NULL || sql_step (self, query, error) <= 0)
    return FALSE;
  sealing->sealed_seq = sealing->seal_seq;
  sealing->seal_seq = sealing->seal_point = 0;
  meta->trimmed_seq = MAX (meta->trimmed_seq, MIN (sealing->sealed_seq, sql_integer (query, 0)));
  return TRUE;
}

/* What is put aside counts from the moment when its point is done. */
static gboolean
write_points (Pass *pass, gint64 last, GError **error)
{
  if (!sql_put_aside (pass->store, pass->network, pass->how, &pass->sealing, pass->aside, &pass->mine, error))
    return FALSE;
  if (!pass->mine || sql_is_stopped (pass->how))
    return TRUE;
  pass->sealing.seal_point = last;
  for (guint i = 0; i < pass->ready->len; i++) {
    const SqlReady *one = &g_array_index (pass->ready, SqlReady, i);
    if (one->pack == NULL)
      pass->sealing.end_hour = MAX (pass->sealing.end_hour, one->number + 1);
  }
  return sql_sealing_step (pass->store, SQL_WRITE_ASIDE, &pass->sealing, write_hours, pass, &pass->mine, error);
}

static gboolean
seal_points (Pass *pass, GError **error)
{
  for (guint at = 0; at < pass->rows->len && pass->mine && !sql_is_stopped (pass->how);) {
    gint64 until = g_get_monotonic_time () + SQL_STEP_TIME, last;
    g_autoptr (GArray) ready = sql_ready_new (), aside = sql_aside_new ();
    pass->ready = ready;
    pass->aside = aside;
    do {
      last = g_array_index (pass->rows, GdpReading, at).point;
      if ((at = make_point (pass, at, error)) == 0)
        return FALSE;
    } while (at < pass->rows->len && ready->len < SQL_STEP_READY && g_get_monotonic_time () < until);
    if (!write_points (pass, last, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- rows that count no more --------------------------------------------------------------- */

static gboolean
write_trim (SqlStore *self, SqlMeta *meta, gpointer data, GError **error)
{
  gint64 *until = data;

  return sql_run (self, error, "DELETE FROM sample WHERE seq <= ?", "i", *until)
         && sql_run (self, error, "DELETE FROM sample_span WHERE last_seq <= ?", "i", *until);
}

static gboolean
trim (Pass *pass, GError **error)
{
  while (pass->mine && !sql_is_stopped (pass->how)) {
    SqlMeta meta;
    gint64 first = sql_number (pass->store, "SELECT coalesce (min (seq), 0) FROM sample", error);
    if (first < 0 || !sql_meta (pass->store, &meta, error))
      return FALSE;
    if (first == 0 || first > meta.trimmed_seq)
      return TRUE;
    gint64 until = MIN (first + TRIM_ROWS - 1, meta.trimmed_seq);
    if (!sql_sealing_step (pass->store, SQL_WRITE_ASIDE, &pass->sealing, write_trim, &until, &pass->mine, error))
      return FALSE;
  }
  return TRUE;
}

/* What came of a shard: its rows with numbers beyond `from`, up to `until`, are in hours now. */
typedef struct {
  const SqlShard *shard;
  gint64          from, until;
} Done;

static gboolean
write_trim_own (SqlStore *self, SqlMeta *meta, gpointer data, GError **error)
{
  const Done *part = data;

  return sql_run (self, error, "DELETE FROM sample WHERE seq > ? AND seq <= ? AND point >= ? AND point < ?", "iiii", part->from,
                  part->until, SQL_SHARD_FIRST (part->shard->number), SQL_SHARD_FIRST (part->shard->number + 1));
}

/* While rows of another shard have to stay. When this ends early, what is left goes together with those. */
static gboolean
trim_own (SqlStore *self, const DataSealing *how, Done done, GError **error)
{
  SqlSealing sealing;
  gboolean mine = TRUE;

  if (done.from < done.until && !sql_sealing (self, done.shard->number, &sealing, error))
    return FALSE;
  while (done.from < done.until && mine && !sql_is_stopped (how)) {
    Done part = { done.shard, done.from, MIN (done.from + TRIM_ROWS, done.until) };
    if (!sql_sealing_step (self, SQL_WRITE_ASIDE, &sealing, write_trim_own, &part, &mine, error))
      return FALSE;
    done.from = part.until;
  }
  return TRUE;
}

/* ---- a shard ------------------------------------------------------------------------------- */

static gboolean
run (Pass *pass, Done *done, gboolean *more, GError **error)
{
  gboolean due;

  if (!begin (pass, done->shard->number, &due, error))
    return FALSE;
  if (done->from < 0)
    done->from = pass->sealing.sealed_seq;
  if (due && !seal_points (pass, error))
    return FALSE;
  *more = due;
  if (due && pass->mine && !sql_is_stopped (pass->how)
      && !sql_sealing_step (pass->store, SQL_WRITE, &pass->sealing, write_end, pass, &pass->mine, error))
    return FALSE;
  done->until = pass->sealing.sealed_seq;
  return trim (pass, error);
}

static gboolean
seal_shard (SqlStore *self, Done *done, const GdpNetwork *network, const DataSealing *how, guint64 *sealed, GError **error)
{
  gboolean more = TRUE, ok = TRUE;

  while (ok && more && !sql_is_stopped (how)) {
    g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (GdpReading));
    Pass pass = { .store = self, .network = network, .how = how, .rows = rows, .mine = TRUE };
    ok = run (&pass, done, &more, error);
    more = more && pass.mine;
    *sealed += ok ? rows->len : 0;
  }
  return ok && (sql_is_stopped (how) || sql_pack_days (self, done->shard->number, network, how, error));
}

/* ---- all of them --------------------------------------------------------------------------- */

/* @all: what every shard says that failed. */
static void
add_failure (GError **all, const SqlShard *shard, GError *why)
{
  if (shard->number > 0)
    g_prefix_error (&why, "region %s: ", shard->name);
  if (*all != NULL) {
    g_autoptr (GError) before = g_steal_pointer (all), last = why;
    why = g_error_new (before->domain, before->code, "%s; %s", before->message, last->message);
  }
  *all = why;
}

/* A shard that was found away is left alone for a while, and counts as away. @fails: (out): the store itself does. */
static gboolean
seal_unless_away (SqlStore *self, Done *done, const GdpNetwork *network, const DataSealing *how, guint64 *sealed,
                  gboolean *fails, GError **error)
{
  gint64 began = g_get_monotonic_time ();
  const GError *away = data_away_why (self->away, done->shard->number, began);
  GError *why = away != NULL ? g_error_copy (away) : NULL;
  SqlMeta meta;

  if (away == NULL) {
    *fails = !seal_shard (self, done, network, how, sealed, &why) && !sql_meta (self, &meta, NULL);
    gboolean its = !*fails && g_error_matches (why, DATA_ERROR, DATA_ERROR_AWAY);
    gint64 now = g_get_monotonic_time ();
    data_away_note (self->away, done->shard->number, its ? why : NULL, now - began, now);
  }
  if (why == NULL)
    return TRUE;
  g_propagate_error (error, why);
  return FALSE;
}

/* FALSE: the store itself fails, as it does in all of them. */
static gboolean
seal_shards (SqlStore *self, const GArray *shards, GArray *all_done, const GdpNetwork *network, const DataSealing *how,
             guint64 *sealed, GError **failures)
{
  for (guint i = 0; i < shards->len; i++) {
    Done done = { &g_array_index (shards, SqlShard, i), -1, -1 };
    GError *why = NULL;
    gboolean fails = FALSE;
    if (!seal_unless_away (self, &done, network, how, sealed, &fails, &why))
      add_failure (failures, done.shard, why);
    g_array_append_val (all_done, done);
    if (fails)
      return FALSE;
  }
  return TRUE;
}

/* When a shard fails, as when its database is away, the others go on, and let go of their rows by themselves. */
gboolean
sql_seal (DataStore *store, const GdpNetwork *network, const DataSealing *how, guint64 *sealed, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GArray) shards = sql_index_journal (self, how->stop, error) ? sql_shards (self, error) : NULL;
  g_autoptr (GArray) all_done = g_array_new (FALSE, FALSE, sizeof (Done));
  g_autoptr (GError) failures = NULL;

  *sealed = 0;
  if (shards == NULL)
    return FALSE;
  gboolean ok = seal_shards (self, shards, all_done, network, how, sealed, &failures);
  for (guint i = 0; ok && failures != NULL && i < all_done->len; i++) {
    const Done *done = &g_array_index (all_done, Done, i);
    GError *why = NULL;
    if (!trim_own (self, how, *done, &why))
      add_failure (&failures, done->shard, why);
  }
  if (failures == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failures));
  return FALSE;
}
