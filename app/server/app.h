/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server as a whole: from an open store to running threads, and back. Main thread. */
#pragma once

#include "config.h"

G_BEGIN_DECLS

/* What the command line says; it comes before the configuration file. Strings borrowed for good. */
typedef struct {
  char *config;   /* file, or NULL */
  char *store, *name, *listen;   /* or NULL */
} ServerOptions;

typedef struct ServerApp ServerApp;

/* Opens the store, registers, starts every thread. @quit is called when the server must end by
 * itself: another process has taken over its name. */
ServerApp *server_app_start (const ServerOptions *options, GSourceFunc quit, gpointer user_data, GError **error);
/* Ends in good order, everything that was read committed; frees. */
gboolean   server_app_stop  (ServerApp *app, GError **error);

/* Reads the configuration file again; a wrong one changes nothing. */
void       server_app_reload (ServerApp *app);

G_END_DECLS
