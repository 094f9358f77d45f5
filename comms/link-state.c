/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link-state.h"

#define FIRST_RETRY (G_USEC_PER_SEC / 4)

void
comms_link_state_attempt (CommsLinkState *state)
{
  state->pause = CLAMP (state->pause * 2, FIRST_RETRY, COMMS_LINK_RETRY);
}

gboolean
comms_link_state_opened (CommsLinkState *state)
{
  gboolean again = state->opened;

  state->opened = TRUE;
  return again;
}

gboolean
comms_link_state_heard (CommsLinkState *state)
{
  gboolean news = !state->working;

  state->pause = 0;
  state->working = TRUE;
  g_clear_pointer (&state->failure, g_free);
  return news;
}

gboolean
comms_link_state_failed (CommsLinkState *state, const char *why)
{
  gboolean news = g_strcmp0 (why, state->failure) != 0;

  state->working = FALSE;
  if (news) {
    g_free (state->failure);
    state->failure = g_strdup (why);
  }
  return news;
}

void
comms_link_state_clear (CommsLinkState *state)
{
  g_clear_pointer (&state->failure, g_free);
}
