/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A firmware image as it comes: a file of at most GDP_FIRMWARE_MOST bytes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full). NULL: there is no such file, it is empty, too large, or cannot be read; the error (a GFileError) is
 * for people, translated. */
GBytes *data_firmware_read (const char *file, GError **error);

G_END_DECLS
