/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a BBT says of itself (EVENT and SABOTAGE of comms/PROTOCOL.md 8), as the journal keeps it:
 *
 *   kind    GDP_EVENT_UNIT_SAID
 *   object  the point that it is about, else the unit
 *   after   the remark's word
 *   text    figures and words that every language can take, parted by ", ": "0.601 MPa, min 0.610 MPa",
 *           "wire-cut, cover-open", "1.4.2", "2026-11-22T10:00:00Z"; or NULL
 *
 * It is the unit's side of what mostly has a record already: whoever is on duty reads an alarm, not the same once
 * more in the unit's words. So one is journaled only where it is news, see gdp_remark_is_told(). */
#pragma once

#include "engine.h"
#include "event.h"

G_BEGIN_DECLS

/* Stored by word. The first are in the order of EVENT's codes, from 1 on. */
typedef enum {
  GDP_REMARK_ABOVE_MAX, GDP_REMARK_BELOW_MIN, GDP_REMARK_WITHIN, GDP_REMARK_CONTACT, GDP_REMARK_MAINS_LOST,
  GDP_REMARK_MAINS_BACK, GDP_REMARK_BATTERY_LOW, GDP_REMARK_LOOP_FAULT, GDP_REMARK_MODULE_SILENT,
  GDP_REMARK_MODULE_BACK, GDP_REMARK_STARTED, GDP_REMARK_OUTPUT, GDP_REMARK_CLOCK_SET, GDP_REMARK_OVERFLOW,
  GDP_REMARK_INSTALLED, GDP_REMARK_NOT_INSTALLED, GDP_REMARK_BUTTON, GDP_REMARK_CONSUMPTION,
  GDP_REMARK_TAMPERED, GDP_REMARK_UNTAMPERED,
  GDP_REMARK_OTHER,          /* of a newer firmware: the text is its code */
  GDP_N_REMARKS
} GdpRemark;

const char *gdp_remark_word  (GdpRemark remark);   /* "below-min" */
const char *gdp_remark_label (GdpRemark remark);   /* English, marked for translation */
gboolean    gdp_remark_parse (const char *word, GdpRemark *remark);
/* The label of a word in the text, "wire-cut"; NULL: it is none. Marked for translation. */
const char *gdp_remark_detail_label (const char *word);

/**
 * gdp_remark_is_told:
 * @event: a remark that is about to be journaled
 * @changes: what came of the values that it brought …
 * @first: … from this event on
 * @awaited: ids of points whose last remark was left to a delay; kept here, owned by the caller
 *
 * TRUE: the journal has it from the engine already, or will have when a delay is over, in the point's own terms. A
 * point of two states tells every change of them, as an alarm or as what it is; a limit crossed or a loop at fault is
 * an alarm of the point, active, moved just now, or waiting for its delay; the return is told by an alarm that the
 * point has had. What was over before its delay is told by nobody, its return neither: that is what the delay is for.
 * What no alarm tells, because the unit's threshold is another than the point's limit or there is no limit, stays.
 */
gboolean gdp_remark_is_told (const GdpEvent *event, const GdpEngine *engine, const GdpChanges *changes, guint first,
                             GHashTable *awaited);

G_END_DECLS
