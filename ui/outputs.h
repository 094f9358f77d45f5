/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outputs of a site, each a button that says what it reads and opens the dialog to switch it. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_OUTPUTS (ui_outputs_get_type ())
G_DECLARE_FINAL_TYPE (UiOutputs, ui_outputs, UI, OUTPUTS, GtkWidget)

/* @site: index, G_MAXUINT = none. Invisible where there are no outputs. */
void ui_outputs_show (UiOutputs *self, UiSession *session, guint site);

G_END_DECLS
