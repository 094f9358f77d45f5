/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "histogram.h"

#include <math.h>

enum { FIRST = 1000 /* µs */, HALF = 1414 /* FIRST × √2 */, LAST = GDP_HISTOGRAM_BUCKETS - 1 };

guint
gdp_histogram_bound (guint bucket)
{
  guint step = bucket - 1;

  return bucket == 0 ? 0 : (guint) (step % 2 == 0 ? FIRST : HALF) << step / 2;
}

guint
gdp_histogram_bucket (guint us)
{
  if (us < FIRST)
    return 0;
  guint octave = g_bit_storage (us / FIRST) - 1;
  guint bucket = MIN (1 + 2 * octave, LAST);

  return bucket < LAST && us >= gdp_histogram_bound (bucket + 1) ? bucket + 1 : bucket;
}

guint64
gdp_histogram_total (const GdpHistogram *histogram)
{
  guint64 total = 0;

  for (guint i = 0; i < GDP_HISTOGRAM_BUCKETS; i++)
    total += histogram->count[i];
  return total;
}

/* µs where @bucket ends: the last one has no end but the longest answer. */
static guint
end_of (const GdpHistogram *histogram, guint bucket)
{
  guint end = bucket == LAST ? MAX (histogram->most, gdp_histogram_bound (bucket)) : gdp_histogram_bound (bucket + 1);

  return histogram->most >= MAX (1, gdp_histogram_bound (bucket)) ? MIN (end, histogram->most) : end;
}

double
gdp_histogram_within (const GdpHistogram *histogram, double share)
{
  double wanted = gdp_histogram_total (histogram) * CLAMP (share, 0, 1), below = 0;

  for (guint i = 0; i < GDP_HISTOGRAM_BUCKETS; i++) {
    guint n = histogram->count[i];
    if (n > 0 && below + n >= wanted) {
      double from = gdp_histogram_bound (i);
      return (from + (end_of (histogram, i) - from) * (wanted - below) / n) / G_USEC_PER_SEC;
    }
    below += n;
  }
  return NAN;
}

void
gdp_histogram_add (GdpHistogram *sum, const GdpHistogram *other)
{
  for (guint i = 0; i < GDP_HISTOGRAM_BUCKETS; i++)
    sum->count[i] += other->count[i];
  sum->most = MAX (sum->most, other->most);
}

void
gdp_histogram_less (GdpHistogram *histogram, const GdpHistogram *before)
{
  guint32 most = 0;

  for (guint i = 0; i < GDP_HISTOGRAM_BUCKETS; i++) {
    histogram->count[i] -= before->count[i];
    if (histogram->count[i] > 0)
      most = MIN (histogram->most, gdp_histogram_bound (i + 1));
  }
  histogram->most = histogram->most > before->most ? histogram->most : most;
}
