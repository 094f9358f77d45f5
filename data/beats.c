/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "beats.h"

#include "packing.h"

#define SOME            64    /* of what lies between times */
#define GUESSES         4
#define TRIED           512   /* times, to choose among guesses */
#define ROUND_PERIODS   20    /* a second: every 50 ms */
#define LONGEST_PERIOD  (G_GINT64_CONSTANT (1) << 40)   /* twelve days of µs, so that a jitter stays a small number */
#define FARTHEST_JITTER 4     /* periods; what is farther off belongs to another beat */

static inline gint64
nearest_beat (gint64 time, gint64 period)
{
  return (time < 0 ? time - period / 2 : time + period / 2) / period;
}

void
data_beats_split (const gint64 *times, gsize n, gint64 period, gint64 *beats, gint64 *jitters)
{
  gint64 jitter = 0;

  /* From the one before, so that a beat that begins anew elsewhere is off by the same from then on. */
  for (gsize i = 1; i < n; i++) {
    gint64 since = times[i] - times[i - 1], n_beats = nearest_beat (since, period);
    jitter += since - n_beats * period;
    if (jitter > FARTHEST_JITTER * period || jitter < -FARTHEST_JITTER * period) {
      gint64 more = nearest_beat (jitter, period);
      n_beats += more;
      jitter -= more * period;
    }
    beats[i - 1] = n_beats;
    jitters[i - 1] = jitter;
  }
}

/* A few of what lies between two times, by size. */
static guint
sort_some (const gint64 *times, gsize n, gint64 some[SOME])
{
  guint found = 0;

  for (gsize i = 1; i < n; i += n / SOME + 1) {
    gint64 since = times[i] - times[i - 1];
    guint at = found++;
    for (; at > 0 && some[at - 1] > since; at--)
      some[at] = some[at - 1];
    some[at] = since;
  }
  return found;
}

/* What is polled has a round period, by a clock that keeps time; another beat is taken in the mean. */
static gint64
refine (const gint64 *times, gsize n, gint64 about, gint64 second)
{
  gint64 round = second / ROUND_PERIODS, nearest = round > 0 ? nearest_beat (about, round) * round : 0;
  gint64 beats = 0;

  if (nearest > 0 && ABS (nearest - about) <= about / 64)
    return nearest;
  for (gsize i = 1; i < n; i++)
    beats += nearest_beat (times[i] - times[i - 1], about);
  return beats > 0 && times[n - 1] > beats ? nearest_beat (times[n - 1], beats) : about;
}

/* The greatest number of seconds that they are about a multiple of, but for a few; 0 = they are too short. */
static gint64
common_seconds (const gint64 *some, guint n, gint64 second)
{
  gint64 common = 0;

  for (guint i = n / 8; i < n - n / 8; i++)
    for (gint64 rest = nearest_beat (some[i], second); rest != 0;) {
      gint64 next = common % rest;
      common = rest;
      rest = next;
    }
  return ABS (common);
}

/* None, what lies between most, or between the quickest, which is not the same where what has not changed is left
 * out, and whole seconds. */
static guint
guess_periods (const gint64 *times, gsize n, gint64 second, gint64 periods[GUESSES])
{
  gint64 some[SOME];
  guint found = sort_some (times, n, some), guesses = 0;
  gint64 usual = some[found / 2], quick = some[found / 8], seconds = common_seconds (some, found, second);

  periods[guesses++] = 1;
  if (usual > 1 && usual < LONGEST_PERIOD)
    periods[guesses++] = refine (times, n, usual, second);
  if (quick > 1 && quick < LONGEST_PERIOD && nearest_beat (usual, quick) > 1)
    periods[guesses++] = refine (times, n, quick, second);
  if (seconds > 0 && seconds < LONGEST_PERIOD / second)
    periods[guesses++] = seconds * second;
  return guesses;
}

gint64
data_beats_guess (const gint64 *times, gsize n, gint64 second)
{
  gint64 periods[GUESSES], beats[TRIED], jitters[TRIED], best = 1;
  guint guesses = n > 1 ? guess_periods (times, n, second, periods) : 0, least = G_MAXUINT;
  g_autoptr (GByteArray) tried = g_byte_array_new ();

  n = MIN (n, TRIED);
  for (guint i = 0; i < guesses; i++) {
    g_byte_array_set_size (tried, 0);
    data_beats_split (times, n, periods[i], beats, jitters);
    data_pack_size (tried, (guint64) periods[i]);
    data_pack_numbers (tried, beats, n - 1);
    data_pack_numbers (tried, jitters, n - 1);
    if (tried->len < least) {
      least = tried->len;
      best = periods[i];
    }
  }
  return best;
}
