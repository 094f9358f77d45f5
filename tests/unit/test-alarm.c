/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/changes.h"

static GdpAlarm
alarm_in (GdpAlarmState state)
{
  return (GdpAlarm) { .id = "A/p.high", .active = state == GDP_ALARM_UNACKED || state == GDP_ALARM_ACKED,
                      .acked = state == GDP_ALARM_NORMAL || state == GDP_ALARM_ACKED || state == GDP_ALARM_LATCHED,
                      .latched = state == GDP_ALARM_LATCHED || state == GDP_ALARM_LATCHED_UNACKED, .occurrence = 7 };
}

/* The whole table once more, as the words of ISA-18.2 say it: "-" impossible, "+" counts an occurrence. */
static const char *const expected[GDP_N_ALARM_STATES][GDP_N_ALARM_EVENTS] = {
  /*                              OCCUR        CLEAR          LATCH              ACK        RESET     REMIND      ESCALATE    EASE */
  [GDP_ALARM_NORMAL]          = { "+unacked",  "-",           "-",               "-",       "-",      "-",        "-",        "-" },
  [GDP_ALARM_UNACKED]         = { "-",         "rtn-unacked", "latched-unacked", "acked",   "-",      "-",        "+unacked", "unacked" },
  [GDP_ALARM_ACKED]           = { "-",         "normal",      "latched",         "-",       "-",      "+unacked", "+unacked", "acked" },
  [GDP_ALARM_RTN_UNACKED]     = { "+unacked",  "-",           "-",               "normal",  "-",      "-",        "-",        "-" },
  [GDP_ALARM_LATCHED_UNACKED] = { "+unacked",  "-",           "-",               "latched", "-",      "-",        "-",        "-" },
  [GDP_ALARM_LATCHED]         = { "+unacked",  "-",           "-",               "-",       "normal", "-",        "-",        "-" },
};

/* Of suppression: "+" is to be acknowledged again. */
static const char *const expected_suppression[GDP_N_SUPPRESSIONS][GDP_N_SUPPRESS_EVENTS] = {
  /*                                   SHELVE     UNSHELVE  EXPIRE   DESIGN       RESTORE  TAKE_OUT          PUT_BACK */
  [GDP_SUPPRESSION_NONE]           = { "shelved", "-",      "-",     "by-design", "-",     "out-of-service", "-" },
  [GDP_SUPPRESSION_SHELVED]        = { "shelved", "none",   "+none", "-",         "-",     "out-of-service", "-" },
  [GDP_SUPPRESSION_BY_DESIGN]      = { "shelved", "-",      "-",     "by-design", "none",  "out-of-service", "-" },
  [GDP_SUPPRESSION_OUT_OF_SERVICE] = { "-",       "-",      "-",     "-",         "-",     "-",              "+none" },
};

static void
test_suppression_table (void)
{
  for (guint suppression = 0; suppression < GDP_N_SUPPRESSIONS; suppression++)
    for (guint event = 0; event < GDP_N_SUPPRESS_EVENTS; event++) {
      const char *word = expected_suppression[suppression][event];
      GdpAlarm alarm = { .suppression = suppression, .active = TRUE, .acked = TRUE };
      gboolean renews = *word == '+';

      g_assert_true (gdp_suppress_move (suppression, event)->renew == renews);
      g_assert_true (gdp_alarm_suppress (&alarm, event) == (*word != '-'));
      g_assert_true (alarm.acked);   /* neither acknowledges nor takes an acknowledgement back */
      g_assert_cmpstr (gdp_suppression_word (alarm.suppression), ==,
                       *word == '-' ? gdp_suppression_word (suppression) : word + renews);
    }
}

static void
test_what_calls (void)
{
  for (guint state = 0; state < GDP_N_ALARM_STATES; state++)
    for (guint suppression = 0; suppression < GDP_N_SUPPRESSIONS; suppression++) {
      GdpAlarm alarm = alarm_in (state);
      alarm.suppression = suppression;
      g_assert_true (gdp_alarm_calls (&alarm) == (state == GDP_ALARM_UNACKED && suppression == GDP_SUPPRESSION_NONE));
      g_assert_cmpstr (gdp_alarm_status_label (&alarm), ==, suppression != GDP_SUPPRESSION_NONE
                       ? gdp_suppression_label (suppression) : gdp_alarm_state_label (state));
    }
}

static void
test_table (void)
{
  for (guint state = 0; state < GDP_N_ALARM_STATES; state++)
    for (guint event = 0; event < GDP_N_ALARM_EVENTS; event++) {
      const char *word = expected[state][event];
      const GdpAlarmMove *move = gdp_alarm_move (state, event);
      GdpAlarm alarm = alarm_in (state);
      gboolean counts = *word == '+';

      g_assert_cmpint (gdp_alarm_state (&alarm), ==, state);
      g_assert_true (gdp_alarm_apply (&alarm, event) == (*word != '-'));
      g_assert_cmpuint (alarm.occurrence, ==, counts ? 8 : 7);
      g_assert_cmpuint (alarm.times, ==, event == GDP_ALARM_OCCUR && counts);   /* it did not escalate to occur twice */
      g_assert_true (move->annunciate == counts);   /* sounds exactly when it is news */
      g_assert_cmpstr (gdp_alarm_state_word (gdp_alarm_state (&alarm)), ==,
                       *word == '-' ? gdp_alarm_state_word (state) : word + counts);
    }
}

static void
test_only_ack_acknowledges (void)
{
  for (guint state = 0; state < GDP_N_ALARM_STATES; state++)
    for (guint event = 0; event < GDP_N_ALARM_EVENTS; event++) {
      GdpAlarm before = alarm_in (state), after = before;
      gdp_alarm_apply (&after, event);
      if (!before.acked && after.acked)
        g_assert_cmpuint (event, ==, GDP_ALARM_ACK);
    }
}

static void
test_copy_owns (void)
{
  char id[] = "x", who[] = "anna", why[] = "line", note[] = "seen";
  GdpAlarm alarm = { .id = id, .acked_by = who, .comment = note, .suppressed_by = who, .suppressed_why = why };
  g_autoptr (GdpAlarm) copy = gdp_alarm_copy (&alarm);

  id[0] = who[0] = why[0] = note[0] = '!';
  g_assert_cmpstr (copy->id, ==, "x");
  g_assert_cmpstr (copy->acked_by, ==, "anna");
  g_assert_cmpstr (copy->suppressed_by, ==, "anna");
  g_assert_cmpstr (copy->suppressed_why, ==, "line");
  g_assert_cmpstr (copy->comment, ==, "seen");
}

static void
test_words (void)
{
  for (guint i = 0; i < GDP_N_CONDITIONS; i++) {
    GdpCondition back;
    g_assert_nonnull (gdp_condition_label (i, 0));
    g_assert_true (gdp_condition_parse (gdp_condition_word (i), &back));
    g_assert_cmpuint (back, ==, i);
  }
  g_assert_false (gdp_condition_parse ("tired", &(GdpCondition) { 0 }));
  g_assert_cmpstr (gdp_condition_label (GDP_CONDITION_HIGH, GDP_LEVEL_HH), ==, "High-high");
  g_assert_cmpstr (gdp_condition_label (GDP_CONDITION_HIGH, GDP_LEVEL_H), ==, "High");
  g_assert_cmpstr (gdp_condition_label (GDP_CONDITION_LOW, GDP_LEVEL_LL), ==, "Low-low");
  for (guint i = 0; i < GDP_N_EVENT_KINDS; i++) {
    GdpEventKind back;
    g_assert_nonnull (gdp_event_label (i));
    g_assert_true (gdp_event_parse (gdp_event_word (i), &back));
    g_assert_cmpuint (back, ==, i);
    guint topics = 0;
    for (GdpTopic topic = GDP_TOPIC_ANY + 1; topic < GDP_N_TOPICS; topic++)
      topics += gdp_event_is_about (i, topic);
    g_assert_cmpuint (topics, >, 0);   /* nothing is to be found under no topic */
  }
  for (GdpTopic i = 0; i < GDP_N_TOPICS; i++) {
    GdpTopic back;
    g_assert_nonnull (gdp_topic_label (i));
    g_assert_true (gdp_topic_parse (gdp_topic_word (i), &back));
    g_assert_cmpuint (back, ==, i);
  }
  g_assert_false (gdp_event_parse (NULL, &(GdpEventKind) { 0 }));
}

static void
test_event_copy (void)
{
  GdpEvent event = { .kind = GDP_EVENT_NOTE, .occurred = 5, .who = (char *) "anna", .text = (char *) "hello" };
  g_autoptr (GdpEvent) copy = gdp_event_copy (&event);

  g_assert_cmpint (copy->kind, ==, GDP_EVENT_NOTE);
  g_assert_cmpint (copy->occurred, ==, 5);
  g_assert_true (copy->text != event.text);
  g_assert_cmpstr (copy->text, ==, "hello");
  g_assert_null (copy->site);
}

static void
test_changes_latest (void)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();

  for (guint round = 0; round < 2; round++) {
    g_assert_true (gdp_changes_empty (changes));
    gdp_changes_set_alarm (changes, &(GdpAlarm) { .id = "a", .occurrence = 1 });
    gdp_changes_set_alarm (changes, &(GdpAlarm) { .id = "b", .occurrence = 1 });
    gdp_changes_set_alarm (changes, &(GdpAlarm) { .id = "a", .occurrence = 2 });
    gdp_changes_set_alarm (changes, &(GdpAlarm) { .id = "a", .occurrence = 3 });
    g_assert_cmpuint (changes->alarms->len, ==, 2);
    GdpAlarm *first = g_ptr_array_index (changes->alarms, 0), *second = g_ptr_array_index (changes->alarms, 1);
    g_assert_cmpstr (first->id, ==, "a");
    g_assert_cmpuint (first->occurrence, ==, 3);
    g_assert_cmpstr (second->id, ==, "b");
    g_assert_false (gdp_changes_empty (changes));
    gdp_changes_clear (changes);
  }
}

/* Of the mildest level that there is; what no passport sets has its own. */
static void
test_what_a_condition_begins_with (void)
{
  GdpLimits limits = { 0 };

  limits.level[GDP_LEVEL_HH].priority = 1;
  g_assert_cmpuint (gdp_condition_priority (GDP_CONDITION_HIGH, &limits), ==, 1);
  limits.level[GDP_LEVEL_H].priority = 3;
  limits.state.priority = 2;
  g_assert_cmpuint (gdp_condition_priority (GDP_CONDITION_HIGH, &limits), ==, 3);
  g_assert_cmpuint (gdp_condition_priority (GDP_CONDITION_LOW, &limits), ==, 0);
  g_assert_cmpuint (gdp_condition_priority (GDP_CONDITION_STATE, &limits), ==, 2);
  g_assert_cmpuint (gdp_condition_priority (GDP_CONDITION_LOST, NULL), ==, GDP_CONTACT_PRIORITY);
  g_assert_cmpuint (gdp_condition_priority (GDP_CONDITION_VISIT, NULL), ==, GDP_LENGTH_PRIORITY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alarm/every-state-and-event-moves-as-the-table-says", test_table);
  g_test_add_func ("/alarm/suppression-follows-its-table", test_suppression_table);
  g_test_add_func ("/alarm/only-an-active-one-that-nobody-acknowledged-or-suppressed-calls", test_what_calls);
  g_test_add_func ("/alarm/nothing-but-an-acknowledgement-acknowledges", test_only_ack_acknowledges);
  g_test_add_func ("/alarm/copy-owns-its-strings", test_copy_owns);
  g_test_add_func ("/alarm/words-parse-back", test_words);
  g_test_add_func ("/event/copy-owns-its-strings", test_event_copy);
  g_test_add_func ("/changes/each-alarm-once-with-its-latest-state", test_changes_latest);
  g_test_add_func ("/alarm/a-condition-begins-with-its-mildest-level", test_what_a_condition_begins_with);
  return g_test_run ();
}
