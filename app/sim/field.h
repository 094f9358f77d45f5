/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All units together, their common clock, and the scenario that happens to them. Pure: how much
 * time has passed comes in. Steps have one size, so the same seed, start and scenario give the same
 * registers at the same simulated time, however often somebody looks. */
#pragma once

#include "scenario.h"

G_BEGIN_DECLS

typedef struct SimField SimField;

/* What the scenario did, or what came of it.
 * @after: simulated µs since the start; @site: id, or NULL for every. */
typedef void (*SimSay) (gint64 after, const char *site, const char *words, gpointer user_data);

/**
 * sim_field_new:
 * @units: (element-type SimUnit): referenced
 * @scenario: (nullable) (transfer full): already checked
 * @start: µs UTC, the units' time
 * @speed: simulated seconds a second
 */
SimField *sim_field_new  (GPtrArray *units, SimScenario *scenario, gint64 start, double speed,
                          SimSay say, gpointer user_data);
void      sim_field_free (SimField *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimField, sim_field_free)

/* @passed: real µs since the start. At most SIM_FIELD_BURST steps a call: after a long pause it
 * catches up over several. */
void      sim_field_advance (SimField *field, gint64 passed);
#define SIM_FIELD_BURST 64

/* The scenario keeps its order and not its times: each happening waits for sim_field_next(), and happens at the next
 * step. Before the first step. */
void      sim_field_by_hand (SimField *field);
void      sim_field_next    (SimField *field);

/* Real µs between two steps. */
gint64    sim_field_pace (const SimField *field);

G_END_DECLS
