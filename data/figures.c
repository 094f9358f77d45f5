/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures.h"

#include <math.h>

GdpReason
data_figures_worse (GdpReason a, GdpReason b)
{
  GdpQuality left = gdp_reason_quality (a), right = gdp_reason_quality (b);

  return left != right ? (left > right ? a : b) : MAX (a, b);
}

DataFigures
data_figures_of (const GdpReading *reading)
{
  double value = gdp_reason_has_value (reading->reason) ? reading->value : NAN;

  return (DataFigures) { .count = 1, .worst = reading->reason, .last_reason = reading->reason, .first = reading->time,
                         .last = reading->time, .last_value = value, .min = value, .max = value };
}

/* What the last value stands for, until @time. */
static void
stand_until (DataFigures *self, gint64 time, gint64 hold)
{
  gboolean has_value, good;
  gint64 length = CLAMP (time - self->last, 0, hold);

  if (!data_figures_stand (self, &has_value, &good) || !has_value)
    return;
  self->sum += self->last_value * (double) length;
  self->held += length;
  self->good += good ? length : 0;
}

static void
join_moments (DataFigures *self, const DataFigures *later, gint64 hold)
{
  if (later->last_reason == GDP_REASON_AVERAGED)
    return;
  if (self->last_reason == GDP_REASON_AVERAGED) {   /* no moment before */
    self->first = later->first;
    self->worst = later->worst;
  } else {
    stand_until (self, later->first, hold);
    self->worst = data_figures_worse (self->worst, later->worst);
  }
  self->sum += later->sum;
  self->held += later->held;
  self->good += later->good;
  self->last = later->last;
  self->last_value = later->last_value;
  self->last_reason = later->last_reason;
}

void
data_figures_join (DataFigures *self, const DataFigures *later, gint64 hold)
{
  if (self->count == 0) {
    *self = *later;
    return;
  }
  join_moments (self, later, hold);
  self->count += later->count;
  self->min = fmin (self->min, later->min);   /* of a NaN and a number it is the number */
  self->max = fmax (self->max, later->max);
}

DataFigures
data_figures_of_all (const GdpReading *readings, gsize n, gint64 hold)
{
  DataFigures all = { 0 };

  for (gsize i = 0; i < n; i++) {
    DataFigures one = data_figures_of (&readings[i]);
    data_figures_join (&all, &one, hold);
  }
  return all;
}

double
data_figures_mean (const DataFigures *self)
{
  return self->count == 0 ? NAN : self->held > 0 ? self->sum / (double) self->held : (self->min + self->max) / 2;
}

static gboolean
same_number (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

gboolean
data_figures_same (const DataFigures *a, const DataFigures *b)
{
  return a->count == b->count && a->worst == b->worst && a->last_reason == b->last_reason && a->first == b->first
         && a->last == b->last && same_number (a->last_value, b->last_value) && same_number (a->min, b->min)
         && same_number (a->max, b->max) && same_number (a->sum, b->sum) && a->held == b->held && a->good == b->good;
}
