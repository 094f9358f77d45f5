/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of whole numbers in few bytes, exactly; the same numbers always give the same bytes.
 *
 * A varint is 7 bits a byte, lowest first, the top bit set in all but the last; a signed one is folded first:
 * 0, -1, 1, -2 … become 0, 1, 2, 3 … A column of n numbers is nothing when n is 0, else a byte that says its
 * form, and
 *   0 constant   the number, folded varint
 *   1 runs       varint r; a column of r lengths less one, a column of r numbers; neither is of runs
 *   2 fixed      the least number, folded varint; the byte w, at most 56; bits, as below: of each number how far it is
 *                above the least, in w bits
 *   16 + 8d + s  predicted: the first number, folded varint; the byte k; bits, highest of a byte first, filled up
 *                with zeros to a byte: of each further number how far it is from what was expected, folded, as z:
 *                  z < 16·2^k: z >> k zeros, a one, the k low bits of z
 *                  else 16 zeros, 6 bits w, z in w + 1 bits
 *   What is expected: a level L (in 64ths, arithmetic shifts) follows x, which is the number itself (d = 0), or
 *   its difference from the one before (d = 1, the first being 0): L starts at 64x of the first number, grows
 *   by (64x − L) >> s after each, and (L + 32) >> 6 is the x to come. So s = 0 expects the last one again, and
 *   greater ones the mean of the latest 2^(s+1). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Greatest magnitude of a number in a column. */
#define DATA_PACKED_MOST (G_GINT64_CONSTANT (1) << 54)

void data_pack_size    (GByteArray *bytes, guint64 number);                 /* varint */
void data_pack_number  (GByteArray *bytes, gint64 number);                  /* folded varint */
void data_pack_numbers (GByteArray *bytes, const gint64 *numbers, gsize n); /* column, as short as can be */
void data_pack_quick   (GByteArray *bytes, const gint64 *numbers, gsize n); /* column, quick to read: none is predicted */

/* What is still to be read. */
typedef struct {
  const guint8 *at, *end;
} DataPacked;

/* FALSE: the bytes end too early, or are none that the above would have written; nothing is read beyond `end`. */
gboolean data_unpack_size    (DataPacked *packed, guint64 *number) G_GNUC_WARN_UNUSED_RESULT;
gboolean data_unpack_number  (DataPacked *packed, gint64 *number) G_GNUC_WARN_UNUSED_RESULT;
gboolean data_unpack_numbers (DataPacked *packed, gint64 *numbers, gsize n) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
