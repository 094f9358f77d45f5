/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which alarms a point would have had, with other limits, over its history. */
#pragma once

#include "changes.h"
#include "point.h"

G_BEGIN_DECLS

typedef struct {
  GdpCondition condition;    /* HIGH, LOW or STATE */
  guint8       level;        /* the most severe it reached, GdpLevel; 0 of a state */
  gint64       occurred;     /* µs, source time */
  gint64       cleared;      /* 0 = it would still be active */
} GdpWouldBe;

typedef struct GdpWhatIf GdpWhatIf;

/* @point: with the limits that are to be tried; used while it lives. The judgement is the engine's own: deadbands, delays, and
 * values that cannot be judged neither raise nor clear anything. */
GdpWhatIf    *gdp_what_if_new    (const GdpPoint *point);
void          gdp_what_if_free   (GdpWhatIf *what_if);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpWhatIf, gdp_what_if_free)
/* The next one in order of time; means are passed over, as the engine does. */
void          gdp_what_if_take   (GdpWhatIf *what_if, const GdpReading *reading);
/* What came of it by @until: GdpWouldBe in order of their occurrence, @what_if's own. Nothing may be taken after it. */
const GArray *gdp_what_if_finish (GdpWhatIf *what_if, gint64 until);

G_END_DECLS
