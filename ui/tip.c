/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tip.h"

static GQuark
tip_quark (void)
{
  return g_quark_from_static_string ("ui-tip");
}

static gboolean
on_query (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer user_data)
{
  const char *text = g_object_get_qdata (G_OBJECT (widget), tip_quark ());

  if (text == NULL || *text == '\0')
    return FALSE;
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

void
ui_tip_set (GtkWidget *widget, const char *text)
{
  const char *before = g_object_get_qdata (G_OBJECT (widget), tip_quark ());

  if (g_strcmp0 (before, text) == 0)
    return;
  if (!gtk_widget_get_has_tooltip (widget)) {
    g_signal_connect (widget, "query-tooltip", G_CALLBACK (on_query), NULL);
    gtk_widget_set_has_tooltip (widget, TRUE);
  }
  if (text != NULL && *text != '\0')
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  g_object_set_qdata_full (G_OBJECT (widget), tip_quark (), g_strdup (text), g_free);
}

const char *
ui_tip_get (GtkWidget *widget)
{
  return g_object_get_qdata (G_OBJECT (widget), tip_quark ());
}
