/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "share-bar.h"

#include "tip.h"

#include <math.h>

#define WIDTH  120
#define HEIGHT 14
#define MARK   2     /* px wide */

struct _UiShareBar {
  GtkWidget parent_instance;

  double    share, mark;
};

G_DEFINE_FINAL_TYPE (UiShareBar, ui_share_bar, GTK_TYPE_WIDGET)

static void
ui_share_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH / 2 : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
ui_share_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiShareBar *self = UI_SHARE_BAR (widget);
  float width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA ink, ground;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  ground = ink;
  ground.alpha *= 0.15;
  gtk_snapshot_append_color (snapshot, &ground, &GRAPHENE_RECT_INIT (0, 3, width, height - 6));
  ground.alpha = ink.alpha * 0.7f;
  if (!isnan (self->share))
    gtk_snapshot_append_color (snapshot, &ground, &GRAPHENE_RECT_INIT (0, 3, roundf ((float) self->share * width), height - 6));
  if (!isnan (self->mark))
    gtk_snapshot_append_color (snapshot, &ink, &GRAPHENE_RECT_INIT (roundf ((float) self->mark * (width - MARK)), 0, MARK, height));
}

GtkWidget *
ui_share_bar_new (double share, double mark, const char *text)
{
  UiShareBar *self = g_object_new (UI_TYPE_SHARE_BAR, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, NULL);

  self->share = isnan (share) ? share : CLAMP (share, 0, 1);
  self->mark = isnan (mark) ? mark : CLAMP (mark, 0, 1);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  ui_tip_set (GTK_WIDGET (self), text);
  return GTK_WIDGET (self);
}

static void
ui_share_bar_class_init (UiShareBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->measure = ui_share_bar_measure;
  widget_class->snapshot = ui_share_bar_snapshot;
  gtk_widget_class_set_css_name (widget_class, "sharebar");
}

static void
ui_share_bar_init (UiShareBar *self)
{
}
