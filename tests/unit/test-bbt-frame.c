/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/bbt-frame.h"

#include <string.h>

#include "comms/crc.h"

/* A frame with a payload of @length bytes and, when asked for, a MAC of no meaning. */
static gsize
make_frame (guint8 *bytes, guint8 type, guint32 sequence, gsize length, gboolean has_mac)
{
  comms_bbt_frame_open (bytes, type, sequence, length, has_mac);
  for (gsize i = 0; i < length + (has_mac ? COMMS_BBT_MAC_SIZE : 0); i++)
    bytes[COMMS_BBT_HEADER + i] = i * 7 + COMMS_BBT_START;
  return comms_bbt_frame_close (bytes);
}

static int
parse_code (const guint8 *bytes, gsize length, CommsBbtParse expected)
{
  g_autoptr (GError) error = NULL;
  CommsBbtFrame frame;

  g_assert_cmpint (comms_bbt_frame_parse (bytes, length, &frame, &error), ==, expected);
  g_assert_nonnull (error);
  g_assert_true (error->domain == COMMS_BBT_ERROR);
  return error->code;
}

static void
test_known_bytes (void)
{
  /* PING 1 with token 01020304: its CRC by a bitwise Python loop. */
  static const guint8 known[] = { 0xB7, 0x10, 0x07, 0x00, 0x04, 0x00, 0x00, 0x00, 0x01,
                                  0x01, 0x02, 0x03, 0x04, 0xC3, 0x19 };
  guint8 bytes[COMMS_BBT_FRAME_MAX];
  CommsBbtFrame frame;

  comms_bbt_frame_open (bytes, COMMS_BBT_PING, 1, 4, FALSE);
  memcpy (bytes + COMMS_BBT_HEADER, "\1\2\3\4", 4);
  g_assert_cmpmem (bytes, comms_bbt_frame_close (bytes), known, sizeof known);
  g_assert_cmphex (comms_crc16 (known, sizeof known), ==, 0);

  g_assert_cmpint (comms_bbt_frame_parse (known, sizeof known, &frame, NULL), ==, COMMS_BBT_WHOLE);
  g_assert_cmphex (frame.type, ==, COMMS_BBT_PING);
  g_assert_cmpuint (frame.sequence, ==, 1);
  g_assert_cmpuint (frame.length, ==, 4);
  g_assert_cmpuint (frame.size, ==, sizeof known);
  g_assert_false (frame.has_mac);
  g_assert_true (frame.start == known && frame.payload == known + COMMS_BBT_HEADER);
}

static void
test_sizes (void)
{
  guint8 bytes[COMMS_BBT_FRAME_MAX];

  g_assert_cmpuint (make_frame (bytes, 1, 1, 0, FALSE), ==, 11);
  g_assert_cmpuint (make_frame (bytes, 1, 1, 0, TRUE), ==, 19);
  g_assert_cmpuint (make_frame (bytes, 1, 1, COMMS_BBT_PAYLOAD_MAX, TRUE), ==, 1019);
  g_assert_cmpuint (COMMS_BBT_FRAME_MAX, ==, 1019);
}

static void
test_comes_in_pieces (void)
{
  guint8 bytes[COMMS_BBT_FRAME_MAX];
  gsize lengths[] = { 0, 1, 45, COMMS_BBT_PAYLOAD_MAX };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (lengths); i++) {
    gsize size = make_frame (bytes, COMMS_BBT_LIVE, 0x01020304, lengths[i / 2], i % 2);
    CommsBbtFrame frame;

    for (gsize n = 0; n < size; n++)
      g_assert_cmpint (parse_code (bytes, n, COMMS_BBT_MORE), ==, COMMS_BBT_ERROR_SHORT);
    g_assert_cmpint (comms_bbt_frame_parse (bytes, size, &frame, NULL), ==, COMMS_BBT_WHOLE);
    g_assert_cmpuint (frame.size, ==, size);
    g_assert_cmphex (frame.sequence, ==, 0x01020304);
    g_assert_cmpint (frame.has_mac, ==, i % 2);
    g_assert_cmpint (comms_bbt_frame_parse (bytes, sizeof bytes, &frame, NULL), ==, COMMS_BBT_WHOLE);
    g_assert_cmpuint (frame.size, ==, size);   /* what follows is the next one's */
  }
}

static void
test_bad_header_is_told_at_once (void)
{
  guint8 bytes[COMMS_BBT_FRAME_MAX];

  make_frame (bytes, COMMS_BBT_LIVE, 1, 45, TRUE);
  bytes[0] = '+';
  g_assert_cmpint (parse_code (bytes, 1, COMMS_BBT_BAD), ==, COMMS_BBT_ERROR_MALFORMED);
  bytes[0] = COMMS_BBT_START;
  bytes[1] = 0x21;
  g_assert_cmpint (parse_code (bytes, 2, COMMS_BBT_BAD), ==, COMMS_BBT_ERROR_VERSION);
  bytes[1] = 0x11;
  bytes[3] = 1001 / 256;
  bytes[4] = 1001 % 256;
  g_assert_cmpint (parse_code (bytes, 5, COMMS_BBT_BAD), ==, COMMS_BBT_ERROR_MALFORMED);
}

/* Every wrong bit is seen: in the first five bytes by what they say or by waiting, elsewhere by the CRC. */
static void
test_one_wrong_bit (void)
{
  guint8 bytes[COMMS_BBT_FRAME_MAX];
  gsize size = make_frame (bytes, COMMS_BBT_LIVE, 77, 45, TRUE);
  CommsBbtFrame frame;

  for (gsize bit = 0; bit < 8 * size; bit++) {
    bytes[bit / 8] ^= 1 << bit % 8;
    g_assert_cmpint (comms_bbt_frame_parse (bytes, size, &frame, NULL), !=, COMMS_BBT_WHOLE);
    bytes[bit / 8] ^= 1 << bit % 8;
  }
}

static void
test_spare_flags_are_ignored (void)
{
  guint8 bytes[COMMS_BBT_FRAME_MAX];
  gsize size = make_frame (bytes, COMMS_BBT_PING, 1, 4, FALSE);
  CommsBbtFrame frame;

  bytes[1] |= 0x0E;
  comms_bbt_frame_close (bytes);
  g_assert_cmpint (comms_bbt_frame_parse (bytes, size, &frame, NULL), ==, COMMS_BBT_WHOLE);
  g_assert_false (frame.has_mac);
}

static void
test_fault_of_error (void)
{
  static const struct { int code; guint8 fault; } cases[] = {
    { COMMS_BBT_ERROR_MALFORMED, 1 }, { COMMS_BBT_ERROR_VERSION, 2 }, { COMMS_BBT_ERROR_MAC, 5 },
    { COMMS_BBT_ERROR_SEQUENCE, 6 }, { COMMS_BBT_ERROR_TYPE, 7 }, { COMMS_BBT_ERROR_RANGE, 1 },
    { COMMS_BBT_ERROR_SHORT, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = g_error_new_literal (COMMS_BBT_ERROR, cases[i].code, "");
    g_assert_cmpint (comms_bbt_error_fault (error), ==, cases[i].fault);
  }
}

/* A serial line, one byte at a time: noise, two frames, a frame that lost a byte, a frame. */
static void
test_seek_finds_every_good_frame (void)
{
  g_autoptr (GByteArray) line = g_byte_array_new (), read = g_byte_array_new ();
  guint8 bytes[COMMS_BBT_FRAME_MAX];
  guint32 found[3];
  guint n = 0;

  g_byte_array_append (line, (const guint8 *) "AT\xB7\xB7\x10OK", 7);
  g_byte_array_append (line, bytes, make_frame (bytes, COMMS_BBT_LIVE, 1, 45, TRUE));
  g_byte_array_append (line, bytes, make_frame (bytes, COMMS_BBT_PING, 2, 4, TRUE));
  g_byte_array_append (line, bytes, make_frame (bytes, COMMS_BBT_LIVE, 3, 45, TRUE) - 1);
  g_byte_array_append (line, bytes, make_frame (bytes, COMMS_BBT_LIVE, 4, 45, TRUE));

  for (guint i = 0; i < line->len; i++) {
    CommsBbtFrame frame;
    gsize skip;

    g_byte_array_append (read, line->data + i, 1);
    gboolean whole = comms_bbt_frame_seek (read->data, read->len, FALSE, &frame, &skip);

    g_assert_cmpuint (skip, <=, read->len);
    if (whole) {
      g_assert_true (frame.start == read->data + skip);
      g_assert_cmpuint (n, <, G_N_ELEMENTS (found));
      found[n++] = frame.sequence;
      skip += frame.size;
    }
    g_byte_array_remove_range (read, 0, skip);
  }
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (found[0] == 1 && found[1] == 2 && found[2] == 4);
  g_assert_cmpuint (read->len, ==, 0);
}

/* A start mark in noise that announces 1000 bytes holds the line only until it is quiet. */
static void
test_seek_gives_up_when_quiet (void)
{
  guint8 line[64] = { 0xB7, 0x10, 0x10, 0x03, 0xE8 };
  gsize size = make_frame (line + 5, COMMS_BBT_PING, 9, 4, FALSE), skip;
  CommsBbtFrame frame;

  g_assert_false (comms_bbt_frame_seek (line, 5 + size, FALSE, &frame, &skip));
  g_assert_cmpuint (skip, ==, 0);
  g_assert_true (comms_bbt_frame_seek (line, 5 + size, TRUE, &frame, &skip));
  g_assert_cmpuint (skip, ==, 5);
  g_assert_cmpuint (frame.sequence, ==, 9);
  g_assert_false (comms_bbt_frame_seek (line, 5, TRUE, &frame, &skip));
  g_assert_cmpuint (skip, ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-frame/known-bytes", test_known_bytes);
  g_test_add_func ("/bbt-frame/sizes-are-those-of-the-document", test_sizes);
  g_test_add_func ("/bbt-frame/cut-short-at-every-length-waits-for-more", test_comes_in_pieces);
  g_test_add_func ("/bbt-frame/bad-header-is-told-as-soon-as-it-is-there", test_bad_header_is_told_at_once);
  g_test_add_func ("/bbt-frame/one-wrong-bit-anywhere-is-no-frame", test_one_wrong_bit);
  g_test_add_func ("/bbt-frame/spare-flags-are-ignored", test_spare_flags_are_ignored);
  g_test_add_func ("/bbt-frame/errors-map-onto-fault-codes", test_fault_of_error);
  g_test_add_func ("/bbt-frame/seek-finds-every-good-frame-between-noise", test_seek_finds_every_good_frame);
  g_test_add_func ("/bbt-frame/seek-gives-an-unfinished-frame-up-when-quiet", test_seek_gives_up_when_quiet);
  return g_test_run ();
}
