/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who sits at the desk: signed in with the right password only, locked by hand and by rest, taken over, thrown out. */
#include "../patience.h"
#include "field.h"
#include "ui/idle.h"
#include "ui/sign-in-dialog.h"
#include "ui/window.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#define HIS  "the boss's secret"
#define HERS "the tester's secret"
#define DOOR "GDP-001/door1.state"

typedef struct {
  Field     *field;
  DataStore *store;      /* the boss's, beside the field's */
  UiSession *session;
  UiWindow  *window;
  char      *told;       /* the last notice */
} Desk;

static GtkApplication *application;

/* ---- the desk ---------------------------------------------------------------------------------- */

typedef gboolean (*Condition) (Desk *desk, const char *what);

typedef struct { Condition condition; Desk *desk; const char *what; } Wanted;

static gboolean
is_met (gpointer data)
{
  const Wanted *wanted = data;

  return wanted->condition (wanted->desk, wanted->what);
}

static void
wait_for (Desk *desk, Condition condition, const char *what, const char *meaning)
{
  if (!field_run (desk->field, is_met, &(Wanted) { condition, desk, what }, PATIENCE))
    g_error ("not in time: %s; told: %s, person: %s, sign: %d", meaning, desk->told,
             ui_session_get_person (desk->session), ui_session_get_sign (desk->session));
}

static gboolean
is_out (Desk *desk, const char *what)
{
  return ui_session_get_sign (desk->session) == UI_SIGN_OUT && ui_session_is_live (desk->session);
}

static gboolean
is_locked (Desk *desk, const char *what)
{
  return ui_session_get_sign (desk->session) == UI_SIGN_LOCKED;
}

static gboolean
is_in (Desk *desk, const char *who)
{
  return ui_session_get_sign (desk->session) == UI_SIGN_IN && strcmp (ui_session_get_person (desk->session), who) == 0;
}

static void
on_notice (UiSession *session, const char *text, gboolean failed, Desk *desk)
{
  g_free (desk->told);
  desk->told = g_strdup (text);
}

static gboolean
is_told (Desk *desk, const char *part)
{
  return desk->told != NULL && strstr (desk->told, part) != NULL;
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
  desk->session = ui_session_new (field_uri (desk->field), "Tester");
  g_signal_connect (desk->session, "notice", G_CALLBACK (on_notice), desk);
  desk->window = ui_window_new (application, desk->session, NULL, NULL);
  gtk_window_set_default_size (GTK_WINDOW (desk->window), 1280, 720);
  ui_window_show_page (desk->window, "alarms");
  gtk_window_present (GTK_WINDOW (desk->window));
  wait_for (desk, is_out, NULL, "nobody is signed in, and all is shown");
}

static void
stand_up (Desk *desk)
{
  gtk_window_destroy (GTK_WINDOW (desk->window));
  g_signal_handlers_disconnect_by_data (desk->session, desk);
  ui_session_close (desk->session);
  g_clear_object (&desk->session);
  g_clear_pointer (&desk->store, data_store_close);
  g_clear_pointer (&desk->field, field_free);
  g_clear_pointer (&desk->told, g_free);
}

static void
act (Desk *desk, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (desk->window), action, NULL);
}

static gboolean
can (Desk *desk, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (desk->window), action);
}

/* ---- the dialog ---------------------------------------------------------------------------------- */

static GtkWindow *
dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);
    if (UI_IS_SIGN_IN_DIALOG (window) && gtk_widget_get_mapped (GTK_WIDGET (window)))
      return window;
  }
  return NULL;
}

static gboolean
has_dialog (Desk *desk, const char *what)
{
  return dialog () != NULL;
}

static gboolean
has_no_dialog (Desk *desk, const char *what)
{
  return dialog () == NULL;
}

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && gtk_widget_get_mapped (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, type);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static gboolean
says_below (GtkWidget *widget, const char *part)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), part) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (says_below (child, part))
      return TRUE;
  return FALSE;
}

static gboolean
dialog_says (Desk *desk, const char *part)
{
  return dialog () != NULL && says_below (GTK_WIDGET (dialog ()), part);
}

static gboolean
window_says (Desk *desk, const char *part)
{
  return says_below (GTK_WIDGET (desk->window), part);
}

/* What is typed, and Enter. */
static void
type (const char *password)
{
  GtkWidget *entry = find (GTK_WIDGET (dialog ()), GTK_TYPE_PASSWORD_ENTRY);

  g_assert_true (gtk_widget_is_sensitive (entry));
  gtk_editable_set_text (GTK_EDITABLE (entry), password);
  g_signal_emit_by_name (gtk_editable_get_delegate (GTK_EDITABLE (entry)), "activate");
}

static void
choose (const char *name)
{
  GtkDropDown *person = GTK_DROP_DOWN (find (GTK_WIDGET (dialog ()), GTK_TYPE_DROP_DOWN));
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
  act (desk, "sign-in");
  wait_for (desk, has_dialog, NULL, "the dialog");
  choose (name);
  type (password);
  wait_for (desk, is_in, name, "let in");
  wait_for (desk, has_no_dialog, NULL, "the dialog is gone");
}

/* ---- tests ---------------------------------------------------------------------------------------- */

static void
test_wrong_then_right (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  wait_for (&desk, window_says, "Nobody is signed in", "the window says that nobody is");
  g_assert_false (can (&desk, "acknowledge-visible"));
  g_assert_false (ui_session_may (desk.session, GDP_ACT_ACKNOWLEDGE));
  act (&desk, "lock");   /* Ctrl+L */
  wait_for (&desk, has_dialog, NULL, "the dialog");
  type ("");
  wait_for (&desk, dialog_says, "Type the password", "nothing is no password");
  type (HIS);
  wait_for (&desk, dialog_says, "wrong password", "a wrong one is told");
  g_assert_true (is_out (&desk, NULL));
  type (HERS);
  wait_for (&desk, is_in, "Tester", "the right one lets in");
  wait_for (&desk, has_no_dialog, NULL, "the dialog is gone");
  g_assert_false (window_says (&desk, "Nobody is signed in"));
  g_assert_true (window_says (&desk, "Dispatcher"));
  g_assert_true (can (&desk, "acknowledge-visible"));
  g_assert_false (ui_session_may (desk.session, GDP_ACT_SWITCH));
  stand_up (&desk);
}

static gboolean
has_alarm (Desk *desk, const char *id)
{
  return ui_alarm_list_find (ui_session_get_alarms (desk->session), id) != NULL;
}

static gboolean
is_acknowledged (Desk *desk, const char *id)
{
  return !ui_alarm_is_unacked (ui_alarm_list_find (ui_session_get_alarms (desk->session), id));
}

static void
test_lock (void)
{
  Desk desk = { 0 };
  guint32 occurrence;

  sit_down (&desk);
  enter (&desk, "Tester", HERS);
  act (&desk, "lock");
  g_assert_true (is_locked (&desk, NULL));
  wait_for (&desk, window_says, "Locked by Tester", "the window says whose it is");
  field_set (desk.field, "GDP-001/door1", 1);
  wait_for (&desk, has_alarm, DOOR, "a new alarm comes");
  wait_for (&desk, window_says, "Open", "and is shown");
  act (&desk, "acknowledge-visible");   /* Ctrl+Space */
  act (&desk, "acknowledge-selected");
  occurrence = ui_alarm_get (ui_alarm_list_find (ui_session_get_alarms (desk.session), DOOR))->occurrence;
  ui_session_acknowledge (desk.session, DOOR, occurrence, NULL);   /* around every key and button */
  wait_for (&desk, is_told, "is not signed in", "the store takes nothing");
  g_assert_false (is_acknowledged (&desk, DOOR));
  act (&desk, "lock");
  wait_for (&desk, has_dialog, NULL, "Ctrl+L asks for the password");
  type (HERS);
  wait_for (&desk, is_in, "Tester", "unlocked");
  g_assert_false (is_acknowledged (&desk, DOOR));
  act (&desk, "acknowledge-visible");
  wait_for (&desk, is_acknowledged, DOOR, "and what was locked out is possible");
  stand_up (&desk);
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
  wait_for (&desk, is_locked, NULL, "nobody touched it");
  ui_idle_free (idle);
  stand_up (&desk);
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
  stand_up (&desk);
}

static void
test_change (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  enter (&desk, "Tester", HERS);
  act (&desk, "sign-in");   /* Ctrl+Shift+L */
  wait_for (&desk, has_dialog, NULL, "the dialog");
  choose ("Boss");
  type (HERS);
  wait_for (&desk, dialog_says, "wrong password", "not with her password");
  g_assert_true (is_in (&desk, "Tester"));
  type (HIS);
  wait_for (&desk, is_in, "Boss", "the next person sits here");
  g_assert_true (ui_session_may (desk.session, GDP_ACT_APPOINT));
  act (&desk, "sign-out");
  g_assert_true (is_out (&desk, NULL));
  wait_for (&desk, window_says, "Nobody", "the banner says so");
  stand_up (&desk);
}

static void
test_thrown_out (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  enter (&desk, "Tester", HERS);
  g_assert_true (data_store_appoint (desk.store, "Tester", GDP_ROLE_ENGINEER, "Boss", g_get_real_time (), NULL));
  wait_for (&desk, window_says, "Engineer", "another role is in force at once, and ends nothing");
  g_assert_true (is_in (&desk, "Tester"));
  g_assert_true (data_store_set_password (desk.store, "Tester", "nobody told her", "Boss", g_get_real_time (), NULL));
  wait_for (&desk, is_out, NULL, "another password ends it");
  g_assert_true (is_told (&desk, "your password was changed"));
  stand_up (&desk);
}

static gboolean
is_lost (Desk *desk, const char *what)
{
  return ui_session_get_state (desk->session) == UI_STATE_STORE_LOST;
}

static gboolean
is_live (Desk *desk, const char *what)
{
  return ui_session_is_live (desk->session);
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
  if (!field_run (NULL, is_met, &(Wanted) { is_lost, &desk, NULL }, PATIENCE))
    g_error ("the store is not missed");
  g_assert_cmpint (g_rename (moved, field_path (desk.field)), ==, 0);
  wait_for (&desk, is_live, NULL, "it is back");
  g_assert_true (is_in (&desk, "Tester"));
  field_set (desk.field, "GDP-001/door1", 1);
  wait_for (&desk, has_alarm, DOOR, "an alarm");
  ui_session_acknowledge (desk.session, DOOR, 1, NULL);
  wait_for (&desk, is_acknowledged, DOOR, "and she acknowledges it without being asked again");
  stand_up (&desk);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  application = gtk_application_new ("io.github.gdp.SignIn", G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func ("/sign-in/the-right-password-and-no-other", test_wrong_then_right);
  g_test_add_func ("/sign-in/a-locked-desk-shows-alarms-and-acknowledges-nothing", test_lock);
  g_test_add_func ("/sign-in/a-desk-that-nobody-touches-is-locked", test_rest);
  g_test_add_func ("/sign-in/what-was-begun-is-closed-by-the-lock", test_dialogs);
  g_test_add_func ("/sign-in/the-next-person-takes-over-and-only-with-the-password", test_change);
  g_test_add_func ("/sign-in/a-changed-password-ends-it-a-changed-role-does-not", test_thrown_out);
  g_test_add_func ("/sign-in/a-store-that-was-away-asks-nobody-again", test_store_away);
  return g_test_run ();
}
