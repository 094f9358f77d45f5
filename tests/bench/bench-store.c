/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store against its engine doing the same commits and nothing else (bare.h), in turn: SQLite, or with
 * GDP_TEST_ENGINE=postgresql a database of the cluster of tests/with-postgres.
 * One line a figure: what, ours, bare, ratio (median of the rounds, range).
 *   bench-store [ingest | wake | start | history [MILLIONS]]…   all, when none is named */
#include "bare.h"
#include "processor.h"
#include "quantile.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 5
#define POINTS 16000

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / GDP_SECOND;
}

/* µs of processor time that this process and the database have taken. */
static double
processor (void)
{
  return (processor_time ("self") + processor_cluster_time ()) * 1e6;
}

static void
print_rates (const char *what, double *ours, double *bare)
{
  double ratio[ROUNDS];
  for (guint i = 0; i < ROUNDS; i++)
    ratio[i] = ours[i] / bare[i];
  double median = quantile (ratio, ROUNDS, 0.5);
  printf ("%-66s ours %8.0f/s  bare %8.0f/s  ratio %.2f (%.2f–%.2f)\n", what, quantile (ours, ROUNDS, 0.5),
          quantile (bare, ROUNDS, 0.5), median, ratio[0], ratio[ROUNDS - 1]);
  fflush (stdout);
}

/* ---- ingest ----------------------------------------------------------------------------- */

static void
fill_batch (GdpChanges *changes, guint size, guint *next)
{
  gint64 now = g_get_real_time ();
  for (guint i = 0; i < size; i++, *next = (*next + 1) % POINTS)
    stage_add_reading (changes, 1 + *next, now, 0.3 + *next * 1e-6);
}

static void
add_alarm (GdpChanges *changes, guint number)
{
  g_autofree char *id = g_strdup_printf ("GDP-000/p%u.high", number % 1000);
  GdpAlarm alarm = { .id = id, .active = TRUE, .priority = 2, .value = 1, .limit = 1, .occurrence = number };
  g_ptr_array_add (changes->alarms, gdp_alarm_copy (&alarm));
  stage_add_event (changes, g_get_real_time (), number);
}

typedef struct { double rate, cost; } Speed;   /* samples a second; µs of processor time of each */

static Speed
speed_of (guint samples, gint64 start, double before)
{
  return (Speed) { samples / seconds_since (start), (processor () - before) / samples };
}

/* As the server's writer commits: each commit is on disk before the next; every
 * @alarm_every-th carries an alarm. */
static Speed
ingest (guint size, guint total, guint alarm_every)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  guint next = 0;
  double before = processor ();
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < total / size; i++) {
    fill_batch (changes, size, &next);
    if (i % alarm_every == 0)
      add_alarm (changes, i);
    stage_commit (store, changes, TRUE);
  }
  return speed_of (total, start, before);
}

static Speed
bare_ingest (const char *form, guint size, guint total)
{
  Bare *bare = bare_new (form);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  guint next = 0;
  double before = processor ();
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < total / size; i++) {
    fill_batch (changes, size, &next);
    bare_commit (bare, changes->readings, TRUE);
    gdp_changes_clear (changes);
  }
  Speed speed = speed_of (total, start, before);
  bare_free (bare);
  return speed;
}

static void
bench_ingest (guint size, guint total, guint alarm_every)
{
  const char *const *forms = bare_forms ();
  double ours[ROUNDS], cost[ROUNDS], bare[ROUNDS], bare_cost[ROUNDS];
  for (guint f = 0; forms[f] != NULL; f++) {
    for (guint i = 0; i < ROUNDS; i++) {
      Speed our = ingest (size, total, alarm_every), its = bare_ingest (forms[f], size, total);
      ours[i] = our.rate;
      cost[i] = our.cost;
      bare[i] = its.rate;
      bare_cost[i] = its.cost;
    }
    g_autofree char *what = g_strdup_printf ("ingest, batches of %u, alarm in 1 of %u; bare: %s", size, alarm_every, forms[f]);
    print_rates (what, ours, bare);
    printf ("%-66s ours %8.2f µs bare %8.2f µs\n", "  processor time a sample", quantile (cost, ROUNDS, 0.5),
            quantile (bare_cost, ROUNDS, 0.5));
  }
}

/* Batches of 200 ms at 40,000 frames/s from 19,000 units, a mark and one reading each, with and without the
 * marks in turn. */
static double
ingest_marks (gboolean with_marks)
{
  enum { FRAMES = 8000, BATCHES = 25, LINKS = 19000 };
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  guint32 numbers[LINKS] = { 0 };
  guint next = 0, seed = 1;
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < BATCHES; i++) {
    fill_batch (changes, FRAMES, &next);
    g_array_set_size (marks, 0);
    for (guint f = 0; f < FRAMES; f++) {
      guint link = (seed = seed * 1664525u + 1013904223u) % LINKS;
      GdpStreamMark mark = { 1 + link, 1, 1, ++numbers[link] };
      g_array_append_val (marks, mark);
    }
    DataBatch batch = { .changes = changes, .marks = with_marks ? marks : NULL, .now = start, .durable = TRUE };
    if (!data_store_commit (store, &batch, NULL, NULL))
      g_error ("cannot commit");
    gdp_changes_clear (changes);
  }
  return FRAMES * BATCHES / seconds_since (start);
}

static void
bench_marks (void)
{
  double with[ROUNDS], without[ROUNDS];
  for (guint i = 0; i < ROUNDS; i++) {
    with[i] = ingest_marks (TRUE);
    without[i] = ingest_marks (FALSE);
  }
  print_rates ("8,000 readings with marks of 19,000 links (bare: none)", with, without);
}

/* What it costs that a batch that comes again is known: batches of a server's run against the same without a number. */
static double
ingest_numbered (const char *server, guint size, guint commits)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  guint next = 0;
  gint64 start = g_get_monotonic_time ();
  for (guint i = 1; i <= commits; i++) {
    fill_batch (changes, size, &next);
    DataBatch batch = { .changes = changes, .now = start, .durable = TRUE, .server = server, .run = 1, .number = i };
    if (!data_store_commit (store, &batch, NULL, NULL))
      g_error ("cannot commit");
    gdp_changes_clear (changes);
  }
  return size * commits / seconds_since (start);
}

static void
bench_numbered (guint size, guint commits)
{
  double with[ROUNDS], without[ROUNDS];
  for (guint i = 0; i < ROUNDS; i++) {
    with[i] = ingest_numbered ("gdp-1", size, commits);
    without[i] = ingest_numbered (NULL, size, commits);
  }
  g_autofree char *what = g_strdup_printf ("batches of %u of a server's run (bare: no number)", size);
  print_rates (what, with, without);
}

/* The longest that commits of 1,000 take at 16,000 samples a second: checkpoints and moves included. */
static void
bench_stall (void)
{
  enum { COMMITS = 160 };
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  double took[COMMITS];
  guint next = 0;
  for (guint i = 0; i < COMMITS; i++) {
    fill_batch (changes, 1000, &next);
    if (i % 5 == 0)
      add_alarm (changes, i);
    gint64 start = g_get_monotonic_time ();
    stage_commit (store, changes, i % 5 == 0);
    took[i] = seconds_since (start) * 1000;
    g_usleep (10000);
  }
  double p50 = quantile (took, COMMITS, 0.5), p99 = quantile (took, COMMITS, 0.99);
  printf ("%-44s p50 %.2f ms  p99 %.2f ms  longest %.2f ms\n", "one commit of 1,000", p50, p99,
          took[COMMITS - 1]);
  fflush (stdout);
}

/* ---- wake ------------------------------------------------------------------------------- */

#define WAKES 1000

/* Writes to the pipe how long after the writer's start of the commit it held each reading. */
static void
follow (const Stage *stage, gpointer data)
{
  int out = GPOINTER_TO_INT (data);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_READ);
  gint64 last = data_store_changes (store, 0, NULL)->seq;
  data_store_wake_fd (store, NULL);
  double ready = 0;
  g_assert_cmpint (write (out, &ready, sizeof ready), ==, sizeof ready);
  for (guint n = 0; n < WAKES;) {
    data_store_wait (store, GDP_SECOND);
    g_autoptr (DataChanges) news = data_store_changes (store, last, NULL);
    gint64 now = g_get_monotonic_time ();
    last = news->seq;
    for (guint i = 0; i < news->readings->len; i++, n++) {
      double took = (double) (now - g_array_index (news->readings, GdpReading, i).time) / 1000;
      g_assert_cmpint (write (out, &took, sizeof took), ==, sizeof took);
    }
  }
}

static void
bench_wake (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  double ours[WAKES], bare_took[WAKES], ready;
  int pipes[2];
  stage_add_reading (changes, 1, 0, 0);
  stage_commit (store, changes, TRUE);
  g_assert_cmpint (pipe (pipes), ==, 0);
  pid_t reader = stage_fork (stage, follow, GINT_TO_POINTER (pipes[1]));
  g_assert_cmpint (read (pipes[0], &ready, sizeof ready), ==, sizeof ready);
  Bare *bare = bare_new (bare_forms ()[0]);

  for (guint i = 0; i < WAKES; i++) {
    stage_add_reading (changes, 1, g_get_monotonic_time (), i);
    stage_commit (store, changes, TRUE);
    g_assert_cmpint (read (pipes[0], &ours[i], sizeof ours[i]), ==, sizeof ours[i]);
    stage_add_reading (changes, 1, 0, i);
    gint64 start = g_get_monotonic_time ();
    bare_commit (bare, changes->readings, TRUE);
    bare_took[i] = seconds_since (start) * 1000;
    gdp_changes_clear (changes);
  }
  stage_join (reader);
  bare_free (bare);
  printf ("%-44s p50 %.2f ms  p99 %.2f ms;  bare commit alone p50 %.2f ms  p99 %.2f ms\n",
          "commit → another process holds it", quantile (ours, WAKES, 0.5), quantile (ours, WAKES, 0.99),
          quantile (bare_took, WAKES, 0.5), quantile (bare_took, WAKES, 0.99));
  fflush (stdout);
}

/* ---- cold start ------------------------------------------------------------------------- */

static void
bench_start (guint n_sites)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GdpNetwork) network = stage_network (n_sites, 16);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  gboolean ok = data_store_import (store, network, "bench", 1, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  double import = seconds_since (start);

  guint n = n_sites * 16;
  for (guint i = 0; i < 12 * n; i++) {   /* most of it moved to live, a tail not yet */
    stage_add_reading (changes, 1 + i % n, i, i);
    if (i % 1000 == 999)
      stage_commit (store, changes, FALSE);
  }
  double open[ROUNDS], configuration[ROUNDS], state[ROUNDS];
  for (guint i = 0; i < ROUNDS; i++) {
    start = g_get_monotonic_time ();
    g_autoptr (DataStore) reader = stage_open (stage, DATA_ACCESS_READ);
    open[i] = seconds_since (start) * 1000;
    start = g_get_monotonic_time ();
    g_autoptr (GdpNetwork) back = data_store_network (reader, NULL);
    configuration[i] = seconds_since (start) * 1000;
    start = g_get_monotonic_time ();
    g_autoptr (DataChanges) whole = data_store_changes (reader, 0, NULL);
    state[i] = seconds_since (start) * 1000;
    g_assert_cmpuint (back->n_points, ==, n);
    g_assert_cmpuint (whole->readings->len, ==, n);
  }
  g_autofree char *what = g_strdup_printf ("start, %u sites × 16 points", n_sites);
  printf ("%-44s open %.1f ms  configuration %.1f ms  state %.1f ms  (import %.2f s)\n", what,
          quantile (open, ROUNDS, 0.5), quantile (configuration, ROUNDS, 0.5), quantile (state, ROUNDS,
                                                                                         0.5), import);
  fflush (stdout);
}

/* ---- history ---------------------------------------------------------------------------- */

static gboolean
count (const GdpReading *reading, gpointer user_data)
{
  *(guint *) user_data += 1;
  return TRUE;
}

/* 1,000 points, evenly over a day. */
static void
bench_history (guint millions)
{
  enum { SPREAD = 1000 };
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  gint64 day = 86400 * GDP_SECOND, total = (gint64) millions * 1000000;
  for (gint64 i = 0; i < total; i++) {
    stage_add_reading (changes, 1 + i % SPREAD, day * i / total, (double) i);
    if (i % 10000 == 9999)
      stage_commit (store, changes, FALSE);
  }
  double whole[ROUNDS], hour[ROUNDS];
  guint n = 0, n_hour = 0;
  for (guint i = 0; i < ROUNDS; i++) {
    n = n_hour = 0;
    gint64 start = g_get_monotonic_time ();
    g_assert_true (data_store_history (store, 77, 0, day, count, &n, NULL));
    whole[i] = seconds_since (start) * 1000;
    start = g_get_monotonic_time ();
    g_assert_true (data_store_history (store, 77, day / 2, day / 2 + day / 24, count, &n_hour, NULL));
    hour[i] = seconds_since (start) * 1000;
  }
  g_autofree char *what = g_strdup_printf ("history of one point among %u M samples", millions);
  printf ("%-44s a day (%u) %.0f ms  an hour of it (%u) %.0f ms\n", what, n, quantile (whole, ROUNDS, 0.5),
          n_hour,
          quantile (hour, ROUNDS, 0.5));
}

static gboolean
is_wanted (int argc, char **argv, const char *what)
{
  return argc == 1 || g_strv_contains ((const char *const *) argv + 1, what);
}

int
main (int argc, char **argv)
{
  printf ("%s\n", stage_on_postgres () ? "PostgreSQL" : "SQLite");
  if (is_wanted (argc, argv, "ingest")) {
    bench_ingest (100, 50000, 10);
    bench_ingest (1000, 400000, 5);
    bench_ingest (10000, 400000, 1);
    bench_marks ();
    bench_numbered (100, 1000);
    bench_numbered (1000, 300);
    bench_stall ();
  }
  if (is_wanted (argc, argv, "wake"))
    bench_wake ();
  if (is_wanted (argc, argv, "start")) {
    bench_start (1000);
    bench_start (10000);
  }
  if (is_wanted (argc, argv, "history"))
    bench_history (argc > 2 ? MAX (1, (guint) atoi (argv[argc - 1])) : 1);
  return 0;
}
