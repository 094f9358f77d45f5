/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Too much or too little of everything: calls, bytes, records, time. As in test-bbt-wrong.c another unit is in
 * session in every test, and stays. */
#include "bbt-stage.h"

#include <errno.h>
#include <sys/socket.h>

#include "../patience.h"
#include "comms/bbt-archive.h"

/* ---- floods ---------------------------------------------------------------------------------------------- */

static void
test_many_from_one_address (void)
{
  BbtStage stage = bbt_stage_watched ((CommsSessionSettings) { .max_per_address = 3 });
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
  bbt_stage_end (&stage);
}

static void
test_too_much_traffic (void)
{
  BbtStage stage = bbt_stage_watched_open ((CommsSessionSettings) { .bytes_per_minute = 5000 });

  for (guint i = 0; i < 300; i++) {
    guint8 frame[COMMS_BBT_FRAME_MAX];
    CommsBbtMessage ping = { .type = COMMS_BBT_PING };
    gsize size = comms_bbt_end_write (&stage.peer->end, &ping, frame, NULL);
    if (send (stage.peer->fd, frame, size, MSG_NOSIGNAL) < 0)
      break;
  }
  commits_wait (stage.commits, stage.commits->events, "more than 5000 bytes in a minute");
  bbt_stage_end (&stage);
}

static void
test_too_many_waiting (void)
{
  BbtStage stage = bbt_stage_watched_open (plain);

  commits_hold (stage.commits, TRUE);
  for (guint i = 1; i <= 9; i++)
    peer_tell (stage.peer, peer_event (7, i, COMMS_BBT_EVENT_BUTTON));
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_TRAFFIC, "more than 8 frames wait for their ACK");
  commits_wait (stage.commits, stage.commits->marks, "2 7/8");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "2 7/9"), ==, 0);
  commits_hold (stage.commits, FALSE);
  bbt_stage_end (&stage);
}

static void
test_many_unproven (void)
{
  BbtStage stage = bbt_stage_watched (plain);
  Peer *callers[8];

  for (guint i = 0; i < 8; i++) {
    callers[i] = peer_call (stage.field, 0);
    peer_identify (callers[i]);
    peer_challenged (callers[i]);
  }
  stage.peer = peer_call (stage.field, 0);
  peer_identify (stage.peer);
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_BUSY, "have not proved themselves yet");
  for (guint i = 0; i < 8; i++)
    peer_free (callers[i]);
  field_wait_sessions (stage.field, 1);
  stage.peer = peer_open (stage.field, 0);
  bbt_stage_end (&stage);
}

/* It asks and asks, and reads nothing. */
static void
test_reads_nothing (void)
{
  BbtStage stage = bbt_stage_watched ((CommsSessionSettings) { .bytes_per_minute = G_MAXINT });
  struct timeval patience = { PATIENCE };

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
  bbt_stage_end (&stage);
}

/* The queue is full: nothing is read, nothing is lost. */
static void
test_queue_full (void)
{
  BbtStage stage = bbt_stage_watched_open (plain);

  g_atomic_int_set (&stage.field->full, TRUE);
  for (guint i = 1; i <= 8; i++) {
    peer_tell (stage.peer, peer_event (7, i, COMMS_BBT_EVENT_BUTTON));
    g_usleep (2000);   /* a turn of the loop each, more or less */
  }
  g_assert_false (peer_hears (stage.peer, 0.1));
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "2 7/"), ==, 0);
  g_atomic_int_set (&stage.field->full, FALSE);
  comms_session_server_resume (stage.field->server);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_EVENTS, 7, 8);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "2 7/"), ==, 8);
  bbt_stage_end (&stage);
}

/* ---- clocks and counters --------------------------------------------------------------------------------- */

/* @seconds: how wrong the unit's clock is. A record of IDENT's era is corrected, one of the next stands as it
 * is, one of an earlier is doubtful. */
static void
test_clock (gconstpointer data)
{
  gint64 wrong = GPOINTER_TO_INT (data) * (gint64) G_USEC_PER_SEC;
  BbtStage stage = bbt_stage_watched (plain);
  CommsBbtMessage live = peer_live (1, 8000);
  const char *samples[] = { "ai2=8@-60 s/good", "ai2=8.1@-120 s/good" };

  stage.peer = peer_call (stage.field, 0);
  stage.peer->ident.time += wrong;
  stage.peer->ident.clock = 3 << 4;
  peer_open_as (stage.peer);
  live.report.time += wrong - 60 * G_USEC_PER_SEC;
  live.report.status = 3 << 4;
  peer_tell (stage.peer, live);
  live = peer_live (2, 8100);
  live.report.time -= 120 * G_USEC_PER_SEC;
  live.report.status = 4 << 4;
  peer_tell (stage.peer, live);
  live = peer_live (3, 8200);
  live.report.time += wrong;
  live.report.status = 2 << 4;
  peer_tell (stage.peer, live);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 3);
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, samples[i]), ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2=8.2@0 s/clock"), ==, 1);
  bbt_stage_end (&stage);
}

static void
test_counter_wrap (void)
{
  BbtStage stage = bbt_stage_watched_open (plain);
  CommsBbtPacker packer;

  peer_tell (stage.peer, peer_event (7, 4294967295, COMMS_BBT_EVENT_BUTTON));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_EVENTS, 7, 4294967295);
  CommsBbtMessage rows = peer_archive (7, 4294967290, 4, &packer);
  rows.archive.first = 4294967293;                    /* 4 rows from there on would wrap */
  guint8 payload[COMMS_BBT_PAYLOAD_MAX];
  if (comms_bbt_encode (&rows, payload, NULL) == 0) { /* the codec does not make such a frame: the last row fits */
    rows = peer_archive (7, 4294967292, 4, &packer);
    peer_tell (stage.peer, rows);
    peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 4294967295);
  } else {
    peer_tell (stage.peer, rows);
    bbt_stage_ends (&stage, COMMS_BBT_FAULT_MALFORMED, "numbered from 1 to");
  }
  bbt_stage_end (&stage);
}

static void
test_impossible_numbers (void)
{
  BbtStage stage = bbt_stage_watched_open (plain);

  peer_tell (stage.peer, peer_event (8, 1, COMMS_BBT_EVENT_BUTTON));   /* of a start that has not been */
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_MALFORMED, "a record of start 8 from a unit that has started 7 times");
  bbt_stage_end (&stage);
}

/* ---- silence --------------------------------------------------------------------------------------------- */

static void
test_idle (void)
{
  BbtStage stage = bbt_stage_watched ((CommsSessionSettings) { .idle_time = 0.5 });

  stage.peer = peer_open (stage.field, 0);
  for (guint i = 0; i < 8; i++) {                   /* one that says something is not idle */
    peer_alive (stage.bystander);
    g_usleep (100000);
  }
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_SLOW, "nothing heard for too long");
  bbt_stage_end (&stage);
}

static void
test_no_result (void)
{
  BbtStage stage = bbt_stage_watched_open ((CommsSessionSettings) { .result_time = 0.2 });

  bbt_stage_order (&stage, (CommsOrder) { .kind = COMMS_ORDER_LIVE, .command = 8 });
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &(CommsBbtMessage) { 0 });
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_SLOW, "a request was not answered: an order");
  commits_wait (stage.commits, stage.commits->results, "8: failed: no answer");
  bbt_stage_end (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
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
  return g_test_run ();
}
