/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bad-line.h"

#include "noise.h"
#include "send.h"

#define SLOW_TICKS 8   /* in so many ticks a slow frame arrives */

static const char *
put (uv_stream_t *stream, const guint8 *bytes, gsize length)
{
  return length == 0 || sim_send (stream, bytes, length) ? NULL : "cannot be sent";
}

static void
delay (SimBadLine *line, const guint8 *bytes, gsize length)
{
  if (!line->late)
    line->late = g_byte_array_new ();
  g_byte_array_append (line->late, bytes, length);
}

/* How much of the frame goes at once; the rest is late or never comes. */
static gsize
hold_back (SimBadLine *line, const guint8 *bytes, gsize length, SimNoise noise)
{
  switch (noise.kind) {
  case SIM_NOISE_SPLIT:
    delay (line, bytes + noise.at, length - noise.at);
    return noise.at;
  case SIM_NOISE_SLOW:
    line->drip = MAX (length / SLOW_TICKS, 1);
    delay (line, bytes, length);
    return 0;
  case SIM_NOISE_MERGE:
    delay (line, bytes, length);
    return 0;
  case SIM_NOISE_TRUNCATE:
  case SIM_NOISE_HANG_UP:
    return noise.at;
  default:
    return length;
  }
}

const char *
sim_bad_line_send (SimBadLine *line, uv_stream_t *stream, const guint8 *frame, gsize length, double rate)
{
  SimNoise noise = sim_noise_next (&line->chance, rate, FALSE, length);
  g_autofree guint8 *copy = g_memdup2 (frame, length);

  if (noise.kind == SIM_NOISE_CORRUPT && !line->bare)
    copy[noise.at] ^= noise.bit;
  if (line->late) {   /* what is late keeps what comes after it waiting */
    delay (line, copy, length);
    return NULL;
  }
  const char *why = put (stream, copy, hold_back (line, copy, length, noise));
  return noise.kind == SIM_NOISE_HANG_UP ? "the line broke" : why;
}

const char *
sim_bad_line_tick (SimBadLine *line, uv_stream_t *stream)
{
  if (!line->late)
    return NULL;
  g_autoptr (GByteArray) late = g_steal_pointer (&line->late);
  gsize n = line->drip ? MIN (line->drip, late->len) : late->len;
  if (n < late->len)
    delay (line, late->data + n, late->len - n);
  else
    line->drip = 0;
  return put (stream, late->data, n);
}

void
sim_bad_line_clear (SimBadLine *line)
{
  g_clear_pointer (&line->late, g_byte_array_unref);
  line->drip = 0;
}
