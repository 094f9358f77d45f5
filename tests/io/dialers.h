/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A load generator: thousands of connections from many source addresses, one thread, epoll. What they say is a
 * tongue's matter (tongue.h), so that peers are measured by the same generator as ours. */
#pragma once

#include "tongue.h"

G_BEGIN_DECLS

typedef struct Dialers Dialers;

/* @first: number of the first one, so that two generators can share a server's units. */
Dialers *dialers_new  (const Tongue *tongue, guint first, guint n, guint16 port);
void     dialers_free (Dialers *dialers);

/* Connects all that are not connected, at most @at_once at a time under way, until each is let in; @patience
 * seconds at most. Returns how many are in. */
guint    dialers_dial (Dialers *dialers, guint at_once, double patience);
/* All connections are cut without a word. */
void     dialers_drop (Dialers *dialers);

/* One request a connection at a time, @window of them under way, @n in all; then waits for the last answer,
 * @patience seconds at most. Returns how many were answered. */
guint64  dialers_load (Dialers *dialers, guint64 n, guint window, double patience);
/* @rate requests a second, however fast the answers come, for @seconds; a connection whose answer is still out
 * when its turn comes asks later, and its latency counts from its turn. @latencies: of double, ms. */
guint64  dialers_pace (Dialers *dialers, double rate, double seconds, GArray *latencies);

Dialer  *dialers_get  (Dialers *dialers, guint i);
/* Connections that ended though nobody here ended them. */
guint    dialers_lost (const Dialers *dialers);

G_END_DECLS
