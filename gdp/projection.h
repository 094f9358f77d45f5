/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a slow quantity will reach a limit if it goes on as it does: a battery that runs down, a filter that fills up, an outlet
 * pressure that creeps towards the setting of its slam-shut. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GDP_PROJECTION_LEAST 12    /* values: fewer say nothing */
#define GDP_PROJECTION_MOST  256   /* more are thinned out evenly */

typedef struct { gint64 time; double value; } GdpPast;   /* µs; finite */

typedef enum {
  GDP_PROJECTION_TOO_LITTLE,   /* not enough values, or all of one moment */
  GDP_PROJECTION_STEADY,       /* it does not go there, or too unsteadily to say */
  GDP_PROJECTION_REACHED,      /* it is there already */
  GDP_PROJECTION_AHEAD,        /* `at`, between `earliest` and `latest` */
  GDP_PROJECTION_FLAT,         /* run-down.h: a value where it is tells nothing */
} GdpProjectionKind;

typedef struct {
  GdpProjectionKind kind;
  double            slope;               /* of the value a second, NaN with too little */
  gint64            at, earliest, latest;   /* µs; `latest` G_MAXINT64: perhaps never */
} GdpProjection;

/**
 * gdp_project:
 * @past: in order of time; means of hours do well
 * @upward: whether the limit is reached from below
 *
 * A straight line by Theil and Sen: the median of the slopes of all pairs (P. K. Sen, J. Am. Stat. Assoc. 63, 1968), which
 * single wild values do not move, through the median of what remains. The band is of the slopes' 10 % and 90 % quantiles:
 * not a confidence in the strict sense, since what follows each other in time is not independent, but a band that is wide
 * where the past was unsteady.
 */
GdpProjection gdp_project (const GdpPast *past, gsize n, double limit, gboolean upward);

G_END_DECLS
