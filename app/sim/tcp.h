/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Modbus TCP port behind which up to 247 units answer, as a gateway before an RS-485 line. */
#pragma once

#include <uv.h>

#include "bus.h"

G_BEGIN_DECLS

typedef struct SimTcp SimTcp;

#define SIM_TCP_CLIENTS 64   /* more at once are refused */

/* @bus: borrowed; @chance: of what its lines spoil. The error says which address cannot be listened on and why. */
SimTcp *sim_tcp_listen (uv_loop_t *loop, const char *host, guint16 port, SimBus *bus, guint64 chance, GError **error);
/* What is late on a bad line goes on. To be called often. */
void    sim_tcp_tick   (SimTcp *tcp);
/* Closes the port and every connection; frees when the loop has let go of them. */
void    sim_tcp_close  (SimTcp *tcp);

G_END_DECLS
