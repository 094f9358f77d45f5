/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one commit holds, as bytes: a batch that waits in the spool until its store can be reached. Pure.
 *
 *   version (1 byte), now, then each part in the order of DataBatch: how many; if any, of readings the rows, of all else
 *   the names of the columns (columns.h) and then the rows. At the end a CRC-32C of all before, most significant byte
 *   first. Numbers are of 7 bits a byte, the least significant first, signs folded in; texts have a zero behind them.
 *
 * Columns stand there by name, so that what an older program spooled can be forwarded by a newer one: of a column that
 * it does not know nothing is taken, one that is missing is absent as in a row of the store. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/* @batch's `durable` and identity are not in it. Never fails. A value that is no number becomes NaN, as in the store. */
GByteArray *data_batch_encode (const DataBatch *batch);

/* (transfer full): to be freed with data_batch_free () only; it owns what it holds, `changes` is never NULL, `durable`
 * is set, numbers of the sequence are 0. DAMAGED: it is not what was encoded; NEWER: by another version. */
DataBatch  *data_batch_decode (const guint8 *bytes, gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void        data_batch_free   (DataBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataBatch, data_batch_free)

G_END_DECLS
