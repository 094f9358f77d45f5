/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small plant for the engine's tests: one RTU line with two units, one TCP link with one unit, one
 * modem with one unit. Each unit has a pressure (number, L/LL/H/HH), a transmitter (4..20 mA) and a
 * door (discrete alarm); the first also has a valve without an alarm. */
#pragma once

#include <math.h>

#include "gdp/engine.h"

enum { BUS, TCP, MODEM, N_LINKS };
enum { U1, U2, U3, U4, N_UNITS };
enum { PRESSURE, LOOP, DOOR, PER_UNIT };   /* point = unit × PER_UNIT + one of these; VALVE stands last of all */
#define VALVE (N_UNITS * PER_UNIT)
#define START (1000000 * GDP_SECOND)
#define P(unit, kind) ((unit) * PER_UNIT + (kind))

typedef struct {
  GdpNetwork *network;
  GdpEngine  *engine;
  GdpChanges *changes;
  gint64      now;
} Plant;

G_GNUC_UNUSED static GdpLimits
pressure_limits (void)
{
  return (GdpLimits) { .level = { [GDP_LEVEL_LL] = { 1.2, 0.1, 0, 0, 1 }, [GDP_LEVEL_L] = { 1.8, 0.1, 0, 0, 2 },
                                  [GDP_LEVEL_H] = { 2.75, 0.1, 0, 0, 2 }, [GDP_LEVEL_HH] = { 2.9, 0.1, 0, 0, 1 } },
                       .fault_priority = 3 };
}

typedef struct {
  GdpLimits pressure;       /* of every unit's pressure */
  float     door_on, door_off;
  guint8    stale_priority;
  double    debounce;
  guint     skip_unit;      /* G_MAXUINT: build all */
} PlantSetup;

G_GNUC_UNUSED static PlantSetup
usual (void)
{
  return (PlantSetup) { .pressure = pressure_limits (), .skip_unit = G_MAXUINT };
}

static guint
plant_point (GdpNetworkBuilder *builder, guint unit, const char *tag, guint key, GdpPointKind kind, const char *channel,
             GdpScaling scaling, GdpLimits limits)
{
  g_autofree char *id = g_strdup_printf ("S%u/%s", unit + 1, tag);
  GdpPoint point = { .key = key, .id = id, .site = unit, .unit = unit, .kind = kind, .channel = channel,
                     .engineering_unit = kind == GDP_POINT_DOOR ? "" : "kPa", .scaling = scaling,
                     .resolution = kind == GDP_POINT_DOOR ? 1 : 0.01, .keep_every = 60, .limits = limits };
  return gdp_network_builder_add_point (builder, &point, NULL);
}

/* Sites, units and points keep their indexes only while nothing is skipped; skipping drops the last unit. */
G_GNUC_UNUSED static GdpNetwork *
plant_network (PlantSetup setup)
{
  static const guint link_of[N_UNITS] = { BUS, BUS, TCP, MODEM };
  GdpRegister registers[] = { { "r0", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_FLOAT, GDP_WORDS_HIGH_FIRST, 1 },
                              { "r2", GDP_TABLE_INPUT_REGISTERS, 2, GDP_REGISTER_U16, GDP_WORDS_HIGH_FIRST, 0.001 },
                              { "d0", GDP_TABLE_DISCRETE_INPUTS, 0, GDP_REGISTER_BIT, GDP_WORDS_HIGH_FIRST, 1 },
                              { "d1", GDP_TABLE_DISCRETE_INPUTS, 1, GDP_REGISTER_BIT, GDP_WORDS_HIGH_FIRST, 1 } };
  g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", registers, G_N_ELEMENTS (registers), NULL);
  GdpNetworkBuilder *builder = gdp_network_builder_new ();

  gdp_network_builder_add_link (builder, &(GdpLink) { .key = 1, .id = "bus", .kind = GDP_LINK_MODBUS_RTU }, NULL);
  gdp_network_builder_add_link (builder, &(GdpLink) { .key = 2, .id = "tcp", .kind = GDP_LINK_MODBUS_TCP }, NULL);
  gdp_network_builder_add_link (builder, &(GdpLink) { .key = 3, .id = "modem", .kind = GDP_LINK_MODEM }, NULL);
  for (guint u = 0; u < N_UNITS && u != setup.skip_unit; u++) {
    g_autofree char *site = g_strdup_printf ("S%u", u + 1), *unit = g_strdup_printf ("S%u/u", u + 1);
    GdpLimits door = { .state = { setup.door_on, setup.door_off, 1, 3 } };
    GdpLimits loop = { .level = { [GDP_LEVEL_L] = { -0.05, 0, 0, 0, 4 }, [GDP_LEVEL_H] = { 16.2, 0, 0, 0, 4 } },
                       .fault_priority = 3, .stale_priority = setup.stale_priority };

    gdp_network_builder_add_site (builder, &(GdpSite) { .key = u + 1, .id = site }, NULL);
    gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = u + 1, .id = unit, .site = u, .link = link_of[u],
                                                        .address = u + 1, .profile = profile, .period = 1 }, NULL);
    plant_point (builder, u, "p", 10 * u + 1, GDP_POINT_OUTLET_PRESSURE, "r0",
                 (GdpScaling) { GDP_SIGNAL_NUMBER }, setup.pressure);
    plant_point (builder, u, "loop", 10 * u + 2, GDP_POINT_INLET_PRESSURE, "r2",
                 (GdpScaling) { GDP_SIGNAL_CURRENT, 0, 16 }, loop);
    plant_point (builder, u, "door", 10 * u + 3, GDP_POINT_DOOR, "d0",
                 (GdpScaling) { .signal = GDP_SIGNAL_CONTACT, .debounce = setup.debounce }, door);
  }
  if (setup.skip_unit == G_MAXUINT) {
    /* its site is the last one, so that the points above keep their places */
    plant_point (builder, U4, "valve", 99, GDP_POINT_DOOR, "d1", (GdpScaling) { GDP_SIGNAL_CONTACT },
                 (GdpLimits) { 0 });
  }
  return gdp_network_builder_finish (builder);
}

G_GNUC_UNUSED static void
plant_open (Plant *plant, PlantSetup setup)
{
  plant->network = plant_network (setup);
  plant->now = START;
  plant->engine = gdp_engine_new (plant->network, "server", START);
  plant->changes = gdp_changes_new ();
}

G_GNUC_UNUSED static void
plant_close (Plant *plant)
{
  gdp_changes_free (plant->changes);
  gdp_engine_free (plant->engine);
  gdp_network_unref (plant->network);
}

/* What follows is seen alone. */
G_GNUC_UNUSED static void
forget (Plant *plant)
{
  gdp_changes_clear (plant->changes);
}

G_GNUC_UNUSED static void
sample (Plant *plant, guint point, double raw)
{
  GdpSample one = { .point = point, .time = plant->now, .raw = raw };
  gdp_engine_samples (plant->engine, plant->network->points[point].unit, plant->now, &one, 1, plant->changes);
}

/* A quiet poll of everything that @unit has. */
G_GNUC_UNUSED static void
poll_unit (Plant *plant, guint unit)
{
  GdpSample all[] = { { P (unit, PRESSURE), 0, plant->now, 2.3 }, { P (unit, LOOP), 0, plant->now, 12 },
                      { P (unit, DOOR), 0, plant->now, 0 }, { VALVE, 0, plant->now, 1 } };
  gdp_engine_samples (plant->engine, unit, plant->now, all, unit == U4 ? 4 : 3, plant->changes);
}

/* Lets @seconds pass as a server would: tick at each deadline. */
G_GNUC_UNUSED static void
pass (Plant *plant, double seconds)
{
  gint64 until = plant->now + (gint64) (seconds * GDP_SECOND);

  while (gdp_engine_deadline (plant->engine) <= until) {
    plant->now = MAX (plant->now, gdp_engine_deadline (plant->engine));
    gdp_engine_tick (plant->engine, plant->now, plant->changes);
  }
  plant->now = until;
  gdp_engine_tick (plant->engine, plant->now, plant->changes);
}

/* The same, with the @units (a bit each) polled every second. */
G_GNUC_UNUSED static void
pass_polling (Plant *plant, guint seconds, guint units)
{
  for (guint s = 0; s < seconds; s++) {
    pass (plant, 1);
    for (guint u = 0; u < plant->network->n_units; u++)
      if (units & 1u << u)
        poll_unit (plant, u);
  }
}

/* State word of an alarm; "none" when it never left normal. */
G_GNUC_UNUSED static const char *
state_of (Plant *plant, const char *id)
{
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, id);
  return alarm ? gdp_alarm_state_word (gdp_alarm_state (alarm)) : "none";
}

G_GNUC_UNUSED static guint
count_events (Plant *plant, GdpEventKind kind)
{
  guint n = 0;
  for (guint i = 0; i < plant->changes->events->len; i++)
    n += ((GdpEvent *) g_ptr_array_index (plant->changes->events, i))->kind == kind;
  return n;
}

G_GNUC_UNUSED static guint
count_readings (Plant *plant, guint point)
{
  guint n = 0;
  for (guint i = 0; i < plant->changes->readings->len; i++)
    n += g_array_index (plant->changes->readings, GdpReading, i).point == plant->network->points[point].key;
  return n;
}

G_GNUC_UNUSED static GdpReading *
last_reading (Plant *plant, guint point)
{
  for (guint i = plant->changes->readings->len; i > 0; i--) {
    GdpReading *reading = &g_array_index (plant->changes->readings, GdpReading, i - 1);
    if (reading->point == plant->network->points[point].key)
      return reading;
  }
  return NULL;
}

G_GNUC_UNUSED static gboolean
acknowledge (Plant *plant, const char *id, GError **error)
{
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, id);
  return gdp_engine_acknowledge (plant->engine, id, alarm ? alarm->occurrence : 1, "anna", "seen",
                                 plant->now, plant->changes, error);
}
