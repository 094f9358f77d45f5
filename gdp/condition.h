/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The judgement of one condition: deadband, on-delay, off-delay. Functions of their arguments. */
#pragma once

#include "limit.h"

G_BEGIN_DECLS

/* Where a value stands to a limit. In the deadband neither the one nor the other begins. */
typedef enum { GDP_SIDE_RETURNED, GDP_SIDE_DEADBAND, GDP_SIDE_BEYOND } GdpSide;

/* Memory of one condition. Zeroed = not held. */
typedef struct {
  gint64 due;      /* when the pending change takes effect, µs; 0 = nothing pending */
  guint8 held;     /* the condition is true */
} GdpHold;

/* A value on the limit is beyond it; it has returned when it is past limit ∓ deadband. */
GdpSide  gdp_limit_side  (const GdpLimit *limit, GdpLevel level, double value);

/* Takes a new judgement. TRUE when `held` changed. Delays in seconds. What is pending and no longer
 * continues (also in the deadband) is forgotten: a delay counts uninterrupted time. */
gboolean gdp_hold_judge  (GdpHold *hold, GdpSide side, float on_delay, float off_delay, gint64 now);
/* Lets time pass. TRUE when `held` changed. */
gboolean gdp_hold_expire (GdpHold *hold, gint64 now);

G_END_DECLS
