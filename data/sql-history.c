/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading history: the readings of one point, sealed, put aside and hot, in order of time. */
#include "sql-sealed.h"

/* ---- a question ---------------------------------------------------------------------------- */

gboolean
sql_reader_begin (SqlReader *reader, GError **error)
{
  if (!sql_begin_read (reader->store, error))
    return FALSE;
  reader->sealing.shard = -1;   /* not known yet */
  if (sql_meta (reader->store, &reader->meta, error))
    return TRUE;
  sql_end_read (reader->store);
  return FALSE;
}

gboolean
sql_reader_turn (SqlReader *reader, gint64 point, GError **error)
{
  gint64 shard = SQL_SHARD_OF (point);

  return shard == reader->sealing.shard || sql_sealing (reader->store, shard, &reader->sealing, error);
}

void
sql_reader_end (SqlReader *reader, gboolean ok, GError **damage)
{
  sql_end_read (reader->store);
  if (ok && reader->damage != NULL)
    g_propagate_error (damage, g_steal_pointer (&reader->damage));
  g_clear_error (&reader->damage);
}

/* FALSE: @why is worse than damage of one hour. */
static gboolean
note_damage (SqlReader *reader, GError *why, GError **error)
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

/* ---- rows --------------------------------------------------------------------------------- */

/* Spans say where in the append-only table the time asked for can be; what no span covers yet is looked through. (The +
 * keeps SQLite from building an index of its own over the whole table first.) Records may have come late, hence the
 * order by time. Rows that are in sealed hours already, though not yet deleted, are left out; of those put aside the
 * others are. */
#define SEALED "CASE WHEN point <= ?13 THEN ?12 ELSE ?11 END"

GArray *
sql_load_rows (SqlReader *reader, const gint64 points[SQL_AT_ONCE], gint64 since, gint64 until, GError **error)
{
  const SqlSealing *sealing = &reader->sealing;
  gint64 sealed = sealing->sealed_seq;
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_auto (SqlQuery) query = sql_query (reader->store, error,
    "SELECT " SQL_READING " FROM ("
    "  SELECT s.* FROM sample_span CROSS JOIN sample s WHERE s.seq BETWEEN first_seq AND last_seq AND s.seq > ?11"
    "    AND max_time >= ?9 AND min_time < ?10 AND +s.point IN " SQL_POINTS " AND +s.time >= ?9 AND s.time < ?10"
    "    AND s.seq > " SEALED
    "  UNION ALL"
    "  SELECT * FROM sample WHERE seq > ?14 AND point IN " SQL_POINTS " AND time >= ?9 AND time < ?10 AND seq > " SEALED
    "  UNION ALL"
    "  SELECT " SQL_READING " FROM sample_aside WHERE point IN " SQL_POINTS " AND time >= ?9 AND time < ?10 AND seq <= " SEALED
    ") AS r ORDER BY point, time, seq", SQL_IIIIIIII "iiiiii", SQL_EACH (points), since, until, sealed,
    MAX (sealed, sealing->seal_seq), sealing->seal_point, MAX (reader->meta.span_seq, sealed));
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
  SqlReader        *reader;
  gint64            point, since, until;
  DataReadingFunc   func;
  gpointer          user_data;
  const GdpReading *rows;     /* in no hour; in order of time */
  guint             n, told;  /* of them */
  gboolean          enough;
} Walk;

static void
tell (Walk *walk, const GdpReading *reading)
{
  if (!walk->enough && reading->time >= walk->since && reading->time < walk->until)
    walk->enough = !walk->func (reading, walk->user_data);
}

static void
tell_rows (Walk *walk, gint64 before)
{
  for (; walk->told < walk->n && walk->rows[walk->told].time < MIN (before, walk->until); walk->told++)
    tell (walk, &walk->rows[walk->told]);
}

/* A block in another database may be newer than what is said here of how far sealing is. */
static void
skip_row (Walk *walk, const GdpReading *reading)
{
  walk->told += walk->told < walk->n && sql_same_reading (&walk->rows[walk->told], reading);
}

static gboolean
tell_hour (Walk *walk, SqlQuery query, GArray *readings, GError **error)
{
  GError *why = NULL;
  gsize size;
  const guint8 *bytes = sql_bytes (query, 1, &size);

  g_array_set_size (readings, 0);
  if (!sql_decode_hour (walk->reader->store, walk->point, sql_integer (query, 0), bytes, size, readings, &why)
      && !note_damage (walk->reader, why, error))
    return FALSE;
  for (guint i = 0; i < readings->len && !walk->enough; i++) {
    const GdpReading *reading = &g_array_index (readings, GdpReading, i);
    tell_rows (walk, reading->time);
    tell (walk, reading);
    skip_row (walk, reading);
  }
  return TRUE;
}

static gboolean
tell_hours (Walk *walk, gint64 first, gint64 last, GError **error)
{
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_auto (SqlQuery) query = sql_query (walk->reader->store, error,
    "SELECT hour, block FROM sample_hour WHERE point = ? AND hour >= ? AND hour <= ? ORDER BY hour", "iii",
    walk->point, first, last);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && !walk->enough && (more = sql_step (walk->reader->store, query, error)) > 0)
    if (!tell_hour (walk, query, readings, error))
      return FALSE;
  return more >= 0;
}

static gboolean
walk_hours (Walk *walk, GError **error)
{
  gint64 first = data_cell_of (walk->since, DATA_HOUR);
  gint64 last = MIN (data_cell_of (walk->until - 1, DATA_HOUR), walk->reader->sealing.end_hour - 1);

  if (first <= last && !tell_hours (walk, first, last, error))
    return FALSE;
  tell_rows (walk, G_MAXINT64);
  return TRUE;
}

gboolean
sql_walk_hours (SqlReader *reader, gint64 point, gint64 since, gint64 until, const GdpReading *rows, guint n,
                DataReadingFunc func, gpointer user_data, GError **error)
{
  return walk_hours (&(Walk) { reader, point, since, until, func, user_data, rows, n, 0, FALSE }, error);
}

gboolean
sql_walk_readings (SqlReader *reader, gint64 point, gint64 since, gint64 until, DataReadingFunc func, gpointer user_data,
                   GError **error)
{
  const gint64 points[SQL_AT_ONCE] = { point, point, point, point, point, point, point, point };

  if (since >= until)
    return TRUE;
  if (!sql_reader_turn (reader, point, error))
    return FALSE;
  g_autoptr (GArray) rows = sql_load_rows (reader, points, since, until, error);
  return rows != NULL && sql_walk_hours (reader, point, since, until, (const GdpReading *) (gpointer) rows->data, rows->len,
                                         func, user_data, error);
}

gboolean
sql_history (DataStore *store, gint64 point, gint64 since, gint64 until, DataReadingFunc func, gpointer user_data,
             GError **error)
{
  SqlReader reader = { .store = (SqlStore *) store };

  if (!sql_reader_begin (&reader, error))
    return FALSE;
  gboolean ok = sql_walk_readings (&reader, point, since, until, func, user_data, error);
  gboolean whole = ok && reader.damage == NULL;
  sql_reader_end (&reader, ok, error);
  return whole;
}
