/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session.h"

#include <string.h>

#include "words.h"

/* As in comms/session.c, and of the store. */
static const char *const reasons[] = {
  N_("the modem hung up"), N_("the connection broke"), N_("the modem takes no more data"),
  N_("the unit hung up"), N_("the unit takes no more data"),
  N_("the modem called again"), N_("no unit behind the modem answers; hung up so that it calls again"),
  N_("its configuration has changed; hung up so that it calls again"), N_("the server stops"), N_("all delivered"),
  N_("the unit says FAULT"), N_("malformed frame"), N_("MAC missing or wrong"), N_("the sequence did not grow"),
  N_("frame not expected now"), N_("nothing heard for too long"), N_("the unit called again"),
  N_("too much traffic"), N_("the unit identified itself anew"), N_("a request was not answered"),
  N_("the server was gone"),
};

const char *
gdp_session_reason (const char *why)
{
  for (guint i = 0; why != NULL && i < G_N_ELEMENTS (reasons); i++)
    if (g_str_has_prefix (why, reasons[i]) && strchr (":", why[strlen (reasons[i])]) != NULL)
      return reasons[i];
  return NULL;
}

const char *
gdp_session_reason_at (guint i)
{
  return i < G_N_ELEMENTS (reasons) ? reasons[i] : NULL;
}

GdpSession *
gdp_session_copy (const GdpSession *session)
{
  GdpSession *copy = g_memdup2 (session, sizeof *session);

  copy->why = g_strdup (session->why);
  copy->peer = g_strdup (session->peer);
  return copy;
}

void
gdp_session_free (GdpSession *session)
{
  if (session == NULL)
    return;
  g_free (session->why);
  g_free (session->peer);
  g_free (session);
}
