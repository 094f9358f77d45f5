/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Modbus line, RTU or TCP: one thread that polls its slaves through libmodbus. */
#pragma once

#include "sink.h"

G_BEGIN_DECLS

typedef struct CommsLine CommsLine;

/* Keeps @n low descriptors free for lines: libmodbus waits with select() and aborts on a
 * descriptor >= 1024. Call once at start, before sessions. FALSE when the limit is too low. */
gboolean comms_line_reserve_descriptors (guint n, GError **error);

/**
 * comms_line_start:
 * @network: referenced; @link: index of a MODBUS_RTU or MODBUS_TCP link
 *
 * Starts polling every unit of the link at its own period, serialised, with 3.5 characters of
 * silence between frames, back-off for slaves that do not answer and reconnecting for ever.
 * Failures are reports to @sink, never errors here.
 */
CommsLine *comms_line_start (GdpNetwork *network, guint link, const CommsSink *sink);
void       comms_line_stop  (CommsLine *line);   /* waits for the thread, at most one response timeout; frees */

/* A copy of the counters of the whole link (@unit G_MAXUINT) or of one of its units (index). */
gboolean   comms_line_traffic (CommsLine *line, guint unit, CommsTraffic *traffic);

G_END_DECLS
