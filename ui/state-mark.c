/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "state-mark.h"

#include <glib/gi18n.h>

#define SIZE 18   /* px */

struct _UiStateMark {
  GtkWidget      parent_instance;

  GdpAlarmState  state;
  GdpSuppression suppression;
};

G_DEFINE_FINAL_TYPE (UiStateMark, ui_state_mark, GTK_TYPE_WIDGET)

/* ---- shapes: paths in a square of SIZE, stroked by who calls ------------------------------------ */

static void
draw_dash (cairo_t *cr)
{
  cairo_move_to (cr, 5, 9);
  cairo_line_to (cr, 13, 9);
}

/* It calls. */
static void
draw_exclamation (cairo_t *cr)
{
  cairo_move_to (cr, 9, 2.5);
  cairo_line_to (cr, 9, 11);
  cairo_move_to (cr, 9, 14);
  cairo_line_to (cr, 9, 16);
}

static void
draw_tick (cairo_t *cr)
{
  cairo_move_to (cr, 3, 9.5);
  cairo_line_to (cr, 7, 14);
  cairo_line_to (cr, 15, 4);
}

/* It went back. */
static void
draw_back (cairo_t *cr)
{
  cairo_move_to (cr, 7, 2.5);
  cairo_line_to (cr, 3, 6.5);
  cairo_line_to (cr, 7, 10.5);
  cairo_move_to (cr, 3, 6.5);
  cairo_line_to (cr, 11, 6.5);
  cairo_arc (cr, 11, 10.5, 4, -G_PI / 2, G_PI / 2);
  cairo_line_to (cr, 7, 14.5);
}

static void
draw_shackle (cairo_t *cr)
{
  cairo_move_to (cr, 5.5, 8);
  cairo_line_to (cr, 5.5, 6);
  cairo_arc (cr, 9, 6, 3.5, G_PI, 2 * G_PI);
  cairo_line_to (cr, 12.5, 8);
}

/* Locked, and nobody has seen it. */
static void
draw_open_lock (cairo_t *cr)
{
  draw_shackle (cr);
  cairo_rectangle (cr, 3, 8, 12, 8);
  cairo_move_to (cr, 9, 9.5);
  cairo_line_to (cr, 9, 12);
  cairo_move_to (cr, 9, 13.5);
  cairo_line_to (cr, 9, 14.5);
}

static void
draw_lock (cairo_t *cr)
{
  cairo_rectangle (cr, 3, 8, 12, 8);
  cairo_fill (cr);
  draw_shackle (cr);
}

/* For a time. */
static void
draw_clock (cairo_t *cr)
{
  cairo_arc (cr, 9, 9, 6.5, 0, 2 * G_PI);
  cairo_move_to (cr, 9, 5);
  cairo_line_to (cr, 9, 9.5);
  cairo_line_to (cr, 12, 11);
}

/* Below another one. */
static void
draw_below (cairo_t *cr)
{
  cairo_move_to (cr, 4, 2.5);
  cairo_line_to (cr, 4, 11);
  cairo_line_to (cr, 14.5, 11);
  cairo_move_to (cr, 10.5, 7);
  cairo_line_to (cr, 14.5, 11);
  cairo_line_to (cr, 10.5, 15);
}

static void
draw_crossed_out (cairo_t *cr)
{
  cairo_rectangle (cr, 2.5, 2.5, 13, 13);
  cairo_move_to (cr, 5.5, 5.5);
  cairo_line_to (cr, 12.5, 12.5);
  cairo_move_to (cr, 12.5, 5.5);
  cairo_line_to (cr, 5.5, 12.5);
}

typedef void (*Draw) (cairo_t *cr);

static const Draw states[GDP_N_ALARM_STATES] = {
  [GDP_ALARM_NORMAL] = draw_dash,           [GDP_ALARM_UNACKED] = draw_exclamation,          [GDP_ALARM_ACKED] = draw_tick,
  [GDP_ALARM_RTN_UNACKED] = draw_back,      [GDP_ALARM_LATCHED_UNACKED] = draw_open_lock,    [GDP_ALARM_LATCHED] = draw_lock,
};
static const Draw suppressions[GDP_N_SUPPRESSIONS] = {
  [GDP_SUPPRESSION_SHELVED] = draw_clock, [GDP_SUPPRESSION_BY_DESIGN] = draw_below,
  [GDP_SUPPRESSION_OUT_OF_SERVICE] = draw_crossed_out,
};

static void
ui_state_mark_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiStateMark *self = UI_STATE_MARK (widget);
  Draw draw = suppressions[self->suppression] != NULL ? suppressions[self->suppression] : states[self->state];
  int x = (gtk_widget_get_width (widget) - SIZE) / 2, y = (gtk_widget_get_height (widget) - SIZE) / 2;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (x, y, SIZE, SIZE));
  GdkRGBA ink;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_translate (cr, x, y);
  cairo_set_line_width (cr, 1.7);
  draw (cr);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
ui_state_mark_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = SIZE;
}

void
ui_state_mark_set (UiStateMark *self, GdpAlarmState state, GdpSuppression suppression)
{
  self->state = state;
  self->suppression = suppression;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(suppression != GDP_SUPPRESSION_NONE ? gdp_suppression_label (suppression)
                                                                        : gdp_alarm_state_label (state)), -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ui_state_mark_class_init (UiStateMarkClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->snapshot = ui_state_mark_snapshot;
  widget_class->measure = ui_state_mark_measure;
  gtk_widget_class_set_css_name (widget_class, "statemark");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ui_state_mark_init (UiStateMark *self)
{
}

GtkWidget *
ui_state_mark_new (void)
{
  return g_object_new (UI_TYPE_STATE_MARK, NULL);
}
