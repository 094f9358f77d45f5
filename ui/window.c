/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "window.h"

#include "alarms-page.h"
#include "banner.h"
#include "columns.h"
#include "field-page.h"
#include "journal-page.h"
#include "legend.h"
#include "navigator.h"
#include "output-dialog.h"
#include "sign-in-dialog.h"

#include <glib/gi18n.h>

#define NOTICE_SECONDS 8
#define WIDE 1550   /* px; from here on the navigator may be wide */
#define TALL 860    /* px; lower, rows and heads are compact */

struct _UiWindow {
  GtkApplicationWindow parent_instance;

  /* template */
  GtkWidget *banner, *not_live, *closed, *closed_text, *closed_open, *navigator, *pages, *menu_button, *split, *site, *alarms, *journal, *field, *notice, *notice_text;

  /* owned */
  UiSession *session;
  GPtrArray *history;      /* page names, the current one last */
  guint      notice_end;   /* source */
  int        width, height;
};

G_DEFINE_FINAL_TYPE (UiWindow, ui_window, GTK_TYPE_APPLICATION_WINDOW)

static const char *const pages[] = { "site", "alarms", "journal", "field", NULL };

gboolean
ui_window_has_page (const char *page)
{
  return g_strv_contains (pages, page);
}

/* ---- what is said ------------------------------------------------------------------------ */

static void
on_state (UiWindow *self)
{
  g_autofree char *text = ui_session_state_text (self->session);
  UiState state = ui_session_get_state (self->session);
  gboolean live = ui_session_is_live (self->session);

  ui_cell_set (self->not_live, text, live || state == UI_STATE_STARTING ? "calm" : "loud");
  gtk_widget_set_visible (self->not_live, *text != '\0');
  if (live == gtk_widget_has_css_class (GTK_WIDGET (self), "not-live")) {
    if (live)
      gtk_widget_remove_css_class (GTK_WIDGET (self), "not-live");
    else
      gtk_widget_add_css_class (GTK_WIDGET (self), "not-live");
  }
}

static gboolean
end_notice (gpointer data)
{
  UiWindow *self = data;

  self->notice_end = 0;
  gtk_widget_set_visible (self->notice, FALSE);
  return G_SOURCE_REMOVE;
}

static void
on_notice_closed (UiWindow *self)
{
  g_clear_handle_id (&self->notice_end, g_source_remove);
  gtk_widget_set_visible (self->notice, FALSE);
}

/* A failure stays until it is closed or the next one comes; a remark goes by itself. */
static void
on_notice (UiWindow *self, const char *text, gboolean failed)
{
  on_notice_closed (self);
  ui_cell_set (self->notice_text, text, failed ? "heading" : NULL);
  gtk_widget_set_visible (self->notice, TRUE);
  if (!failed)
    self->notice_end = g_timeout_add_seconds (NOTICE_SECONDS, end_notice, self);
}

/* ---- pages ------------------------------------------------------------------------------- */

static void
turn_to (UiWindow *self, const char *page)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "page");

  gtk_stack_set_visible_child_name (GTK_STACK (self->pages), page);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (page));
  gtk_widget_grab_focus (gtk_stack_get_visible_child (GTK_STACK (self->pages)));
}

void
ui_window_show_page (UiWindow *self, const char *page)
{
  const char *now = gtk_stack_get_visible_child_name (GTK_STACK (self->pages));

  if (!ui_window_has_page (page))
    return;
  if (g_strcmp0 (now, page) != 0)
    g_ptr_array_add (self->history, (gpointer) g_intern_string (now));
  turn_to (self, page);
}

void
ui_window_show_site (UiWindow *self, const char *site)
{
  ui_site_page_show (UI_SITE_PAGE (self->site), site);
  ui_navigator_select (UI_NAVIGATOR (self->navigator), site);
  ui_field_page_show_site (UI_FIELD_PAGE (self->field), site);
  ui_window_show_page (self, "site");
}

const char *
ui_window_get_site (UiWindow *self)
{
  return ui_site_page_get_site (UI_SITE_PAGE (self->site));
}

/* ---- actions ----------------------------------------------------------------------------- */

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

/* An alarm's site; the alarm in the list when it has none, as a lost link. */
static void
show_alarm_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;
  UiAlarm *alarm = ui_alarm_list_find (ui_session_get_alarms (self->session),
                                       g_variant_get_string (target, NULL));
  UiSite *site = alarm != NULL ? ui_session_site_at (self->session, ui_alarm_get_site (alarm)) : NULL;

  if (site != NULL)
    ui_window_show_site (self, ui_site_get_id (site));
  else {
    ui_window_show_page (self, "alarms");
    ui_alarms_page_select (UI_ALARMS_PAGE (self->alarms), g_variant_get_string (target, NULL));
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
    on_notice (self, _("Select an unacknowledged alarm first"), FALSE);
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
  on_notice (self, text, FALSE);
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
  UiWindow *self = data;

  ui_window_show_page (self, "field");
  ui_field_page_select (UI_FIELD_PAGE (self->field), g_variant_get_string (target, NULL));
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
    on_notice (self, refusal, TRUE);
  else if (!ui_session_is_live (self->session))
    on_notice (self, _("Nothing is switched on the word of a picture that is not live"), TRUE);
  else
    gtk_window_present (ui_output_dialog_new (GTK_WINDOW (self), self->session, point));
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
    on_notice_closed (self);
  else if (self->history->len > 0)
    turn_to (self, g_ptr_array_steal_index (self->history, self->history->len - 1));
}

/* ---- who acts ---------------------------------------------------------------------------- */

static void
enable (UiWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* What one person has begun is not for the next one to finish. */
static void
close_dialogs (UiWindow *self)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next)
    if (gtk_window_get_transient_for (at->data) == GTK_WINDOW (self) && gtk_window_get_modal (at->data)
        && !UI_IS_SIGN_IN_DIALOG (at->data))
      gtk_window_close (at->data);
}

static void
show_closed (UiWindow *self)
{
  g_autofree char *text = ui_session_sign_text (self->session);
  gboolean locked = ui_session_get_sign (self->session) == UI_SIGN_LOCKED;

  ui_cell_set (self->closed_text, text, NULL);
  gtk_button_set_label (GTK_BUTTON (self->closed_open), locked ? _("Unlock (Ctrl+L)") : _("Sign in (Ctrl+L)"));
  gtk_widget_set_visible (self->closed, *text != '\0');
  if (*text != '\0')
    close_dialogs (self);
}

/* What is not permitted cannot be started from anywhere: not by a key, not over D-Bus. */
static void
on_rights (UiWindow *self)
{
  static const char *const acknowledging[] = { "acknowledge", "acknowledge-selected", "acknowledge-visible", "comment" };
  UiSign sign = ui_session_get_sign (self->session);

  for (guint i = 0; i < G_N_ELEMENTS (acknowledging); i++)
    enable (self, acknowledging[i], ui_session_may (self->session, GDP_ACT_ACKNOWLEDGE));
  enable (self, "sign-in", ui_session_can_sign_in (self->session));
  enable (self, "sign-out", sign == UI_SIGN_IN || sign == UI_SIGN_LOCKED);
  show_closed (self);
}

static void
sign_in_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  gtk_window_present (ui_sign_in_dialog_new (data, UI_WINDOW (data)->session));
}

static void
sign_out_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  ui_session_sign_out (UI_WINDOW (data)->session);
}

static void
lock_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;
  g_autofree char *why_not = ui_session_no_lock_text (self->session);

  switch (ui_session_get_sign (self->session)) {
    case UI_SIGN_IN:
      ui_session_lock (self->session);
      break;
    case UI_SIGN_OUT:
    case UI_SIGN_LOCKED:
      sign_in_action (action, target, data);
      break;
    case UI_SIGN_TRUSTED:
      on_notice (self, why_not, FALSE);
  }
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
  { "find", find_action },
  { "untold", untold_action },
  { "legend", legend_action },
  { "link-panel", NULL, NULL, "false", link_panel_action },
  { "back", back_action },
  { "lock", lock_action },
  { "sign-in", sign_in_action },
  { "sign-out", sign_out_action },
  { "fullscreen", NULL, NULL, "false", fullscreen_action },
};

/* ---- object ------------------------------------------------------------------------------ */

/* Outside the allocation. */
static gboolean
adapt (gpointer data)
{
  UiWindow *self = data;

  ui_banner_set_wide (UI_BANNER (self->banner), self->width >= WIDE);
  gtk_paned_set_position (GTK_PANED (self->split), self->width >= WIDE ? 270 : 220);
  if (self->height < TALL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "compact");
  return G_SOURCE_REMOVE;
}

static void
ui_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiWindow *self = UI_WINDOW (widget);

  if ((self->width >= WIDE) != (width >= WIDE) || (self->height >= TALL) != (height >= TALL) || self->width == 0)
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, adapt, g_object_ref (self), g_object_unref);
  self->width = width;
  self->height = height;
  GTK_WIDGET_CLASS (ui_window_parent_class)->size_allocate (widget, width, height, baseline);
}

static void
add_help (UiWindow *self)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/gdp/ui/shortcuts.ui");

  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self),
                                           GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder,
                                                                                         "help_overlay")));
}

UiWindow *
ui_window_new (GtkApplication *application, UiSession *session, UiMimicPath mimic, gpointer user_data)
{
  UiWindow *self = g_object_new (UI_TYPE_WINDOW, "application", application, NULL);

  self->session = g_object_ref (session);
  ui_banner_set_session (UI_BANNER (self->banner), session);
  ui_navigator_set_session (UI_NAVIGATOR (self->navigator), session);
  ui_site_page_set_session (UI_SITE_PAGE (self->site), session, mimic, user_data);
  ui_alarms_page_set_session (UI_ALARMS_PAGE (self->alarms), session);
  ui_journal_page_set_session (UI_JOURNAL_PAGE (self->journal), session);
  ui_field_page_set_session (UI_FIELD_PAGE (self->field), session);
  g_signal_connect_object (session, "updated", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "tick", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notice", G_CALLBACK (on_notice), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "rights", G_CALLBACK (on_rights), self, G_CONNECT_SWAPPED);
  add_help (self);
  on_rights (self);
  on_state (self);
  return self;
}

static void
ui_window_dispose (GObject *object)
{
  UiWindow *self = UI_WINDOW (object);

  g_clear_handle_id (&self->notice_end, g_source_remove);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_window_parent_class)->dispose (object);
}

static void
ui_window_finalize (GObject *object)
{
  g_ptr_array_unref (UI_WINDOW (object)->history);
  G_OBJECT_CLASS (ui_window_parent_class)->finalize (object);
}

static void
ui_window_class_init (UiWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_window_dispose;
  G_OBJECT_CLASS (class)->finalize = ui_window_finalize;
  widget_class->size_allocate = ui_window_size_allocate;
  g_type_ensure (UI_TYPE_BANNER);
  g_type_ensure (UI_TYPE_NAVIGATOR);
  g_type_ensure (UI_TYPE_SITE_PAGE);
  g_type_ensure (UI_TYPE_ALARMS_PAGE);
  g_type_ensure (UI_TYPE_JOURNAL_PAGE);
  g_type_ensure (UI_TYPE_FIELD_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, UiWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, not_live);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, closed);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, closed_text);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, closed_open);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, navigator);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, split);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, site);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, alarms);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, journal);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, field);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, notice_text);
  gtk_widget_class_bind_template_callback (widget_class, on_notice_closed);
}

static void
ui_window_init (UiWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->history = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
