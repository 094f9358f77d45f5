/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the payload of each frame type is laid out: PROTOCOL.md 8 as tables. Inside comms/ only. */
#pragma once

#include "bbt-message.h"

G_BEGIN_DECLS

/* How a field lies on the wire, and in its struct. */
typedef enum {
  COMMS_BBT_UNSIGNED,    /* `bytes` big-endian; guint8 … guint64 */
  COMMS_BBT_SIGNED,      /* gint8 … gint32 */
  COMMS_BBT_SECONDS,     /* u32 s; gint64 µs */
  COMMS_BBT_MOMENT,      /* u32 s, u16 ms; gint64 µs */
  COMMS_BBT_TEXT,        /* `bytes`, filled up with zeros; char[bytes + 1] */
  COMMS_BBT_DIGITS,      /* two decimal digits a byte, filled up with F; char[2 × bytes + 1] */
  COMMS_BBT_STRING,      /* length u8, then so many (most) characters; char[most + 1] */
  COMMS_BBT_OCTETS,      /* `bytes` as they are; guint8[bytes] */
  COMMS_BBT_REST,        /* least … most bytes, to the payload's end; CommsBbtBytes */
  COMMS_BBT_VALUES,      /* of the channels of the report's mask; CommsBbtReport */
  COMMS_BBT_COUNTED,     /* n u8, then n (least … most) elements */
  COMMS_BBT_LISTED,      /* elements to the payload's end */
  COMMS_BBT_N_WIRES
} CommsBbtWire;

/* How the describer shows it, where the wire does not say it. */
typedef enum {
  COMMS_BBT_SHOW_PLAIN, COMMS_BBT_SHOW_HEX, COMMS_BBT_SHOW_CHAR, COMMS_BBT_SHOW_VERSION, COMMS_BBT_SHOW_TEXT,
  COMMS_BBT_SHOW_WORD,   /* of the set of codes */
  COMMS_BBT_SHOW_ROWS,   /* of the archive whose last field this is */
} CommsBbtShow;

typedef struct CommsBbtList CommsBbtList;

typedef struct {
  const char         *name;
  CommsBbtWire        wire;
  guint8              bytes;      /* on the wire, where that is fixed */
  guint16             offset;     /* in the struct */
  CommsBbtShow        show;
  CommsBbtCodeSet     set;
  gint64              least, most;   /* of a number, of a length, of a count; most 0 = whatever fits */
  const char         *allowed;    /* a character that must be one of these */
  gboolean          (*fits) (const char *text);   /* what a text must be, NULL = printable ASCII */
  const CommsBbtList *list;
} CommsBbtField;

struct CommsBbtList {
  const CommsBbtField *fields;
  guint                n_fields;
  guint16              count;      /* offset of the guint8 that counts, in the message's struct */
  guint16              stride;     /* from element to element, in the struct */
  guint16              bytes;      /* an element on the wire */
};

typedef struct {
  const CommsBbtField *fields;
  guint                n_fields;
  guint16              cleared;    /* bytes of the struct that are zeroed before decoding */
  gboolean           (*check) (const CommsBbtMessage *message, GError **error);   /* what no field says alone */
} CommsBbtLayout;

/* NULL with TYPE. */
const CommsBbtLayout *comms_bbt_layout (guint8 type, GError **error);

/* The struct of the message's type: what field offsets count from. */
#define COMMS_BBT_BODY(message) ((guint8 *) (message) + G_STRUCT_OFFSET (CommsBbtMessage, ident))

G_END_DECLS
