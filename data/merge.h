/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the configuration will be when sites are imported: found out, and judged, before a store is asked to hold it. Pure. */
#pragma once

#include "gdp/network.h"

G_BEGIN_DECLS

/* Whether @before with the sites, links, profiles and schedules of @news added, or put in place of those of the same id, is a
 * network again: ids of different kinds may clash, two links may claim one device. REFUSED, naming what is wrong. */
gboolean data_merge_check (const GdpNetwork *before, const GdpNetwork *news, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
