/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a chart or a report shows of a point: bars of equal width, each what its readings amount to. Pure.
 *
 * A bar holds the readings in it, and what stood when it began, for as long as it went on: so its extremes are those
 * of all values in force, and a steady value fills the bars between its readings. */
#pragma once

#include "figures.h"

#include "gdp/network.h"

G_BEGIN_DECLS

#define DATA_HOUR (3600 * GDP_SECOND)
#define DATA_DAY  (24 * DATA_HOUR)
#define DATA_HOLD_MOST (32 * DATA_DAY)   /* no value stands longer, whatever its point says */

/* How long a value of the point (index) stands when no other comes, µs: an unchanged one is stored again after the
 * point's keep_every, and is stale gdp_point_stale_after() later. G_MAXUINT: DATA_HOLD_MOST. */
gint64    data_hold_of (const GdpNetwork *network, guint point);

typedef struct {
  guint32   count;           /* readings in it; values that only stand are not counted */
  GdpReason worst;           /* of all that was in force; WAITING = nothing was */
  double    min, max, mean;  /* NaN = no value */
  double    good;            /* share of its width with a good value, 0 to 1 */
} DataBar;

/* From which figures bars are made. */
typedef enum { DATA_LEVEL_READINGS, DATA_LEVEL_HOURS, DATA_LEVEL_DAYS, DATA_N_LEVELS } DataLevel;
gint64    data_level_step (DataLevel level);   /* µs; 0 of readings */

/**
 * data_level_choose:
 * @exact: each bar is of its own time to the µs. Otherwise an hour or a day goes wholly into the bar in which its
 *   first reading lies: as a chart has it, an extreme is at most one bar away from its place
 *
 * The coarsest level that loses no extremes: its steps are no wider than the bars.
 */
DataLevel data_level_choose (gint64 since, gint64 width, gboolean exact);

typedef struct DataTrend DataTrend;

/* @n bars of @width µs from @since on. @hold: as data_figures_join () has it. */
DataTrend *data_trend_new    (gint64 since, gint64 width, guint n, gint64 hold);
void       data_trend_free   (DataTrend *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataTrend, data_trend_free)
/* Figures of a reading, an hour, a day, in order of time; those of before @since say what stands then. */
void       data_trend_add    (DataTrend *self, const DataFigures *figures);
/* (transfer full): DataBar, @n of them. @now: µs; what stands does not do so beyond. Frees. */
GArray    *data_trend_finish (DataTrend *self, gint64 now);

G_END_DECLS
