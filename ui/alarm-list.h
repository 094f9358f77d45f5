/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarms that are not normal, in the order of ui_alarm_compare(). Changes in place: a row moves
 * only when its place changes, everything else stays where it is, and rows that move together are told as one. */
#pragma once

#include "alarm.h"

G_BEGIN_DECLS

#define UI_TYPE_ALARM_LIST (ui_alarm_list_get_type ())
G_DECLARE_FINAL_TYPE (UiAlarmList, ui_alarm_list, UI, ALARM_LIST, GObject)

typedef void (*UiAlarmFunc) (UiAlarm *alarm, gpointer user_data);

UiAlarmList *ui_alarm_list_new   (void);
/* Brings the list in line with @alarms (GdpAlarm*, none twice). @whole: alarms that it does not name are gone.
 * @touched (optional) is called for every alarm that came, changed or is about to go. */
void         ui_alarm_list_apply (UiAlarmList *self, GPtrArray *alarms, gboolean whole, GdpNetwork *network,
                                  UiAlarmFunc touched, gpointer user_data);
void         ui_alarm_list_locate (UiAlarmList *self, GdpNetwork *network);
UiAlarm     *ui_alarm_list_find  (UiAlarmList *self, const char *id);      /* borrowed */
UiAlarm     *ui_alarm_list_peek  (UiAlarmList *self, guint position);      /* borrowed */
guint        ui_alarm_list_get_size (UiAlarmList *self);

G_END_DECLS
