/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mimic of one site: an SVG picture, with values, states and alarm symbols of its points over it.
 *
 * The picture is rendered again only when a state, the theme or the size changes; values are
 * ordinary labels in the theme's font, so that they scale with the text and a screen reader finds them. */
#pragma once

#include "mimic-drawing.h"
#include "session.h"

G_BEGIN_DECLS

#define UI_TYPE_MIMIC (ui_mimic_get_type ())
G_DECLARE_FINAL_TYPE (UiMimic, ui_mimic, UI, MIMIC, GtkWidget)

GtkWidget *ui_mimic_new (void);

/**
 * ui_mimic_show:
 * @session: where values and alarms come from
 * @site: index of the site in the session's network, G_MAXUINT to show nothing
 * @path: the SVG file, or NULL when the site has no mimic
 *
 * What is wrong with the file is said in the mimic's place.
 */
void       ui_mimic_show (UiMimic *self, UiSession *session, guint site, const char *path);

G_END_DECLS
