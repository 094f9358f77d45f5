/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine under random samples, failures, ticks, acknowledgements, restarts: what must hold always. */
#include <stdlib.h>
#include <string.h>

#include "plant.h"

#define STEPS 4000

/* What the store would hold: the latest state of every alarm and point. */
typedef struct {
  Plant       plant;
  GRand      *rand;
  GHashTable *alarms;      /* id → GdpAlarm */
  GHashTable *readings;    /* key → GdpReading */
  GHashTable *late;        /* keys of points whose late records could be judged */
  GHashTable *owed;        /* id → occurrences that the journal has not got yet */
  GString    *log;         /* everything that came out, for comparing two runs */
  const char *acked;       /* the alarm that a person decides on in this step, or NULL */
  guint       restarts, acks, raised;
} World;

/* In all runs: rare in each. */
static guint n_shelved, n_over, n_reset, n_reminded, n_folded, n_forced;

static PlantSetup
busy (void)
{
  PlantSetup setup = usual ();

  setup.pressure.level[GDP_LEVEL_H].on_delay = 1.5f;
  setup.pressure.level[GDP_LEVEL_H].off_delay = 2;
  setup.pressure.level[GDP_LEVEL_L].off_delay = 1;
  setup.pressure.stale_priority = setup.stale_priority = 4;
  setup.pressure.remind_after = 4;
  setup.pressure.latches = TRUE;
  setup.pressure.deviation = (GdpLimit) { .value = 0.5, .deadband = 0.1, .on_delay = 0.5f, .priority = 3 };
  setup.pressure.set_point = 2.3;
  setup.pressure.rate = (GdpLimit) { .value = 0.9, .deadband = 0.2, .off_delay = 1, .priority = 3 };
  setup.pressure.rate_window = 4;
  setup.pressure.frozen_after = 1;   /* what is odd comes again */
  setup.pressure.frozen_priority = 4;
  setup.door_on = 1;
  setup.debounce = 0.3;
  return setup;
}

/* With @kind: of the alarm's own moves; what the journal alone has says no before and after. */
static gboolean
has_event (World *world, const char *alarm, GdpEventKind kind)
{
  GPtrArray *events = world->plant.changes->events;

  for (guint i = 0; i < events->len; i++) {
    GdpEvent *event = g_ptr_array_index (events, i);
    if (g_strcmp0 (event->object, alarm) == 0 && (kind == GDP_N_EVENT_KINDS || (event->kind == kind && event->before != NULL)))
      return TRUE;
  }
  return FALSE;
}

/* Occurrences of which the journal tells in this step. */
static guint
told_occurrences (World *world, const char *alarm)
{
  guint n = 0;

  for (guint i = 0; i < world->plant.changes->events->len; i++) {
    const GdpEvent *event = world->plant.changes->events->pdata[i];
    if (g_strcmp0 (event->object, alarm) != 0 || event->before == NULL)   /* what the journal alone has is no move */
      continue;
    n += event->kind == GDP_EVENT_ALARM_OCCURRED || event->kind == GDP_EVENT_ALARM_RECURRED
         || event->kind == GDP_EVENT_ALARM_ESCALATED || event->kind == GDP_EVENT_ALARM_REMINDED;
    if (event->kind == GDP_EVENT_ALARM_CHATTERED)
      n += (guint) strtoul (event->text, NULL, 10);
  }
  return n;
}

/* No occurrence is lost: what is not told one by one is told by number. */
static void
check_told (World *world, const GdpAlarm *before, const GdpAlarm *after)
{
  guint owed = GPOINTER_TO_UINT (g_hash_table_lookup (world->owed, after->id));
  guint occurred = after->occurrence - (before != NULL ? before->occurrence : 0), told = told_occurrences (world, after->id);

  g_assert_cmpuint (told, <=, owed + occurred);
  n_folded += has_event (world, after->id, GDP_EVENT_ALARM_CHATTERED);
  g_hash_table_insert (world->owed, g_strdup (after->id), GUINT_TO_POINTER (owed + occurred - told));
}

/* A minute after everything has come to rest nothing is owed. */
static void
check_all_told (World *world)
{
  GHashTableIter iter;
  gpointer owed;

  g_hash_table_iter_init (&iter, world->owed);
  while (g_hash_table_iter_next (&iter, NULL, &owed))
    g_assert_cmpuint (GPOINTER_TO_UINT (owed), ==, 0);
}

static gboolean
is_judgeable (GdpReason reason)
{
  return gdp_reason_quality (reason) == GDP_QUALITY_GOOD
         || reason == GDP_REASON_UNDER_RANGE || reason == GDP_REASON_OVER_RANGE;
}

/* Whether the point of @alarm could be judged at any moment of this step: every change of its reason is a reading. */
static gboolean
could_be_judged (World *world, const char *alarm)
{
  g_autofree char *id = g_strndup (alarm, strrchr (alarm, '.') - alarm);
  const GdpNetwork *network = world->plant.network;
  gint64 key = network->points[gdp_network_find_point (network, id)].key;
  const GdpReading *before = g_hash_table_lookup (world->readings, GSIZE_TO_POINTER (key));
  gboolean judged = (before != NULL && is_judgeable (before->reason))
                    || g_hash_table_contains (world->late, GSIZE_TO_POINTER (key));

  for (guint i = 0; i < world->plant.changes->readings->len; i++) {
    const GdpReading *reading = &g_array_index (world->plant.changes->readings, GdpReading, i);
    judged |= reading->point == key && is_judgeable (reading->reason);
  }
  return judged;
}

/* Only a person shelves, and takes out of service; an end that has come is no reason to be forgotten. */
static void
check_suppression (World *world, const GdpAlarm *before, const GdpAlarm *after)
{
  GdpSuppression was = before != NULL ? before->suppression : GDP_SUPPRESSION_NONE;
  gboolean over = has_event (world, after->id, after->condition == GDP_CONDITION_VISIT ? GDP_EVENT_VISIT_ENDED
                             : after->condition == GDP_CONDITION_FORCED ? GDP_EVENT_POINT_RELEASED : GDP_EVENT_ALARM_SHELVING_OVER);

  if (was != after->suppression) {
    g_assert_true (has_event (world, after->id, GDP_N_EVENT_KINDS));
    if (after->suppression == GDP_SUPPRESSION_SHELVED || after->suppression == GDP_SUPPRESSION_OUT_OF_SERVICE
        || was == GDP_SUPPRESSION_OUT_OF_SERVICE || (was == GDP_SUPPRESSION_SHELVED && !over))
      g_assert_cmpstr (world->acked, ==, after->id);
  }
  if (over && after->active)
    g_assert_false (after->acked);
  if (after->suppression == GDP_SUPPRESSION_SHELVED)
    g_assert_cmpint (after->suppressed_until, >, world->plant.now);
  g_assert_true ((after->suppression == GDP_SUPPRESSION_NONE) == (after->suppressed_by == NULL));
  if (after->suppression == GDP_SUPPRESSION_BY_DESIGN)   /* because of an alarm, which is not its own */
    g_assert_true (g_strcmp0 (after->suppressed_why, after->id) != 0
                   && gdp_engine_alarm (world->plant.engine, after->suppressed_why) != NULL);
  n_shelved += was != GDP_SUPPRESSION_SHELVED && after->suppression == GDP_SUPPRESSION_SHELVED;
  n_over += over;
  n_reset += has_event (world, after->id, GDP_EVENT_ALARM_RESET);
  n_reminded += has_event (world, after->id, GDP_EVENT_ALARM_REMINDED);
}

static void
check_alarm (World *world, const GdpAlarm *before, const GdpAlarm *after)
{
  gboolean was_active = before && before->active, was_acked = !before || before->acked;
  gboolean moved = was_active != after->active || was_acked != after->acked
                   || (before && before->priority != after->priority);

  if (moved && !(before && !was_acked && !after->acked))   /* else it may be told in a minute, with others */
    g_assert_true (has_event (world, after->id, GDP_N_EVENT_KINDS));
  check_told (world, before, after);
  if (!was_acked && after->acked)
    g_assert_cmpstr (world->acked, ==, after->id);
  check_suppression (world, before, after);
  if (before != NULL)
    g_assert_cmpuint (after->occurrence, >=, before->occurrence);
  if (has_event (world, after->id, GDP_EVENT_ALARM_OCCURRED))
    g_assert_true (after->occurrence > (before ? before->occurrence : 0));
  g_assert_cmpuint (after->priority, >=, 1);
  g_assert_cmpuint (after->priority, <=, 4);
  world->raised += !was_active && after->active;

  /* Bad quality never changes a process alarm. */
  if (after->condition <= GDP_CONDITION_STATE && was_active != after->active)
    g_assert_true (could_be_judged (world, after->id));
  const GdpAlarm *held = gdp_engine_alarm (world->plant.engine, after->id);
  g_assert_cmpint (gdp_alarm_state (held), ==, gdp_alarm_state (after));   /* emitted is what is held */
  g_assert_cmpint (held->reason, ==, after->reason);
  g_assert_cmpint (held->suppression, ==, after->suppression);
}

static gboolean
has_alarm (const GdpChanges *changes, const char *id)
{
  for (guint i = 0; i < changes->alarms->len; i++)
    if (g_str_equal (((GdpAlarm *) changes->alarms->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

/* Whatever comes of the unit, what a person set stands until its end. */
static void
check_forced (World *world)
{
  const GdpNetwork *network = world->plant.network;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, world->alarms);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const GdpAlarm *alarm = value;
    g_autofree char *id = g_strndup (alarm->id, strrchr (alarm->id, '.') - alarm->id);
    guint point = gdp_network_find_point (network, id);
    if (alarm->condition != GDP_CONDITION_FORCED || alarm->suppression == GDP_SUPPRESSION_NONE)
      continue;
    const GdpReading *shown = g_hash_table_lookup (world->readings, GSIZE_TO_POINTER (network->points[point].key));
    g_assert_nonnull (shown);
    g_assert_cmpint (shown->reason, ==, GDP_REASON_FORCED);
    g_assert_cmpfloat_with_epsilon (shown->value, alarm->value, network->points[point].resolution + fabs (alarm->value) * 1e-9);
  }
}

static void
take (World *world)
{
  GdpChanges *changes = world->plant.changes;

  for (guint i = 0; i < changes->events->len; i++) {
    GdpEvent *e = g_ptr_array_index (changes->events, i);
    g_string_append_printf (world->log, "%s %s %s>%s %s\n", gdp_event_word (e->kind), e->object,
                            e->before, e->after, e->text);
    g_assert_cmpint (e->learned, <=, world->plant.now);
  }
  for (guint i = 0; i < changes->alarms->len; i++) {
    GdpAlarm *alarm = g_ptr_array_index (changes->alarms, i);
    check_alarm (world, g_hash_table_lookup (world->alarms, alarm->id), alarm);
    GdpAlarm *copy = gdp_alarm_copy (alarm);
    g_hash_table_replace (world->alarms, (gpointer) copy->id, copy);
  }
  for (guint i = 0; i < changes->events->len; i++) {
    const GdpEvent *event = changes->events->pdata[i];
    const GdpAlarm *same = event->kind == GDP_EVENT_ALARM_CHATTERED ? g_hash_table_lookup (world->alarms, event->object) : NULL;
    if (same != NULL && !has_alarm (changes, same->id))   /* it moves no more, and the minute is over */
      check_told (world, same, same);
  }
  for (guint i = 0; i < changes->readings->len; i++) {
    GdpReading *reading = &g_array_index (changes->readings, GdpReading, i);
    if (gdp_reason_quality (reading->reason) == GDP_QUALITY_GOOD)
      g_assert_true (isfinite (reading->value));
    g_assert_false (isinf (reading->value));
    const GdpReading *known = g_hash_table_lookup (world->readings, GSIZE_TO_POINTER (reading->point));
    if (known == NULL || reading->time >= known->time)   /* else it is late */
      g_hash_table_replace (world->readings, GSIZE_TO_POINTER (reading->point),
                            g_memdup2 (reading, sizeof *reading));
    else if (is_judgeable (reading->reason))   /* a delay that it began may end with any later step */
      g_hash_table_add (world->late, GSIZE_TO_POINTER (reading->point));
    g_string_append_printf (world->log, "%" G_GINT64_FORMAT " %.17g %d\n",
                            reading->point, reading->value, reading->reason);
  }
  check_forced (world);
  g_string_append_printf (world->log, "%u contacts\n", changes->contacts->len);
  gdp_changes_clear (changes);
}

static double
some_number (GRand *rand)
{
  static const double odd[] = { NAN, INFINITY, -INFINITY, 0, 25, 1e300, -1e300, 2.75, 2.9, 1.8, 1.2, 3.6, 21 };

  return g_rand_int_range (rand, 0, 8) == 0 ? odd[g_rand_int_range (rand, 0, G_N_ELEMENTS (odd))]
                                            : g_rand_double_range (rand, 0.8, 3.3);
}

static void
random_samples (World *world)
{
  Plant *plant = &world->plant;
  guint unit = g_rand_int_range (world->rand, 0, N_UNITS), n = 0;
  GdpSample samples[PER_UNIT];

  for (guint kind = 0; kind < PER_UNIT; kind++) {
    if (g_rand_int_range (world->rand, 0, 6) == 0)
      continue;
    double raw = kind == DOOR ? g_rand_int_range (world->rand, 0, 2)
                 : kind == LOOP ? g_rand_double_range (world->rand, 0, 24) : some_number (world->rand);
    gint64 late = g_rand_int_range (world->rand, 0, 20) == 0 ? 30 * GDP_SECOND : 0;
    GdpReason reason = g_rand_int_range (world->rand, 0, 30) == 0 ? GDP_REASON_DEVICE_EXCEPTION : GDP_REASON_NONE;
    samples[n++] = (GdpSample) { P (unit, kind), reason, plant->now - late, raw };
  }
  gdp_engine_samples (plant->engine, unit, plant->now, samples, n, plant->changes);
}

static void
random_decision (World *world)
{
  static const char *const ids[] = { "S1/p.high", "S1/p.low", "S2/p.high", "S1/door.state", "S3/u.silent", "bus.lost",
                                     "tcp.lost", "S4/u.silent", "S2/loop.fault", "S3/p.stale", "S1/p.fault", "S1/u.visit",
                                     "S1/p.deviation", "S2/p.rate", "S3/p.frozen", "S1/p.forced", "S3/door.forced",
                                     "S2/u.visit" };
  Plant *plant = &world->plant;
  const char *id = ids[g_rand_int_range (world->rand, 0, G_N_ELEMENTS (ids))];
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, id);
  guint32 seen = alarm ? alarm->occurrence - g_rand_int_range (world->rand, 0, 2) : 1;

  world->acked = id;
  GdpDecision decision = { .alarm = id, .occurrence = seen, .until = plant->now + g_rand_int_range (world->rand, -1, 40) * GDP_SECOND,
                           .seen_until = alarm && alarm->suppression == GDP_SUPPRESSION_SHELVED ? alarm->suppressed_until : 0,
                           .who = "anna", .why = "noise", .role = GDP_ROLE_ENGINEER, .now = plant->now };

  if (g_str_has_suffix (id, ".forced")) {
    decision.value = g_str_has_prefix (id, "S3") ? g_rand_int_range (world->rand, 0, 2) : some_number (world->rand);
    n_forced += gdp_engine_force (plant->engine, &decision, plant->changes, NULL);
    if (g_rand_int_range (world->rand, 0, 4) == 0)
      gdp_engine_unforce (plant->engine, &decision, plant->changes, NULL);
  }
  switch (g_rand_int_range (world->rand, 0, 8)) {
  case 0:
    gdp_engine_shelve (plant->engine, &decision, plant->changes, NULL);
    return;
  case 1:
    gdp_engine_unshelve (plant->engine, &decision, plant->changes, NULL);
    return;
  case 2:
    gdp_engine_take_out (plant->engine, &decision, plant->changes, NULL);
    return;
  case 3:
    gdp_engine_put_back (plant->engine, &decision, plant->changes, NULL);
    return;
  case 4:   /* of all, the first that can be: they are rare */
    for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
      alarm = gdp_engine_alarm (plant->engine, ids[i]);
      decision.alarm = ids[i];
      decision.occurrence = alarm ? alarm->occurrence : 0;
      if (gdp_engine_reset (plant->engine, &decision, plant->changes, NULL))
        return;
    }
    return;
  default:
    world->acks += gdp_engine_acknowledge (plant->engine, id, seen, "anna", NULL, plant->now, plant->changes, NULL);
  }
}

static void
restart (World *world)
{
  Plant *plant = &world->plant;
  GHashTableIter iter;
  gpointer value;

  gdp_engine_free (plant->engine);
  plant->engine = gdp_engine_new (plant->network, "server", plant->now);
  g_hash_table_iter_init (&iter, world->alarms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    gdp_engine_restore_alarm (plant->engine, value);
  g_hash_table_iter_init (&iter, world->readings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    gdp_engine_restore_reading (plant->engine, value);
  g_hash_table_remove_all (world->owed);   /* dead without a word; the alarms still know how often they occurred */
  world->restarts++;
}

/* A door that opens and closes as fast as is an alarm each time, for a minute and more. */
static void
loose_contact (World *world)
{
  Plant *plant = &world->plant;
  guint unit = g_rand_int_range (world->rand, 0, N_UNITS);

  for (guint i = 0; i < 60; i++) {
    GdpSample sample = { P (unit, DOOR), GDP_REASON_NONE, plant->now, i % 2 };
    gdp_engine_samples (plant->engine, unit, plant->now, &sample, 1, plant->changes);
    take (world);
    plant->now += GDP_SECOND + GDP_SECOND / 10;
  }
}

static void
step (World *world)
{
  Plant *plant = &world->plant;
  guint what = g_rand_int_range (world->rand, 0, 100);

  plant->now += g_rand_int_range (world->rand, 0, 8) * GDP_SECOND / 10;
  world->acked = NULL;
  if (what < 60)
    random_samples (world);
  else if (what < 75)
    gdp_engine_tick (plant->engine, plant->now, plant->changes);
  else if (what < 85)
    random_decision (world);
  else if (what < 88)
    gdp_engine_link_failed (plant->engine, g_rand_int_range (world->rand, 0, N_LINKS), plant->now, "line down");
  else if (what < 91)
    gdp_engine_link_working (plant->engine, g_rand_int_range (world->rand, 0, N_LINKS), plant->now);
  else if (what < 95)
    gdp_engine_unit_failed (plant->engine, g_rand_int_range (world->rand, 0, N_UNITS), plant->now, "no answer");
  else if (what < 96)
    loose_contact (world);
  else if (what < 98)
    pass (plant, g_rand_double_range (world->rand, 0, 15));
  else if (what < 99)
    gdp_engine_set_network (plant->engine, plant->network, plant->now, plant->changes);
  else
    restart (world);
  take (world);
}

static char *
live (guint32 seed)
{
  World world = { .rand = g_rand_new_with_seed (seed), .log = g_string_new (NULL) };

  world.alarms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) gdp_alarm_free);
  world.readings = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  world.late = g_hash_table_new (NULL, NULL);
  world.owed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  plant_open (&world.plant, busy ());
  for (guint i = 0; i < STEPS; i++)
    step (&world);
  pass (&world.plant, 120);
  take (&world);
  check_all_told (&world);
  g_assert_cmpuint (world.restarts, >, 5);   /* the run was worth something */
  g_assert_cmpuint (world.acks, >, 20);
  g_assert_cmpuint (world.raised, >, 100);
  plant_close (&world.plant);
  g_hash_table_unref (world.alarms);
  g_hash_table_unref (world.readings);
  g_hash_table_unref (world.late);
  g_hash_table_unref (world.owed);
  g_rand_free (world.rand);
  return g_string_free (world.log, FALSE);
}

static void
test_invariants (void)
{
  for (guint32 seed = 1; seed <= 20; seed++) {
    g_test_message ("seed %u", seed);
    g_autofree char *log = live (seed);
    g_assert_cmpuint (strlen (log), >, 1000);
  }
  g_assert_cmpuint (n_shelved, >, 100);
  g_assert_cmpuint (n_over, >, 50);
  g_assert_cmpuint (n_reset, >, 10);
  g_assert_cmpuint (n_reminded, >, 10);
  g_assert_cmpuint (n_folded, >, 50);
  g_assert_cmpuint (n_forced, >, 50);
}

static void
test_deterministic (void)
{
  g_autofree char *first = live (99), *second = live (99);
  g_assert_cmpstr (first, ==, second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/property/what-must-hold-holds-in-random-lives", test_invariants);
  g_test_add_func ("/property/same-inputs-give-the-same-outputs", test_deterministic);
  return g_test_run ();
}
