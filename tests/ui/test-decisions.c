/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person decides about alarms at the window: the dialog, the menus, the keys, who may not, what the server has against it,
 * the list of what is not told, and the bar of what is about to come back. */
#include "desk.h"
#include "ui/alarms-page.h"
#include "ui/decision-dialog.h"
#include "ui/endings.h"
#include "ui/row-menu.h"
#include "ui/state-mark.h"
#include "ui/tip.h"

#include <string.h>

#define DOOR "GDP-001/door1.state"
#define SLAM "GDP-001/slam1.state"

/* ---- the desk --------------------------------------------------------------------------------- */

static void
sit_down (Desk *desk, guint n_sites)
{
  g_autoptr (GError) error = NULL;

  desk->field = field_new (n_sites);
  field_serve (desk->field);
  field_turn (desk->field);
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  desk_sit (desk, field_uri (desk->field), 1280, 720);
  desk_wait (desk, desk_is_live, NULL);
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
list_is_without (Desk *desk, gconstpointer text)
{
  return page (desk) != NULL && !list_says (desk, text);
}

/* The door is open, and its alarm selected in the list. */
static void
open_door (Desk *desk)
{
  desk_act (desk, "page", "alarms");
  field_set (desk->field, "GDP-001/door1", 1);
  desk_wait (desk, desk_has_alarm, DOOR);
  desk_wait (desk, list_says, "Door");
  ui_alarms_page_select (UI_ALARMS_PAGE (page (desk)), DOOR);
}

static GtkWidget *
dialog (void)
{
  return screen_window (UI_TYPE_DECISION_DIALOG);
}

static gboolean
has_dialog (Desk *desk, gconstpointer nothing)
{
  return dialog () != NULL;
}

static gboolean
has_no_dialog (Desk *desk, gconstpointer nothing)
{
  return dialog () == NULL;
}

static gboolean
dialog_says (Desk *desk, gconstpointer text)
{
  return screen_says (dialog (), text);
}

/* A picture that is not live for a moment, on a busy machine, decides nothing. */
static gboolean
opens_dialog (Desk *desk, gconstpointer word)
{
  if (dialog () == NULL)
    desk_act (desk, "decide-selected", word);
  return dialog () != NULL;
}

static void
open_dialog (Desk *desk, const char *word)
{
  desk_wait (desk, opens_dialog, word);
}

static void
write_reason (const char *reason)
{
  gtk_editable_set_text (GTK_EDITABLE (screen_find_type (dialog (), GTK_TYPE_ENTRY)), reason);
}

/* @where: CSS name of what it is in, NULL = the dialog. */
typedef struct { const char *where, *label; } Button;

static gboolean
is_pressed (Desk *desk, gconstpointer which)
{
  const Button *it = which;
  GtkWidget *below = it->where != NULL ? screen_find_named (GTK_WIDGET (desk->window), it->where) : dialog ();
  GtkWidget *button = screen_find_button (below, it->label);

  if (button == NULL || !gtk_widget_is_sensitive (button))
    return FALSE;
  g_signal_emit_by_name (button, "clicked");
  return TRUE;
}

static void
press (Desk *desk, const char *where, const char *label)
{
  desk_wait_with (desk->field, desk, is_pressed, &(Button) { where, label }, label);
}

/* Decides about what is selected, and waits until it is done. */
static void
decide (Desk *desk, const char *word, const char *label, const char *reason)
{
  open_dialog (desk, word);
  write_reason (reason);
  press (desk, NULL, label);
  desk_wait (desk, has_no_dialog, NULL);
}

/* "shelved": of the alarm, as the console shows it. */
static gboolean
door_is (Desk *desk, gconstpointer suppression)
{
  UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (desk->session), DOOR);

  return row != NULL && g_str_equal (gdp_suppression_word (ui_alarm_get (row)->suppression), suppression);
}

/* ---- the dialog ------------------------------------------------------------------------------- */

static void
test_shelved_with_a_reason_and_unshelved (void)
{
  Desk desk = { 0 };
  const GdpAlarm *alarm;

  sit_down (&desk, 1);
  open_door (&desk);
  open_dialog (&desk, "shelve");
  desk_wait (&desk, dialog_says, "Door, Open");
  g_assert_false (gtk_widget_is_sensitive (screen_find_button (dialog (), "Shelve")));   /* no reason yet */
  write_reason ("  ");
  g_assert_false (gtk_widget_is_sensitive (screen_find_button (dialog (), "Shelve")));
  write_reason ("hinges are repaired");
  press (&desk, NULL, "Shelve");
  desk_wait (&desk, has_no_dialog, NULL);
  desk_wait (&desk, door_is, "shelved");
  desk_wait (&desk, list_says, "Shelved, 29 min left");
  alarm = field_alarm (desk.field, DOOR);
  g_assert_cmpstr (alarm->suppressed_by, ==, "Tester");
  g_assert_cmpstr (alarm->suppressed_why, ==, "hinges are repaired");
  g_assert_false (alarm->acked);
  g_assert_cmpuint (ui_session_count_unacked (desk.session, alarm->priority), ==, 0);
  decide (&desk, "unshelve", "Unshelve", "");
  desk_wait (&desk, door_is, "none");
  desk_wait (&desk, list_says, "Unacknowledged");
  desk_leave (&desk);
}

static GtkWidget *
find_length (const char *label)
{
  for (GtkWidget *grid = screen_find_type (dialog (), GTK_TYPE_CHECK_BUTTON); grid != NULL; grid = gtk_widget_get_next_sibling (grid))
    if (g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (grid)), label) == 0)
      return grid;
  return NULL;
}

static gboolean
is_dispatcher (Desk *desk, gconstpointer role)
{
  return ui_session_get_role (desk->session) == *(const GdpRole *) role;
}

static void
appoint (Desk *desk, GdpRole role)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (data_store_appoint (desk->store, "Boss", GDP_ROLE_ADMINISTRATOR, "Boss", g_get_real_time (), &error));
  g_assert_true (data_store_appoint (desk->store, "Tester", role, "Boss", g_get_real_time (), &error));
  desk_wait (desk, is_dispatcher, &role);
}

/* gdp_shelving_longest(): of priority 1 a dispatcher half an hour, a senior one an hour. */
static void
test_only_lengths_that_may_be_are_offered (void)
{
  Desk desk = { 0 };
  const GdpAlarm *alarm;

  sit_down (&desk, 1);
  appoint (&desk, GDP_ROLE_DISPATCHER);
  desk_act (&desk, "page", "alarms");
  field_set (desk.field, "GDP-001/slam1", 1);
  desk_wait (&desk, desk_has_alarm, SLAM);
  desk_wait (&desk, list_says, "Slam-shut");
  ui_alarms_page_select (UI_ALARMS_PAGE (page (&desk)), SLAM);
  open_dialog (&desk, "shelve");
  g_assert_nonnull (find_length ("30 min"));
  g_assert_null (find_length ("1 h"));
  gtk_window_close (GTK_WINDOW (dialog ()));
  desk_wait (&desk, has_no_dialog, NULL);
  appoint (&desk, GDP_ROLE_SENIOR_DISPATCHER);
  open_dialog (&desk, "shelve");
  g_assert_null (find_length ("2 h"));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find_length ("1 h")), TRUE);
  write_reason ("drive is replaced");
  press (&desk, NULL, "Shelve");
  desk_wait (&desk, has_no_dialog, NULL);
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

  sit_down (&desk, 1);
  open_door (&desk);
  open_dialog (&desk, "shelve");
  other.detail = detail;
  g_assert_true (data_store_post (desk.store, &other, now, &error));
  desk_wait (&desk, door_is, "shelved");
  write_reason ("hinges are repaired");
  press (&desk, NULL, "Shelve");
  desk_wait (&desk, dialog_says, "It was not shelved: Alarm “" DOOR "” has been shelved by Petrov since it was seen");
  desk_wait (&desk, dialog_says, "Shelved, ");
  g_assert_cmpstr (field_alarm (desk.field, DOOR)->suppressed_by, ==, "Petrov");
  press (&desk, NULL, "Shelve");   /* now it is meant */
  desk_wait (&desk, has_no_dialog, NULL);
  g_assert_cmpstr (field_alarm (desk.field, DOOR)->suppressed_by, ==, "Tester");
  desk_leave (&desk);
}

static void
test_a_closed_dialog_undoes_nothing (void)
{
  Desk desk = { 0 };

  sit_down (&desk, 1);
  open_door (&desk);
  open_dialog (&desk, "shelve");
  write_reason ("hinges are repaired");
  press (&desk, NULL, "Shelve");
  desk_wait_still (&desk, dialog_says, "Asking the server…");
  gtk_window_close (GTK_WINDOW (dialog ()));   /* its answer finds nobody */
  desk_wait_still (&desk, has_no_dialog, NULL);
  desk_wait (&desk, door_is, "shelved");
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
  return menu (page (desk)) != NULL;
}

/* Filled anew until it may: the picture is live then. */
static gboolean
menu_opens_dialog (Desk *desk, gconstpointer label)
{
  if (is_pressed (desk, &(Button) { "alarmspage", label }))
    return TRUE;
  desk_act (desk, "decide-menu", NULL);
  return FALSE;
}

static void
test_menu_says_which_role_it_takes (void)
{
  Desk desk = { 0 };
  GtkWidget *out;

  sit_down (&desk, 1);
  appoint (&desk, GDP_ROLE_DISPATCHER);
  open_door (&desk);
  desk_act (&desk, "decide-menu", NULL);
  desk_wait (&desk, page_has_menu, NULL);
  out = screen_find_button (page (&desk), "Take out of service…");
  g_assert_false (gtk_widget_is_sensitive (out));
  g_assert_cmpstr (ui_tip_get (out), ==, "This takes the role “Senior dispatcher”; yours is “Dispatcher”");
  g_assert_null (screen_find_button (page (&desk), "Unshelve…"));   /* it is not shelved */
  desk_act (&desk, "decide-selected", "out-of-service");   /* a key does not get by */
  desk_wait (&desk, desk_says, "This takes the role “Senior dispatcher”");
  desk_wait (&desk, menu_opens_dialog, "Shelve…");
  desk_wait (&desk, has_dialog, NULL);
  desk_leave (&desk);
}

static GtkWidget *
points (Desk *desk)
{
  return screen_find_type (screen_find_named (GTK_WIDGET (desk->window), "sitepage"), GTK_TYPE_COLUMN_VIEW);
}

static gboolean
has_points (Desk *desk, gconstpointer nothing)
{
  return points (desk) != NULL && screen_says (points (desk), "Outlet pressure");
}

static void
select_point (Desk *desk, const char *id)
{
  GtkSelectionModel *model = gtk_column_view_get_model (GTK_COLUMN_VIEW (points (desk)));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++) {
    g_autoptr (UiPoint) point = g_list_model_get_item (G_LIST_MODEL (model), i);
    if (g_str_equal (ui_session_get_network (desk->session)->points[ui_point_get_index (point)].id, id))
      gtk_selection_model_select_item (model, i, TRUE);
  }
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

  sit_down (&desk, 1);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, has_points, NULL);
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
  select_point (&desk, "GDP-001/outlet1");
  decide (&desk, "out-of-service", "Take out of service", "transmitter is calibrated");
  desk_wait (&desk, are_out, &n);
  g_assert_cmpuint (n, >=, 4);
  g_assert_cmpuint (ui_session_count_untold (desk.session), ==, n);
  decide (&desk, "in-service", "Put back", "");
  desk_wait (&desk, are_out, &none);
  desk_leave (&desk);
}

/* ---- the list ---------------------------------------------------------------------------------- */

static void
test_a_lost_line_is_one_row_with_what_is_below (void)
{
  Desk desk = { 0 };
  guint alarms;

  sit_down (&desk, 2);
  open_door (&desk);
  field_set (desk.field, "GDP-002/door1", 1);   /* two: the count is right also for what comes when nothing more is hidden */
  desk_wait (&desk, desk_has_alarm, "GDP-002/door1.state");
  field_mute (desk.field, "GDP-001", TRUE);
  field_mute (desk.field, "GDP-002", TRUE);
  desk_wait (&desk, desk_has_alarm, "rs485-1.lost");
  desk_wait (&desk, door_is, "by-design");
  alarms = ui_alarm_list_get_size (ui_session_get_alarms (desk.session));
  {
    UiAlarm *line = ui_alarm_list_find (ui_session_get_alarms (desk.session), "rs485-1.lost");
    g_autofree char *below = g_strdup_printf ("Line lost: %u alarm", alarms - 1);
    g_autofree char *more = g_strdup_printf ("1; %u more by design", alarms - 1);

    g_assert_cmpuint (ui_alarm_get_below (line), ==, alarms - 1);
    desk_wait (&desk, list_says, below);
    desk_wait (&desk, list_says, "2 sites");
    g_assert_true (screen_says (screen_find_named (GTK_WIDGET (desk.window), "banner"), "2 sites"));
    desk_wait (&desk, list_says, more);
    desk_wait (&desk, list_is_without, "Door");
  }
  desk_act (&desk, "alarm-filter", "by-design");
  desk_wait (&desk, list_says, "Door");
  desk_wait (&desk, list_is_without, "Line lost");
  desk_act (&desk, "alarm-filter", "shelved");
  desk_wait (&desk, list_says, "No shelved alarms, no visits");
  field_mute (desk.field, "GDP-001", FALSE);
  field_mute (desk.field, "GDP-002", FALSE);
  desk_act (&desk, "alarm-filter", "all");
  desk_wait (&desk, door_is, "none");
  desk_wait (&desk, list_says, "Door");
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
  return screen_find_named (page (desk), "statemark") != NULL;
}

static void
test_every_state_has_a_shape_of_its_own (void)
{
  Desk desk = { 0 };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = 0;

  sit_down (&desk, 1);
  open_door (&desk);
  desk_wait (&desk, has_mark, NULL);
  for (GdpAlarmState state = 0; state < GDP_N_ALARM_STATES; state++, n++) {
    GtkWidget *mark = screen_find_named (page (&desk), "statemark");
    ui_state_mark_set (UI_STATE_MARK (mark), state, GDP_SUPPRESSION_NONE);
    g_hash_table_add (seen, picture_of (mark));
  }
  for (GdpSuppression suppression = 1; suppression < GDP_N_SUPPRESSIONS; suppression++, n++) {
    GtkWidget *mark = screen_find_named (page (&desk), "statemark");
    ui_state_mark_set (UI_STATE_MARK (mark), GDP_ALARM_UNACKED, suppression);
    g_hash_table_add (seen, picture_of (mark));
  }
  g_assert_cmpuint (g_hash_table_size (seen), ==, n);
  g_assert_cmpuint (n, ==, 9);
  desk_leave (&desk);
}

/* ---- visits, what is not told, what comes back ------------------------------------------------- */

static gboolean
untold_says (Desk *desk, gconstpointer text)
{
  GtkWidget *banner = screen_find_named (GTK_WIDGET (desk->window), "banner");

  return screen_says (screen_find_named (banner, "popover"), text);
}

static void
test_a_visit_begins_and_ends_at_the_site (void)
{
  Desk desk = { 0 };

  sit_down (&desk, 1);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, has_points, NULL);
  press (&desk, "sitepage", "Visit…");
  desk_wait (&desk, has_dialog, NULL);
  write_reason ("filters are cleaned");
  press (&desk, NULL, "Register a visit");
  desk_wait (&desk, has_no_dialog, NULL);
  desk_wait (&desk, desk_says, "Visit until ");
  g_assert_cmpuint (ui_session_count_untold (desk.session), ==, 1);
  field_set (desk.field, "GDP-001/door1", 1);
  desk_act (&desk, "untold", NULL);
  desk_wait (&desk, untold_says, "filters are cleaned");
  desk_wait (&desk, untold_says, "Maintenance visit");
  g_assert_false (desk_has_alarm (&desk, DOOR));
  press (&desk, "banner", "End the visit");   /* right there */
  desk_wait (&desk, desk_has_alarm, DOOR);   /* it is still open */
  desk_wait (&desk, untold_says, "Not being told: 0");
  desk_wait (&desk, desk_is_silent, "Visit until ");
  desk_leave (&desk);
}

/* The button in the list may be pressed (@tip NULL), or says why not. */
static gboolean
ends_with (Desk *desk, const char *label, const char *tip)
{
  GtkWidget *button = screen_find_button (screen_find_named (GTK_WIDGET (desk->window), "banner"), label);

  return button != NULL && gtk_widget_is_sensitive (button) == (tip == NULL) && g_strcmp0 (ui_tip_get (button), tip) == 0;
}

static gboolean
put_back_says (Desk *desk, gconstpointer tip)
{
  return ends_with (desk, "Put back", tip);
}

static void
test_untold_names_who_until_when_and_why (void)
{
  Desk desk = { 0 };

  sit_down (&desk, 1);
  open_door (&desk);
  decide (&desk, "out-of-service", "Take out of service", "lock is replaced");
  desk_act (&desk, "untold", NULL);
  desk_wait (&desk, untold_says, "Not being told: 1");
  g_assert_true (untold_says (&desk, "Door, Open"));
  g_assert_true (untold_says (&desk, "Out of service"));
  g_assert_true (untold_says (&desk, "Tester"));
  g_assert_true (untold_says (&desk, "lock is replaced"));
  appoint (&desk, GDP_ROLE_DISPATCHER);
  desk_wait (&desk, put_back_says, "This takes the role “Senior dispatcher”; yours is “Dispatcher”");
  appoint (&desk, GDP_ROLE_SENIOR_DISPATCHER);
  desk_wait (&desk, put_back_says, NULL);
  press (&desk, "banner", "Put back");
  desk_wait (&desk, untold_says, "Not being told: 0");
  desk_wait (&desk, door_is, "none");
  desk_leave (&desk);
}

/* ---- forced values ------------------------------------------------------------------------------ */

static gboolean
is_forced (Desk *desk, gconstpointer point)
{
  g_autofree char *id = g_strdup_printf ("%s.forced", (const char *) point);
  UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (desk->session), id);

  return row != NULL && ui_alarm_get (row)->suppression == GDP_SUPPRESSION_SHELVED;
}

static gboolean
is_measured (Desk *desk, gconstpointer point)
{
  return !is_forced (desk, point);
}

static GtkWidget *
value_entry (void)
{
  return screen_find_type (dialog (), GTK_TYPE_ENTRY);
}

static gboolean
is_choice (GtkWidget *widget, gconstpointer label)
{
  return GTK_IS_CHECK_BUTTON (widget) && g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (widget)), label) == 0;
}

static gboolean
release_says (Desk *desk, gconstpointer tip)
{
  return ends_with (desk, "Release", tip);
}

/* From the menu of the point's row, as a person does. */
static gboolean
point_menu_opens_dialog (Desk *desk, gconstpointer label)
{
  GtkWidget *view = points (desk), *button = screen_find_button (view, label);

  if (dialog () != NULL)
    return TRUE;
  if (button != NULL && gtk_widget_is_sensitive (button))
    g_signal_emit_by_name (button, "clicked");
  else
    ui_row_menu_popup (view);
  return dialog () != NULL;
}

static void
open_from_point (Desk *desk, const char *point, const char *label)
{
  select_point (desk, point);
  desk_wait (desk, point_menu_opens_dialog, label);
}

static void
write_why (const char *reason)   /* below the value */
{
  GtkWidget *entry = value_entry (), *grid = gtk_widget_get_ancestor (entry, GTK_TYPE_GRID);

  for (GtkWidget *at = gtk_widget_get_first_child (grid); at != NULL; at = gtk_widget_get_next_sibling (at))
    if (GTK_IS_ENTRY (at))
      entry = at;
  gtk_editable_set_text (GTK_EDITABLE (entry), reason);
}

/* The pressure is forced from the point's menu, stands in “not being told” with who and why, and is released there. */
static void
test_forced_and_released (void)
{
  Desk desk = { 0 };

  sit_down (&desk, 1);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, has_points, NULL);
  open_from_point (&desk, "GDP-001/outlet1", "Force the value…");
  desk_wait (&desk, dialog_says, "Outlet pressure");
  write_why ("transmitter is replaced");
  gtk_editable_set_text (GTK_EDITABLE (value_entry ()), "much");
  desk_wait (&desk, dialog_says, "Give the value, a number");
  g_assert_false (gtk_widget_is_sensitive (screen_find_button (dialog (), "Force the value")));
  gtk_editable_set_text (GTK_EDITABLE (value_entry ()), "9");   /* the server knows its range */
  press (&desk, NULL, "Force the value");
  desk_wait (&desk, dialog_says, "It was not forced: ");
  gtk_editable_set_text (GTK_EDITABLE (value_entry ()), "0,31");
  press (&desk, NULL, "Force the value");
  desk_wait (&desk, has_no_dialog, NULL);
  desk_wait (&desk, is_forced, "GDP-001/outlet1");
  const GdpAlarm *alarm = field_alarm (desk.field, "GDP-001/outlet1.forced");
  g_assert_cmpfloat (alarm->value, ==, 0.31);
  g_assert_cmpstr (alarm->suppressed_by, ==, "Tester");
  g_assert_cmpint ((int) ((alarm->suppressed_until - g_get_real_time ()) / (60 * GDP_SECOND)), >=, 230);
  desk_act (&desk, "untold", NULL);
  desk_wait (&desk, untold_says, "transmitter is replaced");
  appoint (&desk, GDP_ROLE_DISPATCHER);
  desk_wait (&desk, release_says, "This takes the role “Senior dispatcher”; yours is “Dispatcher”");
  appoint (&desk, GDP_ROLE_SENIOR_DISPATCHER);
  desk_wait (&desk, release_says, NULL);
  press (&desk, "banner", "Release");
  desk_wait (&desk, untold_says, "Not being told: 0");
  desk_wait (&desk, is_measured, "GDP-001/outlet1");
  desk_leave (&desk);
}

/* A contact is forced to a state by its name, and released from the menu, which offers what is possible. */
static void
test_a_contact_is_forced (void)
{
  Desk desk = { 0 };

  sit_down (&desk, 1);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, has_points, NULL);
  open_from_point (&desk, "GDP-001/door1", "Force the value…");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (screen_find (dialog (), is_choice, "Open")), TRUE);
  write_reason ("magnet is lost");
  press (&desk, NULL, "Force the value");
  desk_wait (&desk, is_forced, "GDP-001/door1");
  desk_wait (&desk, has_no_dialog, NULL);
  g_assert_cmpfloat (field_alarm (desk.field, "GDP-001/door1.forced")->value, ==, 1);
  desk_wait (&desk, desk_has_alarm, DOOR);   /* limits are judged by it */
  open_from_point (&desk, "GDP-001/door1", "Release the value…");
  press (&desk, NULL, "Release");
  desk_wait (&desk, is_measured, "GDP-001/door1");
  desk_leave (&desk);
}

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
  desk_wait (desk, door_is, "shelved");
}

static void
test_what_is_about_to_come_back_is_said_before (void)
{
  Desk desk = { 0 };

  sit_down (&desk, 1);
  open_door (&desk);
  shelve_shortly (&desk, UI_ENDS_SOON + 60 * GDP_SECOND);
  desk_wait (&desk, list_says, "Shelved, ");
  g_assert_true (has_no_bar (&desk, NULL));
  shelve_shortly (&desk, UI_ENDS_SOON - 20 * GDP_SECOND);
  desk_wait (&desk, bar_says, "GDP-001  Door, Open: shelved for 4 min more (Petrov: lock is replaced)");
  press (&desk, "endings", "Let it come back");
  g_assert_true (has_no_bar (&desk, NULL));
  shelve_shortly (&desk, UI_ENDS_SOON - 30 * GDP_SECOND);   /* another end is asked about again */
  desk_wait (&desk, bar_says, "Door, Open");
  press (&desk, "endings", "Shelve again…");
  desk_wait (&desk, has_dialog, NULL);
  write_reason ("no new lock yet");
  press (&desk, NULL, "Shelve");
  desk_wait (&desk, has_no_dialog, NULL);
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
  g_test_add_func ("/decisions/a-visit-begins-and-ends-at-the-site", test_a_visit_begins_and_ends_at_the_site);
  g_test_add_func ("/decisions/untold-names-who-until-when-and-why", test_untold_names_who_until_when_and_why);
  g_test_add_func ("/decisions/a-value-is-forced-and-released-where-it-is-listed", test_forced_and_released);
  g_test_add_func ("/decisions/a-contact-is-forced-by-the-name-of-its-state", test_a_contact_is_forced);
  return g_test_run ();
}
