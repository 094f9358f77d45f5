/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies ahead of a site, one sentence for each slow quantity that goes towards a limit; nothing when nothing does. Read
 * from history off the main thread, every few minutes and only while it is on the screen. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_OUTLOOK_LINE (ui_outlook_line_get_type ())
G_DECLARE_FINAL_TYPE (UiOutlookLine, ui_outlook_line, UI, OUTLOOK_LINE, GtkWidget)

void  ui_outlook_line_set_session (UiOutlookLine *self, UiSession *session);
/* @site: index into the session's network of now, G_MAXUINT = none. Also after a change of the configuration. */
void  ui_outlook_line_show        (UiOutlookLine *self, guint site);

/* "Battery: L 22.00 V in about 3 d, if it goes on like this (2 to 6 d)"; "On the battery since 12.11 09:00. It lasts about 17 h
 * more, until 24.11 03:00 (14 h to 21 h)". No finer than is known. (transfer full) */
char *ui_outlook_text (const GdpPoint *point, const DataOutlook *outlook, gint64 now);

G_END_DECLS
