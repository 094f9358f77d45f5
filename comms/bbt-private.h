/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a BBT's session know of each other. bbt-session.c is the machine: frames against states;
 * bbt-begin.c who it is, bbt-record.c what it delivers, bbt-ask.c what it is asked, bbt-through.c mode T. */
#pragma once

#include "session-private.h"

G_BEGIN_DECLS

typedef CommsSessionState (*CommsBbtHandler) (CommsSession *session, CommsBbtMessage *message);

/* Between IDENT and the first frame after ACCEPT. */
struct CommsBbtCall {
  CommsBbtIdent ident;
  gboolean      counted;      /* among the unit's callers */
  gboolean      with_key;
  gint64        received;     /* server time when IDENT came, µs */
  guint8       *payload;      /* owned: of IDENT, as it was sent */
  gsize         length;
  guint8        nonce[16];    /* ours */
  guint8        proof[COMMS_BBT_PROOF_SIZE];   /* that is expected */
  CommsBbtMac   mac;          /* of the session */
};

/* The one place where an open session's state moves from one to another. Returns it. */
CommsSessionState comms_bbt_enter (CommsSession *session, CommsSessionState state);
/* FALSE: it could not be sent, and the session is closed. */
gboolean comms_bbt_say      (CommsSession *session, const CommsBbtMessage *message);
/* Ends the session; @format says more for the journal. Returns CLOSED. */
CommsSessionState comms_bbt_fail (CommsSession *session, CommsSessionEnd why, const char *format, ...)
  G_GNUC_PRINTF (3, 4);
/* When the session must be looked at again: never later than what waits for something. */
void     comms_bbt_set_alarm (CommsSession *session);
gboolean comms_bbt_is_open  (const CommsSession *session);

/* ---- bbt-begin.c ---- */
CommsSessionState comms_bbt_identify (CommsSession *session, CommsBbtMessage *message);
CommsSessionState comms_bbt_prove    (CommsSession *session, CommsBbtMessage *message);
CommsSessionState comms_bbt_identify_again (CommsSession *session, CommsBbtMessage *message);
CommsSessionState comms_bbt_prove_again (CommsSession *session, CommsBbtMessage *message);
/* TRUE: @frame is the IDENT that began @session, sent again. */
gboolean comms_bbt_is_same_call (const CommsSession *session, const CommsBbtFrame *frame);
/* What it knows of @unit's board: whatever calls next under its serial is let in. Its session ends. */
void comms_bbt_forget (CommsSessionServer *server, CommsBbtUnit *unit);
/* Forgets the IDENT. */
void comms_bbt_end_call (CommsSession *session);

/* The server's units are made anew from its network; those of @n_units links that go on (@same) are kept. */
void comms_bbt_adopt (CommsSessionServer *server, guint n_units, const gboolean *same);

/* ---- bbt-record.c ---- */
CommsSessionState comms_bbt_live      (CommsSession *session, CommsBbtMessage *message);
CommsSessionState comms_bbt_increment (CommsSession *session, CommsBbtMessage *message);
CommsSessionState comms_bbt_archive   (CommsSession *session, CommsBbtMessage *message);
CommsSessionState comms_bbt_event     (CommsSession *session, CommsBbtMessage *message);
CommsSessionState comms_bbt_pulse     (CommsSession *session, CommsBbtMessage *message);
CommsSessionState comms_bbt_sabotage  (CommsSession *session, CommsBbtMessage *message);
/* IDENT says that nothing is tampered with: so are its points, at its time. */
void comms_bbt_untampered (CommsSession *session);
/* Tells every unit what of its records has been committed. */
void comms_bbt_acknowledge (CommsSessionServer *server);

/* ---- bbt-ask.c ---- */
CommsSessionState comms_bbt_result (CommsSession *session, CommsBbtMessage *message);
/* Asks the next thing, unless an answer is awaited. In LEAVING, when there is nothing: BYE. */
CommsSessionState comms_bbt_ask_next (CommsSession *session);
gboolean comms_bbt_wants_anything (CommsSession *session);   /* but mode T */
/* No answer in time. */
void comms_bbt_unanswered (CommsSession *session);
/* The session ends: what was asked is not answered any more. */
void comms_bbt_end_asking (CommsSession *session, const char *why);
/* Nobody will carry them out any more: each has failed. */
void comms_bbt_drop_orders (CommsSessionServer *server, CommsBbtUnit *unit);
void comms_bbt_take_orders (CommsSessionServer *server);
/* Those that nobody has begun in time. */
void comms_bbt_expire_orders (CommsSessionServer *server);

/* ---- bbt-through.c ---- */
void comms_bbt_through_begin  (CommsSession *session);
void comms_bbt_through_end    (CommsBbtUnit *unit);
gboolean comms_bbt_through_wanted (CommsSession *session);   /* a slave is due */
gint64   comms_bbt_through_until  (const CommsSession *session);   /* when it must be looked at, monotonic µs */
void comms_bbt_through_opened (CommsSession *session);
void comms_bbt_through_refused (CommsSession *session, const char *why);
void comms_bbt_through_due    (CommsSession *session);
void comms_bbt_through_room   (CommsSession *session);
/* Back to mode C as soon as no slave's answer is under way. */
void comms_bbt_through_yield  (CommsSession *session);
/* There is an order for a slave. */
void comms_bbt_through_wake   (CommsSession *session);
CommsSessionState comms_bbt_through_data   (CommsSession *session, CommsBbtMessage *message);
CommsSessionState comms_bbt_through_closed (CommsSession *session, CommsBbtMessage *message);

/* ---- bbt-device.c ---- */
double comms_bbt_signal (const CommsBbtIdent *ident);   /* dBm, NaN = not known */
/* What is known of the unit now, for the store. */
void comms_bbt_tell_device (CommsSessionServer *server, CommsBbtUnit *unit);
/* … that nothing is, but how often it has called. */
void comms_bbt_tell_forgotten (CommsSessionServer *server, const CommsBbtUnit *unit);

G_END_DECLS
