/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-server starts, lives, ends and refuses to start. */
#include "server-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../patience.h"

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
  watch_expect (f->watch, has_started_twice, NULL, "a second start in the journal");
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
  watch_expect (f->watch, is_alive, &killed, "a heartbeat after the kill");
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
  watch_expect (f->watch, is_alive, &before, "a heartbeat");
  import_sites (f, 1);
  watch_expect_value (f->watch, point_key (f, "GDP-000/ai1"), 1, GDP_REASON_NONE);
  g_file_get_contents (f->log, &log, NULL, NULL);
  g_assert_nonnull (strstr (log, "gdpctl import"));
}

/* The parent is a shell that is killed: the server goes too, in good order. */
static void
test_follow_parent (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_strdup_printf ("%s --store '%s' --name %s --sessions-listen off --follow-parent "
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
  struct timeval patience = { .tv_sec = PATIENCE };
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sigterm-ends-in-good-order", test_term);
  ADD ("kill-9-is-journaled-and-alarms-are-remembered", test_kill);
  ADD ("no-sites-says-what-to-do-and-takes-the-first-import", test_no_sites);
  ADD ("follows-its-parent-into-the-grave", test_follow_parent);
  ADD ("systemd-is-told-of-start-life-reload-and-end", test_notify);
  ADD ("what-is-wrong-is-refused-in-one-line", test_refusals);
  ADD ("a-second-of-the-same-name-is-refused", test_same_name);
  return g_test_run ();
}
