/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A text of dialogs: it takes several lines where there is no room, and where nothing else is wider, lines of 60 letters.
 * @class: how it looks, NULL = plain. */
GtkWidget *ui_text_new (const char *said, const char *class);

G_END_DECLS
