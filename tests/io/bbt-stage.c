/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-stage.h"

BbtStage
bbt_stage_new (CommsSessionSettings settings)
{
  BbtStage stage = { .field = peer_field (settings) };

  stage.commits = commits_start (stage.field);
  return stage;
}

BbtStage
bbt_stage_open (CommsSessionSettings settings, guint link)
{
  BbtStage stage = bbt_stage_new (settings);

  stage.peer = peer_open (stage.field, link);
  return stage;
}

BbtStage
bbt_stage_watched (CommsSessionSettings settings)
{
  BbtStage stage = bbt_stage_new (settings);

  stage.bystander = peer_open (stage.field, PEER_KEYLESS);
  return stage;
}

BbtStage
bbt_stage_watched_open (CommsSessionSettings settings)
{
  BbtStage stage = bbt_stage_watched (settings);

  stage.peer = peer_open (stage.field, 0);
  return stage;
}

void
bbt_stage_end (BbtStage *stage)
{
  if (stage->bystander != NULL) {
    peer_alive (stage->bystander);
    peer_free (stage->bystander);
  }
  if (stage->peer != NULL)
    peer_free (stage->peer);
  commits_stop (stage->commits);
  field_stop (stage->field);
}

void
bbt_stage_order (BbtStage *stage, CommsOrder wanted)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (comms_session_server_order (stage->field->server, &wanted, &error));
  g_assert_no_error (error);
}

void
bbt_stage_switch_on (BbtStage *stage, guint output, double seconds)
{
  bbt_stage_order (stage, (CommsOrder) { .kind = COMMS_ORDER_OUTPUT, .command = 12,
                                         .expires = g_get_real_time () + seconds * G_USEC_PER_SEC,
                                         .output = { .output = output, .on = TRUE } });
}

void
bbt_stage_ends (BbtStage *stage, CommsBbtFaultCode code, const char *reason)
{
  peer_faulted (g_steal_pointer (&stage->peer), code);
  commits_wait (stage->commits, stage->commits->events, reason);
}
