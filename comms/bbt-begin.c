/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who calls: IDENT, CHALLENGE, PROOF, ACCEPT (PROTOCOL.md 3, 4). */
#include "bbt-private.h"

#include <string.h>
#include <sys/random.h>

#include "bbt-event.h"
#include "session-log.h"
#include "udp.h"
#include "waited.h"

typedef CommsSessionState State;

enum {
  CALLERS_MAX = 8,         /* of one serial at a time: more is somebody trying keys, or forging addresses */
  WANTED = 1 << COMMS_BBT_STREAM_ARCHIVE | 1 << COMMS_BBT_STREAM_EVENTS | 1 << COMMS_BBT_STREAM_HOURLY
           | 1 << COMMS_BBT_STREAM_DAILY,
};

void
comms_bbt_end_call (CommsSession *session)
{
  CommsBbtCall *call = g_steal_pointer (&session->call);

  if (call->counted)
    session->bbt->n_callers--;
  g_free (call->payload);
  explicit_bzero (call, sizeof *call);
  g_free (call);
}

void
comms_bbt_adopt (CommsSessionServer *server, guint n_units, const gboolean *same)
{
  CommsBbtUnit **before = server->bbts;

  server->bbts = comms_bbt_units_new (server->network, server->modems, server->keys, server->streams);
  for (guint i = 0; i < n_units; i++)
    if (before[i] != NULL && !same[i])
      comms_bbt_drop_orders (server, before[i]);
  if (before != NULL)
    comms_bbt_units_adopt (before, n_units, server->bbts, same);
  g_hash_table_remove_all (server->by_serial);
  for (guint i = 0; i < server->network->n_links; i++)
    if (server->bbts[i] != NULL)
      g_hash_table_insert (server->by_serial, (char *) server->bbts[i]->serial, server->bbts[i]);
  for (guint i = 0; i < server->network->n_links; i++)
    if (server->bbts[i] != NULL && server->bbts[i]->session != NULL)
      comms_bbt_ask_next (server->bbts[i]->session);
}

/* ---- ACCEPT ------------------------------------------------------------------------------ */

/* It says of itself what the one that called before did not. */
static gboolean
is_other_board (const CommsUnitStreams *known, const CommsBbtIdent *ident)
{
  return known->knows_board
         && (known->hardware != ident->hardware || (known->imei != 0 && ident->imei != 0 && known->imei != ident->imei));
}

static char *
board_text (guint64 imei, guint8 hardware)
{
  return g_strdup_printf ("IMEI %" G_GUINT64_FORMAT ", hardware %u", imei, hardware);
}

/* NULL: nothing of what it tells would be taken for a resend of another's. Else why it would. (transfer full) */
static char *
mistakable (const CommsBbtUnit *unit, const CommsBbtIdent *ident)
{
  const CommsUnitStreams *known = unit->streams;
  guint32 boot = comms_unit_streams_boot (unit->streams);
  g_autofree char *before = board_text (known->imei, known->hardware), *now = board_text (ident->imei, ident->hardware);

  if (ident->boot < boot)
    return g_strdup_printf ("it has started %u times, but records of start %u are here already", ident->boot, boot);
  if (boot != 0 && ident->boot == boot && is_other_board (known, ident))
    return g_strdup_printf ("another board (%s; it was %s) counts its starts like the old one, %u, and its records would "
                            "be taken for those that are here already", now, before, boot);
  return NULL;
}

/* NULL: it may well be the same unit that called before. Else what speaks against it. (transfer full) */
static char *
contradiction (const CommsSessionServer *server, const CommsBbtUnit *unit, const CommsBbtIdent *ident)
{
  g_autofree char *mistaken = mistakable (unit, ident);

  if (mistaken != NULL)
    return g_strdup_printf ("%s; if its board was replaced: gdpctl forget %s", mistaken,
                            server->network->links[unit->link].id);
  if (unit->session != NULL && unit->ident.imei != 0 && ident->imei != 0 && unit->ident.imei != ident->imei)
    return g_strdup_printf ("IMEI %" G_GUINT64_FORMAT " calls while %" G_GUINT64_FORMAT " is in session",
                            ident->imei, unit->ident.imei);
  return NULL;
}

/* How often a session was replaced by the next: one unit does so when its link is bad, two do so for ever. */
static void
watch_flapping (CommsSession *session, gint64 now)
{
  enum { TIMES = 6, WINDOW = 600 };
  CommsBbtUnit *unit = session->bbt;

  if (now - unit->flaps_since > WINDOW * G_USEC_PER_SEC) {
    unit->flaps_since = now;
    unit->flaps = 0;
  }
  if (++unit->flaps != TIMES)
    return;
  g_autofree char *text = g_strdup_printf ("called again %u times in ten minutes while in session: a very bad link, "
                                           "or two units with the serial %s", unit->flaps, unit->serial);
  comms_session_server_event (session->server, GDP_EVENT_NOTE, unit->link, text);
}

static gboolean
say_accept (CommsSession *session)
{
  CommsSessionServer *server = session->server;
  CommsBbtUnit *unit = session->bbt;
  gboolean stay = server->network->links[unit->link].stays_connected || unit->modem->n_units > 0;
  CommsBbtMessage message = {
    .type = COMMS_BBT_ACCEPT,
    .accept = { .time = comms_session_server_now (server), .idle = server->settings.idle_time, .wanted = WANTED,
                .flags = (stay ? COMMS_BBT_ACCEPT_STAY : 0)
                         | (comms_bbt_wants_anything (session) ? COMMS_BBT_ACCEPT_MORE : 0) },
  };

  return comms_bbt_say (session, &message);
}

static gboolean
has_tamper_point (const CommsBbtUnit *unit)
{
  for (guint bit = GDP_REPORT_WIRE; bit <= GDP_REPORT_MAGNET; bit++)
    if (comms_bbt_unit_item (unit, GDP_TABLE_REPORT_BITS, bit) != NULL)
      return TRUE;
  return FALSE;
}

static void
tell_remark (CommsSession *session, GdpRemark remark)
{
  CommsSessionServer *server = session->server;
  guint link = session->bbt->link;
  CommsReport *report = comms_report_new (COMMS_REPORT_EVENT, G_MAXUINT, link, comms_session_server_now (server), 0);

  report->event = comms_session_server_make_event (server, GDP_EVENT_UNIT_SAID, link, NULL);
  comms_bbt_remark_tell (server->network, session->bbt, remark, NULL, report->event);
  comms_session_server_give (server, report);
}

static void
tell_begin (CommsSession *session)
{
  CommsSessionServer *server = session->server;
  CommsBbtUnit *unit = session->bbt;
  const char *cause = comms_bbt_code_word (COMMS_BBT_CAUSES, unit->ident.cause);
  g_autofree char *address = comms_session_address ((const struct sockaddr *) &session->peer, TRUE);
  g_autofree char *text = g_strdup_printf ("%s%s, called because of: %s%s", session->is_udp ? "UDP " : "", address,
                                           cause != NULL ? cause : "an unknown cause",
                                           unit->authenticated ? "" : "; not authenticated: its link asks for no key");

  comms_session_server_event (server, GDP_EVENT_SESSION_OPENED, unit->link, text);
  comms_session_server_give (server, comms_report_new (COMMS_REPORT_LINK_WORKING, G_MAXUINT, unit->link,
                                                       comms_session_server_now (server), 0));
  if ((unit->ident.flags & COMMS_BBT_UNIT_LOST_RECORDS) != 0)
    tell_remark (session, GDP_REMARK_OVERFLOW);
  if ((unit->ident.flags & COMMS_BBT_UNIT_TAMPERED) == 0)
    comms_bbt_untampered (session);
  else if (!has_tamper_point (unit))
    tell_remark (session, GDP_REMARK_TAMPERED);
  comms_bbt_tell_device (server, unit);
}

/* Its records go on under later starts, so nothing is lost; but who looks after it wants to know. */
static void
note_board (CommsSession *session, const CommsBbtIdent *ident)
{
  CommsUnitStreams *known = session->bbt->streams;

  if (is_other_board (known, ident)) {
    g_autofree char *before = board_text (known->imei, known->hardware), *now = board_text (ident->imei, ident->hardware);
    g_autofree char *text = g_strdup_printf ("another board or modem than before: %s; it was %s", now, before);
    comms_session_server_event (session->server, GDP_EVENT_NOTE, session->bbt->link, text);
  }
  known->imei = ident->imei;
  known->hardware = ident->hardware;
  known->knows_board = TRUE;
}

void
comms_bbt_forget (CommsSessionServer *server, CommsBbtUnit *unit)
{
  if (unit->session != NULL)
    comms_session_close (unit->session, COMMS_SESSION_CHANGED, "its old board is forgotten");
  comms_unit_streams_forget (unit->streams);
  unit->called = FALSE;
  unit->ident = (CommsBbtIdent) { 0 };
  comms_bbt_tell_forgotten (server, unit);
}

static void
become_the_session (CommsSession *session)
{
  CommsBbtUnit *unit = session->bbt;
  CommsBbtCall *call = session->call;

  comms_bbt_unit_reset (unit);
  unit->session = session;
  unit->ident = call->ident;
  unit->authenticated = call->with_key;
  unit->connected = unit->seen = call->received;
  unit->next_call = 0;
  unit->streams->n_sessions++;
  note_board (session, &unit->ident);
  comms_bbt_clock_learn (&unit->clock, call->ident.time, call->received, call->ident.clock);
  if (call->with_key)
    comms_bbt_end_start_mac (&session->end, &call->mac);
  if (call->counted) {
    call->counted = FALSE;
    unit->n_callers--;
  }
  if (unit->called)
    comms_meter_fault (unit->modem->meter, GDP_TRAFFIC_RECONNECT, 0);
  unit->called = TRUE;
  comms_session_log_open (session, unit->link, &unit->modem->log, comms_bbt_signal (&unit->ident), unit->ident.cause);
}

/* FAULT 9 to the older session would meet the newer one. */
static gboolean
is_here (const CommsSession *session, const CommsSession *older)
{
  return session->is_udp && older->is_udp && memcmp (&session->peer, &older->peer, sizeof session->peer) == 0;
}

static State
accept_unit (CommsSession *session)
{
  CommsBbtUnit *unit = session->bbt;
  g_autofree char *against = contradiction (session->server, unit, &session->call->ident);

  if (against != NULL) {
    comms_session_server_event (session->server, GDP_EVENT_SESSION_REFUSED, unit->link, against);
    return comms_bbt_fail (session, COMMS_SESSION_OTHER_UNIT, "%s", against);
  }
  if (unit->session != NULL) {
    watch_flapping (session, g_get_monotonic_time ());
    comms_session_close (unit->session, is_here (session, unit->session) ? COMMS_SESSION_RENEWED
                                                                          : COMMS_SESSION_NEWER, NULL);
  }
  become_the_session (session);
  if (session->is_udp)
    comms_udp_open (session->server->udp, session);
  session->started = g_get_monotonic_time ();
  comms_bbt_enter (session, COMMS_SESSION_OPEN);
  if (!say_accept (session))
    return COMMS_SESSION_CLOSED;
  if (!session->is_udp)
    comms_bbt_end_call (session);   /* over UDP ACCEPT may have to be said again */
  tell_begin (session);
  comms_bbt_through_begin (session);
  return comms_bbt_ask_next (session);
}

/* ---- IDENT, PROOF ------------------------------------------------------------------------ */

static State
say_challenge (CommsSession *session)
{
  CommsBbtMessage message = { .type = COMMS_BBT_CHALLENGE };

  memcpy (message.challenge.nonce, session->call->nonce, sizeof message.challenge.nonce);
  return comms_bbt_say (session, &message) ? session->state : COMMS_SESSION_CLOSED;
}

static State
challenge (CommsSession *session)
{
  CommsBbtUnit *unit = session->bbt;
  CommsBbtCall *call = session->call;

  if (unit->n_callers >= CALLERS_MAX)
    return comms_bbt_fail (session, COMMS_SESSION_BUSY, "%u calls with serial %s have not proved themselves yet",
                           unit->n_callers, unit->serial);
  if (getrandom (call->nonce, sizeof call->nonce, 0) != sizeof call->nonce)
    return comms_bbt_fail (session, COMMS_SESSION_BUSY, "no random numbers");
  comms_bbt_proof_make (unit->key, call->payload, call->length, call->nonce, call->proof);
  comms_bbt_session_mac (unit->key, &call->ident, call->nonce, &call->mac);
  call->with_key = TRUE;
  unit->n_callers++;
  call->counted = TRUE;
  comms_bbt_enter (session, COMMS_SESSION_CHALLENGED);
  return say_challenge (session);
}

/* How old the time in IDENT is: over UDP it is sent again as it was, and what came first may be lost. Its
 * sequence tells which sending it is (PROTOCOL.md 6, 10). */
static gint64
waited_before (const CommsSession *session)
{
  static const guint seconds[] = { 0, 5, 15, 35, 75 };
  guint32 sending = session->server->frame->sequence;

  return session->is_udp && sending >= 1 ? seconds[MIN (sending, G_N_ELEMENTS (seconds)) - 1] * GDP_SECOND : 0;
}

/* How long IDENT had been here before it was read. Of a datagram that another server has passed on nobody knows. */
static gint64
waited_here (CommsSession *session)
{
  uv_os_fd_t fd;

  if (session->is_udp)
    return session->hops == 0 ? comms_udp_waited (session->server->udp) : 0;
  return uv_fileno ((uv_handle_t *) session->tcp, &fd) == 0 ? comms_waited_stream (fd) : 0;
}

/* Payload as it was sent, whatever it has grown by: the proof is over all of it. */
static void
begin_call (CommsSession *session, const CommsBbtIdent *ident)
{
  const CommsBbtFrame *frame = session->server->frame;
  CommsBbtCall *call = g_new0 (CommsBbtCall, 1);

  call->ident = *ident;
  call->payload = g_memdup2 (frame->payload, frame->length);
  call->length = frame->length;
  call->received = comms_session_server_now (session->server) - waited_here (session);
  call->ident.time += waited_before (session);
  session->call = call;
}

gboolean
comms_bbt_is_same_call (const CommsSession *session, const CommsBbtFrame *frame)
{
  const CommsBbtCall *call = session->call;

  return call != NULL && call->length == frame->length && memcmp (call->payload, frame->payload, frame->length) == 0;
}

State
comms_bbt_identify (CommsSession *session, CommsBbtMessage *message)
{
  CommsSessionServer *server = session->server;
  const CommsBbtIdent *ident = &message->ident;

  if (session->state == COMMS_SESSION_CHALLENGED && !session->is_udp)
    return comms_bbt_fail (session, COMMS_SESSION_UNEXPECTED, "a second IDENT");
  if (session->state == COMMS_SESSION_CHALLENGED && comms_bbt_is_same_call (session, server->frame))
    return say_challenge (session);
  if (session->call != NULL)
    comms_bbt_end_call (session);
  begin_call (session, ident);
  session->bbt = g_hash_table_lookup (server->by_serial, ident->serial);
  if (session->bbt == NULL && comms_session_is_elsewhere (session, ident->serial))
    return COMMS_SESSION_CLOSED;
  if (session->bbt == NULL && server->network->serials_elsewhere != NULL
      && g_hash_table_contains (server->network->serials_elsewhere, ident->serial))
    return comms_bbt_fail (session, COMMS_SESSION_ELSEWHERE, "its link is not this server's");
  if (session->bbt == NULL)
    return comms_bbt_fail (session, COMMS_SESSION_UNKNOWN_SERIAL, "no link has it");
  if (server->same != NULL && !server->same[session->bbt->link])
    return comms_bbt_fail (session, COMMS_SESSION_CHANGED, "just now");
  if (ident->authentication == 0 && server->network->links[session->bbt->link].keyless)
    return accept_unit (session);
  if (ident->authentication != 1)
    return comms_bbt_fail (session, COMMS_SESSION_NO_PROOF, "it offers way %u", ident->authentication);
  if (session->bbt->key == NULL)
    return comms_bbt_fail (session, COMMS_SESSION_NO_KEY, "the file of keys has none");
  return challenge (session);
}

/* Only with UDP `call` is still there, until the unit has shown that it knows of its ACCEPT. */
State
comms_bbt_identify_again (CommsSession *session, CommsBbtMessage *message)
{
  if (!session->is_udp)
    return comms_bbt_fail (session, COMMS_SESSION_UNEXPECTED, "IDENT");
  if (comms_bbt_is_same_call (session, session->server->frame) && !session->call->with_key)
    say_accept (session);
  return session->state;
}

State
comms_bbt_prove (CommsSession *session, CommsBbtMessage *message)
{
  if (!comms_bbt_same (message->proof.proof, session->call->proof, COMMS_BBT_PROOF_SIZE))
    return comms_bbt_fail (session, COMMS_SESSION_PROOF, "serial %s", session->bbt->serial);
  return accept_unit (session);
}

/* Only with UDP `call` is still there, until the unit has shown that it knows of its ACCEPT. */
State
comms_bbt_prove_again (CommsSession *session, CommsBbtMessage *message)
{
  if (session->call == NULL || !session->is_udp)
    return comms_bbt_fail (session, COMMS_SESSION_UNEXPECTED, "PROOF");
  if (comms_bbt_same (message->proof.proof, session->call->proof, COMMS_BBT_PROOF_SIZE))
    say_accept (session);
  return session->state;
}
