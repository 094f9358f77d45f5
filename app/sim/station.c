/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station.h"

#include <math.h>

#include "chance.h"
#include "climate.h"

/* Shares of the set-point. */
#define DROOP          0.05   /* from no flow to rated flow */
#define LOCK_UP        0.06   /* rise when the flow all but stops */
#define LINE_2_BELOW   0.08
#define CREEP          0.19
#define OPEN_RISE      0.80   /* where a fully open regulator would take the outlet */
#define FILLING        30.0   /* seconds, time constant of a network that it fills: its limits are crossed one by one */
#define RELIEF_LIFTS   0.15
#define RELIEF_FULL    0.25
#define RELIEF_TAKES   0.12
#define SLAM_HIGH      0.25
#define SLAM_STAGGER   0.03   /* line 2's slam-shut is set this much above line 1's */

#define SLAM_DELAY     0.5    /* seconds beyond the setting before it snaps */
#define DOOR_BANG      (3 * GDP_SECOND)   /* it stands open for so long, and closed for as long */
#define CLEAN_DP       2.2    /* kPa over a clean filter at rated flow */
#define CLOGGED_DP     30.0   /* kPa that the cake grows to when it clogs, at rated flow */
#define CLOG_TIME      90.0   /* seconds, time constant of clogging in a scenario */
#define DIRT_A_DAY     0.02   /* kPa at rated flow that ordinary gas leaves */
#define JOULE_THOMSON  5.0    /* °C a MPa */
#define SOLAR_WATTS    20.0
#define HEATER_WATTS   20.0
#define HEATER_RISE    6.0    /* °C */
#define RATED_FLOW     2000.0 /* m³/h through the largest seats; flow is told as a share of it */

/* Share of the way that a first-order lag goes in @seconds. */
static double
lag (double seconds, double constant)
{
  return 1 - exp (-seconds / constant);
}

static void
approach (double *value, double target, double seconds, double constant)
{
  *value += (target - *value) * lag (seconds, constant);
}

double
sim_station_flow (const SimStation *station)
{
  return RATED_FLOW * station->flow;
}

gboolean
sim_station_line_open (const SimStation *station, guint line)
{
  return line < station->design.lines && station->line[line].valve_open && !station->line[line].slammed;
}

/* Where one line would hold the outlet at the present flow; 0 when it passes nothing. */
static double
line_target (const SimStation *station, guint i)
{
  const SimLine *line = &station->line[i];
  if (!sim_station_line_open (station, i))
    return 0;
  double regulated = line->setpoint * (1 + LOCK_UP * exp (-station->flow / 0.03) - DROOP * station->flow);
  switch (line->regulator) {
  case SIM_REGULATOR_OPEN:   return MIN (line->setpoint * (1 + OPEN_RISE), station->inlet);
  case SIM_REGULATOR_CREEPS: return MAX (line->setpoint * (1 + CREEP), regulated);
  case SIM_REGULATOR_SHUT:   return 0;
  case SIM_REGULATOR_WORKS:  break;
  }
  return regulated;
}

static void
step_inlet (SimStation *station, double seconds, double demand)
{
  double usual = station->design.inlet * (1.04 - 0.12 * demand);
  gboolean fallen = !isnan (station->inlet_fallen);
  approach (&station->inlet, fallen ? station->inlet_fallen : usual, seconds, fallen ? 8 : 20);
}

static void
step_outlet (SimStation *station, double seconds, double demand)
{
  double setpoint = station->line[0].setpoint, target = 0;
  for (guint i = 0; i < station->design.lines; i++)
    target = MAX (target, line_target (station, i));

  /* A low inlet can no longer push the demanded flow through a wide-open regulator. */
  double able = station->inlet / (0.3 * station->design.inlet);
  if (able < demand)
    target *= able / demand * able / demand;
  target = MIN (target, station->inlet);

  double above = station->outlet / setpoint - 1;
  station->relief = CLAMP ((above - RELIEF_LIFTS) / (RELIEF_FULL - RELIEF_LIFTS), 0, 1);
  target -= MIN (target, station->relief * RELIEF_TAKES * setpoint);

  /* With nothing coming in the network empties at the pace of its customers; a failed regulator
   * fills it slowly. */
  double constant = target <= 0 ? 10 / (0.3 + demand) : target > setpoint * (1 + SLAM_HIGH) ? FILLING : 1.5;
  approach (&station->outlet, target, seconds, constant);
  station->flow = demand * sqrt (CLAMP (station->outlet / setpoint, 0, 1.5));
}

void
sim_station_trip (SimStation *station, guint line)
{
  station->line[line].slammed = TRUE;
}

void
sim_station_reset (SimStation *station, guint line)
{
  station->line[line].slammed = FALSE;
  station->line[line].over_high = 0;
  station->armed = FALSE;
}

static void
step_slam_shuts (SimStation *station, double seconds)
{
  double low = station->design.low_trip;
  if (station->outlet > low * 1.15)
    station->armed = TRUE;
  station->under_low = station->armed && station->outlet < low ? station->under_low + seconds : 0;

  for (guint i = 0; i < station->design.lines; i++) {
    SimLine *line = &station->line[i];
    double high = station->line[0].setpoint * (1 + SLAM_HIGH + SLAM_STAGGER * i);
    line->over_high = station->outlet > high ? line->over_high + seconds : 0;
    if (line->over_high >= SLAM_DELAY || station->under_low >= SLAM_DELAY)
      line->slammed = TRUE;
  }
}

static void
step_filter (SimStation *station, double seconds)
{
  if (station->clogging)
    approach (&station->dirt, CLOGGED_DP, seconds, CLOG_TIME);
  else
    station->dirt += DIRT_A_DAY * station->flow * seconds / 86400;
  /* Through clean mesh the flow is turbulent (square), through a cake of dust laminar (linear). */
  double flow = MAX (station->flow, 0);
  station->filter_dp = CLEAN_DP * flow * flow + station->dirt * flow;
}

static void
step_rooms (SimStation *station, double seconds)
{
  double outdoor = station->outdoor;
  double heated = MAX (outdoor + 4, 8), warm = MAX (outdoor + 3, 14);
  if (station->door_bangs)
    station->door_open[0] = station->time / DOOR_BANG % 2;
  gboolean door = station->door_open[0];
  approach (&station->room, door ? outdoor : heated, seconds, door ? 600 : 7200);
  gboolean other = station->door_open[1];
  gboolean heater = station->outputs & SIM_OUTPUT_HEATER && station->powered;
  double cool = other || station->mains_lost ? outdoor + 1 : warm;
  approach (&station->auxiliary, heater ? cool + HEATER_RISE : cool, seconds, other ? 600 : 10800);
  double drop = (station->inlet - station->outlet) / 1000;
  approach (&station->gas, sim_climate_ground (station->time) - JOULE_THOMSON * drop, seconds, 300);

  /* Natural ventilation changes the air in minutes; a fan in one, an open door in half of it. */
  gboolean fan = station->outputs & SIM_OUTPUT_FAN && station->powered;
  double airing = door ? 30 : fan ? 60 : 900;
  approach (&station->methane, station->leak * airing / 60, seconds, airing);
  station->methane = MIN (station->methane, 100);
}

static void
step_power (SimStation *station, double seconds)
{
  SimBattery *battery = &station->battery;
  double sun = station->design.solar ? SOLAR_WATTS * sim_climate_sunshine (station->time) : 0;
  station->sun = sun;
  station->load = sim_battery_load (battery) + (station->outputs & SIM_OUTPUT_HEATER ? HEATER_WATTS : 0);
  if (station->mains_lost)
    sim_battery_flow (battery, seconds, sun - station->load, station->auxiliary);
  else
    sim_battery_charge (battery, seconds);
  station->powered = !station->mains_lost || sun > 0 || (battery->chemistry && battery->charge > 0);
  station->mains = station->mains_lost ? 0 : 228 + 1.5 * sim_chance_normal (&station->chance);
}

void
sim_station_step (SimStation *station, gint64 time)
{
  double seconds = (time - station->time) / 1e6;
  if (seconds <= 0)
    return;
  station->time = time;
  station->outdoor = sim_climate_outdoor (time, station->design.town_seed);
  double town = sim_climate_demand (time, station->outdoor);
  /* Customers come and go: two per cent, by the step. */
  double demand = MAX (town * station->share * (1 + 0.02 * sim_chance_normal (&station->chance)), 0.01);

  step_inlet (station, seconds, town);
  step_outlet (station, seconds, demand);
  step_slam_shuts (station, seconds);
  step_filter (station, seconds);
  step_rooms (station, seconds);
  step_power (station, seconds);
  station->gas_passed += sim_station_flow (station) * seconds / 3600;
}

void
sim_station_recover (SimStation *station)
{
  station->mains_lost = station->clogging = FALSE;
  station->door_open[0] = station->door_open[1] = station->door_bangs = FALSE;
  station->leak = station->methane = 0;
  station->inlet_fallen = NAN;
  station->dirt = MIN (station->dirt, 1);
  for (guint i = 0; i < SIM_LINES; i++) {
    station->line[i].regulator = SIM_REGULATOR_WORKS;
    station->line[i].valve_open = TRUE;
    sim_station_reset (station, i);
  }
}

void
sim_station_init (SimStation *station, const SimDesign *design, gint64 time)
{
  *station = (SimStation) {
    .design = *design, .time = time, .chance = sim_chance_seed (design->seed, 0),
    .inlet_fallen = NAN, .armed = TRUE, .powered = TRUE, .inlet = design->inlet, .outlet = design->outlet,
  };
  station->share = 0.75 + 0.3 * sim_chance_uniform (&station->chance);
  station->dirt = 0.2 + 1.0 * sim_chance_uniform (&station->chance);
  for (guint i = 0; i < SIM_LINES; i++)
    station->line[i] = (SimLine) { .valve_open = TRUE, .setpoint = design->outlet * (1 - LINE_2_BELOW * i) };
  sim_battery_init (&station->battery, &design->battery);

  station->outdoor = sim_climate_outdoor (time, design->town_seed);
  station->room = MAX (station->outdoor + 4, 8);
  station->auxiliary = MAX (station->outdoor + 3, 14);
  station->gas = sim_climate_ground (time) - JOULE_THOMSON * (design->inlet - design->outlet) / 1000;
  /* A settled second: long enough for the pressures, too short for anything slow. */
  for (guint i = 1; i <= 8; i++)
    sim_station_step (station, time + i * G_TIME_SPAN_SECOND);
  station->time = time;
}
