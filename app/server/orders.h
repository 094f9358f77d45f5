/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands to the field: what a person asked of a unit becomes an order, and how that ended becomes a result and
 * a record of the journal with who, before and after. The engine's thread.
 *
 * What each kind of command is and who may give it is the table at the end of orders.c. All but outputs are asked of a
 * BBT that is in session now, and fail at once where it is not.
 *
 * An output is switched in two steps, also where its unit knows only one: who selects it has it for
 * SERVER_SELECTION and gets a token; operate takes the same person, state and token, and uses the selection up. */
#pragma once

#include "campaign.h"
#include "gdp/role.h"

G_BEGIN_DECLS

typedef struct ServerOrders ServerOrders;

#define SERVER_SELECTION  (30 * GDP_SECOND)   /* µs that an output stays selected */
#define SERVER_ORDER_LIFE (30 * GDP_SECOND)   /* µs after its posting that a command may still be sent */

/* @server: its name; @send: where orders go. Both borrowed. */
ServerOrders *server_orders_new  (const char *server, ServerOrderFunc send, gpointer user_data);
void          server_orders_free (ServerOrders *orders);

/* Firmware under way: it is told of results, networks and time by the orders, of the rest directly. */
ServerCampaign *server_orders_campaign (ServerOrders *orders);

/* Indexes of samples that follow are @network's (referenced). */
void     server_orders_set_network (ServerOrders *orders, GdpNetwork *network);

/* As set last; borrowed. */
GdpNetwork *server_orders_network (ServerOrders *orders);

/* FALSE: not a command to the field. @act: what its person must be allowed to. Any thread. */
gboolean server_orders_knows (const char *kind, GdpAct *act);
/* Carries out what was taken from the store. FALSE: it may not or cannot be, and nothing was done. TRUE: its result
 * is in @batch, or will be in a later one. */
gboolean server_orders_execute (ServerOrders *orders, const DataCommand *command, ServerBatch *batch, GError **error);
/* A command that an earlier run of this server took and did not finish: it fails, and where an output may have been
 * switched the result tells what is read back of it. */
void     server_orders_interrupted (ServerOrders *orders, const DataCommand *command, ServerBatch *batch);

/* An order has ended. */
void     server_orders_result  (ServerOrders *orders, const CommsReport *report, ServerBatch *batch);
/* A unit has answered. */
void     server_orders_samples (ServerOrders *orders, const CommsReport *report, ServerBatch *batch);
/* Ends what nobody will end any more. A few times a second. */
void     server_orders_tick    (ServerOrders *orders, ServerBatch *batch);

G_END_DECLS
