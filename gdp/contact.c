/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units and links: who answers, and whose fault it is when nobody does.
 *
 * Silence is counted per unit, and staleness is looked for unit by unit when it can first have
 * come, so that a sample costs nothing of it. When a unit falls silent while no other unit of its
 * link has answered since, its alarm is held back for the link's hold: either all fall silent and
 * it is the link, or it is the unit after all. */
#include <math.h>
#include <string.h>

#include "engine-private.h"
#include "words.h"

/* How often a contact that stays well is told again: ten times within its patience, but no more often than the
 * first and no more rarely than the second. */
#define SHOW_OFTEN  (2 * GDP_SECOND)
#define SHOW_RARELY (20 * GDP_SECOND)
#define CLOCK_PATIENCE (300 * GDP_SECOND)   /* whoever calls is told the time: only who cannot keep it needs a person */
#define WAIT_SHOWN  (2 * GDP_SECOND)   /* a quick first answer spares the "waiting" readings */

static gint64
silent_after (const GdpEngine *engine, guint unit)
{
  return gdp_unit_silent_after (&engine->network->units[unit]) * GDP_SECOND;
}

static GdpLinkState *
link_of (const GdpEngine *engine, guint unit)
{
  return &engine->links[engine->network->units[unit].link];
}

static void
set_alarm (GdpEngine *engine, GdpHeldAlarm **held, const char *object, const char *site, GdpCondition condition,
           gboolean active, const char *text, gint64 now, GdpChanges *changes)
{
  if (*held == NULL && !active)
    return;
  if (*held == NULL) {
    *held = gdp_annunciator_get (engine->annunciator, object, condition);
    (*held)->site = site;
  }
  gdp_annunciator_doubt (*held, GDP_REASON_NONE, changes);
  gdp_annunciator_move (engine->annunciator, *held, active ? GDP_ALARM_OCCUR : GDP_ALARM_CLEAR,
                        &(GdpNews) { .occurred = now, .learned = now, .value = NAN, .limit = NAN,
                                     .priority = gdp_condition_priority (condition, NULL), .text = text }, changes);
}

/* ---- units -------------------------------------------------------------------------------- */

static const char *
why_silent (const GdpEngine *engine, guint unit)
{
  const GdpUnitState *state = &engine->units[unit];
  return state->detail ? state->detail : link_of (engine, unit)->detail;
}

/* When it will have been quiet for too long. */
static gint64
overdue_at (const GdpEngine *engine, guint unit)
{
  const GdpUnitState *state = &engine->units[unit];

  if (state->asleep && state->next_call != 0)
    return MAX (state->next_call, state->grace) + GDP_CALL_GRACE;
  return MAX (state->seen, state->grace) + silent_after (engine, unit);
}

static void
show_unit (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes)
{
  GdpUnitState *state = &engine->units[unit];

  state->shown = now;
  state->untold = FALSE;
  g_ptr_array_add (changes->contacts, gdp_contact_info_copy (&(GdpContactInfo) {
    .key = engine->network->units[unit].key, .state = state->state, .seen = state->seen, .since = state->since,
    .next_call = state->next_call,
    .detail = state->state == GDP_CONTACT_SILENT ? (char *) why_silent (engine, unit) : NULL }));
}

static void
set_unit_state (GdpEngine *engine, guint unit, GdpContactState wanted, gint64 now, GdpChanges *changes)
{
  const GdpUnit *own = &engine->network->units[unit];
  GdpUnitState *state = &engine->units[unit];
  GdpContactState before = state->state;

  state->state = wanted;
  state->since = now;
  show_unit (engine, unit, now, changes);
  if (before == GDP_CONTACT_SILENT || wanted == GDP_CONTACT_SILENT)   /* to sleep and to wake is everyday */
    gdp_annunciator_note (engine->annunciator, (GdpEvent) {
      .kind = wanted == GDP_CONTACT_SILENT ? GDP_EVENT_UNIT_SILENT : GDP_EVENT_UNIT_BACK,
      .occurred = now, .learned = now, .site = (char *) engine->network->sites[own->site].id,
      .object = (char *) own->id,
      .text = wanted == GDP_CONTACT_SILENT ? (char *) why_silent (engine, unit) : NULL }, changes);
}

static void
set_unit_alarm (GdpEngine *engine, guint unit, gboolean active, gint64 now, GdpChanges *changes)
{
  const GdpUnit *own = &engine->network->units[unit];

  set_alarm (engine, &engine->units[unit].alarms, own->id, engine->network->sites[own->site].id,
             GDP_CONDITION_SILENT, active, active ? why_silent (engine, unit) : NULL, now, changes);
}

void
gdp_engine_each_point (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes,
                       void (*visit) (GdpEngine *engine, guint point, gint64 now, GdpChanges *changes))
{
  const GdpSite *site = &engine->network->sites[engine->network->units[unit].site];

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++)
    if (engine->network->points[i].unit == unit)
      visit (engine, i, now, changes);
}

void
gdp_engine_unit_refused (GdpEngine *engine, guint unit, gboolean refused, gint64 now, GdpChanges *changes)
{
  const GdpUnit *own = &engine->network->units[unit];
  GdpUnitState *state = &engine->units[unit];
  gboolean before = state->refused != 0;

  if (!refused)
    state->refused = 0;
  else if (!before)
    state->refused = now;
  if (!refused || now - state->refused >= silent_after (engine, unit))
    set_alarm (engine, &state->refusal, own->id, engine->network->sites[own->site].id, GDP_CONDITION_REFUSES,
               refused, refused ? N_("wrong address, or a register profile that is not its own?") : NULL, now, changes);
  if (refused != before)
    gdp_engine_each_point (engine, unit, now, changes, gdp_engine_judge_exception);
}

void
gdp_engine_unit_timed (GdpEngine *engine, guint unit, gboolean trusted, gint64 now, GdpChanges *changes)
{
  const GdpUnit *own = &engine->network->units[unit];
  GdpUnitState *state = &engine->units[unit];

  state->mistimed = trusted ? 0 : state->mistimed != 0 ? state->mistimed : now;
  if (trusted || now - state->mistimed >= CLOCK_PATIENCE)
    set_alarm (engine, &state->clock, own->id, engine->network->sites[own->site].id, GDP_CONDITION_CLOCK, !trusted, NULL, now,
               changes);
}

static void
mark_points (GdpEngine *engine, guint unit, GdpReason reason, gint64 now, GdpChanges *changes)
{
  const GdpSite *site = &engine->network->sites[engine->network->units[unit].site];

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++)
    if (engine->network->points[i].unit == unit)
      gdp_engine_mark_point (engine, i, reason, now, changes);
}

/* Its next rows are of another run. */
static void
forget_late (GdpEngine *engine, guint unit)
{
  const GdpSite *site = &engine->network->sites[engine->network->units[unit].site];

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++)
    if (engine->network->points[i].unit == unit)
      g_clear_pointer (&engine->points[i].late, g_free);
}

static void
fall_silent (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes)
{
  if (engine->units[unit].state == GDP_CONTACT_SILENT)
    return;
  set_unit_state (engine, unit, GDP_CONTACT_SILENT, now, changes);
  engine->units[unit].refused = 0;
  if (engine->units[unit].refusal != NULL)
    gdp_annunciator_doubt (engine->units[unit].refusal, GDP_REASON_NO_COMMUNICATION, changes);
  forget_late (engine, unit);
  mark_points (engine, unit, GDP_REASON_NO_COMMUNICATION, now, changes);
}

/* Points that a living unit no longer refreshes. Remembers when to look again. */
static void
look_for_stale (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes)
{
  const GdpUnit *own = &engine->network->units[unit];
  const GdpSite *site = &engine->network->sites[own->site];
  gint64 next = G_MAXINT64;

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    GdpReason reason = gdp_engine_measured (&engine->points[i]);
    if (engine->network->points[i].unit != unit
        || reason == GDP_REASON_STALE || reason == GDP_REASON_CONFIGURATION)
      continue;
    gint64 due = gdp_engine_stale_due (engine, i);
    if (due > now)
      next = MIN (next, due);
    else
      gdp_engine_mark_point (engine, i,
                             gdp_profile_find (own->profile, engine->network->points[i].channel) == NULL
                               ? GDP_REASON_CONFIGURATION : GDP_REASON_STALE, now, changes);
  }
  engine->units[unit].stale_due = next;
}

/* Restored values were true before the server started; say so when the first answer keeps us waiting. */
static void
say_waiting (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes)
{
  const GdpSite *site = &engine->network->sites[engine->network->units[unit].site];

  engine->units[unit].waited = TRUE;
  show_unit (engine, unit, now, changes);
  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    GdpPointState *state = &engine->points[i];
    if (engine->network->points[i].unit != unit || isnan (state->scaling.value))
      continue;
    state->reason = GDP_REASON_NONE;   /* as the store still says: so that it shows as a change */
    for (GdpHeldAlarm *held = state->alarms; held != NULL; held = held->next)
      held->alarm.reason = GDP_REASON_NONE;
    gdp_engine_mark_point (engine, i, GDP_REASON_WAITING, now, changes);
  }
}

static void
fall_asleep (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes)
{
  const GdpSite *site = &engine->network->sites[engine->network->units[unit].site];

  if (engine->units[unit].state == GDP_CONTACT_UNKNOWN)
    for (guint i = site->first_point; i < site->first_point + site->n_points; i++)
      if (engine->network->points[i].unit == unit)
        gdp_engine_trust_point (engine, i, changes);
  set_unit_state (engine, unit, GDP_CONTACT_SLEEPING, now, changes);
  forget_late (engine, unit);
}

/* Its points may become stale: it was heard, and is not known to be silent. */
static gboolean
is_there (const GdpUnitState *state)
{
  return state->state == GDP_CONTACT_OK || state->state == GDP_CONTACT_SLEEPING;
}

static void
queue_unit (GdpEngine *engine, guint unit)
{
  GdpUnitState *state = &engine->units[unit];
  gint64 due = G_MAXINT64;

  if (!state->overdue)
    due = overdue_at (engine, unit);
  else if (state->alarm_due != 0)
    due = state->alarm_due;
  if (is_there (state) && !state->overdue)
    due = MIN (due, state->stale_due);
  if (state->state == GDP_CONTACT_UNKNOWN && !state->waited)
    due = MIN (due, state->grace + WAIT_SHOWN);
  if (due != G_MAXINT64)
    gdp_engine_queue (engine, GDP_OBJECT_UNIT, unit, &state->queued, due);
}

/* ---- links -------------------------------------------------------------------------------- */

static void
set_link_state (GdpEngine *engine, guint link, GdpContactState wanted, gint64 now, GdpChanges *changes)
{
  const GdpLink *own = &engine->network->links[link];
  GdpLinkState *state = &engine->links[link];
  gboolean silent = wanted == GDP_CONTACT_SILENT;

  if (state->state == wanted)
    return;
  if (state->state == GDP_CONTACT_SILENT || silent)
    gdp_annunciator_note (engine->annunciator, (GdpEvent) {
      .kind = silent ? GDP_EVENT_LINK_LOST : GDP_EVENT_LINK_BACK, .occurred = now, .learned = now,
      .object = (char *) own->id, .text = silent ? state->detail : NULL }, changes);
  state->state = wanted;
  state->since = now;
  g_ptr_array_add (changes->contacts, gdp_contact_info_copy (&(GdpContactInfo) {
    .link = TRUE, .key = own->key, .state = wanted, .seen = state->seen, .since = now,
    .detail = silent ? state->detail : NULL }));
}

static void
lose_link (GdpEngine *engine, guint link, GdpLinkLoss loss, gint64 now, GdpChanges *changes)
{
  const char *id = engine->network->links[link].id;
  GdpLinkState *state = &engine->links[link];

  state->loss = loss;
  set_link_state (engine, link, GDP_CONTACT_SILENT, now, changes);
  set_alarm (engine, &state->alarms, id, NULL, GDP_CONDITION_LOST, TRUE, state->detail, now, changes);
  for (guint i = state->first; i < state->first + state->n_units; i++) {
    guint unit = engine->units_by_link[i];
    GdpUnitState *below = &engine->units[unit];

    below->alarm_due = 0;
    fall_silent (engine, unit, now, changes);
    if (below->alarms != NULL && below->alarms->alarm.active)
      gdp_annunciator_design (engine->annunciator, below->alarms, state->alarms->alarm.id, now, changes);
    gdp_engine_design_below (engine, unit, now, changes);
  }
}

/* The link works: what was suppressed for its sake speaks for itself again, and every unit gets
 * its full time to answer; but when the link was never lost, a unit gets more time only once without
 * an answer, or one that makes the link fail whenever it is asked would never be called silent. */
static void
regain_link (GdpEngine *engine, guint link, gint64 now, GdpChanges *changes)
{
  GdpLinkState *state = &engine->links[link];
  gboolean lost = state->loss != GDP_LINK_IN_USE || state->state == GDP_CONTACT_UNKNOWN;

  state->loss = GDP_LINK_IN_USE;
  state->failed = 0;
  state->n_overdue = 0;
  g_clear_pointer (&state->detail, g_free);
  set_link_state (engine, link, GDP_CONTACT_OK, now, changes);
  set_alarm (engine, &state->alarms, engine->network->links[link].id, NULL, GDP_CONDITION_LOST, FALSE,
             NULL, now, changes);
  for (guint i = state->first; i < state->first + state->n_units; i++) {
    guint unit = engine->units_by_link[i];
    GdpUnitState *below = &engine->units[unit];

    if (lost || below->seen >= below->grace)
      below->grace = now;
    below->overdue = FALSE;
    below->alarm_due = 0;
    if (below->alarms != NULL)
      gdp_annunciator_design (engine->annunciator, below->alarms, NULL, now, changes);
    queue_unit (engine, unit);
  }
}

void
gdp_engine_wake_link (GdpEngine *engine, guint link, gint64 now, GdpChanges *changes)
{
  GdpLinkState *state = &engine->links[link];

  if (state->works) {
    state->works = FALSE;
    if (state->loss != GDP_LINK_LOST_BY_SILENCE)   /* that ends when somebody answers */
      regain_link (engine, link, now, changes);
  }
  if (state->failed == 0 || state->loss == GDP_LINK_LOST_BY_REPORT)
    return;
  if (state->loss == GDP_LINK_LOST_BY_SILENCE)   /* the report names the cause of what is lost already */
    state->loss = GDP_LINK_LOST_BY_REPORT;
  else if (now >= state->failed + state->hold)
    lose_link (engine, link, GDP_LINK_LOST_BY_REPORT, now, changes);
  else
    gdp_engine_queue (engine, GDP_OBJECT_LINK, link, &state->queued, state->failed + state->hold);
}

static gboolean
note_detail (char **kept, const char *detail)
{
  if (detail == NULL || g_strcmp0 (*kept, detail) == 0)
    return FALSE;
  g_free (*kept);
  *kept = g_strdup (detail);
  return TRUE;
}

void
gdp_engine_note_unit_failed (GdpEngine *engine, guint unit, gint64 now, const char *detail)
{
  GdpUnitState *state = &engine->units[unit];

  /* Its silence may have been told before its cause was known. */
  if (note_detail (&state->detail, detail) && state->state == GDP_CONTACT_SILENT) {
    state->untold = TRUE;
    gdp_engine_queue (engine, GDP_OBJECT_UNIT, unit, &state->queued, now);
  }
}

void
gdp_engine_note_asleep (GdpEngine *engine, guint unit, gint64 now, gint64 next_call)
{
  GdpUnitState *state = &engine->units[unit];

  state->asleep = TRUE;
  state->next_call = next_call > state->seen && next_call <= now + GDP_FARTHEST_CALL ? next_call : 0;
  gdp_engine_queue (engine, GDP_OBJECT_UNIT, unit, &state->queued, now);
}

void
gdp_engine_note_link_expected (GdpEngine *engine, guint link, gint64 now, gint64 next_call)
{
  const GdpLinkState *state = &engine->links[link];

  for (guint i = state->first; i < state->first + state->n_units; i++)
    gdp_engine_note_asleep (engine, engine->units_by_link[i], now, next_call);
}

void
gdp_engine_note_link_failed (GdpEngine *engine, guint link, gint64 now, const char *detail)
{
  GdpLinkState *state = &engine->links[link];

  note_detail (&state->detail, detail);
  /* A modem's session is not a line: it comes and goes, and only the unit's silence counts. */
  if (gdp_link_kind_dials_in (engine->network->links[link].kind) || state->failed != 0)
    return;
  state->failed = now;
  state->works = FALSE;
  gdp_engine_queue (engine, GDP_OBJECT_LINK, link, &state->queued,
                    state->loss == GDP_LINK_IN_USE ? now + state->hold : now);
}

void
gdp_engine_note_link_working (GdpEngine *engine, guint link, gint64 now)
{
  GdpLinkState *state = &engine->links[link];

  /* Only a change counts: "works" may be said as often as one likes without giving the units more time. */
  if (state->failed == 0 && state->loss != GDP_LINK_LOST_BY_REPORT && state->state != GDP_CONTACT_UNKNOWN)
    return;
  state->failed = 0;
  state->works = TRUE;
  gdp_engine_queue (engine, GDP_OBJECT_LINK, link, &state->queued, now);
}

/* ---- silence ------------------------------------------------------------------------------ */

void
gdp_engine_unit_answered (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes)
{
  GdpUnitState *state = &engine->units[unit];
  GdpLinkState *link = link_of (engine, unit);

  state->seen = link->seen = now;
  state->asleep = FALSE;
  state->next_call = 0;
  if (link->state != GDP_CONTACT_OK || link->failed != 0)   /* an answer proves that it works */
    regain_link (engine, engine->network->units[unit].link, now, changes);
  if (state->overdue) {
    state->overdue = FALSE;
    link->n_overdue--;
  }
  state->alarm_due = 0;
  if (state->state == GDP_CONTACT_OK) {
    if (now - state->shown >= CLAMP (silent_after (engine, unit) / 10, SHOW_OFTEN, SHOW_RARELY))
      show_unit (engine, unit, now, changes);
  } else {
    g_clear_pointer (&state->detail, g_free);
    state->stale_due = now;
    set_unit_state (engine, unit, GDP_CONTACT_OK, now, changes);
    set_unit_alarm (engine, unit, FALSE, now, changes);
    gdp_engine_design_below (engine, unit, now, changes);
    gdp_engine_each_point (engine, unit, now, changes, gdp_engine_believe_point);
  }
  if (state->queued == 0)
    queue_unit (engine, unit);
}

/* Nobody on the link has answered since this unit should have: it may be the link. */
static gboolean
may_be_the_link (const GdpEngine *engine, guint unit)
{
  const GdpUnitState *state = &engine->units[unit];
  const GdpLinkState *link = link_of (engine, unit);
  gint64 missed = MAX (state->seen, state->grace) + (gint64) (engine->network->units[unit].period * GDP_SECOND);

  return link->n_units > 1 && link->seen <= missed;
}

static void
decide_silence (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes)
{
  GdpUnitState *state = &engine->units[unit];
  GdpLinkState *link = link_of (engine, unit);

  if (!state->overdue) {
    state->overdue = TRUE;
    link->n_overdue++;
    fall_silent (engine, unit, now, changes);
    state->alarm_due = may_be_the_link (engine, unit) ? now + link->hold : now;
  }
  if (link->loss != GDP_LINK_IN_USE || link->failed != 0) {   /* that is the alarm, or will be */
    state->alarm_due = 0;
  } else if (link->n_units > 1 && link->n_overdue == link->n_units) {
    lose_link (engine, engine->network->units[unit].link, GDP_LINK_LOST_BY_SILENCE, now, changes);
  } else if (state->alarm_due != 0 && now >= state->alarm_due) {
    state->alarm_due = 0;
    set_unit_alarm (engine, unit, TRUE, now, changes);
  }
  gdp_engine_design_below (engine, unit, now, changes);
}

void
gdp_engine_wake_unit (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes)
{
  GdpUnitState *state = &engine->units[unit];

  if (state->untold)
    show_unit (engine, unit, now, changes);
  if (state->asleep && state->state != GDP_CONTACT_SLEEPING && !state->overdue && state->state != GDP_CONTACT_SILENT)
    fall_asleep (engine, unit, now, changes);
  if (state->state == GDP_CONTACT_UNKNOWN && !state->waited && now >= state->grace + WAIT_SHOWN)
    say_waiting (engine, unit, now, changes);
  if (state->overdue || now >= overdue_at (engine, unit))
    decide_silence (engine, unit, now, changes);
  else if (is_there (state) && now >= state->stale_due)
    look_for_stale (engine, unit, now, changes);
  queue_unit (engine, unit);
}

void
gdp_engine_settle_unit (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes)
{
  GdpUnitState *state = &engine->units[unit];
  GdpLinkState *link = link_of (engine, unit);
  gboolean lost = link->loss != GDP_LINK_IN_USE;

  if (lost)
    fall_silent (engine, unit, now, changes);
  if (state->state == GDP_CONTACT_SILENT)
    mark_points (engine, unit, GDP_REASON_NO_COMMUNICATION, now, changes);
  if (state->alarms != NULL && (!lost || state->alarms->alarm.active))
    gdp_annunciator_design (engine->annunciator, state->alarms, lost ? link->alarms->alarm.id : NULL,
                              now, changes);
  gdp_engine_design_below (engine, unit, now, changes);
  queue_unit (engine, unit);
}
