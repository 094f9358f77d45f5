/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session server: one listening port for all units that dial in, one libuv loop in its own thread. */
#pragma once

#include "sink.h"

G_BEGIN_DECLS

typedef struct CommsSessionServer CommsSessionServer;

typedef struct {
  const char *listen;            /* "0.0.0.0:7010", "[::]:7010"; port 0 = any free */
  guint       max_sessions;      /* 0 = 19000 */
  guint       max_per_address;   /* sessions from one IP address, 0 = no limit */
  double      registration_time; /* seconds a new connection has to say who it is; 0 = 10 */
} CommsSessionSettings;

/* @network: referenced; its MODEM links are served. Errors: address in use, not an address … */
CommsSessionServer *comms_session_server_start (GdpNetwork *network, const CommsSessionSettings *settings,
                                                const CommsSink *sink, GError **error);
void     comms_session_server_stop (CommsSessionServer *server);   /* closes every session, joins, frees */
guint16  comms_session_server_port (CommsSessionServer *server);
guint    comms_session_server_n_sessions (CommsSessionServer *server);
/* The queue has room again. Any thread. */
void     comms_session_server_resume (CommsSessionServer *server);
gboolean comms_session_server_traffic (CommsSessionServer *server, guint link, guint unit, CommsTraffic *traffic);

G_END_DECLS
