/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "noise.h"

#include "chance.h"

static const SimNoiseKind of_streams[] = { SIM_NOISE_CORRUPT, SIM_NOISE_TRUNCATE, SIM_NOISE_SPLIT, SIM_NOISE_MERGE,
                                           SIM_NOISE_SLOW, SIM_NOISE_HANG_UP };
static const SimNoiseKind of_datagrams[] = { SIM_NOISE_CORRUPT, SIM_NOISE_TRUNCATE, SIM_NOISE_LOSE,
                                             SIM_NOISE_DOUBLE, SIM_NOISE_REORDER };

SimNoise
sim_noise_next (guint64 *chance, double rate, gboolean datagram, gsize length)
{
  const SimNoiseKind *kinds = datagram ? of_datagrams : of_streams;
  guint n = datagram ? G_N_ELEMENTS (of_datagrams) : G_N_ELEMENTS (of_streams);
  if (rate <= 0 || sim_chance_uniform (chance) >= rate)
    return (SimNoise) { SIM_NOISE_NONE, 0, 0 };
  return (SimNoise) { .kind = kinds[sim_chance_next (chance) % n], .at = sim_chance_next (chance) % length,
                      .bit = 1 << sim_chance_next (chance) % 8 };
}
