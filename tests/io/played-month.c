/* SPDX-License-Identifier: GPL-3.0-or-later */
/* played-month URI SITE DAYS HOURS — a month without mains, played in a moment through the engine into the store: the mains
 * of SITE failed DAYS ago, and its battery is such that its voltage comes to LL in HOURS from now. In the last ten hours
 * nobody judged: what is stored of them is values alone. Prints the battery's voltage of now. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/sim/battery.h"
#include "data/store.h"
#include "gdp/engine.h"

#define HOUR  (3600 * GDP_SECOND)
#define EVERY (600 * GDP_SECOND)
#define UNJUDGED (10 * HOUR)

typedef struct {
  DataStore  *store;
  GdpNetwork *network;
  GdpEngine  *engine;
  GdpChanges *changes;
  SimBattery  battery;
  guint       point, mains;   /* indexes */
  double      watts;
} Month;

static void
must (gboolean ok, GError *error)
{
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
commit (Month *month, gint64 now)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = data_store_commit (month->store, &(DataBatch) { .changes = month->changes, .now = now, .durable = TRUE }, NULL, &error);

  must (ok, error);
  gdp_changes_clear (month->changes);
}

/* Such that LL is reached after @hours. */
static void
choose_load (Month *month, double hours)
{
  double empty = month->network->points[month->point].limits.level[GDP_LEVEL_LL].value;
  SimBattery battery = month->battery;

  while (sim_battery_voltage (&battery, FALSE) > empty)
    battery.charge -= 0.0001;
  month->watts = (1 - battery.charge) * month->battery.energy / hours;
}

static double
raw_of (const GdpPoint *point, double value)
{
  const GdpScaling *scaling = &point->scaling;

  return scaling->signal == GDP_SIGNAL_CURRENT ? 4 + 16 * (value - scaling->low) / (scaling->high - scaling->low) : value;
}

static double
turn (Month *month, gint64 time, gboolean lost, gboolean judged)
{
  const GdpPoint *points = month->network->points;
  double volts = round (sim_battery_voltage (&month->battery, !lost) * 100) / 100;
  GdpSample samples[] = { { month->point, GDP_REASON_NONE, time, raw_of (&points[month->point], volts) },
                          { month->mains, GDP_REASON_NONE, time, !lost } };
  GdpReading readings[] = { { .point = points[month->point].key, .time = time, .received = time, .value = volts },
                            { .point = points[month->mains].key, .time = time, .received = time, .value = !lost } };

  if (judged) {
    gdp_engine_tick (month->engine, time - 1, month->changes);
    gdp_engine_samples (month->engine, points[month->point].unit, time, samples, G_N_ELEMENTS (samples), month->changes);
  } else {
    g_array_append_vals (month->changes->readings, readings, G_N_ELEMENTS (readings));
  }
  if (lost)
    sim_battery_flow (&month->battery, (double) EVERY / GDP_SECOND, -month->watts, 20);
  return volts;
}

static guint
point_of (const Month *month, const char *site, const char *tag)
{
  g_autofree char *id = g_strdup_printf ("%s/%s", site, tag);
  guint found = gdp_network_find_point (month->network, id);

  g_assert_cmpuint (found, !=, G_MAXUINT);
  return found;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Month month = { .changes = gdp_changes_new () };

  g_assert_cmpint (argc, ==, 5);
  month.store = data_store_open (argv[1], DATA_ACCESS_SERVE, &error);
  must (month.store != NULL, error);
  month.network = data_store_network (month.store, &error);
  must (month.network != NULL, error);
  month.point = point_of (&month, argv[2], "battery");
  month.mains = point_of (&month, argv[2], "mains");
  g_assert_true (sim_battery_init (&month.battery, &month.network->sites[month.network->points[month.point].site].battery));
  double days = g_ascii_strtod (argv[3], NULL), hours = g_ascii_strtod (argv[4], NULL), volts = NAN;
  gint64 now = g_get_real_time (), lost = now - (gint64) (days * 24 * HOUR), begin = lost - 6 * HOUR;

  month.network->units[month.network->points[month.point].unit].silent_after = 86400;   /* it is asked every ten minutes */
  for (guint i = 0; i < month.network->n_points; i++)   /* … and the others nobody asks for */
    month.network->points[i].limits.stale_after = i == month.point || i == month.mains ? 86400 : 1e9f;
  choose_load (&month, days * 24 + hours);
  month.engine = gdp_engine_new (month.network, "played", begin);
  for (gint64 time = begin; time < now; time += EVERY) {
    volts = turn (&month, time, time >= lost, time < now - UNJUDGED || time < lost + HOUR);
    if (month.changes->readings->len > 5000)
      commit (&month, time);
  }
  commit (&month, now);
  printf ("%.2f\n", volts);
  gdp_engine_free (month.engine);
  gdp_changes_free (month.changes);
  gdp_network_unref (month.network);
  data_store_close (month.store);
  return 0;
}
