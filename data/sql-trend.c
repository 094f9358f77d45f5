/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading history: bars of figures, of several points together. What is packed or sealed is taken as it is; hours that
 * rows belong to, and days that are not packed yet, are made anew. */
#include "sql-sealed.h"

#define LOOK_BACK (26 * DATA_HOUR)   /* for what stands when a trend begins */

/* A point in a chart. */
typedef struct {
  gint64            point, hold;
  gint64            packed;         /* the day before which it is */
  DataTrend        *trend;
  GArray           *hours, *days;   /* DataFigures; days NULL = not asked for */
  const GdpReading *rows;           /* in no hour; in order of time */
  guint             n_rows;
} Pen;

typedef struct {
  SqlReader *reader;
  Pen        pens[SQL_AT_ONCE];
  guint      n;
} Chart;

/* ---- hours ---------------------------------------------------------------------------------- */

static gboolean
append_reading (const GdpReading *reading, gpointer user_data)
{
  g_array_append_vals (user_data, reading, 1);
  return TRUE;
}

static void
join_stored (const GArray *hours, gint64 hour, gint64 hold, DataFigures *figures)
{
  DataFigures stored;

  if (!sql_join_cells (hours, hour, DATA_HOUR, hold, &stored))
    return;
  if (figures->count > 0)
    data_figures_join (&stored, figures, hold);
  *figures = stored;
}

/* When its block is damaged, the figures that were stored with it still tell what it held. */
static gboolean
remake_hour (SqlReader *reader, Pen *pen, guint row, GError **error)
{
  gint64 hour = data_cell_of (pen->rows[row].time, DATA_HOUR);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_autoptr (GError) damage = g_steal_pointer (&reader->damage);
  gboolean ok = sql_walk_hours (reader, pen->point, hour * DATA_HOUR, (hour + 1) * DATA_HOUR, pen->rows + row, pen->n_rows - row,
                                append_reading, all, error);
  DataFigures figures = data_figures_of_all ((const GdpReading *) (gpointer) all->data, all->len, pen->hold);

  if (reader->damage != NULL)
    join_stored (pen->hours, hour, pen->hold, &figures);
  if (damage != NULL) {   /* the first one is told */
    g_clear_error (&reader->damage);
    reader->damage = g_steal_pointer (&damage);
  }
  if (ok && figures.count > 0)
    sql_set_cell (pen->hours, &figures, DATA_HOUR);
  return ok;
}

/* Of a cell that rows belong to: @row is the first of them. */
typedef gboolean (*RemakeFunc) (SqlReader *reader, Pen *pen, guint row, GError **error);

/* Those cells of @step from @since to @until. */
static gboolean
remake (SqlReader *reader, Pen *pen, gint64 step, gint64 since, gint64 until, RemakeFunc func, GError **error)
{
  gint64 last = G_MININT64;

  for (guint i = 0; i < pen->n_rows; i++) {
    gint64 cell = data_cell_of (pen->rows[i].time, step);
    if (cell != last && cell >= since && cell < until && !func (reader, pen, i, error))
      return FALSE;
    last = cell;
  }
  return TRUE;
}

/* Of @n @pens the hours from @since to @until (since 1970) into `hours`. */
static gboolean
load_hours (SqlReader *reader, Pen *pens, guint n, gint64 since, gint64 until, GError **error)
{
  SqlCells packed[SQL_AT_ONCE] = { 0 }, sealed[SQL_AT_ONCE] = { 0 };

  for (guint i = 0; i < n; i++) {
    g_array_set_size (pens[i].hours, 0);
    packed[i] = (SqlCells) { pens[i].point, since, MIN (until, 24 * pens[i].packed), pens[i].hours };
    sealed[i] = (SqlCells) { pens[i].point, MAX (since, 24 * pens[i].packed), until, pens[i].hours };
  }
  if (!sql_load_cells (reader->store, &sql_months, packed, n, error) || !sql_load_hours (reader->store, sealed, n, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!remake (reader, &pens[i], DATA_HOUR, since, until, remake_hour, error))
      return FALSE;
  return TRUE;
}

/* ---- days ----------------------------------------------------------------------------------- */

/* From their hours. */
static gboolean
remake_days (SqlReader *reader, Pen *pens, guint n, gint64 since, gint64 until, GError **error)
{
  if (since >= until)
    return TRUE;
  if (!load_hours (reader, pens, n, since * 24, until * 24, error))
    return FALSE;
  for (Pen *pen = pens; pen < pens + n; pen++)
    for (guint i = 0; i < pen->hours->len;) {
      gint64 day = data_cell_of (g_array_index (pen->hours, DataFigures, i).first, DATA_DAY);
      DataFigures joined = { 0 };
      for (; i < pen->hours->len && data_cell_of (g_array_index (pen->hours, DataFigures, i).first, DATA_DAY) == day; i++)
        data_figures_join (&joined, &g_array_index (pen->hours, DataFigures, i), pen->hold);
      sql_set_cell (pen->days, &joined, DATA_DAY);
    }
  return TRUE;
}

static gboolean
remake_day (SqlReader *reader, Pen *pen, guint row, GError **error)
{
  gint64 day = data_cell_of (pen->rows[row].time, DATA_DAY);

  return remake_days (reader, pen, 1, day, day + 1, error);
}

static gboolean
load_days (SqlReader *reader, Pen *pens, guint n, gint64 since, gint64 until, GError **error)
{
  SqlCells packed[SQL_AT_ONCE] = { 0 };
  gint64 all_packed = until;

  for (guint i = 0; i < n; i++) {
    pens[i].days = g_array_sized_new (FALSE, FALSE, sizeof (DataFigures), (guint) CLAMP (until - since, 0, DATA_BARS_MOST));
    packed[i] = (SqlCells) { pens[i].point, since, MIN (until, pens[i].packed), pens[i].days };
    all_packed = MIN (all_packed, pens[i].packed);
  }
  if (!sql_load_cells (reader->store, &sql_years, packed, n, error))
    return FALSE;
  for (guint i = 0; i < n; i++)   /* those that are packed, but that rows belong to */
    if (!remake (reader, &pens[i], DATA_DAY, since, all_packed, remake_day, error))
      return FALSE;
  return remake_days (reader, pens, n, MAX (since, all_packed), until, error);
}

/* ---- bars ----------------------------------------------------------------------------------- */

static gboolean
add_reading (const GdpReading *reading, gpointer trend)
{
  DataFigures figures = data_figures_of (reading);

  data_trend_add (trend, &figures);
  return TRUE;
}

static gboolean
add_readings (Chart *chart, const DataTrendQuery *query, GError **error)
{
  for (Pen *pen = chart->pens; pen < chart->pens + chart->n; pen++)
    if (!sql_walk_readings (chart->reader, pen->point, query->since - MIN (pen->hold, LOOK_BACK),
                            query->since + query->width * query->n, add_reading, pen->trend, error))
      return FALSE;
  return TRUE;
}

/* @rows are by point; each pen is given its own. */
static void
share_out (Chart *chart, const GArray *rows)
{
  const GdpReading *all = (const GdpReading *) (gpointer) rows->data;

  for (guint at = 0; at < rows->len;) {
    guint begin = at, i = 0;
    while (at < rows->len && all[at].point == all[begin].point)
      at++;
    while (chart->pens[i].point != all[begin].point)
      i++;
    chart->pens[i].rows = all + begin;
    chart->pens[i].n_rows = at - begin;
  }
}

static gboolean
add_cells (Chart *chart, const DataTrendQuery *query, DataLevel level, GError **error)
{
  gint64 step = data_level_step (level), points[SQL_AT_ONCE];
  gint64 first = data_cell_of (query->since - LOOK_BACK, step);
  gint64 end = data_cell_of (query->since + query->width * query->n - 1, step) + 1;
  gboolean days = level == DATA_LEVEL_DAYS;

  for (guint i = 0; i < SQL_AT_ONCE; i++)
    points[i] = chart->pens[i < chart->n ? i : 0].point;
  g_autoptr (GArray) rows = sql_load_rows (chart->reader, points, first * step, end * step, error);
  if (rows == NULL)
    return FALSE;
  share_out (chart, rows);
  if (!(days ? load_days : load_hours) (chart->reader, chart->pens, chart->n, first, end, error))
    return FALSE;
  for (Pen *pen = chart->pens; pen < chart->pens + chart->n; pen++) {
    const GArray *cells = days ? pen->days : pen->hours;
    for (guint i = 0; i < cells->len; i++)
      data_trend_add (pen->trend, &g_array_index (cells, DataFigures, i));
  }
  return TRUE;
}

/* How many of @queries, from the first on, ask for the same bars of different points in one shard. */
static guint
alike (const DataTrendQuery *queries, guint n)
{
  guint same = 1;

  for (; same < MIN (n, SQL_AT_ONCE); same++) {
    const DataTrendQuery *its = &queries[same];
    if (its->since != queries->since || its->width != queries->width || its->n != queries->n || its->exact != queries->exact
        || SQL_SHARD_OF (its->point) != SQL_SHARD_OF (queries->point))
      return same;
    for (guint i = 0; i < same; i++)
      if (its->point == queries[i].point)
        return same;
  }
  return same;
}

static void
begin_chart (Chart *chart, const DataTrendQuery *queries)
{
  for (guint i = 0; i < chart->n; i++) {
    const DataTrendQuery *query = &queries[i];
    chart->pens[i] = (Pen) { .point = query->point, .hold = query->hold,
                             .packed = sql_packed_until (&chart->reader->sealing, query->point),
                             .trend = data_trend_new (query->since, query->width, query->n, query->hold),
                             .hours = g_array_new (FALSE, FALSE, sizeof (DataFigures)) };
  }
}

static void
end_chart (Chart *chart, const DataTrendQuery *queries, GPtrArray *trends)
{
  for (guint i = 0; i < chart->n; i++) {
    g_ptr_array_add (trends, data_trend_finish (chart->pens[i].trend, queries[i].now));
    g_array_unref (chart->pens[i].hours);
    g_clear_pointer (&chart->pens[i].days, g_array_unref);
  }
}

static gboolean
draw (SqlReader *reader, const DataTrendQuery *queries, guint n, GPtrArray *trends, GError **error)
{
  DataLevel level = data_level_choose (queries->since, queries->width, queries->exact);
  Chart chart = { .reader = reader, .n = n };

  if (!sql_reader_turn (reader, queries->point, error))
    return FALSE;
  begin_chart (&chart, queries);
  gboolean ok = level == DATA_LEVEL_READINGS ? add_readings (&chart, queries, error)
                : add_cells (&chart, queries, level, error);
  end_chart (&chart, queries, trends);
  return ok;
}

GPtrArray *
sql_trends (DataStore *store, const DataTrendQuery *queries, guint n, GError **damage, GError **error)
{
  SqlReader reader = { .store = (SqlStore *) store };
  g_autoptr (GPtrArray) trends = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  gboolean ok = TRUE;

  if (!sql_reader_begin (&reader, error))
    return NULL;
  for (guint i = 0; i < n && ok;) {
    guint same = alike (queries + i, n - i);
    ok = draw (&reader, queries + i, same, trends, error);
    i += same;
  }
  sql_reader_end (&reader, ok, damage);
  return ok ? g_steal_pointer (&trends) : NULL;
}
