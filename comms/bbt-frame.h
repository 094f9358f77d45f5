/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of the BBT session protocol, pure: bytes in, frames out, and the other way (PROTOCOL.md 1, 2).
 * What the payload means is bbt-message.h's matter, whether the MAC is right bbt-end.h's. */
#pragma once

#include "bbt-codes.h"

G_BEGIN_DECLS

#define COMMS_BBT_START       0xB7
#define COMMS_BBT_VERSION     1
#define COMMS_BBT_HEADER      9      /* bytes before the payload */
#define COMMS_BBT_PAYLOAD_MAX 1000
#define COMMS_BBT_MAC_SIZE    8
#define COMMS_BBT_FRAME_MAX   (COMMS_BBT_HEADER + COMMS_BBT_PAYLOAD_MAX + COMMS_BBT_MAC_SIZE + 2)
#define COMMS_BBT_SEEK_MAX    2048   /* bytes of a serial line without a good frame: give up */

/* Codes below COMMS_BBT_ERROR_SHORT are those of FAULT. */
#define COMMS_BBT_ERROR (comms_bbt_error_quark ())
typedef enum {
  COMMS_BBT_ERROR_MALFORMED = COMMS_BBT_FAULT_MALFORMED,
  COMMS_BBT_ERROR_VERSION = COMMS_BBT_FAULT_VERSION,
  COMMS_BBT_ERROR_MAC = COMMS_BBT_FAULT_MAC,
  COMMS_BBT_ERROR_SEQUENCE = COMMS_BBT_FAULT_SEQUENCE,
  COMMS_BBT_ERROR_SHORT = 32,   /* the frame is not all there: read on */
  COMMS_BBT_ERROR_TYPE,         /* of a frame that this version does not know */
  COMMS_BBT_ERROR_RANGE,        /* well laid out, but a value is not one that it may have */
  COMMS_BBT_ERROR_KEY,          /* text that is no key */
} CommsBbtError;
GQuark comms_bbt_error_quark (void);
/* The code that a FAULT about @error carries: its own, MALFORMED for SHORT and RANGE, UNEXPECTED for TYPE. */
guint8 comms_bbt_error_fault (const GError *error);

/* A frame as it lies in the reader's buffer: everything is borrowed from there. */
typedef struct {
  guint8        type;
  gboolean      has_mac;
  guint16       length;     /* of the payload */
  guint16       size;       /* of the whole frame */
  guint32       sequence;
  const guint8 *start;      /* the start mark */
  const guint8 *payload;    /* the MAC stands after it, when there is one */
} CommsBbtFrame;

typedef enum { COMMS_BBT_BAD, COMMS_BBT_MORE, COMMS_BBT_WHOLE } CommsBbtParse;

/**
 * comms_bbt_frame_parse:
 * @error: set with BAD (VERSION, MALFORMED) and with MORE (SHORT: of interest for a datagram)
 *
 * Looks at the frame that starts with the first byte. MORE: nothing is wrong yet, come again when more
 * bytes have come. With WHOLE, frame->size bytes were used; CRC, length and version are good.
 */
CommsBbtParse comms_bbt_frame_parse (const guint8 *bytes, gsize length, CommsBbtFrame *frame, GError **error);

/**
 * comms_bbt_frame_seek:
 * @quiet: no byte has come for a second, so that what is not whole will never be
 * @skip: (out): bytes at the beginning that belong to no good frame: drop them
 *
 * For a serial line, which may lose bytes: the first good frame, after whatever. FALSE: none yet; what is
 * left after @skip may become one.
 */
gboolean comms_bbt_frame_seek (const guint8 *bytes, gsize length, gboolean quiet,
                               CommsBbtFrame *frame, gsize *skip);

/* Header of a frame whose payload of @length bytes stands, or will stand, at frame + COMMS_BBT_HEADER. */
void  comms_bbt_frame_open  (guint8 *frame, guint8 type, guint32 sequence, gsize length, gboolean has_mac);
/* Puts the CRC after header, payload and MAC. Returns the frame's size. */
gsize comms_bbt_frame_close (guint8 *frame);

G_END_DECLS
