/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-end.h"

G_STATIC_ASSERT (sizeof (CommsBbtEnd) <= 80);

void
comms_bbt_end_init (CommsBbtEnd *end, CommsBbtDirection ours)
{
  *end = (CommsBbtEnd) { .direction = ours };
}

void
comms_bbt_end_start_mac (CommsBbtEnd *end, const CommsBbtMac *mac)
{
  end->mac = *mac;
  end->has_mac = TRUE;
}

static CommsBbtDirection
theirs (const CommsBbtEnd *end)
{
  return end->direction == COMMS_BBT_OF_UNIT ? COMMS_BBT_OF_SERVER : COMMS_BBT_OF_UNIT;
}

gsize
comms_bbt_end_write (CommsBbtEnd *end, const CommsBbtMessage *message, guint8 *frame, GError **error)
{
  gsize length;

  if (end->sent == G_MAXUINT32) {
    g_set_error_literal (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_SEQUENCE, "this session has no sequence left");
    return 0;
  }
  length = comms_bbt_encode (message, frame + COMMS_BBT_HEADER, error);
  if (length == 0)
    return 0;
  comms_bbt_frame_open (frame, message->type, ++end->sent, length, end->has_mac);
  if (end->has_mac)
    comms_bbt_mac_make (&end->mac, end->direction, frame, COMMS_BBT_HEADER + length,
                        frame + COMMS_BBT_HEADER + length);
  return comms_bbt_frame_close (frame);
}

/* What is wrong with the frame's MAC, NULL = nothing. */
static const char *
mac_fault (const CommsBbtEnd *end, const CommsBbtFrame *frame)
{
  guint8 mac[COMMS_BBT_MAC_SIZE];

  if (frame->has_mac != end->has_mac)
    return end->has_mac ? "carries no MAC" : "carries a MAC where none belongs";
  if (!end->has_mac)
    return NULL;
  comms_bbt_mac_make (&end->mac, theirs (end), frame->start, COMMS_BBT_HEADER + frame->length, mac);
  return comms_bbt_same (mac, frame->payload + frame->length, sizeof mac) ? NULL : "has a wrong MAC";
}

gboolean
comms_bbt_end_check (CommsBbtEnd *end, const CommsBbtFrame *frame, GError **error)
{
  const char *fault = mac_fault (end, frame);

  if (fault != NULL) {
    g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_MAC, "frame %u of type %02x %s", frame->sequence,
                 frame->type, fault);
    return FALSE;
  }
  if (frame->sequence <= end->taken || (end->gapless && frame->sequence != end->taken + 1)) {
    g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_SEQUENCE,
                 "frame of type %02x has sequence %u, the last one was %u", frame->type, frame->sequence, end->taken);
    return FALSE;
  }
  end->taken = frame->sequence;
  return TRUE;
}

gboolean
comms_bbt_end_read (CommsBbtEnd *end, const CommsBbtFrame *frame, CommsBbtMessage *message, GError **error)
{
  return comms_bbt_end_check (end, frame, error) && comms_bbt_decode (frame, message, error);
}
