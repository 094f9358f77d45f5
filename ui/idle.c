/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "idle.h"

#include <gtk/gtk.h>

struct UiIdle {
  UiIdleFunc  func;
  gpointer    user_data;
  GListModel *windows;     /* all there are; borrowed from GTK */
  gint64      limit;       /* µs, 0 = never */
  gint64      touched;     /* monotonic µs */
  double      x, y;        /* where the pointer was */
  guint       source;      /* 0 = not counting */
};

static void count (UiIdle *idle);

static gboolean
on_limit (gpointer data)
{
  UiIdle *idle = data;

  idle->source = 0;
  if (g_get_monotonic_time () - idle->touched < idle->limit)
    count (idle);
  else
    idle->func (idle->user_data);   /* counted again from the next touch on */
  return G_SOURCE_REMOVE;
}

/* Until the limit is reached if nothing comes any more; what comes meanwhile moves no timer. */
static void
count (UiIdle *idle)
{
  gint64 left = idle->touched + idle->limit - g_get_monotonic_time ();

  if (idle->source == 0 && idle->limit > 0)
    idle->source = g_timeout_add ((guint) (MAX (left, 0) / 1000) + 1, on_limit, idle);
}

/* Whenever what lies under the pointer moves, GTK tells anew where the pointer is. */
static gboolean
has_moved (UiIdle *idle, GdkEvent *event)
{
  double x = idle->x, y = idle->y;

  if (!gdk_event_get_position (event, &idle->x, &idle->y))
    return FALSE;
  return x != idle->x || y != idle->y;
}

static gboolean
on_event (GtkEventController *controller, GdkEvent *event, UiIdle *idle)
{
  switch (gdk_event_get_event_type (event)) {
  case GDK_MOTION_NOTIFY:
    if (!has_moved (idle, event))
      break;
    G_GNUC_FALLTHROUGH;
  case GDK_KEY_PRESS:
  case GDK_BUTTON_PRESS:
  case GDK_SCROLL:
  case GDK_TOUCH_BEGIN:
    idle->touched = g_get_monotonic_time ();
    count (idle);
    break;
  default:                         /* windows come and go, get focus and are drawn by themselves */
    break;
  }
  return GDK_EVENT_PROPAGATE;
}

static void
on_windows (GListModel *windows, guint position, guint removed, guint added, UiIdle *idle)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    GtkEventController *controller = gtk_event_controller_legacy_new ();

    gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
    g_object_set_data (G_OBJECT (controller), "gdp-idle", idle);
    g_signal_connect (controller, "event", G_CALLBACK (on_event), idle);
    gtk_widget_add_controller (window, controller);
  }
}

UiIdle *
ui_idle_new (UiIdleFunc func, gpointer user_data)
{
  UiIdle *idle = g_new0 (UiIdle, 1);

  idle->func = func;
  idle->user_data = user_data;
  idle->windows = gtk_window_get_toplevels ();
  g_signal_connect (idle->windows, "items-changed", G_CALLBACK (on_windows), idle);
  on_windows (idle->windows, 0, 0, g_list_model_get_n_items (idle->windows), idle);
  return idle;
}

void
ui_idle_set_limit (UiIdle *idle, gint64 limit)
{
  g_clear_handle_id (&idle->source, g_source_remove);
  idle->limit = limit;
  idle->touched = g_get_monotonic_time ();
  count (idle);
}

static void
forget_window (GtkWidget *window, UiIdle *idle)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (window);

  for (guint i = g_list_model_get_n_items (controllers); i-- > 0;) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
    if (g_object_get_data (G_OBJECT (controller), "gdp-idle") == idle)
      gtk_widget_remove_controller (window, controller);
  }
}

void
ui_idle_free (UiIdle *idle)
{
  g_clear_handle_id (&idle->source, g_source_remove);
  g_signal_handlers_disconnect_by_data (idle->windows, idle);
  for (guint i = 0; i < g_list_model_get_n_items (idle->windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (idle->windows, i);
    forget_window (window, idle);
  }
  g_free (idle);
}
