/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one commit will hold. There are two: the engine fills one while the writer commits the other. */
#pragma once

#include "comms/sink.h"
#include "data/store.h"

G_BEGIN_DECLS

#define SERVER_BATCH_REPORTS 4096   /* a batch with so many takes no more */
#define SERVER_BATCH_MARKS   256    /* so many frames of units that wait for their ACK are worth a commit: what it
                                     * costs whoever is woken by it is little beside what they cost already */

typedef struct {
  GdpChanges *changes;
  GArray     *results;   /* DataCommandResult, owning `result` */
  GArray     *marks;     /* GdpStreamMark: of BBTs' records in it */
  GArray     *forgotten; /* gint64: keys of links whose earlier marks go before these are put */
  GPtrArray  *devices;   /* GdpDevice*, owned */
  GPtrArray  *sessions;  /* GdpSession*, owned */
  GPtrArray  *wishes;    /* GdpWish*, owned */
  gint64      since;     /* monotonic µs when something came into it; 0 = nothing has */
  gboolean    awaited;   /* somebody waits for its commit, whatever is in it */
  GPtrArray  *reports;   /* CommsReport*, owned: what the changes came from */
} ServerBatch;

ServerBatch *server_batch_new   (void);
void         server_batch_free  (ServerBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerBatch, server_batch_free)

/* The board at @link (key) was replaced: no mark of it so far counts. */
void         server_batch_forget (ServerBatch *batch, gint64 link);

/* Nothing to commit (though there may be reports, which changed nothing). */
gboolean server_batch_empty  (const ServerBatch *batch);
gboolean server_batch_full   (const ServerBatch *batch);
/* µs that it may wait: none if a person waits for it, or it says what is wrong, or it is worth a commit of its own;
 * SERVER_PACING_AWAITED if a unit waits; otherwise SERVER_PACING_LONGEST. */
gint64   server_batch_patience (const ServerBatch *batch);
/* After the commit: the reports count as good, and the batch is empty again. */
void     server_batch_committed (ServerBatch *batch);

G_END_DECLS
