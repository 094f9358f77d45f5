/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/deadlines.h"
#include "comms/round-trip.h"

enum { N = 500 };

static CommsDeadline *
earliest (CommsDeadline *all)
{
  CommsDeadline *first = NULL;

  for (guint i = 0; i < N; i++)
    if (all[i].place != 0 && (first == NULL || all[i].at < first->at))
      first = &all[i];
  return first;
}

static void
test_against_a_plain_search (void)
{
  g_autofree CommsDeadline *all = g_new0 (CommsDeadline, N);
  CommsDeadlines deadlines;

  comms_deadlines_init (&deadlines);
  g_assert_null (comms_deadlines_first (&deadlines));
  for (guint step = 0; step < 20000; step++) {
    CommsDeadline *one = &all[g_test_rand_int_range (0, N)];
    if (g_test_rand_int_range (0, 3) > 0)
      comms_deadlines_set (&deadlines, one, g_test_rand_int_range (0, 1000000) * (gint64) N + (one - all));
    else
      comms_deadlines_remove (&deadlines, one);
    g_assert_true (comms_deadlines_first (&deadlines) == earliest (all));
  }
  for (CommsDeadline *first; (first = comms_deadlines_first (&deadlines)) != NULL;) {
    g_assert_true (first == earliest (all));
    comms_deadlines_remove (&deadlines, first);
  }
  g_assert_null (earliest (all));
  comms_deadlines_clear (&deadlines);
}

static const CommsPatience patience = { .first = 5000000, .least = 2000000, .most = 15000000 };

static void
test_round_trip_learns (void)
{
  CommsRoundTrip trip = { 0 };

  g_assert_cmpint (comms_round_trip_limit (&trip, &patience), ==, 5000000);
  comms_round_trip_learn (&trip, 800000);   /* RFC 6298: 0.8 + 4 × 0.4 */
  g_assert_cmpint (comms_round_trip_limit (&trip, &patience), ==, 2400000);
  for (guint i = 0; i < 100; i++)
    comms_round_trip_learn (&trip, 3000000);
  g_assert_cmpint (comms_round_trip_limit (&trip, &patience), >=, 3000000);
  g_assert_cmpint (comms_round_trip_limit (&trip, &patience), <, 3100000);
  for (guint i = 0; i < 100; i++)
    comms_round_trip_learn (&trip, 1000);
  g_assert_cmpint (comms_round_trip_limit (&trip, &patience), ==, 2000000);
}

static void
test_round_trip_patience (void)
{
  CommsRoundTrip trip = { 0 };

  comms_round_trip_learn (&trip, 1);
  comms_round_trip_silent (&trip);
  g_assert_cmpint (comms_round_trip_limit (&trip, &patience), ==, 4000000);
  for (guint i = 0; i < 300; i++)
    comms_round_trip_silent (&trip);
  g_assert_cmpint (comms_round_trip_limit (&trip, &patience), ==, 15000000);
  comms_round_trip_learn (&trip, 1);
  g_assert_cmpint (comms_round_trip_limit (&trip, &patience), ==, 2000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deadlines/the-first-is-always-the-earliest", test_against_a_plain_search);
  g_test_add_func ("/round-trip/limit-follows-what-answers-took", test_round_trip_learns);
  g_test_add_func ("/round-trip/silence-doubles-the-patience-up-to-its-bound", test_round_trip_patience);
  return g_test_run ();
}
