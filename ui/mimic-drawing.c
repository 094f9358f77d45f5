/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mimic-drawing.h"

#include <glib/gi18n.h>
#include <librsvg/rsvg.h>

struct UiMimicDrawing {
  char       *path;
  RsvgHandle *handle;
  char       *style;          /* stylesheet in force */
  double      width, height;
  GPtrArray  *tags[3];        /* owned strings, NULL-terminated, one array a prefix */
};

static const char *const prefixes[] = { "value:", "state:", "point:" };

/* The night theme of the classes that mimics use; the day theme is the file's own. */
static const char night_style[] =
  ".wall { stroke: #6b7278 !important; }"
  ".pipe { stroke: #a7aeb4 !important; }"
  ".thin { stroke: #a7aeb4 !important; }"
  ".device { fill: #2a2f33 !important; stroke: #cdd2d6 !important; }"
  ".solid { fill: #cdd2d6 !important; stroke: #cdd2d6 !important; }"
  ".doubt { fill: #2a2f33 !important; stroke: #cdd2d6 !important; }"
  ".field { fill: #1f2326 !important; stroke: #4a5157 !important; }"
  "text { fill: #b6bdc3 !important; }";

G_DEFINE_QUARK (ui-mimic-error-quark, ui_mimic_error)

static guint
prefix_of (const char *id)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (id, prefixes[i]))
      break;
  return i;
}

static void
on_element (GMarkupParseContext *context, const char *element, const char **names, const char **values,
            gpointer user_data, GError **error)
{
  UiMimicDrawing *drawing = user_data;

  for (guint i = 0; names[i] != NULL; i++) {
    guint prefix;

    if (strcmp (names[i], "id") != 0)
      continue;
    prefix = prefix_of (values[i]);
    if (prefix < G_N_ELEMENTS (prefixes))
      g_ptr_array_add (drawing->tags[prefix], g_strdup (values[i] + strlen (prefixes[prefix])));
  }
}

static gboolean
find_tags (UiMimicDrawing *drawing, const char *bytes, gsize size, GError **error)
{
  static const GMarkupParser parser = { .start_element = on_element };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, drawing, NULL);
  g_autoptr (GError) problem = NULL;

  if (!g_markup_parse_context_parse (context, bytes, size, &problem) ||
      !g_markup_parse_context_end_parse (context, &problem)) {
    g_set_error (error, UI_MIMIC_ERROR, UI_MIMIC_ERROR_NOT_SVG, _("%s is not a well-formed SVG: %s"),
                 drawing->path, problem->message);
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    g_ptr_array_add (drawing->tags[i], NULL);
  return TRUE;
}

static gboolean
read_file (const char *path, char **bytes, gsize *size, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GError) problem = NULL;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, &problem);
  if (info != NULL && g_file_info_get_size (info) > UI_MIMIC_MAX_BYTES) {
    g_set_error (error, UI_MIMIC_ERROR, UI_MIMIC_ERROR_TOO_LARGE,
                 _("%s is larger than %d MiB; simplify the drawing"), path, UI_MIMIC_MAX_BYTES >> 20);
    return FALSE;
  }
  if (info == NULL || !g_file_get_contents (path, bytes, size, &problem)) {
    g_set_error (error, UI_MIMIC_ERROR, UI_MIMIC_ERROR_UNREADABLE, _("Cannot read %s: %s"), path, problem->message);
    return FALSE;
  }
  return TRUE;
}

static UiMimicDrawing *
drawing_new (const char *path, const char *bytes, gsize size, GError **error)
{
  g_autoptr (UiMimicDrawing) drawing = g_new0 (UiMimicDrawing, 1);
  g_autoptr (GError) problem = NULL;

  drawing->path = g_strdup (path);
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    drawing->tags[i] = g_ptr_array_new_with_free_func (g_free);
  if (!find_tags (drawing, bytes, size, error))
    return NULL;

  /* From bytes and without a base file, so that librsvg has nothing to resolve references against. */
  drawing->handle = rsvg_handle_new_from_data ((const guint8 *) bytes, size, &problem);
  if (drawing->handle == NULL) {
    g_set_error (error, UI_MIMIC_ERROR, UI_MIMIC_ERROR_NOT_SVG, _("%s is not an SVG drawing: %s"), path,
                 problem->message);
    return NULL;
  }
  RsvgRectangle box;
  gboolean has_width, has_height, has_box;
  RsvgLength width, height;
  rsvg_handle_get_intrinsic_dimensions (drawing->handle, &has_width, &width, &has_height, &height, &has_box, &box);
  if (!has_box || box.width <= 0 || box.height <= 0) {
    g_set_error (error, UI_MIMIC_ERROR, UI_MIMIC_ERROR_NOT_SVG, _("%s has no viewBox; give the drawing one"), path);
    return NULL;
  }
  drawing->width = box.width;
  drawing->height = box.height;
  return g_steal_pointer (&drawing);
}

UiMimicDrawing *
ui_mimic_drawing_load (const char *path, GError **error)
{
  g_autofree char *bytes = NULL;
  gsize size;

  return read_file (path, &bytes, &size, error) ? drawing_new (path, bytes, size, error) : NULL;
}

UiMimicDrawing *
ui_mimic_drawing_load_resource (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  return bytes != NULL ? drawing_new (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error) : NULL;
}

void
ui_mimic_drawing_free (UiMimicDrawing *drawing)
{
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    g_clear_pointer (&drawing->tags[i], g_ptr_array_unref);
  g_clear_object (&drawing->handle);
  g_free (drawing->style);
  g_free (drawing->path);
  g_free (drawing);
}

const char *const *
ui_mimic_drawing_tags (const UiMimicDrawing *drawing, const char *prefix)
{
  return (const char *const *) drawing->tags[prefix_of (prefix)]->pdata;
}

void
ui_mimic_drawing_size (const UiMimicDrawing *drawing, double *width, double *height)
{
  *width = drawing->width;
  *height = drawing->height;
}

gboolean
ui_mimic_drawing_box (UiMimicDrawing *drawing, const char *prefix, const char *tag, graphene_rect_t *box)
{
  g_autofree char *id = g_strconcat ("#", prefix, tag, NULL);
  const RsvgRectangle viewport = { 0, 0, drawing->width, drawing->height };
  RsvgRectangle ink, logical;

  if (!rsvg_handle_get_geometry_for_layer (drawing->handle, id, &viewport, &ink, &logical, NULL))
    return FALSE;
  *box = GRAPHENE_RECT_INIT (logical.x, logical.y, logical.width, logical.height);
  return logical.width > 0 && logical.height > 0;
}

/* An id as a CSS selector: every character that is no letter or digit escaped by its code. */
static void
append_selector (GString *css, const char *prefix, const char *tag)
{
  g_autofree char *id = g_strconcat (prefix, tag, NULL);

  g_string_append_c (css, '#');
  for (const char *c = id; *c != '\0'; c++) {
    if (g_ascii_isalnum (*c))
      g_string_append_c (css, *c);
    else
      g_string_append_printf (css, "\\%x ", (guchar) *c);
  }
}

static void
append_state (GString *css, const char *tag, int state)
{
  static const char *const classes[] = { ".s0", ".s1", ".unknown" };
  guint shown = state == 0 || state == 1 ? (guint) state : 2;

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++) {
    append_selector (css, "state:", tag);
    g_string_append_printf (css, " %s { display: %s !important; }", classes[i], i == shown ? "inline" : "none");
  }
}

gboolean
ui_mimic_drawing_style (UiMimicDrawing *drawing, GHashTable *states, gboolean night)
{
  g_autoptr (GString) css = g_string_new (night ? night_style : "");

  for (const char *const *tag = ui_mimic_drawing_tags (drawing, "point:"); *tag != NULL; tag++)
    if (!g_hash_table_contains (states, *tag)) {
      append_selector (css, "point:", *tag);
      g_string_append (css, " { display: none !important; }");
    }
  for (const char *const *tag = ui_mimic_drawing_tags (drawing, "state:"); *tag != NULL; tag++)
    append_state (css, *tag, GPOINTER_TO_INT (g_hash_table_lookup (states, *tag)));

  if (g_strcmp0 (css->str, drawing->style) == 0)
    return FALSE;
  g_free (drawing->style);
  drawing->style = g_string_free (g_steal_pointer (&css), FALSE);
  return TRUE;
}

/* 11 pt on the screen if there is room for it: what is drawn leaves room for 22 and 18 units. */
static char *
text_style (const UiMimicDrawing *drawing, int width, int factor)
{
  const double wanted = 11 * 96 / 72.0;
  double size = wanted * factor * drawing->width / width;

  return g_strdup_printf (".note { font-size: %dpx !important; } .tag { font-size: %dpx !important; }",
                          (int) CLAMP (size, 18, 22), (int) CLAMP (size, 16, 18));
}

/* The document over @viewport of a picture of @width × @height pixels. */
static cairo_surface_t *
render (UiMimicDrawing *drawing, const char *style, const RsvgRectangle *viewport, int width, int height,
        GError **error)
{
  cairo_surface_t *surface;
  cairo_t *cr;
  gboolean ok;

  if (!rsvg_handle_set_stylesheet (drawing->handle, (const guint8 *) style, strlen (style), error))
    return NULL;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cr = cairo_create (surface);
  ok = rsvg_handle_render_document (drawing->handle, cr, viewport, error);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  if (!ok)
    g_clear_pointer (&surface, cairo_surface_destroy);
  return surface;
}

cairo_surface_t *
ui_mimic_drawing_render (UiMimicDrawing *drawing, int width, int height, int factor, GError **error)
{
  g_autofree char *text = text_style (drawing, width, factor);
  g_autofree char *style = g_strconcat (text, drawing->style, NULL);

  return render (drawing, style, &(RsvgRectangle) { 0, 0, width, height }, width, height, error);
}

static GdkTexture *
texture_of (cairo_surface_t *surface)
{
  int stride = cairo_image_surface_get_stride (surface), height = cairo_image_surface_get_height (surface);
  g_autoptr (GBytes) bytes = g_bytes_new (cairo_image_surface_get_data (surface), (gsize) stride * height);

  return gdk_memory_texture_new (cairo_image_surface_get_width (surface), height, GDK_MEMORY_DEFAULT, bytes, stride);
}

GdkTexture *
ui_mimic_drawing_render_part (UiMimicDrawing *drawing, const graphene_rect_t *part, int factor, GError **error)
{
  const RsvgRectangle viewport = { -part->origin.x * factor, -part->origin.y * factor,
                                   drawing->width * factor, drawing->height * factor };
  cairo_surface_t *surface = render (drawing, drawing->style != NULL ? drawing->style : "", &viewport,
                                     part->size.width * factor, part->size.height * factor, error);
  GdkTexture *texture = surface != NULL ? texture_of (surface) : NULL;

  g_clear_pointer (&surface, cairo_surface_destroy);
  return texture;
}
