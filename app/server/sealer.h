/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps history small: seals hours, packs days, lets go what is kept no longer, in a thread and on a connection of its
 * own. Servers of one store may all have one. */
#pragma once

#include "trouble.h"

#include "data/store.h"

G_BEGIN_DECLS

typedef struct ServerSealer ServerSealer;

/* @store: URI. @how: what is kept how long; the rest is the sealer's. */
ServerSealer *server_sealer_start (const char *store, const DataSealing *how, ServerTrouble *trouble);
/* Any thread: from the next time on. */
void          server_sealer_keep  (ServerSealer *sealer, gint64 keep_hours, gint64 keep_days);
/* Ends within a few ms, whatever is left is for the next start; frees. */
void          server_sealer_stop  (ServerSealer *sealer);

G_END_DECLS
