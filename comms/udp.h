/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BBTs over UDP: one socket, one datagram a frame, and which session a datagram belongs to (PROTOCOL.md 2).
 *
 * An address may have two sessions: one in use and one whose proof is still out. So nobody who forges an
 * address can end the session of a unit, and a unit that lost its session can begin another. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

typedef struct CommsUdp CommsUdp;

/* @address: as comms_listener_new()'s. Error: COMMS_SESSION_SERVER_ERROR. */
CommsUdp *comms_udp_new   (CommsSessionServer *server, const char *address, GError **error);
/* Its sessions are closed. Frees when the loop has let go of it. */
void      comms_udp_close (CommsUdp *udp);
guint16   comms_udp_port  (const CommsUdp *udp);

/* A datagram that came to the server, or, after @hops others, to another one that shares its port. */
void      comms_udp_take  (CommsUdp *udp, const struct sockaddr *peer, guint hops, const guint8 *bytes, gsize length);
/* The IDENT that is being looked at, and what comes from the address after it, is another @part's. FALSE: that server
 * is not there. */
gboolean  comms_udp_pass_on (CommsUdp *udp, guint part, const CommsSession *session, GError **error);
void      comms_udp_send  (CommsUdp *udp, const struct sockaddr *peer, const guint8 *bytes, gsize length);
/* µs since the datagram that is being looked at came. */
gint64    comms_udp_waited (CommsUdp *udp);
/* @session has proved itself: what comes from its address is its own from now on. */
void      comms_udp_open  (CommsUdp *udp, CommsSession *session);
/* @session has ended: it gets nothing more, and is freed with @free when nobody can look at it any more. */
void      comms_udp_bury  (CommsUdp *udp, CommsSession *session, GDestroyNotify free);

G_END_DECLS
