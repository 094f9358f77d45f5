/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trend.h"

#include <math.h>

typedef struct {
  guint32   count;
  gboolean  known;       /* anything was in force */
  GdpReason worst;       /* then */
  double    min, max;    /* min > max: no value */
  gint64    held;        /* as of DataFigures (two numbers side by side would be added by one instruction, which has to
                          * wait until each has been written) */
  double    sum;
  gint64    good;
} Bar;

/* What goes on when no other comes. */
typedef struct {
  gint64    since, until;   /* nothing does when until <= since */
  double    value;
  GdpReason reason;
  gboolean  has_value, good;
} Standing;

struct DataTrend {
  gint64    since, width, until, hold;
  guint     n;
  Bar      *bars;
  guint     at;             /* the bar of the latest time … */
  gint64    begin, end;     /* … and from when until when that is */
  Standing  standing;
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
  self->bars = g_new (Bar, n);
  for (guint i = 0; i < n; i++)
    self->bars[i] = (Bar) { .worst = GDP_REASON_WAITING, .min = INFINITY, .max = -INFINITY };
  return self;
}

void
data_trend_free (DataTrend *self)
{
  g_free (self->bars);
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
note_worst (Bar *bar, GdpReason reason)
{
  if (!bar->known || bar->worst == GDP_REASON_AVERAGED || bar->worst == reason)
    bar->worst = reason;
  else if (reason != GDP_REASON_AVERAGED)
    bar->worst = data_figures_worse (bar->worst, reason);
  bar->known = TRUE;
}

/* In this form, where NaN changes nothing, no branch that cannot be foreseen. */
static inline void
note_extremes (Bar *bar, double min, double max)
{
  bar->min = min < bar->min ? min : bar->min;
  bar->max = max > bar->max ? max : bar->max;
}

/* What stands does so until @time, at most: each bar gets its part. */
static inline void
stand_until (DataTrend *self, gint64 time)
{
  const Standing *it = &self->standing;
  gint64 end = MIN (MIN (time, self->until), it->until);

  for (gint64 at = MAX (it->since, self->since); at < end;) {
    Bar *bar = &self->bars[bar_at (self, at)];
    gint64 next = MIN (end, self->end);
    note_worst (bar, it->reason);
    if (it->has_value) {
      note_extremes (bar, it->value, it->value);
      bar->sum += it->value * (double) (next - at);
      bar->held += next - at;
      bar->good += it->good ? next - at : 0;
    }
    at = next;
  }
}

static inline void
add_to_bar (Bar *bar, const DataFigures *figures)
{
  note_worst (bar, figures->worst);
  bar->count += figures->count;
  note_extremes (bar, figures->min, figures->max);
  bar->sum += figures->sum;
  bar->held += figures->held;
  bar->good += figures->good;
}

void
data_trend_add (DataTrend *self, const DataFigures *figures)
{
  Standing *standing = &self->standing;
  gboolean has_value, good, momentary = data_figures_stand (figures, &has_value, &good);

  if (momentary)
    stand_until (self, figures->first);
  if (figures->first >= self->since && figures->first < self->until)
    add_to_bar (&self->bars[bar_at (self, figures->first)], figures);
  if (!momentary)
    return;
  standing->since = figures->last;
  standing->until = figures->last > G_MAXINT64 - self->hold ? G_MAXINT64 : figures->last + self->hold;
  standing->value = figures->last_value;
  standing->reason = figures->last_reason;
  standing->has_value = has_value;
  standing->good = good;
}

GArray *
data_trend_finish (DataTrend *self, gint64 now)
{
  GArray *bars = g_array_sized_new (FALSE, FALSE, sizeof (DataBar), self->n);

  stand_until (self, now);
  g_array_set_size (bars, self->n);
  for (guint i = 0; i < self->n; i++) {
    const Bar *bar = &self->bars[i];
    gboolean has_value = bar->min <= bar->max;
    g_array_index (bars, DataBar, i) = (DataBar) {
      .count = bar->count, .worst = bar->worst, .min = has_value ? bar->min : NAN, .max = has_value ? bar->max : NAN,
      .mean = bar->held > 0 ? bar->sum / (double) bar->held : has_value ? (bar->min + bar->max) / 2 : NAN,
      .good = MIN (1, (double) bar->good / (double) self->width) };
  }
  data_trend_free (self);
  return bars;
}
