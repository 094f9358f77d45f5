/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beat of times: what is polled comes so many periods after the one before, and a little beside that. Told
 * apart, the beats are hardly anything, and what is left is the noise. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Times are counted from the first one, which is 0, in units of which @second make one; within ± 2^54. The period
 * returned is the one of a few guesses that makes the first of them shortest when they are packed: 1 = no beat. */
gint64 data_beats_guess (const gint64 *times, gsize n, gint64 second);
/* Of each time but the first: @beats after the one before, and @jitters: times[i] = period × (sum of beats so far) +
 * jitter. Each has room for n - 1. */
void   data_beats_split (const gint64 *times, gsize n, gint64 period, gint64 *beats, gint64 *jitters);

G_END_DECLS
