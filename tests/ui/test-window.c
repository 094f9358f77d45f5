/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window on a real store: what it shows, what it posts, and what it says when it goes dark. */
#include "desk.h"
#include "ui/alarms-page.h"
#include "ui/session-private.h"
#include "ui/tip.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- what is on the screen --------------------------------------------------------------- */

static gboolean
list_says (Desk *desk, gconstpointer text)
{
  return screen_says (screen_find_named (GTK_WIDGET (desk->window), "alarmspage"), text);
}

static gboolean
banner_says (Desk *desk, gconstpointer text)
{
  return screen_says (screen_find_named (GTK_WIDGET (desk->window), "banner"), text);
}

static gboolean
is_dark (Desk *desk, gconstpointer text)
{
  GtkWidget *bar = screen_find_named (GTK_WIDGET (desk->window), "notlive");

  return bar != NULL && gtk_widget_has_css_class (GTK_WIDGET (desk->window), "not-live") && screen_says (bar, text);
}

static gboolean
has_returned (Desk *desk, gconstpointer id)
{
  return !field_alarm (desk->field, id)->active;
}

static gboolean
has_recurred (Desk *desk, gconstpointer id)
{
  return field_alarm (desk->field, id)->occurrence == 2;
}

static void
sit_at_living_field (Desk *desk, guint n_sites)
{
  desk->field = field_new (n_sites);
  field_serve (desk->field);
  field_turn (desk->field);
  desk_sit (desk, field_uri (desk->field), 1280, 720);
  desk_wait (desk, desk_is_live, NULL);
}

/* Raises the discrete alarm of slam-shut 1 of @site. */
static void
trip (Desk *desk, const char *site)
{
  g_autofree char *point = g_strdup_printf ("%s/slam1", site), *alarm = g_strdup_printf ("%s.state", point);

  field_set (desk->field, point, 1);
  desk_wait (desk, desk_has_alarm, alarm);
}

/* ---- tests: the living picture ----------------------------------------------------------- */

static void
test_committed_value_is_shown (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 2);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, desk_says, "0.3012");
  field_set (desk.field, "GDP-001/outlet1", 0.2987);
  desk_wait (&desk, desk_says, "0.2987");
  desk_leave (&desk);
}

static void
test_alarm_comes_to_banner_and_list (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 3);
  desk_act (&desk, "page", "alarms");
  g_assert_false (banner_says (&desk, "GDP-002"));
  desk_wait (&desk, desk_says, "No alarms");
  trip (&desk, "GDP-002");
  desk_wait (&desk, banner_says, "GDP-002");
  desk_wait (&desk, list_says, "Slam-shut");
  g_assert_cmpuint (ui_session_count_unacked (desk.session, 1), ==, 1);
  desk_act (&desk, "show-alarm", "GDP-002/slam1.state");
  g_assert_cmpstr (ui_window_get_site (desk.window), ==, "GDP-002");
  desk_leave (&desk);
}

static void
test_button_acknowledges_the_occurrence_seen (void)
{
  Desk desk = { 0 };
  GtkWidget *button;
  const GdpAlarm *alarm;

  sit_at_living_field (&desk, 2);
  trip (&desk, "GDP-001");
  desk_act (&desk, "page", "alarms");
  desk_wait (&desk, list_says, "Slam-shut");
  button = screen_find_action (screen_find_named (GTK_WIDGET (desk.window), "alarmspage"), "win.acknowledge");
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  desk_wait (&desk, desk_is_acked, "GDP-001/slam1.state");
  alarm = field_alarm (desk.field, "GDP-001/slam1.state");
  g_assert_cmpstr (alarm->acked_by, ==, "Tester");
  desk_leave (&desk);
}

/* All the ways to acknowledge on this page say who may. */
static gboolean
all_refuse (Desk *desk, gconstpointer why)
{
  static const char *const ways[] = { "win.acknowledge", "win.acknowledge-selected", "win.acknowledge-visible" };
  GtkWidget *page = screen_find_named (GTK_WIDGET (desk->window), "alarmspage");
  guint refusing = 0;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    GtkWidget *button = screen_find_action (page, ways[i]);
    const char *tip = button != NULL ? ui_tip_get (button) : NULL;
    refusing += button != NULL && !gtk_widget_is_sensitive (button) && tip != NULL && strstr (tip, why) != NULL;
  }
  return refusing == G_N_ELEMENTS (ways);
}

static gboolean
none_refuses (Desk *desk, gconstpointer why)
{
  GtkWidget *button = screen_find_action (screen_find_named (GTK_WIDGET (desk->window), "alarmspage"), "win.acknowledge-selected");

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
  desk_act (&desk, "page", "alarms");
  desk_wait (&desk, list_says, "Slam-shut");
  desk_wait (&desk, none_refuses, "The selected alarm (Space)");
  g_assert_true (data_store_appoint (store, "Boss", GDP_ROLE_ADMINISTRATOR, "Boss", g_get_real_time (), &error));
  g_assert_true (data_store_appoint (store, "Tester", GDP_ROLE_VIEWER, "Boss", g_get_real_time (), &error));
  desk_wait (&desk, all_refuse, "This takes the role “Dispatcher”; yours is “Viewer”");
  g_assert_true (data_store_appoint (store, "Tester", GDP_ROLE_DISPATCHER, "Boss", g_get_real_time (), &error));
  desk_wait (&desk, none_refuses, "The selected alarm (Space)");
  desk_leave (&desk);
}

static void
test_newer_occurrence_is_not_acknowledged (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 1);
  trip (&desk, "GDP-001");
  /* What a person saw long ago: occurrence 1; meanwhile it returned and came again. */
  field_set (desk.field, "GDP-001/slam1", 0);
  desk_wait (&desk, has_returned, "GDP-001/slam1.state");
  field_set (desk.field, "GDP-001/slam1", 1);
  desk_wait (&desk, has_recurred, "GDP-001/slam1.state");
  ui_session_acknowledge (desk.session, "GDP-001/slam1.state", 1, NULL);
  desk_wait (&desk, desk_is_told, "was not acknowledged");
  g_assert_false (field_alarm (desk.field, "GDP-001/slam1.state")->acked);
  desk_wait (&desk, desk_says, "was not acknowledged");
  desk_leave (&desk);
}

static gboolean
has_posted (Desk *desk, gconstpointer nothing)
{
  return g_hash_table_size (desk->session->pending) == 1;
}

static void
answer_as_lost (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataStore) store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) posted = data_store_posted_commands (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (posted->len, ==, 1);
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  DataCommandResult result = { ((DataCommand *) posted->pdata[0])->id,
                               (char *) "its server is lost; whether it was done is not known", FALSE };
  DataBatch batch = { .results = results, .now = g_get_real_time (), .durable = TRUE };
  g_array_append_val (results, result);
  gboolean committed = data_store_commit (store, &batch, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (committed);
}

/* It may have been done: to say that it was not would be a lie. */
static void
test_an_answer_that_got_lost_is_no_refusal (void)
{
  Desk desk = { 0 };
  UiDelta delta = { 0 };

  sit_at_living_field (&desk, 1);
  trip (&desk, "GDP-001");
  ui_session_acknowledge (desk.session, "GDP-001/slam1.state", 1, NULL);
  desk_wait_still (&desk, has_posted, NULL);
  answer_as_lost (&desk);
  desk_wait_still (&desk, desk_is_told, "It is not known whether GDP-001/slam1.state was acknowledged");

  /* What came of it while the store was away nobody tells. */
  ui_session_acknowledge (desk.session, "GDP-001/slam1.state", 1, NULL);
  desk_wait_still (&desk, has_posted, NULL);
  delta.changes = data_changes_new ();
  delta.changes->whole = TRUE;
  ui_session_take_delta (&delta, desk.session);   /* read before it was posted */
  g_assert_true (has_posted (&desk, NULL));
  delta.read = g_get_monotonic_time ();
  ui_session_take_delta (&delta, desk.session);
  g_assert_true (desk_is_told (&desk, "it is not known whether it was"));
  g_assert_false (has_posted (&desk, NULL));
  data_changes_free (delta.changes);
  desk_leave (&desk);
}

static gboolean
is_calm (Desk *desk, gconstpointer text)
{
  GtkWidget *bar = screen_find_named (GTK_WIDGET (desk->window), "notlive");

  return bar != NULL && gtk_widget_has_css_class (bar, "calm") && screen_says (bar, text);
}

/* All that is shown is true, but not yet all that is true is shown. */
static void
test_a_server_that_catches_up_is_told_quietly (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 1);
  g_assert_true (desk_is_silent (&desk, "is catching up"));
  field_spool (desk.field, 12, g_get_real_time () - 600 * GDP_SECOND);
  desk_wait (&desk, is_calm, "“test-server” is catching up");
  g_assert_true (ui_session_is_live (desk.session));
  field_spool (desk.field, 0, 0);
  desk_wait (&desk, desk_is_silent, "is catching up");
  desk_leave (&desk);
}

static void
test_selection_stays_on_its_alarm (void)
{
  Desk desk = { 0 };
  UiAlarm *seen;

  sit_at_living_field (&desk, 8);
  desk_act (&desk, "page", "alarms");
  field_set (desk.field, "GDP-003/door1", 1);
  desk_wait (&desk, desk_has_alarm, "GDP-003/door1.state");
  desk_wait (&desk, desk_says, "Door");
  ui_alarms_page_select (UI_ALARMS_PAGE (screen_find_named (GTK_WIDGET (desk.window), "alarmspage")),
                         "GDP-003/door1.state");
  /* Worse ones come above it; Space must still mean the door. */
  trip (&desk, "GDP-001");
  trip (&desk, "GDP-005");
  seen = ui_alarm_list_peek (ui_session_get_alarms (desk.session), 2);
  g_assert_cmpstr (ui_alarm_get (seen)->id, ==, "GDP-003/door1.state");
  desk_act (&desk, "acknowledge-selected", NULL);
  desk_wait (&desk, desk_is_acked, "GDP-003/door1.state");
  g_assert_false (desk_is_acked (&desk, "GDP-001/slam1.state"));
  g_assert_false (desk_is_acked (&desk, "GDP-005/slam1.state"));
  desk_leave (&desk);
}

/* Its row goes and comes again at the list's end. */
static void
test_only_and_selected_one_is_acknowledged (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 1);
  desk_act (&desk, "page", "alarms");
  trip (&desk, "GDP-001");
  desk_wait (&desk, list_says, "Slam-shut");   /* not in the banner alone: only what was seen is acknowledged */
  ui_alarms_page_select (UI_ALARMS_PAGE (screen_find_named (GTK_WIDGET (desk.window), "alarmspage")), "GDP-001/slam1.state");
  desk_act (&desk, "acknowledge-visible", NULL);
  desk_wait (&desk, desk_is_acked, "GDP-001/slam1.state");
  desk_leave (&desk);
}

static void
test_all_visible_means_what_is_on_the_screen (void)
{
  Desk desk = { 0 };
  g_autofree char *seen = NULL, *hidden = NULL;
  guint left;

  sit_at_living_field (&desk, 60);
  desk_act (&desk, "page", "alarms");
  for (guint i = 1; i <= 60; i++) {
    g_autofree char *point = g_strdup_printf ("GDP-%03u/slam1", i);
    field_set (desk.field, point, 1);
  }
  desk_wait (&desk, desk_has_alarm, "GDP-060/slam1.state");
  desk_wait (&desk, desk_says, "60 alarms");
  desk_wait (&desk, list_says, "Slam-shut");
  /* The list stays where it was while alarms come in above: a slow machine would leave us in the middle. */
  g_assert_true (gtk_widget_activate_action (screen_find_named (GTK_WIDGET (desk.window), "listview"), "list.scroll-to-item", "u", 0));
  seen = g_strdup (ui_alarm_get (ui_alarm_list_peek (ui_session_get_alarms (desk.session), 0))->id);
  hidden = g_strdup (ui_alarm_get (ui_alarm_list_peek (ui_session_get_alarms (desk.session), 59))->id);
  {
    g_autofree char *site = g_strndup (seen, strcspn (seen, "/"));
    desk_wait (&desk, list_says, site);   /* laid out: only what was seen is acknowledged */
  }
  desk_act (&desk, "acknowledge-visible", NULL);
  desk_wait (&desk, desk_says, "more are not on the screen");
  desk_wait (&desk, desk_is_acked, seen);
  for (guint i = 0; i < 10; i++) {  /* whatever was posted is done by then */
    field_turn (desk.field);
    while (g_main_context_iteration (NULL, FALSE))
      continue;
  }
  left = ui_session_count_unacked (desk.session, 1);
  g_assert_cmpuint (left, >, 20);     /* the window shows about half of them */
  g_assert_cmpuint (left, <, 55);
  g_assert_false (desk_is_acked (&desk, hidden));
  desk_leave (&desk);
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
untold_is (Desk *desk, gconstpointer number)
{
  GtkWidget *banner = screen_find_named (GTK_WIDGET (desk->window), "banner"), *popover = screen_find_named (banner, "popover");
  GtkWidget *view = popover != NULL ? screen_find_named (popover, "columnview") : NULL;
  g_autofree char *title = g_strdup_printf ("Not being told: %s", (const char *) number);
  g_autofree char *rows = g_strdup_printf ("%u", view == NULL ? 0 : g_list_model_get_n_items (
                                             G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)))));

  return g_str_equal (untold_figure (banner), number) && popover != NULL && screen_says (popover, title)
         && g_str_equal (rows, number);
}

static gboolean
is_as (Desk *desk, gconstpointer word)
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
  desk_act (&desk, "untold", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    field_doubt (desk.field, "GDP-001/outlet1", kinds[i].reason);
    desk_wait (&desk, is_as, gdp_reason_word (kinds[i].reason));
    desk_wait (&desk, untold_is, kinds[i].untold);
  }
  desk_leave (&desk);
}

static gboolean
page_is (Desk *desk, gconstpointer name)
{
  g_autoptr (GVariant) page = g_action_group_get_action_state (G_ACTION_GROUP (desk->window), "page");

  return g_str_equal (g_variant_get_string (page, NULL), name);
}

static void
test_untold_counts_silence_and_suppression (void)
{
  Desk desk = { 0 };
  g_autofree char *half = NULL, *all = NULL, *suppressed = NULL;

  sit_at_living_field (&desk, 2);
  desk_act (&desk, "untold", NULL);
  half = g_strdup_printf ("%u", field_network (desk.field)->sites[0].n_points);
  all = g_strdup_printf ("%u", field_network (desk.field)->n_points);
  suppressed = g_strdup_printf ("%u", field_network (desk.field)->n_points + 1);
  desk_wait (&desk, untold_is, "0");
  desk_wait_still (&desk, is_dark, "SERVER SILENT");
  desk_wait_still (&desk, untold_is, all);
  desk_wait (&desk, desk_is_live, NULL);
  desk_wait (&desk, untold_is, "0");
  field_mute (desk.field, "GDP-001", TRUE);
  desk_wait (&desk, desk_has_alarm, "GDP-001/upmp.silent");
  desk_wait (&desk, untold_is, half);
  /* Now the link is lost, and the unit's own alarm is suppressed for it. */
  field_mute (desk.field, "GDP-002", TRUE);
  desk_wait (&desk, desk_has_alarm, "rs485-1.lost");
  desk_wait (&desk, untold_is, suppressed);
  /* It has no site: it leads to the list, and from there to the units of the link. */
  desk_act (&desk, "show-alarm", "rs485-1.lost");
  g_assert_true (page_is (&desk, "alarms"));
  desk_act (&desk, "show-alarm", "rs485-1.lost");
  g_assert_true (page_is (&desk, "field"));
  desk_leave (&desk);
}

/* Whether a click in the middle of the pages is theirs. */
static gboolean
takes_clicks (Desk *desk, gconstpointer nothing)
{
  GtkWidget *pages = screen_find_type (GTK_WIDGET (desk->window), GTK_TYPE_PANED);
  graphene_point_t middle;

  g_assert_true (gtk_widget_compute_point (pages, GTK_WIDGET (desk->window), &GRAPHENE_POINT_INIT (
    (float) gtk_widget_get_width (pages) / 2, (float) gtk_widget_get_height (pages) / 2), &middle));
  GtkWidget *there = gtk_widget_pick (GTK_WIDGET (desk->window), middle.x, middle.y, GTK_PICK_DEFAULT);
  return there != NULL && gtk_widget_is_ancestor (there, pages);
}

/* A bar that comes or goes moves the pages: a click a moment later was meant for another button. */
static void
test_what_has_just_moved_takes_no_clicks (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 2);
  desk_wait (&desk, takes_clicks, NULL);
  desk_wait_still (&desk, is_dark, "SERVER SILENT");
  g_assert_false (takes_clicks (&desk, NULL));
  desk_wait_still (&desk, takes_clicks, NULL);
  desk_leave (&desk);
}

/* ---- tests: going dark ------------------------------------------------------------------- */

static void
test_silent_server_is_told_within_3_s (void)
{
  Desk desk = { 0 };
  gint64 took;

  sit_at_living_field (&desk, 2);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, desk_says, "0.3012");
  took = desk_wait_still (&desk, is_dark, "SERVER SILENT");
  g_assert_cmpint (took, <, 3 * G_USEC_PER_SEC);
  g_assert_nonnull (screen_find_named (GTK_WIDGET (desk.window), "stale"));
  g_assert_null (screen_find_named (screen_find_named (GTK_WIDGET (desk.window), "sitepage"), "good"));
  desk_wait (&desk, desk_is_live, NULL);
  desk_wait (&desk, desk_says, "0.3012");
  desk_leave (&desk);
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
  took = desk_wait_still (&desk, is_dark, "STORE LOST");
  g_assert_cmpint (took, <, 3 * G_USEC_PER_SEC);
  g_assert_cmpint (g_rename (moved, field_path (desk.field)), ==, 0);
  desk_wait (&desk, desk_is_live, NULL);
  desk_leave (&desk);
}

static void
test_store_without_server_says_so (void)
{
  Desk desk = { 0 };

  desk.field = field_new (2);
  desk_sit (&desk, field_uri (desk.field), 1280, 720);
  desk_wait_still (&desk, is_dark, "NO SERVER");
  field_serve (desk.field);
  desk_wait (&desk, desk_is_live, NULL);
  desk_leave (&desk);
}

static void
test_store_without_sites_says_so (void)
{
  Desk desk = { 0 };

  sit_at_living_field (&desk, 0);
  desk_wait (&desk, desk_says, "No sites are configured");
  desk_leave (&desk);
}

static void
test_missing_store_is_not_made (void)
{
  Desk desk = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("gdp-ui-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "none.db", NULL), *uri = g_strdup_printf ("sqlite:%s",
                                                                                              path);

  desk_sit (&desk, uri, 1280, 720);
  desk_wait_still (&desk, is_dark, path);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  desk_act (&desk, "page", "alarms");
  desk_wait (&desk, desk_says, "Unacknowledged");
  g_assert_true (desk_says (&desk, "–"));    /* what was never read is not none */
  g_assert_false (desk_says (&desk, "No alarms") || desk_says (&desk, "0 alarms") || desk_says (&desk, "No unacknowledged alarms"));
  desk_leave (&desk);
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
  desk_sit (&desk, uri, 1280, 720);
  desk_wait_still (&desk, is_dark, path);
  desk_wait_still (&desk, is_dark, "NO STORE");
  desk_leave (&desk);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/window/committed-value-is-shown", test_committed_value_is_shown);
  g_test_add_func ("/window/alarm-comes-to-banner-and-list", test_alarm_comes_to_banner_and_list);
  g_test_add_func ("/window/button-acknowledges-the-occurrence-seen",
                   test_button_acknowledges_the_occurrence_seen);
  g_test_add_func ("/window/who-may-not-acknowledge-is-told-who-may", test_who_may_not_acknowledge_is_told_who_may);
  g_test_add_func ("/window/newer-occurrence-is-not-acknowledged", test_newer_occurrence_is_not_acknowledged);
  g_test_add_func ("/window/an-answer-that-got-lost-is-no-refusal", test_an_answer_that_got_lost_is_no_refusal);
  g_test_add_func ("/window/a-server-that-catches-up-is-told-quietly", test_a_server_that_catches_up_is_told_quietly);
  g_test_add_func ("/window/selection-stays-on-its-alarm", test_selection_stays_on_its_alarm);
  g_test_add_func ("/window/the-only-alarm-is-acknowledged-while-it-is-selected", test_only_and_selected_one_is_acknowledged);
  g_test_add_func ("/window/all-visible-means-what-is-on-the-screen",
                   test_all_visible_means_what_is_on_the_screen);
  g_test_add_func ("/window/untold-counts-what-it-lists", test_untold_counts_what_it_lists);
  g_test_add_func ("/window/untold-counts-silence-and-suppression", test_untold_counts_silence_and_suppression);
  g_test_add_func ("/window/what-has-just-moved-takes-no-clicks", test_what_has_just_moved_takes_no_clicks);
  g_test_add_func ("/dark/silent-server-is-told-within-3-s", test_silent_server_is_told_within_3_s);
  g_test_add_func ("/dark/lost-store-is-told-within-3-s", test_lost_store_is_told_within_3_s);
  g_test_add_func ("/dark/store-without-server-says-so", test_store_without_server_says_so);
  g_test_add_func ("/dark/store-without-sites-says-so", test_store_without_sites_says_so);
  g_test_add_func ("/dark/missing-store-is-not-made", test_missing_store_is_not_made);
  g_test_add_func ("/dark/garbage-is-named", test_garbage_is_named);
  return g_test_run ();
}
