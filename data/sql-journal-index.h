/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a record is found among millions.
 *
 * The journal is indexed behind its end, run by run (DATA_RUN records, see grams.h), by the pass that seals history: a
 * commit of a record costs nothing more. `journal_run` has a row a run: its last record, when its records were learned,
 * and their numbers; `journal_shelf` its shelves, at DATA_SHELVES × run + shelf. What is behind the last run is looked
 * through. Nothing but speed depends on the index: every record that is found is compared itself, and a run whose index
 * is damaged is looked through. */
#pragma once

#include "needles.h"
#include "sql-private.h"

G_BEGIN_DECLS

/* Records with @after < seq <= @last. */
typedef struct { gint64 run, after, last; } SqlRun;

/* Indexes the runs that are full, each in a transaction of its own, until @stop (or NULL) is not 0. */
gboolean sql_index_journal (SqlStore *self, const gint *stop, GError **error);

/* Within a read transaction: SqlRun, newest first, those that can hold what was learned in @filter's span; and the last
 * record that is indexed. */
GArray *sql_journal_runs (SqlStore *self, const DataJournalFilter *filter, gint64 *indexed, GError **error);
/* Likewise: of each of the @n @runs the numbers (gint64, newest first) of the records that may be meant; NULL = the
 * index does not tell. @candidates: (out): room for @n, to be unreferenced. */
gboolean sql_runs_ask (SqlStore *self, const DataNeedles *needles, const SqlRun *runs, guint n, GArray **candidates,
                       GError **error);

G_END_DECLS
