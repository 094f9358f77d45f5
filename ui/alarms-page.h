/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All alarms that are not normal. Rows change in place; the selection stays on its alarm and the
 * view where it is, whatever comes. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum { UI_ALARM_FILTER_ACTIVE, UI_ALARM_FILTER_UNACKED, UI_ALARM_FILTER_ALL, UI_N_ALARM_FILTERS } UiAlarmFilter;
const char *ui_alarm_filter_word  (UiAlarmFilter filter);  /* "active", "unacked", "all" */
gboolean    ui_alarm_filter_parse (const char *word, UiAlarmFilter *filter);

#define UI_TYPE_ALARMS_PAGE (ui_alarms_page_get_type ())
G_DECLARE_FINAL_TYPE (UiAlarmsPage, ui_alarms_page, UI, ALARMS_PAGE, GtkWidget)

void ui_alarms_page_set_session (UiAlarmsPage *self, UiSession *session);
void ui_alarms_page_set_filter  (UiAlarmsPage *self, UiAlarmFilter filter);
void ui_alarms_page_select      (UiAlarmsPage *self, const char *alarm);  /* and scrolls there */
/* FALSE when nothing unacknowledged is selected. */
gboolean ui_alarms_page_acknowledge_selected (UiAlarmsPage *self, const char *comment);
/* Those on the screen now; how many. */
guint ui_alarms_page_acknowledge_visible (UiAlarmsPage *self);
void ui_alarms_page_comment     (UiAlarmsPage *self);   /* opens the entry for the selected alarm */

G_END_DECLS
