/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session of a BBT, the server's side of PROTOCOL.md 3: which frame may come when, and what ends it. */
#include "bbt-private.h"

#include "session-log.h"

typedef CommsSessionState State;

gboolean
comms_bbt_is_open (const CommsSession *session)
{
  return session->state >= COMMS_SESSION_OPEN && session->state <= COMMS_SESSION_LEAVING;
}

State
comms_bbt_enter (CommsSession *session, State state)
{
  if (session->state != COMMS_SESSION_CLOSED)
    session->state = state;
  return session->state;
}

State
comms_bbt_fail (CommsSession *session, CommsSessionEnd why, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  comms_session_close (session, why, detail);
  return COMMS_SESSION_CLOSED;
}

enum { UDP_PATIENCE = 12 };   /* times the registration's time: who gets no answer comes again after 5, 15, 35, 75 s */

/* ---- time -------------------------------------------------------------------------------- */

static gint64
idle_end (const CommsSession *session)
{
  const CommsSessionSettings *settings = &session->server->settings;
  double patience = comms_bbt_is_open (session) ? settings->idle_time : settings->registration_time;

  if (session->is_udp && !comms_bbt_is_open (session))
    patience *= UDP_PATIENCE;
  return session->started + (gint64) (patience * G_USEC_PER_SEC);
}

void
comms_bbt_set_alarm (CommsSession *session)
{
  gint64 at;

  if (session->state == COMMS_SESSION_CLOSED)
    return;
  at = idle_end (session);
  if (comms_bbt_is_open (session)) {
    if (session->bbt->asked.task != 0)
      at = MIN (at, session->bbt->asked.until);
    at = MIN (at, comms_bbt_through_until (session));
  }
  /* Later than what is set already is no reason to touch it: it rings, and is set anew. */
  if (session->deadline.place == 0 || at < session->deadline.at)
    comms_session_wait_until (session, at);
}

State
comms_bbt_due (CommsSession *session)
{
  gint64 now = g_get_monotonic_time ();

  if (now >= idle_end (session)) {
    comms_session_close (session, comms_bbt_is_open (session) ? COMMS_SESSION_IDLE
                         : session->is_udp ? COMMS_SESSION_FORGOTTEN : COMMS_SESSION_SLOW, NULL);
    return COMMS_SESSION_CLOSED;
  }
  if (comms_bbt_is_open (session) && session->bbt->asked.task != 0 && now >= session->bbt->asked.until)
    comms_bbt_unanswered (session);
  if (comms_bbt_is_open (session) && now >= comms_bbt_through_until (session))
    comms_bbt_through_due (session);
  comms_bbt_set_alarm (session);
  return session->state;
}

/* ---- sending ----------------------------------------------------------------------------- */

gboolean
comms_bbt_say (CommsSession *session, const CommsBbtMessage *message)
{
  g_autoptr (GError) error = NULL;
  guint8 frame[COMMS_BBT_FRAME_MAX];
  gsize size = comms_bbt_end_write (&session->end, message, frame, &error);

  if (size == 0) {   /* the sequence has run out, or a value slipped through every check before */
    comms_session_close (session, COMMS_SESSION_UNEXPECTED, error->message);
    return FALSE;
  }
  if (!comms_session_send (session, frame, size)) {
    comms_session_close (session, COMMS_SESSION_CLOGGED, NULL);
    return FALSE;
  }
  if (session->bbt != NULL) {
    comms_meter_count (session->bbt->meter, bytes_out, size);
    session->bbt->modem->log.frames_out++;
    session->bbt->modem->log.bytes_out += size;
  }
  return TRUE;
}

/* ---- small frames ------------------------------------------------------------------------ */

static State
ignore (CommsSession *session, CommsBbtMessage *message)
{
  return session->state;
}

static State
ping (CommsSession *session, CommsBbtMessage *message)
{
  CommsBbtMessage pong = { .type = COMMS_BBT_PONG,
                           .pong = { message->ping.token, comms_session_server_now (session->server) } };

  comms_bbt_say (session, &pong);
  return session->state;
}

static State
bye (CommsSession *session, CommsBbtMessage *message)
{
  session->bbt->next_call = message->bye.next_call;
  comms_bbt_enter (session, COMMS_SESSION_LEAVING);
  return comms_bbt_ask_next (session);
}

static State
fault (CommsSession *session, CommsBbtMessage *message)
{
  const CommsBbtFault *its = &message->fault;
  const char *word = comms_bbt_code_word (COMMS_BBT_FAULTS, its->code);
  g_autofree char *text = comms_registration_printable (its->text.bytes, its->text.length);

  return comms_bbt_fail (session, COMMS_SESSION_FAULTED, "%u, %s%s%s", its->code, word != NULL ? word : "unknown code",
                         *text != '\0' ? ", " : "", text);
}

/* ---- the table --------------------------------------------------------------------------- */

enum { N_TYPES = COMMS_BBT_CLOSE + 1, N_ROWS = COMMS_SESSION_LEAVING - COMMS_SESSION_STRANGER + 1 };

/* What is not in it is FAULT 7. */
static const CommsBbtHandler table[N_ROWS][N_TYPES] = {
  [0 /* STRANGER */] = {
    [COMMS_BBT_IDENT] = comms_bbt_identify, [COMMS_BBT_FAULT] = fault,
  },
  [COMMS_SESSION_CHALLENGED - COMMS_SESSION_STRANGER] = {
    [COMMS_BBT_IDENT] = comms_bbt_identify,   /* over UDP only: CHALLENGE was lost */
    [COMMS_BBT_PROOF] = comms_bbt_prove, [COMMS_BBT_FAULT] = fault,
  },
#define DELIVERIES \
    [COMMS_BBT_FAULT] = fault, [COMMS_BBT_PING] = ping, [COMMS_BBT_PONG] = ignore, \
    [COMMS_BBT_LIVE] = comms_bbt_live, [COMMS_BBT_INCREMENT] = comms_bbt_increment, \
    [COMMS_BBT_ARCHIVE] = comms_bbt_archive, [COMMS_BBT_EVENT] = comms_bbt_event, \
    [COMMS_BBT_PULSE] = comms_bbt_pulse, [COMMS_BBT_SABOTAGE] = comms_bbt_sabotage, \
    [COMMS_BBT_RESULT] = comms_bbt_result
  [COMMS_SESSION_OPEN - COMMS_SESSION_STRANGER] = {
    DELIVERIES, [COMMS_BBT_BYE] = bye,
    [COMMS_BBT_PROOF] = comms_bbt_prove_again,   /* over UDP only: ACCEPT was lost */
    [COMMS_BBT_IDENT] = comms_bbt_identify_again,   /* the same, without key */
    [COMMS_BBT_DATA] = ignore, [COMMS_BBT_CLOSE] = ignore,   /* under way when mode T ended */
  },
  [COMMS_SESSION_THROUGH - COMMS_SESSION_STRANGER] = {
    DELIVERIES, [COMMS_BBT_BYE] = bye,
    [COMMS_BBT_DATA] = comms_bbt_through_data, [COMMS_BBT_CLOSE] = comms_bbt_through_closed,
  },
  [COMMS_SESSION_LEAVING - COMMS_SESSION_STRANGER] = {
    DELIVERIES, [COMMS_BBT_DATA] = ignore, [COMMS_BBT_CLOSE] = ignore,
  },
#undef DELIVERIES
};

static CommsBbtHandler
handler_of (const CommsSession *session, guint8 type)
{
  return type < N_TYPES ? table[session->state - COMMS_SESSION_STRANGER][type] : NULL;
}

/* ---- frames ------------------------------------------------------------------------------ */

static const struct { guint8 fault; CommsSessionEnd end; } ends[] = {
  { COMMS_BBT_FAULT_MALFORMED, COMMS_SESSION_MALFORMED },
  { COMMS_BBT_FAULT_VERSION, COMMS_SESSION_VERSION },
  { COMMS_BBT_FAULT_MAC, COMMS_SESSION_MAC },
  { COMMS_BBT_FAULT_SEQUENCE, COMMS_SESSION_SEQUENCE },
  { COMMS_BBT_FAULT_UNEXPECTED, COMMS_SESSION_UNEXPECTED },
};

static State
end_by (CommsSession *session, const GError *error)
{
  CommsSessionEnd end = COMMS_SESSION_UNEXPECTED;

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (ends[i].fault == comms_bbt_error_fault (error))
      end = ends[i].end;
  comms_session_close (session, end, error->message);
  return COMMS_SESSION_CLOSED;
}

/* A frame that was not understood. Over UDP anybody may have sent it. */
static State
wrong_frame (CommsSession *session, const GError *error)
{
  gboolean others = error->code == COMMS_BBT_ERROR_MAC || error->code == COMMS_BBT_ERROR_SEQUENCE;

  if (session->bbt != NULL)
    comms_meter_fault (session->bbt->meter, GDP_TRAFFIC_WRONG, 0);
  if (session->is_udp && others)
    return session->state;
  return end_by (session, error);
}

static gboolean
is_too_much (CommsSession *session, gsize bytes, gint64 now)
{
  CommsBbtUnit *unit = session->bbt;
  gint64 minute = now / (60 * G_USEC_PER_SEC);

  if (unit->minute != minute) {
    unit->minute = minute;
    unit->traffic = 0;
  }
  unit->traffic += bytes;
  return unit->traffic > session->server->settings.bytes_per_minute;
}

/* What only an open session's frames do. FALSE: it is closed. */
static gboolean
count (CommsSession *session, const CommsBbtFrame *frame)
{
  gint64 now = g_get_monotonic_time ();

  comms_meter_count (session->bbt->meter, bytes_in, frame->size);
  session->bbt->modem->log.frames_in++;
  session->bbt->modem->log.bytes_in += frame->size;
  if (is_too_much (session, frame->size, now)) {
    comms_bbt_fail (session, COMMS_SESSION_TRAFFIC, "more than %u bytes in a minute",
                    session->server->settings.bytes_per_minute);
    return FALSE;
  }
  session->started = now;
  return TRUE;
}

/* MAC and sequence. Over UDP the frame that says again what ACCEPT answered comes as it came before that. */
static gboolean
is_genuine (CommsSession *session, const CommsBbtFrame *frame, GError **error)
{
  CommsBbtEnd *end = &session->end;
  gboolean again = session->is_udp && session->call != NULL && comms_bbt_is_open (session)
                   && (frame->type == COMMS_BBT_PROOF || frame->type == COMMS_BBT_IDENT);

  if (again)
    end->has_mac = FALSE;
  gboolean genuine = comms_bbt_end_check (end, frame, error);
  if (again)
    end->has_mac = session->call->with_key;
  return genuine;
}

/* In the order of checks that PROTOCOL.md 1 gives. */
static State
take (CommsSession *session, const CommsBbtFrame *frame)
{
  g_autoptr (GError) error = NULL;
  const CommsBbtTypeInfo *info = comms_bbt_type_info (frame->type);
  gboolean open = comms_bbt_is_open (session);
  CommsBbtMessage message;

  session->about = frame->sequence;
  if (!is_genuine (session, frame, &error))
    return wrong_frame (session, error);
  if (open && !count (session, frame))
    return COMMS_SESSION_CLOSED;
  CommsBbtHandler handler = handler_of (session, frame->type);
  if (handler == NULL && info == NULL && open) {   /* of a later version */
    comms_meter_fault (session->bbt->meter, GDP_TRAFFIC_WRONG, 0);
    return session->state;
  }
  if (handler == NULL)
    return comms_bbt_fail (session, COMMS_SESSION_UNEXPECTED, "%s", info != NULL ? info->name : "unknown type");
  if (!comms_bbt_decode (frame, &message, &error))
    return wrong_frame (session, error);
  if (open && session->call != NULL && frame->type != COMMS_BBT_PROOF && frame->type != COMMS_BBT_IDENT)
    comms_bbt_end_call (session);
  return handler (session, &message);
}

static State
block (CommsSession *session)
{
  session->is_blocked = TRUE;
  comms_session_read (session, FALSE);
  return session->state;
}

/* One frame; the session's mover comes again while there is more. */
State
comms_bbt_bytes (CommsSession *session)
{
  CommsBbtFrame frame;

  if (session->is_blocked || session->n_bytes == 0)
    return session->state;
  if (!comms_session_server_has_room (session->server))
    return block (session);
  session->about = 0;
  CommsBbtParse parse = comms_bbt_frame_parse (session->bytes, session->n_bytes, &frame, NULL);
  if (parse == COMMS_BBT_BAD) {
    g_autoptr (GError) error = NULL;
    comms_bbt_frame_parse (session->bytes, session->n_bytes, &frame, &error);
    return end_by (session, error);
  }
  if (parse == COMMS_BBT_MORE)
    return session->state;
  comms_session_skip (session, frame.size);
  session->server->frame = &frame;
  State state = take (session, &frame);
  session->server->frame = NULL;
  if (session->state != COMMS_SESSION_CLOSED && comms_bbt_is_open (session))
    comms_bbt_set_alarm (session);
  return state;
}

State
comms_bbt_room (CommsSession *session)
{
  if (session->is_blocked) {
    session->is_blocked = FALSE;
    comms_session_read (session, TRUE);
  }
  if (comms_bbt_is_open (session))
    comms_bbt_through_room (session);
  return session->state == COMMS_SESSION_CLOSED ? COMMS_SESSION_CLOSED : comms_bbt_bytes (session);
}

/* ---- its end ----------------------------------------------------------------------------- */

static void
say_fault (CommsSession *session, CommsSessionEnd why, guint8 code, guint16 wait, const char *detail)
{
  gboolean proven = session->bbt != NULL && session->bbt->session == session;
  const CommsBbtFrame *asked = session->server->frame;
  CommsBbtMessage message = {
    .type = COMMS_BBT_FAULT,
    .fault = { .code = code, .about = session->about, .wait = wait,
               .text = { (const guint8 *) detail, proven && detail != NULL ? MIN (strlen (detail), 64) : 0 } },
  };
  guint8 frame[COMMS_BBT_FRAME_MAX];
  gsize size = comms_bbt_end_write (&session->end, &message, frame, NULL);

  /* Over UDP the address may be forged: no answer is longer than what it answers. */
  if (session->is_udp && !proven && (asked == NULL || size > asked->size))
    return;
  if (size > 0)
    (void) comms_session_send (session, frame, size);   /* it ends all the same */
}

/* A caller that has proved nothing. */
static void
refuse (CommsSession *session, const char *reason)
{
  const CommsBbtIdent *ident = session->call != NULL ? &session->call->ident : NULL;
  g_autofree char *address = comms_session_address ((const struct sockaddr *) &session->peer, FALSE);
  g_autofree char *who = NULL;

  if (ident != NULL)
    who = g_strdup_printf ("BBT %s (%s, IMEI %" G_GUINT64_FORMAT ")", ident->serial, ident->model, ident->imei);
  else
    who = comms_registration_printable (session->bytes, session->n_bytes);
  comms_session_server_refuse (session->server, address, ident != NULL ? ident->serial : NULL, who, reason);
}

static void
tell_journal (CommsSession *session, CommsSessionEnd why, const char *reason)
{
  CommsSessionServer *server = session->server;
  CommsBbtUnit *unit = session->bbt;
  g_autofree char *address = comms_session_address ((const struct sockaddr *) &session->peer, TRUE);
  g_autofree char *text = g_strdup_printf ("%s: %s", address, reason);

  comms_session_server_event (server, GDP_EVENT_SESSION_CLOSED, unit->link, text);
  if (why == COMMS_SESSION_NEWER || why == COMMS_SESSION_RENEWED)
    return;
  CommsReport *lost = comms_report_new (COMMS_REPORT_LINK_FAILED, G_MAXUINT, unit->link,
                                        comms_session_server_now (server), 0);
  lost->detail = g_strdup (reason);
  comms_session_server_give (server, lost);
  CommsReport *expected = comms_report_new (COMMS_REPORT_LINK_EXPECTED, G_MAXUINT, unit->link,
                                            comms_session_server_now (server), 0);
  expected->next_call = unit->next_call;
  comms_session_server_give (server, expected);
}

void
comms_bbt_ended (CommsSession *session, CommsSessionEnd why, guint8 code, guint16 wait, const char *reason,
                 const char *detail)
{
  CommsBbtUnit *unit = session->bbt;
  gboolean proven = unit != NULL && unit->session == session;

  if (code != 0)
    say_fault (session, why, code, wait, detail);
  if (!proven && why != COMMS_SESSION_STOPPED && why != COMMS_SESSION_PASSED_ON)
    refuse (session, reason);
  if (session->call != NULL)
    comms_bbt_end_call (session);
  if (!proven)
    return;
  unit->seen = comms_session_server_now (session->server);
  comms_session_log_close (session, unit->link, &unit->modem->log, why, reason);
  comms_bbt_end_asking (session, reason);
  comms_bbt_through_end (unit);
  comms_bbt_unit_reset (unit);
  if (why != COMMS_SESSION_STOPPED)
    tell_journal (session, why, reason);
  comms_bbt_tell_device (session->server, unit);
}
