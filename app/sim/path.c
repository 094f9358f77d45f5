/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "path.h"

#include <string.h>

#include "bad-line.h"
#include "noise.h"

struct SimPath {
  union { uv_handle_t any; uv_stream_t stream; uv_tcp_t tcp; uv_udp_t udp; } handle;
  uv_connect_t         connecting;
  const SimPathEvents *events;     /* NULL: closed */
  gpointer             user_data;
  gboolean             is_udp;
  double               rate;       /* as last told: it holds for what is heard, too */
  SimBadLine           line;       /* its chance is that of datagrams, and of what is heard, too */
  GByteArray          *held;       /* a datagram that comes after the next one */
};

/* Everything is heard into one buffer: the loop reads one handle at a time. */
static char heard[65536];

static void
freed (uv_handle_t *handle)
{
  g_free (handle->data);
}

void
sim_path_close (SimPath *path)
{
  path->events = NULL;
  sim_bad_line_clear (&path->line);
  g_clear_pointer (&path->held, g_byte_array_unref);
  if (!uv_is_closing (&path->handle.any))
    uv_close (&path->handle.any, freed);
}

static void
break_off (SimPath *path, const char *why)
{
  if (path->events)
    path->events->broken (path->user_data, why);
}

/* ---- hearing ------------------------------------------------------------------------------------- */

static void
give_buffer (uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
  *buffer = uv_buf_init (heard, sizeof heard);
}

static void
hear (SimPath *path, gsize length)
{
  guint times = 1;
  SimNoise noise = sim_noise_next (&path->line.chance, path->rate, path->is_udp, length);
  if (noise.kind == SIM_NOISE_CORRUPT)
    heard[noise.at] ^= noise.bit;
  if (noise.kind == SIM_NOISE_LOSE || noise.kind == SIM_NOISE_DOUBLE)
    times = noise.kind == SIM_NOISE_LOSE ? 0 : 2;
  if (noise.kind == SIM_NOISE_HANG_UP || noise.kind == SIM_NOISE_TRUNCATE)
    length = noise.at;
  for (guint i = 0; i < times && length > 0 && path->events; i++)
    path->events->heard (path->user_data, (const guint8 *) heard, length);
  if (noise.kind == SIM_NOISE_HANG_UP)
    break_off (path, "the line broke");
}

static void
take_bytes (uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
  if (n < 0)
    break_off (stream->data, uv_strerror (n));
  else if (n > 0)
    hear (stream->data, n);
}

static void
take_datagram (uv_udp_t *udp, ssize_t n, const uv_buf_t *buffer, const struct sockaddr *from, unsigned flags)
{
  if (n > 0)
    hear (udp->data, n);
}

/* ---- sending ---------------------------------------------------------------------------------------- */

/* What cannot be sent is lost. */
static void
put (SimPath *path, const guint8 *bytes, gsize length)
{
  uv_buf_t buffer = uv_buf_init ((char *) bytes, length);
  if (length > 0)
    uv_udp_try_send (&path->handle.udp, &buffer, 1, NULL);
}

static void
put_held (SimPath *path)
{
  g_autoptr (GByteArray) held = g_steal_pointer (&path->held);
  if (held)
    put (path, held->data, held->len);
}

static void
send_datagram (SimPath *path, const guint8 *frame, gsize length)
{
  SimNoise noise = sim_noise_next (&path->line.chance, path->rate, TRUE, length);
  g_autofree guint8 *copy = g_memdup2 (frame, length);
  if (noise.kind == SIM_NOISE_CORRUPT)
    copy[noise.at] ^= noise.bit;
  if (noise.kind == SIM_NOISE_REORDER && !path->held) {
    path->held = g_byte_array_append (g_byte_array_new (), copy, length);
    return;
  }
  if (noise.kind == SIM_NOISE_TRUNCATE)
    length = noise.at;
  if (noise.kind != SIM_NOISE_LOSE)
    put (path, copy, length);
  if (noise.kind == SIM_NOISE_DOUBLE)
    put (path, copy, length);
  put_held (path);
}

void
sim_path_send (SimPath *path, const guint8 *frame, gsize length, double rate)
{
  const char *why = NULL;
  path->rate = rate;
  if (path->is_udp)
    send_datagram (path, frame, length);
  else
    why = sim_bad_line_send (&path->line, &path->handle.stream, frame, length, rate);
  if (why)
    break_off (path, why);
}

void
sim_path_tick (SimPath *path)
{
  const char *why = NULL;
  if (path->is_udp)
    put_held (path);
  else
    why = sim_bad_line_tick (&path->line, &path->handle.stream);
  if (why)
    break_off (path, why);
}

/* ---- dialling ------------------------------------------------------------------------------------------ */

static void
answered (uv_connect_t *request, int status)
{
  SimPath *path = request->data;
  if (!path->events)
    return;   /* closed meanwhile */
  if (status < 0) {
    break_off (path, uv_strerror (status));
    return;
  }
  uv_tcp_nodelay (&path->handle.tcp, 1);
  uv_read_start (&path->handle.stream, give_buffer, take_bytes);
  path->events->connected (path->user_data);
}

static int
dial_tcp (SimPath *path, uv_loop_t *loop, const struct sockaddr *server)
{
  uv_tcp_init (loop, &path->handle.tcp);
  return uv_tcp_connect (&path->connecting, &path->handle.tcp, server, answered);
}

static int
dial_udp (SimPath *path, uv_loop_t *loop, const struct sockaddr *server)
{
  uv_udp_init (loop, &path->handle.udp);
  int failed = uv_udp_connect (&path->handle.udp, server);
  return failed ? failed : uv_udp_recv_start (&path->handle.udp, give_buffer, take_datagram);
}

SimPath *
sim_path_dial (uv_loop_t *loop, const struct sockaddr *server, gboolean udp, guint64 chance,
               const SimPathEvents *events, gpointer user_data)
{
  SimPath *path = g_new0 (SimPath, 1);
  path->events = events;
  path->user_data = user_data;
  path->is_udp = udp;
  path->line.chance = chance;
  path->connecting.data = path;
  int failed = (udp ? dial_udp : dial_tcp) (path, loop, server);
  path->handle.any.data = path;
  if (!failed)
    return path;
  sim_path_close (path);
  return NULL;
}
