/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways to the dialog that switches an output: its button, its row, its symbol in the mimic; and who may not. */
#include "desk.h"
#include "ui/output-dialog.h"
#include "ui/row-menu.h"
#include "ui/tip.h"

#include <string.h>

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

static GtkWidget *
symbol (Desk *desk)
{
  return screen_find_named (GTK_WIDGET (desk->window), "actuator");
}

static gboolean
is_shown (Desk *desk, gconstpointer nothing)
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
  desk_sit (desk, field_uri (desk->field), 1280, 720);
  ui_window_show_site (desk->window, "GDP-950");
  desk_wait (desk, is_shown, NULL);
}

static gboolean
has_dialog (Desk *desk, gconstpointer nothing)
{
  return screen_window (UI_TYPE_OUTPUT_DIALOG) != NULL;
}

static gboolean
has_no_dialog (Desk *desk, gconstpointer nothing)
{
  return screen_window (UI_TYPE_OUTPUT_DIALOG) == NULL;
}

static void
close_dialog (Desk *desk)
{
  gtk_window_close (GTK_WINDOW (screen_window (UI_TYPE_OUTPUT_DIALOG)));
  desk_wait (desk, has_no_dialog, NULL);
}

/* ---- tests -------------------------------------------------------------------------------------- */

static GtkWidget *
points (Desk *desk)
{
  return screen_find_type (GTK_WIDGET (desk->window), GTK_TYPE_COLUMN_VIEW);
}

static void
test_row (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  g_signal_emit_by_name (points (&desk), "activate", 0);   /* the door: nothing to switch */
  g_signal_emit_by_name (points (&desk), "activate", 1);
  desk_wait (&desk, has_dialog, NULL);
  close_dialog (&desk);
  desk_leave (&desk);
}

/* Of the row's menu. */
static GtkWidget *
item (Desk *desk)
{
  return screen_find_named (screen_find_type (GTK_WIDGET (desk->window), GTK_TYPE_POPOVER), "flat");
}

static gboolean
has_menu (Desk *desk, gconstpointer nothing)
{
  return item (desk) != NULL;
}

static void
test_menu (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  gtk_selection_model_select_item (gtk_column_view_get_model (GTK_COLUMN_VIEW (points (&desk))), 1, TRUE);
  ui_row_menu_popup (points (&desk));
  desk_wait (&desk, has_menu, NULL);
  g_assert_true (gtk_widget_activate (item (&desk)));
  desk_wait (&desk, has_dialog, NULL);
  close_dialog (&desk);
  desk_leave (&desk);
}

static void
test_symbol (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  g_assert_true (gtk_widget_get_focusable (symbol (&desk)));
  g_assert_true (gtk_widget_grab_focus (symbol (&desk)));
  g_assert_true (gtk_widget_activate (symbol (&desk)));
  desk_wait (&desk, has_dialog, NULL);
  close_dialog (&desk);
  desk_leave (&desk);
}

static gboolean
is_greyed (Desk *desk, gconstpointer nothing)
{
  return !gtk_widget_is_sensitive (symbol (desk));
}

static gboolean
is_usable (Desk *desk, gconstpointer nothing)
{
  return !is_greyed (desk, NULL);
}

static gboolean
says_whose_it_is (Desk *desk, gconstpointer nothing)
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
  desk_wait (&desk, is_greyed, NULL);
  desk_wait (&desk, says_whose_it_is, NULL);
  g_signal_emit_by_name (points (&desk), "activate", 1);
  g_assert_true (has_no_dialog (&desk, NULL));
  g_assert_true (data_store_appoint (desk.store, "Tester", GDP_ROLE_SENIOR_DISPATCHER, "Boss", g_get_real_time (), &error));
  desk_wait (&desk, is_usable, NULL);
  g_signal_emit_by_name (points (&desk), "activate", 1);
  desk_wait (&desk, has_dialog, NULL);
  close_dialog (&desk);
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/outputs/the-row-opens-the-dialog", test_row);
  g_test_add_func ("/outputs/the-menu-of-the-row-opens-the-dialog", test_menu);
  g_test_add_func ("/outputs/the-symbol-in-the-mimic-opens-the-dialog", test_symbol);
  g_test_add_func ("/outputs/a-dispatcher-is-told-whose-it-is", test_dispatcher);
  return g_test_run ();
}
