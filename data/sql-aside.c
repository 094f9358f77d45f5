/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What no hour takes: too many readings for a block, times that no block holds, an hour whose block is damaged. The pass
 * goes on, and the readings are kept as rows of `sample_aside`, where reading finds them. */
#include "sql-sealed.h"

#define ROWS_AT_ONCE 1000   /* in a transaction */

static void
clear_aside (gpointer aside)
{
  g_free (((SqlAside *) aside)->why);
}

GArray *
sql_aside_new (void)
{
  GArray *aside = g_array_new (FALSE, FALSE, sizeof (SqlAside));
  g_array_set_clear_func (aside, clear_aside);
  return aside;
}

/* A part of it, for one transaction. */
typedef struct {
  const SqlAside   *aside;
  guint             from, until;
  const GdpNetwork *network;
  gint64            now;
} Part;

/* 1, 0; -1 with an error. */
static int
is_known (SqlStore *self, const SqlAside *aside, GError **error)
{
  gint64 hour = data_cell_of (aside->readings->time, DATA_HOUR) * DATA_HOUR;
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT seq FROM sample_aside WHERE point = ? AND time >= ? AND time < ? "
                                       "LIMIT 1", "iii", aside->readings->point, hour, hour + DATA_HOUR);

  return query != NULL ? sql_step (self, query, error) : -1;
}

static gboolean
journal (SqlStore *self, SqlMeta *meta, const Part *part, GError **error)
{
  gint64 key = part->aside->readings->point;
  guint index = gdp_network_point_by_key (part->network, key);
  const GdpPoint *point = index != G_MAXUINT ? &part->network->points[index] : NULL;
  g_autofree char *name = sql_name_hour (self, key, data_cell_of (part->aside->readings->time, DATA_HOUR));
  g_autofree char *object = point != NULL ? g_strdup (point->id) : g_strdup_printf ("%" G_GINT64_FORMAT, key);
  g_autofree char *text = g_strdup_printf ("readings of %s are kept unpacked: %s", name, part->aside->why);
  GdpEvent event = { .kind = GDP_EVENT_NOTE, .occurred = part->now, .learned = part->now, .object = object, .text = text,
                     .site = point != NULL ? (char *) part->network->sites[point->site].id : NULL };

  g_warning ("%s: %s", self->place, text);
  return sql_journal_append (self, meta, &event, error);
}

/* What an earlier run had written before it was killed is there already. */
static gboolean
write_part (SqlStore *self, SqlMeta *meta, gpointer data, GError **error)
{
  const Part *part = data;
  int known = meta != NULL ? is_known (self, part->aside, error) : 1;

  if (known < 0 || (known == 0 && !journal (self, meta, part, error)))
    return FALSE;
  for (guint i = part->from; i < part->until; i++) {
    const GdpReading *reading = &part->aside->readings[i];
    if (!sql_run (self, error, "INSERT INTO sample_aside (" SQL_READING ") VALUES (?, ?, ?, ?, ?, ?) "
                  "ON CONFLICT (point, time, seq) DO NOTHING", "iiiidi", reading->seq, reading->point, reading->time,
                  reading->received - reading->time, reading->value, (gint64) reading->reason))
      return FALSE;
  }
  return TRUE;
}

gboolean
sql_put_aside (SqlStore *self, const GdpNetwork *network, const DataSealing *how, SqlSealing *sealing, const GArray *all,
               gboolean *mine, GError **error)
{
  for (guint i = 0; i < all->len; i++) {
    const SqlAside *aside = &g_array_index (all, SqlAside, i);
    for (guint from = 0; from < aside->n && *mine && !sql_is_stopped (how); from += ROWS_AT_ONCE) {
      Part part = { aside, from, MIN (from + ROWS_AT_ONCE, aside->n), network, how->now };
      SqlTransaction kind = from == 0 ? SQL_WRITE : SQL_WRITE_ASIDE;   /* the first one may write to the journal */
      if (!sql_sealing_step (self, kind, sealing, write_part, &part, mine, error))
        return FALSE;
    }
  }
  return TRUE;
}

/* ---- letting go --------------------------------------------------------------------------- */

/* The oldest of one point, for one transaction. */
typedef struct {
  gint64  point;
  GArray *rows;    /* GdpReading, of one day, in order of time */
  GArray *ready;   /* SqlReady: the year that the day is in */
} Old;

/* @rows empty: there are none. */
static gboolean
load_oldest (SqlStore *self, gint64 shard, Old *old, gint64 before, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT " SQL_READING " FROM sample_aside WHERE time < ?1 AND point = "
    "(SELECT min (point) FROM sample_aside WHERE time < ?1 AND point >= ?3 AND point < ?4) ORDER BY time, seq LIMIT ?2", "iiii",
    before, (gint64) ROWS_AT_ONCE, SQL_SHARD_FIRST (shard), SQL_SHARD_FIRST (shard + 1));
  int more = query != NULL ? 1 : -1;

  g_array_set_size (old->rows, 0);
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    GdpReading reading;
    sql_read_reading (query, &reading);
    old->point = reading.point;
    if (old->rows->len > 0
        && data_cell_of (reading.time, DATA_DAY) != data_cell_of (g_array_index (old->rows, GdpReading, 0).time, DATA_DAY))
      break;
    g_array_append_val (old->rows, reading);
  }
  return more >= 0;
}

/* The day's figures with those of its rows, which may lie anywhere among what they are of. */
static gboolean
join_day (SqlStore *self, Old *old, gint64 hold, GError **error)
{
  DataFigures day = data_figures_of_all ((const GdpReading *) (gpointer) old->rows->data, old->rows->len, hold), stored;
  gint64 number = data_cell_of (day.first, DATA_DAY), year = sql_years.of_day (number);
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (DataFigures));

  if (number < 0)
    return TRUE;
  if (!sql_load_cells (self, &sql_years, &(SqlCells) { old->point, sql_years.first_day (year), sql_years.first_day (year + 1), days },
                       1, error))
    return FALSE;
  if (sql_join_cells (days, number, DATA_DAY, hold, &stored)) {
    DataFigures earlier = stored.last > day.last ? day : stored, later = stored.last > day.last ? stored : day;
    data_figures_join (&earlier, &later, hold);
    earlier.first = MIN (stored.first, day.first);
    day = earlier;
  }
  sql_set_cell (days, &day, DATA_DAY);
  sql_ready_pack (old->ready, &sql_years, old->point, year, days);
  return TRUE;
}

static gboolean
write_old (SqlStore *self, SqlMeta *meta, gpointer data, GError **error)
{
  const Old *old = data;

  for (guint i = 0; i < old->rows->len; i++) {
    const GdpReading *row = &g_array_index (old->rows, GdpReading, i);
    if (!sql_run (self, error, "DELETE FROM sample_aside WHERE point = ? AND time = ? AND seq = ?", "iii", row->point, row->time,
                  row->seq))
      return FALSE;
  }
  return sql_put_ready (self, old->ready, error);
}

gboolean
sql_drop_aside (SqlStore *self, const GdpNetwork *network, const DataSealing *how, SqlSealing *sealing, gboolean *mine,
                GError **error)
{
  gint64 before = data_cell_of (how->now - how->keep_hours, DATA_HOUR) * DATA_HOUR;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (GdpReading));

  while (how->keep_hours > 0 && *mine && !sql_is_stopped (how)) {
    g_autoptr (GArray) ready = sql_ready_new ();
    Old old = { .rows = rows, .ready = ready };
    if (!load_oldest (self, sealing->shard, &old, before, error))
      return FALSE;
    if (rows->len == 0)
      return TRUE;
    if (!join_day (self, &old, data_hold_of (network, gdp_network_point_by_key (network, old.point)), error)
        || !sql_sealing_step (self, SQL_WRITE_ASIDE, sealing, write_old, &old, mine, error))
      return FALSE;
  }
  return TRUE;
}
