/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of hours by month and of days by year, packed once a day for the days that are over; and what is kept no
 * longer is let go. Like sealing in steps, point by point; see sql-sealed.h. */
#include "sql-sealed.h"

#include "calendar.h"

#define SETTLED DATA_HOUR   /* after a day's end it is packed: what comes later is mended in */

/* ---- a point's packs ----------------------------------------------------------------------- */

static gint64
day_of (const DataFigures *figures)
{
  return data_cell_of (figures->first, DATA_DAY);
}

/* @cells, of any packs, in order of time: each pack read, changed, ready to be written. */
static gboolean
change_packs (SqlStore *self, const SqlPack *pack, gint64 point, const GArray *cells, GArray *ready, GError **error)
{
  gint64 a_day = DATA_DAY / pack->step;

  for (guint at = 0; at < cells->len;) {
    gint64 number = pack->of_day (day_of (&g_array_index (cells, DataFigures, at)));
    g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (DataFigures));
    if (!sql_load_cells (self, pack, &(SqlCells) { point, pack->first_day (number) * a_day,
                                                   pack->first_day (number + 1) * a_day, all }, 1, error))
      return FALSE;
    for (; at < cells->len && pack->of_day (day_of (&g_array_index (cells, DataFigures, at))) == number; at++)
      sql_set_cell (all, &g_array_index (cells, DataFigures, at), pack->step);
    sql_ready_pack (ready, pack, point, number, all);
  }
  return TRUE;
}

/* The days of @hours, each joined from all hours it has: those that are packed, and @hours instead of them. */
static gboolean
join_days (SqlStore *self, gint64 point, const GArray *hours, gint64 hold, GArray *days, GError **error)
{
  for (guint at = 0; at < hours->len;) {
    gint64 day = day_of (&g_array_index (hours, DataFigures, at));
    g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (DataFigures));
    DataFigures joined;
    if (!sql_load_cells (self, &sql_months, &(SqlCells) { point, day * 24, day * 24 + 24, all }, 1, error))
      return FALSE;
    for (; at < hours->len && day_of (&g_array_index (hours, DataFigures, at)) == day; at++)
      sql_set_cell (all, &g_array_index (hours, DataFigures, at), DATA_HOUR);
    if (sql_join_cells (all, day, DATA_DAY, hold, &joined))
      g_array_append_val (days, joined);
  }
  return TRUE;
}

gboolean
sql_mend_packs (SqlStore *self, gint64 point, const GArray *hours, gint64 hold, GArray *ready, GError **error)
{
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (DataFigures));

  return change_packs (self, &sql_months, point, hours, ready, error)
         && join_days (self, point, hours, hold, days, error)
         && change_packs (self, &sql_years, point, days, ready, error);
}

/* ---- the pass ------------------------------------------------------------------------------ */

typedef struct {
  SqlSealing         sealing;
  const DataSealing *how;
  GArray            *ready;    /* SqlReady */
  gint64             first, last;   /* points that are in it */
} Step;

/* The shard's first after @point that has anything; 0 = none, -1 on error. */
static gint64
next_point (SqlStore *self, gint64 shard, gint64 point, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error,
    "SELECT coalesce (min (point), 0) FROM (SELECT min (point) AS point FROM sample_hour WHERE point > ?1 AND point < ?2 "
    "UNION ALL SELECT min (point) FROM sample_month WHERE point > ?1 AND point < ?2 "
    "UNION ALL SELECT min (point) FROM sample_year WHERE point > ?1 AND point < ?2) AS points", "ii",
    MAX (point, SQL_SHARD_FIRST (shard)), SQL_SHARD_FIRST (shard + 1));
  return query != NULL && sql_step (self, query, error) > 0 ? sql_integer (query, 0) : -1;
}

/* Of hours that are kept: a month is kept whole until all of it is old. */
static gint64
first_month (const DataSealing *how)
{
  return data_month_of_day (MAX (data_cell_of (how->now - how->keep_hours, DATA_DAY), 0));
}

/* What the engine can let go at once, before it is looked for row by row. */
static gboolean
let_months_go (SqlStore *self, gint64 shard, const DataSealing *how, GError **error)
{
  const DataBackend *engine = self->parent.backend;

  return how->keep_hours == 0 || engine->drop_months == NULL || engine->drop_months (self, shard, first_month (how), error);
}

static gboolean
drop_old (SqlStore *self, const Step *step, GError **error)
{
  const DataSealing *how = step->how;
  gint64 month = first_month (how), days = data_cell_of (how->now - how->keep_days, DATA_DAY);
  gint64 hours = data_cell_of (how->now - how->keep_hours, DATA_HOUR);   /* it may be before 1970, where no month is */

  if (how->keep_hours > 0
      && !(sql_run (self, error, "DELETE FROM sample_hour WHERE point >= ? AND point <= ? AND hour < ?", "iii",
                    step->first, step->last, MIN (hours, 24 * data_first_day_of_month (month)))
           && sql_run (self, error, "DELETE FROM sample_month WHERE point >= ? AND point <= ? AND month < ?", "iii",
                       step->first, step->last, month)))
    return FALSE;
  return how->keep_days == 0
         || sql_run (self, error, "DELETE FROM sample_year WHERE point >= ? AND point <= ? AND year < ?", "iii",
                     step->first, step->last, sql_years.of_day (MAX (days, 0)));
}

static gboolean
write_packs (SqlStore *self, SqlMeta *meta, gpointer data, GError **error)
{
  const Step *step = data;

  return sql_put_ready (self, step->ready, error) && drop_old (self, step, error);
}

static gboolean
pack_point (SqlStore *self, const GdpNetwork *network, Step *step, gint64 point, GError **error)
{
  g_autoptr (GArray) hours = g_array_new (FALSE, FALSE, sizeof (DataFigures));

  step->last = step->sealing.pack_point = point;
  return sql_load_hours (self, &(SqlCells) { point, step->sealing.packed * 24, step->sealing.packing * 24, hours }, 1, error)
         && sql_mend_packs (self, point, hours, data_hold_of (network, gdp_network_point_by_key (network, point)), step->ready, error);
}

/* As many points as one transaction takes; @point is the first, and then the next one. */
static gboolean
pack_points (SqlStore *self, const GdpNetwork *network, Step *step, gint64 *point, gboolean *mine, GError **error)
{
  gint64 until = g_get_monotonic_time () + SQL_STEP_TIME;
  g_autoptr (GArray) ready = sql_ready_new ();

  step->ready = ready;
  step->first = *point;
  do
    if (!pack_point (self, network, step, *point, error) || (*point = next_point (self, step->sealing.shard, *point, error)) < 0)
      return FALSE;
  while (*point > 0 && ready->len < SQL_STEP_READY && g_get_monotonic_time () < until);
  if (*point == 0) {
    step->sealing.packed = step->sealing.packing;
    step->sealing.pack_point = 0;
  }
  return sql_sealing_step (self, SQL_WRITE_ASIDE, &step->sealing, write_packs, step, mine, error);
}

gboolean
sql_pack_days (SqlStore *self, gint64 shard, const GdpNetwork *network, const DataSealing *how, GError **error)
{
  Step step = { .how = how };
  gboolean mine = TRUE;

  if (!sql_sealing (self, shard, &step.sealing, error))
    return FALSE;
  if (step.sealing.packing <= step.sealing.packed) {
    step.sealing.packing = data_cell_of (how->now - SETTLED, DATA_DAY);
    step.sealing.pack_point = 0;
    if (step.sealing.packing <= step.sealing.packed)
      return TRUE;
    if (!let_months_go (self, shard, how, error))
      return FALSE;
  }
  gint64 point = next_point (self, shard, step.sealing.pack_point, error);
  if (point == 0) {   /* nothing at all, or the rest has gone */
    g_autoptr (GArray) none = sql_ready_new ();
    step.ready = none;
    step.first = SQL_SHARD_FIRST (shard) + 1;   /* no points */
    step.sealing.packed = step.sealing.packing;
    step.sealing.pack_point = 0;
    return sql_sealing_step (self, SQL_WRITE_ASIDE, &step.sealing, write_packs, &step, &mine, error);
  }
  while (point > 0 && mine && !sql_is_stopped (how))
    if (!pack_points (self, network, &step, &point, &mine, error))
      return FALSE;
  return point >= 0 && (point > 0 || sql_drop_aside (self, network, how, &step.sealing, &mine, error));
}
