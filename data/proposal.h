/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the catalogue proposes for a whole site: a network of one cabinet, and which point of it is a proposal for which real one. */
#pragma once

#include "catalogue.h"

G_BEGIN_DECLS

#define DATA_PROPOSAL_PROFILE "upmp-12.4-a8-8"   /* the register profile that proposed points are read by */

/**
 * data_proposal_network:
 * @site: its id; NULL = "GDP-001"
 * @link: of the link that it hangs on; NULL = "rs485-1"
 * @address: Modbus address of its unit; 0 = 1
 *
 * A network of one site with the points that @catalogue proposes for @variant and @outlet. NULL: the catalogue lacks the
 * profile, or what is given makes no network.
 */
GdpNetwork     *data_proposal_network (DataCatalogue *catalogue, const DataVariant *variant, DataOutlet outlet, const char *site,
                                       const char *link, guint8 address, GError **error);

/* The pressure category of @site by the range of its own outlet sensors: low pressure is up to 5 kPa, and no sensor for it
 * measures far beyond. FALSE: it has none. */
gboolean        data_proposal_outlet  (const GdpNetwork *network, const GdpSite *site, DataOutlet *outlet);

/* The point of @proposed that is of the same tag and kind as @point and measured in the same unit. Borrowed; NULL = none. */
const GdpPoint *data_proposal_for     (const GdpNetwork *proposed, const GdpPoint *point);

G_END_DECLS
