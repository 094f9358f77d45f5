/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/beats.h"
#include "gdp/scaling.h"

enum { N = 700 };

/* Every time is where its beat and its jitter say; jitters stay small. */
static void
assert_split (const gint64 *times, gint64 period)
{
  gint64 beats[N - 1], jitters[N - 1], beat = 0;

  data_beats_split (times, N, period, beats, jitters);
  for (guint i = 1; i < N; i++) {
    beat += beats[i - 1];
    g_assert_cmpint (times[i], ==, period * beat + jitters[i - 1]);
    g_assert_cmpint (ABS (jitters[i - 1]), <=, 4 * period);
  }
}

static void
test_split (void)
{
  static const gint64 periods[] = { 1, 2, 999, GDP_SECOND, 1400000, 7 * GDP_SECOND };
  gint64 times[N] = { 0 };

  for (guint back = 0; back < 2; back++)
    for (guint i = 0; i < G_N_ELEMENTS (periods); i++) {
      for (guint at = 1; at < N; at++)
        times[at] = times[at - 1] + (back ? -1400000 : 1400000) + at % 7;
      assert_split (times, periods[i]);
    }
}

/* @gap: of how many periods in the most, where nothing was kept. */
static gint64
guess (GRand *rand, gint64 period, gint64 jitter, guint gap, gint64 second)
{
  gint64 times[N] = { 0 }, beat = 0;

  for (guint at = 1; at < N; at++) {
    beat += g_rand_int_range (rand, 1, (gint32) gap + 1);
    times[at] = beat * period + (jitter > 0 ? g_rand_int_range (rand, 0, (gint32) jitter) : 0);
  }
  return data_beats_guess (times, N, second);
}

static void
test_guess (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);

  g_assert_cmpint (guess (rand, GDP_SECOND, 3000, 1, GDP_SECOND), ==, GDP_SECOND);
  g_assert_cmpint (guess (rand, GDP_SECOND, 3000, 60, GDP_SECOND), ==, GDP_SECOND);
  g_assert_cmpint (guess (rand, 5 * GDP_SECOND, 3000, 3, GDP_SECOND), ==, 5 * GDP_SECOND);
  g_assert_cmpint (guess (rand, 250000, 3000, 2, GDP_SECOND), ==, 250000);
  g_assert_cmpint (guess (rand, 60 * GDP_SECOND, 5000, 1, GDP_SECOND), ==, 60 * GDP_SECOND);
  g_assert_cmpint (guess (rand, 60000, 9, 1, 1000), ==, 60000);   /* ms */
  gint64 own = guess (rand, 437000, 900, 1, GDP_SECOND);
  g_assert_cmpint (own, >=, 437000 - 2);
  g_assert_cmpint (own, <=, 437000 + 2);
}

/* As some of what is polled every 5 s is kept: when a minute is over. */
static void
test_kept (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
  gint64 times[N] = { 0 }, beat = 0;

  for (guint at = 1; at < N; at++) {
    beat += g_rand_int_range (rand, 12, 14);
    times[at] = beat * 5 * GDP_SECOND + g_rand_int_range (rand, 0, 7000);
  }
  g_assert_cmpint (data_beats_guess (times, N, GDP_SECOND), ==, 5 * GDP_SECOND);
}

static void
test_none (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
  gint64 times[N] = { 0 };

  g_assert_cmpint (data_beats_guess (times, 0, GDP_SECOND), ==, 1);
  g_assert_cmpint (data_beats_guess (times, 1, GDP_SECOND), ==, 1);
  g_assert_cmpint (data_beats_guess (times, N, GDP_SECOND), ==, 1);
  for (guint at = 1; at < N; at++)
    times[at] = times[at - 1] + g_rand_int_range (rand, 0, 999);
  g_assert_cmpint (data_beats_guess (times, N, GDP_SECOND), <, 999);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/beats/every-time-is-where-beat-and-jitter-say", test_split);
  g_test_add_func ("/beats/period-is-found-through-jitter-and-gaps", test_guess);
  g_test_add_func ("/beats/poll-is-found-in-what-is-kept-of-it", test_kept);
  g_test_add_func ("/beats/none-where-there-is-none", test_none);
  return g_test_run ();
}
