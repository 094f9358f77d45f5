/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session server alone, nothing behind it: memory of a session, callers let in, frames. One load generator on one
 * processor, the server that is measured on the other; ours, mosquitto 2 and bare echoes in turn, one line a figure.
 * bench-sessions [UNITS [ROUNDS [KIND]]] */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "callee.h"
#include "dialers.h"
#include "quantile.h"

#include "bbt-town.h"

enum { SERVER_CPU = 0, GENERATOR_CPU = 1, AT_ONCE = 90 /* mosquitto listens with a queue of 100 */, WINDOW = 2000, MOST_ROUNDS = 25 };

typedef struct { const char *kind; const Tongue *tongue; const char *name; } Side;

static const Side sides[] = {
  { "bbt", &tongue_bbt, "ours, with proof of key and MAC" },
  { "bbt-keyless", &tongue_bbt_keyless, "ours, without key" },
  { "mosquitto", &tongue_mqtt, "mosquitto (CONNECT; PUBLISH with QoS 1)" },
  { "libuv", &tongue_echo, "bare libuv echo" },
  { "epoll", &tongue_echo, "bare epoll echo" },
};

typedef struct { double memory[MOST_ROUNDS], calls[MOST_ROUNDS], frames[MOST_ROUNDS], cost[MOST_ROUNDS]; guint n; } Figures;

static guint n_units = 19000, n_rounds = 5;

static double
seconds_since (gint64 begun)
{
  return (g_get_monotonic_time () - begun) / 1e6;
}

static gboolean
measure (const Side *side, const char *keys, Figures *figures)
{
  Callee *callee = callee_start (side->kind, n_units, keys, SERVER_CPU);

  if (callee == NULL)
    return FALSE;
  process_wait_idle (callee->pid);
  gsize idle = process_memory (callee->pid);
  Dialers *dialers = dialers_new (side->tongue, 0, n_units, callee->port);
  gint64 begun = g_get_monotonic_time ();
  guint n_in = dialers_dial (dialers, AT_ONCE, 30);
  figures->calls[figures->n] = n_in / seconds_since (begun);
  if (n_in < n_units)
    printf ("%s: only %u of %u were let in\n", side->name, n_in, n_units);
  process_wait_idle (callee->pid);
  figures->memory[figures->n] = (double) (process_memory (callee->pid) - idle) / n_in;

  guint64 n = 10 * (guint64) n_units;
  dialers_load (dialers, n, WINDOW, 60);   /* until all is kept that is kept of the last ones */
  double before = process_time (callee->pid, NULL);
  begun = g_get_monotonic_time ();
  guint64 done = dialers_load (dialers, n, WINDOW, 60);
  figures->frames[figures->n] = done / seconds_since (begun);
  figures->cost[figures->n] = (process_time (callee->pid, NULL) - before) * 1e6 / done;
  if (done < n || dialers_lost (dialers) > 0)
    printf ("%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " answered, %u connections lost\n", side->name, done, n,
            dialers_lost (dialers));
  figures->n++;
  dialers_free (dialers);
  callee_stop (callee);
  return TRUE;
}

static void
print (const char *what, const char *unit, int decimals, const Figures *all, gsize member)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    double *values = (double *) (gpointer) ((char *) &all[i] + member);
    if (all[i].n > 0)
      printf ("%-44s %-42s %9.*f %s (%.*f–%.*f)\n", what, sides[i].name, decimals, quantile (values, all[i].n, 0.5), unit,
              decimals, quantile (values, all[i].n, 0), decimals, quantile (values, all[i].n, 1));
  }
}

int
main (int argc, char **argv)
{
  static Figures all[G_N_ELEMENTS (sides)];

  callee_serve_if_asked (argc, argv);
  n_units = argc > 1 ? (guint) atoi (argv[1]) : n_units;
  n_rounds = argc > 2 ? MIN ((guint) atoi (argv[2]), MOST_ROUNDS) : n_rounds;
  g_autofree char *keys = bbt_town_keys (n_units);
  process_pin (GENERATOR_CPU);
  for (guint round = 0; round < n_rounds; round++)
    for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
      if ((argc <= 3 || g_str_equal (argv[3], sides[i].kind)) && !measure (&sides[i], keys, &all[i]) && round == 0)
        printf ("%s: not installed here\n", sides[i].name);
  unlink (keys);
  print ("memory of an idle session", "B", 0, all, G_STRUCT_OFFSET (Figures, memory));
  print ("callers let in", "/s", 0, all, G_STRUCT_OFFSET (Figures, calls));
  print ("64-byte frames answered, one server core", "/s", 0, all, G_STRUCT_OFFSET (Figures, frames));
  print ("processor time a frame", "µs", 1, all, G_STRUCT_OFFSET (Figures, cost));
  return 0;
}
