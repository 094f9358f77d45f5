/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a slave's answer to a second process that knows, durably, while 20,000 samples a second are stored.
 *
 *   bench-busy [SECONDS [RATE]]    usually a minute, in which sealing begins, and 20,000
 *
 * Sites are polled twice a second, and all their eight analog values differ from one poll to the next, so that each is
 * stored. Among them are quiet ones: there a plain value changes, or a limit is crossed, at any time, and each is
 * timed from the answer that carried it. Beside it what all that costs, and how often the second process found news.
 * The store is a file, or with GDP_TEST_ENGINE=postgresql a database of the cluster of tests/with-postgres.
 * Exits with 1 when less than the rate was stored: then the figures say nothing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "polled.h"
#include "quantile.h"

#define QUIET  60        /* sites, spread over all: every other one has a plain value that changes, or a limit that is crossed */
#define PERIOD 0.5

/* What a quiet site was set to, and is not known yet; `set` 0: nothing, then it rests `until`. */
typedef struct { guint site; gint64 set, until, point; double value; gboolean up; char alarm[24]; } Probe;

typedef struct {
  Polled  bench;
  Probe   probes[QUIET];
  Latency plain, crossed;
  guint64 wakes;   /* at which there was news of samples */
} Busy;

static gboolean
is_plain (guint i)
{
  return i % 2 == 0;
}

static gboolean
is_quiet (const Busy *busy, guint site)
{
  for (guint i = 0; i < QUIET; i++)
    if (busy->probes[i].site == site)
      return TRUE;
  return FALSE;
}

/* Whether what was set is known. */
static gboolean
is_known (Busy *busy, guint i)
{
  const Probe *probe = &busy->probes[i];

  if (is_plain (i)) {
    const GdpReading *reading = watch_reading (busy->bench.watch, probe->point);
    return reading != NULL && fabs (reading->value - probe->value) < 0.0005;
  }
  const GdpAlarm *alarm = watch_alarm (busy->bench.watch, probe->alarm);
  return (alarm != NULL && alarm->active) == probe->up;
}

static void
set_probe (Busy *busy, guint i)
{
  Probe *probe = &busy->probes[i];

  probe->up = !probe->up;
  probe->value = is_plain (i) ? 1 + g_random_int_range (1, 600) * 0.01 : probe->up ? 8.5 : 1;
  probe->set = g_get_monotonic_time ();
  tcp_slave_set_register (busy->bench.slave, probe->site, 0, watch_raw (probe->value));
}

/* A quiet site rests between two changes, so that polls and changes keep no step. */
static void
note_probes (Busy *busy, gboolean count)
{
  for (guint i = 0; i < QUIET; i++) {
    Probe *probe = &busy->probes[i];
    if (probe->set != 0 && is_known (busy, i)) {
      gint64 answered = tcp_slave_answered (busy->bench.slave, probe->site);
      if (count && answered != 0)
        latency_add (is_plain (i) ? &busy->plain : &busy->crossed, probe->set, answered);
      probe->set = 0;
      probe->until = g_get_monotonic_time () + g_random_int_range (0, (gint32) (PERIOD * G_USEC_PER_SEC));
    } else if (probe->set == 0 && g_get_monotonic_time () >= probe->until)
      set_probe (busy, i);
  }
}

/* Follows the store as a console does, for so long. */
static void
follow (Busy *busy, double seconds, gboolean count)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
  Watch *watch = busy->bench.watch;

  while (g_get_monotonic_time () < end) {
    guint64 before = watch->n_readings;
    if (data_store_wait (watch->store, G_USEC_PER_SEC / 100))
      watch_look (watch);
    busy->wakes += watch->n_readings > before;
    note_probes (busy, count);
  }
}

static double
thread_cpu (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static gboolean
measure (Busy *busy, double seconds, double wanted)
{
  const char *pid = g_subprocess_get_identifier (busy->bench.server);
  double server = processor_time (pid), cluster = processor_cluster_time (), mine = thread_cpu ();
  guint64 stored = busy->bench.watch->n_readings, wakes = busy->wakes;
  gint64 since = g_get_monotonic_time ();

  follow (busy, seconds, TRUE);
  seconds = (double) (g_get_monotonic_time () - since) / G_USEC_PER_SEC;
  double rate = (double) (busy->bench.watch->n_readings - stored) / seconds;
  printf ("%-50s %.0f samples/s stored and known (wanted %.0f), in %.0f pieces/s\n",
          stage_on_postgres () ? "PostgreSQL" : "SQLite", rate, wanted, (double) (busy->wakes - wakes) / seconds);
  printf ("%-50s server %.1f %%, database %.1f %%, who follows %.1f %% of a core\n", "  processor",
          100 * (processor_time (pid) - server) / seconds, 100 * (processor_cluster_time () - cluster) / seconds,
          100 * (thread_cpu () - mine) / seconds);
  latency_print ("a value changed -> durable and known", &busy->plain, PERIOD);
  latency_print ("limit crossed -> alarm durable and known", &busy->crossed, PERIOD);
  if (rate < wanted)
    printf ("too little was stored: this machine is too busy with other things, the figures say nothing\n");
  return rate >= wanted;
}

int
main (int argc, char **argv)
{
  double seconds = argc > 1 ? atof (argv[1]) : 60, wanted = argc > 2 ? atof (argv[2]) : 20000;
  guint n_sites = QUIET + (guint) ceil (wanted * 1.05 * PERIOD / 8), n_points = n_sites * 16;
  g_autofree Busy *busy = g_new0 (Busy, 1);

  setvbuf (stdout, NULL, _IOLBF, 0);
  busy->plain = latency_new ();
  busy->crossed = latency_new ();
  polled_begin (&busy->bench, n_sites, PERIOD);
  g_assert_true (watch_until (busy->bench.watch, polled_all_good, &n_points, 60));
  for (guint i = 0; i < QUIET; i++) {
    Probe *probe = &busy->probes[i];
    probe->site = i * n_sites / QUIET;
    g_autofree char *id = g_strdup_printf ("GDP-%03u/ai1", probe->site);
    probe->point = busy->bench.network->points[gdp_network_find_point (busy->bench.network, id)].key;
    g_snprintf (probe->alarm, sizeof probe->alarm, "%s.high", id);
  }
  for (guint i = 0; i < n_sites; i++)
    tcp_slave_move (busy->bench.slave, i, !is_quiet (busy, i));
  follow (busy, 3, FALSE);   /* what the start costs is over */
  gboolean enough = measure (busy, seconds, wanted);
  polled_finish (&busy->bench);
  return enough ? 0 : 1;
}
