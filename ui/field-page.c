/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "field-page.h"

#include "approval.h"
#include "field-columns.h"
#include "permit.h"
#include "unit-panel.h"

#include <glib/gi18n.h>

struct _UiFieldPage {
  GtkWidget           parent_instance;

  /* template */
  GtkWidget          *count, *find, *strangers_button, *lists, *split, *view, *empty, *panel, *strangers, *no_strangers,
                     *approve, *approve_hint;

  /* owned */
  UiSession          *session;
  GtkCustomFilter    *filter, *unknown;
  GtkFilterListModel *filtered, *callers;
  GtkSortListModel   *sorted;
  GtkSingleSelection *selection, *caller;
  char               *site;        /* shown last on another page; NULL = none */
  gboolean            other_site;  /* since this page was seen */
  char               *needle;      /* casefolded; NULL = none */
  UiFieldFilter       shown;
  int                 height;      /* of the split, when it was divided */
  guint               dividing;    /* source */
  guint               stamp;       /* of the session when the filter was last asked */
};

#define PANEL_MORE 180   /* px above its least height, where there is room */

G_DEFINE_FINAL_TYPE (UiFieldPage, ui_field_page, GTK_TYPE_WIDGET)

static const struct { const char *word, *nothing; } filters[UI_N_FIELD_FILTERS] = {
  [UI_FIELD_FILTER_ALL]       = { "all",        N_("No unit that dials in is configured") },
  [UI_FIELD_FILTER_SESSION]   = { "in-session", N_("No unit is in session now") },
  [UI_FIELD_FILTER_LATE]      = { "late",       N_("No unit is overdue or silent") },
  [UI_FIELD_FILTER_UNTAKEN]   = { "untaken",    N_("Every unit has taken what is set") },
  [UI_FIELD_FILTER_STRANGERS] = { "strangers",  N_("Nobody calls that is not known") },
};

gboolean
ui_field_filter_parse (const char *word, UiFieldFilter *filter)
{
  for (guint i = 0; i < UI_N_FIELD_FILTERS; i++)
    if (g_str_equal (filters[i].word, word)) {
      *filter = i;
      return TRUE;
    }
  return FALSE;
}

/* ---- filters ----------------------------------------------------------------------------- */

static gboolean
is_untaken (UiFieldPage *self, UiFieldUnit *unit)
{
  for (UiWanted what = 0; what < UI_N_WANTED; what++) {
    GdpFate fate = ui_session_field_fate (self->session, unit, what);
    if (fate != GDP_FATE_TAKEN && fate != GDP_FATE_NOT_SET)
      return TRUE;
  }
  return FALSE;
}

static gboolean
passes (gpointer item, gpointer data)
{
  UiFieldPage *self = data;
  UiFieldState state;

  if (self->needle != NULL && !ui_field_unit_matches (item, self->needle))
    return FALSE;
  switch (self->shown) {
    case UI_FIELD_FILTER_SESSION:
      return ui_session_field_state (self->session, item) == UI_FIELD_IN_SESSION;
    case UI_FIELD_FILTER_LATE:
      state = ui_session_field_state (self->session, item);
      return state == UI_FIELD_SILENT || state == UI_FIELD_OVERDUE;
    case UI_FIELD_FILTER_UNTAKEN:
      return is_untaken (self, item);
    default:
      return TRUE;
  }
}

/* Who was turned away once and is heard now needs nobody any more. */
static gboolean
is_unknown (gpointer item, gpointer data)
{
  UiFieldPage *self = data;
  GdpNetwork *network = ui_session_get_network (self->session);
  guint link = network != NULL ? ui_stranger_link (item, network) : G_MAXUINT;
  UiFieldUnit *unit = link != G_MAXUINT ? ui_session_field_at (self->session, link) : NULL;
  const GdpDevice *device = unit != NULL ? ui_field_unit_get_device (unit) : NULL;
  guint speaker = unit != NULL ? ui_field_unit_get_unit (unit) : G_MAXUINT;
  const GdpContactInfo *contact = speaker != G_MAXUINT ? ui_session_get_unit_contact (self->session, speaker) : NULL;

  return ui_field_seen (device, contact) < ui_stranger_get (item)->last;
}

static void
say_strangers (UiFieldPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->callers));
  g_autofree char *label = n > 0 ? g_strdup_printf (_("Not known: %u"), n) : g_strdup (_("Not known"));

  gtk_button_set_label (GTK_BUTTON (self->strangers_button), label);
  gtk_widget_set_visible (self->no_strangers, n == 0);
}

static void
say_count (UiFieldPage *self)
{
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  guint total = g_list_model_get_n_items (ui_session_get_field (self->session));
  g_autofree char *text = shown == total ? g_strdup_printf (ngettext ("%u unit", "%u units", total), total)
                                         : g_strdup_printf (_("%u of %u; the filter hides %u"), shown, total,
                                                            total - shown);

  if (self->shown == UI_FIELD_FILTER_STRANGERS)
    ui_cell_set (self->count, "", "dim-label");
  else
    ui_cell_set (self->count, text, shown < total ? "heading" : "dim-label");
  gtk_label_set_label (GTK_LABEL (self->empty), _(filters[self->needle != NULL && total > 0
                                                            ? UI_FIELD_FILTER_ALL : self->shown].nothing));
  if (self->needle != NULL && total > 0)
    gtk_label_set_label (GTK_LABEL (self->empty), _("Nothing found"));
  gtk_widget_set_visible (self->empty, shown == 0);
}

static void
ask_filters (UiFieldPage *self, GtkFilterChange change)
{
  self->stamp = ui_session_get_field_stamp (self->session);
  gtk_filter_changed (GTK_FILTER (self->filter), change);
  say_count (self);
}

/* At most once a second, however much comes in; states also change with time alone. */
static void
on_tick (UiFieldPage *self)
{
  gboolean other = self->stamp != ui_session_get_field_stamp (self->session);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (other || self->shown == UI_FIELD_FILTER_LATE)
    ask_filters (self, GTK_FILTER_CHANGE_DIFFERENT);
  if (other) {
    gtk_filter_changed (GTK_FILTER (self->unknown), GTK_FILTER_CHANGE_DIFFERENT);
    say_strangers (self);
  }
}

static void
on_search (UiFieldPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->find));

  g_free (self->needle);
  self->needle = *text != '\0' ? g_utf8_casefold (text, -1) : NULL;
  if (self->session != NULL)
    ask_filters (self, GTK_FILTER_CHANGE_DIFFERENT);
}

void
ui_field_page_set_filter (UiFieldPage *self, UiFieldFilter filter)
{
  self->shown = filter;
  gtk_stack_set_visible_child_name (GTK_STACK (self->lists), filter == UI_FIELD_FILTER_STRANGERS ? "strangers" : "units");
  gtk_widget_set_visible (self->find, filter != UI_FIELD_FILTER_STRANGERS);
  if (self->session == NULL)
    return;
  ask_filters (self, GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (GTK_FILTER (self->unknown), GTK_FILTER_CHANGE_DIFFERENT);
  say_strangers (self);
}

/* ---- the chosen unit, the chosen stranger ------------------------------------------------- */

/* A filter that hides the chosen unit, because it has just hung up, takes nothing out of a person's hands. */
static void
on_selected (UiFieldPage *self)
{
  UiFieldUnit *unit = gtk_single_selection_get_selected_item (self->selection);

  if (unit != NULL)
    ui_unit_panel_show (UI_UNIT_PANEL (self->panel), unit);
}

static void
on_caller (UiFieldPage *self)
{
  UiStranger *stranger = gtk_single_selection_get_selected_item (self->caller);
  GdpNetwork *network = ui_session_get_network (self->session);
  gboolean named = stranger != NULL && ui_stranger_has_name (stranger);
  gboolean known = named && network != NULL && ui_stranger_link (stranger, network) != G_MAXUINT;
  const char *hint = stranger == NULL ? _("Choose a caller to approve it")
                     : known ? _("It is configured; the last column says why it was turned away")
                     : named ? "" : _("It did not say who it is, so it cannot be approved");

  ui_permit (self->approve, self->session, GDP_ACT_CONFIGURE, named && !known, NULL);
  gtk_label_set_label (GTK_LABEL (self->approve_hint), hint);
}

static void
on_approve (UiFieldPage *self)
{
  UiStranger *stranger = gtk_single_selection_get_selected_item (self->caller);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (stranger != NULL && gtk_widget_get_sensitive (self->approve))
    gtk_window_present (ui_approval_new (GTK_WINDOW (root), self->session, stranger));
}

static void
on_activated (UiFieldPage *self, guint position)
{
  g_autoptr (UiFieldUnit) unit = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  const GdpSite *site = unit != NULL ? ui_field_unit_peek_site (unit) : NULL;

  if (site != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.site", "s", site->id);
}

static void
choose (UiFieldPage *self, guint place)
{
  gtk_single_selection_set_selected (self->selection, place);
  ui_columns_scroll_to (GTK_COLUMN_VIEW (self->view), place);
}

void
ui_field_page_show_site (UiFieldPage *self, const char *site)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n;

  ui_columns_complete (GTK_COLUMN_VIEW (self->view));
  n = g_list_model_get_n_items (model);
  if (self->site != site) {
    g_free (self->site);
    self->site = g_strdup (site);
  }
  self->other_site = !gtk_widget_get_mapped (GTK_WIDGET (self));
  for (guint i = 0; i < n && !self->other_site; i++) {
    g_autoptr (UiFieldUnit) unit = g_list_model_get_item (model, i);
    const GdpSite *its = ui_field_unit_peek_site (unit);
    if (its == NULL || !g_str_equal (its->id, site))
      continue;
    choose (self, i);
    return;
  }
}

gboolean
ui_field_page_select (UiFieldPage *self, const char *link)
{
  GListModel *model = G_LIST_MODEL (self->selection);

  if (self->shown != UI_FIELD_FILTER_ALL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.field-filter", "s", "all");
  gtk_editable_set_text (GTK_EDITABLE (self->find), "");
  on_search (self);
  ui_columns_complete (GTK_COLUMN_VIEW (self->view));
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (UiFieldUnit) unit = g_list_model_get_item (model, i);
    if (!g_str_equal (ui_field_unit_peek_link (unit)->id, link))
      continue;
    choose (self, i);
    return TRUE;
  }
  return FALSE;
}

/* Where there is room the panel gets half of it; the list always keeps a few rows. */
static gboolean
divide (gpointer data)
{
  UiFieldPage *self = data;
  int most;

  self->dividing = 0;
  g_object_get (self->split, "max-position", &most, NULL);
  gtk_paned_set_position (GTK_PANED (self->split), most > 2 * PANEL_MORE ? most - PANEL_MORE : most);
  return G_SOURCE_REMOVE;
}

static void
on_height (UiFieldPage *self)
{
  int height = gtk_widget_get_height (self->split);

  if (height == self->height || self->dividing != 0)
    return;
  self->height = height;
  self->dividing = g_idle_add_full (G_PRIORITY_HIGH_IDLE, divide, self, NULL);   /* outside the allocation */
}

/* ---- object ------------------------------------------------------------------------------ */

static void
on_configured (UiFieldPage *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;   /* when it comes on the screen */
  ask_filters (self, GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (GTK_FILTER (self->unknown), GTK_FILTER_CHANGE_DIFFERENT);
  say_strangers (self);
  on_caller (self);
  if (self->site != NULL && (self->other_site || gtk_single_selection_get_selected_item (self->selection) == NULL))
    ui_field_page_show_site (self, self->site);
}

static GtkSingleSelection *
selection_of (GListModel *model)
{
  GtkSingleSelection *selection = gtk_single_selection_new (g_object_ref (model));

  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  return selection;
}

static void
fill_units (UiFieldPage *self)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view));

  self->filtered = gtk_filter_list_model_new (g_object_ref (ui_session_get_field (self->session)),
                                              GTK_FILTER (g_object_ref (self->filter)));
  self->sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->filtered)), g_object_ref (sorter));
  self->selection = selection_of (G_LIST_MODEL (self->sorted));
  ui_columns_add (GTK_COLUMN_VIEW (self->view), self->session, ui_field_columns, ui_n_field_columns);
  ui_columns_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
}

static void
fill_strangers (UiFieldPage *self)
{
  self->callers = gtk_filter_list_model_new (g_object_ref (ui_session_get_strangers (self->session)),
                                             GTK_FILTER (g_object_ref (self->unknown)));
  self->caller = selection_of (G_LIST_MODEL (self->callers));
  ui_columns_add (GTK_COLUMN_VIEW (self->strangers), self->session, ui_stranger_columns, ui_n_stranger_columns);
  ui_columns_set_model (GTK_COLUMN_VIEW (self->strangers), GTK_SELECTION_MODEL (self->caller));
  g_signal_connect_object (self->caller, "notify::selected-item", G_CALLBACK (on_caller), self, G_CONNECT_SWAPPED);
}

void
ui_field_page_set_session (UiFieldPage *self, UiSession *session)
{
  self->session = g_object_ref (session);
  fill_units (self);
  fill_strangers (self);
  ui_unit_panel_set_session (UI_UNIT_PANEL (self->panel), session);
  g_signal_connect_object (session, "tick", G_CALLBACK (on_tick), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "configured", G_CALLBACK (on_configured), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "rights", G_CALLBACK (on_caller), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "map", G_CALLBACK (on_configured), self, G_CONNECT_SWAPPED);
  on_configured (self);
}

static void
ui_field_page_dispose (GObject *object)
{
  UiFieldPage *self = UI_FIELD_PAGE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->dividing, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->caller);
  g_clear_object (&self->sorted);
  g_clear_object (&self->filtered);
  g_clear_object (&self->callers);
  g_clear_object (&self->filter);
  g_clear_object (&self->unknown);
  g_clear_object (&self->session);
  g_clear_pointer (&self->needle, g_free);
  g_clear_pointer (&self->site, g_free);
  G_OBJECT_CLASS (ui_field_page_parent_class)->dispose (object);
}

static gboolean
ui_field_page_grab_focus (GtkWidget *widget)
{
  UiFieldPage *self = UI_FIELD_PAGE (widget);

  return gtk_widget_grab_focus (self->shown == UI_FIELD_FILTER_STRANGERS ? self->strangers : self->view);
}

static void
ui_field_page_class_init (UiFieldPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_field_page_dispose;
  widget_class->grab_focus = ui_field_page_grab_focus;
  g_type_ensure (UI_TYPE_UNIT_PANEL);
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/field-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, count);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, find);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, strangers_button);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, lists);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, split);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, view);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, empty);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, panel);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, strangers);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, no_strangers);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, approve);
  gtk_widget_class_bind_template_child (widget_class, UiFieldPage, approve_hint);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_approve);
  gtk_widget_class_bind_template_callback (widget_class, on_height);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "fieldpage");
}

static void
ui_field_page_init (UiFieldPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  self->filter = gtk_custom_filter_new (passes, self, NULL);
  self->unknown = gtk_custom_filter_new (is_unknown, self, NULL);
}
