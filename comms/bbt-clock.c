/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-clock.h"

#include "bbt-codes.h"

#define YEAR_2020 (G_GINT64_CONSTANT (1577836800) * G_USEC_PER_SEC)
#define DAY       (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

void
comms_bbt_clock_learn (CommsBbtClock *clock, gint64 told, gint64 now, guint8 clock_byte)
{
  gint64 offset = now - told;

  clock->offset = ABS (offset) > COMMS_BBT_CLOCK_NEAR ? offset : 0;
  clock->era = COMMS_BBT_ERA (clock_byte);
}

gint64
comms_bbt_clock_date (const CommsBbtClock *clock, gint64 told, guint8 status, gint64 received, gboolean *doubtful)
{
  guint8 later = (COMMS_BBT_ERA (status) - clock->era) & 15;   /* eras since IDENT's; 15 is the one before */
  gint64 time = later == 0 ? told + clock->offset : told;

  *doubtful = later > 1;
  if (time >= YEAR_2020 && time <= received + DAY)
    return time;
  *doubtful = TRUE;
  return received;
}
