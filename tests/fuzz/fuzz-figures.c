/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of figures that nobody packed: nothing is read past their end, and what is taken for figures is in order, a cell
 * each, and the same when it is packed and comes back. The first byte: 1 leaves the checksum as it is (else it is put
 * right, or a fuzzer would not get past it), 2 takes the block for one of days. */
#include <stdlib.h>
#include <string.h>

#include "data/crc32c.h"
#include "data/figures-block.h"
#include "data/trend.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_again (const GArray *figures, gint64 step)
{
  g_autoptr (GArray) back = g_array_new (FALSE, FALSE, sizeof (DataFigures));
  g_autoptr (GByteArray) block = data_figures_pack (figures, step);
  g_autoptr (GError) error = NULL;
  gboolean ok = data_figures_unpack (block->data, block->len, step, back, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpuint (back->len, ==, figures->len);
  for (guint i = 0; i < back->len; i++) {
    const DataFigures *its = &g_array_index (figures, DataFigures, i);
    g_assert_true (data_figures_same (its, &g_array_index (back, DataFigures, i)));
    g_assert_cmpuint (its->count, >, 0);
    g_assert_true (i == 0 || data_cell_of (its->first, step) > data_cell_of (its[-1].first, step));
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GArray) figures = g_array_new (FALSE, FALSE, sizeof (DataFigures));

  if (size < 1)
    return 0;
  gint64 step = data[0] & 2 ? DATA_DAY : DATA_HOUR;
  g_autofree guint8 *block = malloc (size - 1);   /* of its own size, so that a read past it is seen */
  memcpy (block, data + 1, size - 1);
  if (size > 5 && !(data[0] & 1)) {
    guint32 crc = GUINT32_TO_BE (data_crc32c (block, size - 5));
    memcpy (block + size - 5, &crc, 4);
  }
  if (data_figures_unpack (block, size - 1, step, figures, NULL))
    check_again (figures, step);
  else
    g_assert_cmpuint (figures->len, ==, 0);
  return 0;
}
