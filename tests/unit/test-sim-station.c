/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulated station keeps the laws that a dispatcher relies on. */
#include <math.h>

#include "app/sim/climate.h"
#include "app/sim/station.h"
#include "sim-network.h"

#define HOUR (3600 * GDP_SECOND)

static const SimDesign one_line = { .lines = 1, .inlet = 600, .outlet = 2.5, .low_trip = 1.2,
                                    .battery = { "AGM", 24, 40 }, .seed = 7, .town_seed = 1 };

static SimStation
settled (guint lines)
{
  SimStation station;
  SimDesign design = one_line;
  design.lines = lines;
  sim_station_init (&station, &design, TEST_START);
  return station;
}

static void
run (SimStation *station, double seconds, double step)
{
  gint64 end = station->time + seconds * GDP_SECOND;
  while (station->time < end)
    sim_station_step (station, MIN (station->time + (gint64) (step * GDP_SECOND), end));
}

static void
outlet_stays_near_its_setpoint_all_year (void)
{
  for (guint day = 0; day < 365; day += 30) {
    SimStation station;
    sim_station_init (&station, &one_line, TEST_START + day * 24 * HOUR);
    for (guint hour = 0; hour < 24; hour++) {
      run (&station, 3600, 2);
      g_assert_cmpfloat (fabs (station.outlet / 2.5 - 1), <, 0.10);
      g_assert_cmpfloat (station.relief, ==, 0);
      g_assert_false (station.line[0].slammed);
      g_assert_cmpfloat (station.filter_dp, <, 5);
      g_assert_cmpfloat (station.room, >, 5);
    }
  }
}

static void
more_flow_droops_the_outlet_and_no_flow_locks_up (void)
{
  SimStation station = settled (1);
  double outlet[3];
  const double shares[] = { 0.01, 0.3, 1.0 };
  for (guint i = 0; i < 3; i++) {
    double demand = sim_climate_demand (station.time, station.outdoor);
    station.share = shares[i] / demand;
    run (&station, 60, 0.25);
    outlet[i] = station.outlet;
  }
  g_assert_cmpfloat (outlet[0], >, 2.5);
  g_assert_cmpfloat (outlet[0], >, outlet[1]);
  g_assert_cmpfloat (outlet[1], >, outlet[2]);
  g_assert_cmpfloat (outlet[2], >, 2.5 * 0.9);
}

static void
demand_peaks_in_the_evening_and_in_frost (void)
{
  gint64 midnight = TEST_START - 12 * HOUR;
  double night = sim_climate_demand (midnight + 3 * HOUR, 0);
  double evening = sim_climate_demand (midnight + 19 * HOUR, 0);
  g_assert_cmpfloat (evening, >, night * 1.2);
  g_assert_cmpfloat (sim_climate_demand (midnight, -25), >, 3 * sim_climate_demand (midnight, 18));
  double january = 0, july = 0;
  for (guint day = 0; day < 28; day++) {
    january += sim_climate_outdoor (TEST_START + day * 24 * HOUR, 1) / 28;
    july += sim_climate_outdoor (TEST_START + (day + 170) * 24 * HOUR, 1) / 28;
  }
  g_assert_cmpfloat (january, <, -2);
  g_assert_cmpfloat (july, >, 14);
}

static void
a_tripped_slam_shut_closes_a_single_line (void)
{
  SimStation station = settled (1);
  sim_station_trip (&station, 0);
  g_assert_false (sim_station_line_open (&station, 0));
  run (&station, 60, 0.25);
  g_assert_cmpfloat (station.outlet, <, 0.25);
  g_assert_cmpfloat (station.filter_dp, <, 0.5);
  /* It stays closed until somebody opens it. */
  run (&station, 3600, 1);
  g_assert_true (station.line[0].slammed);
  sim_station_reset (&station, 0);
  run (&station, 30, 0.25);
  g_assert_cmpfloat (fabs (station.outlet / 2.5 - 1), <, 0.10);
  g_assert_false (station.line[0].slammed);
}

static void
the_second_line_takes_over_at_its_lower_setpoint (void)
{
  SimStation station = settled (2);
  double before = station.outlet;
  sim_station_trip (&station, 0);
  run (&station, 60, 0.25);
  g_assert_cmpfloat (station.outlet, <, before * 0.96);
  g_assert_cmpfloat (station.outlet, >, before * 0.85);
  g_assert_false (station.line[1].slammed);
}

static void
a_regulator_failing_open_slams_its_own_line_only (void)
{
  SimStation station = settled (2);
  double highest = 0, relief = 0;
  station.line[0].regulator = SIM_REGULATOR_OPEN;
  for (guint i = 0; i < 240; i++) {
    run (&station, 0.25, 0.25);
    highest = MAX (highest, station.outlet);
    relief = MAX (relief, station.relief);
  }
  g_assert_true (station.line[0].slammed);
  g_assert_false (station.line[1].slammed);
  g_assert_cmpfloat (relief, ==, 1);
  g_assert_cmpfloat (highest, >, 2.5 * 1.25);
  g_assert_cmpfloat (highest, <, 2.5 * 1.45);
  g_assert_cmpfloat (fabs (station.outlet / 2.3 - 1), <, 0.10);
}

static void
a_creeping_regulator_lifts_the_relief_and_not_the_slam_shut (void)
{
  SimStation station = settled (1);
  station.line[0].regulator = SIM_REGULATOR_CREEPS;
  run (&station, 600, 0.25);
  g_assert_cmpfloat (station.relief, >, 0);
  g_assert_false (station.line[0].slammed);
  g_assert_cmpfloat (station.outlet, <, 2.5 * 1.25);
}

static void
a_fallen_inlet_starves_the_outlet_until_the_slam_shut_closes (void)
{
  SimStation station = settled (1);
  station.inlet_fallen = 30;
  run (&station, 120, 0.25);
  g_assert_cmpfloat (station.inlet, <, 35);
  g_assert_true (station.line[0].slammed);
}

static void
a_clogged_filter_shows_in_its_pressure_drop (void)
{
  SimStation station = settled (1);
  station.clogging = TRUE;
  run (&station, 600, 1);
  g_assert_cmpfloat (station.filter_dp, >, 10);
}

static void
leaking_gas_gathers_and_an_open_door_airs_it (void)
{
  SimStation station = settled (1);
  station.leak = 10;
  run (&station, 180, 0.25);
  double closed = station.methane;
  g_assert_cmpfloat (closed, >, 20);
  station.door_open[0] = TRUE;
  run (&station, 180, 0.25);
  g_assert_cmpfloat (station.methane, <, closed / 3);
  station.leak = 0;
  run (&station, 300, 0.25);
  g_assert_cmpfloat (station.methane, <, 1);
}

static void
an_open_door_cools_the_room (void)
{
  SimStation station = settled (1);
  station.door_open[0] = TRUE;
  double before = station.room;
  run (&station, 1800, 1);
  g_assert_cmpfloat (station.room, <, before - 2);
}

static void
step_size_does_not_change_the_story (void)
{
  SimStation fine = settled (1), coarse = settled (1);
  fine.leak = coarse.leak = 10;
  run (&fine, 20, 0.05);
  run (&coarse, 20, 2);
  g_assert_cmpfloat (fabs (fine.outlet - coarse.outlet), <, 0.08);
  g_assert_cmpfloat (fabs (fine.methane - coarse.methane), <, 0.05);
  sim_station_trip (&fine, 0);
  sim_station_trip (&coarse, 0);
  run (&fine, 20, 0.05);
  run (&coarse, 20, 2);
  g_assert_cmpfloat (fabs (fine.outlet - coarse.outlet), <, 0.08);
}

/* Days that a full battery feeds its cabinet at 15 °C. */
static double
days_without_mains (GdpBattery described)
{
  SimBattery battery;
  g_assert_true (sim_battery_init (&battery, &described));
  guint hours = 0;
  double volts = sim_battery_voltage (&battery, FALSE);
  while (battery.charge > 0 && hours < 24 * 1000) {
    sim_battery_flow (&battery, 3600, -sim_battery_load (&battery), 15);
    g_assert_cmpfloat (sim_battery_voltage (&battery, FALSE), <=, volts);
    volts = sim_battery_voltage (&battery, FALSE);
    hours++;
  }
  return hours / 24.0;
}

static void
a_battery_lasts_about_what_the_brochure_prints (void)
{
  static const struct { GdpBattery battery; double days; } variants[] = {
    { { "AGM", 24, 40 }, 31 },      { { "AGM", 24, 100 }, 60 },     { { "LiFePO4", 24, 100 }, 60 },
    { { "LiFePO4", 24, 200 }, 120 }, { { "LTO", 24, 65 }, 90 },     { { "LTO", 48, 65 }, 180 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++) {
    double days = days_without_mains (variants[i].battery);
    g_assert_cmpfloat (days, >, variants[i].days * 0.75);
    g_assert_cmpfloat (days, <, variants[i].days * 1.25);
  }
}

static void
an_unknown_battery_is_no_battery (void)
{
  SimBattery battery;
  g_assert_false (sim_battery_init (&battery, &(GdpBattery) { "NiCd", 24, 40 }));
  g_assert_false (sim_battery_init (&battery, &(GdpBattery) { "AGM", 24, 0 }));
  g_assert_cmpfloat (sim_battery_voltage (&battery, TRUE), ==, 0);
}

static void
mains_lost_drains_the_battery_and_then_the_cabinet_goes_dark (void)
{
  SimStation station = settled (1);
  double floating = sim_battery_voltage (&station.battery, TRUE);
  station.mains_lost = TRUE;
  run (&station, 60, 1);
  g_assert_cmpfloat (station.mains, ==, 0);
  g_assert_true (station.powered);
  g_assert_cmpfloat (sim_battery_voltage (&station.battery, FALSE), <, floating);
  station.battery.charge = 1e-6;
  run (&station, 60, 1);
  g_assert_false (station.powered);
  station.mains_lost = FALSE;
  run (&station, 3600, 1);
  g_assert_true (station.powered);
  g_assert_cmpfloat (station.battery.charge, >, 0.1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(function, name) g_test_add_func ("/sim-station/" name, function)
  TEST (outlet_stays_near_its_setpoint_all_year, "outlet-stays-near-its-setpoint-all-year");
  TEST (more_flow_droops_the_outlet_and_no_flow_locks_up, "more-flow-droops-no-flow-locks-up");
  TEST (demand_peaks_in_the_evening_and_in_frost, "demand-peaks-in-the-evening-and-in-frost");
  TEST (a_tripped_slam_shut_closes_a_single_line, "tripped-slam-shut-closes-a-single-line");
  TEST (the_second_line_takes_over_at_its_lower_setpoint, "second-line-takes-over");
  TEST (a_regulator_failing_open_slams_its_own_line_only, "regulator-failing-open-slams-its-own-line");
  TEST (a_creeping_regulator_lifts_the_relief_and_not_the_slam_shut,
        "creeping-regulator-lifts-the-relief-only");
  TEST (a_fallen_inlet_starves_the_outlet_until_the_slam_shut_closes, "fallen-inlet-starves-the-outlet");
  TEST (a_clogged_filter_shows_in_its_pressure_drop, "clogged-filter-shows-in-its-pressure-drop");
  TEST (leaking_gas_gathers_and_an_open_door_airs_it, "leaking-gas-gathers-and-a-door-airs-it");
  TEST (an_open_door_cools_the_room, "open-door-cools-the-room");
  TEST (step_size_does_not_change_the_story, "step-size-does-not-change-the-story");
  TEST (a_battery_lasts_about_what_the_brochure_prints, "battery-lasts-about-what-is-printed");
  TEST (an_unknown_battery_is_no_battery, "unknown-battery-is-no-battery");
  TEST (mains_lost_drains_the_battery_and_then_the_cabinet_goes_dark, "mains-lost-drains-the-battery");
  return g_test_run ();
}
