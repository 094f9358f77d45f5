/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages that nobody sees: they do nothing and hold little, and are right at once when they are seen. */
#include "../patience.h"
#include "field.h"
#include "ui/window.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#define KEPT 1000   /* records, as journal-page.h says */

typedef struct {
  Field     *field;
  DataStore *server;
  UiSession *session;
  UiWindow  *window;
  gint64     told;      /* records that were committed besides the field's */
} Desk;

static GtkApplication *application;

static void
sit_down (Desk *desk, guint n_sites)
{
  g_autoptr (GError) error = NULL;

  *desk = (Desk) { .field = field_new (n_sites) };
  field_serve (desk->field);
  field_turn (desk->field);
  desk->server = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  desk->session = ui_session_new (field_uri (desk->field), "Tester");
  desk->window = ui_window_new (application, desk->session, NULL, NULL);
  gtk_window_set_default_size (GTK_WINDOW (desk->window), 1280, 720);
  gtk_window_present (GTK_WINDOW (desk->window));
}

static void
leave (Desk *desk)
{
  gtk_window_destroy (GTK_WINDOW (desk->window));
  ui_session_close (desk->session);
  g_clear_object (&desk->session);
  data_store_close (desk->server);
  field_free (desk->field);
}

static void
act (Desk *desk, const char *action, const char *target)
{
  g_action_group_activate_action (G_ACTION_GROUP (desk->window), action, g_variant_new_string (target));
}

/* ---- what is in the window, seen or not ------------------------------------------------- */

static GtkWidget *
find (GtkWidget *widget, const char *css_name)
{
  if (g_str_equal (gtk_widget_get_css_name (widget), css_name))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, css_name);
    if (found != NULL)
      return found;
  }
  return NULL;
}

/* The label below @widget that says exactly @text. */
static GtkWidget *
label_of (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget))
    return g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text) ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = label_of (child, text);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWidget *
page_of (Desk *desk, const char *css_name)
{
  return find (GTK_WIDGET (desk->window), css_name);
}

static guint
n_records (Desk *desk)
{
  GtkWidget *view = find (page_of (desk, "journalpage"), "columnview");
  GtkSelectionModel *model = gtk_column_view_get_model (GTK_COLUMN_VIEW (view));

  return model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (model)) : 0;   /* not seen yet */
}

/* ---- waiting ----------------------------------------------------------------------------- */

typedef gboolean (*Condition) (Desk *desk, const char *what);

typedef struct { Condition condition; Desk *desk; const char *what; } Wanted;

static gboolean
is_met (gpointer data)
{
  const Wanted *wanted = data;
  return wanted->condition (wanted->desk, wanted->what);
}

static void
wait_for (Desk *desk, Condition condition, const char *what)
{
  if (!field_run (desk->field, is_met, &(Wanted) { condition, desk, what }, PATIENCE))
    g_error ("not within %d s: %s; %u records are held", PATIENCE, what, n_records (desk));
}

static gboolean
is_live (Desk *desk, const char *what)
{
  return ui_session_is_live (desk->session);
}

static gboolean
site_says (Desk *desk, const char *text)
{
  GtkWidget *label = label_of (page_of (desk, "sitepage"), text);

  return label != NULL && gtk_widget_get_mapped (label);
}

static gboolean
is_known (Desk *desk, const char *value)
{
  GdpNetwork *network = ui_session_get_network (desk->session);
  const GdpReading *reading = ui_session_get_reading (desk->session, gdp_network_find_point (network, "GDP-001/outlet1"));

  return reading != NULL && fabs (reading->value - g_ascii_strtod (value, NULL)) < 1e-6;
}

/* Within the rows that are on the screen. */
static gboolean
journal_shows (Desk *desk, const char *text)
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
    g_autofree char *text = g_strdup_printf ("record %d", (int) ++desk->told);
    g_ptr_array_add (changes->events, gdp_event_copy (&(GdpEvent) {
      .kind = GDP_EVENT_NOTE, .occurred = batch.now, .learned = batch.now, .who = (char *) "Tester", .text = text }));
  }
  g_assert_true (data_store_commit (desk->server, &batch, NULL, &error));
  g_assert_no_error (error);
}

static gint64 heard;

static void
on_events (UiSession *session, GPtrArray *events, gpointer data)
{
  for (guint i = 0; i < events->len; i++)
    heard += ((GdpEvent *) events->pdata[i])->kind == GDP_EVENT_NOTE;
}

static gboolean
all_heard (Desk *desk, const char *what)
{
  return heard == desk->told;
}

/* ---- tests ------------------------------------------------------------------------------- */

static void
test_value_that_changed_meanwhile (void)
{
  Desk desk;

  sit_down (&desk, 2);
  wait_for (&desk, is_live, "live");
  act (&desk, "site", "GDP-001");
  wait_for (&desk, site_says, "0.3012");
  act (&desk, "page", "alarms");
  field_set (desk.field, "GDP-001/outlet1", 0.2987);
  wait_for (&desk, is_known, "0.2987");
  g_assert_nonnull (label_of (page_of (&desk, "sitepage"), "0.3012"));   /* nobody sees it: it cost nothing */
  act (&desk, "page", "site");
  g_assert_nonnull (label_of (page_of (&desk, "sitepage"), "0.2987"));   /* before its first frame */
  g_assert_null (label_of (page_of (&desk, "sitepage"), "0.3012"));
  leave (&desk);
}

static void
test_journal_holds_so_many (void)
{
  Desk desk;

  heard = 0;
  sit_down (&desk, 1);
  g_signal_connect (desk.session, "events", G_CALLBACK (on_events), NULL);
  wait_for (&desk, is_live, "live");
  for (guint i = 0; i < 5; i++) {
    tell (&desk, 300);
    wait_for (&desk, all_heard, "the records");
  }
  g_assert_cmpuint (n_records (&desk), <=, KEPT);
  act (&desk, "page", "journal");
  wait_for (&desk, journal_shows, "record 1500");
  g_assert_cmpuint (n_records (&desk), <=, KEPT);
  tell (&desk, 10);
  wait_for (&desk, journal_shows, "record 1510");   /* it stays with the newest */
  tell (&desk, 300);
  wait_for (&desk, journal_shows, "record 1810");
  g_assert_cmpuint (n_records (&desk), <=, KEPT);
  leave (&desk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  setlocale (LC_ALL, "C.UTF-8");
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  application = gtk_application_new ("io.github.gdp.TestHidden", G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func ("/hidden/value-that-changed-meanwhile-is-right-at-once", test_value_that_changed_meanwhile);
  g_test_add_func ("/hidden/journal-holds-only-so-many-and-stays-with-the-newest", test_journal_holds_so_many);
  return g_test_run ();
}
