/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who sits at the desk: signed in with the right password only, locked by hand and by rest, taken over, thrown out. */
#include "desk.h"
#include "ui/idle.h"
#include "ui/sign-in-dialog.h"

#include <glib/gstdio.h>
#include <string.h>

#define HIS  "the boss's secret"
#define HERS "the tester's secret"
#define DOOR "GDP-001/door1.state"

static gboolean
is_out (Desk *desk, gconstpointer what)
{
  return ui_session_get_sign (desk->session) == UI_SIGN_OUT && ui_session_is_live (desk->session);
}

static gboolean
is_locked (Desk *desk, gconstpointer what)
{
  return ui_session_get_sign (desk->session) == UI_SIGN_LOCKED;
}

static gboolean
is_in (Desk *desk, gconstpointer who)
{
  return ui_session_get_sign (desk->session) == UI_SIGN_IN && strcmp (ui_session_get_person (desk->session), who) == 0;
}

static void
sit_down (Desk *desk)
{
  gint64 now = g_get_real_time ();

  desk->field = field_new (1);
  field_serve (desk->field);
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_POST, NULL);
  g_assert_true (data_store_appoint (desk->store, "Boss", GDP_ROLE_ADMINISTRATOR, "Boss", now, NULL));
  g_assert_true (data_store_appoint (desk->store, "Tester", GDP_ROLE_DISPATCHER, "Boss", now, NULL));
  g_assert_true (data_store_set_password (desk->store, "Boss", HIS, "Boss", now, NULL));
  g_assert_true (data_store_sign_in (desk->store, "Boss", HIS, NULL, now, NULL));
  g_assert_true (data_store_set_password (desk->store, "Tester", HERS, "Boss", now, NULL));
  desk_sit (desk, field_uri (desk->field), 1280, 720);
  ui_window_show_page (desk->window, "alarms");
  desk_wait (desk, is_out, NULL);
}

static gboolean
can (Desk *desk, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (desk->window), action);
}

/* ---- the dialog ---------------------------------------------------------------------------------- */

static gboolean
has_dialog (Desk *desk, gconstpointer what)
{
  return screen_window (UI_TYPE_SIGN_IN_DIALOG) != NULL;
}

static gboolean
has_no_dialog (Desk *desk, gconstpointer what)
{
  return screen_window (UI_TYPE_SIGN_IN_DIALOG) == NULL;
}

static gboolean
dialog_says (Desk *desk, gconstpointer part)
{
  return screen_window (UI_TYPE_SIGN_IN_DIALOG) != NULL && screen_says (screen_window (UI_TYPE_SIGN_IN_DIALOG), part);
}

/* What is typed, and Enter. */
static void
type (const char *password)
{
  GtkWidget *entry = screen_find_type (screen_window (UI_TYPE_SIGN_IN_DIALOG), GTK_TYPE_PASSWORD_ENTRY);

  g_assert_true (gtk_widget_is_sensitive (entry));
  gtk_editable_set_text (GTK_EDITABLE (entry), password);
  g_signal_emit_by_name (gtk_editable_get_delegate (GTK_EDITABLE (entry)), "activate");
}

static void
choose (const char *name)
{
  GtkDropDown *person = GTK_DROP_DOWN (screen_find_type (screen_window (UI_TYPE_SIGN_IN_DIALOG), GTK_TYPE_DROP_DOWN));
  GListModel *names = gtk_drop_down_get_model (person);

  for (guint i = 0; i < g_list_model_get_n_items (names); i++) {
    g_autoptr (GtkStringObject) one = g_list_model_get_item (names, i);
    if (strcmp (gtk_string_object_get_string (one), name) == 0)
      gtk_drop_down_set_selected (person, i);
  }
}

static void
enter (Desk *desk, const char *name, const char *password)
{
  desk_act (desk, "sign-in", NULL);
  desk_wait (desk, has_dialog, NULL);
  choose (name);
  type (password);
  desk_wait (desk, is_in, name);
  desk_wait (desk, has_no_dialog, NULL);
}

/* ---- tests ---------------------------------------------------------------------------------------- */

static void
test_wrong_then_right (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  desk_wait (&desk, desk_says, "Nobody is signed in");
  g_assert_false (can (&desk, "acknowledge-visible"));
  g_assert_false (ui_session_may (desk.session, GDP_ACT_ACKNOWLEDGE));
  desk_act (&desk, "lock", NULL);   /* Ctrl+L */
  desk_wait (&desk, has_dialog, NULL);
  type ("");
  desk_wait (&desk, dialog_says, "Type the password");
  type (HIS);
  desk_wait (&desk, dialog_says, "wrong password");
  g_assert_true (is_out (&desk, NULL));
  type (HERS);
  desk_wait (&desk, is_in, "Tester");
  desk_wait (&desk, has_no_dialog, NULL);
  g_assert_false (desk_says (&desk, "Nobody is signed in"));
  g_assert_true (desk_says (&desk, "Dispatcher"));
  g_assert_true (can (&desk, "acknowledge-visible"));
  g_assert_false (ui_session_may (desk.session, GDP_ACT_SWITCH));
  desk_leave (&desk);
}

static void
test_lock (void)
{
  Desk desk = { 0 };
  guint32 occurrence;

  sit_down (&desk);
  enter (&desk, "Tester", HERS);
  desk_act (&desk, "lock", NULL);
  g_assert_true (is_locked (&desk, NULL));
  desk_wait (&desk, desk_says, "Locked by Tester");
  field_set (desk.field, "GDP-001/door1", 1);
  desk_wait (&desk, desk_has_alarm, DOOR);
  desk_wait (&desk, desk_says, "Open");
  desk_act (&desk, "acknowledge-visible", NULL);   /* Ctrl+Space */
  desk_act (&desk, "acknowledge-selected", NULL);
  occurrence = ui_alarm_get (ui_alarm_list_find (ui_session_get_alarms (desk.session), DOOR))->occurrence;
  ui_session_acknowledge (desk.session, DOOR, occurrence, NULL);   /* around every key and button */
  desk_wait (&desk, desk_is_told, "is not signed in");
  g_assert_false (desk_is_acked (&desk, DOOR));
  desk_act (&desk, "lock", NULL);
  desk_wait (&desk, has_dialog, NULL);
  type (HERS);
  desk_wait (&desk, is_in, "Tester");
  g_assert_false (desk_is_acked (&desk, DOOR));
  desk_act (&desk, "acknowledge-visible", NULL);
  desk_wait (&desk, desk_is_acked, DOOR);
  desk_leave (&desk);
}

static void
on_idle (gpointer session)
{
  ui_session_lock (session);
}

static void
test_rest (void)
{
  Desk desk = { 0 };
  UiIdle *idle;

  sit_down (&desk);
  enter (&desk, "Tester", HERS);
  idle = ui_idle_new (on_idle, desk.session);
  ui_idle_set_limit (idle, 300000);
  desk_wait (&desk, is_locked, NULL);
  ui_idle_free (idle);
  desk_leave (&desk);
}

static void
count_gone (GtkWidget *window, guint *gone)
{
  (*gone)++;
}

static void
test_dialogs (void)
{
  Desk desk = { 0 };
  GtkWidget *begun = gtk_window_new ();
  guint gone = 0;

  sit_down (&desk);
  enter (&desk, "Tester", HERS);
  gtk_window_set_transient_for (GTK_WINDOW (begun), GTK_WINDOW (desk.window));
  gtk_window_set_modal (GTK_WINDOW (begun), TRUE);
  g_signal_connect (begun, "destroy", G_CALLBACK (count_gone), &gone);
  gtk_window_present (GTK_WINDOW (begun));
  ui_session_lock (desk.session);
  g_assert_cmpuint (gone, ==, 1);
  desk_leave (&desk);
}

static void
test_change (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  enter (&desk, "Tester", HERS);
  desk_act (&desk, "sign-in", NULL);   /* Ctrl+Shift+L */
  desk_wait (&desk, has_dialog, NULL);
  choose ("Boss");
  type (HERS);
  desk_wait (&desk, dialog_says, "wrong password");
  g_assert_true (is_in (&desk, "Tester"));
  type (HIS);
  desk_wait (&desk, is_in, "Boss");
  g_assert_true (ui_session_may (desk.session, GDP_ACT_APPOINT));
  desk_act (&desk, "sign-out", NULL);
  g_assert_true (is_out (&desk, NULL));
  desk_wait (&desk, desk_says, "Nobody");
  desk_leave (&desk);
}

static void
test_thrown_out (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  enter (&desk, "Tester", HERS);
  g_assert_true (data_store_appoint (desk.store, "Tester", GDP_ROLE_ENGINEER, "Boss", g_get_real_time (), NULL));
  desk_wait (&desk, desk_says, "Engineer");
  g_assert_true (is_in (&desk, "Tester"));
  g_assert_true (data_store_set_password (desk.store, "Tester", "nobody told her", "Boss", g_get_real_time (), NULL));
  desk_wait (&desk, is_out, NULL);
  g_assert_true (desk_is_told (&desk, "your password was changed"));
  desk_leave (&desk);
}

static gboolean
is_lost (Desk *desk, gconstpointer what)
{
  return ui_session_get_state (desk->session) == UI_STATE_STORE_LOST;
}

/* The connection is another one afterwards, and the person at it the same. */
static void
test_store_away (void)
{
  Desk desk = { 0 };
  g_autofree char *moved = NULL;

  sit_down (&desk);
  enter (&desk, "Tester", HERS);
  moved = g_strconcat (field_path (desk.field), ".away", NULL);
  g_assert_cmpint (g_rename (field_path (desk.field), moved), ==, 0);
  desk_wait_still (&desk, is_lost, NULL);
  g_assert_cmpint (g_rename (moved, field_path (desk.field)), ==, 0);
  desk_wait (&desk, desk_is_live, NULL);
  g_assert_true (is_in (&desk, "Tester"));
  field_set (desk.field, "GDP-001/door1", 1);
  desk_wait (&desk, desk_has_alarm, DOOR);
  ui_session_acknowledge (desk.session, DOOR, 1, NULL);
  desk_wait (&desk, desk_is_acked, DOOR);
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/sign-in/the-right-password-and-no-other", test_wrong_then_right);
  g_test_add_func ("/sign-in/a-locked-desk-shows-alarms-and-acknowledges-nothing", test_lock);
  g_test_add_func ("/sign-in/a-desk-that-nobody-touches-is-locked", test_rest);
  g_test_add_func ("/sign-in/what-was-begun-is-closed-by-the-lock", test_dialogs);
  g_test_add_func ("/sign-in/the-next-person-takes-over-and-only-with-the-password", test_change);
  g_test_add_func ("/sign-in/a-changed-password-ends-it-a-changed-role-does-not", test_thrown_out);
  g_test_add_func ("/sign-in/a-store-that-was-away-asks-nobody-again", test_store_away);
  return g_test_run ();
}
