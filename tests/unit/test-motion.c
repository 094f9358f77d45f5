/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Off the set-point, too fast, frozen: alone, and in the engine. */
#include "gdp/swing.h"
#include "plant.h"

#define DEVIATION "S1/p.deviation"
#define RATE      "S1/p.rate"
#define FROZEN    "S1/p.frozen"

typedef struct { gint64 time; double value; } Value;

/* The most between @of[n - 1] and any value that is not older than @window. */
static double
by_hand (const Value *of, guint n, gint64 window)
{
  double most = 0;

  for (guint i = 0; i < n; i++)
    if (of[n - 1].time - of[i].time < window)
      most = fmax (most, fabs (of[i].value - of[n - 1].value));
  return most;
}

static void
test_swing (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (23);
  gboolean less = FALSE;

  for (guint run = 0; run < 50; run++) {
    gint64 window = g_rand_int_range (rand, 1, 3600) * GDP_SECOND, now = START;
    gint64 slice = window / GDP_SWING_SLICES, most_step = window / (gint64) g_rand_int_range (rand, 1, 200);
    GdpSwing swing = { 0 };
    Value values[400];

    for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
      now += (gint64) (g_rand_double (rand) * (double) most_step);
      values[i] = (Value) { now, g_rand_double_range (rand, -1, 1) };
      double swung = gdp_swing_take (&swing, values[i].value, window, now);
      g_assert_cmpfloat (swung, <=, by_hand (values, i + 1, window + slice));
      g_assert_cmpfloat (swung, >=, by_hand (values, i + 1, window - slice));
      less |= swung < by_hand (values, i + 1, G_MAXINT64);
    }
  }
  g_assert_true (less);   /* something fell out */
}

static void
test_swing_of_old_values_is_none (void)
{
  GdpSwing swing = { 0 };

  g_assert_cmpfloat (gdp_swing_take (&swing, 5, 60 * GDP_SECOND, START), ==, 0);
  g_assert_cmpfloat (gdp_swing_take (&swing, 2, 60 * GDP_SECOND, START + 10 * GDP_SECOND), ==, 3);
  g_assert_cmpfloat (gdp_swing_take (&swing, 2, 60 * GDP_SECOND, START + 100 * GDP_SECOND), ==, 0);
  g_assert_cmpfloat (gdp_swing_take (&swing, 3, 60 * GDP_SECOND, START + 99 * GDP_SECOND), ==, 1);   /* a step back */
  g_assert_cmpfloat (gdp_swing_take (&swing, 9, 60 * GDP_SECOND, START + 86400 * GDP_SECOND), ==, 0);
}

static void
open_moving (Plant *plant)
{
  PlantSetup setup = usual ();

  setup.pressure = (GdpLimits) { .fault_priority = 3, .stale_after = 1000, .frozen_after = 60, .frozen_priority = 4,
    .deviation = { .value = 0.5, .deadband = 0.1, .on_delay = 5, .off_delay = 3, .priority = 3 }, .set_point = 2,
    .rate = { .value = 1, .priority = 2 }, .rate_window = 16 };
  plant_open (plant, setup);
}

/* The unit answers; of the pressure nothing new comes. */
static void
stand (Plant *plant, double seconds)
{
  gint64 until = plant->now + (gint64) (seconds * GDP_SECOND);

  while (plant->now < until) {
    sample (plant, P (U1, DOOR), 0);
    pass (plant, MIN (1, (double) (until - plant->now) / GDP_SECOND));
  }
}

static void
test_deviation (void)
{
  Plant plant;

  open_moving (&plant);
  sample (&plant, P (U1, PRESSURE), 2.45);
  stand (&plant, 10);
  g_assert_cmpstr (state_of (&plant, DEVIATION), ==, "none");
  sample (&plant, P (U1, PRESSURE), 2.5);        /* on the limit is beyond it */
  stand (&plant, 4.9);
  g_assert_cmpstr (state_of (&plant, DEVIATION), ==, "none");
  stand (&plant, 0.1);
  g_assert_cmpstr (state_of (&plant, DEVIATION), ==, "unacked");
  const GdpAlarm *alarm = gdp_engine_alarm (plant.engine, DEVIATION);
  g_assert_cmpfloat (alarm->limit, ==, 2.5);
  g_assert_cmpuint (alarm->priority, ==, 3);
  GdpEvent *event = g_ptr_array_index (plant.changes->events, plant.changes->events->len - 1);
  g_assert_cmpstr (event->text, ==, "2.50 kPa, 2.00 kPa ± 0.50 kPa");
  sample (&plant, P (U1, PRESSURE), 2.42);       /* in the deadband */
  stand (&plant, 10);
  g_assert_true (alarm->active);
  sample (&plant, P (U1, PRESSURE), 1.61);
  stand (&plant, 2.9);
  g_assert_true (alarm->active);
  stand (&plant, 0.2);
  g_assert_false (alarm->active);
  sample (&plant, P (U1, PRESSURE), 1.4);        /* likewise below */
  stand (&plant, 5);
  g_assert_true (alarm->active);
  g_assert_cmpfloat (alarm->limit, ==, 1.5);
  plant_close (&plant);
}

static void
test_rate (void)
{
  Plant plant;

  open_moving (&plant);
  for (guint s = 0; s < 40; s++) {               /* 0.05 a second: 0.75 to 0.8 within the window */
    sample (&plant, P (U1, PRESSURE), 1 + 0.05 * s);
    stand (&plant, 1);
  }
  g_assert_cmpstr (state_of (&plant, RATE), ==, "none");
  sample (&plant, P (U1, PRESSURE), 1.8);
  stand (&plant, 1);
  const GdpAlarm *alarm = gdp_engine_alarm (plant.engine, RATE);
  g_assert_cmpstr (state_of (&plant, RATE), ==, "unacked");
  g_assert_cmpfloat_with_epsilon (alarm->value, 1.15, 1e-9);   /* from 2.95, the newest of them */
  g_assert_cmpfloat (alarm->limit, ==, 1);
  stand (&plant, 13);                             /* nothing new comes: it stands still, and the swing falls out of the window */
  g_assert_true (alarm->active);
  stand (&plant, 4);
  g_assert_false (alarm->active);
  plant_close (&plant);
}

/* A number a second that wavers, or not. */
static void
read_for (Plant *plant, guint seconds, double value, double waver)
{
  for (guint s = 0; s < seconds; s++) {
    sample (plant, P (U1, PRESSURE), value + (s % 2 ? waver : 0));
    pass (plant, 1);
  }
}

static void
test_frozen (void)
{
  Plant plant;

  open_moving (&plant);
  read_for (&plant, 200, 2, 1e-6);               /* far below the resolution: it lives */
  g_assert_cmpstr (state_of (&plant, FROZEN), ==, "none");
  read_for (&plant, 61, 2, 0);
  g_assert_cmpstr (state_of (&plant, FROZEN), ==, "none");
  read_for (&plant, 2, 2, 0);
  g_assert_cmpstr (state_of (&plant, FROZEN), ==, "unacked");
  g_assert_cmpuint (gdp_engine_alarm (plant.engine, FROZEN)->priority, ==, 4);
  read_for (&plant, 2, 2, 1e-6);
  g_assert_cmpstr (state_of (&plant, FROZEN), ==, "rtn-unacked");
  plant_close (&plant);
}

/* Nothing that is read tells nothing of whether it moves: silence and faults are other alarms. */
static void
test_silence_is_not_frozen (void)
{
  Plant plant;

  open_moving (&plant);
  read_for (&plant, 30, 2, 0);
  pass (&plant, 1000);
  read_for (&plant, 30, 2, 0);
  g_assert_cmpstr (state_of (&plant, FROZEN), ==, "none");
  read_for (&plant, 3, NAN, 0);
  read_for (&plant, 40, 2, 0);
  g_assert_cmpstr (state_of (&plant, FROZEN), ==, "none");
  plant_close (&plant);
}

/* What cannot be judged neither raises nor clears; it is unknown. */
static void
test_unknown (void)
{
  Plant plant;

  open_moving (&plant);
  read_for (&plant, 10, 3, 1e-6);
  g_assert_cmpstr (state_of (&plant, DEVIATION), ==, "unacked");
  pass (&plant, 100);
  const GdpAlarm *alarm = gdp_engine_alarm (plant.engine, DEVIATION);
  g_assert_true (alarm->active);
  g_assert_cmpint (alarm->reason, ==, GDP_REASON_NO_COMMUNICATION);
  sample (&plant, P (U1, PRESSURE), 2);
  pass (&plant, 3);
  g_assert_false (alarm->active);
  g_assert_cmpint (alarm->reason, ==, GDP_REASON_NONE);
  plant_close (&plant);
}

/* An engine that begins anew goes on with what was active; delays that ran begin again. */
static void
test_restart (void)
{
  Plant plant;

  open_moving (&plant);
  read_for (&plant, 10, 3, 1e-6);
  g_autoptr (GdpAlarm) was = gdp_alarm_copy (gdp_engine_alarm (plant.engine, DEVIATION));
  gdp_engine_free (plant.engine);
  plant.engine = gdp_engine_new (plant.network, "server", plant.now);
  gdp_engine_restore_alarm (plant.engine, was);
  read_for (&plant, 10, 3, 1e-6);
  g_assert_cmpuint (gdp_engine_alarm (plant.engine, DEVIATION)->occurrence, ==, was->occurrence);
  gdp_engine_set_network (plant.engine, plant.network, plant.now, plant.changes);
  read_for (&plant, 10, 3, 1e-6);
  g_assert_cmpuint (gdp_engine_alarm (plant.engine, DEVIATION)->occurrence, ==, was->occurrence);
  read_for (&plant, 10, 2, 1e-6);
  g_assert_cmpstr (state_of (&plant, DEVIATION), ==, "rtn-unacked");
  plant_close (&plant);
}

/* A clock that is set makes nothing too fast, or frozen. */
static void
test_clock_set (void)
{
  Plant plant;

  open_moving (&plant);
  read_for (&plant, 40, 2, 0);
  gdp_engine_clock_set_forward (plant.engine, 3600 * GDP_SECOND);
  plant.now += 3600 * GDP_SECOND;
  read_for (&plant, 10, 2, 0);
  g_assert_cmpstr (state_of (&plant, FROZEN), ==, "none");
  plant.now -= 7200 * GDP_SECOND;
  read_for (&plant, 5, 2.2, 0);
  g_assert_cmpstr (state_of (&plant, RATE), ==, "none");
  g_assert_cmpstr (state_of (&plant, FROZEN), ==, "none");
  plant_close (&plant);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/motion/swing-is-that-of-a-window-to-a-slice", test_swing);
  g_test_add_func ("/motion/swing-of-old-values-is-none", test_swing_of_old_values_is_none);
  g_test_add_func ("/motion/off-the-set-point-with-deadband-and-delays", test_deviation);
  g_test_add_func ("/motion/too-fast-within-a-window", test_rate);
  g_test_add_func ("/motion/frozen-when-the-last-digit-does-not-move", test_frozen);
  g_test_add_func ("/motion/silence-is-not-frozen", test_silence_is_not_frozen);
  g_test_add_func ("/motion/what-cannot-be-judged-is-unknown", test_unknown);
  g_test_add_func ("/motion/a-restart-is-no-new-occurrence", test_restart);
  g_test_add_func ("/motion/a-clock-that-is-set-makes-no-alarm", test_clock_set);
  return g_test_run ();
}
