/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BBT messages with random contents that the protocol allows, each field and list at all its sizes. */
#pragma once

#include "comms/bbt-message.h"

/* Bytes of lists and rests: what a random message borrows. */
typedef struct { guint8 bytes[COMMS_BBT_PAYLOAD_MAX]; } BbtRandomBytes;

void bbt_random_message (GRand *rand, guint8 type, CommsBbtMessage *message, BbtRandomBytes *bytes);

/* A minute's report of a GDP, all sixteen channels: pressures and temperatures wander and shake by a few µA
 * (0.02 % of the loop), the supply by a digit, the signal by 2 dBm; @rough times as much. */
CommsBbtReport bbt_random_minute (GRand *rand, guint number, double rough);
