/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/bbt-archive.h"

#include <string.h>

#include "bbt-random.h"

enum { AI1 = 0, TEMPERATURE = COMMS_BBT_TEMPERATURE - 1, EXT1 = COMMS_BBT_EXT1 - 1 };

static const guint32 mask = 1u << AI1 | 1u << TEMPERATURE | 1u << EXT1;

static CommsBbtReport
row_of (guint number, gint32 current, gint32 temperature, gint32 external)
{
  CommsBbtReport row = { .number = number, .time = (1700000000 + number * 60) * (gint64) G_USEC_PER_SEC,
                         .status = 0x20, .mask = mask };

  row.values[AI1] = current;
  row.values[TEMPERATURE] = temperature;
  row.values[EXT1] = external;
  return row;
}

static void
pack_rows (CommsBbtPacker *packer, const CommsBbtReport *rows, guint n)
{
  comms_bbt_packer_begin (packer, COMMS_BBT_STREAM_ARCHIVE, 3, 60);
  for (guint i = 0; i < n; i++)
    g_assert_true (comms_bbt_packer_add (packer, &rows[i]));
}

/* Packed by hand after the document's words. */
static void
test_known_bytes (void)
{
  const CommsBbtReport rows[] = {
    row_of (1, 12000, -5, 0x41200000), row_of (2, 12000, -5, 0x41200000), row_of (3, 12001, -5, 0x41200000),
    row_of (4, 11937, -6, 0x41200000), row_of (5, 0xFFFF, 0x7FFF, 0x41200001), row_of (6, 0, -32768, 0x41200001),
  };
  static const guint8 known[] = {
    0x2E, 0xE0, 0xFF, 0xFB, 0x41, 0x20, 0x00, 0x00,   /* values as in LIVE */
    0x00,                                             /* nothing changed */
    0x01, 0x02,                                       /* ai1 +1 */
    0x03, 0x7F, 0x01,                                 /* ai1 -64 (127), temperature -1 (1) */
    0x07, 0xBC, 0xC5, 0x06, 0x8A, 0x80, 0x04, 0x01,   /* +53598 (107196), +32773 (65546), last bit of the float */
    0x03, 0xFD, 0xFF, 0x07, 0xFD, 0xFF, 0x07,         /* -65535 (131069) twice */
  };
  CommsBbtPacker packer;

  pack_rows (&packer, rows, G_N_ELEMENTS (rows));
  g_assert_cmpmem (packer.archive.packed.bytes, packer.archive.packed.length, known, sizeof known);
  g_assert_cmpuint (packer.archive.rows, ==, G_N_ELEMENTS (rows));
  g_assert_cmpuint (packer.archive.first, ==, 1);
  g_assert_true (comms_bbt_archive_check (&packer.archive, NULL));
}

static void
assert_rows (const CommsBbtArchive *archive, const CommsBbtReport *expected)
{
  CommsBbtReport row;
  CommsBbtRows rows;
  guint n = 0;

  comms_bbt_rows_begin (&rows, archive);
  while (comms_bbt_rows_next (&rows, &row, NULL)) {
    g_assert_cmpuint (row.number, ==, expected[n].number);
    g_assert_cmpint (row.time, ==, expected[n].time);
    g_assert_cmpuint (row.status, ==, expected[n].status);
    g_assert_cmphex (row.mask, ==, expected[n].mask);
    g_assert_cmpmem (row.values, sizeof row.values, expected[n].values, sizeof row.values);
    n++;
  }
  g_assert_cmpuint (n, ==, archive->rows);
}

static void
test_rows_come_back (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);

  for (guint i = 0; i < 300; i++) {
    CommsBbtReport rows[COMMS_BBT_ROWS_MAX + 1];
    CommsBbtPacker packer;
    guint n = 0;

    comms_bbt_packer_begin (&packer, COMMS_BBT_STREAM_HOURLY, 3, 60);
    do {
      rows[n] = row_of (100 + n, g_rand_int_range (rand, 0, 65536), g_rand_int_range (rand, -32768, 32768),
                        g_rand_int (rand));
      if (n > 0 && g_rand_boolean (rand))
        memcpy (rows[n].values, rows[n - 1].values, sizeof rows[n].values);
    } while (comms_bbt_packer_add (&packer, &rows[n++]));
    g_assert_cmpuint (packer.archive.rows, ==, n - 1);   /* the last one found no room */
    g_assert_cmpuint (packer.archive.packed.length, >, COMMS_BBT_ROWS_BYTES - 12);
    assert_rows (&packer.archive, rows);
  }
}

static void
test_what_does_not_fit_begins_another (void)
{
  const CommsBbtReport first = row_of (1, 4000, 0, 0);
  CommsBbtReport other[6];
  CommsBbtPacker packer;
  guint rows = 1;

  for (guint i = 0; i < G_N_ELEMENTS (other); i++)
    other[i] = row_of (2, 4001, 0, 0);
  other[0].number++;
  other[1].time += G_USEC_PER_SEC;
  other[2].status ^= 0x10;
  other[3].mask &= ~(1u << EXT1);
  other[4].number = 1;
  other[5].time = first.time;

  pack_rows (&packer, &first, 1);
  for (guint i = 0; i < G_N_ELEMENTS (other); i++)
    g_assert_false (comms_bbt_packer_add (&packer, &other[i]));
  for (CommsBbtReport row = row_of (2, 4000, 0, 0); comms_bbt_packer_add (&packer, &row);
       row = row_of (row.number + 1, 4000, 0, 0))
    rows++;
  g_assert_cmpuint (rows, ==, COMMS_BBT_ROWS_MAX);
  g_assert_cmpuint (packer.archive.packed.length, ==, 8 + 254);
}

static void
assert_bad (const guint8 *packed, gsize length, guint rows)
{
  const CommsBbtArchive archive = { .stream = COMMS_BBT_STREAM_ARCHIVE, .rows = rows, .boot = 1, .first = 1,
                                    .step = 60, .mask = mask, .packed = { packed, length } };
  g_autoptr (GError) error = NULL;

  g_assert_false (comms_bbt_archive_check (&archive, &error));
  g_assert_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_MALFORMED);
}

/* After a first row of 65535, −32768, 0. */
static void
test_other_encodings_are_refused (void)
{
  static const struct { const char *what; guint8 bytes[8]; guint length; } cases[] = {
    { "no row", { 0 }, 0 },
    { "two rows for one", { 0x00, 0x00 }, 2 },
    { "channels without their changes", { 0x01 }, 1 },
    { "varint cut off", { 0x01, 0x80 }, 2 },
    { "varint longer than it need be", { 0x81, 0x00, 0x01 }, 3 },
    { "change longer than it need be", { 0x01, 0x81, 0x00 }, 3 },
    { "no change", { 0x01, 0x00 }, 2 },
    { "a channel that the mask has not", { 0x08, 0x01 }, 2 },
    { "above the channel's width", { 0x01, 0x02 }, 2 },
    { "below the channel's width", { 0x02, 0x01 }, 2 },
    { "change of 33 bits", { 0x04, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F }, 6 },
    { "change of six bytes", { 0x04, 0xFF, 0xFF, 0xFF, 0xFF, 0x8F, 0x00 }, 7 },
  };
  guint8 packed[16] = { 0xFF, 0xFF, 0x80, 0x00 };

  for (gsize n = 0; n < 8; n++)
    assert_bad (packed, n, 1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].what);
    memcpy (packed + 8, cases[i].bytes, cases[i].length);
    assert_bad (packed, 8 + cases[i].length, 2);
  }
}

static void
test_heads_out_of_range (void)
{
  CommsBbtArchive good = { .stream = COMMS_BBT_STREAM_DAILY, .rows = 2, .step = 86400, .first = G_MAXUINT32 - 1,
                           .time = (G_MAXUINT32 - 86400) * (gint64) G_USEC_PER_SEC,
                           .packed = { (const guint8 *) "", 1 } };
  CommsBbtArchive bad[] = { good, good, good, good };

  g_assert_true (comms_bbt_archive_check (&good, NULL));
  bad[0].stream = COMMS_BBT_STREAM_EVENTS;
  bad[1].stream = COMMS_BBT_N_STREAMS;
  bad[2].first++;
  bad[3].time += G_USEC_PER_SEC;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (comms_bbt_archive_check (&bad[i], &error));
    g_assert_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_RANGE);
  }
}

static gsize
hour_on_the_wire (double rough)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  gsize overhead = COMMS_BBT_HEADER + COMMS_BBT_ROWS_HEADER + COMMS_BBT_MAC_SIZE + 2, wire = 0;
  CommsBbtPacker packer;

  comms_bbt_packer_begin (&packer, COMMS_BBT_STREAM_ARCHIVE, 1, 60);
  for (guint i = 1; i <= 60; i++) {
    CommsBbtReport row = bbt_random_minute (rand, i, rough);

    if (comms_bbt_packer_add (&packer, &row))
      continue;
    wire += overhead + packer.archive.packed.length;
    comms_bbt_packer_begin (&packer, COMMS_BBT_STREAM_ARCHIVE, 1, 60);
    g_assert_true (comms_bbt_packer_add (&packer, &row));
  }
  wire += overhead + packer.archive.packed.length;
  g_test_message ("60 rows of 16 channels, noise × %g: %zu bytes on the wire", rough, wire);
  return wire;
}

static void
test_an_hour_of_minutes (void)
{
  g_assert_cmpuint (hour_on_the_wire (1), <=, 1024);
  g_assert_cmpuint (hour_on_the_wire (10), <=, 2560);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-archive/known-bytes", test_known_bytes);
  g_test_add_func ("/bbt-archive/rows-come-back-as-they-were", test_rows_come_back);
  g_test_add_func ("/bbt-archive/what-does-not-fit-begins-another-frame", test_what_does_not_fit_begins_another);
  g_test_add_func ("/bbt-archive/any-other-encoding-is-refused", test_other_encodings_are_refused);
  g_test_add_func ("/bbt-archive/heads-out-of-range-are-refused", test_heads_out_of_range);
  g_test_add_func ("/bbt-archive/an-hour-of-minutes-of-16-channels-is-2.5-KiB-at-most", test_an_hour_of_minutes);
  return g_test_run ();
}
