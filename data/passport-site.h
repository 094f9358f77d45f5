/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links, sites and units as a passport says them: read and written side by side, so that both agree
 * on every default. Readers take any node: what the schema refused already is left at its default. */
#pragma once

#include "gdp/network.h"
#include "json-writer.h"
#include "problem.h"

G_BEGIN_DECLS

/* All but key; strings are borrowed from @node, the rest is freed by data_bbt_clear(). */
void data_link_read  (DataJsonNode *node, GdpLink *link, DataProblems *problems);
void data_link_write (DataJsonWriter *writer, const GdpLink *link);

/* All but key, units and points. @contacts is (transfer full): GdpContact, borrowed by @site. */
void data_site_read  (DataJsonNode *node, GdpSite *site, GArray **contacts, DataProblems *problems);
/* The members of an object that the caller opened and closes. */
void data_site_write (DataJsonWriter *writer, const GdpSite *site);

/* All but key, id, site, link and profile. */
void data_unit_read  (const DataJsonNode *node, GdpUnit *unit);
void data_unit_write (DataJsonWriter *writer, const GdpUnit *unit, const char *link);
/* "upmp" of "GDP-003/upmp" (borrowed). */
const char *data_unit_tag (const GdpUnit *unit);

G_END_DECLS
