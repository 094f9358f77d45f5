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
  { .need = 34, .share = 0, .yields = 0 }, { .need = 120, .share = 1, .yields = 0 }, { .need = 100, .share = 3, .yields = 0 }, { .need = 80, .share = 0, .yields = 2 }, { .need = 60, .share = 0, .yields = 1 }, { .need = 90, .share = 1, .yields = 2 }, { .need = 130, .share = 0, .yields = 0 },
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

/* A name that is cut gets room before an empty column does. */
static void
test_room_goes_first_to_what_is_cut (void)
{
  UiColumnFit columns[] = {
    { .need = 100, .want = 180, .share = 1 }, { .need = 60 }, { .need = 50, .want = 30, .share = 9 },
  };

  ui_column_fit (columns, G_N_ELEMENTS (columns), 250);    /* 40 to spare, 80 wanted */
  g_assert_cmpint (columns[0].width, ==, 140);
  g_assert_cmpint (columns[2].width, ==, 50);
  ui_column_fit (columns, G_N_ELEMENTS (columns), 390);    /* 100 are left when nothing is cut */
  g_assert_cmpint (columns[0].width, ==, 190);
  g_assert_cmpint (columns[1].width, ==, 60);
  g_assert_cmpint (columns[2].width, ==, 140);
}

/* Who acknowledged goes before a name is cut, a limit does not. */
static void
test_minor_columns_go_before_names_are_cut (void)
{
  const UiColumnFit given[] = {
    { .need = 100, .want = 180, .share = 1 }, { .need = 60, .yields = 1 }, { .need = 50, .yields = 2 },
  };
  UiColumnFit columns[G_N_ELEMENTS (given)];

  memcpy (columns, given, sizeof given);
  ui_column_fit (columns, G_N_ELEMENTS (columns), 289);    /* one short of 180 + 60 + 50 */
  g_assert_cmpint (columns[2].width, ==, 0);
  g_assert_cmpint (columns[0].width, ==, 229);
  ui_column_fit (columns, G_N_ELEMENTS (columns), 200);
  g_assert_cmpint (columns[1].width, ==, 60);
  g_assert_cmpint (columns[0].width, ==, 140);
  memcpy (columns, given, sizeof given);
  columns[0].want = 5000;                                  /* one endless name hides nothing */
  ui_column_fit (columns, G_N_ELEMENTS (columns), 310);
  g_assert_cmpint (columns[2].width, ==, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/column-fit/view-is-filled-exactly", test_view_is_filled_exactly);
  g_test_add_func ("/column-fit/highest-rank-gives-way-first", test_highest_rank_gives_way_first);
  g_test_add_func ("/column-fit/what-has-no-share-keeps-its-width-to-the-last",
                   test_what_has_no_share_keeps_its_width_to_the_last);
  g_test_add_func ("/column-fit/room-goes-first-to-what-is-cut", test_room_goes_first_to_what_is_cut);
  g_test_add_func ("/column-fit/minor-columns-go-before-names-are-cut", test_minor_columns_go_before_names_are_cut);
  return g_test_run ();
}
