/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person decides about alarms at the window: the dialog, the menus, the keys, who may not, what the server has against it,
 * the list, and the bar of what is about to come back. */
#include "decide.h"
#include "ui/alarms-page.h"
#include "ui/endings.h"
#include "ui/state-mark.h"
#include "ui/tip.h"

#define SLAM "GDP-001/slam1.state"

/* ---- the dialog ------------------------------------------------------------------------------- */

static void
test_shelved_with_a_reason_and_unshelved (void)
{
  Desk desk = { 0 };
  const GdpAlarm *alarm;

  decide_sit_down (&desk, 1);
  decide_open_door (&desk);
  decide_open_dialog (&desk, "shelve");
  desk_wait (&desk, decide_dialog_says, "Door, Open");
  g_assert_false (gtk_widget_is_sensitive (screen_find_button (decide_dialog (), "Shelve")));   /* no reason yet */
  decide_write_reason ("  ");
  g_assert_false (gtk_widget_is_sensitive (screen_find_button (decide_dialog (), "Shelve")));
  decide_write_reason ("hinges are repaired");
  decide_press (&desk, NULL, "Shelve");
  desk_wait (&desk, decide_has_no_dialog, NULL);
  desk_wait (&desk, decide_door_is, "shelved");
  desk_wait (&desk, decide_list_says, "Shelved, 29 min left");
  alarm = field_alarm (desk.field, DOOR);
  g_assert_cmpstr (alarm->suppressed_by, ==, "Tester");
  g_assert_cmpstr (alarm->suppressed_why, ==, "hinges are repaired");
  g_assert_false (alarm->acked);
  g_assert_cmpuint (ui_session_count_unacked (desk.session, alarm->priority), ==, 0);
  decide_selected (&desk, "unshelve", "Unshelve", "");
  desk_wait (&desk, decide_door_is, "none");
  desk_wait (&desk, decide_list_says, "Unacknowledged");
  desk_leave (&desk);
}

static GtkWidget *
find_length (const char *label)
{
  for (GtkWidget *grid = screen_find_type (decide_dialog (), GTK_TYPE_CHECK_BUTTON); grid != NULL; grid = gtk_widget_get_next_sibling (grid))
    if (g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (grid)), label) == 0)
      return grid;
  return NULL;
}

/* gdp_shelving_longest(): of priority 1 a dispatcher half an hour, a senior one an hour. */
static void
test_only_lengths_that_may_be_are_offered (void)
{
  Desk desk = { 0 };
  const GdpAlarm *alarm;

  decide_sit_down (&desk, 1);
  decide_appoint (&desk, GDP_ROLE_DISPATCHER);
  desk_act (&desk, "page", "alarms");
  field_set (desk.field, "GDP-001/slam1", 1);
  desk_wait (&desk, desk_has_alarm, SLAM);
  desk_wait (&desk, decide_list_says, "Slam-shut");
  ui_alarms_page_select (UI_ALARMS_PAGE (decide_page (&desk)), SLAM);
  decide_open_dialog (&desk, "shelve");
  g_assert_nonnull (find_length ("30 min"));
  g_assert_null (find_length ("1 h"));
  gtk_window_close (GTK_WINDOW (decide_dialog ()));
  desk_wait (&desk, decide_has_no_dialog, NULL);
  decide_appoint (&desk, GDP_ROLE_SENIOR_DISPATCHER);
  decide_open_dialog (&desk, "shelve");
  g_assert_null (find_length ("2 h"));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find_length ("1 h")), TRUE);
  decide_write_reason ("drive is replaced");
  decide_press (&desk, NULL, "Shelve");
  desk_wait (&desk, decide_has_no_dialog, NULL);
  alarm = field_alarm (desk.field, SLAM);
  g_assert_cmpint (alarm->suppression, ==, GDP_SUPPRESSION_SHELVED);
  g_assert_cmpint (ABS (alarm->suppressed_until - g_get_real_time () - 3600 * GDP_SECOND), <, 60 * GDP_SECOND);
  desk_leave (&desk);
}

/* Another person was first: the dialog says so, stays, and shows how it is now. */
static void
test_a_refusal_is_said_in_the_dialog (void)
{
  Desk desk = { 0 };
  DataCommand other = { .kind = (char *) "shelve", .object = (char *) DOOR, .argument = 1, .who = (char *) "Petrov",
                        .where = (char *) "test", .comment = (char *) "lock is replaced" };
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time ();
  g_autofree char *detail = g_strdup_printf ("%" G_GINT64_FORMAT " 0", now + 600 * GDP_SECOND);

  decide_sit_down (&desk, 1);
  decide_open_door (&desk);
  decide_open_dialog (&desk, "shelve");
  other.detail = detail;
  g_assert_true (data_store_post (desk.store, &other, now, &error));
  desk_wait (&desk, decide_door_is, "shelved");
  decide_write_reason ("hinges are repaired");
  decide_press (&desk, NULL, "Shelve");
  desk_wait (&desk, decide_dialog_says, "It was not shelved: Alarm “" DOOR "” has been shelved by Petrov since it was seen");
  desk_wait (&desk, decide_dialog_says, "Shelved, ");
  g_assert_cmpstr (field_alarm (desk.field, DOOR)->suppressed_by, ==, "Petrov");
  decide_press (&desk, NULL, "Shelve");   /* now it is meant */
  desk_wait (&desk, decide_has_no_dialog, NULL);
  g_assert_cmpstr (field_alarm (desk.field, DOOR)->suppressed_by, ==, "Tester");
  desk_leave (&desk);
}

static void
test_a_closed_dialog_undoes_nothing (void)
{
  Desk desk = { 0 };

  decide_sit_down (&desk, 1);
  decide_open_door (&desk);
  decide_open_dialog (&desk, "shelve");
  decide_write_reason ("hinges are repaired");
  decide_press (&desk, NULL, "Shelve");
  desk_wait_still (&desk, decide_dialog_says, "Asking the server…");
  gtk_window_close (GTK_WINDOW (decide_dialog ()));   /* its answer finds nobody */
  desk_wait_still (&desk, decide_has_no_dialog, NULL);
  desk_wait (&desk, decide_door_is, "shelved");
  desk_leave (&desk);
}

/* ---- menus and who may ------------------------------------------------------------------------ */

static GtkWidget *
menu (GtkWidget *below)
{
  GtkWidget *popover = screen_find_type (below, GTK_TYPE_POPOVER);

  return popover != NULL ? screen_find_named (popover, "flat") : NULL;
}

static gboolean
page_has_menu (Desk *desk, gconstpointer nothing)
{
  return menu (decide_page (desk)) != NULL;
}

/* Filled anew until it may: the picture is live then. */
static gboolean
menu_opens_dialog (Desk *desk, gconstpointer label)
{
  if (decide_try_press (desk, "alarmspage", label))
    return TRUE;
  desk_act (desk, "decide-menu", NULL);
  return FALSE;
}

static void
test_menu_says_which_role_it_takes (void)
{
  Desk desk = { 0 };
  GtkWidget *out;

  decide_sit_down (&desk, 1);
  decide_appoint (&desk, GDP_ROLE_DISPATCHER);
  decide_open_door (&desk);
  desk_act (&desk, "decide-menu", NULL);
  desk_wait (&desk, page_has_menu, NULL);
  out = screen_find_button (decide_page (&desk), "Take out of service…");
  g_assert_false (gtk_widget_is_sensitive (out));
  g_assert_cmpstr (ui_tip_get (out), ==, "This takes the role “Senior dispatcher”; yours is “Dispatcher”");
  g_assert_null (screen_find_button (decide_page (&desk), "Unshelve…"));   /* it is not shelved */
  desk_act (&desk, "decide-selected", "out-of-service");   /* a key does not get by */
  desk_wait (&desk, desk_says, "This takes the role “Senior dispatcher”");
  desk_wait (&desk, menu_opens_dialog, "Shelve…");
  desk_wait (&desk, decide_has_dialog, NULL);
  desk_leave (&desk);
}

static guint
count_out (Desk *desk)
{
  guint n = 0;

  for (guint i = 0; i < ui_alarm_list_get_size (ui_session_get_alarms (desk->session)); i++)
    n += ui_alarm_get (ui_alarm_list_peek (ui_session_get_alarms (desk->session), i))->suppression
         == GDP_SUPPRESSION_OUT_OF_SERVICE;
  return n;
}

static gboolean
are_out (Desk *desk, gconstpointer number)
{
  return count_out (desk) == *(const guint *) number;
}

/* High, low, fault and stale, none of which ever occurred; and one that did, and is normal again. */
static void
test_a_point_stands_for_all_its_alarms (void)
{
  Desk desk = { 0 };
  guint n = 0, none = 0;

  decide_sit_down (&desk, 1);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, decide_has_points, NULL);
  field_set (desk.field, "GDP-001/outlet1", 0.1);
  desk_wait (&desk, desk_has_alarm, "GDP-001/outlet1.low");
  ui_session_acknowledge (desk.session, "GDP-001/outlet1.low", 1, NULL);
  desk_wait (&desk, desk_is_acked, "GDP-001/outlet1.low");
  field_set (desk.field, "GDP-001/outlet1", 0.3);
  for (const GdpAlarm *low = field_alarm (desk.field, "GDP-001/outlet1.low"); low->active;)
    field_turn (desk.field);
  for (GdpCondition condition = 0; condition < GDP_N_CONDITIONS; condition++)
    n += gdp_condition_is_configured (condition, &field_network (desk.field)->points[gdp_network_find_point (
                                        field_network (desk.field), "GDP-001/outlet1")]);
  decide_select_point (&desk, "GDP-001/outlet1");
  decide_selected (&desk, "out-of-service", "Take out of service", "transmitter is calibrated");
  desk_wait (&desk, are_out, &n);
  g_assert_cmpuint (n, >=, 4);
  g_assert_cmpuint (ui_session_count_untold (desk.session), ==, n);
  decide_selected (&desk, "in-service", "Put back", "");
  desk_wait (&desk, are_out, &none);
  desk_leave (&desk);
}

/* ---- the list ---------------------------------------------------------------------------------- */

static gboolean
list_is_without (Desk *desk, gconstpointer text)
{
  return decide_page (desk) != NULL && !decide_list_says (desk, text);
}

static void
test_a_lost_line_is_one_row_with_what_is_below (void)
{
  Desk desk = { 0 };
  guint alarms;

  decide_sit_down (&desk, 2);
  decide_open_door (&desk);
  field_set (desk.field, "GDP-002/door1", 1);   /* two: the count is right also for what comes when nothing more is hidden */
  desk_wait (&desk, desk_has_alarm, "GDP-002/door1.state");
  field_mute (desk.field, "GDP-001", TRUE);
  field_mute (desk.field, "GDP-002", TRUE);
  desk_wait (&desk, desk_has_alarm, "rs485-1.lost");
  desk_wait (&desk, decide_door_is, "by-design");
  alarms = ui_alarm_list_get_size (ui_session_get_alarms (desk.session));
  {
    UiAlarm *line = ui_alarm_list_find (ui_session_get_alarms (desk.session), "rs485-1.lost");
    g_autofree char *below = g_strdup_printf ("Line lost: %u alarm", alarms - 1);
    g_autofree char *more = g_strdup_printf ("1 of %u", alarms);

    g_assert_cmpuint (ui_alarm_get_below (line), ==, alarms - 1);
    desk_wait (&desk, decide_list_says, below);
    desk_wait (&desk, decide_list_says, "2 sites");
    g_assert_true (screen_says (screen_find_named (GTK_WIDGET (desk.window), "banner"), "2 sites"));
    desk_wait (&desk, decide_list_says, more);
    desk_wait (&desk, list_is_without, "Door");
  }
  desk_act (&desk, "alarm-filter", "by-design");
  desk_wait (&desk, decide_list_says, "Door");
  desk_wait (&desk, list_is_without, "Line lost");
  desk_act (&desk, "alarm-filter", "shelved");
  desk_wait (&desk, decide_list_says, "No shelved alarms, no visits");
  field_mute (desk.field, "GDP-001", FALSE);
  field_mute (desk.field, "GDP-002", FALSE);
  desk_act (&desk, "alarm-filter", "all");
  desk_wait (&desk, decide_door_is, "none");
  desk_wait (&desk, decide_list_says, "Door");
  desk_leave (&desk);
}

/* What a grey print tells apart: no two states look alike. */
static char *
picture_of (GtkWidget *mark)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GBytes) bytes = NULL;

  GTK_WIDGET_GET_CLASS (mark)->snapshot (mark, snapshot);
  node = gtk_snapshot_to_node (snapshot);
  {
    g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (mark)), node, NULL);
    bytes = gdk_texture_save_to_png_bytes (texture);
  }
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

static gboolean
has_mark (Desk *desk, gconstpointer nothing)
{
  return screen_find_named (decide_page (desk), "statemark") != NULL;
}

static void
test_every_state_has_a_shape_of_its_own (void)
{
  Desk desk = { 0 };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = 0;

  decide_sit_down (&desk, 1);
  decide_open_door (&desk);
  desk_wait (&desk, has_mark, NULL);
  for (GdpAlarmState state = 0; state < GDP_N_ALARM_STATES; state++, n++) {
    GtkWidget *mark = screen_find_named (decide_page (&desk), "statemark");
    ui_state_mark_set (UI_STATE_MARK (mark), state, GDP_SUPPRESSION_NONE);
    g_hash_table_add (seen, picture_of (mark));
  }
  for (GdpSuppression suppression = 1; suppression < GDP_N_SUPPRESSIONS; suppression++, n++) {
    GtkWidget *mark = screen_find_named (decide_page (&desk), "statemark");
    ui_state_mark_set (UI_STATE_MARK (mark), GDP_ALARM_UNACKED, suppression);
    g_hash_table_add (seen, picture_of (mark));
  }
  g_assert_cmpuint (g_hash_table_size (seen), ==, n);
  g_assert_cmpuint (n, ==, 9);
  desk_leave (&desk);
}

/* ---- what comes back ---------------------------------------------------------------------------- */

static gboolean
bar_says (Desk *desk, gconstpointer text)
{
  return screen_says (screen_find_named (GTK_WIDGET (desk->window), "endings"), text);
}

static gboolean
has_no_bar (Desk *desk, gconstpointer nothing)
{
  return screen_find_named (GTK_WIDGET (desk->window), "endings") == NULL;
}

/* By another program, for less than is warned before. */
static void
shelve_shortly (Desk *desk, gint64 length)
{
  gint64 now = g_get_real_time (), seen = field_alarm (desk->field, DOOR)->suppressed_until;
  g_autofree char *detail = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, now + length, seen);
  DataCommand command = { .kind = (char *) "shelve", .object = (char *) DOOR, .argument = 1, .who = (char *) "Petrov",
                          .where = (char *) "test", .comment = (char *) "lock is replaced", .detail = detail };
  g_autoptr (GError) error = NULL;

  g_assert_true (data_store_post (desk->store, &command, now, &error));
  desk_wait (desk, decide_door_is, "shelved");
}

static void
test_what_is_about_to_come_back_is_said_before (void)
{
  Desk desk = { 0 };

  decide_sit_down (&desk, 1);
  decide_open_door (&desk);
  shelve_shortly (&desk, UI_ENDS_SOON + 60 * GDP_SECOND);
  desk_wait (&desk, decide_list_says, "Shelved, ");
  g_assert_true (has_no_bar (&desk, NULL));
  shelve_shortly (&desk, UI_ENDS_SOON - 20 * GDP_SECOND);
  desk_wait (&desk, bar_says, "GDP-001  Door, Open: shelved for 4 min more (Petrov: lock is replaced)");
  decide_press (&desk, "endings", "Let it come back");
  g_assert_true (has_no_bar (&desk, NULL));
  shelve_shortly (&desk, UI_ENDS_SOON - 30 * GDP_SECOND);   /* another end is asked about again */
  desk_wait (&desk, bar_says, "Door, Open");
  decide_press (&desk, "endings", "Shelve again…");
  desk_wait (&desk, decide_has_dialog, NULL);
  decide_write_reason ("no new lock yet");
  decide_press (&desk, NULL, "Shelve");
  desk_wait (&desk, decide_has_no_dialog, NULL);
  desk_wait (&desk, has_no_bar, NULL);
  g_assert_cmpstr (field_alarm (desk.field, DOOR)->suppressed_by, ==, "Tester");
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/decisions/shelved-with-a-reason-and-unshelved", test_shelved_with_a_reason_and_unshelved);
  g_test_add_func ("/decisions/only-lengths-that-may-be-are-offered", test_only_lengths_that_may_be_are_offered);
  g_test_add_func ("/decisions/a-refusal-is-said-in-the-dialog", test_a_refusal_is_said_in_the_dialog);
  g_test_add_func ("/decisions/a-dialog-that-is-closed-undoes-nothing", test_a_closed_dialog_undoes_nothing);
  g_test_add_func ("/decisions/menu-says-which-role-it-takes", test_menu_says_which_role_it_takes);
  g_test_add_func ("/decisions/a-point-stands-for-all-its-alarms", test_a_point_stands_for_all_its_alarms);
  g_test_add_func ("/decisions/a-lost-line-is-one-row-with-what-is-below", test_a_lost_line_is_one_row_with_what_is_below);
  g_test_add_func ("/decisions/every-state-has-a-shape-of-its-own", test_every_state_has_a_shape_of_its_own);
  g_test_add_func ("/decisions/what-is-about-to-come-back-is-said-before", test_what_is_about_to_come_back_is_said_before);
  return g_test_run ();
}
