/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a played BBT keeps: nothing is forgotten before it is acknowledged, unless memory is full. */
#include "app/sim/noise.h"
#include "app/sim/recorder.h"
#include "app/sim/rtc.h"
#include "gdp/scaling.h"

#define START (G_GINT64_CONSTANT (1768467600) * GDP_SECOND)

static void
add_row (SimRecorder *recorder, guint minute)
{
  CommsBbtReport row = { .time = START + minute * 60 * GDP_SECOND, .mask = 1 };
  row.values[0] = 4000 + minute;
  sim_recorder_row (recorder, COMMS_BBT_STREAM_ARCHIVE, &row);
}

static void
add_event (SimRecorder *recorder, guint8 code)
{
  CommsBbtMessage message = { .type = COMMS_BBT_EVENT };
  message.event = (CommsBbtEvent) { .code = code, .report = { .time = START } };
  sim_recorder_event (recorder, &message);
}

static void
acknowledge (SimRecorder *recorder, CommsBbtStream stream, guint32 boot, guint32 through)
{
  sim_recorder_acknowledge (recorder, &(CommsBbtAckEntry) { stream, boot, through });
}

static void
rows_of_one_step_share_a_frame (void)
{
  SimRecorder recorder;
  CommsBbtPacker packer;
  CommsBbtMessage message;
  guint32 through;
  sim_recorder_init (&recorder, 1);
  for (guint i = 0; i < 5; i++)
    add_row (&recorder, i);
  add_row (&recorder, 9);   /* after a gap */
  sim_recorder_rewind (&recorder);
  g_assert_cmpuint (sim_recorder_next (&recorder, COMMS_BBT_STREAM_ARCHIVE, &packer, &message, &through), ==, 1);
  g_assert_cmpuint (message.archive.rows, ==, 5);
  g_assert_cmpuint (message.archive.step, ==, 60);
  g_assert_cmpuint (through, ==, 5);
  g_assert_cmpuint (sim_recorder_next (&recorder, COMMS_BBT_STREAM_ARCHIVE, &packer, &message, &through), ==, 1);
  g_assert_cmpuint (message.archive.rows, ==, 1);
  g_assert_cmpuint (through, ==, 6);
  g_assert_cmpuint (sim_recorder_next (&recorder, COMMS_BBT_STREAM_ARCHIVE, &packer, &message, &through), ==, 0);
  sim_recorder_clear (&recorder);
}

static void
what_is_not_acknowledged_is_sent_again (void)
{
  SimRecorder recorder;
  CommsBbtPacker packer;
  CommsBbtMessage message;
  guint32 through;
  sim_recorder_init (&recorder, 1);
  for (guint i = 1; i <= 4; i++)
    add_event (&recorder, i);
  sim_recorder_rewind (&recorder);
  while (sim_recorder_next (&recorder, COMMS_BBT_STREAM_EVENTS, &packer, &message, &through))
    continue;
  acknowledge (&recorder, COMMS_BBT_STREAM_EVENTS, 1, 2);
  g_assert_cmpuint (sim_recorder_waiting (&recorder), ==, 2);
  sim_recorder_rewind (&recorder);
  g_assert_cmpuint (sim_recorder_next (&recorder, COMMS_BBT_STREAM_EVENTS, &packer, &message, &through), ==, 1);
  g_assert_cmpuint (through, ==, 3);
  g_assert_cmpuint (message.event.code, ==, 3);
  g_assert_cmpuint (sim_recorder_acknowledged (&recorder), ==, 2);
  sim_recorder_clear (&recorder);
}

static void
what_was_never_sent_is_not_acknowledged_by_any_word (void)
{
  SimRecorder recorder;
  sim_recorder_init (&recorder, 1);
  add_event (&recorder, 1);
  sim_recorder_rewind (&recorder);
  acknowledge (&recorder, COMMS_BBT_STREAM_EVENTS, 9, 999);
  g_assert_cmpuint (sim_recorder_waiting (&recorder), ==, 1);
  sim_recorder_clear (&recorder);
}

static void
an_earlier_boot_goes_before_a_later_one (void)
{
  SimRecorder recorder;
  CommsBbtPacker packer;
  CommsBbtMessage message;
  guint32 through;
  sim_recorder_init (&recorder, 1);
  add_row (&recorder, 0);
  sim_recorder_boot (&recorder);
  add_row (&recorder, 1);
  sim_recorder_rewind (&recorder);
  g_assert_cmpuint (sim_recorder_next (&recorder, COMMS_BBT_STREAM_ARCHIVE, &packer, &message, &through), ==, 1);
  g_assert_cmpuint (message.archive.rows, ==, 1);
  g_assert_cmpuint (sim_recorder_next (&recorder, COMMS_BBT_STREAM_ARCHIVE, &packer, &message, &through), ==, 2);
  g_assert_cmpuint (through, ==, 1);
  acknowledge (&recorder, COMMS_BBT_STREAM_ARCHIVE, 2, 1);
  g_assert_cmpuint (sim_recorder_waiting (&recorder), ==, 0);
  sim_recorder_clear (&recorder);
}

static void
a_full_memory_loses_the_oldest_and_says_so (void)
{
  SimRecorder recorder;
  CommsBbtAckEntry first;
  sim_recorder_init (&recorder, 1);
  for (guint i = 0; i < SIM_RECORDER_MOST + 3; i++)
    add_row (&recorder, i);
  g_assert_true (recorder.lost);
  g_assert_cmpuint (sim_recorder_overflow (&recorder), ==, 3);
  g_assert_cmpuint (sim_recorder_overflow (&recorder), ==, 0);
  g_assert_cmpuint (sim_recorder_oldest (&recorder), ==, 4);
  sim_recorder_rewind (&recorder);
  g_assert_true (sim_recorder_unsent (&recorder, COMMS_BBT_STREAM_ARCHIVE, &first));
  g_assert_cmpuint (first.through, ==, 4);
  g_assert_cmpuint (recorder.made, ==, recorder.forgotten + sim_recorder_waiting (&recorder));
  sim_recorder_clear (&recorder);
}

static void
acknowledged_rows_can_be_had_again (void)
{
  SimRecorder recorder;
  CommsBbtPacker packer;
  CommsBbtMessage message;
  CommsBbtAckEntry given = { 0 }, last;
  guint32 through;
  gint64 from = START + 60 * GDP_SECOND, to = START + 180 * GDP_SECOND;
  sim_recorder_init (&recorder, 1);
  for (guint i = 0; i < 6; i++)
    add_row (&recorder, i);
  sim_recorder_rewind (&recorder);
  sim_recorder_next (&recorder, COMMS_BBT_STREAM_ARCHIVE, &packer, &message, &through);
  acknowledge (&recorder, COMMS_BBT_STREAM_ARCHIVE, 1, 6);
  g_assert_cmpuint (sim_recorder_count (&recorder, COMMS_BBT_STREAM_ARCHIVE, from, to, &last), ==, 3);
  g_assert_cmpuint (last.through, ==, 4);
  g_assert_true (sim_recorder_again (&recorder, COMMS_BBT_STREAM_ARCHIVE, from, to, &given, &packer, &message,
                                     &given.through));
  given.boot = message.archive.boot;
  g_assert_cmpuint (message.archive.first, ==, 2);
  g_assert_cmpuint (message.archive.rows, ==, 3);
  g_assert_false (sim_recorder_again (&recorder, COMMS_BBT_STREAM_ARCHIVE, from, to, &given, &packer, &message,
                                      &given.through));
  sim_recorder_clear (&recorder);
}

static void
a_clock_far_off_begins_a_new_era (void)
{
  SimRtc clock;
  gint64 hour = 3600 * GDP_SECOND;
  sim_rtc_init (&clock, START, 500);
  g_assert_cmpint (sim_rtc_read (&clock, START + hour), ==, START + hour + hour / 2000);
  g_assert_cmpint (sim_rtc_byte (&clock, START), ==, 0);
  g_assert_false (sim_rtc_set (&clock, START + hour, START + hour));   /* 1.8 s: near */
  g_assert_cmpint (sim_rtc_byte (&clock, START + hour), ==, 2);
  sim_rtc_disturb (&clock, START + hour, -5 * GDP_SECOND);
  g_assert_true (sim_rtc_set (&clock, START + hour, START + hour));
  g_assert_cmpint (sim_rtc_read (&clock, START + hour), ==, START + hour);
  g_assert_cmpint (sim_rtc_byte (&clock, START + 30 * hour), ==, 0x11);
  sim_rtc_lose (&clock, START + hour);
  g_assert_cmpint (sim_rtc_byte (&clock, START + hour), ==, 0x20);
  g_assert_cmpint (sim_rtc_read (&clock, START + hour), <, START);
}

static void
noise_is_as_frequent_as_it_is_told_and_hits_every_offset (void)
{
  guint64 chance = 7, same = 7;
  guint hits = 0, offsets[40] = { 0 }, kinds[SIM_NOISE_REORDER + 1] = { 0 };
  for (guint i = 0; i < 20000; i++) {
    SimNoise noise = sim_noise_next (&chance, 0.25, i & 1, 40), again = sim_noise_next (&same, 0.25, i & 1, 40);
    g_assert_cmpuint (noise.kind, ==, again.kind);
    g_assert_cmpuint (noise.at, ==, again.at);
    hits += noise.kind != SIM_NOISE_NONE;
    kinds[noise.kind]++;
    offsets[noise.at]++;
  }
  g_assert_cmpuint (hits, >, 4700);
  g_assert_cmpuint (hits, <, 5300);
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    g_assert_cmpuint (offsets[i], >, 0);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpuint (kinds[i], >, 300);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpuint (sim_noise_next (&chance, 0, FALSE, 1).kind, ==, SIM_NOISE_NONE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(function, name) g_test_add_func ("/sim-recorder/" name, function)
  TEST (rows_of_one_step_share_a_frame, "rows-of-one-step-share-a-frame");
  TEST (what_is_not_acknowledged_is_sent_again, "what-is-not-acknowledged-is-sent-again");
  TEST (what_was_never_sent_is_not_acknowledged_by_any_word, "what-was-never-sent-is-not-acknowledged-by-any-word");
  TEST (an_earlier_boot_goes_before_a_later_one, "earlier-boot-goes-before-a-later-one");
  TEST (a_full_memory_loses_the_oldest_and_says_so, "full-memory-loses-the-oldest-and-says-so");
  TEST (acknowledged_rows_can_be_had_again, "acknowledged-rows-can-be-had-again");
  TEST (a_clock_far_off_begins_a_new_era, "clock-far-off-begins-a-new-era");
  TEST (noise_is_as_frequent_as_it_is_told_and_hits_every_offset, "noise-is-as-frequent-as-told-and-hits-every-offset");
  return g_test_run ();
}
