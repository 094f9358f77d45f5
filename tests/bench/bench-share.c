/* SPDX-License-Identifier: GPL-3.0-or-later */
/* More units than one process may have descriptors: 38,000 on two gdp-server processes, one port, one store; two
 * generators, each with half of them. Identified, delivering together, all dropped at once, the store counted.
 * bench-share [UNITS [SECONDS]] */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "callee.h"
#include "dialers.h"
#include "quantile.h"
#include "town-server.h"

enum { SERVERS = 2, GENERATORS = 2, AT_ONCE = 1500, WINDOW = 3000 };

/* What a generator saw. */
typedef struct {
  guint   n_in, n_again;
  double  first, again, rate, p99;   /* s, s, frames a second, ms at half that rate */
  guint64 sent, acknowledged;
} Seen;

static double
seconds_since (gint64 begun)
{
  return (g_get_monotonic_time () - begun) / 1e6;
}

/* Who was turned away (the server that it was passed on to was busy) calls again. */
static guint
dial (Dialers *dialers, guint n, double *took)
{
  gint64 begun = g_get_monotonic_time ();
  guint n_in;

  do
    n_in = dialers_dial (dialers, AT_ONCE, 30);
  while (n_in < n && seconds_since (begun) < 30);
  *took = seconds_since (begun);
  return n_in;
}

/* Until the other generator has come as far: what each says to the other is one byte. */
static void
meet (int other)
{
  char byte = 0;

  g_assert_cmpint (write (other, &byte, 1), ==, 1);
  g_assert_cmpint (read (other, &byte, 1), ==, 1);
}

static Seen
play (const TownServer *town, int other, guint first, guint n, double seconds)
{
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (double));
  Dialers *dialers = dialers_new (&tongue_bbt, first, n, town->port);
  Seen seen = { 0 };

  seen.n_in = dial (dialers, n, &seen.first);
  meet (other);
  gint64 begun = g_get_monotonic_time ();
  seen.rate = dialers_load (dialers, (guint64) (10000 * seconds), WINDOW, 60) / seconds_since (begun);
  dialers_pace (dialers, seen.rate / 2, seconds, latencies);
  seen.p99 = quantile_of (latencies, 0.99);
  dialers_drop (dialers);
  seen.n_again = dial (dialers, n, &seen.again);
  for (guint i = 0; i < n; i++) {
    seen.sent += dialers_get (dialers, i)->record;
    seen.acknowledged += dialers_get (dialers, i)->acknowledged;
  }
  dialers_free (dialers);
  return seen;
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint) atoi (argv[1]) : 38000, half = n / GENERATORS;
  double seconds = argc > 2 ? atof (argv[2]) : 4;
  Seen seen[GENERATORS];
  int ends[2];   /* of the two generators */

  callee_serve_if_asked (argc, argv);
  TownServer *town = town_server_start (half * GENERATORS, SERVERS);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  pid_t child = fork ();
  close (ends[child == 0 ? 0 : 1]);
  if (child == 0) {
    Seen mine = play (town, ends[1], half, half, seconds);
    _exit (write (ends[1], &mine, sizeof mine) != sizeof mine);
  }
  seen[0] = play (town, ends[0], 0, half, seconds);
  g_assert_cmpint (read (ends[0], &seen[1], sizeof seen[1]), ==, sizeof seen[1]);
  waitpid (child, NULL, 0);
  printf ("%-48s %.2f s, %u of %u\n", "identified with proof of key, the first time", MAX (seen[0].first, seen[1].first),
          seen[0].n_in + seen[1].n_in, town->n);
  printf ("%-48s %.0f/s by %u servers\n", "frames of 8 samples acknowledged after the commit", seen[0].rate + seen[1].rate,
          SERVERS);
  printf ("%-48s p99 %.1f ms\n", "frame to acknowledgement at half of that", MAX (seen[0].p99, seen[1].p99));
  printf ("%-48s %.2f s, %u of %u; limit 5 s\n", "all dropped at once, identified again",
          MAX (seen[0].again, seen[1].again), seen[0].n_again + seen[1].n_again, town->n);
  town_server_count (town, seen[0].sent + seen[1].sent, seen[0].acknowledged + seen[1].acknowledged);
  town_server_free (town);
  return 0;
}
