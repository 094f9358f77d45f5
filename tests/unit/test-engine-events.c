/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points that a BBT tells of only when something happens: PULSE, SABOTAGE; and what it says beside its points. */
#include <math.h>

#include "gdp/remark.h"

enum { METER, WIRE, OUTLET };
#define START (1000000 * GDP_SECOND)
#define MINUTE (60 * GDP_SECOND)
#define HOUR (60 * MINUTE)
#define WRAP 4294967296.0
#define TAMPER "S/wire.state"

typedef struct {
  GdpNetwork *network;
  GdpEngine  *engine;
  GdpChanges *changes;
  gint64      now;
} Field;

static void
add_point (GdpNetworkBuilder *builder, const char *id, GdpPointKind kind, const char *channel, GdpScaling scaling,
           GdpLimits limits)
{
  static gint64 key;
  GdpPoint point = { .key = ++key, .id = id, .kind = kind, .channel = channel, .engineering_unit = "", .scaling = scaling,
                     .resolution = 0.1, .keep_every = 600, .limits = limits };
  g_assert_cmpuint (gdp_network_builder_add_point (builder, &point, NULL), !=, G_MAXUINT);
}

static GdpNetwork *
make_network (void)
{
  GdpRegister registers[] = { { "pulse1", GDP_TABLE_REPORT_VALUES, GDP_REPORT_PULSE1, GDP_REGISTER_U32, .scale = 1 },
                              { "wire", GDP_TABLE_REPORT_BITS, GDP_REPORT_WIRE, GDP_REGISTER_BIT, .scale = 1 },
                              { "ext1", GDP_TABLE_REPORT_VALUES, 17, GDP_REGISTER_FLOAT, .scale = 1 } };
  g_autoptr (GdpProfile) profile = gdp_profile_new ("bbt", NULL, registers, G_N_ELEMENTS (registers), NULL);
  g_autoptr (GdpSettings) settings = gdp_settings_parse ("confirmation=6h", NULL);
  GdpNetworkBuilder *builder = gdp_network_builder_new ();

  gdp_network_builder_add_link (builder, &(GdpLink) { .key = 1, .id = "bbt-1", .kind = GDP_LINK_BBT, .serial = "1",
                                                      .settings = settings }, NULL);
  gdp_network_builder_add_site (builder, &(GdpSite) { .id = "S" }, NULL);
  gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = 1, .id = "S/bbt", .profile = profile, .period = 1 }, NULL);
  add_point (builder, "S/meter", GDP_POINT_ANALOG, "pulse1", (GdpScaling) { GDP_SIGNAL_NUMBER, .factor = 0.1 },
             (GdpLimits) { .stale_priority = 3 });
  add_point (builder, "S/wire", GDP_POINT_TAMPER, "wire", (GdpScaling) { GDP_SIGNAL_CONTACT },
             (GdpLimits) { .state = { 0, 0, 1, 2 }, .stale_priority = 3 });
  add_point (builder, "S/outlet", GDP_POINT_OUTLET_PRESSURE, "ext1", (GdpScaling) { GDP_SIGNAL_NUMBER },
             (GdpLimits) { .level = { [GDP_LEVEL_L] = { 1.8, 0.1, 0, 0, 3 } }, .stale_priority = 3 });
  return gdp_network_builder_finish (builder);
}

static void
set_up (Field *f, gconstpointer data)
{
  f->network = make_network ();
  f->now = START;
  f->engine = gdp_engine_new (f->network, "server", START);
  f->changes = gdp_changes_new ();
}

static void
tear_down (Field *f, gconstpointer data)
{
  gdp_changes_free (f->changes);
  gdp_engine_free (f->engine);
  gdp_network_unref (f->network);
}

static void
pass (Field *f, gint64 time)
{
  gint64 until = f->now + time;

  while (gdp_engine_deadline (f->engine) <= until) {
    f->now = MAX (f->now, gdp_engine_deadline (f->engine));
    gdp_engine_tick (f->engine, f->now, f->changes);
  }
  f->now = until;
  gdp_engine_tick (f->engine, f->now, f->changes);
}

static void
live (Field *f)
{
  GdpSample sample = { .point = OUTLET, .time = f->now, .raw = 2.3 };
  gdp_engine_samples (f->engine, 0, f->now, &sample, 1, f->changes);
}

/* A record of stream 2, made @ago. */
static void
told (Field *f, guint point, double raw, gint64 ago)
{
  GdpSample sample = { .point = point, .time = f->now - ago, .raw = raw };
  gdp_engine_history (f->engine, 0, f->now, &sample, 1, f->changes);
}

/* As the store and the console have it: the newest by its time. */
static const GdpReading *
shown (Field *f, guint point)
{
  const GdpReading *newest = NULL;
  for (guint i = 0; i < f->changes->readings->len; i++) {
    const GdpReading *reading = &g_array_index (f->changes->readings, GdpReading, i);
    if (reading->point == f->network->points[point].key && (newest == NULL || reading->time >= newest->time))
      newest = reading;
  }
  return newest;
}

static const char *
state_of (Field *f, const char *id)
{
  const GdpAlarm *alarm = gdp_engine_alarm (f->engine, id);
  return alarm != NULL ? gdp_alarm_state_word (gdp_alarm_state (alarm)) : "none";
}

/* ---- counters ----------------------------------------------------------------------------- */

static void
test_counter_goes_on (Field *f, gconstpointer data)
{
  static const struct { double count, value; } rows[] = {
    { WRAP - 20, (WRAP - 20) / 10 }, { WRAP - 10, (WRAP - 10) / 10 }, { 5, (WRAP + 5) / 10 }, { 25, (WRAP + 25) / 10 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    told (f, METER, rows[i].count, 0);
    g_assert_cmpfloat_with_epsilon (shown (f, METER)->value, rows[i].value, 0.05);
    g_assert_cmpint (shown (f, METER)->reason, ==, GDP_REASON_NONE);
    pass (f, HOUR);
  }
  told (f, METER, 0, 0);   /* 25 less: that is a counter set back, by no more than one could miscount */
  g_assert_cmpfloat_with_epsilon (shown (f, METER)->value, WRAP / 10, 0.05);
}

/* Rows on both sides of the wrap come at once, and after a restart the store's value is where it goes on. */
static void
test_counter_goes_on_after_a_restart (Field *f, gconstpointer data)
{
  told (f, METER, WRAP - 20, 0);
  GdpReading known = *shown (f, METER);
  pass (f, HOUR);
  tear_down (f, NULL);
  set_up (f, NULL);
  known.point = f->network->points[METER].key;
  f->now += 2 * HOUR;
  gdp_engine_restore_reading (f->engine, &known);
  GdpSample samples[] = { { METER, 0, f->now - HOUR, WRAP - 10 }, { METER, 0, f->now - MINUTE, 30 } };
  gdp_engine_history (f->engine, 0, f->now, samples, G_N_ELEMENTS (samples), f->changes);
  g_assert_cmpfloat_with_epsilon (shown (f, METER)->value, (WRAP + 30) / 10, 0.05);
}

static void
test_another_counter (Field *f, gconstpointer data)
{
  told (f, METER, 3e9, 0);
  pass (f, HOUR);
  told (f, METER, 12, 0);
  g_assert_cmpfloat_with_epsilon (shown (f, METER)->value, 1.2, 0.05);
}

/* ---- their age ---------------------------------------------------------------------------- */

static void
test_age_is_the_units (Field *f, gconstpointer data)
{
  told (f, METER, 100, 0);
  told (f, WIRE, 0, 0);
  for (guint i = 0; i < 8; i++) {
    pass (f, 6 * HOUR);
    live (f);
  }
  pass (f, MINUTE);
  g_assert_cmpint (shown (f, METER)->reason, ==, GDP_REASON_NONE);
  g_assert_cmpstr (state_of (f, "S/meter.stale"), ==, "none");
  pass (f, 10 * HOUR);   /* longer than 1.5 confirmation periods: nothing of the unit is known */
  g_assert_cmpint (shown (f, METER)->reason, ==, GDP_REASON_NO_COMMUNICATION);
  live (f);
  g_assert_cmpint (shown (f, METER)->reason, ==, GDP_REASON_NONE);
  g_assert_cmpfloat_with_epsilon (shown (f, METER)->value, 10, 0.05);
  g_assert_cmpint (shown (f, WIRE)->reason, ==, GDP_REASON_NONE);
}

static void
test_own_age_where_it_is_given (Field *f, gconstpointer data)
{
  f->network->points[METER].limits.stale_after = 3 * 3600;
  told (f, METER, 100, 0);
  for (guint i = 0; i < 2; i++) {
    pass (f, 2 * HOUR);
    live (f);
  }
  g_assert_cmpint (shown (f, METER)->reason, ==, GDP_REASON_STALE);
  g_assert_cmpstr (state_of (f, "S/meter.stale"), ==, "unacked");
}

/* It was cut before the silence was noticed, and told after it: newer by the unit's clock, older by ours. */
static void
test_told_after_the_silence (Field *f, gconstpointer data)
{
  told (f, WIRE, 0, 0);
  pass (f, 9 * HOUR + MINUTE);
  g_assert_cmpint (shown (f, WIRE)->reason, ==, GDP_REASON_NO_COMMUNICATION);
  pass (f, HOUR);
  live (f);
  told (f, WIRE, 1, 10 * HOUR);
  g_assert_cmpfloat (shown (f, WIRE)->value, ==, 1);
  g_assert_cmpstr (state_of (f, TAMPER), ==, "unacked");
  g_assert_false (gdp_engine_alarm (f->engine, TAMPER)->quiet);
  g_assert_cmpint (gdp_engine_alarm (f->engine, TAMPER)->occurred, ==, f->now - 10 * HOUR);
  pass (f, HOUR);
  live (f);
  g_assert_cmpstr (state_of (f, TAMPER), ==, "unacked");
}

/* ---- what the unit says besides ------------------------------------------------------------- */

static gboolean
is_told (Field *f, GdpRemark remark, const char *object)
{
  GdpEvent event = { .kind = GDP_EVENT_UNIT_SAID, .object = (char *) object, .after = (char *) gdp_remark_word (remark) };
  return gdp_remark_is_told (&event, f->engine, f->changes, 0);
}

static void
test_an_alarm_says_it (Field *f, gconstpointer data)
{
  live (f);
  gdp_changes_clear (f->changes);
  g_assert_false (is_told (f, GDP_REMARK_BELOW_MIN, "S/outlet"));   /* its threshold is not the limit */
  g_assert_false (is_told (f, GDP_REMARK_WITHIN, "S/outlet"));
  g_assert_true (is_told (f, GDP_REMARK_CONTACT, "S/wire"));
  g_assert_false (is_told (f, GDP_REMARK_CONTACT, "S/bbt"));        /* di5 is no point */
  g_assert_false (is_told (f, GDP_REMARK_BUTTON, "S/bbt"));
  pass (f, MINUTE);
  told (f, OUTLET, 1.5, 0);
  g_assert_cmpstr (state_of (f, "S/outlet.low"), ==, "unacked");
  g_assert_true (is_told (f, GDP_REMARK_BELOW_MIN, "S/outlet"));
  gdp_changes_clear (f->changes);
  g_assert_true (is_told (f, GDP_REMARK_BELOW_MIN, "S/outlet"));    /* active: told a moment ago */
  pass (f, MINUTE);
  live (f);
  g_assert_true (is_told (f, GDP_REMARK_WITHIN, "S/outlet"));
  gdp_changes_clear (f->changes);
  g_assert_false (is_told (f, GDP_REMARK_BELOW_MIN, "S/outlet"));
}

#define ADD(name, function) g_test_add ("/engine-events/" name, Field, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a-counter-goes-on-past-its-end", test_counter_goes_on);
  ADD ("a-counter-goes-on-after-a-restart", test_counter_goes_on_after_a_restart);
  ADD ("another-counter-begins-as-it-stands", test_another_counter);
  ADD ("they-are-as-old-as-their-unit", test_age_is_the_units);
  ADD ("a-given-age-is-their-own", test_own_age_where_it_is_given);
  ADD ("what-was-told-after-a-silence-is-what-is-true", test_told_after_the_silence);
  ADD ("a-remark-that-an-alarm-tells-is-no-news", test_an_alarm_says_it);
  return g_test_run ();
}
