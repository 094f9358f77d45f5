/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "period-chart.h"

#include "gdp/alarm-figures.h"
#include "tip.h"
#include "when.h"

#define HEIGHT 150
#define LEFT   34     /* px for numbers */
#define ABOVE  10     /* px over the highest bar */
#define LEAST  (GDP_FIGURES_MOST_IN_PERIOD * 3 / 2)   /* alarms: the scale is never shorter, so that a quiet month looks quiet */

struct _UiPeriodChart {
  GtkWidget parent_instance;

  guint    *periods;
  gsize     n;
  guint     most;
  char     *since, *until;   /* in words */
};

G_DEFINE_FINAL_TYPE (UiPeriodChart, ui_period_chart, GTK_TYPE_WIDGET)

typedef struct {
  GtkWidget   *widget;
  GtkSnapshot *snapshot;
  GdkRGBA      ink;
  float        width, height;   /* of the plot */
  guint        top;             /* alarms at its upper edge */
} Plot;

static void
fill (const Plot *plot, float alpha, float x, float y, float width, float height)
{
  GdkRGBA colour = plot->ink;

  colour.alpha *= alpha;
  gtk_snapshot_append_color (plot->snapshot, &colour, &GRAPHENE_RECT_INIT (LEFT + x, ABOVE + y, width, height));
}

/* @align: which part of the text is at @x, 0 to 1; @y: its middle. */
static void
write_text (const Plot *plot, const char *text, float x, float align, float y)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (plot->widget, text);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (plot->snapshot);
  gtk_snapshot_translate (plot->snapshot, &GRAPHENE_POINT_INIT (LEFT + x - align * (float) width,
                                                                ABOVE + y - (float) height / 2));
  gtk_snapshot_append_layout (plot->snapshot, layout, &plot->ink);
  gtk_snapshot_restore (plot->snapshot);
}

static float
height_of (const Plot *plot, guint alarms)
{
  return (float) alarms / (float) plot->top * plot->height;
}

/* A line across and its number. */
static void
draw_level (const Plot *plot, guint alarms, float alpha)
{
  g_autofree char *text = g_strdup_printf ("%u", alarms);
  float y = plot->height - height_of (plot, alarms);

  fill (plot, alpha, 0, y, plot->width, 1);
  write_text (plot, text, -6, 1, y);
}

/* A quiet period is grey, a flood is ink. */
static void
draw_bars (const Plot *plot, const UiPeriodChart *self)
{
  guint columns = MAX ((guint) plot->width, 1);

  for (guint x = 0; x < columns; x++) {
    gsize from = self->n * x / columns, to = MAX (self->n * (x + 1) / columns, from + 1);
    guint most = 0;
    for (gsize i = from; i < MIN (to, self->n); i++)
      most = MAX (most, self->periods[i]);
    float height = MAX (height_of (plot, most), 1);
    if (most > 0)
      fill (plot, most > GDP_FIGURES_MOST_IN_PERIOD ? 1 : 0.5f, (float) x, plot->height - height, 1, height);
  }
}

static void
ui_period_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiPeriodChart *self = UI_PERIOD_CHART (widget);
  g_autoptr (PangoLayout) line = gtk_widget_create_pango_layout (widget, "0");
  int height, below;

  pango_layout_get_pixel_size (line, NULL, &height);
  below = height + 4;
  Plot plot = { .widget = widget, .snapshot = snapshot, .width = (float) (gtk_widget_get_width (widget) - LEFT),
                .height = (float) (gtk_widget_get_height (widget) - ABOVE - below), .top = MAX (self->most, LEAST) };
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &plot.ink);
  if (self->n == 0 || plot.width < 1 || plot.height < 1)
    return;
  draw_level (&plot, 0, 0.4f);
  draw_level (&plot, GDP_FIGURES_MOST_IN_PERIOD, 0.6f);
  if (self->most > GDP_FIGURES_MOST_IN_PERIOD * 3 / 2)
    draw_level (&plot, self->most, 0.15f);
  draw_bars (&plot, self);
  write_text (&plot, self->since, 0, 0, plot.height + (float) below / 2);
  write_text (&plot, self->until, plot.width, 1, plot.height + (float) below / 2);
}

static void
ui_period_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 5 * LEFT : HEIGHT;
}

void
ui_period_chart_set (UiPeriodChart *self, const guint *periods, gsize n, gint64 since, gint64 until, gint64 now, const char *text)
{
  g_free (self->periods);
  g_free (self->since);
  g_free (self->until);
  self->periods = g_memdup2 (periods, n * sizeof *periods);
  self->n = n;
  self->most = 0;
  for (gsize i = 0; i < n; i++)
    self->most = MAX (self->most, periods[i]);
  self->since = ui_when_minute_text (since, now, NULL);
  self->until = ui_when_minute_text (until, now, NULL);
  ui_tip_set (GTK_WIDGET (self), text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ui_period_chart_finalize (GObject *object)
{
  UiPeriodChart *self = UI_PERIOD_CHART (object);

  g_free (self->periods);
  g_free (self->since);
  g_free (self->until);
  G_OBJECT_CLASS (ui_period_chart_parent_class)->finalize (object);
}

static void
ui_period_chart_class_init (UiPeriodChartClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = ui_period_chart_finalize;
  widget_class->measure = ui_period_chart_measure;
  widget_class->snapshot = ui_period_chart_snapshot;
  gtk_widget_class_set_css_name (widget_class, "periodchart");
}

static void
ui_period_chart_init (UiPeriodChart *self)
{
}
