/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of the alarms over some days of a store's journal, and as a file to send on. */
#pragma once

#include "gdp/figure.h"
#include "store.h"

G_BEGIN_DECLS

typedef struct {
  GdpFigureCounter *counter;
  GdpAlarmFigures   figures;     /* its texts are the counter's */
} DataAlarmReport;

/* From @since, or when the journal began if that is later, to @until (µs). Reads the journal as a stream, up to @until and
 * from its begin on: whoever was suppressed long ago still is. That takes seconds for millions of records: not for a main
 * loop. Other programs go on meanwhile. @cancellable: or NULL; then G_IO_ERROR_CANCELLED. */
DataAlarmReport *data_alarm_report_read (DataStore *store, gint64 since, gint64 until, GCancellable *cancellable,
                                         GError **error);
/* It never changes again: threads may share it. */
DataAlarmReport *data_alarm_report_ref   (DataAlarmReport *report);
void             data_alarm_report_unref (DataAlarmReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataAlarmReport, data_alarm_report_unref)

/* Writes @path, which is replaced whole or not at all: what its ending says, ".csv" (one table: what, value, reference;
 * values plain: shares from 0 to 1, seconds, UTC) or ".xlsx" (three sheets with charts, local time). UNSUPPORTED
 * (G_IO_ERROR): another ending. In the language of the program. */
gboolean data_alarm_report_export (const DataAlarmReport *report, const GdpNetwork *network, const char *path, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* The id of the site that an alarm is of; NULL = of none. (transfer full) */
char *data_alarm_site (const char *alarm);
/* "Outlet pressure 1, Low" of "GDP-003/outlet1.low", in the program's language; what @network does not know stays an id.
 * (transfer full) */
char *data_alarm_name (const GdpNetwork *network, const char *alarm);

G_END_DECLS
