/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On top of every page: the three most important unacknowledged alarms, how many there are of each
 * priority, how much nobody is told about, whether anything can be heard, who works here, what time it is and whether the
 * server lives. */
#pragma once

#include "horn.h"
#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_BANNER (ui_banner_get_type ())
G_DECLARE_FINAL_TYPE (UiBanner, ui_banner, UI, BANNER, GtkWidget)

void ui_banner_set_session (UiBanner *self, UiSession *session);
void ui_banner_set_wide    (UiBanner *self, gboolean wide);   /* room for the alarms' times */
void ui_banner_set_horn    (UiBanner *self, UiHorn *horn);   /* NULL = without sound */
void ui_banner_show_untold (UiBanner *self);   /* opens the list of what is not being told */

G_END_DECLS
