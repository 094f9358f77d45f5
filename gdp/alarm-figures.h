/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well the alarms serve their operator: the figures of ISA-18.2 / IEC 62682 and EEMUA 191, out of the journal.
 *
 * What counts is what called: occurrences, recurrences and escalations of alarms that were not suppressed at that moment. */
#pragma once

#include "burst.h"
#include "event.h"

G_BEGIN_DECLS

#define GDP_FIGURES_DAYS  30                        /* fewer say nothing: `sufficient` */
#define GDP_FIGURES_TOP   10
#define GDP_FIGURES_PERIOD 600                      /* seconds: alarms are counted in such */
#define GDP_FIGURES_STALE (24 * 3600)               /* seconds active without a break */
#define GDP_FIGURES_FLEETING 60                     /* seconds: shorter ones leave no time to act */

/* References: what is good for one operator, and the most that one manages (EEMUA 191, ISA-18.2, after secondary sources). */
#define GDP_FIGURES_GOOD_PER_HOUR      6
#define GDP_FIGURES_MOST_PER_HOUR      12
#define GDP_FIGURES_MOST_IN_PERIOD     10       /* in 10 minutes, each call counted: flood.h counts alarms */
#define GDP_FIGURES_MOST_FLOOD_SHARE   0.01
#define GDP_FIGURES_MOST_TOP_SHARE     0.05
#define GDP_FIGURES_MOST_STALE         5

typedef struct {
  const char *alarm;          /* id */
  guint       count;          /* how often it called */
  guint       fleeting;       /* how often it was over before anybody could act */
  gboolean    chattered, stale;
} GdpAlarmCount;

typedef struct {
  gint64        since, until;        /* µs */
  gboolean      sufficient;          /* GDP_FIGURES_DAYS or more */
  guint         n;                   /* alarms that called */
  double        per_hour, per_10_minutes;   /* on average */
  guint         peak;                /* most in one period of 10 minutes, counted from `since` */
  gint64        peak_at;             /* when that began, 0 = there was none */
  double        share_above_10;      /* of such periods with more than 10 */
  double        flood_share;         /* of the time in flood */
  guint         n_top;
  GdpAlarmCount top[GDP_FIGURES_TOP];   /* most frequent first, then by id */
  double        top_share;           /* of all that called, NaN when none did */
  guint         n_chattering;        /* alarms that chattered */
  guint         n_fleeting;          /* occurrences that were over before anybody could act */
  guint         n_stale;             /* alarms that are active for longer than a day at `until` */
  double        priority_share[5];   /* [1] … [4], NaN when none called */
  guint         n_acknowledged;
  double        acknowledge_median, acknowledge_p95;   /* seconds, NaN when nothing was */
  guint         n_unreasoned;        /* suppressions by a person without a reason: there must be none */
} GdpAlarmFigures;

typedef struct GdpFigureCounter GdpFigureCounter;

/* From @since to before @until. Events before @since may be given, too: they tell what was active and suppressed then. */
GdpFigureCounter *gdp_figure_counter_new  (gint64 since, gint64 until);
void              gdp_figure_counter_free (GdpFigureCounter *counter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpFigureCounter, gdp_figure_counter_free)
/* In the journal's order; other kinds than alarms' are passed over. By the time at which it was learned: that is when it
 * called. */
void              gdp_figure_counter_take (GdpFigureCounter *counter, const GdpEvent *event);
/* May be asked at any time; texts are the counter's. */
void              gdp_figure_counter_tell (const GdpFigureCounter *counter, GdpAlarmFigures *figures);
/* How many called in each period of 10 minutes from `since` on; the last may be shorter. The counter's. */
const guint      *gdp_figure_counter_periods (const GdpFigureCounter *counter, gsize *n);

G_END_DECLS
