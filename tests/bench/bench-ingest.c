/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-server as a process with all its units in session: how many frames of 8 samples it acknowledges, each after the
 * commit that holds it; how long one waits for that at half the rate; and a cell restart: all connections lost at once,
 * all identified again by proof of key. At the end the store is counted: nothing acknowledged may be missing, nothing
 * may be there twice. bench-ingest [UNITS [SECONDS]] */
#include <gio/gio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../io/stage.h"
#include "../io/watch.h"
#include "bbt-town.h"
#include "callee.h"
#include "dialers.h"
#include "quantile.h"

enum { AT_ONCE = 3000, WINDOW = 6000, ROUNDS = 5 };

typedef struct {
  Stage       *stage;
  char        *keys, *configuration, *log;
  GSubprocess *server;
  pid_t        pid;
  guint16      port;
  Dialers     *dialers;
  guint        n;
} Bench;

static double
seconds_since (gint64 begun)
{
  return (g_get_monotonic_time () - begun) / 1e6;
}

static guint16
free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

static void
configure (Bench *bench)
{
  g_autofree char *text = g_strdup_printf ("[sessions]\nlisten=127.0.0.1:%u\nkeys=%s\nbytes-per-minute=1000000000\n",
                                           bench->port, bench->keys);

  bench->configuration = g_build_filename (bench->stage->folder, "server.conf", NULL);
  bench->log = g_build_filename (bench->stage->folder, "log", NULL);
  g_assert_true (g_file_set_contents (bench->configuration, text, -1, NULL));
}

static gboolean
listens (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);

  return connection != NULL;
}

static void
start_server (Bench *bench)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  gint64 begun = g_get_monotonic_time ();

  g_subprocess_launcher_set_stderr_file_path (launcher, bench->log);
  bench->server = g_subprocess_launcher_spawn (launcher, NULL, GDP_SERVER, "--config", bench->configuration, "--store",
                                               bench->stage->uri, "--name", "bench", "--follow-parent", NULL);
  g_assert_nonnull (bench->server);
  bench->pid = atoi (g_subprocess_get_identifier (bench->server));
  while (!listens (bench->port)) {
    g_assert_cmpfloat (seconds_since (begun), <, 120);
    usleep (100000);
  }
  printf ("%-48s %8.1f s, %.0f MB\n", "the server starts", seconds_since (begun), process_memory (bench->pid) / 1e6);
  fflush (stdout);
}

static void
dial (Bench *bench, const char *what)
{
  char fault[80];
  double before = process_time (bench->pid, NULL);
  gint64 begun = g_get_monotonic_time ();
  guint n_in = dialers_dial (bench->dialers, AT_ONCE, 60);
  double took = seconds_since (begun);
  guint faults = tongue_faults (fault, sizeof fault);

  printf ("%-48s %8.2f s, %u of %u; %.0f µs of processor time each, limit 5 s\n", what, took, n_in, bench->n,
          (process_time (bench->pid, NULL) - before) * 1e6 / MAX (n_in, 1));
  if (faults > 0)
    printf ("  %u FAULTs: %s\n", faults, fault);
  fflush (stdout);
}

static void
print_threads (Bench *bench, const double before[3], double took)
{
  static const char *const threads[] = { "sessions", "engine", "writer" };

  for (guint i = 0; i < 3; i++)
    printf ("  %s %.0f %% of a core", threads[i], (process_time (bench->pid, threads[i]) - before[i]) * 100 / took);
  printf ("\n");
}

static void
note_threads (Bench *bench, double times[3])
{
  times[0] = process_time (bench->pid, "sessions");
  times[1] = process_time (bench->pid, "engine");
  times[2] = process_time (bench->pid, "writer");
}

/* Returns the median rate. */
static double
ingest (Bench *bench, double seconds)
{
  double rates[ROUNDS], before[3], rate = 20000;
  gint64 all = g_get_monotonic_time ();

  note_threads (bench, before);
  for (guint i = 0; i < ROUNDS; i++) {
    gint64 begun = g_get_monotonic_time ();
    guint64 done = dialers_load (bench->dialers, (guint64) (rate * seconds / ROUNDS), WINDOW, 60);
    rate = rates[i] = done / seconds_since (begun);
  }
  double median = quantile (rates, ROUNDS, 0.5);
  printf ("%-48s %8.0f/s (%.0f–%.0f), limit 40000/s; mosquitto relaying, storing nothing: 38000–45000/s\n",
          "frames of 8 samples acknowledged after the commit", median, rates[0], rates[ROUNDS - 1]);
  print_threads (bench, before, seconds_since (all));
  return median;
}

static void
wait_for_acks (Bench *bench, double rate, double seconds)
{
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (double));
  double before[3];

  note_threads (bench, before);
  guint64 done = dialers_pace (bench->dialers, rate, seconds, latencies);
  g_autofree char *what = g_strdup_printf ("frame to acknowledgement at %.0f/s", rate);
  printf ("%-48s p50 %.1f ms, p99 %.1f ms, limit 50 ms; longest %.0f ms; %" G_GUINT64_FORMAT " frames\n", what,
          quantile_of (latencies, 0.5), quantile_of (latencies, 0.99), quantile_of (latencies, 1), done);
  print_threads (bench, before, seconds);
  fflush (stdout);
}

static gint64
ask_store (sqlite3 *db, const char *question)
{
  sqlite3_stmt *query = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db, question, -1, &query, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (query), ==, SQLITE_ROW);
  gint64 answer = sqlite3_column_int64 (query, 0);
  sqlite3_finalize (query);
  return answer;
}

static void
count_store (Bench *bench)
{
  guint64 sent = 0, acknowledged = 0;
  sqlite3 *db = NULL;

  for (guint i = 0; i < bench->n; i++) {
    sent += dialers_get (bench->dialers, i)->record;
    acknowledged += dialers_get (bench->dialers, i)->acknowledged;
  }
  g_subprocess_send_signal (bench->server, SIGTERM);
  g_subprocess_wait (bench->server, NULL, NULL);
  sqlite3_open (bench->stage->path, &db);
  gint64 marked = ask_store (db, "SELECT total(through) FROM stream_mark WHERE stream = 0");
  gint64 samples = ask_store (db, "SELECT count(*) FROM sample");
  gint64 different = ask_store (db, "SELECT count(*) FROM (SELECT DISTINCT point, time FROM sample)");
  sqlite3_close (db);
  printf ("%-48s %" G_GUINT64_FORMAT " sent, %" G_GUINT64_FORMAT " acknowledged, %" G_GINT64_FORMAT
          " stored; lost %" G_GINT64_FORMAT ", doubled %" G_GINT64_FORMAT "\n", "records", sent, acknowledged, marked,
          (gint64) acknowledged - samples / 8, samples - different);
}

int
main (int argc, char **argv)
{
  Bench bench = { .stage = stage_new (), .n = 19000 };
  double seconds = 8;

  callee_serve_if_asked (argc, argv);
  bench.n = argc > 1 ? (guint) atoi (argv[1]) : bench.n;
  seconds = argc > 2 ? atof (argv[2]) : seconds;
  bench.keys = bbt_town_keys (bench.n);
  bench.port = free_port ();
  configure (&bench);
  g_autoptr (GdpNetwork) network = bbt_town_new (bench.n, FALSE);
  watch_import (bench.stage->uri, network);
  start_server (&bench);
  bench.dialers = dialers_new (&tongue_bbt, 0, bench.n, bench.port);
  dial (&bench, "identified with proof of key, the first time");
  double rate = ingest (&bench, seconds);
  wait_for_acks (&bench, rate / 2, seconds / 2);
  wait_for_acks (&bench, 20000, seconds / 2);
  dialers_drop (bench.dialers);
  dial (&bench, "all dropped at once, identified again");
  wait_for_acks (&bench, 1000, 2);
  count_store (&bench);
  if (g_getenv ("KEEP") == NULL) {
    stage_free (bench.stage);
    unlink (bench.keys);
  }
  dialers_free (bench.dialers);
  return 0;
}
