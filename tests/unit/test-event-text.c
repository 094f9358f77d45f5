/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What journal records say in the operator's language. */
#include "ui/event-text.h"

#include <locale.h>

static const GdpPoint slam = { .id = "GDP-003/slam1", .kind = GDP_POINT_SLAM_SHUT };
static const GdpPoint own = { .id = "GDP-003/spare1", .kind = GDP_POINT_DISCRETE, .states = { "Norm", "Fire" } };

#define SAYS(point, expected, ...)                                               \
  do {                                                                           \
    g_autofree char *said = ui_event_text (&(GdpEvent) { __VA_ARGS__ }, point);  \
    g_assert_cmpstr (said, ==, expected);                                        \
  } while (0)

static void
test_crossed_limit_has_number_unit_and_limit (void)
{
  SAYS (NULL, "0.1189\u00a0MPa, LL 0.1440\u00a0MPa", .kind = GDP_EVENT_ALARM_ESCALATED, .priority = 1,
        .before = (char *) "unacked", .after = (char *) "unacked", .text = (char *) "0.1189 MPa, LL 0.1440 MPa");
  SAYS (NULL, "−20.5\u00a0°C, L −20.0\u00a0°C", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 2,
        .text = (char *) "-20.5 °C, L -20.0 °C");
  static const GdpPoint pressure = { .kind = GDP_POINT_OUTLET_PRESSURE };
  SAYS (&pressure, "0.345\u00a0MPa, 0.300\u00a0MPa ± 0.030\u00a0MPa", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 3,
        .text = (char *) "0.345 MPa, 0.300 MPa ± 0.030 MPa");
  SAYS (&pressure, "Δ 0.061\u00a0MPa / 60\u00a0s, 0.050\u00a0MPa", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 3,
        .text = (char *) "Δ 0.061 MPa / 60 s, 0.050 MPa");
  SAYS (&pressure, "≈ 19\u00a0h (14–24\u00a0h), 23.10\u00a0V, LL 22.80\u00a0V", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 3,
        .text = (char *) "≈ 19 h (14–24 h), 23.10 V, LL 22.80 V");
  SAYS (&pressure, "0.345\u00a0MPa / 7200\u00a0s", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 4, .text = (char *) "0.345 MPa / 7200 s");
  SAYS (NULL, "12, H 10", .kind = GDP_EVENT_ALARM_CLEARED, .priority = 2, .text = (char *) "12 , H 10 ");
}

/* The list says "Low-low", so the journal must not say "Low" of the same. */
static void
test_level_is_that_of_the_record (void)
{
  static const GdpPoint outlet = { .limits.level = { [GDP_LEVEL_LL] = { .priority = 1 }, [GDP_LEVEL_L] = { .priority = 2 },
                                                     [GDP_LEVEL_H] = { .priority = 2 }, [GDP_LEVEL_HH] = { .priority = 2 } } };
  static const struct { GdpEvent event; GdpCondition condition; const GdpPoint *point; GdpLevel level; } rows[] = {
    { { .kind = GDP_EVENT_ALARM_OCCURRED, .text = (char *) "1.2 kPa, LL 1.3 kPa", .priority = 2 }, GDP_CONDITION_LOW, NULL, GDP_LEVEL_LL },
    { { .kind = GDP_EVENT_ALARM_CLEARED, .text = (char *) "2 kPa, L 1.5 kPa", .priority = 1 }, GDP_CONDITION_LOW, &outlet, GDP_LEVEL_L },
    { { .kind = GDP_EVENT_ALARM_ACKNOWLEDGED, .text = (char *) "crew sent, HH too", .priority = 1 }, GDP_CONDITION_LOW, &outlet, GDP_LEVEL_LL },
    { { .kind = GDP_EVENT_ALARM_ACKNOWLEDGED, .priority = 2 }, GDP_CONDITION_LOW, &outlet, GDP_LEVEL_L },
    { { .kind = GDP_EVENT_ALARM_ACKNOWLEDGED, .priority = 2 }, GDP_CONDITION_HIGH, &outlet, GDP_LEVEL_H },   /* either */
    { { .kind = GDP_EVENT_ALARM_ACKNOWLEDGED, .priority = 1 }, GDP_CONDITION_HIGH, NULL, GDP_LEVEL_H },
    { { .kind = GDP_EVENT_ALARM_OCCURRED, .text = (char *) "open-circuit", .priority = 1 }, GDP_CONDITION_FAULT, &outlet, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (ui_event_level (&rows[i].event, rows[i].condition, rows[i].point), ==, rows[i].level);
}

static void
test_silence_is_told_with_its_number (void)
{
  const char *unknown[] = { "no answer in time", "no answer in  s", "no answer in x s", "wrong CRC", "" };
  g_autofree char *silence = ui_detail_text ("no answer in 1.20 s");

  g_assert_cmpstr (silence, ==, "no answer in 1.20 s");
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++) {
    g_autofree char *same = ui_detail_text (unknown[i]);
    g_assert_cmpstr (same, ==, unknown[i]);
  }
  SAYS (NULL, "no answer in 4.0 s", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 2,
        .text = (char *) "no answer in 4.0 s");
}

static void
test_what_a_unit_says_is_a_sentence_with_figures (void)
{
#define UNIT_SAYS(point, expected, what, figures) \
  SAYS (point, expected, .kind = GDP_EVENT_UNIT_SAID, .after = (char *) what, .text = (char *) figures)
  UNIT_SAYS (NULL, "Below its minimum: 0.601\u00a0MPa, min. 0.610\u00a0MPa", "below-min", "0.601 MPa, min 0.610 MPa");
  UNIT_SAYS (&slam, "Contact changed: Open", "contact-changed", "Open");
  UNIT_SAYS (NULL, "Contact changed: di5, 1", "contact-changed", "di5, 1");
  UNIT_SAYS (NULL, "It has started: watchdog", "started", "watchdog");
  UNIT_SAYS (NULL, "It runs new firmware: 1.4.2", "firmware-installed", "1.4.2");
  UNIT_SAYS (NULL, "Its clock was set; it showed: 14.11.2023 22:13:20", "clock-set", "2023-11-14T22:13:20Z");
  UNIT_SAYS (NULL, "It was tampered with: wire cut, cover open", "tampered", "wire-cut, cover-open");
  UNIT_SAYS (NULL, "Its button was pressed", "button", NULL);
  UNIT_SAYS (NULL, "An event that this version does not know: 77", "of-tomorrow", "77");
}

static void
test_reason_word_is_a_label (void)
{
  SAYS (NULL, "Open circuit", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 3, .text = (char *) "open-circuit");
}

static void
test_alarm_state_is_a_name_and_nothing_else (void)
{
  SAYS (&slam, "Closed", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 1, .before = (char *) "normal",
        .after = (char *) "unacked", .text = (char *) "Closed");
  SAYS (&slam, "", .kind = GDP_EVENT_ALARM_CLEARED, .priority = 1, .before = (char *) "unacked");
}

static void
test_comment_is_never_translated (void)
{
  SAYS (&slam, "Open", .kind = GDP_EVENT_ALARM_ACKNOWLEDGED, .priority = 1, .text = (char *) "Open");
  SAYS (&slam, "stale", .kind = GDP_EVENT_ALARM_ACKNOWLEDGED, .priority = 1, .text = (char *) "stale");
}

static void
test_state_change_is_before_and_after (void)
{
  SAYS (&slam, "Open → Closed", .kind = GDP_EVENT_STATE_CHANGED, .before = (char *) "Open", .after = (char *) "Closed");
  SAYS (&own, "Norm → Fire", .kind = GDP_EVENT_STATE_CHANGED, .before = (char *) "Norm", .after = (char *) "Fire");
}

static void
test_configuration_tells_only_what_is_not_nothing (void)
{
  SAYS (NULL, "New: 15 added", .kind = GDP_EVENT_CONFIGURATION_CHANGED, .after = (char *) "added",
        .text = (char *) "15 added, 0 changed, 0 retired");
  SAYS (NULL, "2 changed, 1 retired", .kind = GDP_EVENT_CONFIGURATION_CHANGED, .after = (char *) "changed",
        .text = (char *) "0 added, 2 changed, 1 retired");
  SAYS (NULL, "Priority 2 → 1", .kind = GDP_EVENT_CONFIGURATION_CHANGED, .priority = 1, .before = (char *) "2",
        .after = (char *) "1", .text = (char *) "priority");
  SAYS (NULL, "Settings polling=30s → polling=45s", .kind = GDP_EVENT_CONFIGURATION_CHANGED,
        .before = (char *) "polling=30s", .after = (char *) "polling=45s", .text = (char *) "settings");
}

static void
test_server_and_refused_commands (void)
{
  SAYS (NULL, "Version 0.1.0", .kind = GDP_EVENT_SERVER_STARTED, .text = (char *) "version 0.1.0");
  SAYS (NULL, "Acknowledge · No server took it in time", .kind = GDP_EVENT_COMMAND_REFUSED, .before = (char *) "ack",
        .after = (char *) "expired", .text = (char *) "no server took it in time");
}

static void
test_shelving_is_told_with_its_end (void)
{
  SAYS (NULL, "until 23.11.2026 12:40:00 · pump test", .kind = GDP_EVENT_ALARM_SHELVED, .priority = 2, .before = (char *) "none",
        .after = (char *) "2026-11-23T12:40:00Z", .text = (char *) "pump test");
  SAYS (NULL, "", .kind = GDP_EVENT_ALARM_SHELVING_OVER, .priority = 2, .before = (char *) "2026-11-23T12:40:00Z",
        .after = (char *) "none");
  SAYS (NULL, "line 1 is rebuilt", .kind = GDP_EVENT_ALARM_TAKEN_OUT, .priority = 2, .before = (char *) "none",
        .after = (char *) "out-of-service", .text = (char *) "line 1 is rebuilt");
  SAYS (NULL, "0.31\u00a0MPa, until 23.11.2026 12:40:00 · pump test", .kind = GDP_EVENT_POINT_FORCED, .before = (char *) "none",
        .after = (char *) "2026-11-23T12:40:00Z 0.31 MPa", .text = (char *) "pump test");
  SAYS (NULL, "Open, until 23.11.2026 12:40:00 · pump test", .kind = GDP_EVENT_POINT_FORCED, .before = (char *) "none",
        .after = (char *) "2026-11-23T12:40:00Z Open", .text = (char *) "pump test");
  SAYS (NULL, "", .kind = GDP_EVENT_POINT_RELEASED, .before = (char *) "2026-11-23T12:40:00Z", .after = (char *) "none");
  SAYS (NULL, "Taking out of service · Alarm “a.high” is not suppressed", .kind = GDP_EVENT_COMMAND_REFUSED,
        .before = (char *) "out-of-service", .after = (char *) "refused", .text = (char *) "Alarm “a.high” is not suppressed");
}

static void
test_unknown_words_are_shown_as_they_are (void)
{
  SAYS (NULL, "127.0.0.1:41652", .kind = GDP_EVENT_SESSION_OPENED, .text = (char *) "127.0.0.1:41652");
  SAYS (NULL, "a, LL b", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 1, .text = (char *) "a, LL b");
  SAYS (NULL, "1 MPa, XX 2 MPa", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 1, .text = (char *) "1 MPa, XX 2 MPa");
  SAYS (NULL, "3 added, ", .kind = GDP_EVENT_CONFIGURATION_CHANGED, .text = (char *) "3 added, ");
  SAYS (NULL, "", .kind = GDP_EVENT_NOTE);
}

static void
test_what_was_learned_late_says_when_it_occurred (void)
{
  const gint64 then = G_GINT64_CONSTANT (1700000000000000);

  SAYS (&slam, "Closed · occurred 14.11.2023 22:13:20", .kind = GDP_EVENT_ALARM_OCCURRED, .priority = 1,
        .text = (char *) "Closed", .occurred = then, .learned = then + 60000000);
}

static void
test_floods_and_chattering (void)
{
  SAYS (NULL, "59980 more occurrences", .kind = GDP_EVENT_ALARM_CHATTERED, .priority = 3, .before = (char *) "unacked",
        .after = (char *) "rtn-unacked", .text = (char *) "59980");
  SAYS (NULL, "59980 more changes until 23.11.2026 12:40:00 · Closed → Open", .kind = GDP_EVENT_STATE_FLAPPED,
        .before = (char *) "Closed", .after = (char *) "Open", .text = (char *) "59980 2026-11-23T12:40:00Z");
  SAYS (NULL, "11 in 10 min", .kind = GDP_EVENT_FLOOD_BEGAN, .text = (char *) "11");
  SAYS (NULL, "it began 23.11.2026 12:40:00", .kind = GDP_EVENT_FLOOD_ENDED, .before = (char *) "2026-11-23T12:40:00Z");
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event-text/crossed-limit-has-number-unit-and-limit", test_crossed_limit_has_number_unit_and_limit);
  g_test_add_func ("/event-text/what-a-unit-says-is-a-sentence-with-figures", test_what_a_unit_says_is_a_sentence_with_figures);
  g_test_add_func ("/event-text/reason-word-is-a-label", test_reason_word_is_a_label);
  g_test_add_func ("/event-text/alarm-state-is-a-name-and-nothing-else", test_alarm_state_is_a_name_and_nothing_else);
  g_test_add_func ("/event-text/comment-is-never-translated", test_comment_is_never_translated);
  g_test_add_func ("/event-text/state-change-is-before-and-after", test_state_change_is_before_and_after);
  g_test_add_func ("/event-text/configuration-tells-only-what-is-not-nothing",
                   test_configuration_tells_only_what_is_not_nothing);
  g_test_add_func ("/event-text/server-and-refused-commands", test_server_and_refused_commands);
  g_test_add_func ("/event-text/floods-and-chattering-are-told-by-number", test_floods_and_chattering);
  g_test_add_func ("/event-text/shelving-is-told-with-its-end", test_shelving_is_told_with_its_end);
  g_test_add_func ("/event-text/unknown-words-are-shown-as-they-are", test_unknown_words_are_shown_as_they_are);
  g_test_add_func ("/event-text/what-was-learned-late-says-when-it-occurred",
                   test_what_was_learned_late_says_when_it_occurred);
  g_test_add_func ("/event-text/level-is-that-of-the-record", test_level_is_that_of_the_record);
  g_test_add_func ("/event-text/silence-is-told-with-its-number", test_silence_is_told_with_its_number);
  return g_test_run ();
}
