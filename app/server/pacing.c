/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pacing.h"

void
server_pacing_committed (ServerPacing *pacing, gint64 began, gint64 ended)
{
  pacing->ended = ended;
  pacing->cost = MAX (ended - began, 0);
}

gint64
server_pacing_due (const ServerPacing *pacing, gboolean urgent)
{
  if (urgent || pacing->ended == 0)
    return 0;
  return pacing->ended + MIN (pacing->cost * SERVER_PACING_SHARE, SERVER_PACING_LONGEST);
}
