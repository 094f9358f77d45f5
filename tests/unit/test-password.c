/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/password.h"
#include "data/store.h"

#include <string.h>

static void
test_right_and_wrong (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = data_password_hash ("Ключ от ГРП-1", &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (hash, "$y$"));
  g_assert_null (strstr (hash, "ГРП"));
  g_assert_true (data_password_matches ("Ключ от ГРП-1", hash));
  g_assert_false (data_password_matches ("Ключ от ГРП-2", hash));
  g_assert_false (data_password_matches ("ключ от ГРП-1", hash));
  g_assert_false (data_password_matches ("", hash));
}

static void
test_salted (void)
{
  g_autofree char *one = data_password_hash ("the same words", NULL), *other = data_password_hash ("the same words", NULL);

  g_assert_cmpstr (one, !=, other);
  g_assert_true (data_password_matches ("the same words", one));
  g_assert_true (data_password_matches ("the same words", other));
}

/* The glyph may come as one character or as a letter and its accent. */
static void
test_normalized (void)
{
  g_autofree char *hash = data_password_hash ("Андре\u0439 1234", NULL);

  g_assert_true (data_password_matches ("Андре\u0438\u0306 1234", hash));
}

static void
test_broken_hash (void)
{
  static const char *const broken[] = { "", "*0", "*1", "$y$", "$y$j9T$", "plain text", "$y$j9T$abc$def" };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
    g_assert_false (data_password_matches ("plain text", broken[i]));
    g_assert_false (data_password_matches ("", broken[i]));
  }
}

static void
test_long (void)
{
  g_autofree char *longest = g_strnfill (DATA_PASSWORD_MOST, 'x'), *endless = g_strnfill (100000, 'x');
  g_autofree char *hash = data_password_hash (longest, NULL);

  g_assert_null (data_password_fault (longest));
  g_assert_true (data_password_matches (longest, hash));
  longest[DATA_PASSWORD_MOST - 1] = 'y';   /* its end counts */
  g_assert_false (data_password_matches (longest, hash));
  g_assert_false (data_password_matches (endless, hash));
  g_assert_nonnull (data_password_fault (endless));
}

static void
test_faults (void)
{
  g_assert_null (data_password_fault ("8 знаков"));
  g_assert_nonnull (data_password_fault (""));
  g_assert_nonnull (data_password_fault ("7 знако"));
  g_assert_nonnull (data_password_fault ("line\nbreak"));
  g_assert_nonnull (data_password_fault ("\xff\xfe not text"));
}

static void
test_pause (void)
{
  static const gint64 seconds[] = { 0, 0, 0, 0, 2, 4, 8, 16, 30, 30 };

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    g_assert_cmpint (data_password_pause (i), ==, seconds[i] * GDP_SECOND);
  g_assert_cmpint (data_password_pause (G_MAXUINT), ==, 30 * GDP_SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/password/only-the-right-one-matches", test_right_and_wrong);
  g_test_add_func ("/password/the-same-one-has-another-hash-each-time", test_salted);
  g_test_add_func ("/password/how-an-accent-was-typed-does-not-matter", test_normalized);
  g_test_add_func ("/password/nothing-matches-a-broken-hash", test_broken_hash);
  g_test_add_func ("/password/the-longest-counts-to-its-end", test_long);
  g_test_add_func ("/password/short-binary-and-broken-ones-are-refused", test_faults);
  g_test_add_func ("/password/the-pause-grows-and-has-an-end", test_pause);
  return g_test_run ();
}
