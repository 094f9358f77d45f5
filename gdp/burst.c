/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burst.h"

#define MINUTE (60 * G_GINT64_CONSTANT (1000000))

const GdpBurstRule gdp_flood_rule = { 10 * MINUTE, 11, 5 };
const GdpBurstRule gdp_chatter_rule = { MINUTE, 3, 1 };

/* The @number-th from the end, 1 = the last; G_MININT64 = there were not so many. */
static gint64
latest (const GdpBurst *burst, guint number)
{
  return number <= burst->n ? burst->times[burst->n - number] : G_MININT64;
}

/* Its place, or of the oldest where a new one finds no room; `n` = it is added. */
static guint
place_of (const GdpBurst *burst, gconstpointer of)
{
  for (guint i = 0; of != NULL && i < burst->n; i++)
    if (burst->of[i] == of)
      return i;
  return burst->n < GDP_BURST_MOST ? burst->n : 0;
}

gboolean
gdp_burst_add (GdpBurst *burst, const GdpBurstRule *rule, gconstpointer of, gint64 time)
{
  g_return_val_if_fail (rule->begins <= GDP_BURST_MOST && rule->ends >= 1 && rule->ends <= rule->begins, FALSE);
  guint place = place_of (burst, of);

  time = MAX (time, latest (burst, 1));
  if (place == burst->n)
    burst->n++;
  for (; place + 1u < burst->n; place++) {
    burst->times[place] = burst->times[place + 1];
    burst->of[place] = burst->of[place + 1];
  }
  burst->times[place] = time;
  burst->of[place] = of;
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
