/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list of alarms as it is, or in groups of those that belong together (gdp/grouping.h): then what came first stands on
 * top, and each row knows its place (ui_alarm_get_group()). Nothing is hidden either way. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

#define UI_TYPE_ALARM_GROUPS (ui_alarm_groups_get_type ())
G_DECLARE_FINAL_TYPE (UiAlarmGroups, ui_alarm_groups, UI, ALARM_GROUPS, GObject)

/* @source: of UiAlarm, (transfer none). */
UiAlarmGroups *ui_alarm_groups_new (UiSession *session, GListModel *source);
void           ui_alarm_groups_set_grouped (UiAlarmGroups *self, gboolean grouped);
gboolean       ui_alarm_groups_get_grouped (UiAlarmGroups *self);

G_END_DECLS
