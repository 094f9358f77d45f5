/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits of a point in the console: what would have been is told before they can be changed, which takes a reason. */
#include "desk.h"

#include "data/trend.h"
#include "ui/limits-dialog.h"

#include <string.h>

#define POINT "GDP-001/outlet1"

/* An excursion above H two days ago, and one that just misses it yesterday. */
static void
fill (Desk *desk)
{
  static const struct { gint64 ago; double value; } past[] = {
    { 50 * 60, 0.3 }, { 48 * 60, 0.335 }, { 47 * 60, 0.3 }, { 24 * 60, 0.325 }, { 23 * 60, 0.3 }, { 60, 0.3 },
  };
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  const GdpNetwork *network = field_network (desk->field);
  gint64 key = network->points[gdp_network_find_point (network, POINT)].key, now = data_store_now (desk->store);

  for (guint i = 0; i < G_N_ELEMENTS (past); i++)
    for (gint64 n = 0; n < 30; n++) {
      gint64 time = now - (past[i].ago * 60 - n) * GDP_SECOND;
      g_array_append_val (changes->readings, ((GdpReading) { .point = key, .time = time, .received = time, .value = past[i].value }));
    }
  g_assert_true (data_store_commit (desk->store, &(DataBatch) { .changes = changes, .now = now, .durable = TRUE }, NULL, NULL));
}

static void
sit_down (Desk *desk)
{
  g_autoptr (GError) error = NULL;

  *desk = (Desk) { .field = field_new (1) };
  field_serve (desk->field);
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  fill (desk);
  field_turn (desk->field);
  desk_sit (desk, field_uri (desk->field), 1280, 720);
  desk_wait (desk, desk_says, "live");
  desk_act (desk, "site", "GDP-001");
  desk_act (desk, "limits", POINT);
}

static GtkWidget *
dialog (void)
{
  return screen_window (UI_TYPE_LIMITS_DIALOG);
}

static gboolean
dialog_says (Desk *desk, gconstpointer text)
{
  return dialog () != NULL && screen_says (dialog (), text);
}

static gboolean
is_closed (Desk *desk, gconstpointer nothing)
{
  return dialog () == NULL;
}

static gboolean
shows_text (GtkWidget *widget, gconstpointer text)
{
  return GTK_IS_ENTRY (widget) && strcmp (gtk_editable_get_text (GTK_EDITABLE (widget)), text) == 0;
}

static gboolean
asks_for (GtkWidget *widget, gconstpointer what)
{
  return GTK_IS_ENTRY (widget) && g_strcmp0 (gtk_entry_get_placeholder_text (GTK_ENTRY (widget)), what) == 0;
}

static void
type (const char *was, const char *text)
{
  GtkWidget *entry = screen_find (dialog (), shows_text, was);

  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static gboolean
can_change (Desk *desk, gconstpointer nothing)
{
  return gtk_widget_is_sensitive (screen_find_button (dialog (), "Change the limits"));
}

static void
test_what_if (void)
{
  Desk desk;

  sit_down (&desk);
  desk_wait (&desk, dialog_says, "With these: 1: H ");
  desk_wait (&desk, dialog_says, "never since they were imported");
  g_assert_false (can_change (&desk, NULL));
  type ("0.33", "0,32");
  desk_wait (&desk, dialog_says, "With these: 2: H ");
  g_assert_true (dialog_says (&desk, "With the limits as they are: 1: H "));
  g_assert_true (dialog_says (&desk, "Say why"));
  g_assert_false (can_change (&desk, NULL));
  type ("0,32", "0.2");
  desk_wait (&desk, dialog_says, "H 0.2 must be above L 0.216");
  type ("0.2", "many");
  desk_wait (&desk, dialog_says, "H takes a number");
  desk_leave (&desk);
}

static gboolean
is_posted (Desk *desk, gconstpointer nothing)
{
  g_autoptr (GPtrArray) posted = data_store_posted_commands (desk->store, NULL);
  return posted != NULL && posted->len == 1;
}

static void
test_change (void)
{
  Desk desk;
  g_autoptr (GError) error = NULL;

  sit_down (&desk);
  type ("0.33", "0.32");
  gtk_editable_set_text (GTK_EDITABLE (screen_find (dialog (), asks_for, "Reason")), "new regulator");
  desk_wait (&desk, can_change, NULL);
  g_signal_emit_by_name (screen_find_button (dialog (), "Change the limits"), "clicked");
  desk_wait (&desk, is_posted, NULL);
  g_autoptr (GPtrArray) posted = data_store_posted_commands (desk.store, NULL);
  const DataCommand *command = posted->pdata[0];
  g_assert_cmpstr (command->kind, ==, "limits");
  g_assert_cmpstr (command->object, ==, POINT);
  g_assert_cmpstr (command->detail, ==, "H=0.32\nH=0.33");
  g_assert_cmpstr (command->comment, ==, "new regulator");
  g_assert_cmpstr (command->who, ==, "Tester");
  gboolean ok = data_store_change_limits (desk.store, command, data_store_now (desk.store), &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  desk_wait (&desk, is_closed, NULL);
  desk_act (&desk, "limits", POINT);   /* and the next one who looks sees who it was */
  desk_wait (&desk, dialog_says, "Tester: H=0.33 → H=0.32 · new regulator");
  desk_leave (&desk);
}

/* The dialog stays, and claims nothing: the limits may have been changed. */
static void
test_unsure (void)
{
  Desk desk;
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));

  sit_down (&desk);
  type ("0.33", "0.32");
  gtk_editable_set_text (GTK_EDITABLE (screen_find (dialog (), asks_for, "Reason")), "new regulator");
  desk_wait (&desk, can_change, NULL);
  g_signal_emit_by_name (screen_find_button (dialog (), "Change the limits"), "clicked");
  desk_wait (&desk, is_posted, NULL);
  g_autoptr (GPtrArray) posted = data_store_posted_commands (desk.store, NULL);
  g_array_append_val (results, ((DataCommandResult) { .id = ((const DataCommand *) posted->pdata[0])->id,
                                                      .result = (char *) "its server is lost; whether it was done is not known" }));
  g_assert_true (data_store_commit (desk.store, &(DataBatch) { .results = results, .now = data_store_now (desk.store), .durable = TRUE },
                                    NULL, NULL));
  desk_wait (&desk, dialog_says, "It is not known whether the limits were changed, look at the journal: its server is lost");
  desk_leave (&desk);
}

/* ---- the form ------------------------------------------------------------------------------ */

static gboolean
is_marked (GtkWidget *widget, gconstpointer text)
{
  return shows_text (widget, text) && gtk_widget_has_css_class (widget, "wrong");
}

static GtkWidget *
marked (const char *text)
{
  return screen_find (dialog (), is_marked, text);
}

/* What does not go together is said where it was typed, and the rest stays as it is. */
static void
test_bad_input (void)
{
  Desk desk;

  sit_down (&desk);
  desk_wait (&desk, dialog_says, "With these: 1: H ");
  type ("0.216", "0.4");   /* L above H */
  desk_wait (&desk, dialog_says, "H 0.33 must be above L 0.4");
  g_assert_nonnull (marked ("0.4"));
  g_assert_null (marked ("0.33"));
  g_assert_true (dialog_says (&desk, "Mend what is marked"));
  g_assert_false (can_change (&desk, NULL));
  type ("0.4", "0.216");
  g_assert_null (marked ("0.216"));
  g_assert_false (dialog_says (&desk, "Mend what is marked"));
  GtkWidget *deadband = screen_find (dialog (), shows_text, "0.003");
  gtk_editable_set_text (GTK_EDITABLE (deadband), "0.3");   /* of HH: the gap to L is 0.129 */
  desk_wait (&desk, dialog_says, "HH 0.345: deadband 0.3 must be 0 or more and less than the gap of 0.129 to the opposite side");
  g_assert_nonnull (marked ("0.3"));
  gtk_editable_set_text (GTK_EDITABLE (deadband), "0.003");
  type ("5", "one");
  type ("2", "two");       /* each says its own */
  desk_wait (&desk, dialog_says, "H.on-delay takes seconds (5), 5s, 2min or 1h, not “one”");
  g_assert_true (dialog_says (&desk, "HH.on-delay takes seconds (5), 5s, 2min or 1h, not “two”"));
  g_assert_nonnull (marked ("one"));
  g_assert_nonnull (marked ("two"));
  desk_leave (&desk);
}

static gboolean
is_of (GtkWidget *widget, gconstpointer field)
{
  return GTK_IS_ENTRY (widget) && g_strcmp0 (g_object_get_data (G_OBJECT (widget), "gdp-field"), field) == 0;
}

static void
enter (const char *field, const char *text)
{
  GtkWidget *entry = screen_find (dialog (), is_of, field);

  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

/* A delay that is as long as a value may be old would never end. */
static void
test_other_conditions (void)
{
  Desk desk;
  g_autoptr (GError) error = NULL;

  sit_down (&desk);
  enter ("deviation", "0.05");
  enter ("deviation.from", "0.9");
  desk_wait (&desk, dialog_says, "deviation: the set-point 0.9 must be a number within the range 0 to 0.6");
  enter ("deviation.from", "0.3");
  enter ("stale.after", "60");
  enter ("deviation.on-delay", "90");
  desk_wait (&desk, dialog_says, "deviation: on-delay 90 s must be less than the 60 s after which the value is stale");
  enter ("deviation.on-delay", "10");
  enter ("rate", "0.02");
  enter ("rate.within", "60");
  enter ("frozen.after", "3600");
  enter ("frozen.priority", "4");
  enter ("fault.priority", "2");
  desk_wait (&desk, dialog_says, "the other conditions are not");
  gtk_editable_set_text (GTK_EDITABLE (screen_find (dialog (), asks_for, "Reason")), "regime card 7");
  desk_wait (&desk, can_change, NULL);
  g_signal_emit_by_name (screen_find_button (dialog (), "Change the limits"), "clicked");
  desk_wait (&desk, is_posted, NULL);
  g_autoptr (GPtrArray) posted = data_store_posted_commands (desk.store, NULL);
  gboolean ok = data_store_change_limits (desk.store, posted->pdata[0], data_store_now (desk.store), &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  desk_wait (&desk, is_closed, NULL);
  g_autoptr (GdpNetwork) network = data_store_network (desk.store, &error);
  g_assert_no_error (error);
  const GdpLimits *limits = &network->points[gdp_network_find_point (network, POINT)].limits;
  g_assert_cmpfloat (limits->deviation.value, ==, 0.05);
  g_assert_cmpfloat (limits->set_point, ==, 0.3);
  g_assert_cmpfloat (limits->deviation.on_delay, ==, 10);
  g_assert_cmpuint (limits->deviation.priority, ==, 3);
  g_assert_cmpfloat (limits->rate_window, ==, 60);
  g_assert_cmpfloat (limits->frozen_after, ==, 3600);
  g_assert_cmpuint (limits->frozen_priority, ==, 4);
  g_assert_cmpuint (limits->fault_priority, ==, 2);
  g_assert_cmpfloat (limits->stale_after, ==, 60);
  desk_leave (&desk);
}

/* What the catalogue proposes is taken by a click, a row or all of it. */
static void
test_proposals (void)
{
  Desk desk;

  sit_down (&desk);
  type ("0.33", "0.32");
  type ("0.144", "0.15");
  GtkWidget *high = screen_find_button (dialog (), "0.33 ± 0.003 · 5/5 s · 2");
  g_assert_true (gtk_widget_is_sensitive (high));
  g_assert_false (gtk_widget_is_sensitive (screen_find_button (dialog (), "0.216 ± 0.003 · 5/5 s · 2")));   /* it is so */
  g_signal_emit_by_name (high, "clicked");
  g_assert_nonnull (screen_find (dialog (), shows_text, "0.33"));
  g_assert_nonnull (screen_find (dialog (), shows_text, "0.15"));
  g_assert_false (gtk_widget_is_sensitive (high));
  type ("0.33", "0.2");
  g_signal_emit_by_name (screen_find_button (dialog (), "Catalogue: medium pressure"), "clicked");
  g_assert_nonnull (screen_find (dialog (), shows_text, "0.33"));
  g_assert_nonnull (screen_find (dialog (), shows_text, "0.144"));
  desk_wait (&desk, dialog_says, "With these: 1: H ");
  gtk_window_close (GTK_WINDOW (dialog ()));
  desk_wait (&desk, is_closed, NULL);
  desk_act (&desk, "limits", "GDP-001/inlet");   /* of a pressure that both categories have */
  desk_wait (&desk, dialog_says, "With these");
  g_assert_nonnull (screen_find_button (dialog (), "Catalogue: low pressure"));
  g_signal_emit_by_name (screen_find_button (dialog (), "0.05 ± 0.005 · 5/5 s · 2"), "clicked");
  g_assert_nonnull (screen_find (dialog (), shows_text, "0.05"));
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/limits/what-would-have-been-is-told-first", test_what_if);
  g_test_add_func ("/limits/a-change-takes-a-reason-and-is-shown", test_change);
  g_test_add_func ("/limits/what-is-not-known-is-not-called-unchanged", test_unsure);
  g_test_add_func ("/limits/what-is-wrong-is-said-where-it-was-typed", test_bad_input);
  g_test_add_func ("/limits/the-other-conditions-are-changed-likewise", test_other_conditions);
  g_test_add_func ("/limits/proposals-are-taken-by-a-click", test_proposals);
  return g_test_run ();
}
