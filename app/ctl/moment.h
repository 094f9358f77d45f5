/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points in time as people type and read them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "2026-11-22T03:00:00.000000Z" */
char    *ctl_moment_rfc3339 (gint64 time);
/* "2026-11-22 06:00:00" in local time */
char    *ctl_moment_local   (gint64 time);

/**
 * ctl_moment_parse:
 * @text: RFC 3339 ("2026-11-22T03:00:00Z"), local time ("2026-11-22", "2026-11-22 03:00",
 *   "2026-11-22 03:00:05", "03:00" today), a length back from @now ("90s", "15m", "2h", "3d") or "now"
 * @time: (out): µs, UTC
 */
gboolean ctl_moment_parse (const char *text, gint64 now, gint64 *time, GError **error);

/* "90s", "15m", "2h", "3d", "1w" → µs. FALSE: it is none. */
gboolean ctl_length_parse (const char *text, gint64 *length);

G_END_DECLS
