/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading history: the readings of one point, sealed and hot, in order of time; and bars of their figures. */
#include "sql-sealed.h"

#define LOOK_BACK (26 * DATA_HOUR)   /* for what stands when a trend begins */

/* What one question is about. */
typedef struct {
  SqlStore  *store;
  gint64     point;
  SqlSealing sealing;
  SqlMeta    meta;
  GError    *damage;     /* the first; what can be read goes on */
} Reader;

static gboolean
begin (Reader *reader, GError **error)
{
  return sql_sealing (reader->store, &reader->sealing, error) && sql_meta (reader->store, &reader->meta, error);
}

/* FALSE: @why is worse than damage of one hour. */
static gboolean
note_damage (Reader *reader, GError *why, GError **error)
{
  if (!g_error_matches (why, DATA_ERROR, DATA_ERROR_DAMAGED)) {
    g_propagate_error (error, why);
    return FALSE;
  }
  if (reader->damage == NULL)
    reader->damage = why;
  else
    g_error_free (why);
  return TRUE;
}

/* ---- hot rows ----------------------------------------------------------------------------- */

/* Spans say where in the append-only table the time asked for can be; what no span covers yet is looked through. (The +
 * keeps SQLite from building an index of its own over the whole table first.) Records may have come late, hence the
 * order by time. Rows that are in sealed hours already, though not yet deleted, are left out. */
static GArray *
load_hot (Reader *reader, gint64 since, gint64 until, GError **error)
{
  const SqlSealing *sealing = &reader->sealing;
  gint64 sealed = MAX (reader->meta.trimmed_seq, reader->point <= sealing->seal_point ? sealing->seal_seq : 0);
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_auto (SqlQuery) query = sql_query (reader->store, error,
    "SELECT " SQL_READING " FROM ("
    "  SELECT s.* FROM sample_span CROSS JOIN sample s WHERE s.seq BETWEEN first_seq AND last_seq AND s.seq > ?4"
    "    AND max_time >= ?2 AND min_time < ?3 AND +s.point = ?1 AND +s.time >= ?2 AND s.time < ?3"
    "  UNION ALL"
    "  SELECT * FROM sample WHERE seq > ?5 AND point = ?1 AND time >= ?2 AND time < ?3"
    ") AS hot ORDER BY time, seq", "iiiii", reader->point, since, until, sealed, MAX (reader->meta.span_seq, sealed));
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (reader->store, query, error)) > 0) {
    GdpReading reading;
    sql_read_reading (query, &reading);
    g_array_append_val (readings, reading);
  }
  return more == 0 ? g_steal_pointer (&readings) : NULL;
}

/* ---- readings ----------------------------------------------------------------------------- */

typedef struct {
  Reader         *reader;
  gint64          since, until;
  DataReadingFunc func;
  gpointer        user_data;
  const GArray   *hot;      /* GdpReading in order of time */
  guint           told;     /* of them */
  gboolean        enough;
} Walk;

static void
tell (Walk *walk, const GdpReading *reading)
{
  if (!walk->enough && reading->time >= walk->since && reading->time < walk->until)
    walk->enough = !walk->func (reading, walk->user_data);
}

static void
tell_hot (Walk *walk, gint64 before)
{
  for (; walk->told < walk->hot->len; walk->told++) {
    const GdpReading *reading = &g_array_index (walk->hot, GdpReading, walk->told);
    if (reading->time >= MIN (before, walk->until))
      return;
    tell (walk, reading);
  }
}

/* A block in another database may be newer than what is said here of how far sealing is. */
static void
skip_hot (Walk *walk, const GdpReading *reading)
{
  walk->told += walk->told < walk->hot->len
                && sql_same_reading (&g_array_index (walk->hot, GdpReading, walk->told), reading);
}

static gboolean
tell_hour (Walk *walk, SqlQuery query, GArray *readings, GError **error)
{
  GError *why = NULL;
  gsize size;
  const guint8 *bytes = sql_bytes (query, 1, &size);

  g_array_set_size (readings, 0);
  if (!sql_decode_hour (walk->reader->store, walk->reader->point, sql_integer (query, 0), bytes, size, readings, &why)
      && !note_damage (walk->reader, why, error))
    return FALSE;
  for (guint i = 0; i < readings->len && !walk->enough; i++) {
    const GdpReading *reading = &g_array_index (readings, GdpReading, i);
    tell_hot (walk, reading->time);
    tell (walk, reading);
    skip_hot (walk, reading);
  }
  return TRUE;
}

static gboolean
walk_hours (Walk *walk, GError **error)
{
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_auto (SqlQuery) query = sql_query (walk->reader->store, error,
    "SELECT hour, block FROM sample_hour WHERE point = ? AND hour >= ? AND hour <= ? ORDER BY hour", "iii",
    walk->reader->point, data_cell_of (walk->since, DATA_HOUR), data_cell_of (walk->until - 1, DATA_HOUR));
  int more = query != NULL ? 1 : -1;
  while (more > 0 && !walk->enough && (more = sql_step (walk->reader->store, query, error)) > 0)
    if (!tell_hour (walk, query, readings, error))
      return FALSE;
  if (more >= 0)
    tell_hot (walk, G_MAXINT64);
  return more >= 0;
}

static gboolean
walk_readings (Reader *reader, gint64 since, gint64 until, DataReadingFunc func, gpointer user_data, GError **error)
{
  if (since >= until)
    return TRUE;
  g_autoptr (GArray) hot = load_hot (reader, since, until, error);

  return hot != NULL && walk_hours (&(Walk) { reader, since, until, func, user_data, hot, 0, FALSE }, error);
}

/* What could not be read; @error may be what ended it all. */
static void
tell_damage (Reader *reader, gboolean ok, GError **error)
{
  if (ok && reader->damage != NULL)
    g_propagate_error (error, g_error_copy (reader->damage));
  g_clear_error (&reader->damage);
}

gboolean
sql_history (DataStore *store, gint64 point, gint64 since, gint64 until, DataReadingFunc func, gpointer user_data,
             GError **error)
{
  Reader reader = { .store = (SqlStore *) store, .point = point };

  if (!sql_begin_read (reader.store, error))
    return FALSE;
  gboolean ok = begin (&reader, error) && walk_readings (&reader, since, until, func, user_data, error);
  sql_end_read (reader.store);
  gboolean whole = ok && reader.damage == NULL;
  tell_damage (&reader, ok, error);
  return whole;
}

/* ---- figures ------------------------------------------------------------------------------ */

typedef struct {
  DataTrend *trend;
  gint64     hold;
} Adding;

static gboolean
add_reading (const GdpReading *reading, gpointer user_data)
{
  DataFigures figures = data_figures_of (reading);

  data_trend_add (((Adding *) user_data)->trend, &figures);
  return TRUE;
}

static gboolean
append_reading (const GdpReading *reading, gpointer user_data)
{
  g_array_append_vals (user_data, reading, 1);
  return TRUE;
}

/* Those of an hour that readings of @hot, from @first on, belong to as well. */
static gboolean
remake_hour (Reader *reader, gint64 hour, gint64 hold, const GArray *hot, guint first, GArray *hours, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  Walk walk = { reader, hour * DATA_HOUR, (hour + 1) * DATA_HOUR, append_reading, all, hot, first, FALSE };

  if (!walk_hours (&walk, error))
    return FALSE;
  DataFigures figures = data_figures_of_all ((const GdpReading *) (gpointer) all->data, all->len, hold);
  if (figures.count > 0)
    sql_set_cell (hours, &figures, DATA_HOUR);
  return TRUE;
}

/* Hours from @since to @until (since 1970): packed, sealed, and those of @hot made anew. */
static gboolean
load_hours (Reader *reader, gint64 since, gint64 until, gint64 hold, const GArray *hot, GArray *hours, GError **error)
{
  gint64 packed = 24 * sql_packed_until (&reader->sealing, reader->point), last = G_MININT64;

  if (!sql_load_cells (reader->store, &sql_months, reader->point, since, MIN (until, packed), hours, error)
      || !sql_load_hours (reader->store, reader->point, MAX (since, packed), until, hours, error))
    return FALSE;
  for (guint i = 0; i < hot->len; i++) {
    gint64 hour = data_cell_of (g_array_index (hot, GdpReading, i).time, DATA_HOUR);
    if (hour != last && hour >= since && hour < until && !remake_hour (reader, hour, hold, hot, i, hours, error))
      return FALSE;
    last = hour;
  }
  return TRUE;
}

/* Days that are not packed, or have hot readings, from their hours. */
static gboolean
remake_days (Reader *reader, gint64 since, gint64 until, gint64 hold, const GArray *hot, GArray *days, GError **error)
{
  g_autoptr (GArray) hours = g_array_new (FALSE, FALSE, sizeof (DataFigures));

  if (since < until && !load_hours (reader, since * 24, until * 24, hold, hot, hours, error))
    return FALSE;
  for (guint i = 0; i < hours->len;) {
    gint64 day = data_cell_of (g_array_index (hours, DataFigures, i).first, DATA_DAY);
    DataFigures joined = { 0 };
    for (; i < hours->len && data_cell_of (g_array_index (hours, DataFigures, i).first, DATA_DAY) == day; i++)
      data_figures_join (&joined, &g_array_index (hours, DataFigures, i), hold);
    sql_set_cell (days, &joined, DATA_DAY);
  }
  return TRUE;
}

static gboolean
load_days (Reader *reader, gint64 since, gint64 until, gint64 hold, const GArray *hot, GArray *days, GError **error)
{
  gint64 packed = MIN (until, sql_packed_until (&reader->sealing, reader->point)), last = G_MININT64;

  if (!sql_load_cells (reader->store, &sql_years, reader->point, since, packed, days, error))
    return FALSE;
  for (guint i = 0; i < hot->len; i++) {
    gint64 day = data_cell_of (g_array_index (hot, GdpReading, i).time, DATA_DAY);
    if (day != last && day >= since && day < packed && !remake_days (reader, day, day + 1, hold, hot, days, error))
      return FALSE;
    last = day;
  }
  return remake_days (reader, MAX (since, packed), until, hold, hot, days, error);
}

static gboolean
add_cells (Reader *reader, const DataTrendQuery *query, DataLevel level, gint64 from, Adding *adding, GError **error)
{
  gint64 step = data_level_step (level), until = query->since + query->width * query->n;
  gint64 first = data_cell_of (from, step), end = data_cell_of (until - 1, step) + 1;
  g_autoptr (GArray) cells = g_array_sized_new (FALSE, FALSE, sizeof (DataFigures),
                                                (guint) CLAMP (end - first, 0, DATA_BARS_MOST));
  g_autoptr (GArray) hot = load_hot (reader, first * step, end * step, error);

  if (hot == NULL || !(level == DATA_LEVEL_DAYS ? load_days : load_hours) (reader, first, end, adding->hold, hot, cells, error))
    return FALSE;
  for (guint i = 0; i < cells->len; i++)
    data_trend_add (adding->trend, &g_array_index (cells, DataFigures, i));
  return TRUE;
}

static gboolean
add_all (Reader *reader, const DataTrendQuery *query, Adding *adding, GError **error)
{
  DataLevel level = data_level_choose (query->since, query->width, query->exact);
  gint64 from = query->since - MIN (query->hold, LOOK_BACK);

  if (!begin (reader, error))
    return FALSE;
  return level != DATA_LEVEL_READINGS ? add_cells (reader, query, level, from, adding, error)
         : walk_readings (reader, from, query->since + query->width * query->n, add_reading, adding, error);
}

GArray *
sql_trend (DataStore *store, const DataTrendQuery *query, GError **damage, GError **error)
{
  Reader reader = { .store = (SqlStore *) store, .point = query->point };
  g_autoptr (DataTrend) trend = data_trend_new (query->since, query->width, query->n, query->hold);
  Adding adding = { trend, query->hold };

  if (!sql_begin_read (reader.store, error))
    return NULL;
  gboolean ok = add_all (&reader, query, &adding, error);
  sql_end_read (reader.store);
  tell_damage (&reader, ok, damage);
  return ok ? data_trend_finish (g_steal_pointer (&trend), query->now) : NULL;
}
