/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mimic's SVG: what it has to bind, how it is styled, and its picture.
 *
 * Convention (also in the head of every mimic that ships): elements are bound by id.
 *   point:TAG   shown only when the site has the point TAG
 *   value:TAG   a box over which the value of TAG is written
 *   state:TAG   a group whose children of class s0, s1 and unknown are shown one at a time
 * Nothing outside the file is ever loaded: no images, no styles, no scripts. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_MIMIC_MAX_BYTES (4 * 1024 * 1024)

typedef enum {
  UI_MIMIC_ERROR_UNREADABLE,   /* no file, no right */
  UI_MIMIC_ERROR_TOO_LARGE,
  UI_MIMIC_ERROR_NOT_SVG,      /* malformed, or without a size */
} UiMimicError;
#define UI_MIMIC_ERROR (ui_mimic_error_quark ())
GQuark ui_mimic_error_quark (void);

typedef struct UiMimicDrawing UiMimicDrawing;

/* The error names the file and, for malformed XML, the line. */
UiMimicDrawing *ui_mimic_drawing_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A drawing that is part of the program. */
UiMimicDrawing *ui_mimic_drawing_load_resource (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void            ui_mimic_drawing_free (UiMimicDrawing *drawing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiMimicDrawing, ui_mimic_drawing_free)

/* Tags that the drawing binds with @prefix ("value:", "state:", "point:"), in document order. */
const char *const *ui_mimic_drawing_tags (const UiMimicDrawing *drawing, const char *prefix);

/* Size in the drawing's own units. */
void     ui_mimic_drawing_size (const UiMimicDrawing *drawing, double *width, double *height);
/* Where the element @prefix@tag stands, in the drawing's own units; FALSE when it has no area. */
gboolean ui_mimic_drawing_box  (UiMimicDrawing *drawing, const char *prefix, const char *tag, graphene_rect_t *box);

/**
 * ui_mimic_drawing_style:
 * @states: tag → GINT_TO_POINTER (0, 1, or anything else for unknown); a tag that is absent is a
 *   point that the site does not have
 * @night: dark theme
 *
 * Returns TRUE when the picture changed and must be rendered again.
 */
gboolean ui_mimic_drawing_style (UiMimicDrawing *drawing, GHashTable *states, gboolean night);

/* The picture, @width × @height pixels; @factor of them are one pixel of the screen's text. Where the
 * drawing is small its notes and tags are larger. (transfer full) */
cairo_surface_t *ui_mimic_drawing_render (UiMimicDrawing *drawing, int width, int height, int factor, GError **error);
/* What lies in @part of the drawing (its own units), @factor pixels a unit. (transfer full) */
GdkTexture *ui_mimic_drawing_render_part (UiMimicDrawing *drawing, const graphene_rect_t *part, int factor,
                                          GError **error);

G_END_DECLS
