/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An alarm's state as a shape, in the colour of text: tells the nine apart also where nothing flashes and nothing has a
 * colour. */
#pragma once

#include "gdp/alarm.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_STATE_MARK (ui_state_mark_get_type ())
G_DECLARE_FINAL_TYPE (UiStateMark, ui_state_mark, UI, STATE_MARK, GtkWidget)

GtkWidget *ui_state_mark_new (void);
/* @suppression: what is held back shows that instead of @state. */
void       ui_state_mark_set (UiStateMark *self, GdpAlarmState state, GdpSuppression suppression);

G_END_DECLS
