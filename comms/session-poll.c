/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Polling through a session: one request at a time, and which bytes are its answer.
 *
 * An RTU answer does not say which request it answers. So after a request was given up its answer is
 * waited for and dropped before anything else is asked: a late one must not pass for the next. */
#include <string.h>

#include "rtu.h"
#include "session-private.h"

typedef CommsSessionState State;

enum { SHORTEST_ANSWER = 5 };   /* an exception: address, function, code, CRC */

static State ask (CommsSession *session);

static void
noise (CommsSession *session, gsize n)
{
  if (n == 0)
    return;
  comms_meter_count (session->modem->meter, wrong, 1);
  comms_meter_count (session->modem->meter, bytes_in, n);
  comms_session_skip (session, n);
}

/* Bytes at @at that are a heartbeat; all that is left when it is the beginning of one (@part); else 0. */
static gsize
heartbeat_at (const CommsSession *session, gsize at, gboolean *part)
{
  const char *heartbeat = session->server->network->links[session->modem->link].heartbeat;
  gsize length = heartbeat != NULL ? strlen (heartbeat) : 0, left = session->n_bytes - at;

  *part = FALSE;
  if (length == 0 || left == 0 || memcmp (session->bytes + at, heartbeat, MIN (left, length)) != 0)
    return 0;
  *part = left < length;
  return MIN (left, length);
}

static void
skip_heartbeat (CommsSession *session, gsize length)
{
  comms_meter_count (session->modem->meter, bytes_in, length);
  comms_session_skip (session, length);
}

/* Drops all that no request asked for, and says how much; a heartbeat's beginning is kept for its end. */
static gsize
skip_unasked (CommsSession *session)
{
  gsize at = 0, length, dropped = 0;
  gboolean part = FALSE;

  while (at < session->n_bytes && !part) {
    length = heartbeat_at (session, at, &part);
    if (length == 0)
      at++;
    else if (!part) {
      noise (session, at);
      skip_heartbeat (session, length);
      dropped += at;
      at = 0;
    }
  }
  noise (session, at);
  return dropped + at;
}

static CommsModemUnit *
polled_unit (const CommsSession *session)
{
  return &session->modem->units[session->slot];
}

static const CommsPlanBlock *
polled_block (const CommsSession *session)
{
  return &polled_unit (session)->plan->blocks[session->block];
}

static gint64
response_limit (const CommsSession *session)
{
  return comms_round_trip_limit (&session->modem->round_trip, &session->server->patience);
}

CommsSessionState
comms_session_rest (CommsSession *session)
{
  skip_unasked (session);
  return RESTING;
}

static State
block (CommsSession *session)
{
  uv_read_stop ((uv_stream_t *) &session->tcp);
  comms_deadlines_remove (&session->server->loop.deadlines, &session->deadline);
  return BLOCKED;
}

/* The next unit that is due, or rest until one is. */
CommsSessionState
comms_session_poll (CommsSession *session)
{
  gint64 due;
  guint slot;

  if (!comms_session_server_has_room (session->server))
    return block (session);
  slot = comms_poll_schedule_next (session->modem->schedule, g_get_monotonic_time (), &due);
  if (slot == G_MAXUINT) {
    comms_session_wait_until (session, due);
    return RESTING;
  }
  session->slot = slot;
  session->block = 0;
  session->n_answers = 0;
  session->refused = NOT_REFUSED;
  CommsModemUnit *unit = polled_unit (session);
  if (unit->plan->n_blocks == 0) {   /* a profile without registers: there is nothing to ask */
    comms_poll_schedule_answered (session->modem->schedule, slot, g_get_monotonic_time ());
    comms_session_wait (session, 0);
    return RESTING;
  }
  session->report = comms_report_new (COMMS_REPORT_SAMPLES, unit->unit, session->modem->link, 0,
                                      unit->plan->n_items);
  return ask (session);
}

static State
ask (CommsSession *session)
{
  guint8 frame[COMMS_RTU_MAX];
  gsize length = comms_rtu_request (&polled_block (session)->read, frame);
  uv_buf_t buffer = uv_buf_init ((char *) frame, length);
  CommsMeter *meter = polled_unit (session)->meter;

  skip_unasked (session);   /* what came before the question is not its answer */
  /* Eight bytes, one request at a time: they go at once or the connection has been dead for long. */
  if (uv_try_write ((uv_stream_t *) &session->tcp, &buffer, 1) != (int) length) {
    comms_session_close (session, COMMS_SESSION_CLOGGED, NULL);
    return CLOSED;
  }
  comms_meter_count (meter, requests, 1);
  comms_meter_count (meter, bytes_out, length);
  session->owed++;
  session->started = g_get_monotonic_time ();
  comms_session_wait_until (session, session->started + response_limit (session));
  return AWAITING;
}

/* Waits until nothing more can come for requests that were given up, then goes on. */
static State
drain (CommsSession *session, gint64 longest)
{
  comms_session_wait_until (session, g_get_monotonic_time () + longest);
  return DRAINING;
}

/* What is long enough for an answer is taken for one; when none is owed any more a quiet time is enough. */
CommsSessionState
comms_session_drain_bytes (CommsSession *session)
{
  gint64 quiet = g_get_monotonic_time () + session->server->settings.quiet_time * G_USEC_PER_SEC;
  gsize dropped = skip_unasked (session);

  if (dropped >= SHORTEST_ANSWER && session->owed > 0 && --session->owed == 0)
    comms_session_wait_until (session, quiet);
  else if (dropped > 0)
    comms_session_wait_until (session, MAX (session->deadline.at, quiet));
  return DRAINING;
}

CommsSessionState
comms_session_drained (CommsSession *session)
{
  session->owed = 0;
  return session->report != NULL ? ask (session) : comms_session_poll (session);
}

static State
go_on (CommsSession *session)
{
  if (session->owed > 0)
    return drain (session, response_limit (session));
  return comms_session_drained (session);
}

static void
deliver (CommsSession *session)
{
  CommsReport *report = g_steal_pointer (&session->report);

  report->received = comms_session_server_now (session->server);
  comms_meter_attach (polled_unit (session)->meter, report, session->n_answers);
  comms_session_server_give (session->server, report);
}

static State
next_block (CommsSession *session)
{
  session->modem->silent = 0;
  if (++session->block == polled_unit (session)->plan->n_blocks) {
    comms_poll_schedule_answered (session->modem->schedule, session->slot, g_get_monotonic_time ());
    deliver (session);
    if (session->refused != NOT_REFUSED)
      comms_plan_split (polled_unit (session)->plan, session->refused);
  }
  return go_on (session);
}

static void
report_failure (CommsSession *session, const char *detail)
{
  CommsModemUnit *unit = polled_unit (session);
  CommsReport *failure = comms_report_new (COMMS_REPORT_UNIT_FAILED, unit->unit, session->modem->link,
                                           comms_session_server_now (session->server), 0);

  failure->detail = g_strdup (detail);
  if (session->block > 0) {   /* what was answered before is true all the same */
    session->report->n_samples = unit->plan->blocks[session->block].first;
    deliver (session);
  }
  g_clear_pointer (&session->report, comms_report_free);
  comms_session_server_give (session->server, failure);
}

/* The block was not answered, or not properly: after @quiet µs once more, then the unit has failed. */
static State
failed (CommsSession *session, const char *detail, gint64 quiet)
{
  CommsModem *modem = session->modem;

  if (comms_poll_schedule_failed (modem->schedule, session->slot, g_get_monotonic_time ()) == 1)
    return quiet > 0 ? drain (session, quiet) : ask (session);
  report_failure (session, detail);
  if (++modem->silent >= session->server->settings.dead_after * modem->n_units) {
    comms_session_close (session, COMMS_SESSION_SILENT, NULL);
    return CLOSED;
  }
  return drain (session, session->owed > 0 ? response_limit (session) : quiet);
}

CommsSessionState
comms_session_miss_answer (CommsSession *session)
{
  double took = (g_get_monotonic_time () - session->started) / (double) G_USEC_PER_SEC;
  g_autofree char *detail = NULL;

  if (session->n_bytes == 0)
    detail = g_strdup_printf ("no answer in %.1f s", took);
  else
    detail = g_strdup_printf ("answer cut short: %u bytes in %.1f s", session->n_bytes, took);
  comms_meter_count (polled_unit (session)->meter, timeouts, 1);
  noise (session, session->n_bytes);
  comms_round_trip_silent (&session->modem->round_trip);
  /* The retry asks the same: a late answer to the first serves it too. */
  return failed (session, detail, 0);
}

static State
garbled (CommsSession *session, const char *detail)
{
  comms_meter_count (polled_unit (session)->meter, crc_errors, 1);
  session->owed--;
  return failed (session, detail, session->server->settings.quiet_time * G_USEC_PER_SEC);
}

/* @values: NULL for an exception, which is an answer too. */
static State
answered (CommsSession *session, gsize consumed, const guint16 *values)
{
  CommsModemUnit *unit = polled_unit (session);
  gint64 took = g_get_monotonic_time () - session->started;

  comms_session_skip (session, consumed);
  comms_meter_count (unit->meter, bytes_in, consumed);
  if (session->owed-- == 1) {
    comms_round_trip_learn (&session->modem->round_trip, took);
    comms_meter_response (unit->meter, took);
  }
  if (values != NULL)
    session->n_answers++;
  else
    comms_meter_count (unit->meter, exceptions, 1);
  comms_plan_decode (unit->plan, session->block, values,
                     values != NULL ? GDP_REASON_NONE : GDP_REASON_DEVICE_EXCEPTION,
                     comms_session_server_now (session->server),
                     session->report->samples + polled_block (session)->first);
  return next_block (session);
}

/* Some slaves refuse a whole read for one register that they lack: that block is halved for the next poll. */
static State
refused (CommsSession *session, gsize consumed, guint8 exception)
{
  if (polled_block (session)->n_items > 1
      && (exception == COMMS_EXCEPTION_ADDRESS || exception == COMMS_EXCEPTION_VALUE))
    session->refused = session->block;
  return answered (session, consumed, NULL);
}

/* What stands first in the bytes from @at on, while an answer is awaited. */
typedef enum { ANSWER, EXCEPTION, DAMAGED, UNFINISHED, HEARTBEAT, STRANGE } Find;

static Find
look (const CommsSession *session, gsize at, guint16 *values, gsize *length, guint8 *exception,
      GError **error)
{
  static const struct { CommsRtuError code; Find find; } finds[] = {
    { COMMS_RTU_ERROR_EXCEPTION, EXCEPTION },
    { COMMS_RTU_ERROR_CRC, DAMAGED },
    { COMMS_RTU_ERROR_SHORT, UNFINISHED },
  };
  g_autoptr (GError) wrong = NULL;
  gboolean part;

  if (comms_rtu_response (&polled_block (session)->read, session->bytes + at, session->n_bytes - at,
                          values, length, exception, &wrong))
    return ANSWER;
  for (guint i = 0; i < G_N_ELEMENTS (finds); i++)
    if (wrong->code == (int) finds[i].code) {
      g_propagate_error (error, g_steal_pointer (&wrong));
      return finds[i].find;
    }
  *length = heartbeat_at (session, at, &part);
  return part ? UNFINISHED : *length > 0 ? HEARTBEAT : STRANGE;
}

/* The answer, wherever it begins: heartbeats and noise may stand before it. */
CommsSessionState
comms_session_take_answer (CommsSession *session)
{
  guint16 values[2000];
  gsize length = 0, strange = 0;
  guint8 exception = 0;

  while (TRUE) {
    g_autoptr (GError) error = NULL;
    Find find = look (session, strange, values, &length, &exception, &error);

    if (find == STRANGE) {
      strange++;
      continue;
    }
    noise (session, strange);
    strange = 0;
    if (find == HEARTBEAT)
      skip_heartbeat (session, length);
    else if (find == ANSWER)
      return answered (session, length, values);
    else if (find == EXCEPTION)
      return refused (session, length, exception);
    else
      return find == DAMAGED ? garbled (session, error->message) : AWAITING;
  }
}
