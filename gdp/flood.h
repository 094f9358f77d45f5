/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether alarms come faster than a person takes them in, out of the journal.
 *
 * That a flood has begun or is over is in the journal, too, so that everybody says the same, also after a restart; who
 * journals it asks gdp_flood_owes(). What counts are the alarms that called, each once: by their occurrences, recurrences
 * and escalations while they were not suppressed, by the time at which the latest was learned. */
#pragma once

#include "alarm.h"
#include "burst.h"
#include "event.h"
#include "scaling.h"

G_BEGIN_DECLS

#define GDP_FLOOD_SPAN (600 * GDP_SECOND)   /* gdp_flood_rule's */

typedef struct GdpFlood GdpFlood;

/**
 * gdp_flood_new:
 * @alarms: (element-type GdpAlarm): as they are now: which of them are suppressed
 * @events: (element-type GdpEvent): what was journaled within GDP_FLOOD_SPAN before now, oldest first
 * @last: (nullable): the last of the journal that says a flood began or ended
 */
GdpFlood *gdp_flood_new  (const GPtrArray *alarms, const GPtrArray *events, const GdpEvent *last);
void      gdp_flood_free (GdpFlood *flood);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpFlood, gdp_flood_free)

/* In the journal's order. One that was taken before is passed over. */
void      gdp_flood_take (GdpFlood *flood, const GdpEvent *event);
/* TRUE: the journal does not say yet what @event says: kind, occurred, learned and texts are set, borrowed of @flood. */
gboolean  gdp_flood_owes (GdpFlood *flood, gint64 now, GdpEvent *event);

gint64    gdp_flood_since (const GdpFlood *flood);               /* µs; 0 = there is none */
guint     gdp_flood_count (const GdpFlood *flood, gint64 now);   /* alarms that called within GDP_FLOOD_SPAN */
gint64    gdp_flood_seq   (const GdpFlood *flood);               /* of the last event taken */

/* Whether @event is one that gdp_flood_new() wants as the last. */
gboolean  gdp_flood_is_word (const GdpEvent *event);
/* How often its alarm called with @event: 0, 1, or of a chattering one how often. */
guint     gdp_event_calls (const GdpEvent *event);

G_END_DECLS
