/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Polling through a modem: what comes as an answer, good, stuffed, refused or damaged. */
#include "session-call.h"

#include <string.h>

static void
test_polls (void)
{
  Call call = call_in (2, TRUE, patient);
  guint seen[3] = { 0 };

  for (guint i = 0; i < 8; i++) {   /* two units, two tables each, twice */
    CommsRequest request = modem_asked (call.fd);
    seen[request.query.address]++;
    modem_answer (call.fd, &request, request.query.table == GDP_TABLE_DISCRETE_INPUTS ? 1 : 100 * request.query.address);
  }
  g_assert_cmpuint (seen[1], ==, 4);
  g_assert_cmpuint (seen[2], ==, 4);
  for (guint i = 0; i < 4; i++) {
    CommsReport *report = field_wait (call.field, COMMS_REPORT_SAMPLES);
    g_assert_cmpuint (report->n_samples, ==, 3);
    g_assert_cmpfloat (report->samples[0].raw, ==, 1);   /* the plan begins with discrete inputs */
    g_assert_cmpfloat (report->samples[1].raw, ==, 100 * (report->unit + 1));
    g_assert_cmpint (ABS (report->received - g_get_real_time ()), <, 60 * G_USEC_PER_SEC);
    comms_report_free (report);
  }
  end_call (&call);
}

static void
test_period (void)
{
  Call call = call_in (1, FALSE, patient);
  gint64 last = 0;

  for (guint i = 0; i < 4; i++) {
    CommsRequest request = modem_asked (call.fd);
    gint64 now = g_get_monotonic_time ();
    if (i > 1)   /* never before its time; how late depends on the machine */
      g_assert_cmpint (now - last, >, 150000);
    last = now;
    modem_answer (call.fd, &request, i);
    assert_value (&call, i);
  }
  end_call (&call);
}

static void
test_good_after_commit (void)
{
  Call call = call_in (1, TRUE, patient);
  CommsReport *report, *late;

  for (guint i = 0; i < 4; i++) {
    CommsRequest request = modem_asked (call.fd);
    modem_answer (call.fd, &request, 0);
  }
  report = field_wait (call.field, COMMS_REPORT_SAMPLES);
  late = field_wait (call.field, COMMS_REPORT_SAMPLES);
  g_assert_cmpuint (traffic_of (&call).good, ==, 0);
  comms_report_committed (report);
  g_assert_cmpuint (traffic_of (&call).good, ==, 2);
  g_assert_cmpuint (traffic_of (&call).requests, >=, 4);
  end_call (&call);
  comms_report_committed (late);   /* the server is gone, its counters are not */
}

static void
test_byte_by_byte (void)
{
  Call call = call_in (1, FALSE, patient);
  CommsRequest request = modem_asked (call.fd);
  guint8 frame[COMMS_RTU_MAX];
  gsize length = modem_frame (&request, 7, frame);

  for (gsize i = 0; i < length; i++) {
    modem_send (call.fd, frame + i, 1);
    g_usleep (2000);   /* a segment each, not a wait for anything */
  }
  assert_value (&call, 7);
  g_assert_cmpuint (traffic_of (&call).noise, ==, 0);
  end_call (&call);
}

/* What stands before, amid and after the answer, and how often that counts as noise. */
static const struct { const char *name, *before, *after; gsize n_before; guint wrong; } stuffings[] = {
  { "heartbeat-before",       "PING", "", 4, 0 },
  { "heartbeats-around",      "PINGPING", "PING", 8, 0 },
  { "half-heartbeat-after",   "", "PI", 0, 0 },
  { "noise-before",           "\xFF\x00\x17", "", 3, 1 },
  { "line-end-before",        "\r\n", "", 2, 1 },
  { "another-slaves-answer",  "\x02\x04\x04\x00\x01\x00\x02\xE9\x44", "", 9, 1 },
  { "another-function",       "\x01\x03\x04\x00\x01\x00\x02\x2A\x32", "", 9, 1 },
  { "another-length",         "\x01\x04\x02\x00\x01\x78\xF0", "", 7, 1 },
  { "heartbeat-in-noise",     "xxPINGyy", "", 8, 2 },
};

static void
test_stuffed (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Call call = call_in (1, FALSE, patient);
  guint8 bytes[COMMS_RTU_MAX + 32];

  for (guint round = 0; round < 3; round++) {
    CommsRequest request = modem_asked (call.fd);
    gsize length = stuffings[i].n_before;
    memcpy (bytes, stuffings[i].before, length);
    length += modem_frame (&request, 40 + round, bytes + length);
    memcpy (bytes + length, stuffings[i].after, strlen (stuffings[i].after));
    modem_send (call.fd, bytes, length + strlen (stuffings[i].after));
    assert_value (&call, 40 + round);
    if (strlen (stuffings[i].after) == 2)
      modem_say (call.fd, "NG");   /* its other half, between polls */
  }
  g_assert_cmpuint (traffic_of (&call).noise, ==, 3 * stuffings[i].wrong);
  g_assert_cmpuint (traffic_of (&call).timeouts, ==, 0);
  end_call (&call);
}

static void
test_noise_between_polls (void)
{
  Call call = call_in (1, FALSE, patient);
  CommsRequest request = modem_asked (call.fd);
  guint8 frames[2 * COMMS_RTU_MAX];
  gsize length = modem_frame (&request, 1, frames);

  length += modem_frame (&request, 66, frames + length);   /* nobody asked: not an answer to what comes next */
  modem_send (call.fd, frames, length);
  assert_value (&call, 1);
  answer_poll (&call, 2);
  g_assert_cmpuint (traffic_of (&call).noise, ==, 1);
  end_call (&call);
}

static void
test_exception (void)
{
  Call call = call_in (1, TRUE, patient);
  guint8 frame[COMMS_RTU_MAX];

  for (guint i = 0; i < 2; i++) {
    CommsRequest request = modem_asked (call.fd);
    if (request.query.table == GDP_TABLE_INPUT_REGISTERS)
      modem_send (call.fd, frame, comms_rtu_exception (1, 4, COMMS_EXCEPTION_FAILURE, frame));
    else
      modem_answer (call.fd, &request, 1);
  }
  CommsReport *report = field_wait (call.field, COMMS_REPORT_SAMPLES);
  g_assert_cmpuint (report->n_samples, ==, 3);
  g_assert_cmpint (report->samples[0].reason, ==, GDP_REASON_NONE);
  g_assert_cmpint (report->samples[1].reason, ==, GDP_REASON_DEVICE_EXCEPTION);
  g_assert_cmpint (report->samples[2].reason, ==, GDP_REASON_DEVICE_EXCEPTION);
  comms_report_committed (report);
  g_assert_cmpuint (traffic_of (&call).exceptions, ==, 1);
  g_assert_cmpuint (traffic_of (&call).good, ==, 1);
  end_call (&call);
}

/* A slave without one of the registers refuses all that were merged with it. */
static void
test_refused_block_is_split (void)
{
  Call call = call_in (1, FALSE, patient);
  guint8 frame[COMMS_RTU_MAX];
  CommsRequest request = modem_asked (call.fd);

  g_assert_cmpuint (request.query.count, ==, 2);
  modem_send (call.fd, frame, comms_rtu_exception (1, 4, COMMS_EXCEPTION_ADDRESS, frame));
  comms_report_free (field_wait (call.field, COMMS_REPORT_SAMPLES));
  for (guint i = 0; i < 2; i++) {
    request = modem_asked (call.fd);
    g_assert_cmpuint (request.query.count, ==, 1);
    if (request.query.start == 1)
      modem_send (call.fd, frame, comms_rtu_exception (1, 4, COMMS_EXCEPTION_ADDRESS, frame));
    else
      modem_answer (call.fd, &request, 9);
  }
  CommsReport *report = field_wait (call.field, COMMS_REPORT_SAMPLES);
  g_assert_cmpfloat (report->samples[0].raw, ==, 9);
  g_assert_cmpint (report->samples[1].reason, ==, GDP_REASON_DEVICE_EXCEPTION);
  comms_report_free (report);
  end_call (&call);
}

static void
test_bad_crc (void)
{
  Call call = call_in (1, FALSE, patient);
  CommsRequest request = modem_asked (call.fd);
  guint8 frame[COMMS_RTU_MAX];
  gsize length = modem_frame (&request, 5, frame);

  frame[4] ^= 1;
  modem_send (call.fd, frame, length);
  answer_poll (&call, 6);   /* again, long before the time-out */
  field_assert_none (call.field, COMMS_REPORT_UNIT_FAILED);
  g_assert_cmpuint (traffic_of (&call).crc_errors, ==, 1);
  g_assert_cmpuint (traffic_of (&call).timeouts, ==, 0);
  end_call (&call);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (stuffings); i++) {
    g_autofree char *path = g_strconcat ("/session/answer-with-", stuffings[i].name, NULL);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_stuffed);
  }
  g_test_add_func ("/session/every-unit-is-polled-and-reported", test_polls);
  g_test_add_func ("/session/polls-keep-their-period", test_period);
  g_test_add_func ("/session/counts-as-good-after-commit", test_good_after_commit);
  g_test_add_func ("/session/answer-byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/session/bytes-before-the-request-are-no-answer", test_noise_between_polls);
  g_test_add_func ("/session/exception-marks-its-points", test_exception);
  g_test_add_func ("/session/refused-block-is-split", test_refused_block_is_split);
  g_test_add_func ("/session/bad-crc-is-asked-again", test_bad_crc);
  return g_test_run ();
}
