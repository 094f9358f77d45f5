/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-server as a process with all its units in session: how many frames of 8 samples it acknowledges, each after the
 * commit that holds it; how long one waits for that at half the rate; and a cell restart: all connections lost at once,
 * all identified again by proof of key. Beside it, in turn, a bare echo of as many bytes by the same generator. At the
 * end the store is counted: nothing acknowledged may be missing, nothing may be there twice.
 * bench-ingest [UNITS [SECONDS]] */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "callee.h"
#include "dialers.h"
#include "quantile.h"
#include "town-server.h"

enum { AT_ONCE = 3000, WINDOW = 6000, ROUNDS = 5, ECHOES = 900 /* descriptors */ };

static TownServer *town;
static Dialers *dialers;

static double
seconds_since (gint64 begun)
{
  return (g_get_monotonic_time () - begun) / 1e6;
}

static void
dial (const char *what)
{
  char fault[80];
  double before = town_server_time (town, NULL);
  gint64 begun = g_get_monotonic_time ();
  guint n_in = dialers_dial (dialers, AT_ONCE, 60);
  double took = seconds_since (begun);
  guint faults = tongue_faults (fault, sizeof fault);

  printf ("%-48s %.2f s, %u of %u; %.0f µs of processor time each; limit 5 s\n", what, took, n_in, town->n,
          (town_server_time (town, NULL) - before) * 1e6 / MAX (n_in, 1));
  if (faults > 0)
    printf ("  %u FAULTs: %s\n", faults, fault);
  fflush (stdout);
}

static const char *const threads[] = { "sessions", "engine", "writer" };

static void
note_threads (double times[3])
{
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    times[i] = town_server_time (town, threads[i]);
}

static void
print_threads (const double before[3], guint64 frames)
{
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    printf ("  %s %.1f µs a frame", threads[i], (town_server_time (town, threads[i]) - before[i]) * 1e6 / frames);
  printf ("\n");
  fflush (stdout);
}

static double
rate_of (Dialers *load, double n)
{
  gint64 begun = g_get_monotonic_time ();

  return dialers_load (load, (guint64) n, WINDOW, 60) / seconds_since (begun);
}

/* Returns the median rate. */
static double
ingest (double seconds)
{
  double rates[ROUNDS], echoes[ROUNDS], ratios[ROUNDS], before[3], rate = 20000, frames = 0;
  Callee *callee = callee_start ("epoll", ECHOES, NULL, -1);
  Dialers *echo = dialers_new (&tongue_echo, 0, ECHOES, callee->port);

  dialers_dial (echo, 90, 10);
  note_threads (before);
  for (guint i = 0; i < ROUNDS; i++) {
    echoes[i] = rate_of (echo, 20000);
    frames += rate * seconds / ROUNDS;
    rate = rates[i] = rate_of (dialers, rate * seconds / ROUNDS);
    ratios[i] = rate / echoes[i];
  }
  dialers_free (echo);
  callee_stop (callee);
  double median = quantile (rates, ROUNDS, 0.5), ratio = quantile (ratios, ROUNDS, 0.5);
  printf ("%-48s %.0f/s (%.0f–%.0f), target 40000/s; bare epoll echo %.0f/s, ratio %.2f (%.2f–%.2f)\n",
          "frames of 8 samples acknowledged after the commit", median, quantile (rates, ROUNDS, 0),
          quantile (rates, ROUNDS, 1), quantile (echoes, ROUNDS, 0.5), ratio, ratios[0],
          ratios[ROUNDS - 1]);
  print_threads (before, (guint64) frames);
  return median;
}

static void
wait_for_acks (double rate, double seconds)
{
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree char *what = g_strdup_printf ("frame to acknowledgement at %.0f/s", rate);
  double before[3];

  note_threads (before);
  guint64 done = dialers_pace (dialers, rate, seconds, latencies);
  printf ("%-48s p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, limit 50 ms; longest %.0f ms; %" G_GUINT64_FORMAT " frames\n", what,
          quantile_of (latencies, 0.5), quantile_of (latencies, 0.9), quantile_of (latencies, 0.99),
          quantile_of (latencies, 1), done);
  print_threads (before, done);
}

int
main (int argc, char **argv)
{
  guint64 sent = 0, acknowledged = 0;
  guint n = argc > 1 ? (guint) atoi (argv[1]) : 19000;
  double seconds = argc > 2 ? atof (argv[2]) : 8;

  callee_serve_if_asked (argc, argv);
  town = town_server_start (n, 1);
  dialers = dialers_new (&tongue_bbt, 0, n, town->port);
  dial ("identified with proof of key, the first time");
  double rate = ingest (seconds);
  wait_for_acks (rate / 2, seconds / 2);
  dialers_drop (dialers);
  dial ("all dropped at once, identified again");
  wait_for_acks (1000, 2);
  for (guint i = 0; i < n; i++) {
    sent += dialers_get (dialers, i)->record;
    acknowledged += dialers_get (dialers, i)->acknowledged;
  }
  town_server_count (town, sent, acknowledged);
  town_server_free (town);
  dialers_free (dialers);
  return 0;
}
