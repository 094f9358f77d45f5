/* SPDX-License-Identifier: GPL-3.0-or-later */
/* History: what a sealed sample costs on disk, how fast hours are sealed and what commits feel of it, and how long a
 * chart waits; beside it the same in rows of a b-tree, in the same run.
 *
 * The data: 0.001 MPa resolution, a daily swing of 40 steps and noise of ±2 steps, polled every minute with ±1 ms. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "../io/stage.h"
#include "data/trend.h"
#include "quantile.h"

#define ROUNDS 9
#define MINUTE (60 * GDP_SECOND)
#define T0 (20000 * DATA_DAY)
#define HOLD (5 * MINUTE)

static double
value_at (gint64 time)
{
  double swing = 40 * sin (2 * G_PI * (double) (time % DATA_DAY) / (double) DATA_DAY);
  return (600 + rint (swing) + rand () % 5 - 2) / 1000;
}

static gint64
jitter (void)
{
  return rand () % 2000 - 1000;
}

static double
ms_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static void
tell (const char *name, double *ours, double *baseline, const char *unit)
{
  double mine = quantile (ours, ROUNDS, 0.5), rows = quantile (baseline, ROUNDS, 0.5);
  printf ("%-44s %9.2f %s (%.2f … %.2f)   rows of a b-tree %9.2f %s   %.0f×\n", name, mine, unit, ours[0],
          ours[ROUNDS - 1], rows, unit, rows / mine);
  fflush (stdout);
}

/* ---- the store --------------------------------------------------------------------------- */

/* Of @points, keys from 1 on. */
static GdpNetwork *
configure (const Stage *stage, gint64 points)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) network = stage_network (1, (guint) points);
  g_assert_true (data_store_import (store, network, "engineer", 1, NULL));
  GdpNetwork *configured = data_store_network (store, NULL);
  g_assert_cmpuint (gdp_network_point_by_key (configured, points), !=, G_MAXUINT);
  return configured;
}

static guint64
seal (const Stage *stage, const GdpNetwork *network, gint64 now)
{
  DataSealing how = DATA_SEALING_USUAL;
  guint64 sealed = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  how.now = now;
  how.keep_hours = 0;
  if (!data_store_seal (store, network, &how, &sealed, &error))
    g_error ("%s", error->message);
  return sealed;
}

static void
add (GdpChanges *changes, gint64 point, gint64 time)
{
  time += jitter ();
  stage_add_reading (changes, point, time, value_at (time));
}

static gint64
number (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *query = NULL;
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &query, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (query), ==, SQLITE_ROW);
  gint64 answer = sqlite3_column_int64 (query, 0);
  sqlite3_finalize (query);
  return answer;
}

/* Bytes of the file that hold anything. */
static gint64
size_of (const Stage *stage)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (stage->path, &db), ==, SQLITE_OK);
  gint64 size = (number (db, "PRAGMA page_count") - number (db, "PRAGMA freelist_count")) * number (db, "PRAGMA page_size");
  sqlite3_close (db);
  return size;
}

/* ---- bytes and speed ---------------------------------------------------------------------- */

/* @days of @points, sealed hour by hour as a server does. */
static void
bench_size (gint64 points, gint64 days)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GdpNetwork) network = configure (stage, points);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  gint64 empty = size_of (stage), samples = points * days * 1440, took = 0;
  guint64 sealed = 0;
  for (gint64 minute = 0; minute < days * 1440; minute++) {
    for (gint64 point = 1; point <= points; point++)
      add (changes, point, T0 + minute * MINUTE);
    stage_commit (store, changes, FALSE);
    if (minute % 60 == 11) {
      gint64 start = g_get_monotonic_time ();
      sealed += seal (stage, network, T0 + minute * MINUTE);
      took += g_get_monotonic_time () - start;
    }
  }
  g_clear_pointer (&store, data_store_close);
  sealed += seal (stage, network, T0 + days * DATA_DAY + 2 * DATA_HOUR);
  g_assert_cmpuint (sealed, ==, (guint64) samples);
  printf ("%-44s %9.2f bytes a sample, all levels and indexes   (target ≤ 6; rows of a b-tree 31)\n", "on disk",
          (double) (size_of (stage) - empty) / (double) samples);
  printf ("%-44s %9.0f samples/s, pauses included\n", "sealing hour by hour", (double) sealed / ((double) took / 1e6));
  fflush (stdout);
}

typedef struct { const Stage *stage; const GdpNetwork *network; gint done; double took; guint64 sealed; } Sealer;

static gpointer
seal_all (gpointer data)
{
  Sealer *sealer = data;
  gint64 start = g_get_monotonic_time ();
  sealer->sealed = seal (sealer->stage, sealer->network, T0 + 3 * DATA_DAY);
  sealer->took = ms_since (start) / 1000;
  g_atomic_int_set (&sealer->done, 1);
  return NULL;
}

static void
tell_commits (const char *name, GArray *took)
{
  printf ("%-44s p50 %.2f ms  p99 %.2f ms  longest %.2f ms  (%u commits of 100 readings)\n", name, quantile_of (took, 0.5),
          quantile_of (took, 0.99), quantile_of (took, 1), took->len);
  fflush (stdout);
}

/* Commits of 100 readings every 5 ms, first alone, then while 600,000 are sealed. */
static void
bench_commits (void)
{
  enum { POINTS = 2000, EACH = 300 };
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GdpNetwork) network = configure (stage, POINTS);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (gint64 i = 0; i < EACH; i++) {
    for (gint64 point = 1; point <= POINTS; point++)
      add (changes, point, T0 + i * MINUTE);
    stage_commit (store, changes, FALSE);
  }
  g_clear_pointer (&store, data_store_close);   /* all is in `live` */
  store = stage_open (stage, DATA_ACCESS_SERVE);

  Sealer sealer = { .stage = stage, .network = network };
  for (guint with = 0; with < 2; with++) {
    g_autoptr (GArray) took = g_array_new (FALSE, FALSE, sizeof (double));
    GThread *thread = with ? g_thread_new ("sealer", seal_all, &sealer) : NULL;
    for (guint n = 0; with ? !g_atomic_int_get (&sealer.done) : n < 300; n++) {
      for (gint64 k = 0; k < 100; k++)
        add (changes, 1 + k, T0 + 2 * DATA_DAY + n * MINUTE);
      gint64 start = g_get_monotonic_time ();
      stage_commit (store, changes, TRUE);
      double ms = ms_since (start);
      g_array_append_val (took, ms);
      g_usleep (5000);
    }
    g_clear_pointer (&thread, g_thread_join);
    tell_commits (with ? "durable commits while sealing" : "durable commits alone", took);
  }
  printf ("%-44s %9.0f samples/s in %.1f s\n", "sealing beside commits", (double) sealer.sealed / sealer.took, sealer.took);
  fflush (stdout);
}

/* ---- reading ------------------------------------------------------------------------------ */

static gboolean
count (const GdpReading *reading, gpointer n)
{
  *(guint *) n += 1;
  return TRUE;
}

typedef struct { Stage *stage; sqlite3 *rows; DataStore *store; sqlite3_stmt *query; } Peer;

static void
begin_rows (Peer *peer)
{
  g_autofree char *path = g_strconcat (peer->stage->path, "-rows", NULL);
  g_assert_cmpint (sqlite3_open (path, &peer->rows), ==, SQLITE_OK);
  sqlite3_exec (peer->rows, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE row (point INTEGER, time INTEGER,"
                "value REAL, reason INTEGER, PRIMARY KEY (point, time)) WITHOUT ROWID; BEGIN", NULL, NULL, NULL);
}

static void
insert_rows (Peer *peer, const GArray *readings)
{
  sqlite3_stmt *insert = NULL;
  sqlite3_prepare_v2 (peer->rows, "INSERT OR IGNORE INTO row VALUES (?, ?, ?, 0)", -1, &insert, NULL);
  for (guint i = 0; i < readings->len; i++) {
    const GdpReading *reading = &g_array_index (readings, GdpReading, i);
    sqlite3_bind_int64 (insert, 1, reading->point);
    sqlite3_bind_int64 (insert, 2, reading->time);
    sqlite3_bind_double (insert, 3, reading->value);
    sqlite3_step (insert);
    sqlite3_reset (insert);
  }
  sqlite3_finalize (insert);
}

/* Samples of @points every @step from T0 on, in both; all is sealed and packed. */
static void
fill (Peer *peer, gint64 points, gint64 step, gint64 span)
{
  peer->stage = stage_new ();
  begin_rows (peer);
  g_autoptr (GdpNetwork) network = configure (peer->stage, points);
  g_autoptr (DataStore) store = stage_open (peer->stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (gint64 at = 0; at < span; at += step) {
    for (gint64 point = 1; point <= points; point++)
      add (changes, point, T0 + at);
    if (changes->readings->len >= 5000) {
      insert_rows (peer, changes->readings);
      stage_commit (store, changes, FALSE);
    }
  }
  insert_rows (peer, changes->readings);
  stage_commit (store, changes, FALSE);
  sqlite3_exec (peer->rows, "COMMIT; PRAGMA wal_checkpoint (TRUNCATE)", NULL, NULL, NULL);
  g_clear_pointer (&store, data_store_close);
  seal (peer->stage, network, T0 + span + 3 * DATA_HOUR);
  peer->store = stage_open (peer->stage, DATA_ACCESS_READ);
  sqlite3_prepare_v2 (peer->rows, "SELECT time, value, reason FROM row WHERE point = ? AND time >= ? AND time < ? "
                      "ORDER BY time", -1, &peer->query, NULL);
}

static void
end (Peer *peer)
{
  data_store_close (peer->store);
  sqlite3_finalize (peer->query);
  sqlite3_close (peer->rows);
  stage_free (peer->stage);
}

/* The same bars from rows; @n 0: the rows are only read. */
static double
time_rows (Peer *peer, gint64 point, gint64 since, gint64 width, guint n, gint64 until)
{
  gint64 start = g_get_monotonic_time ();
  DataTrend *trend = n > 0 ? data_trend_new (since, width, n, HOLD) : NULL;
  sqlite3_bind_int64 (peer->query, 1, point);
  sqlite3_bind_int64 (peer->query, 2, since);
  sqlite3_bind_int64 (peer->query, 3, until);
  while (sqlite3_step (peer->query) == SQLITE_ROW) {
    GdpReading reading = { .point = point, .time = sqlite3_column_int64 (peer->query, 0),
                           .value = sqlite3_column_double (peer->query, 1) };
    DataFigures figures = data_figures_of (&reading);
    if (trend != NULL)
      data_trend_add (trend, &figures);
  }
  sqlite3_reset (peer->query);
  if (trend != NULL)
    g_array_unref (data_trend_finish (trend, until));
  return ms_since (start);
}

static double
time_bars (Peer *peer, gint64 point, gint64 since, gint64 width, guint n)
{
  gint64 start = g_get_monotonic_time ();
  DataTrendQuery query = { point, since, width, n, HOLD, since + width * n, FALSE };
  g_autoptr (GArray) bars = data_store_trend (peer->store, &query, NULL, NULL);
  g_assert_cmpuint (bars->len, ==, n);
  return ms_since (start);
}

static void
bench_year (void)
{
  Peer peer = { 0 };
  gint64 year = 365 * DATA_DAY;
  double ours[ROUNDS], rows[ROUNDS];
  fill (&peer, 1, MINUTE, year);
  for (guint i = 0; i < ROUNDS; i++) {
    ours[i] = time_bars (&peer, 1, T0, year / 2000, 2000);
    rows[i] = time_rows (&peer, 1, T0, year / 2000, 2000, T0 + year);
  }
  tell ("a year of minutes → 2,000 columns (≤ 5)", ours, rows, "ms");
  for (guint i = 0; i < ROUNDS; i++) {
    gint64 since = T0 + (100 + i) * DATA_DAY + 12345678, start = g_get_monotonic_time ();
    guint n = 0;
    g_assert_true (data_store_history (peer.store, 1, since, since + DATA_DAY, count, &n, NULL));
    ours[i] = ms_since (start);
    g_assert_cmpuint (n, >=, 1438);
    rows[i] = time_rows (&peer, 1, since, 0, 0, since + DATA_DAY);
  }
  tell ("24 h, every sample (≤ 2)", ours, rows, "ms");
  for (guint i = 0; i < ROUNDS; i++) {
    gint64 start = g_get_monotonic_time ();
    guint n = 0;
    g_assert_true (data_store_history (peer.store, 1, T0, T0 + year, count, &n, NULL));
    ours[i] = ms_since (start);
    g_assert_cmpuint (n, >=, 525000);
    rows[i] = time_rows (&peer, 1, T0, 0, 0, T0 + year);
  }
  tell ("a year, every sample", ours, rows, "ms");
  end (&peer);
}

/* Of days there are as many figures whatever was measured: so a sample an hour will do, and rows are spared sixty times
 * the work. */
static void
bench_decade (void)
{
  Peer peer = { 0 };
  gint64 decade = 3650 * DATA_DAY;
  double ours[ROUNDS], rows[ROUNDS];
  fill (&peer, 8, DATA_HOUR, decade);
  for (guint i = 0; i < ROUNDS; i++) {
    ours[i] = rows[i] = 0;
    for (gint64 point = 1; point <= 8; point++) {
      ours[i] += time_bars (&peer, point, T0, decade / 1600, 1600);
      rows[i] += time_rows (&peer, point, T0, decade / 1600, 1600, T0 + decade);
    }
  }
  tell ("8 points × 10 years → 1,600 columns (≤ 1)", ours, rows, "ms");
  end (&peer);
}

int
main (void)
{
  srand (1);
  bench_size (60, 10);
  bench_commits ();
  bench_year ();
  bench_decade ();
  return 0;
}
