/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a journal filter looks for in the words of a record: the comparison itself, the same for what is stored and for
 * what just came, and the grams (grams.h) that a record must hold to be meant. Pure. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

typedef struct DataNeedles DataNeedles;

/* Nothing of @filter is kept. */
DataNeedles *data_needles_new  (const DataJournalFilter *filter);
void         data_needles_free (DataNeedles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataNeedles, data_needles_free)
/* Whether @event is of the filter's site, object and topic and holds one of its texts; times, numbers and limit are left
 * out. */
gboolean     data_needles_match (const DataNeedles *self, const GdpEvent *event);

/* All words of a record that a person may look for, folded, each in a line. @kind: its word. (transfer full) */
char        *data_needles_text (const char *kind, const GdpEvent *event);

/* Grams (guint64) that a record must hold, all of them; borrowed. */
const GArray *data_needles_words (const DataNeedles *self);
/* And of one of so many texts all of these; 0 = no text is asked for. */
guint         data_needles_n_texts (const DataNeedles *self);
const GArray *data_needles_grams   (const DataNeedles *self, guint text);

G_END_DECLS
