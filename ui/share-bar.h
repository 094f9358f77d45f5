/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A share as a bar, and a mark where it should be: greys, never alarms' colours. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_SHARE_BAR (ui_share_bar_get_type ())
G_DECLARE_FINAL_TYPE (UiShareBar, ui_share_bar, UI, SHARE_BAR, GtkWidget)

/* @share, @mark: 0 to 1; NaN = none. @text: the same in words, for the tooltip and the screen reader. */
GtkWidget *ui_share_bar_new (double share, double mark, const char *text);

G_END_DECLS
