/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session server and BBTs that do as they are told: states, records, acknowledgement, requests. What goes
 * wrong is test-bbt-wrong.c's matter. */
#include "bbt-peer.h"

#include <string.h>

#include "comms/bbt-archive.h"
#include "comms/bbt-wanted.h"

static const CommsSessionSettings plain = { .quiet_time = 0.1 };

/* ---- which frame may come when ------------------------------------------------------------------------- */

typedef enum { STRANGER, CHALLENGED, OPEN, THROUGH, LEAVING, N_STATES } State;
static const char *const names[] = { "stranger", "challenged", "open", "through", "leaving" };

/* A peer in that state. */
static Peer *
peer_in (Field *field, State state)
{
  CommsBbtMessage message = { .type = COMMS_BBT_BYE };
  Peer *peer = state >= OPEN ? peer_open (field, state == THROUGH ? PEER_SLAVE : 0)
                             : peer_call (field, 0);

  if (state == CHALLENGED) {
    peer_identify (peer);
    peer_challenged (peer);
  } else if (state == THROUGH) {
    peer_wait (peer, COMMS_BBT_OPEN, &message);
    message = (CommsBbtMessage) { .type = COMMS_BBT_RESULT, .result = { message.sequence, 0, 0 } };
    peer_say (peer, &message, NULL);
    peer_wait (peer, COMMS_BBT_DATA, &message);   /* the first poll */
  } else if (state == LEAVING) {
    CommsBbtMessage live = peer_live (1, 8000);   /* which nobody commits */
    peer_say (peer, &live, NULL);
    peer_say (peer, &message, NULL);
  }
  return peer;
}

/* What PROTOCOL.md 3 lets come: '.' is taken, 'e' ends the session without FAULT, 'b' BYE answers and ends it,
 * 'c' CHALLENGE answers. All else is FAULT 7. */
static const struct { guint8 type; const char *by_state; } allowed[] = {
  { COMMS_BBT_IDENT,     "c----" },
  { COMMS_BBT_PROOF,     "-e---" },   /* a wrong one: FAULT 4 */
  { COMMS_BBT_BYE,       "--bb-" },
  { COMMS_BBT_FAULT,     "eeeee" },
  { COMMS_BBT_PING,      "--..." },
  { COMMS_BBT_PONG,      "--..." },
  { COMMS_BBT_LIVE,      "--..." },
  { COMMS_BBT_INCREMENT, "--..." },
  { COMMS_BBT_ARCHIVE,   "--..." },
  { COMMS_BBT_EVENT,     "--..." },
  { COMMS_BBT_PULSE,     "--..." },
  { COMMS_BBT_SABOTAGE,  "--..." },
  { COMMS_BBT_RESULT,    "--..." },
  { COMMS_BBT_DATA,      "--..." },
  { COMMS_BBT_CLOSE,     "--..." },
};

/* Types that PROTOCOL.md 8 does not have: they may be a later version's, and are not for us. */
static gboolean
is_unknown (guint8 type)
{
  return type == 0 || (type > 0x08 && type < 0x10) || (type > 0x15 && type < 0x1F) || (type > 0x24 && type < 0x28)
         || (type > 0x2A && type < 0x2F) || type > 0x32;
}

static char
expected (guint8 type, State state)
{
  for (guint i = 0; i < G_N_ELEMENTS (allowed); i++)
    if (allowed[i].type == type)
      return allowed[i].by_state[state];
  return is_unknown (type) && state >= OPEN ? '.' : '-';
}

/* The payload does not matter where the type may not come; where it may, it is a good one. */
static void
say_type (Peer *peer, guint8 type)
{
  static CommsBbtPacker packer;
  guint8 frame[COMMS_BBT_FRAME_MAX] = { 0 };
  CommsBbtMessage message = { .type = type };
  guint32 boot = peer->ident.boot, number = 1000 + type;

  if (type == COMMS_BBT_IDENT) {
    peer_identify (peer);
    return;
  }
  if (type == COMMS_BBT_LIVE || type == COMMS_BBT_INCREMENT) {
    message = peer_live (number, 8000);
    message.type = type;
  } else if (type == COMMS_BBT_ARCHIVE)
    message = peer_archive (boot, number, 2, &packer);
  else if (type == COMMS_BBT_EVENT)
    message = peer_event (boot, number, COMMS_BBT_EVENT_BUTTON);
  else if (type == COMMS_BBT_PULSE)
    message.pulse = (CommsBbtPulse) { boot, number, .n_counters = 1, .counters = { { 1, 5 } } };
  else if (type == COMMS_BBT_SABOTAGE)
    message.sabotage = (CommsBbtSabotage) { boot, number, .wire = 1 };
  else if (type == COMMS_BBT_DATA)
    message.data.bytes = (CommsBbtBytes) { (const guint8 *) "x", 1 };
  else if (comms_bbt_type_info (type) == NULL || !comms_bbt_type_info (type)->of_unit) {
    comms_bbt_frame_open (frame, type, ++peer->end.sent, 16, peer->end.has_mac);
    if (peer->end.has_mac)
      comms_bbt_mac_make (&peer->end.mac, COMMS_BBT_OF_UNIT, frame, COMMS_BBT_HEADER + 16, frame + COMMS_BBT_HEADER + 16);
    peer_send (peer, frame, comms_bbt_frame_close (frame));
    return;
  }
  peer_say (peer, &message, NULL);
}

/* The session is alive: PING is answered, whatever else is said. */
static void
assert_alive (Peer *peer)
{
  CommsBbtMessage message = { .type = COMMS_BBT_PING, .ping = { 4711 } };

  peer_say (peer, &message, NULL);
  do
    peer_hear (peer, &message);
  while (message.type != COMMS_BBT_PONG || message.pong.token != 4711);
  peer_free (peer);
}

static void
check_type (Field *field, State state, guint8 type)
{
  Peer *peer = peer_in (field, state);
  CommsBbtMessage message;

  g_test_message ("type %02x in state %s", type, names[state]);
  say_type (peer, type);
  switch (expected (type, state)) {
  case '.':
    assert_alive (peer);
    break;
  case 'c':
    peer_challenged (peer);
    peer_free (peer);
    break;
  case 'e':
    if (type == COMMS_BBT_PROOF)
      peer_faulted (peer, COMMS_BBT_FAULT_PROOF);
    else
      peer_hung_up (peer);
    break;
  case 'b':
    do
      peer_hear (peer, &message);
    while (message.type != COMMS_BBT_BYE && (message.type == COMMS_BBT_DATA || message.type == COMMS_BBT_CLOSE));
    g_assert_cmphex (message.type, ==, COMMS_BBT_BYE);
    peer_hung_up (peer);
    break;
  default:
    peer_faulted (peer, COMMS_BBT_FAULT_UNEXPECTED);
  }
}

static void
test_table (gconstpointer data)
{
  State state = GPOINTER_TO_UINT (data);

  for (guint type = 0; type <= 0x33; type++) {
    Field *field = peer_field (plain);
    Commits *commits = commits_start (field);
    commits_hold (commits, state == LEAVING);
    check_type (field, state, type);
    commits_stop (commits);
    field_stop (field);
  }
}

/* ---- a session as it should be --------------------------------------------------------------------------- */

typedef struct { Field *field; Commits *commits; Peer *peer; } Stage;

static Stage
stage_open (guint link, CommsSessionSettings settings)
{
  Stage stage = { .field = peer_field (settings) };

  stage.commits = commits_start (stage.field);
  stage.peer = peer_open (stage.field, link);
  return stage;
}

static void
stage_end (Stage *stage)
{
  if (stage->peer != NULL)
    peer_free (stage->peer);
  commits_stop (stage->commits);
  field_stop (stage->field);
}

static void
say (Stage *stage, CommsBbtMessage message)
{
  peer_say (stage->peer, &message, NULL);
}

static void
test_accepts (gconstpointer data)
{
  guint link = GPOINTER_TO_UINT (data);
  Field *field = peer_field (plain);
  Commits *commits = commits_start (field);
  Peer *peer = peer_call (field, link);
  CommsBbtMessage accept;

  peer_identify (peer);
  if (link != PEER_KEYLESS) {
    peer_challenged (peer);
    peer_prove (peer);
  }
  peer_accepted (peer, &accept);
  g_assert_cmpint (ABS (accept.accept.time - g_get_real_time ()), <, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (accept.accept.idle, ==, 600);
  g_assert_cmphex (accept.accept.wanted & 6, ==, 6);
  g_assert_cmpuint (accept.accept.flags & COMMS_BBT_ACCEPT_MORE, ==, link == PEER_SETTINGS ? COMMS_BBT_ACCEPT_MORE : 0);
  commits_wait (commits, commits->events, link == PEER_KEYLESS ? "not authenticated" : "called because of: power on");
  commits_wait (commits, commits->devices, "connected");
  g_assert_cmpstr (commits->device->model, ==, "BBT-1");
  g_assert_cmpint (commits->device->authenticated, ==, link != PEER_KEYLESS);
  g_assert_cmpint (commits->device->connected, >, 0);
  g_assert_cmpint (commits->device->link, ==, field->network->links[link].key);
  peer_free (peer);
  commits_wait (commits, commits->events, ": the ");
  commits_stop (commits);
  field_stop (field);
}

static void
test_acknowledges_after_commit (void)
{
  Stage stage = stage_open (0, plain);

  commits_hold (stage.commits, TRUE);
  say (&stage, peer_live (1, 8000));
  commits_wait (stage.commits, stage.commits->marks, "0 7/1");
  g_assert_false (peer_hears (stage.peer, 0.1));
  commits_hold (stage.commits, FALSE);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "S0/report-ai2=8@0 s/good"), ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "S0/report-di1=1@0 s/good"), ==, 1);
  stage_end (&stage);
}

static void
test_resend_once (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtPacker packer;

  say (&stage, peer_archive (7, 1, 5, &packer));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  say (&stage, peer_archive (7, 1, 5, &packer));   /* the ACK was lost */
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  say (&stage, peer_archive (7, 3, 5, &packer));   /* 3 to 7: two of them are new */
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 7);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2="), ==, 7);
  peer_free (stage.peer);
  stage.peer = peer_open (stage.field, 0);          /* and in another session */
  say (&stage, peer_archive (7, 1, 7, &packer));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 7);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2="), ==, 7);
  stage_end (&stage);
}

/* A resend of what waits for its commit is not acknowledged before that. */
static void
test_resend_of_uncommitted (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtPacker packer;

  commits_hold (stage.commits, TRUE);
  say (&stage, peer_archive (7, 1, 5, &packer));
  commits_wait (stage.commits, stage.commits->marks, "1 7/5");
  peer_free (stage.peer);
  stage.peer = peer_open (stage.field, 0);
  say (&stage, peer_archive (7, 1, 5, &packer));
  g_assert_false (peer_hears (stage.peer, 0.1));
  commits_hold (stage.commits, FALSE);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2="), ==, 5);
  stage_end (&stage);
}

static void
test_holes (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtPacker packer;

  say (&stage, peer_archive (6, 1, 2, &packer));
  say (&stage, peer_archive (7, 4, 2, &packer));   /* 1 to 3 of this start are lost */
  say (&stage, peer_archive (7, 9, 1, &packer));   /* 6 to 8 too */
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 9);
  commits_wait (stage.commits, stage.commits->events, "3 records of its stream \"archive\" are lost");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->events, "are lost"), ==, 2);
  stage_end (&stage);
}

/* Means are marked as such; they are no sign of what is now. */
static void
test_means (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtPacker packer;
  CommsBbtMessage hours = peer_archive (7, 1, 3, &packer);

  hours.archive.stream = COMMS_BBT_STREAM_HOURLY;
  hours.archive.step = 3600;
  hours.archive.time = (g_get_real_time () / G_USEC_PER_SEC - 7200) * G_USEC_PER_SEC;
  say (&stage, hours);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_HOURLY, 7, 3);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "/averaged"), ==, 3);
  stage_end (&stage);
}

static void
test_increment (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtMessage increment = { .type = COMMS_BBT_INCREMENT }, request;
  CommsBbtReport *told = &increment.report;

  say (&stage, peer_live (1, 8000));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  told->number = 2;
  told->base = 1;
  told->time = g_get_real_time () / 1000 * 1000;
  told->mask = 1 << COMMS_BBT_AI1;
  told->values[COMMS_BBT_AI1] = 9000;
  say (&stage, increment);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 2);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2=9@"), ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai1=4@"), ==, 2);   /* as it was */
  told->number = 3;
  told->base = 17;   /* never heard of */
  say (&stage, increment);
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &request);
  g_assert_cmpuint (request.request.what, ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->marks, "0 7/3"), ==, 0);
  say (&stage, (CommsBbtMessage) { .type = COMMS_BBT_RESULT, .result = { request.sequence, 0, 0 } });
  say (&stage, peer_live (4, 9500));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 4);
  stage_end (&stage);
}

/* Eight ACKs may be under way: the base may be as old as that. */
static void
test_increment_against_an_old_base (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtMessage increment = peer_live (9, 9000);

  for (guint i = 1; i <= 8; i++) {
    say (&stage, peer_live (i, 8000 + i));
    peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, i);
  }
  increment.type = COMMS_BBT_INCREMENT;
  increment.report.base = 1;
  increment.report.mask = 1;
  say (&stage, increment);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 9);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2=8.001@"), ==, 2);
  stage_end (&stage);
}

static void
test_events (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtMessage event = peer_event (7, 1, COMMS_BBT_EVENT_ABOVE);

  event.event.channel = 2;
  event.event.detail = 14400;
  event.event.report.mask = 1 << COMMS_BBT_AI1;
  event.event.report.values[COMMS_BBT_AI1] = 15000;
  say (&stage, event);
  say (&stage, (CommsBbtMessage) { .type = COMMS_BBT_PULSE, .pulse = { 7, 2, event.event.report.time, 0, 2,
                                   { { 1, 4711 }, { 2, 4294967295 } } } });
  say (&stage, (CommsBbtMessage) { .type = COMMS_BBT_SABOTAGE, .sabotage = { 7, 3, event.event.report.time, 0, 1, 1, 0xFF } });
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_EVENTS, 7, 3);
  commits_wait (stage.commits, stage.commits->events, "above max: ai2, threshold 14400");
  commits_wait (stage.commits, stage.commits->events, "pulse counters: 1 = 4711, 2 = 4294967295");
  commits_wait (stage.commits, stage.commits->events, "sabotage: wire cut, cover open");
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2=15@"), ==, 1);
  stage_end (&stage);
}

static void
test_not_available (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtMessage live = peer_live (1, 0xFFFF);

  say (&stage, live);
  live = peer_live (2, 8000);
  live.report.status = COMMS_BBT_STATUS_SILENT;
  say (&stage, live);
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 2);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2=nan@0 s/not-a-number"), ==, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "/no-communication"), ==, 3);   /* not the battery */
  stage_end (&stage);
}

static void
test_bye (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtMessage message;
  gint64 next = (g_get_real_time () / G_USEC_PER_SEC + 3600) * G_USEC_PER_SEC;

  commits_hold (stage.commits, TRUE);
  say (&stage, peer_live (1, 8000));
  say (&stage, (CommsBbtMessage) { .type = COMMS_BBT_BYE, .bye = { next, 0 } });
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
  stage_end (&stage);
}

/* ---- requests --------------------------------------------------------------------------------------------- */

static void
answer (Stage *stage, const CommsBbtMessage *request, guint8 code, guint32 value)
{
  say (stage, (CommsBbtMessage) { .type = COMMS_BBT_RESULT, .result = { request->sequence, code, value } });
}

static void
test_settings (void)
{
  Stage stage = stage_open (PEER_SETTINGS, plain);
  CommsBbtMessage message;

  peer_wait (stage.peer, COMMS_BBT_SETTINGS, &message);
  g_assert_cmpuint (message.settings.polling, ==, 60);
  g_assert_cmpuint (message.settings.revision, ==, comms_bbt_message_revision (&message));
  guint32 settings = message.settings.revision;
  g_assert_false (peer_hears (stage.peer, 0.1));   /* one at a time */
  answer (&stage, &message, 0, settings);
  peer_wait (stage.peer, COMMS_BBT_SCHEDULE, &message);
  g_assert_cmpuint (message.schedule.n_entries, ==, 1);
  guint32 schedule = message.schedule.revision;
  answer (&stage, &message, COMMS_BBT_OUT_OF_RANGE, 5);
  commits_wait (stage.commits, stage.commits->events, "refuses its schedule");
  g_assert_false (peer_hears (stage.peer, 0.1));   /* not again in this session */
  peer_free (stage.peer);

  stage.peer = peer_call (stage.field, PEER_SETTINGS);
  stage.peer->ident.settings_revision = settings;
  stage.peer->ident.schedule_revision = 5;          /* of another revision */
  peer_open_as (stage.peer);
  peer_wait (stage.peer, COMMS_BBT_SCHEDULE, &message);
  g_assert_cmpuint (message.schedule.revision, ==, schedule);
  stage_end (&stage);
}

static void
order (Stage *stage, CommsOrder wanted)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (comms_session_server_order (stage->field->server, &wanted, &error));
  g_assert_no_error (error);
}

static CommsOrder
switch_on (guint output, double seconds)
{
  return (CommsOrder) { .kind = COMMS_ORDER_OUTPUT, .command = 12, .expires = g_get_real_time () + seconds * G_USEC_PER_SEC,
                        .output = { .output = output, .on = TRUE } };
}

static void
test_output (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtMessage select, operate;

  order (&stage, switch_on (3, 10));
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &select);
  g_assert_cmpuint (select.output.step, ==, 1);
  g_assert_cmpuint (select.output.output, ==, 3);
  g_assert_cmpuint (select.output.state, ==, 1);
  answer (&stage, &select, 0, 0);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &operate);
  g_assert_cmpuint (operate.output.step, ==, 2);
  g_assert_cmpuint (operate.output.token, ==, select.output.token);
  g_assert_cmpint (operate.output.not_after, <=, g_get_real_time () + 10 * G_USEC_PER_SEC);
  answer (&stage, &operate, 0, 1);
  commits_wait (stage.commits, stage.commits->results, "12: ok");
  stage_end (&stage);
}

static void
test_output_fails (void)
{
  Stage stage = stage_open (0, plain);
  CommsBbtMessage message;

  order (&stage, switch_on (3, 10));
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &message);
  answer (&stage, &message, COMMS_BBT_UNIT_BUSY, 0);
  commits_wait (stage.commits, stage.commits->results, "12: failed: the unit says: busy");
  order (&stage, switch_on (4, 10));
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &message);
  answer (&stage, &message, 0, 0);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &message);
  answer (&stage, &message, 0, 2);
  commits_wait (stage.commits, stage.commits->results, "could not be read back");
  order (&stage, switch_on (5, 10));
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &message);
  peer_free (g_steal_pointer (&stage.peer));   /* the link is lost in the middle */
  commits_wait (stage.commits, stage.commits->results, "whether it was done is not known");
  stage_end (&stage);
}

/* Never late: not to a unit that calls after its time. */
static void
test_output_is_never_late (void)
{
  Field *field = peer_field (plain);
  Stage stage = { field, commits_start (field), NULL };

  order (&stage, switch_on (3, 0.2));
  commits_wait (stage.commits, stage.commits->results, "12: failed: the unit was not in session in time");
  stage.peer = peer_open (field, 0);
  g_assert_false (peer_hears (stage.peer, 0.2));
  stage_end (&stage);
}

/* The server ends: who waits for an order is told. */
static void
test_orders_end_with_the_server (void)
{
  Field *field = peer_field (plain);
  Stage stage = { field, NULL, NULL };
  CommsReport *report;

  order (&stage, switch_on (3, 100));
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
  Stage stage = stage_open (0, plain);
  CommsBbtPacker packer;
  CommsBbtMessage message;

  say (&stage, peer_archive (7, 1, 5, &packer));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  order (&stage, (CommsOrder) { .kind = COMMS_ORDER_ARCHIVE, .command = 3,
                                .archive = { 1, 0, 4000 * (gint64) G_USEC_PER_SEC } });
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &message);
  g_assert_cmpuint (message.request.what, ==, 2);
  g_assert_cmpint (message.request.to, ==, 4000 * (gint64) G_USEC_PER_SEC);
  answer (&stage, &message, 0, 6);
  commits_wait (stage.commits, stage.commits->results, "3: ok: 6 rows follow");
  say (&stage, (CommsBbtMessage) { .type = COMMS_BBT_BYE });
  g_assert_false (peer_hears (stage.peer, 0.1));   /* not before they are here */
  say (&stage, peer_archive (7, 1, 6, &packer));   /* the last of them was not sent before */
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 6);
  peer_wait (stage.peer, COMMS_BBT_BYE, &message);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2="), ==, 6);
  stage_end (&stage);
}

/* ---- firmware --------------------------------------------------------------------------------------------- */

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
take_blocks (Stage *stage, guint32 at, guint32 until)
{
  CommsBbtMessage message;

  while (at < until) {
    peer_wait (stage->peer, COMMS_BBT_BLOCK, &message);
    g_assert_cmpuint (message.block.offset, ==, at);
    for (gsize i = 0; i < message.block.data.length; i++)
      g_assert_cmpuint (message.block.data.bytes[i], ==, (guint8) ((at + i) * 7));
    at += message.block.data.length;
    answer (stage, &message, 0, at);
  }
  return at;
}

static void
test_firmware (void)
{
  Stage stage = stage_open (0, plain);
  CommsOrder wanted = new_firmware (5000);
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, wanted.firmware.image);
  CommsBbtMessage message;
  guint32 at;

  order (&stage, wanted);
  g_bytes_unref (wanted.firmware.image);
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  g_assert_cmpuint (message.firmware.size, ==, 5000);
  for (guint i = 0; i < 32; i++) {
    char hex[3] = { digest[2 * i], digest[2 * i + 1] };
    g_assert_cmphex (message.firmware.digest[i], ==, strtoul (hex, NULL, 16));
  }
  answer (&stage, &message, 0, 0);
  at = take_blocks (&stage, 0, 2700);
  peer_free (stage.peer);                      /* the cell is gone */
  commits_wait (stage.commits, stage.commits->events, ": the ");
  stage.peer = peer_open (stage.field, 0);
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  answer (&stage, &message, 0, at);            /* it has the beginning */
  take_blocks (&stage, at, 5000);
  peer_wait (stage.peer, COMMS_BBT_INSTALL, &message);
  g_assert_cmpuint (message.install.action, ==, 2);
  commits_wait (stage.commits, stage.commits->devices, "1.5.0: 5000 of 5000");
  answer (&stage, &message, 0, 0);
  commits_wait (stage.commits, stage.commits->results, "21: ok");
  stage_end (&stage);
}

static void
test_firmware_refused (void)
{
  Stage stage = stage_open (0, plain);
  CommsOrder wanted = new_firmware (100);
  CommsBbtMessage message;

  order (&stage, wanted);
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  answer (&stage, &message, 0, 100);           /* it has it all, it says */
  peer_wait (stage.peer, COMMS_BBT_INSTALL, &message);
  answer (&stage, &message, COMMS_BBT_DIGEST_WRONG, 0);
  commits_wait (stage.commits, stage.commits->results, "21: failed: the unit says: digest wrong");
  wanted.firmware.hardware = 9;
  order (&stage, wanted);
  commits_wait (stage.commits, stage.commits->results, "21: failed: not for this hardware");
  wanted.firmware.hardware = 0;
  strcpy (wanted.firmware.model, "BBT-9");
  order (&stage, wanted);
  commits_wait (stage.commits, stage.commits->results, "21: failed: the unit is of another model");
  strcpy (wanted.firmware.model, "BBT-1");
  order (&stage, wanted);
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  order (&stage, (CommsOrder) { .kind = COMMS_ORDER_GIVE_UP, .command = 22 });
  answer (&stage, &message, 0, 0);
  peer_wait (stage.peer, COMMS_BBT_INSTALL, &message);
  g_assert_cmpuint (message.install.action, ==, 3);
  answer (&stage, &message, 0, 0);
  commits_wait (stage.commits, stage.commits->results, "21: failed: given up");
  commits_wait (stage.commits, stage.commits->results, "22: ok");
  g_bytes_unref (wanted.firmware.image);
  stage_end (&stage);
}

/* To all units of a model, as they call. */
static void
test_firmware_for_all (void)
{
  Stage stage = stage_open (0, plain);
  CommsOrder wanted = new_firmware (100);
  CommsBbtMessage message;

  wanted.link = G_MAXUINT;
  order (&stage, wanted);
  g_bytes_unref (wanted.firmware.image);
  commits_wait (stage.commits, stage.commits->results, "21: ok: waits for 4 units");
  peer_wait (stage.peer, COMMS_BBT_FIRMWARE, &message);
  Peer *other = peer_open (stage.field, PEER_KEYLESS);
  peer_wait (other, COMMS_BBT_FIRMWARE, &message);
  peer_free (other);
  stage_end (&stage);
}

/* ---- mode T ------------------------------------------------------------------------------------------------ */

/* The next Modbus request inside DATA. */
static CommsRequest
asked (Stage *stage)
{
  CommsBbtMessage message;
  CommsRequest request;
  gsize used;

  peer_hear (stage->peer, &message);
  g_assert_cmphex (message.type, ==, COMMS_BBT_DATA);
  g_assert_true (comms_rtu_parse_request (message.data.bytes.bytes, message.data.bytes.length, &request, &used, NULL));
  return request;
}

static void
answer_slave (Stage *stage, guint16 value, gsize split)
{
  guint8 frame[COMMS_RTU_MAX];
  CommsRequest request = asked (stage);
  gsize length = modem_frame (&request, value, frame);

  g_assert_cmpuint (request.read.address, ==, 1);
  say (stage, (CommsBbtMessage) { .type = COMMS_BBT_DATA, .data = { { frame, split } } });
  if (split < length)
    say (stage, (CommsBbtMessage) { .type = COMMS_BBT_DATA, .data = { { frame + split, length - split } } });
}

static void
test_through (void)
{
  Stage stage = stage_open (PEER_SLAVE, plain);
  CommsBbtMessage message;

  peer_wait (stage.peer, COMMS_BBT_OPEN, &message);
  answer (&stage, &message, 0, 0);
  answer_slave (&stage, 100, 9);
  commits_wait (stage.commits, stage.commits->samples, "S2/slave-ai2=101@0 s/good");
  say (&stage, peer_live (1, 8000));           /* beside it */
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  answer_slave (&stage, 200, 4);               /* in two pieces */
  commits_wait (stage.commits, stage.commits->samples, "S2/slave-ai2=201@0 s/good");

  CommsOrder live = { .kind = COMMS_ORDER_LIVE, .command = 5, .link = PEER_SLAVE };
  order (&stage, live);                        /* needs mode C: the channel is closed, and opened again */
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &message);
  answer (&stage, &message, 0, 0);
  commits_wait (stage.commits, stage.commits->results, "5: ok");
  peer_wait (stage.peer, COMMS_BBT_OPEN, &message);
  answer (&stage, &message, 0, 0);
  answer_slave (&stage, 300, 9);
  commits_wait (stage.commits, stage.commits->samples, "S2/slave-ai2=301@0 s/good");

  say (&stage, (CommsBbtMessage) { .type = COMMS_BBT_CLOSE, .close = { 2 } });   /* the interface failed */
  CommsTraffic traffic;
  g_assert_true (comms_session_server_traffic (stage.field->server, PEER_SLAVE, G_MAXUINT, &traffic));
  g_assert_cmpuint (traffic.requests, >=, 4);
  say (&stage, peer_live (2, 8000));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 2);
  stage_end (&stage);
}

static void
test_through_refused (void)
{
  Stage stage = stage_open (PEER_SLAVE, plain);
  CommsBbtMessage message;

  peer_wait (stage.peer, COMMS_BBT_OPEN, &message);
  answer (&stage, &message, COMMS_BBT_INTERFACE_SILENT, 0);
  g_assert_false (peer_hears (stage.peer, 0.3));
  say (&stage, peer_live (1, 8000));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  stage_end (&stage);
}

/* ---- UDP ---------------------------------------------------------------------------------------------------- */

static void
test_udp (void)
{
  Field *field = peer_field (plain);
  Stage stage = { field, commits_start (field), peer_open_as (peer_call_udp (field, 0)) };
  CommsBbtMessage message = { .type = COMMS_BBT_BYE };
  CommsBbtPacker packer;

  say (&stage, peer_archive (7, 1, 5, &packer));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  say (&stage, peer_archive (7, 1, 5, &packer));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_ARCHIVE, 7, 5);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->samples, "ai2="), ==, 5);
  say (&stage, message);
  peer_wait (stage.peer, COMMS_BBT_BYE, &message);
  stage_end (&stage);
}

/* The network loses CHALLENGE and ACCEPT: the unit says again what it said. */
static void
test_udp_lost_answers (gconstpointer data)
{
  guint link = GPOINTER_TO_UINT (data);
  Field *field = peer_field (plain);
  Stage stage = { field, commits_start (field), peer_call_udp (field, link) };
  guint8 nonce[16];

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
  say (&stage, peer_live (1, 8000));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  g_assert_cmpuint (commits_count (stage.commits, stage.commits->events, "called because of"), ==, 1);
  stage_end (&stage);
}

/* The request or its RESULT was lost: it is asked again, and answered to either. */
static void
test_udp_asks_again (void)
{
  Field *field = peer_field ((CommsSessionSettings) { .udp_result_time = 0.2 });
  Stage stage = { field, commits_start (field), peer_open_as (peer_call_udp (field, 0)) };
  CommsBbtMessage first, second;

  order (&stage, switch_on (3, 10));
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &first);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &second);
  g_assert_cmpuint (second.sequence, >, first.sequence);
  g_assert_cmpuint (second.output.token, ==, first.output.token);
  answer (&stage, &first, 0, 0);
  peer_wait (stage.peer, COMMS_BBT_OUTPUT, &second);
  g_assert_cmpuint (second.output.step, ==, 2);
  answer (&stage, &second, 0, 1);
  commits_wait (stage.commits, stage.commits->results, "12: ok");
  stage_end (&stage);
}

/* A unit that has forgotten its session begins another at the same address. */
static void
test_udp_begins_anew (void)
{
  Field *field = peer_field (plain);
  Stage stage = { field, commits_start (field), peer_open_as (peer_call_udp (field, 0)) };
  Peer *peer = stage.peer;

  comms_bbt_end_init (&peer->end, COMMS_BBT_OF_UNIT);
  memcpy (peer->ident.nonce, "another.", 8);
  peer_open_as (peer);
  say (&stage, peer_live (1, 8000));
  peer_acknowledged (peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  commits_wait (stage.commits, stage.commits->events, "identified itself anew");
  field_wait_sessions (field, 1);
  stage_end (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_STATES; i++) {
    g_autofree char *path = g_strdup_printf ("/bbt-session/every-frame-type-in-state/%s", names[i]);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_table);
  }
  g_test_add_data_func ("/bbt-session/accepts/with-key", GUINT_TO_POINTER (0), test_accepts);
  g_test_add_data_func ("/bbt-session/accepts/without-key", GUINT_TO_POINTER (PEER_KEYLESS), test_accepts);
  g_test_add_data_func ("/bbt-session/accepts/and-says-that-more-waits", GUINT_TO_POINTER (PEER_SETTINGS), test_accepts);
  g_test_add_func ("/bbt-session/acknowledges-after-the-commit-only", test_acknowledges_after_commit);
  g_test_add_func ("/bbt-session/resend-is-stored-once-and-acknowledged-again", test_resend_once);
  g_test_add_func ("/bbt-session/resend-of-what-waits-for-its-commit", test_resend_of_uncommitted);
  g_test_add_func ("/bbt-session/jumped-numbers-are-journaled", test_holes);
  g_test_add_func ("/bbt-session/means-of-hours", test_means);
  g_test_add_func ("/bbt-session/increment-completes-its-base", test_increment);
  g_test_add_func ("/bbt-session/increment-against-an-old-base", test_increment_against_an_old_base);
  g_test_add_func ("/bbt-session/events-pulses-sabotage", test_events);
  g_test_add_func ("/bbt-session/what-is-not-available-is-no-number", test_not_available);
  g_test_add_func ("/bbt-session/bye-after-the-last-acknowledgement", test_bye);
  g_test_add_func ("/bbt-session/settings-and-schedule-of-another-revision", test_settings);
  g_test_add_func ("/bbt-session/output/select-operate-read-back", test_output);
  g_test_add_func ("/bbt-session/output/failures-have-their-reasons", test_output_fails);
  g_test_add_func ("/bbt-session/output/never-late", test_output_is_never_late);
  g_test_add_func ("/bbt-session/output/ends-with-the-server", test_orders_end_with_the_server);
  g_test_add_func ("/bbt-session/archive-again", test_archive_again);
  g_test_add_func ("/bbt-session/firmware/resumes-in-the-next-session", test_firmware);
  g_test_add_func ("/bbt-session/firmware/refused-and-given-up", test_firmware_refused);
  g_test_add_func ("/bbt-session/firmware/for-all-of-a-model", test_firmware_for_all);
  g_test_add_func ("/bbt-session/mode-t/polls-beside-everything-else", test_through);
  g_test_add_func ("/bbt-session/mode-t/refused", test_through_refused);
  g_test_add_func ("/bbt-session/udp/delivers", test_udp);
  g_test_add_data_func ("/bbt-session/udp/lost-answers/with-key", GUINT_TO_POINTER (0), test_udp_lost_answers);
  g_test_add_data_func ("/bbt-session/udp/lost-answers/without-key", GUINT_TO_POINTER (PEER_KEYLESS), test_udp_lost_answers);
  g_test_add_func ("/bbt-session/udp/asks-again", test_udp_asks_again);
  g_test_add_func ("/bbt-session/udp/begins-anew-beside-the-old-one", test_udp_begins_anew);
  return g_test_run ();
}
