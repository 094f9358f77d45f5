/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialers.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, PER_ADDRESS = 8000 };

struct Dialers {
  const Tongue *tongue;
  Dialer       *all;
  guint         n, next;       /* next: whose turn it is to ask */
  guint16       port;
  int           poll;
  guint         n_open, n_in, n_asking, lost;
  guint64       answered;
  GArray       *latencies;     /* of double, ms; borrowed, or NULL */
};

Dialers *
dialers_new (const Tongue *tongue, guint first, guint n, guint16 port)
{
  Dialers *dialers = g_new0 (Dialers, 1);

  dialers->tongue = tongue;
  dialers->all = g_new0 (Dialer, n);
  dialers->n = n;
  dialers->port = port;
  dialers->poll = epoll_create1 (EPOLL_CLOEXEC);
  for (guint i = 0; i < n; i++) {
    dialers->all[i].fd = -1;
    dialers->all[i].number = first + i;
  }
  return dialers;
}

static void
hang_up (Dialers *dialers, Dialer *dialer)
{
  const struct linger at_once = { 1, 0 };   /* no TIME_WAIT: the ports are needed again */

  setsockopt (dialer->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close (dialer->fd);
  dialer->fd = -1;
  dialers->n_open--;
  dialers->n_in -= dialer->in;
  dialers->n_asking -= dialer->asking;
  dialer->in = dialer->asking = FALSE;
  dialer->n_held = 0;
}

void
dialers_drop (Dialers *dialers)
{
  for (guint i = 0; i < dialers->n; i++)
    if (dialers->all[i].fd >= 0)
      hang_up (dialers, &dialers->all[i]);
}

void
dialers_free (Dialers *dialers)
{
  dialers_drop (dialers);
  close (dialers->poll);
  g_free (dialers->all);
  g_free (dialers);
}

Dialer *
dialers_get (Dialers *dialers, guint i)
{
  return &dialers->all[i];
}

guint
dialers_lost (const Dialers *dialers)
{
  return dialers->lost;
}

/* ---- connections ------------------------------------------------------------------------------- */

static void
put (Dialer *dialer, const guint8 *bytes, gsize n)
{
  ssize_t sent = n > 0 ? send (dialer->fd, bytes, n, MSG_NOSIGNAL) : 0;

  /* A connection that the server has just ended is noticed when it is read. */
  g_assert (sent == (ssize_t) n || (sent < 0 && (errno == EPIPE || errno == ECONNRESET)));
}

static gboolean
connect_one (Dialers *dialers, Dialer *dialer)
{
  struct sockaddr_in from = { .sin_family = AF_INET }, to = from;
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = dialer };
  guint8 out[TONGUE_ROOM];
  const int on = 1;

  from.sin_addr.s_addr = g_htonl (INADDR_LOOPBACK + 1 + dialer->number / PER_ADDRESS);
  to.sin_addr.s_addr = g_htonl (INADDR_LOOPBACK);
  to.sin_port = g_htons (dialers->port);
  dialer->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (dialer->fd < 0)
    g_error ("socket: %s; raise the limit of open descriptors (ulimit -n)", g_strerror (errno));
  setsockopt (dialer->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt (dialer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  dialers->n_open++;
  if (bind (dialer->fd, (struct sockaddr *) &from, sizeof from) != 0
      || connect (dialer->fd, (struct sockaddr *) &to, sizeof to) != 0) {
    hang_up (dialers, dialer);
    return FALSE;
  }
  fcntl (dialer->fd, F_SETFL, O_NONBLOCK);
  epoll_ctl (dialers->poll, EPOLL_CTL_ADD, dialer->fd, &event);
  put (dialer, out, dialers->tongue->greet (dialer, out));
  return TRUE;
}

static void
answered (Dialers *dialers, Dialer *dialer)
{
  dialers->n_asking--;
  dialers->answered++;
  if (dialers->latencies != NULL) {
    double ms = (g_get_monotonic_time () - dialer->asked) / 1e3;
    g_array_append_val (dialers->latencies, ms);
  }
}

static void
hear (Dialers *dialers, Dialer *dialer)
{
  gsize used, at = 0;

  do {
    gboolean was_in = dialer->in, was_asking = dialer->asking;
    guint8 out[TONGUE_ROOM];
    gsize n_out = 0;

    used = dialers->tongue->hear (dialer, dialer->held + at, dialer->n_held - at, out, &n_out);
    at += used;
    put (dialer, out, n_out);
    dialers->n_in += dialer->in && !was_in;
    if (was_asking && !dialer->asking)
      answered (dialers, dialer);
  } while (used > 0 && at < dialer->n_held);
  memmove (dialer->held, dialer->held + at, dialer->n_held - at);
  dialer->n_held -= at;
}

static void
read_one (Dialers *dialers, Dialer *dialer)
{
  ssize_t n = recv (dialer->fd, dialer->held + dialer->n_held, sizeof dialer->held - dialer->n_held, 0);

  if (n > 0) {
    dialer->n_held += n;
    hear (dialers, dialer);
  } else if (n == 0 || errno != EAGAIN) {
    dialers->lost++;
    hang_up (dialers, dialer);
  }
}

/* Returns FALSE when @until (monotonic µs) has come. */
static gboolean
turn (Dialers *dialers, int wait_ms, gint64 until)
{
  struct epoll_event events[EVENTS];
  int n = epoll_wait (dialers->poll, events, EVENTS, wait_ms);

  for (int i = 0; i < n; i++)
    if (((Dialer *) events[i].data.ptr)->fd >= 0)
      read_one (dialers, events[i].data.ptr);
  return g_get_monotonic_time () < until;
}

guint
dialers_dial (Dialers *dialers, guint at_once, double patience)
{
  gint64 until = g_get_monotonic_time () + (gint64) (patience * G_USEC_PER_SEC);
  guint next = 0;

  do {
    for (guint i = 0; i < 64 && next < dialers->n && dialers->n_open - dialers->n_in < at_once; i++, next++)
      if (dialers->all[next].fd < 0)
        connect_one (dialers, &dialers->all[next]);
  } while (turn (dialers, next < dialers->n && dialers->n_open - dialers->n_in < at_once ? 0 : 10, until)
           && (next < dialers->n || dialers->n_in < dialers->n_open));
  return dialers->n_in;
}

/* ---- load ------------------------------------------------------------------------------------------ */

/* The next connection's request, as of @turn_came; FALSE: its last one is not answered yet. */
static gboolean
ask_next (Dialers *dialers, gint64 turn_came)
{
  Dialer *dialer = &dialers->all[dialers->next];
  guint8 out[TONGUE_ROOM];

  if (dialer->asking)
    return FALSE;
  dialers->next = (dialers->next + 1) % dialers->n;
  if (!dialer->in)
    return TRUE;
  dialer->asking = TRUE;
  dialer->asked = turn_came;
  dialers->n_asking++;
  put (dialer, out, dialers->tongue->ask (dialer, out));
  return TRUE;
}

guint64
dialers_load (Dialers *dialers, guint64 n, guint window, double patience)
{
  gint64 until = g_get_monotonic_time () + (gint64) (patience * G_USEC_PER_SEC);
  guint64 asked = 0;

  dialers->answered = 0;
  do {
    while (asked < n && dialers->n_asking < window && ask_next (dialers, 0))
      asked++;
  } while (turn (dialers, 10, until) && dialers->n_in > 0 && (asked < n || dialers->n_asking > 0));
  return dialers->answered;
}

guint64
dialers_pace (Dialers *dialers, double rate, double seconds, GArray *latencies)
{
  gint64 begun = g_get_monotonic_time (), until = begun + (gint64) (seconds * G_USEC_PER_SEC);
  guint64 asked = 0;
  gboolean in_time;

  dialers->answered = 0;
  dialers->latencies = latencies;
  do {
    gint64 due;
    in_time = g_get_monotonic_time () < until;
    while (in_time && (due = begun + (gint64) (asked * 1e6 / rate)) <= g_get_monotonic_time ()
           && ask_next (dialers, due))
      asked++;
  } while (turn (dialers, 1, until + 10 * G_USEC_PER_SEC) && dialers->n_in > 0 && (in_time || dialers->n_asking > 0));
  dialers->latencies = NULL;
  return dialers->answered;
}
