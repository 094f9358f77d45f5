/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits of one point: as they are, as they are to be, who changed them, and which alarms there would have been in the last
 * days with the one and the other; that is shown before they can be changed, which takes a role and a reason. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_LIMITS_DIALOG (ui_limits_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiLimitsDialog, ui_limits_dialog, UI, LIMITS_DIALOG, GtkWindow)

/* @point: index in the session's network of now. */
GtkWindow *ui_limits_dialog_new (GtkWindow *parent, UiSession *session, guint point);

G_END_DECLS
