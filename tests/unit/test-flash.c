/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where flashing symbols are said to be, in few rectangles. */
#include "ui/flash.h"

#define SYMBOL(x, y) GRAPHENE_RECT_INIT (x, y, 20, 20)

static void
test_column_of_symbols_becomes_one_strip (void)
{
  graphene_rect_t rects[] = { SYMBOL (10, 0), SYMBOL (600, 40), SYMBOL (10, 32), SYMBOL (10, 64), SYMBOL (600, 200) };

  g_assert_cmpuint (ui_flash_merge (rects, G_N_ELEMENTS (rects), 2), ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_true (graphene_rect_equal (&rects[i], &GRAPHENE_RECT_INIT (10, 0, 20, 84))
                   || graphene_rect_equal (&rects[i], &GRAPHENE_RECT_INIT (600, 40, 20, 180)));
}

static void
test_all_is_covered (void)
{
  graphene_rect_t symbols[40], rects[40];

  for (guint i = 0; i < G_N_ELEMENTS (symbols); i++)
    symbols[i] = rects[i] = SYMBOL (i * 7919 % 1900, i * 104729 % 1060);
  for (guint most = 10; most > 0; most--) {
    guint n = ui_flash_merge (rects, most == 10 ? 40 : most + 1, most);

    g_assert_cmpuint (n, ==, most);
    for (guint i = 0; i < G_N_ELEMENTS (symbols); i++) {
      gboolean covered = FALSE;

      for (guint j = 0; j < n; j++)
        covered |= graphene_rect_contains_rect (&rects[j], &symbols[i]);
      g_assert_true (covered);
    }
  }
}

static void
test_few_are_left_alone (void)
{
  graphene_rect_t rects[] = { SYMBOL (0, 0), SYMBOL (100, 100) };

  g_assert_cmpuint (ui_flash_merge (rects, 2, 3), ==, 2);
  g_assert_true (graphene_rect_equal (&rects[1], &SYMBOL (100, 100)));
  g_assert_cmpuint (ui_flash_merge (rects, 0, 3), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flash/column-of-symbols-becomes-one-strip", test_column_of_symbols_becomes_one_strip);
  g_test_add_func ("/flash/all-is-covered", test_all_is_covered);
  g_test_add_func ("/flash/few-are-left-alone", test_few_are_left_alone);
  return g_test_run ();
}
