/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What history is measured against: a row a reading in a table keyed by point and time, in the engine of the run. */
#pragma once

#include "../io/stage.h"

typedef struct RowStore RowStore;

/* They end the program on failure. A fresh one, beside @stage's store. */
RowStore *row_store_new    (const Stage *stage);
void      row_store_free   (RowStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RowStore, row_store_free)
void      row_store_add    (RowStore *self, const GArray *readings);
/* All is there: committed, written out, vacuumed; then it is only read. */
void      row_store_settle (RowStore *self);
/* Its connection, before and after caches are dropped. */
void      row_store_close  (RowStore *self);
void      row_store_open   (RowStore *self);

gint64    row_store_size   (RowStore *self);   /* bytes, with the index */
const char *row_store_path (RowStore *self);   /* of its file; NULL on PostgreSQL */
/* In order of time. */
void      row_store_read   (RowStore *self, gint64 point, gint64 since, gint64 until, DataReadingFunc func, gpointer user_data);
