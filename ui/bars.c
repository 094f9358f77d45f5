/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bars.h"

#include "tip.h"

#include <math.h>
#include <string.h>

#define GAP   1     /* px between bars */
#define LEAST 2     /* px of the smallest */

struct _UiBars {
  GtkWidget parent_instance;

  guint     n;
  int       width, height;
  float     values[UI_BARS_MOST];
};

G_DEFINE_FINAL_TYPE (UiBars, ui_bars, GTK_TYPE_WIDGET)

static void
ui_bars_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                 int *minimum_baseline, int *natural_baseline)
{
  UiBars *self = UI_BARS (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? self->width : self->height;
}

static void
ui_bars_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiBars *self = UI_BARS (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double step = (double) width / self->n;
  GdkRGBA ink, ground;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  ground = ink;
  ground.alpha *= 0.3;
  gtk_snapshot_append_color (snapshot, &ground, &GRAPHENE_RECT_INIT (0, height - 1, width, 1));
  for (guint i = 0; i < self->n; i++) {
    float left = floor (i * step), tall = MAX (LEAST, self->values[i] * (height - 1));
    if (self->values[i] > 0)
      gtk_snapshot_append_color (snapshot, &ink, &GRAPHENE_RECT_INIT (left, height - 1 - tall,
                                                                      floor ((i + 1) * step) - left - GAP, tall));
  }
}

void
ui_bars_set (UiBars *self, const float *values, guint n, const char *text)
{
  float fresh[UI_BARS_MOST] = { 0 };

  n = MIN (n, self->n);
  for (guint i = 0; i < n; i++)
    fresh[self->n - n + i] = isnan (values[i]) ? 0 : CLAMP (values[i], 0, 1);
  ui_tip_set (GTK_WIDGET (self), text);
  if (memcmp (fresh, self->values, sizeof fresh) == 0)
    return;
  memcpy (self->values, fresh, sizeof fresh);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

GtkWidget *
ui_bars_new (guint n, int width, int height)
{
  UiBars *self = g_object_new (UI_TYPE_BARS, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, NULL);

  self->n = CLAMP (n, 1, UI_BARS_MOST);
  self->width = width;
  self->height = height;
  return GTK_WIDGET (self);
}

static void
ui_bars_class_init (UiBarsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->measure = ui_bars_measure;
  widget_class->snapshot = ui_bars_snapshot;
  gtk_widget_class_set_css_name (widget_class, "bars");
}

static void
ui_bars_init (UiBars *self)
{
}
