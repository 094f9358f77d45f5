/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-private.h"

#include <string.h>

#include "udp.h"

typedef CommsSessionState State;

typedef enum { BYTES, DUE, ROOM, N_INPUTS } Input;

/* A dead GPRS connection looks like a quiet one; between polls of ten minutes only TCP itself can ask. */
static const guint keepalive_seconds = 60;

enum { UNSENT_MAX = 8192 };   /* bytes that a unit may leave unread beside what the kernel holds for it */

/* ---- time and bytes ---------------------------------------------------------------------- */

void
comms_session_wait_until (CommsSession *session, gint64 at)
{
  if (at == G_MAXINT64)
    comms_deadlines_remove (&session->server->loop.deadlines, &session->deadline);
  else
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

/* ---- sending ----------------------------------------------------------------------------- */

typedef struct {
  uv_write_t request;
  guint8     bytes[];
} Unsent;

static void
on_written (uv_write_t *request, int status)
{
  g_free (request);
}

static gboolean
send_later (CommsSession *session, const guint8 *bytes, gsize length)
{
  uv_stream_t *stream = (uv_stream_t *) session->tcp;

  if (uv_stream_get_write_queue_size (stream) + length > UNSENT_MAX)
    return FALSE;
  Unsent *unsent = g_malloc (sizeof *unsent + length);
  uv_buf_t buffer = uv_buf_init (memcpy (unsent->bytes, bytes, length), length);
  if (uv_write (&unsent->request, stream, &buffer, 1, on_written) == 0)
    return TRUE;
  g_free (unsent);
  return FALSE;
}

gboolean
comms_session_send (CommsSession *session, const guint8 *bytes, gsize length)
{
  uv_buf_t buffer = uv_buf_init ((char *) bytes, length);

  if (session->is_udp) {
    comms_udp_send (session->server->udp, (const struct sockaddr *) &session->peer, bytes, length);
    return TRUE;   /* a datagram may be lost anywhere */
  }
  int n = uv_try_write ((uv_stream_t *) session->tcp, &buffer, 1);
  if (n == UV_EAGAIN)
    n = 0;
  return n == (int) length || (n >= 0 && send_later (session, bytes + n, length - n));
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
  if (session->is_udp)
    return;
  if (read)
    uv_read_start ((uv_stream_t *) session->tcp, on_alloc, on_read);
  else
    uv_read_stop ((uv_stream_t *) session->tcp);
}

/* The first byte tells who calls. */
static State
who (CommsSession *session)
{
  if (session->n_bytes == 0 || session->bytes[0] != COMMS_BBT_START)
    return comms_modem_identify (session);
  session->is_bbt = TRUE;
  comms_bbt_end_init (&session->end, COMMS_BBT_OF_SERVER);
  session->end.gapless = TRUE;
  return COMMS_SESSION_STRANGER;
}

/* What is not in the table does not matter in that state. */
static State (*const table[COMMS_SESSION_N_STATES][N_INPUTS]) (CommsSession *) = {
  [COMMS_SESSION_REGISTERING] = { [BYTES] = who, [DUE] = comms_modem_unregistered },
  [COMMS_SESSION_SETTLING]    = { [BYTES] = comms_modem_identify, [DUE] = comms_modem_settle },
  [COMMS_SESSION_POLLING]     = { comms_modem_bytes, comms_modem_due, comms_modem_room },
  [COMMS_SESSION_STRANGER]    = { comms_bbt_bytes, comms_bbt_due, comms_bbt_room },
  [COMMS_SESSION_CHALLENGED]  = { comms_bbt_bytes, comms_bbt_due, comms_bbt_room },
  [COMMS_SESSION_OPEN]        = { comms_bbt_bytes, comms_bbt_due, comms_bbt_room },
  [COMMS_SESSION_THROUGH]     = { comms_bbt_bytes, comms_bbt_due, comms_bbt_room },
  [COMMS_SESSION_LEAVING]     = { comms_bbt_bytes, comms_bbt_due, comms_bbt_room },
  [COMMS_SESSION_CLOSED]      = { [DUE] = comms_session_leave_due },
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
  } while (session->n_bytes > 0 && !session->is_blocked
           && (session->n_bytes != n_bytes || session->state != state));
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
comms_session_datagram (CommsSession *session, const guint8 *bytes, gsize length)
{
  session->bytes = bytes;
  session->n_bytes = length;
  move (session, BYTES);
  if (session->state != COMMS_SESSION_CLOSED) {   /* nothing of a datagram belongs to the next one */
    session->n_bytes = 0;
    hold (session);
  }
}

void
comms_session_begin_with (CommsSession *session, const guint8 *bytes, gsize length)
{
  session->bytes = bytes;
  session->n_bytes = length;
  move (session, BYTES);
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

guint
comms_session_link (const CommsSession *session)
{
  if (session->is_bbt)
    return session->bbt != NULL ? session->bbt->link : G_MAXUINT;
  return session->modem != NULL ? session->modem->link : G_MAXUINT;
}

static CommsSession *
session_new (CommsSessionServer *server, const struct sockaddr *peer, gboolean is_udp)
{
  CommsSession *session = g_malloc0 (sizeof *session + (is_udp ? 0 : sizeof session->tcp[0]));

  session->server = server;
  session->is_udp = is_udp;
  session->link.data = session;
  session->started = g_get_monotonic_time ();
  memcpy (&session->peer, peer,
          peer->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in));
  g_queue_push_tail_link (&server->sessions, &session->link);
  comms_session_wait (session, server->settings.registration_time);
  return session;
}

CommsSession *
comms_session_open (CommsSessionServer *server, int fd, const struct sockaddr *peer)
{
  CommsSession *session = session_new (server, peer, FALSE);

  uv_tcp_init (&server->loop.uv, session->tcp);
  session->tcp->data = session;
  uv_tcp_open (session->tcp, fd);
  uv_tcp_nodelay (session->tcp, 1);
  uv_tcp_keepalive (session->tcp, 1, keepalive_seconds);
  comms_session_read (session, TRUE);
  return session;
}

CommsSession *
comms_session_open_udp (CommsSessionServer *server, const struct sockaddr *peer)
{
  CommsSession *session = session_new (server, peer, TRUE);

  session->is_bbt = TRUE;
  session->state = COMMS_SESSION_STRANGER;
  comms_bbt_end_init (&session->end, COMMS_BBT_OF_SERVER);
  return session;
}

/* `of_bbt`: where it is told of a BBT in other words. */
static const struct { const char *words; guint8 fault; guint16 wait; const char *of_bbt; } ends[COMMS_SESSION_N_ENDS] = {
  [COMMS_SESSION_HUNG_UP]      = { "the modem hung up", .of_bbt = "the unit hung up" },
  [COMMS_SESSION_LOST]         = { "the connection broke" },
  [COMMS_SESSION_CLOGGED]      = { "the modem takes no more data", .of_bbt = "the unit takes no more data" },
  [COMMS_SESSION_REPLACED]     = { "the modem called again" },
  [COMMS_SESSION_SILENT]       = { "no unit behind the modem answers; hung up so that it calls again" },
  [COMMS_SESSION_UNKNOWN]      = { "unknown registration" },
  [COMMS_SESSION_UNREGISTERED] = { "no registration in time" },
  [COMMS_SESSION_CHANGED]      = { "its configuration has changed; hung up so that it calls again",
                                   COMMS_BBT_FAULT_BUSY, 5 },
  [COMMS_SESSION_STOPPED]      = { "the server stops", COMMS_BBT_FAULT_BUSY, 10 },
  [COMMS_SESSION_DONE]         = { "all delivered" },
  [COMMS_SESSION_FAULTED]      = { "the unit says FAULT" },
  [COMMS_SESSION_MALFORMED]    = { "malformed frame", COMMS_BBT_FAULT_MALFORMED },
  [COMMS_SESSION_VERSION]      = { "a version of the protocol that is not spoken here", COMMS_BBT_FAULT_VERSION, 600 },
  [COMMS_SESSION_UNKNOWN_SERIAL] = { "unknown serial", COMMS_BBT_FAULT_UNKNOWN_SERIAL, 60 },
  [COMMS_SESSION_PROOF]        = { "wrong proof of the key", COMMS_BBT_FAULT_PROOF, 60 },
  [COMMS_SESSION_MAC]          = { "MAC missing or wrong", COMMS_BBT_FAULT_MAC },
  [COMMS_SESSION_SEQUENCE]     = { "the sequence did not grow", COMMS_BBT_FAULT_SEQUENCE },
  [COMMS_SESSION_UNEXPECTED]   = { "frame not expected now", COMMS_BBT_FAULT_UNEXPECTED },
  [COMMS_SESSION_SLOW]         = { "not identified in time", COMMS_BBT_FAULT_SLOW },
  [COMMS_SESSION_IDLE]         = { "nothing heard for too long", COMMS_BBT_FAULT_SLOW },
  [COMMS_SESSION_NEWER]        = { "the unit called again", COMMS_BBT_FAULT_REPLACED },
  [COMMS_SESSION_TRAFFIC]      = { "too much traffic", COMMS_BBT_FAULT_TRAFFIC, 60 },
  [COMMS_SESSION_BUSY]         = { "too many calls at once", COMMS_BBT_FAULT_BUSY, 10 },
  [COMMS_SESSION_NO_PROOF]     = { "this serial must authenticate", COMMS_BBT_FAULT_NO_PROOF, 600 },
  [COMMS_SESSION_NO_KEY]       = { "no key for this serial", COMMS_BBT_FAULT_NO_KEY, 600 },
  [COMMS_SESSION_OTHER_UNIT]   = { "another unit with this serial", COMMS_BBT_FAULT_OTHER_UNIT, 600 },
  [COMMS_SESSION_RENEWED]      = { "the unit identified itself anew" },
  [COMMS_SESSION_FORGOTTEN]    = { "not identified in time" },
  [COMMS_SESSION_NO_RESULT]    = { "a request was not answered", COMMS_BBT_FAULT_SLOW },
  [COMMS_SESSION_PASSED_ON]    = { "passed on to the server of its part" },
  [COMMS_SESSION_ELSEWHERE]    = { "another server answers for it", COMMS_BBT_FAULT_BUSY, 10 },
};

/* A caller that never said who it is. */
static void
refuse (CommsSession *session, const char *reason)
{
  g_autofree char *address = comms_session_address ((const struct sockaddr *) &session->peer, FALSE);
  g_autofree char *sent = comms_registration_printable (session->bytes, session->n_bytes);

  comms_session_server_refuse (session->server, address, NULL, sent, reason);
}

/* To the unit, as far as it understands, and to the journal: the end of a session, or a stranger turned away. */
static void
tell_end (CommsSession *session, CommsSessionEnd why, const char *detail)
{
  const char *words = session->is_bbt && ends[why].of_bbt != NULL ? ends[why].of_bbt : ends[why].words;
  g_autofree char *reason = g_strconcat (words, detail != NULL ? ": " : NULL, detail, NULL);

  if (session->is_bbt)
    comms_bbt_ended (session, why, ends[why].fault, ends[why].wait, reason, detail);
  else if (session->modem != NULL)
    comms_modem_ended (session, why, reason);
  else if (why != COMMS_SESSION_STOPPED && why != COMMS_SESSION_PASSED_ON)
    refuse (session, reason);
}

void
comms_session_free (CommsSession *session)
{
  g_free (session->held);
  g_free (session);
}

static void
on_closed (uv_handle_t *handle)
{
  comms_session_free (handle->data);
}

/* A BBT was told something that it should hear. */
static gboolean
has_last_words (const CommsSession *session, CommsSessionEnd why)
{
  return session->is_bbt && (ends[why].fault != 0 || why == COMMS_SESSION_DONE) && why != COMMS_SESSION_STOPPED;
}

void
comms_session_close (CommsSession *session, CommsSessionEnd why, const char *detail)
{
  CommsSessionServer *server = session->server;

  if (session->state == COMMS_SESSION_CLOSED)
    return;
  session->state = COMMS_SESSION_CLOSED;
  tell_end (session, why, detail);
  if (!session->is_bbt && session->modem != NULL) {
    session->modem->session = NULL;
    comms_poller_clear (&session->poller);
  }
  comms_deadlines_remove (&server->loop.deadlines, &session->deadline);
  g_queue_unlink (&server->sessions, &session->link);
  comms_session_server_left (server, (struct sockaddr *) &session->peer);
  if (session->is_udp)
    comms_udp_bury (server->udp, session, (GDestroyNotify) comms_session_free);
  else if (!has_last_words (session, why) || !comms_session_leave (session))
    uv_close ((uv_handle_t *) session->tcp, on_closed);
}
