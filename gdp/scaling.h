/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what the wire says to a value in the point's unit.
 *
 * 4–20 mA: NE 43 bands first (fault enters at <= 3.6 or >= 21.0 mA held for
 * GDP_NE43_HOLD, leaves above 3.8 / below 20.5; below 1 mA is an open circuit),
 * then linear scaling of 4..20 mA to the range, then first-order damping. */
#pragma once

#include "quality.h"

G_BEGIN_DECLS

#define GDP_SECOND     G_GINT64_CONSTANT (1000000)  /* times are µs since the epoch, UTC */
#define GDP_NE43_HOLD  (2 * GDP_SECOND)

typedef enum {
  GDP_SIGNAL_CURRENT,   /* raw is mA, 4..20 mA spans the range */
  GDP_SIGNAL_NUMBER,    /* raw is already in the point's unit */
  GDP_SIGNAL_CONTACT,   /* raw is 0 or 1 */
} GdpSignal;

typedef struct {
  GdpSignal signal;
  double    low, high;   /* CURRENT: value at 4 and at 20 mA; low < high */
  double    factor;      /* NUMBER: what one of it stands for, as 0.1 m³ a pulse; 0 = 1 */
  double    wrap;        /* NUMBER, the builder's: where a counter begins again at 0; 0 = it is none */
  double    damping;     /* seconds, time constant of a first-order filter; 0 = off */
  double    debounce;    /* CONTACT: seconds a change must last; 0 = off */
  gboolean  invert;      /* CONTACT: normally closed, 1 on the wire reads as state 0 */
} GdpScaling;

/* What scaling must remember between two raw readings of one point. Zeroed = nothing yet. A
 * suspected fault of a loop that never gave a usable value reads as WAITING, not SUSPECT: there is
 * no number to show beside the mark. */
typedef struct {
  gint64  time;          /* of the last raw reading, 0 = none */
  gint64  since;         /* when the current suspicion or bounce began, 0 = none */
  double  value;         /* last usable value in the point's unit (after damping) */
  guint8  fault;         /* GdpReason in force for the loop, NONE when healthy */
  guint8  candidate;     /* what is pending: GdpReason of a loop, or a contact's new state */
} GdpScalingState;

/**
 * gdp_scaling_apply:
 * @scaling: how the point is wired and ranged
 * @state: (inout): memory of this point
 * @raw: mA, number or 0/1 as @scaling's signal says; NaN and infinity are taken and reported
 *   A counter's value goes on past its wrap; one that jumps by more than a sixteenth of its whole range has been
 *   exchanged, and is taken as it stands
 * @time: when @raw was true (µs); may repeat, and may step back without harm
 * @reason: (out): GDP_REASON_NONE or why the value is not good
 *
 * Pure but for @state. Returns the value in the point's unit: the new one when good or
 * uncertain, the last usable one (NaN if there never was one) when bad.
 */
double gdp_scaling_apply (const GdpScaling *scaling, GdpScalingState *state,
                          double raw, gint64 time, GdpReason *reason);

/* What the wire would say for @value: mA, a number, 0 or 1. The inverse of the scaling alone, without
 * bands, damping and debounce; NaN where the range is empty. */
double gdp_scaling_invert (const GdpScaling *scaling, double value);

/* When a pending NE 43 hold or debounce will end with no further reading; 0 = nothing pending. */
gint64 gdp_scaling_deadline (const GdpScaling *scaling, const GdpScalingState *state);

/* Time went on to @time without a reading while something was pending: the last one still holds.
 * Returns the value and @reason as gdp_scaling_apply() would. */
double gdp_scaling_settle (const GdpScaling *scaling, GdpScalingState *state, gint64 time, GdpReason *reason);

G_END_DECLS
