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
/* When it last began to call as this console heard of it, monotonic µs: it occurred, escalated, was called to mind or restored. */
gint64          ui_alarm_get_arrived (UiAlarm *self);
/* It is suppressed: nobody is told. A forced value is counted as its point's, not as an alarm. */
gboolean        ui_alarm_is_untold  (UiAlarm *self);

/* Looks up whose alarm it is; again after a new configuration. */
void            ui_alarm_locate    (UiAlarm *self, GdpNetwork *network);
guint           ui_alarm_get_site  (UiAlarm *self);  /* index, G_MAXUINT: no single site */
guint           ui_alarm_get_point (UiAlarm *self);  /* index, G_MAXUINT: a unit's or link's */
guint           ui_alarm_get_link  (UiAlarm *self);  /* index, G_MAXUINT: none is lost */
GdpNetwork     *ui_alarm_get_network (UiAlarm *self); /* borrowed, may be NULL */
/* "200 sites": what a lost line cuts off; NULL = it is not that. (transfer full) */
char           *ui_alarm_reach_text     (UiAlarm *self);
/* "Outlet pressure", "Unit upmp", "Link rs485-1", or the bare id. (transfer full) */
char           *ui_alarm_object_text    (UiAlarm *self);
const char     *ui_alarm_condition_text (UiAlarm *self); /* translated, "High-high"; a state alarm's state */

/* TRUE when its value and limit say something: a limit was crossed, or a value (of a contact: a state) is forced. */
gboolean        ui_alarm_has_number (UiAlarm *self);

/* Its state in words; what is held back says so instead: "Unacknowledged", "Shelved, 25 min left". (transfer full) */
char           *ui_alarm_status_text (UiAlarm *self, gint64 now);
/* Who holds it back, until when and why, or because of what; NULL = nobody does. (transfer full) */
char           *ui_alarm_suppression_text (UiAlarm *self);
/* How many alarms are suppressed by design because of this one. */
guint           ui_alarm_get_below (UiAlarm *self);
void            ui_alarm_set_below (UiAlarm *self, guint below);

/* Its place among alarms that belong together, while they are shown so; see alarm-groups.h. */
typedef enum {
  UI_GROUP_NONE,     /* it is alone, or they are not shown so */
  UI_GROUP_HEAD,     /* what came first, or stands for the others */
  UI_GROUP_MEMBER,
} UiGroupPlace;
/* @cause: what brought it about, NULL = that is not known (transfer none). */
void            ui_alarm_set_group (UiAlarm *self, UiGroupPlace place, guint size, UiAlarm *cause);
UiGroupPlace    ui_alarm_get_group (UiAlarm *self, guint *size, UiAlarm **cause);   /* @cause: borrowed, or NULL */

/* Unacknowledged first, then priority, then the newest. */
int             ui_alarm_compare   (UiAlarm *a, UiAlarm *b);

G_END_DECLS
