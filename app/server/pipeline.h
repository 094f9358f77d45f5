/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's thread: the only owner of point and alarm state. Takes reports and jobs from the
 * queue in their order, lets time pass, and hands what came of it to the writer. While the writer
 * cannot commit, the batch fills up, then the queue, then the field is not read any more. */
#pragma once

#include "orders.h"
#include "refill.h"
#include "writer.h"

G_BEGIN_DECLS

typedef struct ServerPipeline ServerPipeline;

/**
 * server_pipeline_start:
 * @engine: (transfer full): restored, the thread's own from now on
 * @orders: (transfer full): likewise; it knows the engine's network
 * @name: the server's
 * @room: called from the thread when reports that the queue refused may come again
 */
ServerPipeline *server_pipeline_start (GdpEngine *engine, ServerOrders *orders, const char *name, ServerQueue *queue, ServerWriter *writer,
                                       void (*room) (gpointer), gpointer user_data);
/* Rows that were asked for once more go through @refill (borrowed, not started), which the pipeline ends with itself;
 * without it none of them is taken. Before the first report. */
void            server_pipeline_refill (ServerPipeline *pipeline, ServerRefill *refill);
/* Works off what is queued, hands it to the writer (for at most 5 s when the store refuses), ends
 * and frees. FALSE: something was left over; it never counted as good. */
gboolean        server_pipeline_stop  (ServerPipeline *pipeline);

/* Any thread; in the order of the calls, behind the reports already queued. */

/* What the command's person must be allowed to; FALSE: a command that nobody knows. */
gboolean server_pipeline_act     (const char *kind, GdpAct *act);
/* The command, of a person who is of @role, was taken from the store. (transfer full) @refusal (transfer full): why it is not
 * to be carried out, or NULL. */
void server_pipeline_execute     (ServerPipeline *pipeline, DataCommand *command, GdpRole role, char *refusal);
/* An earlier run of this server took the command and did not finish it. (transfer full) */
void server_pipeline_interrupted (ServerPipeline *pipeline, DataCommand *command);
/* A wish for firmware as the store has it now. (transfer full) @image: of one that is wanted, else NULL; @trouble: why it
 * cannot be had. */
void server_pipeline_wish        (ServerPipeline *pipeline, GdpWish *wish, GBytes *image, char *trouble);
/* For the journal. (transfer full) */
void server_pipeline_note        (ServerPipeline *pipeline, GdpEvent *event);
/* What ails a server, this one or another, since when (µs): see gdp_engine_server_alarm(). */
void server_pipeline_ail         (ServerPipeline *pipeline, const char *server, GdpCondition condition, gboolean active,
                                  const char *text, gint64 since);
/* Of servers that are down the engine holds those of @alarms (transfer full: GdpAlarm) from now on: see gdp_engine_set_down(). */
void server_pipeline_set_down    (ServerPipeline *pipeline, GPtrArray *alarms);
/* Reports that follow carry @network's indexes. @restore (transfer full, nullable): what the store
 * remembers of objects that are new in this part. */
void server_pipeline_set_network (ServerPipeline *pipeline, GdpNetwork *network, DataChanges *restore);

G_END_DECLS
