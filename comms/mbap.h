/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modbus TCP frames, pure: the PDUs of pdu.h behind the MBAP header.
 * Modbus Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3. */
#pragma once

#include "pdu.h"

G_BEGIN_DECLS

#define COMMS_MBAP_MAX 260

/**
 * comms_mbap_frame:
 * @transaction: (out): its number
 * @whole: (out): how long the frame is that starts with the first byte
 *
 * FALSE with SHORT: read on. FALSE with LENGTH: not Modbus TCP, close.
 */
gboolean comms_mbap_frame     (const guint8 *bytes, gsize length, guint16 *transaction, gsize *whole,
                               GError **error);

/* The master's side. Writes the request, returns its length (12). @frame has room for COMMS_MBAP_MAX bytes. */
gsize    comms_mbap_request   (guint16 transaction, const CommsQuery *read, guint8 *frame);

/**
 * comms_mbap_response:
 * @frame: whole, as comms_mbap_frame() says; the transaction number is the caller's to compare
 * @values: (out): as comms_pdu_unpack() gives them
 * @exception: (out): Modbus exception code, with EXCEPTION
 *
 * FALSE with EXCEPTION, FUNCTION, LENGTH or ADDRESS: another unit's answer. A unit that calls itself 0 or 255
 * is the one that was asked: many devices that are alone behind their address do so (Modbus Messaging on
 * TCP/IP Implementation Guide V1.0b, 4.4.2, has 0xFF for "the device itself", and 0 is accepted).
 */
gboolean comms_mbap_response  (const CommsQuery *read, const guint8 *frame, gsize length, guint16 *values,
                               guint8 *exception, GError **error);

/**
 * comms_mbap_parse_request:
 * @transaction: (out): to be repeated in the answer
 * @consumed: (out): bytes of @bytes that were a whole frame, 0 when it is not known where it ends
 *
 * FALSE with SHORT: read on. FALSE with FUNCTION or LENGTH and @consumed set: address and function
 * are set too, answer with an exception. FALSE with @consumed 0: not Modbus TCP, close.
 */
gboolean comms_mbap_parse_request (const guint8 *bytes, gsize length, guint16 *transaction,
                                   CommsRequest *request, gsize *consumed, GError **error);
/* Both return the frame's length. @frame has room for COMMS_MBAP_MAX bytes. */
gsize    comms_mbap_respond   (guint16 transaction, const CommsRequest *request,
                               const guint16 *values, guint8 *frame);
gsize    comms_mbap_exception (guint16 transaction, guint8 address, guint8 function, guint8 code,
                               guint8 *frame);

G_END_DECLS
