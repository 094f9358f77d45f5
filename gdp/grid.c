/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "grid.h"

#include <math.h>
#include <string.h>

GdpGrid
gdp_grid (double resolution)
{
  static const double parts[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12 };
  double k = round (1 / resolution);

  /* Division rounds once: it gives back the very double only if that is the decimal's nearest. */
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (round (resolution * parts[i]) / parts[i] == resolution)
      return (GdpGrid) { round (resolution * parts[i]), parts[i] };
  return 1 / k == resolution ? (GdpGrid) { 1, k } : (GdpGrid) { resolution, 1 };
}

double
gdp_grid_value (const GdpGrid *grid, gint64 n)
{
  return n * grid->step / grid->parts;
}

/* FALSE: too far off, or no number. */
static gboolean
nearest (const GdpGrid *grid, double value, gint64 *n)
{
  double steps = value * grid->parts / grid->step;

  if (!(fabs (steps) < (double) GDP_GRID_MOST))
    return FALSE;
  *n = (gint64) (steps < 0 ? steps - 0.5 : steps + 0.5);
  return TRUE;
}

double
gdp_grid_rounded (const GdpGrid *grid, double value)
{
  gint64 n;
  double there = nearest (grid, value, &n) ? gdp_grid_value (grid, n) : value;

  return isfinite (there) ? there : value;
}

gboolean
gdp_grid_find (const GdpGrid *grid, double value, gint64 *n)
{
  if (!nearest (grid, value, n))
    return FALSE;
  double there = gdp_grid_value (grid, *n);
  return memcmp (&there, &value, sizeof value) == 0;   /* -0 is not 0 */
}
