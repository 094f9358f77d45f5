/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trend.h"

#include <math.h>

struct DataTrend {
  gint64       since, width, until, hold;
  guint        n;
  DataFigures *bars;
  gboolean    *known;    /* by bar: anything was in force */
  guint        at;       /* the bar of the latest time … */
  gint64       begin, end;   /* … and from when until when that is */
  DataFigures  standing; /* count 0 = nothing */
};

static const gint64 steps[DATA_N_LEVELS] = { 0, DATA_HOUR, DATA_DAY };

gint64
data_hold_of (const GdpNetwork *network, guint point)
{
  double most = DATA_HOLD_MOST / (double) GDP_SECOND;
  double seconds = point == G_MAXUINT ? most : network->points[point].keep_every + gdp_point_stale_after (network, point);

  return (gint64) (CLAMP (seconds, 1, most) * GDP_SECOND);
}

gint64
data_level_step (DataLevel level)
{
  return steps[level];
}

DataLevel
data_level_choose (gint64 since, gint64 width, gboolean exact)
{
  DataLevel level = DATA_LEVEL_DAYS;

  while (level > DATA_LEVEL_READINGS
         && (exact ? since % steps[level] != 0 || width % steps[level] != 0 : width < steps[level]))
    level--;
  return level;
}

DataTrend *
data_trend_new (gint64 since, gint64 width, guint n, gint64 hold)
{
  g_return_val_if_fail (width > 0 && hold > 0, NULL);
  DataTrend *self = g_new0 (DataTrend, 1);

  *self = (DataTrend) { .since = since, .width = width, .until = since + width * n, .hold = hold, .n = n, .begin = since,
                        .end = since + width };
  self->bars = g_new (DataFigures, n);
  self->known = g_new0 (gboolean, n);
  for (guint i = 0; i < n; i++)
    self->bars[i] = (DataFigures) { .min = NAN, .max = NAN };
  return self;
}

void
data_trend_free (DataTrend *self)
{
  g_free (self->bars);
  g_free (self->known);
  g_free (self);
}

/* The index of the bar at @time, which is at or after `since` and before `until`. It is never far from the one before: no
 * division. */
static inline guint
bar_at (DataTrend *self, gint64 time)
{
  for (; time < self->begin; self->end = self->begin, self->begin -= self->width)
    self->at--;
  for (; time >= self->end; self->begin = self->end, self->end += self->width)
    self->at++;
  return self->at;
}

/* A mean that the unit made says nothing when there is anything else. */
static inline void
note_worst (DataTrend *self, guint bar, GdpReason reason)
{
  GdpReason *worst = &self->bars[bar].worst;

  if (!self->known[bar] || *worst == GDP_REASON_AVERAGED || *worst == reason)
    *worst = reason;
  else if (reason != GDP_REASON_AVERAGED)
    *worst = data_figures_worse (*worst, reason);
  self->known[bar] = TRUE;
}

static inline void
note_extremes (DataFigures *bar, double min, double max)
{
  if (min < bar->min || isnan (bar->min))
    bar->min = min;
  if (max > bar->max || isnan (bar->max))
    bar->max = max;
}

/* What stands does so until @time, at most: each bar gets its part. */
static void
stand_until (DataTrend *self, gint64 time)
{
  const DataFigures *it = &self->standing;
  gboolean has_value, good;

  if (!data_figures_stand (it, &has_value, &good))
    return;
  gint64 end = MIN (MIN (time, self->until), it->last > G_MAXINT64 - self->hold ? G_MAXINT64 : it->last + self->hold);
  for (gint64 at = MAX (it->last, self->since); at < end;) {
    guint index = bar_at (self, at);
    gint64 next = MIN (end, self->end);
    note_worst (self, index, it->last_reason);
    if (has_value) {
      DataFigures *bar = &self->bars[index];
      note_extremes (bar, it->last_value, it->last_value);
      bar->sum += it->last_value * (double) (next - at);
      bar->held += next - at;
      bar->good += good ? next - at : 0;
    }
    at = next;
  }
}

static void
add_to_bar (DataTrend *self, guint index, const DataFigures *figures)
{
  DataFigures *bar = &self->bars[index];

  note_worst (self, index, figures->worst);
  bar->count += figures->count;
  note_extremes (bar, figures->min, figures->max);
  bar->sum += figures->sum;
  bar->held += figures->held;
  bar->good += figures->good;
}

void
data_trend_add (DataTrend *self, const DataFigures *figures)
{
  gboolean momentary = figures->last_reason != GDP_REASON_AVERAGED;

  if (momentary)
    stand_until (self, figures->first);
  if (figures->first >= self->since && figures->first < self->until)
    add_to_bar (self, bar_at (self, figures->first), figures);
  if (momentary)
    self->standing = *figures;
}

GArray *
data_trend_finish (DataTrend *self, gint64 now)
{
  GArray *bars = g_array_sized_new (FALSE, FALSE, sizeof (DataBar), self->n);

  stand_until (self, now);
  for (guint i = 0; i < self->n; i++) {
    const DataFigures *figures = &self->bars[i];
    DataBar bar = { .count = figures->count, .min = figures->min, .max = figures->max,
                    .worst = self->known[i] ? figures->worst : GDP_REASON_WAITING,
                    .mean = figures->held > 0 ? figures->sum / (double) figures->held : (figures->min + figures->max) / 2,
                    .good = MIN (1, (double) figures->good / (double) self->width) };
    g_array_append_val (bars, bar);
  }
  data_trend_free (self);
  return bars;
}
