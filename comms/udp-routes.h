/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several servers on one UDP port: the kernel gives all datagrams of an address to one of them, and only the first,
 * IDENT, says whose they are. What is remembered here: which part the others of that address are for. The longest
 * unused is forgotten first; its unit is told that it has no session, and says IDENT again. Pure. */
#pragma once

#include <netinet/in.h>

#include <glib.h>

G_BEGIN_DECLS

typedef struct CommsUdpRoutes CommsUdpRoutes;

CommsUdpRoutes *comms_udp_routes_new    (guint most);
void            comms_udp_routes_free   (CommsUdpRoutes *routes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommsUdpRoutes, comms_udp_routes_free)

void            comms_udp_routes_set    (CommsUdpRoutes *routes, const struct sockaddr *peer, guint part);
void            comms_udp_routes_forget (CommsUdpRoutes *routes, const struct sockaddr *peer);
/* 0 = none. It counts as used. */
guint           comms_udp_routes_find   (CommsUdpRoutes *routes, const struct sockaddr *peer);

/* Of a sockaddr_in or sockaddr_in6. */
gsize    comms_udp_address_size (const struct sockaddr *address);
guint    comms_udp_address_hash (const struct sockaddr *address);
gboolean comms_udp_address_same (const struct sockaddr *a, const struct sockaddr *b);

G_END_DECLS
