/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An RS-485 line (serial port or pseudo-terminal) on which units answer as Modbus RTU slaves: a
 * frame ends with 3.5 characters of silence, and only after that silence comes the answer. */
#pragma once

#include <uv.h>

#include "bus.h"

G_BEGIN_DECLS

typedef struct SimSerial SimSerial;

typedef struct {
  const char *device;
  guint       baud;     /* of gdp/baud.h */
  char        parity;   /* 'N' (two stop bits), 'E', 'O' */
} SimSerialPort;

/* @bus: borrowed; @chance: of what the line spoils. A device that goes away is opened again every second, for ever. The error says
 * which device cannot be opened now and why. */
SimSerial *sim_serial_open  (uv_loop_t *loop, const SimSerialPort *port, SimBus *bus, guint64 chance,
                             GError **error);
void       sim_serial_close (SimSerial *serial);

G_END_DECLS
