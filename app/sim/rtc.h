/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A BBT's own clock (comms/PROTOCOL.md 6): it runs, a little wrong, and is set by the server. Pure: real time
 * comes in. It shows real time, not the simulated: whatever the speed of the simulation, it is the server's
 * clock that the unit's records are held against. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gint64 set;       /* real µs at which it was last set, or began */
  gint64 shown;     /* µs that it showed then */
  double drift;     /* ppm */
  guint8 era;       /* 0–15 */
  guint8 quality;   /* as IDENT's clock, bits 0–3, but for the 24 hours: 0 never set, 1 set */
} SimRtc;

/* Right at @now, and never set by anybody. @drift: ppm, positive = fast. */
void   sim_rtc_init  (SimRtc *clock, gint64 now, double drift);
gint64 sim_rtc_read  (const SimRtc *clock, gint64 now);
/* By the server: TRUE when it was more than 2 s off, and a new era has begun. */
gboolean sim_rtc_set (SimRtc *clock, gint64 now, gint64 right);
/* It goes wrong by @error µs, as it stands; the unit does not notice. */
void   sim_rtc_disturb (SimRtc *clock, gint64 now, gint64 error);
/* Another drift from now on. */
void   sim_rtc_pull  (SimRtc *clock, gint64 now, double drift);
/* Power was lost: it begins again at its maker's date, in a new era. */
void   sim_rtc_lose  (SimRtc *clock, gint64 now);
/* IDENT's clock byte: quality and era. */
guint8 sim_rtc_byte  (const SimRtc *clock, gint64 now);

G_END_DECLS
