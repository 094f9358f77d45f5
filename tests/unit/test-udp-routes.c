/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/udp-routes.h"

typedef union { struct sockaddr any; struct sockaddr_in four; struct sockaddr_in6 six; } Address;

static Address
four (guint16 port)
{
  return (Address) { .four = { .sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = 0x0100007f } };
}

static Address
six (guint16 port)
{
  return (Address) { .six = { .sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = in6addr_loopback } };
}

static guint
part_of (CommsUdpRoutes *routes, Address address)
{
  return comms_udp_routes_find (routes, &address.any);
}

static void
set (CommsUdpRoutes *routes, Address address, guint part)
{
  comms_udp_routes_set (routes, &address.any, part);
}

static void
test_of_each_address (void)
{
  g_autoptr (CommsUdpRoutes) routes = comms_udp_routes_new (10);
  Address gone = four (1);

  g_assert_cmpuint (part_of (routes, four (1)), ==, 0);
  set (routes, four (1), 2);
  set (routes, six (1), 3);
  g_assert_cmpuint (part_of (routes, four (1)), ==, 2);
  g_assert_cmpuint (part_of (routes, six (1)), ==, 3);
  g_assert_cmpuint (part_of (routes, four (2)), ==, 0);
  set (routes, four (1), 4);   /* another unit has the address now */
  g_assert_cmpuint (part_of (routes, four (1)), ==, 4);
  comms_udp_routes_forget (routes, &gone.any);
  comms_udp_routes_forget (routes, &gone.any);
  g_assert_cmpuint (part_of (routes, four (1)), ==, 0);
  g_assert_cmpuint (part_of (routes, six (1)), ==, 3);
}

static void
test_longest_unused_goes_first (void)
{
  g_autoptr (CommsUdpRoutes) routes = comms_udp_routes_new (3);

  for (guint16 i = 1; i <= 3; i++)
    set (routes, four (i), i);
  g_assert_cmpuint (part_of (routes, four (1)), ==, 1);   /* used: so 2 is the oldest */
  set (routes, four (4), 4);
  g_assert_cmpuint (part_of (routes, four (2)), ==, 0);
  g_assert_cmpuint (part_of (routes, four (1)), ==, 1);
  g_assert_cmpuint (part_of (routes, four (3)), ==, 3);
  g_assert_cmpuint (part_of (routes, four (4)), ==, 4);
  for (guint16 i = 5; i < 1000; i++)
    set (routes, four (i), i);
  g_assert_cmpuint (part_of (routes, four (4)), ==, 0);
  g_assert_cmpuint (part_of (routes, four (999)), ==, 999);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-routes/each-address-has-its-part", test_of_each_address);
  g_test_add_func ("/udp-routes/the-longest-unused-goes-first", test_longest_unused_goes_first);
  return g_test_run ();
}
