/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CRC-16 of Modbus RTU and of the BBT session protocol. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Polynomial 0xA001 reflected, start 0xFFFF; over bytes and their own CRC, low byte first, it is 0. */
guint16 comms_crc16 (const guint8 *bytes, gsize length);

G_END_DECLS
