/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-log.h"

#include "session-private.h"

static void
give (const CommsSession *session, guint link, const GdpSession *log)
{
  CommsSessionServer *server = session->server;
  g_autofree char *address = comms_session_address ((const struct sockaddr *) &session->peer, TRUE);
  CommsReport *report = comms_report_new (COMMS_REPORT_SESSION, G_MAXUINT, link, comms_session_server_now (server), 0);

  report->session = gdp_session_copy (log);
  report->session->peer = g_strdup_printf ("%s %s", session->is_udp ? "udp" : "tcp", address);
  comms_session_server_give (server, report);
}

void
comms_session_log_open (const CommsSession *session, guint link, GdpSession *log, double signal, int cause)
{
  CommsSessionServer *server = session->server;
  gint64 now = comms_session_server_now (server);

  *log = (GdpSession) {
    .link = server->network->links[link].key, .signal = signal, .cause = cause,
    .opened = MAX (now, log->opened + 1),   /* two of them never begin in the same microsecond */
  };
  give (session, link, log);
}

void
comms_session_log_close (const CommsSession *session, guint link, GdpSession *log, CommsSessionEnd end,
                         const char *why)
{
  CommsSessionServer *server = session->server;

  if (log->opened == 0 || log->closed != 0)
    return;
  log->closed = MAX (comms_session_server_now (server), log->opened);
  log->why = (char *) why;
  log->well = end == COMMS_SESSION_DONE || end == COMMS_SESSION_STOPPED || end == COMMS_SESSION_CHANGED
              || end == COMMS_SESSION_RENEWED;
  give (session, link, log);
  log->why = NULL;
}
