/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A serial Modbus line: one thread that polls its slaves.
 *
 * Every poll of a unit is one report, also when nothing changed; what is worth storing is the engine's
 * business. A poll that fails is repeated at once, from the request that failed; only if that fails too
 * is it a UNIT_FAILED report, and the unit is then asked less and less often (poll-schedule.h). A link
 * that cannot be opened, or is closed or unplugged, is one LINK_FAILED report for as long as the reason
 * stays the same; opening is tried for ever, at most COMMS_LINK_RETRY apart. LINK_WORKING follows the
 * first exchange on it, whether or not a slave answered. */
#pragma once

#include "order.h"
#include "sink.h"

G_BEGIN_DECLS

typedef struct CommsLine CommsLine;

/**
 * comms_line_start:
 * @network: referenced; @link: index of a MODBUS_RTU link
 * @sink: copied; must stay valid until comms_line_stop() returns, and its reports' fields after
 *
 * Starts polling every unit of the link at its own period, serialised, with 3.5 characters of
 * silence between frames, back-off for slaves that do not answer and reconnecting for ever.
 * Failures are reports to @sink, never errors here.
 */
CommsLine *comms_line_start (GdpNetwork *network, guint link, const CommsSink *sink);
/* The same where slaves begin to answer within @turnaround µs, not COMMS_TURNAROUND (connection.h). */
CommsLine *comms_line_start_full (GdpNetwork *network, guint link, gint64 turnaround, const CommsSink *sink);
/* Tells the thread to end and returns at once. With many lines: say it to all, then stop each. */
void       comms_line_quit  (CommsLine *line);
/* Waits for the thread, at most one response timeout, and frees. */
void       comms_line_stop  (CommsLine *line);

/* Queues a copy of @order, a WRITE to one of its slaves: it goes ahead of all that is to be read, and what
 * came of it is a COMMS_REPORT_RESULT. FALSE: no report will come. Any thread. */
gboolean   comms_line_order (CommsLine *line, const CommsOrder *order, GError **error);

/* A copy of the counters of the whole link (@unit G_MAXUINT) or of one of its units (index).
 * FALSE: not a unit of this line. Any thread. */
gboolean   comms_line_traffic (CommsLine *line, guint unit, CommsTraffic *traffic);

G_END_DECLS
