/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Field page in a real window on a real store: what it shows, hides and changes. */
#include "comms/bbt-wanted.h"
#include "desk.h"
#include "dial-in.h"
#include "ui/field-page.h"

#include <math.h>
#include <string.h>

#define N_UNITS 3

static guint32
wanted_settings (const GdpNetwork *network, guint link)
{
  return comms_bbt_settings_wanted (network, link, NULL);
}

static guint32
wanted_schedule (const GdpNetwork *network, guint link)
{
  return comms_bbt_schedule_wanted (network, link, NULL);
}

/* ---- the desk ---------------------------------------------------------------------------- */

static gboolean
has_units (Desk *desk, gconstpointer what)
{
  return ui_session_is_live (desk->session)
         && g_list_model_get_n_items (ui_session_get_field (desk->session)) == N_UNITS + 1;
}

static void
sit_down (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = NULL;

  desk->field = field_new (1);
  field_serve (desk->field);
  desk->catalogue = data_catalogue_load (NULL, &error);
  g_assert_no_error (error);
  network = dial_in_network (desk->catalogue, N_UNITS);
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  g_assert_true (data_store_import (desk->store, network, "test", g_get_real_time (), &error));
  desk_sit (desk, field_uri (desk->field), 1920, 1000);
  ui_session_set_wanted (desk->session, wanted_settings, wanted_schedule);
  ui_window_show_page (desk->window, "field");
  desk_wait (desk, has_units, NULL);
}

/* ---- the server's side ------------------------------------------------------------------- */

static guint
link_index (Desk *desk, const GdpNetwork *network, const char *id)
{
  guint link = gdp_network_find_link (network, id);

  g_assert_cmpuint (link, !=, G_MAXUINT);
  return link;
}

/* The unit of @link as if it had just called. */
static void
call (Desk *desk, const char *link, gboolean stays, guint32 settings, guint32 schedule)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = data_store_network (desk->store, &error);
  gint64 now = g_get_real_time ();
  GdpDevice device = {
    .link = network->links[link_index (desk, network, link)].key, .model = (char *) "BBT-1", .firmware = (char *) "1.4.0",
    .boot = 3, .clock = GDP_CLOCK_SET, .supply = GDP_SUPPLY_BATTERY, .battery = 12.6, .mains = NAN, .signal = -71,
    .temperature = NAN, .authenticated = TRUE, .connected = stays ? now : 0, .seen = now, .sessions = 412,
    .next_call = stays ? 0 : now + 3600 * GDP_SECOND, .settings_revision = settings, .schedule_revision = schedule,
  };
  g_autoptr (GPtrArray) devices = g_ptr_array_new ();
  const DataBatch batch = { .devices = devices, .now = now, .durable = TRUE };

  g_ptr_array_add (devices, &device);
  g_assert_true (data_store_commit (desk->store, &batch, NULL, &error));
  g_assert_no_error (error);
}

static void
turn_away (Desk *desk, const char *serial, const char *text)
{
  g_autoptr (GPtrArray) strangers = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  DataStranger stranger = { .address = (char *) "10.0.0.7", .serial = (char *) serial, .text = (char *) text,
                            .why = (char *) "unknown serial", .first = g_get_real_time (), .last = g_get_real_time (),
                            .count = 2 };

  g_ptr_array_add (strangers, &stranger);
  g_assert_true (data_store_put_strangers (desk->store, "test-server", strangers, &error));
  g_assert_no_error (error);
}

/* ---- what is on the screen --------------------------------------------------------------- */

/* The widget of @type below @widget that is the @number-th on the screen. */
static GtkWidget *
find (GtkWidget *widget, GType type, guint *number)
{
  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && (*number)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, type, number);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWidget *
named (GtkWidget *root, const char *css_name)
{
  if (g_str_equal (gtk_widget_get_css_name (root), css_name))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = named (child, css_name);
    if (found != NULL)
      return found;
  }
  return NULL;
}

/* The entries of the settings in their order: polling, confirmation, accident, archive, SMS, below, above … */
static GtkWidget *
entry (Desk *desk, guint number)
{
  GtkWidget *found = find (named (GTK_WIDGET (desk->window), "settingseditor"), GTK_TYPE_ENTRY, &number);

  g_assert_nonnull (found);
  return found;
}

static gboolean
choose (Desk *desk, gconstpointer link)
{
  gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.show-unit", "s", (const char *) link);
  return named (GTK_WIDGET (desk->window), "settingseditor") != NULL && desk_says (desk, "Settings: ");
}

/* ---- tests ------------------------------------------------------------------------------- */

static void
test_rows (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  call (&desk, "bbt-1", TRUE, 0, 0);
  call (&desk, "bbt-2", FALSE, 99, 0);
  desk_wait (&desk, desk_says, "in session");
  desk_wait (&desk, desk_says, "sleeping until");
  desk_wait (&desk, desk_says, "set, not yet taken");
  desk_wait (&desk, desk_says, "differs: it has others");
  desk_wait (&desk, desk_says, "412 / 5000");
  desk_wait (&desk, desk_says, "4 units");
  desk_leave (&desk);
}

static void
test_filters_say_what_they_hide (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  call (&desk, "bbt-1", TRUE, 0, 0);
  desk_wait (&desk, desk_says, "in session,");
  desk_act (&desk, "field-filter", "in-session");
  desk_wait (&desk, desk_says, "1 of 4; the filter hides 3");
  call (&desk, "bbt-1", FALSE, 0, 0);
  desk_wait (&desk, desk_says, "No unit is in session now");
  desk_act (&desk, "field-filter", "untaken");
  desk_wait (&desk, desk_says, "1 of 4; the filter hides 3");
  desk_leave (&desk);
}

static gboolean
is_sensitive (Desk *desk, gconstpointer label)
{
  GtkWidget *found = screen_find_button (GTK_WIDGET (desk->window), label);

  return found != NULL && gtk_widget_get_sensitive (found);
}

static gboolean
stored_confirmation_is (Desk *desk, gconstpointer minutes)
{
  g_autoptr (GdpNetwork) network = data_store_network (desk->store, NULL);
  const GdpLink *link = &network->links[link_index (desk, network, "bbt-1")];

  return link->settings != NULL && link->settings->confirmation == GPOINTER_TO_UINT (minutes);
}

static gboolean
journal_has_the_change (Desk *desk, gconstpointer who)
{
  const DataJournalFilter filter = { .object = "bbt-1" };
  g_autoptr (GPtrArray) events = data_store_journal (desk->store, &filter, NULL, NULL);

  for (guint i = 0; i < events->len; i++) {
    const GdpEvent *event = events->pdata[i];
    if (g_strcmp0 (event->who, who) == 0 && event->after != NULL && strstr (event->after, "confirmation=12h") != NULL)
      return TRUE;
  }
  return FALSE;
}

static void
test_settings_are_changed (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  call (&desk, "bbt-1", TRUE, 0, 0);
  desk_wait (&desk, choose, "bbt-1");
  g_assert_false (is_sensitive (&desk, "Apply"));
  desk_wait (&desk, desk_says, "Households");
  gtk_editable_set_text (GTK_EDITABLE (entry (&desk, 1)), "25");
  desk_wait (&desk, desk_says, "must be 0.5 to 24 h");
  g_assert_false (is_sensitive (&desk, "Apply"));
  gtk_editable_set_text (GTK_EDITABLE (entry (&desk, 1)), "12");
  desk_wait (&desk, desk_says, "h, was 6");
  g_assert_true (is_sensitive (&desk, "Apply"));
  g_assert_true (gtk_widget_activate (screen_find_button (GTK_WIDGET (desk.window), "Apply")));
  desk_wait (&desk, stored_confirmation_is, GUINT_TO_POINTER (720));
  desk_wait (&desk, journal_has_the_change, "Tester");
  desk_wait (&desk, desk_says, "Settings: set, not yet taken");
  {
    g_autoptr (GdpNetwork) network = data_store_network (desk.store, NULL);
    call (&desk, "bbt-1", TRUE, comms_bbt_settings_wanted (network, link_index (&desk, network, "bbt-1"), NULL), 0);
  }
  desk_wait (&desk, desk_says, "Settings: taken");
  g_assert_false (is_sensitive (&desk, "Apply"));
  desk_leave (&desk);
}

static void
test_the_budget_is_counted_as_one_types (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  call (&desk, "bbt-2", FALSE, 0, 0);
  desk_wait (&desk, choose, "bbt-2");
  desk_wait (&desk, desk_says, "used 412 of 5000, 1461 a year");
  gtk_editable_set_text (GTK_EDITABLE (entry (&desk, 1)), "24");
  desk_wait (&desk, desk_says, "365 a year");
  g_assert_true (gtk_widget_activate (screen_find_button (GTK_WIDGET (desk.window), "Revert")));
  desk_wait (&desk, desk_says, "1461 a year");
  desk_leave (&desk);
}

static gboolean
stored_guarantee_is (Desk *desk, gconstpointer sessions)
{
  g_autoptr (GdpNetwork) network = data_store_network (desk->store, NULL);

  return network->links[link_index (desk, network, "bbt-2")].guaranteed_sessions == GPOINTER_TO_UINT (sessions);
}

static void
test_the_guarantee_is_changed (void)
{
  Desk desk = { 0 };
  GtkWidget *numbers;
  guint first = 0;

  sit_down (&desk);
  call (&desk, "bbt-2", FALSE, 0, 0);
  desk_wait (&desk, choose, "bbt-2");
  desk_wait (&desk, desk_says, "used 412 of 5000");
  numbers = find (named (GTK_WIDGET (desk.window), "unitpanel"), GTK_TYPE_DROP_DOWN, &first);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (numbers), 3);
  desk_wait (&desk, desk_says, "used 412 of 10000");
  g_assert_true (gtk_widget_activate (screen_find_button (GTK_WIDGET (desk.window), "Apply")));
  desk_wait (&desk, stored_guarantee_is, GUINT_TO_POINTER (10000));
  desk_wait (&desk, desk_says, "412 / 10000");
  desk_leave (&desk);
}

static void
test_thresholds_are_checked (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  desk_wait (&desk, choose, "bbt-1");
  /* 5, 6: inlet; 7, 8: outlet, 0–0.6 MPa */
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry (&desk, 7))), ==, "0.28");
  gtk_editable_set_text (GTK_EDITABLE (entry (&desk, 7)), "0.4");
  desk_wait (&desk, desk_says, "the lower one must be below the upper one");
  gtk_editable_set_text (GTK_EDITABLE (entry (&desk, 7)), "0.3");
  desk_wait (&desk, desk_is_silent, "the lower one must be below");
  gtk_editable_set_text (GTK_EDITABLE (entry (&desk, 8)), "99");
  desk_wait (&desk, desk_says, "beyond what the channel can measure");
  g_assert_false (is_sensitive (&desk, "Apply"));
  desk_leave (&desk);
}

static gboolean
stored_calls_are (Desk *desk, gconstpointer n)
{
  g_autoptr (GdpNetwork) network = data_store_network (desk->store, NULL);

  return network->links[link_index (desk, network, "bbt-2")].n_schedule == GPOINTER_TO_UINT (n);
}

static void
test_a_call_is_added (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  desk_wait (&desk, choose, "bbt-2");
  desk_wait (&desk, desk_says, "No calls by schedule");
  g_assert_true (gtk_widget_activate (screen_find_button (GTK_WIDGET (desk.window), "Add a call of its own")));
  desk_wait (&desk, desk_says, "Next calls by schedule");
  g_assert_true (stored_calls_are (&desk, GUINT_TO_POINTER (0)));
  g_assert_true (gtk_widget_activate (screen_find_button (GTK_WIDGET (desk.window), "Apply")));
  desk_wait (&desk, stored_calls_are, GUINT_TO_POINTER (1));
  desk_leave (&desk);
}

/* ---- strangers --------------------------------------------------------------------------- */

static GtkWindow *
dialog (Desk *desk)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);
    if (gtk_window_get_transient_for (window) == GTK_WINDOW (desk->window) && gtk_widget_get_mapped (GTK_WIDGET (window)))
      return window;
  }
  return NULL;
}

static gboolean
has_dialog (Desk *desk, gconstpointer what)
{
  return (dialog (desk) != NULL) == GPOINTER_TO_INT (what);
}

static gboolean
dialog_says (Desk *desk, gconstpointer text)
{
  return dialog (desk) != NULL && screen_says (GTK_WIDGET (dialog (desk)), text);
}

static gboolean
link_has_serial (Desk *desk, gconstpointer serial)
{
  g_autoptr (GdpNetwork) network = data_store_network (desk->store, NULL);
  guint link = gdp_network_find_link (network, "bbt-1");

  return g_strcmp0 (network->links[link].serial, serial) == 0;
}

static guint
place_of_site (Desk *desk, const char *id)
{
  GListModel *sites = ui_session_get_sites (desk->session);

  for (guint i = 0; i < g_list_model_get_n_items (sites); i++) {
    g_autoptr (UiSite) site = g_list_model_get_item (sites, i);
    if (g_str_equal (ui_site_get_id (site), id))
      return i;
  }
  return GTK_INVALID_LIST_POSITION;
}

static gboolean
can_approve (Desk *desk, gconstpointer what)
{
  GtkWidget *view = named (named (GTK_WIDGET (desk->window), "fieldpage"), "stack");
  guint number = 0;
  GtkWidget *list = find (view, GTK_TYPE_COLUMN_VIEW, &number);

  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (gtk_column_view_get_model (GTK_COLUMN_VIEW (list))), 0);
  return is_sensitive (desk, "Approve…");
}

static void
test_a_stranger_is_approved (void)
{
  Desk desk = { 0 };
  guint number = 0;

  sit_down (&desk);
  turn_away (&desk, "00917", "BBT 00917 (BBT-1, IMEI 0)");
  desk_wait (&desk, desk_says, "Not known: 1");
  desk_act (&desk, "field-filter", "strangers");
  desk_wait (&desk, desk_says, "BBT 00917");
  desk_wait (&desk, can_approve, NULL);
  g_assert_true (gtk_widget_activate (screen_find_button (GTK_WIDGET (desk.window), "Approve…")));
  desk_wait (&desk, has_dialog, GINT_TO_POINTER (TRUE));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (find (GTK_WIDGET (dialog (&desk)), GTK_TYPE_DROP_DOWN, &number)),
                              place_of_site (&desk, "GDP-901"));
  desk_wait (&desk, dialog_says, "00917 64-HEX-DIGITS-OF-ITS-KEY");
  desk_wait (&desk, dialog_says, "takes the place of 00001");
  g_assert_true (gtk_widget_activate (screen_find_button (GTK_WIDGET (dialog (&desk)), "Approve")));
  desk_wait (&desk, link_has_serial, "00917");
  desk_wait (&desk, has_dialog, GINT_TO_POINTER (FALSE));
  desk_leave (&desk);
}

static void
test_who_has_no_name_is_not_approved (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  turn_away (&desk, NULL, "");
  desk_act (&desk, "field-filter", "strangers");
  desk_wait (&desk, desk_says, "said nothing");
  g_assert_false (can_approve (&desk, NULL));
  desk_wait (&desk, desk_says, "It did not say who it is");
  desk_leave (&desk);
}

static void
test_a_viewer_is_refused (void)
{
  Desk desk = { 0 };
  g_autoptr (GError) error = NULL;

  sit_down (&desk);
  g_assert_true (data_store_appoint (desk.store, "Boss", GDP_ROLE_ADMINISTRATOR, "Boss", g_get_real_time (), &error));
  g_assert_true (data_store_appoint (desk.store, "Tester", GDP_ROLE_VIEWER, "Boss", g_get_real_time (), &error));
  desk_wait (&desk, choose, "bbt-1");
  desk_wait (&desk, desk_says, "This takes the role “Engineer”; yours is “Viewer”");
  desk_wait (&desk, desk_says, "Viewer");
  g_assert_false (gtk_widget_is_sensitive (entry (&desk, 0)));
  g_assert_false (is_sensitive (&desk, "Apply"));
  g_assert_true (data_store_appoint (desk.store, "Tester", GDP_ROLE_ENGINEER, "Boss", g_get_real_time (), &error));
  desk_wait (&desk, desk_is_silent, "This takes the role");
  gtk_editable_set_text (GTK_EDITABLE (entry (&desk, 0)), "60");
  desk_wait (&desk, is_sensitive, "Apply");
  desk_leave (&desk);
}

/* The store decides, whatever a console believes. */
static void
on_refused (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ui_session_configure_finish (result, &error));
  g_assert_nonnull (strstr (error->message, "Tester has the role viewer and may not change the configuration"));
  *(gboolean *) data = TRUE;
}

static gboolean
is_true (Desk *desk, gconstpointer what)
{
  return *(const gboolean *) what;
}

static void
test_the_store_refuses_a_viewer (void)
{
  Desk desk = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean refused = FALSE;

  sit_down (&desk);
  g_assert_true (data_store_appoint (desk.store, "Boss", GDP_ROLE_ADMINISTRATOR, "Boss", g_get_real_time (), &error));
  g_assert_true (data_store_appoint (desk.store, "Tester", GDP_ROLE_VIEWER, "Boss", g_get_real_time (), &error));
  ui_session_configure_async (desk.session, ui_session_get_network (desk.session), on_refused, &refused);
  desk_wait (&desk, is_true, &refused);
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/field-page/every-unit-is-a-row", test_rows);
  g_test_add_func ("/field-page/filters-say-what-they-hide", test_filters_say_what_they_hide);
  g_test_add_func ("/field-page/settings-are-changed-and-seen-to-be-taken", test_settings_are_changed);
  g_test_add_func ("/field-page/the-budget-is-counted-as-one-types", test_the_budget_is_counted_as_one_types);
  g_test_add_func ("/field-page/the-guarantee-is-changed", test_the_guarantee_is_changed);
  g_test_add_func ("/field-page/thresholds-are-checked-as-one-types", test_thresholds_are_checked);
  g_test_add_func ("/field-page/a-call-is-added", test_a_call_is_added);
  g_test_add_func ("/field-page/a-stranger-is-approved", test_a_stranger_is_approved);
  g_test_add_func ("/field-page/who-has-no-name-is-not-approved", test_who_has_no_name_is_not_approved);
  g_test_add_func ("/field-page/what-a-viewer-may-not-is-greyed-and-says-whose-it-is", test_a_viewer_is_refused);
  g_test_add_func ("/field-page/the-store-refuses-a-viewer", test_the_store_refuses_a_viewer);
  return g_test_run ();
}
