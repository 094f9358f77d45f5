/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "battery.h"

#include <math.h>

struct SimChemistry {
  const char *word;
  double      charge_hours;  /* empty to full, brochure */
  double      load;          /* W, from the brochure's Wh / autonomy */
  double      cold;          /* share of capacity lost per °C below 20 */
  double      floating;      /* V on the charger when full, 24 V pack */
  double      rest[11];      /* V at rest of a 24 V pack at 0, 10 .. 100 % charge */
};

/* Rest voltages: AGM and LiFePO4 8S from published tables, which disagree by ±15 points of charge;
 * LTO 10S from its cells' 2.0–2.6 V, roughly. Cold: AGM 80 %, LiFePO4 80 % at 0 °C, LTO hardly any. */
static const SimChemistry chemistries[] = {
  { "AGM", 8.0, 1.45, 0.010, 27.3,
    { 22.6, 23.2, 23.4, 23.6, 24.0, 24.2, 24.4, 24.6, 25.0, 25.2, 25.4 } },
  { "LiFePO4", 3.0, 1.67, 0.009, 27.2,
    { 22.4, 24.4, 24.6, 24.8, 25.0, 25.2, 25.4, 25.6, 26.0, 26.3, 26.7 } },
  { "LTO", 1.0 / 6, 0.72, 0.002, 26.8,
    { 19.0, 21.4, 22.1, 22.4, 22.7, 23.0, 23.3, 23.7, 24.2, 24.9, 26.0 } },
};

gboolean
sim_battery_init (SimBattery *battery, const GdpBattery *described)
{
  *battery = (SimBattery) { .charge = 1 };
  for (guint i = 0; i < G_N_ELEMENTS (chemistries); i++)
    if (g_strcmp0 (chemistries[i].word, described->chemistry) == 0
        && described->voltage > 0 && described->capacity > 0) {
      battery->chemistry = &chemistries[i];
      battery->nominal = described->voltage;
      battery->energy = described->voltage * described->capacity;
      return TRUE;
    }
  return FALSE;
}

double
sim_battery_load (const SimBattery *battery)
{
  return battery->chemistry ? battery->chemistry->load : 1.5;
}

void
sim_battery_flow (SimBattery *battery, double seconds, double watts, double temperature)
{
  if (!battery->chemistry)
    return;
  double usable = 1 - battery->chemistry->cold * MAX (20 - temperature, 0.0);
  double change = watts * seconds / 3600 / battery->energy;
  if (change < 0)
    change /= CLAMP (usable, 0.4, 1.0);
  battery->charge = CLAMP (battery->charge + change, 0.0, 1.0);
}

void
sim_battery_charge (SimBattery *battery, double seconds)
{
  if (battery->chemistry)
    battery->charge = MIN (battery->charge + seconds / 3600 / battery->chemistry->charge_hours, 1.0);
}

double
sim_battery_voltage (const SimBattery *battery, gboolean on_charger)
{
  const SimChemistry *chemistry = battery->chemistry;
  if (!chemistry)
    return 0;
  double place = battery->charge * 10;
  guint below = MIN ((guint) place, 9);
  double rest = chemistry->rest[below]
              + (chemistry->rest[below + 1] - chemistry->rest[below]) * (place - below);
  /* Charging lifts the terminals by about 3 %, up to the float voltage. */
  double volts = !on_charger ? rest
               : battery->charge >= 1 ? chemistry->floating : MIN (rest * 1.03, chemistry->floating);
  return volts * battery->nominal / 24;
}
