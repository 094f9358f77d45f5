/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of the alarms, read and written in threads of their own with a connection of their own: it takes seconds
 * for millions of records, and neither the window nor the feed waits for it. */
#pragma once

#include "data/alarm-report.h"
#include "session.h"

G_BEGIN_DECLS

/* Of the last @days. */
void             ui_figures_read_async    (UiSession *session, int days, GCancellable *cancellable, GAsyncReadyCallback callback,
                                           gpointer user_data);
DataAlarmReport *ui_figures_read_finish   (GAsyncResult *result, GError **error);

/* As data_alarm_report_export(). */
void             ui_figures_export_async  (DataAlarmReport *report, GdpNetwork *network, const char *path,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean         ui_figures_export_finish (GAsyncResult *result, GError **error);

G_END_DECLS
