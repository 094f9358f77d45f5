/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/poll-schedule.h"

#define SECOND G_USEC_PER_SEC
#define START  (1000 * SECOND)

typedef CommsPollSchedule Schedule;

/* A line on which a good poll takes @good µs and one of the slave @dead takes @bad µs: runs it for
 * @span µs and counts the polls of each slave. Returns the time spent on @dead. */
static gint64
run_line (Schedule *schedule, gint64 span, gint64 good, guint dead, gint64 bad, guint *polls)
{
  gint64 spent = 0, due;

  for (gint64 now = START; now < START + span;) {
    guint slave = comms_poll_schedule_next (schedule, now, &due);

    if (slave == G_MAXUINT) {
      g_assert_cmpint (due, >, now);
      now = due;
      continue;
    }
    polls[slave]++;
    now += slave == dead ? bad : good;
    if (slave == dead) {
      spent += bad;
      comms_poll_schedule_failed (schedule, slave, now);
    } else {
      comms_poll_schedule_answered (schedule, slave, now);
    }
  }
  return spent;
}

static void
test_every_slave_at_its_own_period (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 0.2, 1, 10 }, 3, START);
  guint polls[3] = { 0 };

  run_line (schedule, 100 * SECOND, 10000, G_MAXUINT, 0, polls);
  g_assert_cmpuint (polls[0], ==, 500);
  g_assert_cmpuint (polls[1], ==, 100);
  g_assert_cmpuint (polls[2], ==, 10);
}

static void
test_waits_exactly_until_due (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 1 }, 1, START);
  gint64 due;

  g_assert_cmpuint (comms_poll_schedule_next (schedule, START, &due), ==, 0);
  comms_poll_schedule_answered (schedule, 0, START + 30000);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, START + 30000, &due), ==, G_MAXUINT);
  g_assert_cmpint (due, ==, START + SECOND);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, START + SECOND, &due), ==, 0);
}

static void
test_missed_periods_are_skipped (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 1 }, 1, START);
  gint64 due;

  comms_poll_schedule_next (schedule, START, &due);
  comms_poll_schedule_answered (schedule, 0, START + 7 * SECOND + 1);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, START + 7 * SECOND + 1, &due), ==, G_MAXUINT);
  g_assert_cmpint (due, ==, START + 8 * SECOND);
}

static void
test_overloaded_line_is_shared_fairly (void)
{
  const double periods[10] = { 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2 };
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new (periods, 10, START);
  guint polls[10] = { 0 };

  run_line (schedule, 100 * SECOND, 60000, G_MAXUINT, 0, polls);   /* 10 x 60 ms do not fit into 0.2 s */
  for (guint i = 0; i < 10; i++) {
    g_assert_cmpuint (polls[i], >=, 166);
    g_assert_cmpuint (polls[i], <=, 167);
  }
}

static void
test_short_period_does_not_starve_a_long_one (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 0.2, 0.2, 10 }, 3, START);
  guint polls[3] = { 0 };

  run_line (schedule, 100 * SECOND, 150000, G_MAXUINT, 0, polls);
  g_assert_cmpuint (polls[2], ==, 10);
}

static void
test_failed_slave_backs_off (void)
{
  static const double expected[] = { 0, 1, 2, 4, 8, 16, 30, 30, 30 };
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 1 }, 1, START);
  gint64 now = START, due;

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_cmpuint (comms_poll_schedule_next (schedule, now, &due), ==, 0);
    g_assert_cmpuint (comms_poll_schedule_failed (schedule, 0, now), ==, i + 1);
    if (comms_poll_schedule_next (schedule, now, &due) == G_MAXUINT)
      g_assert_cmpint (due - now, ==, (gint64) (expected[i] * SECOND));
    else
      g_assert_cmpuint (i, ==, 0);
    now += (gint64) (expected[i] * SECOND);
  }
  comms_poll_schedule_answered (schedule, 0, now);
  comms_poll_schedule_next (schedule, now, &due);
  g_assert_cmpint (due, ==, now + SECOND);
}

static void
test_back_off_of_years_does_not_overflow (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 600 }, 1, START);
  gint64 due;

  for (guint i = 0; i < 100000; i++)
    comms_poll_schedule_failed (schedule, 0, START);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, START, &due), ==, G_MAXUINT);
  g_assert_cmpint (due, ==, START + 600 * SECOND);   /* never sooner than its own period */
}

static void
test_retry_goes_before_slaves_that_wait (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 1, 1, 1 }, 3, START);
  gint64 due;

  g_assert_cmpuint (comms_poll_schedule_next (schedule, START, &due), ==, 0);
  comms_poll_schedule_failed (schedule, 0, START + 1000);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, START + 1000, &due), ==, 0);
  comms_poll_schedule_failed (schedule, 0, START + 2000);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, START + 2000, &due), ==, 1);
}

/* The figure promised for lines: one dead slave of ten costs less than a tenth of the time. */
static void
test_one_dead_slave_of_ten_costs_little (void)
{
  const double periods[10] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new (periods, 10, START);
  guint polls[10] = { 0 };
  gint64 spent = run_line (schedule, 60 * SECOND, 60000, 4, 350000, polls);

  g_assert_cmpint (spent, <, 6 * SECOND);
  g_assert_cmpuint (polls[4], >=, 7);
  for (guint i = 0; i < 10; i++)
    if (i != 4)
      g_assert_cmpuint (polls[i], >=, 59);
}

static void
test_restart_forgets_failures (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 1, 5 }, 2, START);
  gint64 due, now = START + 60 * SECOND;

  for (guint i = 0; i < 10; i++)
    comms_poll_schedule_failed (schedule, 1, START);
  comms_poll_schedule_restart (schedule, now);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, now, &due), ==, 0);
  comms_poll_schedule_answered (schedule, 0, now);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, now, &due), ==, 1);
  g_assert_cmpuint (comms_poll_schedule_failed (schedule, 1, now), ==, 1);
}

/* Slave 0 breaks the line whenever it is asked: from one restart to the next the others come first. */
static void
test_breaker_is_held_back_and_a_healthy_one_asked_first (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 1, 600, 1 }, 3, START);
  gint64 due, now = START;

  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint (comms_poll_schedule_next (schedule, now, &due), ==, i);
    if (i > 0)
      comms_poll_schedule_answered (schedule, i, now);
  }
  comms_poll_schedule_failed (schedule, 2, now);   /* silent, so no witness */
  comms_poll_schedule_failed (schedule, 2, now);
  g_assert_cmpuint (comms_poll_schedule_broke (schedule, 0, now), ==, 1);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, now, &due), ==, 1);   /* 600 s before its time */
  comms_poll_schedule_answered (schedule, 1, now);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, now, &due), ==, G_MAXUINT);
  g_assert_cmpint (due, ==, START + SECOND);

  now = START + SECOND;
  g_assert_cmpuint (comms_poll_schedule_broke (schedule, 0, now), ==, 2);
  now = START + 100 * SECOND;   /* long due */
  comms_poll_schedule_restart (schedule, now);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, now, &due), ==, 2);
  comms_poll_schedule_answered (schedule, 2, now);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, now, &due), ==, 1);
  comms_poll_schedule_answered (schedule, 1, now);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, now + 1, &due), ==, 0);
  g_assert_cmpuint (comms_poll_schedule_broke (schedule, 0, now), ==, 3);   /* not forgiven */
}

static void
test_breaker_backs_off_to_half_a_minute (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 1, 1 }, 2, START);
  static const guint distances[] = { 1, 2, 4, 8, 16, 30, 30 };
  gint64 now = START, due;

  comms_poll_schedule_failed (schedule, 1, now + 1000 * SECOND);
  comms_poll_schedule_failed (schedule, 1, now + 1000 * SECOND);   /* far away */
  for (guint i = 0; i < G_N_ELEMENTS (distances); i++) {
    comms_poll_schedule_broke (schedule, 0, now);
    g_assert_cmpuint (comms_poll_schedule_next (schedule, now, &due), ==, G_MAXUINT);
    g_assert_cmpint (due - now, ==, distances[i] * SECOND);
    now = due;
  }
  comms_poll_schedule_answered (schedule, 0, now);
  g_assert_cmpuint (comms_poll_schedule_broke (schedule, 0, now), ==, 1);
}

static void
test_restart_forgives_when_all_broke_the_line (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 60, 60 }, 2, START);
  gint64 due;

  comms_poll_schedule_broke (schedule, 0, START);
  comms_poll_schedule_broke (schedule, 1, START);
  comms_poll_schedule_restart (schedule, START + SECOND);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, START + SECOND, &due), ==, 0);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, START + SECOND, &due), ==, 1);
  g_assert_cmpuint (comms_poll_schedule_broke (schedule, 0, START + SECOND), ==, 1);
}

static void
test_no_slaves_never_due (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new (NULL, 0, START);
  gint64 due;

  g_assert_cmpuint (comms_poll_schedule_next (schedule, START, &due), ==, G_MAXUINT);
  g_assert_cmpint (due, ==, G_MAXINT64);
}

/* Of 40 lines with a slave each, every one keeps its beat, and each beat of the grid has its share. */
static void
test_phases_share_out_the_period (void)
{
  guint beats[SECOND / COMMS_POLL_GRID] = { 0 };

  for (guint line = 0; line < 40; line++) {
    g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 1 }, 1, START);
    gint64 due, first = 0;

    comms_poll_schedule_set_phase (schedule, line / 40.0, 40);
    g_assert_cmpuint (comms_poll_schedule_next (schedule, START, &due), ==, 0);   /* the first at once */
    for (guint i = 0; i < 5; i++) {
      comms_poll_schedule_answered (schedule, 0, i == 0 ? START : due + 30000 * i);
      g_assert_cmpuint (comms_poll_schedule_next (schedule, START, &due), ==, G_MAXUINT);
      if (i == 0)
        first = due;
      g_assert_cmpint (due, ==, first + i * SECOND);
      g_assert_cmpuint (comms_poll_schedule_next (schedule, due, &due), ==, 0);
    }
    g_assert_cmpint (first, >, START);
    g_assert_cmpint (first, <=, START + SECOND);
    g_assert_cmpint (first % COMMS_POLL_GRID, ==, 0);
    beats[first % SECOND / COMMS_POLL_GRID]++;
  }
  for (guint i = 0; i < G_N_ELEMENTS (beats); i++)
    g_assert_cmpuint (beats[i], ==, 40 / G_N_ELEMENTS (beats));
}

/* Of 5,000 lines no more than fifty ask in the same moment. */
static void
test_many_phases_are_finer (void)
{
  enum { LINES = 5000, BEATS = 100 };
  guint beats[BEATS] = { 0 };

  for (guint line = 0; line < LINES; line++) {
    g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 1 }, 1, START);
    gint64 due;

    comms_poll_schedule_set_phase (schedule, line / (double) LINES, LINES);
    comms_poll_schedule_next (schedule, START, &due);
    comms_poll_schedule_answered (schedule, 0, START);
    comms_poll_schedule_next (schedule, START, &due);
    g_assert_cmpint (due % (SECOND / BEATS), ==, 0);
    beats[due % SECOND / (SECOND / BEATS)]++;
  }
  for (guint i = 0; i < BEATS; i++)
    g_assert_cmpuint (beats[i], ==, LINES / BEATS);
}

static void
test_phase_is_the_same_after_a_break (void)
{
  g_autoptr (CommsPollSchedule) schedule = comms_poll_schedule_new ((double[]){ 10 }, 1, START);
  gint64 due, before;

  comms_poll_schedule_set_phase (schedule, 0.31, 1);
  comms_poll_schedule_next (schedule, START, &due);
  comms_poll_schedule_answered (schedule, 0, START);
  comms_poll_schedule_next (schedule, START, &before);
  g_assert_cmpint (before % (10 * SECOND), ==, 3100 * 1000);
  comms_poll_schedule_failed (schedule, 0, START + SECOND);
  comms_poll_schedule_failed (schedule, 0, START + 2 * SECOND);
  comms_poll_schedule_restart (schedule, START + 37 * SECOND);
  g_assert_cmpuint (comms_poll_schedule_next (schedule, START + 37 * SECOND, &due), ==, 0);
  comms_poll_schedule_answered (schedule, 0, START + 38 * SECOND);
  comms_poll_schedule_next (schedule, START + 38 * SECOND, &due);
  g_assert_cmpint (due, ==, before + 40 * SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/poll-schedule/every-slave-at-its-own-period", test_every_slave_at_its_own_period);
  g_test_add_func ("/poll-schedule/waits-exactly-until-due", test_waits_exactly_until_due);
  g_test_add_func ("/poll-schedule/missed-periods-are-skipped", test_missed_periods_are_skipped);
  g_test_add_func ("/poll-schedule/overloaded-line-is-shared-fairly", test_overloaded_line_is_shared_fairly);
  g_test_add_func ("/poll-schedule/short-period-does-not-starve-a-long-one",
                   test_short_period_does_not_starve_a_long_one);
  g_test_add_func ("/poll-schedule/failed-slave-backs-off", test_failed_slave_backs_off);
  g_test_add_func ("/poll-schedule/back-off-of-years-does-not-overflow",
                   test_back_off_of_years_does_not_overflow);
  g_test_add_func ("/poll-schedule/retry-goes-before-slaves-that-wait",
                   test_retry_goes_before_slaves_that_wait);
  g_test_add_func ("/poll-schedule/one-dead-slave-of-ten-costs-little",
                   test_one_dead_slave_of_ten_costs_little);
  g_test_add_func ("/poll-schedule/restart-forgets-failures", test_restart_forgets_failures);
  g_test_add_func ("/poll-schedule/breaker-is-held-back-and-a-healthy-one-asked-first",
                   test_breaker_is_held_back_and_a_healthy_one_asked_first);
  g_test_add_func ("/poll-schedule/breaker-backs-off-to-half-a-minute",
                   test_breaker_backs_off_to_half_a_minute);
  g_test_add_func ("/poll-schedule/restart-forgives-when-all-broke-the-line",
                   test_restart_forgives_when_all_broke_the_line);
  g_test_add_func ("/poll-schedule/no-slaves-never-due", test_no_slaves_never_due);
  g_test_add_func ("/poll-schedule/phases-share-out-the-period", test_phases_share_out_the_period);
  g_test_add_func ("/poll-schedule/many-lines-ask-in-finer-steps", test_many_phases_are_finer);
  g_test_add_func ("/poll-schedule/phase-is-the-same-after-a-break", test_phase_is_the_same_after_a_break);
  return g_test_run ();
}
