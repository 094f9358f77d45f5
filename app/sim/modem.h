/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One transparent GSM modem (DTU): dials the session server, says who it is, sends a heartbeat, and
 * otherwise passes bytes between the server and the unit behind it, which answers Modbus RTU. */
#pragma once

#include <uv.h>

#include "bus.h"

G_BEGIN_DECLS

typedef struct SimModem SimModem;

/**
 * sim_modem_start:
 * @server: copied
 * @unit: borrowed; its link gives registration string and heartbeat, its address the slave
 * @heartbeat: seconds; real ones, as are the redialling times
 * @first: ms until it dials for the first time
 * @faults: share of what it sends that the line spoils
 * @seed: of its jitter, and of that
 *
 * Failures are never errors: it dials again after 1, 2, 4 … 60 s, each ± half.
 */
SimModem *sim_modem_start (uv_loop_t *loop, const struct sockaddr *server, SimUnit *unit, guint heartbeat,
                           guint first, double faults, guint64 seed);
/* To be called after every step: hangs up when its unit says that it is offline or without power. */
void      sim_modem_check (SimModem *modem);
gboolean  sim_modem_online (const SimModem *modem);
void      sim_modem_stop  (SimModem *modem);

G_END_DECLS
