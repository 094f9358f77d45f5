/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies ahead of a site: slow quantities that go towards a limit, by the hours that are stored of them. */
#pragma once

#include "gdp/run-down.h"
#include "store.h"

G_BEGIN_DECLS

typedef struct {
  guint         point;        /* index in the network */
  GdpLevel      level;        /* the next one that is not reached */
  double        value, limit; /* of the last hour; of the level */
  GdpProjection projection;   /* AHEAD; of a battery on which its site runs, whatever is known */
  gboolean      on_battery;   /* a battery on which its site runs … */
  gint64        since;        /* … since then, µs; 0 = for more than a month */
} DataOutlook;

/* What is stored of the battery @point (index) since the mains failed at @since: GdpPast in order of time, NULL with an
 * error. */
GArray *data_outlook_run_down (DataStore *store, const GdpNetwork *network, guint point, gint64 since, gint64 now, GError **error);

/**
 * data_outlook:
 * @site: index in @network, which is the store's
 * @now: µs
 *
 * Outlet pressure, filter ΔP and battery of @site, each by so many days of the past as it takes to see it move, and told only
 * when the limit lies no farther ahead than that says anything (the table in outlook.c). DataOutlook, soonest first; empty:
 * nothing is seen to come, or too little is stored. What of the past cannot be read says nothing.
 *
 * Where the mains are measured, a battery is told of while they are lost, as run-down.h has it, and always then: that nobody
 * can say how long it lasts has to be known, too.
 */
GArray *data_outlook (DataStore *store, const GdpNetwork *network, guint site, gint64 now, GError **error);

G_END_DECLS
