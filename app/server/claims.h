/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which links this server holds. A link has one server at a time, whoever claims it first; when
 * that one ends or dies, another takes over. */
#pragma once

#include "config.h"
#include "data/store.h"
#include "trouble.h"

G_BEGIN_DECLS

/**
 * server_claims_take:
 * @mine: what was held until now, or NULL
 * @reserve: also what others leave; not at a start, when those whose it is may be starting, too
 * @held: (inout): one flag a link of @network; those already set are not asked for again
 *
 * Claims every link that this server can reach. What it does not get is in @trouble: one link by
 * itself, more of them together.
 * Returns TRUE when a flag was set.
 */
gboolean server_claims_take (DataStore *store, const GdpNetwork *network, const ServerConfig *config,
                             const DataServer *self, const GdpNetwork *mine, gboolean reserve, ServerTrouble *trouble, gboolean *held);

/* Links of @before that @after has no more: their trouble is over. */
void server_claims_forget (const GdpNetwork *before, const GdpNetwork *after, ServerTrouble *trouble);

G_END_DECLS
