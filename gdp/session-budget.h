/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the sessions last that a BBT's battery is guaranteed for (5,000, 7,500, 10,000). */
#pragma once

#include "schedule.h"
#include "settings.h"

G_BEGIN_DECLS

typedef struct {
  double a_year;            /* calls by schedule and confirmation period, all quiet */
  double a_day_in_accident; /* while a threshold is crossed */
  guint  left;              /* of the guaranteed ones */
  gint64 until;             /* µs: the guarantee lasts until then at this rate; G_MAXINT64 = nothing is guaranteed */
  gint64 until_in_accident; /* the same if a threshold were crossed from now on */
} GdpSessionBudget;

/**
 * gdp_session_budget:
 * @settings: whose confirmation and accident periods count
 * @zone: minutes east of UTC
 * @guaranteed: sessions on one battery; 0 = mains powered, nothing is guaranteed
 * @used: of them, so far
 * @now: µs
 *
 * The unit calls at every entry, and a confirmation period after its last call when nothing else called: so
 * a call of the schedule that comes in time saves one. Counted through over the year after @now. Calls at
 * thresholds, contacts and after lost connections come on top and are not known beforehand.
 */
void gdp_session_budget (const GdpSettings *settings, const GdpScheduleEntry *calls, guint n_calls, int zone,
                         guint guaranteed, guint used, gint64 now, GdpSessionBudget *budget);

/* The same with the calls a year counted before: they stay the same while settings and schedule do. */
void gdp_session_budget_at (double a_year, const GdpSettings *settings, guint guaranteed, guint used, gint64 now,
                            GdpSessionBudget *budget);

G_END_DECLS
