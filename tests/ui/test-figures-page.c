/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures page on a real store: its figures, what it says of too few days, the ways out of it, its files. */
#include "desk.h"
#include "ui/figures-page.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;   /* of the stores */

#define DAY (G_GINT64_CONSTANT (24) * 3600 * G_USEC_PER_SEC)

static void
add (GdpChanges *changes, gint64 time, GdpEventKind kind, const char *object)
{
  g_ptr_array_add (changes->events, gdp_event_copy (&(GdpEvent) {
    .kind = kind, .occurred = time, .learned = time, .site = (char *) "GDP-001", .object = (char *) object, .priority = 2 }));
}

/* A journal that began @days ago: a door that chattered twice, and a link without a site. */
static void
sit_down (Desk *desk, double days)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  gint64 now = g_get_real_time (), begin = now - (gint64) (days * DAY);
  const DataBatch batch = { .changes = changes, .now = now, .durable = TRUE };
  g_autofree char *path = g_build_filename (folder, "store.db", NULL), *uri = g_strconcat ("sqlite:", path, NULL);

  *desk = (Desk) { 0 };
  desk->store = data_store_open (uri, DATA_ACCESS_SERVE, &error);   /* before the field, which writes to its journal, too */
  g_assert_no_error (error);
  add (changes, begin, GDP_EVENT_NOTE, "GDP-001");
  for (guint i = 0; i < 3; i++) {
    add (changes, now - DAY / 2 + 10 * i * G_USEC_PER_SEC, GDP_EVENT_ALARM_OCCURRED, "GDP-001/door1.state");
    add (changes, now - DAY / 2 + (10 * i + 5) * G_USEC_PER_SEC, GDP_EVENT_ALARM_CLEARED, "GDP-001/door1.state");
  }
  add (changes, now - DAY / 3, GDP_EVENT_ALARM_OCCURRED, "rs485-9.lost");
  if (!data_store_commit (desk->store, &batch, NULL, &error))
    g_error ("%s", error->message);
  desk->field = field_new_at (uri, 2);
  field_serve (desk->field);
  field_turn (desk->field);
  desk_sit (desk, field_uri (desk->field), 1280, 720);
  desk_wait (desk, desk_says, "live");
  desk_act (desk, "page", "figures");
}

static void
get_up (Desk *desk)
{
  static const char *const endings[] = { "", "-wal", "-shm", "-feed" };

  desk_leave (desk);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *path = g_strdup_printf ("%s/store.db%s", folder, endings[i]);
    g_remove (path);
  }
}

static GtkWidget *
page_of (Desk *desk)
{
  return unseen_find_named (GTK_WIDGET (desk->window), "figurespage");
}

static void
test_few_days (void)
{
  Desk desk;

  sit_down (&desk, 3);
  desk_wait (&desk, desk_says, "3.0 days: insufficient data");
  desk_wait (&desk, desk_says, "GDP-001 · Door");
  g_assert_true (screen_says (page_of (&desk), "It chatters"));
  g_assert_true (screen_says (page_of (&desk), "3×"));
  g_assert_true (screen_says (page_of (&desk), "At most 3 in 10 minutes"));
  g_assert_true (screen_says (page_of (&desk), "up to 6; at most 12 (ISA-18.2)"));
  g_assert_true (screen_says (page_of (&desk), "too much"));    /* what chattered did, however few the days are */
  g_assert_false (screen_says (page_of (&desk), "good"));
  get_up (&desk);
}

static void
test_enough_days (void)
{
  Desk desk;

  sit_down (&desk, 40);
  desk_wait (&desk, desk_says, "30.0 days");
  desk_wait (&desk, desk_is_silent, "insufficient");
  desk_wait (&desk, desk_says, "good");                        /* rows are drawn after the words above them */
  g_assert_true (screen_says (page_of (&desk), "good"));
  g_assert_true (gtk_widget_activate_action (page_of (&desk), "figures.days", "i", 7));
  desk_wait (&desk, desk_says, "7.0 days: insufficient data");
  g_assert_true (gtk_widget_activate_action (page_of (&desk), "figures.days", "i", 365));
  desk_wait (&desk, desk_says, "40.0 days");
  get_up (&desk);
}

/* The site of an alarm is a click away; what the window cannot do is not offered. */
static void
test_ways_out (void)
{
  Desk desk;
  GtkWidget *open;

  sit_down (&desk, 3);
  desk_wait (&desk, desk_says, "GDP-001 · Door");
  g_assert_nonnull (screen_find_button (page_of (&desk), "Show the alarm"));
  g_assert_true (g_action_group_has_action (G_ACTION_GROUP (desk.window), "decide")
                 == (screen_find_button (page_of (&desk), "Shelve…") != NULL));
  open = screen_find_button (page_of (&desk), "Site");
  g_assert_nonnull (open);
  g_signal_emit_by_name (open, "clicked");
  desk_wait (&desk, desk_says, "Outlet pressure");
  g_assert_cmpstr (ui_window_get_site (desk.window), ==, "GDP-001");
  g_assert_false (gtk_widget_get_mapped (page_of (&desk)));
  get_up (&desk);
}

static void
export_to (Desk *desk, const char *name, const char *told)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  ui_figures_page_export (UI_FIGURES_PAGE (page_of (desk)), path);
  desk_wait (desk, desk_is_told, told);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS) == (strcmp (told, "The figures are in the file") == 0));
  g_remove (path);
}

static void
test_export (void)
{
  Desk desk;

  sit_down (&desk, 3);
  desk_wait (&desk, desk_says, "GDP-001 · Door");
  export_to (&desk, "figures.xlsx", "The figures are in the file");
  export_to (&desk, "figures.doc", "must end with .csv or .xlsx");
  export_to (&desk, "figures.csv", "The figures are in the file");
  export_to (&desk, "no/figures.xlsx", "no/figures.xlsx: No such file");
  get_up (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  folder = g_dir_make_tmp ("gdp-figures-XXXXXX", NULL);
  g_test_add_func ("/figures-page/few-days-are-said-to-be", test_few_days);
  g_test_add_func ("/figures-page/other-days-are-read-when-chosen", test_enough_days);
  g_test_add_func ("/figures-page/an-alarms-site-is-a-click-away", test_ways_out);
  g_test_add_func ("/figures-page/exports-and-says-what-came-of-it", test_export);
  int failed = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return failed;
}
