/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every way by which the units of a network are reached, opened as its links say. */
#pragma once

#include <uv.h>

#include "serial.h"

G_BEGIN_DECLS

typedef struct SimWires SimWires;

typedef struct {
  SimSerialPort          serial;   /* for the RTU link; device NULL when the network has none */
  const struct sockaddr *server;   /* for modems; NULL when the network has none */
  guint                  heartbeat; /* seconds between a modem's heartbeats */
  guint64                seed;
  gboolean               udp;      /* BBTs call so */
  double                 hurry;    /* simulated seconds a second */
  double                 faults;   /* share of the frames that the lines spoil: BBTs', modems', slaves' answers */
} SimWiring;

/**
 * sim_wires_open:
 * @network: its links are opened
 * @units: (element-type SimUnit): one for each unit of the network, by index; borrowed
 *
 * Errors: a port that is taken, a device that cannot be opened. Then nothing stays open.
 */
SimWires *sim_wires_open  (uv_loop_t *loop, const GdpNetwork *network, GPtrArray *units,
                           const SimWiring *wiring, GError **error);
/* To be called after time has passed: modems of units without power hang up,
 * BBTs measure and call, what is late on a bad line goes on. */
void      sim_wires_check (SimWires *wires);
/* For the log: "3 on tcp-5020, 3 modems of which 2 online". (transfer full) */
char     *sim_wires_describe (const SimWires *wires);
/* What BBTs recorded and delivered, as JSON; NULL when there are none. (transfer full) */
char     *sim_wires_counts (const SimWires *wires);
/* The loop must still run to let go of the handles. */
void      sim_wires_close (SimWires *wires);

G_END_DECLS
