/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Firmware: in blocks, resumed, refused, given up. */
#include "bbt-stage.h"

#include <string.h>

static CommsOrder
new_firmware (gsize size)
{
  guint8 *image = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    image[i] = i * 7;
  return (CommsOrder) { .kind = COMMS_ORDER_FIRMWARE, .command = 21, .link = 0,
                        .firmware = { { 1, 5, 0 }, 0, "BBT-1", g_bytes_new_take (image, size) } };
}

/* Takes blocks until @at bytes are there; returns where it stands. */
static guint32
take_blocks (BbtStage *stage, guint32 at, guint32 until)
{
  CommsBbtMessage message;

  while (at < until) {
    peer_wait (stage->peer, COMMS_BBT_BLOCK, &message);
    g_assert_cmpuint (message.block.offset, ==, at);
    for (gsize i = 0; i < message.block.data.length; i++)
      g_assert_cmpuint (message.block.data.bytes[i], ==, (guint8) ((at + i) * 7));
    at += message.block.data.length;
    peer_answer (stage->peer, &message, 0, at);
  }
  return at;
}

static void
test_firmware (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsOrder wanted = new_firmware (5000);
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, wanted.firmware.image);
  CommsBbtMessage message;
  guint32 at;

  bbt_stage_order (&stage, wanted);
  g_bytes_unref (wanted.firmware.image);
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  g_assert_cmpuint (message.firmware.size, ==, 5000);
  for (guint i = 0; i < 32; i++) {
    char hex[3] = { digest[2 * i], digest[2 * i + 1] };
    g_assert_cmphex (message.firmware.digest[i], ==, strtoul (hex, NULL, 16));
  }
  peer_answer (stage.peer, &message, 0, 0);
  at = take_blocks (&stage, 0, 2700);
  peer_free (stage.peer);                      /* the cell is gone */
  commits_wait (stage.commits, stage.commits->events, ": the ");
  stage.peer = peer_open (stage.field, 0);
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  peer_answer (stage.peer, &message, 0, at);            /* it has the beginning */
  take_blocks (&stage, at, 5000);
  peer_wait (stage.peer, COMMS_BBT_INSTALL, &message);
  g_assert_cmpuint (message.install.action, ==, 2);
  commits_wait (stage.commits, stage.commits->devices, "1.5.0: 5000 of 5000");
  peer_answer (stage.peer, &message, 0, 0);
  commits_wait (stage.commits, stage.commits->results, "21: ok");
  bbt_stage_end (&stage);
}

static void
test_firmware_refused (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsOrder wanted = new_firmware (100);
  CommsBbtMessage message;

  bbt_stage_order (&stage, wanted);
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  peer_answer (stage.peer, &message, 0, 100);           /* it has it all, it says */
  peer_wait (stage.peer, COMMS_BBT_INSTALL, &message);
  peer_answer (stage.peer, &message, COMMS_BBT_DIGEST_WRONG, 0);
  commits_wait (stage.commits, stage.commits->results, "21: failed: the unit says: digest wrong");
  wanted.firmware.hardware = 9;
  bbt_stage_order (&stage, wanted);
  commits_wait (stage.commits, stage.commits->results, "21: failed: not for this hardware");
  wanted.firmware.hardware = 0;
  strcpy (wanted.firmware.model, "BBT-9");
  bbt_stage_order (&stage, wanted);
  commits_wait (stage.commits, stage.commits->results, "21: failed: the unit is of another model");
  strcpy (wanted.firmware.model, "BBT-1");
  bbt_stage_order (&stage, wanted);
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  bbt_stage_order (&stage, (CommsOrder) { .kind = COMMS_ORDER_GIVE_UP, .command = 22 });
  peer_answer (stage.peer, &message, 0, 0);
  peer_wait (stage.peer, COMMS_BBT_INSTALL, &message);
  g_assert_cmpuint (message.install.action, ==, 3);
  peer_answer (stage.peer, &message, 0, 0);
  commits_wait (stage.commits, stage.commits->results, "21: failed: given up");
  commits_wait (stage.commits, stage.commits->results, "22: ok");
  g_bytes_unref (wanted.firmware.image);
  bbt_stage_end (&stage);
}

/* One that was given up ends only itself: the next begins, and it is the unit's offer that puts an end to the old. */
static void
test_next_after_given_up (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsOrder first = new_firmware (100), next = new_firmware (200);
  CommsBbtMessage message;

  next.command = 23;
  bbt_stage_order (&stage, first);
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  bbt_stage_order (&stage, (CommsOrder) { .kind = COMMS_ORDER_GIVE_UP, .command = 22, .give_up = { 21 } });
  bbt_stage_order (&stage, next);
  peer_alive (stage.peer);                              /* both orders are there */
  peer_answer (stage.peer, &message, 0, 0);
  commits_wait (stage.commits, stage.commits->results, "21: failed: given up");
  commits_wait (stage.commits, stage.commits->results, "22: failed: another firmware takes its place");
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  g_assert_cmpuint (message.firmware.size, ==, 200);
  g_bytes_unref (first.firmware.image);
  g_bytes_unref (next.firmware.image);
  bbt_stage_end (&stage);
}

static void
test_ordered_twice (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsOrder wanted = new_firmware (100);
  CommsBbtMessage message;

  bbt_stage_order (&stage, wanted);
  bbt_stage_order (&stage, wanted);
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  peer_alive (stage.peer);
  peer_answer (stage.peer, &message, COMMS_BBT_NO_MEMORY, 0);
  commits_wait (stage.commits, stage.commits->results, "21: failed: the unit says: no memory");
  g_assert_false (peer_hears (stage.peer, 0.2));
  memcpy (wanted.firmware.version, stage.peer->ident.firmware, 3);
  bbt_stage_order (&stage, wanted);
  commits_wait (stage.commits, stage.commits->results, "21: failed: the unit runs this version already");
  g_bytes_unref (wanted.firmware.image);
  bbt_stage_end (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-session/firmware/resumes-in-the-next-session", test_firmware);
  g_test_add_func ("/bbt-session/firmware/refused-and-given-up", test_firmware_refused);
  g_test_add_func ("/bbt-session/firmware/the-next-begins-when-one-was-given-up", test_next_after_given_up);
  g_test_add_func ("/bbt-session/firmware/ordered-twice-is-sent-once-and-never-what-runs", test_ordered_twice);
  return g_test_run ();
}
