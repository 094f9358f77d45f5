/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a journal record says besides its kind, in the operator's language. Pure.
 *
 * The store keeps words: "open-circuit", "0.1189 MPa, LL 0.1440 MPa", "15 added, 0 changed, 0 retired". The
 * known ones are said as the rest of the screen says them; what is not known is shown as it was written. */
#pragma once

#include "gdp/alarm.h"
#include "gdp/event.h"
#include "gdp/point.h"

G_BEGIN_DECLS

/* @point: whose alarm or change it is, NULL = nobody's that is configured now. (transfer full) */
char *ui_event_text (const GdpEvent *event, const GdpPoint *point);

/* What the field says of itself in English, "no answer in 1.2 s"; what is not known stays. (transfer full) */
char *ui_detail_text (const char *detail);

/* The level that an alarm's record is about, for gdp_condition_label(): its words name it, else its priority does; the
 * milder one where neither tells them apart. @point: NULL = not configured any more. */
guint8 ui_event_level (const GdpEvent *event, GdpCondition condition, const GdpPoint *point);

G_END_DECLS
