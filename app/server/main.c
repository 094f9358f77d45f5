/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-server: reads the field, judges it, and writes the store. No screen. */
#include "app.h"
#include "comms/dial.h"
#include "field.h"
#include "notify.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static ServerOptions options;
static gboolean verbose, version, follow_parent;

static const GOptionEntry entries[] = {
  { "config", 'c', 0, G_OPTION_ARG_FILENAME, &options.config, "Configuration file", "FILE" },
  { "store", 's', 0, G_OPTION_ARG_STRING, &options.store, "The store: sqlite:PATH or postgresql://USER@HOST[,HOST]/DATABASE", "URI" },
  { "name", 'n', 0, G_OPTION_ARG_STRING, &options.name, "What this server is called (the host's name)", "NAME" },
  { "sessions-listen", 0, 0, G_OPTION_ARG_STRING, &options.listen,
    "Where units dial in (" SERVER_DEFAULT_LISTEN "), or off", "HOST:PORT" },
  { "follow-parent", 0, 0, G_OPTION_ARG_NONE, &follow_parent, "End when the process that started this one ends", NULL },
  { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "Say more", NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
  { NULL }
};

typedef struct {
  GMainLoop *loop;
  ServerApp *app;
  char      *why;     /* it ends though nobody asked for it; owned */
} Main;

static gboolean
end (gpointer user_data)
{
  g_main_loop_quit (((Main *) user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static void
give_up (const char *why, gpointer user_data)
{
  Main *context = user_data;

  if (context->why == NULL)
    context->why = g_strdup (why);
  g_main_loop_quit (context->loop);
}

static gboolean
reload (gpointer user_data)
{
  server_notify ("RELOADING=1");
  server_app_reload (((Main *) user_data)->app);
  server_notify ("READY=1");
  return G_SOURCE_CONTINUE;
}

static int
fail (const char *reason)
{
  g_printerr ("gdp-server: %s\n", reason);
  return 1;
}

/* A thousand units that dial in are a thousand descriptors, and nothing here waits with select(). */
static void
raise_descriptors (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
  }
}

static int
conclude (const Main *context, gboolean good, const GError *error)
{
  if (context->why != NULL)
    return fail (context->why);
  return good ? 0 : fail (error != NULL ? error->message : "the store did not take everything");
}

static int
serve (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  Main context = { .loop = loop };

  raise_descriptors ();
  comms_dial_prepare ();
  g_unix_signal_add (SIGTERM, end, &context);
  g_unix_signal_add (SIGINT, end, &context);
  g_unix_signal_add (SIGHUP, reload, &context);
  context.app = server_app_start (&options, give_up, &context, &error);
  if (context.app == NULL)
    return fail (error->message);
  server_notify ("READY=1");
  g_main_loop_run (loop);
  server_notify ("STOPPING=1");
  gboolean good = server_app_stop (context.app, &error);
  int code = conclude (&context, good, error);
  g_free (context.why);
  if (comms_loop_any_left ())   /* everything is in the store: nobody waits for a name server */
    _exit (code);
  return code;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("— reads the field and writes the store");
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1) {
    g_printerr ("gdp-server: %s%s; see gdp-server --help\n", error != NULL ? error->message : "unexpected argument ",
                error != NULL ? "" : argv[1]);
    return 2;
  }
  if (version) {
    g_print ("gdp-server %s\n", GDP_VERSION);
    return 0;
  }
  if (options.listen != NULL && !g_str_equal (options.listen, "off")
      && !server_config_split_address (options.listen, NULL, NULL)) {
    g_printerr ("gdp-server: --sessions-listen=%s: must be HOST:PORT or off\n", options.listen);
    return 2;
  }
  if (follow_parent && (prctl (PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid () == 1))
    return fail ("the process that started this one is gone");
  g_log_writer_default_set_use_stderr (TRUE);
  g_log_set_debug_enabled (verbose);
  return serve ();
}
