/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session.h"

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
