/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All alarms that are not normal. Rows change in place; the selection stays on its alarm and the
 * view where it is, whatever comes. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What is suppressed by design stands in the list of that alone: elsewhere the alarm that it is below says how many. */
typedef enum {
  UI_ALARM_FILTER_ACTIVE, UI_ALARM_FILTER_UNACKED, UI_ALARM_FILTER_ALL, UI_ALARM_FILTER_SHELVED, UI_ALARM_FILTER_BY_DESIGN,
  UI_ALARM_FILTER_OUT, UI_N_ALARM_FILTERS
} UiAlarmFilter;
const char *ui_alarm_filter_word  (UiAlarmFilter filter);  /* "active", "unacked", "all", "shelved", … */
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
const char *ui_alarms_page_get_selected (UiAlarmsPage *self);   /* its id, borrowed; NULL = none */
/* What can be decided about the selected alarm; FALSE: none is selected, or nothing can. */
gboolean ui_alarms_page_menu    (UiAlarmsPage *self);
void ui_alarms_page_comment     (UiAlarmsPage *self);   /* opens the entry for the selected alarm */

G_END_DECLS
