/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What persons decide about alarms: they saw it, it may be forgotten, it is not to call for a while. Each is refused with
 * what it is instead. */
#include <math.h>
#include <string.h>

#include "engine-private.h"

/* Longest shelving, hours, by role and priority. No standard gives figures; ISA-18.2 asks for a limit. Ours: what may kill is
 * looked at twice an hour, nothing outlasts the shift (12 h) of a dispatcher; a senior dispatcher has three days for what can
 * wait over a weekend. */
static const double longest[GDP_N_ROLES][5] = {
  [GDP_ROLE_DISPATCHER]        = { 0, 0.5, 2, 8, 12 },
  [GDP_ROLE_SENIOR_DISPATCHER] = { 0, 1, 8, 24, 72 },
  [GDP_ROLE_ENGINEER]          = { 0, 1, 8, 24, 72 },
  [GDP_ROLE_ADMINISTRATOR]     = { 0, 1, 8, 24, 72 },
};
#define SLACK (10 * GDP_SECOND)   /* from when it was asked for until it is decided */

gint64
gdp_shelving_longest (GdpRole role, guint8 priority)
{
  g_return_val_if_fail (role < GDP_N_ROLES && priority < G_N_ELEMENTS (longest[role]), 0);
  return (gint64) (longest[role][priority] * 3600) * GDP_SECOND;
}

/* A value set by hand may have to hold until a sensor is replaced; a senior dispatcher's only until an engineer is there. */
static const gint64 longest_force[GDP_N_ROLES] = {
  [GDP_ROLE_SENIOR_DISPATCHER] = 72, [GDP_ROLE_ENGINEER] = 31 * 24, [GDP_ROLE_ADMINISTRATOR] = 31 * 24,
};

gint64
gdp_forcing_longest (GdpRole role)
{
  g_return_val_if_fail (role < GDP_N_ROLES, 0);
  return longest_force[role] * 3600 * GDP_SECOND;
}

static GdpHeldAlarm *
find (GdpEngine *engine, const char *id, GError **error)
{
  GdpHeldAlarm *held = gdp_annunciator_find (engine->annunciator, id);

  if (held == NULL)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NO_ALARM, "There is no alarm “%s”", id);
  return held;
}

/* Also one that never occurred, if it is configured. */
static GdpHeldAlarm *
find_or_hold (GdpEngine *engine, const char *id, GError **error)
{
  GdpHeldAlarm *held = gdp_engine_hold_alarm (engine, id);

  return held != NULL ? held : find (engine, id, error);
}

/* A person decides by what was seen: what came since is not meant. */
static gboolean
is_as_seen (const GdpAlarm *alarm, guint32 occurrence, GError **error)
{
  if (alarm->occurrence != occurrence)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NEWER_OCCURRENCE,
                 "Alarm “%s” has changed since it was seen: occurrence %u was seen, it is at %u now; look again",
                 alarm->id, occurrence, alarm->occurrence);
  return alarm->occurrence == occurrence;
}

gboolean
gdp_engine_acknowledge (GdpEngine *engine, const char *id, guint32 occurrence, const char *who,
                        const char *comment, gint64 now, GdpChanges *changes, GError **error)
{
  GdpHeldAlarm *held = find (engine, id, error);

  now = gdp_engine_enter (engine, now);
  if (held == NULL)
    return FALSE;
  const GdpAlarm *alarm = &held->alarm;
  if (alarm->acked && alarm->acked_by != NULL)   /* two saw it at once: whoever is second learns who was first */
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NOTHING_TO_ACK, "Alarm “%s” has been acknowledged by %s", id,
                 alarm->acked_by);
  else if (alarm->acked)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NOTHING_TO_ACK,
                 "Alarm “%s” has nothing to acknowledge: it is %s", id, gdp_alarm_state_word (gdp_alarm_state (alarm)));
  else if (is_as_seen (alarm, occurrence, error))
    return gdp_annunciator_acknowledge (engine->annunciator, held, who, comment, now, changes);
  return FALSE;
}

gboolean
gdp_engine_reset (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error)
{
  gint64 now = gdp_engine_enter (engine, decision->now);
  GdpHeldAlarm *held = find (engine, decision->alarm, error);

  if (held == NULL || !is_as_seen (&held->alarm, decision->occurrence, error))
    return FALSE;
  if (gdp_annunciator_reset (engine->annunciator, held, decision->who, decision->why, now, changes))
    return TRUE;
  GdpAlarmState state = gdp_alarm_state (&held->alarm);
  if (state == GDP_ALARM_LATCHED_UNACKED)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NOTHING_TO_RESET,
                 "Alarm “%s” cannot be reset before it is acknowledged", decision->alarm);
  else if (state == GDP_ALARM_NORMAL && held->reset_by != NULL)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NOTHING_TO_RESET, "Alarm “%s” has been reset by %s",
                 decision->alarm, held->reset_by);
  else
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NOTHING_TO_RESET, "Alarm “%s” cannot be reset: it is %s",
                 decision->alarm, gdp_alarm_state_word (state));
  return FALSE;
}

/* ---- suppression -------------------------------------------------------------------------- */

static gboolean
has_reason (const GdpDecision *decision, GError **error)
{
  if (decision->why != NULL && decision->why[strspn (decision->why, " \t\n")] != '\0')
    return TRUE;
  g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_REASON, "Say why “%s” is not to call", decision->alarm);
  return FALSE;
}

/* Nothing that a person holds back can be ended: it is not, or another one ended it. */
static void
refuse (const GdpHeldAlarm *held, GError **error)
{
  const GdpAlarm *alarm = &held->alarm;

  if (alarm->suppression == GDP_SUPPRESSION_NONE && held->restored_by != NULL)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_SUPPRESSION, "Alarm “%s” is not suppressed any more: %s was first",
                 alarm->id, held->restored_by);
  else if (alarm->suppression == GDP_SUPPRESSION_NONE)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_SUPPRESSION, "Alarm “%s” is not suppressed", alarm->id);
  else
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_SUPPRESSION, "Not possible: alarm “%s” is %s, by %s", alarm->id,
                 gdp_suppression_word (alarm->suppression), alarm->suppressed_by);
}

static gboolean
suppress (GdpEngine *engine, GdpHeldAlarm *held, GdpSuppressEvent event, const GdpDecision *decision, GdpChanges *changes,
          GError **error)
{
  if (!gdp_annunciator_suppress (engine->annunciator, held, event, decision->until, decision->who, decision->why, engine->now,
                                 changes)) {
    refuse (held, error);
    return FALSE;
  }
  gdp_engine_suppression_changed (engine, held, engine->now, changes);
  return TRUE;
}

/* What a person sets by hand is no alarm that could be shelved, though it is kept like one. */
static gboolean
is_no_value (const GdpHeldAlarm *held, GError **error)
{
  if (held->alarm.condition == GDP_CONDITION_FORCED)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_SUPPRESSION, "“%s” is a forced value, no alarm", held->alarm.id);
  return held->alarm.condition != GDP_CONDITION_FORCED;
}

/* Of two who shelve it at once the second does not undo what the first decided. */
static gboolean
is_shelved_as_seen (const GdpAlarm *alarm, gint64 seen_until, GError **error)
{
  gint64 until = alarm->suppression == GDP_SUPPRESSION_SHELVED ? alarm->suppressed_until : 0;

  if (until != seen_until && until != 0)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_SUPPRESSION,
                 "Alarm “%s” has been shelved by %s since it was seen; look again", alarm->id, alarm->suppressed_by);
  else if (until != seen_until)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_SUPPRESSION, "Alarm “%s” is not shelved any more; look again",
                 alarm->id);
  return until == seen_until;
}

/* It lies ahead, and not farther off than @most. */
static gboolean
is_end (const GdpDecision *decision, gint64 most, gint64 now)
{
  return decision->until > now && decision->until - now <= most + SLACK;
}

static gboolean
is_length (const GdpAlarm *alarm, const GdpDecision *decision, gint64 now, GError **error)
{
  gint64 most = gdp_shelving_longest (decision->role, alarm->priority);

  if (is_end (decision, most, now))
    return TRUE;
  if (decision->until <= now)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_LENGTH, "Alarm “%s”: the end of a shelving must lie ahead", alarm->id);
  else
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_LENGTH, "Alarm “%s” of priority %u may be shelved by role %s for %g h at "
                 "the most; for longer it has to be taken out of service", alarm->id, alarm->priority,
                 gdp_role_word (decision->role), (double) most / (3600 * GDP_SECOND));
  return FALSE;
}

gboolean
gdp_engine_shelve (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error)
{
  gint64 now = gdp_engine_enter (engine, decision->now);
  GdpHeldAlarm *held = has_reason (decision, error) ? find_or_hold (engine, decision->alarm, error) : NULL;

  return held != NULL && is_no_value (held, error) && is_as_seen (&held->alarm, decision->occurrence, error)
         && is_shelved_as_seen (&held->alarm, decision->seen_until, error) && is_length (&held->alarm, decision, now, error)
         && suppress (engine, held, GDP_SUPPRESS_SHELVE, decision, changes, error);
}

/* What ends, ends without an end. @forced: whether it is to be a forced value. */
static gboolean
restore (GdpEngine *engine, GdpSuppressEvent event, gboolean forced, const GdpDecision *decision, GdpChanges *changes,
         GError **error)
{
  gdp_engine_enter (engine, decision->now);
  GdpHeldAlarm *held = find (engine, decision->alarm, error);
  return held != NULL && (forced || is_no_value (held, error)) && suppress (engine, held, event, decision, changes, error);
}

gboolean
gdp_engine_unshelve (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error)
{
  return restore (engine, GDP_SUPPRESS_UNSHELVE, FALSE, decision, changes, error);
}

gboolean
gdp_engine_put_back (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error)
{
  return restore (engine, GDP_SUPPRESS_PUT_BACK, FALSE, decision, changes, error);
}

gboolean
gdp_engine_take_out (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error)
{
  GdpDecision endless = *decision;

  endless.until = 0;
  gdp_engine_enter (engine, decision->now);
  GdpHeldAlarm *held = has_reason (decision, error) ? find_or_hold (engine, decision->alarm, error) : NULL;
  if (held != NULL && held->alarm.condition == GDP_CONDITION_VISIT) {
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_LENGTH, "A visit has an end: shelve “%s”", decision->alarm);
    return FALSE;
  }
  return held != NULL && is_no_value (held, error) && is_as_seen (&held->alarm, decision->occurrence, error)
         && suppress (engine, held, GDP_SUPPRESS_TAKE_OUT, &endless, changes, error);
}

/* ---- forced values ------------------------------------------------------------------------ */

static GdpHeldAlarm *
find_forced (GdpEngine *engine, const char *id, GError **error)
{
  GdpHeldAlarm *held = find_or_hold (engine, id, error);

  if (held == NULL || held->alarm.condition == GDP_CONDITION_FORCED)
    return held;
  g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NO_ALARM, "“%s” is an alarm, no value that could be forced", id);
  return NULL;
}

/* Nothing that the point could never show. */
static gboolean
can_be (const GdpPoint *point, double value, GError **error)
{
  gboolean ranged = point->scaling.low < point->scaling.high;

  if (point->kind == GDP_POINT_OUTPUT)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_VALUE, "“%s” is an output: it is switched, not forced", point->id);
  else if (gdp_point_is_discrete (point) && value != 0 && value != 1)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_VALUE, "“%s” can be forced to 0 or 1", point->id);
  else if (!isfinite (value) || (ranged && (value < point->scaling.low || value > point->scaling.high)))
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_VALUE, "“%s” can be forced to a value of %g to %g", point->id,
                 ranged ? point->scaling.low : -G_MAXDOUBLE, ranged ? point->scaling.high : G_MAXDOUBLE);
  else
    return TRUE;
  return FALSE;
}

static gboolean
may_force (const GdpPoint *point, const GdpDecision *decision, gint64 now, GError **error)
{
  gint64 most = gdp_forcing_longest (decision->role);

  if (is_end (decision, most, now))
    return TRUE;
  g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_LENGTH, "“%s” may be forced by role %s until a time that lies ahead, for %g h at "
               "the most", point->id, gdp_role_word (decision->role), (double) most / (3600 * GDP_SECOND));
  return FALSE;
}

gboolean
gdp_engine_force (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error)
{
  gint64 now = gdp_engine_enter (engine, decision->now);
  GdpHeldAlarm *held = has_reason (decision, error) ? find_forced (engine, decision->alarm, error) : NULL;

  if (held == NULL)
    return FALSE;
  const GdpPoint *point = &engine->network->points[gdp_object_index (gdp_engine_alarm_home (engine, &held->alarm))];
  if (!can_be (point, decision->value, error) || !is_shelved_as_seen (&held->alarm, decision->seen_until, error)
      || !may_force (point, decision, now, error))
    return FALSE;
  g_autofree char *text = gdp_point_text (point, decision->value);
  gdp_annunciator_force (engine->annunciator, held, decision->value, text, decision->until, decision->who, decision->why, now,
                         changes);
  gdp_engine_suppression_changed (engine, held, now, changes);
  return TRUE;
}

gboolean
gdp_engine_unforce (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error)
{
  GdpHeldAlarm *held = find_forced (engine, decision->alarm, error);

  if (held != NULL && held->alarm.suppression == GDP_SUPPRESSION_NONE) {
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_SUPPRESSION, "“%s” is not forced", decision->alarm);
    return FALSE;
  }
  return held != NULL && restore (engine, GDP_SUPPRESS_UNSHELVE, TRUE, decision, changes, error);
}
