/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BBTs that misbehave, and callers that are none: each loses at most its own session, with a reason in the
 * journal and a FAULT where there is one. In every test another unit is in session, and stays. */
#include "bbt-stage.h"

#include <string.h>
#include <sys/socket.h>

/* ---- bytes ----------------------------------------------------------------------------------------------- */

static void
test_slow_bytes (void)
{
  BbtStage stage = bbt_stage_watched (plain);
  CommsBbtMessage ident = { .type = COMMS_BBT_IDENT };
  guint8 frame[COMMS_BBT_FRAME_MAX];

  stage.peer = peer_call (stage.field, 0);
  ident.ident = stage.peer->ident;
  stage.peer->length = comms_bbt_encode (&ident, stage.peer->payload, NULL);
  gsize size = comms_bbt_end_write (&stage.peer->end, &ident, frame, NULL);
  for (gsize i = 0; i < size; i++) {
    peer_send (stage.peer, frame + i, 1);
    g_usleep (500);   /* a segment each, not a wait for anything */
  }
  peer_challenged (stage.peer);
  peer_prove (stage.peer);
  peer_accepted (stage.peer, NULL);
  peer_alive (stage.peer);
  bbt_stage_end (&stage);
}

static void
test_too_slow (void)
{
  BbtStage stage = bbt_stage_watched ((CommsSessionSettings) { .registration_time = 0.3 });

  stage.peer = peer_call (stage.field, 0);
  peer_send (stage.peer, "\xB7\x10\x01", 3);   /* and no more */
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_SLOW, "not identified in time");
  stage.peer = peer_call (stage.field, 0);
  peer_identify (stage.peer);
  peer_challenged (stage.peer);                /* and no proof */
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_SLOW, "BBT U0 (BBT-1");
  bbt_stage_end (&stage);
}

static void
test_half_frame (void)
{
  BbtStage stage = bbt_stage_watched_open (plain);
  CommsBbtMessage live = peer_live (1, 8000);
  guint8 frame[COMMS_BBT_FRAME_MAX];
  gsize size = comms_bbt_end_write (&stage.peer->end, &live, frame, NULL);

  peer_send (stage.peer, frame, size / 2);
  peer_free (g_steal_pointer (&stage.peer));
  commits_wait (stage.commits, stage.commits->events, ": the ");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/"), ==, 0);
  bbt_stage_end (&stage);
}

/* Every byte of a good frame, one after the other, with one bit turned over. */
static void
test_bit_flips (void)
{
  BbtStage stage = bbt_stage_watched (plain);

  for (guint at = 0;; at++) {
    guint8 frame[COMMS_BBT_FRAME_MAX];
    CommsBbtMessage live = peer_live (1 + at, 8000), message;
    stage.peer = peer_open (stage.field, 0);
    gsize size = comms_bbt_end_write (&stage.peer->end, &live, frame, NULL);
    if (at == size)
      break;
    frame[at] ^= 0x10;
    peer_send (stage.peer, frame, size);
    /* A longer length waits for more; then the next frame shows that the first was wrong. */
    guint8 zeros[COMMS_BBT_FRAME_MAX] = { 0 };
    send (stage.peer->fd, zeros, sizeof zeros, MSG_NOSIGNAL);
    peer_wait (stage.peer, COMMS_BBT_FAULT, &message);
    g_assert_cmpuint (message.fault.code, ==, at == 1 ? COMMS_BBT_FAULT_VERSION : COMMS_BBT_FAULT_MALFORMED);
    peer_free (g_steal_pointer (&stage.peer));
  }
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/"), ==, 0);
  bbt_stage_end (&stage);
}

static void
test_not_a_unit (void)
{
  BbtStage stage = bbt_stage_watched (plain);
  guint8 noise[4096];

  for (guint i = 0; i < sizeof noise; i++)
    noise[i] = i * 31 + 7;
  noise[0] = 0xB7;
  noise[1] = 0x10;
  noise[3] = 0;
  stage.peer = peer_call (stage.field, 0);
  peer_send (stage.peer, noise, sizeof noise);
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_MALFORMED, "malformed frame");
  stage.peer = peer_call (stage.field, 0);
  noise[1] = 0x20;   /* a version of the future */
  peer_send (stage.peer, noise, sizeof noise);
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_VERSION, "not spoken here");
  bbt_stage_end (&stage);
}

/* ---- who it is ------------------------------------------------------------------------------------------- */

static void
test_wrong_key (void)
{
  BbtStage stage = bbt_stage_watched (plain);

  stage.peer = peer_call (stage.field, 0);
  stage.peer->key[5] ^= 1;
  peer_identify (stage.peer);
  peer_challenged (stage.peer);
  peer_prove (stage.peer);
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_PROOF, "wrong proof of the key: serial U0");
  stage.peer = peer_call (stage.field, PEER_SLAVE);   /* of one caller only the first refusal is told */
  stage.peer->ident.authentication = 0;
  peer_identify (stage.peer);
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_NO_PROOF, "must authenticate");
  bbt_stage_end (&stage);
}

/* Nobody could answer its challenge; without a MAC it would not believe ACCEPT. */
static void
test_no_key (void)
{
  BbtStage stage = bbt_stage_watched (plain);

  stage.peer = peer_call (stage.field, PEER_KEYLESS);
  stage.peer->ident.authentication = 1;
  peer_identify (stage.peer);
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_NO_KEY, "no key for this serial: the file of keys has none");
  bbt_stage_end (&stage);
}

/* Listed for approval, and journaled once however often it calls. */
static void
test_unknown_serial (void)
{
  BbtStage stage = bbt_stage_watched (plain);

  for (guint i = 0; i < 5; i++) {
    stage.peer = peer_call (stage.field, 0);
    strcpy (stage.peer->ident.serial, "STRANGER-1");
    stage.peer->ident.imei = 861234567890123;
    peer_identify (stage.peer);
    bbt_stage_ends (&stage, COMMS_BBT_FAULT_UNKNOWN_SERIAL,
                    "unknown serial: no link has it: \"BBT STRANGER-1 (BBT-1, IMEI 861234567890123)\"");
  }
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->events, "STRANGER-1"), ==, 1);
  g_autoptr (GPtrArray) refusals = comms_session_server_refusals (stage.field->server);
  g_assert_cmpuint (refusals->len, ==, 1);
  g_assert_cmpuint (((CommsRefusal *) refusals->pdata[0])->count, ==, 5);
  bbt_stage_end (&stage);
}

/* Everything that a unit said in a session, once more: the nonces make it worthless. */
static void
test_recorded_session (void)
{
  BbtStage stage = bbt_stage_watched (plain);
  guint8 record[3][COMMS_BBT_FRAME_MAX];
  gsize sizes[3];
  CommsBbtMessage ident = { .type = COMMS_BBT_IDENT }, proof = { .type = COMMS_BBT_PROOF }, live = peer_live (1, 8000);

  Peer *peer = stage.peer = peer_call (stage.field, 0);
  ident.ident = peer->ident;
  peer->length = comms_bbt_encode (&ident, peer->payload, NULL);
  sizes[0] = peer_say (peer, &ident, record[0]);
  peer_challenged (peer);
  comms_bbt_proof_make (peer->key, peer->payload, peer->length, peer->nonce, proof.proof.proof);
  sizes[1] = peer_say (peer, &proof, record[1]);
  peer_accepted (peer, NULL);
  sizes[2] = peer_say (peer, &live, record[2]);
  peer_acknowledged (peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  peer_send (peer, record[2], sizes[2]);           /* within the session */
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_SEQUENCE, "did not grow");

  stage.peer = peer_call (stage.field, 0);
  for (guint i = 0; i < 3; i++)
    peer_send (stage.peer, record[i], sizes[i]);   /* in a session of its own */
  peer_challenged (stage.peer);
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_PROOF, "wrong proof");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/1"), ==, 1);
  bbt_stage_end (&stage);
}

static void
test_mac (void)
{
  BbtStage stage = bbt_stage_watched_open (plain);

  stage.peer->end.mac.inner[0] ^= 1;
  peer_tell (stage.peer, peer_live (1, 8000));
  stage.peer->end.mac.inner[0] ^= 1;
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_MAC, "MAC missing or wrong");
  stage.peer = peer_open (stage.field, 0);
  stage.peer->end.has_mac = FALSE;
  peer_tell (stage.peer, peer_live (1, 8000));
  stage.peer->end.has_mac = TRUE;
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_MAC, "carries no MAC");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/"), ==, 0);
  bbt_stage_end (&stage);
}

/* ---- two with one serial --------------------------------------------------------------------------------- */

static void
test_newer_wins (void)
{
  BbtStage stage = bbt_stage_watched_open (plain);
  Peer *older = stage.peer, *liar = peer_call (stage.field, 0);

  liar->key[0] ^= 1;
  peer_identify (liar);
  peer_challenged (liar);
  peer_alive (older);                            /* nobody is thrown out without the key */
  peer_prove (liar);
  peer_faulted (liar, COMMS_BBT_FAULT_PROOF);
  peer_alive (older);
  Peer *newer = peer_open (stage.field, 0);
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_REPLACED, "the unit called again");
  stage.peer = newer;
  peer_alive (newer);
  field_wait_sessions (stage.field, 2);
  bbt_stage_end (&stage);
}

static void
test_other_imei (void)
{
  BbtStage stage = bbt_stage_watched (plain);
  Peer *first = peer_call (stage.field, 0);

  first->ident.imei = 111;
  peer_open_as (first);
  stage.peer = peer_call (stage.field, 0);
  stage.peer->ident.imei = 222;
  peer_identify (stage.peer);
  peer_challenged (stage.peer);
  peer_prove (stage.peer);
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_OTHER_UNIT, "IMEI 222 calls while 111 is in session");
  peer_alive (first);
  stage.peer = first;
  bbt_stage_end (&stage);
}

/* Its records would be taken for resends, and lost. */
static void
test_earlier_boot (void)
{
  BbtStage stage = bbt_stage_watched_open (plain);

  peer_tell (stage.peer, peer_event (7, 1, COMMS_BBT_EVENT_BUTTON));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_EVENTS, 7, 1);
  peer_free (stage.peer);
  stage.peer = peer_call (stage.field, 0);
  stage.peer->ident.boot = 2;
  peer_identify (stage.peer);
  peer_challenged (stage.peer);
  peer_prove (stage.peer);
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_OTHER_UNIT, "it has started 2 times, but records of start 7 are here already");
  bbt_stage_end (&stage);
}

static void
test_flapping (void)
{
  BbtStage stage = bbt_stage_watched_open (plain);

  for (guint i = 0; i < 8; i++) {
    Peer *next = peer_open (stage.field, 0);
    peer_free (stage.peer);
    stage.peer = next;
  }
  commits_wait (stage.commits, stage.commits->events, "two units with the serial U0");
  peer_alive (stage.peer);
  bbt_stage_end (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-wrong/bytes/slow", test_slow_bytes);
  g_test_add_func ("/bbt-wrong/bytes/too-slow", test_too_slow);
  g_test_add_func ("/bbt-wrong/bytes/half-a-frame", test_half_frame);
  g_test_add_func ("/bbt-wrong/bytes/every-byte-damaged", test_bit_flips);
  g_test_add_func ("/bbt-wrong/bytes/no-unit-at-all", test_not_a_unit);
  g_test_add_func ("/bbt-wrong/key/wrong-or-none", test_wrong_key);
  g_test_add_func ("/bbt-wrong/key/a-unit-with-a-key-that-is-not-here-is-told-so", test_no_key);
  g_test_add_func ("/bbt-wrong/key/unknown-serial-is-told-once", test_unknown_serial);
  g_test_add_func ("/bbt-wrong/key/recorded-session", test_recorded_session);
  g_test_add_func ("/bbt-wrong/key/mac", test_mac);
  g_test_add_func ("/bbt-wrong/twins/newer-wins-after-its-proof", test_newer_wins);
  g_test_add_func ("/bbt-wrong/twins/other-imei", test_other_imei);
  g_test_add_func ("/bbt-wrong/twins/earlier-boot", test_earlier_boot);
  g_test_add_func ("/bbt-wrong/twins/flapping-is-journaled", test_flapping);
  return g_test_run ();
}
