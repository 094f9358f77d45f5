/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tcp.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLICE        100     /* ms between looks at `stop` */
#define UNCONFIRMED  10000   /* ms, TCP_USER_TIMEOUT */

/* 0, or the errno of why there is no connection. */
static int
finish_connecting (int fd, gint64 timeout, const int *stop)
{
  gint64 deadline = g_get_monotonic_time () + timeout;
  struct pollfd event = { fd, POLLOUT, 0 };

  while (!g_atomic_int_get (stop)) {
    gint64 left = (deadline - g_get_monotonic_time () + 999) / 1000;
    int number = 0;
    socklen_t size = sizeof number;

    if (left <= 0)
      return ETIMEDOUT;
    if (poll (&event, 1, (int) MIN (left, SLICE)) == 1)
      return getsockopt (fd, SOL_SOCKET, SO_ERROR, &number, &size) == 0 ? number : errno;
  }
  return ECANCELED;
}

static int
connect_to (const struct addrinfo *address, gint64 timeout, const int *stop, int *number)
{
  const int on = 1, unconfirmed = UNCONFIRMED;
  int fd = socket (address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0) {
    *number = errno;
    return -1;
  }
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unconfirmed, sizeof unconfirmed);
  *number = connect (fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
  if (*number == EINPROGRESS)
    *number = finish_connecting (fd, timeout, stop);
  if (*number == 0)
    return fd;
  close (fd);
  return -1;
}

int
comms_tcp_connect (const char *host, guint16 port, gint64 timeout, const int *stop, GError **error)
{
  const struct addrinfo hints
      = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
  struct addrinfo *addresses = NULL;
  char service[8];
  int fd = -1, number = ECANCELED, result;

  if (host == NULL || *host == '\0') {
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "no host is configured for this link");
    return -1;
  }
  snprintf (service, sizeof service, "%u", port);
  result = getaddrinfo (host, service, &hints, &addresses);
  if (result != 0) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", host, gai_strerror (result));
    return -1;
  }
  for (const struct addrinfo *a = addresses; a != NULL && fd < 0 && !g_atomic_int_get (stop); a = a->ai_next)
    fd = connect_to (a, timeout, stop, &number);
  freeaddrinfo (addresses);
  if (fd < 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number), "%s port %u: %s", host, port,
                 g_strerror (number));
  return fd;
}
