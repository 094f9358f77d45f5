/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "polled.h"

#include <signal.h>
#include <stdio.h>

#include "quantile.h"

void
polled_begin (Polled *bench, guint n_sites, double period)
{
  g_autofree guint16 *ports = g_new (guint16, n_sites);
  g_autoptr (GError) error = NULL;

  bench->stage = stage_new ();
  bench->slave = tcp_slave_start (n_sites);
  for (guint i = 0; i < n_sites; i++) {
    ports[i] = tcp_slave_port (bench->slave, i);
    for (guint r = 0; r < 8; r++)
      tcp_slave_set_register (bench->slave, i, r, watch_raw (1));
  }
  g_autoptr (GdpNetwork) network = watch_network (n_sites, ports, period);
  watch_import (bench->stage->uri, network);
  g_autofree char *log = g_build_filename (bench->stage->folder, "server.log", NULL);
  bench->server = watch_start_server (bench->stage->uri, log, "--name", "bench", NULL);
  bench->watch = watch_new (bench->stage->uri, DATA_ACCESS_POST);
  bench->network = data_store_network (bench->watch->store, &error);
  g_assert_no_error (error);
}

void
polled_finish (Polled *bench)
{
  g_subprocess_send_signal (bench->server, SIGTERM);
  g_assert_true (g_subprocess_wait_check (bench->server, NULL, NULL));
  g_clear_object (&bench->server);
  gdp_network_unref (bench->network);
  watch_free (bench->watch);
  tcp_slave_stop (bench->slave);
  stage_free (bench->stage);
}

gboolean
polled_all_good (Watch *watch, gconstpointer n_points)
{
  GHashTableIter iter;
  gpointer value;
  guint good = 0;

  g_hash_table_iter_init (&iter, watch->readings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    good += ((GdpReading *) value)->reason == GDP_REASON_NONE ? 1 : 0;
  return good == *(const guint *) n_points;
}

/* ---- latency ---------------------------------------------------------------------------------------------- */

Latency
latency_new (void)
{
  return (Latency) { g_array_new (FALSE, FALSE, sizeof (double)), g_array_new (FALSE, FALSE, sizeof (double)) };
}

void
latency_add (Latency *latency, gint64 changed, gint64 answered)
{
  gint64 now = g_get_monotonic_time ();
  double change = (double) (now - changed) / 1000, answer = (double) (now - answered) / 1000;

  g_array_append_val (latency->from_change, change);
  g_array_append_val (latency->from_answer, answer);
}

void
latency_print (const char *name, Latency *latency, double period)
{
  GArray *ms = latency->from_change;

  printf ("%-50s n %4u  p50 %6.1f ms  p99 %6.1f ms = poll period of %.0f ms %+.1f ms (target +5)\n", name, ms->len,
          quantile_of (ms, 0.5), quantile_of (ms, 0.99), period * 1000, quantile_of (ms, 0.99) - period * 1000);
  ms = latency->from_answer;
  printf ("%-50s n %4u  p50 %6.2f ms  p99 %6.2f ms  longest %.2f ms (target p99 5)\n", "  of it from the slave's answer on",
          ms->len, quantile_of (ms, 0.5), quantile_of (ms, 0.99), quantile_of (ms, 1));
  g_array_unref (latency->from_change);
  g_array_unref (latency->from_answer);
}
