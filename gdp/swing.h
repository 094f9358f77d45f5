/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a value has swung within a window of time. Its memory does not grow with the values: the window is cut into
 * slices of which the extremes are kept, so that it is up to one slice shorter than asked for. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GDP_SWING_SLICES 16

/* Zeroed = nothing yet. */
typedef struct {
  gint64 slice;                     /* number of the newest, counted from the epoch; 0 = nothing yet */
  double low[GDP_SWING_SLICES], high[GDP_SWING_SLICES];   /* by number modulo their count; low > high: nothing in it */
} GdpSwing;

/* Takes @value (finite), which is so at @now (µs). A @now before the last one's is taken for that.
 * Returns the greatest distance from @value to any value within the last @window (µs, 1 s or more). */
double gdp_swing_take (GdpSwing *swing, double value, gint64 window, gint64 now);

G_END_DECLS
