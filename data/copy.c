/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "store.h"

gboolean
data_copy_fail (GError **error, const char *path, const char *doing)
{
  int code = errno;
  g_set_error (error, DATA_ERROR, code == ENOSPC ? DATA_ERROR_FULL : code == EACCES || code == EROFS
               ? DATA_ERROR_PERMISSION : code == ENOENT ? DATA_ERROR_MISSING : DATA_ERROR_IO,
               "%s: cannot %s: %s", path, doing, g_strerror (code));
  return FALSE;
}

char *
data_copy_begin (const char *path, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "%s: is there already, and nothing is overwritten; give another name",
                 path);
    return NULL;
  }
  g_unlink (part);
  int file = open (part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    data_copy_fail (error, path, "make it");
    return NULL;
  }
  close (file);
  return g_steal_pointer (&part);
}

static gboolean
sync_path (const char *path, GError **error)
{
  int file = open (path, O_RDONLY | O_CLOEXEC);
  gboolean good = file >= 0 && fsync (file) == 0;

  if (!good)
    data_copy_fail (error, path, "write it to the disk");
  if (file >= 0)
    close (file);
  return good;
}

gboolean
data_copy_sync_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  return sync_path (folder, error);
}

gboolean
data_copy_keep (const char *part, const char *path, GError **error)
{
  if (!sync_path (part, error))
    return FALSE;
  gboolean good = link (part, path) == 0 || data_copy_fail (error, path, "make it");
  g_unlink (part);
  return good && data_copy_sync_folder (path, error);
}

gboolean
data_copy_as_it_is (const char *path, GError *why, GError **error)
{
  if (!g_error_matches (why, DATA_ERROR, DATA_ERROR_DAMAGED)) {
    g_propagate_error (error, why);
    return FALSE;
  }
  g_warning ("%s: copied with what is damaged in it: %s", path, why->message);
  g_error_free (why);
  return TRUE;
}

gboolean
data_copy_unfit (const char *path, GError *why, GError **error)
{
  g_autoptr (GError) owned = why;
  gsize named = g_str_has_prefix (why->message, path) && g_str_has_prefix (why->message + strlen (path), ": ") ? strlen (path) + 2 : 0;
  gboolean damaged = g_error_matches (why, DATA_ERROR, DATA_ERROR_NOT_A_STORE) || g_error_matches (why, DATA_ERROR, DATA_ERROR_IO);

  g_set_error (error, why->domain, why->code, damaged ? _("%s: this copy is damaged, or none: %s. Nothing was changed; put another "
               "copy back") : _("%s: %s. Nothing was changed"), path, why->message + named);
  return FALSE;
}

char *
data_copy_moment (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  return g_date_time_format (now, "%Y%m%dT%H%M%S.%fZ");
}
