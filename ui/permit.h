/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Controls of what not everybody may do. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @widget can be used when it is @sensible and the person may @act; when not allowed to, the tooltip names the role that
 * it takes, else it is @tip (or NULL). */
void ui_permit (GtkWidget *widget, UiSession *session, GdpAct act, gboolean sensible, const char *tip);

G_END_DECLS
