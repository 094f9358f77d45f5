/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one alarm means for others: a line or unit that is lost stands for all below it, a visit for the doors of the unit. */
#include <string.h>

#include "engine-private.h"

/* The alarm that stands for all that is not known of @unit; NULL = none does (yet, or any more). */
static const char *
cause_of (const GdpEngine *engine, guint unit)
{
  const GdpLinkState *link = &engine->links[engine->network->units[unit].link];
  const GdpHeldAlarm *silent = engine->units[unit].alarms;

  if (link->loss != GDP_LINK_IN_USE && link->alarms != NULL)
    return link->alarms->alarm.id;
  return silent != NULL && silent->alarm.active ? silent->alarm.id : NULL;
}

/* One that owes nobody anything has nothing to hold back. */
static void
design (GdpEngine *engine, GdpHeldAlarm *held, const char *cause, gint64 now, GdpChanges *changes)
{
  if (cause == NULL || gdp_alarm_state (&held->alarm) != GDP_ALARM_NORMAL)
    gdp_annunciator_design (engine->annunciator, held, cause, now, changes);
}

static void
design_point (GdpEngine *engine, guint point, gint64 now, GdpChanges *changes)
{
  const char *cause = cause_of (engine, engine->network->points[point].unit);

  for (GdpHeldAlarm *held = engine->points[point].alarms; held != NULL; held = held->next)
    design (engine, held, cause, now, changes);
}

/* A line that works again says nothing of the unit yet: what it stood for waits for the unit. */
void
gdp_engine_design_below (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes)
{
  const GdpUnitState *state = &engine->units[unit];
  const char *cause = cause_of (engine, unit);

  if (cause == NULL && state->state != GDP_CONTACT_OK && state->state != GDP_CONTACT_SLEEPING)
    return;
  if (state->refusal != NULL)
    design (engine, state->refusal, cause, now, changes);
  gdp_engine_each_point (engine, unit, now, changes, design_point);
}

static void
unit_changed (GdpEngine *engine, guint unit, GdpHeldAlarm *held, gint64 now, GdpChanges *changes)
{
  const GdpLinkState *link = &engine->links[engine->network->units[unit].link];

  if (held->alarm.condition == GDP_CONDITION_VISIT)
    gdp_engine_each_point (engine, unit, now, changes, gdp_engine_judge_again);
  else if (held->alarm.condition == GDP_CONDITION_SILENT && held->alarm.active && link->loss != GDP_LINK_IN_USE)
    gdp_annunciator_design (engine->annunciator, held, link->alarms->alarm.id, now, changes);
  gdp_engine_design_below (engine, unit, now, changes);
}

void
gdp_engine_suppression_changed (GdpEngine *engine, GdpHeldAlarm *held, gint64 now, GdpChanges *changes)
{
  gpointer home = gdp_engine_alarm_home (engine, &held->alarm);
  GdpObjectType type = home != NULL ? gdp_object_type (home) : GDP_OBJECT_LINK;
  guint index = home != NULL ? gdp_object_index (home) : 0;

  if (type == GDP_OBJECT_UNIT)
    unit_changed (engine, index, held, now, changes);
  else if (type == GDP_OBJECT_POINT && held->alarm.condition == GDP_CONDITION_FORCED)
    gdp_engine_force_changed (engine, index, &held->alarm, now, changes);
  else if (type == GDP_OBJECT_POINT && engine->network->points[index].unit < engine->network->n_units)
    gdp_engine_design_below (engine, engine->network->points[index].unit, now, changes);
}
