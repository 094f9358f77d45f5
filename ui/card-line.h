/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of a site's page: what comes next about its worst alarm, how much time there is, and the way to its response
 * card; nothing when there is no alarm. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_CARD_LINE (ui_card_line_get_type ())
G_DECLARE_FINAL_TYPE (UiCardLine, ui_card_line, UI, CARD_LINE, GtkWidget)

void        ui_card_line_set_session (UiCardLine *self, UiSession *session);
/* @site: index, G_MAXUINT = none. */
void        ui_card_line_show        (UiCardLine *self, guint site);
/* The worst alarm of the site, by id; NULL = it has none. Borrowed. */
const char *ui_card_line_get_alarm   (UiCardLine *self);

G_END_DECLS
