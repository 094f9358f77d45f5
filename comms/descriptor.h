/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors below 1024 for those who wait with select(): libmodbus aborts the process on others. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * comms_descriptor_reserve:
 *
 * Holds @n descriptors below 1024 for comms_descriptor_lower(), raising the soft limit of open files
 * as far as that takes. Call once, early: what is open already stays where it is.
 * Errors (G_FILE_ERROR), then none is held: not so many below 1024 are left, or the hard limit is too low.
 */
gboolean comms_descriptor_reserve (guint n, GError **error);

/* Takes @fd, returns the same open file on a descriptor below 1024 (@fd itself if it is one), close-on-exec.
 * Error (G_FILE_ERROR): none is left; @fd is then closed. -1. Any thread. */
int      comms_descriptor_lower   (int fd, GError **error);
/* Closes what comms_descriptor_lower() gave; a reserved one goes back into the reserve. */
void     comms_descriptor_close   (int fd);

G_END_DECLS
