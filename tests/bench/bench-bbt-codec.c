/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a frame costs the session server before its contents are believed: LIVE of 64 bytes with its MAC. Ours
 * finds the frame, checks CRC, MAC and sequence and decodes; the limit is a bare loop that does nothing but
 * nettle's HMAC-SHA-256 (a key set once) and the CRC over the same bytes. Then the same the other way: an ACK
 * made, and a late hour of 60 rows of 16 points decoded and walked, against the same bare loop over their
 * bytes; and what that hour takes on the wire beside 60 LIVE. Rounds are interleaved. */
#include <nettle/hmac.h>
#include <stdio.h>
#include <string.h>

#include "bbt-random.h"
#include "comms/bbt-archive.h"
#include "comms/bbt-end.h"
#include "comms/crc.h"
#include "quantile.h"

enum { ROUNDS = 9, FRAMES = 200000, HOURS = 5000, DIFFERENT = 256 };

static const guint8 key[COMMS_BBT_KEY_SIZE] = "thirty-two bytes, all of secrecy";
static guint8 frames[DIFFERENT][COMMS_BBT_FRAME_MAX];
static gsize size;
static guint8 hour[COMMS_BBT_FRAME_MAX];
static gsize hour_size;
/* ai1…8, di, do, mains, battery, temperature, solar, ext1: 30 bytes of values make 64. */
static const guint32 points = 0x16FFF;
static volatile guint sink;   /* so that nothing is left out as unused */

static void
make_frames (void)
{
  CommsBbtMessage message = { .type = COMMS_BBT_LIVE, .report = { .mask = points, .time = 1763841033123000 } };
  CommsBbtEnd unit;
  CommsBbtMac mac;

  comms_bbt_mac_init (&mac, key);
  comms_bbt_end_init (&unit, COMMS_BBT_OF_UNIT);
  comms_bbt_end_start_mac (&unit, &mac);
  for (guint i = 0; i < DIFFERENT; i++) {
    message.report.number = i;
    for (guint c = 0; c < 8; c++)
      message.report.values[c] = 4000 + i * 8 + c;
    size = comms_bbt_end_write (&unit, &message, frames[i], NULL);
  }
}

static void
make_hour (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  CommsBbtMessage message = { .type = COMMS_BBT_ARCHIVE };
  CommsBbtPacker packer;
  CommsBbtEnd unit;
  CommsBbtMac mac;

  comms_bbt_packer_begin (&packer, COMMS_BBT_STREAM_ARCHIVE, 1, 60);
  for (guint i = 1; i <= 60; i++) {
    CommsBbtReport row = bbt_random_minute (rand, i, 1);
    g_assert_true (comms_bbt_packer_add (&packer, &row));
  }
  message.archive = packer.archive;
  comms_bbt_mac_init (&mac, key);
  comms_bbt_end_init (&unit, COMMS_BBT_OF_UNIT);
  comms_bbt_end_start_mac (&unit, &mac);
  hour_size = comms_bbt_end_write (&unit, &message, hour, NULL);
}

static double
read_ours (void)
{
  CommsBbtMac mac;
  CommsBbtEnd server;
  gint64 begun;

  comms_bbt_mac_init (&mac, key);
  comms_bbt_end_init (&server, COMMS_BBT_OF_SERVER);
  comms_bbt_end_start_mac (&server, &mac);
  begun = g_get_monotonic_time ();
  for (guint i = 0; i < FRAMES; i++) {
    CommsBbtMessage message;
    CommsBbtFrame frame;

    if (i % DIFFERENT == 0)
      server.taken = 0;   /* the same frames again */
    g_assert_true (comms_bbt_frame_parse (frames[i % DIFFERENT], size, &frame, NULL) == COMMS_BBT_WHOLE
                   && comms_bbt_end_read (&server, &frame, &message, NULL));
    sink += message.report.values[0];
  }
  return FRAMES * 1e6 / (g_get_monotonic_time () - begun);
}

static double
write_ours (void)
{
  CommsBbtMessage message = { .type = COMMS_BBT_ACK, .ack = { 1, { { COMMS_BBT_STREAM_LIVE, 7, 0 } } } };
  guint8 frame[COMMS_BBT_FRAME_MAX];
  CommsBbtEnd server;
  CommsBbtMac mac;
  gint64 begun;

  comms_bbt_mac_init (&mac, key);
  comms_bbt_end_init (&server, COMMS_BBT_OF_SERVER);
  comms_bbt_end_start_mac (&server, &mac);
  begun = g_get_monotonic_time ();
  for (guint i = 0; i < FRAMES; i++) {
    message.ack.entries[0].through = i;
    sink += comms_bbt_end_write (&server, &message, frame, NULL);
  }
  return FRAMES * 1e6 / (g_get_monotonic_time () - begun);
}

static double
read_hours (void)
{
  CommsBbtMac mac;
  CommsBbtEnd server;
  gint64 begun;

  comms_bbt_mac_init (&mac, key);
  comms_bbt_end_init (&server, COMMS_BBT_OF_SERVER);
  comms_bbt_end_start_mac (&server, &mac);
  begun = g_get_monotonic_time ();
  for (guint i = 0; i < HOURS; i++) {
    CommsBbtMessage message;
    CommsBbtReport row;
    CommsBbtFrame frame;
    CommsBbtRows rows;

    server.taken = 0;
    g_assert_true (comms_bbt_frame_parse (hour, hour_size, &frame, NULL) == COMMS_BBT_WHOLE
                   && comms_bbt_end_read (&server, &frame, &message, NULL));
    comms_bbt_rows_begin (&rows, &message.archive);
    while (comms_bbt_rows_next (&rows, &row, NULL))
      sink += row.values[0];
  }
  return HOURS * 1e6 / (g_get_monotonic_time () - begun);
}

/* HMAC and CRC of so many bytes, and nothing else. */
static double
bare (guint n, gsize maced)
{
  struct hmac_sha256_ctx hmac;
  const guint8 first = COMMS_BBT_OF_UNIT;
  gint64 begun;

  hmac_sha256_set_key (&hmac, sizeof key, key);
  begun = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++) {
    guint8 out[COMMS_BBT_MAC_SIZE];

    hmac_sha256_update (&hmac, 1, &first);
    hmac_sha256_update (&hmac, maced, frames[i % DIFFERENT]);
    hmac_sha256_digest (&hmac, sizeof out, out);
    sink += out[0] + comms_crc16 (frames[i % DIFFERENT], maced + COMMS_BBT_MAC_SIZE + 2);
  }
  return n * 1e6 / (g_get_monotonic_time () - begun);
}

static void
report (const char *name, double *ours, double *limit, double *ratio)
{
  double rate = quantile (ours, ROUNDS, 0.5);

  printf ("%s: ours %.0f/s (%.2f us), bare HMAC+CRC %.0f/s, ratio %.2f (%.2f-%.2f)\n", name, rate, 1e6 / rate,
          quantile (limit, ROUNDS, 0.5), quantile (ratio, ROUNDS, 0.5), quantile (ratio, ROUNDS, 0),
          quantile (ratio, ROUNDS, 1));
}

static void
measure (const char *name, double (*run) (void), guint n, gsize maced)
{
  double ours[ROUNDS], limit[ROUNDS], ratio[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++) {
    ours[i] = run ();
    limit[i] = bare (n, maced);
    ratio[i] = ours[i] / limit[i];
  }
  report (name, ours, limit, ratio);
}

int
main (void)
{
  make_frames ();
  make_hour ();
  g_assert_cmpuint (size, ==, 64);
  measure ("LIVE of 64 bytes parsed, CRC+MAC+sequence checked, decoded", read_ours, FRAMES,
           size - COMMS_BBT_MAC_SIZE - 2);
  measure ("ACK of 28 bytes made", write_ours, FRAMES, COMMS_BBT_HEADER + 9);
  measure ("ARCHIVE of 60 rows of 16 points checked, decoded, walked", read_hours, HOURS,
           hour_size - COMMS_BBT_MAC_SIZE - 2);
  printf ("an hour of 60 rows of 16 points on the wire, MAC included: %zu bytes, as 60 LIVE %u, ratio %.2f\n",
          hour_size, 60 * 63, 60 * 63.0 / hour_size);
  return 0;
}
