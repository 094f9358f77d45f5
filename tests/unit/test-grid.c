/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gdp/grid.h"

/* What a person writes is what is stored: 1.234 at 0.001 is the double that "1.234" reads as. */
static void
test_decimals_stay (void)
{
  static const struct { double resolution; int places; } rows[] = {
    { 1, 0 }, { 0.1, 1 }, { 0.01, 2 }, { 0.001, 3 }, { 1e-4, 4 }, { 1e-6, 6 }, { 1e-9, 9 }, { 0.005, 3 }, { 0.02, 2 },
    { 0.25, 2 }, { 0.3, 1 }, { 2.5, 1 }, { 0.7, 1 }, { 10, 0 }, { 30, 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GdpGrid grid = gdp_grid (rows[i].resolution);

    for (gint64 n = -5000; n <= 5000; n++) {
      char text[64];
      g_snprintf (text, sizeof text, "%.*f", rows[i].places, n * rows[i].resolution);
      double written = n == 0 ? 0 : g_ascii_strtod (text, NULL);
      g_assert_cmpfloat (gdp_grid_value (&grid, n), ==, written);
      g_assert_cmpfloat (gdp_grid_rounded (&grid, written + 0.3 * rows[i].resolution), ==, written);
      g_assert_cmpfloat (gdp_grid_rounded (&grid, written - 0.3 * rows[i].resolution), ==, written);
    }
  }
}

static void
test_fractions (void)
{
  GdpGrid third = gdp_grid (1 / 3.0), odd = gdp_grid (0.30000000000000004);

  g_assert_cmpfloat (gdp_grid_rounded (&third, 0.67), ==, 2 / 3.0);
  g_assert_cmpfloat (gdp_grid_value (&third, 3), ==, 1);
  g_assert_cmpfloat (gdp_grid_rounded (&odd, 0.9), ==, 3 * 0.30000000000000004);
}

static void
test_again (void)
{
  static const double resolutions[] = { 1, 0.001, 0.3, 1 / 3.0, 1 / 7.0, G_PI, 1e-12, 7e5, 1e300, 1e-300 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);

  for (guint i = 0; i < 100000; i++) {
    GdpGrid grid = gdp_grid (resolutions[i % G_N_ELEMENTS (resolutions)]);
    double span = fmin (pow (2, g_rand_int_range (rand, 0, 55)) * resolutions[i % G_N_ELEMENTS (resolutions)], 8e307);
    double once = gdp_grid_rounded (&grid, g_rand_double_range (rand, -span, span));
    gint64 n;

    g_assert_cmpfloat (gdp_grid_rounded (&grid, once), ==, once);
    g_assert_true (gdp_grid_find (&grid, once, &n) || fabs (once) > resolutions[i % G_N_ELEMENTS (resolutions)] * 1e15);
  }
}

static void
test_left (void)
{
  GdpGrid grid = gdp_grid (0.01);
  GdpGrid coarse = gdp_grid (1e308);
  gint64 n;

  g_assert_cmpfloat (gdp_grid_rounded (&coarse, 1.7e308), ==, 1.7e308);   /* not to 2e308, which is infinite */
  g_assert_true (isnan (gdp_grid_rounded (&grid, NAN)));
  g_assert_cmpfloat (gdp_grid_rounded (&grid, -INFINITY), ==, -INFINITY);
  g_assert_cmpfloat (gdp_grid_rounded (&grid, 1e300), ==, 1e300);
  g_assert_cmpfloat (gdp_grid_rounded (&grid, 1.2345e13), ==, 1.2345e13);
  g_assert_false (signbit (gdp_grid_rounded (&grid, -0.001)));
  g_assert_false (gdp_grid_find (&grid, NAN, &n));
  g_assert_false (gdp_grid_find (&grid, INFINITY, &n));
  g_assert_false (gdp_grid_find (&grid, -0.0, &n));
  g_assert_false (gdp_grid_find (&grid, 1.2345, &n));
  g_assert_false (gdp_grid_find (&grid, nextafter (1.23, 2), &n));
  g_assert_true (gdp_grid_find (&grid, 1.23, &n));
  g_assert_cmpint (n, ==, 123);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/grid/decimals-stay-decimals", test_decimals_stay);
  g_test_add_func ("/grid/a-third-is-a-third-and-anything-else-its-own-step", test_fractions);
  g_test_add_func ("/grid/what-is-rounded-is-not-rounded-again", test_again);
  g_test_add_func ("/grid/what-no-step-reaches-stays-as-it-is", test_left);
  return g_test_run ();
}
