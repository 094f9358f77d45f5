/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/arrival.h"

#define US 1000
#define WAKE (100 * US)   /* that a thread sleeping for bytes is later than they */
#define CALL (2 * US)     /* a look */

/* An answer @ns after the soonest, at a thread that does as the arrival says, and whose sleeps end @late.
 * Returns how much later than the answer it is known. */
static gint64
answer (CommsArrival *arrival, gint64 ns, gint64 late, gint64 *looked)
{
  gint64 awake = arrival->aim + late;

  *looked = 0;
  if (!comms_arrival_known (arrival)) {
    comms_arrival_waited (arrival, ns + WAKE);
    return WAKE;
  }
  if (awake >= ns) {
    comms_arrival_met (arrival, 0);
    return awake - ns;
  }
  *looked = MIN (ns - awake + CALL, COMMS_ARRIVAL_LOOK);
  if (ns - awake <= COMMS_ARRIVAL_LOOK) {
    comms_arrival_met (arrival, *looked);
    return CALL;
  }
  comms_arrival_waited (arrival, ns + WAKE);
  return WAKE;
}

static void
test_waits_for_bytes_until_answers_come_in_time (void)
{
  CommsArrival arrival = { 0 };

  for (guint i = 0; i < 4; i++) {
    g_assert_false (comms_arrival_known (&arrival));
    comms_arrival_waited (&arrival, 3000 * US);
  }
  comms_arrival_waited (&arrival, 3000 * US);
  g_assert_true (comms_arrival_known (&arrival));
  g_assert_cmpint (arrival.aim, ==, 3000 * US);
}

static void
test_meets_a_punctual_slave_with_little_time_awake (void)
{
  CommsArrival arrival = { 0 };
  gint64 delay = 0, awake = 0, looked;

  for (guint i = 0; i < 200; i++) {
    gint64 late = g_test_rand_int_range (50 * US, 70 * US), jitter = g_test_rand_int_range (0, 20 * US);
    gint64 by = answer (&arrival, 2000 * US + jitter, late, &looked);

    delay += i < 100 ? 0 : by;
    awake += i < 100 ? 0 : looked;
  }
  g_assert_cmpint (delay / 100, <, 15 * US);
  g_assert_cmpint (awake / 100, <, 15 * US);
}

static void
test_irregular_slave_is_not_aimed_at (void)
{
  CommsArrival arrival = { 0 };
  guint aimed = 0;
  gint64 looked;

  for (guint i = 0; i < 10000; i++) {
    aimed += comms_arrival_known (&arrival);
    answer (&arrival, g_test_rand_int_range (2000 * US, 10000 * US), 60 * US, &looked);
  }
  g_assert_cmpuint (aimed, <, 100);
}

/* Faster or slower by 3 ms: a few answers later it is met again. */
static void
test_change_is_followed (void)
{
  static const gint64 turnarounds[] = { 5000 * US, 2000 * US, 5000 * US };
  CommsArrival arrival = { 0 };
  gint64 looked;

  for (guint i = 0; i < G_N_ELEMENTS (turnarounds); i++) {
    for (guint n = 0; n < 30; n++)
      answer (&arrival, turnarounds[i], 60 * US, &looked);
    g_assert_true (comms_arrival_known (&arrival));
    g_assert_cmpint (answer (&arrival, turnarounds[i], 60 * US, &looked), <, 40 * US);
  }
}

static void
test_one_stray_answer_is_forgiven (void)
{
  CommsArrival arrival = { 0 };
  gint64 looked, aim;

  for (guint n = 0; n < 100; n++)
    answer (&arrival, 2000 * US, 60 * US, &looked);
  aim = arrival.aim;
  answer (&arrival, 9000 * US, 60 * US, &looked);
  g_assert_true (comms_arrival_known (&arrival));
  g_assert_cmpint (arrival.aim, ==, aim);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arrival/waits-for-bytes-until-answers-come-in-time",
                   test_waits_for_bytes_until_answers_come_in_time);
  g_test_add_func ("/arrival/meets-a-punctual-slave-with-little-time-awake",
                   test_meets_a_punctual_slave_with_little_time_awake);
  g_test_add_func ("/arrival/irregular-slave-is-not-aimed-at", test_irregular_slave_is_not_aimed_at);
  g_test_add_func ("/arrival/change-is-followed", test_change_is_followed);
  g_test_add_func ("/arrival/one-stray-answer-is-forgiven", test_one_stray_answer_is_forgiven);
  return g_test_run ();
}
