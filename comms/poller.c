/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request at a time, and which bytes are its answer.
 *
 * An RTU answer does not say which request it answers. So after a request was given up its answer is
 * waited for and dropped before anything else is asked: a late one must not pass for the next. */
#include "poller.h"

#include <string.h>

#include "rtu.h"

typedef CommsPollerState State;

enum { SHORTEST_ANSWER = 5 };   /* an exception: address, function, code, CRC */

enum { NOT_REFUSED = G_MAXUINT16 };

typedef enum { BEGIN, BYTES, DUE, ROOM, N_INPUTS } Input;

static State ask (CommsPoller *poller);

static void
wait_until (CommsPoller *poller, gint64 at)
{
  poller->until = at;
  poller->calls->wait (poller->owner, at);
}

static void
skip (CommsPoller *poller, gsize n)
{
  poller->bytes += n;
  poller->n_bytes -= n;
}

static void
noise (CommsPoller *poller, gsize n)
{
  if (n == 0)
    return;
  comms_meter_fault (poller->modem->meter, GDP_TRAFFIC_NOISE, 0);
  comms_meter_count (poller->modem->meter, bytes_in, n);
  skip (poller, n);
}

/* Bytes at @at that are a heartbeat; all that is left when it is the beginning of one (@part); else 0. */
static gsize
heartbeat_at (const CommsPoller *poller, gsize at, gboolean *part)
{
  const char *heartbeat = poller->server->network->links[poller->modem->link].heartbeat;
  gsize length = heartbeat != NULL ? strlen (heartbeat) : 0, left = poller->n_bytes - at;

  *part = FALSE;
  if (length == 0 || left == 0 || memcmp (poller->bytes + at, heartbeat, MIN (left, length)) != 0)
    return 0;
  *part = left < length;
  return MIN (left, length);
}

static void
skip_heartbeat (CommsPoller *poller, gsize length)
{
  comms_meter_count (poller->modem->meter, bytes_in, length);
  skip (poller, length);
}

/* Drops all that no request asked for, and says how much; a heartbeat's beginning is kept for its end. */
static gsize
skip_unasked (CommsPoller *poller)
{
  gsize at = 0, length, dropped = 0;
  gboolean part = FALSE;

  while (at < poller->n_bytes && !part) {
    length = heartbeat_at (poller, at, &part);
    if (length == 0)
      at++;
    else if (!part) {
      noise (poller, at);
      skip_heartbeat (poller, length);
      dropped += at;
      at = 0;
    }
  }
  noise (poller, at);
  return dropped + at;
}

static CommsModemUnit *
polled_unit (const CommsPoller *poller)
{
  return &poller->modem->units[poller->slot];
}

static const CommsPlanBlock *
polled_block (const CommsPoller *poller)
{
  return &polled_unit (poller)->plan->blocks[poller->block];
}

/* Of what is asked now. */
static const CommsQuery *
question (const CommsPoller *poller)
{
  return poller->writing != NULL ? &poller->writing->ask : &polled_block (poller)->read;
}

static CommsMeter *
asked_meter (const CommsPoller *poller)
{
  if (poller->writing != NULL)
    return comms_modem_unit (poller->modem, poller->writing->order->write.unit)->meter;
  return polled_unit (poller)->meter;
}

static gint64
response_limit (const CommsPoller *poller)
{
  return comms_round_trip_limit (&poller->modem->round_trip, &poller->server->patience);
}

static State
rest (CommsPoller *poller)
{
  skip_unasked (poller);
  return COMMS_POLLER_RESTING;
}

static State
block (CommsPoller *poller)
{
  poller->calls->block (poller->owner);
  return COMMS_POLLER_BLOCKED;
}

/* ---- orders -------------------------------------------------------------------------------- */

/* @report: how the write ended, NULL = it goes on. FALSE: it goes on. */
static gboolean
ended (CommsPoller *poller, CommsReport *report, CommsMeter *meter)
{
  if (report == NULL)
    return FALSE;
  if (meter != NULL)
    comms_meter_attach (meter, report, report->n_answers);
  comms_session_server_give (poller->server, report);
  g_clear_pointer (&poller->writing, g_free);
  return TRUE;
}

/* FALSE: nobody has ordered anything that is still to be done. */
static gboolean
begin_order (CommsPoller *poller)
{
  CommsOrder *order;

  while (poller->writing == NULL && (order = g_queue_pop_head (&poller->modem->orders)) != NULL) {
    poller->writing = g_new (CommsWriting, 1);
    ended (poller, comms_writing_begin (poller->writing, order, comms_session_server_now (poller->server)), NULL);
  }
  return poller->writing != NULL;
}

/* ---- polling ------------------------------------------------------------------------------- */

/* The next unit that is due, or rest until one is. */
static State
poll_next (CommsPoller *poller)
{
  gint64 due;
  guint slot;

  if (!comms_session_server_has_room (poller->server))
    return block (poller);
  if (begin_order (poller))
    return ask (poller);
  slot = comms_poll_schedule_next (poller->modem->schedule, g_get_monotonic_time (), &due);
  if (slot == G_MAXUINT) {
    wait_until (poller, due);
    return COMMS_POLLER_RESTING;
  }
  poller->slot = slot;
  poller->block = 0;
  poller->n_answers = 0;
  poller->refused = NOT_REFUSED;
  CommsModemUnit *unit = polled_unit (poller);
  if (unit->plan->n_blocks == 0) {   /* a profile without registers: there is nothing to ask */
    comms_poll_schedule_answered (poller->modem->schedule, slot, g_get_monotonic_time ());
    wait_until (poller, 0);
    return COMMS_POLLER_RESTING;
  }
  poller->report = comms_report_new (COMMS_REPORT_SAMPLES, unit->unit, poller->modem->link, 0,
                                      unit->plan->n_items);
  return ask (poller);
}

static State
ask (CommsPoller *poller)
{
  guint8 frame[COMMS_RTU_MAX];
  gsize length = comms_rtu_request (question (poller), frame);
  CommsMeter *meter = asked_meter (poller);

  skip_unasked (poller);   /* what came before the question is not its answer */
  if (!poller->calls->send (poller->owner, frame, length))
    return COMMS_POLLER_OVER;
  comms_meter_count (meter, requests, 1);
  comms_meter_count (meter, bytes_out, length);
  poller->owed++;
  poller->started = g_get_monotonic_time ();
  wait_until (poller, poller->started + response_limit (poller));
  return COMMS_POLLER_AWAITING;
}

/* Waits until nothing more can come for requests that were given up, then goes on. */
static State
drain (CommsPoller *poller, gint64 longest)
{
  wait_until (poller, g_get_monotonic_time () + longest);
  return COMMS_POLLER_DRAINING;
}

/* What is long enough for an answer is taken for one; when none is owed any more a quiet time is enough. */
static State
drain_bytes (CommsPoller *poller)
{
  gint64 quiet = g_get_monotonic_time () + poller->server->settings.quiet_time * G_USEC_PER_SEC;
  gsize dropped = skip_unasked (poller);

  if (dropped >= SHORTEST_ANSWER && poller->owed > 0 && --poller->owed == 0)
    wait_until (poller, quiet);
  else if (dropped > 0)
    wait_until (poller, MAX (poller->until, quiet));
  return COMMS_POLLER_DRAINING;
}

static State
drained (CommsPoller *poller)
{
  poller->owed = 0;
  return poller->report != NULL || poller->writing != NULL ? ask (poller) : poll_next (poller);
}

static State
go_on (CommsPoller *poller)
{
  if (poller->owed > 0)
    return drain (poller, response_limit (poller));
  return drained (poller);
}

static void
deliver (CommsPoller *poller)
{
  CommsReport *report = g_steal_pointer (&poller->report);

  report->received = comms_session_server_now (poller->server);
  comms_meter_attach (polled_unit (poller)->meter, report, poller->n_answers);
  comms_session_server_give (poller->server, report);
}

static void
count_due (CommsPoller *poller)
{
  comms_meter_count (polled_unit (poller)->meter, due,
                     comms_poll_schedule_elapsed (poller->modem->schedule, poller->slot, g_get_monotonic_time ()));
}

static State
next_block (CommsPoller *poller)
{
  poller->modem->silent = 0;
  if (++poller->block == polled_unit (poller)->plan->n_blocks) {
    comms_poll_schedule_answered (poller->modem->schedule, poller->slot, g_get_monotonic_time ());
    comms_meter_count (polled_unit (poller)->meter, polls, 1);
    count_due (poller);
    deliver (poller);
    if (poller->refused != NOT_REFUSED)
      comms_plan_split (polled_unit (poller)->plan, poller->refused);
  }
  return go_on (poller);
}

static void
report_failure (CommsPoller *poller, const char *detail)
{
  CommsModemUnit *unit = polled_unit (poller);
  CommsReport *failure = comms_report_new (COMMS_REPORT_UNIT_FAILED, unit->unit, poller->modem->link,
                                           comms_session_server_now (poller->server), 0);

  failure->detail = g_strdup (detail);
  if (poller->block > 0) {   /* what was answered before is true all the same */
    poller->report->n_samples = unit->plan->blocks[poller->block].first;
    deliver (poller);
  }
  g_clear_pointer (&poller->report, comms_report_free);
  comms_session_server_give (poller->server, failure);
}

/* Its next question is another one than that which was not answered: what may still come has to be waited out. */
static State
write_failed (CommsPoller *poller, const char *detail, gint64 quiet)
{
  CommsMeter *meter = asked_meter (poller);

  ended (poller, comms_writing_failed (poller->writing, detail, comms_session_server_now (poller->server)), meter);
  return drain (poller, poller->owed > 0 ? response_limit (poller) : quiet);
}

/* @values: NULL = the slave refused with @exception. */
static State
write_answered (CommsPoller *poller, const guint16 *values, guint8 exception)
{
  gint64 now = comms_session_server_now (poller->server);
  g_autofree char *why = g_strdup_printf ("the slave refuses (Modbus exception %u)", exception);
  CommsMeter *meter = asked_meter (poller);

  poller->modem->silent = 0;
  ended (poller, values != NULL ? comms_writing_answered (poller->writing, *values, now)
                                : comms_writing_refused (poller->writing, why, now), meter);
  if (poller->owed > 0)
    return drain (poller, response_limit (poller));
  return poller->writing != NULL ? ask (poller) : poll_next (poller);
}

/* The block was not answered, or not properly: after @quiet µs once more, then the unit has failed. */
static State
failed (CommsPoller *poller, const char *detail, gint64 quiet)
{
  CommsModem *modem = poller->modem;

  if (poller->writing != NULL)
    return write_failed (poller, detail, quiet);
  if (comms_poll_schedule_failed (modem->schedule, poller->slot, g_get_monotonic_time ()) == 1) {
    comms_meter_count (polled_unit (poller)->meter, retries, 1);
    return quiet > 0 ? drain (poller, quiet) : ask (poller);
  }
  count_due (poller);
  report_failure (poller, detail);
  if (++modem->silent >= poller->server->settings.dead_after * modem->n_units) {
    poller->calls->silent (poller->owner);
    return COMMS_POLLER_OVER;
  }
  return drain (poller, poller->owed > 0 ? response_limit (poller) : quiet);
}

static State
miss_answer (CommsPoller *poller)
{
  double took = (g_get_monotonic_time () - poller->started) / (double) G_USEC_PER_SEC;
  g_autofree char *detail = NULL;

  if (poller->n_bytes == 0)
    detail = g_strdup_printf ("no answer in %.1f s", took);
  else
    detail = g_strdup_printf ("answer cut short: %u bytes in %.1f s", poller->n_bytes, took);
  comms_meter_fault (asked_meter (poller), GDP_TRAFFIC_TIMEOUT, 0);
  noise (poller, poller->n_bytes);
  comms_round_trip_silent (&poller->modem->round_trip);
  /* The retry asks the same: a late answer to the first serves it too. */
  return failed (poller, detail, 0);
}

static State
garbled (CommsPoller *poller, const char *detail)
{
  comms_meter_fault (asked_meter (poller), GDP_TRAFFIC_CRC, 0);
  poller->owed--;
  return failed (poller, detail, poller->server->settings.quiet_time * G_USEC_PER_SEC);
}

/* @values: NULL for an @exception, which is an answer too. */
static State
answered (CommsPoller *poller, gsize consumed, const guint16 *values, guint8 exception)
{
  CommsModemUnit *unit = polled_unit (poller);
  CommsMeter *meter = asked_meter (poller);
  gint64 took = g_get_monotonic_time () - poller->started;

  skip (poller, consumed);
  comms_meter_count (meter, bytes_in, consumed);
  if (poller->owed-- == 1) {
    comms_round_trip_learn (&poller->modem->round_trip, took);
    comms_meter_response (meter, took);
  }
  if (values == NULL)
    comms_meter_fault (meter, GDP_TRAFFIC_EXCEPTION, exception);
  if (poller->writing != NULL)
    return write_answered (poller, values, exception);
  poller->n_answers += values != NULL;
  poller->modem->taken += values != NULL;
  comms_plan_decode (unit->plan, poller->block, values,
                     values != NULL ? GDP_REASON_NONE : GDP_REASON_DEVICE_EXCEPTION,
                     comms_session_server_now (poller->server),
                     poller->report->samples + polled_block (poller)->first);
  return next_block (poller);
}

/* Some slaves refuse a whole read for one register that they lack: that block is halved for the next poll. */
static State
refused (CommsPoller *poller, gsize consumed, guint8 exception)
{
  if (poller->writing == NULL && polled_block (poller)->n_items > 1
      && (exception == COMMS_EXCEPTION_ADDRESS || exception == COMMS_EXCEPTION_VALUE))
    poller->refused = poller->block;
  return answered (poller, consumed, NULL, exception);
}

/* What stands first in the bytes from @at on, while an answer is awaited. */
typedef enum { ANSWER, EXCEPTION, DAMAGED, UNFINISHED, HEARTBEAT, STRANGE } Find;

static Find
look (const CommsPoller *poller, gsize at, guint16 *values, gsize *length, guint8 *exception,
      GError **error)
{
  static const struct { CommsRtuError code; Find find; } finds[] = {
    { COMMS_RTU_ERROR_EXCEPTION, EXCEPTION },
    { COMMS_RTU_ERROR_CRC, DAMAGED },
    { COMMS_RTU_ERROR_SHORT, UNFINISHED },
  };
  g_autoptr (GError) wrong = NULL;
  gboolean part;

  if (comms_rtu_response (question (poller), poller->bytes + at, poller->n_bytes - at,
                          values, length, exception, &wrong))
    return ANSWER;
  for (guint i = 0; i < G_N_ELEMENTS (finds); i++)
    if (wrong->code == (int) finds[i].code) {
      g_propagate_error (error, g_steal_pointer (&wrong));
      return finds[i].find;
    }
  *length = heartbeat_at (poller, at, &part);
  return part ? UNFINISHED : *length > 0 ? HEARTBEAT : STRANGE;
}

/* The answer, wherever it begins: heartbeats and noise may stand before it. */
static State
take_answer (CommsPoller *poller)
{
  guint16 values[2000];
  gsize length = 0, strange = 0;
  guint8 exception = 0;

  while (TRUE) {
    g_autoptr (GError) error = NULL;
    Find find = look (poller, strange, values, &length, &exception, &error);

    if (find == STRANGE) {
      strange++;
      continue;
    }
    noise (poller, strange);
    strange = 0;
    if (find == HEARTBEAT)
      skip_heartbeat (poller, length);
    else if (find == ANSWER)
      return answered (poller, length, values, 0);
    else if (find == EXCEPTION)
      return refused (poller, length, exception);
    else
      return find == DAMAGED ? garbled (poller, error->message) : COMMS_POLLER_AWAITING;
  }
}

/* ---- the machine ------------------------------------------------------------------------- */

/* What is not in the table does not matter in that state. */
static State (*const table[COMMS_POLLER_N_STATES][N_INPUTS]) (CommsPoller *) = {
  [COMMS_POLLER_RESTING]  = { [BEGIN] = poll_next, [BYTES] = rest, [DUE] = poll_next },
  [COMMS_POLLER_AWAITING] = { [BYTES] = take_answer, [DUE] = miss_answer },
  [COMMS_POLLER_DRAINING] = { [BYTES] = drain_bytes, [DUE] = drained },
  [COMMS_POLLER_BLOCKED]  = { [ROOM] = poll_next },
};

/* The one place where the state moves. Bytes left over by one state are the next one's input. */
static gsize
move (CommsPoller *poller, Input input, const guint8 *bytes, gsize length)
{
  guint32 n_bytes;
  State state;

  poller->bytes = bytes;
  poller->n_bytes = length;
  do {
    state = poller->state;
    n_bytes = poller->n_bytes;
    if (table[state][input] == NULL)
      break;
    poller->state = table[state][input] (poller);
    input = BYTES;
  } while (poller->n_bytes > 0 && (poller->n_bytes != n_bytes || poller->state != state));
  return length - poller->n_bytes;
}

gsize
comms_poller_start (CommsPoller *poller, const guint8 *bytes, gsize length)
{
  return move (poller, BEGIN, bytes, length);
}

gsize
comms_poller_take (CommsPoller *poller, const guint8 *bytes, gsize length)
{
  return move (poller, BYTES, bytes, length);
}

gsize
comms_poller_due (CommsPoller *poller, const guint8 *bytes, gsize length)
{
  return move (poller, DUE, bytes, length);
}

gsize
comms_poller_resume (CommsPoller *poller, const guint8 *bytes, gsize length)
{
  return move (poller, ROOM, bytes, length);
}

void
comms_poller_init (CommsPoller *poller, CommsSessionServer *server, CommsModem *modem,
                   const CommsPollerCalls *calls, gpointer owner)
{
  *poller = (CommsPoller) { .calls = calls, .owner = owner, .server = server, .modem = modem };
}

void
comms_poller_order (CommsPoller *poller, CommsOrder *order)
{
  g_queue_push_tail (&poller->modem->orders, order);
}

void
comms_poller_clear (CommsPoller *poller)
{
  static const char over[] = "the connection ended";
  gint64 now = poller->server != NULL ? comms_session_server_now (poller->server) : 0;
  CommsOrder *order;

  if (poller->writing != NULL)
    ended (poller, comms_writing_lost (poller->writing, over, now), NULL);
  while (poller->modem != NULL && (order = g_queue_pop_head (&poller->modem->orders)) != NULL) {
    comms_session_server_give (poller->server, comms_order_not_done (order, over, now));
    comms_order_free (order);
  }
  g_clear_pointer (&poller->report, comms_report_free);
}
