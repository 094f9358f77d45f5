/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "data/block.h"
#include "data/crc32c.h"
#include "data/store.h"

#define HOUR (G_GINT64_CONSTANT (1763841600) * GDP_SECOND)

static GArray *
readings_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (GdpReading));
}

static void
add (GArray *readings, gint64 time, gint64 delay, double value, GdpReason reason)
{
  GdpReading reading = { .seq = 99, .point = 5, .time = time, .received = time + delay, .value = value, .reason = reason };
  g_array_append_val (readings, reading);
}

static void
assert_same (const GArray *given, const GArray *back)
{
  g_assert_cmpuint (given->len, ==, back->len);
  for (guint i = 0; i < given->len; i++) {
    const GdpReading *x = &g_array_index (given, GdpReading, i), *y = &g_array_index (back, GdpReading, i);
    g_assert_cmpint (x->time, ==, y->time);
    g_assert_cmpint (x->received, ==, y->received);
    g_assert_cmpint (x->reason, ==, y->reason);
    g_assert_true (memcmp (&x->value, &y->value, sizeof x->value) == 0 || (isnan (x->value) && isnan (y->value)));
    g_assert_cmpint (y->point, ==, 7);
    g_assert_cmpint (y->seq, ==, 0);
  }
}

/* There and back; the block. */
static GByteArray *
seal (const GArray *readings, double resolution)
{
  g_autoptr (GArray) back = readings_new ();
  g_autoptr (GError) error = NULL;
  GByteArray *block = data_block_encode (readings, resolution, &error);

  g_assert_no_error (error);
  g_assert_true (data_block_decode (block->data, block->len, 7, back, &error));
  g_assert_no_error (error);
  assert_same (readings, back);
  g_autoptr (GByteArray) again = data_block_encode (back, resolution, &error);
  g_assert_cmpmem (block->data, block->len, again->data, again->len);
  return block;
}

static void
assert_seals (const GArray *readings, double resolution)
{
  g_byte_array_unref (seal (readings, resolution));
}

/* A pressure, polled every second, its sensor broken for a while. */
static GArray *
plain_hour (guint n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
  GArray *readings = readings_new ();

  for (guint i = 0; i < n; i++) {
    gboolean broken = i % 1000 > 40 && i % 1000 < 50;
    add (readings, HOUR + i * GDP_SECOND + g_rand_int_range (rand, 0, 700), g_rand_int_range (rand, 0, 2),
         broken ? NAN : (612 + g_rand_int_range (rand, -3, 4)) / 1000.0,
         broken ? GDP_REASON_OPEN_CIRCUIT : GDP_REASON_NONE);
  }
  return readings;
}

/* ---- there and back ------------------------------------------------------------------------- */

static void
test_few (void)
{
  g_autoptr (GArray) readings = readings_new ();

  assert_seals (readings, 0.01);
  for (guint n = 1; n < 10; n++) {
    add (readings, HOUR + n * 1234567, n, n / 10.0, n % 3);
    assert_seals (readings, 0.1);
  }
}

/* Not on the grid, hardly a number, or none: all as they were. */
static void
test_odd_values (void)
{
  static const double values[] = { 1.2345, -0.0, 0.0, NAN, INFINITY, -INFINITY, 5e-324, 1e300, -1e300, 0.1, 1 / 3.0,
                                   1125899906842623 / 1000.0, 1125899906842625 / 1000.0, -7.5, 3 };
  static const double resolutions[] = { 0.001, 0.01, 1, 0.3, 1 / 3.0, 2.5, G_PI, 1e-12, 3e12, 1e300, 5e-324 };
  g_autoptr (GArray) readings = readings_new ();

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    add (readings, HOUR + i, 0, values[i], i % 2 ? GDP_REASON_OUT_OF_SERVICE : GDP_REASON_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (resolutions); i++)
    assert_seals (readings, resolutions[i]);
}

/* What is sealed is the double that was written, whatever becomes of the point's resolution. */
static void
test_decimals (void)
{
  g_autoptr (GArray) readings = readings_new ();

  for (guint i = 0; i < 2000; i++) {
    char text[16];
    g_snprintf (text, sizeof text, "%u.%03u", i / 1000, i % 1000);
    add (readings, HOUR + i * GDP_SECOND, 0, g_ascii_strtod (text, NULL), GDP_REASON_NONE);
  }
  g_autoptr (GByteArray) fine = seal (readings, 0.0005), fit = seal (readings, 0.001), coarse = seal (readings, 0.01);
  g_assert_cmpuint (fit->len, <, 800);
  g_assert_cmpuint (fine->len, <, 800);
  g_assert_cmpuint (coarse->len, >, 1800 * 8);   /* nine of ten are kept exact */
}

static void
test_odd_times (void)
{
  static const gint64 times[] = { 0, DATA_BLOCK_FARTHEST, -DATA_BLOCK_FARTHEST, HOUR, HOUR, HOUR + 1, HOUR - 1, 1000, 1000000 };

  for (guint first = 0; first < G_N_ELEMENTS (times); first++) {
    g_autoptr (GArray) readings = readings_new ();
    for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
      GdpReading reading = { .time = times[(first + i) % G_N_ELEMENTS (times)],
                             .received = times[(first + i * i) % G_N_ELEMENTS (times)] };
      g_array_append_val (readings, reading);
      assert_seals (readings, 1);
    }
  }
}

/* A number that may be small, negative, or as far off as @most. */
static gint64
random_number (GRand *rand, gint64 most)
{
  guint64 bits = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);
  gint64 number = (gint64) (bits >> g_rand_int_range (rand, 1, 64));

  return (g_rand_boolean (rand) ? number : -number) % (most + 1);
}

static GArray *
random_readings (GRand *rand, double resolution)
{
  static const GdpReason reasons[] = { GDP_REASON_NONE, GDP_REASON_STALE, GDP_REASON_OUT_OF_SERVICE };
  GArray *readings = readings_new ();
  guint n = g_rand_int_range (rand, 0, 1 << g_rand_int_range (rand, 0, 12)), wild = g_rand_int_range (rand, 0, 4);
  gint64 time = random_number (rand, DATA_BLOCK_FARTHEST / 2), unit = g_rand_boolean (rand) ? 1000 : 1;

  for (guint i = 0; i < n; i++) {
    time += unit * (1000000 + random_number (rand, 1 << (5 * wild)));
    add (readings, time, random_number (rand, 1 << (5 * wild)), random_number (rand, 4095) * resolution,
         g_rand_int_range (rand, 0, 20) < (gint) wild ? reasons[g_rand_int_range (rand, 0, 3)] : GDP_REASON_NONE);
    GdpReading *last = &g_array_index (readings, GdpReading, i);
    if (g_rand_int_range (rand, 0, 20) < (gint) wild)
      last->time = random_number (rand, DATA_BLOCK_FARTHEST);
    if (g_rand_int_range (rand, 0, 20) < (gint) wild)
      last->value = g_rand_boolean (rand) ? NAN : g_rand_double_range (rand, -1e9, 1e9);
  }
  return readings;
}

static void
test_random (void)
{
  static const double resolutions[] = { 0.001, 1, 0.3, 1 / 3.0, 1e-12, 2.5e9 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);

  for (guint i = 0; i < 800; i++) {
    double resolution = resolutions[g_rand_int_range (rand, 0, G_N_ELEMENTS (resolutions))];
    g_autoptr (GArray) readings = random_readings (rand, resolution);
    assert_seals (readings, resolution);
  }
}

/* The benchmark measures real models; this keeps the order of magnitude. */
static void
test_small (void)
{
  g_autoptr (GArray) second = plain_hour (3600), minute = readings_new (), same = readings_new ();

  for (guint i = 0; i < 60; i++)
    add (minute, HOUR + i * 60 * GDP_SECOND, 400000 - 1000 * i, (2000 + i % 7) / 100.0, GDP_REASON_NONE);
  for (guint i = 0; i < 60; i++)
    add (same, HOUR + i * 60 * GDP_SECOND, (3600 - i * 60) * GDP_SECOND, 1, GDP_REASON_NONE);
  g_autoptr (GByteArray) a = seal (second, 0.001), b = seal (minute, 0.01), c = seal (same, 1);
  g_assert_cmpuint (a->len, <, 3600 * 5 / 2);
  g_assert_cmpuint (b->len, <, 60 * 3);
  g_assert_cmpuint (c->len, <, 40);
}

/* A store is read by programs to come, and by others: the bytes of version 1 stay. */
static void
test_layout (void)
{
  static const char hex[] = "01051302d0cf90808c8da206e80710020196100401dc14321180032000601a1065e83a1200068016bcf710c80909"
                            "808b443fe399999999999a8262f72d";
  g_autoptr (GArray) readings = readings_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  add (readings, HOUR + 1000, 25, 0.612, GDP_REASON_NONE);
  add (readings, HOUR + 1 * GDP_SECOND + 3000, 31, 0.613, GDP_REASON_NONE);
  add (readings, HOUR + 2 * GDP_SECOND + 2000, 28, NAN, GDP_REASON_SENSOR_LOW);
  add (readings, HOUR + 4 * GDP_SECOND, 500000, 0.6125, GDP_REASON_FORCED);
  add (readings, HOUR + 5 * GDP_SECOND, 27, -0.004, GDP_REASON_NONE);
  g_autoptr (GByteArray) block = seal (readings, 0.001);
  for (guint i = 0; i < block->len; i++)
    g_string_append_printf (text, "%02x", block->data[i]);
  g_assert_cmpstr (text->str, ==, hex);
}

/* ---- bounds ---------------------------------------------------------------------------------- */

static void
assert_refused (const GArray *readings, double resolution, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (data_block_encode (readings, resolution, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, why));
}

static void
test_refused (void)
{
  static const double resolutions[] = { 0, -1, NAN, INFINITY };
  g_autoptr (GArray) many = plain_hour (DATA_BLOCK_MOST), one = readings_new ();

  assert_seals (many, 0.001);
  g_array_append_val (many, g_array_index (many, GdpReading, 0));
  assert_refused (many, 0.001, "1000001 readings");
  for (guint i = 0; i < G_N_ELEMENTS (resolutions); i++)
    assert_refused (one, resolutions[i], "resolution");
  add (one, HOUR, 0, 1, GDP_REASON_NONE);
  add (one, DATA_BLOCK_FARTHEST + 1, 0, 1, GDP_REASON_NONE);
  assert_refused (one, 1, "reading 2 of 2");
  g_array_index (one, GdpReading, 1).time = G_MININT64;
  assert_refused (one, 1, "reading 2 of 2");
  g_array_index (one, GdpReading, 1) = (GdpReading) { .reason = 256 };
  assert_refused (one, 1, "reason 256");
  g_array_index (one, GdpReading, 1) = (GdpReading) { .received = G_MININT64 };
  assert_refused (one, 1, "reading 2 of 2");
}

/* ---- damage ---------------------------------------------------------------------------------- */

static void
assert_damaged (const guint8 *bytes, gsize size, int code)
{
  g_autofree guint8 *alone = g_memdup2 (bytes, size);   /* a read past its end is seen */
  g_autoptr (GArray) readings = readings_new ();
  g_autoptr (GError) error = NULL;

  add (readings, HOUR, 0, 1, GDP_REASON_NONE);
  g_assert_false (data_block_decode (alone, size, 7, readings, &error));
  g_assert_error (error, DATA_ERROR, code);
  g_assert_cmpuint (readings->len, ==, 1);
}

static void
test_flips (void)
{
  g_autoptr (GArray) readings = plain_hour (120);
  g_autoptr (GByteArray) block = seal (readings, 0.001);

  for (guint bit = 0; bit < block->len * 8; bit++) {
    block->data[bit / 8] ^= 1 << bit % 8;
    assert_damaged (block->data, block->len, DATA_ERROR_NOT_A_STORE);
    block->data[bit / 8] ^= 1 << bit % 8;
  }
}

static void
test_lengths (void)
{
  g_autoptr (GArray) readings = plain_hour (120);
  g_autoptr (GByteArray) block = seal (readings, 0.001);

  for (guint length = 0; length < block->len; length++)
    assert_damaged (block->data, length, DATA_ERROR_NOT_A_STORE);
  g_byte_array_append (block, (const guint8 *) "", 1);
  assert_damaged (block->data, block->len, DATA_ERROR_NOT_A_STORE);
}

static void
sign (GByteArray *block)
{
  guint32 crc = GUINT32_TO_BE (data_crc32c (block->data, block->len - 4));

  memcpy (block->data + block->len - 4, &crc, 4);
}

static void
test_newer (void)
{
  g_autoptr (GArray) readings = plain_hour (3);
  g_autoptr (GByteArray) block = seal (readings, 0.001);

  block->data[0] = 2;
  assert_damaged (block->data, block->len, DATA_ERROR_NOT_A_STORE);
  sign (block);
  assert_damaged (block->data, block->len, DATA_ERROR_NEWER);
}

/* The checksum does not save from a program that writes nonsense: no crash, no endless work, and what is taken for
 * readings can be sealed again. */
static void
test_nonsense (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
  g_autoptr (GArray) readings = plain_hour (60);
  g_autoptr (GByteArray) block = seal (readings, 0.001);
  guint taken = 0;

  for (guint i = 0; i < 20000; i++) {
    g_autoptr (GByteArray) wrong = g_byte_array_new ();
    g_autoptr (GArray) back = readings_new ();
    g_autoptr (GError) error = NULL;
    g_byte_array_append (wrong, block->data, g_rand_int_range (rand, 8, (gint32) block->len + 1));
    for (guint n = g_rand_int_range (rand, 0, 4); n > 0; n--)
      wrong->data[g_rand_int_range (rand, 1, wrong->len - 4)] = g_rand_int (rand) & 0xFF;
    sign (wrong);
    if (data_block_decode (wrong->data, wrong->len, 7, back, &error)) {
      g_autoptr (GByteArray) again = data_block_encode (back, 0.001, &error);
      g_assert_nonnull (again);
      taken++;
    } else {
      g_assert_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE);
    }
  }
  g_assert_cmpuint (taken, >, 0);
  g_assert_cmpuint (taken, <, 20000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block/no-reading-one-and-a-few-come-back", test_few);
  g_test_add_func ("/block/values-off-the-grid-come-back-bit-by-bit", test_odd_values);
  g_test_add_func ("/block/decimals-come-back-at-any-resolution", test_decimals);
  g_test_add_func ("/block/times-in-any-order-come-back", test_odd_times);
  g_test_add_func ("/block/random-readings-come-back-and-give-the-same-bytes", test_random);
  g_test_add_func ("/block/an-hour-is-small", test_small);
  g_test_add_func ("/block/layout-of-version-1-stays", test_layout);
  g_test_add_func ("/block/what-does-not-fit-is-refused-by-name", test_refused);
  g_test_add_func ("/block/every-flipped-bit-is-found", test_flips);
  g_test_add_func ("/block/every-truncation-is-found", test_lengths);
  g_test_add_func ("/block/newer-version-is-told-from-damage", test_newer);
  g_test_add_func ("/block/nonsense-with-a-right-checksum-does-no-harm", test_nonsense);
  return g_test_run ();
}
