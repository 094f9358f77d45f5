/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mimic.h"

#include "flash.h"
#include "glyph.h"
#include "permit.h"
#include "tip.h"

#include <glib/gi18n.h>
#include <math.h>

/* Values are written in this size in the drawing's units, and never smaller than this on the screen. */
static const double value_units = 20, value_floor = 10 * 96 / 72.0, value_most = 16;

/* One bound point: its label where the drawing has a value box, its alarm symbol, its state. */
typedef struct {
  UiMimic        *mimic;
  UiPoint        *point;        /* owned */
  char           *tag;
  GtkWidget      *label;        /* child, or NULL: a state without a value */
  GtkWidget      *actuator;     /* child over the symbol of an output, or NULL: opens the dialog that switches it */
  GtkWidget      *glyph;        /* child: the alarm's symbol, a state's hover area */
  graphene_rect_t box;          /* in the drawing's units */
  gulong          changed;
} Mark;

struct _UiMimic {
  GtkWidget       parent_instance;

  /* borrowed from GTK while rooted */
  GtkSettings    *settings;

  /* owned */
  UiSession      *session;
  UiMimicDrawing *drawing;
  GPtrArray      *marks;
  GHashTable     *states;       /* tag of the site → its state; see ui_mimic_drawing_style() */
  GskRenderNode  *picture;
  graphene_rect_t bounds;       /* of the picture */
  double          scale;        /* px per unit of the drawing, laid out for */
  guint           fitting;      /* source */
  GtkWidget      *trouble;      /* child: why there is no picture */
  gulong          tick;
};

G_DEFINE_FINAL_TYPE (UiMimic, ui_mimic, GTK_TYPE_WIDGET)

static const int minimum_width = 420, natural_width = 1000;
#define TARGET 32   /* px */

/* ---- marks ------------------------------------------------------------------------------ */

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  g_signal_handler_disconnect (mark->point, mark->changed);
  g_clear_object (&mark->point);
  g_clear_pointer (&mark->label, gtk_widget_unparent);
  g_clear_pointer (&mark->actuator, gtk_widget_unparent);
  g_clear_pointer (&mark->glyph, gtk_widget_unparent);
  g_free (mark->tag);
  g_free (mark);
}

static void
restyle (UiMimic *self)
{
  gboolean night = FALSE;

  if (self->drawing == NULL)
    return;
  if (self->settings != NULL)
    g_object_get (self->settings, "gtk-application-prefer-dark-theme", &night, NULL);
  if (ui_mimic_drawing_style (self->drawing, self->states, night)) {
    g_clear_pointer (&self->picture, gsk_render_node_unref);
    gtk_widget_queue_draw (GTK_WIDGET (self));
  }
}

static void
on_scale_factor (UiMimic *self)
{
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static int
state_of (UiMimic *self, guint point)
{
  const GdpReading *reading = ui_session_get_reading (self->session, point);

  if (reading == NULL || isnan (reading->value) || !ui_session_is_live (self->session) ||
      gdp_reason_quality (reading->reason) == GDP_QUALITY_BAD)
    return -1;
  return reading->value != 0;
}

/* A box that is too small for number and unit keeps the number: the table beside has the unit. */
static void
write_value (Mark *mark, const UiValue *value)
{
  UiMimic *self = mark->mimic;
  double room = mark->box.size.width * self->scale - 4;
  /* Nor is there room for a reason: it is in the tooltip, and in the table. */
  const char *shown = value->look == UI_LOOK_BAD ? "—" : value->text, *gap = value->mark[0] != '\0' ? "\u2009" : "";
  g_autofree char *bare = g_strconcat (shown, gap, value->mark, NULL);
  g_autofree char *whole = value->unit[0] != '\0' ? g_strconcat (shown, "\u2009", value->unit, gap, value->mark, NULL)
                                                  : g_strdup (bare);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (mark->label, whole);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width;

  pango_attr_list_insert (attributes, pango_attr_size_new_absolute (
                            CLAMP (value_units * self->scale, value_floor, value_most) * PANGO_SCALE));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_label_set_attributes (GTK_LABEL (mark->label), attributes);
  gtk_label_set_label (GTK_LABEL (mark->label), width <= room ? whole : bare);
}

static void
mark_update (Mark *mark)
{
  UiMimic *self = mark->mimic;
  guint index = ui_point_get_index (mark->point);
  const char *name = ui_point_name (ui_point_get_config (mark->point));
  UiAlarm *alarm = ui_session_point_alarm (self->session, index);
  g_auto (UiValue) value = { 0 };
  g_autofree char *said = NULL;

  ui_session_describe (self->session, index, &value);
  /* Translators: a point's name, its value, its unit, its age or nothing */
  said = g_strstrip (g_strdup_printf (_("%s: %s %s %s"), name, value.text, value.unit, value.age));
  if (mark->label != NULL) {
    const char *classes[] = { "mimic-value", ui_look_class (value.look), NULL };

    gtk_widget_set_css_classes (mark->label, classes);
    write_value (mark, &value);
    ui_tip_set (mark->label, value.detail[0] != '\0' ? value.detail : said);
    gtk_accessible_update_property (GTK_ACCESSIBLE (mark->label), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  }
  if (mark->actuator != NULL) {
    ui_permit (mark->actuator, self->session, GDP_ACT_SWITCH, ui_session_is_live (self->session), said);
    gtk_accessible_update_property (GTK_ACCESSIBLE (mark->actuator), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  }
  ui_glyph_set_alarm (UI_GLYPH (mark->glyph), alarm);
  ui_tip_set (mark->glyph, said);
  gtk_accessible_update_property (GTK_ACCESSIBLE (mark->glyph), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  g_hash_table_insert (self->states, g_strdup (mark->tag), GINT_TO_POINTER (state_of (self, index)));
}

static void
on_point_changed (UiPoint *point, Mark *mark)
{
  mark_update (mark);
  restyle (mark->mimic);
}

static void
on_tick (UiSession *session, UiMimic *self)
{
  for (guint i = 0; i < self->marks->len; i++)
    mark_update (g_ptr_array_index (self->marks, i));
  restyle (self);
}

/* Outside the allocation, where texts may change. */
static gboolean
refit (gpointer data)
{
  UiMimic *self = data;

  self->fitting = 0;
  for (guint i = 0; i < self->marks->len; i++)
    mark_update (g_ptr_array_index (self->marks, i));
  return G_SOURCE_REMOVE;
}

static GtkWidget *
actuator_new (UiMimic *self, const char *point)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "actuator");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", point);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.switch-output");
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  return button;
}

static void
add_mark (UiMimic *self, guint point, const char *tag, const char *prefix)
{
  graphene_rect_t box;
  Mark *mark;

  if (!ui_mimic_drawing_box (self->drawing, prefix, tag, &box))
    return;
  mark = g_new0 (Mark, 1);
  mark->mimic = self;
  mark->tag = g_strdup (tag);
  mark->box = box;
  mark->point = ui_session_ref_point (self->session, point);
  mark->changed = g_signal_connect (mark->point, "changed", G_CALLBACK (on_point_changed), mark);
  if (g_str_equal (prefix, "value:")) {
    mark->label = gtk_label_new (NULL);
    gtk_widget_set_parent (mark->label, GTK_WIDGET (self));
  }
  if (gdp_network_output (ui_session_get_network (self->session), point) != NULL)
    mark->actuator = actuator_new (self, ui_point_get_config (mark->point)->id);
  mark->glyph = ui_glyph_new ();
  gtk_widget_set_parent (mark->glyph, GTK_WIDGET (self));
  g_ptr_array_add (self->marks, mark);
}

static void
bind_points (UiMimic *self, guint site_index)
{
  static const char *const prefixes[] = { "value:", "state:" };
  const GdpNetwork *network = ui_session_get_network (self->session);
  const GdpSite *site = &network->sites[site_index];

  for (guint p = site->first_point; p < site->first_point + site->n_points; p++) {
    const char *tag = gdp_point_tag (&network->points[p]);

    g_hash_table_insert (self->states, g_strdup (tag), GINT_TO_POINTER (-1));
    for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
      if (g_strv_contains (ui_mimic_drawing_tags (self->drawing, prefixes[i]), tag))
        add_mark (self, p, tag, prefixes[i]);
  }
}

/* ---- what is shown ----------------------------------------------------------------------- */

static void
say_trouble (UiMimic *self, const char *text)
{
  gtk_label_set_label (GTK_LABEL (self->trouble), text);
  gtk_widget_set_visible (self->trouble, text[0] != '\0');
}

static void
forget (UiMimic *self)
{
  g_ptr_array_set_size (self->marks, 0);
  g_hash_table_remove_all (self->states);
  g_clear_pointer (&self->drawing, ui_mimic_drawing_free);
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  if (self->session != NULL)
    g_clear_signal_handler (&self->tick, self->session);
  g_clear_object (&self->session);
}

void
ui_mimic_show (UiMimic *self, UiSession *session, guint site, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (UI_IS_MIMIC (self));

  forget (self);
  say_trouble (self, "");
  if (site == G_MAXUINT)
    return;
  self->session = g_object_ref (session);
  self->drawing = path != NULL ? ui_mimic_drawing_load (path, &error) : NULL;
  if (self->drawing == NULL) {
    say_trouble (self, error != NULL ? error->message : _("This site has no mimic"));
    return;
  }
  bind_points (self, site);
  self->tick = g_signal_connect (session, "tick", G_CALLBACK (on_tick), self);
  on_tick (session, self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* ---- the widget -------------------------------------------------------------------------- */

/* Where the drawing lies in a widget of this size: whole, undistorted, centred. */
static double
fit (UiMimic *self, int width, int height, graphene_point_t *origin)
{
  double own_width, own_height, scale;

  ui_mimic_drawing_size (self->drawing, &own_width, &own_height);
  scale = MIN (width / own_width, height / own_height);
  *origin = GRAPHENE_POINT_INIT (floor ((width - own_width * scale) / 2), floor ((height - own_height * scale) / 2));
  return scale;
}

static void
ui_mimic_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                  int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiMimic *self = UI_MIMIC (widget);
  double width = 5, height = 3;

  if (self->drawing != NULL)
    ui_mimic_drawing_size (self->drawing, &width, &height);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = minimum_width;
    *natural = natural_width;
  } else {
    *minimum = minimum_width * height / width;
    *natural = (for_size > 0 ? for_size : natural_width) * height / width;
  }
}

/* Over the symbol and a little around it; never smaller than a finger or an unsteady mouse needs. */
static void
cover (GtkWidget *child, double left, double top, double width, double height)
{
  double w = MAX (width + 12, TARGET), h = MAX (height + 12, TARGET);
  GtkRequisition least;

  gtk_widget_get_preferred_size (child, &least, NULL);
  w = MAX (w, least.width);
  h = MAX (h, least.height);
  gtk_widget_size_allocate (child, &(GtkAllocation) { round (left + (width - w) / 2), round (top + (height - h) / 2),
                                                      ceil (w), ceil (h) }, -1);
}

/* Centres @child on (x, y), at its natural size. */
static void
place (GtkWidget *child, double x, double y)
{
  GtkRequisition size;

  gtk_widget_get_preferred_size (child, NULL, &size);
  gtk_widget_size_allocate (child, &(GtkAllocation) { round (x - size.width / 2.0), round (y - size.height / 2.0),
                                                      size.width, size.height }, -1);
}

static void
ui_mimic_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiMimic *self = UI_MIMIC (widget);
  graphene_point_t origin;
  double scale;

  if (gtk_widget_get_visible (self->trouble))
    gtk_widget_size_allocate (self->trouble, &(GtkAllocation) { 0, 0, width, height }, -1);
  if (self->drawing == NULL)
    return;
  scale = fit (self, width, height, &origin);
  if (scale != self->scale && self->fitting == 0)
    self->fitting = g_idle_add_full (G_PRIORITY_HIGH_IDLE, refit, self, NULL);
  self->scale = scale;
  for (guint i = 0; i < self->marks->len; i++) {
    Mark *mark = g_ptr_array_index (self->marks, i);
    double left = origin.x + mark->box.origin.x * scale, top = origin.y + mark->box.origin.y * scale;

    if (mark->label != NULL)
      place (mark->label, left + mark->box.size.width * scale / 2, top + mark->box.size.height * scale / 2);
    if (mark->actuator != NULL)
      cover (mark->actuator, left, top, mark->box.size.width * scale, mark->box.size.height * scale);
    /* A badge on the edge, that hides neither value nor symbol. */
    place (mark->glyph, left + (mark->label != NULL ? 8 : -8), top - 10);
  }
}

/* The drawing as a node that stays the same until a state or the size changes: a texture would be converted
 * anew by the cairo renderer of GTK 4.8, pixel by pixel, whenever anything anywhere is drawn. */
static GskRenderNode *
picture_new (UiMimic *self, const graphene_rect_t *bounds, int factor)
{
  g_autoptr (GError) error = NULL;
  GskRenderNode *node;
  cairo_surface_t *surface = ui_mimic_drawing_render (self->drawing, bounds->size.width * factor,
                                                      bounds->size.height * factor, factor, &error);
  cairo_t *cr;

  if (surface == NULL) {
    g_warning ("The mimic cannot be drawn: %s", error->message);
    return NULL;
  }
  node = gsk_cairo_node_new (bounds);
  cr = gsk_cairo_node_get_draw_context (node);
  cairo_surface_set_device_scale (surface, factor, factor);
  cairo_set_source_surface (cr, surface, bounds->origin.x, bounds->origin.y);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return node;
}

static void
ui_mimic_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiMimic *self = UI_MIMIC (widget);
  double own_width, own_height, scale;
  graphene_point_t origin;
  graphene_rect_t bounds;

  if (self->drawing == NULL) {
    gtk_widget_snapshot_child (widget, self->trouble, snapshot);
    return;
  }
  scale = fit (self, gtk_widget_get_width (widget), gtk_widget_get_height (widget), &origin);
  ui_mimic_drawing_size (self->drawing, &own_width, &own_height);
  bounds = GRAPHENE_RECT_INIT (origin.x, origin.y, ceil (own_width * scale), ceil (own_height * scale));
  if (self->picture == NULL || !graphene_rect_equal (&self->bounds, &bounds)) {
    g_clear_pointer (&self->picture, gsk_render_node_unref);
    self->picture = picture_new (self, &bounds, gtk_widget_get_scale_factor (widget));
    self->bounds = bounds;
  }
  if (self->picture != NULL)
    gtk_snapshot_append_node (snapshot, self->picture);
  ui_flash_snapshot (widget, snapshot, 1);
  for (guint i = 0; i < self->marks->len; i++) {
    Mark *mark = g_ptr_array_index (self->marks, i);

    if (mark->label != NULL)
      gtk_widget_snapshot_child (widget, mark->label, snapshot);
    if (mark->actuator != NULL)
      gtk_widget_snapshot_child (widget, mark->actuator, snapshot);
    gtk_widget_snapshot_child (widget, mark->glyph, snapshot);
  }
}

static void
ui_mimic_root (GtkWidget *widget)
{
  UiMimic *self = UI_MIMIC (widget);

  GTK_WIDGET_CLASS (ui_mimic_parent_class)->root (widget);
  self->settings = gtk_widget_get_settings (widget);
  g_signal_connect_swapped (self->settings, "notify::gtk-application-prefer-dark-theme", G_CALLBACK (restyle), self);
  restyle (self);
}

static void
ui_mimic_unroot (GtkWidget *widget)
{
  UiMimic *self = UI_MIMIC (widget);

  g_signal_handlers_disconnect_by_func (self->settings, restyle, self);
  self->settings = NULL;
  GTK_WIDGET_CLASS (ui_mimic_parent_class)->unroot (widget);
}

static void
ui_mimic_dispose (GObject *object)
{
  UiMimic *self = UI_MIMIC (object);

  g_clear_handle_id (&self->fitting, g_source_remove);
  forget (self);
  g_clear_pointer (&self->trouble, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_mimic_parent_class)->dispose (object);
}

static void
ui_mimic_finalize (GObject *object)
{
  UiMimic *self = UI_MIMIC (object);

  g_ptr_array_unref (self->marks);
  g_hash_table_unref (self->states);
  G_OBJECT_CLASS (ui_mimic_parent_class)->finalize (object);
}

static void
ui_mimic_class_init (UiMimicClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = ui_mimic_dispose;
  object_class->finalize = ui_mimic_finalize;
  widget_class->measure = ui_mimic_measure;
  widget_class->size_allocate = ui_mimic_size_allocate;
  widget_class->snapshot = ui_mimic_snapshot;
  widget_class->root = ui_mimic_root;
  widget_class->unroot = ui_mimic_unroot;
  gtk_widget_class_set_css_name (widget_class, "mimic");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_mimic_init (UiMimic *self)
{
  self->scale = 0.75;   /* until it is known */
  self->marks = g_ptr_array_new_with_free_func (mark_free);
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->trouble = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->trouble), TRUE);
  gtk_widget_add_css_class (self->trouble, "dim-label");
  gtk_widget_set_parent (self->trouble, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (on_scale_factor), NULL);
}

GtkWidget *
ui_mimic_new (void)
{
  return g_object_new (UI_TYPE_MIMIC, NULL);
}
