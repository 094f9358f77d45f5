/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hot table of a store, filled by whoever does nothing else: what the engine gives at best. */
#pragma once

#include "../io/stage.h"

G_BEGIN_DECLS

typedef struct Bare Bare;

/* The ways of the engine, of which the quickest counts: SQLite "insert" (a prepared one for each row); PostgreSQL
 * "unnest" (prepared, arrays in binary), "copy" (in binary). */
const char *const *bare_forms (void);

/* A store of its own, empty. */
Bare *bare_new    (const char *form);
/* One transaction; @durable: on disk when this returns. */
void  bare_commit (Bare *bare, const GArray *readings, gboolean durable);
void  bare_free   (Bare *bare);

G_END_DECLS
