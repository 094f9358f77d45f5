/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server that a standalone console starts for itself and stops when it ends. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct OwnServer OwnServer;

/* Called on the main loop when it ended by itself, which is not repeated while it does so again and again;
 * @why is a sentence for people. It is started again by itself. */
typedef void (*OwnServerEnded) (const char *why, gpointer user_data);

/* gdp-server beside this program, else in PATH, on @store. */
OwnServer *own_server_start (const char *store, OwnServerEnded ended, gpointer user_data, GError **error);
/* Asks it to end, waits some seconds, then insists. */
void       own_server_stop  (OwnServer *server);

G_END_DECLS
