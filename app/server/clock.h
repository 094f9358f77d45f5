/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What time it is for this server: the store's where that has a clock of its own, so that several servers date alike;
 * else this machine's. Between two looks at the store the monotonic clock carries it on: to set this machine's clock
 * changes nothing then. */
#pragma once

#include "data/store.h"

G_BEGIN_DECLS

/* µs since 1970, UTC. Any thread. */
gint64   server_clock_now  (void);
/* After a look into @store: the time goes by its clock from now on. One thread at a time. */
void     server_clock_heed (DataStore *store);
/* What of this machine's clock is to be said; @ahead: as of data_store_clock (). NULL = nothing. (transfer full) */
char    *server_clock_trouble (gint64 ahead);

G_END_DECLS
