/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "send.h"

#include <string.h>

typedef struct {
  uv_write_t request;
  char       bytes[];
} Pending;

static void
written (uv_write_t *request, int status)
{
  /* A failed write also ends the reading side, which closes the connection. */
  g_free (request);
}

gboolean
sim_send (uv_stream_t *stream, const void *bytes, gsize length)
{
  uv_buf_t buffer = uv_buf_init ((char *) bytes, length);
  int n = uv_try_write (stream, &buffer, 1);
  if (n == (int) length)
    return TRUE;
  if (n < 0 && n != UV_EAGAIN)
    return FALSE;
  if (uv_stream_get_write_queue_size (stream) + length > SIM_SEND_MOST)
    return FALSE;
  gsize done = MAX (n, 0);
  Pending *pending = g_malloc (sizeof *pending + length - done);
  memcpy (pending->bytes, (const char *) bytes + done, length - done);
  buffer = uv_buf_init (pending->bytes, length - done);
  if (uv_write (&pending->request, stream, &buffer, 1, written) == 0)
    return TRUE;
  g_free (pending);
  return FALSE;
}
