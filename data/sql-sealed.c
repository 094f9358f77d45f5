/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sql-sealed.h"

#include "block.h"
#include "calendar.h"

#include <math.h>

/* ---- shards -------------------------------------------------------------------------------- */

static void
clear_shard (gpointer shard)
{
  g_free (((SqlShard *) shard)->name);
}

GArray *
sql_shards (SqlStore *self, GError **error)
{
  g_autoptr (GArray) shards = g_array_new (FALSE, FALSE, sizeof (SqlShard));
  g_auto (SqlQuery) query = sql_query (self, error, self->parent.backend->shards, "");
  int more = query != NULL ? 1 : -1;

  g_array_set_clear_func (shards, clear_shard);
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    SqlShard shard = { sql_integer (query, 0), g_strdup (sql_text (query, 1)), sql_integer (query, 2) != 0 };
    g_array_append_val (shards, shard);
  }
  return more == 0 ? g_steal_pointer (&shards) : NULL;
}

/* ---- how far it is ----------------------------------------------------------------------- */

gboolean
sql_sealing (SqlStore *self, gint64 shard, SqlSealing *sealing, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error,
    "SELECT shard, step, sealed_seq, seal_seq, seal_point, packed, packing, pack_point, end_hour FROM sealing WHERE shard = ?",
    "i", shard);
  int more = query != NULL ? sql_step (self, query, error) : -1;
  if (more == 0)
    g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "%s: its row of sealing for shard %" G_GINT64_FORMAT " is missing; "
                 "restore it from a backup", self->place, shard);
  if (more <= 0)
    return FALSE;
  gint64 *numbers[] = { &sealing->shard, &sealing->step, &sealing->sealed_seq, &sealing->seal_seq, &sealing->seal_point,
                        &sealing->packed, &sealing->packing, &sealing->pack_point, &sealing->end_hour };
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    *numbers[i] = sql_integer (query, i);
  return TRUE;
}

gboolean
sql_is_stopped (const DataSealing *how)
{
  return how->stop != NULL && g_atomic_int_get (how->stop) != 0;
}

gint64
sql_sealed_until (const SqlSealing *sealing, gint64 point)
{
  return MAX (sealing->sealed_seq, point <= sealing->seal_point ? sealing->seal_seq : 0);
}

gint64
sql_packed_until (const SqlSealing *sealing, gint64 point)
{
  return sealing->packing > sealing->packed && point <= sealing->pack_point ? sealing->packing : sealing->packed;
}

/* Whoever else is at it waits here until this transaction ends, and then finds that it is not its turn. */
static gboolean
take_step (SqlStore *self, SqlSealing *sealing, gboolean *mine, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "UPDATE sealing SET step = step + 1 WHERE shard = ? AND step = ? "
                                       "RETURNING step", "ii", sealing->shard, sealing->step);
  int more = query != NULL ? sql_step (self, query, error) : -1;

  *mine = more > 0;
  if (more > 0)
    sealing->step = sql_integer (query, 0);
  return more == 0 || (more > 0 && sql_step (self, query, error) == 0);
}

gboolean
sql_sealing_step (SqlStore *self, SqlTransaction kind, SqlSealing *sealing, SqlStepFunc write, gpointer data, gboolean *mine,
                  GError **error)
{
  SqlMeta store_meta, *meta = kind == SQL_WRITE_ASIDE ? NULL : &store_meta;
  gint64 start = g_get_monotonic_time ();

  *mine = FALSE;
  if (!(meta == NULL ? sql_begin_aside (self, error) : sql_begin (self, FALSE, meta, error)))
    return FALSE;
  gboolean ok = take_step (self, sealing, mine, error);
  if (*mine)
    ok = write (self, meta, data, error)
         && sql_run (self, error, "UPDATE sealing SET sealed_seq = ?, seal_seq = ?, seal_point = ?, packed = ?, packing = ?, "
                     "pack_point = ?, end_hour = ? WHERE shard = ?", "iiiiiiii", sealing->sealed_seq, sealing->seal_seq,
                     sealing->seal_point, sealing->packed, sealing->packing, sealing->pack_point, sealing->end_hour,
                     sealing->shard);
  ok = meta == NULL ? sql_end_aside (self, ok, error) : sql_end (self, meta, ok, error);
  if (self->parent.backend->one_writes)
    g_usleep ((gulong) CLAMP (g_get_monotonic_time () - start, 0, 20 * SQL_STEP_TIME));
  return ok;
}

/* ---- hours ------------------------------------------------------------------------------ */

char *
sql_name_hour (SqlStore *self, gint64 point, gint64 hour)
{
  g_autoptr (GDateTime) start = g_date_time_new_from_unix_utc (hour * 3600);
  g_autofree char *when = start != NULL ? g_date_time_format (start, "%Y-%m-%d %H:00 UTC") : g_strdup ("?");
  g_auto (SqlQuery) query = sql_query (self, NULL, "SELECT id FROM point WHERE key = ?", "i", point);
  const char *id = query != NULL && sql_step (self, query, NULL) > 0 ? sql_text (query, 0) : NULL;

  return g_strdup_printf ("%s (point %" G_GINT64_FORMAT "), %s", id != NULL ? id : "?", point, when);
}

char *
sql_name_pack (SqlStore *self, const SqlPack *pack, gint64 point, gint64 number)
{
  g_autofree char *first = sql_name_hour (self, point, pack->first_day (number) * 24);

  return g_strdup_printf ("the figures of %s and a %s on", first, pack == &sql_months ? "month" : "year");
}

gboolean
sql_decode_hour (SqlStore *self, gint64 point, gint64 hour, const guint8 *bytes, gsize size, GArray *readings,
                 GError **error)
{
  g_autoptr (GError) why = NULL;

  if (data_block_decode (bytes, size, point, readings, &why))
    return TRUE;
  g_autofree char *name = sql_name_hour (self, point, hour);
  g_set_error (error, DATA_ERROR, why->code == DATA_ERROR_NEWER ? DATA_ERROR_NEWER : DATA_ERROR_DAMAGED,
               "the sealed hour of %s cannot be read: %s", name, why->message);
  return FALSE;
}

gboolean
sql_load_hour (SqlStore *self, gint64 point, gint64 hour, GArray *readings, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT block FROM sample_hour WHERE point = ? AND hour = ?", "ii",
                                       point, hour);
  int more = query != NULL ? sql_step (self, query, error) : -1;
  gsize size = 0;
  const guint8 *bytes = more > 0 ? sql_bytes (query, 0, &size) : NULL;

  return more == 0 || (more > 0 && sql_decode_hour (self, point, hour, bytes, size, readings, error));
}

gboolean
sql_same_reading (const GdpReading *a, const GdpReading *b)
{
  return a->time == b->time && a->received == b->received && a->reason == b->reason
         && (a->value == b->value || (isnan (a->value) && isnan (b->value)));
}

/* Those of @asked that ask for anything, as SQL_EACH () takes them, and from when until when in all; FALSE: none does. */
static gboolean
ask (const SqlCells *asked, guint n, gint64 points[SQL_AT_ONCE], gint64 *since, gint64 *until)
{
  guint some = 0;

  g_assert (n <= SQL_AT_ONCE);
  *since = G_MAXINT64;
  *until = G_MININT64;
  for (guint i = 0; i < n; i++)
    if (asked[i].since < asked[i].until) {
      points[some++] = asked[i].point;
      *since = MIN (*since, asked[i].since);
      *until = MAX (*until, asked[i].until);
    }
  for (guint i = some; i < SQL_AT_ONCE; i++)
    points[i] = points[0];
  return some > 0;
}

static const SqlCells *
who_asked (const SqlCells *asked, gint64 point)
{
  while (asked->point != point)
    asked++;
  return asked;
}

DataFigures
sql_read_figures (SqlQuery query)
{
  return (DataFigures) {
    .count = (guint32) sql_integer (query, 0), .first = sql_integer (query, 1), .last = sql_integer (query, 2),
    .min = sql_real (query, 3), .max = sql_real (query, 4), .sum = sql_real (query, 5), .held = sql_integer (query, 6),
    .good = sql_integer (query, 7), .last_value = sql_real (query, 8), .last_reason = (GdpReason) sql_integer (query, 9),
    .worst = (GdpReason) sql_integer (query, 10) };
}

gboolean
sql_load_hours (SqlStore *self, const SqlCells *asked, guint n, GError **error)
{
  gint64 points[SQL_AT_ONCE], since, until;

  if (!ask (asked, n, points, &since, &until))
    return TRUE;
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT " SQL_FIGURES ", point, hour FROM sample_hour "
                                       "WHERE point IN " SQL_POINTS " AND hour >= ?9 AND hour < ?10 ORDER BY point, hour",
                                       SQL_IIIIIIII "ii", SQL_EACH (points), since, until);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    const SqlCells *its = who_asked (asked, sql_integer (query, SQL_N_FIGURES));
    gint64 hour = sql_integer (query, SQL_N_FIGURES + 1);
    if (hour >= its->since && hour < its->until)
      g_array_append_vals (its->figures, &(DataFigures[]) { sql_read_figures (query) }, 1);
  }
  return more == 0;
}

/* ---- packs ------------------------------------------------------------------------------ */

#define PUT(table, number) "INSERT INTO " table " (point, " number ", block) VALUES (?, ?, ?) " \
                           "ON CONFLICT (point, " number ") DO UPDATE SET block = excluded.block"
const SqlPack sql_months = {
  DATA_HOUR, data_month_of_day, data_first_day_of_month,
  "SELECT point, month, block FROM sample_month WHERE point IN " SQL_POINTS " AND month >= ?9 AND month <= ?10 "
  "ORDER BY point, month",
  PUT ("sample_month", "month")
};
const SqlPack sql_years = {
  DATA_DAY, data_year_of_day, data_first_day_of_year,
  "SELECT point, year, block FROM sample_year WHERE point IN " SQL_POINTS " AND year >= ?9 AND year <= ?10 "
  "ORDER BY point, year",
  PUT ("sample_year", "year")
};

void
sql_set_cell (GArray *figures, const DataFigures *cell, gint64 step)
{
  gint64 number = data_cell_of (cell->first, step);
  guint at = figures->len;

  while (at > 0 && data_cell_of (g_array_index (figures, DataFigures, at - 1).first, step) >= number)
    at--;
  if (at < figures->len && data_cell_of (g_array_index (figures, DataFigures, at).first, step) == number)
    g_array_index (figures, DataFigures, at) = *cell;
  else
    g_array_insert_vals (figures, at, cell, 1);
}

gboolean
sql_join_cells (const GArray *figures, gint64 number, gint64 step, gint64 hold, DataFigures *joined)
{
  *joined = (DataFigures) { 0 };
  for (guint i = 0; i < figures->len; i++) {
    const DataFigures *its = &g_array_index (figures, DataFigures, i);
    if (data_cell_of (its->first, step) == number)
      data_figures_join (joined, its, hold);
  }
  return joined->count > 0;
}

/* What a damaged pack held, from what is below it: hours from their rows, days from their hours. */
static gboolean
make_up (SqlStore *self, const SqlPack *pack, gint64 point, gint64 number, GArray *figures, GError **error)
{
  gint64 first = pack->first_day (number), end = pack->first_day (number + 1);

  g_warning ("%s: the figures of point %" G_GINT64_FORMAT ", %s %" G_GINT64_FORMAT " are damaged; they are made again",
             self->place, point, pack == &sql_months ? "month" : "year", number);
  if (pack == &sql_months)
    return sql_load_hours (self, &(SqlCells) { point, first * 24, end * 24, figures }, 1, error);
  g_autoptr (GArray) hours = g_array_new (FALSE, FALSE, sizeof (DataFigures));
  if (!sql_load_cells (self, &sql_months, &(SqlCells) { point, first * 24, end * 24, hours }, 1, error))
    return FALSE;
  for (gint64 day = first; day < end; day++) {
    DataFigures joined;
    if (sql_join_cells (hours, day, DATA_DAY, DATA_HOUR, &joined))
      g_array_append_val (figures, joined);
  }
  return TRUE;
}

static gboolean
read_pack (SqlStore *self, const SqlPack *pack, SqlQuery query, GArray *figures, GError **error)
{
  g_autoptr (GError) why = NULL;
  gsize size;
  const guint8 *bytes = sql_bytes (query, 2, &size);

  return data_figures_unpack (bytes, size, pack->step, figures, &why)
         || make_up (self, pack, sql_integer (query, 0), sql_integer (query, 1), figures, error);
}

/* Those of a pack that were asked for. */
static void
tell_pack (const SqlCells *its, const SqlPack *pack, const GArray *figures, SqlCellsFunc func, gpointer user_data)
{
  const DataFigures *all = (const DataFigures *) (gpointer) figures->data;
  guint first = 0, end = figures->len;

  while (end > 0 && all[end - 1].first >= its->until * pack->step)
    end--;
  while (first < end && all[first].first < its->since * pack->step)
    first++;
  if (first < end)
    func (its, all + first, end - first, user_data);
}

gboolean
sql_walk_cells (SqlStore *self, const SqlPack *pack, const SqlCells *asked, guint n, SqlCellsFunc func, gpointer user_data,
                GError **error)
{
  gint64 a_day = DATA_DAY / pack->step, points[SQL_AT_ONCE], since, until;

  if (!ask (asked, n, points, &since, &until) || until <= MAX (since, 0))
    return TRUE;
  g_autoptr (GArray) figures = g_array_new (FALSE, FALSE, sizeof (DataFigures));
  g_auto (SqlQuery) query = sql_query (self, error, pack->select, SQL_IIIIIIII "ii", SQL_EACH (points),
                                       pack->of_day (MAX (since, 0) / a_day), pack->of_day ((until - 1) / a_day));
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    g_array_set_size (figures, 0);
    if (!read_pack (self, pack, query, figures, error))
      return FALSE;
    tell_pack (who_asked (asked, sql_integer (query, 0)), pack, figures, func, user_data);
  }
  return more == 0;
}

static void
append_cells (const SqlCells *asked, const DataFigures *figures, guint n, gpointer user_data)
{
  g_array_append_vals (asked->figures, figures, n);
}

gboolean
sql_load_cells (SqlStore *self, const SqlPack *pack, const SqlCells *asked, guint n, GError **error)
{
  return sql_walk_cells (self, pack, asked, n, append_cells, NULL, error);
}

/* ---- what is ready to be written ---------------------------------------------------------- */

static void
clear_ready (gpointer ready)
{
  g_bytes_unref (((SqlReady *) ready)->block);
}

GArray *
sql_ready_new (void)
{
  GArray *ready = g_array_new (FALSE, FALSE, sizeof (SqlReady));
  g_array_set_clear_func (ready, clear_ready);
  return ready;
}

void
sql_ready_pack (GArray *ready, const SqlPack *pack, gint64 point, gint64 number, const GArray *figures)
{
  SqlReady one = { .pack = pack, .point = point, .number = number,
                   .block = g_byte_array_free_to_bytes (data_figures_pack (figures, pack->step)) };
  g_array_append_val (ready, one);
}

static gboolean
put_hour (SqlStore *self, const SqlReady *ready, GError **error)
{
  const DataFigures *its = &ready->figures;

  return sql_run (self, error, "INSERT INTO sample_hour (point, hour, " SQL_FIGURES ", block) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (point, hour) DO UPDATE SET "
                  "count = excluded.count, first = excluded.first, last = excluded.last, min = excluded.min, "
                  "max = excluded.max, sum = excluded.sum, held = excluded.held, good = excluded.good, "
                  "last_value = excluded.last_value, last_reason = excluded.last_reason, worst = excluded.worst, "
                  "block = excluded.block", "iiiiidddiidiib", ready->point, ready->number, (gint64) its->count,
                  its->first, its->last, its->min, its->max, its->sum, its->held, its->good, its->last_value,
                  (gint64) its->last_reason, (gint64) its->worst, ready->block);
}

gboolean
sql_put_ready (SqlStore *self, const GArray *ready, GError **error)
{
  if (self->parent.backend->put_ready != NULL)
    return self->parent.backend->put_ready (self, ready, error);
  for (guint i = 0; i < ready->len; i++) {
    const SqlReady *one = &g_array_index (ready, SqlReady, i);
    if (!(one->pack == NULL ? put_hour (self, one, error)
          : sql_run (self, error, one->pack->put, "iib", one->point, one->number, one->block)))
      return FALSE;
  }
  return TRUE;
}
