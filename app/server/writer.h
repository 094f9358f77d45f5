/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer thread: the only writer of measurements, and of the heartbeat. A commit that fails is
 * kept and tried again, for ever: nothing is dropped, the pipeline behind it fills up and stops. With a spool it goes
 * there when the store stays away, and is as good as committed. */
#pragma once

#include "batch.h"
#include "queue.h"
#include "spooler.h"
#include "trouble.h"

G_BEGIN_DECLS

#define SERVER_HEARTBEAT (1 * GDP_SECOND)

/* What the writer learnt of the server's standing in the store. */
typedef enum {
  SERVER_CONCERN_NONE,
  SERVER_CONCERN_LAPSED,   /* no heartbeat for so long that others may have taken the links; now it is back */
  SERVER_CONCERN_OUSTED,   /* another process has the server's name */
} ServerConcern;

typedef struct ServerWriter ServerWriter;

/**
 * server_writer_start:
 * @store: (transfer full): opened to SERVE; the thread's own from now on
 * @server: (transfer full): who writes
 * @queue: woken when a batch has been committed; its length is in the heartbeat
 * @spooler: (transfer full) (nullable): where batches go while the store is away
 * @registered: the store knows of this run of @server already; else it is told when it can be and nothing waits any more,
 *   and then the server's standing LAPSED
 */
ServerWriter *server_writer_start (DataStore *store, DataServer *server, ServerQueue *queue, ServerTrouble *trouble,
                                   ServerSpooler *spooler, gboolean registered);
/* Commits what it was given (for at most 5 s when that fails), deregisters the server, ends and
 * frees. FALSE: something could not be committed. */
gboolean      server_writer_stop  (ServerWriter *writer, GError **error);

/* ---- the engine's thread ---- */

/* TRUE: it can be given a batch. */
gboolean server_writer_idle  (ServerWriter *writer);
/* The batch to commit (transfer full); returns the other one, empty. Only when idle. */
ServerBatch *server_writer_exchange (ServerWriter *writer, ServerBatch *batch);
/* Monotonic µs from which @batch is due. */
gint64   server_writer_due   (ServerWriter *writer, const ServerBatch *batch);
/* The engine is alive. A heartbeat is written only when it was since the last. */
void     server_writer_beat  (ServerWriter *writer);

/* Another number after each heartbeat that came in time: until then no other server can have taken this one's links. */
guint    server_writer_sound_beats (ServerWriter *writer);

/* ---- any thread ---- */

/* Nothing that was given before waits to be stored. */
gboolean server_writer_wants_traffic (ServerWriter *writer);
/* Statistics to be stored when there is time, when they are wanted: element-type DataTraffic, (transfer full). */
void     server_writer_put_traffic (ServerWriter *writer, GArray *traffic);
/* Callers turned away, likewise: element-type DataStranger, (transfer full). What was given before and not yet stored
 * is stored, too. */
void     server_writer_put_strangers (ServerWriter *writer, GPtrArray *strangers);
/* The store does not have all yet, or knows nothing of this run: it is not to be asked what is true. */
gboolean      server_writer_spools (ServerWriter *writer);
/* The store can be spoken to, as far as is known. */
gboolean      server_writer_store_answers (ServerWriter *writer);
/* Changes while the engine and the writer are both alive, whether commits succeed or not. */
gboolean server_writer_lives (ServerWriter *writer);
/* After a lapse: it is known again whose the links are. */
void     server_writer_settled (ServerWriter *writer);
/* Tells a concern once. */
ServerConcern server_writer_concern (ServerWriter *writer);

G_END_DECLS
