/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-server as one process or several that share a port, on a store with so many BBTs; and the store counted
 * afterwards. */
#pragma once

#include <gio/gio.h>

#include "../io/stage.h"

G_BEGIN_DECLS

enum { TOWN_PARTS_MOST = 4 };

typedef struct {
  Stage       *stage;
  char        *keys;
  guint16      port;
  guint        n, parts;
  GSubprocess *servers[TOWN_PARTS_MOST];
  pid_t        pids[TOWN_PARTS_MOST];
} TownServer;

/* Takes the units into a store of its own and starts the servers; prints how long they took. */
TownServer *town_server_start (guint n, guint parts);
/* Seconds of processor time so far of all servers' threads called @thread, NULL = of all. */
double      town_server_time  (const TownServer *town, const char *thread);
/* Ends the servers, counts what is stored, and prints it beside what was sent and acknowledged. */
void        town_server_count (TownServer *town, guint64 sent, guint64 acknowledged);
void        town_server_free  (TownServer *town);

G_END_DECLS
