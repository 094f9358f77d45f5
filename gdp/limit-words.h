/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits as words, as a person types them, a command carries them and the journal keeps them:
 * "H=0.33 H.deadband=0.003 H.on-delay=5s H.priority=2". */
#pragma once

#include "point.h"

G_BEGIN_DECLS

/* Every field of limits: "HH", "HH.deadband", … "state", … "latches". NULL behind the last. */
const char *gdp_limits_field (guint i);

/* What field @i has there: "0.33", "5s", "2"; "off" of what is not there as a whole. (transfer full) */
char       *gdp_limits_field_text (const GdpLimits *limits, guint i);

/**
 * gdp_limits_apply:
 * @words: "FIELD=VALUE", any number, between blanks; "high", "high-high", "low" and "low-low" are understood, too
 *
 * Changes the fields that are named. "H=off" takes the whole level away; a value given to one that was not there makes it
 * one of priority 1 (HH, LL) or 2, as the catalogue does; likewise "state", "deviation", "rate" and "frozen.after". Delays are seconds, or say "s", "min", "h". On a
 * failure @limits is as it was. Whether it makes sense is gdp_point_check_limits()'s to say.
 */
gboolean    gdp_limits_apply (GdpLimits *limits, const char *words, GError **error);

/* All that is configured, so that gdp_limits_apply() upon zeros gives @limits again. (transfer full) */
char       *gdp_limits_text (const GdpLimits *limits);

/* What differs, as words, both "" when nothing does: @before upon @limits gives @old back in what @after names. */
void        gdp_limits_differences (const GdpLimits *old, const GdpLimits *limits, char **before, char **after);

/* gdp_limits_check() with the point's range; levels are of what is measured, a state alarm of what has states. */
gboolean    gdp_point_check_limits (const GdpPoint *point, const GdpLimits *limits, GError **error);
/* The same. @field (out) (optional) (transfer full): which is to be mended; NULL where it is no single one. */
gboolean    gdp_point_find_fault   (const GdpPoint *point, const GdpLimits *limits, char **field, GError **error);

G_END_DECLS
