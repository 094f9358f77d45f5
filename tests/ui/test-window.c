/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window on a real store: what it shows, what it posts, and what it says when it goes dark.
 * One step() is one turn of the server, so that nothing depends on a fixed sleep. */
#include "../patience.h"
#include "field.h"
#include "ui/alarms-page.h"
#include "ui/tip.h"
#include "ui/window.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>


typedef struct {
  Field     *field;
  UiSession *session;
  UiWindow  *window;
  char      *notice;      /* the last one */
} Desk;

static GtkApplication *application;

/* ---- the desk ---------------------------------------------------------------------------- */

static void
on_notice (UiSession *session, const char *text, gboolean failed, Desk *desk)
{
  g_free (desk->notice);
  desk->notice = g_strdup (text);
}

static void
sit_down (Desk *desk, const char *uri)
{
  desk->session = ui_session_new (uri, "Tester");
  g_signal_connect (desk->session, "notice", G_CALLBACK (on_notice), desk);
  desk->window = ui_window_new (application, desk->session, NULL, NULL);
  gtk_window_present (GTK_WINDOW (desk->window));
}

static void
leave (Desk *desk)
{
  gtk_window_destroy (GTK_WINDOW (desk->window));
  ui_session_close (desk->session);
  g_clear_object (&desk->session);
  g_clear_pointer (&desk->field, field_free);
  g_clear_pointer (&desk->notice, g_free);
}

typedef gboolean (*Condition) (Desk *desk, const char *what);

typedef struct { Condition condition; Desk *desk; const char *what; } Wanted;

static gboolean
is_met (gpointer data)
{
  const Wanted *wanted = data;
  return wanted->condition (wanted->desk, wanted->what);
}

/* Lets the program run until @condition is true; @turns: the server lives meanwhile. Returns µs. */
static gint64
wait_for (Desk *desk, Condition condition, const char *what, gboolean turns)
{
  gint64 start = g_get_monotonic_time ();

  if (!field_run (turns ? desk->field : NULL, is_met, &(Wanted) { condition, desk, what }, PATIENCE))
    g_error ("not within %d s: %s; last notice: %s; unacknowledged: %u", PATIENCE, what,
             desk->notice, ui_session_count_unacked (desk->session, 1));
  return g_get_monotonic_time () - start;
}

/* ---- what is on the screen --------------------------------------------------------------- */

static gboolean
says (GtkWidget *widget, const char *text)
{
  GtkWidget *child;

  if (!gtk_widget_get_mapped (widget) || gtk_widget_get_height (widget) < 8)
    return FALSE;
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return TRUE;
  for (child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (says (child, text))
      return TRUE;
  return FALSE;
}

static gboolean
window_says (Desk *desk, const char *text)
{
  return says (GTK_WIDGET (desk->window), text);
}

/* The first mapped widget below @widget of the CSS name or class @name. */
static GtkWidget *
find (GtkWidget *widget, const char *name)
{
  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (g_str_equal (gtk_widget_get_css_name (widget), name) || gtk_widget_has_css_class (widget, name))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, name);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static gboolean
list_says (Desk *desk, const char *text)
{
  GtkWidget *page = find (GTK_WIDGET (desk->window), "alarmspage");

  return page != NULL && says (page, text);
}

static GtkWidget *
find_button (GtkWidget *widget, const char *action)
{
  if (widget == NULL || !gtk_widget_get_mapped (widget))
    return NULL;
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)),
                                           action) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_button (child, action);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static gboolean
banner_says (Desk *desk, const char *text)
{
  GtkWidget *banner = find (GTK_WIDGET (desk->window), "banner");

  return banner != NULL && says (banner, text);
}

static gboolean
is_dark (Desk *desk, const char *text)
{
  GtkWidget *bar = find (GTK_WIDGET (desk->window), "notlive");

  return bar != NULL && gtk_widget_has_css_class (GTK_WIDGET (desk->window), "not-live") && says (bar, text);
}

static gboolean
is_live (Desk *desk, const char *what)
{
  return ui_session_is_live (desk->session) && !gtk_widget_has_css_class (GTK_WIDGET (desk->window),
                                                                          "not-live");
}

static gboolean
has_alarm (Desk *desk, const char *id)
{
  return ui_alarm_list_find (ui_session_get_alarms (desk->session), id) != NULL;
}

static gboolean
is_acked (Desk *desk, const char *id)
{
  UiAlarm *alarm = ui_alarm_list_find (ui_session_get_alarms (desk->session), id);

  return alarm != NULL && !ui_alarm_is_unacked (alarm);
}

static gboolean
has_returned (Desk *desk, const char *id)
{
  return !field_alarm (desk->field, id)->active;
}

static gboolean
has_recurred (Desk *desk, const char *id)
{
  return field_alarm (desk->field, id)->occurrence == 2;
}

static gboolean
was_told (Desk *desk, const char *text)
{
  return desk->notice != NULL && strstr (desk->notice, text) != NULL;
}

static void
act (Desk *desk, const char *action, const char *target)
{
  g_action_group_activate_action (G_ACTION_GROUP (desk->window), action,
                                  target ? g_variant_new_string (target) : NULL);
}

static void
sit_at_living_field (Desk *desk, guint n_sites)
{
  desk->field = field_new (n_sites);
  field_serve (desk->field);
  field_turn (desk->field);
  sit_down (desk, field_uri (desk->field));
  wait_for (desk, is_live, "live", TRUE);
}

/* Raises the discrete alarm of slam-shut 1 of @site. */
static void
trip (Desk *desk, const char *site)
{
  g_autofree char *point = g_strdup_printf ("%s/slam1", site), *alarm = g_strdup_printf ("%s.state", point);

  field_set (desk->field, point, 1);
  wait_for (desk, has_alarm, alarm, TRUE);
}

/* ---- tests: the living picture ----------------------------------------------------------- */

static void
test_committed_value_is_shown (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 2);
  act (&desk, "site", "GDP-001");
  wait_for (&desk, window_says, "0.3012", TRUE);
  field_set (desk.field, "GDP-001/outlet1", 0.2987);
  wait_for (&desk, window_says, "0.2987", TRUE);
  leave (&desk);
}

static void
test_alarm_comes_to_banner_and_list (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 3);
  act (&desk, "page", "alarms");
  g_assert_false (banner_says (&desk, "GDP-002"));
  wait_for (&desk, window_says, "No alarms", TRUE);
  trip (&desk, "GDP-002");
  wait_for (&desk, banner_says, "GDP-002", TRUE);
  wait_for (&desk, list_says, "Slam-shut", TRUE);
  g_assert_cmpuint (ui_session_count_unacked (desk.session, 1), ==, 1);
  act (&desk, "show-alarm", "GDP-002/slam1.state");
  g_assert_cmpstr (ui_window_get_site (desk.window), ==, "GDP-002");
  leave (&desk);
}

static void
test_button_acknowledges_the_occurrence_seen (void)
{
  Desk desk = { 0 };
  GtkWidget *button;
  const GdpAlarm *alarm;

  sit_at_living_field (&desk, 2);
  trip (&desk, "GDP-001");
  act (&desk, "page", "alarms");
  wait_for (&desk, list_says, "Slam-shut", TRUE);
  button = find_button (find (GTK_WIDGET (desk.window), "alarmspage"), "win.acknowledge");
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  wait_for (&desk, is_acked, "GDP-001/slam1.state", TRUE);
  alarm = field_alarm (desk.field, "GDP-001/slam1.state");
  g_assert_cmpstr (alarm->acked_by, ==, "Tester");
  leave (&desk);
}

/* All the ways to acknowledge on this page say who may. */
static gboolean
all_refuse (Desk *desk, const char *why)
{
  static const char *const ways[] = { "win.acknowledge", "win.acknowledge-selected", "win.acknowledge-visible" };
  GtkWidget *page = find (GTK_WIDGET (desk->window), "alarmspage");
  guint refusing = 0;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    GtkWidget *button = find_button (page, ways[i]);
    const char *tip = button != NULL ? ui_tip_get (button) : NULL;
    refusing += button != NULL && !gtk_widget_is_sensitive (button) && tip != NULL && strstr (tip, why) != NULL;
  }
  return refusing == G_N_ELEMENTS (ways);
}

static gboolean
none_refuses (Desk *desk, const char *why)
{
  GtkWidget *button = find_button (find (GTK_WIDGET (desk->window), "alarmspage"), "win.acknowledge-selected");

  return gtk_widget_is_sensitive (button) && g_strcmp0 (ui_tip_get (button), why) == 0;
}

static void
test_who_may_not_acknowledge_is_told_who_may (void)
{
  Desk desk = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (DataStore) store = NULL;

  sit_at_living_field (&desk, 1);
  store = data_store_open (field_uri (desk.field), DATA_ACCESS_POST, &error);
  g_assert_no_error (error);
  trip (&desk, "GDP-001");
  act (&desk, "page", "alarms");
  wait_for (&desk, list_says, "Slam-shut", TRUE);
  wait_for (&desk, none_refuses, "The selected alarm (Space)", TRUE);
  g_assert_true (data_store_appoint (store, "Boss", GDP_ROLE_ADMINISTRATOR, "Boss", g_get_real_time (), &error));
  g_assert_true (data_store_appoint (store, "Tester", GDP_ROLE_VIEWER, "Boss", g_get_real_time (), &error));
  wait_for (&desk, all_refuse, "This takes the role “Dispatcher”; yours is “Viewer”", TRUE);
  g_assert_true (data_store_appoint (store, "Tester", GDP_ROLE_DISPATCHER, "Boss", g_get_real_time (), &error));
  wait_for (&desk, none_refuses, "The selected alarm (Space)", TRUE);
  leave (&desk);
}

static void
test_newer_occurrence_is_not_acknowledged (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 1);
  trip (&desk, "GDP-001");
  /* What a person saw long ago: occurrence 1; meanwhile it returned and came again. */
  field_set (desk.field, "GDP-001/slam1", 0);
  wait_for (&desk, has_returned, "GDP-001/slam1.state", TRUE);
  field_set (desk.field, "GDP-001/slam1", 1);
  wait_for (&desk, has_recurred, "GDP-001/slam1.state", TRUE);
  ui_session_acknowledge (desk.session, "GDP-001/slam1.state", 1, NULL);
  wait_for (&desk, was_told, "was not acknowledged", TRUE);
  g_assert_false (field_alarm (desk.field, "GDP-001/slam1.state")->acked);
  wait_for (&desk, window_says, "was not acknowledged", TRUE);
  leave (&desk);
}

static void
test_selection_stays_on_its_alarm (void)
{
  Desk desk = { 0 };
  UiAlarm *seen;

  sit_at_living_field (&desk, 8);
  act (&desk, "page", "alarms");
  field_set (desk.field, "GDP-003/door1", 1);
  wait_for (&desk, has_alarm, "GDP-003/door1.state", TRUE);
  wait_for (&desk, window_says, "Door", TRUE);
  ui_alarms_page_select (UI_ALARMS_PAGE (find (GTK_WIDGET (desk.window), "alarmspage")),
                         "GDP-003/door1.state");
  /* Worse ones come above it; Space must still mean the door. */
  trip (&desk, "GDP-001");
  trip (&desk, "GDP-005");
  seen = ui_alarm_list_peek (ui_session_get_alarms (desk.session), 2);
  g_assert_cmpstr (ui_alarm_get (seen)->id, ==, "GDP-003/door1.state");
  act (&desk, "acknowledge-selected", NULL);
  wait_for (&desk, is_acked, "GDP-003/door1.state", TRUE);
  g_assert_false (is_acked (&desk, "GDP-001/slam1.state"));
  g_assert_false (is_acked (&desk, "GDP-005/slam1.state"));
  leave (&desk);
}

/* Its row goes and comes again at the list's end. */
static void
test_only_and_selected_one_is_acknowledged (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 1);
  act (&desk, "page", "alarms");
  trip (&desk, "GDP-001");
  wait_for (&desk, window_says, "Slam-shut", TRUE);
  ui_alarms_page_select (UI_ALARMS_PAGE (find (GTK_WIDGET (desk.window), "alarmspage")), "GDP-001/slam1.state");
  act (&desk, "acknowledge-visible", NULL);
  wait_for (&desk, is_acked, "GDP-001/slam1.state", TRUE);
  leave (&desk);
}

static void
test_all_visible_means_what_is_on_the_screen (void)
{
  Desk desk = { 0 };
  g_autofree char *seen = NULL, *hidden = NULL;
  guint left;

  sit_at_living_field (&desk, 60);
  act (&desk, "page", "alarms");
  for (guint i = 1; i <= 60; i++) {
    g_autofree char *point = g_strdup_printf ("GDP-%03u/slam1", i);
    field_set (desk.field, point, 1);
  }
  wait_for (&desk, has_alarm, "GDP-060/slam1.state", TRUE);
  wait_for (&desk, window_says, "60 alarms", TRUE);
  wait_for (&desk, list_says, "Slam-shut", TRUE);
  /* The list stays where it was while alarms come in above: a slow machine would leave us in the middle. */
  g_assert_true (gtk_widget_activate_action (find (GTK_WIDGET (desk.window), "listview"), "list.scroll-to-item", "u", 0));
  seen = g_strdup (ui_alarm_get (ui_alarm_list_peek (ui_session_get_alarms (desk.session), 0))->id);
  hidden = g_strdup (ui_alarm_get (ui_alarm_list_peek (ui_session_get_alarms (desk.session), 59))->id);
  {
    g_autofree char *site = g_strndup (seen, strcspn (seen, "/"));
    wait_for (&desk, list_says, site, TRUE);   /* laid out: only what was seen is acknowledged */
  }
  act (&desk, "acknowledge-visible", NULL);
  wait_for (&desk, window_says, "more are not on the screen", TRUE);
  wait_for (&desk, is_acked, seen, TRUE);
  for (guint i = 0; i < 10; i++) {  /* whatever was posted is done by then */
    field_turn (desk.field);
    while (g_main_context_iteration (NULL, FALSE))
      continue;
  }
  left = ui_session_count_unacked (desk.session, 1);
  g_assert_cmpuint (left, >, 20);     /* the window shows about half of them */
  g_assert_cmpuint (left, <, 55);
  g_assert_false (is_acked (&desk, hidden));
  leave (&desk);
}

/* ---- tests: "Not being told" -------------------------------------------------------------- */

/* The figure below the title in the banner. */
static const char *
untold_figure (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), "Not being told"))
    return gtk_label_get_text (GTK_LABEL (gtk_widget_get_next_sibling (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    const char *found = untold_figure (child);
    if (found != NULL)
      return found;
  }
  return NULL;
}

/* The figure, the list's title and its rows are all @number. */
static gboolean
untold_is (Desk *desk, const char *number)
{
  GtkWidget *banner = find (GTK_WIDGET (desk->window), "banner"), *popover = find (banner, "popover");
  GtkWidget *view = popover != NULL ? find (popover, "columnview") : NULL;
  g_autofree char *title = g_strdup_printf ("Not being told: %s", number);
  g_autofree char *rows = g_strdup_printf ("%u", view == NULL ? 0 : g_list_model_get_n_items (
                                             G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)))));

  return g_str_equal (untold_figure (banner), number) && popover != NULL && says (popover, title)
         && g_str_equal (rows, number);
}

static gboolean
is_as (Desk *desk, const char *word)
{
  guint point = gdp_network_find_point (ui_session_get_network (desk->session), "GDP-001/outlet1");
  const GdpReading *reading = ui_session_get_reading (desk->session, point);

  return reading != NULL && g_str_equal (gdp_reason_word (reading->reason), word);
}

static void
test_untold_counts_what_it_lists (void)
{
  static const struct { GdpReason reason; const char *untold; } kinds[] = {
    { GDP_REASON_STALE, "1" },          { GDP_REASON_SUSPECT, "0" },          { GDP_REASON_UNDER_RANGE, "0" },
    { GDP_REASON_OVER_RANGE, "0" },     { GDP_REASON_SUBSTITUTED, "1" },      { GDP_REASON_CLOCK, "0" },
    { GDP_REASON_FORCED, "1" },         { GDP_REASON_WAITING, "1" },          { GDP_REASON_NO_COMMUNICATION, "1" },
    { GDP_REASON_OPEN_CIRCUIT, "1" },   { GDP_REASON_SENSOR_LOW, "1" },       { GDP_REASON_SENSOR_HIGH, "1" },
    { GDP_REASON_NOT_A_NUMBER, "1" },   { GDP_REASON_DEVICE_EXCEPTION, "1" }, { GDP_REASON_CONFIGURATION, "1" },
    { GDP_REASON_OUT_OF_SERVICE, "1" }, { GDP_REASON_NONE, "0" },
  };
  Desk desk = { 0 };

  sit_at_living_field (&desk, 2);
  act (&desk, "untold", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    field_doubt (desk.field, "GDP-001/outlet1", kinds[i].reason);
    wait_for (&desk, is_as, gdp_reason_word (kinds[i].reason), TRUE);
    wait_for (&desk, untold_is, kinds[i].untold, TRUE);
  }
  leave (&desk);
}

static void
test_untold_counts_silence_and_suppression (void)
{
  Desk desk = { 0 };
  g_autofree char *half = NULL, *all = NULL, *suppressed = NULL;

  sit_at_living_field (&desk, 2);
  act (&desk, "untold", NULL);
  half = g_strdup_printf ("%u", field_network (desk.field)->sites[0].n_points);
  all = g_strdup_printf ("%u", field_network (desk.field)->n_points);
  suppressed = g_strdup_printf ("%u", field_network (desk.field)->n_points + 1);
  wait_for (&desk, untold_is, "0", TRUE);
  wait_for (&desk, is_dark, "SERVER SILENT", FALSE);
  wait_for (&desk, untold_is, all, FALSE);
  wait_for (&desk, is_live, "back", TRUE);
  wait_for (&desk, untold_is, "0", TRUE);
  field_mute (desk.field, "GDP-001", TRUE);
  wait_for (&desk, has_alarm, "GDP-001/upmp.silent", TRUE);
  wait_for (&desk, untold_is, half, TRUE);
  /* Now the link is lost, and the unit's own alarm is suppressed for it. */
  field_mute (desk.field, "GDP-002", TRUE);
  wait_for (&desk, has_alarm, "rs485-1.lost", TRUE);
  wait_for (&desk, untold_is, suppressed, TRUE);
  leave (&desk);
}

/* ---- tests: going dark ------------------------------------------------------------------- */

static void
test_silent_server_is_told_within_3_s (void)
{
  Desk desk = { 0 };
  gint64 took;

  sit_at_living_field (&desk, 2);
  act (&desk, "site", "GDP-001");
  wait_for (&desk, window_says, "0.3012", TRUE);
  took = wait_for (&desk, is_dark, "SERVER SILENT", FALSE);
  g_assert_cmpint (took, <, 3 * G_USEC_PER_SEC);
  g_assert_nonnull (find (GTK_WIDGET (desk.window), "stale"));
  g_assert_null (find (find (GTK_WIDGET (desk.window), "sitepage"), "good"));
  wait_for (&desk, is_live, "back", TRUE);
  wait_for (&desk, window_says, "0.3012", TRUE);
  leave (&desk);
}

static void
test_lost_store_is_told_within_3_s (void)
{
  Desk desk = { 0 };
  gint64 took;
  g_autofree char *moved = NULL;

  sit_at_living_field (&desk, 2);
  moved = g_strdup_printf ("%s.away", field_path (desk.field));
  g_assert_cmpint (g_rename (field_path (desk.field), moved), ==, 0);
  took = wait_for (&desk, is_dark, "STORE LOST", FALSE);
  g_assert_cmpint (took, <, 3 * G_USEC_PER_SEC);
  g_assert_cmpint (g_rename (moved, field_path (desk.field)), ==, 0);
  wait_for (&desk, is_live, "back", TRUE);
  leave (&desk);
}

static void
test_store_without_server_says_so (void)
{
  Desk desk = { 0 };

  desk.field = field_new (2);
  sit_down (&desk, field_uri (desk.field));
  wait_for (&desk, is_dark, "NO SERVER", FALSE);
  field_serve (desk.field);
  wait_for (&desk, is_live, "live", TRUE);
  leave (&desk);
}

static void
test_store_without_sites_says_so (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 0);
  wait_for (&desk, window_says, "No sites are configured", TRUE);
  leave (&desk);
}

static void
test_missing_store_is_not_made (void)
{
  Desk desk = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("gdp-ui-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "none.db", NULL), *uri = g_strdup_printf ("sqlite:%s",
                                                                                              path);

  sit_down (&desk, uri);
  wait_for (&desk, is_dark, path, FALSE);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  leave (&desk);
  g_rmdir (folder);
}

static void
test_garbage_is_named (void)
{
  Desk desk = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("gdp-ui-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "garbage.db", NULL), *uri = g_strdup_printf ("sqlite:%s",
                                                                                                 path);
  g_autofree char *garbage = g_strnfill (8192, 'x');

  g_assert_true (g_file_set_contents (path, garbage, 8192, NULL));
  sit_down (&desk, uri);
  wait_for (&desk, is_dark, path, FALSE);
  wait_for (&desk, is_dark, "NO STORE", FALSE);
  leave (&desk);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  setlocale (LC_ALL, "C.UTF-8");
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  application = gtk_application_new ("io.github.gdp.Test", G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func ("/window/committed-value-is-shown", test_committed_value_is_shown);
  g_test_add_func ("/window/alarm-comes-to-banner-and-list", test_alarm_comes_to_banner_and_list);
  g_test_add_func ("/window/button-acknowledges-the-occurrence-seen",
                   test_button_acknowledges_the_occurrence_seen);
  g_test_add_func ("/window/who-may-not-acknowledge-is-told-who-may", test_who_may_not_acknowledge_is_told_who_may);
  g_test_add_func ("/window/newer-occurrence-is-not-acknowledged", test_newer_occurrence_is_not_acknowledged);
  g_test_add_func ("/window/selection-stays-on-its-alarm", test_selection_stays_on_its_alarm);
  g_test_add_func ("/window/the-only-alarm-is-acknowledged-while-it-is-selected", test_only_and_selected_one_is_acknowledged);
  g_test_add_func ("/window/all-visible-means-what-is-on-the-screen",
                   test_all_visible_means_what_is_on_the_screen);
  g_test_add_func ("/window/untold-counts-what-it-lists", test_untold_counts_what_it_lists);
  g_test_add_func ("/window/untold-counts-silence-and-suppression", test_untold_counts_silence_and_suppression);
  g_test_add_func ("/dark/silent-server-is-told-within-3-s", test_silent_server_is_told_within_3_s);
  g_test_add_func ("/dark/lost-store-is-told-within-3-s", test_lost_store_is_told_within_3_s);
  g_test_add_func ("/dark/store-without-server-says-so", test_store_without_server_says_so);
  g_test_add_func ("/dark/store-without-sites-says-so", test_store_without_sites_says_so);
  g_test_add_func ("/dark/missing-store-is-not-made", test_missing_store_is_not_made);
  g_test_add_func ("/dark/garbage-is-named", test_garbage_is_named);
  return g_test_run ();
}
