/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udp.h"

#include <errno.h>
#include <string.h>

#include "bbt-private.h"

struct CommsUdp {
  CommsSessionServer *server;
  uv_udp_t    socket;
  uv_check_t  burial;       /* frees the dead when a turn of the loop has ended */
  guint       n_handles;    /* not yet closed */
  guint16     port;
  GHashTable *callers;      /* CommsSession by their peer: IDENT and PROOF are theirs */
  GHashTable *open;         /* … and all else is these ones' */
  GPtrArray  *dead;
};

/* ---- addresses --------------------------------------------------------------------------- */

static gsize
address_size (const struct sockaddr *address)
{
  return address->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in);
}

static guint
hash_peer (gconstpointer key)
{
  const struct sockaddr *peer = (const struct sockaddr *) &((const CommsSession *) key)->peer;
  const guint8 *bytes = (const guint8 *) peer;
  guint hash = 5381;

  for (gsize i = 0; i < address_size (peer); i++)
    hash = hash * 33 + bytes[i];
  return hash;
}

static gboolean
same_peer (gconstpointer a, gconstpointer b)
{
  const struct sockaddr *x = (const struct sockaddr *) &((const CommsSession *) a)->peer;
  const struct sockaddr *y = (const struct sockaddr *) &((const CommsSession *) b)->peer;

  return x->sa_family == y->sa_family && memcmp (x, y, address_size (x)) == 0;
}

static CommsSession *
find (GHashTable *sessions, const struct sockaddr *peer)
{
  CommsSession key = { 0 };

  memcpy (&key.peer, peer, address_size (peer));
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
caller (CommsUdp *udp, const struct sockaddr *peer, const CommsBbtFrame *frame)
{
  CommsSession *session = find (udp->callers, peer);

  if (session == NULL)
    return new_caller (udp, peer, frame);
  session->end.taken = 0;   /* whoever is not yet known may begin to count anew */
  return session;
}

static CommsSession *
whose (CommsUdp *udp, const struct sockaddr *peer, const CommsBbtFrame *frame)
{
  CommsSession *open = find (udp->open, peer), *session = NULL;

  if (frame->type == COMMS_BBT_IDENT)   /* of a keyless unit that has not heard ACCEPT: once more */
    return open != NULL && comms_bbt_is_same_call (open, frame) ? open : caller (udp, peer, frame);
  if (frame->type == COMMS_BBT_PROOF)
    session = find (udp->callers, peer);
  if (session == NULL)
    session = open;
  if (session == NULL)
    fault (udp, peer, frame, COMMS_BBT_FAULT_NO_SESSION);
  return session;
}

static void
on_datagram (uv_udp_t *handle, ssize_t n, const uv_buf_t *buffer, const struct sockaddr *peer, unsigned flags)
{
  CommsUdp *udp = handle->data;
  const guint8 *bytes = (const guint8 *) buffer->base;
  CommsBbtFrame frame;
  CommsSession *session;

  if (n <= 0 || peer == NULL || (flags & UV_UDP_PARTIAL) != 0
      || !comms_session_server_has_room (udp->server)
      || comms_bbt_frame_parse (bytes, n, &frame, NULL) != COMMS_BBT_WHOLE || frame.size != n)
    return;
  session = whose (udp, peer, &frame);
  if (session != NULL)
    comms_session_datagram (session, bytes, n);
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

static gboolean
bind_socket (CommsUdp *udp, const char *text, GError **error)
{
  struct sockaddr_storage address;
  int size = sizeof address, why;

  if (!comms_listener_parse_address (text, &address, error))
    return FALSE;
  why = uv_udp_bind (&udp->socket, (const struct sockaddr *) &address, 0);
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
