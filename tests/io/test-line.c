/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line and slaves that do everything wrong that slaves do. */
#include <math.h>
#include <stdio.h>

#include "../patience.h"
#include "bad-slave.h"
#include "line-fixture.h"

#define GAP_9600   3645          /* µs: 3.5 characters of 10 bits */
#define TURNAROUND (100 * 1000)  /* µs: these slaves answer at once or never */

static LineFixture *
serial_fixture (BadSlave *slave, guint n_units, gboolean far)
{
  GdpLink link = line_fixture_serial (bad_slave_device (slave));

  return line_fixture_new (&link, n_units, 0.2, far);
}

static LineFixture *
quick_fixture (BadSlave *slave, guint n_units, gboolean far)
{
  GdpLink link = line_fixture_serial (bad_slave_device (slave));

  return line_fixture_new_full (&link, n_units, 0.2, far, TURNAROUND);
}

static void
test_good_slaves_are_polled_at_their_period (void)
{
  g_autoptr (BadSlave) slave = bad_slave_new (2, GAP_9600);
  g_autoptr (LineFixture) fixture = serial_fixture (slave, 2, FALSE);
  gint64 start;
  CommsReport *news = line_fixture_expect (fixture, COMMS_REPORT_LINK_WORKING, G_MAXUINT);

  comms_report_free (news);
  line_fixture_expect_good (fixture, 0, 1);
  start = g_get_monotonic_time ();
  line_fixture_expect_good (fixture, 0, 5);
  g_assert_cmpint (g_get_monotonic_time () - start, >, 900 * 1000);   /* 5 periods of 0.2 s */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2000 * 1000);
  line_fixture_expect_good (fixture, 1, 1);
  g_assert_cmpuint (bad_slave_violations (slave), ==, 0);
  g_assert_cmpuint (line_fixture_traffic (fixture, G_MAXUINT).timeouts, ==, 0);
}

/* A test that mostly waits, on a line of its own: they all run at the same time. Of a misbehaviour: what
 * slave 1 does, what is said of it, and which counter of it grows. */
typedef struct {
  const char *name;
  GThreadFunc run;
  BadSlaveCue cue;
  const char *detail;
  gsize       counter;
  GdpTrafficFault fault;
} Patient;

static guint64
counter (LineFixture *fixture, guint unit, gsize offset)
{
  CommsTraffic traffic = line_fixture_traffic (fixture, unit);

  return G_STRUCT_MEMBER (guint64, &traffic, offset);
}

static gpointer
run_misbehaviour (gpointer data)
{
  const Patient *its = data;
  g_autoptr (BadSlave) slave = bad_slave_new (2, GAP_9600);
  g_autoptr (LineFixture) fixture = quick_fixture (slave, 2, TRUE);

  line_fixture_expect_good (fixture, 0, 1);
  bad_slave_cue (slave, its->cue);
  if (its->detail != NULL)
    line_fixture_expect_detail (fixture, COMMS_REPORT_UNIT_FAILED, 0, its->detail);
  else
    comms_report_free (line_fixture_expect (fixture, COMMS_REPORT_UNIT_FAILED, 0));
  line_fixture_expect_good (fixture, 1, 5);
  if (its->counter != 0)
    g_assert_cmpuint (counter (fixture, 0, its->counter), >=, 2);
  if (its->counter != 0) {
    CommsTraffic traffic = line_fixture_traffic (fixture, 0);
    g_assert_cmpuint (traffic.retries, >=, 1);
    g_assert_cmpuint (traffic.last_fault, >, traffic.last_good);
    g_assert_cmpint (traffic.fault, ==, its->fault);
    g_assert_cmpuint (traffic.due, >, traffic.polls);
  }
  g_assert_cmpuint (line_fixture_traffic (fixture, 1).last_fault, ==, 0);
  g_assert_cmpuint (line_fixture_traffic (fixture, 1).timeouts, ==, 0);
  g_assert_cmpuint (line_fixture_traffic (fixture, 1).crc_errors, ==, 0);

  bad_slave_cue (slave, BAD_SLAVE_GOOD);
  line_fixture_expect_good (fixture, 0, 3);
  return NULL;
}

static void
test_byte_by_byte_is_understood (void)
{
  g_autoptr (BadSlave) slave = bad_slave_new (2, GAP_9600);
  g_autoptr (LineFixture) fixture = quick_fixture (slave, 2, FALSE);

  bad_slave_cue (slave, BAD_SLAVE_BYTE_BY_BYTE);
  line_fixture_expect_good (fixture, 0, 3);
  line_fixture_expect_good (fixture, 1, 3);
  g_assert_cmpuint (bad_slave_violations (slave), ==, 0);
}

static void
test_exception_is_an_answer_without_values (void)
{
  g_autoptr (BadSlave) slave = bad_slave_new (2, GAP_9600);
  g_autoptr (LineFixture) fixture = serial_fixture (slave, 2, FALSE);
  CommsReport *report;

  bad_slave_cue (slave, BAD_SLAVE_EXCEPTION);
  report = line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0);
  g_assert_cmpuint (report->n_samples, ==, 16);
  for (guint i = 0; i < 16; i++) {
    g_assert_cmpint (report->samples[i].reason, ==, GDP_REASON_DEVICE_EXCEPTION);
    g_assert_true (isnan (report->samples[i].raw));
  }
  comms_report_free (report);
  line_fixture_expect_good (fixture, 1, 2);
  g_assert_cmpuint (line_fixture_traffic (fixture, 0).exceptions, >=, 2);
}

/* The slave lacks input register 5 and all after it: the first five must come back by themselves. */
static gpointer
run_lacking_register_does_not_hide_the_others (gpointer data)
{
  g_autoptr (BadSlave) slave = bad_slave_new (1, GAP_9600);
  g_autoptr (LineFixture) fixture = quick_fixture (slave, 1, FALSE);
  guint readable = 0, polls = 0;

  bad_slave_lack (slave, 5);
  while (readable < 10) {
    CommsReport *report = line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0);

    g_assert_cmpuint (report->n_samples, ==, 16);
    readable = 0;
    for (guint i = 0; i < 16; i++)
      readable += report->samples[i].reason == GDP_REASON_NONE;
    comms_report_free (report);
    g_assert_cmpuint (++polls, <, 16);
  }
  g_assert_cmpuint (readable, ==, 10);   /* 5 registers and 5 inputs */
  return NULL;
}

/* Two blocks have the same shape, and every other answer comes 50 ms after its timeout, when the request
 * has been repeated and answered: line_fixture_expect() fails if it is ever taken for the other block's. */
static gpointer
run_late_answer_is_never_taken_for_the_next (gpointer data)
{
  g_autoptr (BadSlave) slave = bad_slave_new (2, GAP_9600);
  g_autoptr (LineFixture) fixture = quick_fixture (slave, 2, TRUE);

  bad_slave_be_late (slave, 180 * 1000);   /* the timeout is 0.134 s for 8 registers */
  bad_slave_cue (slave, BAD_SLAVE_LATE);
  for (guint i = 0; i < 3; i++)
    comms_report_free (line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0));
  g_assert_cmpuint (line_fixture_traffic (fixture, 0).timeouts, >=, 6);
  g_assert_cmpuint (line_fixture_traffic (fixture, G_MAXUINT).noise, >=, 6);   /* thrown away */
  line_fixture_expect_good (fixture, 1, 3);
  bad_slave_cue (slave, BAD_SLAVE_GOOD);
  line_fixture_expect_good (fixture, 0, 3);
  return NULL;
}

static void
test_answer_given_twice_is_taken_once (void)
{
  g_autoptr (BadSlave) slave = bad_slave_new (2, GAP_9600);
  g_autoptr (LineFixture) fixture = quick_fixture (slave, 2, TRUE);

  bad_slave_cue (slave, BAD_SLAVE_TWICE);
  line_fixture_expect_good (fixture, 0, 3);
  line_fixture_expect_good (fixture, 1, 3);
  g_assert_cmpuint (line_fixture_traffic (fixture, G_MAXUINT).noise, >=, 6);
  g_assert_cmpuint (bad_slave_violations (slave), ==, 0);
}

/* At 1200 baud 3.5 characters are 29 ms: the noise, every 2 ms, leaves none even on a busy machine. */
static gpointer
run_noise_is_named_and_ends (gpointer data)
{
  g_autoptr (BadSlave) slave = bad_slave_new (2, 29166);
  GdpLink link = line_fixture_serial (bad_slave_device (slave));
  g_autoptr (LineFixture) fixture = NULL;

  link.baud = 1200;
  fixture = line_fixture_new_full (&link, 2, 0.2, FALSE, TURNAROUND);

  line_fixture_expect_good (fixture, 1, 1);
  bad_slave_cue (slave, BAD_SLAVE_NOISE);
  line_fixture_expect_detail (fixture, COMMS_REPORT_UNIT_FAILED, 1, "never silent");
  g_assert_cmpuint (line_fixture_traffic (fixture, G_MAXUINT).noise, >=, 1);
  bad_slave_cue (slave, BAD_SLAVE_GOOD);
  line_fixture_expect_good (fixture, 0, 2);
  line_fixture_expect_good (fixture, 1, 2);
  return NULL;
}

static void
test_only_committed_answers_are_good (void)
{
  BadSlave *slave = bad_slave_new (1, GAP_9600);
  LineFixture *fixture = serial_fixture (slave, 1, FALSE);
  CommsReport *first = line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0);
  CommsReport *second = line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0);
  CommsTraffic traffic = line_fixture_traffic (fixture, 0);

  g_assert_cmpuint (traffic.requests, >=, 4);
  g_assert_cmpuint (traffic.good, ==, 0);
  g_assert_cmpuint (traffic.bytes_out, ==, traffic.requests * 8);
  g_assert_cmpuint (comms_traffic_median_us (&traffic), >, 0);
  comms_report_committed (first);
  g_assert_cmpuint (line_fixture_traffic (fixture, 0).good, ==, 2);
  g_assert_cmpuint (line_fixture_traffic (fixture, G_MAXUINT).good, ==, 2);
  line_fixture_free (fixture);
  comms_report_committed (second);   /* outlives its line */
  bad_slave_free (slave);
}

static void
test_full_sink_holds_the_line_up (void)
{
  BadSlave *slave = bad_slave_new (1, GAP_9600);
  LineFixture *fixture = serial_fixture (slave, 1, FALSE);
  guint before;
  gint64 start;

  line_fixture_expect_good (fixture, 0, 1);
  g_atomic_int_set (&fixture->full, TRUE);
  for (before = G_MAXUINT; before != bad_slave_requests (slave);) {   /* until none is made for two periods */
    before = bad_slave_requests (slave);
    g_usleep (500 * 1000);
  }
  while (g_async_queue_length (fixture->reports) > 0)
    comms_report_free (g_async_queue_pop (fixture->reports));
  g_atomic_int_set (&fixture->full, FALSE);
  line_fixture_expect_good (fixture, 0, 3);

  g_atomic_int_set (&fixture->full, TRUE);
  start = g_get_monotonic_time ();
  line_fixture_free (fixture);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 400 * 1000);
  bad_slave_free (slave);
}

static void
test_stops_within_a_response_timeout (void)
{
  BadSlave *slave = bad_slave_new (0, GAP_9600);   /* nobody answers */
  LineFixture *fixture = serial_fixture (slave, 3, FALSE);
  gint64 start, deadline = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  while (bad_slave_requests (slave) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
  start = g_get_monotonic_time ();
  line_fixture_free (fixture);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 400 * 1000);
  bad_slave_free (slave);
}

static double
seconds_waited_for (LineFixture *fixture, guint unit)
{
  CommsReport *report = line_fixture_expect (fixture, COMMS_REPORT_UNIT_FAILED, unit);
  double seconds;

  g_assert_cmpint (sscanf (report->detail, "no answer in %lf", &seconds), ==, 1);
  comms_report_free (report);
  return seconds;
}

/* The others answer at once: so the wire's 0.03 s and 0.02 s are enough for slave 1, now and then 0.3 s more.
 * Should it come back slower than it was, it is found by the latter. */
static gpointer
run_dead_slave_is_given_little_time_and_found_again (gpointer data)
{
  BadSlave *slave = bad_slave_new (2, GAP_9600);
  LineFixture *fixture = serial_fixture (slave, 2, FALSE);

  line_fixture_expect_good (fixture, 0, 1);
  bad_slave_cue (slave, BAD_SLAVE_SILENT);
  g_assert_cmpfloat (seconds_waited_for (fixture, 0), >=, 0.3);
  g_assert_cmpfloat (seconds_waited_for (fixture, 0), <, 0.25);   /* 0.05, but for a busy machine */
  g_assert_cmpfloat (seconds_waited_for (fixture, 0), >=, 0.3);
  bad_slave_be_late (slave, 150 * 1000);
  bad_slave_cue (slave, BAD_SLAVE_SLOW);
  line_fixture_expect_good (fixture, 0, 3);
  line_fixture_expect_good (fixture, 1, 1);
  line_fixture_free (fixture);
  bad_slave_free (slave);
  return NULL;
}

#define COUNTER(name) G_STRUCT_OFFSET (CommsTraffic, name)
#define HARMS "-harms-only-its-slave", run_misbehaviour
static const Patient patients[] = {
  { "silent" HARMS,         BAD_SLAVE_SILENT,         "no answer in 0.1", COUNTER (timeouts), GDP_TRAFFIC_TIMEOUT },
  { "wrong-id" HARMS,       BAD_SLAVE_WRONG_ID,       "another slave",    COUNTER (wrong), GDP_TRAFFIC_WRONG },
  { "wrong-function" HARMS, BAD_SLAVE_WRONG_FUNCTION, "does not fit",     COUNTER (wrong), GDP_TRAFFIC_WRONG },
  { "wrong-length" HARMS,   BAD_SLAVE_WRONG_LENGTH,   "does not fit",     COUNTER (wrong), GDP_TRAFFIC_WRONG },
  { "bad-crc" HARMS,        BAD_SLAVE_BAD_CRC,        "CRC",              COUNTER (crc_errors), GDP_TRAFFIC_CRC },
  { "truncated" HARMS,      BAD_SLAVE_TRUNCATED,      "no answer",        COUNTER (timeouts), GDP_TRAFFIC_TIMEOUT },
  { "babble" HARMS,         BAD_SLAVE_BABBLE,         NULL,               0 },
  { "gateway" HARMS,        BAD_SLAVE_GATEWAY,        "gateway",          COUNTER (exceptions), GDP_TRAFFIC_EXCEPTION },
  { .name = "lacking-register-does-not-hide-the-others",
    .run = run_lacking_register_does_not_hide_the_others },
  { .name = "late-answer-is-never-taken-for-the-next", .run = run_late_answer_is_never_taken_for_the_next },
  { .name = "noise-is-named-and-ends", .run = run_noise_is_named_and_ends },
  { .name = "dead-slave-is-given-little-time-and-found-again",
    .run = run_dead_slave_is_given_little_time_and_found_again },
};

static void
test_patient (gconstpointer data)
{
  static GThread *threads[G_N_ELEMENTS (patients)];
  const Patient *its = data;
  gboolean started = threads[its - patients] != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads) && !started; i++)
    threads[i] = g_thread_new (patients[i].name, patients[i].run, (gpointer) &patients[i]);
  g_thread_join (threads[its - patients]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line/good-slaves-are-polled-at-their-period",
                   test_good_slaves_are_polled_at_their_period);
  for (guint i = 0; i < G_N_ELEMENTS (patients); i++) {
    g_autofree char *path = g_strconcat ("/line/", patients[i].name, NULL);
    g_test_add_data_func (path, &patients[i], test_patient);
  }
  g_test_add_func ("/line/byte-by-byte-is-understood", test_byte_by_byte_is_understood);
  g_test_add_func ("/line/exception-is-an-answer-without-values", test_exception_is_an_answer_without_values);
  g_test_add_func ("/line/answer-given-twice-is-taken-once", test_answer_given_twice_is_taken_once);
  g_test_add_func ("/line/only-committed-answers-are-good", test_only_committed_answers_are_good);
  g_test_add_func ("/line/full-sink-holds-the-line-up", test_full_sink_holds_the_line_up);
  g_test_add_func ("/line/stops-within-a-response-timeout", test_stops_within_a_response_timeout);
  return g_test_run ();
}
