/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of the BBT session protocol: proof, session key, MAC (PROTOCOL.md 4). Pure. */
#pragma once

#include "bbt-message.h"

G_BEGIN_DECLS

#define COMMS_BBT_KEY_SIZE   32
#define COMMS_BBT_PROOF_SIZE 16

/* HMAC-SHA-256 under one key: SHA-256's states after the inner and the outer block. 64 bytes is all that a
 * session keeps of its key, and a MAC costs two blocks less than from the key itself. */
typedef struct { guint32 inner[8], outer[8]; } CommsBbtMac;

/* One byte before the MACed bytes. */
typedef enum { COMMS_BBT_OF_UNIT = 0x55, COMMS_BBT_OF_SERVER = 0x53 } CommsBbtDirection;

/* @hex: 64 hexadecimal digits. FALSE with KEY; the message does not repeat the text. */
gboolean comms_bbt_key_parse (const char *hex, guint8 key[COMMS_BBT_KEY_SIZE], GError **error);

void comms_bbt_mac_init (CommsBbtMac *mac, const guint8 key[COMMS_BBT_KEY_SIZE]);
/* Of @bytes of a frame from its start mark to the payload's end. */
void comms_bbt_mac_make (const CommsBbtMac *mac, CommsBbtDirection direction, const guint8 *bytes, gsize length,
                         guint8 out[COMMS_BBT_MAC_SIZE]);
/* In a time that does not depend on where they differ. */
gboolean comms_bbt_same (const guint8 *a, const guint8 *b, gsize length);

/* @ident: IDENT's payload as it was sent, @length bytes of it (growth included). */
void comms_bbt_proof_make (const guint8 key[COMMS_BBT_KEY_SIZE], const guint8 *ident, gsize length,
                           const guint8 server_nonce[16], guint8 proof[COMMS_BBT_PROOF_SIZE]);
/* The MAC of the session that IDENT and CHALLENGE began. */
void comms_bbt_session_mac (const guint8 key[COMMS_BBT_KEY_SIZE], const CommsBbtIdent *ident,
                            const guint8 server_nonce[16], CommsBbtMac *mac);

G_END_DECLS
