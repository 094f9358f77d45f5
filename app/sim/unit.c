/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <math.h>
#include <string.h>

#include "chance.h"
#include "comms/pdu.h"

/* The module's converter: 12 bits over 0..24 mA, with the noise of a quiet installation. */
#define ADC_STEP   (24.0 / 4096)   /* mA */
#define ADC_NOISE  0.003           /* mA, standard deviation */
#define GAIN_ERROR 0.001           /* of span, standard deviation between sensors */
#define ZERO_MA    0.02            /* fitters set the zero a hair high, so that noise stays above 4 mA */
#define WEAK_FAULTS    0.2         /* share of frames that a signal as weak as can be spoils */
#define WEAK_SIGNAL    (-100.0)    /* dBm below which calls break off */
#define BREAKS         0.02        /* calls that break off at SIM_DEAF_SIGNAL, each time they are looked at */
#define FADING         1.5         /* dB, standard deviation from one look to the next */
#define HEALTHY_MA_LOW  3.8         /* NE 43: a healthy transmitter stays within */
#define HEALTHY_MA_HIGH 20.5

struct SimSensor {
  const GdpPoint    *point;        /* borrowed from the network, as is the register */
  const GdpRegister *reg;
  guint              ordinal;      /* 0 for the site's first point of this kind, … */
  double             factor;       /* from the station's unit to the point's */
  double             error;        /* this specimen's, share of span */
  double             shown;        /* raw signal at the last step: mA, number, 0/1 */
  SimSensorFault     fault;
};

/* ---- what is there to measure ------------------------------------------------------------- */

static double inlet       (const SimStation *s, guint n) { return s->inlet; }
static double outlet      (const SimStation *s, guint n) { return s->outlet; }
static double filter_dp   (const SimStation *s, guint n) { return s->filter_dp; }
static double gas         (const SimStation *s, guint n) { return s->gas; }
static double room        (const SimStation *s, guint n) { return s->room; }
static double auxiliary   (const SimStation *s, guint n) { return s->auxiliary; }
static double methane     (const SimStation *s, guint n) { return s->methane; }
static double mains_volts (const SimStation *s, guint n) { return s->mains; }
static double radio_level (const SimStation *s, guint n) { return SIM_USUAL_SIGNAL; }
static double flow        (const SimStation *s, guint n) { return sim_station_flow (s); }
static double slam_shut   (const SimStation *s, guint n) { return s->line[MIN (n, SIM_LINES - 1)].slammed; }
static double door        (const SimStation *s, guint n) { return n < 2 && s->door_open[n]; }
static double auxiliary_door (const SimStation *s, guint n) { return s->door_open[1]; }
static double mains       (const SimStation *s, guint n) { return !s->mains_lost; }
static double nothing     (const SimStation *s, guint n) { return 0; }

static double
battery (const SimStation *station, guint ordinal)
{
  return sim_battery_voltage (&station->battery, !station->mains_lost);
}

/* A valve sensor tells whether its line can pass gas, whichever valve closed it. */
static double
valve (const SimStation *station, guint ordinal)
{
  return sim_station_line_open (station, MIN (ordinal, SIM_LINES - 1));
}

static double (*const quantities[GDP_N_POINT_KINDS]) (const SimStation *station, guint ordinal) = {
  [GDP_POINT_INLET_PRESSURE] = inlet,       [GDP_POINT_OUTLET_PRESSURE] = outlet,
  [GDP_POINT_FILTER_DP] = filter_dp,        [GDP_POINT_GAS_TEMPERATURE] = gas,
  [GDP_POINT_ROOM_TEMPERATURE] = room,      [GDP_POINT_AUX_TEMPERATURE] = auxiliary,
  [GDP_POINT_GAS_CONCENTRATION] = methane,  [GDP_POINT_BATTERY_VOLTAGE] = battery,
  [GDP_POINT_MAINS_VOLTAGE] = mains_volts,  [GDP_POINT_SIGNAL_LEVEL] = radio_level,
  [GDP_POINT_ANALOG] = flow,                [GDP_POINT_SLAM_SHUT] = slam_shut,
  [GDP_POINT_VALVE] = valve,                [GDP_POINT_DOOR] = door,
  [GDP_POINT_AUX_DOOR] = auxiliary_door,    [GDP_POINT_MAINS] = mains,
  [GDP_POINT_TAMPER] = nothing,             [GDP_POINT_DISCRETE] = nothing,
  [GDP_POINT_OUTPUT] = nothing,
};

/* How many of a point's pressure unit make one kPa; 1 for what is no pressure. */
static double
unit_factor (const char *unit)
{
  static const struct { const char *unit; double per_kpa; } units[] = {
    { "kPa", 1 }, { "MPa", 1e-3 }, { "Pa", 1e3 }, { "bar", 1e-2 }, { "mbar", 10 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_strcmp0 (units[i].unit, unit) == 0)
      return units[i].per_kpa;
  return 1;
}

/* ---- from the passport to a station -------------------------------------------------------- */

static const GdpPoint *
first_of_kind (const GdpNetwork *network, const GdpSite *site, GdpPointKind kind, guint *n)
{
  const GdpPoint *first = NULL;
  *n = 0;
  for (guint i = 0; i < site->n_points; i++) {
    const GdpPoint *point = &network->points[site->first_point + i];
    if (point->kind != kind)
      continue;
    if (!first)
      first = point;
    (*n)++;
  }
  return first;
}

/* A limit in kPa, or @otherwise (a share of the point's range) when it is not set. */
static double
limit_or (const GdpPoint *point, GdpLevel level, double otherwise)
{
  const GdpLimit *limit = &point->limits.level[level];
  double value = limit->priority ? limit->value
               : point->scaling.low + otherwise * (point->scaling.high - point->scaling.low);
  return value / unit_factor (point->engineering_unit);
}

static SimDesign
design_of (const GdpNetwork *network, const GdpSite *site)
{
  SimDesign design = { .lines = 1, .inlet = 600, .outlet = 2.5, .low_trip = 1.2, .battery = site->battery };
  guint n;
  const GdpPoint *point = first_of_kind (network, site, GDP_POINT_INLET_PRESSURE, &n);
  if (point) {
    double low = limit_or (point, GDP_LEVEL_L, 0.2), high = limit_or (point, GDP_LEVEL_H, 0.8);
    design.inlet = low + 0.6 * (high - low);
  }
  point = first_of_kind (network, site, GDP_POINT_OUTLET_PRESSURE, &n);
  if (point) {
    /* The high limit is proposed at set-point + 10 %; the slam-shut closes where LL is. */
    design.lines = CLAMP (n, 1, SIM_LINES);
    design.outlet = limit_or (point, GDP_LEVEL_H, 0.55) / 1.10;
    design.low_trip = MIN (limit_or (point, GDP_LEVEL_LL, 0.2) * 0.97, design.outlet * 0.6);
  }
  return design;
}

/* ---- the register image --------------------------------------------------------------------- */

static void
make_image (SimUnit *unit, const GdpProfile *profile)
{
  for (guint i = 0; i < profile->n_registers; i++) {
    const GdpRegister *reg = &profile->registers[i];
    guint first = unit->image[reg->table].first, end = first + unit->image[reg->table].count;
    guint reg_end = reg->address + gdp_register_width (reg->type);
    if (end == first)
      first = reg->address;
    first = MIN (first, reg->address);
    unit->image[reg->table].first = first;
    unit->image[reg->table].count = MAX (end, reg_end) - first;
  }
  for (guint table = 1; table < G_N_ELEMENTS (unit->image); table++)
    unit->image[table].words = g_new0 (guint16, unit->image[table].count + 1);
}

/* Integers round and stop at the ends of what they can hold, as a module's firmware does. */
static guint32
encode (GdpRegisterType type, double number)
{
  static const struct { double low, high; } ranges[] = {
    [GDP_REGISTER_BIT] = { 0, 1 },
    [GDP_REGISTER_U16] = { 0, G_MAXUINT16 }, [GDP_REGISTER_S16] = { G_MININT16, G_MAXINT16 },
    [GDP_REGISTER_U32] = { 0, G_MAXUINT32 }, [GDP_REGISTER_S32] = { G_MININT32, G_MAXINT32 },
  };
  if (type == GDP_REGISTER_FLOAT) {
    float single = number;
    guint32 bits;
    memcpy (&bits, &single, sizeof bits);
    return bits;
  }
  return (guint32) (gint64) CLAMP (rint (number), ranges[type].low, ranges[type].high);
}

static void
write_register (SimUnit *unit, const GdpRegister *reg, double raw)
{
  guint32 bits = encode (reg->type, (raw - reg->offset) / reg->scale);
  guint16 *words = unit->image[reg->table].words + (reg->address - unit->image[reg->table].first);
  if (gdp_register_width (reg->type) == 1) {
    words[0] = bits;
    return;
  }
  gboolean high_first = reg->words == GDP_WORDS_HIGH_FIRST;
  words[high_first ? 0 : 1] = bits >> 16;
  words[high_first ? 1 : 0] = bits;
}

/* ---- sensors --------------------------------------------------------------------------------- */

static double
current (const SimSensor *sensor, double value)
{
  const GdpScaling *scaling = &sensor->point->scaling;
  double span = scaling->high - scaling->low;
  double share = (value - scaling->low) / span * (1 + sensor->error);
  return CLAMP (4 + ZERO_MA + 16 * share, HEALTHY_MA_LOW, HEALTHY_MA_HIGH);
}

static double
true_signal (const SimSensor *sensor, const SimStation *station)
{
  double value = quantities[sensor->point->kind] (station, sensor->ordinal) * sensor->factor;
  switch (sensor->point->scaling.signal) {
  case GDP_SIGNAL_CURRENT: return current (sensor, value);
  case GDP_SIGNAL_CONTACT: return (value > 0.5) != sensor->point->scaling.invert;
  case GDP_SIGNAL_NUMBER:  break;
  }
  return value;
}

static void
step_sensor (SimUnit *unit, SimSensor *sensor)
{
  static const double fault_current[] = {
    [SIM_SENSOR_BROKEN] = 0, [SIM_SENSOR_LOW] = 3.5, [SIM_SENSOR_HIGH] = 22,
  };
  gboolean is_current = sensor->point->scaling.signal == GDP_SIGNAL_CURRENT;

  if (sensor->fault == SIM_SENSOR_WORKS)
    sensor->shown = true_signal (sensor, &unit->station);
  else if (sensor->fault != SIM_SENSOR_STUCK)
    sensor->shown = is_current ? fault_current[sensor->fault] : 0;

  double raw = sensor->shown;
  if (is_current && sensor->fault != SIM_SENSOR_STUCK) {
    raw += ADC_NOISE * sim_chance_normal (&unit->station.chance);
    raw = MAX (rint (raw / ADC_STEP) * ADC_STEP, 0);
    sensor->shown = raw;
  }
  write_register (unit, sensor->reg, raw);
}

static void
add_sensor (SimUnit *unit, const GdpPoint *point, guint ordinal)
{
  const GdpProfile *profile = unit->network->units[unit->unit].profile;
  const GdpRegister *reg = point->channel ? gdp_profile_find (profile, point->channel) : NULL;
  /* What a master writes is not measured, nor what a BBT reads from others by itself (ext1 …) or counts. */
  if (!reg || reg->writable || gdp_register_is_event (reg) || reg->table == GDP_TABLE_COILS || reg->table == GDP_TABLE_HOLDING_REGISTERS
      || (reg->table == GDP_TABLE_REPORT_VALUES && gdp_register_width (reg->type) > 1))
    return;
  unit->sensors[unit->n_sensors++] = (SimSensor) {
    .point = point, .reg = reg, .ordinal = ordinal, .factor = unit_factor (point->engineering_unit),
    .error = GAIN_ERROR * sim_chance_normal (&unit->station.chance),
  };
}

static void
add_sensors (SimUnit *unit)
{
  const GdpSite *site = &unit->network->sites[unit->network->units[unit->unit].site];
  guint seen[GDP_N_POINT_KINDS] = { 0 };
  unit->sensors = g_new0 (SimSensor, site->n_points);
  for (guint i = 0; i < site->n_points; i++) {
    const GdpPoint *point = &unit->network->points[site->first_point + i];
    guint ordinal = seen[point->kind]++;
    if (point->unit == unit->unit)
      add_sensor (unit, point, ordinal);
  }
}

/* ---- the unit ---------------------------------------------------------------------------------- */

SimUnit *
sim_unit_new (GdpNetwork *network, guint index, gboolean solar, guint64 seed, gint64 time)
{
  g_return_val_if_fail (index < network->n_units, NULL);
  SimUnit *unit = g_new0 (SimUnit, 1);
  unit->network = gdp_network_ref (network);
  unit->unit = index;
  make_image (unit, network->units[index].profile);

  SimDesign design = design_of (network, &network->sites[network->units[index].site]);
  design.solar = solar;
  design.town_seed = seed;
  /* All units of a site see the same station: each plays it for itself. */
  design.seed = sim_chance_seed (seed, network->units[index].site + 1);
  unit->signal = SIM_USUAL_SIGNAL;
  unit->fading = sim_chance_seed (seed, 4000000 + index);
  unit->magnet = SIM_NOT_FITTED;
  unit->clock_drift = NAN;
  sim_station_init (&unit->station, &design, time);
  add_sensors (unit);
  for (guint i = 0; i < unit->n_sensors; i++)
    step_sensor (unit, &unit->sensors[i]);
  return unit;
}

void
sim_unit_free (SimUnit *unit)
{
  for (guint table = 0; table < G_N_ELEMENTS (unit->image); table++)
    g_free (unit->image[table].words);
  g_free (unit->sensors);
  gdp_network_unref (unit->network);
  g_free (unit);
}

void
sim_unit_step (SimUnit *unit, gint64 time)
{
  sim_station_step (&unit->station, time);
  for (guint i = 0; i < unit->n_sensors; i++)
    step_sensor (unit, &unit->sensors[i]);
}

gboolean
sim_unit_answers (const SimUnit *unit)
{
  return unit->station.powered && unit->station.time >= unit->silent_until;
}

/* Where @start stands in the image, or NULL with the exception code that a slave answers. */
static guint16 *
locate (const SimUnit *unit, GdpTable table, guint16 start, guint16 count, guint8 *code)
{
  gboolean bits = table == GDP_TABLE_COILS || table == GDP_TABLE_DISCRETE_INPUTS;
  guint first = unit->image[table].first, end = first + unit->image[table].count;
  if (unit->exception)
    *code = COMMS_EXCEPTION_FAILURE;
  else if (count == 0 || count > (bits ? 2000 : 125))
    *code = COMMS_EXCEPTION_VALUE;
  else if (start < first || start + count > end)
    *code = COMMS_EXCEPTION_ADDRESS;
  else
    return unit->image[table].words + (start - first);
  return NULL;
}

guint8
sim_unit_read (const SimUnit *unit, GdpTable table, guint16 start, guint16 count, guint16 *values)
{
  guint8 code = 0;
  const guint16 *words = locate (unit, table, start, count, &code);
  if (words)
    memcpy (values, words, count * sizeof *values);
  return code;
}

guint8
sim_unit_write (SimUnit *unit, GdpTable table, guint16 start, guint16 count, const guint16 *values)
{
  guint8 code = 0;
  guint16 *words = locate (unit, table, start, count, &code);
  if (words)
    memcpy (words, values, count * sizeof *values);
  for (guint i = 0; words && table == GDP_TABLE_COILS && i < count; i++)
    if (start + i < 8 && !sim_unit_switch (unit, start + i, values[i] != 0))
      words[i] = !values[i];
  return code;
}

gboolean
sim_unit_switch (SimUnit *unit, guint output, gboolean on)
{
  guint8 bit = 1 << output;
  if (!(unit->stuck_outputs & bit))
    unit->station.outputs = on ? unit->station.outputs | bit : unit->station.outputs & ~bit;
  return ((unit->station.outputs & bit) != 0) == on;
}

guint16
sim_unit_peek (const SimUnit *unit, GdpTable table, guint16 address)
{
  guint first = unit->image[table].first;
  return address >= first && address < first + unit->image[table].count ? unit->image[table].words[address - first]
                                                                        : 0;
}

gboolean
sim_unit_senses (const SimUnit *unit, GdpTable table, guint16 address)
{
  for (guint i = 0; i < unit->n_sensors; i++)
    if (unit->sensors[i].reg->table == table && unit->sensors[i].reg->address == address)
      return TRUE;
  return FALSE;
}

double
sim_unit_signal (SimUnit *unit)
{
  return unit->signal + FADING * sim_chance_normal (&unit->fading);
}

double
sim_unit_weakness (const SimUnit *unit)
{
  return CLAMP ((WEAK_SIGNAL - unit->signal) / (WEAK_SIGNAL - SIM_DEAF_SIGNAL), 0, 1);
}

double
sim_unit_spoils (const SimUnit *unit, double told, gboolean radio)
{
  return MAX (MAX (told, unit->line_faults), radio ? WEAK_FAULTS * sim_unit_weakness (unit) : 0);
}

gboolean
sim_unit_fades (const SimUnit *unit, guint64 *chance)
{
  double weakness = sim_unit_weakness (unit);
  return weakness > 0 && sim_chance_uniform (chance) < weakness * BREAKS;
}

static SimSensor *
find_sensor (const SimUnit *unit, const char *tag)
{
  for (guint i = 0; i < unit->n_sensors; i++)
    if (strcmp (gdp_point_tag (unit->sensors[i].point), tag) == 0)
      return &unit->sensors[i];
  return NULL;
}

gboolean
sim_unit_break_sensor (SimUnit *unit, const char *tag, SimSensorFault fault)
{
  SimSensor *sensor = find_sensor (unit, tag);
  if (sensor)
    sensor->fault = fault;
  return sensor != NULL;
}

gboolean
sim_unit_has_sensor (const SimUnit *unit, const char *tag)
{
  return find_sensor (unit, tag) != NULL;
}

char *
sim_unit_tags (const SimUnit *unit)
{
  GString *tags = g_string_new (NULL);
  for (guint i = 0; i < unit->n_sensors; i++)
    g_string_append_printf (tags, "%s%s", i ? ", " : "", gdp_point_tag (unit->sensors[i].point));
  return g_string_free (tags, FALSE);
}

void
sim_unit_recover (SimUnit *unit)
{
  sim_station_recover (&unit->station);
  unit->exception = FALSE;
  unit->silent_until = unit->offline_until = 0;
  unit->signal = SIM_USUAL_SIGNAL;
  unit->wire = unit->cover = 0;
  unit->magnet = SIM_NOT_FITTED;
  unit->doubles = unit->firmware_fails = unit->firmware_spoiled = FALSE;
  unit->stuck_outputs = 0;
  unit->line_faults = 0;
  for (guint i = 0; i < unit->n_sensors; i++)
    unit->sensors[i].fault = SIM_SENSOR_WORKS;
}

const char *
sim_unit_site_id (const SimUnit *unit)
{
  return unit->network->sites[unit->network->units[unit->unit].site].id;
}
