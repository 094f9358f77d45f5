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

void
ui_column_fit (UiColumnFit *columns, guint n, int width)
{
  guint rank = 0;

  for (guint i = 0; i < n; i++)
    rank = MAX (rank, columns[i].yields);
  while (rank > 0 && needed (columns, n, rank) > width)
    rank--;
  for (guint i = 0; i < n; i++)
    columns[i].width = columns[i].yields <= rank ? columns[i].need : 0;
  share_out (columns, n, width - needed (columns, n, rank));
}
