/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a passport: problems or a network, never a crash; and what is accepted comes back
 * from its own export byte for byte. */
#include <string.h>

#include "data/passport.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static DataCatalogue *catalogue;
  g_autoptr (GPtrArray) problems = NULL, none = NULL;
  guint n;
  if (catalogue == NULL)
    catalogue = data_catalogue_load (GDP_SOURCE_CATALOGUE, NULL);
  g_assert_nonnull (catalogue);

  g_autofree char *text = g_memdup2 (data, size ? size : 1);   /* exact, so that a sanitizer sees its end */
  g_autoptr (GdpNetwork) network = data_passport_parse ("fuzz", text, (gssize) size, catalogue, &problems, &n);
  g_assert_true ((network == NULL) == (n > 0));
  g_assert_cmpuint (problems->len, ==, MIN (n, DATA_PROBLEMS_MAX));
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *line = data_problem_text (problems->pdata[i]);
    g_assert_true (g_utf8_validate (line, -1, NULL));
    g_assert_cmpuint (strlen (line), <, 4096);
  }
  if (network) {
    g_autofree char *first = data_passport_write (network, NULL, 0);
    g_autoptr (GdpNetwork) back = data_passport_parse ("export", first, -1, catalogue, &none, &n);
    g_assert_nonnull (back);
    g_autofree char *second = data_passport_write (back, NULL, 0);
    g_assert_cmpstr (first, ==, second);
  }
  return 0;
}
