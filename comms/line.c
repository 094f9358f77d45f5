/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

#include <pthread.h>
#include <signal.h>

#include "connection.h"
#include "link-state.h"
#include "poll-schedule.h"
#include "rtu.h"
#include "slave.h"
#include "writing.h"

#define STACK       (256 * 1024)      /* bytes; a thousand lines must not cost a thousand times 8 MiB */
#define FULL_PAUSE  (10 * 1000)       /* µs before a full sink is tried again */
#define LOOK        (1 * G_USEC_PER_SEC)  /* µs between looks whether an idle line is still there */

struct CommsLine {
  /* set before the thread, not changed after */
  GdpNetwork        *network;
  guint              link;
  CommsSink          sink;
  gint64             turnaround;  /* µs */
  pthread_t          thread;
  gboolean           started;
  CommsMeter        *meter;       /* what belongs to no slave */
  GArray            *slaves;      /* CommsSlave */
  /* the thread's own */
  CommsPollSchedule *schedule;
  CommsConnection   *connection;  /* NULL = not open */
  guint16            values[2000];   /* of the block that was asked */
  CommsLinkState     health;
  /* between threads */
  GMutex             lock;
  GCond              wake;
  GAsyncQueue       *orders;      /* CommsOrder */
  int                stop;        /* atomic */
};

static gboolean
stopping (CommsLine *line)
{
  return g_atomic_int_get (&line->stop);
}

static CommsSlave *
slave_at (CommsLine *line, guint number)
{
  return &g_array_index (line->slaves, CommsSlave, number);
}

/* FALSE: told to stop meanwhile. */
static gboolean
wait_until (CommsLine *line, gint64 time)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&line->lock);

  while (!stopping (line) && g_cond_wait_until (&line->wake, &line->lock, time))
    ;
  return !stopping (line);
}

/* The same, but an order ends it. */
static gboolean
wait_for_work (CommsLine *line, gint64 time)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&line->lock);

  while (!stopping (line) && g_async_queue_length (line->orders) <= 0
         && g_cond_wait_until (&line->wake, &line->lock, time))
    ;
  return !stopping (line);
}

static gint64
server_time (CommsLine *line)
{
  return line->sink.now (line->sink.user_data);
}

/* Takes @report. A full sink holds the line up, which is what it is for. */
static void
give (CommsLine *line, CommsReport *report)
{
  while (!line->sink.take (report, line->sink.user_data))
    if (!wait_until (line, g_get_monotonic_time () + FULL_PAUSE)) {
      comms_report_free (report);
      return;
    }
}

/* Takes @detail. */
static void
give_news (CommsLine *line, CommsReportKind kind, guint unit, char *detail)
{
  CommsReport *report = comms_report_new (kind, unit, line->link, server_time (line), 0);

  report->detail = detail;
  give (line, report);
}

static void
link_failed (CommsLine *line, const char *why)
{
  if (comms_link_state_failed (&line->health, why))
    give_news (line, COMMS_REPORT_LINK_FAILED, G_MAXUINT, g_strdup (why));
}

static void
link_works (CommsLine *line)
{
  if (comms_link_state_heard (&line->health))
    give_news (line, COMMS_REPORT_LINK_WORKING, G_MAXUINT, NULL);
}

/* Nobody waits for an order longer than for the line. */
static void
refuse_orders (CommsLine *line, const char *why)
{
  CommsOrder *order;

  while ((order = g_async_queue_try_pop (line->orders)) != NULL) {
    give (line, comms_order_not_done (order, why, server_time (line)));
    comms_order_free (order);
  }
}

static void
disconnect (CommsLine *line)
{
  g_clear_pointer (&line->connection, comms_connection_close);
}

static void
open_link (CommsLine *line)
{
  g_autoptr (GError) error = NULL;

  if (line->health.pause > 0 && !wait_until (line, g_get_monotonic_time () + line->health.pause))
    return;
  comms_link_state_attempt (&line->health);
  line->connection = comms_connection_open (&line->network->links[line->link], line->turnaround, &error);
  if (line->connection != NULL) {
    if (comms_link_state_opened (&line->health))
      comms_meter_fault (line->meter, GDP_TRAFFIC_RECONNECT, 0);
    if (!line->health.working)
      comms_poll_schedule_restart (line->schedule, g_get_monotonic_time ());
  } else if (!stopping (line)) {
    refuse_orders (line, error->message);
    link_failed (line, error->message);
  }
}

/* The line fell from under us. If it had worked, whether it is really gone is what opening it will show. */
static void
lose_link (CommsLine *line, const CommsExchange *exchange)
{
  g_autofree char *why = comms_connection_describe (COMMS_ANSWER_LINE_GONE, exchange);

  disconnect (line);
  if (line->health.pause > 0)
    link_failed (line, why);
}

/* What else an answer may be has no counter of its own. */
static const struct { CommsAnswer answer; GdpTrafficFault fault; } faults[] = {
  { COMMS_ANSWER_NONE, GDP_TRAFFIC_TIMEOUT },
  { COMMS_ANSWER_CHECKSUM, GDP_TRAFFIC_CRC },
  { COMMS_ANSWER_WRONG, GDP_TRAFFIC_WRONG },
  { COMMS_ANSWER_EXCEPTION, GDP_TRAFFIC_EXCEPTION },
  { COMMS_ANSWER_NO_TARGET, GDP_TRAFFIC_EXCEPTION },
};

static void
count (CommsLine *line, CommsMeter *meter, CommsAnswer answer, const CommsExchange *exchange)
{
  guint baud = line->network->links[line->link].baud;

  comms_meter_count (meter, requests, exchange->bytes_out > 0);
  comms_meter_count (meter, bytes_out, exchange->bytes_out);
  comms_meter_count (meter, bytes_in, exchange->bytes_in);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    if (faults[i].answer == answer)
      comms_meter_fault (meter, faults[i].fault, exchange->exception);
  if (answer == COMMS_ANSWER_GOOD)
    comms_meter_response (meter, exchange->us);
  if (exchange->bytes_out > 0)
    comms_meter_count (line->meter, busy, exchange->us + comms_rtu_gap (baud));
  if (exchange->unasked > 0) {
    comms_meter_fault (line->meter, GDP_TRAFFIC_NOISE, 0);
    comms_meter_count (line->meter, bytes_in, exchange->unasked);
  }
}

/* Reads the block that is next. Exceptions are answers too. */
static CommsAnswer
ask_block (CommsLine *line, CommsSlave *slave, CommsExchange *exchange)
{
  const CommsPlanBlock *block = comms_slave_block (slave);
  CommsAnswer answer = comms_connection_ask (line->connection, &block->read, line->values, exchange);
  gboolean good = answer == COMMS_ANSWER_GOOD;

  count (line, slave->meter, answer, exchange);
  if (good || answer == COMMS_ANSWER_EXCEPTION)
    comms_slave_answered (slave, good ? line->values : NULL, exchange->exception, server_time (line));
  return answer;
}

/* ---- orders ------------------------------------------------------------------------------------ */

/* One question of @writing, and what its answer means. */
static CommsReport *
ask_writing (CommsLine *line, CommsWriting *writing, CommsMeter *meter)
{
  CommsExchange exchange;
  guint16 value = 0;
  CommsAnswer answer = comms_connection_ask (line->connection, &writing->ask, &value, &exchange);
  g_autofree char *why = comms_connection_describe (answer, &exchange);

  count (line, meter, answer, &exchange);
  if (answer == COMMS_ANSWER_LINE_GONE) {
    lose_link (line, &exchange);
    return comms_writing_lost (writing, why, server_time (line));
  }
  if (answer == COMMS_ANSWER_GOOD)
    return comms_writing_answered (writing, value, server_time (line));
  if (answer == COMMS_ANSWER_EXCEPTION)
    return comms_writing_refused (writing, why, server_time (line));
  comms_connection_settle (line->connection, &writing->ask);
  return comms_writing_failed (writing, why, server_time (line));
}

/* @order: (transfer full). */
static void
carry_out (CommsLine *line, CommsOrder *order)
{
  CommsSlave *slave = comms_slaves_find (line->slaves, order->write.unit);
  CommsWriting writing;
  CommsReport *report = comms_writing_begin (&writing, order, server_time (line));

  if (report == NULL)
    comms_connection_settle (line->connection, &writing.ask);
  while (report == NULL)
    report = ask_writing (line, &writing, slave->meter);
  comms_meter_attach (slave->meter, report, report->n_answers);
  give (line, report);
}

/* They go ahead of whatever is to be read. FALSE: the line fell meanwhile. */
static gboolean
carry_out_orders (CommsLine *line)
{
  CommsOrder *order;

  while (line->connection != NULL && (order = g_async_queue_try_pop (line->orders)) != NULL)
    carry_out (line, order);
  return line->connection != NULL;
}

/* ---- polling ----------------------------------------------------------------------------------- */

static void
poll_failed (CommsLine *line, guint number, CommsAnswer answer, const CommsExchange *exchange)
{
  CommsSlave *slave = slave_at (line, number);

  if (comms_slave_failed (slave, line->schedule, number, g_get_monotonic_time ()))
    give_news (line, COMMS_REPORT_UNIT_FAILED, slave->plan->unit, comms_connection_describe (answer, exchange));
}

static void
end_poll (CommsLine *line, guint number)
{
  give (line, comms_slave_end (slave_at (line, number), line->schedule, number, g_get_monotonic_time (),
                               server_time (line)));
}

/* Asks slave @number for all its blocks, or for those that are left. */
static void
poll_slave (CommsLine *line, guint number)
{
  CommsSlave *slave = slave_at (line, number);

  comms_slave_begin (slave, line->link);
  while (comms_slave_block (slave) != NULL) {
    CommsExchange exchange;
    CommsAnswer answer;

    if (!carry_out_orders (line)) {
      comms_slave_give_up (slave);
      return;
    }
    answer = ask_block (line, slave, &exchange);
    if (answer == COMMS_ANSWER_LINE_GONE) {
      comms_slave_give_up (slave);
      lose_link (line, &exchange);
      return;
    }
    link_works (line);
    if (answer != COMMS_ANSWER_GOOD && answer != COMMS_ANSWER_EXCEPTION) {
      poll_failed (line, number, answer, &exchange);
      return;
    }
  }
  end_poll (line, number);
}

static void
idle (CommsLine *line, gint64 until)
{
  gint64 now = g_get_monotonic_time ();

  if (wait_for_work (line, MIN (until, now + LOOK)) && until > now + LOOK
      && !comms_connection_alive (line->connection))
    lose_link (line, &(CommsExchange) { 0 });
}

static gpointer
run (gpointer data)
{
  CommsLine *line = data;

  pthread_setname_np (pthread_self (), "gdp-line");
  while (!stopping (line)) {
    gint64 due;
    guint number;

    if (line->connection == NULL) {
      open_link (line);
      continue;
    }
    if (!carry_out_orders (line))
      continue;
    number = comms_poll_schedule_next (line->schedule, g_get_monotonic_time (), &due);
    if (number == G_MAXUINT)
      idle (line, due);
    else
      poll_slave (line, number);
  }
  disconnect (line);
  return NULL;
}

static void
add_slaves (CommsLine *line)
{
  g_autoptr (GArray) periods = g_array_new (FALSE, FALSE, sizeof (double));

  line->slaves = comms_slaves_new (line->network, line->link);
  for (guint i = 0; i < line->slaves->len; i++)
    g_array_append_val (periods, line->network->units[slave_at (line, i)->plan->unit].period);
  line->schedule = comms_poll_schedule_new ((double *) periods->data, periods->len, g_get_monotonic_time ());
}

/* The thread takes no signals: they are the main thread's. */
static int
start_thread (CommsLine *line)
{
  pthread_attr_t attributes;
  sigset_t all, before;
  int number;

  pthread_attr_init (&attributes);
  pthread_attr_setstacksize (&attributes, STACK);
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  number = pthread_create (&line->thread, &attributes, run, line);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  pthread_attr_destroy (&attributes);
  return number;
}

CommsLine *
comms_line_start (GdpNetwork *network, guint link, const CommsSink *sink)
{
  return comms_line_start_full (network, link, COMMS_TURNAROUND, sink);
}

CommsLine *
comms_line_start_full (GdpNetwork *network, guint link, gint64 turnaround, const CommsSink *sink)
{
  CommsLine *line;
  int number;

  g_return_val_if_fail (link < network->n_links, NULL);
  g_return_val_if_fail (network->links[link].kind == GDP_LINK_MODBUS_RTU, NULL);

  line = g_new0 (CommsLine, 1);
  line->network = gdp_network_ref (network);
  line->link = link;
  line->sink = *sink;
  line->turnaround = turnaround;
  line->meter = comms_meter_new ();
  line->orders = g_async_queue_new_full ((GDestroyNotify) comms_order_free);
  g_mutex_init (&line->lock);
  g_cond_init (&line->wake);
  add_slaves (line);
  number = start_thread (line);
  line->started = number == 0;
  if (!line->started) {
    g_autofree char *why = g_strdup_printf ("no thread for the line: %s", g_strerror (number));
    link_failed (line, why);
  }
  return line;
}

void
comms_line_quit (CommsLine *line)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&line->lock);

  g_atomic_int_set (&line->stop, TRUE);
  g_cond_signal (&line->wake);
}

void
comms_line_stop (CommsLine *line)
{
  if (line == NULL)
    return;
  comms_line_quit (line);
  if (line->started)
    pthread_join (line->thread, NULL);

  g_async_queue_unref (line->orders);
  comms_slaves_free (line->slaves);
  comms_poll_schedule_free (line->schedule);
  comms_meter_unref (line->meter);
  comms_link_state_clear (&line->health);
  g_mutex_clear (&line->lock);
  g_cond_clear (&line->wake);
  gdp_network_unref (line->network);
  g_free (line);
}

gboolean
comms_line_order (CommsLine *line, const CommsOrder *order, GError **error)
{
  if (!comms_order_check (order, error))
    return FALSE;
  if (order->kind != COMMS_ORDER_WRITE || comms_slaves_find (line->slaves, order->write.unit) == NULL) {
    g_set_error_literal (error, COMMS_ORDER_ERROR, COMMS_ORDER_ERROR_LINK, "there is no such slave on this line");
    return FALSE;
  }
  g_async_queue_push (line->orders, comms_order_new (order));
  g_mutex_lock (&line->lock);
  g_cond_signal (&line->wake);
  g_mutex_unlock (&line->lock);
  return TRUE;
}

gboolean
comms_line_traffic (CommsLine *line, guint unit, CommsTraffic *traffic)
{
  *traffic = (CommsTraffic) { 0 };
  if (unit == G_MAXUINT)
    comms_meter_sum (line->meter, traffic);
  return comms_slaves_traffic (line->slaves, unit, traffic);
}
