/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/grams.h"

#include <string.h>

static DataGrams *
grams_of_texts (const char *const *texts, guint n)
{
  DataGrams *grams = data_grams_new ();

  for (guint i = 0; i < n; i++) {
    g_autofree char *folded = data_fold (texts[i]);
    data_grams_add_text (grams, i, folded);
  }
  return grams;
}

static gboolean
narrow (GPtrArray *shelves, guint64 gram, guint64 *numbers)
{
  guint shelf = data_gram_shelf (gram);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (shelves->pdata[shelf], &size);

  return data_shelf_find (shelf, bytes, size, gram, numbers);
}

/* Bits of the texts that hold all grams of @needle, of the first 64. */
static guint64
holders (GPtrArray *shelves, const char *needle)
{
  g_autofree char *folded = data_fold (needle);
  g_autoptr (GArray) grams = data_grams_of (folded, 0);
  guint64 numbers[DATA_RUN_BITS];

  memset (numbers, 0xFF, sizeof numbers);
  for (guint i = 0; i < grams->len; i++)
    g_assert_true (narrow (shelves, g_array_index (grams, guint64, i), numbers));
  return numbers[0];
}

static void
test_letters_of_any_language (void)
{
  static const char *const texts[] = { "Outlet pressure", "ДАВЛЕНИЕ на выходе", "outlet1.low", "Ёж", "", "ab" };
  g_autoptr (DataGrams) grams = grams_of_texts (texts, G_N_ELEMENTS (texts));
  g_autoptr (GPtrArray) shelves = data_grams_shelves (grams);

  g_assert_cmpuint (shelves->len, ==, DATA_SHELVES);
  g_assert_cmphex (holders (shelves, "OUTLET"), ==, 1 << 0 | 1 << 2);
  g_assert_cmphex (holders (shelves, "давление на"), ==, 1 << 1);
  g_assert_cmphex (holders (shelves, "ёж"), ==, 1 << 3);
  g_assert_cmphex (holders (shelves, "e"), ==, 1 << 0 | 1 << 2);
  g_assert_cmphex (holders (shelves, "B"), ==, 1 << 5);
  g_assert_cmphex (holders (shelves, "еж"), ==, 0);
  g_assert_cmphex (holders (shelves, "nowhere"), ==, 0);
}

/* Every gram of every text finds it, whether few or many texts hold it. */
static void
test_nothing_is_lost (void)
{
  enum { STEP = 97 };
  g_autoptr (DataGrams) grams = data_grams_new ();
  guint64 numbers[DATA_RUN_BITS];

  for (guint i = 0; i < DATA_RUN; i++) {
    g_autofree char *text = g_strdup_printf ("\ngdp-%04u\nобщее\n%s", i % 1000, i % STEP == 0 ? "редкое" : "");
    data_grams_add_text (grams, i, text);
    data_grams_add (grams, i, data_gram_of_word (i % 2 ? "odd" : "even"));
  }
  g_autoptr (GPtrArray) shelves = data_grams_shelves (grams);
  for (guint i = 0; i < DATA_RUN; i += 1000) {
    g_autofree char *text = g_strdup_printf ("\ngdp-%04u\n", i % 1000);
    g_autoptr (GArray) all = data_grams_of (text, 0);
    for (guint k = 0; k < all->len; k++) {
      memset (numbers, 0xFF, sizeof numbers);
      g_assert_true (narrow (shelves, g_array_index (all, guint64, k), numbers));
      g_assert_true (numbers[i / 64] >> i % 64 & 1);
    }
  }
  g_autoptr (GArray) rare = data_grams_of ("редк", 0);
  memset (numbers, 0xFF, sizeof numbers);
  for (guint i = 0; i < rare->len; i++)
    g_assert_true (narrow (shelves, g_array_index (rare, guint64, i), numbers));
  g_assert_true (narrow (shelves, data_gram_of_word ("odd"), numbers));
  for (guint i = 0; i < DATA_RUN; i++)
    g_assert_cmpint (numbers[i / 64] >> i % 64 & 1, ==, i % STEP == 0 && i % 2 == 1);
}

static void
test_grams_of_a_needle (void)
{
  g_autoptr (GArray) none = data_grams_of ("", 0), one = data_grams_of ("я", 0), two = data_grams_of ("яд", 0);
  g_autoptr (GArray) same = data_grams_of ("aaaaaa", 0), few = data_grams_of ("abcdefghijklmnop", 3);
  g_autoptr (GArray) end = data_grams_of ("nop", 0);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpuint (two->len, ==, 1);
  g_assert_cmpuint (same->len, ==, 1);
  g_assert_cmpuint (few->len, ==, 3);
  g_assert_cmpuint (g_array_index (few, guint64, 2), ==, g_array_index (end, guint64, 0));
}

/* A shelf that any byte of is another, that ends early, or that stands in another's place is not believed. */
static void
test_damage_is_found (void)
{
  static const char *const texts[] = { "abc", "bcd", "cde" };
  g_autoptr (DataGrams) grams = grams_of_texts (texts, G_N_ELEMENTS (texts));
  g_autoptr (GPtrArray) shelves = data_grams_shelves (grams);
  g_autoptr (GArray) needle = data_grams_of ("bcd", 0);
  guint64 gram = g_array_index (needle, guint64, 0), numbers[DATA_RUN_BITS];
  guint shelf = data_gram_shelf (gram);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (shelves->pdata[shelf], &size);

  memset (numbers, 0xFF, sizeof numbers);
  for (gsize i = 0; i < size; i++) {
    g_autofree guint8 *other = g_memdup2 (bytes, size);
    other[i] ^= 1 << i % 8;
    g_assert_false (data_shelf_find (shelf, other, size, gram, numbers));
    g_assert_false (data_shelf_find (shelf, bytes, i, gram, numbers));
  }
  g_assert_false (data_shelf_find (shelf + 1, bytes, size, gram, numbers));
  g_assert_false (data_shelf_find (shelf, NULL, 0, gram, numbers));
  g_assert_cmphex (numbers[0], ==, G_MAXUINT64);   /* nothing is cleared */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/grams/letters-of-any-language", test_letters_of_any_language);
  g_test_add_func ("/grams/nothing-is-lost", test_nothing_is_lost);
  g_test_add_func ("/grams/grams-of-a-needle", test_grams_of_a_needle);
  g_test_add_func ("/grams/damage-is-found", test_damage_is_found);
  return g_test_run ();
}
