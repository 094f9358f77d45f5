/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menu of a table's row: of the right button, the Menu key or Shift+F10. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Puts what can be done with @item into @box, by ui_row_menu_add_item(); nothing: it has no menu. */
typedef void (*UiRowMenuFill) (GtkWidget *box, gpointer item, UiSession *session);

/* @view: its model is a GtkSingleSelection. */
void       ui_row_menu_add      (GtkColumnView *view, UiSession *session, UiRowMenuFill fill);
/* The menu of the selected row; FALSE: it has none, or there is none. */
gboolean   ui_row_menu_popup    (GtkWidget *view);
/* @target: floating. The button, to be permitted after that. */
GtkWidget *ui_row_menu_add_item (GtkWidget *box, const char *label, const char *action, GVariant *target);

G_END_DECLS
