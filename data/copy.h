/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that is a copy of a store: it has the name that was asked for when it is whole and on the disk, not before. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An empty file beside @path, for its owner alone, to be filled. REFUSED: @path is there already. (transfer full) */
char    *data_copy_begin (const char *path, GError **error);
/* @part is whole: it becomes @path, on disk on return. */
gboolean data_copy_keep  (const char *part, const char *path, GError **error);
/* Sets @error by errno; "PATH: cannot DOING: …". Always FALSE. */
gboolean data_copy_fail  (GError **error, const char *path, const char *doing);
/* The folder's own entry of @path is on disk on return. */
gboolean data_copy_sync_folder (const char *path, GError **error);
/* @why (transfer full): what verifying told of what is at @path. An hour that is damaged is no reason to have no copy
 * of all the others: TRUE, with a warning; else FALSE, it is propagated. */
gboolean data_copy_as_it_is (const char *path, GError *why, GError **error);
/* @why (transfer full): what is wrong with the copy at @path, which was to be put back. Always FALSE. */
gboolean data_copy_unfit (const char *path, GError *why, GError **error);
/* "20261123T055612.123456Z", for the names of what is kept. (transfer full) */
char    *data_copy_moment (void);

G_END_DECLS
