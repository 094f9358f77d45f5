/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "town-server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../io/bbt-town.h"
#include "../io/watch.h"
#include "callee.h"
#include "stored.h"

static guint16
free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

static void
start (TownServer *town, guint part)
{
  g_autofree char *name = g_strdup_printf ("bench-%u", part + 1);
  g_autofree char *file = g_strdup_printf ("%s/%s.conf", town->stage->folder, name);
  g_autofree char *log = g_strdup_printf ("%s/%s.log", town->stage->folder, name);
  g_autofree char *text = g_strdup_printf ("[server]\nname=%s\n[sessions]\nlisten=127.0.0.1:%u\nkeys=%s\nshare=%u/%u\n"
                                           "bytes-per-minute=1000000000\n", name, town->port, town->keys, part + 1,
                                           town->parts);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);

  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  town->servers[part] = g_subprocess_launcher_spawn (launcher, NULL, GDP_SERVER, "--config", file, "--store",
                                                     town->stage->uri, "--follow-parent", NULL);
  g_assert_nonnull (town->servers[part]);
  town->pids[part] = atoi (g_subprocess_get_identifier (town->servers[part]));
}

/* Its log says so: with a shared port a connection does not tell whose it is. */
static gboolean
listens (const TownServer *town, guint part)
{
  g_autofree char *log = g_strdup_printf ("%s/bench-%u.log", town->stage->folder, part + 1), *text = NULL;

  return g_file_get_contents (log, &text, NULL, NULL) && strstr (text, "listening for units") != NULL;
}

TownServer *
town_server_start (guint n, guint parts)
{
  TownServer *town = g_new0 (TownServer, 1);
  g_autoptr (GdpNetwork) network = bbt_town_new (n, FALSE);
  gint64 begun;

  town->stage = stage_new ();
  town->n = n;
  town->parts = parts;
  town->keys = bbt_town_keys (n);
  town->port = free_port ();
  watch_import (town->stage->uri, network);
  begun = g_get_monotonic_time ();
  for (guint part = 0; part < parts; part++)
    start (town, part);
  for (guint part = 0; part < parts; part++)
    while (!listens (town, part)) {
      g_assert_cmpint (g_get_monotonic_time () - begun, <, 120 * G_USEC_PER_SEC);
      usleep (50000);
    }
  printf ("%u units, %u server%s: started in %.1f s, the first has %.0f MB\n", n, parts, parts == 1 ? "" : "s",
          (g_get_monotonic_time () - begun) / 1e6, process_memory (town->pids[0]) / 1e6);
  fflush (stdout);
  return town;
}

double
town_server_time (const TownServer *town, const char *thread)
{
  double sum = 0;

  for (guint part = 0; part < town->parts; part++)
    sum += process_time (town->pids[part], thread);
  return sum;
}

void
town_server_count (TownServer *town, guint64 sent, guint64 acknowledged)
{
  for (guint part = 0; part < town->parts; part++) {
    g_subprocess_send_signal (town->servers[part], SIGTERM);
    g_subprocess_wait (town->servers[part], NULL, NULL);
  }
  Stored stored = stored_count (town->stage);
  printf ("%-48s %" G_GUINT64_FORMAT " sent, %" G_GUINT64_FORMAT " acknowledged, %" G_GINT64_FORMAT
          " stored; lost %" G_GINT64_FORMAT ", doubled %" G_GINT64_FORMAT "\n", "records of 8 samples", sent, acknowledged,
          stored.marked, (gint64) acknowledged - stored.different / 8, stored.samples - stored.different);
}

void
town_server_free (TownServer *town)
{
  for (guint part = 0; part < town->parts; part++)
    g_object_unref (town->servers[part]);
  unlink (town->keys);
  g_free (town->keys);
  stage_free (town->stage);
  g_free (town);
}
