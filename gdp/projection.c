/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "projection.h"

#include <math.h>

#include "scaling.h"

#define FARTHEST (20 * 365.25 * 24 * 3600)   /* seconds: what is farther off is no time that anybody plans for */

static int
by_size (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a, other = *(const double *) b;

  return (one > other) - (one < other);
}

static double
quantile (const GArray *sorted, double share)
{
  double at = share * (sorted->len - 1);
  guint below = (guint) at;
  double low = g_array_index (sorted, double, below), high = g_array_index (sorted, double, MIN (below + 1, sorted->len - 1));

  return low + (at - below) * (high - low);
}

/* Slopes of all pairs, value a second, sorted. */
static GArray *
slopes_of (const GdpPast *past, gsize n, gsize step)
{
  GArray *slopes = g_array_new (FALSE, FALSE, sizeof (double));

  for (gsize i = 0; i < n; i += step)
    for (gsize k = i + step; k < n; k += step)
      if (past[k].time > past[i].time) {
        double slope = (past[k].value - past[i].value) / ((double) (past[k].time - past[i].time) / GDP_SECOND);
        g_array_append_val (slopes, slope);
      }
  g_array_sort (slopes, by_size);
  return slopes;
}

/* Where the line is at @now. */
static double
level_of (const GdpPast *past, gsize n, gsize step, double slope, gint64 now)
{
  g_autoptr (GArray) levels = g_array_new (FALSE, FALSE, sizeof (double));

  for (gsize i = 0; i < n; i += step) {
    double level = past[i].value + slope * ((double) (now - past[i].time) / GDP_SECOND);
    g_array_append_val (levels, level);
  }
  g_array_sort (levels, by_size);
  return quantile (levels, 0.5);
}

/* When a line through @distance below the limit gets there; G_MAXINT64 = never. */
static gint64
arrival (gint64 now, double distance, double speed)
{
  double seconds = speed > 0 ? distance / speed : INFINITY;

  return seconds <= FARTHEST ? now + (gint64) (seconds * GDP_SECOND) : G_MAXINT64;
}

GdpProjection
gdp_project (const GdpPast *past, gsize n, double limit, gboolean upward)
{
  GdpProjection projection = { .kind = GDP_PROJECTION_TOO_LITTLE, .slope = NAN };
  gsize step = (n + GDP_PROJECTION_MOST - 1) / GDP_PROJECTION_MOST;

  if (n < GDP_PROJECTION_LEAST)
    return projection;
  g_autoptr (GArray) slopes = slopes_of (past, n, step);
  if (slopes->len == 0)
    return projection;
  double sign = upward ? 1 : -1;
  gint64 now = past[n - 1].time;
  projection.slope = quantile (slopes, 0.5);
  double distance = sign * (limit - level_of (past, n, step, projection.slope, now));
  double slow = quantile (slopes, upward ? 0.1 : 0.9), fast = quantile (slopes, upward ? 0.9 : 0.1);

  projection.at = arrival (now, distance, sign * projection.slope);
  projection.earliest = arrival (now, distance, sign * fast);
  projection.latest = arrival (now, distance, sign * slow);
  projection.kind = distance <= 0 ? GDP_PROJECTION_REACHED
                    : projection.at == G_MAXINT64 ? GDP_PROJECTION_STEADY : GDP_PROJECTION_AHEAD;
  return projection;
}
