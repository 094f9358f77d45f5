/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person asks of a BBT as a whole, read out of a command. Pure. */
#pragma once

#include "comms/order.h"
#include "gdp/network.h"

G_BEGIN_DECLS

/**
 * server_unit_order:
 * @kind, @detail: of the command: "live", "forget"; "archive" with "STREAM FROM UNTIL" (archive, hourly or daily;
 *   Unix seconds); "interface" with "PORT BAUD PARITY STOP-BITS" (rs-485, rs-232 or can)
 * @order: (inout): its kind and what belongs to that are filled in
 *
 * FALSE: @error (REFUSED) says what @detail should be.
 */
gboolean server_unit_order (const char *kind, const char *detail, CommsOrder *order, GError **error);

/* The BBT link that @id names, by key. FALSE: @error (REFUSED) says what it is instead. */
gboolean server_unit_find (const GdpNetwork *network, const char *id, gint64 *link, GError **error);
/* The site of the unit that reports, or of the first behind the link; NULL = there is none. Borrowed. */
const char *server_unit_site (const GdpNetwork *network, const char *link);

G_END_DECLS
