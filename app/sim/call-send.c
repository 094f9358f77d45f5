/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a BBT delivers in a call, in which order, and what its ACKs do (comms/PROTOCOL.md 5). */
#include "call-private.h"

static const CommsBbtStream order[] = { COMMS_BBT_STREAM_EVENTS, COMMS_BBT_STREAM_ARCHIVE,
                                        COMMS_BBT_STREAM_HOURLY, COMMS_BBT_STREAM_DAILY };

static gboolean
may_send (const SimCall *call)
{
  gboolean state = call->state == SIM_CALL_OPEN || call->state == SIM_CALL_THROUGH
                   || call->state == SIM_CALL_LEAVING;
  /* Over UDP one thing at a time waits for its answer. */
  guint window = call->bbt->unit->doubles ? SIM_CALL_WINDOW / 2 : SIM_CALL_WINDOW;
  return state && call->n_sent < window
         && (!call->datagrams || (call->n_sent == 0 && call->unanswered.type == 0));
}

/* Sends a frame with records and notes what its ACK will be. */
static void
send_records (SimCall *call, const CommsBbtMessage *message, CommsBbtStream stream, guint32 boot, guint32 through)
{
  guint times = call->bbt->unit->doubles && !call->datagrams ? 2 : 1;
  call->sent[call->n_sent++] = (SimSent) { { stream, boot, through }, call->now };
  for (guint i = 0; i < times; i++)
    sim_call_say (call, message);
}

/* ---- live ------------------------------------------------------------------------------------------ */

static gboolean
live_waits (const SimCall *call)
{
  for (guint i = 0; i < call->n_sent; i++)
    if (call->sent[i].through.stream == COMMS_BBT_STREAM_LIVE)
      return TRUE;
  return FALSE;
}

void
sim_call_want_live (SimCall *call)
{
  guint n = 0;
  for (guint i = 0; i < call->n_sent; i++)
    if (call->sent[i].through.stream != COMMS_BBT_STREAM_LIVE)
      call->sent[n++] = call->sent[i];
  /* A report that the server could not take will never be acknowledged. */
  if (n < call->n_sent) {
    sim_call_answered (call, COMMS_BBT_LIVE);
    sim_call_answered (call, COMMS_BBT_INCREMENT);
  }
  call->n_sent = n;
  call->has_base = FALSE;
  call->live_due = TRUE;
}

/* A report that was measured since the last one, or LIVE that is asked for. */
static gboolean
live_is_due (const SimCall *call)
{
  return call->live_due || (call->state != SIM_CALL_LEAVING && call->now >= call->next_live);
}

static gboolean
send_live (SimCall *call)
{
  SimBbt *bbt = call->bbt;
  CommsBbtMessage message = { .type = COMMS_BBT_LIVE };
  if (!live_is_due (call) || live_waits (call))
    return FALSE;
  sim_bbt_report (bbt, &call->report);
  call->report.number = ++bbt->live;
  message.report = call->report;
  if (call->has_base) {
    message.type = COMMS_BBT_INCREMENT;
    message.report.base = call->base.number;
    message.report.mask = comms_bbt_report_changes (&call->report, &call->base);
  }
  call->live_due = FALSE;
  call->next_live = call->now + sim_bbt_period (bbt, sim_bbt_polling (bbt));
  send_records (call, &message, COMMS_BBT_STREAM_LIVE, call->ident.boot, call->report.number);
  return TRUE;
}

/* ---- kept records --------------------------------------------------------------------------------------- */

static gboolean
is_wanted (const SimCall *call, CommsBbtStream stream)
{
  const SimDemand *demand = &call->demands[stream];
  CommsBbtAckEntry next;
  if (!sim_recorder_unsent (&call->bbt->memory, stream, &next))
    return FALSE;
  gboolean asked = next.boot < demand->last.boot
                   || (next.boot == demand->last.boot && next.through <= demand->last.through);
  return asked || (call->state != SIM_CALL_LEAVING && call->wanted >> stream & 1);
}

static gboolean
send_kept (SimCall *call, CommsBbtStream stream)
{
  g_autofree CommsBbtPacker *packer = NULL;
  CommsBbtMessage message;
  guint32 through;
  if (!is_wanted (call, stream))
    return FALSE;
  if (stream != COMMS_BBT_STREAM_EVENTS)
    packer = g_new (CommsBbtPacker, 1);
  guint32 boot = sim_recorder_next (&call->bbt->memory, stream, packer, &message, &through);
  send_records (call, &message, stream, boot, through);
  return TRUE;
}

/* Rows that REQUEST asked for again: they were acknowledged once, and will be again. */
static gboolean
send_again (SimCall *call, CommsBbtStream stream)
{
  SimDemand *demand = &call->demands[stream];
  CommsBbtMessage message;
  if (!demand->wanted)
    return FALSE;
  g_autofree CommsBbtPacker *packer = g_new (CommsBbtPacker, 1);
  demand->wanted = sim_recorder_again (&call->bbt->memory, stream, demand->from, demand->to, &demand->given,
                                       packer, &message, &demand->given.through);
  if (!demand->wanted)
    return FALSE;
  demand->given.boot = message.archive.boot;
  send_records (call, &message, stream, demand->given.boot, demand->given.through);
  return TRUE;
}

/* The next frame, if there is one. */
static gboolean
send_one (SimCall *call)
{
  if (send_kept (call, order[0]) || send_live (call))
    return TRUE;
  for (guint i = 1; i < G_N_ELEMENTS (order); i++)
    if (send_again (call, order[i]) || send_kept (call, order[i]))
      return TRUE;
  return FALSE;
}

void
sim_call_deliver (SimCall *call)
{
  while (may_send (call) && send_one (call))
    continue;
}

/* ---- what came of it --------------------------------------------------------------------------------------- */

static gboolean
covers (const CommsBbtAckEntry *ack, const CommsBbtAckEntry *sent)
{
  return ack->stream == sent->stream
         && (sent->boot < ack->boot || (sent->boot == ack->boot && sent->through <= ack->through));
}

void
sim_call_acknowledged (SimCall *call, const CommsBbtAckEntry *entry)
{
  guint n = 0;
  for (guint i = 0; i < call->n_sent; i++)
    if (!covers (entry, &call->sent[i].through))
      call->sent[n++] = call->sent[i];
  gboolean any = n < call->n_sent;
  call->n_sent = n;
  if (any && call->datagrams && n == 0)
    call->unanswered.type = 0;   /* the one that waited */
  if (any && entry->stream == COMMS_BBT_STREAM_LIVE) {
    call->base = call->report;
    call->has_base = TRUE;
  }
  sim_recorder_acknowledge (&call->bbt->memory, entry);
}

gboolean
sim_call_delivered (const SimCall *call)
{
  gboolean left = call->n_sent > 0 || call->live_due;
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    left = left || is_wanted (call, order[i]) || call->demands[order[i]].wanted;
  return !left;
}
