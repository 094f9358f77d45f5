/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link panel on a real store: its figures, its verdict, its sessions; and nothing is read while it is hidden. */
#include "../patience.h"
#include "field.h"
#include "ui/link-panel.h"
#include "ui/window.h"

#include <locale.h>
#include <string.h>


typedef struct {
  Field     *field;
  DataStore *server;    /* a second handle, for what field.c does not write */
  UiSession *session;
  UiWindow  *window;
} Desk;

static GtkApplication *application;

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, type);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static gboolean
says (GtkWidget *widget, const char *text)
{
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, text))
      return TRUE;
  return FALSE;
}

static UiLinkPanel *
panel_of (Desk *desk)
{
  return UI_LINK_PANEL (find (GTK_WIDGET (desk->window), UI_TYPE_LINK_PANEL));
}

typedef struct { Desk *desk; const char *text; } Wanted;

static gboolean
is_said (gpointer data)
{
  const Wanted *wanted = data;
  return wanted->text != NULL && says (GTK_WIDGET (wanted->desk->window), wanted->text);
}

/* Until the panel says @text; for @seconds with NULL. */
static void
run_until (Desk *desk, const char *text, double seconds)
{
  if (!field_run (desk->field, is_said, &(Wanted) { desk, text }, text != NULL ? PATIENCE : seconds) && text != NULL)
    g_error ("the panel does not say “%s”", text);
}

static void
write_traffic (Desk *desk, GdpTraffic traffic)
{
  g_autoptr (GdpNetwork) network = data_store_network (desk->server, NULL);
  g_autofree char *text = gdp_traffic_text (&traffic);
  DataTraffic rows[] = {
    { .link = TRUE, .key = network->links[0].key, .owner = (char *) "s", .total = text, .lately = text },
    { .key = network->units[0].key, .owner = (char *) "s", .total = text, .lately = text },
  };
  g_autoptr (GError) error = NULL;

  if (!data_store_put_traffic (desk->server, rows, 2, &error))
    g_error ("%s", error->message);
}

static GdpTraffic
some_traffic (guint crc)
{
  GdpTraffic traffic = { .requests = 4321, .good = 4321 - crc, .due = 4321, .polls = 4321, .crc_errors = crc,
                         .since = g_get_real_time () - 600 * G_USEC_PER_SEC };

  traffic.answers.count[gdp_histogram_bucket (24000)] = 4321 - crc;
  traffic.answers.most = 27500;
  return traffic;
}

static void
act (Desk *desk, const char *action, GVariant *state)
{
  if (state != NULL)
    g_action_group_change_action_state (G_ACTION_GROUP (desk->window), action, state);
  else
    g_action_group_activate_action (G_ACTION_GROUP (desk->window), action, g_variant_new_string ("GDP-001"));
}

static void
sit_down (Desk *desk)
{
  g_autoptr (GError) error = NULL;

  *desk = (Desk) { .field = field_new (2) };
  field_serve (desk->field);
  field_turn (desk->field);
  desk->server = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  desk->session = ui_session_new (field_uri (desk->field), "Tester");
  desk->window = ui_window_new (application, desk->session, NULL, NULL);
  gtk_window_present (GTK_WINDOW (desk->window));
  run_until (desk, "live", 0);
  act (desk, "site", NULL);
}

static void
leave (Desk *desk)
{
  gtk_window_destroy (GTK_WINDOW (desk->window));
  ui_session_close (desk->session);
  g_clear_object (&desk->session);
  data_store_close (desk->server);
  field_free (desk->field);
}

static void
test_figures (void)
{
  Desk desk;

  sit_down (&desk);
  act (&desk, "link-panel", g_variant_new_boolean (TRUE));
  run_until (&desk, "Nothing was counted yet", 0);
  write_traffic (&desk, some_traffic (0));
  run_until (&desk, "4321", 0);
  g_assert_true (says (GTK_WIDGET (panel_of (&desk)), "28 ms"));   /* the longest */
  g_assert_true (says (GTK_WIDGET (panel_of (&desk)), "All well"));
  g_assert_true (says (GTK_WIDGET (panel_of (&desk)), "100 %"));
  write_traffic (&desk, some_traffic (440));
  run_until (&desk, "CRC errors on 10 %", 0);
  g_assert_true (says (GTK_WIDGET (panel_of (&desk)), "damaged answer (CRC) 440"));
  leave (&desk);
}

static void
test_hidden_costs_nothing (void)
{
  Desk desk;

  sit_down (&desk);
  run_until (&desk, NULL, 3);
  g_assert_cmpuint (ui_link_panel_n_readings (panel_of (&desk)), ==, 0);
  act (&desk, "link-panel", g_variant_new_boolean (TRUE));
  run_until (&desk, "Nothing was counted yet", 0);
  for (guint i = 0; i < 120 && ui_link_panel_n_readings (panel_of (&desk)) < 2; i++)
    run_until (&desk, NULL, 0.5);   /* once a second, where the machine has time for it */
  act (&desk, "link-panel", g_variant_new_boolean (FALSE));
  guint n = ui_link_panel_n_readings (panel_of (&desk));
  g_assert_cmpuint (n, >=, 2);
  run_until (&desk, NULL, 3);
  g_assert_cmpuint (ui_link_panel_n_readings (panel_of (&desk)), ==, n);
  leave (&desk);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  setlocale (LC_ALL, "C.UTF-8");
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  application = gtk_application_new ("io.github.gdp.TestLinkPanel", G_APPLICATION_NON_UNIQUE);
  if (!g_application_register (G_APPLICATION (application), NULL, &error))
    g_error ("%s", error->message);
  g_test_add_func ("/link-panel/figures-and-verdict-follow-the-store", test_figures);
  g_test_add_func ("/link-panel/hidden-it-reads-nothing", test_hidden_costs_nothing);
  return g_test_run ();
}
