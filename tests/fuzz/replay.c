/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives every file of a corpus to a fuzz target once. */
#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
main (int argc, char **argv)
{
  g_autoptr (GDir) folder = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  guint n = 0;

  g_return_val_if_fail (argc == 2, 2);
  folder = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (argv[1], name, NULL);
    g_autofree char *bytes = NULL;
    gsize size;

    g_file_get_contents (path, &bytes, &size, &error);
    g_assert_no_error (error);
    LLVMFuzzerTestOneInput ((const guint8 *) bytes, size);
    n++;
  }
  g_assert_cmpuint (n, >, 0);
  g_print ("%u inputs replayed\n", n);
  return 0;
}
