/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "refill.h"

#include "data/store.h"

struct ServerRefill {
  char        *uri;
  ServerMissingFunc found;
  gpointer     user_data;
  DataStore   *store;      /* the thread's; NULL = not opened yet */
  GAsyncQueue *waiting;    /* ServerMissing: all of a report, and `end` */
  ServerMissing end;
  GThread     *thread;
  GMutex       lock;       /* for all below */
  GCond        changed;
  gboolean     stored, stopping;
};

void
server_missing_free (ServerMissing *missing)
{
  gdp_network_unref (missing->network);
  g_array_unref (missing->samples);
  g_free (missing);
}

/* ---- what the store has -------------------------------------------------------------------------- */

#define ANY 255   /* in the place of a reason: whatever a value of a moment says */

static gint64
place_of (gint64 time, guint reason)
{
  return time * 256 + reason;
}

static void
note_place (GHashTable *places, gint64 place)
{
  g_hash_table_add (places, g_memdup2 (&place, sizeof place));
}

static gboolean
note_time (const GdpReading *reading, gpointer places)
{
  note_place (places, place_of (reading->time, reading->reason));
  if (reading->reason != GDP_REASON_AVERAGED)
    note_place (places, place_of (reading->time, ANY));
  return TRUE;
}

/* A mean is found by what it says: where its sensor was broken that is not that it is one. */
static gint64
place_in (const GdpNetwork *network, const GdpSample *sample)
{
  return place_of (sample->time, sample->reason == GDP_REASON_AVERAGED
                                   ? gdp_late_reason (&network->points[sample->point], sample) : ANY);
}

/* When the store has values of @point between its first and its last sample here. NULL with @error. */
static GHashTable *
stored_times (ServerRefill *refill, const ServerMissing *missing, guint point, GError **error)
{
  g_autoptr (GHashTable) times = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gint64 from = G_MAXINT64, to = 0;

  for (guint i = 0; i < missing->samples->len; i++) {
    const GdpSample *sample = &g_array_index (missing->samples, GdpSample, i);
    if (sample->point != point)
      continue;
    from = MIN (from, sample->time);
    to = MAX (to, sample->time + 1);
  }
  g_autoptr (GError) why = NULL;
  if (data_store_history (refill->store, missing->network->points[point].key, from, to, note_time, times, &why)
      || g_error_matches (why, DATA_ERROR, DATA_ERROR_DAMAGED))   /* what cannot be read is missing */
    return g_steal_pointer (&times);
  g_propagate_error (error, g_steal_pointer (&why));
  return NULL;
}

/* Takes out of @missing what is there. */
static gboolean
leave_out (ServerRefill *refill, ServerMissing *missing, GError **error)
{
  g_autoptr (GHashTable) by_point = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref);
  guint kept = 0;

  for (guint i = 0; i < missing->samples->len; i++) {
    GdpSample sample = g_array_index (missing->samples, GdpSample, i);
    gint64 place = place_in (missing->network, &sample);
    GHashTable *times = g_hash_table_lookup (by_point, GUINT_TO_POINTER (sample.point));
    if (times == NULL) {
      if ((times = stored_times (refill, missing, sample.point, error)) == NULL)
        return FALSE;
      g_hash_table_insert (by_point, GUINT_TO_POINTER (sample.point), times);
    }
    if (!g_hash_table_contains (times, &place))
      g_array_index (missing->samples, GdpSample, kept++) = sample;
  }
  g_array_set_size (missing->samples, kept);
  return TRUE;
}

/* ---- the thread ---------------------------------------------------------------------------------- */

static void
wait_until_stored (ServerRefill *refill)
{
  g_mutex_lock (&refill->lock);
  while (!refill->stored && !refill->stopping)
    g_cond_wait (&refill->changed, &refill->lock);
  refill->stored = FALSE;
  g_mutex_unlock (&refill->lock);
}

static void
look_at (ServerRefill *refill, ServerMissing *missing)
{
  g_autoptr (GError) error = NULL;

  if (refill->store == NULL)
    refill->store = data_store_open (refill->uri, DATA_ACCESS_READ, &error);
  if (refill->store == NULL || !leave_out (refill, missing, &error))
    g_warning ("rows that were asked for once more are not looked at: %s", error->message);
  else if (missing->samples->len > 0) {
    refill->found (missing, refill->user_data);
    wait_until_stored (refill);
    return;
  }
  server_missing_free (missing);
}

static gpointer
run (gpointer data)
{
  ServerRefill *refill = data;
  ServerMissing *missing;

  while ((missing = g_async_queue_pop (refill->waiting)) != &refill->end)
    look_at (refill, missing);
  g_clear_pointer (&refill->store, data_store_close);
  return NULL;
}

/* ---- from outside -------------------------------------------------------------------------------- */

typedef struct { ServerRefill *refill; ServerMissing *all; } Awaited;

static void
on_committed (CommsReport *report)
{
  Awaited *awaited = report->owner;

  g_async_queue_push (awaited->refill->waiting, g_steal_pointer (&awaited->all));
}

static void
on_freed (CommsReport *report)
{
  Awaited *awaited = report->owner;

  g_clear_pointer (&awaited->all, server_missing_free);
  g_free (awaited);
}

void
server_refill_await (ServerRefill *refill, CommsReport *report, GdpNetwork *network)
{
  Awaited *awaited = g_new (Awaited, 1);
  ServerMissing *all = g_new (ServerMissing, 1);

  g_return_if_fail (report->owner == NULL);
  *all = (ServerMissing) { gdp_network_ref (network), report->unit, report->received,
                           g_array_sized_new (FALSE, FALSE, sizeof (GdpSample), report->n_samples) };
  g_array_append_vals (all->samples, report->samples, report->n_samples);
  *awaited = (Awaited) { refill, all };
  report->owner = awaited;
  report->committed = on_committed;
  report->release = on_freed;
}

void
server_refill_stored (ServerRefill *refill)
{
  g_mutex_lock (&refill->lock);
  refill->stored = TRUE;
  g_cond_signal (&refill->changed);
  g_mutex_unlock (&refill->lock);
}

ServerRefill *
server_refill_new (const char *store)
{
  ServerRefill *refill = g_new0 (ServerRefill, 1);

  refill->uri = g_strdup (store);
  refill->waiting = g_async_queue_new ();
  g_mutex_init (&refill->lock);
  g_cond_init (&refill->changed);
  return refill;
}

void
server_refill_start (ServerRefill *refill, ServerMissingFunc found, gpointer user_data)
{
  refill->found = found;
  refill->user_data = user_data;
  refill->thread = g_thread_new ("refill", run, refill);
}

void
server_refill_quit (ServerRefill *refill)
{
  if (refill->thread == NULL)
    return;
  g_mutex_lock (&refill->lock);
  refill->stopping = TRUE;
  g_cond_signal (&refill->changed);
  g_mutex_unlock (&refill->lock);
  g_async_queue_push_front (refill->waiting, &refill->end);
  g_thread_join (g_steal_pointer (&refill->thread));
}

void
server_refill_free (ServerRefill *refill)
{
  ServerMissing *missing;

  server_refill_quit (refill);
  while ((missing = g_async_queue_try_pop (refill->waiting)) != NULL)
    server_missing_free (missing);
  g_async_queue_unref (refill->waiting);
  g_cond_clear (&refill->changed);
  g_mutex_clear (&refill->lock);
  g_free (refill->uri);
  g_free (refill);
}
