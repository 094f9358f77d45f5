/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A console that was away while 100,000 points went on: how long until what it would show is what is.
 *
 *   bench-catch-up [SITES]          sites of 16 points, usually 6,250
 *
 * The console is a process of its own, with the models of the real one and no window. It is stopped, the store is
 * written to as by a server, and it is continued: the clock runs until its model holds what was committed last, and
 * with it all of that delta. Away for an hour there is too much to catch up with, and the whole state comes instead.
 * The store is a file, or with GDP_TEST_ENGINE=postgresql a database of the cluster of tests/with-postgres. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "data/store.h"
#include "processor.h"
#include "quantile.h"
#include "stage.h"
#include "ui/session.h"

#define ROUNDS 5
#define POINTS 16      /* of a site */
#define RATE   20000   /* readings a second, in 50 commits, of the last while before the console comes back */
#define BATCH  10000   /* readings to a commit of the time before, which is passed over quickly */

/* ---- the console ---------------------------------------------------------------------------- */

/* Tells which value the last point shows, whenever that is another. */
static void
tell_last (UiSession *session, double *told)
{
  guint n_points = ui_session_get_network (session)->n_points;
  const GdpReading *last = ui_session_get_reading (session, n_points - 1);

  if (last == NULL || last->value == *told)
    return;
  *told = last->value;
  printf ("%.0f\n", *told);
  fflush (stdout);
}

static int
be_console (const char *uri)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (UiSession) session = ui_session_new (uri, "Ivanova");
  double told = -1;

  g_signal_connect (session, "updated", G_CALLBACK (tell_last), &told);
  g_main_loop_run (loop);   /* until it is killed */
  return 0;
}

/* ---- the store it follows ------------------------------------------------------------------- */

typedef struct {
  Stage       *stage;
  DataStore   *store;
  GdpNetwork  *network;
  guint        next;      /* the point whose turn it is */
  double       value;     /* that all have now */
  pid_t        console;
  FILE        *says;
} Bench;

/* @n readings of all points in turn; the last one to come is of the last point, with a value that none had before. */
static void
play (Bench *bench, guint n, guint batch, gulong pause)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();

  bench->value++;
  for (guint i = 0; i < n; i++, bench->next = (bench->next + 1) % bench->network->n_points) {
    gint64 point = bench->network->points[i == n - 1 ? bench->network->n_points - 1 : bench->next].key;
    stage_add_reading (changes, point, g_get_real_time (), bench->value);
    if (changes->readings->len < batch && i < n - 1)
      continue;
    stage_add_event (changes, g_get_real_time (), i);
    stage_commit (bench->store, changes, FALSE);
    g_usleep (pause);
  }
}

static void
wait_for_console (const Bench *bench)
{
  char line[64];

  do
    g_assert_nonnull (fgets (line, sizeof line, bench->says));
  while (atof (line) != bench->value);
}

static void
start_console (Bench *bench, const char *program)
{
  const char *argv[] = { program, "--console", bench->stage->uri, NULL };
  g_autoptr (GError) error = NULL;
  int out;

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &bench->console,
                                           NULL, &out, NULL, &error));
  g_assert_no_error (error);
  bench->says = fdopen (out, "r");
}

static void
stop_console (Bench *bench)
{
  kill (bench->console, SIGKILL);
  g_assert_cmpint (waitpid (bench->console, NULL, 0), ==, bench->console);
  fclose (bench->says);
}

static double
ms_since (gint64 begun)
{
  return (double) (g_get_monotonic_time () - begun) / 1000;
}

static void
start (Bench *bench, const char *program)
{
  double took[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++) {
    if (i > 0)
      stop_console (bench);
    gint64 begun = g_get_monotonic_time ();
    start_console (bench, program);
    wait_for_console (bench);
    took[i] = ms_since (begun);
  }
  double median = quantile (took, ROUNDS, 0.5);
  printf ("%-44s p50 %.0f ms (%.0f–%.0f)\n", "started, configuration and all values", median, took[0], took[ROUNDS - 1]);
}

/* @n readings, of which those of the last @seconds come as from a server. */
static void
away (Bench *bench, const char *what, guint n, guint seconds)
{
  double took[ROUNDS], cost[ROUNDS];
  g_autofree char *pid = g_strdup_printf ("%d", bench->console), *name = g_strdup_printf ("%s (%u readings)", what, n);

  for (guint i = 0; i < ROUNDS; i++) {
    kill (bench->console, SIGSTOP);
    if (n > seconds * RATE)
      play (bench, n - seconds * RATE, BATCH, 0);
    play (bench, MIN (n, seconds * RATE), RATE / 50, G_USEC_PER_SEC / 50);
    double before = processor_time (pid) + processor_cluster_time ();
    gint64 begun = g_get_monotonic_time ();
    kill (bench->console, SIGCONT);
    wait_for_console (bench);
    took[i] = ms_since (begun);
    cost[i] = (processor_time (pid) + processor_cluster_time () - before) * 1000;
  }
  double median = quantile (took, ROUNDS, 0.5);
  printf ("%-44s p50 %.0f ms (%.0f–%.0f); processor time %.0f ms; limit 1,000\n", name, median, took[0], took[ROUNDS - 1],
          quantile (cost, ROUNDS, 0.5));
}

static void
begin (Bench *bench, guint n_sites)
{
  g_autoptr (GdpNetwork) network = stage_network (n_sites, POINTS);
  g_autoptr (GError) error = NULL;

  bench->stage = stage_new ();
  bench->store = stage_open (bench->stage, DATA_ACCESS_SERVE);
  g_assert_true (data_store_import (bench->store, network, "bench", 1, &error));
  g_assert_no_error (error);
  bench->network = data_store_network (bench->store, &error);
  g_assert_no_error (error);
  play (bench, 2 * bench->network->n_points, BATCH, 0);
}

int
main (int argc, char **argv)
{
  Bench bench = { 0 };

  if (argc == 3 && strcmp (argv[1], "--console") == 0)
    return be_console (argv[2]);
  setvbuf (stdout, NULL, _IOLBF, 0);
  begin (&bench, argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 6250);
  printf ("%s, %u points\n", stage_on_postgres () ? "PostgreSQL" : "SQLite", bench.network->n_points);
  start (&bench, argv[0]);
  away (&bench, "away for a minute", bench.network->n_points, 2);
  away (&bench, "away for ten", 9 * bench.network->n_points, 2);
  away (&bench, "away for an hour", DATA_CHANGES_MOST + 2 * bench.network->n_points, 12);
  stop_console (&bench);
  gdp_network_unref (bench.network);
  data_store_close (bench.store);
  stage_free (bench.stage);
  return 0;
}
