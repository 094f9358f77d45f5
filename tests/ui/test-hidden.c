/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages that nobody sees: they do nothing and hold little, and are right at once when they are seen. */
#include "desk.h"

#include <math.h>
#include <string.h>

#define KEPT 1000   /* records, as journal-page.h says */

static gint64 noted, heard;   /* records that were committed besides the field's, and those of them that the desk heard of */

static void
sit_down (Desk *desk, guint n_sites)
{
  g_autoptr (GError) error = NULL;

  *desk = (Desk) { .field = field_new (n_sites) };
  field_serve (desk->field);
  field_turn (desk->field);
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  desk_sit (desk, field_uri (desk->field), 1280, 720);
}

/* ---- what is in the window, seen or not ------------------------------------------------- */

static gboolean
says_exactly (GtkWidget *widget, gconstpointer text)
{
  return GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text);
}

/* The label below @widget that says exactly @text. */
static GtkWidget *
label_of (GtkWidget *widget, const char *text)
{
  return unseen_find (widget, says_exactly, text);
}

static GtkWidget *
page_of (Desk *desk, const char *css_name)
{
  return unseen_find_named (GTK_WIDGET (desk->window), css_name);
}

static guint
n_records (Desk *desk)
{
  GtkWidget *view = unseen_find_named (page_of (desk, "journalpage"), "columnview");
  GtkSelectionModel *model = gtk_column_view_get_model (GTK_COLUMN_VIEW (view));

  return model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (model)) : 0;   /* not seen yet */
}

static gboolean
site_says (Desk *desk, gconstpointer text)
{
  GtkWidget *label = label_of (page_of (desk, "sitepage"), text);

  return label != NULL && gtk_widget_get_mapped (label);
}

static gboolean
is_known (Desk *desk, gconstpointer value)
{
  GdpNetwork *network = ui_session_get_network (desk->session);
  const GdpReading *reading = ui_session_get_reading (desk->session, gdp_network_find_point (network, "GDP-001/outlet1"));

  return reading != NULL && fabs (reading->value - g_ascii_strtod (value, NULL)) < 1e-6;
}

/* Within the rows that are on the screen. */
static gboolean
journal_shows (Desk *desk, gconstpointer text)
{
  GtkWidget *page = page_of (desk, "journalpage"), *label = label_of (page, text);
  graphene_rect_t at;

  return label != NULL && gtk_widget_get_mapped (label) && gtk_widget_compute_bounds (label, page, &at)
         && at.size.height > 8 && at.origin.y > 0 && at.origin.y < gtk_widget_get_height (page);
}

static void
tell (Desk *desk, guint n)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GError) error = NULL;
  DataBatch batch = { .changes = changes, .now = g_get_real_time (), .durable = TRUE };

  for (guint i = 0; i < n; i++) {
    g_autofree char *text = g_strdup_printf ("record %d", (int) ++noted);
    g_ptr_array_add (changes->events, gdp_event_copy (&(GdpEvent) {
      .kind = GDP_EVENT_NOTE, .occurred = batch.now, .learned = batch.now, .who = (char *) "Tester", .text = text }));
  }
  g_assert_true (data_store_commit (desk->store, &batch, NULL, &error));
  g_assert_no_error (error);
}

static void
on_events (UiSession *session, GPtrArray *events, gpointer data)
{
  for (guint i = 0; i < events->len; i++)
    heard += ((GdpEvent *) events->pdata[i])->kind == GDP_EVENT_NOTE;
}

static gboolean
all_heard (Desk *desk, gconstpointer what)
{
  return heard == noted;
}

/* ---- tests ------------------------------------------------------------------------------- */

static void
test_value_that_changed_meanwhile (void)
{
  Desk desk;

  sit_down (&desk, 2);
  desk_wait (&desk, desk_is_live, NULL);
  desk_act (&desk, "site", "GDP-001");
  desk_wait (&desk, site_says, "0.3012");
  desk_act (&desk, "page", "alarms");
  field_set (desk.field, "GDP-001/outlet1", 0.2987);
  desk_wait (&desk, is_known, "0.2987");
  g_assert_nonnull (label_of (page_of (&desk, "sitepage"), "0.3012"));   /* nobody sees it: it cost nothing */
  desk_act (&desk, "page", "site");
  g_assert_nonnull (label_of (page_of (&desk, "sitepage"), "0.2987"));   /* before its first frame */
  g_assert_null (label_of (page_of (&desk, "sitepage"), "0.3012"));
  desk_leave (&desk);
}

static void
test_journal_holds_so_many (void)
{
  Desk desk;

  noted = heard = 0;
  sit_down (&desk, 1);
  g_signal_connect (desk.session, "events", G_CALLBACK (on_events), NULL);
  desk_wait (&desk, desk_is_live, NULL);
  for (guint i = 0; i < 5; i++) {
    tell (&desk, 300);
    desk_wait (&desk, all_heard, NULL);
  }
  g_assert_cmpuint (n_records (&desk), <=, KEPT);
  desk_act (&desk, "page", "journal");
  desk_wait (&desk, journal_shows, "record 1500");
  g_assert_cmpuint (n_records (&desk), <=, KEPT);
  tell (&desk, 10);
  desk_wait (&desk, journal_shows, "record 1510");   /* it stays with the newest */
  tell (&desk, 300);
  desk_wait (&desk, journal_shows, "record 1810");
  g_assert_cmpuint (n_records (&desk), <=, KEPT);
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  desk_init (&argc, &argv);
  g_test_add_func ("/hidden/value-that-changed-meanwhile-is-right-at-once", test_value_that_changed_meanwhile);
  g_test_add_func ("/hidden/journal-holds-only-so-many-and-stays-with-the-newest", test_journal_holds_so_many);
  return g_test_run ();
}
