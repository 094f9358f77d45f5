/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of a BBT, from IDENT to the last BYE: the unit's side of comms/PROTOCOL.md 3 as a table of states and
 * frame types. Pure: bytes and time (real, µs) come in, frames go out by a callback. */
#pragma once

#include "bbt.h"

G_BEGIN_DECLS

typedef enum {
  SIM_CALL_IDENTIFYING, SIM_CALL_PROVING, SIM_CALL_OPEN, SIM_CALL_THROUGH, SIM_CALL_LEAVING, SIM_CALL_OVER,
} SimCallState;

typedef enum {
  SIM_END_DONE,       /* both said BYE, or the server sent it away */
  SIM_END_LOST,       /* fault, silence, a broken link: to be tried again */
  SIM_END_AGAIN,      /* UDP: the server knows the session no more: identify anew at once */
} SimCallEnd;

typedef struct SimCall SimCall;

/* @frame: to be sent; one datagram over UDP. */
typedef void (*SimCallSend) (gpointer user_data, const guint8 *frame, gsize length);

typedef struct {
  CommsBbtCause cause;
  gboolean      datagrams;    /* UDP */
  guint64       chance;       /* of the nonce */
} SimCallOpening;

/* Connected: sends IDENT. @bbt: borrowed. */
SimCall *sim_call_new  (SimBbt *bbt, const SimCallOpening *opening, gint64 now, SimCallSend send, gpointer user_data);
void     sim_call_free (SimCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimCall, sim_call_free)

/* Bytes of the stream in any pieces, or one datagram. */
void     sim_call_hear (SimCall *call, const guint8 *bytes, gsize length, gint64 now);
/* To be called often: sends what has come up, and notices what did not come. */
void     sim_call_tick (SimCall *call, gint64 now);
/* The link broke. */
void     sim_call_lose (SimCall *call, const char *why);

SimCallState sim_call_state (const SimCall *call);
/* Once it is over: how, why (for the log), and s before which the server wants no new call. */
SimCallEnd   sim_call_end   (const SimCall *call, const char **why, guint *wait);
/* The server had accepted it. */
gboolean     sim_call_was_open (const SimCall *call);

G_END_DECLS
