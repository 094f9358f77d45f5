/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal-page.h"

#include "data/needles.h"
#include "event-columns.h"
#include "event-search.h"
#include "event.h"
#include "journal-print.h"
#include "journal-words.h"
#include "when.h"

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
  GtkWidget    *text, *site, *topic, *period, *choices, *day, *count, *filters, *view;
  GtkWidget    *hides[UI_N_JOURNAL_FILTERS];   /* a line for each in @filters: what it hides, and a button */

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
  char         *by[UI_N_JOURNAL_FILTERS];   /* what each filter lets through, as a person reads it; NULL = everything */
  char        **also;       /* what the store has for the text, see event-search.h */
  gint64        since, until;   /* learned, µs; 0 = open */
  DataNeedles  *needles;    /* of all but the time, for records that come */
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
  UiJournalWords words = { .shown = n_rows (self), .complete = self->complete, .total = self->total };

  for (guint i = 0; i < UI_N_JOURNAL_FILTERS; i++)
    words.by[i] = self->by[i];
  return words;
}

static void
say_count (UiJournalPage *self)
{
  UiJournalWords words = words_of (self);
  g_autofree char *text = ui_journal_words_count (&words);

  ui_cell_set (self->count, text, ui_journal_words_filtered (&words) ? "heading" : "dim-label");
}

/* What each filter hides, beside the button that shows it again. */
static void
say_filters (UiJournalPage *self)
{
  UiJournalWords words = words_of (self);

  for (guint i = 0; i < UI_N_JOURNAL_FILTERS; i++) {
    g_autofree char *text = ui_journal_words_hides (&words, i);
    ui_cell_set (gtk_widget_get_first_child (self->hides[i]), text != NULL ? text : "", NULL);
    gtk_widget_set_visible (self->hides[i], text != NULL);
  }
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
  return (DataJournalFilter) { .site = self->by[UI_JOURNAL_BY_SITE], .text = self->by[UI_JOURNAL_BY_TEXT],
                               .also = (const char *const *) self->also,
                               .topic = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->topic)),
                               .since = self->since, .until = self->until,
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

/* NULL: any time. (transfer full) */
static char *
period_text (UiJournalPage *self)
{
  gint64 now = ui_session_clock (self->session);

  if (self->since == 0)
    return NULL;
  if (self->until == 0) {
    g_autofree char *since = ui_when_minute_text (self->since, now, NULL);
    return g_strdup_printf (_("since %s"), since);
  }
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (self->since / G_TIME_SPAN_SECOND);
  g_autoptr (GDateTime) day = g_date_time_to_local (utc);
  return g_date_time_format (day, "%d.%m.%Y");
}

static void
set_by (UiJournalPage *self, UiJournalFilter filter, char *by)
{
  g_free (self->by[filter]);
  self->by[filter] = by;
}

static void
mark_chosen (GtkWidget *button, gboolean chosen)
{
  (chosen ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (button, "chosen");
}

static void
on_filter_changed (UiJournalPage *self)
{
  GdpTopic topic = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->topic));

  if (self->session == NULL)
    return;
  set_by (self, UI_JOURNAL_BY_TOPIC, topic != GDP_TOPIC_ANY ? g_strdup (_(gdp_topic_label (topic))) : NULL);
  set_by (self, UI_JOURNAL_BY_TIME, period_text (self));
  set_by (self, UI_JOURNAL_BY_SITE, given (self->site));
  set_by (self, UI_JOURNAL_BY_TEXT, given (self->text));
  g_clear_pointer (&self->also, g_strfreev);
  g_clear_pointer (&self->needles, data_needles_free);
  if (self->by[UI_JOURNAL_BY_TEXT] != NULL)
    self->also = ui_event_search_also (self->by[UI_JOURNAL_BY_TEXT], ui_session_get_network (self->session));
  DataJournalFilter filter = filter_of (self);
  self->needles = data_needles_new (&filter);
  mark_chosen (self->topic, topic != GDP_TOPIC_ANY);
  mark_chosen (self->period, self->since != 0);
  mark_chosen (self->day, self->until != 0);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->period), self->since == 0 ? _("Any time") : self->by[UI_JOURNAL_BY_TIME]);
  say_filters (self);
  read_newest (self);
}

/* @until: 0 = open, also to what comes. */
static void
set_period (UiJournalPage *self, gint64 since, gint64 until)
{
  self->since = since;
  self->until = until;
  on_filter_changed (self);
}

/* Also when the day is clicked that was the calendar's already, which is no choice for the calendar. */
static void
on_day (UiJournalPage *self)
{
  g_autoptr (GDateTime) chosen = gtk_calendar_get_date (GTK_CALENDAR (self->day));
  g_autoptr (GDateTime) day = g_date_time_new_local (g_date_time_get_year (chosen), g_date_time_get_month (chosen),
                                                     g_date_time_get_day_of_month (chosen), 0, 0, 0);
  g_autoptr (GDateTime) next = g_date_time_add_days (day, 1);

  if (self->since != g_date_time_to_unix (day) * G_TIME_SPAN_SECOND || self->until == 0)
    set_period (self, g_date_time_to_unix (day) * G_TIME_SPAN_SECOND, g_date_time_to_unix (next) * G_TIME_SPAN_SECOND);
}

#define TODAY -1
static const struct { int hours; const char *label; } periods[] = {   /* the last so many; 0 = no end */
  { 0, N_("Any time") }, { TODAY, N_("Today") }, { 12, N_("Last 12 hours") }, { 24, N_("Last 24 hours") },
  { 168, N_("Last 7 days") }, { 720, N_("Last 30 days") },
};

static gint64
last_midnight (gint64 now)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now / G_TIME_SPAN_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autoptr (GDateTime) midnight = g_date_time_new_local (g_date_time_get_year (local), g_date_time_get_month (local),
                                                          g_date_time_get_day_of_month (local), 0, 0, 0);
  return g_date_time_to_unix (midnight) * G_TIME_SPAN_SECOND;
}

/* @target: hours as in the table. */
static void
period_action (GtkWidget *widget, const char *name, GVariant *target)
{
  UiJournalPage *self = UI_JOURNAL_PAGE (widget);
  int hours = g_variant_get_int32 (target);
  gint64 now = ui_session_clock (self->session);

  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->period));
  set_period (self, hours == 0 ? 0 : hours == TODAY ? last_midnight (now) : now - hours * G_TIME_SPAN_HOUR, 0);
}

/* ---- filters and paper ---------------------------------------------------------------------- */

static const char *const filter_names[UI_N_JOURNAL_FILTERS] = { "topic", "time", "site", "text" };

static void
show_all_action (GtkWidget *widget, const char *name, GVariant *target)
{
  UiJournalPage *self = UI_JOURNAL_PAGE (widget);
  guint filter = 0;

  while (!g_str_equal (filter_names[filter], g_variant_get_string (target, NULL)))
    if (++filter == UI_N_JOURNAL_FILTERS)
      return;
  if (filter == UI_JOURNAL_BY_TOPIC)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (self->topic), GDP_TOPIC_ANY);
  else if (filter == UI_JOURNAL_BY_TIME)
    set_period (self, 0, 0);
  else
    gtk_editable_set_text (GTK_EDITABLE (filter == UI_JOURNAL_BY_SITE ? self->site : self->text), "");
  gtk_widget_grab_focus (self->view);
}

typedef struct { UiJournalPage *page; guint most; char *path, *by[UI_N_JOURNAL_FILTERS]; } Printing;

static void
printing_free (Printing *printing)
{
  g_object_unref (printing->page);
  g_free (printing->path);
  for (guint i = 0; i < UI_N_JOURNAL_FILTERS; i++)
    g_free (printing->by[i]);
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
  UiJournalWords words = { .shown = part->events->len, .complete = part->events->len < printing->most,
                           .total = part->hidden + part->events->len };
  for (guint i = 0; i < UI_N_JOURNAL_FILTERS; i++)
    words.by[i] = printing->by[i];
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
  *printing = (Printing) { .page = g_object_ref (self), .most = filter.limit, .path = g_strdup (path) };
  for (guint i = 0; i < UI_N_JOURNAL_FILTERS; i++)
    printing->by[i] = g_strdup (self->by[i]);
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

static gboolean
passes (UiJournalPage *self, const GdpEvent *record)
{
  return record->learned >= self->since && (self->until == 0 || record->learned < self->until)
         && (self->needles == NULL || data_needles_match (self->needles, record));
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
    if (fresh->len <= KEPT && passes (self, record))
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
  for (guint i = 0; i < UI_N_JOURNAL_FILTERS; i++)
    g_clear_pointer (&self->by[i], g_free);
  g_clear_pointer (&self->also, g_strfreev);
  g_clear_pointer (&self->needles, data_needles_free);
  G_OBJECT_CLASS (ui_journal_page_parent_class)->dispose (object);
}

static void
ui_journal_page_class_init (UiJournalPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_journal_page_dispose;
  widget_class->grab_focus = ui_journal_page_grab_focus;
  gtk_widget_class_install_action (widget_class, "journal.show-all", "s", show_all_action);
  gtk_widget_class_install_action (widget_class, "journal.period", "i", period_action);
  gtk_widget_class_install_action (widget_class, "journal.print", NULL, print_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "journal.print", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/journal-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, text);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, site);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, topic);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, period);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, choices);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, day);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, count);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, filters);
  gtk_widget_class_bind_template_child (widget_class, UiJournalPage, view);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_day);
  gtk_widget_class_bind_template_callback (widget_class, on_edge_reached);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "journalpage");
}

static void
fill_choices (UiJournalPage *self)
{
  g_autoptr (GtkStringList) topics = gtk_string_list_new (NULL);

  for (GdpTopic topic = 0; topic < GDP_N_TOPICS; topic++)
    gtk_string_list_append (topics, _(gdp_topic_label (topic)));
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->topic), G_LIST_MODEL (topics));
  for (guint i = 0; i < G_N_ELEMENTS (periods); i++) {
    GtkWidget *button = gtk_button_new_with_label (_(periods[i].label));
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "journal.period");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "i", periods[i].hours);
    gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 0);
    gtk_widget_add_css_class (button, "flat");
    gtk_box_append (GTK_BOX (self->choices), button);
  }
}

/* A line a filter: what it hides, and the button that shows it. */
static void
add_lines (UiJournalPage *self)
{
  for (guint i = 0; i < UI_N_JOURNAL_FILTERS; i++) {
    GtkWidget *label = gtk_label_new (NULL), *button = gtk_button_new_with_label (_("Show them"));
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "journal.show-all");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", filter_names[i]);
    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class (button, "row");
    self->hides[i] = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
    gtk_box_append (GTK_BOX (self->hides[i]), label);
    gtk_box_append (GTK_BOX (self->hides[i]), button);
    gtk_widget_set_visible (self->hides[i], FALSE);
    gtk_box_append (GTK_BOX (self->filters), self->hides[i]);
  }
}

static void
ui_journal_page_init (UiJournalPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_choices (self);
  add_lines (self);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  self->rows = g_list_store_new (UI_TYPE_EVENT);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}
