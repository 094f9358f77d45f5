/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must be looked at, and when: a binary heap of (time, object). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct { gint64 due; gpointer object; } GdpDeadline;

GArray  *gdp_deadlines_new   (void);     /* of GdpDeadline, earliest first; free with g_array_unref() */
void     gdp_deadlines_push  (GArray *deadlines, gint64 due, gpointer object);
/* The earliest one that is due at @now, taken out. */
gboolean gdp_deadlines_pop   (GArray *deadlines, gint64 now, GdpDeadline *deadline);
/* G_MAXINT64 when there is none. */
gint64   gdp_deadlines_first (const GArray *deadlines);

G_END_DECLS
