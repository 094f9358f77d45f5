/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steady.h"

static const char timer[] = "gdp-steady";

static gboolean
on_steady (gpointer data)
{
  g_object_steal_data (data, timer);
  gtk_widget_set_can_target (data, TRUE);
  return G_SOURCE_REMOVE;
}

static void
cancel (gpointer source)
{
  g_source_remove (GPOINTER_TO_UINT (source));
}

static void
on_moved (GtkWidget *page)
{
  if (!gtk_widget_get_mapped (page))
    return;
  gtk_widget_set_can_target (page, FALSE);
  g_object_set_data_full (G_OBJECT (page), timer, GUINT_TO_POINTER (g_timeout_add (UI_STEADY_TIME, on_steady, page)), cancel);
}

void
ui_steady_guard (GtkWidget *page)
{
  for (GtkWidget *above = gtk_widget_get_prev_sibling (page); above != NULL; above = gtk_widget_get_prev_sibling (above))
    g_signal_connect_object (above, "notify::visible", G_CALLBACK (on_moved), page, G_CONNECT_SWAPPED);
}
