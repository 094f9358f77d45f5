/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the writer does while the store is away: it goes on into the spool, and a thread of this brings what waits there
 * to the store as soon as that answers again. Then the writer goes on as before. */
#pragma once

#include "data/spool.h"
#include "trouble.h"

G_BEGIN_DECLS

#define SERVER_SPOOL_AFTER (5 * G_TIME_SPAN_SECOND)   /* of commits that fail */

typedef struct ServerSpooler ServerSpooler;

/* The file @path, which is there, locked until that is closed: after all that has it open as a spool, whose locks end with it.
 * -1 with an error, CONFLICT: another process goes on with it. */
int            server_spooler_own   (const char *path, GError **error);
/* @path: the spool's, which may hold @most bytes; @store: URI of what it is for. What waits in it already goes first.
 * @away: the store could not be reached just now. */
ServerSpooler *server_spooler_start (const char *path, gint64 most, const char *store, gboolean away, ServerTrouble *trouble,
                                     GError **error);
/* @ended: (nullable): who ends in order with it. */
void           server_spooler_stop  (ServerSpooler *spooler, const DataServer *ended);

/* ---- the writer's thread ---- */

/* The store is away, or not all that waits is there yet: batches are to be kept here. */
gboolean server_spooler_takes  (ServerSpooler *spooler);
/* How many wait, and since when, µs; 0 = none. */
guint    server_spooler_waiting (ServerSpooler *spooler, gint64 *since);
/* Durable on return. */
gboolean server_spooler_keep   (ServerSpooler *spooler, const DataBatch *batch, GError **error);
/* @batch was committed to the store itself; or could not be, for @why, when that was tried from @began (monotonic µs) on. */
void     server_spooler_committed (ServerSpooler *spooler, const DataBatch *batch);
void     server_spooler_failed    (ServerSpooler *spooler, gint64 began, const GError *why);

/* ---- any thread ---- */

/* Of the spool. Borrowed. */
const char *server_spooler_path (const ServerSpooler *spooler);
/* As the writer saw it last. */
gboolean server_spooler_is_away (ServerSpooler *spooler);
/* The store can be spoken to, though batches may wait yet. */
gboolean server_spooler_store_answers (ServerSpooler *spooler);

G_END_DECLS
