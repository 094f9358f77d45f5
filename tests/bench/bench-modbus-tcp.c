/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What N Modbus TCP slaves of 16 points, each polled every second over its own connection, cost the
 * process that polls them, beside one bare loop around libmodbus over the same connections. */
#include <arpa/inet.h>
#include <errno.h>
#include <modbus.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "comms/mbap.h"
#include "line-fixture.h"
#include "quantile.h"

#define ROUNDS 5
#define WINDOW 2   /* s of a round */

static int listener;
static int n_reports;   /* atomic */

static void
answer (int fd)
{
  guint8 bytes[COMMS_MBAP_MAX];
  gssize n = read (fd, bytes, sizeof bytes);
  guint16 transaction, values[16];
  CommsRequest request;
  gsize consumed;

  if (n <= 0) {
    close (fd);
    return;
  }
  g_assert_true (comms_mbap_parse_request (bytes, n, &transaction, &request, &consumed, NULL));
  for (guint i = 0; i < 8; i++)
    values[i] = request.query.table == GDP_TABLE_INPUT_REGISTERS ? 1000 + i : (1 + i) & 1;
  n = comms_mbap_respond (transaction, &request, values, bytes);
  if (send (fd, bytes, n, MSG_NOSIGNAL) != n)
    close (fd);   /* whoever asked has hung up meanwhile */
}

static void
play_slaves (void)
{
  int epoll = epoll_create1 (0);
  struct epoll_event event = { EPOLLIN, { .fd = listener } }, events[64];

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  epoll_ctl (epoll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int n = epoll_wait (epoll, events, G_N_ELEMENTS (events), -1);

    for (int i = 0; i < n; i++)
      if (events[i].data.fd == listener) {
        event.data.fd = accept (listener, NULL, NULL);
        epoll_ctl (epoll, EPOLL_CTL_ADD, event.data.fd, &event);
      } else {
        answer (events[i].data.fd);
      }
  }
}

static guint16
listen_anywhere (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;

  listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (listener, 4096), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *) &address, &size), ==, 0);
  return ntohs (address.sin_port);
}

static double
cpu_s (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static gboolean
take (CommsReport *report, gpointer user_data)
{
  if (report->kind == COMMS_REPORT_SAMPLES)
    g_atomic_int_inc (&n_reports);
  comms_report_committed (report);
  return TRUE;
}

static gint64
server_time (gpointer user_data)
{
  return g_get_real_time ();
}

static long
resident_kib (void)
{
  g_autofree char *text = NULL;
  long pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%*d %ld", &pages);
  return pages * (sysconf (_SC_PAGESIZE) / 1024);
}

/* Percent of a core; @polls (out): reports a second; @kib (out): memory that the lines took. */
static double
run_ours (guint n, guint16 port, double *polls, double *kib)
{
  GdpLink link = line_fixture_tcp (port);
  g_autoptr (GdpNetwork) network = line_fixture_links (&link, n, 1);
  CommsSink sink = { take, server_time, NULL };
  long before = resident_kib ();
  CommsTcpLines *lines = comms_tcp_lines_start (network, &sink);
  double start;

  g_usleep (2 * G_USEC_PER_SEC);   /* all are connected and in their rhythm */
  *kib = resident_kib () - before;
  start = cpu_s ();
  g_atomic_int_set (&n_reports, 0);
  g_usleep (WINDOW * G_USEC_PER_SEC);
  *polls = g_atomic_int_get (&n_reports) / (double) WINDOW;
  start = cpu_s () - start;
  comms_tcp_lines_stop (lines);
  return start * 100 / WINDOW;
}

static double
run_libmodbus (guint n, guint16 port)
{
  g_autofree modbus_t **modbus = g_new0 (modbus_t *, n);
  guint16 registers[8];
  guint8 bits[8];
  double start;
  gint64 begin;

  for (guint i = 0; i < n; i++) {
    modbus[i] = modbus_new_tcp ("127.0.0.1", port);
    g_assert_cmpint (modbus_connect (modbus[i]), ==, 0);
    modbus_set_slave (modbus[i], 1);
  }
  start = cpu_s ();
  begin = g_get_monotonic_time ();
  for (guint i = 0; i < n * WINDOW; i++) {
    gint64 wait = begin + (gint64) i * G_USEC_PER_SEC / n - g_get_monotonic_time ();

    if (wait > 0)
      g_usleep (wait);
    g_assert_cmpint (modbus_read_input_registers (modbus[i % n], 0, 8, registers), ==, 8);
    g_assert_cmpint (modbus_read_input_bits (modbus[i % n], 0, 8, bits), ==, 8);
  }
  start = cpu_s () - start;
  for (guint i = 0; i < n; i++) {
    modbus_close (modbus[i]);
    modbus_free (modbus[i]);
  }
  return start * 100 / WINDOW;
}

static void
bench (guint n, guint16 port)
{
  double ours[ROUNDS], bare[ROUNDS], ratio[ROUNDS], polls, kib, most = 0;

  for (guint i = 0; i < ROUNDS; i++) {
    ours[i] = run_ours (n, port, &polls, &kib);
    most = MAX (most, kib);   /* later rounds reuse what the first took */
    bare[i] = run_libmodbus (n, port);
    ratio[i] = ours[i] / bare[i];
  }
  printf ("modbus-tcp %4u slaves x 16 points/s, %% of a core: ours %.2f  bare libmodbus loop %.2f  ours/bare "
          "%.2f ",
          n, quantile (ours, ROUNDS, 0.5), quantile (bare, ROUNDS, 0.5), quantile (ratio, ROUNDS, 0.5));
  printf ("(%.2f..%.2f); %.0f polls/s, %.0f KiB for the lines\n", ratio[0], ratio[ROUNDS - 1], polls, most);
  fflush (stdout);
}

int
main (void)
{
  guint16 port = listen_anywhere ();
  pid_t slaves = fork ();

  if (slaves == 0)
    play_slaves ();
  close (listener);
  bench (100, port);
  bench (1000, port);
  kill (slaves, SIGKILL);
  waitpid (slaves, NULL, 0);
  return 0;
}
