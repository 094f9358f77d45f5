/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "arrival.h"
#include "rtu.h"
#include "serial.h"

#define NANO        G_GINT64_CONSTANT (1000000000)
#define MOST_LATE   (200 * 1000)       /* ns that a sleep is taken to end late, at most … */
#define OUTLIER     (40 * 1000)        /* … and what one teaches of that at most */
#define PATIENCE    (NANO / 2)         /* ns that a line may take to fall silent */
#define MARGIN      (20 * 1000)        /* µs that a dead slave is given beside what the others need */
#define UNHURRIED   9600               /* baud up to which waking up is less than 1 % of a transaction */

enum {
  EXCEPTION_BYTES = 5,
  DEAD = 2,             /* questions in a row that had no answer */
  FORGETTING = 64,      /* good answers, until a slow one is forgotten by two thirds */
  WHOLE_EVERY = 3,      /* of how many questions a dead slave is given the whole time for one */
};

/* An answer on its way; times in ns of CLOCK_MONOTONIC. */
typedef struct {
  const CommsQuery *read;
  guint16         *values;
  CommsExchange   *exchange;
  gint64           due;        /* when all of it can be there at the soonest */
  gint64           deadline;
  guint8           frame[COMMS_RTU_MAX];
  gsize            n;          /* bytes so far */
} Answer;

struct CommsConnection {
  const GdpLink *link;       /* borrowed */
  int       fd;
  gint64    turnaround;      /* µs */
  /* times in ns of CLOCK_MONOTONIC */
  gint64    character, gap;  /* 1 and 3.5 of them */
  gint64    heard;           /* when the line was last seen busy */
  gint64    silence;         /* to be kept before the next request, counted from `heard` */
  gint64    oversleep;       /* how late a sleep ends here, on average */
  gint64    slowest;         /* longest turnaround of late; -1 = none known */
  guint8    late;            /* slave whose answer to an earlier request may still come, 0 = none */
  CommsArrival arrival;      /* of any slave's answers: most lines have slaves of one kind */
  guint     silences[256];   /* by address: questions in a row that had no answer */
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

/* Of the whole frame. */
static gsize
answer_bytes (const CommsQuery *read)
{
  return 1 + comms_pdu_answer_size (read) + 2;
}

/* µs that an answer to @read is waited for. */
static gint64
timeout_of (const CommsConnection *connection, const CommsQuery *read)
{
  return comms_rtu_wire_time (connection->link->baud, 8 + answer_bytes (read)) + connection->turnaround;
}

/* The same for a slave that has been silent for a while: see the head of connection.h. */
static gint64
patience_with (const CommsConnection *connection, const CommsQuery *read)
{
  guint silences = connection->silences[read->address];
  gint64 saved = connection->turnaround - 2 * connection->slowest / 1000 - MARGIN;
  gboolean brief = silences >= DEAD && silences % WHOLE_EVERY != 0 && connection->slowest >= 0 && saved > 0;

  return timeout_of (connection, read) - (brief ? saved : 0);
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
comms_connection_open (const GdpLink *link, gint64 turnaround, GError **error)
{
  CommsConnection *connection;
  int fd = comms_serial_open (link, error);

  if (fd < 0)
    return NULL;
  connection = g_new0 (CommsConnection, 1);
  connection->link = link;
  connection->turnaround = turnaround;
  connection->fd = fd;
  connection->character = character_bits (link) * NANO / link->baud;
  connection->gap = connection->silence = gap_of (link);
  connection->heard = now_ns ();
  connection->slowest = -1;
  be_punctual ();
  return connection;
}

void
comms_connection_close (CommsConnection *connection)
{
  if (connection == NULL)
    return;
  close (connection->fd);
  g_free (connection);
}

static void
sleep_until (gint64 ns)
{
  const struct timespec t = { ns / NANO, ns % NANO };

  if (now_ns () >= ns)
    return;
  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
    ;
}

/* A sleep ends 5..100 µs late, which at 115200 baud is up to 2 % of a transaction: it is ended sooner by what
 * it usually is late, and the few µs that this was too much are spent awake. Never before @end. */
static void
stay_awake_until (CommsConnection *connection, gint64 end, gboolean slept)
{
  if (slept)
    connection->oversleep
        = CLAMP (connection->oversleep + CLAMP (now_ns () - end, -OUTLIER, OUTLIER) / 4, 0, MOST_LATE);
  while (now_ns () < end)
    ;
}

/* FALSE: there is nothing until @deadline. */
static gboolean
wait_for_bytes (CommsConnection *connection, gint64 deadline)
{
  struct pollfd event = { connection->fd, POLLIN, 0 };
  gint64 left = MAX (deadline - now_ns (), 0);

  return ppoll (&event, 1, &(struct timespec) { left / NANO, left % NANO }, NULL) != 0;
}

static CommsAnswer
wait_for_silence (CommsConnection *connection, CommsExchange *exchange)
{
  gint64 patience = now_ns () + PATIENCE + connection->silence;

  do {
    gint64 end = connection->heard + connection->silence;
    gboolean sleeps = now_ns () < end - connection->oversleep;
    char bytes[4096];
    gssize n;

    if (!wait_for_bytes (connection, end - connection->oversleep)) {
      stay_awake_until (connection, end, sleeps);
      return COMMS_ANSWER_GOOD;
    }
    n = read (connection->fd, bytes, sizeof bytes);
    if (n <= 0) {
      exchange->number = n < 0 ? errno : 0;
      return COMMS_ANSWER_LINE_GONE;
    }
    connection->heard = now_ns ();
    connection->silence = connection->gap;
    exchange->unasked += n;
  } while (connection->heard < patience);
  return COMMS_ANSWER_NOISE;
}

static CommsAnswer
send_request (CommsConnection *connection, const CommsQuery *read, CommsExchange *exchange)
{
  guint8 frame[COMMS_RTU_MAX];
  gsize length = comms_rtu_request (read, frame);
  gssize n = write (connection->fd, frame, length);

  exchange->bytes_out = MAX (n, 0);
  if (n == (gssize) length)
    return COMMS_ANSWER_GOOD;
  exchange->number = n < 0 ? errno : EIO;
  return COMMS_ANSWER_LINE_GONE;
}

/* NONE: there is more to come. */
static CommsAnswer
judge_frame (Answer *answer)
{
  static const CommsAnswer answers[] = {
    [COMMS_RTU_ERROR_SHORT] = COMMS_ANSWER_NONE,     [COMMS_RTU_ERROR_CRC] = COMMS_ANSWER_CHECKSUM,
    [COMMS_RTU_ERROR_ADDRESS] = COMMS_ANSWER_WRONG,  [COMMS_RTU_ERROR_FUNCTION] = COMMS_ANSWER_WRONG,
    [COMMS_RTU_ERROR_LENGTH] = COMMS_ANSWER_WRONG,   [COMMS_RTU_ERROR_EXCEPTION] = COMMS_ANSWER_EXCEPTION,
  };
  CommsExchange *exchange = answer->exchange;
  g_autoptr (GError) error = NULL;
  gboolean good;
  gsize length;

  good = comms_rtu_response (answer->read, answer->frame, answer->n, answer->values, &length,
                             &exchange->exception, &error);
  exchange->bytes_in = length > 0 ? length : answer->n;
  if (good)
    exchange->unasked += answer->n - length;
  else if (error->code == COMMS_RTU_ERROR_ADDRESS)
    exchange->other = answer->frame[0];
  if (exchange->exception == COMMS_EXCEPTION_GATEWAY_PATH
      || exchange->exception == COMMS_EXCEPTION_GATEWAY_TARGET)
    return COMMS_ANSWER_NO_TARGET;
  return good ? COMMS_ANSWER_GOOD : answers[error->code];
}

/* Reads what is there. NONE: not all of it yet. */
static CommsAnswer
take_bytes (CommsConnection *connection, Answer *answer)
{
  gssize n = read (connection->fd, answer->frame + answer->n, sizeof answer->frame - answer->n);

  if (n < 0 && errno == EAGAIN)
    return COMMS_ANSWER_NONE;
  if (n <= 0) {
    answer->exchange->number = n < 0 ? errno : 0;
    return COMMS_ANSWER_LINE_GONE;
  }
  answer->n += n;
  return judge_frame (answer);
}

/* ns until the bytes that are missing can be there, be it those of a refusal. */
static gint64
rest_of (CommsConnection *connection, const Answer *answer)
{
  gboolean may_refuse = answer->n < 2 || answer->frame[1] & 0x80;
  gsize whole = may_refuse ? EXCEPTION_BYTES : answer_bytes (answer->read);

  return (whole - MIN (whole, answer->n)) * connection->character;
}

/* Lets the bytes wake us: the first of them, and once more when the last can be there, however they come. */
static CommsAnswer
wait_for_answer (CommsConnection *connection, Answer *answer)
{
  CommsAnswer result = COMMS_ANSWER_NONE;

  while (result == COMMS_ANSWER_NONE && wait_for_bytes (connection, answer->deadline)) {
    result = take_bytes (connection, answer);
    if (result == COMMS_ANSWER_NONE)
      sleep_until (MIN (now_ns () + rest_of (connection, answer), answer->deadline));
  }
  return result;
}

/* Is awake when the bytes come. NONE: they did not, or not all. */
static CommsAnswer
meet_answer (CommsConnection *connection, Answer *answer)
{
  CommsAnswer result;
  gint64 begun, looked = 0;

  sleep_until (answer->due + connection->arrival.aim);
  begun = now_ns ();
  for (;;) {
    result = take_bytes (connection, answer);
    if (result != COMMS_ANSWER_NONE || answer->n > 0 || looked > COMMS_ARRIVAL_LOOK)
      break;
    looked = now_ns () - begun;
  }
  if (result == COMMS_ANSWER_GOOD)
    comms_arrival_met (&connection->arrival, looked);
  return result;
}

static CommsAnswer
receive (CommsConnection *connection, Answer *answer)
{
  gboolean hurried = connection->link->baud > UNHURRIED;
  gboolean alive = connection->silences[answer->read->address] == 0;
  CommsAnswer result = COMMS_ANSWER_NONE;

  if (hurried && alive && comms_arrival_known (&connection->arrival))
    result = meet_answer (connection, answer);
  if (result != COMMS_ANSWER_NONE)
    return result;
  result = wait_for_answer (connection, answer);
  if (hurried && alive && result == COMMS_ANSWER_GOOD)
    comms_arrival_waited (&connection->arrival, now_ns () - answer->due);
  return result;
}

/* How long to listen before this slave is believed again, and to wait for it: see connection.h.
 * An answer after a silence teaches nothing, because nobody knows which question it answers. */
static void
learn (CommsConnection *connection, const Answer *answer, CommsAnswer result)
{
  guint8 address = answer->read->address;

  connection->silence = connection->gap;
  if (result == COMMS_ANSWER_NONE) {
    connection->late = address;
    connection->silences[address]++;
    return;
  }
  if (connection->late == address) {
    connection->silence = 2 * timeout_of (connection, answer->read) * 1000;   /* of the repeated request, too */
    connection->late = 0;
  }
  if (result == COMMS_ANSWER_GOOD && connection->silences[address] == 0)
    connection->slowest = MAX (MAX (connection->heard - answer->due, 0),
                               connection->slowest - connection->slowest / FORGETTING);
  connection->silences[address] = 0;
}

void
comms_connection_settle (CommsConnection *connection, const CommsQuery *read)
{
  if (connection->late == 0)
    return;
  connection->silence = MAX (connection->silence, 2 * timeout_of (connection, read) * 1000);
  connection->late = 0;
}

CommsAnswer
comms_connection_ask (CommsConnection *connection, const CommsQuery *read, guint16 *values,
                      CommsExchange *exchange)
{
  Answer answer = { .read = read, .values = values, .exchange = exchange };
  CommsAnswer result;
  gint64 start;

  *exchange = (CommsExchange) { 0 };
  result = wait_for_silence (connection, exchange);
  if (result != COMMS_ANSWER_GOOD)
    return result;
  start = now_ns ();
  answer.due = start + (8 + answer_bytes (read)) * connection->character;
  answer.deadline = start + patience_with (connection, read) * 1000;
  result = send_request (connection, read, exchange);
  if (result == COMMS_ANSWER_GOOD)
    result = receive (connection, &answer);
  connection->heard = now_ns ();
  exchange->us = (guint) ((connection->heard - start) / 1000);
  if (result != COMMS_ANSWER_LINE_GONE)
    learn (connection, &answer, result);
  return result;
}

gboolean
comms_connection_alive (CommsConnection *connection)
{
  int pending;

  return ioctl (connection->fd, FIONREAD, &pending) == 0;
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
    return g_strdup_printf ("the slave refuses (Modbus exception %u)", exchange->exception);
  if (answer == COMMS_ANSWER_LINE_GONE)
    return g_strdup_printf ("connection lost: %s",
                            exchange->number == 0 ? "closed" : g_strerror (exchange->number));
  if (exchange->other != 0)
    return g_strdup_printf ("another slave answered (%u)", exchange->other);
  return g_strdup (texts[answer]);
}
