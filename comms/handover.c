/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handover.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "crc.h"
#include "session-server.h"

enum { MAGIC = 0x47445031, BYTES_MOST = 4096, TAKEN_A_TURN = 64, PATIENCE_MS = 20, ROOM = 1024 * 1024 };

/* One packet, and its descriptor beside it. */
typedef struct {
  guint32             magic, hops;
  struct sockaddr_in6 peer;       /* or a sockaddr_in */
  guint8              bytes[BYTES_MOST];
} Packet;
enum { HEAD = G_STRUCT_OFFSET (Packet, bytes) };

/* A socket that the loop watches: where others call, or one of them. */
typedef struct {
  uv_poll_t      poll;
  CommsHandover *handover;
  int            fd;
} Watched;

struct CommsHandover {
  uv_loop_t         *loop;
  char              *address;
  CommsShare         share;
  CommsHandoverTaken taken;
  gpointer           user_data;
  GPtrArray         *watched;   /* Watched; the first is where others call */
  int                out[COMMS_SHARE_MOST + 1];   /* by part: the connection to its server, -1 = none */
  guint              n_handles;
  gboolean           closing;
};

guint
comms_share_part_of (const guint8 *name, gsize length, guint parts)
{
  for (; length > 0 && strchr ("\r\n", name[0]) != NULL; length--)
    name++;
  while (length > 0 && strchr ("\r\n", name[length - 1]) != NULL)
    length--;
  return parts > 1 ? comms_crc16 (name, length) % parts + 1 : 1;
}

gboolean
comms_share_holds (CommsShare share, const GdpLink *link)
{
  const char *name = link->kind == GDP_LINK_BBT     ? link->serial
                     : link->kind == GDP_LINK_MODEM ? link->registration : NULL;

  return share.parts <= 1 || name == NULL
         || comms_share_part_of ((const guint8 *) name, strlen (name), share.parts) == share.part;
}

/* ---- sockets ----------------------------------------------------------------------------------- */

/* An abstract name: it goes with its process, and lives in the network namespace as the port does. */
static socklen_t
name_of (const CommsHandover *handover, guint part, struct sockaddr_un *name)
{
  *name = (struct sockaddr_un) { .sun_family = AF_UNIX };
  int n = g_snprintf (name->sun_path + 1, sizeof name->sun_path - 1, "gdp-sessions %s %u/%u", handover->address, part,
                      handover->share.parts);
  return (socklen_t) (G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + 1 + MIN (n, (int) sizeof name->sun_path - 2));
}

static int
new_socket (void)
{
  const int room = ROOM;
  int fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd >= 0)
    setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  return fd;
}

/* Anybody may call an abstract name, or take it first: only who runs as the same user is one of us. */
static gboolean
is_ours (int fd)
{
  struct ucred other;
  socklen_t size = sizeof other;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &other, &size) == 0 && other.uid == geteuid ();
}

static void
on_closed (uv_handle_t *handle)
{
  Watched *watched = handle->data;
  CommsHandover *handover = watched->handover;

  g_free (watched);
  if (--handover->n_handles > 0 || !handover->closing)
    return;
  g_ptr_array_unref (handover->watched);
  g_free (handover->address);
  g_free (handover);
}

static void
let_go (Watched *watched)
{
  uv_poll_stop (&watched->poll);
  close (watched->fd);
  uv_close ((uv_handle_t *) &watched->poll, on_closed);
}

static void
watch (CommsHandover *handover, int fd, uv_poll_cb call)
{
  Watched *watched = g_new0 (Watched, 1);

  watched->handover = handover;
  watched->fd = fd;
  watched->poll.data = watched;
  uv_poll_init (handover->loop, &watched->poll, fd);
  uv_poll_start (&watched->poll, UV_READABLE, call);
  handover->n_handles++;
  g_ptr_array_add (handover->watched, watched);
}

/* ---- taking -------------------------------------------------------------------------------------- */

typedef union { struct cmsghdr header; char bytes[CMSG_SPACE (sizeof (int))]; } Control;

/* The descriptor of @message, -1 = none. */
static int
descriptor_of (struct msghdr *message)
{
  struct cmsghdr *control = CMSG_FIRSTHDR (message);
  int fd = -1;

  if (control != NULL && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS
      && control->cmsg_len == CMSG_LEN (sizeof fd))
    memcpy (&fd, CMSG_DATA (control), sizeof fd);
  return fd;
}

/* FALSE: there is no more for now, or never. Without a descriptor it is a datagram. */
static gboolean
take_one (CommsHandover *handover, int from, gboolean *over)
{
  Packet packet;
  Control control;
  struct iovec part = { &packet, sizeof packet };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  ssize_t n = recvmsg (from, &message, MSG_CMSG_CLOEXEC);
  int fd = n > 0 ? descriptor_of (&message) : -1;

  *over = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
  if (n > HEAD && packet.magic == MAGIC && (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
    handover->taken (fd, (const struct sockaddr *) &packet.peer, packet.hops, packet.bytes, n - HEAD,
                     handover->user_data);
  else if (fd >= 0)
    close (fd);
  return n > 0;
}

static void
on_packets (uv_poll_t *poll, int status, int events)
{
  Watched *watched = poll->data;
  gboolean over = FALSE;

  for (guint i = 0; i < TAKEN_A_TURN && take_one (watched->handover, watched->fd, &over); i++)
    ;
  if (!over)
    return;
  g_ptr_array_remove_fast (watched->handover->watched, watched);
  let_go (watched);
}

static void
on_call (uv_poll_t *poll, int status, int events)
{
  Watched *watched = poll->data;
  int fd = accept4 (watched->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd < 0)
    return;
  if (is_ours (fd))
    watch (watched->handover, fd, on_packets);
  else
    close (fd);
}

/* ---- giving --------------------------------------------------------------------------------------- */

static int
connect_to (CommsHandover *handover, guint part)
{
  struct sockaddr_un name;
  socklen_t size = name_of (handover, part, &name);
  int fd = new_socket ();

  if (fd >= 0 && connect (fd, (struct sockaddr *) &name, size) == 0 && is_ours (fd))
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

/* A server that is busy for a moment is waited for: its callers would be turned away. Datagrams come again. */
static gboolean
send_packet (int to, struct msghdr *message)
{
  for (guint i = 0; i < 2; i++) {
    struct pollfd room = { to, POLLOUT, 0 };

    if (sendmsg (to, message, MSG_NOSIGNAL) >= 0)
      return TRUE;
    if (errno == EAGAIN && message->msg_controllen == 0)
      return TRUE;
    if (errno != EAGAIN || poll (&room, 1, PATIENCE_MS) <= 0)
      return FALSE;
  }
  return FALSE;
}

gboolean
comms_handover_give (CommsHandover *handover, guint part, int fd, const struct sockaddr *peer, guint hops,
                     const guint8 *bytes, gsize length, GError **error)
{
  Packet packet = { .magic = MAGIC, .hops = hops + 1 };
  Control control = { 0 };
  struct iovec whole = { &packet, HEAD + length };
  struct msghdr message = { .msg_iov = &whole, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  int *to = &handover->out[part];

  g_return_val_if_fail (part >= 1 && part <= handover->share.parts, FALSE);
  memcpy (&packet.peer, peer, peer->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in));
  memcpy (packet.bytes, bytes, MIN (length, BYTES_MOST));
  control.header = (struct cmsghdr) { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN (sizeof fd) };
  memcpy (CMSG_DATA (&control.header), &fd, sizeof fd);
  if (fd < 0)
    message.msg_controllen = 0;
  for (guint i = 0; length <= BYTES_MOST && i < 2; i++) {   /* the server may have been started anew since the last one */
    if (*to < 0)
      *to = connect_to (handover, part);
    if (*to >= 0 && send_packet (*to, &message))
      return TRUE;
    if (*to >= 0)
      close (*to);
    *to = -1;
  }
  g_set_error (error, COMMS_SESSION_SERVER_ERROR, COMMS_SESSION_SERVER_ERROR_FAILED,
               "the server of part %u/%u is not there", part, handover->share.parts);
  return FALSE;
}

/* ---- its beginning and its end ---------------------------------------------------------------------- */

CommsHandover *
comms_handover_new (uv_loop_t *loop, const char *address, CommsShare share, CommsHandoverTaken taken,
                    gpointer user_data, GError **error)
{
  CommsHandover *handover = g_new0 (CommsHandover, 1);
  struct sockaddr_un name;
  int fd = new_socket ();

  handover->loop = loop;
  handover->address = g_strdup (address);
  handover->share = share;
  handover->taken = taken;
  handover->user_data = user_data;
  handover->watched = g_ptr_array_new ();
  memset (handover->out, -1, sizeof handover->out);
  if (fd >= 0 && bind (fd, (struct sockaddr *) &name, name_of (handover, share.part, &name)) == 0
      && listen (fd, COMMS_SHARE_MOST) == 0) {
    watch (handover, fd, on_call);
    return handover;
  }
  g_set_error (error, COMMS_SESSION_SERVER_ERROR,
               errno == EADDRINUSE ? COMMS_SESSION_SERVER_ERROR_IN_USE : COMMS_SESSION_SERVER_ERROR_FAILED,
               "cannot serve part %u/%u of %s: %s", share.part, share.parts, address,
               errno == EADDRINUSE ? "another process serves it; stop it or choose another part" : g_strerror (errno));
  if (fd >= 0)
    close (fd);
  g_ptr_array_unref (handover->watched);
  g_free (handover->address);
  g_free (handover);
  return NULL;
}

void
comms_handover_close (CommsHandover *handover)
{
  handover->closing = TRUE;
  for (guint i = 1; i <= handover->share.parts; i++)
    if (handover->out[i] >= 0)
      close (handover->out[i]);
  g_ptr_array_foreach (handover->watched, (GFunc) (void (*) (void)) let_go, NULL);
}
