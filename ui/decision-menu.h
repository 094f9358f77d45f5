/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decisions that are possible about something, as items of a row's menu. */
#pragma once

#include "decision.h"
#include "row-menu.h"

G_BEGIN_DECLS

/* @object: see decision.h. */
void ui_decision_menu_fill     (GtkWidget *box, const char *object, UiSession *session);
/* Likewise of a UiAlarm: a UiRowMenuFill. */
void ui_decision_menu_of_alarm (GtkWidget *box, gpointer alarm, UiSession *session);

G_END_DECLS
