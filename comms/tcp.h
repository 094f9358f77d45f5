/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TCP connection made without waiting longer than told. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * comms_tcp_connect:
 * @host: name or address; a name is looked up, which takes as long as the resolver does
 * @timeout: µs for each address
 * @stop: becomes TRUE (atomically, any thread) when the caller has lost interest; seen within 0.1 s
 *
 * A non-blocking, close-on-exec socket with TCP_NODELAY. It reports an error by itself when sent
 * bytes stay unconfirmed for 10 s: a peer that lost its power says nothing.
 * Errors (G_FILE_ERROR) name host and port. Returns -1 then.
 */
int comms_tcp_connect (const char *host, guint16 port, gint64 timeout, const int *stop, GError **error);

G_END_DECLS
