/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What-if: a year of minutes of one point, with the limits as they are and with others; beside it the same judgement, in a
 * bare loop, of rows of a b-tree of the same engine. Both must find the same alarms. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/trend.h"
#include "data/trial.h"
#include "quantile.h"
#include "row-store.h"

#define ROUNDS 9
#define MINUTE (60 * GDP_SECOND)
#define T0 (20000 * DATA_DAY)
#define YEAR (365 * DATA_DAY)

/* A daily swing, noise, and now and then a day on which it is higher. */
static double
value_at (gint64 time)
{
  double swing = 40 * sin (2 * G_PI * (double) (time % DATA_DAY) / (double) DATA_DAY);
  double high = time / DATA_DAY % 11 == 0 ? 25 : 0;

  return (600 + rint (swing + high) + rand () % 5 - 2) / 1000;
}

static void
fill (const Stage *stage, RowStore *rows, GdpNetwork **network)
{
  g_autoptr (DataStore) poster = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) plan = stage_network (1, 1);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  DataSealing how = DATA_SEALING_USUAL;
  g_autoptr (GError) error = NULL;

  g_assert_true (data_store_import (poster, plan, "engineer", 1, NULL));
  *network = data_store_network (poster, NULL);
  DataStore *store = stage_open (stage, DATA_ACCESS_SERVE);
  for (gint64 time = T0, n = 0; time < T0 + YEAR; time += MINUTE) {
    stage_add_reading (changes, 1, time, value_at (time));
    if (++n % 10000 == 0 || time + MINUTE >= T0 + YEAR) {
      row_store_add (rows, changes->readings);
      stage_commit (store, changes, FALSE);
    }
  }
  data_store_close (store);
  row_store_settle (rows);
  how.now = T0 + YEAR + 3 * DATA_HOUR;
  how.keep_hours = 0;
  guint64 sealed;
  if (!data_store_seal (poster, *network, &how, &sealed, &error))
    g_error ("%s", error->message);
}

/* The least that it takes: one level, its deadband and delays. */
typedef struct { double limit, clear; gint64 delay, since; gboolean active; guint alarms; } Bare;

static void
bare_take (Bare *bare, const GdpReading *reading)
{
  gboolean wants = bare->active ? reading->value > bare->clear : reading->value >= bare->limit;

  if (bare->since != 0 && reading->time >= bare->since + bare->delay) {
    bare->active = !bare->active;
    bare->alarms += bare->active;
    bare->since = 0;
    wants = bare->active ? reading->value > bare->clear : reading->value >= bare->limit;
  }
  if (wants == bare->active)
    bare->since = 0;
  else if (bare->since == 0)
    bare->since = reading->time;
}

static gboolean
take_row (const GdpReading *reading, gpointer both)
{
  bare_take ((Bare *) both, reading);
  bare_take ((Bare *) both + 1, reading);
  return TRUE;
}

static double
ms_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1000;
}

int
main (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (RowStore) rows = row_store_new (stage);
  g_autoptr (GdpNetwork) network = NULL;
  double ours[ROUNDS], theirs[ROUNDS];

  srand (1);
  fill (stage, rows, &network);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_READ);
  GdpPoint point = network->points[0];
  GdpLimits limits = { .level[GDP_LEVEL_H] = { 0.635, 0.005, 120, 120, 2 } };
  point.limits = (GdpLimits) { .level[GDP_LEVEL_H] = { 0.645, 0.005, 120, 120, 2 } };
  for (guint i = 0; i < ROUNDS; i++) {
    g_autoptr (GError) error = NULL;
    Bare bare[2] = { { 0.645, 0.640, 120 * GDP_SECOND, 0, FALSE, 0 }, { 0.635, 0.630, 120 * GDP_SECOND, 0, FALSE, 0 } };
    gint64 start = g_get_monotonic_time ();
    g_autoptr (DataTrial) trial = data_trial_run (store, &point, &limits, T0, T0 + YEAR, NULL, &error);
    ours[i] = ms_since (start);
    g_assert_no_error (error);
    g_assert_cmpuint (trial->samples, ==, YEAR / MINUTE);
    start = g_get_monotonic_time ();
    row_store_read (rows, 1, T0, T0 + YEAR, take_row, bare);
    theirs[i] = ms_since (start);
    g_assert_cmpuint (trial->now->len, ==, bare[0].alarms);
    g_assert_cmpuint (trial->tried->len, ==, bare[1].alarms);
    if (i == 0)
      printf ("%u alarms as it is, %u tried\n", trial->now->len, trial->tried->len);
  }
  double mine = quantile (ours, ROUNDS, 0.5), bare = quantile (theirs, ROUNDS, 0.5);
  printf ("%-44s %9.2f ms (%.2f … %.2f)   rows of a b-tree, bare loop %9.2f ms   %.1f×\n", "what-if, a year of minutes (≤ 300)",
          mine, ours[0], ours[ROUNDS - 1], bare, bare / mine);
  return 0;
}
