/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chance that repeats: the same seed gives the same numbers on every machine, which GRand's
 * seeding and rand() do not promise. splitmix64 (S. Vigna, public domain), one word of state. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint64 sim_chance_seed    (guint64 seed, guint64 stream);  /* streams of one seed are independent */
guint64 sim_chance_next    (guint64 *state);
double  sim_chance_uniform (guint64 *state);                /* 0 <= x < 1 */
double  sim_chance_normal  (guint64 *state);                /* mean 0, deviation 1, never beyond ±3.5 */

G_END_DECLS
