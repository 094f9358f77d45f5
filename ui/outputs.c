/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outputs.h"

#include "permit.h"

#include <glib/gi18n.h>

struct _UiOutputs {
  GtkWidget  parent_instance;

  UiSession *session;    /* owned */
  GtkWidget *flow;       /* child */
  GArray    *points;     /* indexes, in the order of the flow's buttons */
};

G_DEFINE_FINAL_TYPE (UiOutputs, ui_outputs, GTK_TYPE_WIDGET)

static GtkWidget *
button_at (UiOutputs *self, guint i)
{
  return gtk_flow_box_child_get_child (gtk_flow_box_get_child_at_index (GTK_FLOW_BOX (self->flow), (int) i));
}

/* Nothing is switched on the word of a picture that is not live. */
static void
refresh (UiOutputs *self)
{
  const GdpNetwork *network = self->session != NULL ? ui_session_get_network (self->session) : NULL;

  for (guint i = 0; network != NULL && i < self->points->len; i++) {
    guint index = g_array_index (self->points, guint, i);
    g_auto (UiValue) value = { 0 };
    if (index >= network->n_points)   /* another configuration, and not shown yet */
      return;
    ui_session_describe (self->session, index, &value);
    g_autofree char *label = g_strdup_printf ("%s: %s%s", ui_point_name (&network->points[index]),
                                              value.look == UI_LOOK_BAD ? "—" : value.text, value.mark);
    gtk_button_set_label (GTK_BUTTON (button_at (self, i)), label);
    ui_permit (button_at (self, i), self->session, GDP_ACT_SWITCH, ui_session_is_live (self->session), _("Switch…"));
  }
}

static void
add_output (UiOutputs *self, const GdpPoint *point, guint index)
{
  GtkWidget *button = gtk_button_new ();

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.switch-output");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", point->id);
  gtk_flow_box_append (GTK_FLOW_BOX (self->flow), button);
  g_array_append_val (self->points, index);
}

static void
forget (UiOutputs *self)
{
  GtkFlowBoxChild *child;

  while ((child = gtk_flow_box_get_child_at_index (GTK_FLOW_BOX (self->flow), 0)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->flow), GTK_WIDGET (child));
  g_array_set_size (self->points, 0);
}

void
ui_outputs_show (UiOutputs *self, UiSession *session, guint site)
{
  const GdpNetwork *network = ui_session_get_network (session);

  if (self->session == NULL) {
    self->session = g_object_ref (session);
    g_signal_connect_object (session, "updated", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "tick", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "rights", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  }
  forget (self);
  if (network != NULL && site != G_MAXUINT) {
    const GdpSite *its = &network->sites[site];
    for (guint i = its->first_point; i < its->first_point + its->n_points; i++)
      if (gdp_network_output (network, i) != NULL)
        add_output (self, &network->points[i], i);
  }
  gtk_widget_set_visible (GTK_WIDGET (self), self->points->len > 0);
  refresh (self);
}

static void
ui_outputs_dispose (GObject *object)
{
  UiOutputs *self = UI_OUTPUTS (object);

  g_clear_pointer (&self->flow, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_outputs_parent_class)->dispose (object);
}

static void
ui_outputs_finalize (GObject *object)
{
  g_array_unref (UI_OUTPUTS (object)->points);
  G_OBJECT_CLASS (ui_outputs_parent_class)->finalize (object);
}

static void
ui_outputs_class_init (UiOutputsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_outputs_dispose;
  G_OBJECT_CLASS (class)->finalize = ui_outputs_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "outputs");
}

static void
ui_outputs_init (UiOutputs *self)
{
  self->points = g_array_new (FALSE, FALSE, sizeof (guint));
  self->flow = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->flow), 8);
  gtk_widget_set_parent (self->flow, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
