/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tooltips of what changes all the time. gtk_widget_set_tooltip_text() asks the display where the pointer
 * is, a round trip for every cell of every row that is written again; here the text waits until the
 * pointer comes. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @text is copied; NULL or "" = no tooltip. Also the accessible description, as GTK's own does. */
void        ui_tip_set (GtkWidget *widget, const char *text);
const char *ui_tip_get (GtkWidget *widget);   /* borrowed, NULL = none */

G_END_DECLS
