/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a server is in the store: this process, the one of its name before it, and others. */
#pragma once

#include "config.h"
#include "data/store.h"

G_BEGIN_DECLS

/* This process, under the configuration's name or the host's. (transfer full: data_server_free()) */
DataServer       *server_identity_new    (const ServerConfig *config);
/* The run of @name before this one, when it has not ended in order; NULL = none. @past: what the store knows of it, NULL when it
 * is away; @spool: what the spool does, NULL = nothing. Either may know of a later one, or later things of the same. Borrowed. */
const DataServer *server_identity_lost   (const DataChanges *past, const DataServer *spool, const char *name);
/* Whether the server @name is running and was heard of lately. */
gboolean          server_identity_lives  (const DataChanges *memory, const char *name);

G_END_DECLS
