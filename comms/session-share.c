/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Callers of other parts, where several servers share a port (handover.h). */
#include "session-private.h"

#include "udp.h"

#include <string.h>
#include <unistd.h>

static int
descriptor_of (CommsSession *session)
{
  uv_os_fd_t fd = -1;

  uv_fileno ((uv_handle_t *) session->tcp, &fd);
  return fd;
}

static gboolean
give (CommsSession *session, guint part, const guint8 *bytes, gsize length, GError **error)
{
  if (session->is_udp)
    return comms_udp_pass_on (session->server->udp, part, session, error);
  return comms_handover_give (session->server->handover, part, descriptor_of (session),
                              (const struct sockaddr *) &session->peer, session->hops, bytes, length, error);
}

void
comms_session_send_elsewhere (CommsSession *session, const guint8 *name, gsize name_length, const guint8 *bytes,
                              gsize length)
{
  CommsSessionServer *server = session->server;
  CommsShare share = server->settings.share;
  g_autoptr (GError) error = NULL;
  guint part = comms_share_part_of (name, name_length, share.parts);
  const char *why = server->handover == NULL ? "servers do not share this port"
                    : session->hops > 0 || part == share.part ? "the servers on this port do not share alike" : NULL;

  if (why == NULL && give (session, part, bytes, length, &error))
    comms_session_close (session, COMMS_SESSION_PASSED_ON, NULL);
  else
    comms_session_close (session, COMMS_SESSION_ELSEWHERE, why != NULL ? why : error->message);
}

gboolean
comms_session_is_elsewhere (CommsSession *session, const char *serial)
{
  CommsSessionServer *server = session->server;
  CommsShare share = server->settings.share;
  const CommsBbtFrame *frame = server->frame;
  const guint8 *name = (const guint8 *) serial;

  if (share.parts <= 1 || comms_share_part_of (name, strlen (serial), share.parts) == share.part)
    return FALSE;
  comms_session_send_elsewhere (session, name, strlen (serial), frame->start, frame->size + session->n_bytes);
  return TRUE;
}

void
comms_session_take_over (int fd, const struct sockaddr *peer, guint hops, const guint8 *bytes, gsize length,
                         gpointer user_data)
{
  CommsSessionServer *server = user_data;

  if (fd < 0) {
    if (server->udp != NULL)
      comms_udp_take (server->udp, peer, hops, bytes, length);
    return;
  }
  if (!comms_session_server_admit (server, peer)) {
    close (fd);
    return;
  }
  CommsSession *session = comms_session_open (server, fd, peer);
  comms_session_server_joined (server);
  session->hops = MIN (hops, 63);
  comms_session_begin_with (session, bytes, length);
}
