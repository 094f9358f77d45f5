/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All of one unit that dials in: what it said of itself, what it is told, when it calls; both are changed here.
 * Nothing is changed before Apply, which changes the configuration in the person's name. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_UNIT_PANEL (ui_unit_panel_get_type ())
G_DECLARE_FINAL_TYPE (UiUnitPanel, ui_unit_panel, UI, UNIT_PANEL, GtkWidget)

void ui_unit_panel_set_session (UiUnitPanel *self, UiSession *session);
/* NULL = none is chosen. What was typed for another unit and not applied is dropped, and that is said. */
void ui_unit_panel_show        (UiUnitPanel *self, UiFieldUnit *unit);

G_END_DECLS
