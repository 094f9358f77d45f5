/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal page on a real store: its search, what its filters say, and what it prints. */
#include "desk.h"
#include "ui/journal-page.h"

#include <glib/gstdio.h>
#include <string.h>

#define NOTES 120   /* three pages */

static void
sit_down (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  gint64 now = g_get_real_time ();
  const DataBatch batch = { .changes = changes, .now = now, .durable = TRUE };

  *desk = (Desk) { .field = field_new (2) };
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < NOTES; i++) {
    g_autofree char *text = g_strdup_printf ("Обход %u, замечаний нет", i);
    g_ptr_array_add (changes->events, gdp_event_copy (&(GdpEvent) {
      .kind = i == 7 ? GDP_EVENT_ALARM_OCCURRED : GDP_EVENT_NOTE, .occurred = now - 3600 * G_TIME_SPAN_SECOND, .learned = now,
      .site = (char *) (i % 2 == 0 ? "GDP-001" : "GDP-002"), .object = (char *) (i == 7 ? "GDP-002/door1.state" : NULL),
      .who = (char *) "Петрова", .text = text, .priority = i == 7 ? 2 : 0 }));
  }
  if (!data_store_commit (desk->store, &batch, NULL, &error))
    g_error ("%s", error->message);
  field_serve (desk->field);
  field_turn (desk->field);
  desk_sit (desk, field_uri (desk->field), 1280, 720);
  desk_wait (desk, desk_says, "live");
  desk_act (desk, "page", "journal");
  desk_wait (desk, desk_says, "Обход 119");
}

static GtkWidget *
page_of (Desk *desk)
{
  return unseen_find_named (GTK_WIDGET (desk->window), "journalpage");
}

static gboolean
asks_for (GtkWidget *widget, gconstpointer what)
{
  g_autofree char *placeholder = NULL;

  if (GTK_IS_SEARCH_ENTRY (widget))
    g_object_get (widget, "placeholder-text", &placeholder, NULL);
  return g_strcmp0 (placeholder, what) == 0;
}

static void
type (Desk *desk, const char *entry, const char *text)
{
  GtkWidget *search = screen_find (page_of (desk), asks_for, entry);

  g_assert_nonnull (search);
  gtk_editable_set_text (GTK_EDITABLE (search), text);
}

static gboolean
is_drop_down (GtkWidget *widget, gconstpointer unused)
{
  return GTK_IS_DROP_DOWN (widget);
}

static gboolean
is_calendar (GtkWidget *widget, gconstpointer unused)
{
  return GTK_IS_CALENDAR (widget);
}

static void
note (Desk *desk, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  const DataBatch batch = { .changes = changes, .now = g_get_real_time (), .durable = TRUE };

  g_ptr_array_add (changes->events, gdp_event_copy (&(GdpEvent) { .kind = GDP_EVENT_NOTE, .occurred = batch.now,
                                                                  .learned = batch.now, .text = (char *) text }));
  if (!data_store_commit (desk->store, &batch, NULL, &error))
    g_error ("%s", error->message);
}

static guint64
total (Desk *desk)
{
  DataJournalHead head;

  g_assert_true (data_store_journal_head (desk->store, &head, NULL));
  return (guint64) head.count;
}

/* Each filter says what it hides, and its button shows it again; together they say how much. */
static void
test_filters (void)
{
  Desk desk;

  sit_down (&desk);
  g_assert_false (screen_says (page_of (&desk), "Hidden"));
  type (&desk, "Site's number", "GDP-002");
  desk_wait (&desk, desk_says, "Hidden: records of other sites than “GDP-002”");
  type (&desk, "Text, object or person", "обход 1");   /* 1, 11, 13 … 19, 101 … 119 */
  desk_wait (&desk, desk_says, "Hidden: records without “обход 1”");
  g_autofree char *both = g_strdup_printf ("16 records; hidden are %u of %u", (guint) total (&desk) - 16, (guint) total (&desk));
  desk_wait (&desk, desk_says, both);
  g_assert_true (gtk_widget_activate_action (page_of (&desk), "journal.show-all", "s", "site"));
  desk_wait (&desk, desk_is_silent, "other sites");
  desk_wait (&desk, desk_says, "31 records; hidden are");
  g_assert_true (screen_says (page_of (&desk), "Hidden: records without"));
  GtkWidget *show = screen_find_button (page_of (&desk), "Show them");
  g_assert_nonnull (show);
  g_signal_emit_by_name (show, "clicked");
  desk_wait (&desk, desk_is_silent, "Hidden");
  desk_wait (&desk, desk_is_silent, "hidden");
  desk_leave (&desk);
}

static GtkDropDown *
topics (Desk *desk)
{
  return GTK_DROP_DOWN (unseen_find (page_of (desk), is_drop_down, NULL));
}

/* By what records are about and by when they were learned, also those that come: a note is no alarm, today is not yesterday. */
static void
test_topic_and_time (void)
{
  Desk desk;

  sit_down (&desk);
  gtk_drop_down_set_selected (topics (&desk), GDP_TOPIC_ALARMS);
  desk_wait (&desk, desk_says, "Hidden: all but “Alarms”");
  desk_wait (&desk, desk_says, "1 record; hidden are");
  note (&desk, "Обход 500, замечаний нет");
  g_autofree char *hidden = g_strdup_printf ("1 record; hidden are %u of", (guint) total (&desk) - 1);
  desk_wait (&desk, desk_says, hidden);
  g_assert_false (screen_says (page_of (&desk), "Обход 500"));
  g_assert_true (gtk_widget_activate_action (page_of (&desk), "journal.show-all", "s", "topic"));
  desk_wait (&desk, desk_says, "Обход 500");
  g_assert_true (gtk_widget_activate_action (page_of (&desk), "journal.period", "i", 24));
  desk_wait (&desk, desk_says, "Hidden: records outside the time “since ");
  desk_wait (&desk, desk_says, "Обход 500");
  GtkCalendar *day = GTK_CALENDAR (unseen_find (page_of (&desk), is_calendar, NULL));
  g_autoptr (GDateTime) long_ago = g_date_time_new_local (2001, 2, 3, 0, 0, 0);
  gtk_calendar_select_day (day, long_ago);
  desk_wait (&desk, desk_says, "Hidden: records outside the time “03.02.2001”");
  desk_wait (&desk, desk_says, "0 records; hidden are");
  note (&desk, "Обход 501, замечаний нет");
  hidden = (g_free (hidden), g_strdup_printf ("0 records; hidden are %u of", (guint) total (&desk)));
  desk_wait (&desk, desk_says, hidden);
  g_assert_true (gtk_widget_activate_action (page_of (&desk), "journal.show-all", "s", "time"));
  desk_wait (&desk, desk_says, "Обход 501");
  g_assert_false (screen_says (page_of (&desk), "Hidden"));
  desk_leave (&desk);
}

/* What is not counted is not told as a number: of more records than are read at once only that there are others. */
static void
test_not_counted (void)
{
  Desk desk;

  sit_down (&desk);
  type (&desk, "Text, object or person", "ЗАМЕЧАНИЙ");
  g_autofree char *some = g_strdup_printf ("50 records of %u; the others are older or hidden", (guint) total (&desk));
  desk_wait (&desk, desk_says, some);
  desk_leave (&desk);
}

/* It finds what the table shows, not only what is stored. */
static void
test_search (void)
{
  Desk desk;

  sit_down (&desk);
  type (&desk, "Text, object or person", "alarm occ");
  desk_wait (&desk, desk_says, "1 record; hidden");
  type (&desk, "Text, object or person", "door");
  desk_wait (&desk, desk_says, "Hidden: records without “door”");
  desk_wait (&desk, desk_says, "1 record; hidden");
  type (&desk, "Text, object or person", "zzyzx");
  desk_wait (&desk, desk_says, "0 records; hidden");
  desk_leave (&desk);
}

/* ---- paper ---------------------------------------------------------------------------------- */

/* The text of a PDF, page by page. */
static char **
pages_of (const char *pdf)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "pdftotext", "-layout", pdf, "-", NULL };

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, NULL, &error))
    g_error ("%s", error->message);
  char **pages = g_strsplit (text, "\f", -1);
  guint n = g_strv_length (pages);
  if (n > 0 && *pages[n - 1] == '\0')   /* behind the last form feed */
    g_clear_pointer (&pages[n - 1], g_free);
  return pages;
}

static char **
printed (Desk *desk)
{
  g_autofree char *folder = g_path_get_dirname (field_path (desk->field));
  g_autofree char *path = g_build_filename (folder, "journal.pdf", NULL);

  ui_journal_page_print (UI_JOURNAL_PAGE (page_of (desk)), path);
  desk_wait_still (desk, desk_is_told, "The journal is printed");
  char **pages = pages_of (path);
  g_remove (path);
  return pages;
}

static void
test_print (void)
{
  Desk desk;
  DataJournalHead head;

  sit_down (&desk);
  type (&desk, "Text, object or person", "обход");
  desk_wait (&desk, desk_says, "Hidden: records without “обход”");
  g_assert_true (data_store_journal_head (desk.store, &head, NULL));
  g_auto (GStrv) pages = printed (&desk);
  guint n = g_strv_length (pages);
  g_assert_cmpuint (n, >, 1);
  for (guint i = 0; i < n; i++) {
    g_autofree char *number = g_strdup_printf ("Page %u of %u", i + 1, n);
    g_autofree char *what = g_strdup_printf ("Records: with “обход”, newest first: %u. The journal has %u.", NOTES, (guint) total (&desk));
    g_assert_nonnull (strstr (pages[i], number));
    g_assert_nonnull (strstr (pages[i], head.hash));
    g_assert_nonnull (strstr (pages[i], " by Tester"));
    g_assert_nonnull (strstr (pages[i], what));
  }
  g_autofree char *whole = g_strjoinv ("", pages);
  for (guint i = 0; i < NOTES; i++) {   /* each is on some page, once */
    g_autofree char *note = g_strdup_printf ("Обход %u, замечаний нет", i);
    const char *at = strstr (whole, note);
    if (at == NULL || strstr (at + 1, note) != NULL)
      g_error ("%s: %s", note, at == NULL ? "nowhere" : "twice");
  }
  desk_leave (&desk);
}

static void
test_print_fails (void)
{
  Desk desk;

  sit_down (&desk);
  ui_journal_page_print (UI_JOURNAL_PAGE (page_of (&desk)), "/nowhere/journal.pdf");
  desk_wait (&desk, desk_is_told, "Not printed:");
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/journal-page/each-filter-says-what-it-hides-and-shows-it-again", test_filters);
  g_test_add_func ("/journal-page/shows-what-it-is-about-and-when-it-was-learned", test_topic_and_time);
  g_test_add_func ("/journal-page/what-was-not-counted-is-no-number", test_not_counted);
  g_test_add_func ("/journal-page/finds-what-the-table-shows", test_search);
  g_test_add_func ("/journal-page/every-page-tells-filter-person-number-and-hash", test_print);
  g_test_add_func ("/journal-page/what-cannot-be-printed-is-told", test_print_fails);
  return g_test_run ();
}
