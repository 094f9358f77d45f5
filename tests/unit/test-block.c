/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "data/block.h"

static void
assert_same (const GArray *a, const GArray *b)
{
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++) {
    const GdpReading *x = &g_array_index (a, GdpReading, i), *y = &g_array_index (b, GdpReading, i);
    g_assert_cmpint (x->time, ==, y->time);
    g_assert_cmpint (x->received, ==, y->received);
    g_assert_cmpint (x->reason, ==, y->reason);
    g_assert_true (memcmp (&x->value, &y->value, sizeof x->value) == 0 || (isnan (x->value) && isnan (y->value)));
    g_assert_cmpint (y->point, ==, 7);
    g_assert_cmpint (y->seq, ==, 0);
  }
}

static gint64
random_number (GRand *rand, gint64 most)
{
  guint64 bits = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);
  gint64 number = (gint64) (bits >> g_rand_int_range (rand, 1, 64));

  return (g_rand_boolean (rand) ? number : -number) % (most + 1);
}

static GArray *
random_readings (GRand *rand)
{
  static const GdpReason reasons[] = { GDP_REASON_NONE, GDP_REASON_STALE, GDP_REASON_OUT_OF_SERVICE };
  guint n = 1u << g_rand_int_range (rand, 0, 12), wildness = (guint) g_rand_int_range (rand, 0, 4);
  GArray *readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  gint64 time = random_number (rand, DATA_BLOCK_FARTHEST / 2);

  n = g_rand_int_range (rand, 0, (gint32) n);

  for (guint i = 0; i < n; i++) {
    time += 1000000 + random_number (rand, 1 << (5 * wildness));
    GdpReading reading = { .point = 7, .time = time, .received = time + random_number (rand, 1 << (5 * wildness)),
                           .value = random_number (rand, 4095) / 1000.0 };
    if (g_rand_int_range (rand, 0, 20) < (gint) wildness)
      reading.time = random_number (rand, DATA_BLOCK_FARTHEST);
    if (g_rand_int_range (rand, 0, 20) < (gint) wildness)
      reading.reason = reasons[g_rand_int_range (rand, 0, G_N_ELEMENTS (reasons))];
    if (g_rand_int_range (rand, 0, 20) < (gint) wildness)
      reading.value = g_rand_boolean (rand) ? NAN : g_rand_double_range (rand, -1e9, 1e9);
    g_array_append_val (readings, reading);
  }
  return readings;
}

static void
test_random (void)
{
  static const double resolutions[] = { 0.001, 1, 0.3, 1 / 3.0, 1e-12, 2.5e9, 1e300 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);

  for (guint i = 0; i < 500; i++) {
    g_autoptr (GArray) readings = random_readings (rand), back = g_array_new (FALSE, FALSE, sizeof (GdpReading));
    g_autoptr (GError) error = NULL;
    double resolution = resolutions[g_rand_int_range (rand, 0, G_N_ELEMENTS (resolutions))];
    g_autoptr (GByteArray) block = data_block_encode (readings, resolution, &error);
    g_assert_no_error (error);
    g_assert_true (data_block_decode (block->data, block->len, 7, back, &error));
    g_assert_no_error (error);
    assert_same (readings, back);
    g_autoptr (GByteArray) again = data_block_encode (back, resolution, &error);
    g_assert_cmpmem (block->data, block->len, again->data, again->len);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block/random-readings-come-back-as-they-were", test_random);
  return g_test_run ();
}
