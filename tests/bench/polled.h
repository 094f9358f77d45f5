/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that polls sites over Modbus TCP, as a process of its own, and what is measured of it. The slaves and the
 * second process that follows the store are this one. */
#pragma once

#include "processor.h"
#include "stage.h"
#include "tcp-slave.h"
#include "watch.h"

G_BEGIN_DECLS

typedef struct {
  Stage       *stage;
  TcpSlave    *slave;     /* a port a site, of which analog registers begin at 1 kPa */
  GdpNetwork  *network;   /* with the store's keys: @n_sites × 16 points, watch_network() */
  GSubprocess *server;
  Watch       *watch;
} Polled;

void polled_begin  (Polled *bench, guint n_sites, double period);
void polled_finish (Polled *bench);

/* A WatchFunc: so many (guint) points have a good value. */
gboolean polled_all_good (Watch *watch, gconstpointer n_points);

/* From a register's change to when the second process knew, and from the answer that carried it; ms. */
typedef struct { GArray *from_change, *from_answer; } Latency;

Latency latency_new   (void);
/* When it was set and answered, monotonic µs; known just now. */
void    latency_add   (Latency *latency, gint64 changed, gint64 answered);
/* Prints and frees. */
void    latency_print (const char *name, Latency *latency, double period);

G_END_DECLS
