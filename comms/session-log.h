/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the store is told of each session: once when it opens, and once when it ends, with all that went over it.
 * A session that nobody could end (the server was killed) stays open there until a server takes the link anew. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

/* @log: of the link, forgotten what it held; from here on the session adds to its counters. @signal: dBm or NaN;
 * @cause: of the call or -1. */
void comms_session_log_open  (const CommsSession *session, guint link, GdpSession *log, double signal,
                              int cause);
/* Does nothing when it is not open. */
void comms_session_log_close (const CommsSession *session, guint link, GdpSession *log,
                              CommsSessionEnd end, const char *why);

G_END_DECLS
