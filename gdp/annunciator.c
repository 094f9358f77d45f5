/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "annunciator.h"

#include <math.h>

struct GdpAnnunciator {
  char       *who;
  GHashTable *by_id;
};

static void
held_free (gpointer data)
{
  GdpHeldAlarm *held = data;

  g_free ((char *) held->alarm.id);
  g_free ((char *) held->alarm.suppressed_by);
  g_free ((char *) held->alarm.suppressed_why);
  g_free ((char *) held->alarm.acked_by);
  g_free ((char *) held->alarm.comment);
  g_free (held);
}

GdpAnnunciator *
gdp_annunciator_new (const char *who)
{
  GdpAnnunciator *annunciator = g_new0 (GdpAnnunciator, 1);

  annunciator->who = g_strdup (who);
  annunciator->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, held_free);
  return annunciator;
}

void
gdp_annunciator_free (GdpAnnunciator *annunciator)
{
  g_hash_table_unref (annunciator->by_id);
  g_free (annunciator->who);
  g_free (annunciator);
}

static void
set_text (const char **field, const char *text)
{
  g_free ((char *) *field);
  *field = g_strdup (text);
}

GdpHeldAlarm *
gdp_annunciator_find (GdpAnnunciator *annunciator, const char *id)
{
  return g_hash_table_lookup (annunciator->by_id, id);
}

GdpHeldAlarm *
gdp_annunciator_add (GdpAnnunciator *annunciator, const GdpAlarm *alarm)
{
  GdpHeldAlarm *held = gdp_annunciator_find (annunciator, alarm->id);

  if (held != NULL)
    return held;
  g_autofree GdpAlarm *copy = gdp_alarm_copy (alarm);   /* its strings move on to the held one */
  held = g_new0 (GdpHeldAlarm, 1);
  held->alarm = *copy;
  g_hash_table_insert (annunciator->by_id, (gpointer) held->alarm.id, held);
  return held;
}

GdpHeldAlarm *
gdp_annunciator_get (GdpAnnunciator *annunciator, const char *object, GdpCondition condition)
{
  g_autofree char *id = g_strconcat (object, ".", gdp_condition_word (condition), NULL);

  return gdp_annunciator_add (annunciator, &(GdpAlarm) {
    .id = id, .condition = condition, .acked = TRUE, .value = NAN, .limit = NAN });
}

void
gdp_annunciator_foreach (GdpAnnunciator *annunciator, void (*visit) (GdpHeldAlarm *, gpointer),
                         gpointer user_data)
{
  GHashTableIter iter;
  gpointer held;

  g_hash_table_iter_init (&iter, annunciator->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &held))
    visit (held, user_data);
}

void
gdp_annunciator_note (GdpAnnunciator *annunciator, GdpEvent event, GdpChanges *changes)
{
  if (event.who == NULL)
    event.who = annunciator->who;
  g_ptr_array_add (changes->events, gdp_event_copy (&event));
}

static void
note_alarm (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpEvent event, GdpChanges *changes)
{
  event.site = (char *) held->site;
  event.object = (char *) held->alarm.id;
  event.priority = held->alarm.priority;
  gdp_annunciator_note (annunciator, event, changes);
  gdp_changes_set_alarm (changes, &held->alarm);
}

/* The person's words belong to the occurrence that they were about. */
static void
begin_occurrence (GdpAlarm *alarm, const GdpNews *news)
{
  alarm->occurred = news->occurred;
  alarm->learned = news->learned;
  alarm->quiet = news->quiet;
  if (alarm->first == 0)
    alarm->first = news->occurred;
  alarm->acked_at = 0;
  set_text (&alarm->acked_by, NULL);
  set_text (&alarm->comment, NULL);
}

static GdpEventKind
event_kind (GdpAlarmState before, GdpAlarmEvent event)
{
  static const GdpEventKind kinds[GDP_N_ALARM_EVENTS] = {
    [GDP_ALARM_OCCUR]    = GDP_EVENT_ALARM_OCCURRED,
    [GDP_ALARM_CLEAR]    = GDP_EVENT_ALARM_CLEARED,
    [GDP_ALARM_ACK]      = GDP_EVENT_ALARM_ACKNOWLEDGED,
    [GDP_ALARM_ESCALATE] = GDP_EVENT_ALARM_ESCALATED,
    [GDP_ALARM_EASE]     = GDP_EVENT_ALARM_EASED,
  };
  return event == GDP_ALARM_OCCUR && before == GDP_ALARM_RTN_UNACKED ? GDP_EVENT_ALARM_RECURRED : kinds[event];
}

gboolean
gdp_annunciator_move (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpAlarmEvent event,
                      const GdpNews *news, GdpChanges *changes)
{
  GdpAlarm *alarm = &held->alarm;
  GdpAlarmState before = gdp_alarm_state (alarm);

  g_assert (event != GDP_ALARM_ACK);   /* that takes a person: gdp_annunciator_acknowledge() */
  if (!gdp_alarm_apply (alarm, event))
    return FALSE;
  if (gdp_alarm_move (before, event)->new_occurrence)
    begin_occurrence (alarm, news);
  if (event == GDP_ALARM_CLEAR) {
    alarm->cleared = news->occurred;
  } else {
    alarm->level = news->level;
    alarm->priority = news->priority;
    alarm->limit = news->limit;
  }
  alarm->value = news->value;
  note_alarm (annunciator, held, (GdpEvent) {
    .kind = event_kind (before, event), .occurred = news->occurred, .learned = news->learned,
    .before = (char *) gdp_alarm_state_word (before),
    .after = (char *) gdp_alarm_state_word (gdp_alarm_state (alarm)), .text = (char *) news->text }, changes);
  return TRUE;
}

void
gdp_annunciator_backdate (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const GdpNews *news, GdpChanges *changes)
{
  held->alarm.occurred = news->occurred;
  held->alarm.first = MIN (held->alarm.first, news->occurred);
  note_alarm (annunciator, held, (GdpEvent) { .kind = GDP_EVENT_ALARM_BACKDATED, .occurred = news->occurred,
                                              .learned = news->learned, .text = (char *) news->text }, changes);
}

gboolean
gdp_annunciator_acknowledge (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const char *who,
                             const char *comment, gint64 now, GdpChanges *changes)
{
  GdpAlarm *alarm = &held->alarm;
  GdpAlarmState before = gdp_alarm_state (alarm);

  if (!gdp_alarm_apply (alarm, GDP_ALARM_ACK))
    return FALSE;
  alarm->acked_at = now;
  set_text (&alarm->acked_by, who);
  set_text (&alarm->comment, comment);
  note_alarm (annunciator, held, (GdpEvent) {
    .kind = GDP_EVENT_ALARM_ACKNOWLEDGED, .occurred = now, .learned = now, .who = (char *) who,
    .before = (char *) gdp_alarm_state_word (before),
    .after = (char *) gdp_alarm_state_word (gdp_alarm_state (alarm)), .text = (char *) comment }, changes);
  return TRUE;
}

void
gdp_annunciator_doubt (GdpHeldAlarm *held, GdpReason reason, GdpChanges *changes)
{
  GdpAlarm *alarm = &held->alarm;

  if (alarm->reason == reason
      || (reason != GDP_REASON_NONE && gdp_alarm_state (alarm) == GDP_ALARM_NORMAL))
    return;
  alarm->reason = reason;
  gdp_changes_set_alarm (changes, alarm);
}

void
gdp_annunciator_suppress (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const char *why,
                          gint64 now, GdpChanges *changes)
{
  static const char *const words[] = { "none", "by-design" };
  GdpAlarm *alarm = &held->alarm;
  GdpSuppression wanted = why ? GDP_SUPPRESSION_BY_DESIGN : GDP_SUPPRESSION_NONE;
  GdpSuppression needed = why ? GDP_SUPPRESSION_NONE : GDP_SUPPRESSION_BY_DESIGN;

  if (alarm->suppression != needed)   /* shelved or out of service is a person's decision */
    return;
  alarm->suppression = wanted;
  set_text (&alarm->suppressed_by, why ? annunciator->who : NULL);
  set_text (&alarm->suppressed_why, why);
  note_alarm (annunciator, held, (GdpEvent) {
    .kind = why ? GDP_EVENT_ALARM_SUPPRESSED : GDP_EVENT_ALARM_RESTORED, .occurred = now, .learned = now,
    .before = (char *) words[why == NULL], .after = (char *) words[why != NULL],
    .text = (char *) why }, changes);
}

void
gdp_annunciator_rank (GdpAnnunciator *annunciator, GdpHeldAlarm *held, guint8 priority,
                      gint64 now, GdpChanges *changes)
{
  if (held->alarm.priority == priority)
    return;
  char before[4], after[4];
  g_snprintf (before, sizeof before, "%u", held->alarm.priority);
  g_snprintf (after, sizeof after, "%u", priority);
  held->alarm.priority = priority;
  note_alarm (annunciator, held, (GdpEvent) {
    .kind = GDP_EVENT_CONFIGURATION_CHANGED, .occurred = now, .learned = now,
    .before = before, .after = after, .text = (char *) "priority" }, changes);
}
