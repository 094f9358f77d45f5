/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arrival.h"

enum {
  ENOUGH_TRUST = 4, MOST_TRUST = 8, LOST_TRUST = 2,
  STEP = 2000, MOST_DOUBLINGS = 5,   /* ns; of the step that was too small */
  MOST_OVERSLEPT = 8,                /* in a row: they differ by more than steps can follow */
  SHORT_LOOK = 5000,                 /* ns, aimed at */
};

gboolean
comms_arrival_known (const CommsArrival *arrival)
{
  return arrival->trust >= ENOUGH_TRUST;
}

static void
trust_more (CommsArrival *arrival)
{
  arrival->trust = MIN (arrival->trust + 1, MOST_TRUST);
}

static void
overslept (CommsArrival *arrival)
{
  arrival->aim -= STEP << MIN (arrival->overslept, MOST_DOUBLINGS);
  if (++arrival->overslept == MOST_OVERSLEPT)
    arrival->trust = arrival->overslept = 0;
}

void
comms_arrival_met (CommsArrival *arrival, gint64 ns)
{
  if (ns == 0) {
    overslept (arrival);
    return;
  }
  trust_more (arrival);
  arrival->overslept = 0;
  arrival->aim += (ns - SHORT_LOOK) / 4;
}

void
comms_arrival_waited (CommsArrival *arrival, gint64 ns)
{
  arrival->overslept = 0;
  if (ABS (ns - arrival->aim) <= COMMS_ARRIVAL_SPREAD) {
    trust_more (arrival);
    arrival->aim += (ns - arrival->aim) / 4;
    return;
  }
  arrival->trust -= MIN (arrival->trust, LOST_TRUST);
  if (!comms_arrival_known (arrival)) {
    arrival->trust = 0;
    arrival->aim = ns;
  }
}
