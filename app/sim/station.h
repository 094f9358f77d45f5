/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gas distribution point itself: pipes, regulators, air, doors and power. Pure: time comes in.
 *
 *   inlet ─ valve ─ filter ─ slam-shut ─ regulator ─┬─ outlet header ─ network that draws gas
 *   inlet ─ valve ─ filter ─ slam-shut ─ regulator ─┤   (second line, set lower: takes over)
 *                                                   └─ relief to the vent
 *
 * Quasi-steady: the regulated pressure follows from set-point, droop and lock-up; what is slow
 * (header filling and emptying, temperatures, gas in the room, battery) follows with first-order lags.
 * Pressures are gauge kPa, temperatures °C. Settings in shares of the set-point are those of
 * dispatching practice: relief from 15 %, slam-shut above 25 %. */
#pragma once

#include "battery.h"

G_BEGIN_DECLS

#define SIM_LINES 2

/* Outputs that move something; the others only switch. */
#define SIM_OUTPUT_FAN    1   /* do1: airs the process room */
#define SIM_OUTPUT_HEATER 2   /* do2: warms the auxiliary room, and draws on the battery */

typedef enum {
  SIM_REGULATOR_WORKS,
  SIM_REGULATOR_OPEN,    /* failed fully open: the slam-shut must act */
  SIM_REGULATOR_CREEPS,  /* the seat leaks: locks up too high, the relief lifts */
  SIM_REGULATOR_SHUT,    /* frozen or torn: passes nothing */
} SimRegulator;

typedef struct {
  SimRegulator regulator;
  gboolean     valve_open;
  gboolean     slammed;      /* the slam-shut has closed; only a hand opens it */
  double       setpoint;     /* kPa */
  double       over_high;    /* seconds that the outlet has been above this line's trip */
} SimLine;

/* How it is built and set; from the passport. */
typedef struct {
  guint      lines;          /* 1 or 2 */
  double     inlet;          /* kPa, usual */
  double     outlet;         /* kPa, set-point of line 1; line 2 is set 8 % lower */
  double     low_trip;       /* kPa at which slam-shuts close for want of pressure */
  GdpBattery battery;
  gboolean   solar;
  guint64    seed;           /* what makes this station different from the next */
  guint64    town_seed;      /* what they share: the weather */
} SimDesign;

typedef struct {
  SimDesign  design;
  gint64     time;           /* µs UTC up to which this state is true */
  guint64    chance;

  /* set by a scenario */
  gboolean   mains_lost;
  gboolean   door_open[2];   /* process room, auxiliary room */
  gboolean   door_bangs;     /* the first: it is not latched, and there is wind */
  double     leak;           /* % LEL a minute into the closed process room */
  double     inlet_fallen;   /* kPa that the inlet is brought to; NaN = as usual */
  gboolean   clogging;       /* the filter catches dirt fast */
  guint8     outputs;        /* bits: what the UPMP's outputs switch, see SIM_OUTPUT_FAN */

  /* follows */
  SimLine    line[SIM_LINES];
  SimBattery battery;
  gboolean   armed;          /* the outlet has been up: low pressure may trip */
  gboolean   powered;        /* mains or battery feeds the cabinet */
  double     under_low;      /* seconds */
  double     share;          /* this station's demand relative to the town's */
  double     flow;           /* share of rated flow, now */
  double     inlet, outlet, filter_dp;      /* kPa */
  double     relief;         /* 0 seated .. 1 fully lifted */
  double     dirt;           /* kPa that the filter's cake takes at rated flow */
  double     outdoor, room, auxiliary, gas; /* °C */
  double     methane;        /* % LEL in the process room */
  double     mains;          /* V */
  double     sun, load;      /* W from the panel, W that the cabinet draws */
  double     gas_passed;     /* m³ since the beginning */
} SimStation;

/* Settled as at @time: filled, warm, charged. */
void sim_station_init (SimStation *station, const SimDesign *design, gint64 time);

/* Lets time pass up to @time in one step; 0.05 to 2 s gives the same story. */
void sim_station_step (SimStation *station, gint64 time);

/* A hand on the slam-shut. It opens only by hand, and trips again on low pressure once the outlet is up. */
void sim_station_trip  (SimStation *station, guint line);
void sim_station_reset (SimStation *station, guint line);

/* m³ an hour that pass now. */
double sim_station_flow (const SimStation *station);

/* Gas can pass @line: valve and slam-shut are open. */
gboolean sim_station_line_open (const SimStation *station, guint line);

/* Everything that a scenario set is set back; slam-shuts are reset, the room is aired, the filter cleaned. */
void sim_station_recover (SimStation *station);

G_END_DECLS
