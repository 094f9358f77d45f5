/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the station to registers and frames: what a master finds, faults, and that it all repeats. */
#include <math.h>
#include <string.h>

#include "app/sim/bus.h"
#include "app/sim/field.h"
#include "sim-network.h"

enum { INLET, OUTLET1, OUTLET2, FILTER, ROOM, CH4, BATTERY, UNUSED };   /* input registers */
enum { SLAM1, SLAM2, DOOR1, DOOR2, MAINS };                            /* discrete inputs */

static guint16
input (const SimUnit *unit, guint16 address)
{
  guint16 value;
  g_assert_cmpuint (sim_unit_read (unit, GDP_TABLE_INPUT_REGISTERS, address, 1, &value), ==, 0);
  return value;
}

static guint16
contact (const SimUnit *unit, guint16 address)
{
  guint16 value;
  g_assert_cmpuint (sim_unit_read (unit, GDP_TABLE_DISCRETE_INPUTS, address, 1, &value), ==, 0);
  return value;
}

static void
run (SimUnit *unit, double seconds)
{
  for (guint i = 0; i < seconds * 4; i++)
    sim_unit_step (unit, unit->station.time + GDP_SECOND / 4);
}

static void
registers_are_microamperes_of_the_range (void)
{
  g_autoptr (SimUnit) unit = test_unit_new (TEST_TWO_LINES, 1);
  run (unit, 10);
  g_assert_cmpfloat (fabs (input (unit, OUTLET1) - (4000 + 16000 * unit->station.outlet / 5)), <, 80);
  g_assert_cmpfloat (fabs (input (unit, INLET) - (4000 + 16000 * unit->station.inlet / 1600)), <, 80);
  g_assert_cmpfloat (fabs (input (unit, ROOM) - (4000 + 16000 * (unit->station.room + 50) / 100)), <, 80);
  g_assert_cmpuint (input (unit, UNUSED), ==, 0);
  g_assert_cmpuint (contact (unit, SLAM1), ==, 0);
  g_assert_cmpuint (contact (unit, DOOR1), ==, 0);
  g_assert_cmpuint (contact (unit, MAINS), ==, 1);
}

static void
quiet_sensors_stay_within_4_to_20_milliamperes (void)
{
  g_autoptr (SimUnit) unit = test_unit_new (TEST_ONE_LINE, 3);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < 1000; i++) {
    run (unit, 0.25);
    for (guint address = INLET; address <= BATTERY; address++)
      if (address != OUTLET2) {
        g_assert_cmpuint (input (unit, address), >=, 4000);
        g_assert_cmpuint (input (unit, address), <, 20000);
      }
    g_hash_table_add (seen, GUINT_TO_POINTER (input (unit, CH4)));
  }
  /* There is noise, and it is small: a few steps of the converter. */
  g_assert_cmpuint (g_hash_table_size (seen), >, 1);
  g_assert_cmpuint (g_hash_table_size (seen), <, 8);
}

static void
a_tripped_slam_shut_shows_in_contact_and_pressure (void)
{
  g_autoptr (SimUnit) unit = test_unit_new (TEST_ONE_LINE, 1);
  sim_station_trip (&unit->station, 0);
  run (unit, 60);
  g_assert_cmpuint (contact (unit, SLAM1), ==, 1);
  g_assert_cmpuint (input (unit, OUTLET1), <, 4000 + 16000 * 0.25 / 5);
}

static void
sensor_faults (void)
{
  g_autoptr (SimUnit) unit = test_unit_new (TEST_ONE_LINE, 1);
  g_assert_true (sim_unit_break_sensor (unit, "outlet1", SIM_SENSOR_BROKEN));
  run (unit, 1);
  g_assert_cmpuint (input (unit, OUTLET1), <, 20);
  sim_unit_break_sensor (unit, "outlet1", SIM_SENSOR_LOW);
  run (unit, 1);
  g_assert_cmpint (ABS (input (unit, OUTLET1) - 3500), <, 20);
  sim_unit_break_sensor (unit, "outlet1", SIM_SENSOR_HIGH);
  run (unit, 1);
  g_assert_cmpint (ABS (input (unit, OUTLET1) - 22000), <, 20);
  sim_unit_break_sensor (unit, "outlet1", SIM_SENSOR_WORKS);
  run (unit, 1);
  guint16 before = input (unit, OUTLET1);
  g_assert_cmpuint (before, >, 9000);
  sim_unit_break_sensor (unit, "outlet1", SIM_SENSOR_STUCK);
  sim_station_trip (&unit->station, 0);
  run (unit, 60);
  g_assert_cmpuint (input (unit, OUTLET1), ==, before);
  g_assert_false (sim_unit_break_sensor (unit, "no-such", SIM_SENSOR_STUCK));
}

static void
reads_outside_the_map_are_refused (void)
{
  g_autoptr (SimUnit) unit = test_unit_new (TEST_ONE_LINE, 1);
  guint16 values[2001];
  g_assert_cmpuint (sim_unit_read (unit, GDP_TABLE_INPUT_REGISTERS, 0, 8, values), ==, 0);
  g_assert_cmpuint (sim_unit_read (unit, GDP_TABLE_INPUT_REGISTERS, 0, 9, values), ==, 2);
  g_assert_cmpuint (sim_unit_read (unit, GDP_TABLE_INPUT_REGISTERS, 65535, 1, values), ==, 2);
  g_assert_cmpuint (sim_unit_read (unit, GDP_TABLE_HOLDING_REGISTERS, 0, 1, values), ==, 2);
  g_assert_cmpuint (sim_unit_read (unit, GDP_TABLE_INPUT_REGISTERS, 0, 0, values), ==, 3);
  g_assert_cmpuint (sim_unit_read (unit, GDP_TABLE_INPUT_REGISTERS, 0, 126, values), ==, 3);
  unit->exception = TRUE;
  g_assert_cmpuint (sim_unit_read (unit, GDP_TABLE_INPUT_REGISTERS, 0, 8, values), ==, 4);
}

/* A whole RTU frame of these bytes, CRC added. */
static gsize
frame_of (guint8 *frame, const guint8 *bytes, gsize n)
{
  memcpy (frame, bytes, n);
  guint16 crc = comms_crc16 (frame, n);
  frame[n] = crc & 0xFF;
  frame[n + 1] = crc >> 8;
  return n + 2;
}

static void
an_rtu_line_answers_its_own_and_nobody_else (void)
{
  g_autoptr (SimUnit) unit = test_unit_new (TEST_ONE_LINE, 1);
  SimBus bus = { .units[5] = unit };
  static const struct { guint8 bytes[8]; guint n; int answer; guint8 exception; } cases[] = {
    { { 5, 4, 0, 0, 0, 8 }, 6, 21, 0 },            /* eight input registers */
    { { 5, 2, 0, 0, 0, 8 }, 6, 6, 0 },
    { { 6, 4, 0, 0, 0, 8 }, 6, 0, 0 },             /* somebody else's */
    { { 0, 5, 0, 0, 0xFF, 0 }, 6, 0, 0 },          /* broadcast */
    { { 5, 4, 0, 7, 0, 2 }, 6, 5, 2 },             /* beyond the map */
    { { 5, 4, 0, 0, 0, 0 }, 6, 5, 3 },             /* nothing asked */
    { { 5, 0x2B, 0x0E, 1, 0 }, 5, 5, 1 },          /* a function that it lacks */
    { { 6, 0x2B, 0x0E, 1, 0 }, 5, 0, 0 },
    { { 5, 5, 0, 2, 0xFF, 0 }, 6, 8, 0 },          /* a coil, echoed */
  };
  guint8 frame[16], answer[COMMS_RTU_MAX];
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize n = frame_of (frame, cases[i].bytes, cases[i].n);
    gsize length = sim_bus_hear_rtu (&bus, frame, n, answer);
    g_assert_cmpuint (length, ==, cases[i].answer);
    if (cases[i].exception) {
      g_assert_cmpuint (answer[1], ==, cases[i].bytes[1] | 0x80);
      g_assert_cmpuint (answer[2], ==, cases[i].exception);
    }
    /* Bytes behind a good frame, in one breath with it: not a frame. */
    g_assert_cmpuint (sim_bus_hear_rtu (&bus, frame, n + 1, answer), ==, 0);
    frame[n - 1] ^= 1;   /* damaged: silence, whatever it was */
    g_assert_cmpuint (sim_bus_hear_rtu (&bus, frame, n, answer), ==, 0);
  }
  guint16 coils[8];
  g_assert_cmpuint (sim_unit_read (unit, GDP_TABLE_COILS, 0, 8, coils), ==, 0);
  g_assert_cmpuint (coils[2], ==, 1);
  g_assert_cmpuint (coils[0], ==, 1);   /* the broadcast was obeyed */

  unit->silent_until = G_MAXINT64;
  gsize n = frame_of (frame, cases[0].bytes, cases[0].n);
  g_assert_cmpuint (sim_bus_hear_rtu (&bus, frame, n, answer), ==, 0);
}

static void
a_tcp_port_answers_like_a_gateway (void)
{
  g_autoptr (SimUnit) unit = test_unit_new (TEST_ONE_LINE, 1);
  SimBus bus = { .units[5] = unit };
  guint8 request[] = { 0x12, 0x34, 0, 0, 0, 6, 5, 4, 0, 0, 0, 8 }, answer[COMMS_MBAP_MAX];
  gsize consumed, length;
  for (gsize n = 0; n < sizeof request; n++) {
    g_assert_true (sim_bus_hear_mbap (&bus, request, n, &consumed, answer, &length));
    g_assert_cmpuint (consumed, ==, 0);
  }
  g_assert_true (sim_bus_hear_mbap (&bus, request, sizeof request, &consumed, answer, &length));
  g_assert_cmpuint (consumed, ==, sizeof request);
  g_assert_cmpuint (length, ==, 9 + 16);
  g_assert_cmpmem (answer, 2, request, 2);

  request[6] = 9;
  g_assert_true (sim_bus_hear_mbap (&bus, request, sizeof request, &consumed, answer, &length));
  g_assert_cmpuint (answer[7], ==, 0x84);
  g_assert_cmpuint (answer[8], ==, 0x0B);

  request[6] = 5;
  unit->silent_until = G_MAXINT64;
  g_assert_true (sim_bus_hear_mbap (&bus, request, sizeof request, &consumed, answer, &length));
  g_assert_cmpuint (consumed, ==, sizeof request);
  g_assert_cmpuint (length, ==, 0);

  request[2] = 1;   /* not Modbus */
  g_assert_false (sim_bus_hear_mbap (&bus, request, sizeof request, &consumed, answer, &length));
}

/* ---- a whole field -------------------------------------------------------------------------- */

static void
note (gint64 after, const char *site, const char *words, gpointer log)
{
  g_string_append_printf (log, "%.2f %s %s\n", after / 1e6, site ? site : "every site", words);
}

/* All registers of all units after @seconds, told in the log. */
static char *
play (guint64 seed, const char *text, double speed, double seconds, double stride)
{
  g_autoptr (GdpNetwork) network = test_network_new (TEST_TWO_LINES, 3);
  g_autoptr (GPtrArray) units = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_unit_free);
  for (guint i = 0; i < network->n_units; i++)
    g_ptr_array_add (units, sim_unit_new (network, i, FALSE, seed, TEST_START));
  SimScenario *scenario = sim_scenario_parse ("x", text, strlen (text), NULL);
  g_assert_nonnull (scenario);
  GString *log = g_string_new (NULL);
  g_autoptr (SimField) field = sim_field_new (units, scenario, TEST_START, speed, note, log);
  for (double t = 0; t <= seconds; t += stride)
    sim_field_advance (field, t * GDP_SECOND);
  for (guint i = 0; i < units->len; i++)
    for (guint address = 0; address < 8; address++)
      g_string_append_printf (log, "%u ", input (units->pdata[i], address));
  return g_string_free (log, FALSE);
}

static void
same_seed_same_registers_however_often_it_is_looked_at (void)
{
  const char *text = "at +5s GDP-002 slam-shut line 1 trips\nat +7s GDP-003 gas leak starts\n";
  g_autofree char *one = play (42, text, 1, 30, 0.25), *again = play (42, text, 1, 30, 0.25);
  g_autofree char *rarely = play (42, text, 1, 30, 2.5), *other = play (43, text, 1, 30, 0.25);
  g_assert_cmpstr (one, ==, again);
  g_assert_cmpstr (one, ==, rarely);
  g_assert_cmpstr (one, !=, other);
}

static void
a_scenario_happens_in_simulated_time_and_is_told (void)
{
  const char *text = "at +60s GDP-001 slam-shut line 1 trips\n"
                     "at +61s GDP-001 slam-shut line 2 trips\n"
                     "at +90s GDP-001 everything recovers\n";
  g_autofree char *early = play (1, text, 10, 5.9, 0.1), *late = play (1, text, 10, 12, 0.1);
  g_assert_null (strstr (early, "trips"));
  g_assert_nonnull (strstr (late, "60.00 GDP-001 slam-shut line 1 trips\n"));
  g_assert_nonnull (strstr (late, "GDP-001 slam-shut line 1 is closed\n"));
  g_assert_nonnull (strstr (late, "GDP-001 slam-shut line 2 is closed\n"));
  g_assert_nonnull (strstr (late, "90.00 GDP-001 everything recovers\n"));
  g_assert_nonnull (strstr (late, "GDP-001 slam-shut line 1 is open\n"));
  g_assert_null (strstr (late, "GDP-002"));
}

static void
played_by_hand_each_happening_waits_for_its_turn (void)
{
  const char *text = "at +1s GDP-002 mains lost\nat +2s GDP-001 door opens\n";
  g_autoptr (GdpNetwork) network = test_network_new (TEST_TWO_LINES, 3);
  g_autoptr (GPtrArray) units = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_unit_free);
  for (guint i = 0; i < network->n_units; i++)
    g_ptr_array_add (units, sim_unit_new (network, i, FALSE, 1, TEST_START));
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (SimField) field = sim_field_new (units, sim_scenario_parse ("x", text, strlen (text), NULL), TEST_START, 1, note, log);
  sim_field_by_hand (field);
  sim_field_advance (field, 5 * GDP_SECOND);
  g_assert_cmpstr (log->str, ==, "");
  sim_field_next (field);
  sim_field_advance (field, 6 * GDP_SECOND);
  g_assert_cmpstr (log->str, ==, "5.00 GDP-002 mains lost\n");
  for (guint i = 0; i < 3; i++)   /* more than there are */
    sim_field_next (field);
  sim_field_advance (field, 7 * GDP_SECOND);
  g_assert_cmpstr (log->str, ==, "5.00 GDP-002 mains lost\n6.00 GDP-001 door opens\n");
}

static gboolean
do_words (SimUnit *unit, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  SimDeed deed;
  gboolean good = sim_deed_parse ((const char *const *) words, &deed, NULL);
  if (good) {
    sim_deed_do (&deed, unit);
    sim_deed_clear (&deed);
  }
  return good;
}

static void
a_door_bangs_until_it_is_latched (void)
{
  g_autoptr (SimUnit) unit = test_unit_new (TEST_ONE_LINE, 1);
  guint opened = 0, was = 0;
  g_assert_true (do_words (unit, "door bangs"));
  for (guint i = 0; i < 60 * 4; i++) {
    run (unit, 0.25);
    guint is = contact (unit, DOOR1);
    opened += is && !was;
    was = is;
  }
  g_assert_cmpuint (opened, ==, 10);
  g_assert_true (do_words (unit, "door is latched"));
  for (guint i = 0; i < 10 * 4; i++) {
    run (unit, 0.25);
    g_assert_cmpuint (contact (unit, DOOR1), ==, 0);
  }
}

static void
a_unit_falls_silent_until_it_answers_again (void)
{
  g_autoptr (SimUnit) unit = test_unit_new (TEST_ONE_LINE, 1);
  g_assert_true (do_words (unit, "unit falls silent"));
  run (unit, 300);
  g_assert_false (sim_unit_answers (unit));
  g_assert_true (do_words (unit, "unit answers again"));
  g_assert_true (sim_unit_answers (unit));
}

static void
a_silence_ends_by_itself (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SimUnit) unit = test_unit_new (TEST_ONE_LINE, 1);
  SimDeed deed;
  const char *const words[] = { "unit", "is", "silent", "for", "30s", NULL };
  g_assert_true (sim_deed_parse (words, &deed, &error));
  sim_deed_do (&deed, unit);
  g_assert_false (sim_unit_answers (unit));
  run (unit, 29);
  g_assert_false (sim_unit_answers (unit));
  run (unit, 2);
  g_assert_true (sim_unit_answers (unit));
  sim_deed_clear (&deed);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(function, name) g_test_add_func ("/sim-unit/" name, function)
  TEST (registers_are_microamperes_of_the_range, "registers-are-microamperes-of-the-range");
  TEST (quiet_sensors_stay_within_4_to_20_milliamperes, "quiet-sensors-stay-within-4-to-20-mA");
  TEST (a_tripped_slam_shut_shows_in_contact_and_pressure, "tripped-slam-shut-shows");
  TEST (sensor_faults, "sensor-faults");
  TEST (reads_outside_the_map_are_refused, "reads-outside-the-map-are-refused");
  TEST (an_rtu_line_answers_its_own_and_nobody_else, "rtu-line-answers-its-own-and-nobody-else");
  TEST (a_tcp_port_answers_like_a_gateway, "tcp-port-answers-like-a-gateway");
  TEST (same_seed_same_registers_however_often_it_is_looked_at, "same-seed-same-registers");
  TEST (a_scenario_happens_in_simulated_time_and_is_told, "scenario-happens-in-simulated-time-and-is-told");
  TEST (played_by_hand_each_happening_waits_for_its_turn, "played-by-hand-each-happening-waits");
  TEST (a_door_bangs_until_it_is_latched, "door-bangs-until-it-is-latched");
  TEST (a_unit_falls_silent_until_it_answers_again, "unit-falls-silent-until-it-answers-again");
  TEST (a_silence_ends_by_itself, "silence-ends-by-itself");
  return g_test_run ();
}
