/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was counted of late. The counters of comms/ only grow; here a copy of each is put aside every half hour and
 * the last two are kept, so that "of late" is the last half to whole hour. What is not polled has no copies. */
#pragma once

#include "gdp/traffic.h"

G_BEGIN_DECLS

#define SERVER_LATELY_TURN ((gint64) 30 * 60 * G_USEC_PER_SEC)

typedef struct ServerLately ServerLately;

ServerLately *server_lately_new  (void);
void          server_lately_free (ServerLately *lately);
/* @traffic: (inout): all that was counted of that link or unit; on return, of late. @now: server time, µs. */
void          server_lately_take (ServerLately *lately, gboolean link, gint64 key, gint64 now, GdpTraffic *traffic);

G_END_DECLS
