/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-frame.h"

#include "crc.h"

#include <string.h>

G_DEFINE_QUARK (comms-bbt-error-quark, comms_bbt_error)

enum { AT_VERSION = 1, AT_TYPE = 2, AT_LENGTH = 3, AT_SEQUENCE = 5, CRC_SIZE = 2, HAS_MAC = 0x01 };

guint8
comms_bbt_error_fault (const GError *error)
{
  g_return_val_if_fail (error != NULL && error->domain == COMMS_BBT_ERROR, COMMS_BBT_FAULT_MALFORMED);
  if (error->code == COMMS_BBT_ERROR_TYPE)
    return COMMS_BBT_FAULT_UNEXPECTED;
  return error->code < COMMS_BBT_ERROR_SHORT ? error->code : COMMS_BBT_FAULT_MALFORMED;
}

/* Of what the header says; good only when its five bytes are there. */
static gsize
payload_size (const guint8 *frame)
{
  return frame[AT_LENGTH] << 8 | frame[AT_LENGTH + 1];
}

static gsize
crc_offset (const guint8 *frame)
{
  return COMMS_BBT_HEADER + payload_size (frame) + (frame[AT_VERSION] & HAS_MAC ? COMMS_BBT_MAC_SIZE : 0);
}

/* What is wrong with as much of the header as is there. */
static gboolean
check_header (const guint8 *bytes, gsize length, GError **error)
{
  if (bytes[0] != COMMS_BBT_START)
    g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_MALFORMED,
                 "frame begins with %02x, not with the start mark %02x", bytes[0], COMMS_BBT_START);
  else if (length > AT_VERSION && bytes[AT_VERSION] >> 4 != COMMS_BBT_VERSION)
    g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_VERSION,
                 "frame has version %u, spoken is %u", bytes[AT_VERSION] >> 4, COMMS_BBT_VERSION);
  else if (length > AT_LENGTH + 1 && payload_size (bytes) > COMMS_BBT_PAYLOAD_MAX)
    g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_MALFORMED,
                 "frame announces %zu bytes of payload, the most is %u", payload_size (bytes), COMMS_BBT_PAYLOAD_MAX);
  else
    return TRUE;
  return FALSE;
}

static CommsBbtParse
more (gsize length, gsize whole, GError **error)
{
  g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_SHORT, "frame is cut short: %zu of %s%zu bytes",
               length, whole == COMMS_BBT_HEADER ? "at least " : "", whole);
  return COMMS_BBT_MORE;
}

CommsBbtParse
comms_bbt_frame_parse (const guint8 *bytes, gsize length, CommsBbtFrame *frame, GError **error)
{
  if (length > 0 && !check_header (bytes, length, error))
    return COMMS_BBT_BAD;
  if (length < COMMS_BBT_HEADER)
    return more (length, COMMS_BBT_HEADER, error);

  gsize end = crc_offset (bytes);
  if (length < end + CRC_SIZE)
    return more (length, end + CRC_SIZE, error);
  if (comms_crc16 (bytes, end + CRC_SIZE) != 0) {
    g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_MALFORMED,
                 "frame of type %02x is damaged: its CRC is %02x %02x, its bytes give %04x (low byte first)",
                 bytes[AT_TYPE], bytes[end], bytes[end + 1], comms_crc16 (bytes, end));
    return COMMS_BBT_BAD;
  }
  *frame = (CommsBbtFrame) {
    .type = bytes[AT_TYPE], .has_mac = bytes[AT_VERSION] & HAS_MAC, .length = payload_size (bytes),
    .size = end + CRC_SIZE, .start = bytes, .payload = bytes + COMMS_BBT_HEADER,
    .sequence = (guint32) bytes[5] << 24 | bytes[6] << 16 | bytes[7] << 8 | bytes[8],
  };
  return COMMS_BBT_WHOLE;
}

gboolean
comms_bbt_frame_seek (const guint8 *bytes, gsize length, gboolean quiet, CommsBbtFrame *frame, gsize *skip)
{
  const guint8 *at = bytes, *end = bytes + length;

  while (at < end && (at = memchr (at, COMMS_BBT_START, end - at)) != NULL) {
    CommsBbtParse parse = comms_bbt_frame_parse (at, end - at, frame, NULL);

    if (parse == COMMS_BBT_WHOLE || (parse == COMMS_BBT_MORE && !quiet)) {
      *skip = at - bytes;
      return parse == COMMS_BBT_WHOLE;
    }
    at++;
  }
  *skip = length;
  return FALSE;
}

void
comms_bbt_frame_open (guint8 *frame, guint8 type, guint32 sequence, gsize length, gboolean has_mac)
{
  g_return_if_fail (length <= COMMS_BBT_PAYLOAD_MAX);
  frame[0] = COMMS_BBT_START;
  frame[AT_VERSION] = COMMS_BBT_VERSION << 4 | (has_mac ? HAS_MAC : 0);
  frame[AT_TYPE] = type;
  frame[AT_LENGTH] = length >> 8;
  frame[AT_LENGTH + 1] = length & 0xFF;
  for (guint i = 0; i < 4; i++)
    frame[AT_SEQUENCE + i] = sequence >> (24 - 8 * i) & 0xFF;
}

gsize
comms_bbt_frame_close (guint8 *frame)
{
  gsize end = crc_offset (frame);
  guint16 crc = comms_crc16 (frame, end);

  frame[end] = crc & 0xFF;   /* the CRC alone goes low byte first */
  frame[end + 1] = crc >> 8;
  return end + CRC_SIZE;
}
