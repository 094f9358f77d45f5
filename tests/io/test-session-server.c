/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Polling through a modem that misbehaves on cue. */
#include "comms/same-links.h"
#include "session-field.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers on cue come at once; a test that waits for a time-out sets it short. */
static const CommsSessionSettings patient = { .quiet_time = 0.1, .response_time = 10, .response_least = 10 };
static const CommsSessionSettings impatient = { .quiet_time = 0.1, .response_time = 0.3, .response_least = 0.3,
                                                .response_most = 0.6, .dead_after = 100 };

typedef struct {
  Field *field;
  int    fd;
} Call;

static Call
call_in (guint n_units, gboolean discrete, CommsSessionSettings settings)
{
  Call call = { .field = field_start (field_network (1, n_units, 0.2, discrete), settings) };

  call.fd = modem_register (call.field, "GDP-0000");
  return call;
}

static void
end_call (Call *call)
{
  close (call->fd);
  field_stop (call->field);
}

static CommsTraffic
traffic_of (Call *call)
{
  CommsTraffic traffic;

  g_assert_true (comms_session_server_traffic (call->field->server, 0, G_MAXUINT, &traffic));
  return traffic;
}

/* Nobody takes the answer's report, so nothing is asked for four periods. The queue stays full. */
static Call
call_in_and_stall (void)
{
  Call call = call_in (1, FALSE, patient);
  CommsRequest request = modem_asked (call.fd);

  g_atomic_int_set (&call.field->full, TRUE);
  modem_answer (call.fd, &request, 2);
  g_assert_false (modem_hears (call.fd, 0.8));
  return call;
}

/* A reset, not an end. */
static void
hang_up_at_once (Call *call)
{
  struct linger at_once = { .l_onoff = 1 };

  setsockopt (call->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close (call->fd);
}

static void
assert_value (Call *call, double first_value)
{
  CommsReport *report = field_wait (call->field, COMMS_REPORT_SAMPLES);

  g_assert_cmpuint (report->n_samples, ==, 2);
  g_assert_cmpfloat (report->samples[0].raw, ==, first_value);
  g_assert_cmpfloat (report->samples[1].raw, ==, first_value + 1);
  comms_report_committed (report);
}

/* The unit is asked twice and has failed. Returns the last request. */
static CommsRequest
never_answered (Call *call)
{
  modem_asked (call->fd);
  CommsRequest request = modem_asked (call->fd);
  CommsReport *report = field_wait (call->field, COMMS_REPORT_UNIT_FAILED);

  g_assert_cmpuint (report->unit, ==, 0);
  g_assert_true (g_str_has_prefix (report->detail, "no answer in 0."));
  comms_report_free (report);
  return request;
}

static void
answer_poll (Call *call, guint16 first_value)
{
  CommsRequest request = modem_asked (call->fd);

  modem_answer (call->fd, &request, first_value);
  assert_value (call, first_value);
}

static void
test_polls (void)
{
  Call call = call_in (2, TRUE, patient);
  guint seen[3] = { 0 };

  for (guint i = 0; i < 8; i++) {   /* two units, two tables each, twice */
    CommsRequest request = modem_asked (call.fd);
    seen[request.read.address]++;
    modem_answer (call.fd, &request, request.read.table == GDP_TABLE_DISCRETE_INPUTS ? 1 : 100 * request.read.address);
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
    if (request.read.table == GDP_TABLE_INPUT_REGISTERS)
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

  g_assert_cmpuint (request.read.count, ==, 2);
  modem_send (call.fd, frame, comms_rtu_exception (1, 4, COMMS_EXCEPTION_ADDRESS, frame));
  comms_report_free (field_wait (call.field, COMMS_REPORT_SAMPLES));
  for (guint i = 0; i < 2; i++) {
    request = modem_asked (call.fd);
    g_assert_cmpuint (request.read.count, ==, 1);
    if (request.read.start == 1)
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

/* One dead slave of two: the other goes on, and what answered of a poll is not lost. */
static void
test_one_dead_of_two (void)
{
  Call call = call_in (2, TRUE, impatient);
  guint good = 0, failed = 0;

  while (good < 4 || failed < 1) {
    CommsRequest request = modem_asked (call.fd);
    if (request.read.address == 1 || request.read.table == GDP_TABLE_DISCRETE_INPUTS)
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

static void
test_full_queue_stops_polling (void)
{
  Call call = call_in_and_stall ();

  g_atomic_int_set (&call.field->full, FALSE);
  comms_session_server_resume (call.field->server);
  assert_value (&call, 2);                       /* kept, not dropped */
  answer_poll (&call, 3);
  end_call (&call);
}

/* Whoever owns the queue may forget to say so. */
static void
test_full_queue_without_resume (void)
{
  Call call = call_in_and_stall ();

  g_atomic_int_set (&call.field->full, FALSE);
  assert_value (&call, 2);
  modem_asked (call.fd);
  end_call (&call);
}

/* The modem is gone when its session may go on: its first write would raise SIGPIPE. */
static void
test_reset_while_queue_is_full (void)
{
  Call call = call_in_and_stall ();

  shutdown (call.fd, SHUT_WR);
  hang_up_at_once (&call);
  g_atomic_int_set (&call.field->full, FALSE);
  comms_session_server_resume (call.field->server);
  g_autofree char *text = field_wait_event (call.field, GDP_EVENT_SESSION_CLOSED);
  g_assert_nonnull (text);
  field_wait_sessions (call.field, 0);
  field_stop (call.field);
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

static void
test_stop_in_every_state (void)
{
  Field *field = field_start (field_network (4, 1, 0.2, FALSE), impatient);
  int fds[] = { modem_call (field), modem_register (field, "GDP-00"), modem_register (field, "strange"),
                modem_register (field, "GDP-0000"), modem_register (field, "GDP-0001"),
                modem_register (field, "GDP-0002") };
  CommsRequest request = modem_asked (fds[4]);

  modem_asked (fds[5]);
  modem_send (fds[5], "\x01\x04", 2);
  g_atomic_int_set (&field->full, TRUE);
  modem_answer (fds[4], &request, 1);
  field_stop (field);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    modem_wait_end (fds[i]);
}

/* Two modems, and a new configuration in which the second is polled more slowly: only that one has to call again,
 * the first's unit answers a request that was asked before, and is asked for more by the plan it had. */
static void
test_change_keeps_other_sessions (void)
{
  Field *field = field_start (field_network (2, 1, 0.2, FALSE), patient);
  g_autoptr (GdpNetwork) changed = field_network (3, 1, 0.2, FALSE);
  Call kept = { field, modem_register (field, "GDP-0000") }, other = { field, modem_register (field, "GDP-0001") };
  CommsRequest request = modem_asked (kept.fd);

  modem_asked (other.fd);
  changed->units[1].period = 0.4;
  g_autofree gboolean *same = comms_same_links (field->network, changed);
  g_assert_true (same[0]);
  g_assert_false (same[1]);
  comms_session_server_release (field->server, same);
  modem_wait_end (other.fd);
  g_autofree char *text = field_wait_event (field, GDP_EVENT_SESSION_CLOSED);
  g_assert_nonnull (strstr (text, "its configuration has changed"));
  modem_answer (kept.fd, &request, 5);
  comms_session_server_adopt (field->server, changed, same);
  gdp_network_unref (field->network);   /* and with it all that a plan could borrow */
  field->network = gdp_network_ref (changed);
  assert_value (&kept, 5);
  answer_poll (&kept, 6);
  other.fd = modem_register (field, "GDP-0001");
  request = modem_asked (other.fd);
  modem_answer (other.fd, &request, 7);
  CommsReport *report = field_wait (field, COMMS_REPORT_SAMPLES);
  while (report->unit != 1) {
    comms_report_free (report);
    report = field_wait (field, COMMS_REPORT_SAMPLES);
  }
  g_assert_cmpfloat (report->samples[0].raw, ==, 7);
  comms_report_free (report);
  int fresh = modem_register (field, "GDP-0002");   /* the new one is known */
  modem_asked (fresh);
  close (fresh);
  close (other.fd);
  end_call (&kept);
}

/* ---- very many ------------------------------------------------------------------------------- */

static guint
how_many (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  return MIN (2000, (limit.rlim_cur - 100) / 2);
}

static void
answer_one (int fd)
{
  guint8 bytes[COMMS_RTU_MAX];
  ssize_t n = recv (fd, bytes, sizeof bytes, 0);
  CommsRequest request;
  gsize consumed;

  g_assert_cmpint (n, ==, 8);
  g_assert_true (comms_rtu_parse_request (bytes, n, &request, &consumed, NULL));
  modem_answer (fd, &request, fd);
}

static guint
count_answers (Field *field, guint *answers, guint wanted)
{
  guint complete = 0;

  for (CommsReport *report; (report = g_async_queue_try_pop (field->reports)) != NULL; comms_report_committed (report))
    if (report->kind == COMMS_REPORT_SAMPLES)
      complete += ++answers[report->unit] == wanted;
    else
      g_assert_cmpint (report->kind, !=, COMMS_REPORT_UNIT_FAILED);
  return complete;
}

static void
test_very_many (void)
{
  guint n = how_many (), complete = 0, wanted = 3;
  CommsSessionSettings settings = { .response_time = 30, .response_least = 30, .response_most = 30 };
  Field *field = field_start (field_network (n, 1, 0.5, FALSE), settings);
  g_autofree guint *answers = g_new0 (guint, n);
  g_autofree int *fds = g_new (int, n);
  int many = epoll_create1 (EPOLL_CLOEXEC);
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < n; i++) {
    g_autofree char *registration = g_strdup_printf ("GDP-%04u", i);
    fds[i] = modem_register (field, registration);
    epoll_ctl (many, EPOLL_CTL_ADD, fds[i], &(struct epoll_event) { .events = EPOLLIN, .data.fd = fds[i] });
  }
  while (complete < n) {
    struct epoll_event events[256];
    int ready = epoll_wait (many, events, G_N_ELEMENTS (events), 100);
    for (int i = 0; i < ready; i++)
      answer_one (events[i].data.fd);
    complete += count_answers (field, answers, wanted);
    g_assert_cmpint (g_get_monotonic_time () - start, <, 90 * G_USEC_PER_SEC);
  }
  g_assert_cmpuint (comms_session_server_n_sessions (field->server), ==, n);
  g_test_message ("%u sessions, %u polls of each: %.2f s", n, wanted, (g_get_monotonic_time () - start) / 1e6);
  for (guint i = 0; i < n; i++)
    close (fds[i]);
  close (many);
  field_wait_sessions (field, 0);
  field_stop (field);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/every-unit-is-polled-and-reported", test_polls);
  g_test_add_func ("/session/polls-keep-their-period", test_period);
  g_test_add_func ("/session/counts-as-good-after-commit", test_good_after_commit);
  g_test_add_func ("/session/answer-byte-by-byte", test_byte_by_byte);
  for (guint i = 0; i < G_N_ELEMENTS (stuffings); i++) {
    g_autofree char *path = g_strconcat ("/session/answer-with-", stuffings[i].name, NULL);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_stuffed);
  }
  g_test_add_func ("/session/bytes-before-the-request-are-no-answer", test_noise_between_polls);
  g_test_add_func ("/session/exception-marks-its-points", test_exception);
  g_test_add_func ("/session/refused-block-is-split", test_refused_block_is_split);
  g_test_add_func ("/session/bad-crc-is-asked-again", test_bad_crc);
  g_test_add_func ("/session/no-answer-fails-after-one-retry", test_no_answer);
  g_test_add_func ("/session/truncated-answer", test_truncated);
  g_test_add_func ("/session/late-answer-never-passes-for-the-next", test_late);
  g_test_add_func ("/session/answer-after-giving-up-is-dropped", test_too_late);
  g_test_add_func ("/session/heartbeat-does-not-shorten-the-wait-for-a-late-answer", test_late_after_heartbeat);
  g_test_add_func ("/session/one-dead-slave-of-two", test_one_dead_of_two);
  g_test_add_func ("/session/dead-modem-is-hung-up-on", test_dead_modem_is_hung_up_on);
  g_test_add_func ("/session/killed-amid-an-answer", test_killed_amid_answer);
  g_test_add_func ("/session/full-queue-stops-polling", test_full_queue_stops_polling);
  g_test_add_func ("/session/full-queue-that-nobody-reports-empty", test_full_queue_without_resume);
  g_test_add_func ("/session/reset-while-the-queue-is-full", test_reset_while_queue_is_full);
  g_test_add_func ("/session/change-keeps-the-sessions-it-does-not-concern", test_change_keeps_other_sessions);
  g_test_add_func ("/session/stop-in-every-state", test_stop_in_every_state);
  g_test_add_func ("/session/two-thousand-at-once", test_very_many);
  return g_test_run ();
}
