/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a BBT's events are in the journal (gdp/remark.h). Pure. */
#pragma once

#include "bbt-message.h"
#include "bbt-unit.h"
#include "gdp/remark.h"

G_BEGIN_DECLS

/* Puts object, `after` and text into @event: the point of @network that @told is about, in its unit of measure, or
 * else the unit with the channel's own figures. */
void comms_bbt_event_tell    (const GdpNetwork *network, const CommsBbtUnit *unit, const CommsBbtEvent *told,
                              GdpEvent *event);
/* Likewise of those of its parts that are no point. FALSE: there is nothing to be said. */
gboolean comms_bbt_sabotage_tell (const GdpNetwork *network, const CommsBbtUnit *unit, const CommsBbtSabotage *told,
                                  GdpEvent *event);
/* Likewise @remark, with @text (transfer full) or NULL. */
void comms_bbt_remark_tell   (const GdpNetwork *network, const CommsBbtUnit *unit, GdpRemark remark, char *text,
                              GdpEvent *event);

G_END_DECLS
