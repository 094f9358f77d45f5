/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealing, with either engine: how fast hours are sealed, what that writes, and what commits feel of it.
 *
 * The data: 0.001 MPa resolution, a daily swing of 40 steps and noise of ±2 steps, polled every minute with ±1 ms. */
#include <libpq-fe.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../io/stage.h"
#include "data/trend.h"
#include "quantile.h"

#define MINUTE (60 * GDP_SECOND)
#define T0 (20000 * DATA_DAY)
#define POINTS 2000
#define HOURS 5

static double
value_at (gint64 time)
{
  double swing = 40 * sin (2 * G_PI * (double) (time % DATA_DAY) / (double) DATA_DAY);
  return (600 + rint (swing) + rand () % 5 - 2) / 1000;
}

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1e6;
}

/* A minute's readings of the first @points. */
static double
commit_minute (DataStore *store, GdpChanges *changes, gint64 minute, gint64 points, gboolean durable)
{
  for (gint64 point = 1; point <= points; point++) {
    gint64 time = T0 + minute * MINUTE + rand () % 2000 - 1000;
    stage_add_reading (changes, point, time, value_at (time));
  }
  gint64 start = g_get_monotonic_time ();
  stage_commit (store, changes, durable);
  return 1000 * seconds_since (start);
}

static GdpNetwork *
configure (const Stage *stage)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) network = stage_network (1, POINTS);
  g_assert_true (data_store_import (store, network, "engineer", 1, NULL));
  return data_store_network (store, NULL);
}

/* ---- what it writes, on PostgreSQL ---------------------------------------------------------- */

static double
ask (const Stage *stage, const char *sql)
{
  PGconn *server = PQconnectdb (stage->uri);
  PGresult *result = PQexec (server, sql);
  g_assert_cmpint (PQresultStatus (result), ==, PGRES_TUPLES_OK);
  double answer = g_ascii_strtod (PQgetvalue (result, 0, 0), NULL);
  PQclear (result);
  PQfinish (server);
  return answer;
}

static double
wal_so_far (const Stage *stage)
{
  return stage_on_postgres () ? ask (stage, "SELECT pg_current_wal_insert_lsn () - '0/0'") : 0;
}

static void
tell_size (const Stage *stage, double wal, double samples)
{
  static const char *const size =
    "SELECT sum (pg_total_relation_size (oid)) FROM pg_class WHERE relkind = 'r' AND relname ~ '^sample_(hour|month|year)'";

  if (!stage_on_postgres ())
    return;
  printf ("%-34s %9.2f bytes a sample, all levels and indexes   (target ≤ 6; rows of a b-tree 104)\n", "on disk",
          ask (stage, size) / samples);
  printf ("%-34s %9.2f bytes a sample\n", "write-ahead log of sealing", wal / samples);
}

/* ---- the passes ------------------------------------------------------------------------------ */

typedef struct { const Stage *stage; const GdpNetwork *network; gint64 now; gint done; double took; guint64 sealed; } Sealer;

static gpointer
seal (gpointer data)
{
  Sealer *sealer = data;
  DataSealing how = DATA_SEALING_USUAL;
  g_autoptr (GError) error = NULL;
  g_autoptr (DataStore) store = stage_open (sealer->stage, DATA_ACCESS_POST);
  gint64 start = g_get_monotonic_time ();

  how.now = sealer->now;
  how.keep_hours = 0;
  how.hot_most = G_MAXINT64;
  if (!data_store_seal (store, sealer->network, &how, &sealer->sealed, &error))
    g_error ("%s", error->message);
  sealer->took = seconds_since (start);
  g_atomic_int_set (&sealer->done, 1);
  return NULL;
}

/* Hour by hour, as a server does. */
static void
bench_hours (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GdpNetwork) network = configure (stage);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GArray) speeds = g_array_new (FALSE, FALSE, sizeof (double));
  double wal = 0, samples = 0;

  for (gint64 hour = 0; hour < HOURS; hour++) {
    DataStore *store = stage_open (stage, DATA_ACCESS_SERVE);
    for (gint64 minute = 60 * hour; minute < 60 * (hour + 1); minute++)
      commit_minute (store, changes, minute, POINTS, FALSE);
    data_store_close (store);   /* all is in `live` */
    Sealer sealer = { .stage = stage, .network = network, .now = T0 + (hour + 2) * DATA_HOUR };
    double before = wal_so_far (stage);
    seal (&sealer);
    wal += wal_so_far (stage) - before;
    samples += (double) sealer.sealed;
    g_array_append_vals (speeds, &(double[]) { (double) sealer.sealed / sealer.took }, 1);
  }
  printf ("%-34s %9.0f samples/s (%.0f … %.0f), in hours of 60\n", "sealing hour by hour", quantile_of (speeds, 0.5),
          quantile_of (speeds, 0), quantile_of (speeds, 1));
  tell_size (stage, wal, samples);
  fflush (stdout);
}

static void
tell_commits (const char *name, GArray *took)
{
  printf ("%-34s p50 %.2f ms  p99 %.2f ms  longest %.2f ms  (%u commits of 100 readings)\n", name, quantile_of (took, 0.5),
          quantile_of (took, 0.99), quantile_of (took, 1), took->len);
}

/* Durable commits of 100 readings every 5 ms, alone and while hours are sealed. */
static void
bench_beside (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GdpNetwork) network = configure (stage);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  Sealer sealer = { .stage = stage, .network = network, .now = T0 + 2 * DATA_DAY };

  for (gint64 minute = 0; minute < 60 * HOURS; minute++)
    commit_minute (store, changes, minute, POINTS, FALSE);
  g_clear_pointer (&store, data_store_close);
  store = stage_open (stage, DATA_ACCESS_SERVE);
  for (guint with = 0; with < 2; with++) {
    g_autoptr (GArray) took = g_array_new (FALSE, FALSE, sizeof (double));
    GThread *thread = with ? g_thread_new ("sealer", seal, &sealer) : NULL;
    for (gint64 n = 0; with ? !g_atomic_int_get (&sealer.done) : n < 300; n++) {
      double ms = commit_minute (store, changes, 3 * 1440 + n, 100, TRUE);
      g_array_append_val (took, ms);
      g_usleep (5000);
    }
    g_clear_pointer (&thread, g_thread_join);
    tell_commits (with ? "durable commits while sealing" : "durable commits alone", took);
  }
  printf ("%-34s %9.0f samples/s\n", "sealing beside commits", (double) sealer.sealed / sealer.took);
}

int
main (void)
{
  bench_hours ();
  bench_beside ();
  return 0;
}
