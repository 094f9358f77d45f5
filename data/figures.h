/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readings of a span of time amount to: an hour's figures, a day's, those of a column of a chart. Pure.
 *
 * Readings are reports by exception: a value stands until the next one, or, when none comes, until it
 * would have been stale (`hold`, data_hold_of()). So the mean is weighted by time:
 *
 *   sum  = Σ value(i) · min (time(i+1) − time(i), hold)     over those that have a value
 *   held = Σ            min (time(i+1) − time(i), hold)     over the same
 *   mean = sum / held
 *
 * and `good` is like `held` of those that are good. The sums go from the first reading to the last one and no
 * farther. What the last one stands for is added when the next is known: by joining the next span's figures,
 * or at the end of what was asked for. That is why figures of spans that follow each other can be joined to those
 * of the whole, in any grouping, and nothing is lost between them.
 *
 * A bad reading has no value: it ends the one before it. A mean that the unit made itself (AVERAGED) says nothing of
 * a moment: it counts, and for the extremes, and the value before it goes on. */
#pragma once

#include "gdp/changes.h"

#include <math.h>

G_BEGIN_DECLS

typedef struct {
  guint32   count;           /* readings; 0 = none, then nothing else counts */
  GdpReason worst;           /* of the momentary ones; of an AVERAGED one when there are no others */
  GdpReason last_reason;     /* AVERAGED: nothing stands on */
  gint64    first, last;     /* µs: when the first and the last were measured */
  double    last_value;      /* NaN = none */
  double    min, max;        /* NaN = no value */
  double    sum;             /* value · µs, see above */
  gint64    held, good;      /* µs */
} DataFigures;

DataFigures data_figures_of    (const GdpReading *reading);
/* Adds what came later, at or after @self's last. @self may be empty ({ 0 }), @later may not. @hold: µs, > 0. */
void        data_figures_join  (DataFigures *self, const DataFigures *later, gint64 hold);
/* Of the @n @readings, in order of time. */
DataFigures data_figures_of_all (const GdpReading *readings, gsize n, gint64 hold);
/* Weighted by time; where no time passed, the middle between the extremes; NaN = no value. */
double      data_figures_mean  (const DataFigures *self);
gboolean    data_figures_same  (const DataFigures *a, const DataFigures *b);

/* Whether @self stands for some time after `last`, and with a value. */
static inline gboolean
data_figures_stand (const DataFigures *self, gboolean *has_value, gboolean *good)
{
  *has_value = !isnan (self->last_value);
  *good = *has_value && (self->last_reason == GDP_REASON_NONE || gdp_reason_quality (self->last_reason) == GDP_QUALITY_GOOD);
  return self->count > 0 && self->last_reason != GDP_REASON_AVERAGED;
}
/* The worse of two: by quality, then the higher number. */
GdpReason   data_figures_worse (GdpReason a, GdpReason b);

G_END_DECLS
