/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "point-menu.h"

#include "columns.h"
#include "permit.h"

#include <glib/gi18n.h>

static UiSession *
session_of (GtkWidget *points)
{
  return g_object_get_data (G_OBJECT (points), "gdp-session");
}

/* Its point when @item is an output, else NULL. */
static const GdpPoint *
output_of (GtkWidget *points, UiPoint *item)
{
  GdpNetwork *network = ui_session_get_network (session_of (points));
  guint index = item != NULL ? ui_point_get_index (item) : G_MAXUINT;

  if (network == NULL || index >= network->n_points || gdp_network_output (network, index) == NULL)
    return NULL;
  return &network->points[index];
}

static void
on_activate (GtkColumnView *points, guint position)
{
  g_autoptr (UiPoint) item = g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (points)), position);
  const GdpPoint *output = output_of (GTK_WIDGET (points), item);

  if (output != NULL)
    gtk_widget_activate_action (GTK_WIDGET (points), "win.switch-output", "s", output->id);
}

static GtkWidget *
switch_button (const GdpPoint *output)
{
  GtkWidget *button = gtk_button_new_with_label (_("Switch…"));

  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", output->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.switch-output");
  return button;
}

static void
open_menu (GtkWidget *points, const GdpPoint *output, double x, double y)
{
  UiSession *session = session_of (points);
  GtkWidget *popover = g_object_get_data (G_OBJECT (points), "gdp-menu"), *button = switch_button (output);

  gtk_popover_set_child (GTK_POPOVER (popover), button);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  ui_permit (button, session, GDP_ACT_SWITCH, ui_session_is_live (session), NULL);   /* after its action said it may */
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (gtk_popover_popdown), popover);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
on_pressed (GtkGesture *gesture, int presses, double x, double y, GtkWidget *points)
{
  const GdpPoint *output = output_of (points, ui_columns_at (GTK_COLUMN_VIEW (points), x, y));

  if (output != NULL)
    open_menu (points, output, x, y);
}

gboolean
ui_point_menu_popup (GtkWidget *points)
{
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_column_view_get_model (GTK_COLUMN_VIEW (points)));
  UiPoint *item = gtk_single_selection_get_selected_item (selection);
  const GdpPoint *output = output_of (points, item);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (points));
  double x = 0, y = 0;

  if (output == NULL)
    return FALSE;
  if (focus != NULL)
    gtk_widget_translate_coordinates (focus, points, 40, gtk_widget_get_height (focus), &x, &y);   /* at the row */
  open_menu (points, output, x, y);
  return TRUE;
}

static gboolean
on_menu_key (GtkWidget *points, GVariant *arguments, gpointer data)
{
  return ui_point_menu_popup (points);
}

void
ui_point_menu_add (GtkColumnView *points, UiSession *session)
{
  GtkGesture *press = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();
  GtkWidget *popover = gtk_popover_new ();

  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_widget_set_parent (popover, GTK_WIDGET (points));
  g_object_set_data (G_OBJECT (points), "gdp-menu", popover);
  g_signal_connect_object (points, "destroy", G_CALLBACK (gtk_widget_unparent), popover, G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (points), "gdp-session", g_object_ref (session), g_object_unref);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (press), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (press, "pressed", G_CALLBACK (on_pressed), points, 0);
  gtk_widget_add_controller (GTK_WIDGET (points), GTK_EVENT_CONTROLLER (press));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (
                                          gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                                          gtk_callback_action_new (on_menu_key, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (points), keys);
  g_signal_connect (points, "activate", G_CALLBACK (on_activate), NULL);
}
