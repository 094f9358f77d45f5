/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The town's weather and its appetite for gas: pure functions of time (µs UTC).
 * The town lives by Moscow time (UTC+3) at 56° N. The curves are drawn to look right on a trend,
 * not fitted to any network's data. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Outdoor air, °C: year, day, and weeks of warmer and colder spells that depend on @seed. */
double sim_climate_outdoor (gint64 time, guint64 seed);

/* Ground at pipe depth, °C: the year, damped and two months late. */
double sim_climate_ground (gint64 time);

/* 0 at night .. 1 at a summer noon. */
double sim_climate_sunshine (gint64 time);

/* Gas drawn, as a share of what a station is rated for: about 0.05 on a summer night, about 1 at
 * the evening peak of a hard frost. @outdoor: °C */
double sim_climate_demand (gint64 time, double outdoor);

G_END_DECLS
