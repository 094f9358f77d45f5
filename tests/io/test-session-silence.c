/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Polling through a modem when the answer comes late, in part or never. */
#include "session-call.h"

#include <string.h>

static void
test_no_answer (void)
{
  Call call = call_in (1, FALSE, impatient);

  never_answered (&call);
  g_assert_cmpuint (traffic_of (&call).timeouts, ==, 2);
  answer_poll (&call, 8);   /* and back */
  end_call (&call);
}

static void
test_truncated (void)
{
  Call call = call_in (1, FALSE, impatient);

  for (guint i = 0; i < 2; i++) {
    CommsRequest request = modem_asked (call.fd);
    guint8 frame[COMMS_RTU_MAX];
    modem_send (call.fd, frame, modem_frame (&request, 5, frame) - 2);
  }
  CommsReport *report = field_wait (call.field, COMMS_REPORT_UNIT_FAILED);
  g_assert_true (g_str_has_prefix (report->detail, "answer cut short: 7 bytes in"));
  comms_report_free (report);
  answer_poll (&call, 8);
  end_call (&call);
}

/* The answer to the first request comes after the retry; the retry's own must not pass for the next. */
static void
test_late (void)
{
  CommsSessionSettings settings = impatient;

  settings.response_time = settings.response_least = 0.5;
  settings.response_most = 4;                    /* the wait for the second answer is 1 s */
  Call call = call_in (1, FALSE, settings);
  modem_asked (call.fd);
  CommsRequest request = modem_asked (call.fd);
  modem_answer (call.fd, &request, 100);
  assert_value (&call, 100);
  g_assert_false (modem_hears (call.fd, 0.5));   /* longer than the period */
  modem_answer (call.fd, &request, 200);
  answer_poll (&call, 300);
  end_call (&call);
}

/* The same when the unit was given up: its answer must not pass for another poll's. */
static void
test_too_late (void)
{
  Call call = call_in (1, FALSE, impatient);

  CommsRequest request = never_answered (&call);
  modem_answer (call.fd, &request, 100);
  answer_poll (&call, 300);
  end_call (&call);
}

/* A heartbeat must not end the wait for an answer that is still owed. */
static void
test_late_after_heartbeat (void)
{
  CommsSessionSettings settings = impatient;

  settings.response_most = 3;   /* the wait after two silences is 1.2 s */
  Call call = call_in (1, FALSE, settings);
  CommsRequest request = never_answered (&call);
  for (guint i = 0; i < 4; i++) {
    modem_say (call.fd, "PING");
    g_assert_false (modem_hears (call.fd, 0.1));
  }
  modem_answer (call.fd, &request, 100);
  answer_poll (&call, 300);
  end_call (&call);
}

/* One dead slave of two: the other goes on, and what answered of a poll is not lost. */
static void
test_one_dead_of_two (void)
{
  Call call = call_in (2, TRUE, impatient);
  guint good = 0, failed = 0;

  while (good < 4 || failed < 1) {
    CommsRequest request = modem_asked (call.fd);
    if (request.query.address == 1 || request.query.table == GDP_TABLE_DISCRETE_INPUTS)
      modem_answer (call.fd, &request, 1);
    for (CommsReport *report; (report = g_async_queue_try_pop (call.field->reports)) != NULL;) {
      if (report->kind == COMMS_REPORT_SAMPLES && report->unit == 1) {
        g_assert_cmpuint (report->n_samples, ==, 1);
        g_assert_cmpfloat (report->samples[0].raw, ==, 1);
      }
      good += report->kind == COMMS_REPORT_SAMPLES && report->unit == 0;
      failed += report->kind == COMMS_REPORT_UNIT_FAILED;
      g_assert_true (report->kind != COMMS_REPORT_UNIT_FAILED || report->unit == 1);
      comms_report_free (report);
    }
  }
  end_call (&call);
}

static void
test_dead_modem_is_hung_up_on (void)
{
  CommsSessionSettings settings = impatient;

  settings.dead_after = 2;
  Call call = call_in (1, FALSE, settings);
  modem_wait_end (call.fd);
  g_autofree char *text = field_wait_event (call.field, GDP_EVENT_SESSION_CLOSED);
  g_assert_nonnull (strstr (text, "no unit behind the modem answers"));
  CommsReport *report = field_wait (call.field, COMMS_REPORT_LINK_FAILED);
  g_assert_cmpuint (report->link, ==, 0);
  comms_report_free (report);
  call.fd = modem_register (call.field, "GDP-0000");
  answer_poll (&call, 1);
  end_call (&call);
}

static void
test_killed_amid_answer (void)
{
  Call call = call_in (1, FALSE, patient);
  CommsRequest request = modem_asked (call.fd);
  guint8 frame[COMMS_RTU_MAX];

  modem_send (call.fd, frame, modem_frame (&request, 5, frame) / 2);
  hang_up_at_once (&call);
  g_autofree char *text = field_wait_event (call.field, GDP_EVENT_SESSION_CLOSED);
  CommsReport *lost = field_wait (call.field, COMMS_REPORT_LINK_FAILED);
  g_assert_true (g_str_has_suffix (text, lost->detail));   /* an end or a reset: libuv may see either first */
  comms_report_free (lost);
  call.fd = modem_register (call.field, "GDP-0000");
  answer_poll (&call, 6);
  end_call (&call);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/no-answer-fails-after-one-retry", test_no_answer);
  g_test_add_func ("/session/truncated-answer", test_truncated);
  g_test_add_func ("/session/late-answer-never-passes-for-the-next", test_late);
  g_test_add_func ("/session/answer-after-giving-up-is-dropped", test_too_late);
  g_test_add_func ("/session/heartbeat-does-not-shorten-the-wait-for-a-late-answer", test_late_after_heartbeat);
  g_test_add_func ("/session/one-dead-slave-of-two", test_one_dead_of_two);
  g_test_add_func ("/session/dead-modem-is-hung-up-on", test_dead_modem_is_hung_up_on);
  g_test_add_func ("/session/killed-amid-an-answer", test_killed_amid_answer);
  return g_test_run ();
}
