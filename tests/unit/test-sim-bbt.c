/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A played BBT as a device: what it measures, notices, records; what it does when it is asked. */
#include <math.h>
#include <string.h>

#include "app/sim/bbt.h"
#include "app/sim/phrase.h"
#include "app/sim/town.h"

#define START (G_GINT64_CONSTANT (1768467600) * GDP_SECOND)

typedef struct {
  GdpNetwork *network;
  SimUnit    *unit;
  SimBbt     *bbt;
  gint64      now;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer hurry)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (GDP_SOURCE_CATALOGUE, &error);
  g_assert_no_error (error);
  SimWays ways = { .bbts = TRUE, .all_stay = TRUE };
  fixture->network = sim_town_new (catalogue, 1, &ways, 1, &error);
  g_assert_no_error (error);
  fixture->now = START;
  fixture->unit = sim_unit_new (fixture->network, 0, FALSE, 1, START);
  fixture->bbt = sim_bbt_new (fixture->unit, 1, MAX (GPOINTER_TO_INT (hurry), 1), START);
}

static void
tear_down (Fixture *fixture, gconstpointer hurry)
{
  sim_bbt_free (fixture->bbt);
  sim_unit_free (fixture->unit);
  gdp_network_unref (fixture->network);
}

/* Simulated time, as fast as the unit's periods. */
static void
pass (Fixture *fixture, double seconds)
{
  for (double left = seconds; left > 0; left -= 1) {
    fixture->now += GDP_SECOND / fixture->bbt->hurry;
    sim_unit_step (fixture->unit, fixture->unit->station.time + GDP_SECOND);
    sim_bbt_step (fixture->bbt, fixture->now);
  }
}

static void
happens (Fixture *fixture, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = g_strsplit (what, " ", -1);
  SimDeed deed = { 0 };
  sim_deed_parse ((const char *const *) words, &deed, &error);
  g_assert_no_error (error);
  sim_deed_do (&deed, fixture->unit);
  sim_deed_clear (&deed);
}

/* The newest record of stream 2 of this type and, for an EVENT, code; NULL = none. */
static const SimRecord *
find (const Fixture *fixture, guint8 type, guint8 code)
{
  const GQueue *records = &fixture->bbt->memory.streams[COMMS_BBT_STREAM_EVENTS].records;
  for (const GList *node = records->tail; node; node = node->prev) {
    const SimRecord *record = node->data;
    if (record->type == type && (type != COMMS_BBT_EVENT || record->code == code))
      return record;
  }
  return NULL;
}

static const SimRecord *
event (const Fixture *fixture, CommsBbtEventCode code)
{
  return find (fixture, COMMS_BBT_EVENT, code);
}

static CommsBbtResult
ask (Fixture *fixture, CommsBbtMessage *message)
{
  guint8 payload[COMMS_BBT_PAYLOAD_MAX];
  g_autoptr (GError) error = NULL;
  gsize length = comms_bbt_encode (message, payload, &error);
  g_assert_no_error (error);
  return sim_bbt_request (fixture->bbt, message, payload, length, fixture->now);
}

static CommsBbtMessage
settings (gint32 min, gint32 max)
{
  CommsBbtMessage message = { .type = COMMS_BBT_SETTINGS };
  message.settings = (CommsBbtSettings) { .polling = 5, .confirmation = 60, .accident = 5, .archive = 10,
                                          .n_thresholds = 1, .thresholds = { { 2, 3, min, max } } };
  message.settings.revision = comms_bbt_message_revision (&message);
  return message;
}

static void
it_starts_with_an_event_and_wants_to_call (Fixture *fixture, gconstpointer data)
{
  CommsBbtReport report;
  g_assert_nonnull (event (fixture, COMMS_BBT_EVENT_STARTED));
  g_assert_cmpint (fixture->bbt->call, ==, COMMS_BBT_CAUSE_POWER_ON);
  sim_bbt_report (fixture->bbt, &report);
  g_assert_cmpint (comms_bbt_report_value (&report, 1), >, 4000);
  g_assert_cmpint (comms_bbt_report_value (&report, COMMS_BBT_MAINS), >, 2200);
  g_assert_cmpint (comms_bbt_report_value (&report, COMMS_BBT_SIGNAL), <, -60);
  g_assert_false (comms_bbt_report_has (&report, COMMS_BBT_SOLAR));
}

static void
a_crossed_threshold_calls_and_shortens_the_period (Fixture *fixture, gconstpointer data)
{
  pass (fixture, 20);
  CommsBbtMessage message = settings (3000, fixture->bbt->now.values[1] + 2000);
  g_assert_cmpuint (ask (fixture, &message).code, ==, COMMS_BBT_DONE);
  fixture->bbt->call = -1;
  pass (fixture, 20);
  g_assert_cmpint (fixture->bbt->call, ==, -1);
  sim_bbt_plan (fixture->bbt, fixture->now);
  g_assert_cmpint (fixture->bbt->next_call - fixture->now, ==, 3600 * GDP_SECOND);

  happens (fixture, "sensor outlet1 fails high");
  pass (fixture, 10);
  const SimRecord *above = event (fixture, COMMS_BBT_EVENT_ABOVE);
  g_assert_nonnull (above);
  g_assert_cmpuint (above->channel, ==, 2);
  g_assert_cmpuint (above->detail, ==, (guint32) message.settings.thresholds[0].max);
  g_assert_cmpint (fixture->bbt->call, ==, COMMS_BBT_CAUSE_ALARM_INPUT);   /* 22 mA is a fault of the loop, first */
  g_assert_nonnull (event (fixture, COMMS_BBT_EVENT_LOOP_FAULT));
  sim_bbt_plan (fixture->bbt, fixture->now);
  g_assert_cmpint (fixture->bbt->next_call - fixture->now, ==, 300 * GDP_SECOND);

  happens (fixture, "sensor outlet1 recovers");
  pass (fixture, 10);
  g_assert_nonnull (event (fixture, COMMS_BBT_EVENT_WITHIN));
}

static void
contacts_tampering_and_buttons_are_noticed (Fixture *fixture, gconstpointer data)
{
  pass (fixture, 5);
  fixture->bbt->call = -1;
  happens (fixture, "door opens");
  pass (fixture, 1);
  g_assert_nonnull (event (fixture, COMMS_BBT_EVENT_CONTACT));
  g_assert_cmpint (fixture->bbt->call, ==, COMMS_BBT_CAUSE_ALARM_INPUT);
  happens (fixture, "wire cut");
  happens (fixture, "button pressed");
  pass (fixture, 1);
  const SimRecord *sabotage = find (fixture, COMMS_BBT_SABOTAGE, 0);
  g_assert_nonnull (sabotage);
  g_assert_cmpuint (sabotage->code, ==, 1);
  g_assert_cmpuint (sabotage->bit, ==, SIM_NOT_FITTED);
  g_assert_nonnull (event (fixture, COMMS_BBT_EVENT_BUTTON));
  CommsBbtIdent ident;
  sim_bbt_ident (fixture->bbt, COMMS_BBT_CAUSE_TAMPER, fixture->now, &ident);
  g_assert_cmpuint (ident.flags & COMMS_BBT_UNIT_TAMPERED, ==, COMMS_BBT_UNIT_TAMPERED);
}

static void
lost_power_loses_the_clock_and_adds_a_boot (Fixture *fixture, gconstpointer data)
{
  pass (fixture, 5);
  guint8 era = fixture->bbt->clock.era;
  guint32 boot = fixture->bbt->memory.boot;
  happens (fixture, "mains lost");
  pass (fixture, 60);
  g_assert_nonnull (event (fixture, COMMS_BBT_EVENT_MAINS_LOST));
  happens (fixture, "battery holds 0 percent");
  pass (fixture, 5);
  g_assert_false (sim_bbt_is_reachable (fixture->bbt));
  happens (fixture, "mains returns");
  pass (fixture, 60);
  g_assert_cmpuint (fixture->bbt->memory.boot, ==, boot + 1);
  g_assert_cmpuint (fixture->bbt->clock.era, ==, (era + 1) & 15);
  g_assert_cmpint (sim_rtc_read (&fixture->bbt->clock, fixture->now), <, START);
  g_assert_nonnull (event (fixture, COMMS_BBT_EVENT_MAINS_BACK));
  sim_bbt_set_clock (fixture->bbt, fixture->now, fixture->now);
  g_assert_nonnull (event (fixture, COMMS_BBT_EVENT_CLOCK_SET));
}

static void
rows_stand_evenly_and_means_are_between (Fixture *fixture, gconstpointer data)
{
  pass (fixture, 3 * 3600);
  const GQueue *rows = &fixture->bbt->memory.streams[COMMS_BBT_STREAM_ARCHIVE].records;
  const GQueue *hours = &fixture->bbt->memory.streams[COMMS_BBT_STREAM_HOURLY].records;
  /* An hour between rows, by the settings that a unit has when none were given. */
  g_assert_cmpuint (rows->length, >=, 2);
  g_assert_cmpuint (hours->length, >=, 2);
  for (const GList *node = rows->head; node->next; node = node->next)
    g_assert_cmpint (((SimRecord *) node->next->data)->time - ((SimRecord *) node->data)->time, ==,
                     3600 / fixture->bbt->hurry * GDP_SECOND);
  const SimRecord *hour = hours->head->data;
  gint32 values[COMMS_BBT_CHANNELS];
  comms_bbt_values_get (hour->mask, hour->values, comms_bbt_values_size (hour->mask), values);
  g_assert_cmpint (hour->time % (3600 * GDP_SECOND / (gint64) fixture->bbt->hurry), ==, 0);
  g_assert_cmpint (ABS (values[0] - fixture->bbt->now.values[0]), <, 1500);
  g_assert_nonnull (find (fixture, COMMS_BBT_PULSE, 0));
}

static void
settings_are_taken_whole_or_not_at_all (Fixture *fixture, gconstpointer data)
{
  CommsBbtMessage message = settings (5000, 15000), other = settings (5000, 15001);
  guint32 revision = message.settings.revision;
  CommsBbtResult result = ask (fixture, &message);
  g_assert_cmpuint (result.code, ==, COMMS_BBT_DONE);
  g_assert_cmpuint (result.value, ==, revision);
  other.settings.revision ^= 1;
  result = ask (fixture, &other);
  g_assert_cmpuint (result.code, ==, COMMS_BBT_REVISION_WRONG);
  g_assert_cmpuint (result.value, ==, revision);
  g_assert_cmpint (fixture->bbt->settings->thresholds[0].max, ==, 15000);
}

static CommsBbtResult
output (Fixture *fixture, guint8 step, guint8 number, guint8 state, guint32 token)
{
  CommsBbtMessage message = { .type = COMMS_BBT_OUTPUT };
  message.output = (CommsBbtOutput) { step, number, state, token, fixture->now + 20 * GDP_SECOND };
  return ask (fixture, &message);
}

static void
an_output_moves_only_what_was_selected (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (output (fixture, 2, 1, 1, 7).code, ==, COMMS_BBT_NOT_SELECTED);
  g_assert_cmpuint (output (fixture, 1, 1, 1, 7).code, ==, COMMS_BBT_DONE);
  g_assert_cmpuint (output (fixture, 2, 2, 1, 7).code, ==, COMMS_BBT_NOT_SELECTED);
  g_assert_cmpuint (fixture->unit->station.outputs, ==, 0);
  CommsBbtResult done = output (fixture, 2, 1, 1, 7);
  g_assert_cmpuint (done.code, ==, COMMS_BBT_DONE);
  g_assert_cmpuint (done.value, ==, 1);
  g_assert_cmpuint (fixture->unit->station.outputs, ==, SIM_OUTPUT_FAN);
  g_assert_cmpuint (output (fixture, 2, 1, 1, 7).code, ==, COMMS_BBT_DONE);   /* come again, not done again */
  happens (fixture, "output 1 sticks");
  output (fixture, 1, 1, 0, 8);
  done = output (fixture, 2, 1, 0, 8);
  g_assert_cmpuint (done.code, ==, COMMS_BBT_READ_BACK_DIFFERS);
  g_assert_cmpuint (done.value, ==, 1);
  output (fixture, 1, 2, 1, 9);
  fixture->now += 31 * GDP_SECOND;
  g_assert_cmpuint (output (fixture, 2, 2, 1, 9).code, ==, COMMS_BBT_NOT_SELECTED);
}

static void
a_fan_airs_the_room (Fixture *fixture, gconstpointer data)
{
  happens (fixture, "gas leak starts 10");
  pass (fixture, 900);
  double gathered = fixture->unit->station.methane;
  sim_unit_switch (fixture->unit, 0, TRUE);
  pass (fixture, 300);
  g_assert_cmpfloat (gathered, >, 20);
  g_assert_cmpfloat (fixture->unit->station.methane, <, gathered / 2);
}

static void
every_period_passes_as_fast_as_the_simulation (Fixture *fixture, gconstpointer hurry)
{
  sim_bbt_plan (fixture->bbt, fixture->now);
  g_assert_cmpint (fixture->bbt->next_call - fixture->now, ==,
                   360 * 60 * GDP_SECOND / GPOINTER_TO_INT (hurry));
}

/* How often a unit is looked at does not change its station. */
static void
the_same_seed_plays_the_same_station (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SimUnit) other = sim_unit_new (fixture->network, 0, FALSE, 1, START);
  pass (fixture, 600);
  for (guint i = 0; i < 600; i++)
    sim_unit_step (other, other->station.time + GDP_SECOND);
  for (guint channel = 1; channel <= 8; channel++)
    g_assert_cmpuint (sim_unit_peek (other, GDP_TABLE_REPORT_VALUES, channel), ==,
                      sim_unit_peek (fixture->unit, GDP_TABLE_REPORT_VALUES, channel));
  g_assert_cmpfloat (other->station.outlet, ==, fixture->unit->station.outlet);
}

static void
keys_follow_from_seed_and_serial (void)
{
  guint8 a[32], b[32], c[32], again[32];
  sim_bbt_key (1, "BBT1-001", a);
  sim_bbt_key (2, "BBT1-001", b);
  sim_bbt_key (1, "BBT1-002", c);
  sim_bbt_key (1, "BBT1-001", again);
  g_assert_cmpmem (a, 32, again, 32);
  g_assert_cmpint (memcmp (a, b, 32), !=, 0);
  g_assert_cmpint (memcmp (a, c, 32), !=, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(function, name, hurry) \
  g_test_add ("/sim-bbt/" name, Fixture, GINT_TO_POINTER (hurry), set_up, function, tear_down)
  TEST (it_starts_with_an_event_and_wants_to_call, "starts-with-an-event-and-wants-to-call", 1);
  TEST (a_crossed_threshold_calls_and_shortens_the_period, "crossed-threshold-calls-and-shortens-the-period", 1);
  TEST (contacts_tampering_and_buttons_are_noticed, "contacts-tampering-and-buttons-are-noticed", 1);
  TEST (lost_power_loses_the_clock_and_adds_a_boot, "lost-power-loses-the-clock-and-adds-a-boot", 1);
  TEST (rows_stand_evenly_and_means_are_between, "rows-stand-evenly-and-means-are-between", 1);
  TEST (rows_stand_evenly_and_means_are_between, "rows-stand-evenly-in-a-hurry", 60);
  TEST (settings_are_taken_whole_or_not_at_all, "settings-are-taken-whole-or-not-at-all", 1);
  TEST (an_output_moves_only_what_was_selected, "output-moves-only-what-was-selected", 1);
  TEST (a_fan_airs_the_room, "fan-airs-the-room", 1);
  TEST (every_period_passes_as_fast_as_the_simulation, "every-period-passes-as-fast-as-the-simulation", 100);
  TEST (the_same_seed_plays_the_same_station, "same-seed-plays-the-same-station", 1);
  g_test_add_func ("/sim-bbt/keys-follow-from-seed-and-serial", keys_follow_from_seed_and_serial);
  return g_test_run ();
}
