/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row-menu.h"

#include "columns.h"

/* Hangs on the view. */
typedef struct {
  UiSession    *session;   /* owned */
  GtkWidget    *popover;   /* borrowed: the view's child */
  UiRowMenuFill fill;
} Menu;

static void
menu_free (gpointer data)
{
  Menu *menu = data;

  g_object_unref (menu->session);
  g_free (menu);
}

static gboolean
open_menu (GtkWidget *view, gpointer item, double x, double y)
{
  Menu *menu = g_object_get_data (G_OBJECT (view), "gdp-menu");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_popover_set_child (GTK_POPOVER (menu->popover), box);
  if (item != NULL)
    menu->fill (box, item, menu->session);
  if (gtk_widget_get_first_child (box) == NULL)
    return FALSE;
  for (GtkWidget *button = gtk_widget_get_first_child (box); button != NULL; button = gtk_widget_get_next_sibling (button))
    g_signal_connect_swapped (button, "clicked", G_CALLBACK (gtk_popover_popdown), menu->popover);
  gtk_popover_set_pointing_to (GTK_POPOVER (menu->popover), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (menu->popover));
  return TRUE;
}

GtkWidget *
ui_row_menu_add_item (GtkWidget *box, const char *label, const char *action, GVariant *target)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "flat");
  gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 0);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
on_pressed (GtkGesture *gesture, int presses, double x, double y, GtkWidget *view)
{
  open_menu (view, ui_columns_at (GTK_COLUMN_VIEW (view), x, y), x, y);
}

gboolean
ui_row_menu_popup (GtkWidget *view)
{
  GtkSelectionModel *selection = gtk_column_view_get_model (GTK_COLUMN_VIEW (view));
  gpointer item = selection != NULL ? gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (selection)) : NULL;
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (view));
  double x = 0, y = 0;

  if (focus != NULL && gtk_widget_is_ancestor (focus, view))
    gtk_widget_translate_coordinates (focus, view, 40, gtk_widget_get_height (focus), &x, &y);   /* at the row */
  return open_menu (view, item, x, y);
}

static gboolean
on_menu_key (GtkWidget *view, GVariant *arguments, gpointer data)
{
  return ui_row_menu_popup (view);
}

void
ui_row_menu_add (GtkColumnView *view, UiSession *session, UiRowMenuFill fill)
{
  GtkGesture *press = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();
  Menu *menu = g_new (Menu, 1);

  *menu = (Menu) { g_object_ref (session), gtk_popover_new (), fill };
  gtk_popover_set_has_arrow (GTK_POPOVER (menu->popover), FALSE);
  gtk_widget_set_parent (menu->popover, GTK_WIDGET (view));
  g_signal_connect_object (view, "destroy", G_CALLBACK (gtk_widget_unparent), menu->popover, G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (view), "gdp-menu", menu, menu_free);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (press), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (press, "pressed", G_CALLBACK (on_pressed), view, 0);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (press));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (
                                          gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                                          gtk_callback_action_new (on_menu_key, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
}
