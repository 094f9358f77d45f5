/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a site is reached: each of its links under the line doctor. Statistics are not in the feed, so they are asked
 * for again every few seconds, off the main thread and only while the panel is on the screen. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_LINK_PANEL (ui_link_panel_get_type ())
G_DECLARE_FINAL_TYPE (UiLinkPanel, ui_link_panel, UI, LINK_PANEL, GtkWidget)

void     ui_link_panel_set_session (UiLinkPanel *self, UiSession *session);
/* @site: index into the session's network of now, G_MAXUINT = none. Also after a change of the configuration. */
void     ui_link_panel_show        (UiLinkPanel *self, guint site);
/* How often it has asked the store; for tests. */
guint    ui_link_panel_n_readings  (UiLinkPanel *self);

G_END_DECLS
