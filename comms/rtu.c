/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rtu.h"

/* Address before, CRC after the PDU. */
enum { CRC_SIZE = 2, FRAMING = 1 + CRC_SIZE };

/* Puts the frame around the PDU that stands at frame + 1. */
static gsize
close_frame (guint8 *frame, guint8 address, gsize pdu_length)
{
  guint16 crc;

  frame[0] = address;
  crc = comms_crc16 (frame, 1 + pdu_length);
  frame[1 + pdu_length] = crc & 0xFF;   /* the CRC alone goes low byte first */
  frame[2 + pdu_length] = crc >> 8;
  return pdu_length + FRAMING;
}

/* TRUE when the whole frame is there and its CRC agrees. */
static gboolean
check_frame (const guint8 *bytes, gsize length, gsize pdu_length, GError **error)
{
  gsize end = 1 + pdu_length;

  if (length < end + CRC_SIZE) {
    g_set_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT,
                 "frame is cut short: %zu of %zu bytes", length, end + CRC_SIZE);
    return FALSE;
  }
  guint16 computed = comms_crc16 (bytes, end), sent = bytes[end] | bytes[end + 1] << 8;
  if (computed != sent)
    g_set_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_CRC,
                 "frame is damaged: its CRC is %04x, its bytes give %04x", sent, computed);
  return computed == sent;
}

static gboolean
check_any (gsize length, GError **error)
{
  if (length == 0)
    g_set_error_literal (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT, "no bytes");
  return length > 0;
}

gsize
comms_rtu_request (const CommsQuery *read, guint8 *frame)
{
  return close_frame (frame, read->address, comms_pdu_request (read, frame + 1));
}

gboolean
comms_rtu_response (const CommsQuery *read, const guint8 *bytes, gsize length,
                    guint16 *values, gsize *consumed, guint8 *exception, GError **error)
{
  gsize pdu_length;

  *consumed = 0;
  if (!check_any (length, error))
    return FALSE;
  if (bytes[0] != read->address) {
    g_set_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_ADDRESS,
                 "answer comes from slave %u, asked was %u", bytes[0], read->address);
    return FALSE;
  }
  if (!comms_pdu_response_length (read, bytes + 1, length - 1, &pdu_length, error)
      || !check_frame (bytes, length, pdu_length, error))
    return FALSE;
  *consumed = pdu_length + FRAMING;
  return comms_pdu_response (read, bytes + 1, values, exception, error);
}

gboolean
comms_rtu_parse_request (const guint8 *bytes, gsize length, CommsRequest *request,
                         gsize *consumed, GError **error)
{
  gsize pdu_length;

  *consumed = 0;
  if (!check_any (length, error)
      || !comms_pdu_request_length (bytes + 1, length - 1, &pdu_length, error)
      || !check_frame (bytes, length, pdu_length, error))
    return FALSE;
  *consumed = pdu_length + FRAMING;
  request->query.address = bytes[0];
  return comms_pdu_parse_request (bytes + 1, pdu_length, request, error);
}

gsize
comms_rtu_respond (const CommsRequest *request, const guint16 *values, guint8 *frame)
{
  return close_frame (frame, request->query.address, comms_pdu_respond (request, values, frame + 1));
}

gsize
comms_rtu_exception (guint8 address, guint8 function, guint8 code, guint8 *frame)
{
  return close_frame (frame, address, comms_pdu_exception (function, code, frame + 1));
}

/* Modbus over Serial Line V1.02, 2.5.1.1: t3.5, fixed above 19200 baud. */
gint64
comms_rtu_gap (guint baud)
{
  g_return_val_if_fail (baud > 0, 1750);
  return baud > 19200 ? 1750 : (gint64) ((38.5 * G_USEC_PER_SEC + baud - 1) / baud);
}

gint64
comms_rtu_wire_time (guint baud, gsize bytes)
{
  g_return_val_if_fail (baud > 0, 0);
  return ((gint64) bytes * 11 * G_USEC_PER_SEC + baud - 1) / baud;
}
