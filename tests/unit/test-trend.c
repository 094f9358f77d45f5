/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bars of a trend: what stands fills them, extremes are kept whatever they are made of. */
#include "data/trend.h"

#include <math.h>

#define HOLD (600 * GDP_SECOND)
#define MINUTE (60 * GDP_SECOND)
#define BAR(bars, i) (&g_array_index (bars, DataBar, i))

static void
add (DataTrend *trend, gint64 time, double value, GdpReason reason)
{
  DataFigures figures = data_figures_of (&(GdpReading) { .time = time, .value = value, .reason = reason });
  data_trend_add (trend, &figures);
}

static void
test_stands (void)
{
  DataTrend *trend = data_trend_new (DATA_HOUR, MINUTE, 30, HOLD);
  add (trend, DATA_HOUR - 30 * GDP_SECOND, 5, GDP_REASON_NONE);       /* before, and stands */
  add (trend, DATA_HOUR + 90 * GDP_SECOND, 7, GDP_REASON_NONE);       /* in the middle of bar 1 */
  add (trend, DATA_HOUR + 4 * MINUTE, 7, GDP_REASON_NO_COMMUNICATION);
  add (trend, DATA_HOUR + 10 * MINUTE, 9, GDP_REASON_STALE);          /* stands for HOLD */
  g_autoptr (GArray) bars = data_trend_finish (trend, G_MAXINT64);
  g_assert_cmpuint (bars->len, ==, 30);
  g_assert_cmpuint (BAR (bars, 0)->count, ==, 0);
  g_assert_cmpfloat (BAR (bars, 0)->mean, ==, 5);
  g_assert_cmpfloat (BAR (bars, 0)->good, ==, 1);
  g_assert_cmpfloat (BAR (bars, 1)->min, ==, 5);
  g_assert_cmpfloat (BAR (bars, 1)->max, ==, 7);
  g_assert_cmpfloat (BAR (bars, 1)->mean, ==, 6);
  g_assert_cmpuint (BAR (bars, 1)->count, ==, 1);
  g_assert_cmpfloat (BAR (bars, 3)->mean, ==, 7);
  g_assert_true (isnan (BAR (bars, 4)->mean));                        /* bad: no value, and why */
  g_assert_cmpint (BAR (bars, 4)->worst, ==, GDP_REASON_NO_COMMUNICATION);
  g_assert_cmpfloat (BAR (bars, 4)->good, ==, 0);
  g_assert_cmpfloat (BAR (bars, 10)->mean, ==, 9);                    /* uncertain: a value, not good */
  g_assert_cmpfloat (BAR (bars, 10)->good, ==, 0);
  g_assert_cmpfloat (BAR (bars, 19)->mean, ==, 9);
  g_assert_true (isnan (BAR (bars, 20)->mean));
  g_assert_cmpint (BAR (bars, 20)->worst, ==, GDP_REASON_WAITING);
}

static void
test_now (void)
{
  DataTrend *trend = data_trend_new (0, MINUTE, 4, HOLD);
  add (trend, 0, 1, GDP_REASON_NONE);
  g_autoptr (GArray) bars = data_trend_finish (trend, 90 * GDP_SECOND);
  g_assert_cmpfloat (BAR (bars, 0)->good, ==, 1);
  g_assert_cmpfloat (BAR (bars, 1)->good, ==, 0.5);   /* the rest has not come yet */
  g_assert_true (isnan (BAR (bars, 2)->mean));
}

static void
test_averaged (void)
{
  DataTrend *trend = data_trend_new (0, MINUTE, 3, HOLD);
  add (trend, 0, 1, GDP_REASON_NONE);
  add (trend, 30 * GDP_SECOND, 50, GDP_REASON_AVERAGED);
  g_autoptr (GArray) bars = data_trend_finish (trend, G_MAXINT64);
  g_assert_cmpfloat (BAR (bars, 0)->mean, ==, 1);       /* the value before it goes on */
  g_assert_cmpfloat (BAR (bars, 0)->max, ==, 50);
  g_assert_cmpint (BAR (bars, 0)->worst, ==, GDP_REASON_NONE);
  g_assert_cmpfloat (BAR (bars, 1)->max, ==, 1);

  trend = data_trend_new (0, MINUTE, 3, HOLD);
  add (trend, 0, 1, GDP_REASON_NONE);
  add (trend, 90 * GDP_SECOND, 50, GDP_REASON_AVERAGED);   /* told before it is known what stood until then */
  add (trend, 150 * GDP_SECOND, 3, GDP_REASON_NONE);
  g_autoptr (GArray) later = data_trend_finish (trend, G_MAXINT64);
  g_assert_cmpfloat (BAR (later, 0)->good, ==, 1);
  g_assert_cmpfloat (BAR (later, 2)->mean, ==, 2);
}

/* Hours joined first give the same bars as their readings, where bars are whole hours. */
static void
test_levels_agree (void)
{
  DataTrend *fine = data_trend_new (0, 2 * DATA_HOUR, 20, HOLD), *coarse = data_trend_new (0, 2 * DATA_HOUR, 20, HOLD);
  DataFigures hour = { 0 };
  for (gint64 time = 0; time < 40 * DATA_HOUR; time += g_test_rand_int_range (1, 1500) * GDP_SECOND) {
    GdpReading reading = { .time = time, .value = g_test_rand_int_range (0, 100),
                           .reason = g_test_rand_int_range (0, 8) == 0 ? GDP_REASON_OPEN_CIRCUIT : GDP_REASON_NONE };
    DataFigures one = data_figures_of (&reading);
    data_trend_add (fine, &one);
    if (hour.count > 0 && hour.first / DATA_HOUR != time / DATA_HOUR) {
      data_trend_add (coarse, &hour);
      hour = (DataFigures) { 0 };
    }
    data_figures_join (&hour, &one, HOLD);
  }
  data_trend_add (coarse, &hour);
  g_autoptr (GArray) a = data_trend_finish (fine, G_MAXINT64), b = data_trend_finish (coarse, G_MAXINT64);
  for (guint i = 0; i < a->len; i++) {
    const DataBar *left = BAR (a, i), *right = BAR (b, i);
    g_assert_cmpuint (left->count, ==, right->count);
    g_assert_cmpint (left->worst, ==, right->worst);
    g_assert_cmpfloat_with_epsilon (left->good, right->good, 1e-12);
    g_assert_true ((isnan (left->mean) && isnan (right->mean)) || fabs (left->mean - right->mean) < 1e-9);
    g_assert_true ((isnan (left->min) && isnan (right->min)) || (left->min == right->min && left->max == right->max));
  }
}

static void
test_choose (void)
{
  const gint64 at = 20000 * DATA_DAY;
  g_assert_cmpint (data_level_choose (at, MINUTE, FALSE), ==, DATA_LEVEL_READINGS);
  g_assert_cmpint (data_level_choose (at + 5, DATA_HOUR, FALSE), ==, DATA_LEVEL_HOURS);
  g_assert_cmpint (data_level_choose (at + 5, 2 * DATA_DAY + 7, FALSE), ==, DATA_LEVEL_DAYS);
  g_assert_cmpint (data_level_choose (at + 5, 2 * DATA_DAY, TRUE), ==, DATA_LEVEL_READINGS);
  g_assert_cmpint (data_level_choose (at + 21 * DATA_HOUR, DATA_DAY, TRUE), ==, DATA_LEVEL_HOURS);
  g_assert_cmpint (data_level_choose (at, 7 * DATA_DAY, TRUE), ==, DATA_LEVEL_DAYS);
  g_assert_cmpint (data_level_choose (at, 90 * MINUTE, TRUE), ==, DATA_LEVEL_READINGS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trend/what-stands-fills-the-bars", test_stands);
  g_test_add_func ("/trend/nothing-stands-beyond-now", test_now);
  g_test_add_func ("/trend/a-unit-s-mean-says-nothing-of-a-moment", test_averaged);
  g_test_add_func ("/trend/hours-give-the-bars-of-their-readings", test_levels_agree);
  g_test_add_func ("/trend/the-coarsest-level-that-loses-no-extremes", test_choose);
  return g_test_run ();
}
