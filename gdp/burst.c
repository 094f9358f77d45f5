/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burst.h"

#define MINUTE (60 * G_GINT64_CONSTANT (1000000))

const GdpBurstRule gdp_flood_rule = { 10 * MINUTE, 11, 5 };
const GdpBurstRule gdp_chatter_rule = { MINUTE, 3, 1 };

/* The @number-th from the end, 1 = the last; G_MININT64 = there were not so many. */
static gint64
latest (const GdpBurst *burst, guint number)
{
  return number <= burst->n ? burst->times[(burst->at + GDP_BURST_MOST - number) % GDP_BURST_MOST] : G_MININT64;
}

gboolean
gdp_burst_add (GdpBurst *burst, const GdpBurstRule *rule, gint64 time)
{
  g_return_val_if_fail (rule->begins <= GDP_BURST_MOST && rule->ends >= 1 && rule->ends <= rule->begins, FALSE);

  time = MAX (time, latest (burst, 1));
  burst->times[burst->at] = time;
  burst->at = (burst->at + 1) % GDP_BURST_MOST;
  burst->n = MIN (burst->n + 1, GDP_BURST_MOST);
  if (burst->on || latest (burst, rule->begins) <= time - rule->span)
    return FALSE;
  return burst->on = TRUE;
}

gint64
gdp_burst_deadline (const GdpBurst *burst, const GdpBurstRule *rule)
{
  return burst->on ? latest (burst, rule->ends) + rule->span : G_MAXINT64;
}

gboolean
gdp_burst_pass (GdpBurst *burst, const GdpBurstRule *rule, gint64 now)
{
  if (!burst->on || now < gdp_burst_deadline (burst, rule))
    return FALSE;
  burst->on = FALSE;
  return TRUE;
}
