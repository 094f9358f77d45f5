/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the horn does, in the banner: that it is heard and silenced by a click or the key S, for how long it is silent, and,
 * as an alarm that flashes until it was clicked, that nothing can be heard. */
#pragma once

#include "horn.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_HORN_BUTTON (ui_horn_button_get_type ())
G_DECLARE_FINAL_TYPE (UiHornButton, ui_horn_button, UI, HORN_BUTTON, GtkButton)

/* @horn NULL: this console was started without sound, which it says. */
void ui_horn_button_set_horn (UiHornButton *self, UiHorn *horn);

/* S silences @horn in every window of the program, dialogs too, but not where text is entered. Until @horn is finalized. */
void ui_horn_take_key        (UiHorn *horn);

G_END_DECLS
