/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done with a row of the table of points: its alarms are decided about from its menu, an output is switched by a
 * double click, by Enter, or from the menu; see row-menu.h. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @points: its items are UiPoint, its model a GtkSingleSelection. */
void ui_point_menu_add (GtkColumnView *points, UiSession *session);

G_END_DECLS
