/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a BBT answers the server's requests in a call, and mode T (comms/PROTOCOL.md 8 and 9). */
#include <string.h>

#include "bus.h"
#include "call-private.h"

enum { WHAT_LIVE = 1, WHAT_AGAIN };
enum { CLOSE_DONE, CLOSE_IDLE };

#define THROUGH_MOST 512

/* ---- REQUEST ------------------------------------------------------------------------------------------ */

static CommsBbtResult
ask_again (SimCall *call, const CommsBbtRequest *request)
{
  if (request->stream != COMMS_BBT_STREAM_ARCHIVE && request->stream != COMMS_BBT_STREAM_HOURLY
      && request->stream != COMMS_BBT_STREAM_DAILY)
    return (CommsBbtResult) { .code = COMMS_BBT_OUT_OF_RANGE };
  SimDemand *demand = &call->demands[request->stream];
  *demand = (SimDemand) { .wanted = TRUE, .from = request->from, .to = request->to + GDP_SECOND - 1 };
  guint n = sim_recorder_count (&call->bbt->memory, request->stream, demand->from, demand->to, &demand->last);
  return (CommsBbtResult) { .value = n };
}

static CommsBbtResult
take_request (SimCall *call, const CommsBbtMessage *message)
{
  if (message->request.what == WHAT_AGAIN)
    return ask_again (call, &message->request);
  sim_call_want_live (call);
  return (CommsBbtResult) { .code = COMMS_BBT_DONE };
}

/* ---- mode T --------------------------------------------------------------------------------------------- */

static CommsBbtResult
open_through (SimCall *call, const CommsBbtMessage *message)
{
  if (message->open.port != 0 || !call->bbt->slaves)
    return (CommsBbtResult) { .code = COMMS_BBT_INTERFACE_SILENT };
  call->through_idle = message->open.idle;
  call->through_heard = call->now;
  call->n_through = 0;
  if (!call->through)
    call->through = g_malloc (THROUGH_MOST);
  return (CommsBbtResult) { .code = COMMS_BBT_DONE };
}

static void
give_back (SimCall *call, const guint8 *bytes, gsize length)
{
  while (length > 0) {
    gsize n = MIN (length, COMMS_BBT_DATA_MAX);
    CommsBbtMessage data = { .type = COMMS_BBT_DATA };
    data.data.bytes = (CommsBbtBytes) { bytes, n };
    sim_call_say (call, &data);
    bytes += n;
    length -= n;
  }
}

/* Whole requests are answered; what cannot be one is forgotten, as a slave forgets it. */
static void
serve (SimCall *call)
{
  SimBus bus = { 0 };
  for (guint i = 0; i < call->bbt->slaves->len; i++) {
    SimUnit *slave = call->bbt->slaves->pdata[i];
    bus.units[slave->network->units[slave->unit].address] = slave;
  }
  while (call->n_through > 0) {
    g_autoptr (GError) wrong = NULL;
    CommsRequest request;
    guint8 answer[COMMS_RTU_MAX];
    gsize consumed;
    gboolean good = comms_rtu_parse_request (call->through, call->n_through, &request, &consumed, &wrong);
    if (!good && g_error_matches (wrong, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT))
      return;
    if (consumed == 0)
      consumed = call->n_through;
    gsize n = sim_bus_hear_rtu (&bus, call->through, consumed, answer);
    call->n_through -= consumed;
    memmove (call->through, call->through + consumed, call->n_through);
    give_back (call, answer, n);
  }
}

void
sim_call_through (SimCall *call, const CommsBbtData *data)
{
  call->through_heard = call->now;
  if (call->n_through + data->bytes.length > THROUGH_MOST)
    call->n_through = 0;
  memcpy (call->through + call->n_through, data->bytes.bytes, data->bytes.length);
  call->n_through += data->bytes.length;
  serve (call);
}

void
sim_call_watch_through (SimCall *call)
{
  CommsBbtMessage close = { .type = COMMS_BBT_CLOSE };
  gint64 quiet = call->now - call->through_heard;
  if (quiet > GDP_SECOND)
    call->n_through = 0;
  if (quiet < call->through_idle * GDP_SECOND)
    return;
  close.close.reason = CLOSE_IDLE;
  sim_call_say (call, &close);
  if (call->state == SIM_CALL_THROUGH)
    call->state = SIM_CALL_OPEN;
}

/* ---- all requests -------------------------------------------------------------------------------------------- */

static CommsBbtResult
carry_out (SimCall *call, const CommsBbtFrame *frame, const CommsBbtMessage *message, gboolean in_range)
{
  SimBbt *bbt = call->bbt;
  if (!message)
    return (CommsBbtResult) { .code = COMMS_BBT_NOT_KNOWN };
  if (call->state == SIM_CALL_THROUGH || (call->state == SIM_CALL_LEAVING && frame->type == COMMS_BBT_OPEN))
    return (CommsBbtResult) { .code = COMMS_BBT_UNIT_BUSY };
  if (!in_range) {
    const guint32 revisions[] = { bbt->settings ? bbt->settings->revision : 0,
                                  bbt->schedule ? bbt->schedule->revision : 0 };
    guint which = frame->type - COMMS_BBT_SETTINGS;
    return (CommsBbtResult) { .code = COMMS_BBT_OUT_OF_RANGE, .value = which < 2 ? revisions[which] : 0 };
  }
  if (frame->type == COMMS_BBT_REQUEST)
    return take_request (call, message);
  if (frame->type == COMMS_BBT_OPEN)
    return open_through (call, message);
  return sim_bbt_request (bbt, message, frame->payload, frame->length, call->now);
}

void
sim_call_answer (SimCall *call, const CommsBbtFrame *frame, const CommsBbtMessage *message, gboolean in_range)
{
  CommsBbtMessage answer = { .type = COMMS_BBT_RESULT };
  answer.result = carry_out (call, frame, message, in_range);
  answer.result.request = frame->sequence;
  sim_call_say (call, &answer);
  if (answer.result.code != COMMS_BBT_DONE || call->state == SIM_CALL_OVER)
    return;
  if (frame->type == COMMS_BBT_OPEN)
    call->state = SIM_CALL_THROUGH;
  if (frame->type == COMMS_BBT_INSTALL && call->bbt->restarting != 0 && call->state != SIM_CALL_LEAVING)
    sim_call_leave (call, COMMS_BBT_BYE_RESTARTING);
}
