/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session's insides, for session.c (its bytes, its states, its end) and for the two kinds of callers:
 * session-modem.c and bbt-session.c. */
#pragma once

#include "poller.h"
#include "session.h"

G_BEGIN_DECLS

typedef enum {
  COMMS_SESSION_REGISTERING,  /* nothing certain yet; ends at the registration's time */
  COMMS_SESSION_SETTLING,     /* it may be complete, or is a stranger's: ends after a quiet time */
  COMMS_SESSION_POLLING,      /* a modem's: the poller has it */
  COMMS_SESSION_CLOSED,
  COMMS_SESSION_N_STATES
} CommsSessionState;

/* Thousands of these: what is large lives elsewhere, or only while it is needed. */
struct CommsSession {
  uv_tcp_t            tcp;
  CommsDeadline       deadline;
  GList               link;        /* in the server's sessions */
  CommsSessionServer *server;
  const guint8       *bytes;       /* not yet understood: in `held` or in the server's buffer */
  guint32             n_bytes;
  guint8              state;
  guint8             *held;        /* owned: an incomplete frame's beginning, between reads; else NULL */
  struct sockaddr_in6 peer;        /* or a sockaddr_in */
  gint64              started;     /* monotonic µs */
  CommsModem         *modem;       /* NULL until registered */
  CommsPoller         poller;      /* with a modem */
};
G_STATIC_ASSERT (sizeof (CommsSession) <= 512);

void comms_session_wait_until (CommsSession *session, gint64 at);        /* monotonic µs */
void comms_session_wait       (CommsSession *session, double seconds);
void comms_session_skip       (CommsSession *session, gsize n);          /* bytes understood */
void comms_session_read       (CommsSession *session, gboolean read);    /* FALSE: no more for now */

/* What a modem's session does with an input; returns the next state. */
CommsSessionState comms_modem_identify     (CommsSession *session);
CommsSessionState comms_modem_settle       (CommsSession *session);
CommsSessionState comms_modem_unregistered (CommsSession *session);
CommsSessionState comms_modem_bytes        (CommsSession *session);
CommsSessionState comms_modem_due          (CommsSession *session);
CommsSessionState comms_modem_room         (CommsSession *session);

G_END_DECLS
