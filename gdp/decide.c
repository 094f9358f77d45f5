/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What persons decide about alarms: they saw it, it may be forgotten, it is not to call for a while. Each is refused with
 * what it is instead. */
#include "engine-private.h"

/* Longest shelving, hours, by priority. No standard gives figures; ISA-18.2 asks for a limit. Ours: what may kill is
 * looked at twice an hour, what can wait is seen by the next shift. */
static const double longest[] = { 0, 0.5, 2, 12, 24 };

gint64
gdp_shelving_longest (guint8 priority)
{
  g_return_val_if_fail (priority < G_N_ELEMENTS (longest), 0);
  return (gint64) (longest[priority] * 3600) * GDP_SECOND;
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

static gboolean
has_reason (const char *id, const char *why, GError **error)
{
  if (why != NULL && *why != '\0')
    return TRUE;
  g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_REASON, "Say why “%s” is not to call", id);
  return FALSE;
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
  else if (alarm->occurrence != occurrence)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NEWER_OCCURRENCE,
                 "Alarm “%s” has changed since it was seen: occurrence %u was seen, it is at %u now; look again",
                 id, occurrence, alarm->occurrence);
  else
    return gdp_annunciator_acknowledge (engine->annunciator, held, who, comment, now, changes);
  return FALSE;
}

gboolean
gdp_engine_reset (GdpEngine *engine, const char *id, const char *who, const char *comment, gint64 now, GdpChanges *changes,
                  GError **error)
{
  GdpHeldAlarm *held = find (engine, id, error);

  now = gdp_engine_enter (engine, now);
  if (held == NULL)
    return FALSE;
  if (gdp_annunciator_reset (engine->annunciator, held, who, comment, now, changes))
    return TRUE;
  g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NOTHING_TO_RESET, "Alarm “%s” cannot be reset: it is %s%s", id,
               gdp_alarm_state_word (gdp_alarm_state (&held->alarm)), held->alarm.latched ? "; acknowledge it first" : "");
  return FALSE;
}

/* ---- suppression -------------------------------------------------------------------------- */

static gboolean
suppress (GdpEngine *engine, GdpHeldAlarm *held, GdpSuppressEvent event, gint64 until, const char *who, const char *why,
          gint64 now, GdpChanges *changes, GError **error)
{
  GdpSuppression before = held->alarm.suppression;

  if (!gdp_annunciator_suppress (engine->annunciator, held, event, until, who, why, now, changes)) {
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_SUPPRESSION, "Not possible: alarm “%s” is %s", held->alarm.id,
                 before == GDP_SUPPRESSION_NONE ? "not suppressed" : gdp_suppression_word (before));
    return FALSE;
  }
  gdp_engine_design_again (engine, held, now, changes);
  return TRUE;
}

static gboolean
is_length (const GdpAlarm *alarm, gint64 until, gint64 now, GError **error)
{
  gint64 most = gdp_shelving_longest (alarm->priority);

  if (until > now && until - now <= most)
    return TRUE;
  if (until <= now)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_LENGTH, "Alarm “%s”: the end of a shelving must lie ahead", alarm->id);
  else
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_LENGTH, "Alarm “%s” of priority %u may be shelved for %g h at the "
                 "most; for longer it has to be taken out of service", alarm->id, alarm->priority,
                 (double) most / (3600 * GDP_SECOND));
  return FALSE;
}

gboolean
gdp_engine_shelve (GdpEngine *engine, const char *id, gint64 until, const char *who, const char *why, gint64 now,
                   GdpChanges *changes, GError **error)
{
  now = gdp_engine_enter (engine, now);
  GdpHeldAlarm *held = find_or_hold (engine, id, error);
  return held != NULL && has_reason (id, why, error) && is_length (&held->alarm, until, now, error)
         && suppress (engine, held, GDP_SUPPRESS_SHELVE, until, who, why, now, changes, error);
}

gboolean
gdp_engine_unshelve (GdpEngine *engine, const char *id, const char *who, const char *why, gint64 now, GdpChanges *changes,
                     GError **error)
{
  now = gdp_engine_enter (engine, now);
  GdpHeldAlarm *held = find (engine, id, error);
  return held != NULL && suppress (engine, held, GDP_SUPPRESS_UNSHELVE, 0, who, why, now, changes, error);
}

gboolean
gdp_engine_take_out (GdpEngine *engine, const char *id, const char *who, const char *why, gint64 now, GdpChanges *changes,
                     GError **error)
{
  now = gdp_engine_enter (engine, now);
  GdpHeldAlarm *held = find_or_hold (engine, id, error);
  return held != NULL && has_reason (id, why, error)
         && suppress (engine, held, GDP_SUPPRESS_TAKE_OUT, 0, who, why, now, changes, error);
}

gboolean
gdp_engine_put_back (GdpEngine *engine, const char *id, const char *who, const char *why, gint64 now, GdpChanges *changes,
                     GError **error)
{
  now = gdp_engine_enter (engine, now);
  GdpHeldAlarm *held = find (engine, id, error);
  return held != NULL && suppress (engine, held, GDP_SUPPRESS_PUT_BACK, 0, who, why, now, changes, error);
}
