/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits that change while the engine runs: what is known is judged by them at once, and nothing is forgotten. */
#include "plant.h"

#define PT P (U1, PRESSURE)

static void
set_up (Plant *plant, gconstpointer data)
{
  plant_open (plant, usual ());
  pass_polling (plant, 5, 0xf);
}

static void
tear_down (Plant *plant, gconstpointer data)
{
  plant_close (plant);
}

static void
change (Plant *plant, GdpLimits limits)
{
  PlantSetup setup = usual ();

  setup.pressure = limits;
  GdpNetwork *network = plant_network (setup);
  gdp_engine_set_network (plant->engine, network, plant->now, plant->changes);
  gdp_network_unref (plant->network);
  plant->network = network;
}

static const GdpEvent *
only_event (Plant *plant)
{
  g_assert_cmpuint (plant->changes->events->len, ==, 1);
  return plant->changes->events->pdata[0];
}

/* Without a sample: a unit that sleeps sends none for hours. */
static void
test_at_once (Plant *plant, gconstpointer data)
{
  GdpLimits limits = pressure_limits ();

  sample (plant, PT, 2.6);
  forget (plant);
  limits.level[GDP_LEVEL_H].value = 2.5;
  change (plant, limits);
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "unacked");
  g_assert_cmpint (only_event (plant)->kind, ==, GDP_EVENT_ALARM_OCCURRED);
  g_assert_cmpint (only_event (plant)->occurred, ==, plant->now);
  g_assert_cmpstr (only_event (plant)->text, ==, "2.60 kPa, H 2.50 kPa");
  g_assert_cmpuint (count_readings (plant, PT), ==, 0);   /* it is as good as it was */
  forget (plant);
  change (plant, pressure_limits ());
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "rtn-unacked");
  g_assert_cmpint (only_event (plant)->kind, ==, GDP_EVENT_ALARM_CLEARED);
}

static void
test_keeps (Plant *plant, gconstpointer data)
{
  GdpLimits limits = pressure_limits ();

  sample (plant, PT, 2.8);
  g_assert_true (acknowledge (plant, "S1/p.high", NULL));
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, "S1/p.high");
  gint64 occurred = alarm->occurred;
  guint occurrence = alarm->occurrence;
  forget (plant);
  limits.level[GDP_LEVEL_H].value = 2.7;
  limits.level[GDP_LEVEL_L].value = 1.7;
  limits.level[GDP_LEVEL_H].on_delay = limits.level[GDP_LEVEL_H].off_delay = 60;
  change (plant, limits);
  alarm = gdp_engine_alarm (plant->engine, "S1/p.high");
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "acked");
  g_assert_cmpint (alarm->occurred, ==, occurred);
  g_assert_cmpuint (alarm->occurrence, ==, occurrence);
  g_assert_cmpuint (plant->changes->events->len, ==, 0);
  g_assert_cmpstr (state_of (plant, "S1/p.low"), ==, "none");
}

static void
test_rises_and_eases (Plant *plant, gconstpointer data)
{
  GdpLimits limits = pressure_limits ();

  sample (plant, PT, 2.8);
  g_assert_true (acknowledge (plant, "S1/p.high", NULL));
  forget (plant);
  limits.level[GDP_LEVEL_HH].value = 2.78;
  change (plant, limits);
  g_assert_cmpint (only_event (plant)->kind, ==, GDP_EVENT_ALARM_ESCALATED);
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "unacked");
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, "S1/p.high")->priority, ==, 1);
  forget (plant);
  limits.level[GDP_LEVEL_HH] = (GdpLimit) { 0 };
  change (plant, limits);
  g_assert_cmpint (only_event (plant)->kind, ==, GDP_EVENT_ALARM_EASED);
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, "S1/p.high")->priority, ==, 2);
}

static void
test_delay (Plant *plant, gconstpointer data)
{
  GdpLimits limits = pressure_limits ();

  sample (plant, PT, 2.6);
  limits.level[GDP_LEVEL_H].value = 2.5;
  limits.level[GDP_LEVEL_H].on_delay = 3;
  change (plant, limits);
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "none");
  pass (plant, 2);
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "none");
  pass (plant, 1.5);
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "unacked");
}

/* What cannot be judged neither raises nor clears anything. */
static void
test_unknown (Plant *plant, gconstpointer data)
{
  GdpLimits limits = pressure_limits ();

  sample (plant, PT, 2.8);
  sample (plant, P (U2, PRESSURE), 2.6);
  pass_polling (plant, 20, 4 | 8);   /* the whole bus is silent */
  forget (plant);
  limits.level[GDP_LEVEL_H].value = 2.5;
  change (plant, limits);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_OCCURRED), ==, 0);
  g_assert_true (gdp_engine_alarm (plant->engine, "S1/p.high")->active);
  limits.level[GDP_LEVEL_H].value = 2.85;
  change (plant, limits);
  g_assert_true (gdp_engine_alarm (plant->engine, "S1/p.high")->active);
  sample (plant, PT, 2.8);
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/p.high")->active, ==, TRUE);   /* within the deadband */
  sample (plant, PT, 2.7);
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/p.high")->active, ==, FALSE);
}

static void
test_fault (Plant *plant, gconstpointer data)
{
  GdpLimits limits = pressure_limits ();
  GdpSample bad = { .point = PT, .time = plant->now, .reason = GDP_REASON_NOT_A_NUMBER };

  limits.fault_priority = 0;
  change (plant, limits);
  gdp_engine_samples (plant->engine, U1, plant->now, &bad, 1, plant->changes);
  g_assert_cmpstr (state_of (plant, "S1/p.fault"), ==, "none");
  change (plant, pressure_limits ());
  g_assert_cmpstr (state_of (plant, "S1/p.fault"), ==, "unacked");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/engine-limits/" path, Plant, NULL, set_up, func, tear_down)
  ADD ("the-last-value-is-judged-at-once", test_at_once);
  ADD ("an-alarm-that-stays-active-stays-as-it-is", test_keeps);
  ADD ("another-level-rises-and-eases", test_rises_and_eases);
  ADD ("a-delay-begins-with-the-change", test_delay);
  ADD ("what-cannot-be-judged-waits", test_unknown);
  ADD ("a-fault-gets-the-alarm-that-it-has-now", test_fault);
  return g_test_run ();
}
