/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "past-alarms.h"

#include "flood.h"
#include "incident.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHIFT 8   /* hours of a battery: fewer are LL */

struct GdpPastAlarms {
  GPtrArray  *alarms;   /* GdpAlarm */
  GHashTable *latest;   /* id → GdpAlarm, the last that began */
};

GdpPastAlarms *
gdp_past_alarms_new (void)
{
  GdpPastAlarms *past = g_new0 (GdpPastAlarms, 1);

  past->alarms = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_alarm_free);
  past->latest = g_hash_table_new (g_str_hash, g_str_equal);
  return past;
}

void
gdp_past_alarms_free (GdpPastAlarms *past)
{
  g_hash_table_unref (past->latest);
  g_ptr_array_unref (past->alarms);
  g_free (past);
}

static gboolean
condition_of (const char *id, GdpCondition *condition)
{
  const char *dot = id != NULL ? strrchr (id, '.') : NULL;

  return dot != NULL && gdp_condition_parse (dot + 1, condition);
}

static GdpAlarm *
begin (GdpPastAlarms *past, const GdpEvent *event, GdpCondition condition)
{
  GdpAlarm alarm = { .id = event->object, .condition = condition, .acked = TRUE, .value = NAN, .limit = NAN,
                     .level = gdp_condition_level (condition, NULL), .first = event->occurred, .occurred = event->occurred, .learned = event->learned };
  GdpAlarm *copy = gdp_alarm_copy (&alarm);

  g_ptr_array_add (past->alarms, copy);
  g_hash_table_replace (past->latest, (gpointer) copy->id, copy);
  return copy;
}

/* It was normal, and has begun again: the same once more, or another one. */
static gboolean
is_another (const GdpAlarm *alarm, const GdpEvent *event)
{
  return event->kind == GDP_EVENT_ALARM_OCCURRED && event->occurred - alarm->occurred > GDP_INCIDENT_GAP;
}

/* "0.1189 MPa, LL 0.1440 MPa": as the engine writes a limit that was crossed; of hours "≈ 19 h (14–24 h), …", or none when it is
 * empty. */
static void
take_level (GdpAlarm *alarm, const GdpEvent *event)
{
  const char *text = event->text != NULL ? event->text : "", *comma = strstr (text, ", ");
  g_autofree char *word = comma != NULL ? g_strndup (comma + 2, strcspn (comma + 2, " ")) : NULL;
  gboolean levelled = alarm->condition == GDP_CONDITION_HIGH || alarm->condition == GDP_CONDITION_LOW;
  GdpLevel level;

  if (alarm->condition == GDP_CONDITION_HOURS)
    alarm->level = g_str_has_prefix (text, "≈ ") && strtol (text + strlen ("≈ "), NULL, 10) >= SHIFT ? GDP_LEVEL_L : GDP_LEVEL_LL;
  else if (levelled && word != NULL && gdp_level_parse (word, &level))
    alarm->level = (guint8) level;
}

/* The state in which a record left it. */
static void
take_state (GdpAlarm *alarm, const char *word)
{
  for (GdpAlarmState state = 0; word != NULL && state < GDP_N_ALARM_STATES; state++)
    if (strcmp (gdp_alarm_state_word (state), word) == 0) {
      alarm->active = state == GDP_ALARM_UNACKED || state == GDP_ALARM_ACKED;
      alarm->acked = state == GDP_ALARM_NORMAL || state == GDP_ALARM_ACKED || state == GDP_ALARM_LATCHED;
      alarm->latched = state == GDP_ALARM_LATCHED || state == GDP_ALARM_LATCHED_UNACKED;
    }
}

void
gdp_past_alarms_take (GdpPastAlarms *past, const GdpEvent *event)
{
  GdpAlarm *alarm = event->object != NULL ? g_hash_table_lookup (past->latest, event->object) : NULL;
  guint calls = gdp_event_calls (event);
  GdpCondition condition;

  if (!condition_of (event->object, &condition))
    return;
  if (calls > 0 && (alarm == NULL || is_another (alarm, event)))
    alarm = begin (past, event, condition);
  if (alarm == NULL)
    return;
  if (event->kind != GDP_EVENT_ALARM_ESCALATED || alarm->times == 0)
    alarm->times += calls;
  if (event->priority != 0)
    alarm->priority = event->priority;
  if (event->kind == GDP_EVENT_ALARM_CLEARED)
    alarm->cleared = event->occurred;
  else if (event->kind == GDP_EVENT_ALARM_BACKDATED)
    alarm->occurred = alarm->first = MIN (alarm->occurred, event->occurred);
  else if (event->kind == GDP_EVENT_ALARM_SUPPRESSED)
    alarm->suppression = GDP_SUPPRESSION_BY_DESIGN;
  else if (event->kind == GDP_EVENT_ALARM_RESTORED)
    alarm->suppression = GDP_SUPPRESSION_NONE;
  if ((calls > 0 && event->kind != GDP_EVENT_ALARM_CHATTERED) || event->kind == GDP_EVENT_ALARM_EASED)
    take_level (alarm, event);
  take_state (alarm, event->after);
}

const GPtrArray *
gdp_past_alarms_look (const GdpPastAlarms *past)
{
  return past->alarms;
}
