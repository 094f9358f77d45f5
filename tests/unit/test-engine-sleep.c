/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A BBT in the engine sleeps between its calls: silence is no fault until it should have called. */
#include "bbt-plant.h"

static const GdpContactInfo *
contact_of (BbtPlant *plant, guint unit)
{
  for (guint i = plant->changes->contacts->len; i > 0; i--) {
    const GdpContactInfo *info = plant->changes->contacts->pdata[i - 1];
    if (!info->link && info->key == plant->network->units[unit].key)
      return info;
  }
  return NULL;
}

static void
test_sleeps (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  gint64 call = plant->now + 4 * HOUR;
  hang_up (plant, call);
  g_assert_cmpint (contact_of (plant, BBT)->state, ==, GDP_CONTACT_SLEEPING);
  g_assert_cmpint (contact_of (plant, BBT)->next_call, ==, call);
  g_assert_cmpint (contact_of (plant, SLAVE)->state, ==, GDP_CONTACT_SLEEPING);
  gdp_changes_clear (plant->changes);
  pass (plant, 4 * HOUR);
  g_assert_cmpuint (plant->changes->events->len + plant->changes->alarms->len + plant->changes->readings->len, ==, 0);
  live (plant, OUTLET, 2.3);
  g_assert_cmpint (contact_of (plant, BBT)->state, ==, GDP_CONTACT_OK);
  g_assert_cmpuint (plant->changes->events->len, ==, 0);   /* to wake is everyday */
}

static void
test_missed_call (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  hang_up (plant, plant->now + 1 * HOUR);
  pass (plant, 1 * HOUR + GDP_CALL_GRACE - 1);
  g_assert_cmpint (contact_of (plant, BBT)->state, ==, GDP_CONTACT_SLEEPING);
  pass (plant, 1);
  g_assert_cmpint (contact_of (plant, BBT)->state, ==, GDP_CONTACT_SILENT);
  g_assert_cmpstr (state_of (plant, "bbt-1.lost"), ==, "unacked");   /* one row for it and what is behind it */
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "bbt-1.lost")->active, ==, TRUE);
  live (plant, OUTLET, 2.3);
  g_assert_cmpint (contact_of (plant, BBT)->state, ==, GDP_CONTACT_OK);
}

static void
test_alone_is_silent (BbtPlant *plant, gconstpointer data)
{
  gdp_engine_samples (plant->engine, OTHER, plant->now, NULL, 0, plant->changes);
  gdp_engine_link_expected (plant->engine, 1, plant->now, plant->now + HOUR);
  pass (plant, 1 * HOUR + GDP_CALL_GRACE);
  g_assert_cmpstr (state_of (plant, "S/other.silent"), ==, "unacked");
}

/* It did not say when, or in a year: 1.5 confirmation periods. */
static void
test_call_not_known (BbtPlant *plant, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    live (plant, OUTLET, 2.3);
    hang_up (plant, i == 0 ? 0 : plant->now + 365 * 24 * HOUR);
    pass (plant, 9 * HOUR - 1);
    g_assert_cmpint (contact_of (plant, BBT)->state, ==, GDP_CONTACT_SLEEPING);
    g_assert_cmpint (contact_of (plant, BBT)->next_call, ==, 0);
    pass (plant, 1);
    g_assert_cmpint (contact_of (plant, BBT)->state, ==, GDP_CONTACT_SILENT);
  }
}

static void
test_stale_in_its_sleep (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  hang_up (plant, plant->now + 30 * HOUR);
  pass (plant, 9 * HOUR - 1);
  gdp_changes_clear (plant->changes);
  pass (plant, 2);
  g_assert_cmpint (contact_of (plant, BBT) != NULL, ==, FALSE);   /* still asleep: it said 30 h */
  g_assert_cmpuint (plant->changes->readings->len, >=, 1);
  g_assert_cmpint (g_array_index (plant->changes->readings, GdpReading, 0).reason, ==, GDP_REASON_STALE);
}

static void
test_clock_set_forward (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  hang_up (plant, plant->now + 4 * HOUR);
  gdp_engine_clock_set_forward (plant->engine, 24 * HOUR);
  plant->now += 24 * HOUR;
  pass (plant, 3 * HOUR);
  g_assert_cmpint (contact_of (plant, BBT)->state, ==, GDP_CONTACT_SLEEPING);
}

/* A server that starts while units sleep does not take what they said for doubtful. */
static void
test_restart (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 3.0);
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
  GdpReading reading = g_array_index (plant->changes->readings, GdpReading, 0);
  g_autoptr (GdpAlarm) alarm = gdp_alarm_copy (gdp_engine_alarm (plant->engine, HIGH));
  gint64 call = plant->now + 4 * HOUR;
  GdpContactInfo info = { .key = 1, .state = GDP_CONTACT_SLEEPING, .seen = plant->now, .next_call = call };
  g_ptr_array_add (contacts, &info);
  tear_down (plant, NULL);
  bbt_plant_open (plant, 0);
  plant->now += HOUR;
  gdp_engine_tick (plant->engine, plant->now, plant->changes);
  gdp_engine_restore_alarm (plant->engine, alarm);
  gdp_engine_restore_reading (plant->engine, &reading);
  gdp_engine_restore_contacts (plant->engine, contacts);
  gdp_changes_clear (plant->changes);
  pass (plant, 3 * HOUR);
  g_assert_cmpint (contact_of (plant, BBT)->state, ==, GDP_CONTACT_SLEEPING);
  g_assert_cmpint (contact_of (plant, BBT)->next_call, ==, call);
  g_assert_cmpuint (plant->changes->readings->len, ==, 0);
  g_assert_cmpint (gdp_engine_alarm (plant->engine, HIGH)->reason, ==, GDP_REASON_NONE);
  live (plant, OUTLET, 2.3);
  g_assert_cmpstr (state_of (plant, HIGH), ==, "rtn-unacked");
}

#define ADD(name, function) g_test_add ("/engine-late/" name, BbtPlant, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a-unit-that-hung-up-sleeps", test_sleeps);
  ADD ("a-missed-call-is-silence", test_missed_call);
  ADD ("a-unit-alone-on-its-link-is-silent-itself", test_alone_is_silent);
  ADD ("with-no-call-said-the-confirmation-period-counts", test_call_not_known);
  ADD ("points-of-a-sleeper-become-stale", test_stale_in_its_sleep);
  ADD ("a-clock-set-forward-wakes-nobody", test_clock_set_forward);
  ADD ("a-restart-lets-sleepers-sleep", test_restart);
  return g_test_run ();
}
