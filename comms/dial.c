/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dial.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>

enum { UNCONFIRMED_MS = 10000 };   /* TCP_USER_TIMEOUT */

/* libuv lets half of them look up names, each for up to 10 s and more when no name server answers. */
#define LOOK_UP_THREADS "128"

/* Both end by themselves some time after nobody waits for them any more (dial NULL). */
typedef struct { uv_getaddrinfo_t request; CommsDial *dial; } LookUp;
typedef struct { uv_connect_t request; uv_tcp_t *tcp; CommsDial *dial; } Attempt;

struct CommsDial {
  CommsLoop            *loop;       /* borrowed */
  char                 *host;       /* or NULL */
  guint16               port;
  const CommsDialCalls *calls;      /* borrowed */
  gpointer              user_data;
  struct addrinfo      *addresses;  /* owned; NULL = not yet known */
  gboolean              numeric;    /* they cannot change */
  gboolean              doubtful;   /* they led nowhere last time: to be looked up anew */
  struct addrinfo      *next;       /* in addresses */
  LookUp               *look_up;    /* borrowed; NULL = not looking up */
  Attempt              *attempt;    /* borrowed; NULL = not connecting */
};

static const struct addrinfo hints
    = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };

static void
free_handle (uv_handle_t *handle)
{
  g_free (handle);
}

/* With a reset: nothing is ever left to be sent, and gateways have few connections; one that is closed in
 * good order keeps its place, or the port of a slave that restarts, for up to a minute. */
void
comms_dial_hang_up (uv_tcp_t *tcp)
{
  if (tcp != NULL && uv_tcp_close_reset (tcp, free_handle) != 0)
    uv_close ((uv_handle_t *) tcp, free_handle);
}

static void
forget_addresses (CommsDial *dial)
{
  if (dial->addresses != NULL)
    freeaddrinfo (dial->addresses);
  dial->addresses = dial->next = NULL;
}

/* ---- connecting -------------------------------------------------------------------------------- */

/* @number: as libuv's, negative. */
static void
try_next (CommsDial *dial, int number);

static void
on_connected (uv_connect_t *request, int status)
{
  Attempt *attempt = request->data;
  CommsDial *dial = attempt->dial;
  uv_tcp_t *tcp = attempt->tcp;

  g_free (attempt);
  if (dial == NULL)
    return;   /* given up, its handle is closed */
  dial->attempt = NULL;
  if (status == 0) {
    dial->calls->connected (tcp, dial->user_data);
    return;
  }
  comms_dial_hang_up (tcp);
  try_next (dial, status);
}

static int
prepare (uv_tcp_t *tcp)
{
  const int unconfirmed = UNCONFIRMED_MS;
  uv_os_fd_t fd;

  uv_tcp_nodelay (tcp, 1);
  if (uv_fileno ((uv_handle_t *) tcp, &fd) != 0)
    return UV_EBADF;
  return setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unconfirmed, sizeof unconfirmed) == 0
             ? 0 : uv_translate_sys_error (errno);
}

/* 0, or why not even that was possible. */
static int
connect_to (CommsDial *dial, const struct addrinfo *address)
{
  uv_tcp_t *tcp = g_new (uv_tcp_t, 1);
  int number = uv_tcp_init_ex (&dial->loop->uv, tcp, address->ai_family);

  if (number != 0) {
    g_free (tcp);
    return number;
  }
  Attempt *attempt = g_new0 (Attempt, 1);
  attempt->request.data = attempt;
  attempt->tcp = tcp;
  attempt->dial = dial;
  number = prepare (tcp);
  if (number == 0)
    number = uv_tcp_connect (&attempt->request, tcp, address->ai_addr, on_connected);
  if (number != 0) {
    g_free (attempt);
    comms_dial_hang_up (tcp);
    return number;
  }
  dial->attempt = attempt;
  dial->calls->trying (dial->user_data);
  return 0;
}

static void
try_next (CommsDial *dial, int number)
{
  while (dial->next != NULL) {
    const struct addrinfo *address = dial->next;
    dial->next = address->ai_next;
    if ((number = connect_to (dial, address)) == 0)
      return;
  }
  dial->doubtful = TRUE;
  g_autofree char *why = g_strdup_printf ("%s port %u: %s", dial->host, dial->port, g_strerror (-number));
  dial->calls->failed (why, dial->user_data);
}

/* Its request ends by itself, cancelled, after the handle is closed. */
static void
give_up_attempt (CommsDial *dial)
{
  Attempt *attempt = g_steal_pointer (&dial->attempt);

  attempt->dial = NULL;
  comms_dial_hang_up (attempt->tcp);
}

void
comms_dial_next (CommsDial *dial)
{
  if (dial->attempt == NULL)
    return;
  give_up_attempt (dial);
  try_next (dial, UV_ETIMEDOUT);
}

/* ---- looking up -------------------------------------------------------------------------------- */

/* @number: libuv's. While nobody can say where the name leads now, it leads where it did; one that is gone does not. */
static void
not_found (CommsDial *dial, int number)
{
  if (number == UV_EAI_NONAME)
    forget_addresses (dial);
  dial->next = dial->addresses;
  if (dial->next != NULL) {
    try_next (dial, UV_EADDRNOTAVAIL);
    return;
  }
  g_autofree char *why = g_strdup_printf ("%s: %s", dial->host, uv_strerror (number));
  dial->calls->failed (why, dial->user_data);
}

static void
use (CommsDial *dial, struct addrinfo *addresses)
{
  forget_addresses (dial);
  dial->doubtful = FALSE;
  dial->addresses = dial->next = addresses;
  try_next (dial, UV_EADDRNOTAVAIL);
}

static void
on_looked_up (uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
  LookUp *look_up = request->data;
  CommsDial *dial = look_up->dial;

  g_free (look_up);
  if (dial == NULL) {
    uv_freeaddrinfo (addresses);
    return;
  }
  dial->look_up = NULL;
  if (status == 0)
    use (dial, addresses);
  else
    not_found (dial, status);
}

static void
look_up (CommsDial *dial, const char *service)
{
  LookUp *look = g_new0 (LookUp, 1);
  int number;

  look->request.data = look;
  look->dial = dial;
  number = uv_getaddrinfo (&dial->loop->uv, &look->request, on_looked_up, dial->host, service, &hints);
  if (number == 0) {
    dial->look_up = look;
    return;
  }
  g_free (look);
  not_found (dial, number);
}

void
comms_dial_start (CommsDial *dial)
{
  struct addrinfo numeric = hints, *addresses = NULL;
  char service[8];

  g_return_if_fail (dial->attempt == NULL && dial->look_up == NULL);
  if (dial->host == NULL || *dial->host == '\0') {
    dial->calls->failed ("no host is configured for this link", dial->user_data);
    return;
  }
  snprintf (service, sizeof service, "%u", dial->port);
  numeric.ai_flags |= AI_NUMERICHOST;   /* takes no time */
  dial->next = dial->addresses;
  if (dial->addresses == NULL)
    dial->numeric = getaddrinfo (dial->host, service, &numeric, &addresses) == 0;
  if (addresses != NULL)
    use (dial, addresses);
  else if (dial->next != NULL && (dial->numeric || !dial->doubtful))
    try_next (dial, UV_EADDRNOTAVAIL);
  else
    look_up (dial, service);
}

void
comms_dial_stop (CommsDial *dial)
{
  if (dial->attempt != NULL)
    give_up_attempt (dial);
  if (dial->look_up != NULL) {
    uv_cancel ((uv_req_t *) &dial->look_up->request);
    g_steal_pointer (&dial->look_up)->dial = NULL;
  }
}

void
comms_dial_prepare (void)
{
  g_setenv ("UV_THREADPOOL_SIZE", LOOK_UP_THREADS, FALSE);
}

CommsDial *
comms_dial_new (CommsLoop *loop, const char *host, guint16 port, const CommsDialCalls *calls, gpointer user_data)
{
  CommsDial *dial = g_new0 (CommsDial, 1);

  *dial = (CommsDial) { .loop = loop, .host = g_strdup (host), .port = port, .calls = calls, .user_data = user_data };
  return dial;
}

void
comms_dial_free (CommsDial *dial)
{
  forget_addresses (dial);
  g_free (dial->host);
  g_free (dial);
}
