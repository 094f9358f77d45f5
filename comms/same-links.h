/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which links a new configuration leaves as they are for whoever polls them, so that their connections may
 * stay. Pure. */
#pragma once

#include "gdp/network.h"

G_BEGIN_DECLS

/* By index of link, as many as the larger network has: TRUE where both have the same link at that index, with
 * the same units and points at the same indexes, asked in the same way. Names, limits and texts do not matter.
 * A point that is put in among others moves those behind it, and with them their links. (transfer full) */
gboolean *comms_same_links (const GdpNetwork *before, const GdpNetwork *after);

G_END_DECLS
