/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done at the window, "win.…": pages, alarms, dialogs. */
#include "window-private.h"

#include "alarms-page.h"
#include "banner.h"
#include "card-dialog.h"
#include "decision-dialog.h"
#include "field-page.h"
#include "legend.h"
#include "limits-dialog.h"
#include "navigator.h"
#include "output-dialog.h"
#include "site-page.h"

#include <glib/gi18n.h>

/* ---- pages and alarms -------------------------------------------------------------------- */

static void
page_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  ui_window_show_page (data, g_variant_get_string (target, NULL));
}

static void
site_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  ui_window_show_site (data, g_variant_get_string (target, NULL));
}

static void
show_unit (UiWindow *self, const char *link)
{
  ui_window_show_page (self, "field");
  ui_field_page_select (UI_FIELD_PAGE (self->field), link);
}

/* An alarm's site; when it has none the alarm in the list, and from there what is on a lost link. */
static void
show_alarm_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;
  const char *id = g_variant_get_string (target, NULL);
  UiAlarm *alarm = ui_alarm_list_find (ui_session_get_alarms (self->session), id);
  UiSite *site = alarm != NULL ? ui_session_site_at (self->session, ui_alarm_get_site (alarm)) : NULL;
  guint link = alarm != NULL ? ui_alarm_get_link (alarm) : G_MAXUINT;
  gboolean listed = gtk_widget_get_mapped (self->alarms);

  if (site != NULL)
    ui_window_show_site (self, ui_site_get_id (site));
  else if (link != G_MAXUINT && listed)
    show_unit (self, ui_alarm_get_network (alarm)->links[link].id);
  else {
    ui_window_show_page (self, "alarms");
    ui_alarms_page_select (UI_ALARMS_PAGE (self->alarms), id);
  }
}

static void
acknowledge_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  const char *alarm;
  guint32 occurrence;

  g_variant_get (target, "(&su)", &alarm, &occurrence);
  ui_session_acknowledge (UI_WINDOW (data)->session, alarm, occurrence, NULL);
}

static void
acknowledge_selected_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;

  if (!ui_alarms_page_acknowledge_selected (UI_ALARMS_PAGE (self->alarms), NULL))
    ui_window_tell (self, _("Select an unacknowledged alarm first"), FALSE);
}

static void
acknowledge_visible_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;
  guint done = ui_alarms_page_acknowledge_visible (UI_ALARMS_PAGE (self->alarms)), all = 0;
  g_autofree char *text = NULL;

  for (guint priority = 1; priority <= UI_N_PRIORITIES; priority++)
    all += ui_session_count_unacked (self->session, priority);
  if (all > done)
    text = g_strdup_printf (_("Acknowledging %u; %u more are not on the screen"), done, all - done);
  else
    text = g_strdup_printf (_("Acknowledging %u"), done);
  ui_window_tell (self, text, FALSE);
}

static void
comment_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  ui_window_show_page (data, "alarms");
  ui_alarms_page_comment (UI_ALARMS_PAGE (UI_WINDOW (data)->alarms));
}

static void
alarm_filter_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiAlarmFilter filter;

  if (!ui_alarm_filter_parse (g_variant_get_string (target, NULL), &filter))
    return;
  ui_alarms_page_set_filter (UI_ALARMS_PAGE (UI_WINDOW (data)->alarms), filter);
  g_simple_action_set_state (action, target);
}

static void
field_filter_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiFieldFilter filter;

  if (!ui_field_filter_parse (g_variant_get_string (target, NULL), &filter))
    return;
  ui_field_page_set_filter (UI_FIELD_PAGE (UI_WINDOW (data)->field), filter);
  g_simple_action_set_state (action, target);
}

/* The unit on this link, among those that dial in. */
static void
show_unit_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  show_unit (data, g_variant_get_string (target, NULL));
}

static void
switch_output_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;
  GdpNetwork *network = ui_session_get_network (self->session);
  guint point = network != NULL ? gdp_network_find_point (network, g_variant_get_string (target, NULL)) : G_MAXUINT;

  g_autofree char *refusal = ui_session_refusal_text (self->session, GDP_ACT_SWITCH);

  if (point == G_MAXUINT || gdp_network_output (network, point) == NULL)
    return;
  if (refusal != NULL)
    ui_window_tell (self, refusal, TRUE);
  else if (!ui_session_is_live (self->session))
    ui_window_tell (self, _("Nothing is switched on the word of a picture that is not live"), TRUE);
  else
    gtk_window_present (ui_output_dialog_new (GTK_WINDOW (self), self->session, point));
}

static void
limits_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;
  GdpNetwork *network = ui_session_get_network (self->session);
  guint point = network != NULL ? gdp_network_find_point (network, g_variant_get_string (target, NULL)) : G_MAXUINT;

  if (point != G_MAXUINT)
    gtk_window_present (ui_limits_dialog_new (GTK_WINDOW (self), self->session, point));
}

static void
card_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  ui_card_dialog_show (data, UI_WINDOW (data)->session, g_variant_get_string (target, NULL));
}

/* Of the alarm that is selected where the keys go, else of what the page is about: the site's worst, or the worst of all. */
static void
card_selected_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;
  GtkWidget *page = gtk_stack_get_visible_child (GTK_STACK (self->pages));
  UiAlarm *worst = ui_alarm_list_peek (ui_session_get_alarms (self->session), 0);
  const char *alarm = page == self->alarms ? ui_alarms_page_get_selected (UI_ALARMS_PAGE (page))
                      : page == self->site ? ui_site_page_get_alarm (UI_SITE_PAGE (page)) : NULL;

  if (alarm == NULL && page != self->site && worst != NULL)
    alarm = ui_alarm_get (worst)->id;
  if (alarm != NULL)
    ui_card_dialog_show (data, self->session, alarm);
  else
    ui_window_tell (self, page == self->site ? _("No alarms at this site") : _("No alarms"), FALSE);
}

static void
decide (UiWindow *self, UiDecision decision, const char *object)
{
  g_autofree char *refusal = ui_decision_refusal_text (decision, self->session, object);

  if (refusal != NULL)
    ui_window_tell (self, refusal, TRUE);
  else
    gtk_window_present (ui_decision_dialog_new (GTK_WINDOW (self), self->session, decision, object));
}

static void
decide_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  const char *word, *object;
  UiDecision decision;

  g_variant_get (target, "(&s&s)", &word, &object);
  if (ui_decision_parse (word, &decision))
    decide (data, decision, object);
}

/* What is selected on the page that is shown: an alarm, or on a site's page also a point. */
static void
decide_selected_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;
  GtkWidget *page = gtk_stack_get_visible_child (GTK_STACK (self->pages));
  const char *object = page == self->alarms ? ui_alarms_page_get_selected (UI_ALARMS_PAGE (page))
                       : page == self->site ? ui_site_page_get_selected (UI_SITE_PAGE (page)) : NULL;
  UiDecision decision;

  if (ui_decision_parse (g_variant_get_string (target, NULL), &decision))
    decide (self, decision, object);
}

static void
decide_menu_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;

  ui_window_show_page (self, "alarms");
  if (!ui_alarms_page_menu (UI_ALARMS_PAGE (self->alarms)))
    ui_window_tell (self, _("Select an alarm first"), FALSE);
}

/* Begins a visit at the chosen site, or ends it. */
static void
visit_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;
  const char *site = ui_window_get_site (self);
  g_autoptr (GPtrArray) begun = ui_decision_look (UI_DECISION_END_VISIT, self->session, site);

  decide (self, begun->len > 0 ? UI_DECISION_END_VISIT : UI_DECISION_VISIT, site);
}

static void
endings_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  if (gtk_widget_get_visible (UI_WINDOW (data)->endings))
    gtk_widget_grab_focus (UI_WINDOW (data)->endings);
  else
    ui_window_tell (data, _("No shelving is about to end"), FALSE);
}

static void
find_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  ui_navigator_find (UI_NAVIGATOR (UI_WINDOW (data)->navigator));
}

static void
untold_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  ui_banner_show_untold (UI_BANNER (UI_WINDOW (data)->banner));
}

static void
legend_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  gtk_window_present (ui_legend_new (GTK_WINDOW (data)));
}

static void
back_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;

  if (gtk_widget_get_visible (self->notice))
    ui_window_close_notice (self);
  else if (self->history->len > 0)
    ui_window_turn_to (self, g_ptr_array_steal_index (self->history, self->history->len - 1));
}

static void
fullscreen_action (GSimpleAction *action, GVariant *state, gpointer data)
{
  if (g_variant_get_boolean (state))
    gtk_window_fullscreen (data);
  else
    gtk_window_unfullscreen (data);
  g_simple_action_set_state (action, state);
}

static void
link_panel_action (GSimpleAction *action, GVariant *state, gpointer data)
{
  UiWindow *self = data;

  ui_site_page_show_link (UI_SITE_PAGE (self->site), g_variant_get_boolean (state));
  if (g_variant_get_boolean (state))
    ui_window_show_page (self, "site");
  g_simple_action_set_state (action, state);
}

static const GActionEntry actions[] = {
  { "page", page_action, "s", "'site'" },
  { "site", site_action, "s" },
  { "show-alarm", show_alarm_action, "s" },
  { "acknowledge", acknowledge_action, "(su)" },
  { "acknowledge-selected", acknowledge_selected_action },
  { "acknowledge-visible", acknowledge_visible_action },
  { "comment", comment_action },
  { "alarm-filter", alarm_filter_action, "s", "'all'" },
  { "field-filter", field_filter_action, "s", "'all'" },
  { "show-unit", show_unit_action, "s" },
  { "switch-output", switch_output_action, "s" },
  { "limits", limits_action, "s" },
  { "card", card_action, "s" },
  { "card-selected", card_selected_action },
  { "decide", decide_action, "(ss)" },
  { "decide-selected", decide_selected_action, "s" },
  { "decide-menu", decide_menu_action },
  { "visit", visit_action },
  { "endings", endings_action },
  { "find", find_action },
  { "untold", untold_action },
  { "legend", legend_action },
  { "link-panel", NULL, NULL, "false", link_panel_action },
  { "back", back_action },
  { "fullscreen", NULL, NULL, "false", fullscreen_action },
};

void
ui_window_add_actions (UiWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
