/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session server as a whole: a full queue, a new configuration, its end, very many sessions. */
#include "comms/same-links.h"
#include "session-call.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

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
  g_test_add_func ("/session/full-queue-stops-polling", test_full_queue_stops_polling);
  g_test_add_func ("/session/full-queue-that-nobody-reports-empty", test_full_queue_without_resume);
  g_test_add_func ("/session/reset-while-the-queue-is-full", test_reset_while_queue_is_full);
  g_test_add_func ("/session/stop-in-every-state", test_stop_in_every_state);
  g_test_add_func ("/session/change-keeps-the-sessions-it-does-not-concern", test_change_keeps_other_sessions);
  g_test_add_func ("/session/two-thousand-at-once", test_very_many);
  return g_test_run ();
}
