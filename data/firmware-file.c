/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-file.h"

#include "gdp/firmware.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/stat.h>

/* What is wrong with it before it is read; NULL = nothing. (transfer full) */
static char *
fault_of (const struct stat *about)
{
  if (!S_ISREG (about->st_mode))
    return g_strdup (_("is not a file"));
  if (about->st_size == 0)
    return g_strdup (_("is empty"));
  if (about->st_size > GDP_FIRMWARE_MOST)
    return g_strdup_printf (_("has %.1f MiB, a firmware image at most %d"), (double) about->st_size / (1024 * 1024),
                            GDP_FIRMWARE_MOST / (1024 * 1024));
  return NULL;
}

GBytes *
data_firmware_read (const char *file, GError **error)
{
  g_autofree char *data = NULL, *fault = NULL;
  struct stat about;
  gsize size;

  if (stat (file, &about) != 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", file, g_strerror (errno));
    return NULL;
  }
  fault = fault_of (&about);
  if (fault != NULL) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %s", file, fault);
    return NULL;
  }
  return g_file_get_contents (file, &data, &size, error) ? g_bytes_new_take (g_steal_pointer (&data), size) : NULL;
}
