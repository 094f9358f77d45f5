/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server asks of a BBT by itself (settings, schedule) or for a person: outputs, the archive again. */
#include "bbt-stage.h"

#include "comms/bbt-archive.h"
#include "comms/bbt-wanted.h"

static void
test_settings (void)
{
  BbtStage stage = bbt_stage_open (plain, PEER_SETTINGS);
  CommsBbtMessage message;

  peer_wait (stage.peer, COMMS_BBT_SETTINGS, &message);
  g_assert_cmpuint (message.settings.polling, ==, 60);
  g_assert_cmpuint (message.settings.revision, ==, comms_bbt_message_revision (&message));
  guint32 settings = message.settings.revision;
  g_assert_false (peer_hears (stage.peer, 0.1));   /* one at a time */
  peer_answer (stage.peer, &message, 0, settings);
  peer_wait (stage.peer, COMMS_BBT_SCHEDULE, &message);
  g_assert_cmpuint (message.schedule.n_entries, ==, 1);
  guint32 schedule = message.schedule.revision;
  peer_answer (stage.peer, &message, COMMS_BBT_OUT_OF_RANGE, 5);
  commits_wait (stage.commits, stage.commits->events, "refuses its schedule");
  g_assert_false (peer_hears (stage.peer, 0.1));   /* not again in this session */
  peer_free (stage.peer);

  stage.peer = peer_call (stage.field, PEER_SETTINGS);
  stage.peer->ident.settings_revision = settings;
  stage.peer->ident.schedule_revision = 5;          /* of another revision */
  peer_open_as (stage.peer);
  peer_wait (stage.peer, COMMS_BBT_SCHEDULE, &message);
  g_assert_cmpuint (message.schedule.revision, ==, schedule);
  bbt_stage_end (&stage);
}

static void
test_output (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtMessage select, operate;

  bbt_stage_switch_on (&stage, 3, 10);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &select);
  g_assert_cmpuint (select.output.step, ==, 1);
  g_assert_cmpuint (select.output.output, ==, 3);
  g_assert_cmpuint (select.output.state, ==, 1);
  peer_answer (stage.peer, &select, 0, 0);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &operate);
  g_assert_cmpuint (operate.output.step, ==, 2);
  g_assert_cmpuint (operate.output.token, ==, select.output.token);
  g_assert_cmpint (operate.output.not_after, <=, g_get_real_time () + 10 * G_USEC_PER_SEC);
  peer_answer (stage.peer, &operate, 0, 1);
  commits_wait (stage.commits, stage.commits->results, "12: ok");
  bbt_stage_end (&stage);
}

static void
test_output_fails (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtMessage message;

  bbt_stage_switch_on (&stage, 3, 10);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &message);
  peer_answer (stage.peer, &message, COMMS_BBT_UNIT_BUSY, 0);
  commits_wait (stage.commits, stage.commits->results, "12: failed: the unit says: busy");
  bbt_stage_switch_on (&stage, 4, 10);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &message);
  peer_answer (stage.peer, &message, 0, 0);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &message);
  peer_answer (stage.peer, &message, 0, 2);
  commits_wait (stage.commits, stage.commits->results, "could not be read back");
  bbt_stage_switch_on (&stage, 5, 10);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &message);
  peer_free (g_steal_pointer (&stage.peer));   /* the link is lost in the middle */
  commits_wait (stage.commits, stage.commits->results, "whether it was done is not known");
  bbt_stage_end (&stage);
}

/* Never late: not to a unit that calls after its time. */
static void
test_output_is_never_late (void)
{
  BbtStage stage = bbt_stage_new (plain);

  bbt_stage_switch_on (&stage, 3, 0.2);
  commits_wait (stage.commits, stage.commits->results, "12: failed: the unit was not in session in time");
  stage.peer = peer_open (stage.field, 0);
  g_assert_false (peer_hears (stage.peer, 0.2));
  bbt_stage_end (&stage);
}

/* The server ends: who waits for an order is told. */
static void
test_orders_end_with_the_server (void)
{
  Field *field = peer_field (plain);
  BbtStage stage = { .field = field };   /* nobody takes its reports */
  CommsReport *report;

  bbt_stage_switch_on (&stage, 3, 100);
  comms_session_server_stop (g_steal_pointer (&field->server));
  while ((report = g_async_queue_try_pop (field->reports)) != NULL && report->kind != COMMS_REPORT_RESULT)
    comms_report_free (report);
  g_assert_nonnull (report);
  g_assert_cmpint (report->command, ==, 12);
  g_assert_false (report->ok);
  comms_report_free (report);
  field_stop (field);
}

static void
test_archive_again (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtPacker packer;
  CommsBbtMessage message;

  peer_tell (stage.peer, peer_archive (7, 1, 5, &packer));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  bbt_stage_order (&stage, (CommsOrder) { .kind = COMMS_ORDER_ARCHIVE, .command = 3,
                                          .archive = { 1, 0, 4000 * (gint64) G_USEC_PER_SEC } });
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &message);
  g_assert_cmpuint (message.request.what, ==, 2);
  g_assert_cmpint (message.request.to, ==, 4000 * (gint64) G_USEC_PER_SEC);
  peer_answer (stage.peer, &message, 0, 6);
  peer_tell (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_BYE });
  g_assert_false (peer_hears (stage.peer, 0.1));   /* not before they are here */
  peer_tell (stage.peer, peer_archive (7, 1, 6, &packer));   /* the last of them was not sent before */
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 6);
  commits_wait (stage.commits, stage.commits->results, "3: ok: 6 rows came");
  peer_wait (stage.peer, COMMS_BBT_BYE, &message);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2="), ==, 6 + 5);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "/asked for again"), ==, 5);
  bbt_stage_end (&stage);
}

static void
test_promises_are_broken (void)
{
  BbtStage stage = bbt_stage_open (plain, 0);
  CommsBbtMessage message;

  bbt_stage_order (&stage, (CommsOrder) { .kind = COMMS_ORDER_LIVE, .command = 4 });
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &message);
  peer_answer (stage.peer, &message, 0, 0);
  bbt_stage_order (&stage, (CommsOrder) { .kind = COMMS_ORDER_ARCHIVE, .command = 5,
                                          .archive = { 1, 0, 4000 * (gint64) G_USEC_PER_SEC } });
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &message);
  peer_answer (stage.peer, &message, 0, 6);
  peer_alive (stage.peer);
  g_clear_pointer (&stage.peer, peer_free);
  commits_wait (stage.commits, stage.commits->results, "4: failed: the report did not come (the unit hung up)");
  commits_wait (stage.commits, stage.commits->results, "5: failed: 6 of 6 rows did not come (the unit hung up)");
  bbt_stage_order (&stage, (CommsOrder) { .kind = COMMS_ORDER_LIVE, .command = 6, .at_once = TRUE });
  commits_wait (stage.commits, stage.commits->results, "6: failed: the unit is not in session");
  bbt_stage_end (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-session/settings-and-schedule-of-another-revision", test_settings);
  g_test_add_func ("/bbt-session/output/select-operate-read-back", test_output);
  g_test_add_func ("/bbt-session/output/failures-have-their-reasons", test_output_fails);
  g_test_add_func ("/bbt-session/output/never-late", test_output_is_never_late);
  g_test_add_func ("/bbt-session/output/ends-with-the-server", test_orders_end_with_the_server);
  g_test_add_func ("/bbt-session/archive-again", test_archive_again);
  g_test_add_func ("/bbt-session/what-was-promised-and-does-not-come-has-failed", test_promises_are_broken);
  return g_test_run ();
}
