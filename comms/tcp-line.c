/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tcp-line-private.h"

#include <stddef.h>
#include <string.h>

#define REMEMBERED  16             /* requests whose late answers are known as such */

typedef enum { DUE, ROOM, N_INPUTS } Input;

static void open_link (CommsTcpLine *line);
static void poll_next (CommsTcpLine *line);

static CommsSlave *
asked_slave (const CommsTcpLine *line)
{
  return &g_array_index (line->slaves, CommsSlave, line->asked);
}

/* Of the slave whose answer is awaited. */
static CommsMeter *
asked_meter (const CommsTcpLine *line)
{
  return (comms_tcp_line_writes (line) ? comms_tcp_line_ordered (line) : asked_slave (line))->meter;
}

static const CommsQuery *
question (const CommsTcpLine *line)
{
  return comms_tcp_line_writes (line) ? &line->writing.ask : &comms_slave_block (asked_slave (line))->read;
}

static void
wait_until (CommsTcpLine *line, gint64 at)
{
  comms_deadlines_set (&line->loop->deadlines, &line->deadline, at);
}

/* ---- news -------------------------------------------------------------------------------------- */

static void
give_news (CommsTcpLine *line, CommsReportKind kind, guint unit, const char *detail)
{
  CommsReport *report = comms_report_new (kind, unit, line->link, comms_loop_server_time (line->loop), 0);

  report->detail = g_strdup (detail);
  comms_loop_give (line->loop, report);
}

static void
link_failed (CommsTcpLine *line, const char *why)
{
  if (comms_link_state_failed (&line->health, why))
    give_news (line, COMMS_REPORT_LINK_FAILED, G_MAXUINT, why);
}

static void
link_works (CommsTcpLine *line)
{
  if (comms_link_state_heard (&line->health))
    give_news (line, COMMS_REPORT_LINK_WORKING, G_MAXUINT, NULL);
}

/* ---- the connection ------------------------------------------------------------------------------ */

static void
disconnect (CommsTcpLine *line)
{
  comms_dial_hang_up (g_steal_pointer (&line->tcp));
  line->n_bytes = line->n_asked = line->n_unasked = 0;
}

static void
dial (CommsTcpLine *line)
{
  comms_link_state_attempt (&line->health);
  line->state = DIALING;
  comms_deadlines_remove (&line->loop->deadlines, &line->deadline);
  comms_dial_start (line->dial);
}

static void
open_link (CommsTcpLine *line)
{
  if (line->health.pause == 0) {
    dial (line);
    return;
  }
  line->state = PAUSING;
  wait_until (line, g_get_monotonic_time () + line->health.pause);
}

static void
on_trying (gpointer user_data)
{
  wait_until (user_data, g_get_monotonic_time () + COMMS_DIAL_TIMEOUT);
}

static void
next_address (CommsTcpLine *line)
{
  comms_dial_next (line->dial);
}

static void
on_failed (const char *why, gpointer user_data)
{
  CommsTcpLine *line = user_data;

  if (comms_tcp_line_writes (line))
    comms_tcp_line_write_lost (line, why);
  comms_tcp_line_refuse_orders (line, why);
  link_failed (line, why);
  open_link (line);
}

/* The connection fell from under us; @number: libuv's. If the link had worked, whether it is really gone is
 * what connecting anew will show. A unit is blamed only if it was being asked, and the others show that the
 * link works. */
static void
lose_link (CommsTcpLine *line, int number)
{
  g_autofree char *why = g_strdup_printf ("connection lost: %s", number == UV_EOF ? "closed by the other side"
                                                                                  : g_strerror (-number));
  gboolean was_asked = line->state == AWAITING && !comms_tcp_line_writes (line);

  disconnect (line);
  if (line->health.pause > 0)
    link_failed (line, why);
  if (comms_tcp_line_writes (line))   /* what was sent may have arrived */
    comms_tcp_line_write_failed (line, why);
  if (was_asked) {
    CommsSlave *slave = asked_slave (line);
    comms_slave_give_up (slave);
    if (comms_poll_schedule_broke (line->schedule, line->asked, g_get_monotonic_time ()) > 1 && line->health.working)
      give_news (line, COMMS_REPORT_UNIT_FAILED, slave->plan->unit, why);
  }
  open_link (line);
}

/* ---- polling ----------------------------------------------------------------------------------- */

static void
ask (CommsTcpLine *line)
{
  CommsMeter *meter = asked_meter (line);
  guint8 frame[COMMS_MBAP_MAX];
  gsize length = comms_mbap_request (++line->transaction, question (line), frame);
  uv_buf_t buffer = uv_buf_init ((char *) frame, length);
  int sent = uv_try_write ((uv_stream_t *) line->tcp, &buffer, 1);

  /* Twelve bytes, one request at a time: they go at once or the connection has been dead for long. */
  if (sent != (int) length) {
    line->state = RESTING;   /* nobody's fault */
    if (!comms_tcp_line_writes (line))
      comms_slave_give_up (asked_slave (line));
    lose_link (line, sent < 0 ? sent : UV_EPIPE);
    return;
  }
  comms_meter_count (meter, requests, 1);
  comms_meter_count (meter, bytes_out, length);
  line->n_asked = MIN (line->n_asked + 1, REMEMBERED);
  line->n_unasked = 0;
  line->asked_at = g_get_monotonic_time ();
  line->state = AWAITING;
  wait_until (line, line->asked_at + COMMS_TCP_TIMEOUT);
}

static void
end_poll (CommsTcpLine *line)
{
  comms_loop_give (line->loop, comms_slave_end (asked_slave (line), line->schedule, line->asked,
                                                g_get_monotonic_time (), comms_loop_server_time (line->loop)));
}

/* TRUE: one is being carried out, and its next question was asked. Those that come too late end here. */
static gboolean
go_on_with_orders (CommsTcpLine *line)
{
  comms_tcp_line_begin_orders (line);
  if (comms_tcp_line_writes (line))
    ask (line);
  return comms_tcp_line_writes (line);
}

/* A unit without anything to ask for is only told about, so this goes on until somebody is asked. */
static void
poll_next (CommsTcpLine *line)
{
  while (comms_loop_has_room (line->loop)) {
    gint64 due;
    guint number;

    if (go_on_with_orders (line))
      return;
    number = comms_poll_schedule_next (line->schedule, g_get_monotonic_time (), &due);
    if (number == G_MAXUINT) {
      line->state = RESTING;
      wait_until (line, due);
      return;
    }
    line->asked = number;
    comms_slave_begin (asked_slave (line), line->link);
    if (comms_slave_block (asked_slave (line)) != NULL) {
      ask (line);
      return;
    }
    end_poll (line);
  }
  line->state = BLOCKED;
  comms_deadlines_remove (&line->loop->deadlines, &line->deadline);
}

/* An order, the next block of this unit, or the next unit. */
static void
go_on (CommsTcpLine *line)
{
  if (comms_slave_block (asked_slave (line)) == NULL)
    end_poll (line);
  else if (g_queue_is_empty (&line->orders)) {
    ask (line);
    return;
  }
  poll_next (line);
}

/* The block was not answered, or not properly: it is the very next to be asked, once; then the unit has failed. */
static void
fail_poll (CommsTcpLine *line, const char *why)
{
  CommsSlave *slave = asked_slave (line);

  if (comms_tcp_line_writes (line))
    comms_tcp_line_write_failed (line, why);
  else if (comms_slave_failed (slave, line->schedule, line->asked, g_get_monotonic_time ()))
    give_news (line, COMMS_REPORT_UNIT_FAILED, slave->plan->unit, why);
}

static void
connect_anew (CommsTcpLine *line)
{
  disconnect (line);
  open_link (line);
}

static void
miss_answer (CommsTcpLine *line)
{
  gint64 took = g_get_monotonic_time () - line->asked_at;
  g_autofree char *why = g_strdup_printf ("no answer in %.2f s", took / 1e6);

  comms_meter_fault (asked_meter (line), GDP_TRAFFIC_TIMEOUT, 0);
  link_works (line);
  fail_poll (line, why);
  if (line->n_bytes > 0)
    connect_anew (line);   /* the rest of half an answer would spoil the next */
  else
    poll_next (line);
}

/* ---- what is heard ------------------------------------------------------------------------------- */

static void
skip (CommsTcpLine *line, gsize n)
{
  line->n_bytes -= n;
  memmove (line->bytes, line->bytes + n, line->n_bytes);
}

static void
count_unasked (CommsTcpLine *line, gsize n)
{
  comms_meter_fault (line->meter, GDP_TRAFFIC_NOISE, 0);
  comms_meter_count (line->meter, bytes_in, n);
}

static void
out_of_step (CommsTcpLine *line, const char *why)
{
  if (line->state == AWAITING) {
    comms_meter_fault (asked_meter (line), GDP_TRAFFIC_WRONG, 0);
    comms_meter_count (asked_meter (line), bytes_in, line->n_bytes);
    link_works (line);
    fail_poll (line, why);
  } else {
    count_unasked (line, line->n_bytes);
  }
  connect_anew (line);
}

static gboolean
gateway_gave_up (guint8 exception)
{
  return exception == COMMS_EXCEPTION_GATEWAY_PATH || exception == COMMS_EXCEPTION_GATEWAY_TARGET;
}

/* The first @length bytes are the answer to what was asked. */
static void
take_answer (CommsTcpLine *line, gsize length)
{
  CommsMeter *meter = asked_meter (line);
  g_autoptr (GError) error = NULL;
  guint16 values[2000];
  guint8 exception = 0;
  gboolean good = comms_mbap_response (question (line), line->bytes, length, values, &exception, &error);
  gboolean refused = !good && g_error_matches (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_EXCEPTION);

  skip (line, length);
  comms_meter_count (meter, bytes_in, length);
  if (good)
    comms_meter_response (meter, (guint) (g_get_monotonic_time () - line->asked_at));
  else if (refused)
    comms_meter_fault (meter, GDP_TRAFFIC_EXCEPTION, exception);
  else
    comms_meter_fault (meter, GDP_TRAFFIC_WRONG, 0);
  link_works (line);

  if (comms_tcp_line_writes (line) && (good || (refused && !gateway_gave_up (exception)))) {
    comms_tcp_line_written (line, good ? values : NULL, good ? NULL : error->message);
    poll_next (line);
  } else if (good || (refused && !gateway_gave_up (exception))) {
    comms_slave_answered (asked_slave (line), good ? values : NULL, exception, comms_loop_server_time (line->loop));
    go_on (line);
  } else {
    fail_poll (line, refused ? "the gateway gets no answer from the slave" : error->message);
    poll_next (line);
  }
}

/* As far as whole frames are there. */
static void
understand (CommsTcpLine *line)
{
  while (line->n_bytes > 0) {
    g_autoptr (GError) error = NULL;
    guint16 transaction;
    gsize length;

    if (!comms_mbap_frame (line->bytes, line->n_bytes, &transaction, &length, &error)) {
      if (!g_error_matches (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT))
        out_of_step (line, error->message);
      return;
    }
    guint16 ago = line->transaction - transaction;
    if (ago == 0 && line->state == AWAITING) {
      take_answer (line, length);
    } else if (ago < line->n_asked && line->n_unasked++ < REMEMBERED) {   /* late, or twice */
      count_unasked (line, length);
      skip (line, length);
    } else {
      out_of_step (line, "answer to a transaction number that was not asked, or too many to the same");
    }
  }
}

static void
on_alloc (uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
  CommsTcpLine *line = handle->data;
  *buffer = uv_buf_init ((char *) line->bytes + line->n_bytes, sizeof line->bytes - line->n_bytes);
}

static void
on_read (uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
  CommsTcpLine *line = stream->data;

  if (n < 0)
    lose_link (line, (int) n);
  else {
    line->n_bytes += n;
    understand (line);
  }
}

static void
on_connected (uv_tcp_t *tcp, gpointer user_data)
{
  CommsTcpLine *line = user_data;

  line->tcp = tcp;
  tcp->data = line;
  uv_read_start ((uv_stream_t *) tcp, on_alloc, on_read);
  if (comms_link_state_opened (&line->health))
    comms_meter_fault (line->meter, GDP_TRAFFIC_RECONNECT, 0);
  if (!line->health.working)
    comms_poll_schedule_restart (line->schedule, g_get_monotonic_time ());
  poll_next (line);
}

/* ---- the machine ------------------------------------------------------------------------------- */

/* What is not in the table does not matter in that state; bytes and a lost connection come to any state that
 * has one. */
static void (*const table[N_STATES][N_INPUTS]) (CommsTcpLine *) = {
  [PAUSING]  = { [DUE] = dial },
  [DIALING]  = { [DUE] = next_address },
  [RESTING]  = { [DUE] = poll_next },
  [AWAITING] = { [DUE] = miss_answer },
  [BLOCKED]  = { [ROOM] = poll_next },
};

static void
move (CommsTcpLine *line, Input input)
{
  if (table[line->state][input] != NULL)
    table[line->state][input] (line);
}

void
comms_tcp_line_due (CommsDeadline *deadline)
{
  move ((CommsTcpLine *) ((char *) deadline - offsetof (CommsTcpLine, deadline)), DUE);
}

void
comms_tcp_line_order (CommsTcpLine *line, CommsOrder *order)
{
  g_queue_push_tail (&line->orders, order);
  if (line->tcp == NULL && line->health.failure != NULL)
    comms_tcp_line_refuse_orders (line, line->health.failure);
  else if (line->state == RESTING)
    poll_next (line);
}

void
comms_tcp_line_resume (CommsTcpLine *line)
{
  move (line, ROOM);
}

static const CommsDialCalls dial_calls = { on_trying, on_connected, on_failed };

static CommsPollSchedule *
new_schedule (const CommsTcpLine *line, const GdpNetwork *network, double phase)
{
  g_autofree double *periods = g_new (double, line->slaves->len);
  CommsPollSchedule *schedule;

  for (guint i = 0; i < line->slaves->len; i++)
    periods[i] = network->units[g_array_index (line->slaves, CommsSlave, i).plan->unit].period;
  schedule = comms_poll_schedule_new (periods, line->slaves->len, g_get_monotonic_time ());
  comms_poll_schedule_set_phase (schedule, phase, network->n_links);
  return schedule;
}

CommsTcpLine *
comms_tcp_line_new (CommsLoop *loop, const GdpNetwork *network, guint link, double phase)
{
  CommsTcpLine *line = g_new0 (CommsTcpLine, 1);
  const GdpLink *its = &network->links[link];

  line->loop = loop;
  line->link = link;
  line->meter = comms_meter_new ();
  line->slaves = comms_slaves_new (network, link);
  line->schedule = new_schedule (line, network, phase);
  line->dial = comms_dial_new (loop, its->host, its->port, &dial_calls, line);
  return line;
}

void
comms_tcp_line_free (CommsTcpLine *line)
{
  g_queue_clear_full (&line->orders, (GDestroyNotify) comms_order_free);
  comms_report_free (comms_writing_lost (&line->writing, "", 0));
  comms_dial_free (line->dial);
  comms_poll_schedule_free (line->schedule);
  comms_slaves_free (line->slaves);
  comms_meter_unref (line->meter);
  comms_link_state_clear (&line->health);
  g_free (line);
}

void
comms_tcp_line_adopt (CommsTcpLine *line, const GdpNetwork *network)
{
  for (guint i = 0; i < line->slaves->len; i++)
    comms_plan_adopt (g_array_index (line->slaves, CommsSlave, i).plan, network);
}

void
comms_tcp_line_start (CommsTcpLine *line)
{
  open_link (line);
}

void
comms_tcp_line_stop (CommsTcpLine *line)
{
  line->state = STOPPED;
  comms_deadlines_remove (&line->loop->deadlines, &line->deadline);
  comms_dial_stop (line->dial);
  disconnect (line);
}

gboolean
comms_tcp_line_traffic (const CommsTcpLine *line, guint unit, CommsTraffic *traffic)
{
  *traffic = (CommsTraffic) { 0 };
  if (unit == G_MAXUINT)
    comms_meter_sum (line->meter, traffic);
  return comms_slaves_traffic (line->slaves, unit, traffic);
}
