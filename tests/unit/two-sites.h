/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network of two sites with the same points, and alarms in it. */
#pragma once

#include "gdp/alarm.h"
#include "gdp/network.h"

G_BEGIN_DECLS

#define TWO_SITES_START (1000000 * GDP_SECOND)

/* S1 and S2, polled every five seconds; points "S1/slam1" and the like. (transfer full) */
GdpNetwork *two_sites   (void);
/* Active since @seconds after the start. @id: borrowed. */
GdpAlarm    alarm_at (const char *id, GdpCondition condition, double seconds);

G_END_DECLS
