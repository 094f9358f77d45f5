/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a stream's line does to the frames that are sent over it: bits turned, ends missing, pieces, slow bytes, frames
 * that come together, breaks (noise.h). Starts as zeros but for its chance. */
#pragma once

#include <glib.h>
#include <uv.h>

G_BEGIN_DECLS

typedef struct {
  guint64     chance;
  GByteArray *late;   /* what is still to be sent, in its order; NULL = nothing */
  gsize       drip;   /* bytes of it a tick, 0 = all at once */
  gboolean    bare;   /* frames without a checksum (Modbus TCP): a turned bit would be believed, so none is turned */
} SimBadLine;

/* A whole frame; of so many a share of @rate is spoiled. Returns why the connection is to be closed; NULL: it stands. */
const char *sim_bad_line_send  (SimBadLine *line, uv_stream_t *stream, const guint8 *frame, gsize length, double rate);
/* What is late goes on; to be called often. Returns the same. */
const char *sim_bad_line_tick  (SimBadLine *line, uv_stream_t *stream);
void        sim_bad_line_clear (SimBadLine *line);

G_END_DECLS
