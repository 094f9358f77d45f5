/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many alarms at once, in real windows: what belongs together, what came first, what chatters, and a flood. */
#include "desk.h"
#include "ui/alarms-page.h"
#include "ui/decision-dialog.h"
#include "ui/tip.h"

#include <string.h>

#define SLAM   "GDP-001/slam1.state"
#define OUTLET "GDP-001/outlet1.low"
#define DOOR   "GDP-002/door1.state"

static void
sit (Desk *desk, int width, int height)
{
  desk->field = field_new (3);
  field_serve (desk->field);
  field_turn (desk->field);
  desk_sit (desk, field_uri (desk->field), width, height);
  desk_wait (desk, desk_is_live, NULL);
}

/* The slam-shut of the first site closes and its outlet falls; a door is opened elsewhere. */
static void
incident (Desk *desk)
{
  field_set (desk->field, "GDP-001/slam1", 1);
  desk_wait (desk, desk_has_alarm, SLAM);
  field_set (desk->field, "GDP-001/outlet1", 0.01);
  desk_wait (desk, desk_has_alarm, OUTLET);
  field_set (desk->field, "GDP-002/door1", 1);
  desk_wait (desk, desk_has_alarm, DOOR);
}

static GtkWidget *
page (Desk *desk)
{
  return screen_find_named (GTK_WIDGET (desk->window), "alarmspage");
}

static gboolean
list_says (Desk *desk, gconstpointer text)
{
  return screen_says (page (desk), text);
}

static gboolean
list_is_silent (Desk *desk, gconstpointer text)
{
  return !screen_says (page (desk), text);
}

static gboolean
banner_says (Desk *desk, gconstpointer text)
{
  return screen_says (screen_find_named (GTK_WIDGET (desk->window), "banner"), text);
}

static gboolean
banner_is_silent (Desk *desk, gconstpointer text)
{
  return !banner_says (desk, text);
}

/* "GDP-001/slam1.state GDP-001/outlet1.low …": the table's rows from the top. */
static char *
rows (Desk *desk)
{
  GtkColumnView *view = GTK_COLUMN_VIEW (screen_find_type (page (desk), GTK_TYPE_COLUMN_VIEW));
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (view));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (UiAlarm) row = g_list_model_get_item (model, i);
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", ui_alarm_get (row)->id);
  }
  return g_string_free (text, FALSE);
}

static gboolean
rows_are (Desk *desk, gconstpointer ids)
{
  g_autofree char *now = rows (desk);

  return g_str_equal (now, ids);
}

static void
test_groups_when_wanted (void)
{
  Desk desk = { 0 };
  GtkWidget *button;

  sit (&desk, 1280, 720);
  incident (&desk);
  desk_act (&desk, "page", "alarms");
  desk_wait (&desk, list_says, "Slam-shut");
  desk_wait (&desk, list_is_silent, "first of 2");
  button = screen_find_button (page (&desk), "Grouped");
  g_assert_nonnull (button);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  desk_wait (&desk, rows_are, SLAM " " OUTLET " " DOOR);
  desk_wait (&desk, list_says, "first of 2");
  desk_wait (&desk, list_says, "↳ Outlet pressure");
  /* Selected, the alarm's incident is told below the list. */
  ui_alarms_page_select (UI_ALARMS_PAGE (page (&desk)), OUTLET);
  desk_wait (&desk, list_says, "first: Slam-shut");
  /* More come: they find their place, and the selection stays. */
  field_set (desk.field, "GDP-001/door1", 1);
  desk_wait (&desk, rows_are, SLAM " " OUTLET " GDP-001/door1.state " DOOR);
  desk_wait (&desk, list_says, "first of 3");
  g_assert_true (ui_alarms_page_acknowledge_selected (UI_ALARMS_PAGE (page (&desk)), NULL));
  desk_wait (&desk, desk_is_acked, OUTLET);
  desk_wait (&desk, rows_are, SLAM " " OUTLET " GDP-001/door1.state " DOOR);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), FALSE);
  desk_wait (&desk, list_is_silent, "first of 3");
  desk_leave (&desk);
}

static void
test_the_site_tells_its_incident (void)
{
  Desk desk = { 0 };

  sit (&desk, 1920, 1080);
  incident (&desk);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, desk_says, "→ Outlet pressure");
  desk_act (&desk, "site", "GDP-002");
  desk_wait (&desk, desk_is_silent, "→ Outlet pressure");   /* one alarm is no incident */
  desk_leave (&desk);
}

/* The outlet was low and is not any more: nothing beside it may be read as low now. */
static void
test_what_is_over_is_said_to_be (void)
{
  Desk desk = { 0 };

  sit (&desk, 1920, 1080);
  field_set (desk.field, "GDP-001/slam1", 1);
  desk_wait (&desk, desk_has_alarm, SLAM);
  field_set (desk.field, "GDP-001/outlet1", 0.01);
  desk_wait (&desk, desk_has_alarm, OUTLET);
  desk_act (&desk, "site", "GDP-001");
  g_assert_false (banner_says (&desk, "returned"));
  field_set (desk.field, "GDP-001/outlet1", 0.3012);
  desk_wait (&desk, banner_says, "returned");
  desk_wait (&desk, desk_says, "(returned)");
  desk_wait (&desk, desk_says, "Returned, unacknowledged");
  desk_act (&desk, "page", "journal");
  desk_wait (&desk, banner_says, "returned");
  desk_leave (&desk);
}

static void
journal_flood (Desk *desk, GdpEventKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataStore) store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  gint64 now = g_get_real_time ();
  GdpEvent event = { .kind = kind, .occurred = now, .learned = now, .who = (char *) "test-server", .text = (char *) "11" };
  gboolean noted;

  g_assert_no_error (error);
  g_assert_true (data_store_note_flood (store, &event, G_MAXINT64, &noted, &error));
  g_assert_true (noted);
}

static void
test_in_a_flood (void)
{
  Desk desk = { 0 };
  GtkWidget *button;

  sit (&desk, 1920, 1080);
  incident (&desk);
  desk_act (&desk, "page", "alarms");
  desk_wait (&desk, list_says, "Slam-shut");
  g_assert_false (banner_says (&desk, "Flood"));
  journal_flood (&desk, GDP_EVENT_FLOOD_BEGAN);
  desk_wait (&desk, banner_says, "Flood since");
  desk_wait (&desk, banner_says, "3 in 10 min");
  desk_wait (&desk, rows_are, SLAM " " OUTLET " " DOOR);
  button = screen_find_button (page (&desk), "Grouped");
  g_assert_false (gtk_widget_is_sensitive (button));
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));
  /* A console that is started amidst it says the same. */
  gtk_window_destroy (GTK_WINDOW (desk.window));
  ui_session_close (desk.session);
  g_clear_object (&desk.session);
  desk_sit (&desk, field_uri (desk.field), 1280, 720);   /* where there is room for the number alone */
  desk_wait (&desk, banner_says, "Flood");
  journal_flood (&desk, GDP_EVENT_FLOOD_ENDED);
  desk_wait (&desk, banner_is_silent, "Flood");
  desk_act (&desk, "page", "alarms");
  desk_wait (&desk, list_is_silent, "first of 2");
  desk_leave (&desk);
}

static gboolean
is_open (Desk *desk, gconstpointer id)
{
  return field_alarm (desk->field, id)->active;
}

static gboolean
is_closed (Desk *desk, gconstpointer id)
{
  return !field_alarm (desk->field, id)->active;
}

static void
bang (Desk *desk)
{
  field_set (desk->field, "GDP-002/door1", 0);
  desk_wait (desk, is_closed, DOOR);
  field_set (desk->field, "GDP-002/door1", 1);
  desk_wait (desk, is_open, DOOR);
}

/* Three times within a minute. */
static void
chatter (Desk *desk)
{
  field_set (desk->field, "GDP-002/door1", 1);
  desk_wait (desk, desk_has_alarm, DOOR);
  bang (desk);
  bang (desk);
  desk_act (desk, "page", "alarms");
  desk_wait (desk, list_says, "chatters ×3");
}

static gboolean
has_dialog (Desk *desk, gconstpointer nothing)
{
  if (screen_window (UI_TYPE_DECISION_DIALOG) == NULL)   /* not live for a moment, nothing is decided */
    gtk_widget_activate_action (GTK_WIDGET (desk->window), "win.decide", "(ss)", "shelve", DOOR);
  return screen_window (UI_TYPE_DECISION_DIALOG) != NULL;
}

static gboolean
has_no_dialog (Desk *desk, gconstpointer nothing)
{
  return screen_window (UI_TYPE_DECISION_DIALOG) == NULL;
}

/* It comes again faster than a reason is typed: all of it is meant. */
static void
test_what_chatters_is_shelved_at_the_first_press (void)
{
  Desk desk = { 0 };
  GtkWidget *dialog;

  sit (&desk, 1280, 720);
  chatter (&desk);
  desk_wait (&desk, has_dialog, NULL);
  dialog = screen_window (UI_TYPE_DECISION_DIALOG);
  gtk_editable_set_text (GTK_EDITABLE (screen_find_type (dialog, GTK_TYPE_ENTRY)), "not latched");
  bang (&desk);
  desk_wait (&desk, list_says, "chatters ×4");
  g_signal_emit_by_name (screen_find_button (dialog, "Shelve"), "clicked");
  desk_wait (&desk, has_no_dialog, NULL);
  desk_wait (&desk, list_says, "Shelved");
  g_assert_cmpstr (field_alarm (desk.field, DOOR)->suppressed_why, ==, "not latched");
  desk_leave (&desk);
}

static void
test_what_chatters_is_one_row (void)
{
  Desk desk = { 0 };

  sit (&desk, 1280, 720);
  chatter (&desk);
  desk_wait (&desk, banner_says, "chatters ×3");
  desk_wait (&desk, rows_are, DOOR);
  desk_leave (&desk);
}

static gboolean
has_offer (Desk *desk, gconstpointer nothing)
{
  GtkWidget *offer = screen_find_button (page (desk), "Shelve…");

  return offer != NULL && gtk_widget_is_sensitive (offer);
}

static gboolean
has_no_offer (Desk *desk, gconstpointer nothing)
{
  return screen_find_button (page (desk), "Shelve…") == NULL;
}

static gboolean
is_ready (Desk *desk, gconstpointer nothing)
{
  GtkWidget *dialog = screen_window (UI_TYPE_DECISION_DIALOG);
  GtkWidget *shelve = dialog != NULL ? screen_find_button (dialog, "Shelve") : NULL;

  return shelve != NULL && gtk_widget_is_sensitive (shelve);
}

static gboolean
is_shelved (Desk *desk, gconstpointer id)
{
  return field_alarm (desk->field, id)->suppression == GDP_SUPPRESSION_SHELVED;
}

/* Offered with an end and a reason, to be pressed by a person; nothing is shelved by itself. */
static void
test_what_chatters_is_offered_for_shelving (void)
{
  Desk desk = { 0 };

  sit (&desk, 1280, 720);
  field_set (desk.field, "GDP-001/slam1", 1);
  desk_wait (&desk, desk_has_alarm, SLAM);   /* which does not chatter, so that there is one offer */
  chatter (&desk);
  desk_wait (&desk, has_offer, NULL);
  g_assert_false (is_shelved (&desk, DOOR));
  g_signal_emit_by_name (screen_find_button (page (&desk), "Shelve…"), "clicked");
  desk_wait (&desk, is_ready, NULL);
  GtkWidget *dialog = screen_window (UI_TYPE_DECISION_DIALOG);
  const char *reason = gtk_editable_get_text (GTK_EDITABLE (screen_find_type (dialog, GTK_TYPE_ENTRY)));
  g_assert_true (g_str_has_prefix (reason, "it chatters: ×3 since "));
  g_assert_false (is_shelved (&desk, DOOR));
  g_signal_emit_by_name (screen_find_button (dialog, "Shelve"), "clicked");
  desk_wait (&desk, is_shelved, DOOR);
  g_assert_false (is_shelved (&desk, SLAM));
  g_assert_true (g_str_has_prefix (field_alarm (desk.field, DOOR)->suppressed_why, "it chatters: ×3 since "));
  g_assert_cmpint (field_alarm (desk.field, DOOR)->suppressed_until, >, g_get_real_time () + 28 * 60 * GDP_SECOND);
  desk_wait (&desk, has_no_offer, NULL);
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/flood/what-belongs-together-stands-together-when-that-is-wanted", test_groups_when_wanted);
  g_test_add_func ("/flood/the-site-tells-what-came-first", test_the_site_tells_its_incident);
  g_test_add_func ("/flood/what-is-over-is-said-to-be", test_what_is_over_is_said_to_be);
  g_test_add_func ("/flood/in-a-flood-the-banner-says-so-and-the-list-is-in-groups", test_in_a_flood);
  g_test_add_func ("/flood/what-chatters-is-one-row-that-says-how-often", test_what_chatters_is_one_row);
  g_test_add_func ("/flood/what-chatters-is-offered-for-shelving", test_what_chatters_is_offered_for_shelving);
  g_test_add_func ("/flood/what-chatters-is-shelved-at-the-first-press", test_what_chatters_is_shelved_at_the_first_press);
  return g_test_run ();
}
