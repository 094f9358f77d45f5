/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-private.h"

#include <string.h>

typedef CommsSessionState State;

typedef enum { BYTES, DUE, ROOM, N_INPUTS } Input;

/* A dead GPRS connection looks like a quiet one; between polls of ten minutes only TCP itself can ask. */
static const guint keepalive_seconds = 60;

/* ---- time and bytes ---------------------------------------------------------------------- */

void
comms_session_wait_until (CommsSession *session, gint64 at)
{
  comms_deadlines_set (&session->server->loop.deadlines, &session->deadline, at);
}

void
comms_session_wait (CommsSession *session, double seconds)
{
  comms_session_wait_until (session, g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC));
}

void
comms_session_skip (CommsSession *session, gsize n)
{
  session->bytes += n;
  session->n_bytes -= n;
}

/* Keeps what is not yet understood for the next read, and lets go of the rest. */
static void
hold (CommsSession *session)
{
  guint8 *left = session->n_bytes > 0 ? g_memdup2 (session->bytes, session->n_bytes) : NULL;

  g_free (session->held);
  session->bytes = session->held = left;
}

/* ---- the machine ------------------------------------------------------------------------- */

static void
on_alloc (uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
  CommsSession *session = handle->data;
  CommsSessionServer *server = session->server;

  if (session->n_bytes > 0)
    memcpy (server->bytes, session->bytes, session->n_bytes);
  *buffer = uv_buf_init ((char *) server->bytes + session->n_bytes, sizeof server->bytes - session->n_bytes);
}

static void on_read (uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer);

void
comms_session_read (CommsSession *session, gboolean read)
{
  if (read)
    uv_read_start ((uv_stream_t *) &session->tcp, on_alloc, on_read);
  else
    uv_read_stop ((uv_stream_t *) &session->tcp);
}

/* What is not in the table does not matter in that state. */
static State (*const table[COMMS_SESSION_N_STATES][N_INPUTS]) (CommsSession *) = {
  [COMMS_SESSION_REGISTERING] = { [BYTES] = comms_modem_identify, [DUE] = comms_modem_unregistered },
  [COMMS_SESSION_SETTLING] = { [BYTES] = comms_modem_identify, [DUE] = comms_modem_settle },
  [COMMS_SESSION_POLLING]  = { [BYTES] = comms_modem_bytes, [DUE] = comms_modem_due, [ROOM] = comms_modem_room },
};

/* The one place where a session's state moves. Bytes left over by one state are the next one's input. */
static void
move (CommsSession *session, Input input)
{
  guint32 n_bytes;
  State state;

  do {
    state = session->state;
    n_bytes = session->n_bytes;
    if (table[state][input] == NULL)
      break;
    State next = table[state][input] (session);
    if (session->state == COMMS_SESSION_CLOSED)
      return;
    session->state = next;
    input = BYTES;
  } while (session->n_bytes > 0 && (session->n_bytes != n_bytes || session->state != state));
  hold (session);
}

static void
on_read (uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
  CommsSession *session = stream->data;

  if (n < 0) {
    comms_session_close (session, n == UV_EOF ? COMMS_SESSION_HUNG_UP : COMMS_SESSION_LOST,
                         n == UV_EOF ? NULL : uv_strerror (n));
  } else if (n > 0) {
    session->bytes = session->server->bytes;
    session->n_bytes += n;
    move (session, BYTES);
  }
}

void
comms_session_due (CommsDeadline *deadline)
{
  CommsSession *session = (CommsSession *) ((char *) deadline - G_STRUCT_OFFSET (CommsSession, deadline));

  move (session, DUE);
}

void
comms_session_resume (CommsSession *session)
{
  move (session, ROOM);
}

/* ---- its beginning and its end ------------------------------------------------------------- */

char *
comms_session_address (const struct sockaddr *peer, gboolean with_port)
{
  gboolean six = peer->sa_family == AF_INET6;
  guint port = g_ntohs (six ? ((const struct sockaddr_in6 *) peer)->sin6_port
                            : ((const struct sockaddr_in *) peer)->sin_port);
  char host[INET6_ADDRSTRLEN] = "";

  uv_ip_name (peer, host, sizeof host);
  if (!with_port)
    return g_strdup (host);
  return g_strdup_printf (six ? "[%s]:%u" : "%s:%u", host, port);
}

void
comms_session_open (CommsSessionServer *server, int fd, const struct sockaddr *peer)
{
  CommsSession *session = g_new0 (CommsSession, 1);

  session->server = server;
  session->link.data = session;
  session->started = g_get_monotonic_time ();
  memcpy (&session->peer, peer,
          peer->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in));
  uv_tcp_init (&server->loop.uv, &session->tcp);
  session->tcp.data = session;
  uv_tcp_open (&session->tcp, fd);
  uv_tcp_nodelay (&session->tcp, 1);
  uv_tcp_keepalive (&session->tcp, 1, keepalive_seconds);
  g_queue_push_tail_link (&server->sessions, &session->link);
  comms_session_wait (session, server->settings.registration_time);
  comms_session_read (session, TRUE);
}

static const char *const words[] = {
  [COMMS_SESSION_HUNG_UP]      = "the modem hung up",
  [COMMS_SESSION_LOST]         = "the connection broke",
  [COMMS_SESSION_CLOGGED]      = "the modem takes no more data",
  [COMMS_SESSION_REPLACED]     = "the modem called again",
  [COMMS_SESSION_SILENT]       = "no unit behind the modem answers; hung up so that it calls again",
  [COMMS_SESSION_UNKNOWN]      = "unknown registration",
  [COMMS_SESSION_UNREGISTERED] = "no registration in time",
  [COMMS_SESSION_CHANGED]      = "its configuration has changed; hung up so that it calls again",
  [COMMS_SESSION_STOPPED]      = "the server stops",
};

/* To the journal: the end of a modem's session, or a stranger turned away. */
static void
tell_end (CommsSession *session, CommsSessionEnd why, const char *detail)
{
  CommsSessionServer *server = session->server;
  g_autofree char *reason = g_strconcat (words[why], detail != NULL ? ": " : NULL, detail, NULL);
  const struct sockaddr *peer = (const struct sockaddr *) &session->peer;
  g_autofree char *address = comms_session_address (peer, session->modem != NULL);

  if (session->modem == NULL) {
    g_autofree char *sent = comms_registration_printable (session->bytes, session->n_bytes);
    comms_session_server_refuse (server, address, sent, reason);
    return;
  }
  g_autofree char *text = g_strdup_printf ("%s: %s", address, reason);
  comms_session_server_event (server, GDP_EVENT_SESSION_CLOSED, session->modem->link, text);
  if (why == COMMS_SESSION_REPLACED)
    return;
  CommsReport *lost = comms_report_new (COMMS_REPORT_LINK_FAILED, G_MAXUINT, session->modem->link,
                                        comms_session_server_now (server), 0);
  lost->detail = g_steal_pointer (&reason);
  comms_session_server_give (server, lost);
}

static void
on_closed (uv_handle_t *handle)
{
  CommsSession *session = handle->data;

  g_free (session->held);
  g_free (session);
}

void
comms_session_close (CommsSession *session, CommsSessionEnd why, const char *detail)
{
  CommsSessionServer *server = session->server;

  if (session->state == COMMS_SESSION_CLOSED)
    return;
  session->state = COMMS_SESSION_CLOSED;
  if (why != COMMS_SESSION_STOPPED)
    tell_end (session, why, detail);
  if (session->modem != NULL)
    session->modem->session = NULL;
  comms_poller_clear (&session->poller);
  comms_deadlines_remove (&server->loop.deadlines, &session->deadline);
  g_queue_unlink (&server->sessions, &session->link);
  comms_session_server_left (server, (struct sockaddr *) &session->peer);
  uv_close ((uv_handle_t *) &session->tcp, on_closed);
}
