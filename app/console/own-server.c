/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "own-server.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

#define PATIENCE (5 * G_USEC_PER_SEC)

struct OwnServer {
  GSubprocess   *process;
  GCancellable  *waiting;
  OwnServerEnded ended;
  gpointer       user_data;
};

/* Installed they stand together; in a build tree each in its folder. */
static char *
find_server (void)
{
  static const char *const places[] = { "gdp-server", "../server/gdp-server" };
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;

  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (places); i++) {
    g_autofree char *path = g_build_filename (folder, places[i], NULL);
    if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
      return g_steal_pointer (&path);
  }
  return g_find_program_in_path ("gdp-server");
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  GSubprocess *process = G_SUBPROCESS (source);
  OwnServer *server;
  g_autofree char *why = NULL;

  if (!g_subprocess_wait_finish (process, result, NULL))
    return;  /* cancelled: we are stopping it, and @data is gone */
  server = data;
  if (g_subprocess_get_if_signaled (process))
    why = g_strdup_printf (_("The server started by this console was killed by signal %d"),
                           g_subprocess_get_term_sig (process));
  else
    why = g_strdup_printf (_("The server started by this console ended with code %d; what ails it stands in its log"),
                           g_subprocess_get_exit_status (process));
  server->ended (why, server->user_data);
}

/* The first start on a machine finds no folder for the default store. */
static void
make_folder (const char *store)
{
  g_autofree char *folder = NULL;

  if (!g_str_has_prefix (store, "sqlite:"))
    return;
  folder = g_path_get_dirname (store + strlen ("sqlite:"));
  g_mkdir_with_parents (folder, 0700);   /* if it fails, opening the store says why */
}

OwnServer *
own_server_start (const char *store, OwnServerEnded ended, gpointer user_data, GError **error)
{
  g_autofree char *program = find_server ();
  g_autoptr (GSubprocess) process = NULL;
  OwnServer *server;

  if (program == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("There is no gdp-server beside this program and none in PATH: install it, or name a store that is served with --store"));
    return NULL;
  }
  make_folder (store);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, error, program, "--store", store, "--follow-parent",
                              NULL);
  if (process == NULL)
    return NULL;
  server = g_new0 (OwnServer, 1);
  server->process = g_steal_pointer (&process);
  server->waiting = g_cancellable_new ();
  server->ended = ended;
  server->user_data = user_data;
  g_subprocess_wait_async (server->process, server->waiting, on_ended, server);
  return server;
}

void
own_server_stop (OwnServer *server)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  g_cancellable_cancel (server->waiting);
  g_subprocess_send_signal (server->process, SIGTERM);
  while (g_subprocess_get_identifier (server->process) != NULL && g_get_monotonic_time () < deadline)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
  g_subprocess_force_exit (server->process);
  g_object_unref (server->process);
  g_object_unref (server->waiting);
  g_free (server);
}
