/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "session-server.h"

struct CommsListener {
  CommsListenerCalls calls;
  uv_poll_t  poll;
  uv_timer_t retry;
  int        fd;
  guint16    port;
  gboolean   paused;
  guint      n_handles;   /* not yet closed */
};

enum { BACKLOG = 4096, ACCEPTS_A_TURN = 64, RETRY_MS = 1000 };

static void
set_error (GError **error, CommsSessionServerError code, const char *address, const char *why)
{
  g_set_error (error, COMMS_SESSION_SERVER_ERROR, code, "cannot listen on %s: %s", address, why);
}

gboolean
comms_listener_parse_address (const char *address, struct sockaddr_storage *parsed, GError **error)
{
  const char *colon = strrchr (address, ':');
  gboolean bracketed = colon != NULL && address[0] == '[' && colon > address && colon[-1] == ']';
  g_autofree char *host = NULL;
  guint64 port;

  if (colon != NULL)
    host = g_strndup (address + bracketed, colon - address - 2 * bracketed);
  if (host == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL)
      || (bracketed ? uv_ip6_addr (host, port, (struct sockaddr_in6 *) parsed)
                    : uv_ip4_addr (host, port, (struct sockaddr_in *) parsed)) != 0) {
    set_error (error, COMMS_SESSION_SERVER_ERROR_ADDRESS, address,
               "not an address; write it as 0.0.0.0:7010 or [::]:7010");
    return FALSE;
  }
  return TRUE;
}

static gboolean
bind_and_listen (int fd, const struct sockaddr_storage *address, gboolean shared)
{
  gboolean six = address->ss_family == AF_INET6;
  socklen_t size = six ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in);
  int on = 1;

  /* Without it a restarted server would wait a minute for its own old connections to be forgotten. */
  return setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
         && (!shared || setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0)
         && bind (fd, (const struct sockaddr *) address, size) == 0 && listen (fd, BACKLOG) == 0;
}

static int
open_socket (const char *text, gboolean shared, GError **error)
{
  struct sockaddr_storage address;
  int fd, saved;
  gboolean taken;

  if (!comms_listener_parse_address (text, &address, error))
    return -1;
  fd = socket (address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0 && bind_and_listen (fd, &address, shared))
    return fd;
  saved = errno;
  taken = saved == EADDRINUSE;
  if (fd >= 0)
    close (fd);
  set_error (error, taken ? COMMS_SESSION_SERVER_ERROR_IN_USE : COMMS_SESSION_SERVER_ERROR_FAILED, text,
             taken ? "another program listens there; stop it or choose another port" : g_strerror (saved));
  return -1;
}

static guint16
port_of (int fd)
{
  struct sockaddr_storage address = { 0 };
  socklen_t size = sizeof address;

  if (getsockname (fd, (struct sockaddr *) &address, &size) != 0)
    return 0;
  return g_ntohs (address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *) &address)->sin6_port
                                                : ((struct sockaddr_in *) &address)->sin_port);
}

static void
on_retry (uv_timer_t *timer)
{
  comms_listener_pause (timer->data, FALSE);
}

static void
hindered (CommsListener *listener, int why)
{
  comms_listener_pause (listener, TRUE);
  uv_timer_start (&listener->retry, on_retry, RETRY_MS, 0);
  listener->calls.hindered (g_strerror (why), listener->calls.user_data);
}

static void
on_readable (uv_poll_t *poll, int status, int events)
{
  CommsListener *listener = poll->data;

  for (guint i = 0; i < ACCEPTS_A_TURN && !listener->paused; i++) {
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    int fd = accept4 (listener->fd, (struct sockaddr *) &peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0)
      listener->calls.accepted (fd, (const struct sockaddr *) &peer, listener->calls.user_data);
    else if (errno == EAGAIN)
      return;
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
      hindered (listener, errno);
    /* else that one caller is gone again (ECONNABORTED …): the next */
  }
}

CommsListener *
comms_listener_new (uv_loop_t *loop, const char *address, gboolean shared, const CommsListenerCalls *calls,
                    GError **error)
{
  int fd = open_socket (address, shared, error);
  CommsListener *listener;

  if (fd < 0)
    return NULL;
  listener = g_new0 (CommsListener, 1);
  listener->calls = *calls;
  listener->fd = fd;
  listener->port = port_of (fd);
  listener->n_handles = 2;
  uv_poll_init (loop, &listener->poll, fd);
  uv_timer_init (loop, &listener->retry);
  listener->poll.data = listener->retry.data = listener;
  uv_poll_start (&listener->poll, UV_READABLE, on_readable);
  return listener;
}

static void
on_closed (uv_handle_t *handle)
{
  CommsListener *listener = handle->data;

  if (--listener->n_handles == 0)
    g_free (listener);
}

void
comms_listener_close (CommsListener *listener)
{
  uv_poll_stop (&listener->poll);
  close (listener->fd);
  uv_close ((uv_handle_t *) &listener->poll, on_closed);
  uv_close ((uv_handle_t *) &listener->retry, on_closed);
}

guint16
comms_listener_port (const CommsListener *listener)
{
  return listener->port;
}

void
comms_listener_pause (CommsListener *listener, gboolean pause)
{
  if (listener->paused == pause)
    return;
  listener->paused = pause;
  if (pause)
    uv_poll_stop (&listener->poll);
  else
    uv_poll_start (&listener->poll, UV_READABLE, on_readable);
}
