/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scaling.h"

#include <math.h>

/* NAMUR NE 43, mA: a fault is signalled at and beyond the first, is over inside the second. */
#define OPEN_BELOW   1.0
#define LOW_ENTERS   3.6
#define LOW_LEAVES   3.8
#define HIGH_LEAVES 20.5
#define HIGH_ENTERS 21.0
#define SPAN_LOW     4.0
#define SPAN_HIGH   20.0

static GdpReason
fault_band (double current)
{
  if (current < OPEN_BELOW)
    return GDP_REASON_OPEN_CIRCUIT;
  if (current <= LOW_ENTERS)
    return GDP_REASON_SENSOR_LOW;
  return current >= HIGH_ENTERS ? GDP_REASON_SENSOR_HIGH : GDP_REASON_NONE;
}

/* A current that stands for a fault band, when the hold ends with no further reading. */
static double
current_of (GdpReason band)
{
  return band == GDP_REASON_OPEN_CIRCUIT ? 0.0 : band == GDP_REASON_SENSOR_LOW ? LOW_ENTERS : HIGH_ENTERS;
}

/* Moves the loop between healthy, suspected and faulty. */
static GdpReason
judge_loop (GdpScalingState *state, double current, gint64 time)
{
  GdpReason band = fault_band (current);

  if (state->fault != GDP_REASON_NONE) {   /* already proven: only what kind of fault may change at once */
    if (band != GDP_REASON_NONE)
      state->fault = band;
    else if (current > LOW_LEAVES && current < HIGH_LEAVES)
      state->fault = GDP_REASON_NONE;
    return state->fault;
  }
  if (band == GDP_REASON_NONE) {
    state->since = 0;
    return GDP_REASON_NONE;
  }
  if (state->since == 0 || time < state->since)
    state->since = time;
  state->candidate = band;
  if (time - state->since < GDP_NE43_HOLD)
    return isnan (state->value) ? GDP_REASON_WAITING : GDP_REASON_SUSPECT;
  state->since = 0;
  return state->fault = band;
}

static double
damped (const GdpScaling *scaling, const GdpScalingState *state, double value, gint64 time)
{
  if (!(scaling->damping > 0) || isnan (state->value))
    return value;
  double elapsed = fmax (time - state->time, 0) / (double) GDP_SECOND;
  return state->value + (value - state->value) * -expm1 (-elapsed / scaling->damping);
}

static GdpReason
apply_current (const GdpScaling *scaling, GdpScalingState *state, double current, gint64 time)
{
  gboolean was_faulty = state->fault != GDP_REASON_NONE;

  if (!isfinite (scaling->low) || !isfinite (scaling->high) || scaling->low >= scaling->high)
    return GDP_REASON_CONFIGURATION;

  GdpReason reason = judge_loop (state, current, time);
  if (reason != GDP_REASON_NONE)
    return reason;
  double value = scaling->low
                 + (current - SPAN_LOW) / (SPAN_HIGH - SPAN_LOW) * (scaling->high - scaling->low);
  /* What was filtered before a fault says nothing about now. */
  state->value = was_faulty ? value : damped (scaling, state, value, time);
  if (current < SPAN_LOW)
    return GDP_REASON_UNDER_RANGE;
  return current > SPAN_HIGH ? GDP_REASON_OVER_RANGE : GDP_REASON_NONE;
}

static double
factor_of (const GdpScaling *scaling)
{
  return scaling->factor != 0 ? scaling->factor : 1;
}

/* What the counter would show if it had no end, when @last was the latest that is known. */
static double
unwrapped (double number, double last, double wrap)
{
  double total = number + round ((last - number) / wrap) * wrap;

  return fabs (total - last) <= wrap / 16 ? total : number;   /* else another counter was put in its place */
}

static GdpReason
apply_number (const GdpScaling *scaling, GdpScalingState *state, double number, gint64 time)
{
  double factor = factor_of (scaling);

  if (scaling->wrap > 0 && !isnan (state->value))
    number = unwrapped (number, state->value / factor, scaling->wrap);
  double value = damped (scaling, state, number * factor, time);

  if (!isfinite (value))   /* the step itself was too large for a double */
    return GDP_REASON_NOT_A_NUMBER;
  state->value = value;
  return GDP_REASON_NONE;
}

static gint64
debounce_of (const GdpScaling *scaling)
{
  return (gint64) (scaling->debounce * GDP_SECOND);
}

static GdpReason
apply_contact (const GdpScaling *scaling, GdpScalingState *state, double raw, gint64 time)
{
  guint8 now = (raw != 0) != !!scaling->invert;

  if (isnan (state->value) || now == state->value) {
    state->value = now;
    state->since = 0;
    return GDP_REASON_NONE;
  }
  if (state->since == 0 || time < state->since)
    state->since = time;
  state->candidate = now;
  if (time - state->since >= debounce_of (scaling)) {
    state->value = now;
    state->since = 0;
  }
  return GDP_REASON_NONE;
}

static GdpReason (*const apply[]) (const GdpScaling *, GdpScalingState *, double, gint64) = {
  [GDP_SIGNAL_CURRENT] = apply_current,
  [GDP_SIGNAL_NUMBER]  = apply_number,
  [GDP_SIGNAL_CONTACT] = apply_contact,
};

double
gdp_scaling_apply (const GdpScaling *scaling, GdpScalingState *state, double raw, gint64 time,
                   GdpReason *reason)
{
  g_return_val_if_fail (scaling->signal < G_N_ELEMENTS (apply), NAN);

  if (state->time == 0)
    state->value = NAN;
  if (isfinite (raw)) {
    *reason = apply[scaling->signal](scaling, state, raw, time);
  } else {
    *reason = GDP_REASON_NOT_A_NUMBER;
    state->since = 0;   /* what was suspected is no longer seen to last */
  }
  state->time = time;
  return state->value;
}

double
gdp_scaling_invert (const GdpScaling *scaling, double value)
{
  if (scaling->signal == GDP_SIGNAL_NUMBER)
    return value / factor_of (scaling);
  if (scaling->signal == GDP_SIGNAL_CONTACT)
    return (value != 0) != !!scaling->invert;
  return scaling->low < scaling->high
         ? SPAN_LOW + (value - scaling->low) / (scaling->high - scaling->low) * (SPAN_HIGH - SPAN_LOW) : NAN;
}

gint64
gdp_scaling_deadline (const GdpScaling *scaling, const GdpScalingState *state)
{
  if (state->since == 0)
    return 0;
  return state->since + (scaling->signal == GDP_SIGNAL_CURRENT ? GDP_NE43_HOLD : debounce_of (scaling));
}

double
gdp_scaling_settle (const GdpScaling *scaling, GdpScalingState *state, gint64 time, GdpReason *reason)
{
  gint64 last = state->time;
  double raw = scaling->signal == GDP_SIGNAL_CURRENT ? current_of (state->candidate)
                                                     : state->candidate != !!scaling->invert;
  double value = gdp_scaling_apply (scaling, state, raw, time, reason);

  state->time = last;   /* no reading came */
  return value;
}
