/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a BBT's events say, in English, for the journal. Pure. (transfer full) */
#pragma once

#include "bbt-message.h"

G_BEGIN_DECLS

char *comms_bbt_event_text    (const CommsBbtEvent *event);         /* "above max: ai2, threshold 14400" */
char *comms_bbt_pulse_text    (const CommsBbtPulse *pulse);         /* "pulse counters: 1 = 4711, 2 = 12" */
char *comms_bbt_sabotage_text (const CommsBbtSabotage *sabotage);   /* "sabotage: wire cut, cover open" */

G_END_DECLS
