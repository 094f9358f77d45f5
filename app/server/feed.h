/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes to the server through the store: commands, wishes for firmware, a new configuration. Main thread. */
#pragma once

#include "pipeline.h"

G_BEGIN_DECLS

typedef struct ServerFeed ServerFeed;

/* All but @user_data borrowed. @revision_changed is called from server_feed_look() or the main loop. */
ServerFeed *server_feed_new  (DataStore *store, const char *server, ServerPipeline *pipeline, ServerTrouble *trouble,
                              void (*revision_changed) (gint64 revision, gpointer user_data), gpointer user_data);
void        server_feed_free (ServerFeed *feed);

/* From now on commands for @part's objects are taken, and for those that @whole does not know. */
void        server_feed_set_network (ServerFeed *feed, GdpNetwork *whole, GdpNetwork *part);
/* Whether commands for alarms of other servers that are down are taken, too. At first they are not. */
void        server_feed_set_tells   (ServerFeed *feed, gboolean tells);
/* Looks without being woken. */
void        server_feed_look (ServerFeed *feed);

G_END_DECLS
