/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tcp.h"

#include <gio/gio.h>
#include <string.h>

#include "bad-line.h"
#include "chance.h"

#define UNIT_AT 6   /* in a frame */

typedef struct {
  uv_tcp_t   handle;    /* first: libuv's pointer is ours */
  SimTcp    *tcp;       /* borrowed */
  SimBadLine line;
  gsize      length;
  guint8     bytes[4 * COMMS_MBAP_MAX];
} Client;

struct SimTcp {
  uv_tcp_t   handle;    /* first, likewise */
  SimBus    *bus;       /* borrowed */
  GPtrArray *clients;   /* Client*, open ones */
  guint64    chance;    /* of their lines' */
};

static void
free_handle (uv_handle_t *handle)
{
  g_free (handle);
}

static void
close_client (Client *client)
{
  if (uv_is_closing ((uv_handle_t *) client))
    return;
  g_ptr_array_remove_fast (client->tcp->clients, client);
  sim_bad_line_clear (&client->line);
  uv_close ((uv_handle_t *) client, free_handle);
}

static gboolean
answer_with (Client *client, const guint8 *answer, gsize length)
{
  double rate = sim_bus_spoils (client->tcp->bus, answer[UNIT_AT]);
  return !sim_bad_line_send (&client->line, (uv_stream_t *) client, answer, length, rate);
}

/* Answers every whole request in the buffer and keeps the rest. FALSE: close. */
static gboolean
serve (Client *client)
{
  gsize at = 0, consumed, n;
  guint8 answer[COMMS_MBAP_MAX];
  do {
    if (!sim_bus_hear_mbap (client->tcp->bus, client->bytes + at, client->length - at, &consumed, answer, &n))
      return FALSE;
    at += consumed;
    if (n > 0 && !answer_with (client, answer, n))
      return FALSE;
  } while (consumed > 0 && at < client->length);
  client->length -= at;
  memmove (client->bytes, client->bytes + at, client->length);
  return TRUE;
}

static void
give_room (uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
  Client *client = (Client *) handle;
  *buffer = uv_buf_init ((char *) client->bytes + client->length, sizeof client->bytes - client->length);
}

static void
take_bytes (uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
  Client *client = (Client *) stream;
  if (n > 0)
    client->length += n;
  if (n < 0 || !serve (client))
    close_client (client);
}

static void
accept_client (uv_stream_t *stream, int status)
{
  SimTcp *tcp = (SimTcp *) stream;
  if (status < 0)
    return;
  Client *client = g_new0 (Client, 1);
  client->tcp = tcp;
  client->line = (SimBadLine) { .chance = sim_chance_next (&tcp->chance), .bare = TRUE };
  uv_tcp_init (stream->loop, &client->handle);
  g_ptr_array_add (tcp->clients, client);
  if (uv_accept (stream, (uv_stream_t *) client) < 0 || tcp->clients->len > SIM_TCP_CLIENTS) {
    close_client (client);
    return;
  }
  uv_tcp_nodelay (&client->handle, 1);
  uv_read_start ((uv_stream_t *) client, give_room, take_bytes);
}

SimTcp *
sim_tcp_listen (uv_loop_t *loop, const char *host, guint16 port, SimBus *bus, guint64 chance, GError **error)
{
  SimTcp *tcp = g_new0 (SimTcp, 1);
  struct sockaddr_in address;
  tcp->bus = bus;
  tcp->chance = chance;
  tcp->clients = g_ptr_array_new ();
  uv_tcp_init (loop, &tcp->handle);
  int failed = uv_ip4_addr (host, port, &address);
  if (!failed)
    failed = uv_tcp_bind (&tcp->handle, (const struct sockaddr *) &address, 0);
  if (!failed)
    failed = uv_listen ((uv_stream_t *) tcp, 128, accept_client);
  if (!failed)
    return tcp;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot listen on %s:%u: %s",
               host, port, uv_strerror (failed));
  sim_tcp_close (tcp);
  return NULL;
}

void
sim_tcp_tick (SimTcp *tcp)
{
  for (guint i = tcp->clients->len; i > 0; i--) {   /* from behind: closing takes it out, and puts the last there */
    Client *client = tcp->clients->pdata[i - 1];
    if (sim_bad_line_tick (&client->line, (uv_stream_t *) client))
      close_client (client);
  }
}

void
sim_tcp_close (SimTcp *tcp)
{
  while (tcp->clients->len)
    close_client (tcp->clients->pdata[0]);
  g_clear_pointer (&tcp->clients, g_ptr_array_unref);
  uv_close ((uv_handle_t *) tcp, free_handle);
}
