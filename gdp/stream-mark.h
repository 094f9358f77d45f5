/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a unit's stream of records is committed: what comes again up to there is a resend. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gint64  link;              /* key */
  guint8  stream;            /* comms/PROTOCOL.md 5 */
  guint32 boot, through;     /* the last record; (boot, through) only grows */
} GdpStreamMark;

/* Which of two marks of one stream is further: < 0, 0, > 0. */
int  gdp_stream_mark_compare (const GdpStreamMark *a, const GdpStreamMark *b);
/* Leaves of each link and stream the furthest mark, in order of link and stream. */
void gdp_stream_marks_merge  (GArray *marks);

G_END_DECLS
