/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the session server: BBTs that say what they are told to, right or wrong. Frames are made by the
 * codec (which tests/peer knows a second time, in Python); the peer itself knows nothing of sessions. */
#pragma once

#include "bbt-field.h"
#include "comms/bbt-end.h"

typedef struct {
  Field        *field;
  int           fd;
  gboolean      udp;
  guint         link;
  CommsBbtIdent ident;
  guint8        payload[COMMS_BBT_PAYLOAD_MAX];   /* of the IDENT that was sent */
  gsize         length;
  guint8        nonce[16];                        /* the server's */
  guint8        key[COMMS_BBT_KEY_SIZE];
  CommsBbtEnd   end;
  guint8        bytes[65536];                     /* heard, not yet understood */
  gsize         n_bytes;
} Peer;

/* Connected, nothing said yet. */
Peer *peer_call    (Field *field, guint link);
Peer *peer_call_udp (Field *field, guint link);
/* The same as far as ACCEPT. */
Peer *peer_open    (Field *field, guint link);
Peer *peer_open_as (Peer *peer);
void  peer_free    (Peer *peer);

/* IDENT as in peer->ident; PROOF of CHALLENGE's nonce. */
void  peer_identify  (Peer *peer);
void  peer_challenged (Peer *peer);
void  peer_prove     (Peer *peer);
void  peer_accepted  (Peer *peer, CommsBbtMessage *accept);

/* Returns the frame's size; @frame (optional) gets a copy. */
gsize peer_say  (Peer *peer, const CommsBbtMessage *message, guint8 *frame);
void  peer_tell (Peer *peer, CommsBbtMessage message);
/* DATA of mode T; RESULT of @request. */
void  peer_data (Peer *peer, const guint8 *bytes, gsize length);
void  peer_answer (Peer *peer, const CommsBbtMessage *request, guint8 code, guint32 value);
void  peer_send (Peer *peer, const void *bytes, gsize length);
/* The next frame; borrows from the peer until the next call. The test fails without one. */
void  peer_hear (Peer *peer, CommsBbtMessage *message);
/* The next one of @type; ACK, PONG and what belongs to mode T before it dropped. */
void  peer_wait (Peer *peer, CommsBbtType type, CommsBbtMessage *message);
gboolean peer_hears (Peer *peer, double seconds);
/* FAULT @code, then the end of the connection (over UDP only the FAULT). Frees. */
void  peer_faulted (Peer *peer, CommsBbtFaultCode code);
/* The connection ends without more. Frees. */
void  peer_hung_up (Peer *peer);
/* ACK says that @stream is stored through (@boot, @through). */
void  peer_acknowledged (Peer *peer, CommsBbtStream stream, guint32 boot, guint32 through);

/* PING is answered, whatever else is said: the session lives. */
void peer_alive (Peer *peer);

/* Messages. */
CommsBbtMessage peer_live    (guint32 number, gint32 ai2);
CommsBbtMessage peer_event   (guint32 boot, guint32 number, guint8 code);
/* @rows of one value each, from @first on, a minute apart up to now. @packer holds its bytes. */
CommsBbtMessage peer_archive (guint32 boot, guint32 first, guint rows, gpointer packer);
