/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All Modbus TCP links of a server: one thread and one loop for any number of them.
 *
 * Why not libmodbus and a thread each: polling 1,000 links of two requests each second
 * took 7.1 % of a core and 3,500 context switches a second that way, two thirds of it libmodbus' select() and
 * three recv() an answer; here it takes a third of that. And there are no descriptors that select() cannot hold.
 *
 * Every poll of a unit is one report, also when nothing changed; what is worth storing is the engine's
 * business. A poll that fails is repeated at once, from the request that failed; only if that fails too
 * is it a UNIT_FAILED report, and the unit is then asked less and less often (poll-schedule.h). A link
 * that cannot be opened, or is closed, is one LINK_FAILED report for as long as the reason stays the same;
 * opening is tried for ever, at most COMMS_LINK_RETRY apart. LINK_WORKING follows the first exchange on it,
 * whether or not a slave answered. A peer that hangs up whenever one unit is asked, while others answer, is
 * that unit's failure and not the link's. */
#pragma once

#include "order.h"
#include "sink.h"

G_BEGIN_DECLS

typedef struct CommsTcpLines CommsTcpLines;

/* Polls every unit of every MODBUS_TCP link of @network (referenced) that has a host at its own period: at
 * once when its link is connected, then on beats that the links share out over the period. One request at a
 * time on a link: many gateways cannot do more. Failures are reports to @sink (copied), never errors here. */
CommsTcpLines *comms_tcp_lines_start  (GdpNetwork *network, const CommsSink *sink);
/* Closes, joins, frees. Takes as long as a host name is being looked up, else no time. */
void           comms_tcp_lines_stop   (CommsTcpLines *lines);
/* A new configuration, in two steps. First the links that @same (comms_same_links()) does not name end, and after
 * it nothing is reported of them; then what is new in @network (referenced) begins. The others never notice. */
void           comms_tcp_lines_release (CommsTcpLines *lines, const gboolean *same);
void           comms_tcp_lines_adopt   (CommsTcpLines *lines, GdpNetwork *network);
/* The queue has room again. Any thread. */
void           comms_tcp_lines_resume (CommsTcpLines *lines);
/* Queues a copy of @order, a WRITE to a unit of one of the links: it goes ahead of all that is to be read there,
 * and what came of it is a COMMS_REPORT_RESULT. FALSE: no report will come. Not while a configuration changes;
 * else any thread. */
gboolean       comms_tcp_lines_order   (CommsTcpLines *lines, const CommsOrder *order, GError **error);
/* A copy of the counters of a whole link (@unit G_MAXUINT) or of one of its units (index). Any thread.
 * FALSE: not a Modbus TCP link, or the unit is not on it. */
gboolean       comms_tcp_lines_traffic (CommsTcpLines *lines, guint link, guint unit, CommsTraffic *traffic);

G_END_DECLS
