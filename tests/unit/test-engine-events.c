/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points that a BBT tells of only when something happens: PULSE, SABOTAGE; and what it says beside its points. */
#include "bbt-plant.h"
#include "gdp/remark.h"

#define WRAP 4294967296.0
#define TAMPER "S/wire.state"

/* A record of stream 2, made @ago. */
static void
told (BbtPlant *plant, guint point, double raw, gint64 ago)
{
  GdpSample sample = { .point = point, .time = plant->now - ago, .raw = raw };
  gdp_engine_history (plant->engine, BBT, plant->now, &sample, 1, plant->changes);
}

/* As the store and the console have it: the newest by its time. */
static const GdpReading *
shown (BbtPlant *plant, guint point)
{
  const GdpReading *newest = NULL;
  for (guint i = 0; i < plant->changes->readings->len; i++) {
    const GdpReading *reading = &g_array_index (plant->changes->readings, GdpReading, i);
    if (reading->point == plant->network->points[point].key && (newest == NULL || reading->time >= newest->time))
      newest = reading;
  }
  return newest;
}

/* ---- counters ----------------------------------------------------------------------------- */

static void
test_counter_goes_on (BbtPlant *plant, gconstpointer data)
{
  static const struct { double count, value; } rows[] = {
    { WRAP - 20, (WRAP - 20) / 10 }, { WRAP - 10, (WRAP - 10) / 10 }, { 5, (WRAP + 5) / 10 }, { 25, (WRAP + 25) / 10 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    told (plant, METER, rows[i].count, 0);
    g_assert_cmpfloat_with_epsilon (shown (plant, METER)->value, rows[i].value, 0.05);
    g_assert_cmpint (shown (plant, METER)->reason, ==, GDP_REASON_NONE);
    pass (plant, HOUR);
  }
  told (plant, METER, 0, 0);   /* a little less: the same counter all the same */
  g_assert_cmpfloat_with_epsilon (shown (plant, METER)->value, WRAP / 10, 0.05);
}

/* Rows on both sides of the wrap come at once, and after a restart the store's value is where it goes on. */
static void
test_counter_goes_on_after_a_restart (BbtPlant *plant, gconstpointer data)
{
  told (plant, METER, WRAP - 20, 0);
  GdpReading known = *shown (plant, METER);
  pass (plant, HOUR);
  tear_down (plant, NULL);
  set_up (plant, NULL);
  known.point = plant->network->points[METER].key;
  plant->now += 2 * HOUR;
  gdp_engine_restore_reading (plant->engine, &known);
  GdpSample samples[] = { { METER, 0, plant->now - HOUR, WRAP - 10 }, { METER, 0, plant->now - MINUTE, 30 } };
  gdp_engine_history (plant->engine, BBT, plant->now, samples, G_N_ELEMENTS (samples), plant->changes);
  g_assert_cmpfloat_with_epsilon (shown (plant, METER)->value, (WRAP + 30) / 10, 0.05);
}

static void
test_another_counter (BbtPlant *plant, gconstpointer data)
{
  told (plant, METER, 3e9, 0);
  pass (plant, HOUR);
  told (plant, METER, 12, 0);
  g_assert_cmpfloat_with_epsilon (shown (plant, METER)->value, 1.2, 0.05);
}

/* ---- their age ---------------------------------------------------------------------------- */

static void
test_age_is_the_units (BbtPlant *plant, gconstpointer data)
{
  told (plant, METER, 100, 0);
  told (plant, WIRE, 0, 0);
  for (guint i = 0; i < 8; i++) {
    pass (plant, 6 * HOUR);
    live (plant, OUTLET, 2.3);
  }
  pass (plant, MINUTE);
  g_assert_cmpint (shown (plant, METER)->reason, ==, GDP_REASON_NONE);
  g_assert_cmpstr (state_of (plant, "S/meter.stale"), ==, "none");
  pass (plant, 10 * HOUR);   /* longer than 1.5 confirmation periods: nothing of the unit is known */
  g_assert_cmpint (shown (plant, METER)->reason, ==, GDP_REASON_NO_COMMUNICATION);
  live (plant, OUTLET, 2.3);
  g_assert_cmpint (shown (plant, METER)->reason, ==, GDP_REASON_NONE);
  g_assert_cmpfloat_with_epsilon (shown (plant, METER)->value, 10, 0.05);
  g_assert_cmpint (shown (plant, WIRE)->reason, ==, GDP_REASON_NONE);
}

static void
test_own_age_where_it_is_given (BbtPlant *plant, gconstpointer data)
{
  plant->network->points[METER].limits.stale_after = 3 * 3600;
  told (plant, METER, 100, 0);
  for (guint i = 0; i < 2; i++) {
    pass (plant, 2 * HOUR);
    live (plant, OUTLET, 2.3);
  }
  g_assert_cmpint (shown (plant, METER)->reason, ==, GDP_REASON_STALE);
  g_assert_cmpstr (state_of (plant, "S/meter.stale"), ==, "unacked");
}

/* It was cut before the silence was noticed, and told after it: newer by the unit's clock, older by ours. */
static void
test_told_after_the_silence (BbtPlant *plant, gconstpointer data)
{
  told (plant, WIRE, 0, 0);
  pass (plant, 9 * HOUR + MINUTE);
  g_assert_cmpint (shown (plant, WIRE)->reason, ==, GDP_REASON_NO_COMMUNICATION);
  pass (plant, HOUR);
  live (plant, OUTLET, 2.3);
  told (plant, WIRE, 1, 10 * HOUR);
  g_assert_cmpfloat (shown (plant, WIRE)->value, ==, 1);
  g_assert_cmpstr (state_of (plant, TAMPER), ==, "unacked");
  g_assert_false (gdp_engine_alarm (plant->engine, TAMPER)->quiet);
  g_assert_cmpint (gdp_engine_alarm (plant->engine, TAMPER)->occurred, ==, plant->now - 10 * HOUR);
  pass (plant, HOUR);
  live (plant, OUTLET, 2.3);
  g_assert_cmpstr (state_of (plant, TAMPER), ==, "unacked");
}

static void
test_told_after_a_restart (BbtPlant *plant, gconstpointer data)
{
  told (plant, WIRE, 0, 0);
  pass (plant, 9 * HOUR + MINUTE);
  GdpReading known = *shown (plant, WIRE);
  g_assert_cmpint (known.reason, ==, GDP_REASON_NO_COMMUNICATION);
  gint64 now = plant->now + HOUR;
  tear_down (plant, NULL);
  set_up (plant, NULL);
  plant->now = now;
  gdp_engine_tick (plant->engine, now, plant->changes);
  gdp_engine_restore_reading (plant->engine, &known);
  live (plant, OUTLET, 2.3);
  g_assert_cmpint (shown (plant, WIRE)->reason, ==, GDP_REASON_NONE);
  told (plant, WIRE, 1, 5 * HOUR);   /* before the silence was noticed */
  g_assert_cmpfloat (shown (plant, WIRE)->value, ==, 1);
  g_assert_cmpstr (state_of (plant, TAMPER), ==, "unacked");
  g_assert_false (gdp_engine_alarm (plant->engine, TAMPER)->quiet);
}

/* ---- what the unit says besides ------------------------------------------------------------- */

static GHashTable *awaited;

static gboolean
is_told (BbtPlant *plant, GdpRemark remark, const char *object)
{
  GdpEvent event = { .kind = GDP_EVENT_UNIT_SAID, .object = (char *) object, .after = (char *) gdp_remark_word (remark) };
  return gdp_remark_is_told (&event, plant->engine, plant->changes, 0, awaited);
}

static void
test_an_alarm_says_it (BbtPlant *plant, gconstpointer data)
{
  live (plant, OUTLET, 2.3);
  gdp_changes_clear (plant->changes);
  g_assert_false (is_told (plant, GDP_REMARK_BELOW_MIN, "S/outlet"));   /* its threshold is not the limit */
  g_assert_false (is_told (plant, GDP_REMARK_WITHIN, "S/outlet"));
  g_assert_true (is_told (plant, GDP_REMARK_CONTACT, "S/wire"));
  g_assert_false (is_told (plant, GDP_REMARK_CONTACT, "S/bbt"));        /* di5 is no point */
  g_assert_false (is_told (plant, GDP_REMARK_BUTTON, "S/bbt"));
  pass (plant, MINUTE);
  told (plant, OUTLET, 1.5, 0);
  g_assert_cmpstr (state_of (plant, "S/outlet.low"), ==, "unacked");
  g_assert_true (is_told (plant, GDP_REMARK_BELOW_MIN, "S/outlet"));
  gdp_changes_clear (plant->changes);
  g_assert_true (is_told (plant, GDP_REMARK_BELOW_MIN, "S/outlet"));    /* active: told a moment ago */
  pass (plant, MINUTE);
  live (plant, OUTLET, 2.3);
  g_assert_true (is_told (plant, GDP_REMARK_WITHIN, "S/outlet"));
  gdp_changes_clear (plant->changes);
  g_assert_false (is_told (plant, GDP_REMARK_BELOW_MIN, "S/outlet"));
}

static void
set_up_slow (BbtPlant *plant, gconstpointer data)
{
  bbt_plant_open (plant, 3);
  live (plant, OUTLET, 2.3);
  pass (plant, MINUTE);
}

/* The unit speaks at once, the alarm after its on-delay: one of them is enough. */
static void
test_a_delayed_alarm_says_it (BbtPlant *plant, gconstpointer data)
{
  told (plant, OUTLET, 1.5, 0);
  gdp_changes_clear (plant->changes);
  g_assert_null (gdp_engine_alarm (plant->engine, "S/outlet.low"));
  g_assert_true (is_told (plant, GDP_REMARK_BELOW_MIN, "S/outlet"));
  pass (plant, MINUTE);
  g_assert_cmpstr (state_of (plant, "S/outlet.low"), ==, "unacked");
  live (plant, OUTLET, 2.3);
  g_assert_true (is_told (plant, GDP_REMARK_WITHIN, "S/outlet"));
}

static void
test_shorter_than_the_delay (BbtPlant *plant, gconstpointer data)
{
  told (plant, OUTLET, 1.5, 0);
  gdp_changes_clear (plant->changes);
  g_assert_true (is_told (plant, GDP_REMARK_BELOW_MIN, "S/outlet"));
  pass (plant, 2 * GDP_SECOND);
  live (plant, OUTLET, 2.3);
  g_assert_true (is_told (plant, GDP_REMARK_WITHIN, "S/outlet"));   /* of what nobody was told */
  pass (plant, MINUTE);
  g_assert_null (gdp_engine_alarm (plant->engine, "S/outlet.low"));
  g_assert_false (gdp_engine_awaits (plant->engine, "S/outlet"));
  g_assert_false (is_told (plant, GDP_REMARK_BELOW_MIN, "S/outlet"));   /* the unit's own threshold, and its end */
  g_assert_false (is_told (plant, GDP_REMARK_WITHIN, "S/outlet"));
}

#define ADD(name, function) g_test_add ("/engine-events/" name, BbtPlant, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  awaited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ADD ("a-counter-goes-on-past-its-end", test_counter_goes_on);
  ADD ("a-counter-goes-on-after-a-restart", test_counter_goes_on_after_a_restart);
  ADD ("another-counter-begins-as-it-stands", test_another_counter);
  ADD ("they-are-as-old-as-their-unit", test_age_is_the_units);
  ADD ("a-given-age-is-their-own", test_own_age_where_it_is_given);
  ADD ("what-was-told-after-a-silence-is-what-is-true", test_told_after_the_silence);
  ADD ("what-was-told-after-a-restart-is-what-is-true", test_told_after_a_restart);
  ADD ("a-remark-that-an-alarm-tells-is-no-news", test_an_alarm_says_it);
  g_test_add ("/engine-events/a-remark-that-a-delayed-alarm-will-tell-is-no-news", BbtPlant, NULL, set_up_slow,
              test_a_delayed_alarm_says_it, tear_down);
  g_test_add ("/engine-events/what-is-over-before-its-delay-nobody-is-told", BbtPlant, NULL, set_up_slow,
              test_shorter_than_the_delay, tear_down);
  int result = g_test_run ();
  g_hash_table_unref (awaited);
  return result;
}
