/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include "data/store.h"

#include <glib/gi18n.h>
#include <stdio.h>

static gboolean
check_size (const char *text, Options *options)
{
  char rest;

  if (text == NULL)
    return TRUE;
  return sscanf (text, "%dx%d%c", &options->width, &options->height, &rest) == 2
         && options->width >= 640 && options->width <= 7680 && options->height >= 400 && options->height <= 4320;
}

static char *
person_name (const char *given)
{
  const char *user = given != NULL ? given : g_getenv ("USER");

  if (user == NULL || *user == '\0')
    user = g_str_equal (g_get_real_name (), "Unknown") ? g_get_user_name () : g_get_real_name ();
  return g_utf8_make_valid (user, -1);
}

static gboolean
check (Options *options, const char *theme, const char *size, char **rest, GError **error)
{
  if (rest != NULL && *rest != NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("“%s” is not understood; see --help"),
                 *rest);
  else if (theme != NULL && !g_str_equal (theme, "day") && !g_str_equal (theme, "night"))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--theme is “day” or “night”, not “%s”"),
                 theme);
  else if (options->page != NULL && !ui_window_has_page (options->page))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("There is no page “%s”; there are site, alarms, journal, field, figures"), options->page);
  else if (!check_size (size, options))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("--size is WIDTHxHEIGHT, 640x400 to 7680x4320, not “%s”"), size);
  else
    return TRUE;
  return FALSE;
}

gboolean
options_parse (Options *options, int *argc, char ***argv, int *code)
{
  gboolean version = FALSE;
  g_autofree char *theme = NULL, *size = NULL, *person = NULL;
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  /* Names are bytes, not text of the locale: Cyrillic must pass where the locale is C. */
  const GOptionEntry entries[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &options->store, N_("The store to show"), "URI" },
    { "standalone", 0, 0, G_OPTION_ARG_NONE, &options->standalone, N_("Start a server of one's own (the default without --store)"), NULL },
    { "page", 0, 0, G_OPTION_ARG_STRING, &options->page, N_("Page to begin with: site, alarms, journal, field, figures"), N_("NAME") },
    { "site", 0, 0, G_OPTION_ARG_FILENAME, &options->site, N_("Site to begin with"), "ID" },
    { "theme", 0, 0, G_OPTION_ARG_STRING, &theme, N_("Colours for a lit or a dark room"), "day|night" },
    { "fullscreen", 0, 0, G_OPTION_ARG_NONE, &options->fullscreen, N_("Fill the screen"), NULL },
    { "no-sound", 0, 0, G_OPTION_ARG_NONE, &options->no_sound, N_("Nothing is heard here, which the window says"), NULL },
    { "user", 0, 0, G_OPTION_ARG_FILENAME, &person, N_("Who acts (default: $USER)"), N_("NAME") },
    { "screenshot", 0, 0, G_OPTION_ARG_FILENAME, &options->screenshot, N_("Save the page as soon as it is live, and exit"), "FILE.png" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &size, N_("Size of the window, 1920x1080"), N_("WIDTHxHEIGHT") },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, N_("Say more on stderr"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Print the version and exit"), NULL },
    { G_OPTION_REMAINING, 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING_ARRAY, &rest, NULL, NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, _("The dispatcher's console for gas distribution points."));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  *options = (Options) { 0 };
  if (!g_option_context_parse (context, argc, argv, &error) || !check (options, theme, size, rest, &error)) {
    g_printerr ("gdp-console: %s\n", error->message);
    *code = 2;
    return FALSE;
  }
  if (version) {
    g_print ("gdp-console %s\n", GDP_VERSION);
    *code = 0;
    return FALSE;
  }
  options->theme = g_strcmp0 (theme, "night") == 0 ? UI_THEME_NIGHT : UI_THEME_DAY;
  options->person = person_name (person);
  options->standalone |= options->store == NULL;
  if (options->store == NULL)
    options->store = data_default_uri ();
  return TRUE;
}

void
options_clear (Options *options)
{
  g_free (options->store);
  g_free (options->page);
  g_free (options->site);
  g_free (options->person);
  g_free (options->screenshot);
}
