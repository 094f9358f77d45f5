/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server-fixture.h"

#include <signal.h>

void
set_up (Fixture *f, gconstpointer data)
{
  f->stage = stage_new ();
  f->log = g_build_filename (f->stage->folder, "server.log", NULL);
  f->slave = tcp_slave_start (2);
  for (guint port = 0; port < 2; port++)
    for (guint i = 0; i < 8; i++)
      tcp_slave_set_register (f->slave, port, i, watch_raw (1));
}

void
import_sites (Fixture *f, guint n)
{
  guint16 ports[] = { tcp_slave_port (f->slave, 0), tcp_slave_port (f->slave, 1) };
  g_autoptr (GdpNetwork) network = watch_network (n, ports, 0.2);
  watch_import (f->stage->uri, network);
}

void
start (Fixture *f)
{
  f->server = watch_start_server (f->stage->uri, f->log, "--name", NAME, NULL);
  if (f->watch == NULL)
    f->watch = watch_new (f->stage->uri, DATA_ACCESS_POST);
}

gint64
point_key (Fixture *f, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = data_store_network (f->watch->store, &error);
  g_assert_no_error (error);
  guint index = gdp_network_find_point (network, id);
  g_assert_cmpuint (index, !=, G_MAXUINT);
  return network->points[index].key;
}

int
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

void
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

gboolean
is_alive (Watch *watch, gconstpointer since)
{
  const DataServer *server = watch_server (watch, NAME);
  return server != NULL && server->heartbeat > *(const gint64 *) since;
}
