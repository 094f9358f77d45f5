/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mbap.h"

/* transaction (2), protocol = 0 (2), length of what follows (2), unit (1) */
enum { HEADER = 7 };

static guint
get16 (const guint8 *bytes)
{
  return bytes[0] << 8 | bytes[1];
}

gboolean
comms_mbap_frame (const guint8 *bytes, gsize length, guint16 *transaction, gsize *whole, GError **error)
{
  if (length < HEADER) {
    g_set_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT,
                 "header is cut short: %zu of 7 bytes", length);
    return FALSE;
  }
  guint protocol = get16 (bytes + 2), rest = get16 (bytes + 4);
  if (protocol != 0 || rest < 2 || rest > 1 + COMMS_PDU_MAX) {
    g_set_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_LENGTH,
                 "not a Modbus TCP frame: protocol %u, length %u", protocol, rest);
    return FALSE;
  }
  if (length < HEADER - 1 + rest) {
    g_set_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT,
                 "frame is cut short: %zu of %u bytes", length, HEADER - 1 + rest);
    return FALSE;
  }
  *transaction = get16 (bytes);
  *whole = HEADER - 1 + rest;
  return TRUE;
}

gboolean
comms_mbap_response (const CommsQuery *read, const guint8 *frame, gsize length, guint16 *values,
                     guint8 *exception, GError **error)
{
  guint8 unit = frame[HEADER - 1];
  gsize pdu_length;

  if (unit != read->address && unit != 0 && unit != 255) {
    g_set_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_ADDRESS, "answer of unit %u, asked was %u", unit,
                 read->address);
    return FALSE;
  }
  if (length < HEADER + 2) {   /* whole by its own header, so what is lacking will not come */
    g_set_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_LENGTH, "answer has only %zu bytes", length);
    return FALSE;
  }
  if (!comms_pdu_response_length (read, frame + HEADER, length - HEADER, &pdu_length, error))
    return FALSE;
  if (pdu_length != length - HEADER) {
    g_set_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_LENGTH, "answer has %zu bytes, should have %zu",
                 length, HEADER + pdu_length);
    return FALSE;
  }
  return comms_pdu_response (read, frame + HEADER, values, exception, error);
}

gboolean
comms_mbap_parse_request (const guint8 *bytes, gsize length, guint16 *transaction,
                          CommsRequest *request, gsize *consumed, GError **error)
{
  *consumed = 0;
  if (!comms_mbap_frame (bytes, length, transaction, consumed, error))
    return FALSE;
  request->query.address = bytes[HEADER - 1];
  g_autoptr (GError) wrong = NULL;
  if (comms_pdu_parse_request (bytes + HEADER, *consumed - HEADER, request, &wrong))
    return TRUE;
  /* The frame is whole by its own header, so what its PDU lacks will not come. */
  if (g_error_matches (wrong, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT))
    wrong->code = COMMS_RTU_ERROR_LENGTH;
  g_propagate_error (error, g_steal_pointer (&wrong));
  return FALSE;
}

static gsize
close_frame (guint8 *frame, guint16 transaction, guint8 address, gsize pdu_length)
{
  guint8 header[HEADER] = { transaction >> 8, transaction & 0xFF, 0, 0,
                            (pdu_length + 1) >> 8, (pdu_length + 1) & 0xFF, address };

  for (guint i = 0; i < HEADER; i++)
    frame[i] = header[i];
  return HEADER + pdu_length;
}

gsize
comms_mbap_request (guint16 transaction, const CommsQuery *read, guint8 *frame)
{
  return close_frame (frame, transaction, read->address, comms_pdu_request (read, frame + HEADER));
}

gsize
comms_mbap_respond (guint16 transaction, const CommsRequest *request, const guint16 *values, guint8 *frame)
{
  return close_frame (frame, transaction, request->query.address,
                      comms_pdu_respond (request, values, frame + HEADER));
}

gsize
comms_mbap_exception (guint16 transaction, guint8 address, guint8 function, guint8 code, guint8 *frame)
{
  return close_frame (frame, transaction, address, comms_pdu_exception (function, code, frame + HEADER));
}
