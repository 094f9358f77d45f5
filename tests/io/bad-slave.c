/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bad-slave.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "comms/mbap.h"
#include "comms/rtu.h"

#define QUEUE 8

typedef struct { gint64 due; gsize length; guint8 bytes[COMMS_MBAP_MAX]; } Late;

struct BadSlave {
  guint    n_slaves, gap;
  char     device[64];
  guint16  port;
  int      fd, listener, held; /* fd: master side, or the connection; -1 = none */
  GThread *thread;
  int      cue, stop, lacking, lateness, requests, violations, accepted;   /* atomic */
  gint64   answered;           /* µs, when the last byte was given to the line */
  guint8   input[1024];
  gsize    n_input;
  Late     late[QUEUE];
  guint    n_late;
  gboolean late_turn;
};

static void
send_bytes (BadSlave *slave, const guint8 *bytes, gsize length)
{
  slave->answered = g_get_monotonic_time ();
  if (slave->fd >= 0 && write (slave->fd, bytes, length) < 0)
    g_debug ("the other side is gone");
}

static void
send_slowly (BadSlave *slave, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    send_bytes (slave, bytes + i, 1);
    g_usleep (2000);
  }
}

static void
send_late (BadSlave *slave, const guint8 *bytes, gsize length)
{
  Late *late = &slave->late[slave->n_late];

  if (slave->n_late == QUEUE)
    return;
  slave->n_late++;
  late->due = g_get_monotonic_time () + g_atomic_int_get (&slave->lateness);
  late->length = length;
  memcpy (late->bytes, bytes, length);
}

static void
babble (BadSlave *slave, gsize length)
{
  guint8 bytes[4000];

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) g_random_int ();
  send_bytes (slave, bytes, length);
}

static gsize
answer (BadSlave *slave, guint16 transaction, const CommsRequest *request, BadSlaveCue cue, guint8 *frame)
{
  CommsRequest changed = *request;
  guint16 values[2000];
  guint8 exception = 0;
  gsize length;

  for (guint i = 0; i < request->query.count; i++) {
    guint place = request->query.start + i;
    values[i] = request->query.table <= GDP_TABLE_DISCRETE_INPUTS ? (request->query.address + place) & 1
                                                                 : request->query.address * 1000 + place;
    if (place >= (guint) g_atomic_int_get (&slave->lacking))
      exception = COMMS_EXCEPTION_ADDRESS;
  }
  if (cue == BAD_SLAVE_EXCEPTION)
    exception = COMMS_EXCEPTION_FAILURE;
  if (cue == BAD_SLAVE_GATEWAY)
    exception = 11;
  if (cue == BAD_SLAVE_WRONG_ID)
    changed.query.address += 100;
  if (cue == BAD_SLAVE_WRONG_FUNCTION)
    changed.function = request->function == 4 ? 3 : 4;
  if (cue == BAD_SLAVE_WRONG_LENGTH)
    changed.query.count += 16;
  if (cue == BAD_SLAVE_WRONG_ID && slave->gap == 0)
    transaction += 1;

  if (slave->gap > 0)
    length = exception ? comms_rtu_exception (request->query.address, request->function, exception, frame)
                       : comms_rtu_respond (&changed, values, frame);
  else
    length = exception ? comms_mbap_exception (transaction, request->query.address, request->function,
                                               exception, frame)
                       : comms_mbap_respond (transaction, &changed, values, frame);
  if (cue == BAD_SLAVE_CALLED_0 || cue == BAD_SLAVE_CALLED_255 || cue == BAD_SLAVE_CALLED_9)
    frame[6] = cue == BAD_SLAVE_CALLED_0 ? 0 : cue == BAD_SLAVE_CALLED_255 ? 255 : 9;
  if (cue == BAD_SLAVE_BAD_CRC)
    frame[length - 1] ^= 0x5A;
  return length;
}

static void
hang_up (BadSlave *slave)
{
  if (slave->listener >= 0 && slave->fd >= 0)
    close (slave->fd);
  slave->fd = slave->listener >= 0 ? -1 : slave->fd;
  slave->n_input = slave->n_late = 0;
}

static void
serve (BadSlave *slave, guint16 transaction, const CommsRequest *request)
{
  BadSlaveCue cue = request->query.address == 1 ? g_atomic_int_get (&slave->cue) : BAD_SLAVE_GOOD;
  guint8 frame[COMMS_MBAP_MAX];
  gsize length = answer (slave, transaction, request, cue, frame);

  g_atomic_int_inc (&slave->requests);
  if (request->query.address > slave->n_slaves || cue == BAD_SLAVE_SILENT || cue == BAD_SLAVE_NOISE)
    return;
  if (cue == BAD_SLAVE_BYTE_BY_BYTE) {
    send_slowly (slave, frame, length);
  } else if (cue == BAD_SLAVE_SLOW || (cue == BAD_SLAVE_LATE && (slave->late_turn = !slave->late_turn))) {
    send_late (slave, frame, length);
  } else if (cue == BAD_SLAVE_BABBLE) {
    babble (slave, 4000);
  } else if (cue == BAD_SLAVE_HANG_UP || cue == BAD_SLAVE_REFUSE_ONE) {
    hang_up (slave);
  } else {
    send_bytes (slave, frame, cue == BAD_SLAVE_TRUNCATED ? length / 2 : length);
    for (guint more = cue == BAD_SLAVE_TWICE ? 1 : cue == BAD_SLAVE_OFTEN ? 99 : 0; more > 0; more--)
      send_bytes (slave, frame, length);
    if (cue == BAD_SLAVE_BANNER)
      babble (slave, 16);
  }
}

static void
take_input (BadSlave *slave)
{
  gint64 now = g_get_monotonic_time ();
  gssize n = read (slave->fd, slave->input + slave->n_input, sizeof slave->input - slave->n_input);
  CommsRequest request;
  guint16 transaction = 0;
  gsize consumed;

  if (n <= 0) {
    hang_up (slave);
    return;
  }
  if (slave->n_input == 0 && slave->gap > 0 && now - slave->answered < slave->gap)
    g_atomic_int_inc (&slave->violations);
  slave->n_input += n;
  if (slave->gap > 0 ? comms_rtu_parse_request (slave->input, slave->n_input, &request, &consumed, NULL)
                     : comms_mbap_parse_request (slave->input, slave->n_input, &transaction, &request,
                                                 &consumed, NULL)) {
    slave->n_input = 0;
    serve (slave, transaction, &request);
  }
}

static void
send_what_is_late (BadSlave *slave)
{
  while (slave->n_late > 0 && slave->late[0].due <= g_get_monotonic_time ()) {
    send_bytes (slave, slave->late[0].bytes, slave->late[0].length);
    memmove (&slave->late[0], &slave->late[1], --slave->n_late * sizeof slave->late[0]);
  }
}

static gpointer
run (gpointer data)
{
  BadSlave *slave = data;
  sigset_t broken_pipe;

  sigemptyset (&broken_pipe);
  sigaddset (&broken_pipe, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &broken_pipe, NULL);
  while (!g_atomic_int_get (&slave->stop)) {
    struct pollfd events[2]
        = { { slave->fd, POLLIN, 0 }, { slave->fd < 0 ? slave->listener : -1, POLLIN, 0 } };

    poll (events, 2, 2);
    if (events[1].revents & POLLIN) {
      slave->fd = accept4 (slave->listener, NULL, NULL, SOCK_CLOEXEC);
      g_atomic_int_inc (&slave->accepted);
      if (g_atomic_int_get (&slave->cue) == BAD_SLAVE_HANG_UP)
        hang_up (slave);
    } else if (events[0].revents & (POLLIN | POLLHUP)) {
      take_input (slave);
    }
    send_what_is_late (slave);
    if (g_atomic_int_get (&slave->cue) == BAD_SLAVE_NOISE)
      babble (slave, 16);
  }
  return NULL;
}

/* The slave side is held open too, so that closing it on the line's side is no hang-up for us. */
static void
open_terminal (BadSlave *slave)
{
  struct termios raw;

  slave->fd = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  g_assert_cmpint (slave->fd, >=, 0);
  g_assert_cmpint (grantpt (slave->fd), ==, 0);
  g_assert_cmpint (unlockpt (slave->fd), ==, 0);
  g_assert_cmpint (ptsname_r (slave->fd, slave->device, sizeof slave->device), ==, 0);
  slave->listener = -1;
  slave->held = open (slave->device, O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (slave->held, >=, 0);
  g_assert_cmpint (tcgetattr (slave->fd, &raw), ==, 0);
  cfmakeraw (&raw);
  g_assert_cmpint (tcsetattr (slave->fd, TCSANOW, &raw), ==, 0);
}

static void
open_port (BadSlave *slave)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;

  slave->fd = slave->held = -1;
  slave->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (slave->listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (slave->listener, 5), ==, 0);
  g_assert_cmpint (getsockname (slave->listener, (struct sockaddr *) &address, &size), ==, 0);
  slave->port = ntohs (address.sin_port);
}

BadSlave *
bad_slave_new (guint n_slaves, guint gap)
{
  BadSlave *slave = g_new0 (BadSlave, 1);

  slave->n_slaves = n_slaves;
  slave->gap = gap;
  slave->lacking = 65536;
  if (gap > 0)
    open_terminal (slave);
  else
    open_port (slave);
  slave->thread = g_thread_new ("bad-slave", run, slave);
  return slave;
}

void
bad_slave_free (BadSlave *slave)
{
  g_atomic_int_set (&slave->stop, TRUE);
  g_thread_join (slave->thread);
  if (slave->fd >= 0)
    close (slave->fd);
  if (slave->listener >= 0)
    close (slave->listener);
  if (slave->held >= 0)
    close (slave->held);
  g_free (slave);
}

void
bad_slave_cue (BadSlave *slave, BadSlaveCue cue)
{
  g_atomic_int_set (&slave->cue, cue);
}

void
bad_slave_lack (BadSlave *slave, guint lacking)
{
  g_atomic_int_set (&slave->lacking, lacking);
}

void
bad_slave_be_late (BadSlave *slave, guint us)
{
  g_atomic_int_set (&slave->lateness, us);
}

const char *
bad_slave_device (BadSlave *slave)
{
  return slave->device;
}

guint16
bad_slave_port (BadSlave *slave)
{
  return slave->port;
}

guint
bad_slave_requests (BadSlave *slave)
{
  return g_atomic_int_get (&slave->requests);
}

guint
bad_slave_violations (BadSlave *slave)
{
  return g_atomic_int_get (&slave->violations);
}

guint
bad_slave_accepted (BadSlave *slave)
{
  return g_atomic_int_get (&slave->accepted);
}

guint16
bad_slave_free_port (void)
{
  BadSlave *slave = bad_slave_new (0, 0);
  guint16 port = bad_slave_port (slave);

  bad_slave_free (slave);
  return port;
}
