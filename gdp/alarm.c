/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarm.h"

#include "words.h"

/* After the state diagram of ISA-18.2 / IEC 62682. Rows that are missing are impossible: the
 * event means nothing in that state. */
static const GdpAlarmMove moves[GDP_N_ALARM_STATES][GDP_N_ALARM_EVENTS] = {
  /*                        possible  next                       new occurrence  annunciate */
  [GDP_ALARM_NORMAL] = {
    [GDP_ALARM_OCCUR]    = { TRUE,    GDP_ALARM_UNACKED,         TRUE,           TRUE },
  },
  [GDP_ALARM_UNACKED] = {
    [GDP_ALARM_CLEAR]    = { TRUE,    GDP_ALARM_RTN_UNACKED,     FALSE,          FALSE },
    [GDP_ALARM_LATCH]    = { TRUE,    GDP_ALARM_LATCHED_UNACKED, FALSE,          FALSE },
    [GDP_ALARM_ACK]      = { TRUE,    GDP_ALARM_ACKED,           FALSE,          FALSE },
    [GDP_ALARM_ESCALATE] = { TRUE,    GDP_ALARM_UNACKED,         TRUE,           TRUE },
    [GDP_ALARM_EASE]     = { TRUE,    GDP_ALARM_UNACKED,         FALSE,          FALSE },
  },
  [GDP_ALARM_ACKED] = {
    [GDP_ALARM_CLEAR]    = { TRUE,    GDP_ALARM_NORMAL,          FALSE,          FALSE },
    [GDP_ALARM_LATCH]    = { TRUE,    GDP_ALARM_LATCHED,         FALSE,          FALSE },
    [GDP_ALARM_REMIND]   = { TRUE,    GDP_ALARM_UNACKED,         TRUE,           TRUE },
    [GDP_ALARM_ESCALATE] = { TRUE,    GDP_ALARM_UNACKED,         TRUE,           TRUE },
    [GDP_ALARM_EASE]     = { TRUE,    GDP_ALARM_ACKED,           FALSE,          FALSE },
  },
  [GDP_ALARM_RTN_UNACKED] = {
    [GDP_ALARM_OCCUR]    = { TRUE,    GDP_ALARM_UNACKED,         TRUE,           TRUE },
    [GDP_ALARM_ACK]      = { TRUE,    GDP_ALARM_NORMAL,          FALSE,          FALSE },
  },
  [GDP_ALARM_LATCHED_UNACKED] = {
    [GDP_ALARM_OCCUR]    = { TRUE,    GDP_ALARM_UNACKED,         TRUE,           TRUE },
    [GDP_ALARM_ACK]      = { TRUE,    GDP_ALARM_LATCHED,         FALSE,          FALSE },
  },
  [GDP_ALARM_LATCHED] = {
    [GDP_ALARM_OCCUR]    = { TRUE,    GDP_ALARM_UNACKED,         TRUE,           TRUE },
    [GDP_ALARM_RESET]    = { TRUE,    GDP_ALARM_NORMAL,          FALSE,          FALSE },
  },
};

/* A person's decision outlasts what is by design; whoever ends it looks whether that is still so. */
static const GdpSuppressMove suppress_moves[GDP_N_SUPPRESSIONS][GDP_N_SUPPRESS_EVENTS] = {
  /*                            possible  next                            renew */
  [GDP_SUPPRESSION_NONE] = {
    [GDP_SUPPRESS_SHELVE]   = { TRUE,     GDP_SUPPRESSION_SHELVED,        FALSE },
    [GDP_SUPPRESS_DESIGN]   = { TRUE,     GDP_SUPPRESSION_BY_DESIGN,      FALSE },
    [GDP_SUPPRESS_TAKE_OUT] = { TRUE,     GDP_SUPPRESSION_OUT_OF_SERVICE, FALSE },
  },
  [GDP_SUPPRESSION_SHELVED] = {
    [GDP_SUPPRESS_SHELVE]   = { TRUE,     GDP_SUPPRESSION_SHELVED,        FALSE },
    [GDP_SUPPRESS_UNSHELVE] = { TRUE,     GDP_SUPPRESSION_NONE,           FALSE },
    [GDP_SUPPRESS_EXPIRE]   = { TRUE,     GDP_SUPPRESSION_NONE,           TRUE },
    [GDP_SUPPRESS_TAKE_OUT] = { TRUE,     GDP_SUPPRESSION_OUT_OF_SERVICE, FALSE },
  },
  [GDP_SUPPRESSION_BY_DESIGN] = {
    [GDP_SUPPRESS_SHELVE]   = { TRUE,     GDP_SUPPRESSION_SHELVED,        FALSE },
    [GDP_SUPPRESS_DESIGN]   = { TRUE,     GDP_SUPPRESSION_BY_DESIGN,      FALSE },
    [GDP_SUPPRESS_RESTORE]  = { TRUE,     GDP_SUPPRESSION_NONE,           FALSE },
    [GDP_SUPPRESS_TAKE_OUT] = { TRUE,     GDP_SUPPRESSION_OUT_OF_SERVICE, FALSE },
  },
  [GDP_SUPPRESSION_OUT_OF_SERVICE] = {
    [GDP_SUPPRESS_PUT_BACK] = { TRUE,     GDP_SUPPRESSION_NONE,           TRUE },
  },
};

/* An alarm in normal counts as acked: nobody owes it anything. */
static const struct { gboolean active, acked, latched; const char *word, *label; } states[GDP_N_ALARM_STATES] = {
  [GDP_ALARM_NORMAL]      = { FALSE, TRUE,  FALSE, "normal",      N_("Normal") },
  [GDP_ALARM_UNACKED]     = { TRUE,  FALSE, FALSE, "unacked",     N_("Unacknowledged") },
  [GDP_ALARM_ACKED]       = { TRUE,  TRUE,  FALSE, "acked",       N_("Acknowledged") },
  [GDP_ALARM_RTN_UNACKED] = { FALSE, FALSE, FALSE, "rtn-unacked", N_("Returned, unacknowledged") },
  [GDP_ALARM_LATCHED_UNACKED] = { FALSE, FALSE, TRUE, "latched-unacked", N_("Latched, unacknowledged") },
  [GDP_ALARM_LATCHED]     = { FALSE, TRUE,  TRUE,  "latched",     N_("Latched") },
};

static const struct { const char *word, *label; } suppressions[GDP_N_SUPPRESSIONS] = {
  [GDP_SUPPRESSION_NONE]           = { "none",           N_("Not suppressed") },
  [GDP_SUPPRESSION_SHELVED]        = { "shelved",        N_("Shelved") },
  [GDP_SUPPRESSION_BY_DESIGN]      = { "by-design",      N_("Suppressed by design") },
  [GDP_SUPPRESSION_OUT_OF_SERVICE] = { "out-of-service", N_("Out of service") },
};

static const struct { const char *word, *label; } conditions[GDP_N_CONDITIONS] = {
  [GDP_CONDITION_HIGH]   = { "high",   N_("High") },
  [GDP_CONDITION_LOW]    = { "low",    N_("Low") },
  [GDP_CONDITION_DEVIATION] = { "deviation", N_("Off the set-point") },
  [GDP_CONDITION_RATE]   = { "rate",   N_("Changes too fast") },
  [GDP_CONDITION_HOURS]  = { "hours",  N_("Less than a day left") },
  [GDP_CONDITION_STATE]  = { "state",  N_("State") },
  [GDP_CONDITION_FAULT]  = { "fault",  N_("Sensor fault") },
  [GDP_CONDITION_FROZEN] = { "frozen", N_("Frozen value") },
  [GDP_CONDITION_STALE]  = { "stale",  N_("Stale value") },
  [GDP_CONDITION_SILENT] = { "silent", N_("Unit silent") },
  [GDP_CONDITION_REFUSES] = { "refuses", N_("Unit refuses every request") },
  [GDP_CONDITION_CLOCK]  = { "clock", N_("Unit's clock is wrong") },
  [GDP_CONDITION_LOST]   = { "lost",   N_("Line lost") },
  [GDP_CONDITION_FORCED] = { "forced", N_("Forced value") },
  [GDP_CONDITION_VISIT]  = { "visit",  N_("Maintenance visit") },
  [GDP_CONDITION_STORE]  = { "store",  N_("Store lost") },
  [GDP_CONDITION_DISK]   = { "disk",   N_("Disk nearly full") },
  [GDP_CONDITION_TIME]   = { "time",   N_("Server's clock is wrong") },
  [GDP_CONDITION_DOWN]   = { "down",   N_("Server silent") },
};

const GdpAlarmMove *
gdp_alarm_move (GdpAlarmState state, GdpAlarmEvent event)
{
  static const GdpAlarmMove impossible;

  g_return_val_if_fail (state < GDP_N_ALARM_STATES && event < GDP_N_ALARM_EVENTS, &impossible);
  return &moves[state][event];
}

GdpAlarmState
gdp_alarm_state (const GdpAlarm *alarm)
{
  if (alarm->active)
    return alarm->acked ? GDP_ALARM_ACKED : GDP_ALARM_UNACKED;
  if (alarm->latched)
    return alarm->acked ? GDP_ALARM_LATCHED : GDP_ALARM_LATCHED_UNACKED;
  return alarm->acked ? GDP_ALARM_NORMAL : GDP_ALARM_RTN_UNACKED;
}

gboolean
gdp_alarm_apply (GdpAlarm *alarm, GdpAlarmEvent event)
{
  const GdpAlarmMove *move = gdp_alarm_move (gdp_alarm_state (alarm), event);

  if (!move->possible)
    return FALSE;
  alarm->active = states[move->next].active;
  alarm->acked = states[move->next].acked;
  alarm->latched = states[move->next].latched;
  if (move->new_occurrence)
    alarm->occurrence++;
  if (event == GDP_ALARM_OCCUR)
    alarm->times++;
  return TRUE;
}

const GdpSuppressMove *
gdp_suppress_move (GdpSuppression suppression, GdpSuppressEvent event)
{
  static const GdpSuppressMove impossible;

  g_return_val_if_fail (suppression < GDP_N_SUPPRESSIONS && event < GDP_N_SUPPRESS_EVENTS, &impossible);
  return &suppress_moves[suppression][event];
}

gboolean
gdp_alarm_suppress (GdpAlarm *alarm, GdpSuppressEvent event)
{
  const GdpSuppressMove *move = gdp_suppress_move (alarm->suppression, event);

  if (!move->possible)
    return FALSE;
  alarm->suppression = move->next;
  return TRUE;
}

gboolean
gdp_alarm_calls (const GdpAlarm *alarm)
{
  return gdp_alarm_state (alarm) == GDP_ALARM_UNACKED && alarm->suppression == GDP_SUPPRESSION_NONE && !alarm->quiet;
}

GdpAlarm *
gdp_alarm_copy (const GdpAlarm *alarm)
{
  GdpAlarm *copy = g_memdup2 (alarm, sizeof *alarm);

  copy->id = g_strdup (alarm->id);
  copy->suppressed_by = g_strdup (alarm->suppressed_by);
  copy->suppressed_why = g_strdup (alarm->suppressed_why);
  copy->acked_by = g_strdup (alarm->acked_by);
  copy->comment = g_strdup (alarm->comment);
  return copy;
}

void
gdp_alarm_free (GdpAlarm *alarm)
{
  if (alarm == NULL)
    return;
  g_free ((char *) alarm->id);
  g_free ((char *) alarm->suppressed_by);
  g_free ((char *) alarm->suppressed_why);
  g_free ((char *) alarm->acked_by);
  g_free ((char *) alarm->comment);
  g_free (alarm);
}

const char *
gdp_condition_word (GdpCondition condition)
{
  g_return_val_if_fail (condition < GDP_N_CONDITIONS, "unknown");
  return conditions[condition].word;
}

gboolean
gdp_condition_parse (const char *word, GdpCondition *condition)
{
  for (guint i = 0; i < GDP_N_CONDITIONS; i++)
    if (g_strcmp0 (conditions[i].word, word) == 0) {
      *condition = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
gdp_condition_is_configured (GdpCondition condition, const GdpPoint *point)
{
  const GdpLimits *limits = &point->limits;

  switch (condition) {
  case GDP_CONDITION_HIGH:  return limits->level[GDP_LEVEL_H].priority || limits->level[GDP_LEVEL_HH].priority;
  case GDP_CONDITION_LOW:   return limits->level[GDP_LEVEL_L].priority || limits->level[GDP_LEVEL_LL].priority;
  case GDP_CONDITION_DEVIATION: return limits->deviation.priority != 0;
  case GDP_CONDITION_RATE:  return limits->rate.priority != 0;
  case GDP_CONDITION_HOURS: return point->kind == GDP_POINT_BATTERY_VOLTAGE && limits->level[GDP_LEVEL_LL].priority != 0;
  case GDP_CONDITION_STATE: return limits->state.priority != 0;
  case GDP_CONDITION_FROZEN: return limits->frozen_priority != 0;
  case GDP_CONDITION_FAULT: return limits->fault_priority != 0;
  case GDP_CONDITION_STALE: return limits->stale_priority != 0;
  default:                  return FALSE;
  }
}

guint8
gdp_condition_level (GdpCondition condition, const GdpLimits *limits)
{
  switch (condition) {
  case GDP_CONDITION_HIGH:  return limits == NULL || limits->level[GDP_LEVEL_H].priority != 0 ? GDP_LEVEL_H : GDP_LEVEL_HH;
  case GDP_CONDITION_LOW:   return limits == NULL || limits->level[GDP_LEVEL_L].priority != 0 ? GDP_LEVEL_L : GDP_LEVEL_LL;
  case GDP_CONDITION_HOURS: return GDP_LEVEL_L;
  default:                  return 0;
  }
}

guint8
gdp_hours_priority (const GdpLimits *limits, guint8 level)
{
  return limits->level[level == GDP_LEVEL_LL ? GDP_LEVEL_LL : gdp_condition_level (GDP_CONDITION_LOW, limits)].priority;
}

guint8
gdp_condition_priority (GdpCondition condition, const GdpLimits *limits)
{
  switch (condition) {
  case GDP_CONDITION_HIGH:
  case GDP_CONDITION_LOW:   return limits->level[gdp_condition_level (condition, limits)].priority;
  case GDP_CONDITION_HOURS: return gdp_hours_priority (limits, GDP_LEVEL_L);
  case GDP_CONDITION_DEVIATION: return limits->deviation.priority;
  case GDP_CONDITION_RATE:  return limits->rate.priority;
  case GDP_CONDITION_STATE: return limits->state.priority;
  case GDP_CONDITION_FAULT: return limits->fault_priority;
  case GDP_CONDITION_FROZEN: return limits->frozen_priority;
  case GDP_CONDITION_STALE: return limits->stale_priority;
  case GDP_CONDITION_CLOCK: return GDP_CLOCK_PRIORITY;
  case GDP_CONDITION_FORCED:
  case GDP_CONDITION_VISIT: return GDP_LENGTH_PRIORITY;
  default:                  return GDP_CONTACT_PRIORITY;
  }
}

const char *
gdp_condition_label (GdpCondition condition, guint8 level)
{
  g_return_val_if_fail (condition < GDP_N_CONDITIONS, N_("Unknown"));
  if (condition == GDP_CONDITION_HIGH && level == GDP_LEVEL_HH)
    return N_("High-high");
  if (condition == GDP_CONDITION_LOW && level == GDP_LEVEL_LL)
    return N_("Low-low");
  if (condition == GDP_CONDITION_HOURS && level == GDP_LEVEL_LL)
    return N_("Less than 8 h left");
  return conditions[condition].label;
}

const char *
gdp_alarm_state_word (GdpAlarmState state)
{
  g_return_val_if_fail (state < GDP_N_ALARM_STATES, "unknown");
  return states[state].word;
}

const char *
gdp_alarm_state_label (GdpAlarmState state)
{
  g_return_val_if_fail (state < GDP_N_ALARM_STATES, N_("Unknown"));
  return states[state].label;
}

const char *
gdp_suppression_word (GdpSuppression suppression)
{
  g_return_val_if_fail (suppression < GDP_N_SUPPRESSIONS, "unknown");
  return suppressions[suppression].word;
}

const char *
gdp_suppression_label (GdpSuppression suppression)
{
  g_return_val_if_fail (suppression < GDP_N_SUPPRESSIONS, N_("Unknown"));
  return suppressions[suppression].label;
}

gboolean
gdp_condition_is_decision (GdpCondition condition)
{
  return condition == GDP_CONDITION_VISIT || condition == GDP_CONDITION_FORCED;
}

gboolean
gdp_condition_is_of_server (GdpCondition condition)
{
  return condition >= GDP_CONDITION_STORE && condition <= GDP_CONDITION_DOWN;
}

const char *
gdp_alarm_status_label (const GdpAlarm *alarm)
{
  if (alarm->condition == GDP_CONDITION_FORCED && alarm->suppression == GDP_SUPPRESSION_SHELVED)
    return gdp_reason_label (GDP_REASON_FORCED);
  return alarm->suppression != GDP_SUPPRESSION_NONE ? gdp_suppression_label (alarm->suppression)
         : gdp_alarm_state_label (gdp_alarm_state (alarm));
}
