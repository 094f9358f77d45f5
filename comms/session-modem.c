/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transparent modem's session: who is calling, then its units polled. */
#include "bbt-private.h"

#include "session-log.h"

#include <math.h>

typedef CommsSessionState State;

/* ---- what the poller does with the connection -------------------------------------------- */

/* Eight bytes, one request at a time: they go at once or the connection has been dead for long. */
static gboolean
send_bytes (gpointer owner, const guint8 *bytes, gsize length)
{
  CommsSession *session = owner;
  uv_buf_t buffer = uv_buf_init ((char *) bytes, length);

  if (uv_try_write ((uv_stream_t *) session->tcp, &buffer, 1) == (int) length)
    return TRUE;
  comms_session_close (session, COMMS_SESSION_CLOGGED, NULL);
  return FALSE;
}

static void
wait_until (gpointer owner, gint64 at)
{
  comms_session_wait_until (owner, at);
}

static void
block (gpointer owner)
{
  CommsSession *session = owner;

  comms_session_read (session, FALSE);
  comms_deadlines_remove (&session->server->loop.deadlines, &session->deadline);
}

static void
silent (gpointer owner)
{
  comms_session_close (owner, COMMS_SESSION_SILENT, NULL);
}

static const CommsPollerCalls calls = { send_bytes, wait_until, block, silent };

static State
used (CommsSession *session, gsize n)
{
  comms_session_skip (session, n);
  return COMMS_SESSION_POLLING;
}

State
comms_modem_bytes (CommsSession *session)
{
  return used (session, comms_poller_take (&session->poller, session->bytes, session->n_bytes));
}

State
comms_modem_due (CommsSession *session)
{
  return used (session, comms_poller_due (&session->poller, session->bytes, session->n_bytes));
}

State
comms_modem_room (CommsSession *session)
{
  if (session->poller.state != COMMS_POLLER_BLOCKED)
    return COMMS_SESSION_POLLING;
  comms_session_read (session, TRUE);
  return used (session, comms_poller_resume (&session->poller, session->bytes, session->n_bytes));
}

/* ---- orders ------------------------------------------------------------------------------ */

static const char *
pass_on (CommsSession *session, CommsModem *modem, CommsOrder *order)
{
  if (session == NULL || session->state == COMMS_SESSION_LEAVING)
    return "the unit is not connected";
  if (session->is_bbt) {
    g_queue_push_tail (&modem->orders, order);
    comms_bbt_through_wake (session);
    return NULL;
  }
  comms_poller_order (&session->poller, order);
  if (session->poller.state == COMMS_POLLER_RESTING)
    comms_session_wait_until (session, 0);
  return NULL;
}

void
comms_modem_take_order (CommsSessionServer *server, CommsOrder *order)
{
  CommsModem *modem = server->modems[order->link];
  CommsBbtUnit *bbt = server->bbts[order->link];
  const char *why = pass_on (bbt != NULL ? bbt->session : modem->session, modem, order);

  if (why == NULL)
    return;
  comms_session_server_give (server, comms_order_not_done (order, why, comms_session_server_now (server)));
  comms_order_free (order);
}

/* ---- who is calling ---------------------------------------------------------------------- */

/* Adds what the modem's meters have counted so far to its log, @sign times. */
static void
log_traffic (CommsModem *modem, int sign)
{
  CommsTraffic traffic;

  comms_modem_traffic (modem, G_MAXUINT, &traffic);
  modem->log.frames_out += sign * traffic.requests;
  modem->log.frames_in += sign * gdp_histogram_total (&traffic.answers);
  modem->log.records += sign * modem->taken;
  modem->log.resends += sign * traffic.retries;
  modem->log.bytes_in += sign * traffic.bytes_in;
  modem->log.bytes_out += sign * traffic.bytes_out;
}

static State
identified (CommsSession *session, guint link, gsize length)
{
  CommsSessionServer *server = session->server;

  if (link == G_MAXUINT) {
    comms_session_send_elsewhere (session, session->bytes, length, session->bytes, session->n_bytes);
    return COMMS_SESSION_CLOSED;
  }
  CommsModem *modem = server->modems[link];
  g_autofree char *address = comms_session_address ((struct sockaddr *) &session->peer, TRUE);

  if (server->same != NULL && !server->same[link]) {
    comms_session_close (session, COMMS_SESSION_CHANGED, NULL);
    return COMMS_SESSION_CLOSED;
  }
  if (modem->session != NULL)
    comms_session_close (modem->session, COMMS_SESSION_REPLACED, NULL);
  modem->session = session;
  session->modem = modem;
  comms_session_log_open (session, link, &modem->log, NAN, -1);
  log_traffic (modem, -1);
  comms_session_skip (session, length);
  comms_meter_count (modem->meter, bytes_in, length);
  comms_modem_begin (modem, server->network, g_get_monotonic_time ());
  comms_session_server_event (server, GDP_EVENT_SESSION_OPENED, link, address);
  comms_session_server_give (server, comms_report_new (COMMS_REPORT_LINK_WORKING, G_MAXUINT, link,
                                                       comms_session_server_now (server), 0));
  comms_poller_init (&session->poller, server, modem, &calls, session);
  return used (session, comms_poller_start (&session->poller, session->bytes, session->n_bytes));
}

State
comms_modem_identify (CommsSession *session)
{
  const CommsSessionSettings *settings = &session->server->settings;
  gint64 last = session->started + settings->registration_time * G_USEC_PER_SEC;
  gint64 settled = g_get_monotonic_time () + settings->quiet_time * G_USEC_PER_SEC;
  gboolean too_long = session->n_bytes > COMMS_REGISTRATION_MAX;
  gsize length = 0;
  guint link = 0;
  CommsRegistrationMatch match = comms_registrations_match (session->server->registrations, session->bytes,
                                                            session->n_bytes, &link, &length);

  if (match == COMMS_REGISTRATION_KNOWN || (match == COMMS_REGISTRATION_PERHAPS && too_long))
    return identified (session, link, length);
  if (too_long) {
    comms_session_close (session, COMMS_SESSION_UNKNOWN, "longer than any registration");
    return COMMS_SESSION_CLOSED;
  }
  comms_session_wait_until (session, match == COMMS_REGISTRATION_PART ? last : MIN (settled, last));
  return match == COMMS_REGISTRATION_PART ? COMMS_SESSION_REGISTERING : COMMS_SESSION_SETTLING;
}

State
comms_modem_settle (CommsSession *session)
{
  gsize length = 0;
  guint link = 0;
  CommsRegistrationMatch match = comms_registrations_match (session->server->registrations, session->bytes,
                                                            session->n_bytes, &link, &length);

  if (match == COMMS_REGISTRATION_PERHAPS)
    return identified (session, link, length);
  comms_session_close (session, COMMS_SESSION_UNKNOWN, NULL);
  return COMMS_SESSION_CLOSED;
}

State
comms_modem_unregistered (CommsSession *session)
{
  comms_session_close (session, COMMS_SESSION_UNREGISTERED, NULL);
  return COMMS_SESSION_CLOSED;
}

void
comms_modem_ended (CommsSession *session, CommsSessionEnd why, const char *reason)
{
  CommsSessionServer *server = session->server;
  g_autofree char *address = comms_session_address ((const struct sockaddr *) &session->peer, TRUE);
  g_autofree char *text = g_strdup_printf ("%s: %s", address, reason);

  log_traffic (session->modem, +1);
  comms_session_log_close (session, session->modem->link, &session->modem->log, why, reason);
  if (why == COMMS_SESSION_STOPPED)
    return;
  comms_session_server_event (server, GDP_EVENT_SESSION_CLOSED, session->modem->link, text);
  if (why == COMMS_SESSION_REPLACED)
    return;
  CommsReport *lost = comms_report_new (COMMS_REPORT_LINK_FAILED, G_MAXUINT, session->modem->link,
                                        comms_session_server_now (server), 0);
  lost->detail = g_strdup (reason);
  comms_session_server_give (server, lost);
}
