/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures-read.h"

typedef struct { char *uri; gint64 length; } Reading;

static void
reading_free (gpointer data)
{
  g_free (((Reading *) data)->uri);
  g_free (data);
}

static void
read_report (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Reading *reading = data;
  GError *error = NULL;
  g_autoptr (DataStore) store = data_store_open (reading->uri, DATA_ACCESS_READ, &error);
  gint64 now = store != NULL ? data_store_now (store) : 0;
  DataAlarmReport *report = store != NULL ? data_alarm_report_read (store, now - reading->length, now, cancellable, &error) : NULL;

  if (report != NULL)
    g_task_return_pointer (task, report, (GDestroyNotify) data_alarm_report_unref);
  else
    g_task_return_error (task, error);
}

void
ui_figures_read_async (UiSession *session, int days, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Reading *reading = g_new (Reading, 1);

  *reading = (Reading) { g_strdup (ui_session_get_uri (session)), days * 24 * 3600 * GDP_SECOND };
  g_task_set_source_tag (task, ui_figures_read_async);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_report);
}

DataAlarmReport *
ui_figures_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- files --------------------------------------------------------------------------------- */

typedef struct { DataAlarmReport *report; GdpNetwork *network; char *path; } Export;

static void
export_free (gpointer data)
{
  Export *its = data;

  data_alarm_report_unref (its->report);
  gdp_network_unref (its->network);
  g_free (its->path);
  g_free (its);
}

static void
write_report (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Export *its = data;
  GError *error = NULL;

  if (data_alarm_report_export (its->report, its->network, its->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
ui_figures_export_async (DataAlarmReport *report, GdpNetwork *network, const char *path, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Export *its = g_new (Export, 1);

  *its = (Export) { data_alarm_report_ref (report), gdp_network_ref (network), g_strdup (path) };
  g_task_set_source_tag (task, ui_figures_export_async);
  g_task_set_task_data (task, its, export_free);
  g_task_run_in_thread (task, write_report);
}

gboolean
ui_figures_export_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
