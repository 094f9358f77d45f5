/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of a serial line's time polling uses, and whether it keeps the silence it must.
 *
 * A process plays slaves on a pseudo-terminal as a wire of that speed would let them: an answer is given
 * when request, 3.5 characters and all its own characters (8N1, 10 bits) have passed. It counts the
 * requests that come sooner than 3.5 characters (1750 µs above 19200 baud) after an answer. A pair is 8
 * input registers and 8 discrete inputs. Beside ours runs bare libmodbus, which knows no silence; the
 * limit is what the wire lets through. */
#include <errno.h>
#include <fcntl.h>
#include <modbus.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "comms/rtu.h"
#include "line-fixture.h"

#define ROUNDS 5
#define WINDOW 1000000   /* µs of a round */

/* Shared with the slaves' process, atomic. `late`: µs by which they were later than the wire, which is
 * their fault and not the master's. */
typedef struct { int requests, violations, late; gint64 time; } Wire;

typedef struct { guint baud, n_units; gint64 gap; } Speed;

static const Speed speeds[] = { { 9600, 4, 3646 }, { 19200, 8, 1823 }, { 115200, 20, 1750 } };

static gint64
wire_time (const Speed *speed, gsize bytes)
{
  return (gint64) bytes * 10 * G_USEC_PER_SEC / speed->baud;
}

static double
legal_pairs (const Speed *speed)
{
  return 1e6 / (double) (wire_time (speed, 8 + 21 + 8 + 6) + 4 * speed->gap);
}

static void
sleep_until (gint64 time)
{
  const struct timespec t = { time / G_USEC_PER_SEC, time % G_USEC_PER_SEC * 1000 };

  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
    ;
}

static gsize
await_request (int fd, guint8 *bytes, gint64 *arrived)
{
  gsize n = 0;

  while (n < 8) {
    struct pollfd event = { fd, POLLIN, 0 };
    gssize more;

    poll (&event, 1, -1);
    if (n == 0)
      *arrived = g_get_monotonic_time ();
    more = read (fd, bytes + n, 8 - n);
    if (more > 0)
      n += more;
  }
  return n;
}

static void
play_slaves (int fd, const Speed *speed, Wire *wire)
{
  gint64 answered = 0, arrived = 0;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prctl (PR_SET_TIMERSLACK, 1);
  sched_setscheduler (0, SCHED_FIFO, &(struct sched_param) { 2 });   /* a wire is always on time; else as good as it gets */
  for (;;) {
    guint8 bytes[COMMS_RTU_MAX];
    guint16 values[16];
    CommsRequest request;
    gsize consumed, length = await_request (fd, bytes, &arrived);

    if (arrived - answered < speed->gap)
      g_atomic_int_inc (&wire->violations);
    g_assert_true (comms_rtu_parse_request (bytes, length, &request, &consumed, NULL));
    for (guint i = 0; i < request.read.count; i++)
      values[i] = request.read.table == GDP_TABLE_INPUT_REGISTERS ? request.read.address * 1000 + i
                                                                  : (request.read.address + i) & 1;
    length = comms_rtu_respond (&request, values, bytes);
    answered = arrived + wire_time (speed, 8 + length) + speed->gap;
    sleep_until (answered);
    g_atomic_int_add (&wire->late, (int) (g_get_monotonic_time () - answered));
    answered = g_get_monotonic_time ();
    g_assert_cmpint (write (fd, bytes, length), ==, (gssize) length);
    __atomic_store_n (&wire->time, answered, __ATOMIC_RELAXED);
    g_atomic_int_inc (&wire->requests);
  }
}

static int
open_terminal (char *device, gsize size)
{
  int fd = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK);
  struct termios raw;

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (grantpt (fd) == 0 && unlockpt (fd) == 0 && ptsname_r (fd, device, size) == 0);
  g_assert_cmpint (open (device, O_RDWR | O_NOCTTY), >=, 0);   /* keeps the line up between the rounds */
  tcgetattr (fd, &raw);
  cfmakeraw (&raw);
  tcsetattr (fd, TCSANOW, &raw);
  return fd;
}

/* What a round gave. */
typedef struct { double pairs, violations, cpu; } Result;   /* a second; a hundred requests; µs a request */

static double
cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

typedef struct { Wire *wire; int requests, violations, late; double cpu; gint64 time; } Mark;

static Mark
mark (Wire *wire)
{
  return (Mark) { wire, g_atomic_int_get (&wire->requests), g_atomic_int_get (&wire->violations),
                  g_atomic_int_get (&wire->late), cpu_us (),
                  __atomic_load_n (&wire->time, __ATOMIC_RELAXED) };
}

static Result
since (const Mark *then)
{
  Mark now = mark (then->wire);
  double requests = now.requests - then->requests;

  gint64 time = now.time - then->time - (now.late - then->late);

  return (Result) { requests / 2 * 1e6 / time,
                    100 * (now.violations - then->violations) / requests, (now.cpu - then->cpu) / requests };
}

static gboolean
take (CommsReport *report, gpointer user_data)
{
  comms_report_committed (report);
  return TRUE;
}

static gint64
server_time (gpointer user_data)
{
  return g_get_real_time ();
}

static Result
run_ours (const char *device, const Speed *speed, Wire *wire)
{
  GdpLink link = { .id = "line", .kind = GDP_LINK_MODBUS_RTU, .device = device, .baud = speed->baud, .parity = 'N',
                   .stop_bits = 1 };
  g_autoptr (GdpNetwork) network = line_fixture_network (&link, speed->n_units, 0.2, FALSE);
  CommsLine *line = comms_line_start (network, 0, &(CommsSink) { take, server_time, NULL });
  Mark start;
  Result result;

  g_usleep (200 * 1000);
  start = mark (wire);
  g_usleep (WINDOW);
  result = since (&start);
  comms_line_stop (line);
  g_usleep (150 * 1000);
  return result;
}

static Result
run_libmodbus (const char *device, const Speed *speed, Wire *wire)
{
  modbus_t *modbus = modbus_new_rtu (device, (int) speed->baud, 'N', 8, 1);
  guint16 registers[8];
  guint8 bits[8];
  Mark start;
  Result result;

  g_assert_cmpint (modbus_connect (modbus), ==, 0);
  modbus_set_slave (modbus, 1);
  g_assert_cmpint (modbus_read_input_registers (modbus, 0, 8, registers), ==, 8);
  start = mark (wire);
  for (gint64 end = g_get_monotonic_time () + WINDOW; g_get_monotonic_time () < end;) {
    g_assert_cmpint (modbus_read_input_registers (modbus, 0, 8, registers), ==, 8);
    g_assert_cmpint (modbus_read_input_bits (modbus, 0, 8, bits), ==, 8);
  }
  result = since (&start);
  modbus_close (modbus);
  modbus_free (modbus);
  g_usleep (150 * 1000);
  return result;
}

static int
by_value (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
print (guint baud, const char *figure, const double *ours, const double *bare, double limit)
{
  double a[ROUNDS], b[ROUNDS], ratio[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++) {
    a[i] = ours[i];
    b[i] = bare[i];
    ratio[i] = limit > 0 ? ours[i] / limit : ours[i] / bare[i];
  }
  qsort (a, ROUNDS, sizeof a[0], by_value);
  qsort (b, ROUNDS, sizeof b[0], by_value);
  qsort (ratio, ROUNDS, sizeof ratio[0], by_value);
  printf ("rtu %6u baud %-26s ours %8.2f  libmodbus %8.2f  ", baud, figure, a[ROUNDS / 2], b[ROUNDS / 2]);
  if (limit > 0)
    printf ("limit %8.2f  ours/limit %.4f (%.4f..%.4f)\n", limit, ratio[ROUNDS / 2], ratio[0], ratio[ROUNDS - 1]);
  else
    printf ("(%.2f..%.2f)\n", a[0], a[ROUNDS - 1]);
  fflush (stdout);
}

static void
bench (const Speed *speed)
{
  Wire *wire = mmap (NULL, sizeof *wire, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  double ours[3][ROUNDS], bare[3][ROUNDS];
  char device[64];
  int fd = open_terminal (device, sizeof device);
  pid_t slaves = fork ();

  if (slaves == 0)
    play_slaves (fd, speed, wire);
  for (guint i = 0; i < ROUNDS; i++) {
    Result a = run_ours (device, speed, wire), b = run_libmodbus (device, speed, wire);

    ours[0][i] = a.pairs, ours[1][i] = a.violations, ours[2][i] = a.cpu;
    bare[0][i] = b.pairs, bare[1][i] = b.violations, bare[2][i] = b.cpu;
  }
  kill (slaves, SIGKILL);
  waitpid (slaves, NULL, 0);
  close (fd);
  print (speed->baud, "pairs/s", ours[0], bare[0], legal_pairs (speed));
  print (speed->baud, "requests before t3.5, %", ours[1], bare[1], 0);
  print (speed->baud, "CPU us a transaction", ours[2], bare[2], 0);
}

int
main (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    bench (&speeds[i]);
  return 0;
}
