/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gdp/projection.h"
#include "gdp/scaling.h"

#define HOUR  (3600 * GDP_SECOND)
#define START (1000000 * GDP_SECOND)

/* @n hours of a line from @begin with @per_hour, noise within ± @noise, and every 20th value wild by @wild. */
static GArray *
hours (guint n, double begin, double per_hour, double noise, double wild)
{
  GArray *past = g_array_new (FALSE, FALSE, sizeof (GdpPast));
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < n; i++)
    g_array_append_vals (past, &(GdpPast) { START + i * HOUR, begin + per_hour * i + (noise > 0 ? g_rand_double_range (rand, -noise, noise) : 0)
                                            + (i % 20 == 19 ? wild : 0) }, 1);
  return past;
}

static GdpProjection
project (GArray *past, double limit, gboolean upward)
{
  return gdp_project ((const GdpPast *) (gpointer) past->data, past->len, limit, upward);
}

static double
hours_ahead (const GArray *past, gint64 at)
{
  return (double) (at - g_array_index (past, GdpPast, past->len - 1).time) / HOUR;
}

static void
test_a_battery_runs_down (void)
{
  g_autoptr (GArray) past = hours (49, 25, -0.01, 0, 0);   /* 24.52 V now */
  GdpProjection projection = project (past, 22.8, FALSE);

  g_assert_cmpint (projection.kind, ==, GDP_PROJECTION_AHEAD);
  g_assert_cmpfloat_with_epsilon (hours_ahead (past, projection.at), 172, 0.01);
  g_assert_cmpfloat_with_epsilon (projection.slope * 3600, -0.01, 1e-9);
}

static void
test_wild_values_do_not_move_it (void)
{
  g_autoptr (GArray) past = hours (100, 25, -0.01, 0.02, 3);
  GdpProjection projection = project (past, 22.8, FALSE);

  g_assert_cmpfloat_with_epsilon (hours_ahead (past, projection.at), 121, 8);
  g_assert_true (projection.earliest < projection.at && projection.at < projection.latest);
}

static void
test_noise_is_no_way (void)
{
  g_autoptr (GArray) past = hours (100, 0.3, 0, 0.002, 0);
  GdpProjection projection = project (past, 0.45, TRUE);

  /* the slope's band lies on both sides of nothing: at the latest, never */
  g_assert_true (projection.kind == GDP_PROJECTION_STEADY || projection.latest == G_MAXINT64);
}

static void
test_away_from_the_limit_is_steady (void)
{
  g_autoptr (GArray) past = hours (100, 0.3, 0.001, 0, 0);

  g_assert_cmpint (project (past, 0.1, FALSE).kind, ==, GDP_PROJECTION_STEADY);
  g_assert_cmpint (project (past, 0.45, TRUE).kind, ==, GDP_PROJECTION_AHEAD);
  g_assert_cmpint (project (past, 0.35, TRUE).kind, ==, GDP_PROJECTION_REACHED);
}

static void
test_too_little_is_said (void)
{
  g_autoptr (GArray) few = hours (11, 25, -0.01, 0, 0);
  GdpPast same[20];

  g_assert_cmpint (project (few, 22, FALSE).kind, ==, GDP_PROJECTION_TOO_LITTLE);
  for (guint i = 0; i < 20; i++)
    same[i] = (GdpPast) { START, i };
  g_assert_cmpint (gdp_project (same, 20, 22, FALSE).kind, ==, GDP_PROJECTION_TOO_LITTLE);
  g_assert_true (isnan (gdp_project (same, 0, 22, FALSE).slope));
}

static void
test_a_year_of_hours_is_thinned (void)
{
  g_autoptr (GArray) past = hours (8766, 25, -0.0001, 0.05, 0);
  gint64 began = g_get_monotonic_time ();
  GdpProjection projection = project (past, 22.8, FALSE);

  g_assert_cmpfloat_with_epsilon (hours_ahead (past, projection.at), 13234, 700);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 5 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/projection/a-battery-runs-down", test_a_battery_runs_down);
  g_test_add_func ("/projection/wild-values-do-not-move-it", test_wild_values_do_not_move_it);
  g_test_add_func ("/projection/noise-is-no-way", test_noise_is_no_way);
  g_test_add_func ("/projection/away-from-the-limit-is-steady", test_away_from_the_limit_is_steady);
  g_test_add_func ("/projection/too-little-is-said", test_too_little_is_said);
  g_test_add_func ("/projection/a-year-of-hours-is-thinned-out", test_a_year_of_hours_is_thinned);
  return g_test_run ();
}
