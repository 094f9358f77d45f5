/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cabinet's battery: what it holds, what it shows at its terminals. Pure. */
#pragma once

#include "gdp/network.h"

G_BEGIN_DECLS

typedef struct SimChemistry SimChemistry;

typedef struct {
  const SimChemistry *chemistry;  /* NULL = no battery */
  double energy;                  /* Wh when full, at 20 °C */
  double nominal;                 /* V */
  double charge;                  /* 0 empty .. 1 full */
} SimBattery;

/* Full, of @described's kind. A chemistry that is not in the table counts as no battery: FALSE. */
gboolean sim_battery_init (SimBattery *battery, const GdpBattery *described);

/* Watts that the cabinet draws, as the brochure's autonomy implies: 1.3–1.7, with LTO 0.7. */
double sim_battery_load (const SimBattery *battery);

/* Lets @seconds pass with @watts flowing in (negative: out) at @temperature °C: cold takes capacity. */
void sim_battery_flow (SimBattery *battery, double seconds, double watts, double temperature);
/* On the charger: the variant's printed charge time from empty to full. */
void sim_battery_charge (SimBattery *battery, double seconds);

/* V at the terminals; 0 with no battery. */
double sim_battery_voltage (const SimBattery *battery, gboolean on_charger);

G_END_DECLS
