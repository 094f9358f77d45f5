/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/condition.h"
#include "gdp/deadlines.h"
#include "gdp/scaling.h"

static const gint64 t0 = 1000 * GDP_SECOND;

static void
test_sides (void)
{
  static const GdpLimit high = { .value = 10, .deadband = 2 }, low = { .value = 10, .deadband = 2 };
  static const struct { double value; GdpSide high, low; } rows[] = {
    {  7,   GDP_SIDE_RETURNED, GDP_SIDE_BEYOND },   {  8,   GDP_SIDE_DEADBAND, GDP_SIDE_BEYOND },
    {  9.9, GDP_SIDE_DEADBAND, GDP_SIDE_BEYOND },   { 10,   GDP_SIDE_BEYOND,   GDP_SIDE_BEYOND },
    { 10.1, GDP_SIDE_BEYOND,   GDP_SIDE_DEADBAND }, { 12.1, GDP_SIDE_BEYOND,   GDP_SIDE_RETURNED },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_cmpint (gdp_limit_side (&high, GDP_LEVEL_H, rows[i].value), ==, rows[i].high);
    g_assert_cmpint (gdp_limit_side (&high, GDP_LEVEL_HH, rows[i].value), ==, rows[i].high);
    g_assert_cmpint (gdp_limit_side (&low, GDP_LEVEL_L, rows[i].value), ==, rows[i].low);
    g_assert_cmpint (gdp_limit_side (&low, GDP_LEVEL_LL, rows[i].value), ==, rows[i].low);
  }
}

static void
test_deadband (void)
{
  GdpHold hold = { 0 };

  g_assert_false (gdp_hold_judge (&hold, GDP_SIDE_DEADBAND, 0, 0, t0));
  g_assert_true (gdp_hold_judge (&hold, GDP_SIDE_BEYOND, 0, 0, t0));
  g_assert_false (gdp_hold_judge (&hold, GDP_SIDE_DEADBAND, 0, 0, t0));
  g_assert_true (hold.held);
  g_assert_true (gdp_hold_judge (&hold, GDP_SIDE_RETURNED, 0, 0, t0));
  g_assert_false (hold.held);
}

static void
test_delays (void)
{
  GdpHold hold = { 0 };

  g_assert_false (gdp_hold_judge (&hold, GDP_SIDE_BEYOND, 5, 3, t0));
  g_assert_cmpint (hold.due, ==, t0 + 5 * GDP_SECOND);
  g_assert_false (gdp_hold_judge (&hold, GDP_SIDE_BEYOND, 5, 3, t0 + 4 * GDP_SECOND));
  g_assert_cmpint (hold.due, ==, t0 + 5 * GDP_SECOND);           /* counts from the first */
  g_assert_false (gdp_hold_judge (&hold, GDP_SIDE_DEADBAND, 5, 3, t0 + 4 * GDP_SECOND));
  g_assert_cmpint (hold.due, ==, 0);                              /* interrupted */
  g_assert_false (gdp_hold_expire (&hold, t0 + 60 * GDP_SECOND));
  gdp_hold_judge (&hold, GDP_SIDE_BEYOND, 5, 3, t0);
  g_assert_false (gdp_hold_expire (&hold, t0 + 5 * GDP_SECOND - 1));
  g_assert_true (gdp_hold_expire (&hold, t0 + 5 * GDP_SECOND));
  g_assert_true (hold.held);
  g_assert_false (gdp_hold_judge (&hold, GDP_SIDE_RETURNED, 5, 3, t0));
  g_assert_cmpint (hold.due, ==, t0 + 3 * GDP_SECOND);
  g_assert_false (gdp_hold_judge (&hold, GDP_SIDE_DEADBAND, 5, 3, t0));
  g_assert_cmpint (hold.due, ==, 0);
}

static void
test_heap (void)
{
  g_autoptr (GArray) deadlines = gdp_deadlines_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  GdpDeadline one;
  gint64 last = 0;
  guint n = 0;

  g_assert_cmpint (gdp_deadlines_first (deadlines), ==, G_MAXINT64);
  for (guint i = 0; i < 1000; i++)
    gdp_deadlines_push (deadlines, g_rand_int_range (rand, 1, 500), GUINT_TO_POINTER (i));
  g_assert_false (gdp_deadlines_pop (deadlines, 0, &one));
  while (gdp_deadlines_pop (deadlines, 250, &one)) {
    g_assert_cmpint (one.due, >=, last);
    last = one.due;
    n++;
  }
  g_assert_cmpint (gdp_deadlines_first (deadlines), >, 250);
  g_assert_cmpuint (n + deadlines->len, ==, 1000);
  while (gdp_deadlines_pop (deadlines, G_MAXINT64 - 1, &one)) {
    g_assert_cmpint (one.due, >=, last);
    last = one.due;
  }
  g_assert_cmpuint (deadlines->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/condition/sides-of-a-limit", test_sides);
  g_test_add_func ("/condition/deadband-keeps-what-is", test_deadband);
  g_test_add_func ("/condition/delays-count-uninterrupted-time", test_delays);
  g_test_add_func ("/deadlines/come-out-in-order", test_heap);
  return g_test_run ();
}
