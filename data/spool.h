/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a server's batches wait while its store cannot be reached: a file on the server's own disk.
 *
 * It is an SQLite store of this same schema, and one table more. The batches wait in that table as bytes (batch-bytes.h), in order,
 * each under the number that it has had from the beginning; forwarded, it goes through data_store_commit (), where that
 * number stands in the same transaction: killed at any moment, nothing of it is lost and nothing is there twice. The other
 * tables are a copy of the configuration and of the state that a server starts from, so that it can start, with the code
 * that it always starts with, while its store is away. Of one thread at a time. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

typedef struct DataSpool DataSpool;

/* @path: made, of mode 0600, when it is not there; what waits in it goes on waiting. */
DataSpool *data_spool_open  (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void       data_spool_close (DataSpool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataSpool, data_spool_close)

/* @server goes on with it. @before: (out) (transfer full, nullable): the last of its name that did, as far as is known here:
 * `heartbeat` is at most a minute before it was last alive, `pid` is 0 when it ended in order. */
gboolean   data_spool_begin (DataSpool *self, const DataServer *server, DataServer **before, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* @server ends in order. */
gboolean   data_spool_end   (DataSpool *self, const DataServer *server, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The configuration and state as they were copied and have come since: what there is to start from. Readings are as of
 * the copy. NULL: there is no copy yet. Borrowed. */
DataStore *data_spool_store (DataSpool *self);

/* Copies configuration and state of @from, so that it is as @from is at one moment. Nothing is @done (out) while batches wait:
 * what stands here is newer. */
gboolean   data_spool_copy    (DataSpool *self, DataStore *from, gboolean *done, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Likewise, only what changes all the time: readings, and which server has which link. */
gboolean   data_spool_refresh (DataSpool *self, DataStore *from, gboolean *done, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Keys (gint64) of the links that were @server's when that was copied. */
GArray    *data_spool_links   (DataSpool *self, const char *server, GError **error);
/* @batch is committed where it belongs: what it says of the state stands here too. Not on disk at once. */
gboolean   data_spool_note    (DataSpool *self, const DataBatch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @batch, which has a number, waits here: durable on return. FULL: the disk is, or @most bytes (0 = no limit) are used. */
gboolean   data_spool_keep    (DataSpool *self, const DataBatch *batch, gint64 most, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Commits up to @most of those that wait to @to with data_store_commit_late(), oldest first, many in one transaction, and
 * lets them go. @done: (out): how many. On an error the rest waits on. One that cannot be stored there is set aside, and kept;
 * a command's result that comes too late, because its command was given up meanwhile, becomes a note in the journal. */
gboolean   data_spool_forward (DataSpool *self, DataStore *to, guint most, guint *done, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Each that is kept has a place, a greater one than all before. Nothing waits when what was kept last, here or before this
 * was opened, is not beyond what was forwarded through this or another spool of the same file; 0 = nothing yet. */
gint64     data_spool_last    (const DataSpool *self);
gint64     data_spool_through (const DataSpool *self);

typedef struct {
  gint64 waiting;          /* batches, those between them that were set aside among them */
  gint64 since;            /* `now` of the oldest, µs; 0 = none waits */
  gint64 set_aside;        /* batches that could not be stored */
} DataSpoolState;
gboolean   data_spool_state   (DataSpool *self, DataSpoolState *state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
