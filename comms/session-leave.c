/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a BBT is hung up on over TCP: what it was told last must reach it. A connection that is closed while bytes of the
 * other side are unread is reset, and a reset throws away at the other end what was not read there. So first we say that
 * no more comes, then read what still comes for nothing, until the unit hangs up or has had its time. */
#include "session-private.h"

#include "session-server-private.h"

static const double patience = 1;   /* s */
enum { DRAINED_MAX = 64 * 1024, LEAVING_MAX = 256 };

static void
on_closed (uv_handle_t *handle)
{
  comms_session_free (handle->data);
}

static void
bury (CommsSession *session)
{
  comms_deadlines_remove (&session->server->loop.deadlines, &session->deadline);
  g_queue_unlink (&session->server->leaving, &session->link);
  uv_close ((uv_handle_t *) session->tcp, on_closed);
}

static void
on_alloc (uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
  CommsSessionServer *server = ((CommsSession *) handle->data)->server;

  *buffer = uv_buf_init ((char *) server->bytes, sizeof server->bytes);
}

static void
on_read (uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
  CommsSession *session = stream->data;

  session->n_bytes += (guint32) MAX (n, 0);
  if (n < 0 || session->n_bytes > DRAINED_MAX)
    bury (session);
}

static void
on_shut (uv_shutdown_t *request, int status)
{
  g_free (request);
}

gboolean
comms_session_leave (CommsSession *session)
{
  CommsSessionServer *server = session->server;
  uv_stream_t *stream = (uv_stream_t *) session->tcp;
  uv_shutdown_t *request = g_new (uv_shutdown_t, 1);

  if (uv_shutdown (request, stream, on_shut) != 0) {
    g_free (request);
    return FALSE;
  }
  session->n_bytes = 0;   /* from here on: how many came for nothing */
  g_queue_push_tail_link (&server->leaving, &session->link);
  comms_session_wait (session, patience);
  uv_read_stop (stream);
  if (uv_read_start (stream, on_alloc, on_read) != 0)
    bury (session);
  else if (server->leaving.length > LEAVING_MAX)
    bury (server->leaving.head->data);
  return TRUE;
}

CommsSessionState
comms_session_leave_due (CommsSession *session)
{
  bury (session);
  return COMMS_SESSION_CLOSED;
}

void
comms_session_leave_all (CommsSessionServer *server)
{
  while (server->leaving.length > 0)
    bury (server->leaving.head->data);
}
