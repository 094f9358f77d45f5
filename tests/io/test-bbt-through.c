/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mode T: slaves behind a BBT are polled through its session. */
#include "bbt-stage.h"

#include "comms/rtu.h"

/* The next Modbus request inside DATA. */
static CommsRequest
asked (BbtStage *stage)
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
answer_slave (BbtStage *stage, guint16 value, gsize split)
{
  guint8 frame[COMMS_RTU_MAX];
  CommsRequest request = asked (stage);
  gsize length = modem_frame (&request, value, frame);

  g_assert_cmpuint (request.query.address, ==, 1);
  peer_data (stage->peer, frame, split);
  if (split < length)
    peer_data (stage->peer, frame + split, length - split);
}

static void
test_through (void)
{
  BbtStage stage = bbt_stage_open (plain, PEER_SLAVE);
  CommsBbtMessage message;

  peer_wait (stage.peer, COMMS_BBT_OPEN, &message);
  peer_answer (stage.peer, &message, 0, 0);
  answer_slave (&stage, 100, 9);
  commits_wait (stage.commits, stage.commits->samples, "S2/slave-ai2=101@0 s/good");
  peer_tell (stage.peer, peer_live (1, 8000)); /* beside it */
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  answer_slave (&stage, 200, 4);               /* in two pieces */
  commits_wait (stage.commits, stage.commits->samples, "S2/slave-ai2=201@0 s/good");

  CommsOrder live = { .kind = COMMS_ORDER_LIVE, .command = 5, .link = PEER_SLAVE };
  bbt_stage_order (&stage, live);              /* needs mode C: the channel is closed, and opened again */
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &message);
  peer_answer (stage.peer, &message, 0, 0);
  peer_tell (stage.peer, peer_live (2, 8000));
  commits_wait (stage.commits, stage.commits->results, "5: ok: 4 channels reported");
  peer_wait (stage.peer, COMMS_BBT_OPEN, &message);
  peer_answer (stage.peer, &message, 0, 0);
  answer_slave (&stage, 300, 9);
  commits_wait (stage.commits, stage.commits->samples, "S2/slave-ai2=301@0 s/good");

  peer_tell (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_CLOSE, .close = { 2 } });   /* the interface failed */
  CommsTraffic traffic;
  g_assert_true (comms_session_server_traffic (stage.field->server, PEER_SLAVE, G_MAXUINT, &traffic));
  g_assert_cmpuint (traffic.requests, >=, 4);
  peer_tell (stage.peer, peer_live (3, 8000));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 3);
  bbt_stage_end (&stage);
}

static void
test_through_refused (void)
{
  BbtStage stage = bbt_stage_open (plain, PEER_SLAVE);
  CommsBbtMessage message;

  peer_wait (stage.peer, COMMS_BBT_OPEN, &message);
  peer_answer (stage.peer, &message, COMMS_BBT_INTERFACE_SILENT, 0);
  g_assert_false (peer_hears (stage.peer, 0.3));
  peer_tell (stage.peer, peer_live (1, 8000));
  peer_acknowledged (stage.peer, COMMS_BBT_STREAM_LIVE, 7, 1);
  bbt_stage_end (&stage);
}

/* The channel is open, and nothing comes through it: the session goes on, and orders have their turn. */
static void
test_through_left_open (void)
{
  CommsSessionSettings brief = { .response_time = 0.1, .response_least = 0.1, .response_most = 0.2, .quiet_time = 0.05 };
  BbtStage stage = bbt_stage_watched (brief);
  CommsBbtMessage message;

  stage.peer = peer_open (stage.field, PEER_SLAVE);
  peer_wait (stage.peer, COMMS_BBT_OPEN, &message);
  peer_answer (stage.peer, &message, 0, 0);
  peer_hear (stage.peer, &message);
  g_assert_cmphex (message.type, ==, COMMS_BBT_DATA);
  for (guint i = 0; i < 40; i++)                    /* noise, more than any answer */
    peer_data (stage.peer, (const guint8 *) "\1\4\1noisenoisenoisenoise", 22);
  bbt_stage_order (&stage, (CommsOrder) { .kind = COMMS_ORDER_LIVE, .command = 8, .link = PEER_SLAVE });
  peer_wait (stage.peer, COMMS_BBT_REQUEST, &message);
  peer_answer (stage.peer, &message, 0, 0);
  peer_tell (stage.peer, peer_live (1, 8000));
  commits_wait (stage.commits, stage.commits->results, "8: ok");
  peer_alive (stage.peer);
  peer_tell (stage.peer, (CommsBbtMessage) { .type = COMMS_BBT_BYE });
  while (peer_hear (stage.peer, &message), message.type != COMMS_BBT_BYE)
    ;
  bbt_stage_end (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-session/mode-t/polls-beside-everything-else", test_through);
  g_test_add_func ("/bbt-session/mode-t/refused", test_through_refused);
  g_test_add_func ("/bbt-wrong/silence/mode-t-left-open", test_through_left_open);
  return g_test_run ();
}
