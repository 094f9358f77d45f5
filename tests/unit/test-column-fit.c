/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of a table never lie outside its view. */
#include "ui/column-fit.h"

#include <string.h>

static int
sum (const UiColumnFit *columns, guint n)
{
  int all = 0;

  for (guint i = 0; i < n; i++)
    all += columns[i].width;
  return all;
}

static const UiColumnFit table[] = {
  { 34, 0, 0 }, { 120, 1, 0 }, { 100, 3, 0 }, { 80, 0, 2 }, { 60, 0, 1 }, { 90, 1, 2 }, { 130, 0, 0 },
};

static void
test_view_is_filled_exactly (void)
{
  for (int width = 384; width < 3000; width += 7) {
    UiColumnFit columns[G_N_ELEMENTS (table)];

    memcpy (columns, table, sizeof table);
    ui_column_fit (columns, G_N_ELEMENTS (columns), width);
    g_assert_cmpint (sum (columns, G_N_ELEMENTS (columns)), ==, width);
    for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
      g_assert_true (columns[i].width == 0 || columns[i].width >= columns[i].need);
  }
}

static void
test_highest_rank_gives_way_first (void)
{
  UiColumnFit columns[G_N_ELEMENTS (table)];

  memcpy (columns, table, sizeof table);
  ui_column_fit (columns, G_N_ELEMENTS (columns), 613);    /* one short of all */
  g_assert_cmpint (columns[3].width, ==, 0);
  g_assert_cmpint (columns[5].width, ==, 0);               /* of one rank all or none */
  g_assert_cmpint (columns[4].width, ==, 60);
  ui_column_fit (columns, G_N_ELEMENTS (columns), 614);
  g_assert_cmpint (columns[3].width, ==, 80);
  ui_column_fit (columns, G_N_ELEMENTS (columns), 400);
  g_assert_cmpint (columns[4].width, ==, 0);
}

static void
test_what_has_no_share_keeps_its_width_to_the_last (void)
{
  UiColumnFit columns[G_N_ELEMENTS (table)];

  memcpy (columns, table, sizeof table);
  ui_column_fit (columns, G_N_ELEMENTS (columns), 300);    /* 84 px short: names are cut */
  g_assert_cmpint (sum (columns, G_N_ELEMENTS (columns)), ==, 300);
  g_assert_cmpint (columns[0].width, ==, 34);
  g_assert_cmpint (columns[6].width, ==, 130);
  ui_column_fit (columns, G_N_ELEMENTS (columns), 10);     /* absurd: still nothing negative */
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    g_assert_cmpint (columns[i].width, >=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/column-fit/view-is-filled-exactly", test_view_is_filled_exactly);
  g_test_add_func ("/column-fit/highest-rank-gives-way-first", test_highest_rank_gives_way_first);
  g_test_add_func ("/column-fit/what-has-no-share-keeps-its-width-to-the-last",
                   test_what_has_no_share_keeps_its_width_to_the_last);
  return g_test_run ();
}
