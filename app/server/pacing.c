/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pacing.h"

void
server_pacing_given (ServerPacing *pacing, guint readings)
{
  pacing->credit += (gint64) readings * SERVER_PACING_READING;
  pacing->usual += (readings - pacing->usual) / 8;
}

void
server_pacing_committed (ServerPacing *pacing, gint64 began, gint64 ended)
{
  gint64 cost = MAX (ended - began, SERVER_PACING_LEAST);
  gint64 earned = pacing->ended != 0 ? (ended - pacing->ended) / SERVER_PACING_SHARE : SERVER_PACING_CREDIT;

  /* One slow commit is forgiven after the longest wait: a disk that hiccups must not silence the next seconds. */
  pacing->credit = MAX (MIN (pacing->credit + earned, SERVER_PACING_CREDIT) - cost,
                        -SERVER_PACING_LONGEST / SERVER_PACING_SHARE);
  pacing->ended = ended;
}

gint64
server_pacing_due (const ServerPacing *pacing, guint readings, gint64 since, gint64 patience)
{
  gint64 credit = pacing->credit + (gint64) readings * SERVER_PACING_READING;
  gint64 gathered = pacing->usual >= SERVER_PACING_DOZENS ? since + SERVER_PACING_GATHER : 0;

  if (patience == 0 || credit >= 0)
    return gathered;
  return MAX (gathered, pacing->ended + MIN (-credit * SERVER_PACING_SHARE, patience));
}
