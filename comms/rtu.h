/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modbus RTU frames, pure: bytes in, meaning out. Used inside dial-in sessions (where the serial
 * line is at the far end of a GSM connection), on serial lines, and by gdp-sim.
 * Modbus over Serial Line V1.02, Modbus Application Protocol V1.1b3. */
#pragma once

#include "crc.h"
#include "pdu.h"

G_BEGIN_DECLS

#define COMMS_RTU_MAX 256

/* Writes the request, returns its length (8). @frame has room for COMMS_RTU_MAX bytes. */
gsize comms_rtu_request (const CommsQuery *read, guint8 *frame);

/**
 * comms_rtu_response:
 * @values: (out): read->count registers, or one word (0/1) a bit
 * @consumed: (out): bytes of @bytes that were a whole frame (also set with EXCEPTION), else 0
 * @exception: (out) (optional): Modbus exception code
 *
 * Looks at the frame that starts with the first byte. ADDRESS, FUNCTION and LENGTH are told from
 * the first three bytes, SHORT while these fit and the rest is missing: so a reader of a stream may
 * skip a byte on any of the former and try again.
 */
gboolean comms_rtu_response (const CommsQuery *read, const guint8 *bytes, gsize length,
                             guint16 *values, gsize *consumed, guint8 *exception, GError **error);

/* The slave's side. FALSE with SHORT or CRC (@consumed 0); FUNCTION (0: where it ends is not known,
 * wait for silence); LENGTH (@consumed set, address and function too: answer with an exception). */
gboolean comms_rtu_parse_request (const guint8 *bytes, gsize length, CommsRequest *request,
                                  gsize *consumed, GError **error);
/* @values: as comms_pdu_respond() wants them. Returns the frame's length. */
gsize    comms_rtu_respond   (const CommsRequest *request, const guint16 *values, guint8 *frame);
gsize    comms_rtu_exception (guint8 address, guint8 function, guint8 code, guint8 *frame);

/* µs of silence that end a frame: 3.5 characters of 11 bits, 1750 µs above 19200 baud. */
gint64 comms_rtu_gap (guint baud);
/* µs that @bytes take on the wire at @baud (11 bits each). */
gint64 comms_rtu_wire_time (guint baud, gsize bytes);

G_END_DECLS
