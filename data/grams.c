/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "grams.h"

#include "crc32c.h"
#include "packing.h"

#include <string.h>

#define CRC_SIZE 4
#define LETTER   21                    /* bits of a character */
#define WORDS    (G_GUINT64_CONSTANT (1) << 63)

/* ---- texts and their grams ---------------------------------------------------------------- */

char *
data_fold (const char *text)
{
  gsize length = strlen (text);
  gboolean ascii = TRUE;

  for (gsize i = 0; ascii && i < length; i++)
    ascii = (guchar) text[i] < 0x80;
  if (ascii)
    return g_ascii_strdown (text, (gssize) length);
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  return g_utf8_casefold (valid, -1);
}

/* The last @n characters of @window, which holds the last three. */
static guint64
last (guint64 window, guint n)
{
  return window & ((G_GUINT64_CONSTANT (1) << n * LETTER) - 1);
}

GArray *
data_grams_of (const char *folded, guint most)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (guint64));
  GArray *grams = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint n = (guint) MIN (g_utf8_strlen (folded, -1), 3), at = 0;
  guint64 window = 0;

  for (; *folded != '\0'; folded = g_utf8_next_char (folded)) {
    window = last (window << LETTER | g_utf8_get_char (folded), 3);
    if (++at >= n)
      g_array_append_val (all, window);
  }
  guint wanted = most == 0 ? all->len : MIN (all->len, most);
  for (guint i = 0; i < wanted; i++) {
    guint64 gram = g_array_index (all, guint64, (i + 1) * all->len / wanted - 1);
    gboolean known = FALSE;
    for (guint k = 0; k < grams->len; k++)
      known |= g_array_index (grams, guint64, k) == gram;
    if (!known)
      g_array_append_val (grams, gram);
  }
  return grams;
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
guint64
data_gram_of_word (const char *word)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (; *word != '\0'; word++)
    hash = (hash ^ (guchar) *word) * G_GUINT64_CONSTANT (1099511628211);
  return hash | WORDS;
}

guint
data_gram_shelf (guint64 gram)
{
  return (guint) (gram * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15) >> 56);   /* Fibonacci hashing: Knuth, 6.4 */
}

/* ---- collecting --------------------------------------------------------------------------- */

typedef struct {
  guint64     gram;
  guint       next;       /* one above the last text that holds it; 0 = none */
  GByteArray *steps;      /* varints */
} Holders;

struct DataGrams {
  GHashTable *holders;    /* gram → Holders */
};

static void
holders_free (gpointer data)
{
  Holders *holders = data;

  g_byte_array_unref (holders->steps);
  g_free (holders);
}

DataGrams *
data_grams_new (void)
{
  DataGrams *self = g_new0 (DataGrams, 1);

  self->holders = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, holders_free);
  return self;
}

void
data_grams_free (DataGrams *self)
{
  g_hash_table_unref (self->holders);
  g_free (self);
}

void
data_grams_add (DataGrams *self, guint number, guint64 gram)
{
  Holders *holders = g_hash_table_lookup (self->holders, &gram);

  if (holders == NULL) {
    holders = g_new0 (Holders, 1);
    *holders = (Holders) { gram, 0, g_byte_array_new () };
    g_hash_table_insert (self->holders, &holders->gram, holders);
  }
  if (holders->next == number + 1)
    return;
  data_pack_size (holders->steps, number + 1 - holders->next);
  holders->next = number + 1;
}

void
data_grams_add_text (DataGrams *self, guint number, const char *folded)
{
  guint64 window = 0;

  for (guint at = 1; *folded != '\0'; folded = g_utf8_next_char (folded), at++) {
    window = last (window << LETTER | g_utf8_get_char (folded), 3);
    for (guint n = 1; n <= MIN (at, 3); n++)
      data_grams_add (self, number, last (window, n));
  }
}

/* ---- shelves ------------------------------------------------------------------------------ */

static int
by_gram (gconstpointer a, gconstpointer b)
{
  const Holders *left = *(Holders *const *) a, *right = *(Holders *const *) b;

  return left->gram < right->gram ? -1 : left->gram > right->gram;
}

/* Sets the bits of those that the varints name. */
static gboolean
read_steps (DataPacked steps, guint64 *numbers)
{
  guint64 step, next = 0;

  while (steps.at < steps.end) {
    if (!data_unpack_size (&steps, &step) || step == 0 || step > DATA_RUN - next)
      return FALSE;
    next += step;
    numbers[(next - 1) / 64] |= G_GUINT64_CONSTANT (1) << (next - 1) % 64;
  }
  return TRUE;
}

static void
put_holders (GByteArray *bytes, guint64 *before, const Holders *holders)
{
  gboolean as_bits = holders->steps->len > DATA_RUN / 8;

  data_pack_size (bytes, holders->gram - *before);
  *before = holders->gram;
  data_pack_size (bytes, 2 * (as_bits ? DATA_RUN / 8 : (guint64) holders->steps->len) + as_bits);
  if (!as_bits) {
    g_byte_array_append (bytes, holders->steps->data, holders->steps->len);
    return;
  }
  guint64 numbers[DATA_RUN_BITS] = { 0 };
  if (!read_steps ((DataPacked) { holders->steps->data, holders->steps->data + holders->steps->len }, numbers))
    g_assert_not_reached ();
  for (guint i = 0; i < DATA_RUN_BITS; i++)
    numbers[i] = GUINT64_TO_LE (numbers[i]);
  g_byte_array_append (bytes, (const guint8 *) numbers, sizeof numbers);
}

/* Of the shelf's number, too: one in the place of another is damage. */
static guint32
checksum (guint shelf, const guint8 *bytes, gsize size)
{
  return data_crc32c (bytes, size) ^ (shelf * 0x01010101u);
}

static GBytes *
close_shelf (guint shelf, GByteArray *bytes)
{
  guint32 crc = GUINT32_TO_BE (checksum (shelf, bytes->data, bytes->len));

  g_byte_array_append (bytes, (const guint8 *) &crc, CRC_SIZE);
  return g_byte_array_free_to_bytes (bytes);
}

GPtrArray *
data_grams_shelves (DataGrams *self)
{
  GPtrArray *shelves = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  GByteArray *open[DATA_SHELVES];
  guint64 before[DATA_SHELVES] = { 0 };
  GHashTableIter iter;
  gpointer holders;

  g_hash_table_iter_init (&iter, self->holders);
  while (g_hash_table_iter_next (&iter, NULL, &holders))
    g_ptr_array_add (all, holders);
  g_ptr_array_sort (all, by_gram);
  for (guint i = 0; i < DATA_SHELVES; i++)
    open[i] = g_byte_array_new ();
  for (guint i = 0; i < all->len; i++) {
    guint shelf = data_gram_shelf (((Holders *) all->pdata[i])->gram);
    put_holders (open[shelf], &before[shelf], all->pdata[i]);
  }
  for (guint i = 0; i < DATA_SHELVES; i++)
    g_ptr_array_add (shelves, close_shelf (i, open[i]));
  return shelves;
}

/* ---- looking up --------------------------------------------------------------------------- */

/* The bytes of @gram; none = no text holds it. */
static gboolean
find (DataPacked packed, guint64 gram, DataPacked *holders, gboolean *as_bits)
{
  guint64 step, size, at = 0;

  *holders = (DataPacked) { 0 };
  while (packed.at < packed.end) {
    if (!data_unpack_size (&packed, &step) || !data_unpack_size (&packed, &size)
        || size / 2 > (gsize) (packed.end - packed.at))
      return FALSE;
    at += step;
    if (at >= gram) {
      if (at == gram)
        *holders = (DataPacked) { packed.at, packed.at + size / 2 };
      *as_bits = size % 2 != 0;
      return TRUE;
    }
    packed.at += size / 2;
  }
  return TRUE;
}

static gboolean
read_bits (DataPacked bits, guint64 *numbers)
{
  if (bits.end - bits.at != DATA_RUN / 8)
    return FALSE;
  memcpy (numbers, bits.at, DATA_RUN / 8);
  for (guint i = 0; i < DATA_RUN_BITS; i++)
    numbers[i] = GUINT64_FROM_LE (numbers[i]);
  return TRUE;
}

gboolean
data_shelf_find (guint shelf, const guint8 *bytes, gsize size, guint64 gram, guint64 *numbers)
{
  guint64 found[DATA_RUN_BITS] = { 0 };
  gboolean as_bits = FALSE;
  DataPacked holders;
  guint32 crc;

  if (size < CRC_SIZE)
    return FALSE;
  memcpy (&crc, bytes + size - CRC_SIZE, CRC_SIZE);
  if (GUINT32_FROM_BE (crc) != checksum (shelf, bytes, size - CRC_SIZE)
      || !find ((DataPacked) { bytes, bytes + size - CRC_SIZE }, gram, &holders, &as_bits)
      || !(as_bits && holders.at != NULL ? read_bits (holders, found) : read_steps (holders, found)))
    return FALSE;
  for (guint i = 0; i < DATA_RUN_BITS; i++)
    numbers[i] &= found[i];
  return TRUE;
}
