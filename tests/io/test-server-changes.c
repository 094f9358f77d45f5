/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-server while things change: another server, an import, a new configuration file, an address in use. */
#include "server-fixture.h"

#include <signal.h>
#include <unistd.h>

static void
test_two_servers (Fixture *f, gconstpointer data)
{
  g_autofree char *log = g_build_filename (f->stage->folder, "west.log", NULL);

  import_sites (f, 1);
  start (f);
  gint64 point = point_key (f, "GDP-000/ai1");
  watch_expect_value (f->watch, point, 1, GDP_REASON_NONE);
  g_autoptr (GSubprocess) west = watch_start_server (f->stage->uri, log, "--name", "west", NULL);
  watch_expect_trouble (f->watch, "west", "link tcp-0: held by server \"" NAME "\"");
  watch_expect_event (f->watch, GDP_EVENT_NOTE, "west", "tcp-0");
  /* The second does not judge what it does not read: no alarm comes of it. */
  guint64 before = tcp_slave_requests (f->slave);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (2));
  watch_expect_value (f->watch, point, 2, GDP_REASON_NONE);
  g_assert_cmpuint (g_hash_table_size (f->watch->alarms), ==, 0);
  g_assert_cmpuint (tcp_slave_requests (f->slave), >, before);

  /* The first dies; the second takes the line over, with what was known of it. */
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (8.5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_UNACKED);
  g_assert_cmpint (end (&f->server, SIGKILL), ==, -SIGKILL);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (3));
  watch_expect_value (f->watch, point, 3, GDP_REASON_NONE);
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_RTN_UNACKED);
  watch_expect_trouble (f->watch, "west", NULL);
  g_assert_cmpint (watch_command (f->watch, "ack", "GDP-000/ai1.high", 1, NULL), ==, DATA_COMMAND_DONE);
  g_assert_cmpint (end (&west, SIGTERM), ==, 0);
}

/* A trouble for each would fill the log, the journal and the list of servers. */
static void
test_two_servers_with_many_links (Fixture *f, gconstpointer data)
{
  g_autofree char *log = g_build_filename (f->stage->folder, "west.log", NULL);

  import_sites (f, 2);
  start (f);
  watch_expect_value (f->watch, point_key (f, "GDP-001/ai1"), 1, GDP_REASON_NONE);
  g_autoptr (GSubprocess) west = watch_start_server (f->stage->uri, log, "--name", "west", NULL);
  watch_expect_trouble (f->watch, "west", "links: 2 are not served here, such as tcp-0: held by server \"" NAME "\"");
  watch_expect_event (f->watch, GDP_EVENT_NOTE, "west", "links");
  g_assert_cmpint (end (&f->server, SIGKILL), ==, -SIGKILL);
  watch_expect_trouble (f->watch, "west", NULL);
  g_assert_cmpint (end (&west, SIGTERM), ==, 0);
}

static void
test_import (Fixture *f, gconstpointer data)
{
  import_sites (f, 1);
  start (f);
  gint64 first = point_key (f, "GDP-000/ai1");
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (8.5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_UNACKED);
  import_sites (f, 2);
  watch_expect_event (f->watch, GDP_EVENT_CONFIGURATION_CHANGED, NAME, "revision");
  watch_expect_value (f->watch, point_key (f, "GDP-001/ai1"), 1, GDP_REASON_NONE);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (4));
  watch_expect_value (f->watch, first, 4, GDP_REASON_NONE);
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_RTN_UNACKED);   /* the same alarm, not a new one */
  g_assert_cmpuint (watch_n_events (f->watch, GDP_EVENT_ALARM_OCCURRED, "GDP-000/ai1.high"), ==, 1);
}

/* One site of two is imported anew with another period, a third one is new: nobody else's link notices. */
static void
test_import_leaves_others_alone (Fixture *f, gconstpointer data)
{
  guint16 ports[] = { tcp_slave_port (f->slave, 0), tcp_slave_port (f->slave, 1), tcp_slave_port (f->slave, 1) };
  g_autoptr (GError) error = NULL;

  import_sites (f, 2);
  start (f);
  gint64 first = point_key (f, "GDP-000/ai1"), second = point_key (f, "GDP-001/ai1");
  watch_expect_value (f->watch, first, 1, GDP_REASON_NONE);
  watch_expect_value (f->watch, second, 1, GDP_REASON_NONE);
  g_autoptr (GdpNetwork) changed = watch_network (3, ports, 0.2);
  changed->units[1].period = 0.3;
  gboolean done = data_store_import (f->watch->store, changed, "engineer", g_get_real_time (), &error);
  g_assert_no_error (error);
  g_assert_true (done);
  watch_expect_event (f->watch, GDP_EVENT_CONFIGURATION_CHANGED, NAME, "revision");
  watch_expect_value (f->watch, point_key (f, "GDP-002/ai1"), 1, GDP_REASON_NONE);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (4));
  tcp_slave_set_register (f->slave, 1, 0, watch_raw (5));
  watch_expect_value (f->watch, first, 4, GDP_REASON_NONE);
  watch_expect_value (f->watch, second, 5, GDP_REASON_NONE);
  g_assert_cmpuint (tcp_slave_calls (f->slave, 0), ==, 1);
  g_assert_cmpuint (tcp_slave_calls (f->slave, 1), ==, 3);   /* the changed one's two, and the new one's */
  g_assert_cmpuint (g_hash_table_size (f->watch->alarms), ==, 0);
}

/* SIGHUP: the line moves to the other slave; a wrong file changes nothing. */
static void
test_reload (Fixture *f, gconstpointer data)
{
  g_autofree char *config = g_build_filename (f->stage->folder, "server.conf", NULL);
  g_autofree char *moved = g_strdup_printf ("[sessions]\nlisten=off\n[line tcp-0]\ntcp=127.0.0.1:%u\n"
                                            "[line tcp-9]\ntcp=h:1\n",
                                            tcp_slave_port (f->slave, 1));
  import_sites (f, 1);
  g_file_set_contents (config, "[sessions]\nlisten=off\n", -1, NULL);
  f->server = watch_start_server (f->stage->uri, f->log, "--name", NAME, "--config", config, NULL);
  f->watch = watch_new (f->stage->uri, DATA_ACCESS_POST);
  gint64 point = point_key (f, "GDP-000/ai1");
  tcp_slave_set_register (f->slave, 1, 0, watch_raw (6));
  watch_expect_value (f->watch, point, 1, GDP_REASON_NONE);

  g_file_set_contents (config, "[sessions]\nlisten=of\n", -1, NULL);
  g_subprocess_send_signal (f->server, SIGHUP);
  watch_expect_trouble (f->watch, NAME, "listen=of: must be");
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (2));
  watch_expect_value (f->watch, point, 2, GDP_REASON_NONE);

  g_file_set_contents (config, moved, -1, NULL);
  g_subprocess_send_signal (f->server, SIGHUP);
  watch_expect_value (f->watch, point, 6, GDP_REASON_NONE);
  watch_expect_trouble (f->watch, NAME, "[line tcp-9]: no passport names");
}

static void
test_address_in_use (Fixture *f, gconstpointer data)
{
  guint16 port;
  int taken = tcp_slave_listen (&port);
  g_autofree char *listen_at = g_strdup_printf ("127.0.0.1:%u", port);

  import_sites (f, 1);
  f->server = watch_start_server (f->stage->uri, f->log, "--name", NAME, "--sessions-listen", listen_at, NULL);
  f->watch = watch_new (f->stage->uri, DATA_ACCESS_POST);
  watch_expect_trouble (f->watch, NAME, "sessions: ");
  watch_expect_value (f->watch, point_key (f, "GDP-000/ai1"), 1, GDP_REASON_NONE);   /* the rest works */
  close (taken);
  watch_expect_trouble (f->watch, NAME, NULL);
  watch_expect_event (f->watch, GDP_EVENT_NOTE, NAME, "sessions: works again");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("two-servers-one-line-and-the-second-takes-over", test_two_servers);
  ADD ("many-links-of-another-server-are-one-trouble", test_two_servers_with_many_links);
  ADD ("an-import-is-taken-while-running", test_import);
  ADD ("an-import-leaves-unchanged-links-alone", test_import_leaves_others_alone);
  ADD ("sighup-moves-a-line-and-a-wrong-file-changes-nothing", test_reload);
  ADD ("an-address-in-use-is-retried-and-the-rest-works", test_address_in_use);
  return g_test_run ();
}
