/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Response cards at the window: the line of the site's page, the card by its key, ticking and logging, what others did, and who
 * may not. */
#include "desk.h"
#include "gdp/card.h"
#include "ui/alarms-page.h"
#include "ui/card-dialog.h"
#include "ui/card-line.h"

#include <string.h>

#define DOOR "GDP-001/door1.state"
#define SLAM "GDP-001/slam1.state"
#define FIRST "1. Is a visit registered or a work permit open? Ask the foreman"

/* ---- the desk --------------------------------------------------------------------------------- */

static void
sit_down (Desk *desk)
{
  g_autoptr (GError) error = NULL;

  desk->field = field_new (1);
  field_serve (desk->field);
  field_turn (desk->field);
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  desk->catalogue = data_catalogue_load (GDP_SOURCE_CATALOGUE, &error);
  g_assert_no_error (error);
  desk_sit (desk, field_uri (desk->field), 1280, 720);
  desk_wait (desk, desk_is_live, NULL);
  desk_act (desk, "site", "GDP-001");
}

static GtkWidget *
card (void)
{
  return screen_window (UI_TYPE_CARD_DIALOG);
}

static gboolean
card_says (Desk *desk, gconstpointer text)
{
  return screen_says (card (), text);
}

static gboolean
card_lacks (Desk *desk, gconstpointer text)
{
  return card () != NULL && !screen_says (card (), text);
}

static gboolean
has_no_card (Desk *desk, gconstpointer nothing)
{
  return card () == NULL;
}

static gboolean
opens_card (Desk *desk, gconstpointer nothing)
{
  if (card () == NULL)
    desk_act (desk, "card-selected", NULL);
  return card () != NULL;
}

static void
open_card (Desk *desk)
{
  field_set (desk->field, "GDP-001/door1", 1);
  desk_wait (desk, desk_has_alarm, DOOR);
  desk_wait (desk, opens_card, NULL);
  desk_wait (desk, card_says, FIRST);
}

static gboolean
is_step (GtkWidget *widget, gconstpointer number)
{
  GtkWidget *box = GTK_IS_CHECK_BUTTON (widget) ? gtk_check_button_get_child (GTK_CHECK_BUTTON (widget)) : NULL;

  return box != NULL && g_str_has_prefix (gtk_label_get_text (GTK_LABEL (gtk_widget_get_first_child (box))), number);
}

static GtkCheckButton *
step (const char *number)
{
  GtkWidget *button = unseen_find (card (), is_step, number);

  g_assert_nonnull (button);
  return GTK_CHECK_BUTTON (button);
}

static GtkWidget *
log_button (void)
{
  return screen_find_action (card (), "card.log");
}

static gboolean
can_log (Desk *desk, gconstpointer nothing)
{
  return card () != NULL && gtk_widget_is_sensitive (log_button ());
}

static gboolean
cannot_log (Desk *desk, gconstpointer nothing)
{
  return card () != NULL && !gtk_widget_is_sensitive (log_button ());
}

static void
write_remark (const char *remark)
{
  gtk_editable_set_text (GTK_EDITABLE (screen_find_type (card (), GTK_TYPE_ENTRY)), remark);
}

/* (transfer full): of the alarm's last record, "who after text". */
static char *
last_done (Desk *desk)
{
  g_autoptr (GPtrArray) events = data_store_journal (desk->store, &(DataJournalFilter) { .object = DOOR }, NULL, NULL);

  for (guint i = 0; i < events->len; i++) {
    const GdpEvent *event = events->pdata[i];
    if (gdp_card_is_done (event, DOOR, 1, NULL))
      return g_strdup_printf ("%s %s %s", event->who, event->after, event->text);
  }
  return NULL;
}

/* Asked again when the notice has gone by itself; while it stands it is given the time to be drawn. */
static gboolean
says_there_is_none (Desk *desk, gconstpointer nothing)
{
  if (!gtk_widget_get_visible (unseen_find_named (GTK_WIDGET (desk->window), "notice")))
    desk_act (desk, "card-selected", NULL);
  return desk_says (desk, "No alarms");
}

static gboolean
is_closed (Desk *desk, gconstpointer nothing)
{
  UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (desk->session), DOOR);

  return row != NULL && !ui_alarm_get (row)->active;
}

/* ---- the card --------------------------------------------------------------------------------- */

static void
test_key_opens_the_card_of_the_worst (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  desk_act (&desk, "page", "journal");
  desk_wait (&desk, says_there_is_none, NULL);
  g_assert_null (card ());
  desk_act (&desk, "site", "GDP-001");
  open_card (&desk);
  desk_wait (&desk, card_says, "Door");
  desk_wait (&desk, card_says, "If nothing is done");
  desk_wait (&desk, card_says, "Time: 10 min, until ");
  desk_wait (&desk, desk_says, "next: " FIRST);   /* on the site's page */
  desk_act (&desk, "card-selected", NULL);   /* the same one */
  gtk_window_close (GTK_WINDOW (card ()));
  desk_wait (&desk, has_no_card, NULL);
  field_set (desk.field, "GDP-001/slam1", 1);
  desk_wait (&desk, desk_has_alarm, SLAM);
  desk_wait (&desk, desk_says, "Slam-shut");
  desk_wait (&desk, opens_card, NULL);
  desk_wait (&desk, card_says, "Nobody opens the slam-shut before the cause is found and removed");
  gtk_window_close (GTK_WINDOW (card ()));
  desk_wait (&desk, has_no_card, NULL);
  desk_act (&desk, "page", "alarms");   /* there of what is selected */
  desk_wait (&desk, desk_says, "Door");
  ui_alarms_page_select (UI_ALARMS_PAGE (screen_find_named (GTK_WIDGET (desk.window), "alarmspage")), DOOR);
  desk_wait (&desk, opens_card, NULL);
  desk_wait (&desk, card_says, FIRST);
  desk_leave (&desk);
}

static void
test_ticked_steps_are_logged (void)
{
  Desk desk = { 0 };
  g_autofree char *said = NULL, *remark = NULL;

  sit_down (&desk);
  open_card (&desk);
  desk_wait (&desk, cannot_log, NULL);   /* nothing is ticked */
  gtk_check_button_set_active (step ("1."), TRUE);
  desk_wait (&desk, can_log, NULL);
  gtk_check_button_set_active (step ("1."), FALSE);   /* a slip of the key is nothing yet */
  desk_wait (&desk, cannot_log, NULL);
  gtk_check_button_set_active (step ("1."), TRUE);
  desk_wait (&desk, can_log, NULL);
  gtk_widget_activate_action (card (), "card.log", NULL);
  desk_wait (&desk, card_says, "  Tester");
  desk_wait (&desk, cannot_log, NULL);
  g_assert_false (gtk_widget_is_sensitive (GTK_WIDGET (step ("1."))));
  said = last_done (&desk);
  g_assert_cmpstr (said, ==, "Tester 1 Is a visit registered or a work permit open? Ask the foreman");
  desk_wait (&desk, desk_says, "next: 2. Look at gas");
  write_remark ("  ");
  g_assert_false (gtk_widget_is_sensitive (log_button ()));
  write_remark ("it is the painter");
  gtk_widget_activate_action (card (), "card.log", NULL);
  desk_wait (&desk, card_says, "Tester: it is the painter");
  remark = last_done (&desk);
  g_assert_cmpstr (remark, ==, "Tester (null) it is the painter");
  g_assert_false (field_alarm (desk.field, DOOR)->acked);
  /* It was in the journal, not on the card. */
  gtk_window_close (GTK_WINDOW (card ()));
  desk_wait (&desk, has_no_card, NULL);
  desk_wait (&desk, opens_card, NULL);
  desk_wait (&desk, card_says, "Tester: it is the painter");
  g_assert_true (gtk_check_button_get_active (step ("1.")));
  g_assert_false (gtk_check_button_get_active (step ("2.")));
  desk_leave (&desk);
}

static void
test_others_see_what_was_done (void)
{
  Desk desk = { 0 };
  DataCommand other = { .kind = (char *) "done", .object = (char *) DOOR, .argument = 1, .who = (char *) "Petrov",
                        .where = (char *) "test", .detail = (char *) "3 Свои: зарегистрировать выезд" };
  g_autoptr (GError) error = NULL;

  sit_down (&desk);
  open_card (&desk);
  gtk_check_button_set_active (step ("2."), TRUE);
  g_assert_true (data_store_post (desk.store, &other, g_get_real_time (), &error));
  desk_wait (&desk, card_says, "  Petrov");
  g_assert_true (gtk_check_button_get_active (step ("3.")));
  g_assert_true (gtk_check_button_get_active (step ("2.")));   /* what is ticked here stays */
  g_assert_true (gtk_widget_is_sensitive (GTK_WIDGET (step ("2."))));
  /* It comes again: nothing was done about that yet. */
  field_set (desk.field, "GDP-001/door1", 0);
  desk_wait (&desk, is_closed, NULL);
  field_set (desk.field, "GDP-001/door1", 1);
  desk_wait (&desk, card_lacks, "  Petrov");
  g_assert_false (gtk_check_button_get_active (step ("3.")));
  desk_leave (&desk);
}

/* ---- who may not ------------------------------------------------------------------------------ */

static gboolean
is_viewer (Desk *desk, gconstpointer nothing)
{
  return ui_session_get_role (desk->session) == GDP_ROLE_VIEWER;
}

static void
test_a_viewer_reads_and_logs_nothing (void)
{
  Desk desk = { 0 };
  g_autoptr (GError) error = NULL;

  sit_down (&desk);
  open_card (&desk);
  gtk_check_button_set_active (step ("1."), TRUE);
  g_assert_true (data_store_appoint (desk.store, "Boss", GDP_ROLE_ADMINISTRATOR, "Boss", g_get_real_time (), &error));
  g_assert_true (data_store_appoint (desk.store, "Tester", GDP_ROLE_VIEWER, "Boss", g_get_real_time (), &error));
  desk_wait (&desk, is_viewer, NULL);
  desk_wait (&desk, card_says, "This takes the role “Dispatcher”");
  g_assert_false (gtk_widget_is_sensitive (log_button ()));
  g_assert_false (gtk_check_button_get_active (step ("1.")));   /* another person's tick is not this one's */
  g_assert_false (gtk_widget_is_sensitive (GTK_WIDGET (step ("1."))));
  gtk_widget_activate_action (card (), "card.log", NULL);
  desk_wait (&desk, card_says, FIRST);
  g_assert_null (last_done (&desk));
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/cards/the-key-opens-the-card-of-what-is-selected-else-of-the-worst", test_key_opens_the_card_of_the_worst);
  g_test_add_func ("/cards/ticked-steps-and-remarks-are-logged", test_ticked_steps_are_logged);
  g_test_add_func ("/cards/others-see-what-was-done-of-this-occurrence", test_others_see_what_was_done);
  g_test_add_func ("/cards/a-viewer-reads-and-logs-nothing", test_a_viewer_reads_and_logs_nothing);
  return g_test_run ();
}
