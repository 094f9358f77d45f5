/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine when somebody does not answer: silence, lost lines, stale points, restarts. */
#include "plant.h"

enum { ALL = 0xF, NOT_U1 = 0xE, NO_BUS = 0xC };

static void
set_up (Plant *plant, gconstpointer data)
{
  plant_open (plant, usual ());
  for (guint u = 0; u < N_UNITS; u++)
    poll_unit (plant, u);
}

static void
tear_down (Plant *plant, gconstpointer data)
{
  plant_close (plant);
}

static guint
count_active (Plant *plant)
{
  static const char *const ids[] = { "bus.lost", "tcp.lost", "modem.lost", "S1/u.silent", "S2/u.silent",
                                     "S3/u.silent", "S4/u.silent" };
  guint n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, ids[i]);
    n += alarm != NULL && alarm->active && alarm->suppression == GDP_SUPPRESSION_NONE;
  }
  return n;
}

static GdpContactInfo *
last_contact (Plant *plant, gboolean link, guint index)
{
  gint64 key = link ? plant->network->links[index].key : plant->network->units[index].key;

  for (guint i = plant->changes->contacts->len; i > 0; i--) {
    GdpContactInfo *info = g_ptr_array_index (plant->changes->contacts, i - 1);
    if (info->link == link && info->key == key)
      return info;
  }
  return NULL;
}

static void
test_quiet (Plant *plant, gconstpointer data)
{
  forget (plant);
  pass_polling (plant, 50, ALL);
  g_assert_cmpuint (plant->changes->events->len, ==, 0);
  g_assert_cmpuint (plant->changes->alarms->len, ==, 0);
  g_assert_cmpuint (plant->changes->readings->len, ==, 0);
  g_assert_cmpuint (plant->changes->contacts->len, ==, N_UNITS * 25);   /* one in 2 s */
  g_assert_cmpint (last_contact (plant, FALSE, U1)->seen, ==, plant->now);
}

/* The longer a unit may be silent, the less often it is told that it is not; and every 20 s at least. */
static void
test_quiet_with_patience (Plant *plant, gconstpointer data)
{
  const gint64 key = plant->network->units[U1].key;
  guint n = 0;

  plant->network->units[U1].silent_after = 86400;
  forget (plant);
  pass_polling (plant, 100, ALL);
  for (guint i = 0; i < plant->changes->contacts->len; i++) {
    const GdpContactInfo *info = g_ptr_array_index (plant->changes->contacts, i);
    n += !info->link && info->key == key;
  }
  g_assert_cmpuint (n, ==, 100 / 20);
  g_assert_cmpuint (plant->changes->contacts->len, ==, n + (N_UNITS - 1) * 50);
}

/* All of U1's points, or all but its door. */
static void
refuse (Plant *plant, gboolean door)
{
  GdpSample all[PER_UNIT];

  for (guint i = 0; i < PER_UNIT; i++)
    all[i] = (GdpSample) { .point = P (U1, i), .time = plant->now, .raw = 0,
                           .reason = i == DOOR && !door ? GDP_REASON_NONE : GDP_REASON_DEVICE_EXCEPTION };
  gdp_engine_samples (plant->engine, U1, plant->now, all, PER_UNIT, plant->changes);
}

static void
test_unit_refuses (Plant *plant, gconstpointer data)
{
  pass_polling (plant, 1, ALL);
  forget (plant);
  for (guint i = 0; i < 10; i++) {
    g_assert_cmpstr (state_of (plant, "S1/u.refuses"), ==, i > 5 ? "unacked" : "none");   /* 5 s, as for silence */
    pass_polling (plant, 1, NOT_U1);
    refuse (plant, TRUE);
  }
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, "S1/u.refuses")->priority, ==, 2);
  g_assert_cmpint (last_reading (plant, P (U1, LOOP))->reason, ==, GDP_REASON_DEVICE_EXCEPTION);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_OCCURRED), ==, 1);   /* one, and none of its points */
  g_assert_cmpuint (count_active (plant), ==, 0);                             /* it is neither silent nor lost */

  /* One block is answered: now the others are at fault themselves. */
  refuse (plant, FALSE);
  g_assert_cmpstr (state_of (plant, "S1/u.refuses"), ==, "rtn-unacked");
  g_assert_cmpstr (state_of (plant, "S1/p.fault"), ==, "unacked");
  g_assert_cmpstr (state_of (plant, "S1/loop.fault"), ==, "unacked");
  /* All again: they stay as they were, unknown. */
  refuse (plant, TRUE);
  g_assert_cmpstr (state_of (plant, "S1/p.fault"), ==, "unacked");
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/p.fault")->reason, ==, GDP_REASON_DEVICE_EXCEPTION);
  poll_unit (plant, U1);
  g_assert_cmpstr (state_of (plant, "S1/p.fault"), ==, "rtn-unacked");
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/p.fault")->reason, ==, GDP_REASON_NONE);
}

static void
test_unit_refuses_and_falls_silent (Plant *plant, gconstpointer data)
{
  for (guint i = 0; i < 8; i++) {
    pass_polling (plant, 1, NOT_U1);
    refuse (plant, TRUE);
  }
  pass_polling (plant, 8, NOT_U1);
  g_assert_cmpstr (state_of (plant, "S1/u.silent"), ==, "unacked");
  g_assert_true (gdp_engine_alarm (plant->engine, "S1/u.refuses")->active);
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/u.refuses")->reason, ==, GDP_REASON_NO_COMMUNICATION);
  poll_unit (plant, U1);
  g_assert_cmpstr (state_of (plant, "S1/u.refuses"), ==, "rtn-unacked");
  g_assert_cmpstr (state_of (plant, "S1/u.silent"), ==, "rtn-unacked");
}

static void
test_unit_silent (Plant *plant, gconstpointer data)
{
  pass_polling (plant, 1, ALL);
  sample (plant, P (U1, PRESSURE), 2.8);
  gdp_engine_unit_failed (plant->engine, U1, plant->now, "no answer in 1.2 s");
  forget (plant);
  pass_polling (plant, 4, NOT_U1);
  g_assert_cmpuint (plant->changes->alarms->len, ==, 0);
  pass_polling (plant, 2, NOT_U1);
  g_assert_cmpstr (state_of (plant, "S1/u.silent"), ==, "unacked");
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, "S1/u.silent")->priority, ==, 2);
  g_assert_cmpuint (count_active (plant), ==, 1);
  g_assert_cmpint (last_contact (plant, FALSE, U1)->state, ==, GDP_CONTACT_SILENT);
  g_assert_cmpstr (last_contact (plant, FALSE, U1)->detail, ==, "no answer in 1.2 s");
  for (guint i = 0; i < PER_UNIT; i++)
    g_assert_cmpint (last_reading (plant, P (U1, i))->reason, ==, GDP_REASON_NO_COMMUNICATION);
  g_assert_cmpfloat (last_reading (plant, P (U1, PRESSURE))->value, ==, 2.8);
  const GdpAlarm *high = gdp_engine_alarm (plant->engine, "S1/p.high");
  g_assert_true (high->active);
  g_assert_cmpint (high->reason, ==, GDP_REASON_NO_COMMUNICATION);

  forget (plant);
  poll_unit (plant, U1);
  g_assert_cmpstr (state_of (plant, "S1/u.silent"), ==, "rtn-unacked");
  g_assert_cmpint (high->reason, ==, GDP_REASON_NONE);
  g_assert_cmpint (last_reading (plant, P (U1, PRESSURE))->reason, ==, GDP_REASON_NONE);
  g_assert_cmpint (last_contact (plant, FALSE, U1)->state, ==, GDP_CONTACT_OK);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_UNIT_BACK), ==, 1);
}

static void
test_line_reported (Plant *plant, gconstpointer data)
{
  gdp_engine_link_failed (plant->engine, BUS, plant->now, "Input/output error");
  forget (plant);
  pass_polling (plant, 30, NO_BUS);
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "unacked");
  g_assert_cmpuint (count_active (plant), ==, 1);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_OCCURRED), ==, 1);
  g_assert_cmpint (last_contact (plant, TRUE, BUS)->state, ==, GDP_CONTACT_SILENT);
  g_assert_cmpstr (last_contact (plant, TRUE, BUS)->detail, ==, "Input/output error");
  for (guint u = U1; u <= U2; u++)
    g_assert_cmpint (last_reading (plant, P (u, DOOR))->reason, ==, GDP_REASON_NO_COMMUNICATION);

  gdp_engine_link_working (plant->engine, BUS, plant->now);
  pass_polling (plant, 2, ALL);
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "rtn-unacked");
  g_assert_cmpuint (count_active (plant), ==, 0);
  g_assert_cmpint (last_reading (plant, P (U2, DOOR))->reason, ==, GDP_REASON_NONE);
}

static void
test_line_fallen_silently (Plant *plant, gconstpointer data)
{
  /* The units' last answers lie apart, as a polled line's do. */
  pass (plant, 0.4);
  poll_unit (plant, U2);
  forget (plant);
  pass_polling (plant, 30, NO_BUS);
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "unacked");
  g_assert_cmpstr (state_of (plant, "S1/u.silent"), ==, "none");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_OCCURRED), ==, 1);
  gdp_engine_link_working (plant->engine, BUS, plant->now);   /* opening the device proves nothing */
  pass_polling (plant, 3, NO_BUS);
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "unacked");
  poll_unit (plant, U1);
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "rtn-unacked");
  pass_polling (plant, 10, NOT_U1 & ~2u);
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, "bus.lost")->occurrence, ==, 2);
}

static void
test_quick_reconnect (Plant *plant, gconstpointer data)
{
  forget (plant);
  gdp_engine_link_failed (plant->engine, TCP, plant->now, "Connection reset");
  pass_polling (plant, 3, ALL & ~4u);
  gdp_engine_link_working (plant->engine, TCP, plant->now);
  pass_polling (plant, 20, ALL);
  g_assert_cmpuint (plant->changes->events->len, ==, 0);
  g_assert_cmpuint (plant->changes->alarms->len, ==, 0);
}

static void
test_link_works_unit_dead (Plant *plant, gconstpointer data)
{
  gdp_engine_link_failed (plant->engine, TCP, plant->now, "Connection refused");
  pass_polling (plant, 10, ALL & ~4u);
  g_assert_cmpstr (state_of (plant, "tcp.lost"), ==, "unacked");
  gdp_engine_link_working (plant->engine, TCP, plant->now);
  pass_polling (plant, 4, ALL & ~4u);
  g_assert_cmpstr (state_of (plant, "tcp.lost"), ==, "rtn-unacked");
  g_assert_cmpstr (state_of (plant, "S3/u.silent"), ==, "none");
  for (guint i = 0; i < 4; i++) {   /* said again and again, it gives the unit no more time */
    gdp_engine_link_working (plant->engine, TCP, plant->now);
    pass_polling (plant, 1, ALL & ~4u);
  }
  g_assert_cmpstr (state_of (plant, "S3/u.silent"), ==, "unacked");
}

/* It hangs up whenever it is asked; its neighbour on the line answers in between. */
static void
test_unit_breaks_its_link (Plant *plant, gconstpointer data)
{
  for (guint i = 0; i < 12; i++) {
    gdp_engine_link_failed (plant->engine, BUS, plant->now, "connection lost");
    pass_polling (plant, 1, NOT_U1);
  }
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "none");
  g_assert_cmpstr (state_of (plant, "S1/u.silent"), ==, "unacked");
  g_assert_cmpstr (state_of (plant, "S2/u.silent"), ==, "none");
  g_assert_cmpint (last_reading (plant, P (U1, PRESSURE))->reason, ==, GDP_REASON_NO_COMMUNICATION);
}

static void
test_cause_told_later (Plant *plant, gconstpointer data)
{
  pass_polling (plant, 8, NOT_U1);
  g_assert_null (last_contact (plant, FALSE, U1)->detail);
  gdp_engine_unit_failed (plant->engine, U1, plant->now, "no answer in 1.00 s");
  pass (plant, 0);
  g_assert_cmpstr (last_contact (plant, FALSE, U1)->detail, ==, "no answer in 1.00 s");
}

static void
test_suppressed (Plant *plant, gconstpointer data)
{
  pass_polling (plant, 8, NOT_U1);
  g_assert_true (acknowledge (plant, "S1/u.silent", NULL));
  gdp_engine_link_failed (plant->engine, BUS, plant->now, NULL);
  forget (plant);
  pass_polling (plant, 10, NO_BUS);
  const GdpAlarm *silent = gdp_engine_alarm (plant->engine, "S1/u.silent");
  g_assert_cmpint (silent->suppression, ==, GDP_SUPPRESSION_BY_DESIGN);
  g_assert_cmpstr (silent->suppressed_why, ==, "bus.lost");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_SUPPRESSED), ==, 1);
  g_assert_cmpuint (count_active (plant), ==, 1);
  gdp_engine_link_working (plant->engine, BUS, plant->now);
  pass_polling (plant, 10, NOT_U1);
  g_assert_cmpint (silent->suppression, ==, GDP_SUPPRESSION_NONE);
  g_assert_null (silent->suppressed_why);
  g_assert_cmpstr (state_of (plant, "S1/u.silent"), ==, "acked");   /* exactly as it was */
  g_assert_cmpuint (silent->occurrence, ==, 1);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_RESTORED), ==, 1);
}

static void
test_modem (Plant *plant, gconstpointer data)
{
  gdp_engine_link_failed (plant->engine, MODEM, plant->now, "session closed: idle");
  forget (plant);
  pass_polling (plant, 20, 7);
  g_assert_cmpstr (state_of (plant, "modem.lost"), ==, "none");
  g_assert_cmpstr (state_of (plant, "S4/u.silent"), ==, "unacked");
  g_assert_cmpstr (last_contact (plant, FALSE, U4)->detail, ==, "session closed: idle");
  g_assert_cmpuint (count_active (plant), ==, 1);
}

static void
test_never_dialled (void)
{
  Plant plant;

  plant_open (&plant, usual ());
  pass_polling (&plant, 4, 7);
  g_assert_cmpuint (count_active (&plant), ==, 0);
  g_assert_null (last_reading (&plant, P (U4, PRESSURE)));
  pass_polling (&plant, 2, 7);
  g_assert_cmpstr (state_of (&plant, "S4/u.silent"), ==, "unacked");
  g_assert_cmpint (last_reading (&plant, P (U4, PRESSURE))->reason, ==, GDP_REASON_NO_COMMUNICATION);
  g_assert_true (isnan (last_reading (&plant, P (U4, PRESSURE))->value));
  plant_close (&plant);
}

static void
test_stale (void)
{
  PlantSetup setup = usual ();
  Plant plant;

  setup.stale_priority = 4;
  plant_open (&plant, setup);
  poll_unit (&plant, U1);
  for (guint s = 0; s < 7; s++) {
    pass (&plant, 1);
    sample (&plant, P (U1, DOOR), 0);
    sample (&plant, P (U1, PRESSURE), 2.3);
    g_assert_cmpint (last_reading (&plant, P (U1, LOOP))->reason, ==, s < 4 ? GDP_REASON_NONE : GDP_REASON_STALE);
  }
  g_assert_cmpfloat (last_reading (&plant, P (U1, LOOP))->value, ==, 8);
  g_assert_cmpstr (state_of (&plant, "S1/loop.stale"), ==, "unacked");
  g_assert_cmpint (last_reading (&plant, P (U1, DOOR))->reason, ==, GDP_REASON_NONE);
  poll_unit (&plant, U1);
  g_assert_cmpstr (state_of (&plant, "S1/loop.stale"), ==, "rtn-unacked");
  g_assert_cmpint (last_reading (&plant, P (U1, LOOP))->reason, ==, GDP_REASON_NONE);
  plant_close (&plant);
}

/* A second engine that knows only what the first one emitted, as after kill -9. */
static void
restart (Plant *plant)
{
  GdpEngine *engine = gdp_engine_new (plant->network, "server", plant->now);

  for (guint i = 0; i < plant->changes->alarms->len; i++)
    gdp_engine_restore_alarm (engine, g_ptr_array_index (plant->changes->alarms, i));
  for (guint i = 0; i < plant->changes->readings->len; i++)
    gdp_engine_restore_reading (engine, &g_array_index (plant->changes->readings, GdpReading, i));
  gdp_engine_free (plant->engine);
  plant->engine = engine;
  forget (plant);
}

static void
test_restart (Plant *plant, gconstpointer data)
{
  sample (plant, P (U1, PRESSURE), 2.95);
  sample (plant, P (U1, DOOR), 1);
  g_assert_true (acknowledge (plant, "S1/p.high", NULL));
  pass_polling (plant, 8, 1 | 4 | 8);   /* U2 falls silent; U1's alarms clear, unacknowledged or not */
  sample (plant, P (U1, PRESSURE), 2.95);
  g_assert_true (acknowledge (plant, "S1/p.high", NULL));
  g_assert_cmpstr (state_of (plant, "S2/u.silent"), ==, "unacked");
  restart (plant);

  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "acked");
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/p.high")->reason, ==, GDP_REASON_WAITING);
  g_assert_cmpstr (state_of (plant, "S1/door.state"), ==, "rtn-unacked");
  pass (plant, 1);
  sample (plant, P (U1, PRESSURE), 2.95);
  pass_polling (plant, 1, 4 | 8);
  for (guint s = 0; s < 20; s++) {
    pass_polling (plant, 1, 4 | 8);
    sample (plant, P (U1, PRESSURE), 2.95);
    sample (plant, P (U1, DOOR), 0);
    sample (plant, P (U1, LOOP), 12);
  }
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_OCCURRED), ==, 0);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_RECURRED), ==, 0);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_ESCALATED), ==, 0);
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "acked");
  g_assert_cmpint (gdp_engine_alarm (plant->engine, "S1/p.high")->reason, ==, GDP_REASON_NONE);
  g_assert_cmpstr (state_of (plant, "S2/u.silent"), ==, "unacked");
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, "S2/u.silent")->occurrence, ==, 1);
}

static void
test_restart_waits (Plant *plant, gconstpointer data)
{
  restart (plant);
  pass (plant, 1);
  g_assert_cmpuint (plant->changes->readings->len, ==, 0);
  pass (plant, 2);
  g_assert_cmpint (last_reading (plant, P (U4, PRESSURE))->reason, ==, GDP_REASON_WAITING);
  g_assert_cmpfloat (last_reading (plant, P (U4, PRESSURE))->value, ==, 2.3);
  g_assert_cmpint (last_contact (plant, FALSE, U4)->state, ==, GDP_CONTACT_UNKNOWN);
  g_assert_cmpint (last_contact (plant, FALSE, U4)->seen, ==, START);   /* still known from the readings */
  pass (plant, 4);
  g_assert_cmpint (last_reading (plant, P (U4, PRESSURE))->reason, ==, GDP_REASON_NO_COMMUNICATION);
}

static void
test_restart_with_lost_line (Plant *plant, gconstpointer data)
{
  pass_polling (plant, 20, NO_BUS);
  g_assert_true (acknowledge (plant, "bus.lost", NULL));
  restart (plant);
  gdp_engine_link_working (plant->engine, BUS, plant->now);
  pass_polling (plant, 20, NO_BUS);
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "acked");
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_OCCURRED), ==, 0);
  pass_polling (plant, 1, ALL);
  g_assert_cmpstr (state_of (plant, "bus.lost"), ==, "normal");
}

static void
test_unknown_object (Plant *plant, gconstpointer data)
{
  gdp_engine_restore_alarm (plant->engine, &(GdpAlarm) { .id = "S7/p.high", .condition = GDP_CONDITION_HIGH,
                                                         .active = TRUE, .occurrence = 3 });
  forget (plant);
  g_assert_cmpint (gdp_engine_deadline (plant->engine), <=, plant->now);
  pass (plant, 0);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_CLEARED), ==, 1);
  g_assert_cmpstr (state_of (plant, "S7/p.high"), ==, "rtn-unacked");
  g_assert_true (acknowledge (plant, "S7/p.high", NULL));
}

static void
change_network (Plant *plant, PlantSetup setup)
{
  GdpNetwork *network = plant_network (setup);

  gdp_engine_set_network (plant->engine, network, plant->now, plant->changes);
  gdp_network_unref (plant->network);
  plant->network = network;
}

static void
test_configuration_same (Plant *plant, gconstpointer data)
{
  sample (plant, P (U1, PRESSURE), 2.8);
  pass_polling (plant, 8, 1 | 4 | 8);
  sample (plant, P (U1, PRESSURE), 2.8);
  forget (plant);
  change_network (plant, usual ());
  for (guint s = 0; s < 10; s++) {
    pass_polling (plant, 1, 4 | 8);
    sample (plant, P (U1, PRESSURE), 2.8);
    sample (plant, P (U1, DOOR), 0);
    sample (plant, P (U1, LOOP), 12);
  }
  g_assert_cmpuint (plant->changes->events->len, ==, 0);
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "unacked");
  g_assert_cmpstr (state_of (plant, "S2/u.silent"), ==, "unacked");
}

static void
test_configuration_changed (Plant *plant, gconstpointer data)
{
  PlantSetup setup = usual ();

  sample (plant, P (U1, PRESSURE), 2.8);
  sample (plant, P (U2, PRESSURE), 1.5);
  pass_polling (plant, 7, 7);
  sample (plant, P (U1, PRESSURE), 2.8);
  sample (plant, P (U2, PRESSURE), 1.5);
  g_assert_cmpstr (state_of (plant, "S4/u.silent"), ==, "unacked");
  forget (plant);
  setup.pressure.level[GDP_LEVEL_L].priority = setup.pressure.level[GDP_LEVEL_LL].priority = 0;
  setup.pressure.level[GDP_LEVEL_H].priority = 3;
  setup.skip_unit = U4;
  change_network (plant, setup);
  g_assert_cmpstr (state_of (plant, "S4/u.silent"), ==, "rtn-unacked");   /* the unit is gone */
  g_assert_cmpstr (state_of (plant, "S2/p.low"), ==, "rtn-unacked");      /* the limit is gone */
  g_assert_cmpuint (count_events (plant, GDP_EVENT_ALARM_CLEARED), ==, 2);
  g_assert_cmpuint (gdp_engine_alarm (plant->engine, "S1/p.high")->priority, ==, 3);
  g_assert_cmpuint (count_events (plant, GDP_EVENT_CONFIGURATION_CHANGED), ==, 1);
  pass_polling (plant, 1, 7);
  g_assert_cmpstr (state_of (plant, "S1/p.high"), ==, "rtn-unacked");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/contact/" path, Plant, NULL, set_up, func, tear_down)
  ADD ("nothing-new-costs-a-sign-of-life-in-two-seconds", test_quiet);
  ADD ("patient-unit-is-told-less-often", test_quiet_with_patience);
  ADD ("silent-unit-is-one-alarm-and-comes-back-by-itself", test_unit_silent);
  ADD ("unit-that-refuses-everything-is-one-alarm", test_unit_refuses);
  ADD ("unit-that-refused-and-fell-silent-is-unknown", test_unit_refuses_and_falls_silent);
  ADD ("reported-line-is-one-alarm", test_line_reported);
  ADD ("line-where-all-are-silent-is-one-alarm", test_line_fallen_silently);
  ADD ("quick-reconnect-is-quiet", test_quick_reconnect);
  ADD ("unit-dead-behind-a-working-link-gets-its-own-alarm", test_link_works_unit_dead);
  ADD ("unit-that-breaks-its-link-is-called-silent", test_unit_breaks_its_link);
  ADD ("cause-told-after-the-silence-is-shown", test_cause_told_later);
  ADD ("unit-alarm-under-a-lost-line-is-suppressed-and-restored", test_suppressed);
  ADD ("closed-modem-session-is-the-unit-s-silence", test_modem);
  g_test_add_func ("/contact/modem-that-never-dialled-waits-then-is-silent", test_never_dialled);
  g_test_add_func ("/contact/point-not-refreshed-is-stale", test_stale);
  ADD ("restart-doubles-nothing", test_restart);
  ADD ("restart-without-answers-says-waiting", test_restart_waits);
  ADD ("restart-with-a-lost-line-does-not-sound-again", test_restart_with_lost_line);
  ADD ("alarm-of-an-unknown-object-is-cleared-with-an-event", test_unknown_object);
  ADD ("same-configuration-changes-nothing", test_configuration_same);
  ADD ("removed-objects-and-limits-clear-their-alarms", test_configuration_changed);
  return g_test_run ();
}
