/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Switching an output: it is selected when the dialog opens, and can be switched only once the unit has granted that, and
 * only as long as it holds. Escape lets go of it. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_OUTPUT_DIALOG (ui_output_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiOutputDialog, ui_output_dialog, UI, OUTPUT_DIALOG, GtkWindow)

/* @point: index of an output. The dialog is the window's own, like any toplevel. */
GtkWindow *ui_output_dialog_new (GtkWindow *parent, UiSession *session, guint point);

G_END_DECLS
