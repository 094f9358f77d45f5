/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units that share one line or one port, and how they answer Modbus frames. Pure: bytes in, bytes out. */
#pragma once

#include "comms/mbap.h"
#include "comms/rtu.h"
#include "unit.h"

G_BEGIN_DECLS

#define SIM_BUS_UNITS 247

typedef struct {
  SimUnit *units[SIM_BUS_UNITS + 1];   /* borrowed, by address 1..247; NULL = nobody there */
  double   faults;                     /* share of its answers that the line spoils */
} SimBus;

/* The share of the answers of @address that the line spoils: the bus's, or more by the unit's scenario. */
double sim_bus_spoils (const SimBus *bus, guint8 address);

/**
 * sim_bus_hear_rtu:
 * @bytes: what stood between two silences
 * @answer: room for COMMS_RTU_MAX bytes
 *
 * Returns the answer's length; 0 = silence: nobody's address, damaged, a broadcast, or a unit that is silent.
 */
gsize sim_bus_hear_rtu (SimBus *bus, const guint8 *bytes, gsize length, guint8 *answer);

/**
 * sim_bus_hear_mbap:
 * @consumed: (out): bytes taken; 0 = more must come
 * @answer: room for COMMS_MBAP_MAX bytes
 * @length: (out): of the answer; 0 = none: that unit is silent
 *
 * An address that nobody has gets exception 0x0B (gateway target does not respond), as a gateway
 * before an RS-485 line answers. FALSE: this is not Modbus TCP, close.
 */
gboolean sim_bus_hear_mbap (SimBus *bus, const guint8 *bytes, gsize n_bytes, gsize *consumed,
                            guint8 *answer, gsize *length);

G_END_DECLS
