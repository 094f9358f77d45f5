/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A modem's sessions in the log, with a server that ends in good order and one that is killed. */
#include "stage.h"
#include "tcp-slave.h"
#include "watch.h"

#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../patience.h"

typedef struct {
  Stage       *stage;
  char        *log, *listen;
  guint16      port;
  GSubprocess *server;
  Watch       *watch;
} Plant;

static GdpNetwork *
one_modem (void)
{
  static const GdpRegister registers[] = { { .channel = "ai1", .table = GDP_TABLE_INPUT_REGISTERS, .type = GDP_REGISTER_U16, .scale = 1 } };
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  g_autoptr (GdpProfile) profile = gdp_profile_new ("test", "Test", registers, 1, NULL);
  GdpLink link = { .id = "modem-1", .kind = GDP_LINK_MODEM, .registration = "GDP-0000" };
  GdpSite site = { .id = "GDP-000", .name = "one" };
  guint at = gdp_network_builder_add_link (builder, &link, NULL);
  GdpUnit unit = { .id = "GDP-000/upmp", .link = at, .address = 1, .profile = profile, .period = 600,
                   .site = gdp_network_builder_add_site (builder, &site, NULL) };

  gdp_network_builder_add_unit (builder, &unit, NULL);
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}

static void
start_server (Plant *plant)
{
  plant->server = watch_start_server (plant->stage->uri, plant->log, "--name", "s", "--sessions-listen", plant->listen, NULL);
}

static void
end_server (Plant *plant, int how)
{
  g_subprocess_send_signal (plant->server, how);
  g_subprocess_wait (plant->server, NULL, NULL);
  g_clear_object (&plant->server);
}

/* Until the server listens. */
static int
call_in (Plant *plant)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = g_htons (plant->port),
                            .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  gint64 deadline = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  while (connect (fd, (struct sockaddr *) &to, sizeof to) < 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    close (fd);
    fd = socket (AF_INET, SOCK_STREAM, 0);
    g_usleep (10000);
  }
  g_assert_cmpint (send (fd, "GDP-0000", 8, MSG_NOSIGNAL), ==, 8);
  return fd;
}

/* In good order: what was sent to us is read. */
static void
hang_up (int fd)
{
  char rest[64];

  shutdown (fd, SHUT_WR);
  while (recv (fd, rest, sizeof rest, 0) > 0)
    ;
  close (fd);
}

static GPtrArray *
sessions_of (Watch *watch)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *sessions = data_store_sessions (watch->store, &(DataSessionFilter) { 0 }, &error);

  g_assert_no_error (error);
  return sessions;
}

typedef struct { guint n; const char *why; } Expected;

/* So many, and the newest ended so (NULL: it is open). */
static gboolean
is_so (Watch *watch, gconstpointer data)
{
  const Expected *expected = data;
  g_autoptr (GPtrArray) sessions = sessions_of (watch);
  const GdpSession *newest = sessions->len > 0 ? sessions->pdata[0] : NULL;

  return sessions->len == expected->n && g_strcmp0 (newest->why, expected->why) == 0
         && (newest->closed == 0) == (expected->why == NULL);
}

static void
expect (Plant *plant, guint n, const char *why)
{
  g_autofree char *what = g_strdup_printf ("%u sessions in the store, the newest: %s", n, why != NULL ? why : "open");

  watch_expect (plant->watch, is_so, &(Expected) { n, why }, what);
}

static void
test_once_each (void)
{
  TcpSlave *probe = tcp_slave_start (1);
  Plant plant = { .stage = stage_new (), .port = tcp_slave_port (probe, 0) };
  g_autoptr (GdpNetwork) network = one_modem ();

  tcp_slave_stop (probe);
  plant.log = g_build_filename (plant.stage->folder, "log", NULL);
  plant.listen = g_strdup_printf ("127.0.0.1:%u", plant.port);
  watch_import (plant.stage->uri, network);
  start_server (&plant);
  plant.watch = watch_new (plant.stage->uri, DATA_ACCESS_POST);

  int fd = call_in (&plant);
  expect (&plant, 1, NULL);
  hang_up (fd);
  expect (&plant, 1, "the modem hung up");
  int older = call_in (&plant);
  expect (&plant, 2, NULL);
  fd = call_in (&plant);
  expect (&plant, 3, NULL);
  close (older);
  end_server (&plant, SIGTERM);
  expect (&plant, 3, "the server stops");
  close (fd);

  start_server (&plant);
  fd = call_in (&plant);
  expect (&plant, 4, NULL);
  end_server (&plant, SIGKILL);
  close (fd);
  expect (&plant, 4, NULL);
  start_server (&plant);
  expect (&plant, 4, "the server was gone");
  fd = call_in (&plant);
  expect (&plant, 5, NULL);
  hang_up (fd);
  expect (&plant, 5, "the modem hung up");

  g_autoptr (GPtrArray) sessions = sessions_of (plant.watch);
  const GdpSession *replaced = sessions->pdata[3];
  g_assert_cmpstr (replaced->why, ==, "the modem called again");
  for (guint i = 0; i < sessions->len; i++) {
    const GdpSession *session = sessions->pdata[i];
    g_assert_cmpint (session->closed, >=, session->opened);
    g_assert_true (g_str_has_prefix (session->peer, "tcp 127.0.0.1:"));
    if (strcmp (session->why, "the server was gone") != 0)   /* what it counted went with it */
      g_assert_cmpuint (session->bytes_in, ==, 8);
  }
  end_server (&plant, SIGTERM);
  watch_free (plant.watch);
  g_free (plant.log);
  g_free (plant.listen);
  stage_free (plant.stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server-sessions/logged-once-each-across-stop-and-kill", test_once_each);
  return g_test_run ();
}
