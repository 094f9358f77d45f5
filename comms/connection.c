/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connection.h"

#include <errno.h>
#include <modbus.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "descriptor.h"
#include "rtu.h"
#include "serial.h"
#include "tcp.h"

#define NANO            G_GINT64_CONSTANT (1000000000)
#define MOST_LATE       (200 * 1000)       /* ns that a sleep is taken to end late, at most … */
#define LATE_STEP       1000               /* … and how fast that is learnt */
#define PATIENCE        (NANO / 2)         /* ns that a line may take to fall silent */
#define CONNECT_TIMEOUT (3 * G_USEC_PER_SEC)

struct CommsConnection {
  const GdpLink *link;       /* borrowed */
  modbus_t *modbus;
  int       fd;              /* below 1024 */
  /* RTU; times in ns of CLOCK_MONOTONIC */
  gint64    turnaround;      /* µs */
  gint64    gap;             /* 3.5 characters */
  gint64    heard;           /* when the line was last seen busy */
  gint64    silence;         /* to be kept before the next request, counted from `heard` */
  gint64    oversleep;       /* how late a sleep and a look at the line end here: the median so far */
  /* both */
  guint8    late;            /* slave whose answer to an earlier request may still come, 0 = none */
};

static gint64
now_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return t.tv_sec * NANO + t.tv_nsec;
}

/* Start bit, 8 data bits, parity, stop bits. */
static guint
character_bits (const GdpLink *link)
{
  return 1 + 8 + (link->parity == 'E' || link->parity == 'O') + (link->stop_bits == 2 ? 2 : 1);
}

/* rtu.h counts 11 bits a character, as the specification does; 8N1 lines have 10 in practice. Above
 * 19200 baud the gap is a fixed time. */
static gint64
gap_of (const GdpLink *link)
{
  gint64 gap = comms_rtu_gap (link->baud) * 1000;

  return link->baud > 19200 ? gap : gap * character_bits (link) / 11;
}

static gsize
answer_bytes (const CommsRead *read)
{
  gboolean bits = read->table == GDP_TABLE_COILS || read->table == GDP_TABLE_DISCRETE_INPUTS;

  return 2 + 1 + (bits ? (read->count + 7) / 8 : read->count * 2);
}

/* µs that an answer to @read is waited for. */
static gint64
timeout_of (const CommsConnection *connection, const CommsRead *read)
{
  if (connection->link->kind != GDP_LINK_MODBUS_RTU)
    return COMMS_TCP_TIMEOUT;
  return comms_rtu_wire_time (connection->link->baud, 8 + answer_bytes (read) + 2) + connection->turnaround;
}

static modbus_t *
new_context (const GdpLink *link)
{
  if (link->kind == GDP_LINK_MODBUS_RTU)
    return modbus_new_rtu (link->device, (int) link->baud, link->parity == 0 ? 'N' : link->parity, 8,
                           link->stop_bits == 2 ? 2 : 1);
  return modbus_new_tcp (NULL, link->port);   /* the address is ours: comms_tcp_connect() */
}

/* Lets the calling thread's sleeps end when told: no 50 µs of slack, and ahead of ordinary work where the
 * server has the right to (root, or LimitRTPRIO=1 of the service; without it a busy machine polls a
 * little slower, never too soon). Such a thread sleeps nearly always and never longer awake than a sleep
 * ends late, so it can keep nobody else from working. */
static void
be_punctual (void)
{
  const struct sched_param lowest = { .sched_priority = 1 };

  prctl (PR_SET_TIMERSLACK, 1);
  pthread_setschedparam (pthread_self (), SCHED_RR | SCHED_RESET_ON_FORK, &lowest);
}

CommsConnection *
comms_connection_open (const GdpLink *link, gint64 turnaround, const int *stop, GError **error)
{
  CommsConnection *connection;
  int fd = link->kind == GDP_LINK_MODBUS_RTU
             ? comms_serial_open (link, error)
             : comms_tcp_connect (link->host, link->port, CONNECT_TIMEOUT, stop, error);

  if (fd >= 0)
    fd = comms_descriptor_lower (fd, error);
  if (fd < 0)
    return NULL;

  connection = g_new0 (CommsConnection, 1);
  connection->link = link;
  connection->turnaround = turnaround;
  connection->fd = fd;
  connection->modbus = new_context (link);
  if (connection->modbus == NULL)
    g_error ("modbus_new: %s", modbus_strerror (errno));   /* out of memory, as g_malloc */
  modbus_set_socket (connection->modbus, fd);
  modbus_set_byte_timeout (connection->modbus, 0, 0);      /* the response timeout covers the whole answer */
  if (link->kind == GDP_LINK_MODBUS_RTU) {
    connection->gap = connection->silence = gap_of (link);
    connection->heard = now_ns ();
    be_punctual ();
  }
  return connection;
}

void
comms_connection_close (CommsConnection *connection)
{
  if (connection == NULL)
    return;
  /* Not modbus_close(): it would restore terminal settings that it never saved. */
  comms_descriptor_close (connection->fd);
  modbus_free (connection->modbus);
  g_free (connection);
}

/* FALSE: @ns is past already. */
static gboolean
sleep_until (gint64 ns)
{
  const struct timespec t = { ns / NANO, ns % NANO };

  if (now_ns () >= ns)
    return FALSE;
  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
    ;
  return TRUE;
}

/* A sleep ends 5..60 µs late, which at 115200 baud is 1 % of a transaction: it is ended sooner by what it
 * and the look at the line usually are late, and the few µs that this was too much are spent awake. Never
 * before @end. */
static void
stay_awake_until (CommsConnection *connection, gint64 end, gboolean slept)
{
  if (slept)
    connection->oversleep
        = CLAMP (connection->oversleep + (now_ns () > end ? LATE_STEP : -LATE_STEP), 0, MOST_LATE);
  while (now_ns () < end)
    ;
}

static CommsAnswer
wait_for_silence (CommsConnection *connection, CommsExchange *exchange)
{
  gint64 patience = now_ns () + PATIENCE + connection->silence;

  do {
    gint64 end = connection->heard + connection->silence;
    gboolean slept = sleep_until (end - connection->oversleep);
    int pending = 0;

    if (ioctl (connection->fd, FIONREAD, &pending) != 0) {
      exchange->number = errno;
      return COMMS_ANSWER_LINE_GONE;
    }
    if (pending == 0) {
      stay_awake_until (connection, end, slept);
      return COMMS_ANSWER_GOOD;
    }
    tcflush (connection->fd, TCIFLUSH);
    connection->heard = now_ns ();
    connection->silence = connection->gap;
    exchange->unasked += pending;
  } while (connection->heard < patience);
  return COMMS_ANSWER_NOISE;
}

/* What a gateway sent too late lies in the socket; a look is worth it only after a timeout. */
static CommsAnswer
discard_late (CommsConnection *connection, CommsExchange *exchange)
{
  char bytes[512];
  gssize n;

  while ((n = recv (connection->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
    exchange->unasked += n;
  exchange->number = n == 0 ? ECONNRESET : errno;
  return n < 0 && errno == EAGAIN ? COMMS_ANSWER_GOOD : COMMS_ANSWER_LINE_GONE;
}

static int
transact (modbus_t *modbus, const CommsRead *read, guint16 *values)
{
  guint8 bits[MODBUS_MAX_READ_BITS];
  int n;

  switch (read->table) {
  case GDP_TABLE_HOLDING_REGISTERS:
    return modbus_read_registers (modbus, read->start, read->count, values);
  case GDP_TABLE_INPUT_REGISTERS:
    return modbus_read_input_registers (modbus, read->start, read->count, values);
  default:
    n = (read->table == GDP_TABLE_COILS ? modbus_read_bits : modbus_read_input_bits) (modbus, read->start,
                                                                                      read->count, bits);
    for (int i = 0; i < n; i++)
      values[i] = bits[i];
    return n;
  }
}

static CommsAnswer
judge (int number)
{
  switch (number) {
  case ETIMEDOUT:
    return COMMS_ANSWER_NONE;
  case EMBBADCRC:
    return COMMS_ANSWER_CHECKSUM;
  case EMBBADDATA: case EMBBADEXC: case EMBUNKEXC: case EMBMDATA: case EMBBADSLAVE:
    return COMMS_ANSWER_WRONG;
  case EMBXGPATH: case EMBXGTAR:
    return COMMS_ANSWER_NO_TARGET;
  default:
    return number > MODBUS_ENOBASE && number < MODBUS_ENOBASE + MODBUS_EXCEPTION_MAX ? COMMS_ANSWER_EXCEPTION
                                                                                     : COMMS_ANSWER_LINE_GONE;
  }
}

/* How long to listen before this slave is believed again: see the head of connection.h. */
static void
mind_late_answers (CommsConnection *connection, const CommsRead *read, CommsAnswer answer, gint64 timeout)
{
  connection->silence = connection->gap;
  if (answer == COMMS_ANSWER_NONE) {
    connection->late = read->address;
  } else if (connection->late == read->address && answer != COMMS_ANSWER_LINE_GONE) {
    connection->silence = 2 * timeout * 1000;   /* of the repeated request, too */
    connection->late = 0;
  }
}

static void
set_timeout (CommsConnection *connection, gint64 timeout)
{
  modbus_set_response_timeout (connection->modbus, (guint32) (timeout / G_USEC_PER_SEC),
                               (guint32) (timeout % G_USEC_PER_SEC));
}

CommsAnswer
comms_connection_ask (CommsConnection *connection, const CommsRead *read, guint16 *values,
                      CommsExchange *exchange)
{
  gboolean serial = connection->link->kind == GDP_LINK_MODBUS_RTU;
  gint64 timeout = timeout_of (connection, read), start;
  CommsAnswer answer = COMMS_ANSWER_GOOD;

  *exchange = (CommsExchange) { 0 };
  modbus_set_slave (connection->modbus, read->address);
  set_timeout (connection, timeout);
  if (serial)
    answer = wait_for_silence (connection, exchange);
  else if (connection->late != 0)
    answer = discard_late (connection, exchange);
  if (answer != COMMS_ANSWER_GOOD)
    return answer;

  start = now_ns ();
  exchange->bytes_out = serial ? 8 : 12;
  if (transact (connection->modbus, read, values) < 0) {
    exchange->number = errno;
    answer = judge (errno);
  } else {
    exchange->bytes_in = answer_bytes (read) + (serial ? 2 : 6);
  }
  connection->heard = now_ns ();
  exchange->us = (guint) ((connection->heard - start) / 1000);
  if (answer == COMMS_ANSWER_EXCEPTION || answer == COMMS_ANSWER_NO_TARGET) {
    exchange->exception = (guint8) (exchange->number - MODBUS_ENOBASE);
    exchange->bytes_in = serial ? 5 : 9;
  }
  mind_late_answers (connection, read, answer, timeout);
  return answer;
}

gboolean
comms_connection_alive (CommsConnection *connection)
{
  char byte;
  int pending;

  if (connection->link->kind == GDP_LINK_MODBUS_RTU)
    return ioctl (connection->fd, FIONREAD, &pending) == 0;
  return recv (connection->fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) > 0 || errno == EAGAIN;
}

char *
comms_connection_describe (CommsAnswer answer, const CommsExchange *exchange)
{
  static const char *texts[COMMS_N_ANSWERS] = {
    [COMMS_ANSWER_GOOD] = "answered",
    [COMMS_ANSWER_CHECKSUM] = "answer damaged on the line (wrong CRC)",
    [COMMS_ANSWER_WRONG] = "answer does not fit the request",
    [COMMS_ANSWER_NO_TARGET] = "the gateway gets no answer from the slave",
    [COMMS_ANSWER_NOISE] = "the line is never silent: something sends without being asked",
  };

  if (answer == COMMS_ANSWER_NONE)
    return g_strdup_printf ("no answer in %.2f s", exchange->us / 1e6);
  if (answer == COMMS_ANSWER_EXCEPTION)
    return g_strdup_printf ("the slave refuses: %s (Modbus exception %u)", modbus_strerror (exchange->number),
                            exchange->exception);
  if (answer == COMMS_ANSWER_LINE_GONE)
    return g_strdup_printf ("connection lost: %s",
                            exchange->number == 0 ? "closed" : g_strerror (exchange->number));
  return g_strdup (exchange->number == EMBBADSLAVE ? "another slave answered" : texts[answer]);
}
