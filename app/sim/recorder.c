/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "recorder.h"

#include <string.h>

#include "gdp/scaling.h"

#define LONGEST_STEP 86400   /* s between rows of one frame */

void
sim_recorder_init (SimRecorder *recorder, guint32 boot)
{
  *recorder = (SimRecorder) { .boot = boot };
}

void
sim_recorder_clear (SimRecorder *recorder)
{
  for (guint i = 0; i < COMMS_BBT_N_STREAMS; i++)
    g_queue_clear_full (&recorder->streams[i].records, g_free);
}

void
sim_recorder_boot (SimRecorder *recorder)
{
  recorder->boot++;
  for (guint i = 0; i < COMMS_BBT_N_STREAMS; i++)
    recorder->streams[i].number = 0;
}

/* ---- making ------------------------------------------------------------------------------------ */

static void
drop_first (SimStream *stream)
{
  if (stream->unsent == stream->records.head)
    stream->unsent = stream->unsent->next;
  g_free (g_queue_pop_head (&stream->records));
}

static void
trim (SimRecorder *recorder, SimStream *stream)
{
  guint history = stream == &recorder->streams[COMMS_BBT_STREAM_EVENTS] ? 0 : SIM_RECORDER_HISTORY;
  for (; stream->acked > history; stream->acked--)
    drop_first (stream);
  while (stream->records.length - stream->acked > SIM_RECORDER_MOST) {
    for (; stream->acked > 0; stream->acked--)
      drop_first (stream);
    drop_first (stream);
    recorder->lost = TRUE;
    recorder->overflow++;
    recorder->forgotten++;
  }
}

/* Takes @record. */
static void
keep (SimRecorder *recorder, CommsBbtStream which, SimRecord *record)
{
  SimStream *stream = &recorder->streams[which];
  record->boot = recorder->boot;
  record->number = ++stream->number;
  g_queue_push_tail (&stream->records, record);
  if (!stream->unsent)
    stream->unsent = stream->records.tail;
  recorder->made++;
  trim (recorder, stream);
}

static SimRecord *
record_new (guint8 type, gint64 time, guint8 status, gsize n_bytes)
{
  SimRecord *record = g_malloc0 (sizeof *record + n_bytes);
  record->type = type;
  record->time = time;
  record->status = status;
  return record;
}

static SimRecord *
record_of_report (guint8 type, const CommsBbtReport *report)
{
  SimRecord *record = record_new (type, report->time, report->status, comms_bbt_values_size (report->mask));
  record->mask = report->mask;
  comms_bbt_values_put (report->mask, report->values, record->values);
  return record;
}

static SimRecord *
record_of_pulse (const CommsBbtPulse *pulse)
{
  SimRecord *record = record_new (COMMS_BBT_PULSE, pulse->time, pulse->status,
                                  pulse->n_counters * sizeof *pulse->counters);
  record->code = pulse->n_counters;
  memcpy (record->values, pulse->counters, pulse->n_counters * sizeof *pulse->counters);
  return record;
}

void
sim_recorder_event (SimRecorder *recorder, const CommsBbtMessage *message)
{
  SimRecord *record;
  if (message->type == COMMS_BBT_EVENT) {
    const CommsBbtEvent *event = &message->event;
    record = record_of_report (COMMS_BBT_EVENT, &event->report);
    record->code = event->code;
    record->channel = event->channel;
    record->bit = event->bit;
    record->detail = event->detail;
  } else if (message->type == COMMS_BBT_PULSE) {
    record = record_of_pulse (&message->pulse);
  } else {
    const CommsBbtSabotage *sabotage = &message->sabotage;
    record = record_new (COMMS_BBT_SABOTAGE, sabotage->time, sabotage->status, 0);
    record->code = sabotage->wire;
    record->channel = sabotage->cover;
    record->bit = sabotage->magnet;
  }
  keep (recorder, COMMS_BBT_STREAM_EVENTS, record);
}

void
sim_recorder_row (SimRecorder *recorder, CommsBbtStream stream, const CommsBbtReport *row)
{
  keep (recorder, stream, record_of_report (COMMS_BBT_ARCHIVE, row));
}

guint
sim_recorder_overflow (SimRecorder *recorder)
{
  guint overflow = recorder->overflow;
  recorder->overflow = 0;
  return overflow;
}

/* ---- sending ------------------------------------------------------------------------------------ */

void
sim_recorder_rewind (SimRecorder *recorder)
{
  for (guint i = 0; i < COMMS_BBT_N_STREAMS; i++)
    recorder->streams[i].unsent = g_queue_peek_nth_link (&recorder->streams[i].records,
                                                         recorder->streams[i].acked);
}

static CommsBbtAckEntry
entry_of (CommsBbtStream stream, const SimRecord *record)
{
  return (CommsBbtAckEntry) { .stream = stream, .boot = record->boot, .through = record->number };
}

gboolean
sim_recorder_unsent (const SimRecorder *recorder, CommsBbtStream stream, CommsBbtAckEntry *first)
{
  const GList *unsent = recorder->streams[stream].unsent;
  if (unsent)
    *first = entry_of (stream, unsent->data);
  return unsent != NULL;
}

static void
report_of (const SimRecord *record, CommsBbtReport *report)
{
  *report = (CommsBbtReport) { .time = record->time, .number = record->number, .status = record->status,
                               .mask = record->mask };
  comms_bbt_values_get (record->mask, record->values, comms_bbt_values_size (record->mask), report->values);
}

static void
message_of (const SimRecord *record, CommsBbtMessage *message)
{
  message->type = record->type;
  if (record->type == COMMS_BBT_EVENT) {
    message->event = (CommsBbtEvent) { .boot = record->boot, .detail = record->detail, .code = record->code,
                                       .channel = record->channel, .bit = record->bit };
    report_of (record, &message->event.report);
  } else if (record->type == COMMS_BBT_PULSE) {
    message->pulse = (CommsBbtPulse) { .boot = record->boot, .number = record->number, .time = record->time,
                                       .status = record->status, .n_counters = record->code };
    memcpy (message->pulse.counters, record->values, record->code * sizeof *message->pulse.counters);
  } else {
    message->sabotage = (CommsBbtSabotage) { .boot = record->boot, .number = record->number,
                                             .time = record->time, .status = record->status,
                                             .wire = record->code, .cover = record->channel,
                                             .magnet = record->bit };
  }
}

/* s from this row to the next, where they can stand in one frame; else any. */
static guint32
step_after (const GList *node)
{
  const SimRecord *record = node->data, *next = node->next ? node->next->data : NULL;
  gint64 step = next ? (next->time - record->time) / GDP_SECOND : 1;
  return step >= 1 && step <= LONGEST_STEP ? step : 1;
}

/* As many rows from @node up to @end (not included) as fit one frame. Returns the first that is not in it. */
static GList *
pack (GList *node, const GList *end, CommsBbtStream stream, CommsBbtPacker *packer, CommsBbtMessage *message,
      guint32 *through)
{
  const SimRecord *first = node->data;
  comms_bbt_packer_begin (packer, stream, first->boot, step_after (node));
  for (; node != end; node = node->next) {
    const SimRecord *record = node->data;
    CommsBbtReport row;
    report_of (record, &row);
    if (record->boot != first->boot || !comms_bbt_packer_add (packer, &row))
      break;
    *through = record->number;
  }
  message->type = COMMS_BBT_ARCHIVE;
  message->archive = packer->archive;
  return node;
}

guint32
sim_recorder_next (SimRecorder *recorder, CommsBbtStream which, CommsBbtPacker *packer,
                   CommsBbtMessage *message, guint32 *through)
{
  SimStream *stream = &recorder->streams[which];
  const SimRecord *record = stream->unsent ? stream->unsent->data : NULL;
  if (!record)
    return 0;
  if (which != COMMS_BBT_STREAM_EVENTS) {
    stream->unsent = pack (stream->unsent, NULL, which, packer, message, through);
    return record->boot;
  }
  message_of (record, message);
  *through = record->number;
  stream->unsent = stream->unsent->next;
  return record->boot;
}

static gboolean
within (const SimRecord *record, gint64 from, gint64 to)
{
  return record->time >= from && record->time <= to;
}

static gboolean
is_after (const SimRecord *record, const CommsBbtAckEntry *entry)
{
  return record->boot != entry->boot ? record->boot > entry->boot : record->number > entry->through;
}

gboolean
sim_recorder_again (const SimRecorder *recorder, CommsBbtStream which, gint64 from, gint64 to,
                    const CommsBbtAckEntry *after, CommsBbtPacker *packer, CommsBbtMessage *message,
                    guint32 *through)
{
  const SimStream *stream = &recorder->streams[which];
  GList *node = stream->records.head, *end;
  while (node && node != stream->unsent && !(within (node->data, from, to) && is_after (node->data, after)))
    node = node->next;
  if (!node || node == stream->unsent)
    return FALSE;
  for (end = node; end && end != stream->unsent && within (end->data, from, to);)
    end = end->next;
  pack (node, end, which, packer, message, through);
  return TRUE;
}

guint
sim_recorder_count (const SimRecorder *recorder, CommsBbtStream which, gint64 from, gint64 to,
                    CommsBbtAckEntry *last)
{
  guint n = 0;
  *last = (CommsBbtAckEntry) { 0 };
  for (const GList *node = recorder->streams[which].records.head; node; node = node->next)
    if (within (node->data, from, to)) {
      *last = entry_of (which, node->data);
      n++;
    }
  return n;
}

/* ---- forgetting ----------------------------------------------------------------------------------- */

void
sim_recorder_acknowledge (SimRecorder *recorder, const CommsBbtAckEntry *entry)
{
  if (entry->stream == COMMS_BBT_STREAM_LIVE || entry->stream >= COMMS_BBT_N_STREAMS)
    return;
  SimStream *stream = &recorder->streams[entry->stream];
  GList *node = g_queue_peek_nth_link (&stream->records, stream->acked);
  /* What this session has not sent is not what the server means, whatever it says. */
  for (; node && node != stream->unsent && !is_after (node->data, entry); node = node->next) {
    stream->acked++;
    stream->acknowledged++;
    recorder->lost = FALSE;
  }
  trim (recorder, stream);
}

guint64
sim_recorder_acknowledged (const SimRecorder *recorder)
{
  guint64 n = 0;
  for (guint i = 0; i < COMMS_BBT_N_STREAMS; i++)
    n += recorder->streams[i].acknowledged;
  return n;
}

guint
sim_recorder_waiting (const SimRecorder *recorder)
{
  guint n = 0;
  for (guint i = 0; i < COMMS_BBT_N_STREAMS; i++)
    n += recorder->streams[i].records.length - recorder->streams[i].acked;
  return n;
}

guint32
sim_recorder_oldest (const SimRecorder *recorder)
{
  const SimStream *stream = &recorder->streams[COMMS_BBT_STREAM_ARCHIVE];
  const SimRecord *record = g_queue_peek_nth (&((SimStream *) stream)->records, stream->acked);
  return record ? record->number : 0;
}
