/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batches that nobody spooled: nothing is read past their end, and what is taken for a batch is the same when it is
 * spooled once more. The checksum is put right, or a fuzzer would not get past it; the first byte odd leaves it as it
 * is. */
#include <stdlib.h>
#include <string.h>

#include "data/batch-bytes.h"
#include "data/crc32c.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  if (size < 1)
    return 0;
  g_autofree guint8 *bytes = malloc (size - 1);   /* of its own size, so that a read past it is seen */
  memcpy (bytes, data + 1, size - 1);
  if (size > 5 && data[0] % 2 == 0) {
    guint32 crc = GUINT32_TO_BE (data_crc32c (bytes, size - 5));
    memcpy (bytes + size - 5, &crc, 4);
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (DataBatch) batch = data_batch_decode (bytes, size - 1, &error);
  g_assert_true ((batch == NULL) == (error != NULL));
  if (batch == NULL)
    return 0;
  g_autoptr (GByteArray) once = data_batch_encode (batch);
  g_autoptr (DataBatch) again = data_batch_decode (once->data, once->len, &error);
  g_assert_no_error (error);
  g_autoptr (GByteArray) twice = data_batch_encode (again);
  g_assert_cmpmem (once->data, once->len, twice->data, twice->len);
  return 0;
}
