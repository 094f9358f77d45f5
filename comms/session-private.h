/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session's insides, for session.c (who it is, its states, its end) and session-poll.c (polling). */
#pragma once

#include "session.h"

G_BEGIN_DECLS

typedef enum {
  REGISTERING,  /* nothing certain yet; ends at the registration's time */
  SETTLING,     /* it may be complete, or is a stranger's: ends after a quiet time */
  RESTING,      /* no unit is due */
  AWAITING,     /* a request is out */
  DRAINING,     /* an answer went wrong or may still come for a request given up: what comes is dropped */
  BLOCKED,      /* the queue is full: not reading */
  CLOSED,
  N_STATES
} CommsSessionState;

enum { NOT_REFUSED = G_MAXUINT16 };

/* Thousands of these: what is large lives elsewhere, or only while it is needed. */
struct CommsSession {
  uv_tcp_t            tcp;
  CommsDeadline       deadline;
  GList               link;        /* in the server's sessions */
  CommsSessionServer *server;
  CommsModem         *modem;       /* NULL until registered */
  const guint8       *bytes;       /* not yet understood: in `held` or in the server's buffer */
  guint32             n_bytes;
  guint8              state;
  guint8              owed;        /* requests out that may still be answered */
  guint16             n_answers;   /* good ones in `report` */
  guint8             *held;        /* owned: an incomplete frame's beginning, between reads; else NULL */
  struct sockaddr_in6 peer;        /* or a sockaddr_in */
  gint64              started;     /* monotonic µs: of the connection, then of the last request */
  CommsReport        *report;      /* owned: the poll under way, or NULL */
  guint16             slot, block; /* the modem's unit that is polled, and how far */
  guint16             refused;     /* a block to be split when the poll ends, NOT_REFUSED = none */
};
G_STATIC_ASSERT (sizeof (CommsSession) <= 512);

void comms_session_wait_until (CommsSession *session, gint64 at);        /* monotonic µs */
void comms_session_wait       (CommsSession *session, double seconds);
void comms_session_skip       (CommsSession *session, gsize n);          /* bytes understood */

/* What polling does with an input; returns the next state. */
CommsSessionState comms_session_poll        (CommsSession *session);  /* the next unit that is due, or rest */
CommsSessionState comms_session_rest        (CommsSession *session);  /* bytes while resting */
CommsSessionState comms_session_take_answer (CommsSession *session);
CommsSessionState comms_session_miss_answer (CommsSession *session);
CommsSessionState comms_session_drain_bytes (CommsSession *session);
CommsSessionState comms_session_drained     (CommsSession *session);

G_END_DECLS
