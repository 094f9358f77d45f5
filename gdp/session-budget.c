/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-budget.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define DAY    (GDP_DAY_SECONDS * SECOND)
#define YEAR   (36525 * DAY / 100)

static double
calls_in_a_year (const GdpSettings *settings, const GdpScheduleEntry *calls, guint n_calls, int zone, gint64 now)
{
  gint64 confirmation = settings->confirmation * 60 * SECOND, time = now;
  guint n = 0;

  g_return_val_if_fail (confirmation > 0, 0);
  for (;;) {
    time = MIN (gdp_schedule_next (calls, n_calls, zone, time), time + confirmation);
    if (time > now + YEAR)
      return n;
    n++;
  }
}

static gint64
lasts_until (double left, double a_day, gint64 now)
{
  return now + (gint64) (left / a_day * DAY);
}

void
gdp_session_budget (const GdpSettings *settings, const GdpScheduleEntry *calls, guint n_calls, int zone,
                    guint guaranteed, guint used, gint64 now, GdpSessionBudget *budget)
{
  gdp_session_budget_at (calls_in_a_year (settings, calls, n_calls, zone, now), settings, guaranteed, used, now, budget);
}

void
gdp_session_budget_at (double a_year, const GdpSettings *settings, guint guaranteed, guint used, gint64 now,
                       GdpSessionBudget *budget)
{
  *budget = (GdpSessionBudget) {
    .a_year = a_year,
    .a_day_in_accident = 24 * 60.0 / MAX (settings->accident, 1),
    .left = guaranteed - MIN (used, guaranteed),
    .until = G_MAXINT64, .until_in_accident = G_MAXINT64,
  };
  if (guaranteed == 0)
    return;
  budget->until = lasts_until (budget->left, MAX (budget->a_year, 1) / 365.25, now);
  budget->until_in_accident = lasts_until (budget->left, budget->a_day_in_accident, now);
}
