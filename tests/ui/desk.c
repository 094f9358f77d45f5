/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include "../patience.h"

#include <locale.h>
#include <string.h>

static GtkApplication *application;

void
desk_init (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (argc, argv, NULL);
  gtk_init ();
  setlocale (LC_ALL, "C.UTF-8");
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  application = gtk_application_new ("io.github.gdp.Test", G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
}

static void
on_notice (UiSession *session, const char *text, gboolean failed, Desk *desk)
{
  g_free (desk->told);
  desk->told = g_strdup (text);
}

static char *
mimic_path (const char *name, gpointer catalogue)
{
  return data_catalogue_mimic (catalogue, name);
}

void
desk_sit (Desk *desk, const char *uri, int width, int height)
{
  desk->session = ui_session_new (uri, "Tester");
  g_signal_connect (desk->session, "notice", G_CALLBACK (on_notice), desk);
  ui_session_set_catalogue (desk->session, desk->catalogue);
  desk->window = ui_window_new (application, desk->session, desk->catalogue != NULL ? mimic_path : NULL, desk->catalogue);
  gtk_window_set_default_size (GTK_WINDOW (desk->window), width, height);
  gtk_window_present (GTK_WINDOW (desk->window));
}

static gboolean
had_popover (GtkWidget *widget)
{
  if (GTK_IS_POPOVER (widget) && gtk_widget_get_realized (widget))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (had_popover (child))
      return TRUE;
  return FALSE;
}

static gboolean
set_true (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* GTK 4.8 looks where the pointer is over a popover that has gone with its window, if a tooltip waits there: it does for
 * HOVER_TIMEOUT (gtktooltip.c), 500 ms. */
static void
let_tooltips_pass (GtkWidget *window)
{
  gboolean passed = !had_popover (window);

  if (!passed)
    g_timeout_add (600, set_true, &passed);
  while (!passed)
    g_main_context_iteration (NULL, TRUE);
}

void
desk_leave (Desk *desk)
{
  let_tooltips_pass (GTK_WIDGET (desk->window));
  gtk_window_destroy (GTK_WINDOW (desk->window));
  g_signal_handlers_disconnect_by_data (desk->session, desk);
  ui_session_close (desk->session);
  g_clear_object (&desk->session);
  g_clear_pointer (&desk->store, data_store_close);
  g_clear_pointer (&desk->catalogue, data_catalogue_free);
  g_clear_pointer (&desk->field, field_free);
  g_clear_pointer (&desk->told, g_free);
}

void
desk_act (Desk *desk, const char *action, const char *target)
{
  g_action_group_activate_action (G_ACTION_GROUP (desk->window), action,
                                  target != NULL ? g_variant_new_string (target) : NULL);
}

/* ---- waiting ----------------------------------------------------------------------------- */

typedef struct { DeskCondition condition; Desk *desk; gconstpointer what; } Wanted;

static gboolean
is_met (gpointer data)
{
  const Wanted *wanted = data;
  return wanted->condition (wanted->desk, wanted->what);
}

gint64
desk_wait_with (Field *field, Desk *desk, DeskCondition condition, gconstpointer what, const char *text)
{
  gint64 start = g_get_monotonic_time ();

  if (!field_run (field, is_met, &(Wanted) { condition, desk, what }, PATIENCE))
    g_error ("not within %d s: %s; last notice: %s; person: %s, sign: %d; unacknowledged: %u", PATIENCE, text, desk->told,
             ui_session_get_person (desk->session), ui_session_get_sign (desk->session),
             ui_session_count_unacked (desk->session, 1));
  return g_get_monotonic_time () - start;
}

gboolean
desk_is_live (Desk *desk, gconstpointer nothing)
{
  return ui_session_is_live (desk->session) && !gtk_widget_has_css_class (GTK_WIDGET (desk->window), "not-live");
}

gboolean
desk_is_told (Desk *desk, gconstpointer part)
{
  return desk->told != NULL && strstr (desk->told, part) != NULL;
}

gboolean
desk_says (Desk *desk, gconstpointer text)
{
  return screen_says (GTK_WIDGET (desk->window), text);
}

gboolean
desk_is_silent (Desk *desk, gconstpointer text)
{
  return !desk_says (desk, text);
}

static UiAlarm *
alarm_of (Desk *desk, const char *id)
{
  return ui_alarm_list_find (ui_session_get_alarms (desk->session), id);
}

gboolean
desk_has_alarm (Desk *desk, gconstpointer id)
{
  return alarm_of (desk, id) != NULL;
}

gboolean
desk_is_acked (Desk *desk, gconstpointer id)
{
  return alarm_of (desk, id) != NULL && !ui_alarm_is_unacked (alarm_of (desk, id));
}

/* ---- what is on the screen --------------------------------------------------------------- */

static GtkWidget *
search (GtkWidget *below, ScreenMatch is, gconstpointer what, gboolean unseen)
{
  if (below == NULL || (!unseen && !gtk_widget_get_mapped (below)))
    return NULL;
  if (is (below, what))
    return below;
  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = search (child, is, what, unseen);
    if (found != NULL)
      return found;
  }
  return NULL;
}

GtkWidget *
screen_find (GtkWidget *below, ScreenMatch is, gconstpointer what)
{
  return search (below, is, what, FALSE);
}

GtkWidget *
unseen_find (GtkWidget *below, ScreenMatch is, gconstpointer what)
{
  return search (below, is, what, TRUE);
}

static gboolean
is_named (GtkWidget *widget, gconstpointer name)
{
  return g_str_equal (gtk_widget_get_css_name (widget), name) || gtk_widget_has_css_class (widget, name);
}

static gboolean
is_of_type (GtkWidget *widget, gconstpointer type)
{
  return g_type_is_a (G_OBJECT_TYPE (widget), *(const GType *) type);
}

static gboolean
is_of_action (GtkWidget *widget, gconstpointer action)
{
  return GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), action) == 0;
}

static gboolean
is_labelled (GtkWidget *widget, gconstpointer label)
{
  return GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0;
}

static gboolean
holds (GtkWidget *widget, gconstpointer text)
{
  return GTK_IS_LABEL (widget) && gtk_widget_get_height (widget) >= 8
         && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
}

GtkWidget *
screen_find_named (GtkWidget *below, const char *name)
{
  return screen_find (below, is_named, name);
}

GtkWidget *
unseen_find_named (GtkWidget *below, const char *name)
{
  return unseen_find (below, is_named, name);
}

GtkWidget *
screen_find_type (GtkWidget *below, GType type)
{
  return screen_find (below, is_of_type, &type);
}

GtkWidget *
screen_find_action (GtkWidget *below, const char *action)
{
  return screen_find (below, is_of_action, action);
}

GtkWidget *
screen_find_button (GtkWidget *below, const char *label)
{
  return screen_find (below, is_labelled, label);
}

gboolean
screen_says (GtkWidget *below, const char *text)
{
  return screen_find (below, holds, text) != NULL;
}

GtkWidget *
screen_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (g_type_is_a (G_OBJECT_TYPE (window), type) && gtk_widget_get_mapped (window))
      return window;
  }
  return NULL;
}
