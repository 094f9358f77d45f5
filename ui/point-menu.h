/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done with a row of the table of points: an output is switched by a double click, by Enter, or from the menu
 * of the right button, the Menu key or Shift+F10. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @points: its items are UiPoint, its model a GtkSingleSelection. */
void ui_point_menu_add   (GtkColumnView *points, UiSession *session);
/* The menu of the selected row; FALSE: there is nothing to do with it. */
gboolean ui_point_menu_popup (GtkWidget *points);

G_END_DECLS
