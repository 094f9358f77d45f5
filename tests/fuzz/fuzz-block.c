/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks that nobody sealed: nothing is read past their end, and what is taken for readings can be sealed, and is
 * the same when it comes back. The checksum is put right, or a fuzzer would not get past it; the first byte odd
 * leaves it as it is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/block.h"
#include "data/crc32c.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_again (const GArray *readings)
{
  g_autoptr (GArray) back = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) block = data_block_encode (readings, 0.01, &error);

  g_assert_no_error (error);
  g_assert_true (data_block_decode (block->data, block->len, 1, back, &error));
  g_assert_cmpuint (back->len, ==, readings->len);
  for (guint i = 0; i < back->len; i++) {
    const GdpReading *x = &g_array_index (readings, GdpReading, i), *y = &g_array_index (back, GdpReading, i);
    g_assert_true (x->time == y->time && x->received == y->received && x->reason == y->reason);
    g_assert_true ((isnan (x->value) && isnan (y->value)) || memcmp (&x->value, &y->value, sizeof x->value) == 0);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));

  if (size < 1)
    return 0;
  g_autofree guint8 *block = malloc (size - 1);   /* of its own size, so that a read past it is seen */
  memcpy (block, data + 1, size - 1);
  if (size > 5 && data[0] % 2 == 0) {
    guint32 crc = GUINT32_TO_BE (data_crc32c (block, size - 5));
    memcpy (block + size - 5, &crc, 4);
  }
  if (data_block_decode (block, size - 1, 1, readings, NULL) && readings->len <= 4096)
    check_again (readings);
  return 0;
}
