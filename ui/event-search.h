/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking for what the journal page shows. The store keeps words, ids and English; the page says them in the operator's
 * language, by the names of the configuration. Pure. */
#pragma once

#include "gdp/network.h"

G_BEGIN_DECLS

/* What a record may hold instead of @needle when the page shows @needle of it: for `also` of DataJournalFilter. Known are
 * kinds of events, sites and points by name, alarms' conditions, states, reasons, the programs' sayings, numbers; at
 * most 48, and of less than three characters none. @network: NULL = not known yet. (transfer full) */
char **ui_event_search_also (const char *needle, const GdpNetwork *network);

G_END_DECLS
