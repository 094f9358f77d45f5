/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "queue.h"

struct ServerQueue {
  GMutex   lock;
  GCond    changed;
  GArray  *items;       /* ServerItem */
  guint    reports, max_reports;
  gsize    bytes, max_bytes;
  gboolean refused, woken;
};

ServerQueue *
server_queue_new (guint max_reports, gsize max_bytes)
{
  ServerQueue *queue = g_new0 (ServerQueue, 1);

  g_mutex_init (&queue->lock);
  g_cond_init (&queue->changed);
  queue->items = g_array_new (FALSE, FALSE, sizeof (ServerItem));
  queue->max_reports = max_reports;
  queue->max_bytes = max_bytes;
  return queue;
}

void
server_queue_free (ServerQueue *queue)
{
  if (queue == NULL)
    return;
  for (guint i = 0; i < queue->items->len; i++)
    comms_report_free (g_array_index (queue->items, ServerItem, i).report);
  g_array_unref (queue->items);
  g_cond_clear (&queue->changed);
  g_mutex_clear (&queue->lock);
  g_free (queue);
}

static void
append (ServerQueue *queue, ServerItem item)
{
  g_array_append_val (queue->items, item);
  if (queue->items->len == 1)   /* whoever waits has been told about the ones before */
    g_cond_signal (&queue->changed);
}

gboolean
server_queue_take (ServerQueue *queue, CommsReport *report)
{
  gsize bytes = sizeof *report + report->n_samples * sizeof report->samples[0];

  g_mutex_lock (&queue->lock);
  /* A report larger than the whole queue passes when it is alone, or it would wait for ever. */
  gboolean room = queue->reports == 0
                  || (queue->reports < queue->max_reports && queue->bytes + bytes <= queue->max_bytes);
  if (room) {
    queue->reports++;
    queue->bytes += bytes;
    append (queue, (ServerItem) { .report = report });
  } else
    queue->refused = TRUE;
  g_mutex_unlock (&queue->lock);
  return room;
}

void
server_queue_push (ServerQueue *queue, ServerJob job, gpointer data)
{
  g_mutex_lock (&queue->lock);
  append (queue, (ServerItem) { .job = job, .data = data });
  g_mutex_unlock (&queue->lock);
}

guint
server_queue_length (ServerQueue *queue)
{
  g_mutex_lock (&queue->lock);
  guint length = queue->reports;
  g_mutex_unlock (&queue->lock);
  return length;
}

void
server_queue_wake (ServerQueue *queue)
{
  g_mutex_lock (&queue->lock);
  queue->woken = TRUE;
  g_cond_signal (&queue->changed);
  g_mutex_unlock (&queue->lock);
}

void
server_queue_wait (ServerQueue *queue, gboolean items, gint64 until)
{
  g_mutex_lock (&queue->lock);
  while (!queue->woken && !(items && queue->items->len > 0))
    if (!g_cond_wait_until (&queue->changed, &queue->lock, until))
      break;
  queue->woken = FALSE;
  g_mutex_unlock (&queue->lock);
}

gboolean
server_queue_drain (ServerQueue *queue, GArray **items)
{
  g_assert ((*items)->len == 0);
  g_mutex_lock (&queue->lock);
  GArray *waiting = queue->items;
  queue->items = *items;
  *items = waiting;
  queue->reports = 0;
  queue->bytes = 0;
  gboolean refused = queue->refused;
  queue->refused = FALSE;
  g_mutex_unlock (&queue->lock);
  return refused;
}
