/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session server: one listening port for all units that dial in, one libuv loop in its own thread. */
#pragma once

#include "sink.h"

G_BEGIN_DECLS

typedef struct CommsSessionServer CommsSessionServer;

/* Times in seconds; 0 = the default. */
typedef struct {
  const char *listen;            /* "0.0.0.0:7010", "[::]:7010"; port 0 = any free */
  guint       max_sessions;      /* 19000; who calls beyond that waits in the kernel's queue */
  guint       max_per_address;   /* sessions from one IP address, 0 = no limit */
  double      registration_time; /* 10: a new connection has to say who it is */
  double      quiet_time;        /* 0.3: silence that ends what has no end of its own */
  double      response_time;     /* 5: for an answer, before the modem's round trips are known: GPRS takes
                                    0.6 .. 2 s, and up to 3 s when the radio has to wake */
  double      response_least;    /* 2: however fast the last answers were */
  double      response_most;     /* 15 */
  double      refusal_interval;  /* 600: a stranger is journaled once in it */
  guint       dead_after;        /* 3: polls of every unit in a row without an answer, then the modem is hung
                                    up on, so that it dials again */
} CommsSessionSettings;

typedef enum {
  COMMS_SESSION_SERVER_ERROR_ADDRESS,   /* not an address */
  COMMS_SESSION_SERVER_ERROR_IN_USE,
  COMMS_SESSION_SERVER_ERROR_FAILED,
} CommsSessionServerError;
#define COMMS_SESSION_SERVER_ERROR (comms_session_server_error_quark ())
GQuark comms_session_server_error_quark (void);

/* @network: referenced; its MODEM links are served. Errors: address in use, not an address … */
CommsSessionServer *comms_session_server_start (GdpNetwork *network, const CommsSessionSettings *settings,
                                                const CommsSink *sink, GError **error);
/* Closes every session without a word in the journal (the server's end is the word), joins, frees. */
void     comms_session_server_stop (CommsSessionServer *server);
/* A new configuration, in two steps. First the sessions of links that @same (comms_same_links()) does not name
 * end, and after it nothing is reported of them; then @network (referenced) is what callers are looked up in. The
 * other sessions never notice. @same stays valid until the second step. */
void     comms_session_server_release (CommsSessionServer *server, const gboolean *same);
void     comms_session_server_adopt   (CommsSessionServer *server, GdpNetwork *network, const gboolean *same);
guint16  comms_session_server_port (CommsSessionServer *server);
guint    comms_session_server_n_sessions (CommsSessionServer *server);
/* The queue has room again. Any thread. */
void     comms_session_server_resume (CommsSessionServer *server);
/* A copy of the counters of a whole link (@unit G_MAXUINT) or of one of its units (index). Any thread.
 * FALSE when the link is not a modem's or the unit not on it. */
gboolean comms_session_server_traffic (CommsSessionServer *server, guint link, guint unit,
                                       CommsTraffic *traffic);
/* Strangers turned away, the latest first. (transfer full) (element-type CommsRefusal) Any thread. */
GPtrArray *comms_session_server_refusals (CommsSessionServer *server);

G_END_DECLS
