/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "annunciator.h"

#include "deadlines.h"
#include "scaling.h"
#include "words.h"

#include <math.h>

struct GdpAnnunciator {
  char       *who;
  GHashTable *by_id;
  GPtrArray  *by_number;   /* in the order in which they came, NULL = forgotten */
  GArray     *deadlines;   /* of their numbers; one that is not as `due` says is out of date */
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
  g_free (held->reset_by);
  g_free (held->restored_by);
  g_free (held);
}

GdpAnnunciator *
gdp_annunciator_new (const char *who)
{
  GdpAnnunciator *annunciator = g_new0 (GdpAnnunciator, 1);

  annunciator->who = g_strdup (who);
  annunciator->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, held_free);
  annunciator->by_number = g_ptr_array_new ();
  annunciator->deadlines = gdp_deadlines_new ();
  return annunciator;
}

void
gdp_annunciator_free (GdpAnnunciator *annunciator)
{
  g_hash_table_unref (annunciator->by_id);
  g_ptr_array_unref (annunciator->by_number);
  g_array_unref (annunciator->deadlines);
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
  held->number = annunciator->by_number->len;
  g_ptr_array_add (annunciator->by_number, held);
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
gdp_annunciator_forget (GdpAnnunciator *annunciator, GdpHeldAlarm *held)
{
  annunciator->by_number->pdata[held->number] = NULL;
  g_hash_table_remove (annunciator->by_id, held->alarm.id);
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

/* ---- what is due by itself ------------------------------------------------------------------- */

/* What a person decided ends, or was long ago; 0 = never. */
static gint64
decision_due (const GdpHeldAlarm *held)
{
  const GdpAlarm *alarm = &held->alarm;

  if (alarm->suppression == GDP_SUPPRESSION_SHELVED)
    return alarm->suppressed_until;
  if (alarm->suppression != GDP_SUPPRESSION_NONE || gdp_alarm_state (alarm) != GDP_ALARM_ACKED || held->remind_after == 0)
    return 0;
  return alarm->acked_at + held->remind_after;
}

static gint64
due_of (const GdpHeldAlarm *held)
{
  gint64 decision = decision_due (held), moves = held->moves.moves > 0 ? held->moves.since + GDP_MOVES_SPAN : 0;

  return decision == 0 || (moves != 0 && moves < decision) ? moves : decision;
}

static void
plan (GdpAnnunciator *annunciator, GdpHeldAlarm *held)
{
  gint64 due = due_of (held);

  if (due != 0 && due != held->due)
    gdp_deadlines_push (annunciator->deadlines, due, GUINT_TO_POINTER (held->number));
  held->due = due;
}

GdpHeldAlarm *
gdp_annunciator_next_due (GdpAnnunciator *annunciator, gint64 now)
{
  GdpDeadline deadline;

  while (gdp_deadlines_pop (annunciator->deadlines, now, &deadline)) {
    GdpHeldAlarm *held = annunciator->by_number->pdata[GPOINTER_TO_UINT (deadline.object)];
    if (held != NULL && held->due == deadline.due) {
      held->due = 0;
      return held;
    }
  }
  return NULL;
}

gint64
gdp_annunciator_deadline (GdpAnnunciator *annunciator)
{
  return gdp_deadlines_first (annunciator->deadlines);
}

void
gdp_annunciator_configure (GdpAnnunciator *annunciator, GdpHeldAlarm *held, gboolean latches, double remind_after)
{
  held->latches = latches;
  held->remind_after = (gint64) (remind_after * GDP_SECOND);
  plan (annunciator, held);
}

/* ---- moves -------------------------------------------------------------------------------- */

static void
note_event (GdpAnnunciator *annunciator, const GdpHeldAlarm *held, GdpEvent event, GdpChanges *changes)
{
  event.site = (char *) held->site;
  event.object = (char *) held->alarm.id;
  event.priority = gdp_condition_is_decision (held->alarm.condition) ? 0 : held->alarm.priority;
  gdp_annunciator_note (annunciator, event, changes);
}

/* Tells the moves that the journal has not got, @state being where they led. */
static void
note_moves (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpAlarmState state, gint64 now, GdpChanges *changes)
{
  GdpMoves *moves = &held->moves;
  char count[16];

  if (moves->moves == 0)
    return;
  g_snprintf (count, sizeof count, "%u", moves->occurrences);
  note_event (annunciator, held, (GdpEvent) {
    .kind = GDP_EVENT_ALARM_CHATTERED, .occurred = moves->occurred, .learned = now,
    .before = (char *) gdp_alarm_state_word (moves->before), .after = (char *) gdp_alarm_state_word (state), .text = count }, changes);
  moves->moves = moves->occurrences = 0;
}

static void
note_alarm (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpEvent event, GdpChanges *changes)
{
  note_event (annunciator, held, event, changes);
  gdp_changes_set_alarm (changes, &held->alarm);
  plan (annunciator, held);
}

/* TRUE: the move from @before, which has been made, waits for the end of the minute. One that a person has to do with never
 * does: there are as many as persons act. */
static gboolean
fold (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpAlarmState before, gboolean occurrence, const GdpNews *news,
      GdpChanges *changes)
{
  GdpMoves *moves = &held->moves;

  if (news->learned - moves->since >= GDP_MOVES_SPAN || news->learned < moves->since) {
    note_moves (annunciator, held, before, news->learned, changes);
    *moves = (GdpMoves) { .since = news->learned };
  }
  if (gdp_alarm_move (before, GDP_ALARM_ACK)->possible && !held->alarm.acked && moves->told >= GDP_MOVES_TOLD) {
    if (moves->moves++ == 0) {
      moves->occurred = news->occurred;
      moves->before = before;
    }
    moves->occurrences += occurrence;
    gdp_changes_set_alarm (changes, &held->alarm);
    plan (annunciator, held);
    return TRUE;
  }
  note_moves (annunciator, held, before, news->learned, changes);
  moves->told++;
  return FALSE;
}

/* The person's words belong to the occurrence that they were about. What is only called to mind occurred when it did. */
static void
begin_occurrence (GdpAlarm *alarm, GdpAlarmEvent event, const GdpNews *news)
{
  if (event != GDP_ALARM_REMIND) {
    alarm->occurred = news->occurred;
    alarm->learned = news->learned;
    alarm->quiet = news->quiet;
  }
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
    [GDP_ALARM_LATCH]    = GDP_EVENT_ALARM_CLEARED,
    [GDP_ALARM_RESET]    = GDP_EVENT_ALARM_RESET,
    [GDP_ALARM_REMIND]   = GDP_EVENT_ALARM_REMINDED,
    [GDP_ALARM_ACK]      = GDP_EVENT_ALARM_ACKNOWLEDGED,
    [GDP_ALARM_ESCALATE] = GDP_EVENT_ALARM_ESCALATED,
    [GDP_ALARM_EASE]     = GDP_EVENT_ALARM_EASED,
  };
  return event == GDP_ALARM_OCCUR && before != GDP_ALARM_NORMAL ? GDP_EVENT_ALARM_RECURRED : kinds[event];
}

gboolean
gdp_annunciator_move (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpAlarmEvent event,
                      const GdpNews *news, GdpChanges *changes)
{
  GdpAlarm *alarm = &held->alarm;
  GdpAlarmState before = gdp_alarm_state (alarm);

  if (event == GDP_ALARM_CLEAR && held->latches)
    event = GDP_ALARM_LATCH;
  g_assert (event != GDP_ALARM_ACK && event != GDP_ALARM_RESET);   /* those take a person: by_person() */
  if (!gdp_alarm_apply (alarm, event))
    return FALSE;
  if (gdp_alarm_move (before, event)->new_occurrence)
    begin_occurrence (alarm, event, news);
  if (!alarm->active) {
    alarm->cleared = news->occurred;
  } else {
    alarm->level = news->level;
    alarm->priority = news->priority;
    alarm->limit = news->limit;
  }
  alarm->value = news->value;
  if (!fold (annunciator, held, before, gdp_alarm_move (before, event)->new_occurrence, news, changes))
    note_alarm (annunciator, held, (GdpEvent) {
      .kind = event_kind (before, event), .occurred = news->occurred, .learned = news->learned,
      .before = (char *) gdp_alarm_state_word (before),
      .after = (char *) gdp_alarm_state_word (gdp_alarm_state (alarm)), .text = (char *) news->text }, changes);
  if (alarm->suppression == GDP_SUPPRESSION_SHELVED && alarm->active && alarm->priority < alarm->suppressed_priority)
    gdp_annunciator_suppress (annunciator, held, GDP_SUPPRESS_EXPIRE, 0, NULL, N_("it is more urgent than what was shelved"),
                              news->learned, changes);
  return TRUE;
}

/* It is as it was, and calls again. */
static void
remind (GdpAnnunciator *annunciator, GdpHeldAlarm *held, gint64 now, GdpChanges *changes)
{
  const GdpAlarm *alarm = &held->alarm;

  gdp_annunciator_move (annunciator, held, GDP_ALARM_REMIND, &(GdpNews) {
    .occurred = now, .learned = now, .value = alarm->value, .limit = alarm->limit, .level = alarm->level,
    .priority = alarm->priority }, changes);
}

void
gdp_annunciator_backdate (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const GdpNews *news, GdpChanges *changes)
{
  held->alarm.occurred = news->occurred;
  held->alarm.first = MIN (held->alarm.first, news->occurred);
  note_alarm (annunciator, held, (GdpEvent) { .kind = GDP_EVENT_ALARM_BACKDATED, .occurred = news->occurred,
                                              .learned = news->learned, .text = (char *) news->text }, changes);
}

static gboolean
by_person (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpAlarmEvent event, const char *who, const char *comment,
           gint64 now, GdpChanges *changes)
{
  GdpAlarm *alarm = &held->alarm;
  GdpAlarmState before = gdp_alarm_state (alarm);

  if (!gdp_alarm_apply (alarm, event))
    return FALSE;
  note_moves (annunciator, held, before, now, changes);
  if (event == GDP_ALARM_ACK) {
    alarm->acked_at = now;
    set_text (&alarm->acked_by, who);
    set_text (&alarm->comment, comment);
  }
  note_alarm (annunciator, held, (GdpEvent) {
    .kind = event_kind (before, event), .occurred = now, .learned = now, .who = (char *) who,
    .before = (char *) gdp_alarm_state_word (before),
    .after = (char *) gdp_alarm_state_word (gdp_alarm_state (alarm)), .text = (char *) comment }, changes);
  return TRUE;
}

gboolean
gdp_annunciator_acknowledge (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const char *who,
                             const char *comment, gint64 now, GdpChanges *changes)
{
  return by_person (annunciator, held, GDP_ALARM_ACK, who, comment, now, changes);
}

gboolean
gdp_annunciator_reset (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const char *who, const char *comment, gint64 now,
                       GdpChanges *changes)
{
  if (!by_person (annunciator, held, GDP_ALARM_RESET, who, comment, now, changes))
    return FALSE;
  g_free (held->reset_by);
  held->reset_by = g_strdup (who);
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

/* ---- suppression -------------------------------------------------------------------------- */

/* "2026-11-23T12:40:00Z": when a shelving ends; else the suppression's word. */
static char *
suppression_text (const GdpAlarm *alarm)
{
  g_autoptr (GDateTime) end = alarm->suppression == GDP_SUPPRESSION_SHELVED
                              ? g_date_time_new_from_unix_utc (alarm->suppressed_until / GDP_SECOND) : NULL;

  return end != NULL ? g_date_time_format (end, "%Y-%m-%dT%H:%M:%SZ")
                     : g_strdup (gdp_suppression_word (alarm->suppression));
}

static GdpEventKind
suppress_kind (const GdpAlarm *alarm, GdpSuppressEvent event)
{
  static const GdpEventKind kinds[GDP_N_SUPPRESS_EVENTS] = {
    [GDP_SUPPRESS_SHELVE]   = GDP_EVENT_ALARM_SHELVED,
    [GDP_SUPPRESS_UNSHELVE] = GDP_EVENT_ALARM_UNSHELVED,
    [GDP_SUPPRESS_EXPIRE]   = GDP_EVENT_ALARM_SHELVING_OVER,
    [GDP_SUPPRESS_DESIGN]   = GDP_EVENT_ALARM_SUPPRESSED,
    [GDP_SUPPRESS_RESTORE]  = GDP_EVENT_ALARM_RESTORED,
    [GDP_SUPPRESS_TAKE_OUT] = GDP_EVENT_ALARM_TAKEN_OUT,
    [GDP_SUPPRESS_PUT_BACK] = GDP_EVENT_ALARM_PUT_BACK,
  };

  if (alarm->condition == GDP_CONDITION_FORCED)
    return event == GDP_SUPPRESS_SHELVE ? GDP_EVENT_POINT_FORCED : GDP_EVENT_POINT_RELEASED;
  if (alarm->condition == GDP_CONDITION_VISIT)
    return event == GDP_SUPPRESS_SHELVE ? GDP_EVENT_VISIT_BEGAN : GDP_EVENT_VISIT_ENDED;
  return kinds[event];
}

static void
set_suppression (GdpAlarm *alarm, gint64 until, const char *who, const char *why)
{
  gboolean is = alarm->suppression != GDP_SUPPRESSION_NONE;

  alarm->suppressed_until = is ? until : 0;
  alarm->suppressed_priority = alarm->suppression == GDP_SUPPRESSION_SHELVED ? alarm->priority : 0;
  set_text (&alarm->suppressed_by, is ? who : NULL);
  set_text (&alarm->suppressed_why, is ? why : NULL);
}

/* @value: of a forced one, in words. */
static gboolean
suppress (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpSuppressEvent event, gint64 until, const char *value,
          const char *who, const char *why, gint64 now, GdpChanges *changes)
{
  GdpAlarm *alarm = &held->alarm;
  GdpSuppression was = alarm->suppression;
  g_autofree char *before = suppression_text (alarm);

  if (!gdp_alarm_suppress (alarm, event))
    return FALSE;
  set_suppression (alarm, until, who != NULL ? who : annunciator->who, why);
  g_free (held->restored_by);
  held->restored_by = alarm->suppression == GDP_SUPPRESSION_NONE ? g_strdup (who) : NULL;
  g_autofree char *end = suppression_text (alarm);
  g_autofree char *after = value != NULL ? g_strdup_printf ("%s %s", end, value) : g_steal_pointer (&end);
  note_alarm (annunciator, held, (GdpEvent) { .kind = suppress_kind (alarm, event), .occurred = now, .learned = now,
                                              .who = (char *) who, .text = (char *) why, .before = before, .after = after },
              changes);
  if (gdp_suppress_move (was, event)->renew)
    remind (annunciator, held, now, changes);
  return TRUE;
}

gboolean
gdp_annunciator_suppress (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpSuppressEvent event, gint64 until,
                          const char *who, const char *why, gint64 now, GdpChanges *changes)
{
  return suppress (annunciator, held, event, until, NULL, who, why, now, changes);
}

gboolean
gdp_annunciator_force (GdpAnnunciator *annunciator, GdpHeldAlarm *held, double value, const char *text, gint64 until,
                       const char *who, const char *why, gint64 now, GdpChanges *changes)
{
  held->alarm.value = value;
  return suppress (annunciator, held, GDP_SUPPRESS_SHELVE, until, text, who, why, now, changes);
}

void
gdp_annunciator_design (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const char *why, gint64 now, GdpChanges *changes)
{
  if (held->alarm.suppression == GDP_SUPPRESSION_BY_DESIGN && g_strcmp0 (held->alarm.suppressed_why, why) == 0)
    return;
  gdp_annunciator_suppress (annunciator, held, why != NULL ? GDP_SUPPRESS_DESIGN : GDP_SUPPRESS_RESTORE, 0, NULL, why, now,
                            changes);
}

/* What has come to its time by itself. */
void
gdp_annunciator_fall_due (GdpAnnunciator *annunciator, GdpHeldAlarm *held, gint64 now, GdpChanges *changes)
{
  gint64 due = decision_due (held);

  if (held->moves.moves > 0 && now >= held->moves.since + GDP_MOVES_SPAN)
    note_moves (annunciator, held, gdp_alarm_state (&held->alarm), now, changes);
  if (due == 0 || now < due)
    plan (annunciator, held);
  else if (held->alarm.suppression == GDP_SUPPRESSION_SHELVED)
    gdp_annunciator_suppress (annunciator, held, GDP_SUPPRESS_EXPIRE, 0, NULL, NULL, now, changes);
  else
    remind (annunciator, held, now, changes);
}

void
gdp_annunciator_close (GdpAnnunciator *annunciator, gint64 now, GdpChanges *changes)
{
  for (guint i = 0; i < annunciator->by_number->len; i++) {
    GdpHeldAlarm *held = annunciator->by_number->pdata[i];
    if (held != NULL)
      note_moves (annunciator, held, gdp_alarm_state (&held->alarm), now, changes);
  }
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
