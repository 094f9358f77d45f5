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
  GArray           *hours, *days;   /* DataFigures; of days those made anew, of which `told` are in the trend */
  guint             told;
  const GdpReading *rows;           /* in no hour; in order of time */
  guint             n_rows;
} Pen;

typedef struct {
  SqlReader *reader;
  Pen        pens[SQL_AT_ONCE];
  guint      n;
} Chart;

/* Of @pens that of @point, which is among them. */
static Pen *
pen_of (Pen *pens, gint64 point)
{
  while (pens->point != point)
    pens++;
  return pens;
}

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
  gint64 end = MIN (until, reader->sealing.end_hour);

  for (guint i = 0; i < n; i++) {
    g_array_set_size (pens[i].hours, 0);
    packed[i] = (SqlCells) { pens[i].point, since, MIN (end, 24 * pens[i].packed), pens[i].hours };
    sealed[i] = (SqlCells) { pens[i].point, MAX (since, 24 * pens[i].packed), end, pens[i].hours };
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

/* When the first day begins that was made anew and is not in the trend yet. */
static gint64
next_anew (const Pen *pen)
{
  return pen->told < pen->days->len ? data_cell_of (g_array_index (pen->days, DataFigures, pen->told).first, DATA_DAY) * DATA_DAY
         : G_MAXINT64 - DATA_DAY;
}

static void
add_anew (Pen *pen)
{
  data_trend_add (pen->trend, &g_array_index (pen->days, DataFigures, pen->told++));
}

/* Packed days go into the trend as they come: of many points and years there are too many to be kept meanwhile. One that was
 * made anew stands for the one that is packed. */
static void
add_packed (const SqlCells *asked, const DataFigures *figures, guint n, gpointer pens)
{
  Pen *pen = pen_of (pens, asked->point);
  gint64 anew = next_anew (pen);

  for (guint i = 0; i < n; i++) {
    for (; figures[i].first >= anew + DATA_DAY; anew = next_anew (pen))
      add_anew (pen);
    if (figures[i].first < anew)
      data_trend_add (pen->trend, &figures[i]);
  }
}

static gboolean
add_days (SqlReader *reader, Pen *pens, guint n, gint64 since, gint64 until, GError **error)
{
  SqlCells packed[SQL_AT_ONCE] = { 0 };
  gint64 all_packed = until, end = MIN (until, reader->sealing.end_hour / 24 + 1);

  for (guint i = 0; i < n; i++)
    all_packed = MIN (all_packed, pens[i].packed);
  for (guint i = 0; i < n; i++) {
    packed[i] = (SqlCells) { pens[i].point, since, MIN (all_packed, end), NULL };
    if (!remake (reader, &pens[i], DATA_DAY, since, all_packed, remake_day, error))
      return FALSE;
  }
  if (!remake_days (reader, pens, n, MAX (since, all_packed), until, error)
      || !sql_walk_cells (reader->store, &sql_years, packed, n, add_packed, pens, error))
    return FALSE;
  for (Pen *pen = pens; pen < pens + n; pen++)
    while (pen->told < pen->days->len)
      add_anew (pen);
  return TRUE;
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
    Pen *pen = pen_of (chart->pens, all[at].point);
    pen->rows = all + at;
    for (; at < rows->len && all[at].point == pen->point; at++)
      pen->n_rows++;
  }
}

static gboolean
add_hours (SqlReader *reader, Pen *pens, guint n, gint64 since, gint64 until, GError **error)
{
  if (!load_hours (reader, pens, n, since, until, error))
    return FALSE;
  for (Pen *pen = pens; pen < pens + n; pen++)
    for (guint i = 0; i < pen->hours->len; i++)
      data_trend_add (pen->trend, &g_array_index (pen->hours, DataFigures, i));
  return TRUE;
}

static gboolean
add_cells (Chart *chart, const DataTrendQuery *query, DataLevel level, GError **error)
{
  gint64 step = data_level_step (level), points[SQL_AT_ONCE];
  gint64 first = data_cell_of (query->since - LOOK_BACK, step);
  gint64 end = data_cell_of (query->since + query->width * query->n - 1, step) + 1;

  for (guint i = 0; i < SQL_AT_ONCE; i++)
    points[i] = chart->pens[i < chart->n ? i : 0].point;
  g_autoptr (GArray) rows = sql_load_rows (chart->reader, points, first * step, end * step, error);
  if (rows == NULL)
    return FALSE;
  share_out (chart, rows);
  return (level == DATA_LEVEL_DAYS ? add_days : add_hours) (chart->reader, chart->pens, chart->n, first, end, error);
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
                             .hours = g_array_new (FALSE, FALSE, sizeof (DataFigures)),
                             .days = g_array_new (FALSE, FALSE, sizeof (DataFigures)) };
  }
}

static void
end_chart (Chart *chart, const DataTrendQuery *queries, GPtrArray *trends)
{
  for (guint i = 0; i < chart->n; i++) {
    g_ptr_array_add (trends, data_trend_finish (chart->pens[i].trend, queries[i].now));
    g_array_unref (chart->pens[i].hours);
    g_array_unref (chart->pens[i].days);
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
