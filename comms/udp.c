/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bbt-private.h"
#include "udp-routes.h"
#include "waited.h"

struct CommsUdp {
  CommsSessionServer *server;
  uv_udp_t    socket;
  uv_check_t  burial;       /* frees the dead when a turn of the loop has ended */
  guint       n_handles;    /* not yet closed */
  guint16     port;
  GHashTable *callers;      /* CommsSession by their peer: IDENT and PROOF are theirs */
  GHashTable *open;         /* … and all else is these ones' */
  GPtrArray  *dead;
  CommsUdpRoutes *routes;   /* of other parts' units; NULL = there is one part */
};

/* ---- addresses --------------------------------------------------------------------------- */

static const struct sockaddr *
peer_of (gconstpointer session)
{
  return (const struct sockaddr *) &((const CommsSession *) session)->peer;
}

static guint
hash_peer (gconstpointer session)
{
  return comms_udp_address_hash (peer_of (session));
}

static gboolean
same_peer (gconstpointer a, gconstpointer b)
{
  return comms_udp_address_same (peer_of (a), peer_of (b));
}

static CommsSession *
find (GHashTable *sessions, const struct sockaddr *peer)
{
  CommsSession key = { 0 };

  memcpy (&key.peer, peer, comms_udp_address_size (peer));
  return g_hash_table_lookup (sessions, &key);
}

/* ---- datagrams --------------------------------------------------------------------------- */

void
comms_udp_send (CommsUdp *udp, const struct sockaddr *peer, const guint8 *bytes, gsize length)
{
  uv_buf_t buffer = uv_buf_init ((char *) bytes, length);

  (void) uv_udp_try_send (&udp->socket, &buffer, 1, peer);   /* what is lost is asked for again */
}

/* Only where the answer is no longer than what it answers: the sender's address may be forged. */
static void
fault (CommsUdp *udp, const struct sockaddr *peer, const CommsBbtFrame *frame, guint8 code)
{
  CommsBbtMessage message = { .type = COMMS_BBT_FAULT, .fault = { .code = code, .about = frame->sequence } };
  guint8 answer[COMMS_BBT_FRAME_MAX];
  CommsBbtEnd end;
  gsize length;

  comms_bbt_end_init (&end, COMMS_BBT_OF_SERVER);
  length = comms_bbt_end_write (&end, &message, answer, NULL);
  if (length > 0 && length <= frame->size)
    comms_udp_send (udp, peer, answer, length);
}

static CommsSession *
new_caller (CommsUdp *udp, const struct sockaddr *peer, const CommsBbtFrame *frame)
{
  CommsSession *session;

  if (!comms_session_server_admit (udp->server, peer)) {
    fault (udp, peer, frame, COMMS_BBT_FAULT_BUSY);
    return NULL;
  }
  session = comms_session_open_udp (udp->server, peer);
  g_hash_table_add (udp->callers, session);
  comms_session_server_joined (udp->server);
  return session;
}

static CommsSession *
caller (CommsUdp *udp, const struct sockaddr *peer, const CommsBbtFrame *frame, guint hops)
{
  CommsSession *session = find (udp->callers, peer);

  if (session == NULL)
    session = new_caller (udp, peer, frame);
  if (session == NULL)
    return NULL;
  session->end.taken = 0;   /* whoever is not yet known may begin to count anew */
  session->hops = MIN (hops, 63);
  return session;
}

static gboolean
pass_on (CommsUdp *udp, guint part, const struct sockaddr *peer, guint hops, const CommsBbtFrame *frame, GError **error)
{
  return comms_handover_give (udp->server->handover, part, -1, peer, hops, frame->start, frame->size, error);
}

/* A frame of a unit that has no session here, but has said IDENT. */
static gboolean
is_passed_on (CommsUdp *udp, const struct sockaddr *peer, const CommsBbtFrame *frame, guint hops)
{
  guint part = udp->routes != NULL && hops == 0 ? comms_udp_routes_find (udp->routes, peer) : 0;

  if (part != 0 && pass_on (udp, part, peer, hops, frame, NULL))
    return TRUE;
  if (part != 0)   /* its server is gone: the unit learns so when it says IDENT again */
    comms_udp_routes_forget (udp->routes, peer);
  return FALSE;
}

gboolean
comms_udp_pass_on (CommsUdp *udp, guint part, const CommsSession *session, GError **error)
{
  comms_udp_routes_set (udp->routes, peer_of (session), part);
  return pass_on (udp, part, peer_of (session), session->hops, udp->server->frame, error);
}

static CommsSession *
whose (CommsUdp *udp, const struct sockaddr *peer, const CommsBbtFrame *frame, guint hops)
{
  CommsSession *open = find (udp->open, peer), *session = NULL;

  if (frame->type == COMMS_BBT_IDENT)   /* of a keyless unit that has not heard ACCEPT: once more */
    return open != NULL && comms_bbt_is_same_call (open, frame) ? open : caller (udp, peer, frame, hops);
  if (frame->type == COMMS_BBT_PROOF && (session = find (udp->callers, peer)) == NULL
      && is_passed_on (udp, peer, frame, hops))
    return NULL;
  if (session == NULL)
    session = open;
  if (session == NULL && !is_passed_on (udp, peer, frame, hops))
    fault (udp, peer, frame, COMMS_BBT_FAULT_NO_SESSION);
  return session;
}

void
comms_udp_take (CommsUdp *udp, const struct sockaddr *peer, guint hops, const guint8 *bytes, gsize length)
{
  CommsBbtFrame frame;
  CommsSession *session;

  if (!comms_session_server_has_room (udp->server)
      || comms_bbt_frame_parse (bytes, length, &frame, NULL) != COMMS_BBT_WHOLE || frame.size != length)
    return;
  session = whose (udp, peer, &frame, hops);
  if (session != NULL)
    comms_session_datagram (session, bytes, length);
}

static void
on_datagram (uv_udp_t *handle, ssize_t n, const uv_buf_t *buffer, const struct sockaddr *peer, unsigned flags)
{
  if (n > 0 && peer != NULL && (flags & UV_UDP_PARTIAL) == 0)
    comms_udp_take (handle->data, peer, 0, (const guint8 *) buffer->base, n);
}

static int
fileno_of (CommsUdp *udp)
{
  uv_os_fd_t fd;

  return uv_fileno ((uv_handle_t *) &udp->socket, &fd) == 0 ? fd : -1;
}

gint64
comms_udp_waited (CommsUdp *udp)
{
  return comms_waited_datagram (fileno_of (udp));
}

static void
on_alloc (uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
  CommsUdp *udp = handle->data;

  *buffer = uv_buf_init ((char *) udp->server->bytes, sizeof udp->server->bytes);
}

/* ---- sessions ---------------------------------------------------------------------------- */

static void
forget (GHashTable *sessions, CommsSession *session)
{
  if (g_hash_table_lookup (sessions, session) == session)
    g_hash_table_remove (sessions, session);
}

void
comms_udp_open (CommsUdp *udp, CommsSession *session)
{
  CommsSession *before = g_hash_table_lookup (udp->open, session);

  forget (udp->callers, session);
  if (udp->routes != NULL)
    comms_udp_routes_forget (udp->routes, peer_of (session));
  if (before != NULL && before != session)
    comms_session_close (before, COMMS_SESSION_NEWER, NULL);
  g_hash_table_replace (udp->open, session, session);
}

static void
on_burial (uv_check_t *check)
{
  CommsUdp *udp = check->data;

  g_ptr_array_set_size (udp->dead, 0);
}

void
comms_udp_bury (CommsUdp *udp, CommsSession *session, GDestroyNotify free)
{
  forget (udp->callers, session);
  forget (udp->open, session);
  g_ptr_array_set_free_func (udp->dead, free);
  g_ptr_array_add (udp->dead, session);
}

/* ---- its beginning and its end ----------------------------------------------------------- */

/* Beside other servers. 0, or what is wrong as libuv's number. */
static int
bind_shared (CommsUdp *udp, const struct sockaddr *address)
{
  int on = 1, fd = socket (address->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), why = 0;

  if (fd < 0 || setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0
      || bind (fd, address, comms_udp_address_size (address)) != 0)
    why = uv_translate_sys_error (errno);
  if (why == 0)
    why = uv_udp_open (&udp->socket, fd);
  if (why != 0 && fd >= 0)
    close (fd);
  return why;
}

static gboolean
bind_socket (CommsUdp *udp, const char *text, GError **error)
{
  struct sockaddr_storage address;
  int size = sizeof address, why;

  if (!comms_listener_parse_address (text, &address, error))
    return FALSE;
  why = udp->routes != NULL ? bind_shared (udp, (const struct sockaddr *) &address)
                            : uv_udp_bind (&udp->socket, (const struct sockaddr *) &address, 0);
  if (why == 0)
    why = uv_udp_getsockname (&udp->socket, (struct sockaddr *) &address, &size);
  if (why == 0)
    why = uv_udp_recv_start (&udp->socket, on_alloc, on_datagram);
  if (why != 0) {
    g_set_error (error, COMMS_SESSION_SERVER_ERROR,
                 why == UV_EADDRINUSE ? COMMS_SESSION_SERVER_ERROR_IN_USE : COMMS_SESSION_SERVER_ERROR_FAILED,
                 "cannot take datagrams on %s: %s", text,
                 why == UV_EADDRINUSE ? "another program has that port; stop it or choose another" : uv_strerror (why));
    return FALSE;
  }
  comms_waited_note (fileno_of (udp));
  udp->port = g_ntohs (address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *) &address)->sin6_port
                                                     : ((struct sockaddr_in *) &address)->sin_port);
  return TRUE;
}

CommsUdp *
comms_udp_new (CommsSessionServer *server, const char *address, GError **error)
{
  CommsUdp *udp = g_new0 (CommsUdp, 1);

  udp->server = server;
  udp->callers = g_hash_table_new (hash_peer, same_peer);
  udp->open = g_hash_table_new (hash_peer, same_peer);
  udp->dead = g_ptr_array_new ();
  if (server->settings.share.parts > 1)
    udp->routes = comms_udp_routes_new (server->settings.max_sessions);
  uv_udp_init (&server->loop.uv, &udp->socket);
  uv_check_init (&server->loop.uv, &udp->burial);
  udp->socket.data = udp->burial.data = udp;
  udp->n_handles = 2;
  uv_check_start (&udp->burial, on_burial);
  if (bind_socket (udp, address, error))
    return udp;
  comms_udp_close (udp);
  return NULL;
}

static void
on_closed (uv_handle_t *handle)
{
  CommsUdp *udp = handle->data;

  if (--udp->n_handles > 0)
    return;
  g_ptr_array_unref (udp->dead);
  g_clear_pointer (&udp->routes, comms_udp_routes_free);
  g_hash_table_unref (udp->callers);
  g_hash_table_unref (udp->open);
  g_free (udp);
}

void
comms_udp_close (CommsUdp *udp)
{
  uv_close ((uv_handle_t *) &udp->socket, on_closed);
  uv_close ((uv_handle_t *) &udp->burial, on_closed);
}

guint16
comms_udp_port (const CommsUdp *udp)
{
  return udp->port;
}
