/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "point-menu.h"

#include "decision-menu.h"
#include "permit.h"

#include <glib/gi18n.h>

static const GdpPoint *
point_of (UiSession *session, UiPoint *item)
{
  GdpNetwork *network = ui_session_get_network (session);
  guint index = item != NULL ? ui_point_get_index (item) : G_MAXUINT;

  return network != NULL && index < network->n_points ? &network->points[index] : NULL;
}

/* Its point when @item is an output, else NULL. */
static const GdpPoint *
output_of (UiSession *session, UiPoint *item)
{
  const GdpPoint *point = point_of (session, item);

  return point != NULL && gdp_network_output (ui_session_get_network (session), ui_point_get_index (item)) != NULL ? point : NULL;
}

static void
on_activate (GtkColumnView *points, guint position, UiSession *session)
{
  g_autoptr (UiPoint) item = g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (points)), position);
  const GdpPoint *output = output_of (session, item);

  if (output != NULL)
    gtk_widget_activate_action (GTK_WIDGET (points), "win.switch-output", "s", output->id);
}

static void
fill (GtkWidget *box, gpointer item, UiSession *session)
{
  const GdpPoint *point = point_of (session, item), *output = output_of (session, item);

  if (output != NULL)
    ui_permit (ui_row_menu_add_item (box, _("Switch…"), "win.switch-output", g_variant_new_string (output->id)), session,
               GDP_ACT_SWITCH, ui_session_is_live (session), NULL);   /* after its action said it may */
  if (point != NULL)
    ui_decision_menu_fill (box, point->id, session);
  if (point != NULL)   /* to see them takes no role */
    ui_row_menu_add_item (box, _("Limits…"), "win.limits", g_variant_new_string (point->id));
}

void
ui_point_menu_add (GtkColumnView *points, UiSession *session)
{
  ui_row_menu_add (points, session, fill);
  g_signal_connect_object (points, "activate", G_CALLBACK (on_activate), session, 0);
}
