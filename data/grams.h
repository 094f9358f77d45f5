/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which texts of a run hold which letters in a row: what the journal is searched by. Pure.
 *
 * A run is DATA_RUN texts one after the other. For each gram (one, two or three characters in a row, folded: without
 * case in any language) it is kept which of them hold it. A text that holds a needle holds all grams of the needle, so
 * whoever searches looks only at texts that hold them all, and makes sure of each. A gram's number tells the shelf that
 * it stands on, one of DATA_SHELVES; a search takes the few shelves of its grams.
 *
 * A shelf: grams in order of their numbers, each as
 *   varint    how far the number is from the one before (the first: from 0)
 *   varint    2n + form
 *   n bytes   form 0: varints, how far each text that holds it is from the one before (the first: from -1)
 *             form 1: bits, lowest of a byte first, a text each
 * and in the end 4 bytes, CRC-32C of all before and the shelf's number (a byte behind it), highest first. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DATA_RUN      16384
#define DATA_RUN_BITS (DATA_RUN / 64)     /* numbers that have a bit for each text of a run */
#define DATA_SHELVES  256

/* As it is compared: what is the same but for case is the same. Not UTF-8: as far as it can be read. (transfer full) */
char   *data_fold (const char *text);

/* The grams of a folded needle, guint64 each, once each: of three characters, or the longest that a shorter one has. At
 * most @most (0 = all), taken evenly over it, the last among them; none when @folded is "". (transfer full) */
GArray *data_grams_of     (const char *folded, guint most);
/* A gram that stands for a whole word, which no text has otherwise. */
guint64 data_gram_of_word (const char *word);
guint   data_gram_shelf   (guint64 gram);

typedef struct DataGrams DataGrams;
DataGrams *data_grams_new  (void);
void       data_grams_free (DataGrams *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataGrams, data_grams_free)
/* Text @number holds all grams of @folded, of one, two and three characters; or @gram. Numbers never go down. */
void       data_grams_add_text (DataGrams *self, guint number, const char *folded);
void       data_grams_add      (DataGrams *self, guint number, guint64 gram);
/* The DATA_SHELVES shelves, GBytes. (transfer full) */
GPtrArray *data_grams_shelves  (DataGrams *self);

/* Clears those of the DATA_RUN_BITS @numbers whose bits are not of texts that hold @gram. FALSE, and nothing is cleared:
 * the shelf is damaged. */
gboolean   data_shelf_find (guint shelf, const guint8 *bytes, gsize size, guint64 gram, guint64 *numbers)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
