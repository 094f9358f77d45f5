/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chance.h"

#define GOLDEN G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)

guint64
sim_chance_next (guint64 *state)
{
  guint64 z = *state += GOLDEN;
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

guint64
sim_chance_seed (guint64 seed, guint64 stream)
{
  guint64 state = seed;
  state = sim_chance_next (&state) ^ (stream * GOLDEN);
  return sim_chance_next (&state);
}

double
sim_chance_uniform (guint64 *state)
{
  return (sim_chance_next (state) >> 11) * (1.0 / (G_GUINT64_CONSTANT (1) << 53));
}

double
sim_chance_normal (guint64 *state)
{
  /* Four uniform 16-bit numbers out of one draw: a bell good enough for a sensor's noise, and
   * several times cheaper than Box–Muller. Their sum has mean 2 × 65535 and variance 4 × 65536² / 12. */
  guint64 bits = sim_chance_next (state);
  guint sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48);
  return (sum - 2 * 65535.0) / (65536.0 * 0.57735026919);
}
