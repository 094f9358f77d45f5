/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sealer.h"

#include "clock.h"

#define LOOK_EVERY (5 * G_TIME_SPAN_SECOND)

struct ServerSealer {
  char          *uri;
  ServerTrouble *trouble;
  GThread       *thread;
  DataStore     *store;      /* the thread's; NULL = not opened yet */
  GdpNetwork    *network;    /* likewise */
  gint           stop;       /* atomic */
  GMutex         lock;       /* for all below */
  GCond          stopping;
  DataSealing    how;
};

static gboolean
keep_up (ServerSealer *sealer, GError **error)
{
  if (sealer->store == NULL && (sealer->store = data_store_open (sealer->uri, DATA_ACCESS_POST, error)) == NULL)
    return FALSE;
  gint64 revision = data_store_revision (sealer->store, error);
  if (revision < 0)
    return FALSE;
  if (sealer->network != NULL && sealer->network->revision == revision)
    return TRUE;
  g_clear_pointer (&sealer->network, gdp_network_unref);
  sealer->network = data_store_network (sealer->store, error);
  return sealer->network != NULL;
}

static void
seal (ServerSealer *sealer)
{
  g_autoptr (GError) error = NULL;
  guint64 sealed = 0;

  g_mutex_lock (&sealer->lock);
  DataSealing how = sealer->how;
  g_mutex_unlock (&sealer->lock);
  how.now = server_clock_now ();
  how.stop = &sealer->stop;
  if (keep_up (sealer, &error) && data_store_seal (sealer->store, sealer->network, &how, &sealed, &error) && sealed > 0)
    g_debug ("%" G_GUINT64_FORMAT " readings sealed", sealed);
  server_trouble_set (sealer->trouble, "sealing history", error != NULL ? error->message : NULL);
}

static gpointer
run (gpointer data)
{
  ServerSealer *sealer = data;

  while (!g_atomic_int_get (&sealer->stop)) {
    seal (sealer);
    gint64 next = g_get_monotonic_time () + LOOK_EVERY;
    g_mutex_lock (&sealer->lock);
    while (!g_atomic_int_get (&sealer->stop) && g_cond_wait_until (&sealer->stopping, &sealer->lock, next))
      ;
    g_mutex_unlock (&sealer->lock);
  }
  g_clear_pointer (&sealer->network, gdp_network_unref);
  g_clear_pointer (&sealer->store, data_store_close);
  return NULL;
}

ServerSealer *
server_sealer_start (const char *store, const DataSealing *how, ServerTrouble *trouble)
{
  ServerSealer *sealer = g_new0 (ServerSealer, 1);

  sealer->uri = g_strdup (store);
  sealer->how = *how;
  sealer->trouble = trouble;
  g_mutex_init (&sealer->lock);
  g_cond_init (&sealer->stopping);
  sealer->thread = g_thread_new ("sealer", run, sealer);
  return sealer;
}

void
server_sealer_keep (ServerSealer *sealer, gint64 keep_hours, gint64 keep_days)
{
  g_mutex_lock (&sealer->lock);
  sealer->how.keep_hours = keep_hours;
  sealer->how.keep_days = keep_days;
  g_mutex_unlock (&sealer->lock);
}

void
server_sealer_stop (ServerSealer *sealer)
{
  g_mutex_lock (&sealer->lock);
  g_atomic_int_set (&sealer->stop, TRUE);
  g_cond_signal (&sealer->stopping);
  g_mutex_unlock (&sealer->lock);
  g_thread_join (sealer->thread);
  g_mutex_clear (&sealer->lock);
  g_cond_clear (&sealer->stopping);
  g_free (sealer->uri);
  g_free (sealer);
}
