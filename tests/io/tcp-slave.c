/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tcp-slave.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER 7      /* MBAP: transaction 2, protocol 2, length 2, unit 1 */
#define REQUEST 12    /* a read request with its header */

typedef struct {
  int     fd;
  guint   port;       /* index; of a listener or a connection */
  gboolean listens;
  guint8  bytes[REQUEST];
  gsize   length;
} Socket;

typedef struct {
  guint16 number;
  guint16 registers[TCP_SLAVE_REGISTERS];   /* atomic */
  guint8  bits[TCP_SLAVE_REGISTERS];        /* atomic */
  gint64  answered;                         /* atomic */
  guint   calls;                            /* atomic */
  gint    refuses, moves;                   /* atomic */
} Port;

struct TcpSlave {
  GThread   *thread;
  int        epoll, stop[2];
  Port      *ports;
  guint      n_ports;
  GPtrArray *sockets;   /* Socket*, all */
  guint64    requests;  /* atomic */
};

static void
add_socket (TcpSlave *slave, int fd, guint port, gboolean listens)
{
  Socket *s = g_new0 (Socket, 1);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = s };

  *s = (Socket) { .fd = fd, .port = port, .listens = listens };
  g_ptr_array_add (slave->sockets, s);
  g_assert_no_errno (epoll_ctl (slave->epoll, EPOLL_CTL_ADD, fd, &event));
}

int
tcp_slave_listen (guint16 *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_no_errno (bind (fd, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (fd, 16));
  g_assert_no_errno (getsockname (fd, (struct sockaddr *) &address, &length));
  *port = ntohs (address.sin_port);
  return fd;
}

static void
put16 (guint8 *at, guint value)
{
  at[0] = (guint8) (value >> 8);
  at[1] = (guint8) value;
}

static guint
get16 (const guint8 *at)
{
  return (guint) at[0] << 8 | at[1];
}

#define MOVE 4   /* of a current in µA: more than the resolution of what is scaled from it */

/* The registers that were read just now read differently the next time. */
static void
move (Port *port, guint start, guint count)
{
  for (guint i = start; i < start + count; i++)
    __atomic_xor_fetch (&port->registers[i], MOVE, __ATOMIC_RELAXED);
}

/* Reads only, within the registers; anything else gets exception 2. Returns the PDU's length. */
static gsize
answer (Port *port, const guint8 *request, guint8 *reply)
{
  guint start = get16 (request + 1), count = get16 (request + 3);
  gboolean bits = request[0] == 1 || request[0] == 2;

  if (g_atomic_int_get (&port->refuses)) {
    reply[0] = request[0] | 0x80;
    reply[1] = 4;
    return 2;
  }
  if (request[0] < 1 || request[0] > 4 || count == 0 || start + count > TCP_SLAVE_REGISTERS) {
    reply[0] = request[0] | 0x80;
    reply[1] = 2;
    return 2;
  }
  reply[0] = request[0];
  reply[1] = (guint8) (bits ? (count + 7) / 8 : count * 2);
  memset (reply + 2, 0, reply[1]);
  for (guint i = 0; i < count; i++)
    if (bits)
      reply[2 + i / 8] |= (guint8) (__atomic_load_n (&port->bits[start + i], __ATOMIC_RELAXED) << (i % 8));
    else
      put16 (reply + 2 + 2 * i, __atomic_load_n (&port->registers[start + i], __ATOMIC_RELAXED));
  if (!bits && g_atomic_int_get (&port->moves))
    move (port, start, count);
  return 2 + reply[1];
}

static void
reply_to (TcpSlave *slave, Socket *s)
{
  guint8 reply[HEADER + 2 + 2 * TCP_SLAVE_REGISTERS];
  gsize length = answer (&slave->ports[s->port], s->bytes + HEADER, reply + HEADER);

  memcpy (reply, s->bytes, HEADER);
  put16 (reply + 4, (guint) length + 1);
  gint64 not_yet = 0, now = g_get_monotonic_time ();
  if (send (s->fd, reply, HEADER + length, MSG_NOSIGNAL) > 0)
    __atomic_add_fetch (&slave->requests, 1, __ATOMIC_RELAXED);
  if (reply[HEADER] == 4)
    __atomic_compare_exchange_n (&slave->ports[s->port].answered, &not_yet, now, FALSE, __ATOMIC_ACQ_REL,
                                 __ATOMIC_ACQUIRE);
  s->length = 0;
}

static void
serve (TcpSlave *slave, Socket *s)
{
  if (s->listens) {
    int fd = accept4 (s->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) {
      __atomic_add_fetch (&slave->ports[s->port].calls, 1, __ATOMIC_RELAXED);
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int) { 1 }, sizeof (int));
      add_socket (slave, fd, s->port, FALSE);
    }
    return;
  }
  gssize n = read (s->fd, s->bytes + s->length, REQUEST - s->length);
  if (n <= 0) {
    /* Closing alone would leave it registered while a child that was just forked still holds a copy. */
    epoll_ctl (slave->epoll, EPOLL_CTL_DEL, s->fd, NULL);
    close (s->fd);
    s->fd = -1;
    g_ptr_array_remove_fast (slave->sockets, s);
    return;
  }
  s->length += (gsize) n;
  if (s->length == REQUEST)
    reply_to (slave, s);
}

static gpointer
run (gpointer data)
{
  TcpSlave *slave = data;
  struct epoll_event events[64];

  for (;;) {
    int n = epoll_wait (slave->epoll, events, G_N_ELEMENTS (events), -1);
    for (int i = 0; i < n; i++) {
      if (events[i].data.ptr == NULL)
        return NULL;
      serve (slave, events[i].data.ptr);
    }
  }
}

static void
socket_free (gpointer data)
{
  Socket *s = data;
  if (s->fd >= 0)
    close (s->fd);
  g_free (s);
}

TcpSlave *
tcp_slave_start (guint n_ports)
{
  TcpSlave *slave = g_new0 (TcpSlave, 1);
  struct epoll_event stop = { .events = EPOLLIN, .data.ptr = NULL };

  slave->epoll = epoll_create1 (EPOLL_CLOEXEC);
  slave->ports = g_new0 (Port, n_ports);
  slave->n_ports = n_ports;
  slave->sockets = g_ptr_array_new_with_free_func (socket_free);
  for (guint i = 0; i < n_ports; i++)
    add_socket (slave, tcp_slave_listen (&slave->ports[i].number), i, TRUE);
  g_assert_no_errno (pipe2 (slave->stop, O_CLOEXEC));
  g_assert_no_errno (epoll_ctl (slave->epoll, EPOLL_CTL_ADD, slave->stop[0], &stop));
  slave->thread = g_thread_new ("slave", run, slave);
  return slave;
}

void
tcp_slave_stop (TcpSlave *slave)
{
  close (slave->stop[1]);
  g_thread_join (slave->thread);
  close (slave->stop[0]);
  close (slave->epoll);
  g_ptr_array_unref (slave->sockets);
  g_free (slave->ports);
  g_free (slave);
}

guint16
tcp_slave_port (TcpSlave *slave, guint index)
{
  return slave->ports[index].number;
}

void
tcp_slave_set_register (TcpSlave *slave, guint index, guint address, guint16 value)
{
  __atomic_store_n (&slave->ports[index].registers[address], value, __ATOMIC_RELAXED);
  __atomic_store_n (&slave->ports[index].answered, 0, __ATOMIC_RELEASE);
}

gint64
tcp_slave_answered (TcpSlave *slave, guint index)
{
  return __atomic_load_n (&slave->ports[index].answered, __ATOMIC_ACQUIRE);
}

void
tcp_slave_set_bit (TcpSlave *slave, guint index, guint address, gboolean value)
{
  __atomic_store_n (&slave->ports[index].bits[address], (guint8) (value != 0), __ATOMIC_RELAXED);
}

void
tcp_slave_refuse (TcpSlave *slave, guint index, gboolean refuse)
{
  g_atomic_int_set (&slave->ports[index].refuses, refuse);
}

void
tcp_slave_move (TcpSlave *slave, guint index, gboolean move)
{
  g_atomic_int_set (&slave->ports[index].moves, move);
}

guint
tcp_slave_calls (TcpSlave *slave, guint index)
{
  return __atomic_load_n (&slave->ports[index].calls, __ATOMIC_RELAXED);
}

guint64
tcp_slave_requests (TcpSlave *slave)
{
  return __atomic_load_n (&slave->requests, __ATOMIC_RELAXED);
}
