/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long answers took, counted in buckets whose bounds grow by √2: 1 ms to 65.5 s, one below and one above.
 * Fixed in size; adding and subtracting two of them is exact, and a percentile is right within its bucket. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum { GDP_HISTOGRAM_BUCKETS = 34 };

typedef struct {
  guint32 count[GDP_HISTOGRAM_BUCKETS];
  guint32 most;                /* µs, the longest of all */
} GdpHistogram;

/* The bucket of an answer that took @us µs. */
guint   gdp_histogram_bucket (guint us);
/* µs from which @bucket counts; of GDP_HISTOGRAM_BUCKETS: where the last one would end. */
guint   gdp_histogram_bound  (guint bucket);
guint64 gdp_histogram_total  (const GdpHistogram *histogram);
/* Seconds within which @share (0 to 1) of the answers came, as if those of a bucket were spread evenly over it;
 * NaN when there are none. */
double  gdp_histogram_within (const GdpHistogram *histogram, double share);
void    gdp_histogram_add    (GdpHistogram *sum, const GdpHistogram *other);
/* What came to @histogram after @before was copied from it. Of that the longest is known by its bucket only. */
void    gdp_histogram_less   (GdpHistogram *histogram, const GdpHistogram *before);

G_END_DECLS
