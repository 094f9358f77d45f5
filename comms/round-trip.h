/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long an answer may take, learned from those that came. Pure.
 *
 * Mean and deviation as TCP does it (RFC 6298, 2): a modem's answer takes 0.6 s on a good day and 3 s when
 * the radio has to wake, and no fixed figure fits both. As there, an answer that came after a retry teaches
 * nothing, because nobody knows which request it answers, and silence doubles the patience. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gint64 mean, deviation;   /* µs; mean 0 = nothing learned */
  guint8 silences;          /* in a row */
} CommsRoundTrip;

typedef struct {
  gint64 first;             /* µs before anything is learned */
  gint64 least, most;       /* µs */
} CommsPatience;

void   comms_round_trip_learn  (CommsRoundTrip *trip, gint64 took);   /* µs */
void   comms_round_trip_silent (CommsRoundTrip *trip);
gint64 comms_round_trip_limit  (const CommsRoundTrip *trip, const CommsPatience *patience);   /* µs */

G_END_DECLS
