/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-server as a process: on slaves, on a store, seen by a second process through the feed. */
#include "stage.h"
#include "tcp-slave.h"
#include "watch.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME "east"

typedef struct {
  Stage       *stage;
  TcpSlave    *slave;
  GSubprocess *server;
  Watch       *watch;
  char        *log;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->stage = stage_new ();
  f->log = g_build_filename (f->stage->folder, "server.log", NULL);
  f->slave = tcp_slave_start (2);
  for (guint port = 0; port < 2; port++)
    for (guint i = 0; i < 8; i++)
      tcp_slave_set_register (f->slave, port, i, watch_raw (1));
}

static void
import_sites (Fixture *f, guint n)
{
  guint16 ports[] = { tcp_slave_port (f->slave, 0), tcp_slave_port (f->slave, 1) };
  g_autoptr (GdpNetwork) network = watch_network (n, ports, 0.2);
  watch_import (f->stage->uri, network);
}

static void
start (Fixture *f)
{
  f->server = watch_start_server (f->stage->uri, f->log, "--name", NAME, NULL);
  if (f->watch == NULL)
    f->watch = watch_new (f->stage->uri, DATA_ACCESS_POST);
}

static gint64
point_key (Fixture *f, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = data_store_network (f->watch->store, &error);
  g_assert_no_error (error);
  guint index = gdp_network_find_point (network, id);
  g_assert_cmpuint (index, !=, G_MAXUINT);
  return network->points[index].key;
}

/* Ends @server and says how it ended: exit code, or minus the signal. */
static int
end (GSubprocess **server, int signal_number)
{
  if (signal_number != 0)
    g_subprocess_send_signal (*server, signal_number);
  g_subprocess_wait (*server, NULL, NULL);
  int status = g_subprocess_get_if_signaled (*server) ? -g_subprocess_get_term_sig (*server)
                                                      : g_subprocess_get_exit_status (*server);
  g_clear_object (server);
  return status;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->server != NULL)
    g_assert_cmpint (end (&f->server, SIGTERM), ==, 0);
  g_autofree char *log = NULL;
  g_file_get_contents (f->log, &log, NULL, NULL);
  g_test_message ("%s", log != NULL ? log : "no log");
  g_clear_pointer (&f->watch, watch_free);
  tcp_slave_stop (f->slave);
  stage_free (f->stage);
  g_free (f->log);
}

/* ---- the path ------------------------------------------------------------------------------------ */

/* A port that is free now. */
static guint16
free_port (void)
{
  TcpSlave *probe = tcp_slave_start (1);
  guint16 port = tcp_slave_port (probe, 0);
  tcp_slave_stop (probe);
  return port;
}

static void
expect_line (GSubprocess *slave, const char *expected)
{
  GDataInputStream *lines = g_object_get_data (G_OBJECT (slave), "lines");
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, expected);
}

static GSubprocess *
start_pymodbus (guint16 port)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *number = g_strdup_printf ("%u", port);
  GSubprocess *slave = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                         "/usr/bin/python3", GDP_TESTS "/io/pymodbus-slave.py", "tcp", number, NULL);
  g_assert_no_error (error);
  g_object_set_data_full (G_OBJECT (slave), "lines", g_data_input_stream_new (g_subprocess_get_stdout_pipe (slave)),
                          g_object_unref);
  expect_line (slave, "ready");
  return slave;
}

static void
set_pymodbus (GSubprocess *slave, guint address, double value)
{
  g_autofree char *line = g_strdup_printf ("register %u %u\n", address, watch_raw (value));
  GOutputStream *input = g_subprocess_get_stdin_pipe (slave);
  g_assert_true (g_output_stream_write_all (input, line, strlen (line), NULL, NULL, NULL));
  expect_line (slave, "done");
}

/* A slave that nobody here wrote: value, alarm, acknowledgement, return. */
static void
test_path (Fixture *f, gconstpointer data)
{
  guint16 port = free_port ();
  g_autoptr (GSubprocess) slave = start_pymodbus (port);
  g_autofree char *result = NULL;
  g_autoptr (GdpNetwork) network = watch_network (1, &port, 0.2);
  watch_import (f->stage->uri, network);
  for (guint i = 0; i < 8; i++)
    set_pymodbus (slave, i, 2.5);
  start (f);
  gint64 outlet = point_key (f, "GDP-000/ai2");

  watch_expect_value (f->watch, outlet, 2.5, GDP_REASON_NONE);
  set_pymodbus (slave, 1, 7.25);
  watch_expect_value (f->watch, outlet, 7.25, GDP_REASON_NONE);
  set_pymodbus (slave, 1, 8.5);
  watch_expect_alarm (f->watch, "GDP-000/ai2.high", GDP_ALARM_UNACKED);
  watch_expect_value (f->watch, outlet, 8.5, GDP_REASON_NONE);   /* in the same commit or before */

  const GdpAlarm *alarm = watch_alarm (f->watch, "GDP-000/ai2.high");
  g_assert_cmpuint (alarm->priority, ==, 2);
  g_assert_cmpuint (alarm->occurrence, ==, 1);
  g_assert_cmpint (watch_command (f->watch, "ack", "GDP-000/ai2.high", 1, &result), ==, DATA_COMMAND_DONE);
  g_assert_null (result);
  /* The effect came with the result, in one commit. */
  alarm = watch_alarm (f->watch, "GDP-000/ai2.high");
  g_assert_cmpint (gdp_alarm_state (alarm), ==, GDP_ALARM_ACKED);
  g_assert_cmpstr (alarm->acked_by, ==, "petrov");
  g_assert_cmpstr (alarm->comment, ==, "seen");
  watch_expect_event (f->watch, GDP_EVENT_ALARM_ACKNOWLEDGED, "GDP-000/ai2.high", NULL);

  set_pymodbus (slave, 1, 5);
  watch_expect_alarm (f->watch, "GDP-000/ai2.high", GDP_ALARM_NORMAL);
  g_subprocess_force_exit (slave);
  watch_expect_alarm (f->watch, "tcp-0.lost", GDP_ALARM_UNACKED);   /* one, not sixteen */
  watch_expect_value (f->watch, outlet, NAN, GDP_REASON_NO_COMMUNICATION);
  g_assert_cmpuint (g_hash_table_size (f->watch->alarms), ==, 2);
}

static void
test_commands (Fixture *f, gconstpointer data)
{
  g_autofree char *none = NULL, *stranger = NULL, *late = NULL;

  import_sites (f, 1);
  start (f);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (8.5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_UNACKED);

  g_assert_cmpint (watch_command (f->watch, "ack", "GDP-777/ai1.high", 1, &none), ==, DATA_COMMAND_FAILED);
  g_assert_nonnull (strstr (none, "GDP-777/ai1.high"));
  g_assert_cmpint (watch_command (f->watch, "dance", "GDP-000/ai1.high", 1, &stranger), ==, DATA_COMMAND_FAILED);
  g_assert_nonnull (strstr (stranger, "dance"));
  watch_expect_event (f->watch, GDP_EVENT_COMMAND_REFUSED, "GDP-000/ai1.high", "dance");

  /* It recurs: an acknowledgement of the first occurrence is too late for the second. */
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_RTN_UNACKED);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (8.5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_UNACKED);
  g_assert_cmpint (watch_command (f->watch, "ack", "GDP-000/ai1.high", 1, &late), ==, DATA_COMMAND_FAILED);
  g_assert_nonnull (late);
  g_assert_cmpint (gdp_alarm_state (watch_alarm (f->watch, "GDP-000/ai1.high")), ==, GDP_ALARM_UNACKED);
  g_assert_cmpint (watch_command (f->watch, "ack", "GDP-000/ai1.high", 2, NULL), ==, DATA_COMMAND_DONE);
}

/* A command that waited longer than it lives is not executed by a server that comes later. */
static void
test_late_command (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  DataCommand command = { .kind = (char *) "ack", .object = (char *) "GDP-000/ai1.high", .argument = 1,
                          .who = (char *) "petrov", .where = (char *) "test" };
  import_sites (f, 1);
  start (f);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (8.5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_UNACKED);
  g_assert_cmpint (end (&f->server, SIGTERM), ==, 0);
  g_assert_true (data_store_post (f->watch->store, &command, g_get_real_time () - 2 * DATA_COMMAND_LIFE, &error));
  start (f);
  watch_expect_event (f->watch, GDP_EVENT_COMMAND_REFUSED, "GDP-000/ai1.high", NULL);
  const DataCommand *now = g_hash_table_lookup (f->watch->commands, &command.id);
  g_assert_cmpint (now->state, ==, DATA_COMMAND_EXPIRED);
  g_assert_cmpint (gdp_alarm_state (watch_alarm (f->watch, "GDP-000/ai1.high")), ==, GDP_ALARM_UNACKED);
}

/* ---- starting and ending --------------------------------------------------------------------------- */

static gboolean
is_alive (Watch *watch, gconstpointer since)
{
  const DataServer *server = watch_server (watch, NAME);
  return server != NULL && server->heartbeat > *(const gint64 *) since;
}

static gboolean
has_started_twice (Watch *watch, gconstpointer data)
{
  return watch_n_events (watch, GDP_EVENT_SERVER_STARTED, NAME) == 2;
}

static void
test_term (Fixture *f, gconstpointer data)
{
  import_sites (f, 1);
  start (f);
  watch_expect_value (f->watch, point_key (f, "GDP-000/ai1"), 1, GDP_REASON_NONE);
  g_assert_cmpint (end (&f->server, SIGTERM), ==, 0);
  watch_look (f->watch);
  const DataServer *server = watch_server (f->watch, NAME);
  g_assert_cmpint (server->pid, ==, 0);
  g_assert_cmpint (server->samples, >=, 16);
  g_assert_cmpuint (watch_n_events (f->watch, GDP_EVENT_SERVER_STOPPED, NAME), ==, 1);
  start (f);
  g_assert_true (watch_until (f->watch, has_started_twice, NULL, 15));
  g_assert_cmpuint (watch_n_events (f->watch, GDP_EVENT_SERVER_LOST, NULL), ==, 0);
}

static void
test_kill (Fixture *f, gconstpointer data)
{
  import_sites (f, 1);
  start (f);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (9.5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_UNACKED);
  g_assert_cmpint (watch_command (f->watch, "ack", "GDP-000/ai1.high",
                                  watch_alarm (f->watch, "GDP-000/ai1.high")->occurrence, NULL), ==, DATA_COMMAND_DONE);
  g_assert_cmpint (end (&f->server, SIGKILL), ==, -SIGKILL);

  gint64 killed = g_get_real_time ();
  start (f);
  watch_expect_event (f->watch, GDP_EVENT_SERVER_LOST, NAME, NULL);
  g_assert_true (watch_until (f->watch, is_alive, &killed, 15));
  /* It remembers: still active, still acknowledged, and it clears as one alarm. */
  g_assert_cmpint (gdp_alarm_state (watch_alarm (f->watch, "GDP-000/ai1.high")), ==, GDP_ALARM_ACKED);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (1));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_NORMAL);
  g_assert_cmpuint (watch_alarm (f->watch, "GDP-000/ai1.high")->occurrence, ==, 1);
  g_assert_cmpuint (watch_n_events (f->watch, GDP_EVENT_ALARM_OCCURRED, "GDP-000/ai1.high"), ==, 1);
  g_assert_cmpuint (watch_n_events (f->watch, GDP_EVENT_ALARM_CLEARED, "GDP-000/ai1.high"), ==, 1);
}

static void
test_no_sites (Fixture *f, gconstpointer data)
{
  gint64 before = g_get_real_time ();
  g_autofree char *log = NULL;

  data_store_close (stage_open (f->stage, DATA_ACCESS_POST));
  start (f);
  g_assert_true (watch_until (f->watch, is_alive, &before, 15));
  import_sites (f, 1);
  watch_expect_value (f->watch, point_key (f, "GDP-000/ai1"), 1, GDP_REASON_NONE);
  g_file_get_contents (f->log, &log, NULL, NULL);
  g_assert_nonnull (strstr (log, "gdpctl import"));
}

static void
expect_notice (int fd, const char *expected)
{
  char text[256];
  do {
    gssize n = recv (fd, text, sizeof text - 1, 0);
    g_assert_cmpint (n, >, 0);   /* the socket's patience is over */
    text[n] = '\0';
  } while (!g_str_equal (text, expected));
}

static void
test_notify (Fixture *f, gconstpointer data)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/notify", f->stage->folder);
  g_assert_no_errno (bind (fd, (struct sockaddr *) &address, sizeof address));
  struct timeval patience = { .tv_sec = 15 };
  g_assert_no_errno (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
  import_sites (f, 1);
  g_setenv ("NOTIFY_SOCKET", address.sun_path, TRUE);
  start (f);
  g_unsetenv ("NOTIFY_SOCKET");
  expect_notice (fd, "READY=1");
  expect_notice (fd, "WATCHDOG=1");
  expect_notice (fd, "WATCHDOG=1");
  g_subprocess_send_signal (f->server, SIGHUP);
  expect_notice (fd, "RELOADING=1");
  expect_notice (fd, "READY=1");
  g_assert_cmpint (end (&f->server, SIGTERM), ==, 0);
  expect_notice (fd, "STOPPING=1");
  close (fd);
}

/* Counters of the link and the unit, for whoever looks at the line's health. */
static gboolean
has_traffic (Watch *watch, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) all = data_store_traffic (watch->store, &error);
  guint good = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < all->len; i++) {
    const DataTraffic *t = &g_array_index (all, DataTraffic, i);
    good += g_strcmp0 (t->owner, NAME) == 0 && t->good > 0 && t->requests >= t->good && t->bytes_in > 0 ? 1 : 0;
  }
  return good == 2;
}

static void
test_traffic (Fixture *f, gconstpointer data)
{
  import_sites (f, 1);
  start (f);
  g_assert_true (watch_until (f->watch, has_traffic, NULL, 15));
}

/* The parent is a shell that is killed: the server goes too, in good order. */
static void
test_follow_parent (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_strdup_printf ("%s --store %s --name %s --sessions-listen off --follow-parent "
                                           "2>/dev/null; :",
                                           GDP_SERVER, f->stage->uri, NAME);
  import_sites (f, 1);
  f->watch = watch_new (f->stage->uri, DATA_ACCESS_POST);
  g_autoptr (GSubprocess) shell = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "/bin/sh", "-c", line, NULL);
  g_assert_no_error (error);
  watch_expect_value (f->watch, point_key (f, "GDP-000/ai1"), 1, GDP_REASON_NONE);
  g_subprocess_force_exit (shell);
  watch_expect_event (f->watch, GDP_EVENT_SERVER_STOPPED, NAME, NULL);
}

/* ---- what it refuses --------------------------------------------------------------------------------- */

static int
run (const char *const *arguments, char **message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) server = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDERR_PIPE
                                                      | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (server, NULL, NULL, NULL, message, &error));
  g_strchomp (*message);
  g_test_message ("%s", *message);
  return g_subprocess_get_exit_status (server);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autofree char *config = g_build_filename (f->stage->folder, "server.conf", NULL);
  g_autofree char *text = g_build_filename (f->stage->folder, "text", NULL);
  g_autofree char *text_uri = g_strconcat ("sqlite:", text, NULL);
  g_file_set_contents (config, "[server]\nnmae=x\n", -1, NULL);
  g_file_set_contents (text, "This is a letter, and not a store at all. It goes on for a while.", -1, NULL);
  const struct { const char *const arguments[6]; int code; const char *words[3]; } cases[] = {
    { { GDP_SERVER, "--config", config }, 1, { config, "[server]", "nmae" } },
    { { GDP_SERVER, "--config", "/nonexistent.conf" }, 1, { "/nonexistent.conf" } },
    { { GDP_SERVER, "--store", "nonsense" }, 1, { "nonsense" } },
    { { GDP_SERVER, "--store", text_uri }, 1, { "text" } },
    { { GDP_SERVER, "--store", "sqlite:/nonexistent/folder/x.db" }, 1, { "/nonexistent/folder" } },
    { { GDP_SERVER, "--sessions-listen", "7010" }, 2, { "--sessions-listen", "HOST:PORT" } },
    { { GDP_SERVER, "--nonsense" }, 2, { "--nonsense" } },
    { { GDP_SERVER, "surplus" }, 2, { "surplus" } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *message = NULL;
    g_assert_cmpint (run (cases[i].arguments, &message), ==, cases[i].code);
    g_assert_true (g_str_has_prefix (message, "gdp-server: "));
    g_assert_null (strchr (message, '\n'));
    for (guint w = 0; w < 3 && cases[i].words[w] != NULL; w++)
      g_assert_nonnull (strstr (message, cases[i].words[w]));
  }
}

static void
test_same_name (Fixture *f, gconstpointer data)
{
  g_autofree char *message = NULL, *pid = NULL;
  const char *const arguments[] = { GDP_SERVER, "--store", f->stage->uri, "--name", NAME, NULL };

  import_sites (f, 1);
  start (f);
  watch_expect_event (f->watch, GDP_EVENT_SERVER_STARTED, NAME, NULL);
  pid = g_strdup (g_subprocess_get_identifier (f->server));
  g_assert_cmpint (run (arguments, &message), ==, 1);
  g_assert_nonnull (strstr (message, NAME));
  g_assert_nonnull (strstr (message, pid));
}

/* ---- two servers, new configurations, trouble ------------------------------------------------------------ */

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

/* A slave with nothing that is asked of it: one alarm, not one of each point. */
static void
test_refusing_unit (Fixture *f, gconstpointer data)
{
  import_sites (f, 1);
  start (f);
  gint64 point = point_key (f, "GDP-000/ai1");
  watch_expect_value (f->watch, point, 1, GDP_REASON_NONE);
  tcp_slave_refuse (f->slave, 0, TRUE);
  watch_expect_alarm (f->watch, "GDP-000/upmp.refuses", GDP_ALARM_UNACKED);
  watch_expect_value (f->watch, point, 1, GDP_REASON_DEVICE_EXCEPTION);
  g_assert_cmpuint (g_hash_table_size (f->watch->alarms), ==, 1);
  tcp_slave_refuse (f->slave, 0, FALSE);
  watch_expect_alarm (f->watch, "GDP-000/upmp.refuses", GDP_ALARM_RTN_UNACKED);
  watch_expect_value (f->watch, point, 1, GDP_REASON_NONE);
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

static gboolean
was_polled (Watch *watch, gconstpointer slave)
{
  return tcp_slave_answered ((TcpSlave *) slave, 0) != 0;
}

/* Another program holds the store's write lock longer than anyone waits for it. */
static void
test_locked (Fixture *f, gconstpointer data)
{
  sqlite3 *other;

  import_sites (f, 1);
  start (f);
  gint64 point = point_key (f, "GDP-000/ai1");
  watch_expect_value (f->watch, point, 1, GDP_REASON_NONE);
  g_assert_cmpint (sqlite3_open (f->stage->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  gint64 locked = g_get_real_time ();
  guint64 before = f->watch->n_readings;
  for (guint i = 1; i <= 8; i++) {
    tcp_slave_set_register (f->slave, 0, 0, watch_raw (i % 2 != 0 ? 9.5 : 1));
    g_assert_true (watch_until (f->watch, was_polled, f->slave, 15));
  }
  /* The lock outlasts the store's patience of 5 s; meanwhile nothing looks alive. */
  g_assert_false (watch_until (f->watch, is_alive, &locked, 6));
  g_assert_cmpuint (f->watch->n_readings, ==, before);
  sqlite3_close (other);

  watch_expect_event (f->watch, GDP_EVENT_NOTE, NAME, "store: works again");
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (5));
  watch_expect_value (f->watch, point, 5, GDP_REASON_NONE);
  /* Every change that happened meanwhile is there: four times up, four times down, and the last. */
  g_assert_cmpuint (f->watch->n_readings - before, >=, 9);
  g_assert_cmpuint (watch_n_events (f->watch, GDP_EVENT_ALARM_OCCURRED, "GDP-000/ai1.high")
                    + watch_n_events (f->watch, GDP_EVENT_ALARM_RECURRED, "GDP-000/ai1.high"), ==, 4);
  g_assert_true (watch_until (f->watch, is_alive, &locked, 15));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/server/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("register-to-value-to-alarm-to-acknowledgement-on-pymodbus", test_path);
  ADD ("a-command-is-executed-once-or-fails-with-a-reason", test_commands);
  ADD ("a-late-command-is-never-executed", test_late_command);
  ADD ("sigterm-ends-in-good-order", test_term);
  ADD ("kill-9-is-journaled-and-alarms-are-remembered", test_kill);
  ADD ("no-sites-says-what-to-do-and-takes-the-first-import", test_no_sites);
  ADD ("follows-its-parent-into-the-grave", test_follow_parent);
  ADD ("systemd-is-told-of-start-life-reload-and-end", test_notify);
  ADD ("links-and-units-have-counters", test_traffic);
  ADD ("what-is-wrong-is-refused-in-one-line", test_refusals);
  ADD ("a-second-of-the-same-name-is-refused", test_same_name);
  ADD ("two-servers-one-line-and-the-second-takes-over", test_two_servers);
  ADD ("an-import-is-taken-while-running", test_import);
  ADD ("an-import-leaves-unchanged-links-alone", test_import_leaves_others_alone);
  ADD ("a-unit-that-refuses-everything-is-one-alarm", test_refusing_unit);
  ADD ("sighup-moves-a-line-and-a-wrong-file-changes-nothing", test_reload);
  ADD ("an-address-in-use-is-retried-and-the-rest-works", test_address_in_use);
  ADD ("a-locked-store-loses-nothing", test_locked);
  return g_test_run ();
}
