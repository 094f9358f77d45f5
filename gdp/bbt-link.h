/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the configuration means for the BBT at the end of a link: which unit its reports are of, when it
 * is to call, its thresholds as raw values. Functions of the network alone. */
#pragma once

#include "network.h"

G_BEGIN_DECLS

/* A threshold as the wire has it, before its width and sign are given to it. */
typedef struct {
  guint8          channel;     /* 1–32, comms/PROTOCOL.md 7 */
  GdpRegisterType type;        /* u16, s16 or float */
  gboolean        has_min, has_max;
  double          min, max;    /* raw; whole unless the type is float; min below max */
} GdpRawThreshold;

/**
 * gdp_bbt_link_threshold:
 * @raw: (out): the threshold on the channel's raw scale. A falling scale (negative in the profile) swaps
 *   min and max.
 *
 * The point on @threshold's channel gives the engineering unit. Errors: no report unit on this link, no
 * such channel or point, a contact, a value outside what the channel can carry.
 */
gboolean gdp_bbt_link_threshold (const GdpNetwork *network, guint link, const GdpThreshold *threshold,
                                 GdpRawThreshold *raw, GError **error);

/* All calls of the unit: those of its category, each at the unit's own place in the window, then its own
 * ones, exactly. @zone (out): minutes east of UTC, for all of them. (transfer full): GdpScheduleEntry. */
GArray  *gdp_bbt_link_calls (const GdpNetwork *network, guint link, int *zone);
/* "households; daily 06:30 +03:00": category and calls of its own; "none" (transfer full). */
char    *gdp_bbt_link_own_calls (const GdpLink *link);
/* The settings in force: the link's, or the defaults when it has none (borrowed). */
const GdpSettings *gdp_bbt_link_settings (const GdpNetwork *network, guint link);
/* What can only be seen when all units and points are there: every threshold has its point, the calls of
 * category and link together are not too many. TRUE for links of other kinds. */
gboolean gdp_bbt_link_check (const GdpNetwork *network, guint link, GError **error);

G_END_DECLS
