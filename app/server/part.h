/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which part of the network a server answers for: the links it holds, and what hangs on them.
 * Several servers may share one store; each judges its own part only. Pure. */
#pragma once

#include "gdp/alarm.h"
#include "gdp/network.h"

G_BEGIN_DECLS

/**
 * server_part_new:
 * @whole: as in the store
 * @held: one flag a link of @whole
 *
 * The sites, and of links, units and points those that hang on a held link; keys and ids stay.
 * Returns @whole itself (referenced) when every link is held.
 */
GdpNetwork *server_part_new (GdpNetwork *whole, const gboolean *held, GError **error);

/* Whether @object (a link, unit, point, or an alarm of one) is in @part. */
gboolean server_part_holds   (const GdpNetwork *part, const char *object);
/* Whether the server that holds @part answers for @object. What @whole does not know is everybody's. */
gboolean server_part_answers (const GdpNetwork *whole, const GdpNetwork *part, const char *object);

/* An alarm of the servers themselves that another one than @server answers for: each does for its own, and of all that are
 * down the one that @tells. */
gboolean server_part_is_anothers (const char *server, gboolean tells, const char *object);

G_END_DECLS
