/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A loose contact that flaps a thousand times a second: the journal does not fill up with it, and nothing is lost. */
#include <stdlib.h>

#include "plant.h"

#define DOOR_ALARM "S1/door.state"
#define MINUTE 60
/* Of one alarm in a minute: those told one by one, and one for the rest. */
#define MOST_A_MINUTE 25

static void
sit (Plant *plant, gconstpointer data)
{
  plant_open (plant, usual ());
  poll_unit (plant, U1);
  forget (plant);
}

static void
leave (Plant *plant, gconstpointer data)
{
  plant_close (plant);
}

/* A thousand changes a second, in polls of ten. */
static void
flap (Plant *plant, guint seconds, guint point)
{
  for (guint i = 0; i < seconds * 100; i++) {
    GdpSample samples[10];

    pass (plant, 0.01);
    for (guint k = 0; k < G_N_ELEMENTS (samples); k++)
      samples[k] = (GdpSample) { .point = point, .time = plant->now - (9 - k) * 1000, .raw = (k + 1) % 2 };
    gdp_engine_samples (plant->engine, plant->network->points[point].unit, plant->now, samples, G_N_ELEMENTS (samples),
                        plant->changes);
  }
}

static guint
journaled (Plant *plant, const char *object)
{
  guint n = 0;

  for (guint i = 0; i < plant->changes->events->len; i++)
    n += g_strcmp0 (((GdpEvent *) plant->changes->events->pdata[i])->object, object) == 0;
  return n;
}

/* How often it occurred, by the journal alone. */
static guint
told (Plant *plant, const char *object)
{
  guint n = 0;

  for (guint i = 0; i < plant->changes->events->len; i++) {
    const GdpEvent *event = plant->changes->events->pdata[i];
    if (g_strcmp0 (event->object, object) != 0)
      continue;
    n += event->kind == GDP_EVENT_ALARM_OCCURRED || event->kind == GDP_EVENT_ALARM_RECURRED;
    if (event->kind == GDP_EVENT_ALARM_CHATTERED)
      n += (guint) strtoul (event->text, NULL, 10);
  }
  return n;
}

static void
test_a_thousand_a_second (Plant *plant, gconstpointer data)
{
  const GdpAlarm *alarm;

  flap (plant, 3 * MINUTE, P (U1, DOOR));
  pass (plant, MINUTE + 1);
  alarm = gdp_engine_alarm (plant->engine, DOOR_ALARM);
  g_assert_cmpuint (alarm->occurrence, ==, 3 * MINUTE * 500);
  g_assert_cmpuint (told (plant, DOOR_ALARM), ==, alarm->occurrence);
  g_assert_cmpuint (journaled (plant, DOOR_ALARM), <=, 4 * MOST_A_MINUTE);
}

/* A server that ends in good order owes nothing. */
static void
test_an_orderly_end (Plant *plant, gconstpointer data)
{
  flap (plant, 1, P (U1, DOOR));
  g_assert_cmpuint (told (plant, DOOR_ALARM), <, 500);
  gdp_engine_close (plant->engine, plant->now, plant->changes);
  g_assert_cmpuint (told (plant, DOOR_ALARM), ==, 500);
  gdp_engine_close (plant->engine, plant->now, plant->changes);
  g_assert_cmpuint (told (plant, DOOR_ALARM), ==, 500);
}

/* A second between a move and the next is slow enough to be read. */
static void
test_slow_ones_are_told_one_by_one (Plant *plant, gconstpointer data)
{
  for (guint i = 0; i < 100; i++) {
    pass (plant, 4);
    sample (plant, P (U1, DOOR), (i + 1) % 2);
  }
  pass (plant, 2 * MINUTE);
  g_assert_cmpuint (told (plant, DOOR_ALARM), ==, 50);
  for (guint i = 0; i < plant->changes->events->len; i++)
    g_assert_cmpint (((GdpEvent *) plant->changes->events->pdata[i])->kind, !=, GDP_EVENT_ALARM_CHATTERED);
}

/* Who acknowledges amidst it: the journal says before it what was acknowledged, and that it occurred again at once. */
static void
test_a_person_amidst_it (Plant *plant, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const GdpAlarm *alarm;
  guint last = 0;

  flap (plant, 2, P (U1, DOOR));
  alarm = gdp_engine_alarm (plant->engine, DOOR_ALARM);
  g_assert_true (gdp_engine_acknowledge (plant->engine, DOOR_ALARM, alarm->occurrence, "Anna", NULL, plant->now, plant->changes,
                                         &error));
  g_assert_no_error (error);
  g_assert_cmpuint (told (plant, DOOR_ALARM), ==, alarm->occurrence);   /* up to her */
  last = plant->changes->events->len;
  g_assert_cmpint (((GdpEvent *) plant->changes->events->pdata[last - 1])->kind, ==, GDP_EVENT_ALARM_ACKNOWLEDGED);
  flap (plant, 2, P (U1, DOOR));
  g_assert_cmpint (((GdpEvent *) plant->changes->events->pdata[last])->kind, ==, GDP_EVENT_ALARM_OCCURRED);
  g_assert_false (alarm->acked);
  pass (plant, MINUTE);
  g_assert_cmpuint (told (plant, DOOR_ALARM), ==, alarm->occurrence);
  g_assert_cmpuint (alarm->occurrence, ==, 2000);
}

/* A shelving that ends meanwhile is not missed for what is owed to the journal, nor the other way round. */
static void
test_a_shelving_ends_amidst_it (Plant *plant, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const GdpAlarm *alarm;

  flap (plant, 1, P (U1, DOOR));
  alarm = gdp_engine_alarm (plant->engine, DOOR_ALARM);
  GdpDecision made = { .alarm = DOOR_ALARM, .occurrence = alarm->occurrence, .until = plant->now + 30 * GDP_SECOND, .who = "Anna",
                       .why = "loose contact", .role = GDP_ROLE_DISPATCHER, .now = plant->now };
  g_assert_true (gdp_engine_shelve (plant->engine, &made, plant->changes, &error));
  g_assert_no_error (error);
  flap (plant, 29, P (U1, DOOR));
  g_assert_cmpint (alarm->suppression, ==, GDP_SUPPRESSION_SHELVED);
  flap (plant, 2, P (U1, DOOR));
  g_assert_cmpint (alarm->suppression, ==, GDP_SUPPRESSION_NONE);
  pass (plant, 2 * MINUTE);
  g_assert_cmpuint (told (plant, DOOR_ALARM), ==, alarm->occurrence);
}

/* What was told before a clock was set back is no reason to keep anything for hours. */
static void
test_a_clock_set_back (Plant *plant, gconstpointer data)
{
  const GdpAlarm *alarm;

  flap (plant, 1, P (U1, DOOR));
  plant->now -= 3600 * GDP_SECOND;
  flap (plant, 1, P (U1, DOOR));
  pass (plant, MINUTE + 1);
  alarm = gdp_engine_alarm (plant->engine, DOOR_ALARM);
  g_assert_cmpuint (told (plant, DOOR_ALARM), ==, alarm->occurrence);
}

/* ---- a contact without an alarm ------------------------------------------------------------- */

#define VALVE_POINT "S4/valve"

/* How often it changed, by the journal alone; and that its records follow on each other. */
static guint
changes_told (Plant *plant)
{
  const char *state = NULL;
  gint64 before = 0;
  guint n = 0;

  for (guint i = 0; i < plant->changes->events->len; i++) {
    const GdpEvent *event = plant->changes->events->pdata[i];
    gboolean one = event->kind == GDP_EVENT_STATE_CHANGED;
    if (g_strcmp0 (event->object, VALVE_POINT) != 0 || (!one && event->kind != GDP_EVENT_STATE_FLAPPED))
      continue;
    if (state != NULL)
      g_assert_cmpstr (event->before, ==, state);
    g_assert_cmpint (event->occurred, >=, before);
    state = event->after;
    before = event->occurred;
    n += one ? 1 : (guint) strtoul (event->text, NULL, 10);
  }
  return n;
}

static void
test_a_contact_without_an_alarm (Plant *plant, gconstpointer data)
{
  const GdpEvent *flapped = NULL;
  gint64 begin;

  sample (plant, VALVE, 0);
  forget (plant);
  begin = plant->now;
  flap (plant, 3 * MINUTE, VALVE);
  pass (plant, MINUTE + 1);
  g_assert_cmpuint (changes_told (plant), ==, 3 * MINUTE * 1000);
  g_assert_cmpuint (journaled (plant, VALVE_POINT), <=, 4 * MOST_A_MINUTE);
  for (guint i = 0; flapped == NULL && i < plant->changes->events->len; i++)
    if (((GdpEvent *) plant->changes->events->pdata[i])->kind == GDP_EVENT_STATE_FLAPPED)
      flapped = plant->changes->events->pdata[i];
  g_autoptr (GDateTime) last = g_date_time_new_from_iso8601 (strchr (flapped->text, ' ') + 1, NULL);
  g_assert_cmpint (flapped->occurred, <, begin + GDP_SECOND);   /* the first that was not told one by one … */
  g_assert_cmpint (ABS (g_date_time_to_unix (last) - (begin / GDP_SECOND + MINUTE)), <=, 1);   /* … and the last */
}

static void
test_a_contact_at_an_orderly_end (Plant *plant, gconstpointer data)
{
  sample (plant, VALVE, 0);
  forget (plant);
  flap (plant, 1, VALVE);
  g_assert_cmpuint (changes_told (plant), <, 1000);
  gdp_engine_close (plant->engine, plant->now, plant->changes);
  g_assert_cmpuint (changes_told (plant), ==, 1000);
  gdp_engine_close (plant->engine, plant->now, plant->changes);
  g_assert_cmpuint (changes_told (plant), ==, 1000);
}

/* Points may be others then: what is owed is told before. */
static void
test_a_contact_amidst_a_new_configuration (Plant *plant, gconstpointer data)
{
  sample (plant, VALVE, 0);
  forget (plant);
  flap (plant, 1, VALVE);
  g_autoptr (GdpNetwork) network = plant_network (usual ());
  gdp_engine_set_network (plant->engine, network, plant->now, plant->changes);
  g_assert_cmpuint (changes_told (plant), ==, 1000);
}

static void
test_a_contact_that_moves_slowly (Plant *plant, gconstpointer data)
{
  sample (plant, VALVE, 0);
  forget (plant);
  for (guint i = 0; i < 100; i++) {
    pass (plant, 4);
    sample (plant, VALVE, (i + 1) % 2);
  }
  pass (plant, 2 * MINUTE);
  g_assert_cmpuint (journaled (plant, VALVE_POINT), ==, 100);
  g_assert_cmpuint (changes_told (plant), ==, 100);
}

static void
test_a_contact_when_the_clock_is_set_back (Plant *plant, gconstpointer data)
{
  sample (plant, VALVE, 0);
  forget (plant);
  flap (plant, 1, VALVE);
  plant->now -= 3600 * GDP_SECOND;
  pass (plant, 0);
  pass (plant, MINUTE + 1);
  g_assert_cmpuint (changes_told (plant), ==, 1000);
}

/* Rows of an archive come all at once, a minute or more apart: each is told. */
static void
test_rows_of_an_archive (Plant *plant, gconstpointer data)
{
  GdpSample rows[60];
  gint64 begin;

  sample (plant, VALVE, 0);
  begin = plant->now;
  pass (plant, 2 * 3600);
  sample (plant, VALVE, 0);
  forget (plant);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    rows[i] = (GdpSample) { .point = VALVE, .time = begin + (i + 1) * 61 * GDP_SECOND, .raw = (i + 1) % 2 };
  gdp_engine_history (plant->engine, U4, plant->now, rows, G_N_ELEMENTS (rows), plant->changes);
  pass (plant, 2 * MINUTE);
  for (guint i = 0; i < plant->changes->events->len; i++)
    g_assert_cmpint (((GdpEvent *) plant->changes->events->pdata[i])->kind, !=, GDP_EVENT_STATE_FLAPPED);
  g_assert_cmpuint (journaled (plant, VALVE_POINT), >=, 59);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Plant, NULL, sit, test, leave)
  ADD ("/chatter/a-thousand-a-second-is-some-records-a-minute-and-all-are-counted", test_a_thousand_a_second);
  ADD ("/chatter/slow-ones-are-told-one-by-one", test_slow_ones_are_told_one_by_one);
  ADD ("/chatter/who-acknowledges-amidst-it-is-told-in-order", test_a_person_amidst_it);
  ADD ("/chatter/a-shelving-ends-amidst-it", test_a_shelving_ends_amidst_it);
  ADD ("/chatter/an-orderly-end-owes-nothing", test_an_orderly_end);
  ADD ("/chatter/a-clock-set-back-keeps-nothing-back", test_a_clock_set_back);
  ADD ("/chatter/a-contact-without-an-alarm-is-some-records-a-minute-and-all-are-counted", test_a_contact_without_an_alarm);
  ADD ("/chatter/a-contact-at-an-orderly-end-owes-nothing", test_a_contact_at_an_orderly_end);
  ADD ("/chatter/a-contact-amidst-a-new-configuration-is-told-before", test_a_contact_amidst_a_new_configuration);
  ADD ("/chatter/a-contact-that-moves-slowly-is-told-each-time", test_a_contact_that_moves_slowly);
  ADD ("/chatter/a-contact-when-the-clock-is-set-back-keeps-nothing-back", test_a_contact_when_the_clock_is_set_back);
  ADD ("/chatter/rows-of-an-archive-are-told-each", test_rows_of_an_archive);
  return g_test_run ();
}
