/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/journal-chain.h"

#include <string.h>

static void
assert_hash (const guint8 hash[DATA_HASH_SIZE], const char *expected)
{
  g_autoptr (GString) hex = g_string_new (NULL);
  for (guint i = 0; i < DATA_HASH_SIZE; i++)
    g_string_append_printf (hex, "%02x", hash[i]);
  g_assert_cmpstr (hex->str, ==, expected);
}

/* Computed with Python's hashlib from the form that journal-chain.h describes. */
static void
test_vectors (void)
{
  guint8 hash[DATA_HASH_SIZE] = { 0 };
  GdpEvent first = { .seq = 5, .occurred = 1700000000000000, .learned = 1700000000000001,
                     .site = (char *) "GDP-003", .who = (char *) "Ольга", .after = (char *) "",
                     .text = (char *) "seen", .priority = 2 };
  GdpEvent second = { .seq = 6, .occurred = -1, .object = (char *) "GDP-003/outlet1.high", .who = (char *) "srv",
                      .before = (char *) "unacked", .after = (char *) "normal" };
  data_journal_hash (hash, "note", &first, hash);
  assert_hash (hash, "a85e759efa94f6e846274415c9620d53f197caf9e5c16919f58a62a6f4998fb5");
  data_journal_hash (hash, "alarm-cleared", &second, hash);
  assert_hash (hash, "724ffb183ee33e837c6deb587999a832e8a2857fd30a40067f5a020b9390231f");
}

/* Texts that meet at a field's border must not be able to trade letters. */
static void
test_borders (void)
{
  const guint8 zero[DATA_HASH_SIZE] = { 0 };
  guint8 left[DATA_HASH_SIZE], right[DATA_HASH_SIZE];
  GdpEvent a = { .site = (char *) "ab", .object = (char *) "c" }, b = { .site = (char *) "a", .object = (char *) "bc" };
  data_journal_hash (zero, "note", &a, left);
  data_journal_hash (zero, "note", &b, right);
  g_assert_cmpint (memcmp (left, right, DATA_HASH_SIZE), !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal-chain/hashes-as-described", test_vectors);
  g_test_add_func ("/journal-chain/borders-of-fields-count", test_borders);
  return g_test_run ();
}
