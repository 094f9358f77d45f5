/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "data/crc32c.h"
#include "data/packing.h"

static void
test_crc_vectors (void)
{
  guint8 rows[4][32];   /* RFC 3720, B.4 */
  static const guint32 crcs[] = { 0x8A9136AA, 0x62A8AB43, 0x46DD794E, 0x113FDB5C };

  memset (rows[0], 0, 32);
  memset (rows[1], 0xFF, 32);
  for (guint i = 0; i < 32; i++) {
    rows[2][i] = i;
    rows[3][i] = 31 - i;
  }
  for (guint i = 0; i < G_N_ELEMENTS (crcs); i++) {
    g_assert_cmphex (data_crc32c (rows[i], 32), ==, crcs[i]);
    g_assert_cmphex (data_crc32c_plain (rows[i], 32), ==, crcs[i]);
  }
  g_assert_cmphex (data_crc32c ((const guint8 *) "123456789", 9), ==, 0xE3069283);
  g_assert_cmphex (data_crc32c (rows[0], 0), ==, 0);
}

static void
test_crc_same (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
  guint8 bytes[300];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = g_rand_int_range (rand, 0, 256);
  for (guint from = 0; from < 9; from++)
    for (guint length = 0; from + length <= sizeof bytes; length++)
      g_assert_cmphex (data_crc32c (bytes + from, length), ==, data_crc32c_plain (bytes + from, length));
}

/* Packs, unpacks, compares; bytes that it took. Whatever is cut off, nothing is read that is not there, and in
 * the bytes that are there numbers are missing. */
static guint
pack_by (void (*packer) (GByteArray *, const gint64 *, gsize), const gint64 *numbers, gsize n)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new (16);   /* not NULL */
  g_autofree gint64 *back = g_new0 (gint64, n + 1);

  packer (bytes, numbers, n);
  g_autofree guint8 *alone = malloc (bytes->len);   /* a read past its end is seen */
  memcpy (alone, bytes->data, bytes->len);
  DataPacked packed = { alone, alone + bytes->len };
  g_assert_true (data_unpack_numbers (&packed, back, n));
  g_assert_true (packed.at == packed.end);
  g_assert_cmpmem (back, n * sizeof *back, numbers, n * sizeof *numbers);
  for (guint length = 0; length < MIN (bytes->len, 600); length++) {
    g_autofree guint8 *cut = malloc (length);
    memcpy (cut, bytes->data, length);
    DataPacked less = { cut, cut + length };
    g_assert_false (data_unpack_numbers (&less, back, n));
  }
  return bytes->len;
}

/* In either way; bytes of the shorter one. */
static guint
pack (const gint64 *numbers, gsize n)
{
  pack_by (data_pack_quick, numbers, n);
  return pack_by (data_pack_numbers, numbers, n);
}

static void
test_columns (void)
{
  static const gint64 extremes[] = { DATA_PACKED_MOST, -DATA_PACKED_MOST, 0, -1, DATA_PACKED_MOST, 1, -DATA_PACKED_MOST,
                                     -DATA_PACKED_MOST, DATA_PACKED_MOST, DATA_PACKED_MOST };
  gint64 numbers[4000];

  pack (extremes, 0);
  for (gsize n = 1; n <= G_N_ELEMENTS (extremes); n++)
    for (gsize from = 0; from + n <= G_N_ELEMENTS (extremes); from++)
      pack (extremes + from, n);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    numbers[i] = i % 2 ? DATA_PACKED_MOST : -DATA_PACKED_MOST;
  pack (numbers, G_N_ELEMENTS (numbers));
}

static void
test_small (void)
{
  gint64 same[4000], runs[4000], ramp[4000], rare[4000], odd[4000];

  for (guint i = 0; i < 4000; i++) {
    same[i] = -1234;
    runs[i] = i / 500 % 2;
    ramp[i] = 1000000 + 17 * i;
    rare[i] = i == 3000 ? DATA_PACKED_MOST : 5;
    odd[i] = -100 + (gint64) (i * 7919 % 1000);
  }
  g_assert_cmpuint (pack (same, 4000), ==, 3);
  g_assert_cmpuint (pack (runs, 4000), <=, 12);
  g_assert_cmpuint (pack (ramp, 4000), <=, 4000 / 8 + 16);   /* a bit each */
  g_assert_cmpuint (pack (rare, 4000), <=, 40);
  g_assert_cmpuint (pack_by (data_pack_quick, rare, 4000), <=, 40);
  g_assert_cmpuint (pack_by (data_pack_quick, odd, 4000), ==, 4 + 4000 * 10 / 8);
}

static void
test_random_columns (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
  gint64 numbers[1500];

  for (guint i = 0; i < 600; i++) {
    gsize n = g_rand_int_range (rand, 1, G_N_ELEMENTS (numbers));
    guint width = g_rand_int_range (rand, 0, 55), lasts = g_rand_int_range (rand, 1, 20);
    for (gsize at = 0; at < n; at++) {
      guint64 bits = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);
      gint64 number = (gint64) (bits & ((G_GUINT64_CONSTANT (1) << width) - 1));
      numbers[at] = at % lasts != 0 ? numbers[at - 1] : bits >> 63 ? number : -number;
    }
    pack (numbers, n);
  }
}

static void
test_wrong_columns (void)
{
  static const struct { guint8 bytes[8]; guint size; } wrong[] = {
    { { 0 }, 0 },                        /* no form */
    { { 3, 0, 0, 0 }, 4 },               /* no such form */
    { { 2, 0 }, 2 },                     /* no width */
    { { 2, 0, 57, 0, 0, 0, 0, 0 }, 8 },  /* too wide, whatever follows */
    { { 2, 0, 9, 0, 0, 0 }, 6 },         /* 24 bits of 27 */
    { { 32, 0, 0, 0xFF }, 4 },
    { { 0, 0x80 }, 2 },                  /* a varint without its end */
    { { 16, 0, 58, 0xFF }, 4 },          /* k too great */
    { { 1, 0 }, 2 },                     /* no runs */
    { { 1, 4, 0, 0, 0, 0 }, 6 },         /* more runs than numbers */
    { { 1, 1, 0, 2, 0, 0 }, 6 },         /* a run too short */
    { { 1, 1, 0, 6, 0, 0 }, 6 },         /* … too long */
    { { 1, 1, 0, 1, 0, 0 }, 6 },         /* … of -1 */
    { { 1, 1, 1, 1, 0, 0, 0, 0 }, 8 },   /* runs in runs */
    { { 16, 0, 0, 0, 0 }, 5 },           /* zeros that do not end */
  };
  gint64 numbers[3];

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    DataPacked packed = { wrong[i].bytes, wrong[i].bytes + wrong[i].size };
    g_assert_false (data_unpack_numbers (&packed, numbers, 3));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crc32c/is-that-of-the-standard", test_crc_vectors);
  g_test_add_func ("/crc32c/with-and-without-the-instruction-is-the-same", test_crc_same);
  g_test_add_func ("/packing/columns-come-back-and-no-part-of-one-does", test_columns);
  g_test_add_func ("/packing/what-repeats-takes-next-to-nothing", test_small);
  g_test_add_func ("/packing/random-columns-come-back", test_random_columns);
  g_test_add_func ("/packing/what-nobody-packs-is-refused", test_wrong_columns);
  return g_test_run ();
}
