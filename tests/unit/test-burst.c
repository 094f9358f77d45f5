/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/burst.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define START  (1000000 * SECOND)

static void
test_ten_are_no_flood_eleven_are (void)
{
  GdpBurst flood = { 0 };

  for (guint i = 0; i < 10; i++)
    g_assert_false (gdp_burst_add (&flood, &gdp_flood_rule, NULL, START + i * SECOND));
  g_assert_true (gdp_burst_add (&flood, &gdp_flood_rule, NULL, START + 599 * SECOND));
  g_assert_false (gdp_burst_add (&flood, &gdp_flood_rule, NULL, START + 599 * SECOND));   /* told once */
}

static void
test_eleven_in_more_than_ten_minutes_are_none (void)
{
  GdpBurst flood = { 0 };

  for (guint i = 0; i < 100; i++)
    g_assert_false (gdp_burst_add (&flood, &gdp_flood_rule, NULL, START + i * 60 * SECOND));   /* one a minute is what a person takes */
}

static void
test_it_ends_below_five (void)
{
  GdpBurst flood = { 0 };

  for (guint i = 0; i < 11; i++)
    gdp_burst_add (&flood, &gdp_flood_rule, NULL, START + i * 10 * SECOND);
  /* the fifth from the end came at 60 s */
  g_assert_cmpint (gdp_burst_deadline (&flood, &gdp_flood_rule), ==, START + 660 * SECOND);
  g_assert_false (gdp_burst_pass (&flood, &gdp_flood_rule, START + 659 * SECOND));
  g_assert_true (gdp_burst_pass (&flood, &gdp_flood_rule, START + 660 * SECOND));
  g_assert_false (gdp_burst_pass (&flood, &gdp_flood_rule, START + 661 * SECOND));
  g_assert_cmpint (gdp_burst_deadline (&flood, &gdp_flood_rule), ==, G_MAXINT64);
}

static void
test_what_goes_on_keeps_it_on (void)
{
  GdpBurst chatter = { 0 };
  gint64 now = START;

  for (guint i = 0; i < 50; i++, now += 50 * SECOND) {
    gdp_burst_pass (&chatter, &gdp_chatter_rule, now);
    gdp_burst_add (&chatter, &gdp_chatter_rule, NULL, now);
    gdp_burst_add (&chatter, &gdp_chatter_rule, NULL, now + SECOND);
    if (i >= 1)
      g_assert_true (chatter.on);
  }
  g_assert_true (gdp_burst_pass (&chatter, &gdp_chatter_rule, now + 11 * SECOND));
}

static void
test_a_clock_set_back_is_no_gap (void)
{
  GdpBurst chatter = { 0 };

  gdp_burst_add (&chatter, &gdp_chatter_rule, NULL, START);
  gdp_burst_add (&chatter, &gdp_chatter_rule, NULL, START - 3600 * SECOND);
  g_assert_true (gdp_burst_add (&chatter, &gdp_chatter_rule, NULL, START - 3599 * SECOND));
}

/* One that comes again and again is one, and where it came last is where it counts. */
static void
test_the_same_again_counts_once (void)
{
  static const char door[] = "door", sensors[10];
  GdpBurst flood = { 0 };

  for (guint i = 0; i < 100; i++)
    g_assert_false (gdp_burst_add (&flood, &gdp_flood_rule, door, START + i * SECOND));
  for (guint i = 0; i < 9; i++)
    g_assert_false (gdp_burst_add (&flood, &gdp_flood_rule, &sensors[i], START + (100 + i) * SECOND));
  g_assert_false (gdp_burst_add (&flood, &gdp_flood_rule, door, START + 110 * SECOND));
  g_assert_true (gdp_burst_add (&flood, &gdp_flood_rule, &sensors[9], START + 111 * SECOND));
  for (guint i = 0; i < 100; i++)
    gdp_burst_add (&flood, &gdp_flood_rule, door, START + (112 + i) * SECOND);
  /* the fifth from the end is the last sensor but three, of 106 s */
  g_assert_cmpint (gdp_burst_deadline (&flood, &gdp_flood_rule), ==, START + 706 * SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/burst/ten-alarms-in-ten-minutes-are-no-flood-eleven-are", test_ten_are_no_flood_eleven_are);
  g_test_add_func ("/burst/one-a-minute-is-none", test_eleven_in_more_than_ten_minutes_are_none);
  g_test_add_func ("/burst/a-flood-ends-below-five", test_it_ends_below_five);
  g_test_add_func ("/burst/what-goes-on-keeps-it-on", test_what_goes_on_keeps_it_on);
  g_test_add_func ("/burst/a-clock-set-back-is-no-gap", test_a_clock_set_back_is_no_gap);
  g_test_add_func ("/burst/the-same-again-counts-once", test_the_same_again_counts_once);
  return g_test_run ();
}
