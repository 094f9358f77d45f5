/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "window-private.h"

#include "alarms-page.h"
#include "banner.h"
#include "columns.h"
#include "endings.h"
#include "field-page.h"
#include "figures-page.h"
#include "journal-page.h"
#include "navigator.h"
#include "steady.h"

#include <glib/gi18n.h>

#define NOTICE_SECONDS 8
#define WIDE 1550   /* px; from here on the navigator may be wide */
#define TALL 860    /* px; lower, rows and heads are compact */

G_DEFINE_FINAL_TYPE (UiWindow, ui_window, GTK_TYPE_APPLICATION_WINDOW)

static const char *const pages[] = { "site", "alarms", "journal", "field", "figures", NULL };

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

void
ui_window_close_notice (UiWindow *self)
{
  g_clear_handle_id (&self->notice_end, g_source_remove);
  gtk_widget_set_visible (self->notice, FALSE);
}

/* A failure stays until it is closed or the next one comes; a remark goes by itself. */
void
ui_window_tell (UiWindow *self, const char *text, gboolean failed)
{
  ui_window_close_notice (self);
  ui_cell_set (self->notice_text, text, failed ? "heading" : NULL);
  gtk_widget_set_visible (self->notice, TRUE);
  if (!failed)
    self->notice_end = g_timeout_add_seconds (NOTICE_SECONDS, end_notice, self);
}

/* ---- pages ------------------------------------------------------------------------------- */

void
ui_window_turn_to (UiWindow *self, const char *page)
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
  ui_window_turn_to (self, page);
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
  ui_endings_set_session (UI_ENDINGS (self->endings), session);
  ui_banner_set_session (UI_BANNER (self->banner), session);
  ui_navigator_set_session (UI_NAVIGATOR (self->navigator), session);
  ui_site_page_set_session (UI_SITE_PAGE (self->site), session, mimic, user_data);
  ui_alarms_page_set_session (UI_ALARMS_PAGE (self->alarms), session);
  ui_journal_page_set_session (UI_JOURNAL_PAGE (self->journal), session);
  ui_field_page_set_session (UI_FIELD_PAGE (self->field), session);
  ui_figures_page_set_session (UI_FIGURES_PAGE (self->figures), session);
  g_signal_connect_object (session, "updated", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "tick", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notice", G_CALLBACK (ui_window_tell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "rights", G_CALLBACK (ui_window_follow_rights), self, G_CONNECT_SWAPPED);
  add_help (self);
  ui_window_follow_rights (self);
  on_state (self);
  return self;
}

void
ui_window_set_horn (UiWindow *self, UiHorn *horn)
{
  ui_banner_set_horn (UI_BANNER (self->banner), horn);
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
  g_type_ensure (UI_TYPE_ENDINGS);
  g_type_ensure (UI_TYPE_NAVIGATOR);
  g_type_ensure (UI_TYPE_SITE_PAGE);
  g_type_ensure (UI_TYPE_ALARMS_PAGE);
  g_type_ensure (UI_TYPE_JOURNAL_PAGE);
  g_type_ensure (UI_TYPE_FIELD_PAGE);
  g_type_ensure (UI_TYPE_FIGURES_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, UiWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, not_live);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, closed);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, closed_text);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, closed_open);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, endings);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, navigator);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, split);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, site);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, alarms);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, journal);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, field);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, figures);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, notice_text);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_notice_closed", G_CALLBACK (ui_window_close_notice));
}

static void
ui_window_init (UiWindow *self)
{
  ui_window_add_actions (self);
  ui_window_add_sign_actions (self);
  self->history = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_steady_guard (self->split);
}
