/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry of a schedule, editable: how often, on which days, at what time. Signals: "changed"; "removed", the
 * person took it away. */
#pragma once

#include "gdp/schedule.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_CALL_ROW (ui_call_row_get_type ())
G_DECLARE_FINAL_TYPE (UiCallRow, ui_call_row, UI, CALL_ROW, GtkWidget)

/* @zone: minutes east of UTC, in which the entry's times are shown. */
GtkWidget  *ui_call_row_new  (const GdpScheduleEntry *entry, int zone);
/* FALSE: what was typed is no entry; @fault (out, borrowed) says why. */
gboolean    ui_call_row_read (UiCallRow *self, GdpScheduleEntry *entry, const char **fault);

G_END_DECLS
