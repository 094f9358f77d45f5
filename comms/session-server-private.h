/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server and its sessions know of each other. */
#pragma once

#include "bbt-unit.h"
#include "listener.h"
#include "loop.h"
#include "modem.h"
#include "refusal.h"
#include "registration.h"
#include "session-server.h"

G_BEGIN_DECLS

typedef struct CommsUdp CommsUdp;

struct CommsSessionServer {
  /* fixed before the thread starts */
  GdpNetwork           *network;
  CommsSessionSettings  settings;        /* defaults filled in; `listen` not kept */
  CommsPatience         patience;
  CommsRegistrations   *registrations;
  CommsModem          **modems;          /* by link */
  CommsBbtKeys         *keys;            /* or NULL */
  CommsStreams         *streams;
  CommsBbtUnit        **bbts;            /* by link */
  GHashTable           *by_serial;       /* serial → CommsBbtUnit */

  /* the session thread's */
  CommsLoop             loop;
  CommsListener        *listener;
  CommsHandover        *handover;        /* or NULL */
  const gboolean       *same;            /* borrowed: between release and adopt, else NULL */
  CommsUdp             *udp;             /* or NULL */
  uv_timer_t            expiry;          /* looks after orders that nobody began in time; runs while there are any */
  GQueue                sessions;        /* links embedded in CommsSession */
  GQueue                leaving;         /* likewise: those that are closed, and have time to hear why */
  GHashTable           *per_address;     /* "10.0.3.7" → how many, where limited */
  const CommsBbtFrame  *frame;           /* of a BBT, the one that is being looked at */
  guint8                bytes[65536];    /* every session reads into it, after what it holds back */

  /* everyone's */
  int                   n_sessions;      /* atomic */
  GAsyncQueue          *orders;          /* CommsOrder, on their way in */
  GMutex                refusals_lock;
  CommsRefusals        *refusals;
};

gint64 comms_session_server_now (CommsSessionServer *server);   /* the sink's, µs */
/* comms_loop_give () */
void   comms_session_server_give (CommsSessionServer *server, CommsReport *report);
/* FALSE: poll nobody, read nothing; sessions get RESUME. */
gboolean comms_session_server_has_room (CommsSessionServer *server);
/* Counts a caller turned away, and journals it if that was not done lately. @serial: of a BBT, or NULL;
 * @what: printable. */
void   comms_session_server_refuse (CommsSessionServer *server, const char *address, const char *serial,
                                    const char *what, const char *why);
void   comms_session_server_event  (CommsSessionServer *server, GdpEventKind kind, guint link,
                                    const char *text);
/* An event as above, for a report of another kind. (transfer full) */
GdpEvent *comms_session_server_make_event (CommsSessionServer *server, GdpEventKind kind, guint link,
                                           const char *text);
/* FALSE: no more sessions, or none of this address; the refusal is told. TRUE: there is one more. */
gboolean comms_session_server_admit (CommsSessionServer *server, const struct sockaddr *peer);
/* It is among the sessions now. */
void     comms_session_server_joined (CommsSessionServer *server);
/* A session of @peer has ended: there is room for another. */
void   comms_session_server_left   (CommsSessionServer *server, const struct sockaddr *peer);
G_END_DECLS
