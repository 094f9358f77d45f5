/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every test of BBT sessions begins and ends with: a server, who commits what it reports, and units that
 * have called. */
#pragma once

#include "bbt-peer.h"
#include "commits.h"

static const CommsSessionSettings plain = { .quiet_time = 0.1 };

typedef struct {
  Field   *field;
  Commits *commits;
  Peer    *peer;        /* who is tested, or NULL */
  Peer    *bystander;   /* PEER_KEYLESS in session, whom nothing may touch; or NULL */
} BbtStage;

/* Nobody has called yet; @link is in session. */
BbtStage bbt_stage_new  (CommsSessionSettings settings);
BbtStage bbt_stage_open (CommsSessionSettings settings, guint link);
/* The same with a bystander; the second with link 0 in session. */
BbtStage bbt_stage_watched      (CommsSessionSettings settings);
BbtStage bbt_stage_watched_open (CommsSessionSettings settings);
void     bbt_stage_end  (BbtStage *stage);

/* The server takes an order; the second is command 12, output on within @seconds. */
void bbt_stage_order     (BbtStage *stage, CommsOrder wanted);
void bbt_stage_switch_on (BbtStage *stage, guint output, double seconds);
/* The peer's session ends with FAULT @code, and @reason in the journal. */
void bbt_stage_ends      (BbtStage *stage, CommsBbtFaultCode code, const char *reason);
