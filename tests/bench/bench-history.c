/* SPDX-License-Identifier: GPL-3.0-or-later */
/* History: what a sealed sample costs on disk, how fast hours are sealed and what commits feel of it, and how long a
 * chart waits, warm and with nothing in memory; beside it the same in rows of a b-tree of the same engine, in the same
 * run. With GDP_TEST_ENGINE=postgresql and tests/bench/with-restarts on PostgreSQL.
 *
 * The data: 0.001 MPa resolution, a daily swing of 40 steps and noise of ±2 steps, polled every minute with ±1 ms. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../io/stage-sql.h"
#include "data/trend.h"
#include "quantile.h"
#include "row-store.h"

#define ROUNDS 9
#define COLD_ROUNDS 3
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

/* Bytes that hold anything: of the file, of the tables of history. */
static gint64
size_of (const Stage *stage)
{
  g_autoptr (StageSql) sql = stage_sql_new (stage);
  return stage_sql_number (sql, stage->path != NULL
    ? "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
    : "SELECT sum (pg_total_relation_size (oid)) FROM pg_class WHERE relkind = 'r'"
      "  AND relname ~ '^sample_(hour|month|year|aside)'");
}

/* As autovacuum does now and then; here it has no time to. Else all the hot rows that have gone are still looked at. */
static void
vacuum (const Stage *stage)
{
  if (stage->path != NULL)
    return;
  g_autoptr (StageSql) sql = stage_sql_new (stage);
  stage_sql_run (sql, "VACUUM ANALYZE");
}

/* ---- bytes and speed ---------------------------------------------------------------------- */

/* Forty days of 60 points, sealed hour by hour as a server does: so long that of two months one is over, and that what is
 * written anew every day is not most of all. */
static void
bench_size (void)
{
  gint64 points = 60, hours = 40 * 24, samples = points * hours * 60, took = 0;
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GdpNetwork) network = configure (stage, points);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (RowStore) rows = row_store_new (stage);
  gint64 empty = size_of (stage);
  guint64 sealed = 0;
  for (gint64 hour = 0; hour < hours; hour++) {
    g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
    for (gint64 at = T0 + hour * DATA_HOUR; at < T0 + (hour + 1) * DATA_HOUR; at += MINUTE)
      for (gint64 point = 1; point <= points; point++)
        add (changes, point, at);
    row_store_add (rows, changes->readings);
    stage_commit (store, changes, FALSE);
    g_clear_pointer (&store, data_store_close);   /* so that all is known to `live`, as it is after ten seconds of real time */
    gint64 start = g_get_monotonic_time ();
    sealed += seal (stage, network, T0 + (hour + 1) * DATA_HOUR + 11 * MINUTE);
    took += g_get_monotonic_time () - start;
    if (hour % 24 == 12)
      vacuum (stage);
  }
  sealed += seal (stage, network, T0 + hours * DATA_HOUR + 2 * DATA_HOUR);
  g_assert_cmpuint (sealed, ==, (guint64) samples);
  row_store_settle (rows);
  printf ("%-44s %9.2f bytes a sample, all levels and indexes   rows of a b-tree %.1f\n", "on disk (≤ 6)",
          (double) (size_of (stage) - empty) / (double) samples, (double) row_store_size (rows) / (double) samples);
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

typedef struct { Stage *stage; DataStore *store; RowStore *rows; } Peer;

/* Samples of @points every @step from T0 on, each up to a minute later when that is longer, in both; all is sealed and packed. */
static void
fill (Peer *peer, gint64 points, gint64 step, gint64 span)
{
  peer->stage = stage_new ();
  peer->rows = row_store_new (peer->stage);
  g_autoptr (GdpNetwork) network = configure (peer->stage, points);
  g_autoptr (DataStore) store = stage_open (peer->stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (gint64 at = 0; at < span; at += step) {
    for (gint64 point = 1; point <= points; point++)
      add (changes, point, T0 + at + (step > MINUTE ? 1000 + rand () % MINUTE : 0));
    if (changes->readings->len >= 5000 || at + step >= span) {
      row_store_add (peer->rows, changes->readings);
      stage_commit (store, changes, FALSE);
    }
  }
  g_clear_pointer (&store, data_store_close);
  row_store_settle (peer->rows);
  seal (peer->stage, network, T0 + span + 3 * DATA_HOUR);
  vacuum (peer->stage);
  peer->store = stage_open (peer->stage, DATA_ACCESS_READ);
}

static void
end (Peer *peer)
{
  data_store_close (peer->store);
  row_store_free (peer->rows);
  stage_free (peer->stage);
}

static void
forget_file (const char *path)
{
  int file = open (path, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fdatasync (file), ==, 0);
  g_assert_cmpint (posix_fadvise (file, 0, 0, POSIX_FADV_DONTNEED), ==, 0);
  close (file);
}

/* Nothing of either is in memory any more. FALSE: that takes tests/bench/with-restarts. */
static gboolean
chill (Peer *peer)
{
  const char *restarts = g_getenv ("GDP_BENCH_COLD");
  char byte = '.';
  if (peer->stage->path == NULL && restarts == NULL)
    return FALSE;
  data_store_close (peer->store);
  row_store_close (peer->rows);
  if (peer->stage->path != NULL) {
    forget_file (peer->stage->path);
    forget_file (row_store_path (peer->rows));
  } else {
    int fd = atoi (restarts);
    g_assert_true (write (fd, &byte, 1) == 1 && read (fd, &byte, 1) == 1);
  }
  peer->store = stage_open (peer->stage, DATA_ACCESS_READ);
  row_store_open (peer->rows);
  return TRUE;
}

/* What is read, of so many points; @n bars, or 0: each reading. @move: each round begins so much later. */
typedef struct { gint64 points, since, span, move; guint n; } Question;

static gboolean
count (const GdpReading *reading, gpointer n)
{
  *(guint *) n += 1;
  return TRUE;
}

static gboolean
add_to_trend (const GdpReading *reading, gpointer trend)
{
  DataFigures figures = data_figures_of (reading);
  data_trend_add (trend, &figures);
  return TRUE;
}

static double
time_bars (Peer *peer, const Question *its, gint64 since)
{
  DataTrendQuery queries[8];
  for (gint64 i = 0; i < its->points; i++)
    queries[i] = (DataTrendQuery) { 1 + i, since, its->span / its->n, its->n, HOLD, since + its->span, FALSE };
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GPtrArray) trends = data_store_trends (peer->store, queries, (guint) its->points, NULL, NULL);
  g_assert_cmpuint (trends->len, ==, its->points);
  return ms_since (start);
}

static double
time_ours (Peer *peer, const Question *its, gint64 since)
{
  if (its->n > 0)
    return time_bars (peer, its, since);
  guint n = 0;
  gint64 start = g_get_monotonic_time ();
  for (gint64 point = 1; point <= its->points; point++)
    g_assert_true (data_store_history (peer->store, point, since, since + its->span, count, &n, NULL));
  g_assert_cmpint (n, >=, its->points * (its->span / MINUTE - 2));
  return ms_since (start);
}

/* The same bars from rows. */
static double
time_rows (Peer *peer, const Question *its, gint64 since)
{
  guint n = 0;
  gint64 start = g_get_monotonic_time ();
  for (gint64 point = 1; point <= its->points; point++) {
    DataTrend *trend = its->n > 0 ? data_trend_new (since, its->span / its->n, its->n, HOLD) : NULL;
    row_store_read (peer->rows, point, since, since + its->span, trend != NULL ? add_to_trend : count,
                    trend != NULL ? (gpointer) trend : &n);
    if (trend != NULL)
      g_array_unref (data_trend_finish (trend, since + its->span));
  }
  return ms_since (start);
}

static void
ask (Peer *peer, const char *name, const Question *its)
{
  for (guint cold = 0; cold < 2; cold++) {
    guint rounds = cold ? COLD_ROUNDS : ROUNDS;
    double ours[ROUNDS], rows[ROUNDS];
    for (guint i = 0; i < rounds; i++) {
      if (cold && !chill (peer))
        return;
      ours[i] = time_ours (peer, its, its->since + i * its->move);
      rows[i] = time_rows (peer, its, its->since + i * its->move);
    }
    double mine = quantile (ours, rounds, 0.5), theirs = quantile (rows, rounds, 0.5);
    printf ("%-44s %9.2f ms (%.2f … %.2f)   rows of a b-tree %9.2f ms   %.0f×\n", cold ? "  with nothing in memory" : name,
            mine, ours[0], ours[rounds - 1], theirs, theirs / mine);
    fflush (stdout);
  }
}

static void
bench_year (void)
{
  Peer peer = { 0 };
  gint64 year = 365 * DATA_DAY;
  fill (&peer, 1, MINUTE, year);
  ask (&peer, "a year of minutes → 2,000 columns (≤ 5 / 16)", &(Question) { 1, T0, year, 0, 2000 });
  ask (&peer, "24 h, every sample (≤ 2)", &(Question) { 1, T0 + 100 * DATA_DAY + 12345678, DATA_DAY, DATA_DAY, 0 });
  ask (&peer, "a year, every sample", &(Question) { 1, T0, year, 0, 0 });
  end (&peer);
}

/* Of days there are as many figures whatever was measured, and of those of minutes the first and the last lie somewhere in
 * their minute: so a sample an hour will do that does the same, and rows are spared sixty times the work. */
static void
bench_decade (void)
{
  Peer peer = { 0 };
  gint64 decade = 3650 * DATA_DAY;
  fill (&peer, 8, DATA_HOUR, decade);
  ask (&peer, "8 points × 10 years → 1,600 columns (≤ 1 / 2)", &(Question) { 8, T0, decade, 0, 1600 });
  end (&peer);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*run) (void); } parts[] = {
    { "size", bench_size }, { "commits", bench_commits }, { "year", bench_year }, { "decade", bench_decade },
  };
  srand (1);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (argc < 2 || strcmp (argv[1], parts[i].name) == 0)
      parts[i].run ();
  return 0;
}
