/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways to the dialog that switches an output: its button, its row, its symbol in the mimic; and who may not. */
#include "../patience.h"
#include "field.h"
#include "ui/output-dialog.h"
#include "ui/point-menu.h"
#include "ui/tip.h"
#include "ui/window.h"

#include <locale.h>
#include <string.h>

typedef struct {
  Field         *field;
  DataStore     *store;
  DataCatalogue *catalogue;
  UiSession     *session;
  UiWindow      *window;
} Desk;

static GtkApplication *application;

/* ---- the desk: a site with a fan -------------------------------------------------------------- */

static void
add_fan (Desk *desk)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  g_autoptr (GdpNetwork) network = NULL;
  g_autoptr (GError) error = NULL;
  guint link, site, unit;

  link = gdp_network_builder_add_link (builder, &(GdpLink) { .id = "lan", .kind = GDP_LINK_MODBUS_TCP, .host = "127.0.0.1",
                                                             .port = 1502 }, &error);
  site = gdp_network_builder_add_site (builder, &(GdpSite) { .id = "GDP-950", .mimic = "two-lines" }, &error);
  unit = gdp_network_builder_add_unit (builder, &(GdpUnit) { .id = "GDP-950/upmp", .site = site, .link = link, .address = 1,
    .period = 1, .profile = data_catalogue_profile (desk->catalogue, "upmp-12.4-a8-8") }, &error);
  gdp_network_builder_add_point (builder, &(GdpPoint) { .id = "GDP-950/door1", .site = site, .unit = unit, .channel = "di1",
    .kind = GDP_POINT_DOOR, .resolution = 1, .scaling = { .signal = GDP_SIGNAL_CONTACT } }, &error);
  gdp_network_builder_add_point (builder, &(GdpPoint) { .id = "GDP-950/fan", .site = site, .unit = unit, .channel = "do1",
    .kind = GDP_POINT_OUTPUT, .resolution = 1, .scaling = { .signal = GDP_SIGNAL_CONTACT } }, &error);
  g_assert_no_error (error);
  network = gdp_network_builder_finish (g_steal_pointer (&builder));
  g_assert_true (data_store_import (desk->store, network, "test", g_get_real_time (), &error));
}

typedef gboolean (*Condition) (Desk *desk);

static void
wait_for (Desk *desk, Condition condition, const char *meaning)
{
  gint64 start = g_get_monotonic_time (), next = start;

  while (!condition (desk)) {
    if (g_get_monotonic_time () - start > PATIENCE * G_USEC_PER_SEC)
      g_error ("not in time: %s", meaning);
    if (g_get_monotonic_time () >= next) {
      field_turn (desk->field);
      next = g_get_monotonic_time () + 200000;
    }
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  }
}

static char *
mimic_path (const char *name, gpointer catalogue)
{
  return data_catalogue_mimic (catalogue, name);
}

/* The widget of @type below @widget that has @class and is on the screen. */
static GtkWidget *
find (GtkWidget *widget, GType type, const char *class)
{
  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && (class == NULL || gtk_widget_has_css_class (widget, class)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, type, class);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWidget *
symbol (Desk *desk)
{
  return find (GTK_WIDGET (desk->window), GTK_TYPE_BUTTON, "actuator");
}

static gboolean
is_shown (Desk *desk)
{
  return ui_session_is_live (desk->session) && symbol (desk) != NULL;
}

static void
sit_down (Desk *desk)
{
  g_autoptr (GError) error = NULL;

  desk->field = field_new (1);
  field_serve (desk->field);
  desk->catalogue = data_catalogue_load (NULL, &error);
  g_assert_no_error (error);
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  add_fan (desk);
  desk->session = ui_session_new (field_uri (desk->field), "Tester");
  desk->window = ui_window_new (application, desk->session, mimic_path, desk->catalogue);
  gtk_window_set_default_size (GTK_WINDOW (desk->window), 1280, 720);
  ui_window_show_site (desk->window, "GDP-950");
  gtk_window_present (GTK_WINDOW (desk->window));
  wait_for (desk, is_shown, "the fan is in the mimic");
}

static GtkWindow *
dialog (Desk *desk)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);
    if (UI_IS_OUTPUT_DIALOG (window) && gtk_widget_get_mapped (GTK_WIDGET (window)))
      return window;
  }
  return NULL;
}

static gboolean
has_dialog (Desk *desk)
{
  return dialog (desk) != NULL;
}

static gboolean
has_no_dialog (Desk *desk)
{
  return dialog (desk) == NULL;
}

static void
close_dialog (Desk *desk)
{
  gtk_window_close (dialog (desk));
  wait_for (desk, has_no_dialog, "the dialog is gone");
}

static void
stand_up (Desk *desk)
{
  gtk_window_destroy (GTK_WINDOW (desk->window));
  ui_session_close (desk->session);
  g_clear_object (&desk->session);
  g_clear_pointer (&desk->store, data_store_close);
  g_clear_pointer (&desk->catalogue, data_catalogue_free);
  g_clear_pointer (&desk->field, field_free);
}

/* ---- tests -------------------------------------------------------------------------------------- */

static GtkWidget *
points (Desk *desk)
{
  return find (GTK_WIDGET (desk->window), GTK_TYPE_COLUMN_VIEW, NULL);
}

static void
test_row (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  g_signal_emit_by_name (points (&desk), "activate", 0);   /* the door: nothing to switch */
  g_signal_emit_by_name (points (&desk), "activate", 1);
  wait_for (&desk, has_dialog, "Enter or a double click on the fan's row opens the dialog");
  close_dialog (&desk);
  stand_up (&desk);
}

static gboolean
has_menu (Desk *desk)
{
  GtkWidget *popover = find (GTK_WIDGET (desk->window), GTK_TYPE_POPOVER, NULL);

  return popover != NULL && find (popover, GTK_TYPE_BUTTON, "flat") != NULL;
}

static void
test_menu (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  gtk_selection_model_select_item (gtk_column_view_get_model (GTK_COLUMN_VIEW (points (&desk))), 1, TRUE);
  ui_point_menu_popup (points (&desk));
  wait_for (&desk, has_menu, "the menu of the row");
  g_assert_true (gtk_widget_activate (find (find (GTK_WIDGET (desk.window), GTK_TYPE_POPOVER, NULL), GTK_TYPE_BUTTON, "flat")));
  wait_for (&desk, has_dialog, "its item opens the dialog");
  close_dialog (&desk);
  stand_up (&desk);
}

static void
test_symbol (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  g_assert_true (gtk_widget_get_focusable (symbol (&desk)));
  g_assert_true (gtk_widget_grab_focus (symbol (&desk)));
  g_assert_true (gtk_widget_activate (symbol (&desk)));
  wait_for (&desk, has_dialog, "the symbol opens the dialog");
  close_dialog (&desk);
  stand_up (&desk);
}

static gboolean
is_greyed (Desk *desk)
{
  return !gtk_widget_is_sensitive (symbol (desk));
}

static gboolean
is_usable (Desk *desk)
{
  return !is_greyed (desk);
}

static gboolean
says_whose_it_is (Desk *desk)
{
  const char *tip = ui_tip_get (symbol (desk));

  return tip != NULL && strstr (tip, "Senior dispatcher") != NULL && strstr (tip, "Dispatcher") != NULL;
}

static void
test_dispatcher (void)
{
  Desk desk = { 0 };
  g_autoptr (GError) error = NULL;

  sit_down (&desk);
  g_assert_true (data_store_appoint (desk.store, "Boss", GDP_ROLE_ADMINISTRATOR, "Boss", g_get_real_time (), &error));
  g_assert_true (data_store_appoint (desk.store, "Tester", GDP_ROLE_DISPATCHER, "Boss", g_get_real_time (), &error));
  wait_for (&desk, is_greyed, "a dispatcher may not switch");
  wait_for (&desk, says_whose_it_is, "the tooltip names the role that it takes");
  g_signal_emit_by_name (points (&desk), "activate", 1);
  g_assert_true (has_no_dialog (&desk));
  g_assert_true (data_store_appoint (desk.store, "Tester", GDP_ROLE_SENIOR_DISPATCHER, "Boss", g_get_real_time (), &error));
  wait_for (&desk, is_usable, "the new role is in force at once");
  g_signal_emit_by_name (points (&desk), "activate", 1);
  wait_for (&desk, has_dialog, "a senior dispatcher may");
  close_dialog (&desk);
  stand_up (&desk);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  application = gtk_application_new ("io.github.gdp.Outputs", G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func ("/outputs/the-row-opens-the-dialog", test_row);
  g_test_add_func ("/outputs/the-menu-of-the-row-opens-the-dialog", test_menu);
  g_test_add_func ("/outputs/the-symbol-in-the-mimic-opens-the-dialog", test_symbol);
  g_test_add_func ("/outputs/a-dispatcher-is-told-whose-it-is", test_dispatcher);
  return g_test_run ();
}
