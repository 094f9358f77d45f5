/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal-page.h"

#include "data/needles.h"
#include "event-columns.h"
#include "event-search.h"
#include "event.h"
#include "journal-print.h"
#include "journal-words.h"

#include <glib/gi18n.h>

/* Records read at once: fewer until the list has filled a screen or two. GTK makes up to 200 rows of what is added, half a
 * millisecond and more each, and a key that is pressed meanwhile waits. */
#define PAGE 200
/* So many rows are kept where the newest are looked at, and MOST however far somebody scrolls; what is older is read
 * again when somebody scrolls there. */
#define KEPT 1000
#define MOST 20000
/* So many newest ones, a screenful, are left when more than that come at once, and what comes next takes their rows: of
 * a list that changed as a whole GTK makes up to 200 rows anew, a quarter of a second each time. When it is over older
 * ones are read again, as many each second. */
#define FLOOD 50

struct _UiJournalPage {
  GtkWidget     parent_instance;

  /* template */
  GtkWidget    *text, *site, *count, *filters, *by_text, *text_hides, *by_site, *site_hides, *view;

  /* owned */
  UiSession    *session;
  GListStore   *rows;       /* UiEvent, newest first */
  GtkSingleSelection *selection;
  GPtrArray    *waiting;    /* UiEvent, newest first, of the same filter: newer than the rows, which change only where
                             * it can be seen; never more than KEPT */
  gboolean      calm;       /* nothing came for a second */
  gboolean      missed;     /* records may have come while the store was away and the page, too */
  gboolean      gap;        /* between the two: then the rows are not worth keeping */
  GCancellable *reading;    /* NULL = not reading now */
  char         *needle;     /* NULL = any text */
  char        **also;       /* what the store has for it, see event-search.h; NULL with `needle` */
  char         *of_site;    /* NULL = any site */
  DataNeedles  *needles;    /* all of that, for records that come; NULL = no filter */
  guint64       total;      /* records in the journal */
  gboolean      complete;   /* nothing older passes the filter */
  gboolean      first;      /* the part being read is the newest */
  guint         asked;      /* records in it, at most */
};

G_DEFINE_FINAL_TYPE (UiJournalPage, ui_journal_page, GTK_TYPE_WIDGET)

static void read_part (UiJournalPage *self);

static guint
n_rows (UiJournalPage *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->rows));
}

static UiJournalWords
words_of (UiJournalPage *self)
{
  return (UiJournalWords) { .text = self->needle, .site = self->of_site, .shown = n_rows (self), .complete = self->complete,
                            .total = self->total };
}

static void
say_count (UiJournalPage *self)
{
  UiJournalWords words = words_of (self);
  g_autofree char *text = ui_journal_words_count (&words);

  ui_cell_set (self->count, text, words.text != NULL || words.site != NULL ? "heading" : "dim-label");
}

/* What each filter hides, beside the button that shows it again. */
static void
say_filters (UiJournalPage *self)
{
  UiJournalWords words = words_of (self);
  g_autofree char *by_text = words.text != NULL ? ui_journal_words_text (&words) : g_strdup ("");
  g_autofree char *by_site = words.site != NULL ? ui_journal_words_site (&words) : g_strdup ("");

  ui_cell_set (self->text_hides, by_text, NULL);
  ui_cell_set (self->site_hides, by_site, NULL);
  gtk_widget_set_visible (self->by_text, words.text != NULL);
  gtk_widget_set_visible (self->by_site, words.site != NULL);
  gtk_widget_set_visible (self->filters, words.text != NULL || words.site != NULL);
}

static void
forget_waiting (UiJournalPage *self)
{
  g_ptr_array_set_size (self->waiting, 0);
  self->gap = FALSE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiJournalPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (UiJournalPart) part = ui_session_journal_finish (result, &error);
  g_autoptr (GPtrArray) rows = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    return;  /* another reading is under way, or nobody looks any more */
  g_clear_object (&self->reading);
  if (part == NULL) {
    ui_cell_set (self->count, error->message, "lost");
    return;
  }
  rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < part->events->len; i++)
    g_ptr_array_add (rows, ui_event_new (part->events->pdata[i]));
  if (self->first)
    self->total = part->hidden + rows->len;
  self->complete = rows->len < self->asked;
  if (self->first)
    forget_waiting (self);   /* it has them, too */
  g_list_store_splice (self->rows, self->first ? 0 : n_rows (self), self->first ? n_rows (self) : 0,
                       rows->pdata, rows->len);
  say_count (self);
}

static DataJournalFilter
filter_of (UiJournalPage *self)
{
  return (DataJournalFilter) { .site = self->of_site, .text = self->needle, .also = (const char *const *) self->also,
                               .limit = self->first || n_rows (self) < PAGE ? FLOOD : PAGE };
}

static void
read_part (UiJournalPage *self)
{
  DataJournalFilter filter = filter_of (self);

  if (!self->first && n_rows (self) > 0) {
    g_autoptr (UiEvent) last = g_list_model_get_item (G_LIST_MODEL (self->rows), n_rows (self) - 1);
    filter.before_seq = ui_event_get (last)->seq;
  }
  self->asked = filter.limit;
  self->reading = g_cancellable_new ();
  ui_session_journal_async (self->session, &filter, self->reading, on_read, g_object_ref (self));
}

static void
read_newest (UiJournalPage *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  self->first = TRUE;
  read_part (self);
}

static void
on_edge_reached (UiJournalPage *self, GtkPositionType edge)
{
  if (edge != GTK_POS_BOTTOM || self->complete || self->reading != NULL || n_rows (self) >= MOST)
    return;
  self->first = FALSE;
  read_part (self);
}

/* A flood has left a screenful, which a list does not scroll. */
static void
on_tick (UiJournalPage *self)
{
  if (self->calm && n_rows (self) > 0 && n_rows (self) < PAGE && gtk_widget_get_mapped (GTK_WIDGET (self)))
    on_edge_reached (self, GTK_POS_BOTTOM);
  self->calm = TRUE;
}

static char *
given (GtkWidget *entry)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static void
on_filter_changed (UiJournalPage *self)
{
  g_free (self->needle);
  g_free (self->of_site);
  g_clear_pointer (&self->also, g_strfreev);
  g_clear_pointer (&self->needles, data_needles_free);
  self->needle = given (self->text);
  self->of_site = given (self->site);
  if (self->needle != NULL)
    self->also = ui_event_search_also (self->needle, ui_session_get_network (self->session));
  if (self->needle != NULL || self->of_site != NULL) {
    DataJournalFilter filter = filter_of (self);
    self->needles = data_needles_new (&filter);
  }
  say_filters (self);
  read_newest (self);
}

/* ---- filters and paper ---------------------------------------------------------------------- */

static void
show_all_action (GtkWidget *widget, const char *name, GVariant *target)
{
  UiJournalPage *self = UI_JOURNAL_PAGE (widget);
  const char *filter = g_variant_get_string (target, NULL);

  gtk_editable_set_text (GTK_EDITABLE (g_str_equal (filter, "site") ? self->site : self->text), "");
  gtk_widget_grab_focus (self->view);
}

typedef struct { UiJournalPage *page; guint most; char *path, *text, *site; } Printing;

static void
printing_free (Printing *printing)
{
  g_object_unref (printing->page);
  g_free (printing->path);
  g_free (printing->text);
  g_free (printing->site);
  g_free (printing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Printing, printing_free)

static void
on_read_to_print (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Printing) printing = data;
  UiSession *session = printing->page->session;
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (printing->page));
  g_autoptr (GError) error = NULL;
  g_autoptr (UiJournalPart) part = ui_session_journal_finish (result, &error);

  if (session == NULL || window == NULL)
    return;
  if (part == NULL) {
    g_signal_emit_by_name (session, "notice", error->message, TRUE);
    return;
  }
  UiJournalWords words = { .text = printing->text, .site = printing->site, .shown = part->events->len,
                           .complete = part->events->len < printing->most, .total = part->hidden + part->events->len };
  UiJournalSheet *sheet = g_new (UiJournalSheet, 1);
  *sheet = (UiJournalSheet) { g_ptr_array_ref (part->events), ui_journal_words_sheet (&words),
                              g_strdup (ui_session_get_person (session)), ui_session_clock (session), part->head,
                              gdp_network_ref (ui_session_get_network (session)) };
  ui_journal_print (sheet, GTK_WINDOW (window), session, printing->path);
}

/* What the filters leave, as far as it is in the list or KEPT: read anew, with the end of the chain. */
void
ui_journal_page_print (UiJournalPage *self, const char *path)
{
  DataJournalFilter filter = filter_of (self);
  Printing *printing;

  if (!ui_session_is_loaded (self->session))
    return;
  filter.limit = MAX (n_rows (self), KEPT);
  printing = g_new (Printing, 1);
  *printing = (Printing) { g_object_ref (self), filter.limit, g_strdup (path), g_strdup (self->needle), g_strdup (self->of_site) };
  ui_session_journal_async (self->session, &filter, NULL, on_read_to_print, printing);
}

static void
print_action (GtkWidget *widget, const char *name, GVariant *target)
{
  ui_journal_page_print (UI_JOURNAL_PAGE (widget), NULL);
}

/* ---- new records ------------------------------------------------------------------------- */

static gint64
newest_known (UiJournalPage *self)
{
  g_autoptr (UiEvent) row = g_list_model_get_item (G_LIST_MODEL (self->rows), 0);

  if (self->waiting->len > 0)
    return ui_event_get (self->waiting->pdata[0])->seq;
  return row != NULL ? ui_event_get (row)->seq : 0;
}

static gboolean
newest_is_seen (UiJournalPage *self)
{
  GtkAdjustment *down = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view));

  return down == NULL || gtk_adjustment_get_value (down) < 1;
}

static void
trim (UiJournalPage *self, guint most)
{
  guint n = n_rows (self);

  if (n <= most)
    return;
  g_list_store_splice (self->rows, most, n - most, NULL, 0);
  self->complete = FALSE;
}

/* What is older than the rows that were there is not what is older than those that are there now. */
static void
stop_reading_older (UiJournalPage *self)
{
  self->complete = FALSE;
  if (self->first)
    return;
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
}

/* The newest @n that wait instead of all the rows. */
static void
take_rows (UiJournalPage *self, guint n)
{
  guint kept = MIN (n_rows (self), n);

  g_list_store_splice (self->rows, kept, n_rows (self) - kept, self->waiting->pdata + kept, n - kept);
  for (guint i = 0; i < kept; i++) {
    g_autoptr (UiEvent) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
    ui_event_set (row, ui_event_get (self->waiting->pdata[i]));
  }
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);   /* of another record */
}

/* All that waits in one go: every change of the list has all its rows looked at. Who looks at the newest goes on
 * doing so; who reads farther down stays there, as long as that is held. */
static void
show_waiting (UiJournalPage *self)
{
  gboolean follow = newest_is_seen (self) || self->gap;
  guint n = self->waiting->len;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (follow && n > FLOOD) {
    self->gap = TRUE;
    n = FLOOD;
  }
  if (self->gap) {
    take_rows (self, n);
    stop_reading_older (self);
  } else if (n > 0)
    g_list_store_splice (self->rows, 0, 0, self->waiting->pdata, n);
  forget_waiting (self);
  trim (self, follow ? KEPT : MOST);
  if (follow && n > 0)
    ui_columns_scroll_to (GTK_COLUMN_VIEW (self->view), 0);
  say_count (self);
}

static void
on_events (UiJournalPage *self, GPtrArray *events)
{
  GPtrArray *fresh = g_ptr_array_new_with_free_func (g_object_unref);   /* newest first */
  gint64 known = newest_known (self);

  for (guint i = events->len; i > 0; i--) {
    const GdpEvent *record = events->pdata[i - 1];

    if (record->seq <= known)
      break;  /* a reading that began later had it already */
    self->total++;
    if (fresh->len <= KEPT && (self->needles == NULL || data_needles_match (self->needles, record)))
      g_ptr_array_add (fresh, ui_event_new (record));
  }
  g_ptr_array_extend_and_steal (fresh, g_steal_pointer (&self->waiting));
  self->waiting = fresh;
  self->calm = FALSE;
  if (fresh->len > KEPT) {
    g_ptr_array_set_size (fresh, KEPT);
    self->gap = TRUE;
  }
  show_waiting (self);
}

/* ---- object ------------------------------------------------------------------------------ */

/* Whatever was missed while the store was away is read again as a whole, when somebody looks. */
static void
on_state (UiJournalPage *self)
{
  if (!ui_session_is_loaded (self->session) || ui_session_get_state (self->session) == UI_STATE_STORE_LOST
      || (n_rows (self) > 0 && !ui_session_is_live (self->session)))
    return;
  self->missed = n_rows (self) > 0 && !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (!self->missed)
    read_newest (self);
}

static void
on_shown (UiJournalPage *self)
{
  if (self->missed)
    read_newest (self);
  self->missed = FALSE;
  show_waiting (self);
}

void
ui_journal_page_set_session (UiJournalPage *self, UiSession *session)
{
  self->session = g_object_ref (session);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  ui_columns_add (GTK_COLUMN_VIEW (self->view), session, ui_event_columns, ui_n_event_columns);
  ui_columns_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (session, "events", G_CALLBACK (on_events), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "map", G_CALLBACK (on_shown), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (session, "tick", G_CALLBACK (on_tick), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  on_state (self);
}

static gboolean
ui_journal_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (UI_JOURNAL_PAGE (widget)->view);
}

static void
ui_journal_page_dispose (GObject *object)
{
  UiJournalPage *self = UI_JOURNAL_PAGE (object);
  GtkWidget *child;

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_object (&self->session);
  g_clear_pointer (&self->needle, g_free);
  g_clear_pointer (&self->also, g_strfreev);
  g_clear_pointer (&self->needles, data_needles_free);
  g_clear_pointer (&self->of_site, g_free);
  G_OBJECT_CLASS (ui_journal_page_parent_class)->dispose (object);
}

static void
ui_journal_page_class_init (UiJournalPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_journal_page_dispose;
  widget_class->grab_focus = ui_journal_page_grab_focus;
  gtk_widget_class_install_action (widget_class, "journal.show-all", "s", show_all_action);
  gtk_widget_class_install_action (widget_class, "journal.print", NULL, print_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "journal.print", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/journal-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, text);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, site);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, count);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, filters);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, by_text);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, text_hides);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, by_site);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, site_hides);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, view);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_edge_reached);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "journalpage");
}

static void
ui_journal_page_init (UiJournalPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  self->rows = g_list_store_new (UI_TYPE_EVENT);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}
