/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The response card of an alarm: what to do, whom to call, what was done and by whom; steps can be ticked and logged. It
 * stands beside the window, which stays usable. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_CARD_DIALOG (ui_card_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiCardDialog, ui_card_dialog, UI, CARD_DIALOG, GtkWindow)

/* Puts the card of @alarm (id) on the screen; the one that is there already for it, if there is one. */
void ui_card_dialog_show (GtkWindow *parent, UiSession *session, const char *alarm);

G_END_DECLS
