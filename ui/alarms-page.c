/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarms-page.h"

#include "alarm-columns.h"
#include "decision-menu.h"
#include "alarm-groups.h"
#include "incident-line.h"
#include "permit.h"
#include "tip.h"

#include <glib/gi18n.h>

struct _UiAlarmsPage {
  GtkWidget           parent_instance;

  /* template */
  GtkWidget          *count, *acknowledge, *acknowledge_all, *comment_button, *groups_button, *incident, *held, *view, *empty, *popover, *commented, *comment, *give_comment;

  /* owned */
  UiSession          *session;
  GtkCustomFilter    *filter;
  GtkFilterListModel *filtered;
  UiAlarmGroups      *groups;
  GtkSingleSelection *selection;
  UiAlarmFilter       shown;
  UiAlarm            *selected;    /* survives a move of its row */
  char               *acknowledged;/* id, by our own key, not yet seen to have moved */
  char               *comment_on;  /* id … */
  guint32             comment_occurrence; /* … and the occurrence that was seen when the entry opened */
  gboolean            restoring;
};

G_DEFINE_FINAL_TYPE (UiAlarmsPage, ui_alarms_page, GTK_TYPE_WIDGET)

static gboolean
is_active (UiAlarm *row)
{
  return ui_alarm_get (row)->active;
}

static gboolean
is_any (UiAlarm *row)
{
  return TRUE;
}

/* @held: of the views of what is held back, what they show; else GDP_SUPPRESSION_NONE. */
static const struct {
  const char *word, *nothing;
  gboolean  (*shows) (UiAlarm *row);
  GdpSuppression held;
} filters[UI_N_ALARM_FILTERS] = {
  [UI_ALARM_FILTER_ACTIVE]    = { "active",  N_("No active alarms"), is_active },
  [UI_ALARM_FILTER_UNACKED]   = { "unacked", N_("No unacknowledged alarms"), ui_alarm_is_unacked },
  [UI_ALARM_FILTER_ALL]       = { "all",     N_("No alarms"), is_any },
  [UI_ALARM_FILTER_SHELVED]   = { "shelved", N_("No shelved alarms, no visits"), is_any, GDP_SUPPRESSION_SHELVED },
  [UI_ALARM_FILTER_BY_DESIGN] = { "by-design", N_("No alarms are suppressed by design"), is_any, GDP_SUPPRESSION_BY_DESIGN },
  [UI_ALARM_FILTER_OUT]       = { "out-of-service", N_("No alarms are out of service"), is_any, GDP_SUPPRESSION_OUT_OF_SERVICE },
};

const char *
ui_alarm_filter_word (UiAlarmFilter filter)
{
  return filters[filter].word;
}

gboolean
ui_alarm_filter_parse (const char *word, UiAlarmFilter *filter)
{
  for (guint i = 0; i < UI_N_ALARM_FILTERS; i++)
    if (g_str_equal (filters[i].word, word)) {
      *filter = i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
passes (gpointer item, gpointer data)
{
  UiAlarmsPage *self = data;
  GdpSuppression suppression = ui_alarm_get (item)->suppression, held = filters[self->shown].held;

  if (held != GDP_SUPPRESSION_NONE)
    return suppression == held;
  return suppression != GDP_SUPPRESSION_BY_DESIGN && filters[self->shown].shows (item);
}

/* Why some are not shown; NULL = all are. */
static char *
hidden_text (UiAlarmsPage *self, guint shown, guint total)
{
  if (shown == total)
    return NULL;
  if (self->shown == UI_ALARM_FILTER_ALL)
    return g_strdup_printf (_("%u; %u more by design"), shown, total - shown);
  return g_strdup_printf (_("%u of %u; the filter hides %u"), shown, total, total - shown);
}

static void
say_count (UiAlarmsPage *self)
{
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  guint total = ui_alarm_list_get_size (ui_session_get_alarms (self->session));
  gboolean known = ui_session_is_loaded (self->session);   /* what has not been read is not none */
  g_autofree char *text = g_strdup_printf (shown < total ? _("%u of %u") : ngettext ("%u alarm", "%u alarms", total), shown, total);
  g_autofree char *hidden = hidden_text (self, shown, total);

  ui_cell_set (self->count, known ? text : "", shown < total ? "heading" : "dim-label");
  ui_tip_set (self->count, known ? hidden : NULL);
  gtk_label_set_label (GTK_LABEL (self->empty), _(filters[self->shown].nothing));
  gtk_widget_set_visible (self->empty, known && shown == 0);
}

/* ---- selection --------------------------------------------------------------------------- */

static void
on_selected (UiAlarmsPage *self)
{
  UiAlarm *now = gtk_single_selection_get_selected_item (self->selection);

  if (self->restoring || now == NULL)
    return;  /* a row that moves is away for a moment; see on_rows_changed() */
  g_set_object (&self->selected, now);
  ui_incident_line_set_site (UI_INCIDENT_LINE (self->incident), ui_alarm_get_site (now));
}

static guint
find_row (GListModel *model, UiAlarm *row)
{
  guint n = g_list_model_get_n_items (model);

  for (guint i = 0; i < n; i++) {
    g_autoptr (UiAlarm) at = g_list_model_get_item (model, i);
    if (at == row)
      return i;
  }
  return GTK_INVALID_LIST_POSITION;
}

/* After our own acknowledgement the next alarm at that place is taken; after any other move the
 * selection follows its alarm, so that a key never meets another alarm than the eye. */
static void
on_rows_changed (UiAlarmsPage *self, guint position, guint removed, guint added)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n = g_list_model_get_n_items (model), place;

  say_count (self);
  if (self->selected == NULL || gtk_single_selection_get_selected_item (self->selection) == self->selected)
    return;
  if (self->acknowledged != NULL && g_str_equal (self->acknowledged, ui_alarm_get (self->selected)->id)
      && removed == 1 && added == 0) {
    g_autoptr (UiAlarm) next = g_list_model_get_item (model, MIN (position, n > 0 ? n - 1 : 0));

    g_clear_pointer (&self->acknowledged, g_free);
    if (next == NULL || !ui_alarm_is_unacked (next))
      return;
    g_set_object (&self->selected, next);
  }
  place = find_row (model, self->selected);
  if (place == GTK_INVALID_LIST_POSITION)
    return;
  self->restoring = TRUE;
  gtk_single_selection_set_selected (self->selection, place);
  self->restoring = FALSE;
}

static UiAlarm *
selected (UiAlarmsPage *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

void
ui_alarms_page_select (UiAlarmsPage *self, const char *id)
{
  UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (self->session), id);
  guint place = row != NULL ? find_row (G_LIST_MODEL (self->selection), row) : GTK_INVALID_LIST_POSITION;

  if (place == GTK_INVALID_LIST_POSITION)
    return;
  gtk_single_selection_set_selected (self->selection, place);
  ui_columns_scroll_to (GTK_COLUMN_VIEW (self->view), place);
}

/* The table has the list only while it can be seen: when hundreds of alarms come at once, rows that nobody sees would
 * be made and thrown away with each change. */
static void
on_shown (UiAlarmsPage *self)
{
  guint place = gtk_single_selection_get_selected (self->selection);

  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
  if (place != GTK_INVALID_LIST_POSITION)
    ui_columns_scroll_to (GTK_COLUMN_VIEW (self->view), place);
}

static void
on_hidden (UiAlarmsPage *self)
{
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), NULL);
}

/* In a flood the list is in groups whether somebody wants that or not, and says so. */
static void
on_groups_wanted (UiAlarmsPage *self)
{
  gboolean flood = ui_session_flood_since (self->session) != 0;

  gtk_widget_set_sensitive (self->groups_button, !flood);
  ui_alarm_groups_set_grouped (self->groups, flood || gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->groups_button)));
}

/* ---- acknowledging ----------------------------------------------------------------------- */

static void
acknowledge (UiAlarmsPage *self, UiAlarm *row, const char *comment)
{
  const GdpAlarm *alarm = ui_alarm_get (row);

  ui_session_acknowledge (self->session, alarm->id, alarm->occurrence, comment);
}

gboolean
ui_alarms_page_acknowledge_selected (UiAlarmsPage *self, const char *comment)
{
  UiAlarm *row = selected (self);

  if (row == NULL || !ui_alarm_is_unacked (row))
    return FALSE;
  g_free (self->acknowledged);
  self->acknowledged = g_strdup (ui_alarm_get (row)->id);
  acknowledge (self, row, comment);
  return TRUE;
}

guint
ui_alarms_page_acknowledge_visible (UiAlarmsPage *self)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n = g_list_model_get_n_items (model), count = 0;

  for (guint i = 0; i < n; i++) {
    g_autoptr (UiAlarm) row = g_list_model_get_item (model, i);

    if (!ui_alarm_is_unacked (row) || !ui_columns_shows (GTK_COLUMN_VIEW (self->view), row))
      continue;
    acknowledge (self, row, NULL);
    count++;
  }
  return count;
}

void
ui_alarms_page_comment (UiAlarmsPage *self)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->comment_button));
}

/* What is commented on is what was selected, and as it was, when the entry opened. */
static void
on_popover_shown (UiAlarmsPage *self)
{
  UiAlarm *row = selected (self);
  gboolean can = row != NULL && ui_alarm_is_unacked (row);
  g_autofree char *object = NULL, *text = NULL;
  UiSite *site;

  g_clear_pointer (&self->comment_on, g_free);
  gtk_widget_set_sensitive (self->comment, can);
  gtk_widget_set_sensitive (self->give_comment, can);
  gtk_editable_set_text (GTK_EDITABLE (self->comment), "");
  if (!can) {
    gtk_label_set_label (GTK_LABEL (self->commented), _("Select an unacknowledged alarm first"));
    return;
  }
  site = ui_session_site_at (self->session, ui_alarm_get_site (row));
  object = ui_alarm_object_text (row);
  text = g_strdup_printf ("%s  %s, %s", site != NULL ? ui_site_get_id (site) : "", object,
                          ui_alarm_condition_text (row));
  self->comment_on = g_strdup (ui_alarm_get (row)->id);
  self->comment_occurrence = ui_alarm_get (row)->occurrence;
  gtk_label_set_label (GTK_LABEL (self->commented), g_strchug (text));
  gtk_widget_grab_focus (self->comment);
}

static void
on_comment_given (UiAlarmsPage *self)
{
  if (self->comment_on != NULL)
    ui_session_acknowledge (self->session, self->comment_on, self->comment_occurrence,
                            gtk_editable_get_text (GTK_EDITABLE (self->comment)));
  gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static void
on_popover_closed (UiAlarmsPage *self)
{
  g_clear_pointer (&self->comment_on, g_free);
  gtk_widget_grab_focus (self->view);
}

/* ---- deciding ------------------------------------------------------------------------------ */

const char *
ui_alarms_page_get_selected (UiAlarmsPage *self)
{
  UiAlarm *row = selected (self);

  return row != NULL ? ui_alarm_get (row)->id : NULL;
}

gboolean
ui_alarms_page_menu (UiAlarmsPage *self)
{
  return ui_row_menu_popup (self->view);
}

static void
on_activated (UiAlarmsPage *self, guint position)
{
  g_autoptr (UiAlarm) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (row != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-alarm", "s", ui_alarm_get (row)->id);
}

/* Rows move under the focus, which stays where it was; the selection goes with its alarm, so keys mean that. Where nothing is
 * selected yet the top row is next. */
static gboolean
step (UiAlarmsPage *self, int by)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint place = gtk_single_selection_get_selected (self->selection);
  guint next = place == GTK_INVALID_LIST_POSITION || (by < 0 && place == 0) ? 0 : place + by;

  if (next >= n)
    return TRUE;
  gtk_single_selection_set_selected (self->selection, next);
  ui_columns_scroll_to (GTK_COLUMN_VIEW (self->view), next);
  return TRUE;
}

static gboolean
show_selected (UiAlarmsPage *self)
{
  const char *id = ui_alarms_page_get_selected (self);

  if (id != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-alarm", "s", id);
  return id != NULL;
}

/* A key acts once for each press: one that is held down, or a palm on the bar, must not walk down the
 * list. Caught before the list's own use of Space. */
static gboolean
on_key (UiAlarmsPage *self, guint key, guint code, GdkModifierType modifiers, GtkEventController *controller)
{
  gboolean held = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (controller), "gdp-held"));
  GdkModifierType state = modifiers & gtk_accelerator_get_default_mod_mask ();

  if (state == 0 && (key == GDK_KEY_Down || key == GDK_KEY_Up))
    return step (self, key == GDK_KEY_Down ? 1 : -1);
  if (state == 0 && (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter))
    return show_selected (self);
  if (key != GDK_KEY_space && key != GDK_KEY_KP_Space)
    return FALSE;
  if (state != 0 && state != GDK_CONTROL_MASK)
    return FALSE;
  g_object_set_data (G_OBJECT (controller), "gdp-held", GINT_TO_POINTER (TRUE));
  if (!held)
    gtk_widget_activate_action (GTK_WIDGET (self),
                                state != 0 ? "win.acknowledge-visible" : "win.acknowledge-selected", NULL);
  return TRUE;
}

static void
on_key_released (GtkEventController *controller, guint key, guint code, GdkModifierType modifiers,
                 gpointer data)
{
  g_object_set_data (G_OBJECT (controller), "gdp-held", NULL);
}

/* ---- object ------------------------------------------------------------------------------ */

/* The button of the views of what is held back is an arrow beside the others, or says which of them it is. */
static void
show_held (UiAlarmsPage *self)
{
  GdpSuppression held = filters[self->shown].held;

  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->held), held != GDP_SUPPRESSION_NONE ? _(gdp_suppression_label (held)) : "");
  if (held != GDP_SUPPRESSION_NONE)
    gtk_widget_add_css_class (self->held, "chosen");
  else
    gtk_widget_remove_css_class (self->held, "chosen");
}

void
ui_alarms_page_set_filter (UiAlarmsPage *self, UiAlarmFilter filter)
{
  self->shown = filter;
  show_held (self);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  if (self->session != NULL)
    say_count (self);
}

/* Who may not acknowledge is told who may. */
static void
on_rights (UiAlarmsPage *self)
{
  ui_permit (self->acknowledge, self->session, GDP_ACT_ACKNOWLEDGE, TRUE, _("The selected alarm (Space)"));
  ui_permit (self->acknowledge_all, self->session, GDP_ACT_ACKNOWLEDGE, TRUE,
             _("Acknowledge the alarms that can be seen now (Ctrl+Space)"));
  ui_permit (self->comment_button, self->session, GDP_ACT_ACKNOWLEDGE, TRUE,
             _("Acknowledge the selected alarm with a comment (Ctrl+M)"));
  if (!ui_session_may (self->session, GDP_ACT_ACKNOWLEDGE))
    gtk_menu_button_popdown (GTK_MENU_BUTTON (self->comment_button));
}

void
ui_alarms_page_set_session (UiAlarmsPage *self, UiSession *session)
{
  self->session = g_object_ref (session);
  self->filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (ui_session_get_alarms (session))),
                                              GTK_FILTER (g_object_ref (self->filter)));
  self->groups = ui_alarm_groups_new (session, G_LIST_MODEL (self->filtered));
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->groups)));
  ui_incident_line_set_session (UI_INCIDENT_LINE (self->incident), session);
  g_signal_connect_object (self->groups_button, "toggled", G_CALLBACK (on_groups_wanted), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "updated", G_CALLBACK (on_groups_wanted), self, G_CONNECT_SWAPPED);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  ui_columns_add (GTK_COLUMN_VIEW (self->view), session, ui_alarm_columns, ui_n_alarm_columns);
  ui_row_menu_add (GTK_COLUMN_VIEW (self->view), session, ui_decision_menu_of_alarm);
  g_signal_connect_object (self, "map", G_CALLBACK (on_shown), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "unmap", G_CALLBACK (on_hidden), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  /* After the view, which must know the rows before one of them is selected. */
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (on_rows_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  /* Also of what the filter lets none see the count must be right. */
  g_signal_connect_object (session, "updated", G_CALLBACK (say_count), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "rights", G_CALLBACK (on_rights), self, G_CONNECT_SWAPPED);
  on_rights (self);
  say_count (self);
}

static void
ui_alarms_page_dispose (GObject *object)
{
  UiAlarmsPage *self = UI_ALARMS_PAGE (object);
  GtkWidget *child;

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->groups);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->selected);
  g_clear_object (&self->session);
  g_clear_pointer (&self->acknowledged, g_free);
  g_clear_pointer (&self->comment_on, g_free);
  G_OBJECT_CLASS (ui_alarms_page_parent_class)->dispose (object);
}

static gboolean
ui_alarms_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (UI_ALARMS_PAGE (widget)->view);
}

static void
ui_alarms_page_class_init (UiAlarmsPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_alarms_page_dispose;
  widget_class->grab_focus = ui_alarms_page_grab_focus;
  g_type_ensure (UI_TYPE_INCIDENT_LINE);
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/alarms-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, count);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, acknowledge);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, acknowledge_all);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, comment_button);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, held);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, groups_button);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, incident);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, view);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, empty);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, popover);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, commented);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, comment);
  gtk_widget_class_bind_template_child (widget_class, UiAlarmsPage, give_comment);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_comment_given);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_shown);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_closed);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "alarmspage");
}

static void
ui_alarms_page_init (UiAlarmsPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  self->filter = gtk_custom_filter_new (passes, self, NULL);
  self->shown = UI_ALARM_FILTER_ALL;
  show_held (self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_released), NULL);
  gtk_widget_add_controller (self->view, keys);
}
