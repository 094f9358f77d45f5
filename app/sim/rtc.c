/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rtc.h"

#include "comms/bbt-clock.h"
#include "gdp/scaling.h"

#define MADE (G_GINT64_CONSTANT (1640995200) * GDP_SECOND)   /* 2022-01-01, what an empty clock shows */
#define DAY  (G_GINT64_CONSTANT (86400) * GDP_SECOND)

void
sim_rtc_init (SimRtc *clock, gint64 now, double drift)
{
  *clock = (SimRtc) { .set = now, .shown = now, .drift = drift };
}

gint64
sim_rtc_read (const SimRtc *clock, gint64 now)
{
  gint64 passed = now - clock->set;
  return clock->shown + passed + (gint64) (passed * clock->drift * 1e-6);
}

/* Goes on from what it shows now. */
static void
begin (SimRtc *clock, gint64 now, gint64 shown)
{
  clock->shown = shown;
  clock->set = now;
}

gboolean
sim_rtc_set (SimRtc *clock, gint64 now, gint64 right)
{
  gint64 off = sim_rtc_read (clock, now) - right;
  gboolean far = ABS (off) > COMMS_BBT_CLOCK_NEAR;
  begin (clock, now, far ? right : right + off);
  clock->quality = 1;
  clock->era = (clock->era + far) & 15;
  return far;
}

void
sim_rtc_disturb (SimRtc *clock, gint64 now, gint64 error)
{
  begin (clock, now, sim_rtc_read (clock, now) + error);
}

void
sim_rtc_pull (SimRtc *clock, gint64 now, double drift)
{
  begin (clock, now, sim_rtc_read (clock, now));
  clock->drift = drift;
}

void
sim_rtc_lose (SimRtc *clock, gint64 now)
{
  begin (clock, now, MADE);
  clock->quality = 0;
  clock->era = (clock->era + 1) & 15;
}

guint8
sim_rtc_byte (const SimRtc *clock, gint64 now)
{
  guint8 quality = clock->quality && now - clock->set < DAY ? 2 : clock->quality;
  return quality | clock->era << 4;
}
