/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "condition.h"

#include "scaling.h"

GdpSide
gdp_limit_side (const GdpLimit *limit, GdpLevel level, double value)
{
  /* How far inside, whichever side "inside" is. */
  double inside = level >= GDP_LEVEL_H ? limit->value - value : value - limit->value;

  if (inside <= 0)
    return GDP_SIDE_BEYOND;
  return inside > limit->deadband ? GDP_SIDE_RETURNED : GDP_SIDE_DEADBAND;
}

gboolean
gdp_hold_judge (GdpHold *hold, GdpSide side, float on_delay, float off_delay, gint64 now)
{
  gboolean wanted = hold->held ? side != GDP_SIDE_RETURNED : side == GDP_SIDE_BEYOND;

  if (wanted == hold->held) {
    hold->due = 0;
    return FALSE;
  }
  if (hold->due == 0)
    hold->due = now + (gint64) ((wanted ? on_delay : off_delay) * GDP_SECOND);
  return gdp_hold_expire (hold, now);
}

gboolean
gdp_hold_expire (GdpHold *hold, gint64 now)
{
  if (hold->due == 0 || now < hold->due)
    return FALSE;
  hold->held = !hold->held;
  hold->due = 0;
  return TRUE;
}
