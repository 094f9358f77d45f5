/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "round-trip.h"

enum { MOST_DOUBLINGS = 4 };

void
comms_round_trip_learn (CommsRoundTrip *trip, gint64 took)
{
  trip->silences = 0;
  if (trip->mean == 0) {
    trip->mean = MAX (took, 1);
    trip->deviation = took / 2;
    return;
  }
  trip->deviation += (ABS (trip->mean - took) - trip->deviation) / 4;
  trip->mean += (took - trip->mean) / 8;
}

void
comms_round_trip_silent (CommsRoundTrip *trip)
{
  trip->silences = MIN (trip->silences + 1, MOST_DOUBLINGS);
}

gint64
comms_round_trip_limit (const CommsRoundTrip *trip, const CommsPatience *patience)
{
  gint64 learned = trip->mean == 0 ? patience->first : trip->mean + 4 * trip->deviation;

  return CLAMP (MAX (learned, patience->least) << trip->silences, patience->least, patience->most);
}
