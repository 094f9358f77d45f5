/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ails servers, as alarms: a trouble of this one that lasts, a disk that is nearly full, another one that gives no sign
 * of life. Main thread. */
#pragma once

#include "config.h"
#include "pipeline.h"
#include "trouble.h"

G_BEGIN_DECLS

typedef struct ServerAilments ServerAilments;

/* All borrowed but @config, which is not kept. */
ServerAilments *server_ailments_new  (const char *server, const ServerConfig *config, ServerTrouble *trouble,
                                      ServerPipeline *pipeline);
void            server_ailments_free (ServerAilments *ailments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerAilments, server_ailments_free)

void            server_ailments_configure      (ServerAilments *ailments, const ServerConfig *config);
/* Once a second. */
void            server_ailments_look           (ServerAilments *ailments);
/* Every few seconds, while the store can be read: of those that are there the one that has been for longest tells. */
void            server_ailments_look_at_others (ServerAilments *ailments, DataStore *store);
/* Whether that is this one: then it answers for those alarms, too. */
gboolean        server_ailments_tells_of_others (const ServerAilments *ailments);

G_END_DECLS
