/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "glyph.h"

#include "flash.h"

#include <glib/gi18n.h>

#define SIZE 20                  /* px */
#define SPILL 8                  /* px from a symbol to the edge of its row, or more */

struct _UiGlyph {
  GtkWidget       parent_instance;

  UiAlarm        *alarm;         /* owned */
  gulong          changed;
  guint           priority;
  GdpContactState contact;
  gboolean        flashes;

  /* owned */
  GskRenderNode  *pictures[2];   /* of the dark and the bright phase; NULL = not drawn yet */
};

G_DEFINE_FINAL_TYPE (UiGlyph, ui_glyph, GTK_TYPE_WIDGET)

/* hmi.md: colour, shape and digit say the same, so that a grey print still tells. */
static void draw_square   (cairo_t *cr);
static void draw_up       (cairo_t *cr);
static void draw_down     (cairo_t *cr);
static void draw_circle   (cairo_t *cr);

static const struct {
  void    (*draw) (cairo_t *cr);
  GdkRGBA   fill, digit;
  double    lift;                /* of the digit, px: where the shape is widest */
} looks[] = {
  [1] = { draw_square, { 0.886, 0.125, 0.157, 1 }, { 1, 1, 1, 1 },          0 },   /* #E22028 */
  [2] = { draw_up,     { 0.925, 0.525, 0.161, 1 }, { 0.07, 0.07, 0.07, 1 }, 2.5 }, /* #EC8629 */
  [3] = { draw_down,   { 0.961, 0.882, 0.106, 1 }, { 0.07, 0.07, 0.07, 1 }, -2.5 },/* #F5E11B */
  [4] = { draw_circle, { 0.569, 0.416, 0.678, 1 }, { 1, 1, 1, 1 },          0 },   /* #916AAD */
};

static void
draw_square (cairo_t *cr)
{
  cairo_rectangle (cr, 1.5, 1.5, SIZE - 3, SIZE - 3);
}

static void
draw_up (cairo_t *cr)
{
  cairo_move_to (cr, SIZE / 2.0, 0.75);
  cairo_line_to (cr, SIZE - 0.5, SIZE - 1.5);
  cairo_line_to (cr, 0.5, SIZE - 1.5);
  cairo_close_path (cr);
}

static void
draw_down (cairo_t *cr)
{
  cairo_move_to (cr, SIZE / 2.0, SIZE - 0.75);
  cairo_line_to (cr, SIZE - 0.5, 1.5);
  cairo_line_to (cr, 0.5, 1.5);
  cairo_close_path (cr);
}

static void
draw_circle (cairo_t *cr)
{
  cairo_arc (cr, SIZE / 2.0, SIZE / 2.0, SIZE / 2.0 - 1, 0, 2 * G_PI);
}

/* ---- flashing ---------------------------------------------------------------------------- */

static void
update_flashing (UiGlyph *self)
{
  gboolean should = self->alarm != NULL && ui_alarm_is_unacked (self->alarm)
                    && gtk_widget_get_mapped (GTK_WIDGET (self));

  if (should == self->flashes)
    return;
  self->flashes = should;
  if (should)
    ui_flash_join (GTK_WIDGET (self));
  else
    ui_flash_leave (GTK_WIDGET (self));
}

/* ---- drawing ----------------------------------------------------------------------------- */

static void
draw_digit (UiGlyph *self, GtkSnapshot *snapshot, guint priority, const GdkRGBA *color, double lift)
{
  char digit[] = { (char) ('0' + priority), '\0' };
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), digit);
  g_autoptr (PangoFontDescription) font = pango_font_description_new ();
  PangoRectangle ink;

  pango_font_description_set_absolute_size (font, 12 * PANGO_SCALE);
  pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_layout_get_pixel_extents (layout, &ink, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (SIZE / 2.0 - ink.width / 2.0 - ink.x,
                                                          SIZE / 2.0 - ink.height / 2.0 - ink.y + lift));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_alarm (UiGlyph *self, GtkSnapshot *snapshot, guint priority, gboolean filled, gboolean held, const GdkRGBA *ink)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, SIZE, SIZE));

  looks[priority].draw (cr);
  if (filled) {
    gdk_cairo_set_source_rgba (cr, &looks[priority].fill);
    cairo_fill_preserve (cr);
  }
  gdk_cairo_set_source_rgba (cr, filled && !held ? &(GdkRGBA) { 0, 0, 0, 0.55 } : ink);
  cairo_set_line_width (cr, filled && !held ? 1 : 1.5);
  if (held)
    cairo_set_dash (cr, (double[]) { 3, 2.5 }, 2, 0);
  cairo_stroke (cr);
  cairo_destroy (cr);
  draw_digit (self, snapshot, priority, filled ? &looks[priority].digit : ink, looks[priority].lift);
}

/* NE 107 "out of specification / no communication": outlined, never filled. */
static void
draw_contact (GtkSnapshot *snapshot, gboolean silent, const GdkRGBA *ink)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, SIZE, SIZE));

  gdk_cairo_set_source_rgba (cr, ink);
  cairo_set_line_width (cr, 1.5);
  cairo_arc (cr, SIZE / 2.0, SIZE / 2.0, SIZE / 2.0 - 3, 0, 2 * G_PI);
  if (silent) {
    cairo_move_to (cr, 5, SIZE - 5);
    cairo_line_to (cr, SIZE - 5, 5);
  } else
    cairo_set_dash (cr, (double[]) { 2, 2.5 }, 2, 0);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
draw (UiGlyph *self, GtkSnapshot *snapshot, gboolean bright)
{
  GdkRGBA ink;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &ink);
  if (self->alarm != NULL) {
    const GdpAlarm *alarm = ui_alarm_get (self->alarm);

    /* Dark phase: the bare outline, so that the eye never loses the place. */
    draw_alarm (self, snapshot, CLAMP (alarm->priority, 1, 4), alarm->active && bright,
                alarm->suppression != GDP_SUPPRESSION_NONE, &ink);
    if (!alarm->active && !bright) {  /* returned: the outline itself blinks, with a bar */
      gtk_snapshot_append_color (snapshot, &ink, &GRAPHENE_RECT_INIT (1, SIZE - 2, SIZE - 2, 2));
    }
  } else if (self->priority != 0)
    draw_alarm (self, snapshot, self->priority, TRUE, FALSE, &ink);
  else if (self->contact != GDP_CONTACT_OK && self->contact != GDP_CONTACT_SLEEPING)
    draw_contact (snapshot, self->contact == GDP_CONTACT_SILENT, &ink);
}

static void
forget_pictures (UiGlyph *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->pictures); i++)
    g_clear_pointer (&self->pictures[i], gsk_render_node_unref);
}

static void
ui_glyph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiGlyph *self = UI_GLYPH (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gboolean bright = !self->flashes || ui_flash_is_bright ();

  if (self->flashes)   /* one rectangle with the rows above and below, see flash.h */
    gtk_snapshot_append_color (snapshot, &(GdkRGBA) { bright, 0, 0, 0 },
                               &GRAPHENE_RECT_INIT (0, -SPILL, width, height + 2 * SPILL));
  if (self->pictures[bright] == NULL) {
    GtkSnapshot *own = gtk_snapshot_new ();

    draw (self, own, bright);
    self->pictures[bright] = gtk_snapshot_free_to_node (own);   /* NULL where there is nothing to show */
  }
  if (self->pictures[bright] == NULL)
    return;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((width - SIZE) / 2, (height - SIZE) / 2));
  gtk_snapshot_append_node (snapshot, self->pictures[bright]);
  gtk_snapshot_restore (snapshot);
}

static void
ui_glyph_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ui_glyph_parent_class)->css_changed (widget, change);
  forget_pictures (UI_GLYPH (widget));
}

static void
ui_glyph_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                  int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = SIZE;
}

/* ---- what is shown ----------------------------------------------------------------------- */

static void
describe (UiGlyph *self)
{
  g_autofree char *said = NULL;

  if (self->alarm != NULL)
    /* Translators: a priority's number, a condition ("High"), a state ("Unacknowledged") */
    said = g_strdup_printf (_("Priority %u: %s, %s"), ui_alarm_get (self->alarm)->priority,
                            ui_alarm_condition_text (self->alarm),
                            _(gdp_alarm_status_label (ui_alarm_get (self->alarm))));
  else if (self->priority != 0)
    said = g_strdup_printf (_("Priority %u"), self->priority);
  else if (self->contact == GDP_CONTACT_SILENT)
    said = g_strdup (_("No communication"));
  else
    said = g_strdup ("");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
}

static void
refresh (UiGlyph *self)
{
  forget_pictures (self);
  update_flashing (self);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_glyph_set_alarm (UiGlyph *self, UiAlarm *alarm)
{
  if (self->alarm == alarm)
    return;
  if (self->alarm != NULL)
    g_clear_signal_handler (&self->changed, self->alarm);
  g_set_object (&self->alarm, alarm);
  if (alarm != NULL)
    self->changed = g_signal_connect_swapped (alarm, "changed", G_CALLBACK (refresh), self);
  refresh (self);
}

void
ui_glyph_set_contact (UiGlyph *self, GdpContactState contact)
{
  if (self->contact == contact)
    return;
  self->contact = contact;
  refresh (self);
}

void
ui_glyph_set_priority (UiGlyph *self, guint priority)
{
  self->priority = priority;
  refresh (self);
}

static void
ui_glyph_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ui_glyph_parent_class)->map (widget);
  update_flashing (UI_GLYPH (widget));
}

static void
ui_glyph_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ui_glyph_parent_class)->unmap (widget);
  update_flashing (UI_GLYPH (widget));
}

static void
ui_glyph_dispose (GObject *object)
{
  ui_glyph_set_alarm (UI_GLYPH (object), NULL);
  forget_pictures (UI_GLYPH (object));
  G_OBJECT_CLASS (ui_glyph_parent_class)->dispose (object);
}

static void
ui_glyph_class_init (UiGlyphClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_glyph_dispose;
  widget_class->snapshot = ui_glyph_snapshot;
  widget_class->css_changed = ui_glyph_css_changed;
  widget_class->measure = ui_glyph_measure;
  widget_class->map = ui_glyph_map;
  widget_class->unmap = ui_glyph_unmap;
  gtk_widget_class_set_css_name (widget_class, "glyph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ui_glyph_init (UiGlyph *self)
{
  self->contact = GDP_CONTACT_OK;
}

GtkWidget *
ui_glyph_new (void)
{
  return g_object_new (UI_TYPE_GLYPH, NULL);
}
