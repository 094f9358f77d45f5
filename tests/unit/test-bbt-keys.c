/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "comms/bbt-keys.h"

#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
#define KEY_B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddee00"

static void
test_reads (void)
{
  const char *text = "# the units of the north\n\nBBT-1 " KEY_A "\n  u.2_x\t " KEY_B "   # spare\r\n#BBT-3 " KEY_A;
  g_autoptr (GError) error = NULL;
  g_autoptr (CommsBbtKeys) keys = comms_bbt_keys_parse ("keys", text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (comms_bbt_keys_count (keys), ==, 2);
  g_assert_cmphex (comms_bbt_keys_find (keys, "BBT-1")[31], ==, 0xFF);
  g_assert_cmphex (comms_bbt_keys_find (keys, "u.2_x")[0], ==, 0xFF);
  g_assert_null (comms_bbt_keys_find (keys, "BBT-3"));
}

/* A wrong line is named, and no key stands in the message. */
static void
test_wrong_lines (void)
{
  static const struct { const char *text, *error; } wrong[] = {
    { "A " KEY_A "\nB", "keys:2: after the serial" },
    { "A " KEY_A "\n\nB 1234\n", "keys:3: after the serial" },
    { "A " KEY_A "0\n", "keys:1: after the serial" },
    { "A " KEY_A " x\n", "keys:1: after the serial" },
    { "A/B " KEY_A "\n", "keys:1: the serial" },
    { "SEVENTEEN-LETTERS " KEY_A "\n", "keys:1: the serial" },
    { "A " KEY_A "\nB " KEY_B "\nA " KEY_B "\n", "keys:3: A has a key already, in line 1" },
    { KEY_A "\n", "keys:1: the serial" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (comms_bbt_keys_parse ("keys", wrong[i].text, strlen (wrong[i].text), &error));
    g_assert_error (error, COMMS_BBT_KEYS_ERROR, COMMS_BBT_KEYS_ERROR_LINE);
    g_assert_true (g_str_has_prefix (error->message, wrong[i].error));
    g_assert_null (strstr (error->message, "1122334455"));
  }
}

static void
test_private_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gdp-keys-XXXXXX", NULL), *file = g_build_filename (folder, "keys", NULL);
  static const struct { int mode; gboolean good; } modes[] = { { 0600, TRUE }, { 0640, TRUE }, { 0644, FALSE }, { 0602, FALSE } };

  g_assert_true (g_file_set_contents (file, "A " KEY_A "\n", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_cmpint (g_chmod (file, modes[i].mode), ==, 0);
    g_autoptr (CommsBbtKeys) keys = comms_bbt_keys_read (file, &error);
    g_assert_cmpint (keys != NULL, ==, modes[i].good);
    if (!modes[i].good) {
      g_assert_error (error, COMMS_BBT_KEYS_ERROR, COMMS_BBT_KEYS_ERROR_OPEN);
      g_assert_nonnull (strstr (error->message, file));
    }
  }
  g_remove (file);
  g_autoptr (GError) error = NULL;
  g_assert_null (comms_bbt_keys_read (file, &error));
  g_assert_error (error, COMMS_BBT_KEYS_ERROR, COMMS_BBT_KEYS_ERROR_FILE);
  g_assert_null (comms_bbt_keys_read (folder, NULL));
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-keys/reads-serials-and-keys", test_reads);
  g_test_add_func ("/bbt-keys/wrong-lines-are-named", test_wrong_lines);
  g_test_add_func ("/bbt-keys/a-file-that-others-may-read-is-refused", test_private_file);
  return g_test_run ();
}
