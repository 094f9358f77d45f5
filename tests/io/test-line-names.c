/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modbus TCP links whose host is a name, and name servers that do not answer: this program is their resolver. */
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>

#include "../patience.h"
#include "bad-slave.h"
#include "comms/dial.h"
#include "line-fixture.h"
#include "process.h"

static int hanging, away;   /* atomic: whether looking up hang.test has no end; whether no name can be looked up */
static int n_hanging;       /* atomic: how often it was begun */

/* libuv and the line call this in the place of the system's. Two addresses are not worth the trouble here. */
int
getaddrinfo (const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
  struct sockaddr_in *address;

  *found = NULL;
  if (hints->ai_flags & AI_NUMERICHOST)
    return EAI_NONAME;
  if (g_str_equal (name, "hang.test"))
    g_atomic_int_inc (&n_hanging);
  while (g_str_equal (name, "hang.test") && g_atomic_int_get (&hanging))
    g_usleep (10 * 1000);
  if (g_str_equal (name, "hang.test") || g_atomic_int_get (&away))
    return EAI_AGAIN;
  address = g_new0 (struct sockaddr_in, 1);
  *address = (struct sockaddr_in) { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                    .sin_port = htons ((guint16) atoi (service)) };
  *found = g_new0 (struct addrinfo, 1);
  **found = (struct addrinfo) { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_addrlen = sizeof *address,
                                .ai_addr = (struct sockaddr *) address };
  return 0;
}

void
freeaddrinfo (struct addrinfo *found)
{
  if (found == NULL)
    return;
  g_free (found->ai_addr);
  g_free (found);
}

static gint64
server_time (gpointer user_data)
{
  return g_get_real_time ();
}

static void
test_a_name_that_hangs_keeps_no_stop (void)
{
  static CommsTcpLines *left;   /* in use until its look-up ends */
  GdpLink link = line_fixture_tcp (1);
  g_autoptr (GdpNetwork) network = line_fixture_links (&link, 1, 0.2);
  g_autoptr (GAsyncQueue) reports = g_async_queue_new_full ((GDestroyNotify) comms_report_free);
  LineFixture fixture = { .network = network, .reports = reports };
  CommsSink sink = { line_fixture_take, server_time, &fixture };

  g_atomic_int_set (&n_hanging, 0);
  g_atomic_int_set (&hanging, TRUE);
  network->links[0].host = "hang.test";
  left = fixture.tcp = comms_tcp_lines_start (network, &sink);
  while (g_atomic_int_get (&n_hanging) == 0)
    g_usleep (1000);
  gint64 began = g_get_monotonic_time ();
  comms_tcp_lines_stop (fixture.tcp);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 20 * G_USEC_PER_SEC);
  g_assert_true (comms_loop_any_left ());
  g_atomic_int_set (&hanging, FALSE);
  g_assert_nonnull (left);
}

static void
test_names_that_hang_hold_up_nobody_else (void)
{
  enum { HANG = 40 };
  BadSlave *slave = bad_slave_new (1, 0);
  GdpLink link = line_fixture_tcp (bad_slave_port (slave));
  g_autoptr (GdpNetwork) network = line_fixture_links (&link, HANG + 1, 0.2);
  g_autoptr (GAsyncQueue) reports = g_async_queue_new_full ((GDestroyNotify) comms_report_free);
  LineFixture fixture = { .network = network, .reports = reports };
  CommsSink sink = { line_fixture_take, server_time, &fixture };

  g_atomic_int_set (&hanging, TRUE);
  for (guint i = 0; i < HANG; i++)
    network->links[i].host = "hang.test";
  network->links[HANG].host = "good.test";
  fixture.tcp = comms_tcp_lines_start (network, &sink);
  for (guint n_good = 0; n_good < 3;) {
    CommsReport *report = g_async_queue_timeout_pop (reports, PATIENCE * G_USEC_PER_SEC);

    g_assert_nonnull (report);
    g_assert_cmpuint (report->link, ==, HANG);
    n_good += report->kind == COMMS_REPORT_SAMPLES;
    comms_report_free (report);
  }
  g_atomic_int_set (&hanging, FALSE);
  comms_tcp_lines_stop (fixture.tcp);
  bad_slave_free (slave);
}

static void
test_slave_comes_back_while_the_name_server_is_away (void)
{
  guint16 port = bad_slave_free_port ();
  g_autofree char *place = g_strdup_printf ("%u", port);
  GdpLink link = line_fixture_tcp (port);
  LineFixture *fixture;
  Process slave;

  link.host = "good.test";
  fixture = line_fixture_new (&link, 1, 0.2, FALSE);
  line_fixture_expect_detail (fixture, COMMS_REPORT_LINK_FAILED, G_MAXUINT, "refused");
  g_atomic_int_set (&away, TRUE);
  slave = process_pymodbus ("tcp", place);
  comms_report_free (line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, 0));
  line_fixture_free (fixture);
  process_stop (slave, SIGKILL);
  g_atomic_int_set (&away, FALSE);
}

int
main (int argc, char **argv)
{
  comms_dial_prepare ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line-names/names-that-hang-hold-up-nobody-else", test_names_that_hang_hold_up_nobody_else);
  g_test_add_func ("/line-names/slave-comes-back-while-the-name-server-is-away",
                   test_slave_comes_back_while_the_name_server_is_away);
  g_test_add_func ("/line-names/a-name-that-hangs-keeps-no-stop", test_a_name_that_hangs_keeps_no_stop);
  return g_test_run ();
}
