/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a battery still feeds its site, from what is measured of it since the mains failed: its voltage. Nobody measures
 * what flows out of it, so that the voltage has to tell, and it is said so where it cannot. */
#pragma once

#include "network.h"
#include "projection.h"

G_BEGIN_DECLS

#define GDP_RUN_DOWN_SLOTS 64

/* V of mains, below which they are lost: half of the 230 V of GOST 29322. Where chargers give up differs from one to another. */
#define GDP_MAINS_LEAST 115.0

/* Means of equal slots of time: of five minutes at first; when they are full, two become one, until they are as wide as is
 * asked for; then the oldest falls out. */
typedef struct {
  gint64 width;                        /* of a slot, µs */
  gint64 first;                        /* number of mean[0], counted from the beginning */
  float  mean[GDP_RUN_DOWN_SLOTS];
  guint8 count[GDP_RUN_DOWN_SLOTS];    /* of values in it; 0 = none, 255 = that or more */
} GdpSlots;

/* The voltage since the mains failed: slots of up to 80 minutes, three and a half days, and of 10 minutes, ten hours, in which
 * a sudden end shows. However much is sent, it is no more than that. */
typedef struct {
  gint64   since;    /* µs: on the battery from then on */
  GdpSlots days, hours;
} GdpRunDown;

void gdp_run_down_begin (GdpRunDown *self, gint64 since);

/**
 * gdp_run_down_take:
 * @volts: finite
 * @time: µs, in any order: what comes late goes to its place
 *
 * What is measured in the first hour is left out: when its charger falls away, a full battery loses the surface charge first
 * (27.3 V float → 25.4 V at rest), which is nothing that goes on so. TRUE: it is the first value of its slot.
 */
gboolean gdp_run_down_take (GdpRunDown *self, double volts, gint64 time);

#define GDP_RUN_DOWN_SETTLES (3600 * GDP_SECOND)

/**
 * gdp_run_down_project:
 * @past: volts since the battery has settled, in order of time
 * @battery: what the passport says of it; its chemistry may be NULL
 * @cut_off: volts at which it counts as empty
 *
 * gdp_project() towards @cut_off, with the doubts that a battery adds:
 * - LiFePO4: published tables of its voltage at rest differ by 50 points of charge around 26.0 V of a 24 V pack, and fall by
 *   0.02 V a point above 20 %: there is no telling (GDP_PROJECTION_FLAT) above 24.8 V, 3.10 V a cell, and only what was
 *   measured below counts.
 * - The band is widened by how much steeper or flatter than the whole a tenth of a curve is: AGM, tables of 12 V blocks, steps
 *   of 0.1 and 0.2 V around a mean of 0.12 V: 1.6; LiFePO4 below 20 %, 0.2 to 0.4 V of a 24 V pack: 2; LTO, nearly straight
 *   from 2.6 to 2.0 V a cell: 1.5; of an unknown kind: 2.
 * - Towards its end every battery falls faster: when it ends sooner by the last third of the past, that is what is told.
 * - Nothing is told (TOO_LITTLE) of what lies more than four times as far ahead as the past reaches back: our own choice; and
 *   STEADY, when one slope of ten does not fall: a panel or a charger feeds it, or it is too slow to be seen.
 * Cold is not asked for: it takes capacity, and that shows as a steeper slope. A load that changes later is not foreseen.
 */
GdpProjection gdp_run_down_project (const GdpPast *past, gsize n, const GdpBattery *battery, double cut_off);

/* Likewise of what was taken: of the days, or of the last hours if it ends sooner by them. */
GdpProjection gdp_run_down_outlook (const GdpRunDown *self, const GdpBattery *battery, double cut_off);

G_END_DECLS
