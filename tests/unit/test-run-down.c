/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a battery lasts, by its voltage alone: what is told is right within its band, and what cannot be told is not. */
#include "gdp/run-down.h"

#include <math.h>

#define START (1000000 * GDP_SECOND)
#define HOUR  (3600 * GDP_SECOND)

static const GdpBattery agm = { "AGM", 24, 40 }, lfp = { "LiFePO4", 24, 100 }, lto = { "LTO", 24, 65 }, unknown = { 0 };

/* A value every @step seconds, from @volts on, losing @slope V an hour, with a noise of @noise V, for @hours. */
static void
fill (GdpRunDown *run_down, double volts, double slope, double noise, double hours, double step)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (double second = 0; second <= hours * 3600; second += step)
    gdp_run_down_take (run_down, volts - slope * second / 3600 + g_rand_double_range (rand, -noise, noise + 1e-9),
                       run_down->since + (gint64) (second * GDP_SECOND));
}

static GdpRunDown
filled (double volts, double slope, double noise, double hours, double step)
{
  GdpRunDown run_down;

  gdp_run_down_begin (&run_down, START);
  fill (&run_down, volts, slope, noise, hours, step);
  return run_down;
}

static double
hours_until (gint64 time)
{
  return (double) (time - START) / HOUR;
}

static void
assert_kind (GdpRunDown run_down, const GdpBattery *battery, double cut_off, GdpProjectionKind kind)
{
  g_assert_cmpint (gdp_run_down_outlook (&run_down, battery, cut_off).kind, ==, kind);
}

/* By the minute or by the hour, from a day to a month back. */
static void
test_line (void)
{
  static const struct { double slope, hours, step; } runs[] = {
    { 0.1, 13, 60 }, { 0.05, 30, 60 }, { 0.02, 60, 600 }, { 0.05, 30, 3600 }, { 0.004, 500, 3600 }, { 0.3, 5, 30 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++) {
    GdpRunDown run_down = filled (25.3, runs[i].slope, 0.01, runs[i].hours, runs[i].step);
    double cut_off = 25.3 - runs[i].slope * runs[i].hours * 1.5;   /* half as long again as it has lasted */
    GdpProjection told = gdp_run_down_outlook (&run_down, &agm, cut_off);
    double truth = runs[i].hours * 1.5;

    g_assert_cmpint (told.kind, ==, GDP_PROJECTION_AHEAD);
    g_assert_cmpfloat_with_epsilon (hours_until (told.at), truth, 0.06 * truth);
    g_assert_cmpfloat (hours_until (told.earliest), <=, truth);
    g_assert_cmpfloat (hours_until (told.latest), >=, truth);
    g_assert_cmpfloat (hours_until (told.latest), <, 3 * truth);
  }
}

/* From the charger's 27.3 V a full battery falls to its own voltage at once; that does not go on. */
static void
test_surface_charge (void)
{
  GdpRunDown run_down;

  gdp_run_down_begin (&run_down, START);
  fill (&run_down, 27.3, 2.0, 0, 0.95, 60);
  assert_kind (run_down, &agm, 22.8, GDP_PROJECTION_TOO_LITTLE);
  fill (&run_down, 25.4, 0.1, 0.002, 8, 60);
  GdpProjection told = gdp_run_down_outlook (&run_down, &agm, 22.8);
  g_assert_cmpint (told.kind, ==, GDP_PROJECTION_AHEAD);
  g_assert_cmpfloat_with_epsilon (hours_until (told.at), 26, 1);
}

static void
test_too_little (void)
{
  assert_kind (filled (25, 0.1, 0, 1.4, 60), &agm, 22.8, GDP_PROJECTION_TOO_LITTLE);   /* not an hour since it settled */
  assert_kind (filled (25, 0.01, 0, 10, 60), &agm, 22.8, GDP_PROJECTION_TOO_LITTLE);   /* 220 hours ahead by 9 */
  assert_kind (filled (25, 0.1, 0, 11, 3600), &agm, 22.8, GDP_PROJECTION_TOO_LITTLE);  /* eleven values */
  assert_kind (filled (25, 0.1, 0, 12, 3600), &agm, 22.8, GDP_PROJECTION_AHEAD);
}

static void
test_steady (void)
{
  GdpRunDown sunny;

  assert_kind (filled (24, -0.05, 0, 30, 600), &agm, 22.8, GDP_PROJECTION_STEADY);   /* charged */
  assert_kind (filled (24, 0, 0.05, 30, 600), &agm, 22.8, GDP_PROJECTION_STEADY);
  gdp_run_down_begin (&sunny, START);
  for (guint i = 0; i < 144 * 4; i++)
    gdp_run_down_take (&sunny, 24.5 - 0.003 * i / 6 + 0.8 * sin (i * G_PI / 72), START + i * HOUR / 6);
  assert_kind (sunny, &agm, 22.8, GDP_PROJECTION_STEADY);
}

static void
test_reached (void)
{
  assert_kind (filled (24, 0.1, 0, 13, 600), &agm, 22.8, GDP_PROJECTION_REACHED);
}

/* Above 24.8 V nobody knows; what was measured there does not count when it is below. */
static void
test_flat (void)
{
  GdpRunDown run_down;

  assert_kind (filled (26.2, 0.01, 0, 100, 600), &lfp, 24.2, GDP_PROJECTION_FLAT);
  assert_kind (filled (26.2, 0.01, 0, 100, 600), &unknown, 24.2, GDP_PROJECTION_AHEAD);
  gdp_run_down_begin (&run_down, START);
  fill (&run_down, 25.2, 0.003, 0.001, 100, 600);
  for (guint i = 0; i < 6 * 24; i++)   /* the knee: 0.02 V an hour from 24.8 V on */
    gdp_run_down_take (&run_down, 24.8 - 0.02 * i / 6, START + 100 * HOUR + i * HOUR / 6);
  GdpProjection told = gdp_run_down_outlook (&run_down, &lfp, 24.2);
  g_assert_cmpint (told.kind, ==, GDP_PROJECTION_AHEAD);
  g_assert_cmpfloat_with_epsilon (hours_until (told.at), 130, 3);
}

static void
test_voltage (void)
{
  GdpBattery big = { "LTO", 48, 65 }, flat = { "LiFePO4", 48, 100 };

  assert_kind (filled (41, 0.1, 0, 20, 600), &big, 36, GDP_PROJECTION_AHEAD);
  assert_kind (filled (21, 0.05, 0, 20, 600), &lto, 18, GDP_PROJECTION_AHEAD);
  assert_kind (filled (51, 0.05, 0, 20, 600), &flat, 48.4, GDP_PROJECTION_FLAT);
  assert_kind (filled (49.5, 0.02, 0, 20, 600), &flat, 48.4, GDP_PROJECTION_AHEAD);
}

/* A few wild values move nothing. */
static void
test_jumps (void)
{
  GdpRunDown calm = filled (25, 0.05, 0.005, 24, 300), wild = calm;

  for (guint i = 5; i < 24; i += 12)
    gdp_run_down_take (&wild, i % 2 ? 31 : 12, START + i * HOUR + HOUR / 3);
  double one = hours_until (gdp_run_down_outlook (&calm, &agm, 22.8).at);
  GdpProjection told = gdp_run_down_outlook (&wild, &agm, 22.8);
  g_assert_cmpint (told.kind, ==, GDP_PROJECTION_AHEAD);
  g_assert_cmpfloat_with_epsilon (hours_until (told.at), one, 0.1 * one);
}

/* Rows that come late, in any order, make the same picture. */
static void
test_any_order (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < 50; round++) {
    guint n = (guint) g_rand_int_range (rand, 20, 400), order[400];
    GdpRunDown forth = { 0 }, mixed = { 0 };

    gdp_run_down_begin (&forth, START);
    gdp_run_down_begin (&mixed, START);
    for (guint i = 0; i < n; i++)
      order[i] = i;
    for (guint i = n - 1; i > 0; i--) {
      guint k = (guint) g_rand_int_range (rand, 0, (gint32) i + 1), other = order[k];
      order[k] = order[i];
      order[i] = other;
    }
    for (guint i = 0; i < n; i++) {
      gdp_run_down_take (&forth, 25 - 0.004 * i, START + (i + 2) * HOUR / 3);
      gdp_run_down_take (&mixed, 25 - 0.004 * order[i], START + (order[i] + 2) * HOUR / 3);
    }
    GdpProjection one = gdp_run_down_outlook (&forth, &agm, 22.8), other = gdp_run_down_outlook (&mixed, &agm, 22.8);
    g_assert_cmpint (one.kind, ==, other.kind);
    if (one.kind == GDP_PROJECTION_AHEAD)
      g_assert_cmpfloat_with_epsilon (hours_until (one.at), hours_until (other.at), 0.001 * hours_until (one.at));
  }
}

/* Whatever comes, when it comes: the band is in order, nothing is told of too much, and days are remembered. */
static void
test_anything (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  const GdpBattery *const all[] = { &agm, &lfp, &lto, &unknown };

  for (guint round = 0; round < 300; round++) {
    GdpRunDown run_down;
    gint64 time = START;

    gdp_run_down_begin (&run_down, START);
    for (guint i = 0; i < 300; i++) {
      time += g_rand_int_range (rand, 0, 50) == 0 ? g_rand_int_range (rand, 0, 40) * 24 * HOUR
                                                  : (gint64) (g_rand_double (rand) * HOUR);
      gint64 when = g_rand_int_range (rand, 0, 10) == 0 ? START - HOUR + (gint64) (g_rand_double (rand) * (double) (time - START)) : time;
      gdp_run_down_take (&run_down, g_rand_double_range (rand, 0, 30), when);
    }
    g_assert_cmpint (run_down.days.width, <=, 80 * 60 * GDP_SECOND);
    GdpProjection told = gdp_run_down_outlook (&run_down, all[round % 4], g_rand_double_range (rand, 18, 25));
    if (told.kind != GDP_PROJECTION_AHEAD)
      continue;
    g_assert_cmpint (told.earliest, <=, told.at);
    g_assert_cmpint (told.at, <=, told.latest);
    g_assert_cmpint (told.latest, <, G_MAXINT64);
  }
  GdpRunDown month = filled (25.4, 0.003, 0.01, 31 * 24, 60);
  g_assert_cmpint ((GDP_RUN_DOWN_SLOTS - 1) * month.days.width, >=, 80 * HOUR);
  g_assert_cmpuint (sizeof month, <=, 700);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/run-down/" path, func)
  ADD ("a-line-is-told-within-its-band", test_line);
  ADD ("the-first-hour-off-the-charger-does-not-count", test_surface_charge);
  ADD ("a-short-past-tells-nothing", test_too_little);
  ADD ("what-does-not-fall-has-no-end", test_steady);
  ADD ("empty-is-empty", test_reached);
  ADD ("the-flat-part-of-lifepo4-tells-nothing", test_flat);
  ADD ("by-the-nominal-voltage", test_voltage);
  ADD ("wild-values-move-nothing", test_jumps);
  ADD ("rows-in-any-order-tell-the-same", test_any_order);
  ADD ("whatever-comes", test_anything);
  return g_test_run ();
}
