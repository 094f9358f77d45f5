/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a unit delivers becomes reports; what is committed is acknowledged (PROTOCOL.md 5). */
#include "bbt-private.h"

#include "bbt-archive.h"
#include "bbt-event.h"
#include "bbt-order.h"

typedef CommsSessionState State;

#define NOT_FITTED 0xFF   /* a part of SABOTAGE */

enum { WAITING_MAX = 8, WAITING_MAX_UDP = 1 };   /* frames whose records are not yet acknowledged */

/* ---- records and their numbers ----------------------------------------------------------------- */

typedef struct {
  guint8     stream;
  CommsPlace first;
  guint      count;
  guint      known;   /* at the front: taken before */
} Records;

static CommsPlace
last_of (const Records *records)
{
  return (CommsPlace) { records->first.boot, records->first.number + (records->count - 1) };
}

static void
tell_lost (CommsSession *session, guint stream, guint32 lost)
{
  const char *word = comms_bbt_code_word (COMMS_BBT_STREAMS, stream);
  g_autofree char *text = g_strdup_printf ("%u records of its stream \"%s\" are lost: their numbers were jumped over",
                                           lost, word != NULL ? word : "?");

  comms_session_server_event (session->server, GDP_EVENT_NOTE, session->bbt->link, text);
}

/* FALSE: there is nothing to store; the session may be closed. */
static gboolean
look_at_numbers (CommsSession *session, Records *records)
{
  CommsBbtUnit *unit = session->bbt;
  guint32 lost;

  if (records->first.number == 0 || records->count - 1 > G_MAXUINT32 - records->first.number) {
    comms_bbt_fail (session, COMMS_SESSION_MALFORMED, "records are numbered from 1 to 4294967295");
    return FALSE;
  }
  if (records->first.boot > unit->ident.boot) {
    comms_bbt_fail (session, COMMS_SESSION_MALFORMED, "a record of start %u from a unit that has started %u times",
                    records->first.boot, unit->ident.boot);
    return FALSE;
  }
  comms_meter_count (unit->meter, requests, 1);
  records->known = comms_unit_streams_known (unit->streams, records->stream, records->first, records->count, &lost);
  unit->modem->log.resends += records->known;
  unit->modem->log.records += records->count - records->known;
  if (lost > 0 && records->stream != COMMS_BBT_STREAM_LIVE)
    tell_lost (session, records->stream, lost);
  if (records->known < records->count)
    return TRUE;
  comms_unit_streams_again (unit->streams, records->stream);
  return FALSE;
}

/* How many frames may wait is the unit's to heed: who does not would fill the queue for all others. */
static gboolean
may_wait (CommsSession *session)
{
  guint most = session->is_udp ? WAITING_MAX_UDP : WAITING_MAX;

  if (comms_unit_streams_waiting (session->bbt->streams) < most)
    return TRUE;
  comms_bbt_fail (session, COMMS_SESSION_TRAFFIC, "more than %u frames wait for their ACK", most);
  return FALSE;
}

/* ---- reports ------------------------------------------------------------------------------------- */

static CommsReport *
new_report (CommsSession *session, CommsReportKind kind, guint n_samples)
{
  CommsBbtUnit *unit = session->bbt;
  gboolean feeds = unit->unit != G_MAXUINT;   /* else only its sign of life is of use */
  CommsReport *report = comms_report_new (feeds ? kind : COMMS_REPORT_LINK_WORKING, unit->unit, unit->link,
                                          comms_session_server_now (session->server), n_samples);

  report->n_samples = 0;   /* so far */
  return report;
}

static void
give (CommsSession *session, CommsReport *report, const Records *records)
{
  CommsPlace through = last_of (records);

  report->has_mark = TRUE;
  report->mark = (GdpStreamMark) { session->server->network->links[report->link].key, records->stream,
                                   through.boot, through.number };
  comms_unit_streams_take (session->bbt->streams, records->stream, through, report);
  comms_meter_count (session->bbt->meter, good, 1);
  session->bbt->meter->last_good = report->received;
  comms_session_server_give (session->server, report);
}

static void
add_samples (CommsSession *session, CommsReport *report, const CommsBbtReport *told, GdpReason reason)
{
  gboolean doubtful;
  gint64 time = comms_bbt_clock_date (&session->bbt->clock, told->time, told->status, report->received, &doubtful);

  if (doubtful && reason == GDP_REASON_NONE)
    reason = GDP_REASON_CLOCK;
  report->n_samples += comms_bbt_unit_samples (session->bbt, told, time, reason,
                                               report->samples + report->n_samples);
}

static CommsReport *
report_of (CommsSession *session, const CommsBbtReport *told)
{
  CommsReport *report = new_report (session, COMMS_REPORT_SAMPLES, session->bbt->n_items);

  add_samples (session, report, told, GDP_REASON_NONE);
  return report;
}

/* ---- LIVE, INCREMENT ----------------------------------------------------------------------------- */

static State
take_live (CommsSession *session, const CommsBbtReport *told, const Records *records)
{
  if (may_wait (session)) {
    comms_bbt_unit_add_base (session->bbt, told);
    give (session, report_of (session, told), records);
  }
  return session->state;
}

static Records
live_records (CommsSession *session, const CommsBbtReport *told)
{
  return (Records) { COMMS_BBT_STREAM_LIVE, { session->bbt->ident.boot, told->number }, 1, 0 };
}

State
comms_bbt_live (CommsSession *session, CommsBbtMessage *message)
{
  Records records = live_records (session, &message->report);

  if (!look_at_numbers (session, &records) || take_live (session, &message->report, &records) == COMMS_SESSION_CLOSED)
    return session->state;
  comms_bbt_order_live_came (session, (guint) __builtin_popcount (message->report.mask));
  return session->state;
}

State
comms_bbt_increment (CommsSession *session, CommsBbtMessage *message)
{
  Records records = live_records (session, &message->report);

  if (!look_at_numbers (session, &records))
    return session->state;
  if (comms_bbt_unit_complete (session->bbt, &message->report))
    return take_live (session, &message->report, &records);
  session->bbt->live_wanted = TRUE;
  return comms_bbt_ask_next (session);
}

/* ---- ARCHIVE --------------------------------------------------------------------------------------- */

/* It was dated as it stands whenever it came. */
static gboolean
stands (const CommsSession *session, const CommsBbtReport *row)
{
  gboolean doubtful;
  gint64 time = comms_bbt_clock_date (&session->bbt->clock, row->time, row->status,
                                      comms_session_server_now (session->server), &doubtful);

  return time == row->time && !doubtful;
}

/* Rows from @from on, before @to. */
static CommsReport *
report_of_rows (CommsSession *session, const CommsBbtArchive *archive, guint from, guint to, gboolean again)
{
  CommsReport *report = new_report (session, COMMS_REPORT_HISTORY, (to - from) * session->bbt->n_items);
  gboolean mean = archive->stream != COMMS_BBT_STREAM_ARCHIVE;
  CommsBbtReport row;
  CommsBbtRows rows;

  report->again = again;
  comms_bbt_rows_begin (&rows, archive);
  for (guint i = 0; i < to && comms_bbt_rows_next (&rows, &row, NULL); i++)
    if (i >= from && (!again || stands (session, &row)))
      add_samples (session, report, &row, mean ? GDP_REASON_AVERAGED : GDP_REASON_NONE);
  return report;
}

/* FALSE: nobody asked for them. */
static gboolean
is_asked_again (CommsBbtUnit *unit, const CommsBbtArchive *archive)
{
  if (archive->stream != unit->again_stream || unit->again == 0)
    return FALSE;
  unit->again -= MIN (unit->again, archive->rows);
  return TRUE;
}

/* Rows that were asked for once more go by their numbers like all others; what is missing of those that are known by them
 * is found out by who knows the store. A row whose time was mended could be mended otherwise now, and be there twice. */
State
comms_bbt_archive (CommsSession *session, CommsBbtMessage *message)
{
  const CommsBbtArchive *archive = &message->archive;
  Records records = { archive->stream, { archive->boot, archive->first }, archive->rows, 0 };
  gboolean again = is_asked_again (session->bbt, archive), fresh = look_at_numbers (session, &records);

  if (session->state != COMMS_SESSION_CLOSED && again && records.known > 0)
    comms_session_server_give (session->server, report_of_rows (session, archive, 0, records.known, TRUE));
  if (fresh && may_wait (session))
    give (session, report_of_rows (session, archive, records.known, archive->rows, FALSE), &records);
  if (session->state != COMMS_SESSION_CLOSED && session->bbt->again == 0)
    comms_bbt_order_rows_came (session);
  return session->state;
}

/* ---- EVENT, PULSE, SABOTAGE ------------------------------------------------------------------------- */

/* Not for what is live: everything of stream 2 has had to wait. */
static CommsReport *
event_report (CommsSession *session, guint n_samples)
{
  return new_report (session, COMMS_REPORT_HISTORY, n_samples);
}

/* Something for the journal, besides what samples it has. (transfer none) */
static GdpEvent *
journal (CommsSession *session, CommsReport *report, gint64 told, guint8 status)
{
  gboolean doubtful;

  report->kind = COMMS_REPORT_EVENT;
  report->event = comms_session_server_make_event (session->server, GDP_EVENT_UNIT_SAID, session->bbt->link, NULL);
  report->event->occurred = comms_bbt_clock_date (&session->bbt->clock, told, status, report->received, &doubtful);
  return report->event;
}

static void
add_sample (CommsSession *session, CommsReport *report, const CommsPlanItem *item, gint64 told, guint8 status,
            double value)
{
  gboolean doubtful;
  gint64 time = comms_bbt_clock_date (&session->bbt->clock, told, status, report->received, &doubtful);

  report->samples[report->n_samples++] = (GdpSample) {
    .point = item->point, .time = time, .reason = doubtful ? GDP_REASON_CLOCK : GDP_REASON_NONE,
    .raw = value * item->reg->scale + item->reg->offset,
  };
}

State
comms_bbt_event (CommsSession *session, CommsBbtMessage *message)
{
  const CommsBbtEvent *event = &message->event;
  Records records = { COMMS_BBT_STREAM_EVENTS, { event->boot, event->report.number }, 1, 0 };

  if (!look_at_numbers (session, &records) || !may_wait (session))
    return session->state;
  CommsReport *report = event_report (session, session->bbt->n_items);
  if (event->report.mask != 0)
    add_samples (session, report, &event->report, GDP_REASON_NONE);
  comms_bbt_event_tell (session->server->network, session->bbt, event,
                        journal (session, report, event->report.time, event->report.status));
  give (session, report, &records);
  return session->state;
}

/* Like any channel, a counter that is no point is nobody's. */
State
comms_bbt_pulse (CommsSession *session, CommsBbtMessage *message)
{
  const CommsBbtPulse *pulse = &message->pulse;
  Records records = { COMMS_BBT_STREAM_EVENTS, { pulse->boot, pulse->number }, 1, 0 };

  if (!look_at_numbers (session, &records) || !may_wait (session))
    return session->state;
  CommsReport *report = event_report (session, pulse->n_counters);
  for (guint i = 0; i < pulse->n_counters; i++) {
    const CommsPlanItem *item = comms_bbt_unit_item (session->bbt, GDP_TABLE_REPORT_VALUES,
                                                     GDP_REPORT_PULSE1 - 1 + pulse->counters[i].input);
    if (item != NULL)
      add_sample (session, report, item, pulse->time, pulse->status, pulse->counters[i].count);
  }
  give (session, report, &records);
  return session->state;
}

/* Who could tamper unseen where nobody has made a point of it: that goes into the journal. */
State
comms_bbt_sabotage (CommsSession *session, CommsBbtMessage *message)
{
  const CommsBbtSabotage *its = &message->sabotage;
  const guint8 parts[] = { its->wire, its->cover, its->magnet };
  Records records = { COMMS_BBT_STREAM_EVENTS, { its->boot, its->number }, 1, 0 };

  if (!look_at_numbers (session, &records) || !may_wait (session))
    return session->state;
  CommsReport *report = event_report (session, G_N_ELEMENTS (parts));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    const CommsPlanItem *item = comms_bbt_unit_item (session->bbt, GDP_TABLE_REPORT_BITS, GDP_REPORT_WIRE + i);
    if (item != NULL && parts[i] != NOT_FITTED)
      add_sample (session, report, item, its->time, its->status, parts[i] != 0);
  }
  if (!comms_bbt_sabotage_tell (session->server->network, session->bbt, its,
                                journal (session, report, its->time, its->status))) {
    g_clear_pointer (&report->event, gdp_event_free);
    report->kind = COMMS_REPORT_HISTORY;
  }
  give (session, report, &records);
  return session->state;
}

void
comms_bbt_untampered (CommsSession *session)
{
  enum { PARTS = GDP_REPORT_MAGNET - GDP_REPORT_WIRE + 1 };
  const CommsPlanItem *items[PARTS];
  guint n = 0;

  for (guint i = 0; i < PARTS; i++) {
    items[n] = comms_bbt_unit_item (session->bbt, GDP_TABLE_REPORT_BITS, GDP_REPORT_WIRE + i);
    n += items[n] != NULL;
  }
  if (n == 0)
    return;
  CommsReport *report = new_report (session, COMMS_REPORT_SAMPLES, n);
  for (guint i = 0; i < n; i++)
    add_sample (session, report, items[i], session->bbt->ident.time, session->bbt->ident.clock, 0);
  comms_session_server_give (session->server, report);
}

/* ---- ACK ---------------------------------------------------------------------------------------------- */

static void
acknowledge (CommsSession *session, guint changed)
{
  CommsBbtMessage message = { .type = COMMS_BBT_ACK };
  CommsBbtAck *ack = &message.ack;

  for (guint stream = 0; stream < COMMS_N_STREAMS; stream++) {
    if ((changed & 1u << stream) == 0)
      continue;
    CommsPlace stored = comms_unit_streams_stored (session->bbt->streams, stream);
    if (stored.number == 0)
      continue;
    ack->entries[ack->n_entries++] = (CommsBbtAckEntry) { stream, stored.boot, stored.number };
    if (stream == COMMS_BBT_STREAM_LIVE && stored.boot == session->bbt->ident.boot)
      comms_bbt_unit_acknowledge_base (session->bbt, stored.number);
  }
  if (ack->n_entries > 0 && comms_bbt_say (session, &message) && session->state == COMMS_SESSION_LEAVING)
    comms_bbt_ask_next (session);
}

void
comms_bbt_acknowledge (CommsSessionServer *server)
{
  CommsUnitStreams *streams;
  guint changed;

  while ((streams = comms_streams_next (server->streams, &changed)) != NULL) {
    CommsBbtUnit *unit = streams->link < server->network->n_links ? server->bbts[streams->link] : NULL;
    if (unit != NULL && unit->streams == streams && unit->session != NULL)
      acknowledge (unit->session, changed);
  }
}
