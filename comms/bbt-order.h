/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders of a unit, carried out step by step: each step is a request and its RESULT. */
#pragma once

#include "bbt-private.h"

G_BEGIN_DECLS

/* The order whose turn it is (borrowed): a firmware's when @firmware, else the first other one; or NULL. */
CommsOrder *comms_bbt_order_next     (const CommsBbtUnit *unit, gboolean firmware);
/* Its next step. FALSE: it has ended, and its result was reported. */
gboolean    comms_bbt_order_ask      (CommsSession *session, CommsOrder *order, CommsBbtMessage *message);
void        comms_bbt_order_answered (CommsSession *session, CommsOrder *order, const CommsBbtResult *result);
/* There was no answer. A firmware's goes on in the next session, all others have failed. */
void        comms_bbt_order_lost     (CommsSession *session, CommsOrder *order, const char *why);
/* What was promised has come, or its session ends. */
void        comms_bbt_order_live_came (CommsSession *session, guint n_channels);
void        comms_bbt_order_rows_came (CommsSession *session);
void        comms_bbt_order_broken    (CommsSession *session, const char *why);

G_END_DECLS
