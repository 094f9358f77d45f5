/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Firmware that units are to have: each open wish of the store becomes an order to its link's session, again after a
 * restart or a change of the configuration; what comes of it goes into a batch. The engine's thread.
 *
 * Safe at every moment: a unit installs only what it has whole and with a good digest, when it is told to; what it has
 * of an image stays with it, and the next offer goes on from there. */
#pragma once

#include "batch.h"
#include "comms/order.h"

G_BEGIN_DECLS

typedef struct ServerCampaign ServerCampaign;

/* As server_field_order(). */
typedef gboolean (*ServerOrderFunc) (const CommsOrder *order, gint64 link, gint64 unit, gpointer user_data,
                                     GError **error);

ServerCampaign *server_campaign_new  (ServerOrderFunc send, gpointer user_data);
void            server_campaign_free (ServerCampaign *campaign);

/* A wish as the store has it now. @image: of one that is WANTED, else NULL; then @trouble says why it cannot be had. */
void     server_campaign_wish   (ServerCampaign *campaign, const GdpWish *wish, GBytes *image, const char *trouble,
                                 ServerBatch *batch);
/* What a unit said of itself: the version that it runs now. */
void     server_campaign_device (ServerCampaign *campaign, const GdpDevice *device, ServerBatch *batch);
/* An order has ended. FALSE: it was not one of these. */
gboolean server_campaign_result (ServerCampaign *campaign, const CommsReport *report, ServerBatch *batch);
/* The field changes to @network (borrowed until the next): whatever was ordered may have been dropped. Wishes for links that are not in it are
 * somebody else's. */
void     server_campaign_set_network (ServerCampaign *campaign, const GdpNetwork *network);
/* Orders what could not be ordered before. A few times a second. */
void     server_campaign_tick   (ServerCampaign *campaign);

G_END_DECLS
