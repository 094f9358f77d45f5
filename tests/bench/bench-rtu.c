/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of a serial line's time polling uses, and whether it keeps the silence it must.
 *
 * A process plays slaves on a pseudo-terminal as a wire of that speed would let them: an answer is given
 * when request, 3.5 characters and all its own characters (8N1, 10 bits) have passed. The wire is taken by
 * a request when the master calls write(), as a UART would be: a pseudo-terminal hands it on some 50 us
 * later, which is no master's fault. What the slaves are later than the wire is subtracted too. A request
 * that is written sooner than 3.5 characters (1750 us above 19200 baud) after an answer is a violation.
 * A pair is 8 input registers and 8 discrete inputs. Beside ours run bare libmodbus, which knows no
 * silence, and a bare loop that does nothing but sleep, write, wait and read; the limit is what the wire
 * lets through. From the answer's write() until the master has read it is charged to the master, though
 * the kernel and the machine waking up are most of it: the bare loop shows how much.
 * At 9600 baud there are ten slaves. Then two of them are silent, and what the line still gets from the
 * others is counted: from the moment that they fall silent, and from the start with two that never spoke. */
#include <errno.h>
#include <fcntl.h>
#include <modbus.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "comms/rtu.h"
#include "line-fixture.h"
#include "quantile.h"

#define ROUNDS 5
#define WINDOW 1000000   /* µs of a round */
#define MOST     100000   /* requests in all */
#define SETTLING 1000000 /* µs before it: a line runs for months, what it learns in a second is not measured */
#define N_DEAD   2
#define MOURNING 30       /* s that are counted with dead slaves */
#define LOSSES   2        /* rounds of that */
#define REQUEST 8        /* bytes */

/* Shared with the slaves' process, atomic; µs. `late`: by how much they were later than the wire, which is
 * their fault and not the master's. */
typedef struct {
  int    requests, violations, late, dead;   /* dead: slaves 1 to this are */
  gint64 asked, time;
  gint64 legal;        /* what the wire takes for all that was exchanged */
  int    lost[MOST];   /* of each request: from the end of 3.5 characters until it was written */
} Wire;

enum { OURS, LIBMODBUS, BARE, N_MASTERS };

static Wire *wire;

typedef struct { guint baud, n_units; gint64 gap; } Speed;
typedef struct { int fd; gint64 gap, end; } Bare;

/* Twice the units that the line has time for, so that one is always due. */
static const Speed speeds[] = { { 9600, 10, 3646 }, { 19200, 16, 1823 }, { 115200, 40, 1750 } };

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

static gint64
load (const gint64 *time)
{
  return __atomic_load_n (time, __ATOMIC_ACQUIRE);
}

static void
store (gint64 *time, gint64 value)
{
  __atomic_store_n (time, value, __ATOMIC_RELEASE);
}

/* In place of the C library's, for libmodbus too: only the master itself knows when it takes the wire. */
ssize_t
write (int fd, const void *bytes, size_t length)
{
  if (wire != NULL && length == REQUEST)
    store (&wire->asked, g_get_monotonic_time ());
  return syscall (SYS_write, fd, bytes, length);
}

static gsize
await_request (int fd, guint8 *bytes)
{
  gsize n = 0;

  while (n < REQUEST) {
    struct pollfd event = { fd, POLLIN, 0 };
    gssize more;

    poll (&event, 1, -1);
    more = read (fd, bytes + n, REQUEST - n);
    if (more > 0)
      n += more;
  }
  return n;
}

/* A wire is always on time: where we may, so are the slaves, ahead of the masters. */
static void
play_slaves (int fd, const Speed *speed)
{
  gint64 answered = 0;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prctl (PR_SET_TIMERSLACK, 1);
  sched_setscheduler (0, SCHED_FIFO, &(struct sched_param) { 2 });
  for (;;) {
    guint8 bytes[COMMS_RTU_MAX];
    guint16 values[16];
    CommsRequest request;
    gsize consumed, length = await_request (fd, bytes);
    gint64 asked = load (&wire->asked);
    int late;

    if (asked - answered < speed->gap)
      g_atomic_int_inc (&wire->violations);
    g_atomic_int_set (&wire->lost[wire->requests % MOST], (int) (asked - answered - speed->gap));
    g_assert_true (comms_rtu_parse_request (bytes, length, &request, &consumed, NULL));
    if (request.query.address <= g_atomic_int_get (&wire->dead)) {
      answered = asked + wire_time (speed, REQUEST);
      continue;
    }
    for (guint i = 0; i < request.query.count; i++)
      values[i] = request.query.table == GDP_TABLE_INPUT_REGISTERS ? request.query.address * 1000 + i
                                                                  : (request.query.address + i) & 1;
    length = comms_rtu_respond (&request, values, bytes);
    answered = asked + wire_time (speed, REQUEST + length) + speed->gap;
    sleep_until (answered);
    late = (int) (g_get_monotonic_time () - answered);
    answered += late;
    g_assert_cmpint (syscall (SYS_write, fd, bytes, length), ==, (gssize) length);
    g_atomic_int_add (&wire->late, late);
    store (&wire->legal, wire->legal + wire_time (speed, REQUEST + length) + 2 * speed->gap);
    store (&wire->time, answered);
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
/* Pairs a second, of a hundred requests, µs of a request, µs of the median request. */
typedef struct { double pairs, violations, cpu, lost; } Result;

static double
cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec
         + usage.ru_stime.tv_usec;
}

typedef struct { int requests, violations, late; double cpu; gint64 time, legal; } Mark;

static Mark
mark (void)
{
  return (Mark) { g_atomic_int_get (&wire->requests), g_atomic_int_get (&wire->violations),
                  g_atomic_int_get (&wire->late), cpu_us (), load (&wire->time), load (&wire->legal) };
}

static int
by_size (const void *a, const void *b)
{
  return *(const int *) a - *(const int *) b;
}

static double
median_lost (int from, int to)
{
  g_autofree int *lost = g_memdup2 (wire->lost + from, (to - from) * sizeof lost[0]);

  qsort (lost, to - from, sizeof lost[0], by_size);
  return lost[(to - from) / 2];
}

/* From the wire time of what was exchanged: a round seldom ends with a whole pair. */
static Result
since (const Mark *then, const Speed *speed)
{
  Mark now = mark ();
  double requests = now.requests - then->requests;
  gint64 time = now.time - then->time - (now.late - then->late);

  return (Result) { legal_pairs (speed) * (now.legal - then->legal) / time,
                    100 * (now.violations - then->violations) / requests,
                    (now.cpu - then->cpu) / requests, median_lost (then->requests, now.requests) };
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

static CommsLine *
start_line (const char *device, const Speed *speed)
{
  GdpLink link = { .id = "line",
                   .kind = GDP_LINK_MODBUS_RTU,
                   .device = device,
                   .baud = speed->baud,
                   .parity = 'N',
                   .stop_bits = 1 };
  g_autoptr (GdpNetwork) network = line_fixture_network (&link, speed->n_units, 0.2, FALSE);

  return comms_line_start (network, 0, &(CommsSink) { take, server_time, NULL });
}

static Result
run_ours (const char *device, const Speed *speed)
{
  CommsLine *line = start_line (device, speed);
  Mark start;
  Result result;

  g_usleep (SETTLING);
  start = mark ();
  g_usleep (WINDOW);
  result = since (&start, speed);
  comms_line_stop (line);
  g_usleep (150 * 1000);
  return result;
}

static Result
run_libmodbus (const char *device, const Speed *speed)
{
  modbus_t *modbus = modbus_new_rtu (device, (int) speed->baud, 'N', 8, 1);
  guint16 registers[8];
  guint8 bits[8];
  Mark start;
  Result result;

  g_assert_cmpint (modbus_connect (modbus), ==, 0);
  modbus_set_slave (modbus, 1);
  g_assert_cmpint (modbus_read_input_registers (modbus, 0, 8, registers), ==, 8);
  start = mark ();
  for (gint64 end = g_get_monotonic_time () + WINDOW; g_get_monotonic_time () < end;) {
    g_assert_cmpint (modbus_read_input_registers (modbus, 0, 8, registers), ==, 8);
    g_assert_cmpint (modbus_read_input_bits (modbus, 0, 8, bits), ==, 8);
  }
  result = since (&start, speed);
  modbus_close (modbus);
  modbus_free (modbus);
  g_usleep (150 * 1000);
  return result;
}

static void
exchange (int fd, const guint8 *request, gsize answer, gint64 *heard)
{
  guint8 bytes[COMMS_RTU_MAX];
  struct pollfd event = { fd, POLLIN, 0 };

  g_assert_cmpint (write (fd, request, REQUEST), ==, REQUEST);
  for (gsize n = 0; n < answer;) {
    g_assert_cmpint (poll (&event, 1, 1000), ==, 1);
    *heard = g_get_monotonic_time ();
    n += MAX (0, read (fd, bytes, sizeof bytes));
  }
}

/* The least that a master with manners can do. It has the priority that ours asks for. */
static gpointer
run_loop (gpointer data)
{
  static const CommsQuery reads[] = { { .table = GDP_TABLE_INPUT_REGISTERS, .address = 1, .count = 8 },
                                     { .table = GDP_TABLE_DISCRETE_INPUTS, .address = 1, .count = 8 } };
  static const gsize answers[] = { 21, 6 };
  const Bare *bare = data;
  guint8 requests[2][COMMS_RTU_MAX];
  gint64 heard = g_get_monotonic_time ();

  prctl (PR_SET_TIMERSLACK, 1);
  pthread_setschedparam (pthread_self (), SCHED_RR, &(struct sched_param) { 1 });
  for (guint i = 0; i < 2; i++)
    comms_rtu_request (&reads[i], requests[i]);
  for (guint i = 0; g_get_monotonic_time () < bare->end; i = !i) {
    sleep_until (heard + bare->gap + 1);   /* `heard` may have lost nearly one µs */
    exchange (bare->fd, requests[i], answers[i], &heard);
  }
  return NULL;
}

static Result
run_bare (const char *device, const Speed *speed)
{
  Bare bare = { open (device, O_RDWR | O_NOCTTY | O_NONBLOCK), speed->gap,
                g_get_monotonic_time () + SETTLING + WINDOW };
  GThread *thread;
  Mark start;
  Result result;

  g_assert_cmpint (bare.fd, >=, 0);
  thread = g_thread_new ("bare", run_loop, &bare);
  g_usleep (SETTLING);
  start = mark ();
  g_thread_join (thread);
  result = since (&start, speed);
  close (bare.fd);
  g_usleep (150 * 1000);
  return result;
}

static double
median (const double *values)
{
  double sorted[ROUNDS];

  memcpy (sorted, values, sizeof sorted);   /* they stay round by round */
  return quantile (sorted, ROUNDS, 0.5);
}

/* @limit 0: the figure has none, the bare loop takes its place. */
static void
print (guint baud, const char *figure, double values[N_MASTERS][ROUNDS], double limit)
{
  double ratio[ROUNDS];

  printf ("rtu %6u baud %-24s ours %7.2f  libmodbus %7.2f  bare loop %7.2f", baud, figure,
          median (values[OURS]), median (values[LIBMODBUS]), median (values[BARE]));
  for (guint i = 0; i < ROUNDS; i++)
    ratio[i] = values[OURS][i] / (limit > 0 ? limit : values[BARE][i]);
  if (limit > 0)
    printf ("  limit %6.2f  ours/limit", limit);
  else
    printf ("  ours/bare");
  printf (" %.4f (%.4f..%.4f)\n", quantile (ratio, ROUNDS, 0.5), quantile (ratio, ROUNDS, 0), quantile (ratio, ROUNDS, 1));
  fflush (stdout);
}

static void
print_violations (guint baud, double values[N_MASTERS][ROUNDS])
{
  double sum[N_MASTERS] = { 0 };

  for (guint i = 0; i < N_MASTERS * ROUNDS; i++)
    sum[i / ROUNDS] += values[i / ROUNDS][i % ROUNDS] / ROUNDS;
  printf (
      "rtu %6u baud requests before t3.5, %%  ours %7.2f  libmodbus %7.2f  bare loop %7.2f  (mean of all)\n",
      baud, sum[OURS], sum[LIBMODBUS], sum[BARE]);
}

static void
bench (const Speed *speed)
{
  static Result (*const run[N_MASTERS]) (const char *, const Speed *) = { run_ours, run_libmodbus, run_bare };
  double pairs[N_MASTERS][ROUNDS], violations[N_MASTERS][ROUNDS], cpu[N_MASTERS][ROUNDS];
  double lost[N_MASTERS][ROUNDS];
  char device[64];
  int fd = open_terminal (device, sizeof device);
  pid_t slaves = fork ();

  if (slaves == 0)
    play_slaves (fd, speed);
  for (guint i = 0; i < ROUNDS; i++)
    for (guint m = 0; m < N_MASTERS; m++) {
      Result result = run[m] (device, speed);

      pairs[m][i] = result.pairs, violations[m][i] = result.violations;
      cpu[m][i] = result.cpu, lost[m][i] = result.lost;
    }
  kill (slaves, SIGKILL);
  waitpid (slaves, NULL, 0);
  close (fd);
  print (speed->baud, "pairs/s", pairs, legal_pairs (speed));
  print_violations (speed->baud, violations);
  print (speed->baud, "us lost, median request", lost, 0);
  print (speed->baud, "CPU us a transaction", cpu, 0);
}

/* What the line gives while N_DEAD slaves are silent, after @settling µs in which they were not. */
static Result
run_with_dead (const char *device, const Speed *speed, gulong settling)
{
  CommsLine *line;
  Result result;
  Mark start;

  g_atomic_int_set (&wire->dead, settling > 0 ? 0 : N_DEAD);
  start = mark ();
  start.time = g_get_monotonic_time ();
  line = start_line (device, speed);
  if (settling > 0) {
    g_usleep (settling);
    g_atomic_int_set (&wire->dead, N_DEAD);
    start = mark ();
  }
  g_usleep (MOURNING * G_USEC_PER_SEC);
  result = since (&start, speed);
  comms_line_stop (line);
  g_usleep (500 * 1000);
  return result;
}

static void
bench_dead (const Speed *speed)
{
  static const struct { const char *name; gulong settling; } cases[]
      = { { "fall silent", 2 * SETTLING }, { "never spoke", 0 } };
  char device[64];
  int fd = open_terminal (device, sizeof device);
  pid_t slaves = fork ();

  if (slaves == 0)
    play_slaves (fd, speed);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    double share[LOSSES], violations = 0;

    for (guint l = 0; l < LOSSES; l++) {
      Result result = run_with_dead (device, speed, cases[i].settling);

      share[l] = result.pairs / legal_pairs (speed);
      violations += result.violations / LOSSES;
    }
    printf ("rtu %6u baud %u of %u slaves %s, first %u s  share of the legal rate %.4f (%.4f..%.4f)  "
            "target 0.85  requests before t3.5, %% %.2f\n", speed->baud, N_DEAD, speed->n_units, cases[i].name,
            MOURNING, quantile (share, LOSSES, 0.5), quantile (share, LOSSES, 0), quantile (share, LOSSES, 1),
            violations);
    fflush (stdout);
  }
  kill (slaves, SIGKILL);
  waitpid (slaves, NULL, 0);
  close (fd);
}

static gboolean
may_be_punctual (void)
{
  struct rlimit limit;

  return geteuid () == 0 || (getrlimit (RLIMIT_RTPRIO, &limit) == 0 && limit.rlim_cur > 0);
}

int
main (void)
{
  wire = mmap (NULL, sizeof *wire, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  printf (
      "rtu: the wire is taken when the master writes; the slaves' own lateness is subtracted; %s real-time "
      "priority\n",
      may_be_punctual () ? "with" : "no right to");
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    bench (&speeds[i]);
  bench_dead (&speeds[0]);
  return 0;
}
