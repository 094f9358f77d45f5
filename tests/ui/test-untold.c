/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person keeps from being told: visits, alarms out of service, forced values; the list of them in the banner, and that
 * each ends there. */
#include "decide.h"
#include "ui/row-menu.h"
#include "ui/tip.h"

/* ---- visits, what is not told --------------------------------------------------------------------- */

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

  decide_sit_down (&desk, 1);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, decide_has_points, NULL);
  decide_press (&desk, "sitepage", "Visit…");
  desk_wait (&desk, decide_has_dialog, NULL);
  decide_write_reason ("filters are cleaned");
  decide_press (&desk, NULL, "Register a visit");
  desk_wait (&desk, decide_has_no_dialog, NULL);
  desk_wait (&desk, desk_says, "Visit until ");
  g_assert_cmpuint (ui_session_count_untold (desk.session), ==, 1);
  field_set (desk.field, "GDP-001/door1", 1);
  desk_act (&desk, "untold", NULL);
  desk_wait (&desk, untold_says, "filters are cleaned");
  desk_wait (&desk, untold_says, "Maintenance visit");
  g_assert_false (desk_has_alarm (&desk, DOOR));
  decide_press (&desk, "banner", "End the visit");   /* right there */
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

  decide_sit_down (&desk, 1);
  decide_open_door (&desk);
  decide_selected (&desk, "out-of-service", "Take out of service", "lock is replaced");
  desk_act (&desk, "untold", NULL);
  desk_wait (&desk, untold_says, "Not being told: 1");
  g_assert_true (untold_says (&desk, "Door, Open"));
  g_assert_true (untold_says (&desk, "Out of service"));
  g_assert_true (untold_says (&desk, "Tester"));
  g_assert_true (untold_says (&desk, "lock is replaced"));
  decide_appoint (&desk, GDP_ROLE_DISPATCHER);
  desk_wait (&desk, put_back_says, "This takes the role “Senior dispatcher”; yours is “Dispatcher”");
  decide_appoint (&desk, GDP_ROLE_SENIOR_DISPATCHER);
  desk_wait (&desk, put_back_says, NULL);
  decide_press (&desk, "banner", "Put back");
  desk_wait (&desk, untold_says, "Not being told: 0");
  desk_wait (&desk, decide_door_is, "none");
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
  return screen_find_type (decide_dialog (), GTK_TYPE_ENTRY);
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
  GtkWidget *view = decide_points (desk), *button = screen_find_button (view, label);

  if (decide_dialog () != NULL)
    return TRUE;
  if (button != NULL && gtk_widget_is_sensitive (button))
    g_signal_emit_by_name (button, "clicked");
  else
    ui_row_menu_popup (view);
  return decide_dialog () != NULL;
}

static void
open_from_point (Desk *desk, const char *point, const char *label)
{
  decide_select_point (desk, point);
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

  decide_sit_down (&desk, 1);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, decide_has_points, NULL);
  open_from_point (&desk, "GDP-001/outlet1", "Force the value…");
  desk_wait (&desk, decide_dialog_says, "Outlet pressure");
  write_why ("transmitter is replaced");
  gtk_editable_set_text (GTK_EDITABLE (value_entry ()), "much");
  desk_wait (&desk, decide_dialog_says, "Give the value, a number");
  g_assert_false (gtk_widget_is_sensitive (screen_find_button (decide_dialog (), "Force the value")));
  gtk_editable_set_text (GTK_EDITABLE (value_entry ()), "9");   /* the server knows its range */
  decide_press (&desk, NULL, "Force the value");
  desk_wait (&desk, decide_dialog_says, "It was not forced: ");
  gtk_editable_set_text (GTK_EDITABLE (value_entry ()), "0,31");
  decide_press (&desk, NULL, "Force the value");
  desk_wait (&desk, decide_has_no_dialog, NULL);
  desk_wait (&desk, is_forced, "GDP-001/outlet1");
  const GdpAlarm *alarm = field_alarm (desk.field, "GDP-001/outlet1.forced");
  g_assert_cmpfloat (alarm->value, ==, 0.31);
  g_assert_cmpstr (alarm->suppressed_by, ==, "Tester");
  g_assert_cmpint ((int) ((alarm->suppressed_until - g_get_real_time ()) / (60 * GDP_SECOND)), >=, 230);
  desk_act (&desk, "untold", NULL);
  desk_wait (&desk, untold_says, "transmitter is replaced");
  decide_appoint (&desk, GDP_ROLE_DISPATCHER);
  desk_wait (&desk, release_says, "This takes the role “Senior dispatcher”; yours is “Dispatcher”");
  decide_appoint (&desk, GDP_ROLE_SENIOR_DISPATCHER);
  desk_wait (&desk, release_says, NULL);
  decide_press (&desk, "banner", "Release");
  desk_wait (&desk, untold_says, "Not being told: 0");
  desk_wait (&desk, is_measured, "GDP-001/outlet1");
  desk_leave (&desk);
}

/* A contact is forced to a state by its name, and released from the menu, which offers what is possible. */
static void
test_a_contact_is_forced (void)
{
  Desk desk = { 0 };

  decide_sit_down (&desk, 1);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, decide_has_points, NULL);
  open_from_point (&desk, "GDP-001/door1", "Force the value…");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (screen_find (decide_dialog (), is_choice, "Open")), TRUE);
  decide_write_reason ("magnet is lost");
  decide_press (&desk, NULL, "Force the value");
  desk_wait (&desk, is_forced, "GDP-001/door1");
  desk_wait (&desk, decide_has_no_dialog, NULL);
  g_assert_cmpfloat (field_alarm (desk.field, "GDP-001/door1.forced")->value, ==, 1);
  desk_wait (&desk, desk_has_alarm, DOOR);   /* limits are judged by it */
  open_from_point (&desk, "GDP-001/door1", "Release the value…");
  decide_press (&desk, NULL, "Release");
  desk_wait (&desk, is_measured, "GDP-001/door1");
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/untold/a-visit-begins-and-ends-at-the-site", test_a_visit_begins_and_ends_at_the_site);
  g_test_add_func ("/untold/list-names-who-until-when-and-why", test_untold_names_who_until_when_and_why);
  g_test_add_func ("/untold/a-value-is-forced-and-released-where-it-is-listed", test_forced_and_released);
  g_test_add_func ("/untold/a-contact-is-forced-by-the-name-of-its-state", test_a_contact_is_forced);
  return g_test_run ();
}
