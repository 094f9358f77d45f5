/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "site-page.h"

#include "alarm-columns.h"
#include "card-line.h"
#include "decision-menu.h"
#include "event-columns.h"
#include "event-text.h"
#include "event.h"
#include "flash.h"
#include "incident-line.h"
#include "link-panel.h"
#include "mimic.h"
#include "outlook-line.h"
#include "outputs.h"
#include "permit.h"
#include "point-columns.h"
#include "point-menu.h"
#include "tip.h"
#include "when.h"

#include <glib/gi18n.h>

#define EVENTS_SHOWN 20   /* all of them are drawn, seen or not */
/* Narrower than this, the mimic needs the room of the limits' columns. */
#define WIDE 1250

struct _UiSitePage {
  GtkWidget          parent_instance;

  /* template */
  GtkWidget         *stack, *none, *id, *name, *address, *units, *card, *outlook, *incident, *visit, *visiting, *views, *link, *upper, *mimic, *points, *outputs, *lower, *alarms_title, *alarms, *events;

  /* owned */
  UiSession         *session;
  UiMimicPath        mimic_path;
  gpointer           mimic_data;
  char              *site;
  guint              index;       /* of the site in the network, G_MAXUINT */
  GListStore        *point_rows, *event_rows;
  GtkCustomFilter   *of_site;
  GCancellable      *reading;     /* of the journal */
  int                width, height; /* laid out for */
};

G_DEFINE_FINAL_TYPE (UiSitePage, ui_site_page, GTK_TYPE_WIDGET)

/* ---- header ------------------------------------------------------------------------------ */

static char *
unit_text (UiSitePage *self, guint index)
{
  GdpNetwork *network = ui_session_get_network (self->session);
  const GdpUnit *unit = &network->units[index];
  const GdpContactInfo *contact = ui_session_get_unit_contact (self->session, index);
  const char *name = strchr (unit->id, '/') != NULL ? strchr (unit->id, '/') + 1 : unit->id;
  const char *link = network->links[unit->link].id;
  /* The session's idea of the server's time may be a moment behind an answer that has just come. */
  gint64 age = contact != NULL && contact->seen != 0 ? MAX (0, ui_session_now (self->session) - contact->seen) : -1;
  g_autofree char *ago = ui_age_text (age), *detail = ui_detail_text (contact != NULL ? contact->detail : NULL);

  if (age < 0)
    return g_strdup_printf (_("%s on %s: not heard yet"), name, link);
  if (contact->state == GDP_CONTACT_SILENT)
    return *detail != '\0'
             ? g_strdup_printf (_("%s on %s: silent for %s (%s)"), name, link, ago, detail)
             : g_strdup_printf (_("%s on %s: silent for %s"), name, link, ago);
  if (contact->state == GDP_CONTACT_SLEEPING) {
    g_autofree char *call = contact->next_call != 0 ? ui_when_text (contact->next_call, ui_session_now (self->session), NULL) : NULL;
    return call != NULL ? g_strdup_printf (_("%s on %s: sleeps, calls at %s"), name, link, call)
                        : g_strdup_printf (_("%s on %s: sleeps, last heard %s ago"), name, link, ago);
  }
  /* An age that counts 0, 1, 2, 0, 1 … tells nothing and moves: say it only when it is old. */
  if (ui_session_is_live (self->session) && age < gdp_unit_silent_after (unit) * GDP_SECOND)
    return g_strdup_printf (_("%s on %s: answers"), name, link);
  return g_strdup_printf (_("%s on %s: last heard %s ago"), name, link, ago);
}

static void
show_units (UiSitePage *self)
{
  GtkWidget *label = gtk_widget_get_first_child (self->units);
  const GdpSite *site;

  if (self->index == G_MAXUINT)
    return;
  site = &ui_session_get_network (self->session)->sites[self->index];
  for (guint i = site->first_unit; i < site->first_unit + site->n_units && label != NULL; i++) {
    const GdpContactInfo *contact = ui_session_get_unit_contact (self->session, i);
    g_autofree char *text = unit_text (self, i);
    gboolean silent = contact != NULL && contact->state == GDP_CONTACT_SILENT;

    ui_cell_set (label, text, silent ? "heading" : "dim-label");
    ui_tip_set (label, text);
    label = gtk_widget_get_next_sibling (label);
  }
}

static void
build_units (UiSitePage *self, guint n)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->units)) != NULL)
    gtk_box_remove (GTK_BOX (self->units), child);
  for (guint i = 0; i < n; i++) {
    GtkWidget *label = gtk_label_new (NULL);

    gtk_label_set_xalign (GTK_LABEL (label), 1);
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
    gtk_box_append (GTK_BOX (self->units), label);
  }
}

/* ---- a visit ------------------------------------------------------------------------------- */

/* Of one of its units; NULL = none is there. */
static UiAlarm *
find_visit (UiSitePage *self)
{
  g_autoptr (GPtrArray) begun = ui_decision_look (UI_DECISION_END_VISIT, self->session, self->site);

  return begun->len > 0 ? ui_alarm_list_find (ui_session_get_alarms (self->session), ((UiSeen *) begun->pdata[0])->alarm) : NULL;
}

static void
show_visit (UiSitePage *self)
{
  g_autoptr (GPtrArray) possible = ui_decision_look (UI_DECISION_VISIT, self->session, self->site);
  UiAlarm *visit = find_visit (self);
  const UiDecisionInfo *info = ui_decision_info (visit != NULL ? UI_DECISION_END_VISIT : UI_DECISION_VISIT);

  if (visit != NULL) {
    g_autofree char *until = ui_when_minute_text (ui_alarm_get (visit)->suppressed_until, ui_session_now (self->session), NULL);
    g_autofree char *text = g_strdup_printf (_("Visit until %s"), until), *all = ui_alarm_suppression_text (visit);

    ui_cell_set (self->visiting, text, "badge");
    ui_tip_set (self->visiting, all);
  }
  gtk_widget_set_visible (self->visiting, visit != NULL);
  gtk_button_set_label (GTK_BUTTON (self->visit), _(info->item));
  ui_permit (self->visit, self->session, info->act, possible->len > 0 && ui_session_is_live (self->session),
             possible->len > 0 ? _("Somebody works at the site: its doors are no alarms meanwhile (Ctrl+T)")
                               : _("No door or tamper contact of this site is an alarm"));
}

/* What a second or the feed may change. */
static void
show_head (UiSitePage *self)
{
  if (self->index == G_MAXUINT)
    return;
  show_units (self);
  show_visit (self);
}

/* ---- last events ------------------------------------------------------------------------- */

static void
on_journal (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSitePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (UiJournalPart) part = ui_session_journal_finish (result, &error);

  if (part == NULL || self->session == NULL) {
    if (part == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_info ("events of %s: %s", self->site, error->message);
    return;
  }
  g_list_store_remove_all (self->event_rows);
  for (guint i = 0; i < part->events->len; i++) {
    g_autoptr (UiEvent) event = ui_event_new (part->events->pdata[i]);
    g_list_store_append (self->event_rows, event);
  }
}

static void
read_events (UiSitePage *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_list_store_remove_all (self->event_rows);
  if (self->index == G_MAXUINT)
    return;
  self->reading = g_cancellable_new ();
  ui_session_journal_async (self->session, &(DataJournalFilter) { .site = self->site, .limit = EVENTS_SHOWN },
                            self->reading, on_journal, g_object_ref (self));
}

/* Nobody has scrolled back: the newest is to be seen. */
static gboolean
shows_newest (UiSitePage *self)
{
  return gtk_adjustment_get_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->events))) < 1;
}

static void
on_events (UiSitePage *self, GPtrArray *events)
{
  gboolean follow = shows_newest (self);
  g_autoptr (UiEvent) newest = g_list_model_get_item (G_LIST_MODEL (self->event_rows), 0);
  gint64 known = newest != NULL ? ui_event_get (newest)->seq : 0;

  for (guint i = 0; i < events->len; i++) {
    const GdpEvent *record = events->pdata[i];
    guint n;

    if (record->seq <= known || g_strcmp0 (record->site, self->site) != 0)
      continue;  /* a reading that began later had it already */
    g_autoptr (UiEvent) event = ui_event_new (record);
    g_list_store_insert (self->event_rows, 0, event);
    n = g_list_model_get_n_items (G_LIST_MODEL (self->event_rows));
    if (n > EVENTS_SHOWN)
      g_list_store_remove (self->event_rows, n - 1);
  }
  if (follow)
    ui_columns_scroll_to (GTK_COLUMN_VIEW (self->events), 0);
}

/* ---- the site ---------------------------------------------------------------------------- */

static gboolean
is_of_site (gpointer item, gpointer data)
{
  UiSitePage *self = data;

  return self->index != G_MAXUINT && ui_alarm_get_site (item) == self->index;
}

static void
show_mimic (UiSitePage *self, const GdpSite *site)
{
  g_autofree char *path = NULL;

  if (site->mimic != NULL && self->mimic_path != NULL)
    path = self->mimic_path (site->mimic, self->mimic_data);
  ui_mimic_show (UI_MIMIC (self->mimic), self->session, self->index, path);
}

static void
show_points (UiSitePage *self, const GdpSite *site)
{
  g_autoptr (GPtrArray) points = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++)
    g_ptr_array_add (points, ui_session_ref_point (self->session, i));
  g_list_store_splice (self->point_rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->point_rows)),
                       points->pdata, points->len);
}

static void
show_none (UiSitePage *self)
{
  g_autofree char *text = NULL;

  if (self->site != NULL && ui_session_is_loaded (self->session))
    text = g_strdup_printf (_("There is no site “%s” in this store"), self->site);
  gtk_label_set_label (GTK_LABEL (self->none), text != NULL ? text : _("Choose a site on the left"));
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "none");
  g_list_store_remove_all (self->point_rows);
  ui_mimic_show (UI_MIMIC (self->mimic), self->session, G_MAXUINT, NULL);
  ui_outputs_show (UI_OUTPUTS (self->outputs), self->session, G_MAXUINT);
}

static void
refill (UiSitePage *self)
{
  UiSite *row = self->site != NULL ? ui_session_find_site (self->session, self->site) : NULL;
  const GdpSite *site;

  self->index = row != NULL ? ui_site_get_index (row) : G_MAXUINT;
  ui_incident_line_set_site (UI_INCIDENT_LINE (self->incident), self->index);
  if (row == NULL)
    show_none (self);
  else {
    site = &ui_session_get_network (self->session)->sites[self->index];
    gtk_label_set_label (GTK_LABEL (self->id), site->id);
    gtk_label_set_label (GTK_LABEL (self->name), site->name != NULL ? site->name : "");
    gtk_label_set_label (GTK_LABEL (self->address), site->address != NULL ? site->address : "");
    build_units (self, site->n_units);
    show_head (self);
    show_points (self, site);
    ui_outputs_show (UI_OUTPUTS (self->outputs), self->session, self->index);
    show_mimic (self, site);
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "site");
  }
  ui_link_panel_show (UI_LINK_PANEL (self->link), self->index);
  ui_outlook_line_show (UI_OUTLOOK_LINE (self->outlook), self->index);
  ui_card_line_show (UI_CARD_LINE (self->card), self->index);
  gtk_filter_changed (GTK_FILTER (self->of_site), GTK_FILTER_CHANGE_DIFFERENT);
  read_events (self);
}

void
ui_site_page_show (UiSitePage *self, const char *site)
{
  if (g_strcmp0 (self->site, site) == 0 && self->index != G_MAXUINT)
    return;
  g_free (self->site);
  self->site = g_strdup (site);
  refill (self);
}

void
ui_site_page_show_link (UiSitePage *self, gboolean link)
{
  gtk_stack_set_visible_child_name (GTK_STACK (self->views), link ? "link" : "picture");
}

static gpointer
selected_of (GtkWidget *view)
{
  return gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (gtk_column_view_get_model (GTK_COLUMN_VIEW (view))));
}

static gboolean
is_at_alarms (UiSitePage *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  return focus != NULL && (focus == self->alarms || gtk_widget_is_ancestor (focus, self->alarms));
}

const char *
ui_site_page_get_alarm (UiSitePage *self)
{
  UiAlarm *alarm = is_at_alarms (self) ? selected_of (self->alarms) : NULL;

  return alarm != NULL ? ui_alarm_get (alarm)->id : ui_card_line_get_alarm (UI_CARD_LINE (self->card));
}

const char *
ui_site_page_get_selected (UiSitePage *self)
{
  gboolean at_alarms = is_at_alarms (self);
  UiAlarm *alarm = at_alarms ? selected_of (self->alarms) : NULL;
  UiPoint *point = at_alarms ? NULL : selected_of (self->points);
  GdpNetwork *network = ui_session_get_network (self->session);

  if (alarm != NULL)
    return ui_alarm_get (alarm)->id;
  return point != NULL && ui_point_get_index (point) < network->n_points ? network->points[ui_point_get_index (point)].id : NULL;
}

const char *
ui_site_page_get_site (UiSitePage *self)
{
  return self->site;
}

static void
set_table (GtkWidget *view, UiSession *session, GListModel *rows, const UiColumn *columns, guint n)
{
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (rows);

  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_selected (selection, GTK_INVALID_LIST_POSITION);
  ui_columns_add (GTK_COLUMN_VIEW (view), session, columns, n);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (view), GTK_SELECTION_MODEL (selection));
}

static void
on_alarms (UiSitePage *self, guint position, guint removed, guint added, GListModel *alarms)
{
  gtk_label_set_label (GTK_LABEL (self->alarms_title), g_list_model_get_n_items (alarms) > 0
                                                         ? _("Alarms of this site") : _("No alarms at this site"));
}

void
ui_site_page_set_session (UiSitePage *self, UiSession *session, UiMimicPath mimic, gpointer user_data)
{
  GtkFilterListModel *alarms;

  self->session = g_object_ref (session);
  self->mimic_path = mimic;
  self->mimic_data = user_data;
  ui_link_panel_set_session (UI_LINK_PANEL (self->link), session);
  ui_incident_line_set_session (UI_INCIDENT_LINE (self->incident), session);
  ui_outlook_line_set_session (UI_OUTLOOK_LINE (self->outlook), session);
  ui_card_line_set_session (UI_CARD_LINE (self->card), session);
  alarms = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (ui_session_get_alarms (session))),
                                      GTK_FILTER (g_object_ref (self->of_site)));
  g_signal_connect_object (alarms, "items-changed", G_CALLBACK (on_alarms), self, G_CONNECT_SWAPPED);
  on_alarms (self, 0, 0, 0, G_LIST_MODEL (alarms));
  set_table (self->points, session, g_object_ref (G_LIST_MODEL (self->point_rows)), ui_point_columns,
             ui_n_point_columns);
  ui_point_menu_add (GTK_COLUMN_VIEW (self->points), session);
  set_table (self->alarms, session, G_LIST_MODEL (alarms), ui_site_alarm_columns, ui_n_site_alarm_columns);
  ui_row_menu_add (GTK_COLUMN_VIEW (self->alarms), session, ui_decision_menu_of_alarm);
  set_table (self->events, session, g_object_ref (G_LIST_MODEL (self->event_rows)), ui_site_event_columns,
             ui_n_site_event_columns);
  g_signal_connect_object (session, "configured", G_CALLBACK (refill), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "tick", G_CALLBACK (show_head), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "updated", G_CALLBACK (show_head), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "rights", G_CALLBACK (show_head), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "events", G_CALLBACK (on_events), self, G_CONNECT_SWAPPED);
  refill (self);
}

/* ---- layout ------------------------------------------------------------------------------ */

/* Outside the allocation. */
static gboolean
adapt (gpointer data)
{
  UiSitePage *self = data;
  gboolean wide = self->width >= WIDE;

  gtk_paned_set_position (GTK_PANED (self->upper), self->width * (wide ? 0.44 : 0.42));
  gtk_paned_set_position (GTK_PANED (self->lower), self->width * (wide ? 0.5 : 0.53));
  gtk_widget_set_size_request (self->lower, -1, self->height * (wide ? 0.3 : 0.24));
  return G_SOURCE_REMOVE;
}

static void
ui_site_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiSitePage *self = UI_SITE_PAGE (widget);

  if (self->width != width || self->height != height) {
    self->width = width;
    self->height = height;
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, adapt, g_object_ref (self), g_object_unref);
  }
  gtk_widget_allocate (self->stack, width, height, baseline, NULL);
}

static void
ui_site_page_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                      int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (UI_SITE_PAGE (widget)->stack, orientation, for_size, minimum, natural, NULL, NULL);
}

static gboolean
ui_site_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (UI_SITE_PAGE (widget)->points);
}

static void
ui_site_page_dispose (GObject *object)
{
  UiSitePage *self = UI_SITE_PAGE (object);

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_object (&self->point_rows);
  g_clear_object (&self->event_rows);
  g_clear_object (&self->of_site);
  g_clear_object (&self->session);
  g_clear_pointer (&self->site, g_free);
  G_OBJECT_CLASS (ui_site_page_parent_class)->dispose (object);
}

static void
ui_site_page_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ui_flash_snapshot (widget, snapshot, 3);
  GTK_WIDGET_CLASS (ui_site_page_parent_class)->snapshot (widget, snapshot);
}

static void
ui_site_page_class_init (UiSitePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_site_page_dispose;
  widget_class->size_allocate = ui_site_page_size_allocate;
  widget_class->measure = ui_site_page_measure;
  widget_class->grab_focus = ui_site_page_grab_focus;
  g_type_ensure (UI_TYPE_CARD_LINE);
  g_type_ensure (UI_TYPE_INCIDENT_LINE);
  g_type_ensure (UI_TYPE_LINK_PANEL);
  g_type_ensure (UI_TYPE_MIMIC);
  g_type_ensure (UI_TYPE_OUTLOOK_LINE);
  g_type_ensure (UI_TYPE_OUTPUTS);
  widget_class->snapshot = ui_site_page_snapshot;
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/site-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, stack);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, none);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, id);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, name);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, address);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, units);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, visit);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, visiting);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, incident);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, outlook);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, card);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, views);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, link);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, upper);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, mimic);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, points);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, outputs);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, lower);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, alarms_title);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, alarms);
  gtk_widget_class_bind_template_child (widget_class, UiSitePage, events);
  gtk_widget_class_set_css_name (widget_class, "sitepage");
}

static void
ui_site_page_init (UiSitePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->index = G_MAXUINT;
  self->point_rows = g_list_store_new (UI_TYPE_POINT);
  self->event_rows = g_list_store_new (UI_TYPE_EVENT);
  self->of_site = gtk_custom_filter_new (is_of_site, self, NULL);
}
