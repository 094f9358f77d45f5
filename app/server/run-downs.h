/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batteries that run down while a server starts: the engine is told what was measured of them before. */
#pragma once

#include "data/store.h"
#include "gdp/engine.h"

G_BEGIN_DECLS

/**
 * server_run_downs_restore:
 * @engine: has its alarms and readings again
 * @network: its own
 * @now: µs
 *
 * From the store's history. It takes seconds at the most: of what is left then, as of what cannot be read, the engine knows
 * nothing; alarms that it holds stay as they are, and the hours of the others are told when as much was measured again.
 */
void server_run_downs_restore (DataStore *store, GdpEngine *engine, const GdpNetwork *network, gint64 now);

G_END_DECLS
