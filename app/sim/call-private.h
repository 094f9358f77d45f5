/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a call know of each other: call.c is the machine, call-send.c what it delivers, call-answer.c
 * what the server asks. */
#pragma once

#include "call.h"
#include "comms/bbt-end.h"

G_BEGIN_DECLS

#define SIM_CALL_WINDOW 8   /* frames with records that wait for their ACK (UDP: 1) */

typedef struct { CommsBbtAckEntry through; gint64 sent; } SimSent;

/* Rows that REQUEST 2 wants. `last`: the newest of them that was not sent yet: up to it the stream is sent, wanted
 * or not. */
typedef struct {
  gboolean         wanted;
  gint64           from, to;
  CommsBbtAckEntry given, last;
} SimDemand;

/* UDP: what was sent and not answered. */
typedef struct {
  guint8  type;         /* 0 = nothing */
  guint   tries;
  gint64  again;        /* µs */
  guint16 length;
  guint8 *payload;      /* owned */
} SimUnanswered;

struct SimCall {
  SimBbt       *bbt;
  SimCallState  state;
  SimCallEnd    how;
  const char   *why;
  guint         wait;
  gboolean      datagrams, was_open;
  SimCallSend   send;
  gpointer      user_data;
  CommsBbtEnd   end;
  gint64        now;             /* of the call that is under way */
  gint64        heard;           /* from the server, last */
  gint64        asked;           /* it last asked for something */
  gint64        pinged;

  CommsBbtIdent ident;
  guint8        payload[128];    /* of IDENT, as sent */
  gsize         payload_length;
  CommsBbtMac   mac;             /* of the session that PROOF proposes */
  guint16       idle;
  guint8        wanted;
  gboolean      stays, more;     /* as ACCEPT says */

  SimSent       sent[SIM_CALL_WINDOW];
  guint         n_sent;
  CommsBbtReport report, base;   /* the last LIVE or INCREMENT sent; the last acknowledged */
  gboolean      has_base, live_due;
  gint64        next_live;
  SimDemand     demands[COMMS_BBT_N_STREAMS];
  SimUnanswered unanswered;

  guint16       through_idle;    /* s */
  gint64        through_heard;
  gsize         n_through;
  guint8       *through;         /* owned: Modbus bytes that make no frame yet; NULL = no mode T so far */

  gsize         n_bytes;
  guint8       *bytes;           /* owned: the beginning of a frame, or NULL */
};

/* ---- call.c ---- */
/* Sends a frame; over UDP it is remembered when it wants an answer. */
void sim_call_say  (SimCall *call, const CommsBbtMessage *message);
void sim_call_over (SimCall *call, SimCallEnd how, const char *why);
/* FAULT, and over. */
void sim_call_fail (SimCall *call, CommsBbtFaultCode code, const char *why);
void sim_call_leave (SimCall *call, CommsBbtByeReason reason);
/* UDP: one of these types was answered. */
void sim_call_answered (SimCall *call, guint8 type);

/* ---- call-send.c ---- */
void sim_call_deliver (SimCall *call);
void sim_call_acknowledged (SimCall *call, const CommsBbtAckEntry *entry);
/* TRUE: nothing is left to send, and nothing sent waits. */
gboolean sim_call_delivered (const SimCall *call);
/* Again LIVE, as soon as may be. */
void sim_call_want_live (SimCall *call);

/* ---- call-answer.c ---- */
void sim_call_answer  (SimCall *call, const CommsBbtFrame *frame, const CommsBbtMessage *message, gboolean in_range);
void sim_call_through (SimCall *call, const CommsBbtData *data);
void sim_call_watch_through (SimCall *call);

G_END_DECLS
