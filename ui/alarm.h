/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One alarm in a list: the alarm as the store last told it, and where it belongs.
 * Signal "changed" when the same row must be drawn again. */
#pragma once

#include "gdp/engine.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define UI_TYPE_ALARM (ui_alarm_get_type ())
G_DECLARE_FINAL_TYPE (UiAlarm, ui_alarm, UI, ALARM, GObject)

UiAlarm        *ui_alarm_new       (const GdpAlarm *alarm);
void            ui_alarm_set       (UiAlarm *self, const GdpAlarm *alarm);
const GdpAlarm *ui_alarm_get       (UiAlarm *self);  /* borrowed until the next change */
GdpAlarmState   ui_alarm_get_state (UiAlarm *self);
/* Waits for its acknowledgement, and nobody said that it is not to call. */
gboolean        ui_alarm_is_unacked (UiAlarm *self);

/* Looks up whose alarm it is; again after a new configuration. */
void            ui_alarm_locate    (UiAlarm *self, GdpNetwork *network);
guint           ui_alarm_get_site  (UiAlarm *self);  /* index, G_MAXUINT: no single site */
guint           ui_alarm_get_point (UiAlarm *self);  /* index, G_MAXUINT: a unit's or link's */
GdpNetwork     *ui_alarm_get_network (UiAlarm *self); /* borrowed, may be NULL */
/* "Outlet pressure", "Unit upmp", "Link rs485-1", or the bare id. (transfer full) */
char           *ui_alarm_object_text    (UiAlarm *self);
const char     *ui_alarm_condition_text (UiAlarm *self); /* translated, "High-high"; a state alarm's state */

/* TRUE when its value and limit are numbers that say something: a limit was crossed. */
gboolean        ui_alarm_has_number (UiAlarm *self);

/* Unacknowledged first, then priority, then the newest. */
int             ui_alarm_compare   (UiAlarm *a, UiAlarm *b);

G_END_DECLS
