/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server as a whole: from an open store to running threads, and back. Main thread. */
#pragma once

#include "config.h"

G_BEGIN_DECLS

typedef struct ServerApp ServerApp;

typedef void (*ServerQuitFunc) (const char *why, gpointer user_data);

/* Opens the store, registers, starts every thread. @quit is called when the server must end by itself: another process has
 * taken over its name, or somebody has put another store in the place of this one, or brought it up to date. */
ServerApp *server_app_start (const ServerOptions *options, ServerQuitFunc quit, gpointer user_data, GError **error);
/* Ends in good order, everything that was read committed; frees. */
gboolean   server_app_stop  (ServerApp *app, GError **error);

/* Reads the configuration file again; a wrong one changes nothing. */
void       server_app_reload (ServerApp *app);

G_END_DECLS
