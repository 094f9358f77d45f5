/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server and its sessions know of each other. */
#pragma once

#include <uv.h>

#include "deadlines.h"
#include "listener.h"
#include "modem.h"
#include "refusal.h"
#include "registration.h"
#include "session-server.h"

G_BEGIN_DECLS

struct CommsSessionServer {
  /* fixed before the thread starts */
  GdpNetwork           *network;
  CommsSink             sink;
  CommsSessionSettings  settings;        /* defaults filled in; `listen` not kept */
  CommsPatience         patience;
  CommsRegistrations   *registrations;
  CommsModem          **modems;          /* by link */
  GThread              *thread;

  /* the session thread's */
  uv_loop_t             loop;
  uv_async_t            wake;
  uv_prepare_t          before_sleep;    /* sets the alarm */
  uv_timer_t            alarm;           /* rings at the first deadline */
  uv_timer_t            retry;           /* offers the outbox again, should nobody say that there is room */
  CommsListener        *listener;
  CommsDeadlines        deadlines;
  GQueue                sessions;        /* links embedded in CommsSession */
  GHashTable           *per_address;     /* "10.0.3.7" → how many, where limited */
  GQueue                outbox;          /* CommsReport that the sink had no room for */
  guint8                bytes[65536];    /* every session reads into it, after what it holds back */

  /* everyone's */
  int                   n_sessions, stopping, room;   /* atomic */
  GMutex                refusals_lock;
  CommsRefusals        *refusals;
};

gint64 comms_session_server_now (CommsSessionServer *server);   /* the sink's, µs */
/* (transfer full): gives @report to the sink, or keeps it until there is room. */
void   comms_session_server_give (CommsSessionServer *server, CommsReport *report);
/* FALSE: poll nobody, read nothing; sessions get RESUME. */
gboolean comms_session_server_has_room (CommsSessionServer *server);
/* Counts a caller turned away, and journals it if that was not done lately. @what: printable. */
void   comms_session_server_refuse (CommsSessionServer *server, const char *address, const char *what,
                                    const char *why);
void   comms_session_server_event  (CommsSessionServer *server, GdpEventKind kind, guint link,
                                    const char *text);
/* A session of @peer has ended: there is room for another. */
void   comms_session_server_left   (CommsSessionServer *server, const struct sockaddr *peer);
G_END_DECLS
