/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the load generator's connections say: BBTs with and without keys, plain bytes for an echo, MQTT. */
#pragma once

#include "comms/bbt-end.h"

G_BEGIN_DECLS

enum { TONGUE_ROOM = 256 };   /* bytes of the longest thing said or heard */

typedef struct {
  int         fd;            /* -1 = not connected */
  guint32     number;        /* of the unit */
  gboolean    in;            /* it is let in */
  gboolean    asking;        /* an answer is awaited */
  gint64      asked;         /* monotonic µs */
  guint8      held[TONGUE_ROOM];
  guint       n_held;
  /* a BBT's */
  CommsBbtEnd end;
  guint8      nonce[8];
  gint64      began, told;   /* µs UTC: IDENT, the last record */
  guint32     record;        /* number of the last one, across sessions */
  guint32     acknowledged;
} Dialer;

typedef struct {
  const char *name;
  /* Each writes what is to be sent and returns its length. */
  gsize (*greet) (Dialer *dialer, guint8 *out);
  gsize (*ask)   (Dialer *dialer, guint8 *out);
  /* What came: the bytes of the first whole thing in it, 0 = more is needed. Sets `in`, ends `asking`, and may
   * answer. */
  gsize (*hear)  (Dialer *dialer, const guint8 *bytes, gsize n, guint8 *out, gsize *n_out);
} Tongue;

extern const Tongue tongue_echo, tongue_bbt, tongue_bbt_keyless, tongue_mqtt;

/* "U00017" */
void   tongue_serial (guint number, char serial[17]);
void   tongue_key    (guint number, guint8 key[COMMS_BBT_KEY_SIZE]);
/* What units were told by FAULT, since the last call: the first text and how many. 0 = none. */
guint  tongue_faults (char *first, gsize size);

G_END_DECLS
