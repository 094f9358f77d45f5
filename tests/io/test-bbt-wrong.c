/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BBTs that misbehave, and callers that are none: each loses at most its own session, with a reason in the
 * journal and a FAULT where there is one. In every test another unit is in session, and stays. */
#include "bbt-peer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "comms/bbt-archive.h"

static const CommsSessionSettings plain = { .quiet_time = 0.1 };

typedef struct { Field *field; Commits *commits; Peer *bystander, *peer; } Stage;

static Stage
stage_new (CommsSessionSettings settings)
{
  Stage stage = { .field = peer_field (settings) };

  stage.commits = commits_start (stage.field);
  stage.bystander = peer_open (stage.field, PEER_KEYLESS);
  return stage;
}

static Stage
stage_open (CommsSessionSettings settings)
{
  Stage stage = stage_new (settings);

  stage.peer = peer_open (stage.field, 0);
  return stage;
}

static void
say (Peer *peer, CommsBbtMessage message)
{
  peer_say (peer, &message, NULL);
}

static void
assert_alive (Peer *peer)
{
  CommsBbtMessage message;

  say (peer, (CommsBbtMessage) { .type = COMMS_BBT_PING, .ping = { 77 } });
  do
    peer_hear (peer, &message);
  while (message.type != COMMS_BBT_PONG);
}

static void
stage_end (Stage *stage)
{
  assert_alive (stage->bystander);
  peer_free (stage->bystander);
  if (stage->peer != NULL)
    peer_free (stage->peer);
  commits_stop (stage->commits);
  field_stop (stage->field);
}

/* FAULT @code, and @reason in the journal. */
static void
assert_ends (Stage *stage, CommsBbtFaultCode code, const char *reason)
{
  peer_faulted (g_steal_pointer (&stage->peer), code);
  commits_wait (stage->commits, stage->commits->events, reason);
}

/* ---- bytes ----------------------------------------------------------------------------------------------- */

static void
test_slow_bytes (void)
{
  Stage stage = stage_new (plain);
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
  assert_alive (stage.peer);
  stage_end (&stage);
}

static void
test_too_slow (void)
{
  Stage stage = stage_new ((CommsSessionSettings) { .registration_time = 0.3 });

  stage.peer = peer_call (stage.field, 0);
  peer_send (stage.peer, "\xB7\x10\x01", 3);   /* and no more */
  assert_ends (&stage, COMMS_BBT_FAULT_SLOW, "not identified in time");
  stage.peer = peer_call (stage.field, 0);
  peer_identify (stage.peer);
  peer_challenged (stage.peer);                /* and no proof */
  assert_ends (&stage, COMMS_BBT_FAULT_SLOW, "BBT U0 (BBT-1");
  stage_end (&stage);
}

static void
test_half_frame (void)
{
  Stage stage = stage_open (plain);
  CommsBbtMessage live = peer_live (1, 8000);
  guint8 frame[COMMS_BBT_FRAME_MAX];
  gsize size = comms_bbt_end_write (&stage.peer->end, &live, frame, NULL);

  peer_send (stage.peer, frame, size / 2);
  peer_free (g_steal_pointer (&stage.peer));
  commits_wait (stage.commits, stage.commits->events, ": the ");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/"), ==, 0);
  stage_end (&stage);
}

/* Every byte of a good frame, one after the other, with one bit turned over. */
static void
test_bit_flips (void)
{
  Stage stage = stage_new (plain);

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
  stage_end (&stage);
}

static void
test_not_a_unit (void)
{
  Stage stage = stage_new (plain);
  guint8 noise[4096];

  for (guint i = 0; i < sizeof noise; i++)
    noise[i] = i * 31 + 7;
  noise[0] = 0xB7;
  noise[1] = 0x10;
  noise[3] = 0;
  stage.peer = peer_call (stage.field, 0);
  peer_send (stage.peer, noise, sizeof noise);
  assert_ends (&stage, COMMS_BBT_FAULT_MALFORMED, "malformed frame");
  stage.peer = peer_call (stage.field, 0);
  noise[1] = 0x20;   /* a version of the future */
  peer_send (stage.peer, noise, sizeof noise);
  assert_ends (&stage, COMMS_BBT_FAULT_VERSION, "not spoken here");
  stage_end (&stage);
}

/* ---- who it is ------------------------------------------------------------------------------------------- */

static void
test_wrong_key (void)
{
  Stage stage = stage_new (plain);

  stage.peer = peer_call (stage.field, 0);
  stage.peer->key[5] ^= 1;
  peer_identify (stage.peer);
  peer_challenged (stage.peer);
  peer_prove (stage.peer);
  assert_ends (&stage, COMMS_BBT_FAULT_PROOF, "wrong proof of the key: serial U0");
  stage.peer = peer_call (stage.field, PEER_SLAVE);   /* of one caller only the first refusal is told */
  stage.peer->ident.authentication = 0;
  peer_identify (stage.peer);
  assert_ends (&stage, COMMS_BBT_FAULT_NO_PROOF, "must authenticate");
  stage_end (&stage);
}

/* Nobody could answer its challenge; without a MAC it would not believe ACCEPT. */
static void
test_no_key (void)
{
  Stage stage = stage_new (plain);

  stage.peer = peer_call (stage.field, PEER_KEYLESS);
  stage.peer->ident.authentication = 1;
  peer_identify (stage.peer);
  assert_ends (&stage, COMMS_BBT_FAULT_NO_KEY, "no key for this serial: the file of keys has none");
  stage_end (&stage);
}

/* Listed for approval, and journaled once however often it calls. */
static void
test_unknown_serial (void)
{
  Stage stage = stage_new (plain);

  for (guint i = 0; i < 5; i++) {
    stage.peer = peer_call (stage.field, 0);
    strcpy (stage.peer->ident.serial, "STRANGER-1");
    stage.peer->ident.imei = 861234567890123;
    peer_identify (stage.peer);
    assert_ends (&stage, COMMS_BBT_FAULT_UNKNOWN_SERIAL, "unknown serial: no link has it: \"BBT STRANGER-1 (BBT-1, IMEI 861234567890123)\"");
  }
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->events, "STRANGER-1"), ==, 1);
  g_autoptr (GPtrArray) refusals = comms_session_server_refusals (stage.field->server);
  g_assert_cmpuint (refusals->len, ==, 1);
  g_assert_cmpuint (((CommsRefusal *) refusals->pdata[0])->count, ==, 5);
  stage_end (&stage);
}

/* Everything that a unit said in a session, once more: the nonces make it worthless. */
static void
test_recorded_session (void)
{
  Stage stage = stage_new (plain);
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
  assert_ends (&stage, COMMS_BBT_FAULT_SEQUENCE, "did not grow");

  stage.peer = peer_call (stage.field, 0);
  for (guint i = 0; i < 3; i++)
    peer_send (stage.peer, record[i], sizes[i]);   /* in a session of its own */
  peer_challenged (stage.peer);
  assert_ends (&stage, COMMS_BBT_FAULT_PROOF, "wrong proof");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/1"), ==, 1);
  stage_end (&stage);
}

static void
test_mac (void)
{
  Stage stage = stage_open (plain);

  stage.peer->end.mac.inner[0] ^= 1;
  say (stage.peer, peer_live (1, 8000));
  stage.peer->end.mac.inner[0] ^= 1;
  assert_ends (&stage, COMMS_BBT_FAULT_MAC, "MAC missing or wrong");
  stage.peer = peer_open (stage.field, 0);
  stage.peer->end.has_mac = FALSE;
  say (stage.peer, peer_live (1, 8000));
  stage.peer->end.has_mac = TRUE;
  assert_ends (&stage, COMMS_BBT_FAULT_MAC, "carries no MAC");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/"), ==, 0);
  stage_end (&stage);
}

/* ---- two with one serial --------------------------------------------------------------------------------- */

static void
test_newer_wins (void)
{
  Stage stage = stage_open (plain);
  Peer *older = stage.peer, *liar = peer_call (stage.field, 0);

  liar->key[0] ^= 1;
  peer_identify (liar);
  peer_challenged (liar);
  assert_alive (older);                            /* nobody is thrown out without the key */
  peer_prove (liar);
  peer_faulted (liar, COMMS_BBT_FAULT_PROOF);
  assert_alive (older);
  Peer *newer = peer_open (stage.field, 0);
  assert_ends (&stage, COMMS_BBT_FAULT_REPLACED, "the unit called again");
  stage.peer = newer;
  assert_alive (newer);
  field_wait_sessions (stage.field, 2);
  stage_end (&stage);
}

static void
test_other_imei (void)
{
  Stage stage = stage_new (plain);
  Peer *first = peer_call (stage.field, 0);

  first->ident.imei = 111;
  peer_open_as (first);
  stage.peer = peer_call (stage.field, 0);
  stage.peer->ident.imei = 222;
  peer_identify (stage.peer);
  peer_challenged (stage.peer);
  peer_prove (stage.peer);
  assert_ends (&stage, COMMS_BBT_FAULT_OTHER_UNIT, "IMEI 222 calls while 111 is in session");
  assert_alive (first);
  stage.peer = first;
  stage_end (&stage);
}

/* Its records would be taken for resends, and lost. */
static void
test_earlier_boot (void)
{
  Stage stage = stage_open (plain);

  say (stage.peer, peer_event (7, 1, COMMS_BBT_EVENT_BUTTON));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_EVENTS, 7, 1);
  peer_free (stage.peer);
  stage.peer = peer_call (stage.field, 0);
  stage.peer->ident.boot = 2;
  peer_identify (stage.peer);
  peer_challenged (stage.peer);
  peer_prove (stage.peer);
  assert_ends (&stage, COMMS_BBT_FAULT_OTHER_UNIT, "it has started 2 times, but records of start 7 are here already");
  stage_end (&stage);
}

static void
test_flapping (void)
{
  Stage stage = stage_open (plain);

  for (guint i = 0; i < 8; i++) {
    Peer *next = peer_open (stage.field, 0);
    peer_free (stage.peer);
    stage.peer = next;
  }
  commits_wait (stage.commits, stage.commits->events, "two units with the serial U0");
  assert_alive (stage.peer);
  stage_end (&stage);
}

/* ---- floods ---------------------------------------------------------------------------------------------- */

static void
test_many_from_one_address (void)
{
  Stage stage = stage_new ((CommsSessionSettings) { .max_per_address = 3 });
  Peer *one = peer_call (stage.field, 0), *two = peer_call (stage.field, PEER_SLAVE);
  int fd;

  field_wait_sessions (stage.field, 3);
  fd = modem_call (stage.field);
  modem_wait_end (fd);
  commits_wait (stage.commits, stage.commits->events, "more sessions from this address than allowed");
  Peer *udp = peer_call_udp (stage.field, 0);
  peer_identify (udp);
  peer_faulted (udp, COMMS_BBT_FAULT_BUSY);
  peer_free (one);
  peer_free (two);
  field_wait_sessions (stage.field, 1);
  stage.peer = peer_open (stage.field, 0);
  stage_end (&stage);
}

static void
test_too_much_traffic (void)
{
  Stage stage = stage_open ((CommsSessionSettings) { .bytes_per_minute = 5000 });

  for (guint i = 0; i < 300; i++) {
    guint8 frame[COMMS_BBT_FRAME_MAX];
    CommsBbtMessage ping = { .type = COMMS_BBT_PING };
    gsize size = comms_bbt_end_write (&stage.peer->end, &ping, frame, NULL);
    if (send (stage.peer->fd, frame, size, MSG_NOSIGNAL) < 0)
      break;
  }
  commits_wait (stage.commits, stage.commits->events, "more than 5000 bytes in a minute");
  stage_end (&stage);
}

static void
test_too_many_waiting (void)
{
  Stage stage = stage_open (plain);

  commits_hold (stage.commits, TRUE);
  for (guint i = 1; i <= 9; i++)
    say (stage.peer, peer_event (7, i, COMMS_BBT_EVENT_BUTTON));
  assert_ends (&stage, COMMS_BBT_FAULT_TRAFFIC, "more than 8 frames wait for their ACK");
  commits_wait (stage.commits, stage.commits->marks, "2 7/8");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "2 7/9"), ==, 0);
  commits_hold (stage.commits, FALSE);
  stage_end (&stage);
}

static void
test_many_unproven (void)
{
  Stage stage = stage_new (plain);
  Peer *callers[8];

  for (guint i = 0; i < 8; i++) {
    callers[i] = peer_call (stage.field, 0);
    peer_identify (callers[i]);
    peer_challenged (callers[i]);
  }
  stage.peer = peer_call (stage.field, 0);
  peer_identify (stage.peer);
  assert_ends (&stage, COMMS_BBT_FAULT_BUSY, "have not proved themselves yet");
  for (guint i = 0; i < 8; i++)
    peer_free (callers[i]);
  field_wait_sessions (stage.field, 1);
  stage.peer = peer_open (stage.field, 0);
  stage_end (&stage);
}

/* It asks and asks, and reads nothing. */
static void
test_reads_nothing (void)
{
  Stage stage = stage_new ((CommsSessionSettings) { .bytes_per_minute = G_MAXINT });
  struct timeval patience = { 20 };

  stage.peer = peer_open (stage.field, 0);
  setsockopt (stage.peer->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  while (TRUE) {
    guint8 frame[COMMS_BBT_FRAME_MAX];
    CommsBbtMessage ping = { .type = COMMS_BBT_PING };
    gsize size = comms_bbt_end_write (&stage.peer->end, &ping, frame, NULL);
    if (send (stage.peer->fd, frame, size, MSG_NOSIGNAL) < 0)
      break;
  }
  g_assert_cmpint (errno, !=, EAGAIN);
  commits_wait (stage.commits, stage.commits->events, "takes no more data");
  stage_end (&stage);
}

/* The queue is full: nothing is read, nothing is lost. */
static void
test_queue_full (void)
{
  Stage stage = stage_open (plain);

  g_atomic_int_set (&stage.field->full, TRUE);
  for (guint i = 1; i <= 8; i++) {
    say (stage.peer, peer_event (7, i, COMMS_BBT_EVENT_BUTTON));
    g_usleep (2000);   /* a turn of the loop each, more or less */
  }
  g_assert_false (peer_hears (stage.peer, 0.1));
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "2 7/"), ==, 0);
  g_atomic_int_set (&stage.field->full, FALSE);
  comms_session_server_resume (stage.field->server);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_EVENTS, 7, 8);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "2 7/"), ==, 8);
  stage_end (&stage);
}

/* ---- clocks and counters --------------------------------------------------------------------------------- */

/* @seconds: how wrong the unit's clock is. A record of IDENT's era is corrected, one of the next stands as it
 * is, one of an earlier is doubtful. */
static void
test_clock (gconstpointer data)
{
  gint64 wrong = GPOINTER_TO_INT (data) * (gint64) G_USEC_PER_SEC;
  Stage stage = stage_new (plain);
  CommsBbtMessage live = peer_live (1, 8000);
  const char *samples[] = { "ai2=8@-60 s/good", "ai2=8.1@-120 s/good" };

  stage.peer = peer_call (stage.field, 0);
  stage.peer->ident.time += wrong;
  stage.peer->ident.clock = 3 << 4;
  peer_open_as (stage.peer);
  live.report.time += wrong - 60 * G_USEC_PER_SEC;
  live.report.status = 3 << 4;
  say (stage.peer, live);
  live = peer_live (2, 8100);
  live.report.time -= 120 * G_USEC_PER_SEC;
  live.report.status = 4 << 4;
  say (stage.peer, live);
  live = peer_live (3, 8200);
  live.report.time += wrong;
  live.report.status = 2 << 4;
  say (stage.peer, live);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 3);
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, samples[i]), ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2=8.2@0 s/clock"), ==, 1);
  stage_end (&stage);
}

static void
test_counter_wrap (void)
{
  Stage stage = stage_open (plain);
  CommsBbtPacker packer;

  say (stage.peer, peer_event (7, 4294967295, COMMS_BBT_EVENT_BUTTON));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_EVENTS, 7, 4294967295);
  stage.peer->end.sent = 4294967293;                  /* the sequence too is at its end */
  assert_alive (stage.peer);
  CommsBbtMessage rows = peer_archive (7, 4294967290, 4, &packer);
  rows.archive.first = 4294967293;                    /* 4 rows from there on would wrap */
  guint8 payload[COMMS_BBT_PAYLOAD_MAX];
  if (comms_bbt_encode (&rows, payload, NULL) == 0) { /* the codec does not make such a frame: the last row fits */
    rows = peer_archive (7, 4294967292, 4, &packer);
    say (stage.peer, rows);
    peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 4294967295);
  } else {
    say (stage.peer, rows);
    assert_ends (&stage, COMMS_BBT_FAULT_MALFORMED, "numbered from 1 to");
  }
  stage_end (&stage);
}

static void
test_impossible_numbers (void)
{
  Stage stage = stage_open (plain);

  say (stage.peer, peer_event (8, 1, COMMS_BBT_EVENT_BUTTON));   /* of a start that has not been */
  assert_ends (&stage, COMMS_BBT_FAULT_MALFORMED, "a record of start 8 from a unit that has started 7 times");
  stage_end (&stage);
}

/* ---- requests and mode T --------------------------------------------------------------------------------- */

static void
test_idle (void)
{
  Stage stage = stage_new ((CommsSessionSettings) { .idle_time = 0.5 });

  stage.peer = peer_open (stage.field, 0);
  for (guint i = 0; i < 8; i++) {                   /* one that says something is not idle */
    assert_alive (stage.bystander);
    g_usleep (100000);
  }
  assert_ends (&stage, COMMS_BBT_FAULT_SLOW, "nothing heard for too long");
  stage_end (&stage);
}

static void
test_no_result (void)
{
  Stage stage = stage_open ((CommsSessionSettings) { .result_time = 0.2 });
  CommsOrder order = { .kind = COMMS_ORDER_LIVE, .command = 8 };

  g_assert_true (comms_session_server_order (stage.field->server, &order, NULL));
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &(CommsBbtMessage) { 0 });
  assert_ends (&stage, COMMS_BBT_FAULT_SLOW, "a request was not answered: an order");
  commits_wait (stage.commits, stage.commits->results, "8: failed: no answer");
  stage_end (&stage);
}

/* The channel is open, and nothing comes through it: the session goes on, and orders have their turn. */
static void
test_through_left_open (void)
{
  Stage stage = stage_new ((CommsSessionSettings) { .response_time = 0.1, .response_least = 0.1, .response_most = 0.2,
                                                    .quiet_time = 0.05 });
  CommsBbtMessage message;
  CommsOrder order = { .kind = COMMS_ORDER_LIVE, .command = 8, .link = PEER_SLAVE };

  stage.peer = peer_open (stage.field, PEER_SLAVE);
  peer_wait (stage.peer, COMMS_BBT_OPEN, &message);
  say (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_RESULT, .result = { message.sequence, 0, 0 } });
  peer_hear (stage.peer, &message);
  g_assert_cmphex (message.type, ==, COMMS_BBT_DATA);
  for (guint i = 0; i < 40; i++)                    /* noise, more than any answer */
    say (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_DATA,
                                         .data = { { (const guint8 *) "\1\4\1noisenoisenoisenoise", 22 } } });
  g_assert_true (comms_session_server_order (stage.field->server, &order, NULL));
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &message);
  say (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_RESULT, .result = { message.sequence, 0, 0 } });
  commits_wait (stage.commits, stage.commits->results, "8: ok");
  assert_alive (stage.peer);
  say (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_BYE });
  while (peer_hear (stage.peer, &message), message.type != COMMS_BBT_BYE)
    ;
  stage_end (&stage);
}

/* ---- UDP ------------------------------------------------------------------------------------------------- */

/* Whoever forges an address gets no more out of the server than he puts in, and ends nobody's session. */
static void
test_udp_forged (void)
{
  Stage stage = stage_new (plain);
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
  say (stage.peer, peer_live (1, 8000));
  stage.peer->end.mac.inner[3] ^= 1;
  stage.peer->end.sent = 1;
  say (stage.peer, peer_live (1, 8000));            /* a sequence of before */
  stage.peer->end.sent = 9;
  assert_alive (stage.peer);
  Peer *forger = peer_call_udp (stage.field, 0);
  strcpy (forger->ident.serial, "U0");
  peer_identify (forger);                           /* known serial, no key: CHALLENGE is shorter than IDENT */
  assert_alive (stage.peer);
  peer_free (forger);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/"), ==, 0);
  stage_end (&stage);
}

static void
test_udp_without_session (void)
{
  Stage stage = stage_new (plain);
  CommsBbtMessage live = peer_live (1, 8000);

  stage.peer = peer_call_udp (stage.field, 0);
  say (stage.peer, live);
  peer_faulted (g_steal_pointer (&stage.peer), COMMS_BBT_FAULT_NO_SESSION);
  stage.peer = peer_call_udp (stage.field, 0);
  say (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_PING });   /* 15 bytes: FAULT would be longer */
  g_assert_false (peer_hears (stage.peer, 0.1));
  stage_end (&stage);
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
  g_test_add_func ("/bbt-wrong/flood/from-one-address", test_many_from_one_address);
  g_test_add_func ("/bbt-wrong/flood/of-bytes", test_too_much_traffic);
  g_test_add_func ("/bbt-wrong/flood/of-records", test_too_many_waiting);
  g_test_add_func ("/bbt-wrong/flood/of-unproven-calls", test_many_unproven);
  g_test_add_func ("/bbt-wrong/flood/that-reads-nothing", test_reads_nothing);
  g_test_add_func ("/bbt-wrong/flood/queue-full-stops-reading", test_queue_full);
  g_test_add_data_func ("/bbt-wrong/clock/right", GINT_TO_POINTER (0), test_clock);
  g_test_add_data_func ("/bbt-wrong/clock/in-1970", GINT_TO_POINTER (-1795000000), test_clock);
  g_test_add_data_func ("/bbt-wrong/clock/in-2090", GINT_TO_POINTER (2000000000), test_clock);
  g_test_add_func ("/bbt-wrong/numbers/at-their-end", test_counter_wrap);
  g_test_add_func ("/bbt-wrong/numbers/impossible", test_impossible_numbers);
  g_test_add_func ("/bbt-wrong/silence/idle", test_idle);
  g_test_add_func ("/bbt-wrong/silence/no-result", test_no_result);
  g_test_add_func ("/bbt-wrong/silence/mode-t-left-open", test_through_left_open);
  g_test_add_func ("/bbt-wrong/udp/forged-addresses", test_udp_forged);
  g_test_add_func ("/bbt-wrong/udp/without-a-session", test_udp_without_session);
  return g_test_run ();
}
