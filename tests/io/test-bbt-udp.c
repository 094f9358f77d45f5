/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BBTs over UDP, where datagrams are lost and addresses are forged. */
#include "bbt-stage.h"

#include <string.h>
#include <sys/socket.h>

#include "comms/bbt-archive.h"

static void
test_udp (void)
{
  BbtStage stage = bbt_stage_new (plain);
  CommsBbtMessage message = { .type = COMMS_BBT_BYE };
  CommsBbtPacker packer;

  stage.peer = peer_open_as (peer_call_udp (stage.field, 0));
  peer_tell (stage.peer, peer_archive (7, 1, 5, &packer));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  peer_tell (stage.peer, peer_archive (7, 1, 5, &packer));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2="), ==, 5);
  peer_tell (stage.peer, message);
  peer_wait (stage.peer, COMMS_BBT_BYE, &message);
  bbt_stage_end (&stage);
}

/* The network loses CHALLENGE and ACCEPT: the unit says again what it said. */
static void
test_udp_lost_answers (gconstpointer data)
{
  guint link = GPOINTER_TO_UINT (data);
  BbtStage stage = bbt_stage_new (plain);
  guint8 nonce[16];

  stage.peer = peer_call_udp (stage.field, link);
  peer_identify (stage.peer);
  if (link == PEER_KEYLESS) {
    peer_accepted (stage.peer, NULL);
    peer_identify (stage.peer);
    peer_accepted (stage.peer, NULL);
  } else {
    peer_challenged (stage.peer);
    memcpy (nonce, stage.peer->nonce, 16);
    peer_identify (stage.peer);
    peer_challenged (stage.peer);
    g_assert_cmpmem (nonce, 16, stage.peer->nonce, 16);
    peer_prove (stage.peer);
    peer_accepted (stage.peer, NULL);
    stage.peer->end.has_mac = FALSE;
    peer_prove (stage.peer);
    stage.peer->end.has_mac = TRUE;
    peer_accepted (stage.peer, NULL);
  }
  peer_tell (stage.peer, peer_live (1, 8000));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->events, "called because of"), ==, 1);
  bbt_stage_end (&stage);
}

/* The request or its RESULT was lost: it is asked again, and answered to either. */
static void
test_udp_asks_again (void)
{
  BbtStage stage = bbt_stage_new ((CommsSessionSettings) { .udp_result_time = 0.2 });
  CommsBbtMessage first, second;

  stage.peer = peer_open_as (peer_call_udp (stage.field, 0));
  bbt_stage_switch_on (&stage, 3, 10);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &first);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &second);
  g_assert_cmpuint (second.sequence, >, first.sequence);
  g_assert_cmpuint (second.output.token, ==, first.output.token);
  peer_answer (stage.peer, &first, 0, 0);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &second);
  g_assert_cmpuint (second.output.step, ==, 2);
  peer_answer (stage.peer, &second, 0, 1);
  commits_wait (stage.commits, stage.commits->results, "12: ok");
  bbt_stage_end (&stage);
}

/* A unit that has forgotten its session begins another at the same address. */
static void
test_udp_begins_anew (void)
{
  BbtStage stage = bbt_stage_new (plain);
  Peer *peer = stage.peer = peer_open_as (peer_call_udp (stage.field, 0));

  comms_bbt_end_init (&peer->end, COMMS_BBT_OF_UNIT);
  memcpy (peer->ident.nonce, "another.", 8);
  peer_open_as (peer);
  peer_tell (stage.peer, peer_live (1, 8000));
  peer_acknowledged (peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  commits_wait (stage.commits, stage.commits->events, "identified itself anew");
  field_wait_sessions (stage.field, 1);
  bbt_stage_end (&stage);
}

/* Whoever forges an address gets no more out of the server than he puts in, and ends nobody's session. */
static void
test_udp_forged (void)
{
  BbtStage stage = bbt_stage_watched (plain);
  guint8 bytes[2048];

  stage.peer = peer_open_as (peer_call_udp (stage.field, 0));
  for (gsize size = 1; size < 130; size++) {        /* frames of every size, garbage, from an unknown address */
    Peer *stranger = peer_call_udp (stage.field, 0);
    memset (bytes, 0x55, sizeof bytes);
    if (size >= COMMS_BBT_HEADER + 2) {
      comms_bbt_frame_open (bytes, size % 2 ? COMMS_BBT_IDENT : COMMS_BBT_LIVE, 1, size - COMMS_BBT_HEADER - 2, FALSE);
      comms_bbt_frame_close (bytes);
    }
    send (stranger->fd, bytes, size, 0);
    if (modem_hears (stranger->fd, 0.005))
      g_assert_cmpint (recv (stranger->fd, bytes, sizeof bytes, 0), <=, size);
    peer_free (stranger);
  }
  /* … and from the unit's own: the session does not heed it. */
  memset (bytes, 0xB7, sizeof bytes);
  peer_send (stage.peer, bytes, 300);
  stage.peer->end.mac.inner[3] ^= 1;
  peer_tell (stage.peer, peer_live (1, 8000));
  stage.peer->end.mac.inner[3] ^= 1;
  stage.peer->end.sent = 1;
  peer_tell (stage.peer, peer_live (1, 8000));            /* a sequence of before */
  stage.peer->end.sent = 9;
  peer_alive (stage.peer);
  Peer *forger = peer_call_udp (stage.field, 0);
  strcpy (forger->ident.serial, "U0");
  peer_identify (forger);                           /* known serial, no key: CHALLENGE is shorter than IDENT */
  peer_alive (stage.peer);
  peer_free (forger);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/"), ==, 0);
  bbt_stage_end (&stage);
}

static void
test_udp_without_session (void)
{
  BbtStage stage = bbt_stage_watched (plain);
  CommsBbtMessage live = peer_live (1, 8000);

  stage.peer = peer_call_udp (stage.field, 0);
  peer_tell (stage.peer, live);
  peer_faulted (g_steal_pointer (&stage.peer), COMMS_BBT_FAULT_NO_SESSION);
  stage.peer = peer_call_udp (stage.field, 0);
  peer_tell (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_PING });   /* 15 bytes: FAULT would be longer */
  g_assert_false (peer_hears (stage.peer, 0.1));
  bbt_stage_end (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-session/udp/delivers", test_udp);
  g_test_add_data_func ("/bbt-session/udp/lost-answers/with-key", GUINT_TO_POINTER (0), test_udp_lost_answers);
  g_test_add_data_func ("/bbt-session/udp/lost-answers/without-key", GUINT_TO_POINTER (PEER_KEYLESS), test_udp_lost_answers);
  g_test_add_func ("/bbt-session/udp/asks-again", test_udp_asks_again);
  g_test_add_func ("/bbt-session/udp/begins-anew-beside-the-old-one", test_udp_begins_anew);
  g_test_add_func ("/bbt-wrong/udp/forged-addresses", test_udp_forged);
  g_test_add_func ("/bbt-wrong/udp/without-a-session", test_udp_without_session);
  return g_test_run ();
}
