/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window's picture, as it is on the screen, in a PNG file. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @window must be mapped. G_IO_ERROR_PENDING: it is being laid out just now, try again. */
gboolean ui_screenshot (GtkWindow *window, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
