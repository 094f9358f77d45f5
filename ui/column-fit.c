/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "column-fit.h"

static const int least = 24;   /* px: a column that shrinks keeps a letter and its dots */

static int
needed (const UiColumnFit *columns, guint n, guint rank)
{
  int sum = 0;

  for (guint i = 0; i < n; i++)
    sum += columns[i].yields <= rank ? columns[i].need : 0;
  return sum;
}

/* The same so that nothing is cut; one endless name does not count. */
static int
comfortable (const UiColumnFit *columns, guint n, guint rank)
{
  int sum = 0;

  for (guint i = 0; i < n; i++)
    sum += columns[i].yields <= rank ? MAX (columns[i].need, MIN (columns[i].want, 2 * columns[i].need)) : 0;
  return sum;
}

/* Gives or takes @rest by shares; the last one gets what rounding left. */
static void
share_out (UiColumnFit *columns, guint n, int rest)
{
  guint shares = 0;

  for (guint i = 0; i < n; i++)
    shares += columns[i].width > 0 ? columns[i].share : 0;
  for (guint i = 0; i < n && shares > 0; i++) {
    int part = columns[i].width > 0 ? rest * (int) columns[i].share / (int) shares : 0;

    if (columns[i].width == 0 || columns[i].share == 0)
      continue;
    part = MAX (part, MIN (least - columns[i].width, 0));
    columns[i].width += part;
    rest -= part;
    shares -= columns[i].share;
  }
}

/* Widens what is cut, all alike if there is not enough. Returns what is left over. */
static int
widen (UiColumnFit *columns, guint n, int rest)
{
  int missing = 0;

  for (guint i = 0; i < n; i++)
    missing += columns[i].width > 0 ? MAX (columns[i].want - columns[i].width, 0) : 0;
  for (guint i = 0; i < n && missing > 0 && rest > 0; i++) {
    int wanted = columns[i].width > 0 ? MAX (columns[i].want - columns[i].width, 0) : 0;
    int part = MIN (wanted, (int) ((gint64) rest * wanted / missing));

    columns[i].width += part;
    missing -= wanted;
    rest -= part;
  }
  return rest;
}

void
ui_column_fit (UiColumnFit *columns, guint n, int width)
{
  guint rank = 0;

  for (guint i = 0; i < n; i++)
    rank = MAX (rank, columns[i].yields);
  while (rank > 1 && comfortable (columns, n, rank) > width)
    rank--;
  if (rank == 1 && needed (columns, n, rank) > width)
    rank = 0;
  for (guint i = 0; i < n; i++)
    columns[i].width = columns[i].yields <= rank ? columns[i].need : 0;
  share_out (columns, n, widen (columns, n, width - needed (columns, n, rank)));
}
