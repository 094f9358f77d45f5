/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt.h"

#include <math.h>
#include <string.h>

#include "chance.h"
#include "gdp/settings.h"

#define DRIFT_PPM     20.0     /* standard deviation between units, as of a watch crystal in a cold cabinet */
#define LOOP_LOW      3600     /* µA: NE 43, the loop is broken or its transmitter says that it is */
#define LOOP_HIGH     21000
#define BATTERY_LOW   0.94     /* of nominal */
#define HOUR          3600.0
#define DAY           86400.0

/* ---- measuring --------------------------------------------------------------------------------- */

static guint32
bit_of (guint channel)
{
  return 1u << (channel - 1);
}

static guint8
contacts (const SimUnit *unit)
{
  guint8 byte = 0;
  for (guint i = 0; i < 8; i++)
    byte |= (sim_unit_peek (unit, GDP_TABLE_REPORT_BITS, i) != 0) << i;
  return byte;
}

/* Stops at the ends of what the channel can carry; beyond them stands "not available". */
static void
put (CommsBbtReport *report, guint channel, double raw)
{
  const CommsBbtChannelInfo *info = comms_bbt_channel (channel);
  double low = info->is_signed ? -(1 << (8 * info->bytes - 1)) : 0;
  double high = low + (1 << 8 * info->bytes) - 1 - (info->has_missing ? 1 : 0);
  report->values[channel - 1] = lrint (CLAMP (raw, low, high));
}

/* Its own telemetry, and what its UPMP has measured. */
static void
measure (SimBbt *bbt, gint64 now)
{
  const SimStation *station = &bbt->unit->station;
  CommsBbtReport *report = &bbt->now;
  double volts = sim_battery_voltage (&station->battery, !station->mains_lost);
  for (guint channel = COMMS_BBT_AI1; channel <= COMMS_BBT_AI8; channel++)
    report->values[channel - 1] = sim_unit_peek (bbt->unit, GDP_TABLE_REPORT_VALUES, channel);
  put (report, COMMS_BBT_DI, contacts (bbt->unit));
  put (report, COMMS_BBT_DO, station->outputs);
  put (report, COMMS_BBT_MAINS, station->mains * 10);
  put (report, COMMS_BBT_BATTERY, volts * 1000);
  put (report, COMMS_BBT_SIGNAL, sim_unit_signal (bbt->unit));
  put (report, COMMS_BBT_TEMPERATURE, station->auxiliary * 10);
  put (report, COMMS_BBT_SOLAR, volts > 0 ? station->sun / volts * 1000 : 0);
  put (report, COMMS_BBT_CONSUMPTION, volts > 0 ? station->load / volts * 10000 : 0);
  report->mask = bbt->mask;
  report->time = sim_rtc_read (&bbt->clock, now) / 1000 * 1000;
  report->status = bbt->clock.era << 4 | (bbt->silent ? COMMS_BBT_STATUS_SILENT : 0);
}

void
sim_bbt_report (const SimBbt *bbt, CommsBbtReport *report)
{
  *report = bbt->now;
  for (guint channel = 1; channel <= COMMS_BBT_CHANNELS; channel++)
    if (!(report->mask & bit_of (channel)))
      report->values[channel - 1] = 0;
}

/* What is wired, and what a BBT always has. */
static guint32
fitted (const SimBbt *bbt)
{
  guint32 mask = bit_of (COMMS_BBT_DI) | bit_of (COMMS_BBT_DO) | bit_of (COMMS_BBT_MAINS)
               | bit_of (COMMS_BBT_BATTERY) | bit_of (COMMS_BBT_SIGNAL) | bit_of (COMMS_BBT_TEMPERATURE)
               | bit_of (COMMS_BBT_CONSUMPTION);
  for (guint channel = COMMS_BBT_AI1; channel <= COMMS_BBT_AI8; channel++)
    if (sim_unit_senses (bbt->unit, GDP_TABLE_REPORT_VALUES, channel))
      mask |= bit_of (channel);
  return bbt->unit->station.design.solar ? mask | bit_of (COMMS_BBT_SOLAR) : mask;
}

/* ---- events ---------------------------------------------------------------------------------------- */

void
sim_bbt_want_call (SimBbt *bbt, CommsBbtCause cause)
{
  if (bbt->call < 0)
    bbt->call = cause;
}

void
sim_bbt_event (SimBbt *bbt, CommsBbtEventCode code, guint8 channel, guint8 bit, guint32 detail, guint32 mask,
               gint64 now)
{
  CommsBbtMessage message = { .type = COMMS_BBT_EVENT };
  message.event = (CommsBbtEvent) { .report = bbt->now, .code = code, .channel = channel, .bit = bit,
                                    .detail = detail };
  message.event.report.mask = mask & bbt->mask;
  message.event.report.time = sim_rtc_read (&bbt->clock, now) / 1000 * 1000;
  message.event.report.status = bbt->clock.era << 4 | (bbt->silent ? COMMS_BBT_STATUS_SILENT : 0);
  sim_recorder_event (&bbt->memory, &message);
}

/* Of what a threshold compares. */
static double
number_of (guint channel, gint32 raw)
{
  float single;
  if (channel < COMMS_BBT_EXT1)
    return raw;
  memcpy (&single, &raw, sizeof single);
  return single;
}

static void
judge (SimBbt *bbt, guint i, gint64 now)
{
  const CommsBbtThreshold *threshold = &bbt->settings->thresholds[i];
  guint channel = threshold->channel;
  if (!comms_bbt_report_has (&bbt->now, channel) || (bbt->silent && channel <= COMMS_BBT_DO))
    return;
  double value = number_of (channel, bbt->now.values[channel - 1]);
  guint8 above = threshold->used & 2 && value > number_of (channel, threshold->max) ? 1 : 0;
  guint8 crossed = threshold->used & 1 && value < number_of (channel, threshold->min) ? 2 : above;
  if (crossed == bbt->crossed[i])
    return;
  static const CommsBbtEventCode codes[] = { COMMS_BBT_EVENT_WITHIN, COMMS_BBT_EVENT_ABOVE,
                                             COMMS_BBT_EVENT_BELOW };
  const guint32 details[] = { 0, threshold->max, threshold->min };
  bbt->crossed[i] = crossed;
  sim_bbt_event (bbt, codes[crossed], channel, 0, details[crossed], bit_of (channel) | bit_of (COMMS_BBT_DI), now);
  sim_bbt_want_call (bbt, COMMS_BBT_CAUSE_THRESHOLD);
}

static void
watch_loops (SimBbt *bbt, gint64 now)
{
  for (guint channel = COMMS_BBT_AI1; channel <= COMMS_BBT_AI8 && !bbt->silent; channel++) {
    gint32 current = bbt->now.values[channel - 1];
    guint8 bit = 1 << (channel - 1);
    gboolean bad = bbt->mask & bit_of (channel) && (current < LOOP_LOW || current > LOOP_HIGH);
    if (bad && !(bbt->loops & bit)) {
      sim_bbt_event (bbt, COMMS_BBT_EVENT_LOOP_FAULT, channel, 0, current, bit_of (channel), now);
      sim_bbt_want_call (bbt, COMMS_BBT_CAUSE_ALARM_INPUT);
    }
    bbt->loops = bad ? bbt->loops | bit : bbt->loops & ~bit;
  }
}

static void
watch_contacts (SimBbt *bbt, guint8 before, gint64 now)
{
  guint8 after = bbt->now.values[COMMS_BBT_DI - 1], changed = bbt->silent ? 0 : before ^ after;
  for (guint bit = 0; changed >> bit; bit++)
    if (changed >> bit & 1) {
      sim_bbt_event (bbt, COMMS_BBT_EVENT_CONTACT, COMMS_BBT_DI, bit, after >> bit & 1, bit_of (COMMS_BBT_DI), now);
      sim_bbt_want_call (bbt, COMMS_BBT_CAUSE_ALARM_INPUT);
    }
}

static void
watch_supply (SimBbt *bbt, gint64 now)
{
  const SimStation *station = &bbt->unit->station;
  guint32 mask = bit_of (COMMS_BBT_MAINS) | bit_of (COMMS_BBT_BATTERY);
  gint32 millivolts = bbt->now.values[COMMS_BBT_BATTERY - 1];
  gboolean low = station->battery.chemistry && millivolts < station->battery.nominal * 1000 * BATTERY_LOW;
  if (bbt->mains == station->mains_lost) {
    bbt->mains = !station->mains_lost;
    sim_bbt_event (bbt, bbt->mains ? COMMS_BBT_EVENT_MAINS_BACK : COMMS_BBT_EVENT_MAINS_LOST, 0, 0, 0, mask, now);
    sim_bbt_want_call (bbt, COMMS_BBT_CAUSE_SUPPLY);
  }
  if (low && !bbt->battery_low) {
    sim_bbt_event (bbt, COMMS_BBT_EVENT_BATTERY_LOW, COMMS_BBT_BATTERY, 0, millivolts, mask, now);
    sim_bbt_want_call (bbt, COMMS_BBT_CAUSE_SUPPLY);
  }
  bbt->battery_low = low;
}

static void
watch_tampering (SimBbt *bbt, gint64 now)
{
  const SimUnit *unit = bbt->unit;
  if (bbt->wire != unit->wire || bbt->cover != unit->cover || bbt->magnet != unit->magnet) {
    CommsBbtMessage message = { .type = COMMS_BBT_SABOTAGE };
    message.sabotage = (CommsBbtSabotage) {
      .time = sim_rtc_read (&bbt->clock, now) / 1000 * 1000, .status = bbt->clock.era << 4,
      .wire = bbt->wire = unit->wire, .cover = bbt->cover = unit->cover, .magnet = bbt->magnet = unit->magnet };
    sim_recorder_event (&bbt->memory, &message);
    sim_bbt_want_call (bbt, COMMS_BBT_CAUSE_TAMPER);
  }
  if (bbt->button != unit->button) {
    bbt->button = unit->button;
    sim_bbt_event (bbt, COMMS_BBT_EVENT_BUTTON, 0, 0, 0, 0, now);
    sim_bbt_want_call (bbt, COMMS_BBT_CAUSE_BUTTON);
  }
}

static void
watch_module (SimBbt *bbt, gint64 now)
{
  gboolean silent = bbt->unit->exception || bbt->unit->station.time < bbt->unit->silent_until;
  if (silent == bbt->silent)
    return;
  bbt->silent = silent;
  sim_bbt_event (bbt, silent ? COMMS_BBT_EVENT_MODULE_SILENT : COMMS_BBT_EVENT_MODULE_BACK, 0, 0, 0, 0, now);
  sim_bbt_want_call (bbt, COMMS_BBT_CAUSE_ALARM_INPUT);
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

/* A period as the unit's clock has it: whole seconds, so that rows stand evenly. */
static gint64
row_period (const SimBbt *bbt, double seconds)
{
  return MAX (rint (seconds / bbt->hurry), 1) * GDP_SECOND;
}

static void
add_to_means (SimBbt *bbt, SimMeans *means)
{
  for (guint i = 0; i < G_N_ELEMENTS (means->sum); i++)
    means->sum[i] += bbt->now.values[i];
  means->n++;
}

/* A mean is dropped where the clock has gone back: nobody could say of which time it is. */
static void
close_means (SimBbt *bbt, SimMeans *means, CommsBbtStream stream, double seconds)
{
  gint64 period = row_period (bbt, seconds), begin = bbt->now.time / period * period;
  if (begin == means->begin)
    return;
  if (begin > means->begin && means->n > 0) {
    CommsBbtReport row;
    sim_bbt_report (bbt, &row);
    for (guint i = 0; i < G_N_ELEMENTS (means->sum); i++)
      if (row.mask >> i & 1 && i != COMMS_BBT_DI - 1 && i != COMMS_BBT_DO - 1)
        row.values[i] = lrint (means->sum[i] / means->n);
    row.time = means->begin + period;
    sim_recorder_row (&bbt->memory, stream, &row);
  }
  *means = (SimMeans) { .begin = begin };
}

/* Every meter of its passport counts what passes the station. */
static void
record_pulses (SimBbt *bbt)
{
  const GdpNetwork *network = bbt->unit->network;
  const GdpUnit *unit = &network->units[bbt->unit->unit];
  const GdpSite *site = &network->sites[unit->site];
  CommsBbtMessage message = { .type = COMMS_BBT_PULSE };
  message.pulse = (CommsBbtPulse) { .time = bbt->now.time, .status = bbt->now.status };
  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    const GdpPoint *point = &network->points[i];
    if (point->unit != bbt->unit->unit || !(point->scaling.wrap > 0) || message.pulse.n_counters == COMMS_BBT_COUNTERS)
      continue;
    const GdpRegister *reg = gdp_profile_find (unit->profile, point->channel);
    double counts = gdp_scaling_invert (&point->scaling, bbt->unit->station.gas_passed) / reg->scale;
    message.pulse.counters[message.pulse.n_counters++] = (CommsBbtCounter) {
      .input = reg->address - (GDP_REPORT_PULSE1 - 1), .count = (guint32) (gint64) counts };
  }
  if (message.pulse.n_counters > 0)
    sim_recorder_event (&bbt->memory, &message);
}

static void
record_rows (SimBbt *bbt)
{
  guint minutes = bbt->settings ? bbt->settings->archive : gdp_settings_default ()->archive;
  gint64 period = row_period (bbt, minutes * 60.0);
  gint64 at = bbt->now.time / period * period;
  if (bbt->last_row != at) {
    CommsBbtReport row;
    sim_bbt_report (bbt, &row);
    row.time = at;
    if (bbt->last_row != 0)
      sim_recorder_row (&bbt->memory, COMMS_BBT_STREAM_ARCHIVE, &row);
    bbt->last_row = at;
    record_pulses (bbt);
  }
  close_means (bbt, &bbt->hour, COMMS_BBT_STREAM_HOURLY, HOUR);
  close_means (bbt, &bbt->day, COMMS_BBT_STREAM_DAILY, DAY);
  add_to_means (bbt, &bbt->hour);
  add_to_means (bbt, &bbt->day);
}

/* ---- the course of things ------------------------------------------------------------------------------- */

gint64
sim_bbt_period (const SimBbt *bbt, double seconds)
{
  return seconds * GDP_SECOND / bbt->hurry;
}

double
sim_bbt_polling (const SimBbt *bbt)
{
  return bbt->settings ? bbt->settings->polling : gdp_settings_default ()->polling;
}

static gboolean
in_accident (const SimBbt *bbt)
{
  for (guint i = 0; bbt->settings && i < bbt->settings->n_thresholds; i++)
    if (bbt->crossed[i])
      return TRUE;
  return FALSE;
}

/* The schedule is in simulated time, in which the day passes. */
static gint64
next_by_schedule (const SimBbt *bbt)
{
  GdpScheduleEntry entries[COMMS_BBT_ENTRIES];
  gint64 time = bbt->unit->station.time;
  guint n = bbt->schedule ? bbt->schedule->n_entries : 0;
  for (guint i = 0; i < n; i++) {
    const CommsBbtScheduleEntry *entry = &bbt->schedule->entries[i];
    gboolean once = entry->kind == COMMS_BBT_ONCE;
    entries[i] = (GdpScheduleEntry) { .kind = entry->kind, .day = entry->day, .minute = entry->minute,
                                      .second = once ? 0 : entry->date,
                                      .time = once ? entry->date * GDP_SECOND : 0 };
  }
  gint64 next = n ? gdp_schedule_next (entries, n, bbt->schedule->zone, time) : G_MAXINT64;
  return next == G_MAXINT64 ? next : (gint64) ((next - time) / bbt->hurry);
}

void
sim_bbt_plan (SimBbt *bbt, gint64 now)
{
  const GdpSettings *usual = gdp_settings_default ();
  guint confirmation = bbt->settings ? bbt->settings->confirmation : usual->confirmation;
  guint accident = bbt->settings ? bbt->settings->accident : usual->accident;
  guint minutes = in_accident (bbt) ? MIN (accident, confirmation) : confirmation;
  gint64 wait = MIN (sim_bbt_period (bbt, minutes * 60.0), next_by_schedule (bbt));
  bbt->next_call = now + wait;
}

gboolean
sim_bbt_is_reachable (const SimBbt *bbt)
{
  const SimStation *station = &bbt->unit->station;
  return station->powered && station->time >= bbt->unit->offline_until;
}

static void
take_deeds (SimBbt *bbt, gint64 now)
{
  SimUnit *unit = bbt->unit;
  if (unit->clock_error != 0)
    sim_rtc_disturb (&bbt->clock, now, unit->clock_error);
  if (!isnan (unit->clock_drift))
    sim_rtc_pull (&bbt->clock, now, unit->clock_drift);
  unit->clock_error = 0;
  unit->clock_drift = NAN;
}

static void
watch (SimBbt *bbt, guint8 contacts_before, gint64 now)
{
  watch_contacts (bbt, contacts_before, now);
  watch_supply (bbt, now);
  watch_loops (bbt, now);
  for (guint i = 0; bbt->settings && i < bbt->settings->n_thresholds; i++)
    judge (bbt, i, now);
  record_rows (bbt);
  guint lost = sim_recorder_overflow (&bbt->memory);
  if (lost > 0)
    sim_bbt_event (bbt, COMMS_BBT_EVENT_OVERFLOW, 0, 0, lost, 0, now);
}

void
sim_bbt_step (SimBbt *bbt, gint64 now)
{
  gboolean power = bbt->unit->station.powered;
  if (power && !bbt->had_power) {
    sim_rtc_lose (&bbt->clock, now);
    sim_bbt_restart (bbt, 0, now);
  }
  bbt->had_power = power;
  if (!power || now < bbt->restarting)
    return;
  if (bbt->restarting != 0) {
    bbt->restarting = 0;
    sim_bbt_restart (bbt, 3, now);
  }
  if (bbt->restarts != bbt->unit->restarts) {
    bbt->restarts = bbt->unit->restarts;
    sim_bbt_restart (bbt, 1, now);
  }
  take_deeds (bbt, now);
  watch_tampering (bbt, now);
  watch_module (bbt, now);
  /* Contacts interrupt; currents are measured every polling period. */
  gboolean moved = contacts (bbt->unit) != bbt->now.values[COMMS_BBT_DI - 1] && !bbt->silent;
  if (now < bbt->next_measure && !moved)
    return;
  if (now >= bbt->next_measure)
    bbt->next_measure = now + sim_bbt_period (bbt, sim_bbt_polling (bbt));
  guint8 before = bbt->now.values[COMMS_BBT_DI - 1];
  measure (bbt, now);
  watch (bbt, before, now);
}

void
sim_bbt_set_clock (SimBbt *bbt, gint64 right, gint64 now)
{
  gint64 old = sim_rtc_read (&bbt->clock, now);
  if (sim_rtc_set (&bbt->clock, now, right))
    sim_bbt_event (bbt, COMMS_BBT_EVENT_CLOCK_SET, 0, 0, CLAMP (old / GDP_SECOND, 0, G_MAXUINT32), 0, now);
}

void
sim_bbt_restart (SimBbt *bbt, guint cause, gint64 now)
{
  gboolean fails = bbt->unit->firmware_fails;
  sim_recorder_boot (&bbt->memory);
  bbt->live = 0;
  bbt->selected = bbt->operated = (SimSelection) { 0 };
  sim_bbt_event (bbt, COMMS_BBT_EVENT_STARTED, 0, 0, cause, 0, now);
  if (cause == 3) {
    guint32 version = bbt->installing[0] << 24 | bbt->installing[1] << 16 | bbt->installing[2] << 8;
    if (!fails)
      memcpy (bbt->firmware, bbt->installing, sizeof bbt->firmware);
    sim_bbt_event (bbt, fails ? COMMS_BBT_EVENT_NOT_INSTALLED : COMMS_BBT_EVENT_INSTALLED, 0, 0, version, 0, now);
  }
  sim_bbt_want_call (bbt, COMMS_BBT_CAUSE_POWER_ON);
}

void
sim_bbt_ident (const SimBbt *bbt, CommsBbtCause cause, gint64 now, CommsBbtIdent *ident)
{
  const SimStation *station = &bbt->unit->station;
  const gint32 *values = bbt->now.values;
  *ident = (CommsBbtIdent) {
    .model = "BBT-1", .firmware = { bbt->firmware[0], bbt->firmware[1], bbt->firmware[2] },
    .hardware = SIM_BBT_HARDWARE, .imei = G_GUINT64_CONSTANT (861000000000000) + bbt->unit->unit,
    .boot = bbt->memory.boot, .time = sim_rtc_read (&bbt->clock, now) / 1000 * 1000,
    .clock = sim_rtc_byte (&bbt->clock, now),
    .battery = station->battery.chemistry ? values[COMMS_BBT_BATTERY - 1] : 0xFFFF,
    .mains = values[COMMS_BBT_MAINS - 1], .signal = values[COMMS_BBT_SIGNAL - 1],
    .temperature = CLAMP (lrint (station->auxiliary), -128, 126),
    .schedule_revision = bbt->schedule ? bbt->schedule->revision : 0,
    .settings_revision = bbt->settings ? bbt->settings->revision : 0,
    .oldest = sim_recorder_oldest (&bbt->memory), .waiting = sim_recorder_waiting (&bbt->memory),
    .cause = cause,
  };
  g_strlcpy (ident->serial, bbt->link->serial, sizeof ident->serial);
  g_snprintf (ident->iccid, sizeof ident->iccid, "8970102%012u", bbt->unit->unit);
  ident->supply = (station->mains_lost ? 0 : COMMS_BBT_SUPPLY_MAINS)
                | (station->battery.chemistry ? COMMS_BBT_SUPPLY_BATTERY : 0)
                | (!station->mains_lost || station->sun > station->load ? COMMS_BBT_SUPPLY_CHARGING : 0)
                | (station->design.solar ? COMMS_BBT_SUPPLY_SOLAR : 0);
  ident->flags = (bbt->memory.lost ? COMMS_BBT_UNIT_LOST_RECORDS : 0)
               | (bbt->wire == 1 || bbt->wire == 2 || bbt->cover == 1 || bbt->magnet == 1
                  ? COMMS_BBT_UNIT_TAMPERED : 0)
               | (bbt->stays ? COMMS_BBT_UNIT_STAYS : 0);
}

/* ---- the unit -------------------------------------------------------------------------------------------- */

void
sim_bbt_key (guint64 seed, const char *serial, guint8 key[32])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = g_strdup_printf ("gdp-sim key %" G_GUINT64_FORMAT " %s", seed, serial);
  gsize length = 32;
  g_checksum_update (sum, (const guint8 *) text, -1);
  g_checksum_get_digest (sum, key, &length);
}

/* Seconds since 2020: a simulator that is started again has forgotten its counters, and what it numbered anew
 * under a boot that the server knows would pass for resends. */
static guint32
first_boot (gint64 now)
{
  const gint64 year_2020 = 1577836800;

  return MAX (1, now / G_USEC_PER_SEC - year_2020);
}

SimBbt *
sim_bbt_new (SimUnit *unit, guint64 seed, double hurry, gint64 now)
{
  const GdpNetwork *network = unit->network;
  SimBbt *bbt = g_new0 (SimBbt, 1);
  guint64 chance = sim_chance_seed (seed, 2000000 + unit->unit);
  bbt->unit = unit;
  bbt->link = &network->links[network->units[unit->unit].link];
  bbt->hurry = hurry;
  bbt->stays = bbt->link->stays_connected;
  bbt->firmware[0] = 1;
  sim_bbt_key (seed, bbt->link->serial, bbt->key);
  sim_rtc_init (&bbt->clock, now, DRIFT_PPM * sim_chance_normal (&chance));
  sim_recorder_init (&bbt->memory, first_boot (now));
  bbt->wire = unit->wire;
  bbt->cover = unit->cover;
  bbt->magnet = unit->magnet;
  bbt->button = unit->button;
  bbt->restarts = unit->restarts;
  bbt->mask = fitted (bbt);
  bbt->mains = !unit->station.mains_lost;
  bbt->had_power = TRUE;
  /* Units do not measure all at once. */
  bbt->next_measure = now + sim_bbt_period (bbt, sim_chance_uniform (&chance) * sim_bbt_polling (bbt));
  measure (bbt, now);
  bbt->call = -1;
  sim_bbt_event (bbt, COMMS_BBT_EVENT_STARTED, 0, 0, 0, 0, now);
  sim_bbt_want_call (bbt, COMMS_BBT_CAUSE_POWER_ON);
  return bbt;
}

void
sim_bbt_free (SimBbt *bbt)
{
  sim_recorder_clear (&bbt->memory);
  g_clear_pointer (&bbt->slaves, g_ptr_array_unref);
  g_clear_pointer (&bbt->image.data, g_byte_array_unref);
  g_free (bbt->settings);
  g_free (bbt->schedule);
  g_free (bbt);
}
