/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session's insides, for session.c (its bytes, its states, its end) and for the two kinds of callers:
 * session-modem.c and bbt-session.c. */
#pragma once

#include "bbt-end.h"
#include "poller.h"
#include "session.h"

G_BEGIN_DECLS

typedef enum {
  /* nobody in particular */
  COMMS_SESSION_REGISTERING,  /* nothing certain yet; ends at the registration's time */
  COMMS_SESSION_SETTLING,     /* it may be complete, or is a stranger's: ends after a quiet time */
  /* a transparent modem */
  COMMS_SESSION_POLLING,      /* the poller has it */
  /* a BBT, PROTOCOL.md 3 */
  COMMS_SESSION_STRANGER,     /* no IDENT yet */
  COMMS_SESSION_CHALLENGED,   /* no proof yet: `call` holds what it will be measured by */
  COMMS_SESSION_OPEN,         /* mode C; from here on it is its unit's session */
  COMMS_SESSION_THROUGH,      /* mode T beside it */
  COMMS_SESSION_LEAVING,      /* the unit said BYE, and is owed something yet */
  COMMS_SESSION_CLOSED,
  COMMS_SESSION_N_STATES
} CommsSessionState;

typedef struct CommsBbtUnit CommsBbtUnit;
typedef struct CommsBbtCall CommsBbtCall;

/* Thousands of these: what is large lives elsewhere, or only while it is needed. */
struct CommsSession {
  CommsDeadline       deadline;
  GList               link;        /* in the server's sessions */
  CommsSessionServer *server;
  const guint8       *bytes;       /* not yet understood: in `held` or in the server's buffer */
  guint32             n_bytes;
  guint8              state;
  guint8              is_udp : 1, is_bbt : 1;
  guint8              hops : 6;    /* servers that have passed it on */
  guint8              is_blocked;  /* a BBT's: not reading until there is room in the queue */
  guint8             *held;        /* owned: an incomplete frame's beginning, between reads; else NULL */
  struct sockaddr_in6 peer;        /* or a sockaddr_in */
  gint64              started;     /* monotonic µs: of the connection; of an open BBT session: last heard */
  union {
    struct {
      CommsModem     *modem;       /* NULL until registered */
      CommsPoller     poller;      /* with a modem */
    };
    struct {
      CommsBbtUnit   *bbt;         /* NULL until IDENT */
      CommsBbtCall   *call;        /* owned: between IDENT and the first frame after ACCEPT, or NULL */
      CommsBbtEnd     end;
      guint32         about;       /* sequence of the unit's frame that is being looked at, 0 = none */
    };
  };
  uv_tcp_t            tcp[];       /* one; with UDP none */
};
G_STATIC_ASSERT (sizeof (CommsSession) + sizeof (uv_tcp_t) <= 512);

void comms_session_wait_until (CommsSession *session, gint64 at);        /* monotonic µs; G_MAXINT64: never */
void comms_session_wait       (CommsSession *session, double seconds);
void comms_session_skip       (CommsSession *session, gsize n);          /* bytes understood */
void comms_session_read       (CommsSession *session, gboolean read);    /* FALSE: no more for now */
/* All of it or, with FALSE, nothing that can be relied on. Over TCP what does not fit at once is kept, but not
 * much: who does not read is not worth the memory. */
gboolean comms_session_send   (CommsSession *session, const guint8 *bytes, gsize length);

void     comms_session_free   (CommsSession *session);

/* ---- session-leave.c ---- */
/* A closed session's connection is ended after the unit had time to read. FALSE: that cannot be; close it. */
gboolean          comms_session_leave     (CommsSession *session);
CommsSessionState comms_session_leave_due (CommsSession *session);
/* Nobody is given any more time. */
void              comms_session_leave_all (CommsSessionServer *server);

/* ---- session-share.c ---- */
/* TRUE: a BBT of another part called; it was passed on or turned away, and the session is closed. */
gboolean comms_session_is_elsewhere   (CommsSession *session, const char *serial);
/* A caller who is known to be another's, by its @name: passed on with @bytes (all that was read of it) or turned away.
 * The session is closed. */
void     comms_session_send_elsewhere (CommsSession *session, const guint8 *name, gsize name_length,
                                       const guint8 *bytes, gsize length);
/* CommsHandoverTaken of the server. */
void     comms_session_take_over      (int fd, const struct sockaddr *peer, guint hops, const guint8 *bytes, gsize length,
                                       gpointer server);

/* What a modem's session does with an input; returns the next state. */
CommsSessionState comms_modem_identify     (CommsSession *session);
CommsSessionState comms_modem_settle       (CommsSession *session);
CommsSessionState comms_modem_unregistered (CommsSession *session);
CommsSessionState comms_modem_bytes        (CommsSession *session);
CommsSessionState comms_modem_due          (CommsSession *session);
CommsSessionState comms_modem_room         (CommsSession *session);
/* @order: (transfer full), a WRITE to a slave behind a modem or a BBT; it fails at once when nobody is there. */
void              comms_modem_take_order   (CommsSessionServer *server, CommsOrder *order);
void              comms_modem_ended        (CommsSession *session, CommsSessionEnd why, const char *reason);

/* The same of a BBT's. */
CommsSessionState comms_bbt_bytes (CommsSession *session);
CommsSessionState comms_bbt_due   (CommsSession *session);
CommsSessionState comms_bbt_room  (CommsSession *session);
/* Says FAULT @code (0 = nothing) with @detail, tells the journal, lets go of everything. @wait: s before which
 * the unit is not to call again. */
void              comms_bbt_ended (CommsSession *session, CommsSessionEnd why, guint8 code, guint16 wait,
                                   const char *reason, const char *detail);

G_END_DECLS
