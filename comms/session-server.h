/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session server: one listening port for all units that dial in, one libuv loop in its own thread. */
#pragma once

#include "bbt-keys.h"
#include "handover.h"
#include "order.h"
#include "sink.h"
#include "streams.h"

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
  CommsShare  share;             /* several servers on the ports: links of other parts are theirs */
  const char *udp;               /* BBTs over UDP: an address as in `listen`; NULL = none */
  CommsBbtKeys *keys;            /* of BBTs, referenced; NULL = none has a key */
  CommsStreams *streams;         /* of BBTs, referenced; NULL = nothing is known of them, and nothing outlives
                                    the session server */
  double      idle_time;         /* 600: a BBT from which nothing was heard for so long has gone */
  double      result_time;       /* 30: … to answer a request */
  double      udp_result_time;   /* 10: the same over UDP, then it is asked again, three times */
  guint       bytes_per_minute;  /* 4 MiB: of one BBT */
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
/* Other keys, referenced, NULL = none; who is in session stays. */
void     comms_session_server_set_keys (CommsSessionServer *server, CommsBbtKeys *keys);
guint16  comms_session_server_port (CommsSessionServer *server);
guint    comms_session_server_n_sessions (CommsSessionServer *server);
/* The queue has room again. Any thread. */
void     comms_session_server_resume (CommsSessionServer *server);
/* A copy of the counters of a whole link (@unit G_MAXUINT) or of one of its units (index). Any thread.
 * FALSE when the link is not a modem's or the unit not on it. */
gboolean comms_session_server_traffic (CommsSessionServer *server, guint link, guint unit,
                                       CommsTraffic *traffic);
/* The UDP port, 0 = none. */
guint16  comms_session_server_udp_port (CommsSessionServer *server);
/* Queues a copy of @order for its link; what came of it is a COMMS_REPORT_RESULT. FALSE: it cannot be carried
 * out by anybody, and no report will come. Any thread. */
gboolean comms_session_server_order (CommsSessionServer *server, const CommsOrder *order, GError **error);
/* Strangers turned away, the latest first. (transfer full) (element-type CommsRefusal) Any thread. */
GPtrArray *comms_session_server_refusals (CommsSessionServer *server);

G_END_DECLS
