/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-import [SITES] — importing passports of so many sites (19,000) of 16 points while a server lives: how long it takes,
 * and how long the server's heartbeat waits for it at most; beside it the longest with nothing imported. On SQLite, or with
 * GDP_TEST_ENGINE=postgresql on the cluster of tests/with-postgres. */
#include "../io/stage.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct { const Stage *stage; gint stop; double longest; gint n; } Heart;

static double
ms_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static gpointer
beat (gpointer data)
{
  Heart *heart = data;
  g_autoptr (DataStore) store = stage_open (heart->stage, DATA_ACCESS_SERVE);
  DataServer server = { .name = (char *) "bench", .version = (char *) "1", .host = (char *) "bench", .pid = 1,
                        .started = 1 };

  server.heartbeat = g_get_real_time ();
  g_assert_true (data_store_start_server (store, &server, NULL));
  while (!g_atomic_int_get (&heart->stop)) {
    g_autoptr (GError) error = NULL;
    gint64 start = g_get_monotonic_time ();
    server.heartbeat = g_get_real_time ();
    if (!data_store_heartbeat (store, &server, &error))
      g_message ("%s", error->message);   /* it waited longer than it may */
    heart->longest = MAX (heart->longest, ms_since (start));
    g_atomic_int_inc (&heart->n);
    g_usleep (10000);
  }
  g_assert_true (data_store_stop_server (store, &server, NULL));
  return NULL;
}

/* @network NULL: nothing is imported for a second. */
static void
import (const Stage *stage, const char *what, const GdpNetwork *network)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GError) error = NULL;
  Heart heart = { .stage = stage };
  GThread *thread = g_thread_new ("heart", beat, &heart);
  gboolean good = TRUE;

  while (g_atomic_int_get (&heart.n) == 0)   /* it lives */
    g_usleep (1000);
  gint64 start = g_get_monotonic_time ();
  if (network != NULL)
    good = data_store_import (store, network, "bench", 1, &error);
  else
    g_usleep (G_USEC_PER_SEC);
  double took = ms_since (start);
  g_atomic_int_set (&heart.stop, TRUE);
  g_thread_join (thread);
  g_assert_no_error (error);
  g_assert_true (good);
  printf ("%-28s took %7.0f ms; of %4d heartbeats the slowest %7.1f ms\n", what, took, heart.n, heart.longest);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  guint sites = argc > 1 ? (guint) atoi (argv[1]) : 19000;
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpNetwork) network = stage_network (sites, 16);

  printf ("%s, %u sites\n", stage_on_postgres () ? "PostgreSQL" : "SQLite", sites);
  import (stage, "nothing is imported", NULL);
  import (stage, "all sites are new", network);
  import (stage, "nothing differs", network);
  network->points[17].resolution *= 2;
  import (stage, "one point differs", network);
  return 0;
}
