/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing to a peer that may read slowly. */
#pragma once

#include <glib.h>
#include <uv.h>

G_BEGIN_DECLS

/* At once when the socket takes it, else queued. FALSE: the peer is gone, or reads so slowly that
 * SIM_SEND_MOST bytes wait: close it. */
#define SIM_SEND_MOST 65536
gboolean sim_send (uv_stream_t *stream, const void *bytes, gsize length);

G_END_DECLS
