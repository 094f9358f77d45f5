/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "own-server.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

#define PATIENCE      (5 * G_USEC_PER_SEC)
#define STEADY        (60 * G_USEC_PER_SEC)   /* who lived so long did not fail at the start */
#define LONGEST_PAUSE 30                      /* s before the next start of one that keeps ending */

struct OwnServer {
  char          *program, *store;
  GSubprocess   *process;     /* NULL between two starts */
  GCancellable  *waiting;
  gint64         started;     /* monotonic µs */
  guint          pause;       /* s before the start that comes next; 0 = it has not failed lately */
  guint          restart;     /* source, 0 = none */
  OwnServerEnded ended;
  gpointer       user_data;
};

static gboolean start (OwnServer *server, GError **error);

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

static gboolean
on_restart (gpointer data)
{
  OwnServer *server = data;
  g_autoptr (GError) error = NULL;

  server->restart = 0;
  if (!start (server, &error)) {
    g_warning ("%s", error->message);
    server->restart = g_timeout_add_seconds (server->pause, on_restart, server);
  }
  return G_SOURCE_REMOVE;
}

static char *
why_ended (GSubprocess *process)
{
  if (g_subprocess_get_if_signaled (process))
    return g_strdup_printf (_("The server started by this console was killed by signal %d"),
                            g_subprocess_get_term_sig (process));
  return g_strdup_printf (_("The server started by this console ended with code %d; what ails it stands in its log"),
                          g_subprocess_get_exit_status (process));
}

/* It is started again, sooner or later by how well it lived; what repeats itself is told once. */
static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  OwnServer *server;

  if (!g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL))
    return;  /* cancelled: we are stopping it, and @data is gone */
  server = data;
  if (g_get_monotonic_time () - server->started > STEADY)
    server->pause = 0;
  if (server->pause == 0) {
    g_autofree char *why = why_ended (server->process);
    server->ended (why, server->user_data);
  }
  g_clear_object (&server->process);
  server->pause = CLAMP (server->pause * 2, 1, LONGEST_PAUSE);
  server->restart = g_timeout_add_seconds (server->pause, on_restart, server);
}

static gboolean
start (OwnServer *server, GError **error)
{
  server->process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, error, server->program, "--store", server->store,
                                      "--follow-parent", NULL);
  if (server->process == NULL)
    return FALSE;
  server->started = g_get_monotonic_time ();
  g_subprocess_wait_async (server->process, server->waiting, on_ended, server);
  return TRUE;
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

static void
own_server_free (OwnServer *server)
{
  g_clear_object (&server->process);
  g_object_unref (server->waiting);
  g_free (server->program);
  g_free (server->store);
  g_free (server);
}

OwnServer *
own_server_start (const char *store, OwnServerEnded ended, gpointer user_data, GError **error)
{
  g_autofree char *program = find_server ();
  OwnServer *server;

  if (program == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("There is no gdp-server beside this program and none in PATH: install it, or name a store that is served with --store"));
    return NULL;
  }
  make_folder (store);
  server = g_new0 (OwnServer, 1);
  server->program = g_steal_pointer (&program);
  server->store = g_strdup (store);
  server->waiting = g_cancellable_new ();
  server->ended = ended;
  server->user_data = user_data;
  if (start (server, error))
    return server;
  own_server_free (server);
  return NULL;
}

static void
end_process (GSubprocess *process)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  g_subprocess_send_signal (process, SIGTERM);
  while (g_subprocess_get_identifier (process) != NULL && g_get_monotonic_time () < deadline)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
  g_subprocess_force_exit (process);
}

void
own_server_stop (OwnServer *server)
{
  g_cancellable_cancel (server->waiting);
  g_clear_handle_id (&server->restart, g_source_remove);
  if (server->process != NULL)
    end_process (server->process);
  own_server_free (server);
}
