/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may come in: registrations as modems really send them, strangers, limits. */
#include "session-field.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const CommsSessionSettings quick = { .quiet_time = 0.1 };

static Field *
one_modem (CommsSessionSettings settings)
{
  return field_start (field_network (2, 1, 0.2, FALSE), settings);
}

/* The first poll is answered, and gives the right values: it is this modem. */
static void
assert_polled (Field *field, int fd, guint unit)
{
  CommsRequest request = modem_asked (fd);
  CommsReport *report;

  g_assert_cmpuint (request.query.address, ==, 1);
  g_assert_cmpint (request.query.table, ==, GDP_TABLE_INPUT_REGISTERS);
  g_assert_cmpuint (request.query.count, ==, 2);
  modem_answer (fd, &request, 1234);
  report = field_wait (field, COMMS_REPORT_SAMPLES);
  g_assert_cmpuint (report->unit, ==, unit);
  g_assert_cmpuint (report->n_samples, ==, 2);
  g_assert_cmpuint (report->samples[0].point, ==, field->network->sites[unit].first_point);
  g_assert_cmpfloat (report->samples[0].raw, ==, 1234);
  g_assert_cmpfloat (report->samples[1].raw, ==, 1235);
  g_assert_cmpint (report->samples[0].reason, ==, GDP_REASON_NONE);
  comms_report_free (report);
}

static void
test_accepted (gconstpointer sent)
{
  Field *field = one_modem (quick);
  int fd = modem_register (field, sent);
  CommsReport *opened = field_wait (field, COMMS_REPORT_EVENT), *working;

  g_assert_cmpint (opened->event->kind, ==, GDP_EVENT_SESSION_OPENED);
  g_assert_cmpstr (opened->event->object, ==, "modem-1");
  g_assert_nonnull (strstr (opened->event->text, "127.0.0.1:"));
  comms_report_free (opened);
  working = field_wait (field, COMMS_REPORT_LINK_WORKING);
  g_assert_cmpuint (working->link, ==, 1);
  comms_report_free (working);
  assert_polled (field, fd, 1);
  close (fd);
  field_stop (field);
}

static void
test_byte_by_byte (void)
{
  Field *field = one_modem (quick);
  int fd = modem_call (field);

  for (const char *c = "\r\nGDP-0001\r\n"; *c != '\0'; c++) {
    modem_send (fd, c, 1);
    g_usleep (2000);   /* a segment each, not a wait for anything */
  }
  assert_polled (field, fd, 1);
  close (fd);
  field_stop (field);
}

static void
test_beginning_of_another (void)
{
  Field *field = one_modem (quick);
  int fd = modem_register (field, "GDP-0000"), longer;

  assert_polled (field, fd, 0);
  longer = modem_call (field);
  modem_say (longer, "GDP-0000");
  modem_say (longer, "-B");
  CommsReport *working = field_wait (field, COMMS_REPORT_LINK_WORKING);
  g_assert_cmpstr (field->network->links[working->link].id, ==, "modem-long");
  comms_report_free (working);
  close (fd);
  close (longer);
  field_stop (field);
}

static void
test_unknown (void)
{
  Field *field = one_modem (quick);

  modem_wait_end (modem_register (field, "GDP-\xFF\x01"));
  g_autofree char *text = field_wait_event (field, GDP_EVENT_SESSION_REFUSED);
  g_assert_cmpstr (text, ==, "127.0.0.1: unknown registration: \"GDP-\\xff\\x01\"");

  modem_wait_end (modem_register (field, "GDP-\xFF\x01"));
  field_wait_sessions (field, 0);
  field_assert_none (field, COMMS_REPORT_EVENT);   /* told once, counted twice */
  g_autoptr (GPtrArray) refusals = comms_session_server_refusals (field->server);
  const CommsRefusal *refusal = refusals->pdata[0];
  g_assert_cmpuint (refusals->len, ==, 1);
  g_assert_cmpuint (refusal->count, ==, 2);
  g_assert_cmpstr (refusal->address, ==, "127.0.0.1");
  field_stop (field);
}

static void
test_ten_megabytes (void)
{
  Field *field = one_modem (quick);
  int fd = modem_call (field);
  g_autofree guint8 *much = g_malloc (10 << 20);
  gsize sent = 0;

  memset (much, 'G', 10 << 20);
  for (ssize_t n; sent < 10 << 20 && (n = send (fd, much + sent, (10 << 20) - sent, MSG_NOSIGNAL)) > 0;)
    sent += n;
  g_assert_cmpuint (sent, <, 10 << 20);   /* hung up on long before */
  close (fd);
  g_autofree char *text = field_wait_event (field, GDP_EVENT_SESSION_REFUSED);
  g_assert_nonnull (strstr (text, "longer than any registration"));
  g_assert_cmpuint (strlen (text), <, 400);
  fd = modem_register (field, "GDP-0001");
  assert_polled (field, fd, 1);
  close (fd);
  field_stop (field);
}

static void
test_never (void)
{
  Field *field = one_modem ((CommsSessionSettings) { .registration_time = 0.3 });
  int silent = modem_call (field), half = modem_register (field, "GDP-00");

  modem_wait_end (silent);
  modem_wait_end (half);
  g_autofree char *first = field_wait_event (field, GDP_EVENT_SESSION_REFUSED);
  g_autofree char *second = field_wait_event (field, GDP_EVENT_SESSION_REFUSED);
  g_assert_cmpstr (first, ==, "127.0.0.1: no registration in time: \"\"");
  g_assert_cmpstr (second, ==, "127.0.0.1: no registration in time: \"GDP-00\"");
  field_stop (field);
}

/* One byte more whenever the quiet time is about to end must not hold a place for ever. */
static void
test_drip (void)
{
  Field *field = one_modem ((CommsSessionSettings) { .registration_time = 0.5, .quiet_time = 0.2 });
  int fd = modem_call (field);
  guint sent = 0;

  while (send (fd, "?", 1, MSG_NOSIGNAL) == 1 && !modem_hears (fd, 0.1))
    g_assert_cmpuint (++sent, <, 100);
  modem_wait_end (fd);
  field_stop (field);
}

static void
test_newer_wins (void)
{
  Field *field = one_modem (quick);
  int older = modem_register (field, "GDP-0001"), newer;

  assert_polled (field, older, 1);
  newer = modem_register (field, "GDP-0001");
  modem_wait_end (older);
  assert_polled (field, newer, 1);
  close (newer);
  field_wait_sessions (field, 0);
  CommsTraffic traffic;
  g_assert_true (comms_session_server_traffic (field->server, 1, G_MAXUINT, &traffic));
  g_assert_cmpuint (traffic.reconnects, ==, 1);
  field_stop (field);
}

static void
test_newer_wins_journal (void)
{
  Field *field = one_modem (quick);
  int older = modem_register (field, "GDP-0001"), newer;
  g_autofree char *opened = field_wait_event (field, GDP_EVENT_SESSION_OPENED), *closed = NULL;

  newer = modem_register (field, "GDP-0001");
  closed = field_wait_event (field, GDP_EVENT_SESSION_CLOSED);
  g_assert_true (g_str_has_prefix (closed, opened));   /* the same address and port */
  g_assert_nonnull (strstr (closed, "the modem called again"));
  CommsReport *next = field_wait (field, COMMS_REPORT_EVENT);
  g_assert_cmpint (next->event->kind, ==, GDP_EVENT_SESSION_OPENED);
  comms_report_free (next);
  modem_wait_end (older);
  modem_asked (newer);
  field_assert_none (field, COMMS_REPORT_LINK_FAILED);   /* the link never fell */
  close (newer);
  CommsReport *lost = field_wait (field, COMMS_REPORT_LINK_FAILED);
  g_assert_cmpuint (lost->link, ==, 1);
  g_assert_cmpstr (lost->detail, ==, "the modem hung up");
  comms_report_free (lost);
  field_stop (field);
}

static void
test_max_sessions (void)
{
  Field *field = one_modem ((CommsSessionSettings) { .max_sessions = 1, .quiet_time = 0.1 });
  int first = modem_register (field, "GDP-0000"), second;

  assert_polled (field, first, 0);
  second = modem_register (field, "GDP-0001");
  g_assert_false (modem_hears (second, 0.3));   /* neither asked nor hung up on */
  g_assert_cmpuint (comms_session_server_n_sessions (field->server), ==, 1);
  close (first);
  assert_polled (field, second, 1);
  close (second);
  field_stop (field);
}

static void
test_max_per_address (void)
{
  Field *field = one_modem ((CommsSessionSettings) { .max_per_address = 1, .quiet_time = 0.1 });
  int first = modem_register (field, "GDP-0000");

  assert_polled (field, first, 0);
  modem_wait_end (modem_call (field));
  g_autofree char *text = field_wait_event (field, GDP_EVENT_SESSION_REFUSED);
  g_assert_nonnull (strstr (text, "more sessions from this address than allowed"));
  close (first);
  field_wait_sessions (field, 0);
  first = modem_register (field, "GDP-0001");
  assert_polled (field, first, 1);
  close (first);
  field_stop (field);
}

/* Lowest number that a new descriptor would get. */
static guint
next_descriptor (void)
{
  int fd = dup (0);

  close (fd);
  return fd;
}

static void
test_no_descriptors (void)
{
  Field *field = one_modem (quick);
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK),
                                 .sin_port = g_htons (comms_session_server_port (field->server)) };
  struct rlimit before, none;

  getrlimit (RLIMIT_NOFILE, &before);
  none = (struct rlimit) { next_descriptor (), before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  modem_say (fd, "GDP-0001");
  g_autofree char *text = field_wait_event (field, GDP_EVENT_SESSION_REFUSED);
  g_assert_nonnull (strstr (text, g_strerror (EMFILE)));
  g_assert_false (modem_hears (fd, 0.2));   /* waits */
  field_assert_none (field, COMMS_REPORT_EVENT);
  setrlimit (RLIMIT_NOFILE, &before);
  assert_polled (field, fd, 1);             /* and is served */
  close (fd);
  field_stop (field);
}

static void
test_bad_addresses (void)
{
  static const struct { const char *listen; CommsSessionServerError code; } rows[] = {
    { "nonsense", COMMS_SESSION_SERVER_ERROR_ADDRESS },
    { "127.0.0.1", COMMS_SESSION_SERVER_ERROR_ADDRESS },
    { "127.0.0.1:99999", COMMS_SESSION_SERVER_ERROR_ADDRESS },
    { "127.0.0.1:", COMMS_SESSION_SERVER_ERROR_ADDRESS },
    { "300.0.0.1:70", COMMS_SESSION_SERVER_ERROR_ADDRESS },
    { "[::1:70", COMMS_SESSION_SERVER_ERROR_ADDRESS },
    { "203.0.113.1:7010", COMMS_SESSION_SERVER_ERROR_FAILED },   /* not ours */
  };
  Field *field = one_modem (quick);
  g_autofree char *taken = g_strdup_printf ("127.0.0.1:%u", comms_session_server_port (field->server));
  CommsSink sink = { 0 };

  for (guint i = 0; i <= G_N_ELEMENTS (rows); i++) {
    CommsSessionSettings settings = { .listen = i < G_N_ELEMENTS (rows) ? rows[i].listen : taken };
    int code = i < G_N_ELEMENTS (rows) ? rows[i].code : COMMS_SESSION_SERVER_ERROR_IN_USE;
    g_autoptr (GError) error = NULL;
    g_assert_null (comms_session_server_start (field->network, &settings, &sink, &error));
    g_assert_error (error, COMMS_SESSION_SERVER_ERROR, code);
    g_assert_nonnull (strstr (error->message, settings.listen));
  }
  field_stop (field);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/session/registration-whole", "GDP-0001", test_accepted);
  g_test_add_data_func ("/session/registration-with-line-end", "GDP-0001\r\n", test_accepted);
  g_test_add_data_func ("/session/registration-with-heartbeat-glued-to-it", "GDP-0001PINGPI", test_accepted);
  g_test_add_func ("/session/registration-byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/session/registration-that-begins-another", test_beginning_of_another);
  g_test_add_func ("/session/unknown-registration-is-refused-and-told-once", test_unknown);
  g_test_add_func ("/session/ten-megabytes-instead-of-a-registration", test_ten_megabytes);
  g_test_add_func ("/session/no-registration-in-time", test_never);
  g_test_add_func ("/session/dripping-bytes-win-no-time", test_drip);
  g_test_add_func ("/session/newer-call-wins", test_newer_wins);
  g_test_add_func ("/session/newer-call-and-its-journal", test_newer_wins_journal);
  g_test_add_func ("/session/more-than-the-most-wait", test_max_sessions);
  g_test_add_func ("/session/too-many-from-one-address", test_max_per_address);
  g_test_add_func ("/session/out-of-descriptors-waits-and-recovers", test_no_descriptors);
  g_test_add_func ("/session/bad-addresses-say-what-is-wrong", test_bad_addresses);
  return g_test_run ();
}
