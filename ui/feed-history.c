/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read from history on the feed's thread. */
#include "feed-private.h"

typedef struct { GdpNetwork *network; guint site; } Ahead;

static void
ahead_free (Ahead *ahead)
{
  gdp_network_unref (ahead->network);
  g_free (ahead);
}

static void
look_ahead (UiFeed *feed, GTask *task)
{
  const Ahead *its = g_task_get_task_data (task);
  GError *error = NULL;
  GArray *found = data_outlook (feed->store, its->network, its->site, data_store_now (feed->store), &error);

  if (found == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, found, (GDestroyNotify) g_array_unref);
}

void
ui_feed_outlook_async (UiFeed *feed, GdpNetwork *network, guint site, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Ahead *its = g_new (Ahead, 1);

  *its = (Ahead) { gdp_network_ref (network), site };
  g_task_set_source_tag (task, ui_feed_outlook_async);
  g_task_set_task_data (task, its, (GDestroyNotify) ahead_free);
  ui_feed_start_job (feed, task, look_ahead);
}

GArray *
ui_feed_outlook_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- limits tried ------------------------------------------------------------------------ */

typedef struct { GdpNetwork *network; guint point; GdpLimits limits; gint64 length; } Try;

static void
try_free (Try *its)
{
  gdp_network_unref (its->network);
  g_free (its);
}

/* What of the history is damaged says nothing here; the server tells of it. */
static void
run_trial (UiFeed *feed, GTask *task)
{
  const Try *its = g_task_get_task_data (task);
  gint64 now = data_store_now (feed->store);
  GError *error = NULL;
  DataTrial *trial = data_trial_run (feed->store, &its->network->points[its->point], &its->limits, now - its->length, now, NULL,
                                     &error);

  if (trial == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, trial, (GDestroyNotify) data_trial_free);
}

void
ui_feed_trial_async (UiFeed *feed, GdpNetwork *network, guint point, const GdpLimits *limits, gint64 length,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Try *its = g_new (Try, 1);

  *its = (Try) { gdp_network_ref (network), point, *limits, length };
  g_task_set_source_tag (task, ui_feed_trial_async);
  g_task_set_task_data (task, its, (GDestroyNotify) try_free);
  ui_feed_start_job (feed, task, run_trial);
}

DataTrial *
ui_feed_trial_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
