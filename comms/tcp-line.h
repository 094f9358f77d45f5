/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One Modbus TCP link: its connection, and its units polled one question at a time. A state machine whose
 * inputs are bytes, a deadline, and room in the queue; belongs to the loop's thread. See tcp-lines.h.
 *
 * Answers are told from late ones by their transaction numbers: what belongs to an earlier request is dropped,
 * what belongs to none means that the stream is out of step, and the connection is made anew. */
#pragma once

#include "loop.h"
#include "order.h"

G_BEGIN_DECLS

#define COMMS_TCP_TIMEOUT (1 * G_USEC_PER_SEC)   /* µs that an answer is waited for */

typedef struct CommsTcpLine CommsTcpLine;

/* Keeps nothing of @network but its units' registers: see comms_tcp_line_adopt(). @phase: 0 to 1, where in
 * their periods its units are polled. */
CommsTcpLine *comms_tcp_line_new  (CommsLoop *loop, const GdpNetwork *network, guint link, double phase);
void          comms_tcp_line_free (CommsTcpLine *line);   /* stopped */
/* As comms_plan_adopt(), for all its units. */
void          comms_tcp_line_adopt (CommsTcpLine *line, const GdpNetwork *network);

void          comms_tcp_line_start  (CommsTcpLine *line);
void          comms_tcp_line_stop   (CommsTcpLine *line);
void          comms_tcp_line_due    (CommsDeadline *deadline);   /* the deadline of a line has come */
void          comms_tcp_line_resume (CommsTcpLine *line);        /* there is room in the queue again */
/* @order: (transfer full), a WRITE to one of its units, see comms_tcp_lines_order(). */
void          comms_tcp_line_order  (CommsTcpLine *line, CommsOrder *order);
gboolean      comms_tcp_line_has    (const CommsTcpLine *line, guint unit);
/* As comms_tcp_lines_traffic(). Any thread. */
gboolean      comms_tcp_line_traffic (const CommsTcpLine *line, guint unit, CommsTraffic *traffic);

G_END_DECLS
