/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that a person set by hand. What the sensor says goes on beneath, and counts again at the end. */
#include <math.h>

#include "engine-private.h"

static gboolean
is_forcing (const GdpAlarm *alarm)
{
  return alarm->condition == GDP_CONDITION_FORCED && alarm->suppression == GDP_SUPPRESSION_SHELVED;
}

void
gdp_engine_hold_forced (GdpEngine *engine, guint index, const GdpAlarm *alarm)
{
  GdpPointState *state = &engine->points[index];

  if (!is_forcing (alarm))
    return;
  state->forced = TRUE;      /* its alarms are judged again at the next look */
  state->beneath = state->reason;
}

/* That it is another value from now on is nobody's doing in the process: nothing was too fast, or stood still. */
static void
begin_anew (GdpMotion *motion)
{
  gdp_motion_rest (motion);
  if (motion != NULL)
    motion->swing = (GdpSwing) { 0 };
}

void
gdp_engine_force_changed (GdpEngine *engine, guint index, const GdpAlarm *alarm, gint64 now, GdpChanges *changes)
{
  GdpPointState *state = &engine->points[index];
  gboolean was = state->forced;
  GdpReason reason = gdp_engine_measured (state);

  state->forced = (guint8) is_forcing (alarm);
  if (!was && !state->forced)
    return;
  begin_anew (state->motion);
  /* To itself: that a person set or released it is told already. */
  gdp_engine_conclude (engine, index, reason, gdp_engine_value (engine, index), NAN, now, now, changes);
  if (gdp_point_kind_is_mains (engine->network->points[index].kind) && gdp_engine_is_judgeable (state->reason))
    gdp_engine_follow_mains (engine, index, now, now, changes);
}
