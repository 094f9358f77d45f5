/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of BBTs that do as they are told: stored once, acknowledged after the commit. */
#include "bbt-stage.h"

#include "comms/bbt-archive.h"

static void
test_acknowledges_after_commit (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);

  commits_hold (stage.commits, TRUE);
  peer_tell (stage.peer, peer_live (1, 8000));
  commits_wait (stage.commits, stage.commits->marks, "0 7/1");
  g_assert_false (peer_hears (stage.peer, 0.1));
  commits_hold (stage.commits, FALSE);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "S0/report-ai2=8@0 s/good"), ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "S0/report-di1=1@0 s/good"), ==, 1);
  bbt_stage_end (&stage);
}

static void
test_resend_once (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtPacker packer;

  peer_tell (stage.peer, peer_archive (7, 1, 5, &packer));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  peer_tell (stage.peer, peer_archive (7, 1, 5, &packer));   /* the ACK was lost */
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  peer_tell (stage.peer, peer_archive (7, 3, 5, &packer));   /* 3 to 7: two of them are new */
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 7);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2="), ==, 7);
  peer_free (stage.peer);
  stage.peer = peer_open (stage.field, 0);          /* and in another session */
  peer_tell (stage.peer, peer_archive (7, 1, 7, &packer));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 7);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2="), ==, 7);
  bbt_stage_end (&stage);
}

/* A resend of what waits for its commit is not acknowledged before that. */
static void
test_resend_of_uncommitted (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtPacker packer;

  commits_hold (stage.commits, TRUE);
  peer_tell (stage.peer, peer_archive (7, 1, 5, &packer));
  commits_wait (stage.commits, stage.commits->marks, "1 7/5");
  peer_free (stage.peer);
  stage.peer = peer_open (stage.field, 0);
  peer_tell (stage.peer, peer_archive (7, 1, 5, &packer));
  g_assert_false (peer_hears (stage.peer, 0.1));
  commits_hold (stage.commits, FALSE);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2="), ==, 5);
  bbt_stage_end (&stage);
}

/* What a line has swallowed whole is missing: the unit has not lost it, and sends it again. */
static void
test_swallowed_frame (void)
{
  BbtStage stage = bbt_stage_watched_open (plain);

  peer_tell (stage.peer, peer_event (7, 1, COMMS_BBT_EVENT_BUTTON));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_EVENTS, 7, 1);
  stage.peer->end.sent++;                                    /* event 2 */
  peer_tell (stage.peer, peer_event (7, 3, COMMS_BBT_EVENT_BUTTON));
  bbt_stage_ends (&stage, COMMS_BBT_FAULT_SEQUENCE, "has sequence");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "2 7/3"), ==, 0);
  stage.peer = peer_open (stage.field, 0);
  for (guint i = 2; i <= 3; i++)
    peer_tell (stage.peer, peer_event (7, i, COMMS_BBT_EVENT_BUTTON));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_EVENTS, 7, 3);
  bbt_stage_end (&stage);
}

static void
test_holes (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtPacker packer;

  peer_tell (stage.peer, peer_archive (6, 1, 2, &packer));
  peer_tell (stage.peer, peer_archive (7, 4, 2, &packer));   /* 1 to 3 of this start are lost */
  peer_tell (stage.peer, peer_archive (7, 9, 1, &packer));   /* 6 to 8 too */
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 9);
  commits_wait (stage.commits, stage.commits->events, "3 records of its stream \"archive\" are lost");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->events, "are lost"), ==, 2);
  bbt_stage_end (&stage);
}

/* Means are marked as such; they are no sign of what is now. */
static void
test_means (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtPacker packer;
  CommsBbtMessage hours = peer_archive (7, 1, 3, &packer);

  hours.archive.stream = COMMS_BBT_STREAM_HOURLY;
  hours.archive.step = 3600;
  hours.archive.time = (g_get_real_time () / G_USEC_PER_SEC - 7200) * G_USEC_PER_SEC;
  peer_tell (stage.peer, hours);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_HOURLY, 7, 3);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "/averaged"), ==, 3);
  bbt_stage_end (&stage);
}

static void
test_increment (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtMessage increment = { .type = COMMS_BBT_INCREMENT }, request;
  CommsBbtReport *told = &increment.report;

  peer_tell (stage.peer, peer_live (1, 8000));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  told->number = 2;
  told->base = 1;
  told->time = g_get_real_time () / 1000 * 1000;
  told->mask = 1 << COMMS_BBT_AI1;
  told->values[COMMS_BBT_AI1] = 9000;
  peer_tell (stage.peer, increment);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 2);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2=9@"), ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai1=4@"), ==, 2);   /* as it was */
  told->number = 3;
  told->base = 17;   /* never heard of */
  peer_tell (stage.peer, increment);
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &request);
  g_assert_cmpuint (request.request.what, ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/3"), ==, 0);
  peer_tell (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_RESULT, .result = { request.sequence, 0, 0 } });
  peer_tell (stage.peer, peer_live (4, 9500));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 4);
  bbt_stage_end (&stage);
}

/* Eight ACKs may be under way: the base may be as old as that. */
static void
test_increment_against_an_old_base (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtMessage increment = peer_live (9, 9000);

  for (guint i = 1; i <= 8; i++) {
    peer_tell (stage.peer, peer_live (i, 8000 + i));
    peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, i);
  }
  increment.type = COMMS_BBT_INCREMENT;
  increment.report.base = 1;
  increment.report.mask = 1;
  peer_tell (stage.peer, increment);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 9);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2=8.001@"), ==, 2);
  bbt_stage_end (&stage);
}

static void
test_events (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtMessage event = peer_event (7, 1, COMMS_BBT_EVENT_ABOVE);

  event.event.channel = 2;
  event.event.detail = 14400;
  event.event.report.mask = 1 << COMMS_BBT_AI1;
  event.event.report.values[COMMS_BBT_AI1] = 15000;
  peer_tell (stage.peer, event);
  peer_tell (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_PULSE,
                                             .pulse = { 7, 2, event.event.report.time, 0, 2,
                                                        { { 1, 4711 }, { 2, 4294967295 } } } });
  peer_tell (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_SABOTAGE,
                                             .sabotage = { 7, 3, event.event.report.time, 0, 1, 1, 0xFF } });
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_EVENTS, 7, 3);
  commits_wait (stage.commits, stage.commits->events, "S0/report-ai2 above-max: 15.000, max 14.400");
  commits_wait (stage.commits, stage.commits->events, "S0/report tampered: cover-open");   /* the wire is a point */
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2=15@"), ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "pulse1=2355.5@"), ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "wire=0@"), ==, 1);   /* so said IDENT */
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "wire=1@"), ==, 1);
  bbt_stage_end (&stage);
}

static void
test_not_available (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtMessage live = peer_live (1, 0xFFFF);

  peer_tell (stage.peer, live);
  live = peer_live (2, 8000);
  live.report.status = COMMS_BBT_STATUS_SILENT;
  peer_tell (stage.peer, live);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 2);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2=nan@0 s/not-a-number"), ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "/no-communication"), ==, 3);   /* not the battery */
  bbt_stage_end (&stage);
}

static void
test_bye (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtMessage message;
  gint64 next = (g_get_real_time () / G_USEC_PER_SEC + 3600) * G_USEC_PER_SEC;

  commits_hold (stage.commits, TRUE);
  peer_tell (stage.peer, peer_live (1, 8000));
  peer_tell (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_BYE, .bye = { next, 0 } });
  g_assert_false (peer_hears (stage.peer, 0.1));   /* not before the ACK */
  commits_hold (stage.commits, FALSE);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  peer_hear (stage.peer, &message);
  g_assert_cmphex (message.type, ==, COMMS_BBT_BYE);
  peer_hung_up (g_steal_pointer (&stage.peer));
  commits_wait (stage.commits, stage.commits->events, "all delivered");
  commits_wait (stage.commits, stage.commits->devices, "gone");
  g_assert_cmpint (stage.commits->device->next_call, ==, next);
  g_assert_cmpint (stage.commits->device->connected, ==, 0);
  bbt_stage_end (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-session/acknowledges-after-the-commit-only", test_acknowledges_after_commit);
  g_test_add_func ("/bbt-session/resend-is-stored-once-and-acknowledged-again", test_resend_once);
  g_test_add_func ("/bbt-session/resend-of-what-waits-for-its-commit", test_resend_of_uncommitted);
  g_test_add_func ("/bbt-session/what-a-line-has-swallowed-is-sent-again", test_swallowed_frame);
  g_test_add_func ("/bbt-session/jumped-numbers-are-journaled", test_holes);
  g_test_add_func ("/bbt-session/means-of-hours", test_means);
  g_test_add_func ("/bbt-session/increment-completes-its-base", test_increment);
  g_test_add_func ("/bbt-session/increment-against-an-old-base", test_increment_against_an_old_base);
  g_test_add_func ("/bbt-session/events-pulses-sabotage", test_events);
  g_test_add_func ("/bbt-session/what-is-not-available-is-no-number", test_not_available);
  g_test_add_func ("/bbt-session/bye-after-the-last-acknowledgement", test_bye);
  return g_test_run ();
}
