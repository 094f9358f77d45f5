/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cabinet's input module (UPMP): the sensors on its channels and what stands in its registers.
 * Pure: it knows no wire. The passport says which points exist and how they are ranged; the unit's
 * register profile says where each channel stands. */
#pragma once

#include "gdp/network.h"
#include "station.h"

G_BEGIN_DECLS

typedef enum {
  SIM_SENSOR_WORKS,
  SIM_SENSOR_STUCK,      /* goes on showing what it showed */
  SIM_SENSOR_BROKEN,     /* wire broken: 0 mA, contact open */
  SIM_SENSOR_LOW,        /* reports its own fault: 3.5 mA */
  SIM_SENSOR_HIGH,       /* likewise: 22 mA */
} SimSensorFault;

typedef struct SimSensor SimSensor;

#define SIM_NOT_FITTED 0xFF
#define SIM_USUAL_SIGNAL (-75.0)   /* dBm */
#define SIM_DEAF_SIGNAL (-113.0)   /* no call comes about */

typedef struct {
  GdpNetwork *network;
  guint       unit;          /* index into the network */
  SimStation  station;
  gboolean    exception;     /* answers every request with "slave device failure" */
  gint64      silent_until;  /* simulated µs; 0 = answers */
  gint64      offline_until; /* simulated µs: its modem is not connected; 0 = connected */

  /* What a scenario does to a BBT. */
  double      signal;        /* dBm at its aerial */
  guint64     fading;        /* chance of its own: how often somebody looks must not change the station's story */
  guint8      wire, cover, magnet;   /* as SABOTAGE says */
  guint       button;        /* presses so far */
  guint       restarts;      /* by its watchdog, so far */
  gint64      clock_error;   /* µs by which its clock is to jump; taken once */
  double      clock_drift;   /* ppm, NaN = as it was; taken once */
  double      line_faults;   /* share of its frames that the line spoils */
  gboolean    doubles;       /* it sends every record twice */
  gboolean    firmware_fails;  /* a new firmware does not run */
  gboolean    firmware_spoiled;  /* blocks of an image are not what was sent */
  guint8      stuck_outputs; /* bits: they do not move */

  SimSensor  *sensors;       /* private from here on */
  guint       n_sensors;
  struct { guint16 first, count; guint16 *words; } image[7];   /* by GdpTable */
} SimUnit;

/**
 * sim_unit_new:
 * @network: referenced
 * @unit: index; its site's points tell set-points, ranges and the number of lines
 * @solar: the cabinet has a solar panel
 * @seed: of the whole simulation; the unit takes its own stream of it
 * @time: µs UTC at which it starts, settled
 */
SimUnit *sim_unit_new  (GdpNetwork *network, guint unit, gboolean solar, guint64 seed, gint64 time);
void     sim_unit_free (SimUnit *unit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimUnit, sim_unit_free)

void     sim_unit_step (SimUnit *unit, gint64 time);

/* FALSE: it has no power, or was told to be silent. */
gboolean sim_unit_answers (const SimUnit *unit);

/* Reads @count registers (bits as 0/1 words) as a slave does. Returns 0 or the Modbus exception
 * code: 2 illegal address, 3 illegal count, 4 device failure. */
guint8   sim_unit_read (const SimUnit *unit, GdpTable table, guint16 start, guint16 count, guint16 *values);

/* One word of a table as it stands, however the module is; 0 where there is none. */
guint16  sim_unit_peek (const SimUnit *unit, GdpTable table, guint16 address);
/* A sensor is wired to it. */
gboolean sim_unit_senses (const SimUnit *unit, GdpTable table, guint16 address);
/* dBm now: it fades. */
double   sim_unit_signal (SimUnit *unit);
/* 0 = a good signal … 1 = SIM_DEAF_SIGNAL. */
double   sim_unit_weakness (const SimUnit *unit);
/* Share of its frames that the line spoils: @told for all, or by its scenario, or over the radio by a weak signal. */
double   sim_unit_spoils (const SimUnit *unit, double told, gboolean radio);
/* Whether a weak signal ends a call now, asked four times a second: the weaker, the oftener. */
gboolean sim_unit_fades  (const SimUnit *unit, guint64 *chance);
/* Output 0–7. FALSE: it is stuck, and stands otherwise. */
gboolean sim_unit_switch (SimUnit *unit, guint output, gboolean on);

/* Writes coils or holding registers, which then read back; coils move what the station's outputs
 * switch. The same codes. */
guint8   sim_unit_write (SimUnit *unit, GdpTable table, guint16 start, guint16 count, const guint16 *values);

/* Sets the fault of the point with this tag ("outlet1"). FALSE: the unit has no such point. */
gboolean sim_unit_break_sensor (SimUnit *unit, const char *tag, SimSensorFault fault);
/* Tags of its sensors, for messages: "inlet, outlet1, …". (transfer full) */
char    *sim_unit_tags       (const SimUnit *unit);
gboolean sim_unit_has_sensor (const SimUnit *unit, const char *tag);
void     sim_unit_recover (SimUnit *unit);   /* station, sensors and module */

const char *sim_unit_site_id (const SimUnit *unit);

G_END_DECLS
