/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BBT messages with random contents that the protocol allows, each field and list at all its sizes. */
#pragma once

#include "comms/bbt-message.h"

/* Bytes of lists and rests: what a random message borrows. */
typedef struct { guint8 bytes[COMMS_BBT_PAYLOAD_MAX]; } BbtRandomBytes;

void bbt_random_message (GRand *rand, guint8 type, CommsBbtMessage *message, BbtRandomBytes *bytes);
