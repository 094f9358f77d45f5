/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One dialog for all decisions about alarms: what it is about and how that stands, for how long, why. It closes when the server
 * has done it; what the server has against it is said in it. */
#pragma once

#include "decision.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_DECISION_DIALOG (ui_decision_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiDecisionDialog, ui_decision_dialog, UI, DECISION_DIALOG, GtkWindow)

/* @object: an alarm, a point or a site about which ui_decision_look() finds something. The dialog is the window's own. */
GtkWindow *ui_decision_dialog_new (GtkWindow *parent, UiSession *session, UiDecision decision, const char *object);

G_END_DECLS
