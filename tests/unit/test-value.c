/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How values, ages and times are written, and whether a server counts as alive. */
#include "ui/pulse.h"
#include "ui/value.h"
#include "ui/when.h"

#include <locale.h>
#include <math.h>

#define S GDP_SECOND
#define NOW (G_GINT64_CONSTANT (1700000000) * S)

static const GdpPoint pressure = {
  .key = 1, .id = "GDP-001/outlet1", .name = "Outlet", .kind = GDP_POINT_OUTLET_PRESSURE,
  .engineering_unit = "MPa", .resolution = 0.001,
};
static const GdpPoint door = {
  .key = 2, .id = "GDP-001/door1", .kind = GDP_POINT_DOOR, .engineering_unit = "", .resolution = 1,
};

static void
describe (const GdpPoint *point, double number, GdpReason reason, gint64 age, gboolean live, UiValue *value)
{
  GdpReading reading = { .point = 1, .time = NOW - age, .received = NOW - age, .value = number, .reason = reason };

  ui_value_describe (point, &reading, age, 10, live, value);
}

static void
test_good_is_number_unit_and_nothing_else (void)
{
  g_auto (UiValue) value = { 0 };

  describe (&pressure, 0.3019, GDP_REASON_NONE, 9 * S, TRUE, &value);
  g_assert_cmpint (value.look, ==, UI_LOOK_GOOD);
  g_assert_cmpstr (value.text, ==, "0.302");
  g_assert_cmpstr (value.unit, ==, "MPa");
  g_assert_cmpstr (value.mark, ==, "");
  g_assert_cmpstr (value.age, ==, "");
  g_assert_cmpstr (value.detail, ==, "");
}

static void
test_bad_shows_the_reason_and_no_number (void)
{
  g_auto (UiValue) value = { 0 };

  describe (&pressure, 0.3019, GDP_REASON_OPEN_CIRCUIT, 2 * S, TRUE, &value);
  g_assert_cmpint (value.look, ==, UI_LOOK_BAD);
  g_assert_cmpstr (value.text, ==, "Open circuit");
  g_assert_cmpstr (value.unit, ==, "");
  g_assert_true (g_str_has_prefix (value.detail, "Open circuit; last known 0.302\u00a0MPa, "));
}

static void
test_bad_without_a_past_invents_none (void)
{
  g_auto (UiValue) value = { 0 };

  describe (&pressure, NAN, GDP_REASON_OPEN_CIRCUIT, 2 * S, TRUE, &value);
  g_assert_cmpstr (value.detail, ==, "Open circuit");
}

static void
test_nothing_received_is_waiting (void)
{
  g_auto (UiValue) value = { 0 };

  ui_value_describe (&pressure, NULL, -1, 10, TRUE, &value);
  g_assert_cmpint (value.look, ==, UI_LOOK_BAD);
  g_assert_cmpstr (value.text, ==, "Waiting for data");
  g_assert_cmpstr (value.age, ==, "");
}

static void
test_uncertain_is_marked (void)
{
  g_auto (UiValue) value = { 0 };

  describe (&pressure, 0.31, GDP_REASON_OVER_RANGE, 1 * S, TRUE, &value);
  g_assert_cmpint (value.look, ==, UI_LOOK_UNCERTAIN);
  g_assert_cmpstr (value.text, ==, "0.310");
  g_assert_cmpstr (value.mark, ==, "?");
}

static void
test_forced_carries_its_letter (void)
{
  g_auto (UiValue) value = { 0 };

  describe (&pressure, 0.31, GDP_REASON_FORCED, 1 * S, TRUE, &value);
  g_assert_cmpint (value.look, ==, UI_LOOK_FORCED);
  g_assert_cmpstr (value.mark, ==, "F");
}

static void
test_older_than_expected_is_stale_with_its_age (void)
{
  g_auto (UiValue) value = { 0 };

  describe (&pressure, 0.31, GDP_REASON_NONE, 75 * S, TRUE, &value);
  g_assert_cmpint (value.look, ==, UI_LOOK_STALE);
  g_assert_cmpstr (value.text, ==, "0.310");
  g_assert_cmpstr (value.age, ==, "1 min");
}

static void
test_not_live_is_stale_however_fresh (void)
{
  g_auto (UiValue) value = { 0 };

  describe (&pressure, 0.31, GDP_REASON_NONE, 1 * S, FALSE, &value);
  g_assert_cmpint (value.look, ==, UI_LOOK_STALE);
  g_assert_cmpstr (value.age, ==, "1 s");
}

static void
test_discrete_says_its_state (void)
{
  g_auto (UiValue) open = { 0 }, closed = { 0 };

  describe (&door, 1, GDP_REASON_NONE, 0, TRUE, &open);
  describe (&door, 0, GDP_REASON_NONE, 0, TRUE, &closed);
  g_assert_cmpstr (open.text, ==, "Open");
  g_assert_cmpstr (closed.text, ==, "Closed");
  g_assert_cmpstr (open.unit, ==, "");
}

static void
test_numbers (void)
{
  static const struct { double number; int decimals; const char *text; } rows[] = {
    { 0.3005, 3, "0.300" }, { -0.25, 2, "−0.25" }, { -0.001, 2, "0.00" }, { 0, 0, "0" }, { 12345.6, 0, "12346" },
    { -10, 0, "−10" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = ui_number_text (rows[i].number, rows[i].decimals);
    g_assert_cmpstr (text, ==, rows[i].text);
  }
  g_autofree char *none = ui_number_text (NAN, 2);
  g_assert_cmpstr (none, ==, "");
}

static void
test_ages (void)
{
  static const struct { gint64 seconds; const char *text; } rows[] = {
    { -5, "0 s" }, { 0, "0 s" }, { 59, "59 s" }, { 60, "1 min" }, { 3599, "59 min" },
    { 3600, "1 h 00 min" }, { 86399, "23 h 59 min" }, { 86400 * 3 + 3600 * 4, "3 d 4 h" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = ui_age_text (rows[i].seconds * S);
    g_assert_cmpstr (text, ==, rows[i].text);
  }
}

static void
test_times_say_the_day_only_when_it_is_another (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (3 * 3600);
  g_autofree char *today = ui_when_text (NOW, NOW + 60 * S, zone);
  g_autofree char *yesterday = ui_when_text (NOW, NOW + 86400 * S, zone);
  g_autofree char *old = ui_when_text (NOW, NOW + 90 * 86400 * S, zone);
  g_autofree char *never = ui_when_text (0, NOW, zone);

  g_assert_cmpstr (today, ==, "01:13:20");     /* 2023-11-14 22:13:20 UTC */
  g_assert_cmpstr (yesterday, ==, "15.11 01:13:20");
  g_assert_cmpstr (old, ==, "15.11.2023 01:13:20");
  g_assert_cmpstr (never, ==, "");
}

/* ---- the server's pulse ------------------------------------------------------------------ */

static void
test_pulse_stops_after_its_time (void)
{
  UiPulse pulse = { 0 };

  g_assert_false (ui_pulse_alive (&pulse, 0));
  g_assert_true (ui_pulse_beat (&pulse, NOW, 5 * S, NOW));
  g_assert_true (ui_pulse_alive (&pulse, 5 * S + UI_SILENT_AFTER - 1));
  g_assert_false (ui_pulse_alive (&pulse, 5 * S + UI_SILENT_AFTER));
  g_assert_false (ui_pulse_beat (&pulse, NOW, 9 * S, NOW + 4 * S));   /* the same beat proves nothing */
  g_assert_false (ui_pulse_alive (&pulse, 9 * S));
  g_assert_true (ui_pulse_beat (&pulse, NOW + 5 * S, 10 * S, NOW + 5 * S));
  g_assert_true (ui_pulse_alive (&pulse, 10 * S));
}

static void
test_pulse_ignores_a_stepped_clock (void)
{
  UiPulse pulse = { 0 };

  ui_pulse_beat (&pulse, NOW, 0, NOW);
  ui_pulse_beat (&pulse, NOW + 1 * S, 1 * S, NOW - 3600 * S);   /* our clock steps back an hour */
  g_assert_true (ui_pulse_alive (&pulse, 2 * S));
  g_assert_cmpint (ui_pulse_now (&pulse, 3 * S, NOW - 3600 * S), ==, NOW + 3 * S);
  g_assert_false (ui_pulse_alive (&pulse, 4 * S));              /* and does not keep a dead server alive */
  ui_pulse_beat (&pulse, NOW + 7200 * S, 5 * S, NOW);           /* the server's steps forward */
  g_assert_true (ui_pulse_alive (&pulse, 6 * S));
}

static void
test_old_first_pulse_is_no_life (void)
{
  UiPulse pulse = { 0 };

  ui_pulse_beat (&pulse, NOW - 60 * S, 0, NOW);
  g_assert_false (ui_pulse_alive (&pulse, 0));
  g_assert_cmpint (ui_pulse_now (&pulse, 1 * S, NOW + 1 * S), ==, NOW + 1 * S);
  ui_pulse_beat (&pulse, NOW - 59 * S, 1 * S, NOW + 1 * S);     /* it moves: alive, its clock is behind */
  g_assert_true (ui_pulse_alive (&pulse, 1 * S));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_add_func ("/value/good-is-number-unit-and-nothing-else", test_good_is_number_unit_and_nothing_else);
  g_test_add_func ("/value/bad-shows-the-reason-and-no-number", test_bad_shows_the_reason_and_no_number);
  g_test_add_func ("/value/bad-without-a-past-invents-none", test_bad_without_a_past_invents_none);
  g_test_add_func ("/value/nothing-received-is-waiting", test_nothing_received_is_waiting);
  g_test_add_func ("/value/uncertain-is-marked", test_uncertain_is_marked);
  g_test_add_func ("/value/forced-carries-its-letter", test_forced_carries_its_letter);
  g_test_add_func ("/value/older-than-expected-is-stale-with-its-age",
                   test_older_than_expected_is_stale_with_its_age);
  g_test_add_func ("/value/not-live-is-stale-however-fresh", test_not_live_is_stale_however_fresh);
  g_test_add_func ("/value/discrete-says-its-state", test_discrete_says_its_state);
  g_test_add_func ("/value/numbers", test_numbers);
  g_test_add_func ("/when/ages", test_ages);
  g_test_add_func ("/when/times-say-the-day-only-when-it-is-another",
                   test_times_say_the_day_only_when_it_is_another);
  g_test_add_func ("/pulse/stops-after-its-time", test_pulse_stops_after_its_time);
  g_test_add_func ("/pulse/ignores-a-stepped-clock", test_pulse_ignores_a_stepped_clock);
  g_test_add_func ("/pulse/old-first-one-is-no-life", test_old_first_pulse_is_no_life);
  return g_test_run ();
}
