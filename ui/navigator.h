/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All sites by region, with the worst that is known of each, its main value, and a search by number,
 * name or address. Activating a site is the action win.site. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_NAVIGATOR (ui_navigator_get_type ())
G_DECLARE_FINAL_TYPE (UiNavigator, ui_navigator, UI, NAVIGATOR, GtkWidget)

void ui_navigator_set_session (UiNavigator *self, UiSession *session);
void ui_navigator_find        (UiNavigator *self);                      /* puts the cursor into the search */
void ui_navigator_select      (UiNavigator *self, const char *site);    /* marks the site shown */

G_END_DECLS
