/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modbus TCP links in their one loop, and slaves that do everything wrong that slaves do. What a link does
 * when its other side goes away and comes back is in test-line-link.c. */
#include <dirent.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "../patience.h"
#include "bad-slave.h"
#include "line-fixture.h"
#include "tcp-slave.h"

#define PERIOD (200 * 1000)   /* µs */

static LineFixture *
tcp_fixture (BadSlave *slave, guint n_units, gboolean far)
{
  GdpLink link = line_fixture_tcp (bad_slave_port (slave));

  return line_fixture_new (&link, n_units, PERIOD / 1e6, far);
}

/* Two units; slave 1 does as @cue says. */
static LineFixture *
misbehaving (BadSlave *slave, BadSlaveCue cue)
{
  bad_slave_cue (slave, cue);
  return tcp_fixture (slave, 2, FALSE);
}

static void
expect_mended (LineFixture *fixture, BadSlave *slave)
{
  bad_slave_cue (slave, BAD_SLAVE_GOOD);
  line_fixture_expect_good (fixture, 0, 3);
}

/* What slave 1 does, and whether its answers count. */
typedef struct { const char *name; BadSlaveCue cue; gboolean good; } Answers;

static const Answers answers[] = {
  { "/tcp-lines/unit-that-calls-itself-0-is-believed", BAD_SLAVE_CALLED_0, TRUE },
  { "/tcp-lines/unit-that-calls-itself-255-is-believed", BAD_SLAVE_CALLED_255, TRUE },
  { "/tcp-lines/byte-by-byte-is-understood", BAD_SLAVE_BYTE_BY_BYTE, TRUE },
  { "/tcp-lines/answer-given-twice-is-taken-once", BAD_SLAVE_TWICE, TRUE },
  { "/tcp-lines/answer-of-another-unit-is-refused", BAD_SLAVE_CALLED_9, FALSE },
  { "/tcp-lines/answer-of-another-function-is-refused", BAD_SLAVE_WRONG_FUNCTION, FALSE },
  { "/tcp-lines/answer-of-another-length-is-refused", BAD_SLAVE_WRONG_LENGTH, FALSE },
};

static void
test_answers (gconstpointer data)
{
  const Answers *its = data;
  BadSlave *slave = bad_slave_new (2, 0);
  LineFixture *fixture;

  bad_slave_cue (slave, its->cue);
  fixture = tcp_fixture (slave, 2, TRUE);
  if (its->good)
    line_fixture_expect_good (fixture, 0, 4);
  else
    comms_report_free (line_fixture_expect (fixture, COMMS_REPORT_UNIT_FAILED, 0));
  line_fixture_expect_good (fixture, 1, 4);
  g_assert_cmpuint (line_fixture_traffic (fixture, 0).wrong > 0, ==, !its->good);
  g_assert_cmpuint (line_fixture_traffic (fixture, 1).wrong, ==, 0);
  g_assert_cmpuint (bad_slave_accepted (slave), ==, 1);   /* the stream is in step: no reason to leave it */
  bad_slave_cue (slave, BAD_SLAVE_GOOD);
  line_fixture_expect_good (fixture, 0, 2);
  line_fixture_free (fixture);
  bad_slave_free (slave);
}

/* Every other answer comes 0.1 s after its request was given up and repeated: line_fixture_expect() fails if it
 * is ever taken for another block's. */
static void
test_late_answer_is_told_by_its_number (void)
{
  BadSlave *slave = bad_slave_new (2, 0);
  LineFixture *fixture;

  bad_slave_be_late (slave, 1100 * 1000);
  bad_slave_cue (slave, BAD_SLAVE_LATE);
  fixture = tcp_fixture (slave, 2, TRUE);
  for (guint i = 0; i < 2; i++)
    comms_report_free (line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0));
  g_assert_cmpuint (line_fixture_traffic (fixture, 0).timeouts, >=, 3);
  line_fixture_expect_good (fixture, 1, 3);
  g_assert_cmpuint (line_fixture_traffic (fixture, G_MAXUINT).noise, >=, 1);   /* dropped */
  g_assert_cmpuint (bad_slave_accepted (slave), ==, 1);
  line_fixture_free (fixture);
  bad_slave_free (slave);
}

/* Sixteen random bytes after each answer of slave 1: the stream is out of step, and found again by connecting. */
static void
test_stream_out_of_step_is_left (void)
{
  g_autoptr (BadSlave) slave = bad_slave_new (2, 0);
  g_autoptr (LineFixture) fixture = misbehaving (slave, BAD_SLAVE_BANNER);
  guint accepted;

  line_fixture_expect_good (fixture, 1, 8);
  accepted = bad_slave_accepted (slave);
  g_assert_cmpuint (accepted, >, 1);
  g_assert_cmpuint (line_fixture_traffic (fixture, G_MAXUINT).reconnects, >=, 1);
  g_assert_null (line_fixture_find (fixture, COMMS_REPORT_LINK_FAILED));
  expect_mended (fixture, slave);
}

/* One that never stops repeating itself would keep a processor busy for ever. */
static void
test_answer_without_end_is_hung_up_on (void)
{
  g_autoptr (BadSlave) slave = bad_slave_new (2, 0);
  g_autoptr (LineFixture) fixture = misbehaving (slave, BAD_SLAVE_OFTEN);

  line_fixture_expect_good (fixture, 1, 8);
  g_assert_cmpuint (bad_slave_accepted (slave), >, 1);
  g_assert_null (line_fixture_find (fixture, COMMS_REPORT_LINK_FAILED));
  expect_mended (fixture, slave);
}

static void
test_exception_is_an_answer_without_values (void)
{
  g_autoptr (BadSlave) slave = bad_slave_new (2, 0);
  g_autoptr (LineFixture) fixture = misbehaving (slave, BAD_SLAVE_EXCEPTION);
  CommsReport *report;

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
static void
test_lacking_register_does_not_hide_the_others (void)
{
  BadSlave *slave = bad_slave_new (1, 0);
  LineFixture *fixture = tcp_fixture (slave, 1, FALSE);
  guint readable = 0, polls = 0;

  bad_slave_lack (slave, 5);
  while (readable != 10) {   /* 5 registers and 5 inputs */
    CommsReport *report = line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0);

    readable = 0;
    for (guint i = 0; i < 16; i++)
      readable += report->samples[i].reason == GDP_REASON_NONE;
    comms_report_free (report);
    g_assert_cmpuint (++polls, <, 16);
  }
  line_fixture_free (fixture);
  bad_slave_free (slave);
}

static void
test_only_committed_answers_are_good (void)
{
  BadSlave *slave = bad_slave_new (1, 0);
  LineFixture *fixture = tcp_fixture (slave, 1, FALSE);
  CommsReport *first = line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0);
  CommsReport *second = line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0);
  CommsTraffic traffic;

  g_assert_cmpuint (line_fixture_traffic (fixture, 0).good, ==, 0);
  comms_report_committed (first);
  g_assert_cmpuint (line_fixture_traffic (fixture, 0).good, ==, 2);
  g_atomic_int_set (&fixture->full, TRUE);
  g_usleep (2 * PERIOD);   /* nothing is under way any more */
  traffic = line_fixture_traffic (fixture, G_MAXUINT);
  g_assert_cmpuint (traffic.requests, >=, 4);
  g_assert_cmpuint (traffic.bytes_out, ==, traffic.requests * 12);
  g_assert_cmpuint (traffic.bytes_in, ==, traffic.requests / 2 * (9 + 16 + 9 + 1));
  g_assert_cmpuint (comms_traffic_median_us (&traffic), >, 0);
  line_fixture_free (fixture);
  comms_report_committed (second);   /* outlives its line */
  bad_slave_free (slave);
}

static void
test_full_sink_holds_the_link_up (void)
{
  BadSlave *slave = bad_slave_new (1, 0);
  LineFixture *fixture = tcp_fixture (slave, 1, FALSE);
  guint before;
  gint64 start;

  line_fixture_expect_good (fixture, 0, 1);
  g_atomic_int_set (&fixture->full, TRUE);
  for (before = G_MAXUINT; before != bad_slave_requests (slave);) {   /* until no more are made */
    before = bad_slave_requests (slave);
    g_usleep (3 * PERIOD);
  }
  while (g_async_queue_length (fixture->reports) > 0)
    comms_report_free (g_async_queue_pop (fixture->reports));
  g_atomic_int_set (&fixture->full, FALSE);
  comms_tcp_lines_resume (fixture->tcp);
  line_fixture_expect_good (fixture, 0, 3);

  g_atomic_int_set (&fixture->full, TRUE);
  start = g_get_monotonic_time ();
  line_fixture_free (fixture);
  g_assert_cmpint (g_get_monotonic_time () - start, <, PERIOD);
  bad_slave_free (slave);
}

static void
test_stops_at_once_while_an_answer_is_awaited (void)
{
  BadSlave *slave = bad_slave_new (0, 0);   /* nobody answers */
  LineFixture *fixture = tcp_fixture (slave, 3, FALSE);
  gint64 start;

  while (bad_slave_requests (slave) == 0)
    g_usleep (1000);
  start = g_get_monotonic_time ();
  line_fixture_free (fixture);
  g_assert_cmpint (g_get_monotonic_time () - start, <, PERIOD);
  bad_slave_free (slave);
}

/* ---- many links -------------------------------------------------------------------------------- */

#define LINKS   200
#define BEATS   (G_USEC_PER_SEC / 10)   /* µs in which links are counted together */

typedef struct { int reports, in_beat[10]; } Many;   /* atomic */

static gboolean
take_many (CommsReport *report, gpointer user_data)
{
  Many *many = user_data;

  if (report->kind == COMMS_REPORT_SAMPLES) {
    g_atomic_int_inc (&many->reports);
    g_atomic_int_inc (&many->in_beat[g_get_monotonic_time () % G_USEC_PER_SEC / BEATS]);
  }
  comms_report_free (report);
  return TRUE;
}

static gint64
server_time (gpointer user_data)
{
  return g_get_real_time ();
}

static GdpNetwork *
many_links (TcpSlave *slave)
{
  GdpLink link = line_fixture_tcp (0);
  GdpNetwork *network = line_fixture_links (&link, LINKS, 1);

  for (guint i = 0; i < LINKS; i++)
    network->links[i].port = tcp_slave_port (slave, i);
  return network;
}

/* All are asked as soon as they are connected, and from then on 200 a second, a tenth of them in each tenth
 * of it: twice that many never. */
static void
test_many_links_share_out_the_period (void)
{
  TcpSlave *slave = tcp_slave_start (LINKS);
  g_autoptr (GdpNetwork) network = many_links (slave);
  Many many = { 0 };
  CommsSink sink = { take_many, server_time, &many };
  gint64 start = g_get_monotonic_time ();
  CommsTcpLines *lines = comms_tcp_lines_start (network, &sink);
  guint seconds = 3;

  while (g_atomic_int_get (&many.reports) < LINKS && g_get_monotonic_time () - start < PATIENCE * G_USEC_PER_SEC)
    g_usleep (1000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 1 * G_USEC_PER_SEC);
  g_usleep (G_USEC_PER_SEC);   /* everyone has found its beat */
  for (guint i = 0; i < G_N_ELEMENTS (many.in_beat); i++)
    g_atomic_int_set (&many.in_beat[i], 0);
  g_usleep (seconds * G_USEC_PER_SEC);
  for (guint i = 0; i < G_N_ELEMENTS (many.in_beat); i++) {
    g_assert_cmpint (g_atomic_int_get (&many.in_beat[i]), >, 0);
    g_assert_cmpint (g_atomic_int_get (&many.in_beat[i]), <, (int) (2 * seconds * LINKS / G_N_ELEMENTS (many.in_beat)));
  }
  comms_tcp_lines_stop (lines);
  tcp_slave_stop (slave);
}

/* ---- names --------------------------------------------------------------------------------------- */

static void
test_name_is_looked_up (void)
{
  BadSlave *slave = bad_slave_new (1, 0);
  GdpLink link = line_fixture_tcp (bad_slave_port (slave));
  LineFixture *fixture;

  link.host = "localhost";   /* where that is ::1 first, nobody listens there */
  fixture = line_fixture_new (&link, 1, 0.2, FALSE);
  line_fixture_expect_good (fixture, 0, 2);
  line_fixture_free (fixture);
  bad_slave_free (slave);
}

static void
test_unknown_name_is_said_and_holds_nobody_up (void)
{
  BadSlave *slave = bad_slave_new (1, 0);
  GdpLink link = line_fixture_tcp (bad_slave_port (slave));
  g_autoptr (GdpNetwork) network = line_fixture_links (&link, 2, 0.2);
  g_autoptr (GAsyncQueue) reports = g_async_queue_new_full ((GDestroyNotify) comms_report_free);
  LineFixture fixture = { .network = network, .reports = reports };
  CommsSink sink = { line_fixture_take, server_time, &fixture };
  gint64 start = g_get_monotonic_time ();
  guint n_good = 0;
  gboolean told = FALSE;

  network->links[0].host = "no-such-host.invalid";
  fixture.tcp = comms_tcp_lines_start (network, &sink);
  while (n_good < 3 || !told) {
    CommsReport *report = g_async_queue_timeout_pop (reports, PATIENCE * G_USEC_PER_SEC);   /* link 1 answers all the time */

    g_assert_nonnull (report);
    g_assert_cmpint (g_get_monotonic_time () - start, <, PATIENCE * G_USEC_PER_SEC);   /* as long as a resolver may take */
    n_good += report->kind == COMMS_REPORT_SAMPLES;
    if (report->kind == COMMS_REPORT_LINK_FAILED) {
      g_assert_cmpuint (report->link, ==, 0);
      g_assert_true (g_str_has_prefix (report->detail, "no-such-host.invalid: "));
      told = TRUE;
    }
    comms_report_free (report);
  }
  comms_tcp_lines_stop (fixture.tcp);
  bad_slave_free (slave);
}

/* A peer that lost its power says nothing: the kernel is asked to give up after 10 s without confirmation. */
static void
test_connections_notice_lost_power (void)
{
  BadSlave *slave = bad_slave_new (1, 0);
  LineFixture *fixture = tcp_fixture (slave, 1, FALSE);
  DIR *fds = opendir ("/proc/self/fd");
  guint found = 0;

  line_fixture_expect_good (fixture, 0, 1);
  for (struct dirent *entry; (entry = readdir (fds)) != NULL;) {
    struct sockaddr_in peer = { 0 };
    socklen_t size = sizeof peer, length = sizeof (guint);
    guint ms = 0;
    int fd = atoi (entry->d_name);

    if (getpeername (fd, (struct sockaddr *) &peer, &size) == 0 && ntohs (peer.sin_port) == bad_slave_port (slave)
        && getsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, &length) == 0) {
      g_assert_cmpuint (ms, ==, 10000);
      found++;
    }
  }
  g_assert_cmpuint (found, ==, 1);
  closedir (fds);
  line_fixture_free (fixture);
  bad_slave_free (slave);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_test_add_data_func (answers[i].name, &answers[i], test_answers);
  g_test_add_func ("/tcp-lines/late-answer-is-told-by-its-number", test_late_answer_is_told_by_its_number);
  g_test_add_func ("/tcp-lines/stream-out-of-step-is-left", test_stream_out_of_step_is_left);
  g_test_add_func ("/tcp-lines/answer-without-end-is-hung-up-on", test_answer_without_end_is_hung_up_on);
  g_test_add_func ("/tcp-lines/exception-is-an-answer-without-values", test_exception_is_an_answer_without_values);
  g_test_add_func ("/tcp-lines/lacking-register-does-not-hide-the-others",
                   test_lacking_register_does_not_hide_the_others);
  g_test_add_func ("/tcp-lines/only-committed-answers-are-good", test_only_committed_answers_are_good);
  g_test_add_func ("/tcp-lines/full-sink-holds-the-link-up", test_full_sink_holds_the_link_up);
  g_test_add_func ("/tcp-lines/stops-at-once-while-an-answer-is-awaited",
                   test_stops_at_once_while_an_answer_is_awaited);
  g_test_add_func ("/tcp-lines/many-links-share-out-the-period", test_many_links_share_out_the_period);
  g_test_add_func ("/tcp-lines/name-is-looked-up", test_name_is_looked_up);
  g_test_add_func ("/tcp-lines/unknown-name-is-said-and-holds-nobody-up",
                   test_unknown_name_is_said_and_holds_nobody_up);
  g_test_add_func ("/tcp-lines/connections-notice-lost-power", test_connections_notice_lost_power);
  return g_test_run ();
}
