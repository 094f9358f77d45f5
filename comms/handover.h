/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several servers on one port. The kernel gives a caller to any of them (SO_REUSEPORT), but a unit belongs to one:
 * links are divided by a hash of what the unit says of itself. Whoever gets a caller that is another's passes the
 * connection on, with what was read of it: descriptor and bytes through a UNIX socket between the processes. Of one who
 * sends datagrams each is passed on (udp-routes.h), and answered from the other's socket, which has the same port. */
#pragma once

#include <uv.h>

#include "gdp/network.h"

G_BEGIN_DECLS

/* Part 1 … parts of the units that dial in; parts 0 or 1 = all of them. */
typedef struct { guint8 part, parts; } CommsShare;

#define COMMS_SHARE_MOST 64

/* Which part what a caller says of itself (a BBT's serial, a modem's registration, line ends around it left out)
 * belongs to, 1 … @parts: by Modbus's CRC over it, so that it is the same on every machine and in every version. */
guint    comms_share_part_of (const guint8 *name, gsize length, guint parts);
/* FALSE: @link dials in, and to another part. */
gboolean comms_share_holds   (CommsShare share, const GdpLink *link);

typedef struct CommsHandover CommsHandover;

/* A caller that another server read @bytes from, borrowed for the call; @fd is the callee's, non-blocking and
 * close-on-exec; -1: @bytes are a datagram. @hops: servers that have passed it on. */
typedef void (*CommsHandoverTaken) (int fd, const struct sockaddr *peer, guint hops, const guint8 *bytes, gsize length,
                                    gpointer user_data);

/* @address: where all of them listen, as configured: those with the same text, number of parts and user belong
 * together. Error: COMMS_SESSION_SERVER_ERROR_IN_USE when another process serves this part. */
CommsHandover *comms_handover_new   (uv_loop_t *loop, const char *address, CommsShare share, CommsHandoverTaken taken,
                                     gpointer user_data, GError **error);
/* Frees when the loop has let go of it. */
void           comms_handover_close (CommsHandover *handover);
/* The connection is @part's from now on; @fd stays the caller's to close. FALSE: that server is not there (or does
 * not take it within 20 ms), and nothing has happened. @fd -1: a datagram, which may be lost as all of them may. */
gboolean       comms_handover_give  (CommsHandover *handover, guint part, int fd, const struct sockaddr *peer,
                                     guint hops, const guint8 *bytes, gsize length, GError **error);

G_END_DECLS
