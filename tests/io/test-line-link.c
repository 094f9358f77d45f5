/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link itself: missing, in use, unplugged, refused; and slaves that nobody here wrote. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../patience.h"
#include "bad-slave.h"
#include "line-fixture.h"
#include "process.h"

static void
expect_raw (LineFixture *fixture, const char *channel, double raw)
{
  for (;;) {
    CommsReport *report = g_async_queue_timeout_pop (fixture->reports, PATIENCE * G_USEC_PER_SEC);
    GdpReason reason = GDP_REASON_WAITING;
    double got = -1;

    g_assert_nonnull (report);
    if (report->kind == COMMS_REPORT_SAMPLES)
      got = line_fixture_raw (fixture, report, channel, &reason);
    comms_report_free (report);
    if (reason == GDP_REASON_NONE && got == raw)
      return;
  }
}

static void
expect_samples (LineFixture *fixture)
{
  comms_report_free (line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0));
}

static void
expect_working (LineFixture *fixture)
{
  comms_report_free (line_fixture_expect (fixture, COMMS_REPORT_LINK_WORKING, G_MAXUINT));
}

static void
test_rtu_of_pymodbus_unplugged_and_back (void)
{
  g_autofree char *folder = g_dir_make_tmp ("line-XXXXXX", NULL);
  g_autofree char *ours = g_build_filename (folder, "line", NULL),
                  *theirs = g_build_filename (folder, "slave", NULL);
  Process socat = process_cable (ours, theirs), slave = process_pymodbus ("serial", theirs);
  GdpLink link = line_fixture_serial (ours);
  LineFixture *fixture = line_fixture_new (&link, 1, 0.2, FALSE);
  CommsReport *again;

  expect_working (fixture);
  expect_samples (fixture);
  process_tell (slave, "register 2 12345\n");
  expect_raw (fixture, "ai3", 12345);
  process_tell (slave, "input 0 0\n");
  expect_raw (fixture, "di1", 0);

  process_stop (socat, SIGTERM);
  process_stop (slave, SIGKILL);
  line_fixture_expect_detail (fixture, COMMS_REPORT_LINK_FAILED, G_MAXUINT, "no such device");
  g_usleep (1500 * 1000);   /* several attempts later it is still the same news */
  again = line_fixture_find (fixture, COMMS_REPORT_LINK_FAILED);
  g_assert_null (again);

  socat = process_cable (ours, theirs);
  slave = process_pymodbus ("serial", theirs);
  expect_working (fixture);
  expect_samples (fixture);
  g_assert_cmpuint (line_fixture_traffic (fixture, G_MAXUINT).reconnects, ==, 1);
  line_fixture_free (fixture);
  process_stop (slave, SIGKILL);
  process_stop (socat, SIGTERM);
  g_rmdir (folder);
}

static void
test_tcp_of_pymodbus_restarted (void)
{
  guint16 port = bad_slave_free_port ();
  g_autofree char *place = g_strdup_printf ("%u", port);
  GdpLink link = line_fixture_tcp (port);
  LineFixture *fixture = line_fixture_new (&link, 1, 0.2, FALSE);
  Process slave;

  line_fixture_expect_detail (fixture, COMMS_REPORT_LINK_FAILED, G_MAXUINT, "refused");
  slave = process_pymodbus ("tcp", place);
  expect_working (fixture);
  expect_samples (fixture);
  process_tell (slave, "register 0 4000\n");
  expect_raw (fixture, "ai1", 4000);
  process_stop (slave, SIGKILL);
  line_fixture_expect_detail (fixture, COMMS_REPORT_LINK_FAILED, G_MAXUINT, "refused");
  slave = process_pymodbus ("tcp", place);
  expect_working (fixture);
  expect_samples (fixture);
  line_fixture_free (fixture);
  process_stop (slave, SIGKILL);
}

static void
test_device_is_claimed_by_one_line (void)
{
  BadSlave *slave = bad_slave_new (1, 3645);
  GdpLink link = line_fixture_serial (bad_slave_device (slave));
  LineFixture *first = line_fixture_new (&link, 1, 0.2, FALSE), *second;
  g_autofree char *holder = g_strdup_printf ("(process %d)", getpid ());

  expect_samples (first);
  second = line_fixture_new (&link, 1, 0.2, FALSE);
  line_fixture_expect_detail (second, COMMS_REPORT_LINK_FAILED, G_MAXUINT, holder);
  for (guint i = 0; i < 3; i++)
    expect_samples (first);   /* not disturbed */
  line_fixture_free (first);
  expect_working (second);
  expect_samples (second);
  line_fixture_free (second);
  bad_slave_free (slave);
}

static void
expect_refused (const GdpLink *link, const char *text)
{
  LineFixture *fixture = line_fixture_new (link, 1, 0.2, FALSE);

  line_fixture_expect_detail (fixture, COMMS_REPORT_LINK_FAILED, G_MAXUINT, text);
  line_fixture_free (fixture);
}

static void
test_what_is_wrong_with_a_device_is_said (void)
{
  BadSlave *slave = bad_slave_new (1, 3645);
  GdpLink link = line_fixture_serial (NULL);
  uid_t user = geteuid ();

  expect_refused (&link, "has no device");
  link.device = "/dev/null";
  expect_refused (&link, "not a serial port");
  link.device = "/no/such/device";
  expect_refused (&link, "no such device");
  link.device = bad_slave_device (slave);
  link.baud = 12345;
  expect_refused (&link, "12345 baud");

  link.baud = 9600;
  g_assert_cmpint (chmod (link.device, 0), ==, 0);
  setfsuid (user == 0 ? 65534 : user);   /* root may open anything; the line's thread inherits this */
  expect_refused (&link, "permission denied");
  setfsuid (user);
  bad_slave_free (slave);
}

static void
test_lines_work_beyond_1024_descriptors (void)
{
  BadSlave *serial = bad_slave_new (1, 3645), *tcp = bad_slave_new (1, 0);
  GdpLink links[2]
      = { line_fixture_serial (bad_slave_device (serial)), line_fixture_tcp (bad_slave_port (tcp)) };
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));

  for (int fd = 0; fd < 1100;) {
    fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    g_assert_cmpint (fd, >=, 0);
    g_array_append_val (fds, fd);
  }
  for (guint i = 0; i < 2; i++) {
    g_autoptr (LineFixture) fixture = line_fixture_new (&links[i], 1, 0.2, FALSE);

    expect_samples (fixture);
  }
  for (guint i = 0; i < fds->len; i++)
    close (g_array_index (fds, int, i));
  bad_slave_free (serial);
  bad_slave_free (tcp);
}

static void
test_peer_that_hangs_up_is_not_hammered (void)
{
  g_autoptr (BadSlave) slave = bad_slave_new (1, 0);
  GdpLink link = line_fixture_tcp (bad_slave_port (slave));
  g_autoptr (LineFixture) fixture = NULL;

  bad_slave_cue (slave, BAD_SLAVE_HANG_UP);
  fixture = line_fixture_new (&link, 1, 0.2, FALSE);
  line_fixture_expect_detail (fixture, COMMS_REPORT_LINK_FAILED, G_MAXUINT, "connection lost");
  g_usleep (2000 * 1000);
  g_assert_cmpuint (bad_slave_accepted (slave), <=, 6);
  bad_slave_cue (slave, BAD_SLAVE_GOOD);
  expect_working (fixture);
  expect_samples (fixture);
}

static void
test_peer_that_hangs_up_on_one_unit_serves_the_others (void)
{
  g_autoptr (BadSlave) slave = bad_slave_new (3, 0);
  GdpLink link = line_fixture_tcp (bad_slave_port (slave));
  g_autoptr (LineFixture) fixture = NULL;
  guint accepted;
  gint64 start;

  bad_slave_cue (slave, BAD_SLAVE_REFUSE_ONE);
  fixture = line_fixture_new (&link, 3, 0.2, FALSE);
  line_fixture_expect_detail (fixture, COMMS_REPORT_UNIT_FAILED, 0, "connection lost");
  accepted = bad_slave_accepted (slave);
  start = g_get_monotonic_time ();
  for (guint n[3] = { 0 }; n[1] < 10 || n[2] < 10;) {
    CommsReport *report = g_async_queue_timeout_pop (fixture->reports, PATIENCE * G_USEC_PER_SEC);

    g_assert_nonnull (report);
    g_assert_cmpint (report->kind, !=, COMMS_REPORT_LINK_FAILED);
    if (report->kind == COMMS_REPORT_SAMPLES)
      n[report->unit]++;
    comms_report_free (report);
  }
  /* 10 periods of 0.2 s, and as much again. */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 4000 * 1000);
  g_assert_cmpuint (bad_slave_accepted (slave) - accepted, <=, 5);
  bad_slave_cue (slave, BAD_SLAVE_GOOD);
  expect_samples (fixture);
}

static void
test_tcp_misbehaviour_harms_only_its_slave (gconstpointer data)
{
  g_autoptr (BadSlave) slave = bad_slave_new (2, 0);
  GdpLink link = line_fixture_tcp (bad_slave_port (slave));
  g_autoptr (LineFixture) fixture = line_fixture_new (&link, 2, 0.2, TRUE);

  bad_slave_be_late (slave, 1100 * 1000);
  bad_slave_cue (slave, GPOINTER_TO_INT (data));
  comms_report_free (line_fixture_expect (fixture, COMMS_REPORT_UNIT_FAILED, 0));
  for (guint i = 0; i < 5; i++)
    comms_report_free (line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 1));
  g_assert_cmpuint (bad_slave_requests (slave), <, 100);   /* held back, not hammered */
  bad_slave_cue (slave, BAD_SLAVE_GOOD);
  expect_samples (fixture);
}

/* Linux leaves a connection to a full backlog without an answer. */
static void
test_stops_while_connecting (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), filler[2];
  socklen_t size = sizeof address;
  LineFixture *fixture;
  GdpLink link;
  gint64 begin;

  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (listener, 0), ==, 0);
  getsockname (listener, (struct sockaddr *) &address, &size);
  for (guint i = 0; i < 2; i++) {
    filler[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connect (filler[i], (struct sockaddr *) &address, size) != 0)
      g_usleep (1000);
  }
  link = line_fixture_tcp (ntohs (address.sin_port));
  fixture = line_fixture_new (&link, 1, 0.2, FALSE);
  line_fixture_expect_detail (fixture, COMMS_REPORT_LINK_FAILED, G_MAXUINT, "timed out");
  g_usleep (500 * 1000);   /* into the second attempt */
  begin = g_get_monotonic_time ();
  line_fixture_free (fixture);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 400 * 1000);
  close (filler[0]);
  close (filler[1]);
  close (listener);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line-link/rtu-of-pymodbus-unplugged-and-back", test_rtu_of_pymodbus_unplugged_and_back);
  g_test_add_func ("/line-link/tcp-of-pymodbus-restarted", test_tcp_of_pymodbus_restarted);
  g_test_add_func ("/line-link/device-is-claimed-by-one-line", test_device_is_claimed_by_one_line);
  g_test_add_func ("/line-link/what-is-wrong-with-a-device-is-said",
                   test_what_is_wrong_with_a_device_is_said);
  g_test_add_func ("/line-link/lines-work-beyond-1024-descriptors", test_lines_work_beyond_1024_descriptors);
  g_test_add_func ("/line-link/peer-that-hangs-up-is-not-hammered", test_peer_that_hangs_up_is_not_hammered);
  g_test_add_func ("/line-link/peer-that-hangs-up-on-one-unit-serves-the-others",
                   test_peer_that_hangs_up_on_one_unit_serves_the_others);
  g_test_add_data_func ("/line-link/tcp-silent-harms-only-its-slave", GINT_TO_POINTER (BAD_SLAVE_SILENT),
                        test_tcp_misbehaviour_harms_only_its_slave);
  g_test_add_data_func ("/line-link/tcp-wrong-transaction-harms-only-its-slave",
                        GINT_TO_POINTER (BAD_SLAVE_WRONG_ID), test_tcp_misbehaviour_harms_only_its_slave);
  g_test_add_data_func ("/line-link/tcp-truncated-harms-only-its-slave",
                        GINT_TO_POINTER (BAD_SLAVE_TRUNCATED), test_tcp_misbehaviour_harms_only_its_slave);
  g_test_add_data_func ("/line-link/tcp-gateway-harms-only-its-slave", GINT_TO_POINTER (BAD_SLAVE_GATEWAY),
                        test_tcp_misbehaviour_harms_only_its_slave);
  g_test_add_func ("/line-link/stops-while-connecting", test_stops_while_connecting);
  return g_test_run ();
}
