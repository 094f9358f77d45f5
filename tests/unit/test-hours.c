/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hours that a battery lasts, through the whole engine: months on the battery that gdp-sim plays, in a moment. */
#include <math.h>

#include "app/sim/battery.h"
#include "gdp/engine.h"

#define HOUR  (3600 * GDP_SECOND)
#define DAY   (24 * HOUR)
#define START (20000 * DAY)
#define HOURS "S/battery.hours"

enum { BATTERY, MAINS, N_POINTS };

typedef struct {
  GdpBattery   battery;
  GdpPointKind mains;      /* GDP_N_POINT_KINDS: there is none */
  double       low, empty; /* V: L and LL */
  guint8       priority;   /* of LL */
  GdpLinkKind  link;
} Setup;

typedef struct {
  Setup       setup;
  GdpNetwork *network;
  GdpEngine  *engine;
  GdpChanges *changes;
  GRand      *rand;
  SimBattery  battery;
  gint64      now;
  gboolean    lost;
  double      watts, volts;
} Cabin;

static const Setup usual = { { "AGM", 24, 40 }, GDP_POINT_MAINS, 24.2, 22.8, 2, GDP_LINK_MODBUS_TCP };

static GdpNetwork *
network_of (const Setup *setup)
{
  GdpRegister registers[] = { { "v", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_FLOAT, GDP_WORDS_HIGH_FIRST, 1 },
                              { "m", GDP_TABLE_INPUT_REGISTERS, 2, GDP_REGISTER_FLOAT, GDP_WORDS_HIGH_FIRST, 1 },
                              { "d", GDP_TABLE_DISCRETE_INPUTS, 0, GDP_REGISTER_BIT, GDP_WORDS_HIGH_FIRST, 1 } };
  g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", registers, G_N_ELEMENTS (registers), NULL);
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  GdpLimits limits = { .level = { [GDP_LEVEL_LL] = { setup->empty, 0.2, 60, 60, setup->priority },
                                  [GDP_LEVEL_L] = { setup->low, 0.2, 60, 60, 3 } }, .stale_after = 86400 };

  gdp_network_builder_add_link (builder, &(GdpLink) { .key = 1, .id = "l", .kind = GDP_LINK_MODBUS_TCP }, NULL);
  gdp_network_builder_add_site (builder, &(GdpSite) { .key = 1, .id = "S", .battery = setup->battery }, NULL);
  gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = 1, .id = "S/u", .address = 1, .profile = profile, .period = 60,
                                                      .silent_after = 86400 }, NULL);
  gdp_network_builder_add_point (builder, &(GdpPoint) { .key = 1, .id = "S/battery", .kind = GDP_POINT_BATTERY_VOLTAGE, .channel = "v",
    .engineering_unit = "V", .resolution = 0.01, .keep_every = 60, .scaling = { GDP_SIGNAL_NUMBER }, .limits = limits }, NULL);
  if (setup->mains != GDP_N_POINT_KINDS) {
    gboolean contact = setup->mains == GDP_POINT_MAINS;
    gdp_network_builder_add_point (builder, &(GdpPoint) { .key = 2, .id = "S/mains", .kind = setup->mains, .channel = contact ? "d" : "m",
      .engineering_unit = contact ? "" : "V", .resolution = 1, .keep_every = 60,
      .scaling = { contact ? GDP_SIGNAL_CONTACT : GDP_SIGNAL_NUMBER },
      .limits = { .state = { 30, 5, 0, contact ? 3 : 0 }, .stale_after = 86400 } }, NULL);
  }
  return gdp_network_builder_finish (builder);
}

static void
cabin_open (Cabin *cabin, const Setup *setup)
{
  *cabin = (Cabin) { .setup = *setup, .network = network_of (setup), .now = START, .rand = g_rand_new_with_seed (5),
                     .changes = gdp_changes_new () };
  cabin->engine = gdp_engine_new (cabin->network, "server", START);
  sim_battery_init (&cabin->battery, &setup->battery);
  cabin->watts = sim_battery_load (&cabin->battery);
}

static void
cabin_close (Cabin *cabin)
{
  gdp_changes_free (cabin->changes);
  gdp_engine_free (cabin->engine);
  gdp_network_unref (cabin->network);
  g_rand_free (cabin->rand);
}

static double
mains_value (const Cabin *cabin)
{
  return cabin->setup.mains == GDP_POINT_MAINS ? !cabin->lost : cabin->lost ? 3 : 229;
}

/* What its battery shows @seconds later: at its terminals, by a converter with noise. */
static double
discharge (Cabin *cabin, double seconds)
{
  cabin->now += (gint64) (seconds * GDP_SECOND);
  if (cabin->lost)
    sim_battery_flow (&cabin->battery, seconds, -cabin->watts, 15);
  else
    sim_battery_charge (&cabin->battery, seconds);
  cabin->volts = sim_battery_voltage (&cabin->battery, !cabin->lost);
  return round ((cabin->volts + g_rand_double_range (cabin->rand, -0.01, 0.01)) * 100) / 100;
}

static void
poll (Cabin *cabin, double seconds)
{
  double volts = discharge (cabin, seconds);
  GdpSample samples[] = { { BATTERY, GDP_REASON_NONE, cabin->now, volts }, { MAINS, GDP_REASON_NONE, cabin->now, mains_value (cabin) } };

  while (gdp_engine_deadline (cabin->engine) < cabin->now)
    gdp_engine_tick (cabin->engine, gdp_engine_deadline (cabin->engine), cabin->changes);
  gdp_engine_samples (cabin->engine, 0, cabin->now, samples, cabin->network->n_points, cabin->changes);
}

static void
pass (Cabin *cabin, double hours, double every)
{
  for (double second = 0; second < hours * 3600; second += every)
    poll (cabin, every);
}

static void
lose_mains (Cabin *cabin)
{
  pass (cabin, 1, 600);
  cabin->lost = TRUE;
  poll (cabin, 1);
}

static const GdpAlarm *
alarm_of (const Cabin *cabin)
{
  const GdpAlarm *alarm = gdp_engine_alarm (cabin->engine, HOURS);

  return alarm != NULL && alarm->active ? alarm : NULL;
}

/* Until the alarm is of @level, or a more urgent one; FALSE: the battery is empty before. */
static gboolean
pass_until (Cabin *cabin, GdpLevel level, double every)
{
  while (cabin->battery.charge > 0) {
    const GdpAlarm *alarm = alarm_of (cabin);
    if (alarm != NULL && alarm->level <= level)
      return TRUE;
    poll (cabin, every);
  }
  return FALSE;
}

/* Hours until the terminals show @volts, as nobody can know. */
static double
truth (const Cabin *cabin, double volts)
{
  SimBattery battery = cabin->battery;
  double hours = 0;

  for (; sim_battery_voltage (&battery, FALSE) > volts && battery.charge > 0; hours += 0.1)
    sim_battery_flow (&battery, 360, -cabin->watts, 15);
  return hours;
}

static guint
count_events (const Cabin *cabin, GdpEventKind kind)
{
  guint n = 0;

  for (guint i = 0; i < cabin->changes->events->len; i++) {
    const GdpEvent *event = g_ptr_array_index (cabin->changes->events, i);
    n += event->kind == kind && g_strcmp0 (event->object, HOURS) == 0;
  }
  return n;
}

static void
run (const Setup *setup, double charge, double watts, double every, double least)
{
  Cabin cabin;

  cabin_open (&cabin, setup);
  cabin.watts = watts > 0 ? watts : cabin.watts;
  lose_mains (&cabin);
  cabin.battery.charge = charge;
  g_assert_true (pass_until (&cabin, GDP_LEVEL_L, every));
  double left = truth (&cabin, setup->empty);
  g_test_message ("%s, %g W, every %g s: a day when %.1f h are left, after %.0f h", setup->battery.chemistry, cabin.watts, every, left,
                  (double) (cabin.now - START) / HOUR);
  g_assert_cmpfloat (left, >=, least);
  g_assert_cmpfloat (left, <=, 40);
  g_assert_cmpuint (alarm_of (&cabin)->priority, ==, alarm_of (&cabin)->level == GDP_LEVEL_L ? 3 : 2);
  g_assert_cmpfloat (alarm_of (&cabin)->limit, ==, setup->empty);
  g_assert_true (pass_until (&cabin, GDP_LEVEL_LL, every));
  left = truth (&cabin, setup->empty);
  g_test_message ("a shift when %.1f h are left", left);
  g_assert_cmpfloat (left, >=, 3);
  g_assert_cmpfloat (left, <=, 13);
  g_assert_cmpuint (alarm_of (&cabin)->priority, ==, 2);
  pass (&cabin, left, every);
  g_assert_nonnull (alarm_of (&cabin));
  g_assert_cmpuint (count_events (&cabin, GDP_EVENT_ALARM_OCCURRED) + count_events (&cabin, GDP_EVENT_ALARM_ESCALATED), <=, 2);
  cabin.lost = FALSE;
  poll (&cabin, every);
  poll (&cabin, 1);
  g_assert_null (alarm_of (&cabin));
  pass (&cabin, 48, every);
  g_assert_cmpuint (count_events (&cabin, GDP_EVENT_ALARM_CLEARED), ==, 1);
  cabin_close (&cabin);
}

static void
test_months (void)
{
  Setup lfp = usual, lto = usual, voltage = usual;

  lfp.battery = (GdpBattery) { "LiFePO4", 24, 100 };
  lfp.low = 24.8;
  lfp.empty = 24.2;
  lto.battery = (GdpBattery) { "LTO", 24, 65 };
  lto.low = 22;
  lto.empty = 20;
  voltage.mains = GDP_POINT_MAINS_VOLTAGE;
  run (&usual, 0.5, 0, 600, 18);
  run (&usual, 1, 0, 3600, 16);
  run (&usual, 1, 20, 60, 18);
  run (&lto, 0.4, 0, 600, 18);
  /* Within the last tenth gdp-sim's curves fall three times, LiFePO4's ten times as fast; nothing tells before. */
  run (&voltage, 1, 5, 300, 9);
  run (&lfp, 0.3, 0, 600, 4);
}

/* A battery without mains runs down from the beginning on. */
static void
test_no_mains (void)
{
  Setup none = usual;
  Cabin cabin;

  none.mains = GDP_N_POINT_KINDS;
  cabin_open (&cabin, &none);
  cabin.lost = TRUE;
  cabin.battery.charge = 0.3;
  g_assert_true (pass_until (&cabin, GDP_LEVEL_L, 600));
  g_assert_cmpfloat (truth (&cabin, none.empty), >=, 10);
  cabin_close (&cabin);
}

/* The mains are there: that its voltage falls is told by its limits. Nor is anything without LL. */
static void
test_not_judged (void)
{
  Setup no_limit = usual;
  Cabin cabin;

  no_limit.priority = 0;
  for (guint i = 0; i < 2; i++) {
    cabin_open (&cabin, i ? &no_limit : &usual);
    cabin.lost = TRUE;
    for (guint k = 0; cabin.battery.charge > 0 && k < 10000; k++) {
      double volts = discharge (&cabin, 600);
      GdpSample samples[] = { { BATTERY, GDP_REASON_NONE, cabin.now, volts }, { MAINS, GDP_REASON_NONE, cabin.now, i == 0 } };
      gdp_engine_samples (cabin.engine, 0, cabin.now, samples, N_POINTS, cabin.changes);
    }
    g_assert_null (gdp_engine_alarm (cabin.engine, HOURS));
    g_assert_true (gdp_engine_alarm (cabin.engine, "S/battery.low")->active);
    cabin_close (&cabin);
  }
}

/* Half an hour without mains, every day. */
static void
test_short (void)
{
  Cabin cabin;

  cabin_open (&cabin, &usual);
  for (guint day = 0; day < 20; day++) {
    cabin.lost = TRUE;
    pass (&cabin, 0.5, 60);
    cabin.lost = FALSE;
    pass (&cabin, 23.5, 600);
  }
  g_assert_null (gdp_engine_alarm (cabin.engine, HOURS));
  cabin_close (&cabin);
}

static void
run_low (Cabin *cabin)
{
  cabin_open (cabin, &usual);
  cabin->watts = 20;
  lose_mains (cabin);
  g_assert_true (pass_until (cabin, GDP_LEVEL_L, 600));
}

/* The battery's converter fails: it neither clears nor escalates, it is unknown; then it goes on. */
static void
test_quality (void)
{
  Cabin cabin;

  run_low (&cabin);
  for (guint i = 0; i < 6 * 6; i++) {
    discharge (&cabin, 600);
    GdpSample samples[] = { { BATTERY, GDP_REASON_DEVICE_EXCEPTION, cabin.now, NAN }, { MAINS, GDP_REASON_NONE, cabin.now, 0 } };
    gdp_engine_samples (cabin.engine, 0, cabin.now, samples, N_POINTS, cabin.changes);
  }
  g_assert_nonnull (alarm_of (&cabin));
  g_assert_cmpint (alarm_of (&cabin)->reason, ==, GDP_REASON_DEVICE_EXCEPTION);
  g_assert_cmpint (alarm_of (&cabin)->level, ==, GDP_LEVEL_L);
  poll (&cabin, 600);
  g_assert_cmpint (alarm_of (&cabin)->reason, ==, GDP_REASON_NONE);
  g_assert_true (pass_until (&cabin, GDP_LEVEL_LL, 600));
  g_assert_cmpfloat (truth (&cabin, usual.empty), <=, 13);
  cabin_close (&cabin);
}

/* The clock is set by months, there and back; the battery knows nothing of it. */
static void
test_clock (void)
{
  for (int by = -60; by <= 60; by += 120) {
    Cabin cabin;

    cabin_open (&cabin, &usual);
    cabin.watts = 20;
    lose_mains (&cabin);
    pass (&cabin, 8, 600);
    if (by > 0)
      gdp_engine_clock_set_forward (cabin.engine, by * DAY);
    cabin.now += by * DAY;
    g_assert_true (pass_until (&cabin, GDP_LEVEL_L, 600));
    g_assert_cmpfloat (truth (&cabin, usual.empty), >=, 10);
    g_assert_cmpfloat (truth (&cabin, usual.empty), <=, 40);
    cabin_close (&cabin);
  }
}

/* Another configuration: what was learned stays, unless the battery is not judged any more. */
static void
test_configuration (void)
{
  Setup other = usual, without = usual;
  Cabin cabin;

  other.low = 24;
  without.priority = 0;
  cabin_open (&cabin, &usual);
  cabin.watts = 20;
  lose_mains (&cabin);
  for (guint i = 0; alarm_of (&cabin) == NULL && i < 1000; i++) {   /* every twenty minutes */
    g_autoptr (GdpNetwork) network = network_of (i % 2 ? &usual : &other);
    gdp_engine_set_network (cabin.engine, network, cabin.now, cabin.changes);
    poll (&cabin, 1200);
  }
  g_assert_nonnull (alarm_of (&cabin));
  g_assert_cmpfloat (truth (&cabin, usual.empty), >=, 10);
  g_autoptr (GdpNetwork) same = network_of (&other), network = network_of (&without);
  gdp_engine_set_network (cabin.engine, same, cabin.now, cabin.changes);
  poll (&cabin, 600);
  g_assert_nonnull (alarm_of (&cabin));
  gdp_engine_set_network (cabin.engine, network, cabin.now, cabin.changes);
  poll (&cabin, 600);
  g_assert_null (alarm_of (&cabin));
  cabin_close (&cabin);
}

/* What a store remembers: alarms and last readings; @past: and what was measured. */
static void
restart (Cabin *cabin, const GArray *past)
{
  static const char *const ids[] = { HOURS, "S/battery.low", "S/mains.state" };
  GdpEngine *before = cabin->engine;

  cabin->now += 60 * GDP_SECOND;
  cabin->engine = gdp_engine_new (cabin->network, "server", cabin->now);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    if (gdp_engine_alarm (before, ids[i]) != NULL)
      gdp_engine_restore_alarm (cabin->engine, gdp_engine_alarm (before, ids[i]));
  for (guint i = 0; i < cabin->network->n_points; i++) {
    gint64 then = cabin->now - 60 * GDP_SECOND;
    gdp_engine_restore_reading (cabin->engine, &(GdpReading) { .point = cabin->network->points[i].key, .time = then, .received = then,
                                                               .value = i == BATTERY ? cabin->volts : !cabin->lost });
  }
  gdp_engine_free (before);
  if (past == NULL)
    return;
  g_assert_cmpint (gdp_engine_runs_down (cabin->engine, MAINS), ==, 0);
  gint64 since = gdp_engine_runs_down (cabin->engine, BATTERY);
  g_assert_cmpint (since, >=, START + HOUR);
  g_assert_cmpint (since, <=, START + 2 * HOUR);
  gdp_engine_restore_past (cabin->engine, BATTERY, (const GdpPast *) (gpointer) past->data, past->len);
}

static void
test_restart (void)
{
  g_autoptr (GArray) past = g_array_new (FALSE, FALSE, sizeof (GdpPast));
  Cabin cabin;

  cabin_open (&cabin, &usual);
  cabin.watts = 20;
  lose_mains (&cabin);
  while (truth (&cabin, usual.empty) > 14) {   /* it would have been told before: nobody listened to the mains */
    poll (&cabin, 600);
    GdpPast one = { cabin.now, cabin.volts };
    g_array_append_val (past, one);
    if (alarm_of (&cabin) != NULL)
      break;
  }
  g_assert_nonnull (alarm_of (&cabin));
  guint32 occurrence = alarm_of (&cabin)->occurrence;

  restart (&cabin, NULL);        /* what was told is still true, and not told again */
  for (guint i = 0; i < 12; i++)
    poll (&cabin, 600);
  g_assert_nonnull (alarm_of (&cabin));
  g_assert_cmpuint (alarm_of (&cabin)->occurrence, ==, occurrence);

  restart (&cabin, past);        /* … and goes on where it was */
  g_assert_true (pass_until (&cabin, GDP_LEVEL_LL, 600));
  g_assert_cmpfloat (truth (&cabin, usual.empty), >=, 3);
  restart (&cabin, past);
  cabin.lost = FALSE;
  poll (&cabin, 60);
  poll (&cabin, 60);
  g_assert_null (alarm_of (&cabin));
  cabin_close (&cabin);
}

/* A new server is told the past: it warns as early as the old one would have. */
static void
test_past (void)
{
  g_autoptr (GArray) past = g_array_new (FALSE, FALSE, sizeof (GdpPast));
  Cabin cabin;

  cabin_open (&cabin, &usual);
  lose_mains (&cabin);
  pass (&cabin, 0.1, 60);
  while (truth (&cabin, usual.empty) > 16) {
    discharge (&cabin, 3600);
    GdpPast one = { cabin.now, cabin.volts };
    g_array_append_val (past, one);
  }
  restart (&cabin, past);
  g_assert_null (alarm_of (&cabin));
  poll (&cabin, 600);
  g_assert_nonnull (alarm_of (&cabin));
  cabin_close (&cabin);
}

/* Twice a day it tells the rows of twelve hours. */
static void
test_rows (void)
{
  Cabin cabin;

  cabin_open (&cabin, &usual);
  lose_mains (&cabin);
  cabin.battery.charge = 0.4;
  while (alarm_of (&cabin) == NULL && cabin.battery.charge > 0) {
    g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (GdpSample));
    for (guint i = 0; i < 24; i++) {
      double volts = discharge (&cabin, 1800);
      GdpSample row = { BATTERY, GDP_REASON_NONE, cabin.now, volts };
      g_array_append_val (rows, row);
    }
    GdpSample mains = { MAINS, GDP_REASON_NONE, cabin.now, 0 };
    gdp_engine_samples (cabin.engine, 0, cabin.now + 1, &mains, 1, cabin.changes);
    gdp_engine_history (cabin.engine, 0, cabin.now + 2, (GdpSample *) (gpointer) rows->data, rows->len, cabin.changes);
  }
  g_test_message ("told when %.1f h were left", truth (&cabin, usual.empty));
  g_assert_nonnull (alarm_of (&cabin));
  g_assert_cmpfloat (truth (&cabin, usual.empty), >=, 2);
  g_assert_cmpfloat (truth (&cabin, usual.empty), <=, 40);
  cabin_close (&cabin);
}

/* Whatever the mains, the values and the clock do: the alarm is never there while the mains are, and nothing leaks. */
static void
test_anything (void)
{
  for (guint round = 0; round < 20; round++) {
    Cabin cabin;

    cabin_open (&cabin, &usual);
    cabin.watts = 30;
    for (guint i = 0; i < 600; i++) {
      int dice = g_rand_int_range (cabin.rand, 0, 100);
      if (dice == 0)
        cabin.lost = !cabin.lost;
      else if (dice == 1)
        cabin.now += g_rand_int_range (cabin.rand, -5, 5) * DAY;
      else if (dice == 2)
        restart (&cabin, NULL);
      else if (dice == 3)
        gdp_engine_set_network (cabin.engine, cabin.network, cabin.now, cabin.changes);
      poll (&cabin, g_rand_int_range (cabin.rand, 1, 3000));
      poll (&cabin, 1);
      g_assert_true (cabin.lost || alarm_of (&cabin) == NULL);
      if (cabin.battery.charge == 0)
        cabin.lost = FALSE;
    }
    cabin_close (&cabin);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/hours/" path, func)
  ADD ("told-in-time-by-every-chemistry-in-months-of-battery", test_months);
  ADD ("a-site-without-mains-runs-on-its-battery", test_no_mains);
  ADD ("with-mains-or-without-a-limit-nothing-is-told", test_not_judged);
  ADD ("short-losses-tell-nothing", test_short);
  ADD ("bad-quality-neither-raises-nor-clears", test_quality);
  ADD ("the-clock-is-set-meanwhile", test_clock);
  ADD ("another-configuration-forgets-nothing", test_configuration);
  ADD ("a-restart-keeps-what-was-told", test_restart);
  ADD ("a-new-server-takes-up-the-past", test_past);
  ADD ("rows-that-come-late-count", test_rows);
  ADD ("never-with-mains-whatever-happens", test_anything);
  return g_test_run ();
}
