/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/bbt-end.h"

#include <string.h>

/* Both ends of one session, and what the unit wrote last. */
typedef struct {
  CommsBbtEnd unit, server;
  guint8      bytes[COMMS_BBT_FRAME_MAX];
  gsize       size;
} Pair;

static void
session_mac (CommsBbtMac *mac, guint8 key_byte, const char *serial, guint8 server_byte, guint8 unit_byte)
{
  guint8 key[COMMS_BBT_KEY_SIZE], server_nonce[16];
  CommsBbtIdent ident = { 0 };

  memset (key, key_byte, sizeof key);
  memset (server_nonce, server_byte, sizeof server_nonce);
  memset (ident.nonce, unit_byte, sizeof ident.nonce);
  g_strlcpy (ident.serial, serial, sizeof ident.serial);
  comms_bbt_session_mac (key, &ident, server_nonce, mac);
}

static void
open_pair (Pair *pair)
{
  CommsBbtMac mac;

  comms_bbt_end_init (&pair->unit, COMMS_BBT_OF_UNIT);
  comms_bbt_end_init (&pair->server, COMMS_BBT_OF_SERVER);
  session_mac (&mac, 1, "BBT1-1", 2, 3);
  comms_bbt_end_start_mac (&pair->unit, &mac);
  comms_bbt_end_start_mac (&pair->server, &mac);
}

static void
write_ping (Pair *pair, guint32 token)
{
  CommsBbtMessage message = { .type = COMMS_BBT_PING, .ping.token = token };

  pair->size = comms_bbt_end_write (&pair->unit, &message, pair->bytes, NULL);
  g_assert_cmpuint (pair->size, ==, COMMS_BBT_HEADER + 4 + (pair->unit.has_mac ? 8 : 0) + 2);
}

/* 0 when the end takes the bytes, else the error's code. */
static int
take (CommsBbtEnd *end, const guint8 *bytes, gsize size)
{
  g_autoptr (GError) error = NULL;
  guint32 before = end->taken;
  CommsBbtMessage message;
  CommsBbtFrame frame;

  g_assert_cmpint (comms_bbt_frame_parse (bytes, size, &frame, NULL), ==, COMMS_BBT_WHOLE);
  if (comms_bbt_end_read (end, &frame, &message, &error)) {
    g_assert_no_error (error);
    g_assert_cmpuint (end->taken, ==, frame.sequence);
    return 0;
  }
  g_assert_true (error != NULL && error->domain == COMMS_BBT_ERROR);
  if (error->code == COMMS_BBT_ERROR_MAC || error->code == COMMS_BBT_ERROR_SEQUENCE)
    g_assert_cmpuint (end->taken, ==, before);
  return error->code;
}

static void
test_both_ways (void)
{
  CommsBbtMessage sent = { .type = COMMS_BBT_ACK, .ack = { 1, { { COMMS_BBT_STREAM_EVENTS, 7, 1000 } } } }, got;
  CommsBbtFrame frame;
  Pair pair;

  open_pair (&pair);
  for (guint i = 1; i < 4; i++) {
    write_ping (&pair, i);
    g_assert_cmpint (take (&pair.server, pair.bytes, pair.size), ==, 0);
  }
  g_assert_cmpuint (pair.server.taken, ==, 3);
  pair.size = comms_bbt_end_write (&pair.server, &sent, pair.bytes, NULL);
  g_assert_cmpint (comms_bbt_frame_parse (pair.bytes, pair.size, &frame, NULL), ==, COMMS_BBT_WHOLE);
  g_assert_true (comms_bbt_end_read (&pair.unit, &frame, &got, NULL));
  g_assert_cmpuint (got.sequence, ==, 1);
  g_assert_cmpuint (got.ack.n_entries, ==, 1);
  g_assert_cmpuint (got.ack.entries[0].through, ==, 1000);
}

static void
test_sequence_must_grow (void)
{
  guint8 first[COMMS_BBT_FRAME_MAX];
  Pair pair;
  gsize size;

  open_pair (&pair);
  write_ping (&pair, 1);
  memcpy (first, pair.bytes, size = pair.size);
  g_assert_cmpint (take (&pair.server, first, size), ==, 0);
  g_assert_cmpint (take (&pair.server, first, size), ==, COMMS_BBT_ERROR_SEQUENCE);
  write_ping (&pair, 2);
  write_ping (&pair, 3);                                           /* 2 was lost on the way: UDP */
  g_assert_cmpint (take (&pair.server, pair.bytes, pair.size), ==, 0);
  g_assert_cmpint (take (&pair.server, first, size), ==, COMMS_BBT_ERROR_SEQUENCE);
}

/* What a line has swallowed may have had records in it. */
static void
test_sequence_has_no_gaps_where_none_may_be (void)
{
  Pair pair;

  open_pair (&pair);
  pair.server.gapless = TRUE;
  write_ping (&pair, 1);
  g_assert_cmpint (take (&pair.server, pair.bytes, pair.size), ==, 0);
  write_ping (&pair, 2);
  write_ping (&pair, 3);
  g_assert_cmpint (take (&pair.server, pair.bytes, pair.size), ==, COMMS_BBT_ERROR_SEQUENCE);
}

static void
test_sequence_never_wraps (void)
{
  CommsBbtMessage message = { .type = COMMS_BBT_PING };
  g_autoptr (GError) error = NULL;
  Pair pair;

  open_pair (&pair);
  pair.unit.sent = G_MAXUINT32 - 1;
  write_ping (&pair, 1);
  g_assert_cmpint (take (&pair.server, pair.bytes, pair.size), ==, 0);
  g_assert_cmpuint (comms_bbt_end_write (&pair.unit, &message, pair.bytes, &error), ==, 0);
  g_assert_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_SEQUENCE);
}

/* What cannot be encoded takes no sequence, so that the next frame is not told as lost. */
static void
test_refused_message_is_not_counted (void)
{
  CommsBbtMessage message = { .type = COMMS_BBT_OUTPUT, .output = { .step = 9 } };
  g_autoptr (GError) error = NULL;
  Pair pair;

  open_pair (&pair);
  g_assert_cmpuint (comms_bbt_end_write (&pair.server, &message, pair.bytes, &error), ==, 0);
  g_assert_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_RANGE);
  g_assert_cmpuint (pair.server.sent, ==, 0);
}

static void
test_mac_binds_session (void)
{
  static const struct { guint8 key; const char *serial; guint8 server, unit; } others[] = {
    { 9, "BBT1-1", 2, 3 }, { 1, "BBT1-2", 2, 3 }, { 1, "BBT1-1", 9, 3 }, { 1, "BBT1-1", 2, 9 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    CommsBbtMac mac;
    Pair pair;

    open_pair (&pair);
    session_mac (&mac, others[i].key, others[i].serial, others[i].server, others[i].unit);
    comms_bbt_end_start_mac (&pair.server, &mac);
    write_ping (&pair, 1);
    g_assert_cmpint (take (&pair.server, pair.bytes, pair.size), ==, COMMS_BBT_ERROR_MAC);
  }
}

/* A frame of the unit sent back to it is not one of the server. */
static void
test_mac_binds_direction (void)
{
  Pair pair;

  open_pair (&pair);
  write_ping (&pair, 1);
  g_assert_cmpint (take (&pair.unit, pair.bytes, pair.size), ==, COMMS_BBT_ERROR_MAC);
  g_assert_cmpint (take (&pair.server, pair.bytes, pair.size), ==, 0);
}

/* Every bit of a frame but its spare flags, with the CRC made good again: the sequence included. */
static void
test_mac_binds_every_bit (void)
{
  CommsBbtFrame frame;
  guint taken = 0;
  Pair pair;

  open_pair (&pair);
  write_ping (&pair, 0x12345678);
  for (gsize bit = 0; bit < 8 * (pair.size - 2); bit++) {
    guint8 forged[COMMS_BBT_FRAME_MAX + 1024];

    memcpy (forged, pair.bytes, pair.size);
    forged[bit / 8] ^= 1 << bit % 8;
    if (bit / 8 == 3 || bit / 8 == 4)
      continue;   /* another length is another frame: test-bbt-frame */
    comms_bbt_frame_close (forged);
    if (comms_bbt_frame_parse (forged, sizeof forged, &frame, NULL) != COMMS_BBT_WHOLE)
      continue;
    g_assert_cmpint (take (&pair.server, forged, frame.size), ==, COMMS_BBT_ERROR_MAC);
    taken++;
  }
  g_assert_cmpuint (taken, >=, 8 * (pair.size - 2) - 8 - 16 - 4);
  g_assert_cmpint (take (&pair.server, pair.bytes, pair.size), ==, 0);
}

static void
test_mac_missing_or_out_of_place (void)
{
  Pair pair;

  open_pair (&pair);
  pair.unit.has_mac = FALSE;
  write_ping (&pair, 1);
  g_assert_cmpint (take (&pair.server, pair.bytes, pair.size), ==, COMMS_BBT_ERROR_MAC);
  open_pair (&pair);
  pair.server.has_mac = FALSE;
  write_ping (&pair, 1);
  g_assert_cmpint (take (&pair.server, pair.bytes, pair.size), ==, COMMS_BBT_ERROR_MAC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-end/frames-pass-both-ways", test_both_ways);
  g_test_add_func ("/bbt-end/sequence-must-grow", test_sequence_must_grow);
  g_test_add_func ("/bbt-end/sequence-has-no-gaps-where-none-may-be", test_sequence_has_no_gaps_where_none_may_be);
  g_test_add_func ("/bbt-end/sequence-never-wraps", test_sequence_never_wraps);
  g_test_add_func ("/bbt-end/refused-message-takes-no-sequence", test_refused_message_is_not_counted);
  g_test_add_func ("/bbt-end/mac-binds-key-serial-and-nonces", test_mac_binds_session);
  g_test_add_func ("/bbt-end/mac-binds-direction", test_mac_binds_direction);
  g_test_add_func ("/bbt-end/mac-binds-every-bit", test_mac_binds_every_bit);
  g_test_add_func ("/bbt-end/mac-missing-or-out-of-place-is-refused", test_mac_missing_or_out_of_place);
  return g_test_run ();
}
