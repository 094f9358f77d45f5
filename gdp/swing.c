/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swing.h"

#include <math.h>

static void
empty (GdpSwing *swing, gint64 slice)
{
  swing->low[slice % GDP_SWING_SLICES] = INFINITY;
  swing->high[slice % GDP_SWING_SLICES] = -INFINITY;
}

/* What is older than the window falls out of it. */
static void
advance (GdpSwing *swing, gint64 slice)
{
  if (swing->slice == 0 || slice - swing->slice > GDP_SWING_SLICES)
    swing->slice = slice - GDP_SWING_SLICES;
  while (swing->slice < slice)
    empty (swing, ++swing->slice);
}

double
gdp_swing_take (GdpSwing *swing, double value, gint64 window, gint64 now)
{
  double most = 0;

  advance (swing, now / (window / GDP_SWING_SLICES));
  guint newest = (guint) (swing->slice % GDP_SWING_SLICES);
  swing->low[newest] = fmin (swing->low[newest], value);
  swing->high[newest] = fmax (swing->high[newest], value);
  for (guint i = 0; i < GDP_SWING_SLICES; i++)
    if (swing->low[i] <= swing->high[i])
      most = fmax (most, fmax (value - swing->low[i], swing->high[i] - value));
  return most;
}
