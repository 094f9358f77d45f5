/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udp-routes.h"

#include <string.h>

typedef struct {
  struct sockaddr_in6 peer;   /* or a sockaddr_in */
  guint               part;
  GList               link;   /* in `used` */
} Route;

struct CommsUdpRoutes {
  guint       most;
  GHashTable *by_peer;        /* Route, owned; its own key */
  GQueue      used;           /* the latest first */
};

gsize
comms_udp_address_size (const struct sockaddr *address)
{
  return address->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in);
}

guint
comms_udp_address_hash (const struct sockaddr *address)
{
  const guint8 *bytes = (const guint8 *) address;
  guint hash = 5381;

  for (gsize i = 0; i < comms_udp_address_size (address); i++)
    hash = hash * 33 + bytes[i];
  return hash;
}

gboolean
comms_udp_address_same (const struct sockaddr *a, const struct sockaddr *b)
{
  return a->sa_family == b->sa_family && memcmp (a, b, comms_udp_address_size (a)) == 0;
}

static guint
hash (gconstpointer route)
{
  return comms_udp_address_hash ((const struct sockaddr *) &((const Route *) route)->peer);
}

static gboolean
same (gconstpointer a, gconstpointer b)
{
  return comms_udp_address_same ((const struct sockaddr *) &((const Route *) a)->peer,
                                 (const struct sockaddr *) &((const Route *) b)->peer);
}

CommsUdpRoutes *
comms_udp_routes_new (guint most)
{
  CommsUdpRoutes *routes = g_new0 (CommsUdpRoutes, 1);

  routes->most = most;
  routes->by_peer = g_hash_table_new_full (hash, same, g_free, NULL);
  g_queue_init (&routes->used);
  return routes;
}

void
comms_udp_routes_free (CommsUdpRoutes *routes)
{
  g_hash_table_unref (routes->by_peer);
  g_free (routes);
}

static Route *
find (CommsUdpRoutes *routes, const struct sockaddr *peer)
{
  Route key = { .part = 0 };

  memcpy (&key.peer, peer, comms_udp_address_size (peer));
  return g_hash_table_lookup (routes->by_peer, &key);
}

static void
forget (CommsUdpRoutes *routes, Route *route)
{
  g_queue_unlink (&routes->used, &route->link);
  g_hash_table_remove (routes->by_peer, route);
}

void
comms_udp_routes_set (CommsUdpRoutes *routes, const struct sockaddr *peer, guint part)
{
  comms_udp_routes_forget (routes, peer);
  if (routes->used.length >= routes->most)
    forget (routes, routes->used.tail->data);
  Route *route = g_new0 (Route, 1);
  memcpy (&route->peer, peer, comms_udp_address_size (peer));
  route->part = part;
  route->link.data = route;
  g_queue_push_head_link (&routes->used, &route->link);
  g_hash_table_add (routes->by_peer, route);
}

void
comms_udp_routes_forget (CommsUdpRoutes *routes, const struct sockaddr *peer)
{
  Route *route = find (routes, peer);

  if (route != NULL)
    forget (routes, route);
}

guint
comms_udp_routes_find (CommsUdpRoutes *routes, const struct sockaddr *peer)
{
  Route *route = find (routes, peer);

  if (route == NULL)
    return 0;
  g_queue_unlink (&routes->used, &route->link);
  g_queue_push_head_link (&routes->used, &route->link);
  return route->part;
}
