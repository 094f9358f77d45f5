/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#define GROUP "console"
#define LONGEST (24 * 60)   /* minutes */

static char *
path (void)
{
  return g_build_filename (g_get_user_config_dir (), "gdp", "console.conf", NULL);
}

/* What cannot be read was never chosen. */
static GKeyFile *
load (void)
{
  GKeyFile *file = g_key_file_new ();
  g_autofree char *place = path ();
  g_autoptr (GError) error = NULL;

  if (!g_key_file_load_from_file (file, place, G_KEY_FILE_KEEP_COMMENTS, &error)
      && !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_warning ("%s: %s", place, error->message);
  return file;
}

guint
settings_lock_after (void)
{
  g_autoptr (GKeyFile) file = load ();

  return (guint) CLAMP (g_key_file_get_integer (file, GROUP, "lock-after", NULL), 0, LONGEST);
}

gboolean
settings_set_lock_after (guint minutes, GError **error)
{
  g_autoptr (GKeyFile) file = load ();
  g_autofree char *place = path (), *folder = g_path_get_dirname (place);

  g_mkdir_with_parents (folder, 0700);   /* if it fails, saving says why */
  g_key_file_set_integer (file, GROUP, "lock-after", (int) minutes);
  return g_key_file_save_to_file (file, place, error);
}
