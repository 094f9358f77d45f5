/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mode T: slaves behind a unit, polled with Modbus RTU inside DATA frames (PROTOCOL.md 9). The channel is
 * opened when one of them is due, and closed when none will be for a while or something else is to be asked. */
#include "bbt-private.h"

#include <string.h>

typedef CommsSessionState State;

enum {
  PORT_RS485 = 0,
  IDLE_S = 60,                          /* the unit closes by itself after so long without DATA */
  LINGER = 10 * G_USEC_PER_SEC,         /* not closed for a shorter rest than this */
  PAUSE = 30 * G_USEC_PER_SEC,          /* before it is tried again when it failed */
};

struct CommsBbtThrough {
  CommsPoller poller;
  gint64      at;          /* monotonic µs: the poller's deadline, or when to open again */
  gboolean    yield;       /* mode C is wanted */
  gboolean    busy, over;  /* the poller is at work; the session ended under it */
  guint       n_held;
  guint8      held[2 * COMMS_RTU_MAX];   /* bytes that the poller could not use yet */
};

/* ---- what the poller does with the channel ------------------------------------------------------- */

static gboolean
send_bytes (gpointer owner, const guint8 *bytes, gsize length)
{
  CommsBbtMessage message = { .type = COMMS_BBT_DATA, .data = { .bytes = { bytes, length } } };

  return comms_bbt_say (owner, &message);
}

static void
wait_until (gpointer owner, gint64 at)
{
  ((CommsSession *) owner)->bbt->through->at = at;
}

static void
block (gpointer owner)
{
  ((CommsSession *) owner)->bbt->through->at = G_MAXINT64;
}

static void
silent (gpointer owner)
{
  /* The unit itself speaks, so it is not hung up on: after_poll() sees that the poller is over. */
}

static const CommsPollerCalls calls = { send_bytes, wait_until, block, silent };

/* ---- opening and closing --------------------------------------------------------------------------- */

static void
start_anew (CommsSession *session, gint64 at)
{
  CommsBbtThrough *through = session->bbt->through;

  comms_poller_clear (&through->poller);
  comms_poller_init (&through->poller, session->server, session->bbt->modem, &calls, session);
  through->at = at;
  through->n_held = 0;
  through->yield = FALSE;
}

static State
leave (CommsSession *session, gint64 next)
{
  CommsBbtMessage message = { .type = COMMS_BBT_CLOSE };

  session->bbt->through->at = next;
  session->bbt->through->yield = FALSE;
  if (!comms_bbt_say (session, &message))
    return COMMS_SESSION_CLOSED;
  comms_bbt_enter (session, COMMS_SESSION_OPEN);
  return comms_bbt_ask_next (session);
}

/* What the poller's state means for the channel. */
static State
after_poll (CommsSession *session)
{
  CommsBbtThrough *through = session->bbt != NULL ? session->bbt->through : NULL;

  if (session->state != COMMS_SESSION_THROUGH || through == NULL)
    return session->state;
  if (through->poller.state == COMMS_POLLER_OVER) {
    start_anew (session, G_MAXINT64);
    return leave (session, g_get_monotonic_time () + PAUSE);
  }
  if (through->poller.state == COMMS_POLLER_RESTING
      && (through->yield || through->at - g_get_monotonic_time () > LINGER))
    return leave (session, through->at);
  comms_bbt_set_alarm (session);
  return session->state;
}

static void
through_free (CommsBbtThrough *through)
{
  comms_poller_clear (&through->poller);
  g_free (through);
}

typedef gsize (*Input) (CommsPoller *poller, const guint8 *bytes, gsize length);

static State
feed (CommsSession *session, Input input)
{
  CommsBbtThrough *through = session->bbt->through;
  gsize used;

  through->busy = TRUE;
  used = input (&through->poller, through->held, through->n_held);
  through->busy = FALSE;
  if (through->over) {
    through_free (through);
    return session->state;
  }
  memmove (through->held, through->held + used, through->n_held - used);
  through->n_held -= used;
  return after_poll (session);
}

void
comms_bbt_through_begin (CommsSession *session)
{
  CommsBbtUnit *unit = session->bbt;

  if (unit->modem->n_units == 0)
    return;
  comms_modem_begin (unit->modem, session->server->network, g_get_monotonic_time ());
  unit->through = g_new0 (CommsBbtThrough, 1);
  start_anew (session, 0);
}

void
comms_bbt_through_end (CommsBbtUnit *unit)
{
  CommsBbtThrough *through = g_steal_pointer (&unit->through);

  if (through != NULL && through->busy)
    through->over = TRUE;   /* feed() frees it */
  else if (through != NULL)
    through_free (through);
}

gboolean
comms_bbt_through_wanted (CommsSession *session)
{
  const CommsBbtThrough *through = session->bbt->through;

  return through != NULL && session->state == COMMS_SESSION_OPEN && g_get_monotonic_time () >= through->at
         && comms_session_server_has_room (session->server);
}

gint64
comms_bbt_through_until (const CommsSession *session)
{
  const CommsBbtUnit *unit = session->bbt;

  if (unit->through == NULL || session->state == COMMS_SESSION_LEAVING
      || (session->state == COMMS_SESSION_OPEN && unit->asked.task != 0))
    return G_MAXINT64;
  return unit->through->at;
}

void
comms_bbt_through_opened (CommsSession *session)
{
  comms_bbt_enter (session, COMMS_SESSION_THROUGH);
  feed (session, comms_poller_start);
}

void
comms_bbt_through_refused (CommsSession *session, const char *why)
{
  CommsSessionServer *server = session->server;
  CommsModem *modem = session->bbt->modem;

  for (guint i = 0; i < modem->n_units; i++) {
    CommsReport *failure = comms_report_new (COMMS_REPORT_UNIT_FAILED, modem->units[i].unit, modem->link,
                                             comms_session_server_now (server), 0);
    failure->detail = g_strdup_printf ("the BBT does not open its interface: %s", why);
    comms_session_server_give (server, failure);
  }
  start_anew (session, g_get_monotonic_time () + PAUSE);
}

void
comms_bbt_through_due (CommsSession *session)
{
  if (session->state == COMMS_SESSION_THROUGH)
    feed (session, comms_poller_due);
  else if (session->state == COMMS_SESSION_OPEN) {
    comms_bbt_ask_next (session);
    if (session->state == COMMS_SESSION_OPEN && session->bbt->asked.task == 0)   /* no room now: `room` comes */
      session->bbt->through->at = MAX (session->bbt->through->at, g_get_monotonic_time () + G_USEC_PER_SEC);
  }
}

void
comms_bbt_through_room (CommsSession *session)
{
  if (session->state == COMMS_SESSION_THROUGH && session->bbt->through->poller.state == COMMS_POLLER_BLOCKED)
    feed (session, comms_poller_resume);
}

void
comms_bbt_through_wake (CommsSession *session)
{
  session->bbt->through->at = 0;
  if (session->state == COMMS_SESSION_OPEN)
    comms_bbt_ask_next (session);
  if (comms_bbt_is_open (session))
    comms_bbt_set_alarm (session);
}

void
comms_bbt_through_yield (CommsSession *session)
{
  session->bbt->through->yield = TRUE;
  after_poll (session);
}

/* ---- frames ------------------------------------------------------------------------------------------ */

State
comms_bbt_through_data (CommsSession *session, CommsBbtMessage *message)
{
  CommsBbtThrough *through = session->bbt->through;
  const CommsBbtBytes *bytes = &message->data.bytes;

  if (through->n_held + bytes->length > sizeof through->held)
    through->n_held = 0;   /* no answer is that long: it was noise */
  memcpy (through->held + through->n_held, bytes->bytes, bytes->length);
  through->n_held += bytes->length;
  return feed (session, comms_poller_take);
}

/* By the unit: it had nothing to do for long, or its interface failed. */
State
comms_bbt_through_closed (CommsSession *session, CommsBbtMessage *message)
{
  enum { INTERFACE_FAILED = 2 };

  comms_bbt_enter (session, COMMS_SESSION_OPEN);
  if (message->close.reason == INTERFACE_FAILED)
    comms_bbt_through_refused (session, "its interface failed");
  else
    start_anew (session, MAX (session->bbt->through->at, g_get_monotonic_time () + G_USEC_PER_SEC));
  return comms_bbt_ask_next (session);
}
