/* SPDX-License-Identifier: GPL-3.0-or-later */
/* State that comes from elsewhere: from the store at start, from the engine's own arrays when the
 * configuration changes. */
#include <math.h>
#include <string.h>

#include "engine-private.h"
#include "words.h"

/* ---- arrays ------------------------------------------------------------------------------- */

static void
group_units_by_link (GdpEngine *engine)
{
  const GdpNetwork *network = engine->network;
  guint next = 0;

  engine->units_by_link = g_new (guint, network->n_units);
  for (guint i = 0; i < network->n_units; i++)
    engine->links[network->units[i].link].n_units++;
  for (guint i = 0; i < network->n_links; i++) {
    engine->links[i].first = next;
    next += engine->links[i].n_units;
    engine->links[i].n_units = 0;
    engine->links[i].hold = G_MAXINT64;
  }
  for (guint i = 0; i < network->n_units; i++) {
    GdpLinkState *link = &engine->links[network->units[i].link];
    engine->units_by_link[link->first + link->n_units++] = i;
    link->hold = MIN (link->hold, (gint64) (gdp_unit_silent_after (&network->units[i]) * GDP_SECOND));
  }
  for (guint i = 0; i < network->n_links; i++) {
    GdpLinkState *link = &engine->links[i];
    link->hold = link->n_units > 0 ? MAX (link->hold, GDP_LEAST_HOLD) : GDP_LEAST_HOLD;
  }
}

void
gdp_engine_allocate (GdpEngine *engine, GdpNetwork *network, gint64 now)
{
  engine->network = gdp_network_ref (network);
  engine->points = g_new0 (GdpPointState, network->n_points);
  engine->units = g_new0 (GdpUnitState, network->n_units);
  engine->links = g_new0 (GdpLinkState, network->n_links);
  for (guint i = 0; i < network->n_points; i++) {
    engine->points[i].scaling.value = NAN;
    engine->points[i].reason = GDP_REASON_WAITING;
    engine->points[i].seen = now;   /* the start of its grace */
    engine->points[i].motion = gdp_motion_new (&network->points[i]);
  }
  for (guint i = 0; i < network->n_units; i++)
    engine->units[i].grace = engine->units[i].since = engine->units[i].stale_due = now;
  for (guint i = 0; i < network->n_links; i++)
    engine->links[i].since = now;
  group_units_by_link (engine);
}

void
gdp_engine_release (GdpEngine *engine)
{
  for (guint i = 0; i < engine->network->n_points; i++) {
    g_free (engine->points[i].late);
    gdp_motion_free (engine->points[i].motion);
  }
  for (guint i = 0; i < engine->network->n_units; i++)
    g_free (engine->units[i].detail);
  for (guint i = 0; i < engine->network->n_links; i++)
    g_free (engine->links[i].detail);
  g_clear_pointer (&engine->points, g_free);
  g_clear_pointer (&engine->units, g_free);
  g_clear_pointer (&engine->links, g_free);
  g_clear_pointer (&engine->units_by_link, g_free);
  g_clear_pointer (&engine->network, gdp_network_unref);
}

/* ---- alarms find their object ------------------------------------------------------------- */

/* What was held when the alarm was active, as far as it is still configured. */
static void
hold_again (GdpPointState *state, const GdpPoint *point, const GdpAlarm *alarm)
{
  GdpLevel mild = alarm->condition == GDP_CONDITION_HIGH ? GDP_LEVEL_H : GDP_LEVEL_L;
  GdpLevel severe = alarm->condition == GDP_CONDITION_HIGH ? GDP_LEVEL_HH : GDP_LEVEL_LL;

  GdpHold *motion = gdp_motion_hold (state->motion, alarm->condition);

  if (!alarm->active)
    return;
  if (motion != NULL) {
    motion->held = TRUE;
  } else if (alarm->condition == GDP_CONDITION_HOURS) {
    gdp_hours_hold (gdp_hours_of (state), alarm->level);
  } else if (alarm->condition == GDP_CONDITION_STATE) {
    state->hold[0].held = TRUE;
  } else if (alarm->condition == GDP_CONDITION_HIGH || alarm->condition == GDP_CONDITION_LOW) {
    gboolean was_severe = alarm->level == severe && point->limits.level[severe].priority != 0;
    state->hold[severe].held = was_severe || point->limits.level[mild].priority == 0;
    state->hold[mild].held = point->limits.level[mild].priority != 0;
  }
}

/* As it is configured: of the level in force, or of the mildest that there is; 0 = not at all. */
static guint8
priority_of (const GdpLimits *limits, const GdpAlarm *alarm)
{
  if (alarm->active && (alarm->condition == GDP_CONDITION_HIGH || alarm->condition == GDP_CONDITION_LOW))
    return limits->level[alarm->level % GDP_N_LEVELS].priority;
  if (alarm->active && alarm->condition == GDP_CONDITION_HOURS)
    return gdp_hours_priority (limits, alarm->level);
  return gdp_condition_priority (alarm->condition, limits);
}

/* What an alarm's id begins with. */
static gpointer
find_object (const GdpNetwork *network, const GdpAlarm *alarm)
{
  const char *dot = strrchr (alarm->id, '.');
  g_autofree char *object = g_strndup (alarm->id, dot ? (gsize) (dot - alarm->id) : 0);

  return g_hash_table_lookup (network->by_id, object);
}

gpointer
gdp_engine_alarm_home (const GdpEngine *engine, const GdpAlarm *alarm)
{
  const GdpNetwork *network = engine->network;
  gpointer found = find_object (network, alarm);
  static const GdpObjectType types[GDP_N_CONDITIONS] = {
    [GDP_CONDITION_HIGH] = GDP_OBJECT_POINT,  [GDP_CONDITION_LOW] = GDP_OBJECT_POINT,
    [GDP_CONDITION_DEVIATION] = GDP_OBJECT_POINT, [GDP_CONDITION_RATE] = GDP_OBJECT_POINT,
    [GDP_CONDITION_HOURS] = GDP_OBJECT_POINT,
    [GDP_CONDITION_STATE] = GDP_OBJECT_POINT, [GDP_CONDITION_FAULT] = GDP_OBJECT_POINT,
    [GDP_CONDITION_FROZEN] = GDP_OBJECT_POINT, [GDP_CONDITION_FORCED] = GDP_OBJECT_POINT,
    [GDP_CONDITION_STALE] = GDP_OBJECT_POINT, [GDP_CONDITION_SILENT] = GDP_OBJECT_UNIT,
    [GDP_CONDITION_REFUSES] = GDP_OBJECT_UNIT, [GDP_CONDITION_LOST] = GDP_OBJECT_LINK,
    [GDP_CONDITION_VISIT] = GDP_OBJECT_UNIT, [GDP_CONDITION_CLOCK] = GDP_OBJECT_UNIT,
  };
  GdpObjectType type = types[alarm->condition];

  if (gdp_condition_is_of_server (alarm->condition) || found == NULL || gdp_object_type (found) != type)
    return NULL;
  if (type == GDP_OBJECT_POINT && alarm->condition != GDP_CONDITION_FORCED
      && !gdp_condition_is_configured (alarm->condition, &network->points[gdp_object_index (found)]))
    return NULL;
  return found;
}

static GdpHeldAlarm **
list_of (GdpEngine *engine, gpointer object, GdpCondition condition, const char **site)
{
  const GdpNetwork *network = engine->network;
  guint index = gdp_object_index (object);

  switch (gdp_object_type (object)) {
  case GDP_OBJECT_LINK:
    *site = NULL;
    return &engine->links[index].alarms;
  case GDP_OBJECT_UNIT:
    *site = network->sites[network->units[index].site].id;
    return condition == GDP_CONDITION_REFUSES ? &engine->units[index].refusal
           : condition == GDP_CONDITION_CLOCK ? &engine->units[index].clock
           : condition == GDP_CONDITION_VISIT ? &engine->units[index].visit : &engine->units[index].alarms;
  default:
    *site = network->sites[network->points[index].site].id;
    return &engine->points[index].alarms;
  }
}

/* Hangs the alarm on its object, or leaves it to be cleared. */
static void
settle_in (GdpHeldAlarm *held, gpointer user_data)
{
  GdpEngine *engine = user_data;
  gpointer object = gdp_engine_alarm_home (engine, &held->alarm);

  held->next = NULL;
  held->site = NULL;
  gdp_annunciator_configure (engine->annunciator, held, FALSE, 0);
  if (gdp_condition_is_of_server (held->alarm.condition))   /* no configuration tells of them */
    return;
  if (object == NULL) {
    if (held->alarm.active || held->alarm.suppression != GDP_SUPPRESSION_NONE)
      g_ptr_array_add (engine->homeless, held);
    return;
  }
  GdpHeldAlarm **list = list_of (engine, object, held->alarm.condition, &held->site);
  held->next = *list;
  *list = held;
  if (gdp_object_type (object) == GDP_OBJECT_POINT) {
    const GdpPoint *point = &engine->network->points[gdp_object_index (object)];
    gdp_engine_configure_alarm (engine, held, &point->limits);
    hold_again (&engine->points[gdp_object_index (object)], point, &held->alarm);
    gdp_engine_hold_forced (engine, gdp_object_index (object), &held->alarm);
  }
}

GdpHeldAlarm *
gdp_engine_hold_alarm (GdpEngine *engine, const char *id)
{
  GdpHeldAlarm *held = gdp_annunciator_find (engine->annunciator, id);
  const char *dot = strrchr (id, '.');
  GdpAlarm alarm = { .id = id, .acked = TRUE, .value = NAN, .limit = NAN };

  if (held != NULL)
    return held;
  if (dot == NULL || !gdp_condition_parse (dot + 1, &alarm.condition))
    return NULL;
  gpointer object = gdp_engine_alarm_home (engine, &alarm);
  if (object == NULL)
    return NULL;
  gboolean of_point = gdp_object_type (object) == GDP_OBJECT_POINT;
  const GdpLimits *limits = of_point ? &engine->network->points[gdp_object_index (object)].limits : NULL;
  alarm.priority = gdp_condition_priority (alarm.condition, limits);
  alarm.level = gdp_condition_level (alarm.condition, limits);
  held = gdp_annunciator_add (engine->annunciator, &alarm);
  settle_in (held, engine);
  return held;
}

/* Nobody could end it any more. */
static void
end_suppression (GdpEngine *engine, GdpHeldAlarm *held, gint64 now, GdpChanges *changes)
{
  static const GdpSuppressEvent ends[GDP_N_SUPPRESSIONS] = {
    [GDP_SUPPRESSION_SHELVED] = GDP_SUPPRESS_UNSHELVE, [GDP_SUPPRESSION_BY_DESIGN] = GDP_SUPPRESS_RESTORE,
    [GDP_SUPPRESSION_OUT_OF_SERVICE] = GDP_SUPPRESS_PUT_BACK,
  };

  if (held->alarm.suppression != GDP_SUPPRESSION_NONE)
    gdp_annunciator_suppress (engine->annunciator, held, ends[held->alarm.suppression], 0, NULL, N_("no longer configured"),
                              now, changes);
}

void
gdp_engine_clear_homeless (GdpEngine *engine, gint64 now, GdpChanges *changes)
{
  for (guint i = 0; i < engine->homeless->len; i++) {
    GdpHeldAlarm *held = g_ptr_array_index (engine->homeless, i);

    end_suppression (engine, held, now, changes);
    gdp_annunciator_doubt (held, GDP_REASON_NONE, changes);
    gdp_annunciator_move (engine->annunciator, held, GDP_ALARM_CLEAR,
                          &(GdpNews) { .occurred = now, .learned = now, .value = held->alarm.value,
                                       .text = N_("no longer configured") }, changes);
  }
  g_ptr_array_set_size (engine->homeless, 0);
}

/* ---- from the store ----------------------------------------------------------------------- */

void
gdp_engine_restore_alarm (GdpEngine *engine, const GdpAlarm *alarm)
{
  g_return_if_fail (alarm->condition < GDP_N_CONDITIONS);
  if (gdp_annunciator_find (engine->annunciator, alarm->id) != NULL)
    return;

  GdpHeldAlarm *held = gdp_annunciator_add (engine->annunciator, alarm);
  gpointer object = gdp_engine_alarm_home (engine, alarm);

  settle_in (held, engine);
  if (object != NULL && gdp_alarm_state (alarm) != GDP_ALARM_NORMAL)
    held->alarm.reason = GDP_REASON_WAITING;
  if (object != NULL && alarm->condition == GDP_CONDITION_LOST && alarm->active) {
    /* Why it was lost is not remembered. Where silence can have been the reason, only an answer ends
     * it: a line that opens but stays silent would else sound again after every restart. */
    GdpLinkState *link = &engine->links[gdp_object_index (object)];
    link->loss = link->n_units > 1 ? GDP_LINK_LOST_BY_SILENCE : GDP_LINK_LOST_BY_REPORT;
  }
}

void
gdp_engine_restore_reading (GdpEngine *engine, const GdpReading *reading)
{
  guint index = gdp_network_point_by_key (engine->network, reading->point);

  if (index == G_MAXUINT || !isfinite (reading->value) || engine->points[index].forced)
    return;
  GdpPointState *state = &engine->points[index];
  state->scaling.value = state->shown = reading->value;
  /* 0 would say that there is no value yet. Records of events come in order, so that any is newer; a reading of
   * one may have been dated by us. */
  state->dated_here = engine->network->points[index].by_event;
  state->scaling.time = state->dated_here ? 1 : MAX (reading->time, 1);
  state->shown_at = MAX (reading->received, 1);
  state->restored = (guint8) reading->reason;

  /* A value that came from the unit says when it was last heard; the marks of silence do not. */
  guint unit = engine->network->points[index].unit;
  if (unit < engine->network->n_units && reading->reason != GDP_REASON_STALE
      && reading->reason != GDP_REASON_WAITING && reading->reason != GDP_REASON_NO_COMMUNICATION)
    engine->units[unit].seen = MAX (engine->units[unit].seen, MIN (reading->received, engine->now));
}

static void
sleep_again (GdpEngine *engine, guint unit, const GdpContactInfo *contact)
{
  const GdpUnit *own = &engine->network->units[unit];
  GdpUnitState *state = &engine->units[unit];

  if (engine->network->links[own->link].kind != GDP_LINK_BBT || state->state != GDP_CONTACT_UNKNOWN
      || (contact->state != GDP_CONTACT_OK && contact->state != GDP_CONTACT_SLEEPING))
    return;
  state->seen = MAX (state->seen, MIN (contact->seen, engine->now));
  gdp_engine_note_asleep (engine, unit, engine->now, contact->next_call);
}

void
gdp_engine_restore_contacts (GdpEngine *engine, const GPtrArray *contacts)
{
  g_autoptr (GHashTable) by_key = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < contacts->len; i++) {
    GdpContactInfo *contact = g_ptr_array_index (contacts, i);
    if (!contact->link)
      g_hash_table_insert (by_key, &contact->key, contact);
  }
  for (guint i = 0; i < engine->network->n_units; i++) {
    const GdpContactInfo *contact = g_hash_table_lookup (by_key, &engine->network->units[i].key);
    if (contact != NULL)
      sleep_again (engine, i, contact);
  }
}

/* ---- from an earlier configuration -------------------------------------------------------- */

static void
carry_link (GdpEngine *engine, guint index, GdpLinkState *from)
{
  GdpLinkState *to = &engine->links[index];

  to->seen = from->seen;
  to->since = from->since;
  to->state = from->state;
  to->loss = from->loss;
  to->works = from->works;
  to->failed = gdp_link_kind_dials_in (engine->network->links[index].kind) ? 0 : from->failed;
  to->detail = g_steal_pointer (&from->detail);
}

/* Whether it is overdue is decided anew: its time may be another one now. */
static void
carry_unit (GdpEngine *engine, guint index, GdpUnitState *from)
{
  GdpUnitState *to = &engine->units[index];

  to->seen = from->seen;
  to->grace = from->grace;
  to->since = from->since;
  to->shown = from->shown;
  to->state = from->state;
  to->waited = from->waited;
  to->refused = from->refused;
  to->mistimed = from->mistimed;
  to->asleep = from->asleep;
  to->next_call = from->next_call;
  to->detail = g_steal_pointer (&from->detail);
}

static gboolean
same_scaling (const GdpScaling *a, const GdpScaling *b)
{
  return a->signal == b->signal && a->low == b->low && a->high == b->high && a->damping == b->damping
         && a->debounce == b->debounce && a->invert == b->invert;
}

/* @judged: (element-type guint): those with other limits than before are added. */
static void
carry_point (GdpEngine *engine, guint index, const GdpPoint *was, GdpPointState *from, GArray *judged)
{
  const GdpPoint *is = &engine->network->points[index];
  GdpPointState *to = &engine->points[index];

  to->shown = from->shown;
  to->shown_at = from->shown_at;
  to->seen = from->seen;
  if (!same_scaling (&is->scaling, &was->scaling) || is->kind != was->kind)
    return;   /* waits for a sample: the old number is of another scale */
  to->scaling = from->scaling;
  to->settle_due = from->settle_due;
  to->reason = from->reason;
  to->beneath = from->beneath;
  /* Padding may differ too; then it is judged once more, which changes nothing. */
  gboolean same = memcmp (&is->limits, &was->limits, sizeof is->limits) == 0;
  gdp_motion_carry (to, is, from->motion, same);
  if (!same) {
    g_array_append_val (judged, index);   /* what is active holds already; a delay begins anew */
    return;
  }
  memcpy (to->hold, from->hold, sizeof to->hold);
}

static void
rank_alarms (GdpEngine *engine, guint index, gint64 now, GdpChanges *changes)
{
  const GdpLimits *limits = &engine->network->points[index].limits;

  for (GdpHeldAlarm *held = engine->points[index].alarms; held != NULL; held = held->next) {
    const GdpAlarm *alarm = &held->alarm;
    guint8 priority = priority_of (limits, alarm);
    if (alarm->active && priority != 0)
      gdp_annunciator_rank (engine->annunciator, held, priority, now, changes);
  }
}

static void
carry_all (GdpEngine *engine, GdpEngine *old, GArray *judged)
{
  const GdpNetwork *network = engine->network, *before = old->network;
  guint from;

  for (guint i = 0; i < network->n_links; i++)
    if ((from = gdp_network_find_link (before, network->links[i].id)) != G_MAXUINT)
      carry_link (engine, i, &old->links[from]);
  for (guint i = 0; i < network->n_units; i++)
    if ((from = gdp_network_find_unit (before, network->units[i].id)) != G_MAXUINT)
      carry_unit (engine, i, &old->units[from]);
  for (guint i = 0; i < network->n_points; i++) {
    from = gdp_network_find_point (before, network->points[i].id);
    if (from == G_MAXUINT)
      from = gdp_network_point_by_key (before, network->points[i].key);
    if (from != G_MAXUINT)
      carry_point (engine, i, &before->points[from], &old->points[from], judged);
  }
}

typedef struct { const GdpNetwork *part; GPtrArray *found; } Elsewhere;

static void
note_elsewhere (GdpHeldAlarm *held, gpointer user_data)
{
  Elsewhere *elsewhere = user_data;

  if (find_object (elsewhere->part, &held->alarm) == NULL && find_object (elsewhere->part->whole, &held->alarm) != NULL)
    g_ptr_array_add (elsewhere->found, held);
}

/* What is left of the network is a part of it: how alarms of the rest are is for another server to say. */
static void
forget_elsewhere (GdpEngine *engine, const GdpNetwork *network)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  if (network->whole == NULL)
    return;
  gdp_annunciator_foreach (engine->annunciator, note_elsewhere, &(Elsewhere) { network, found });
  for (guint i = 0; i < found->len; i++)
    gdp_annunciator_forget (engine->annunciator, found->pdata[i]);
}

void
gdp_engine_set_network (GdpEngine *engine, GdpNetwork *network, gint64 now, GdpChanges *changes)
{
  g_autoptr (GArray) judged = g_array_new (FALSE, FALSE, sizeof (guint));
  GdpEngine old = *engine;

  now = gdp_engine_enter (engine, now);
  gdp_engine_close_flaps (engine, now, changes);   /* they are by index */
  g_array_set_size (engine->deadlines, 0);
  g_ptr_array_set_size (engine->homeless, 0);
  gdp_engine_allocate (engine, network, now);
  forget_elsewhere (engine, network);
  gdp_annunciator_foreach (engine->annunciator, settle_in, engine);
  carry_all (engine, &old, judged);
  gdp_engine_release (&old);

  gdp_engine_clear_homeless (engine, now, changes);
  for (guint i = 0; i < network->n_points; i++)
    rank_alarms (engine, i, now, changes);
  gdp_engine_begin_hours (engine, now);
  for (guint i = 0; i < judged->len; i++)
    gdp_engine_judge_limits (engine, g_array_index (judged, guint, i), now, changes);
  for (guint i = 0; i < network->n_points; i++)
    gdp_engine_queue_point (engine, i);
  for (guint i = 0; i < network->n_links; i++)
    gdp_engine_queue (engine, GDP_OBJECT_LINK, i, &engine->links[i].queued, now);
  for (guint i = 0; i < network->n_units; i++)
    gdp_engine_settle_unit (engine, i, now, changes);
}
