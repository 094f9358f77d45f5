/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who works at this desk from now on: a name of the operators, and the password where passwords are asked. Also unlocks.
 * Whoever had the desk keeps it until another is let in. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_SIGN_IN_DIALOG (ui_sign_in_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiSignInDialog, ui_sign_in_dialog, UI, SIGN_IN_DIALOG, GtkWindow)

/* Over @parent. The name of whoever had the desk last is chosen, if there still is such an operator. */
GtkWindow *ui_sign_in_dialog_new (GtkWindow *parent, UiSession *session);

G_END_DECLS
