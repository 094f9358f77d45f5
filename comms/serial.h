/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A serial device as a Modbus line needs it: raw, ours alone, quick. */
#pragma once

#include "gdp/network.h"

G_BEGIN_DECLS

/**
 * comms_serial_open:
 * @link: a MODBUS_RTU link: device, baud, parity, stop bits
 *
 * Opens and locks the device and sets it up. The descriptor is non-blocking and close-on-exec; the
 * lock (flock, and TIOCEXCL against programs that know no locks) lasts until it is closed.
 * Errors (G_FILE_ERROR) name the device and what to do: missing, no permission, in use (by whom, as
 * far as /proc/locks tells), not a serial port, baud that does not exist. Returns -1 then.
 */
int comms_serial_open (const GdpLink *link, GError **error);

/* The speed_t of termios(3) for a rate of gdp/baud.h; B0 (0) for any other. */
guint comms_serial_speed (guint baud);

G_END_DECLS
