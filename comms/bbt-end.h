/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One end of a session: the counts of frames both ways, and the MAC once there is one. Messages become the
 * bytes to send; frames are checked before they are believed. Pure, 80 bytes. */
#pragma once

#include "bbt-key.h"

G_BEGIN_DECLS

typedef struct {
  CommsBbtMac mac;
  guint32     sent, taken;   /* sequence of the last frame of ours, of the other side's */
  guint8      direction;     /* ours */
  guint8      has_mac;       /* from here on every frame of both sides */
  guint8      gapless;       /* every frame of the other side must follow its last: its records are then whole, too */
} CommsBbtEnd;

/* Nothing was sent or taken; frames of the other side may be missing, as over UDP. */
void  comms_bbt_end_init  (CommsBbtEnd *end, CommsBbtDirection ours);
/* From the next frame on, both ways: before ACCEPT is sent, before it is checked. */
void  comms_bbt_end_start_mac (CommsBbtEnd *end, const CommsBbtMac *mac);

/**
 * comms_bbt_end_write:
 * @frame: room for COMMS_BBT_FRAME_MAX bytes
 *
 * The whole frame, with our next sequence; message->sequence is not looked at (end->sent is it afterwards).
 * Returns its size, 0 with @error (RANGE, TYPE; SEQUENCE after 2³² − 1 frames), and then nothing was counted.
 */
gsize comms_bbt_end_write (CommsBbtEnd *end, const CommsBbtMessage *message, guint8 *frame, GError **error);

/* FALSE with MAC (missing, wrong, or there where none belongs) or SEQUENCE: then nothing was counted. */
gboolean comms_bbt_end_check (CommsBbtEnd *end, const CommsBbtFrame *frame, GError **error);
/* comms_bbt_end_check(), then comms_bbt_decode(): with its errors the frame is counted. */
gboolean comms_bbt_end_read  (CommsBbtEnd *end, const CommsBbtFrame *frame, CommsBbtMessage *message,
                              GError **error);

G_END_DECLS
