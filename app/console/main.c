/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console.h"

#include <glib/gi18n.h>
#include <locale.h>

static void
set_language (void)
{
  const char *folder = g_getenv ("GDP_LOCALEDIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : GDP_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int argc, char **argv)
{
  Options options;
  g_autoptr (AppConsole) console = NULL;
  int code;

  set_language ();
  g_set_prgname (CONSOLE_ID);
  if (!options_parse (&options, &argc, &argv, &code)) {
    options_clear (&options);
    return code;
  }
  if (options.verbose)
    g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  if (options.screenshot != NULL && options.width == 0)
    options.width = 1920, options.height = 1080;
  if (!gtk_init_check ()) {
    g_printerr ("gdp-console: %s\n",
                _("There is no display: set DISPLAY or WAYLAND_DISPLAY, or run it under xvfb-run"));
    options_clear (&options);
    return 1;
  }
  g_set_application_name (_("Gas distribution points"));
  console = app_console_new (&options);
  code = g_application_run (G_APPLICATION (console), 0, NULL);
  if (code == 0)
    code = app_console_exit_code (console);
  g_clear_object (&console);
  options_clear (&options);
  return code;
}
