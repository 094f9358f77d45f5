/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plant for the engine's tests: a BBT (with a slave behind it) that sleeps, calls, and tells what was meanwhile;
 * and another that is alone on its link. */
#pragma once

#include <math.h>

#include "gdp/engine.h"

enum { BBT, SLAVE, OTHER, N_UNITS };
enum { OUTLET, LOOP, DOOR, VALVE, TEMPERATURE, METER, WIRE };
#define START (1000000 * GDP_SECOND)
#define MINUTE (60 * GDP_SECOND)
#define HOUR (60 * MINUTE)
#define HIGH "S/outlet.high"
#define LOW "S/outlet.low"

typedef struct {
  GdpNetwork *network;
  GdpEngine  *engine;
  GdpChanges *changes;
  gint64      now;
} BbtPlant;

static void
add_point (GdpNetworkBuilder *builder, gint64 key, const char *id, GdpPointKind kind, const char *channel, GdpScaling scaling,
           GdpLimits limits)
{
  GdpPoint point = { .key = key, .id = id, .kind = kind, .channel = channel, .engineering_unit = "", .scaling = scaling,
                     .resolution = 0.01, .keep_every = 60, .limits = limits };
  g_assert_cmpuint (gdp_network_builder_add_point (builder, &point, NULL), !=, G_MAXUINT);
}

static GdpNetwork *
make_network (float on_delay)
{
  GdpRegister own[] = { { "ext1", GDP_TABLE_REPORT_VALUES, 17, GDP_REGISTER_FLOAT, .scale = 1 },
                        { "ai1", GDP_TABLE_REPORT_VALUES, 1, GDP_REGISTER_U16, .scale = 0.001 },
                        { "temperature", GDP_TABLE_REPORT_VALUES, 14, GDP_REGISTER_S16, .scale = 0.1 },
                        { "di1", GDP_TABLE_REPORT_BITS, 0, GDP_REGISTER_BIT, .scale = 1 },
                        { "di2", GDP_TABLE_REPORT_BITS, 1, GDP_REGISTER_BIT, .scale = 1 },
                        { "pulse1", GDP_TABLE_REPORT_VALUES, GDP_REPORT_PULSE1, GDP_REGISTER_U32, .scale = 1 },
                        { "wire", GDP_TABLE_REPORT_BITS, GDP_REPORT_WIRE, GDP_REGISTER_BIT, .scale = 1 } };
  GdpRegister foreign = { "r0", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, .scale = 1 };
  g_autoptr (GdpProfile) bbt = gdp_profile_new ("bbt", NULL, own, G_N_ELEMENTS (own), NULL);
  g_autoptr (GdpProfile) slave = gdp_profile_new ("slave", NULL, &foreign, 1, NULL);
  g_autoptr (GdpSettings) settings = gdp_settings_parse ("confirmation=6h", NULL);
  GdpNetworkBuilder *builder = gdp_network_builder_new ();

  gdp_network_builder_add_link (builder, &(GdpLink) { .key = 1, .id = "bbt-1", .kind = GDP_LINK_BBT, .serial = "1",
                                                      .settings = settings }, NULL);
  gdp_network_builder_add_link (builder, &(GdpLink) { .key = 2, .id = "bbt-2", .kind = GDP_LINK_BBT, .serial = "2" }, NULL);
  gdp_network_builder_add_site (builder, &(GdpSite) { .id = "S" }, NULL);
  gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = 1, .id = "S/bbt", .profile = bbt, .period = 1 }, NULL);
  gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = 2, .id = "S/slave", .address = 5, .profile = slave,
                                                      .period = 60 }, NULL);
  gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = 3, .id = "S/other", .link = 1, .profile = bbt, .period = 1 }, NULL);
  GdpLimits outlet = { .level = { [GDP_LEVEL_L] = { 1.8, 0.1, on_delay, 0, 3 }, [GDP_LEVEL_H] = { 2.75, 0.1, on_delay, 0, 2 },
                                  [GDP_LEVEL_HH] = { 2.9, 0.1, on_delay, 0, 1 } } };
  add_point (builder, 1, "S/outlet", GDP_POINT_OUTLET_PRESSURE, "ext1", (GdpScaling) { GDP_SIGNAL_NUMBER }, outlet);
  add_point (builder, 2, "S/loop", GDP_POINT_INLET_PRESSURE, "ai1", (GdpScaling) { GDP_SIGNAL_CURRENT, 0, 16 },
             (GdpLimits) { .level = { [GDP_LEVEL_H] = { 15, 0.1, on_delay, 0, 3 } }, .fault_priority = 3 });
  add_point (builder, 3, "S/door", GDP_POINT_DOOR, "di1", (GdpScaling) { GDP_SIGNAL_CONTACT },
             (GdpLimits) { .state = { 0, 0, 1, 3 } });
  add_point (builder, 4, "S/valve", GDP_POINT_VALVE, "di2", (GdpScaling) { GDP_SIGNAL_CONTACT }, (GdpLimits) { 0 });
  add_point (builder, 5, "S/temperature", GDP_POINT_AUX_TEMPERATURE, "temperature", (GdpScaling) { GDP_SIGNAL_NUMBER },
             (GdpLimits) { 0 });
  add_point (builder, 6, "S/meter", GDP_POINT_ANALOG, "pulse1", (GdpScaling) { GDP_SIGNAL_NUMBER, .factor = 0.1 },
             (GdpLimits) { .stale_priority = 3 });
  add_point (builder, 7, "S/wire", GDP_POINT_TAMPER, "wire", (GdpScaling) { GDP_SIGNAL_CONTACT },
             (GdpLimits) { .state = { 0, 0, 1, 2 } });
  return gdp_network_builder_finish (builder);
}

static void
bbt_plant_open (BbtPlant *plant, float on_delay)
{
  plant->network = make_network (on_delay);
  plant->now = START;
  plant->engine = gdp_engine_new (plant->network, "server", START);
  plant->changes = gdp_changes_new ();
}

G_GNUC_UNUSED static void
set_up (BbtPlant *plant, gconstpointer data)
{
  bbt_plant_open (plant, 0);
}

G_GNUC_UNUSED static void
tear_down (BbtPlant *plant, gconstpointer data)
{
  gdp_changes_free (plant->changes);
  gdp_engine_free (plant->engine);
  gdp_network_unref (plant->network);
}

G_GNUC_UNUSED static void
pass (BbtPlant *plant, gint64 time)
{
  gint64 until = plant->now + time;

  while (gdp_engine_deadline (plant->engine) <= until) {
    plant->now = MAX (plant->now, gdp_engine_deadline (plant->engine));
    gdp_engine_tick (plant->engine, plant->now, plant->changes);
  }
  plant->now = until;
  gdp_engine_tick (plant->engine, plant->now, plant->changes);
}

G_GNUC_UNUSED static void
live (BbtPlant *plant, guint point, double raw)
{
  GdpSample sample = { .point = point, .time = plant->now, .raw = raw };
  gdp_engine_samples (plant->engine, BBT, plant->now, &sample, 1, plant->changes);
}

G_GNUC_UNUSED static const char *
state_of (BbtPlant *plant, const char *id)
{
  const GdpAlarm *alarm = gdp_engine_alarm (plant->engine, id);
  return alarm != NULL ? gdp_alarm_state_word (gdp_alarm_state (alarm)) : "none";
}

G_GNUC_UNUSED static void
hang_up (BbtPlant *plant, gint64 next_call)
{
  gdp_engine_link_expected (plant->engine, 0, plant->now, next_call);
  pass (plant, 0);
}

/* A quiet hour, told of at its beginning and its end, and forgotten. */
G_GNUC_UNUSED static void
quiet_hour (BbtPlant *plant, guint point, double raw)
{
  live (plant, point, raw);
  pass (plant, HOUR);
  live (plant, point, raw);
  gdp_changes_clear (plant->changes);
}
