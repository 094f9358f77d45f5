/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "phrase.h"

#include <math.h>
#include <string.h>

G_DEFINE_QUARK (sim-scenario-error-quark, sim_scenario_error)

struct SimPhrase {
  const char *words;    /* capitals are blanks */
  void      (*act) (SimUnit *unit, const SimDeed *deed, int value);
  int         value;    /* what @act is to do: a state, a fault, a factor */
};

/* ---- what phrases do ------------------------------------------------------------------------- */

/* The lines that a deed means: [first, end). */
static guint
first_line (const SimDeed *deed)
{
  return deed->line ? deed->line - 1 : 0;
}

static guint
end_line (const SimUnit *unit, const SimDeed *deed)
{
  return deed->line ? deed->line : unit->station.design.lines;
}

static void
slam_shut (SimUnit *unit, const SimDeed *deed, int trip)
{
  for (guint i = first_line (deed); i < end_line (unit, deed); i++)
    (trip ? sim_station_trip : sim_station_reset) (&unit->station, i);
}

static void
valve (SimUnit *unit, const SimDeed *deed, int open)
{
  for (guint i = first_line (deed); i < end_line (unit, deed); i++)
    unit->station.line[i].valve_open = open;
}

static void
regulator (SimUnit *unit, const SimDeed *deed, int condition)
{
  for (guint i = first_line (deed); i < end_line (unit, deed); i++)
    unit->station.line[i].regulator = condition;
}

static void mains        (SimUnit *u, const SimDeed *d, int lost)  { u->station.mains_lost = lost; }
static void process_door (SimUnit *u, const SimDeed *d, int open)  { u->station.door_open[0] = open; }
static void other_door   (SimUnit *u, const SimDeed *d, int open)  { u->station.door_open[1] = open; }
static void usual_leak   (SimUnit *u, const SimDeed *d, int rate)  { u->station.leak = rate; }
static void given_leak   (SimUnit *u, const SimDeed *d, int value) { u->station.leak = d->number; }
static void inlet_falls  (SimUnit *u, const SimDeed *d, int k) { u->station.inlet_fallen = d->number * k; }
static void inlet_back   (SimUnit *u, const SimDeed *d, int value) { u->station.inlet_fallen = NAN; }
static void exceptions   (SimUnit *u, const SimDeed *d, int on)    { u->exception = on; }
static void everything   (SimUnit *u, const SimDeed *d, int value) { sim_unit_recover (u); }

static void
banging_door (SimUnit *unit, const SimDeed *deed, int bangs)
{
  unit->station.door_bangs = bangs;
  unit->station.door_open[0] = FALSE;
}

static void
sensor (SimUnit *unit, const SimDeed *deed, int fault)
{
  sim_unit_break_sensor (unit, deed->tag, fault);
}

static void
filter (SimUnit *unit, const SimDeed *deed, int clogs)
{
  unit->station.clogging = clogs;
  if (!clogs)
    unit->station.dirt = 0;
}

/* With no duration given: a minute, as a modem takes to find its network again. */
static gint64
until (const SimUnit *unit, const SimDeed *deed)
{
  return unit->station.time + (deed->duration ? deed->duration : 60 * GDP_SECOND);
}

static void
silence (SimUnit *unit, const SimDeed *deed, int value)
{
  unit->silent_until = until (unit, deed);
}

static void
silent_for_good (SimUnit *unit, const SimDeed *deed, int silent)
{
  unit->silent_until = silent ? G_MAXINT64 : 0;
}

static void
drop (SimUnit *unit, const SimDeed *deed, int value)
{
  unit->offline_until = until (unit, deed);
}

static void output_moves (SimUnit *u, const SimDeed *d, int sticks)
{
  guint8 bit = d->number >= 1 && d->number <= 8 ? 1 << ((int) d->number - 1) : 0;
  u->stuck_outputs = sticks ? u->stuck_outputs | bit : u->stuck_outputs & ~bit;
}

static void signal_falls  (SimUnit *u, const SimDeed *d, int value) { u->signal = -d->number; }
static void signal_back   (SimUnit *u, const SimDeed *d, int value) { u->signal = SIM_USUAL_SIGNAL; }
static void line_spoils   (SimUnit *u, const SimDeed *d, int value) { u->line_faults = d->number / 100; }
static void clock_jumps   (SimUnit *u, const SimDeed *d, int sign)  { u->clock_error += sign * d->duration; }
static void clock_drifts  (SimUnit *u, const SimDeed *d, int sign)  { u->clock_drift = sign * d->number; }
static void records       (SimUnit *u, const SimDeed *d, int twice) { u->doubles = twice; }
static void tamper_wire   (SimUnit *u, const SimDeed *d, int state) { u->wire = state; }
static void cover         (SimUnit *u, const SimDeed *d, int open)  { u->cover = open; }
static void magnet        (SimUnit *u, const SimDeed *d, int near)  { u->magnet = near; }
static void button        (SimUnit *u, const SimDeed *d, int value) { u->button++; }
static void restarts      (SimUnit *u, const SimDeed *d, int value) { u->restarts++; }
static void bad_firmware  (SimUnit *u, const SimDeed *d, int fails) { u->firmware_fails = fails; }
static void spoils        (SimUnit *u, const SimDeed *d, int value) { u->firmware_spoiled = value; }

static void
charge (SimUnit *unit, const SimDeed *deed, int value)
{
  unit->station.battery.charge = MIN (deed->number, 100) / 100;
}

static const SimPhrase phrases[] = {
  { "slam-shut trips",                      slam_shut, TRUE },
  { "slam-shut line LINE trips",            slam_shut, TRUE },
  { "slam-shut resets",                     slam_shut, FALSE },
  { "slam-shut line LINE resets",           slam_shut, FALSE },
  { "regulator line LINE opens",            regulator, SIM_REGULATOR_OPEN },
  { "regulator line LINE creeps",           regulator, SIM_REGULATOR_CREEPS },
  { "regulator line LINE shuts",            regulator, SIM_REGULATOR_SHUT },
  { "regulator line LINE recovers",         regulator, SIM_REGULATOR_WORKS },
  { "valve line LINE opens",                valve, TRUE },
  { "valve line LINE closes",               valve, FALSE },
  { "inlet falls to NUMBER kPa",            inlet_falls, 1 },
  { "inlet falls to NUMBER MPa",            inlet_falls, 1000 },
  { "inlet recovers",                       inlet_back, 0 },
  { "filter clogs",                         filter, TRUE },
  { "filter cleaned",                       filter, FALSE },
  { "mains lost",                           mains, TRUE },
  { "mains returns",                        mains, FALSE },
  { "door opens",                           process_door, TRUE },
  { "door closes",                          process_door, FALSE },
  { "door bangs",                           banging_door, TRUE },      /* in the wind, every six seconds */
  { "door is latched",                      banging_door, FALSE },
  { "door process opens",                   process_door, TRUE },
  { "door process closes",                  process_door, FALSE },
  { "door auxiliary opens",                 other_door, TRUE },
  { "door auxiliary closes",                other_door, FALSE },
  { "gas leak starts",                      usual_leak, 10 },      /* % LEL a minute */
  { "gas leak starts NUMBER",               given_leak, 0 },
  { "gas leak stops",                       usual_leak, 0 },
  { "sensor TAG sticks",                    sensor, SIM_SENSOR_STUCK },
  { "sensor TAG breaks",                    sensor, SIM_SENSOR_BROKEN },
  { "sensor TAG fails low",                 sensor, SIM_SENSOR_LOW },
  { "sensor TAG fails high",                sensor, SIM_SENSOR_HIGH },
  { "sensor TAG recovers",                  sensor, SIM_SENSOR_WORKS },
  { "modem drops",                          drop, 0 },
  { "modem drops for DURATION",             drop, 0 },
  { "modem is silent for DURATION",         silence, 0 },
  { "unit is silent for DURATION",          silence, 0 },
  { "unit falls silent",                    silent_for_good, TRUE },
  { "unit answers again",                   silent_for_good, FALSE },
  { "unit exception",                       exceptions, TRUE },
  { "unit recovers",                        exceptions, FALSE },
  { "battery holds NUMBER percent",         charge, 0 },
  { "signal falls to NUMBER",               signal_falls, 0 },       /* dBm below zero */
  { "signal recovers",                      signal_back, 0 },
  { "line spoils NUMBER percent",           line_spoils, 0 },        /* of its frames, of a slave's answers */
  { "clock jumps ahead DURATION",           clock_jumps, 1 },        /* a BBT's, from here on */
  { "clock jumps back DURATION",            clock_jumps, -1 },
  { "clock gains NUMBER ppm",               clock_drifts, 1 },
  { "clock loses NUMBER ppm",               clock_drifts, -1 },
  { "records come twice",                   records, TRUE },
  { "records come once",                    records, FALSE },
  { "wire cut",                             tamper_wire, 1 },        /* the sabotage wire */
  { "wire shorted",                         tamper_wire, 2 },
  { "wire repaired",                        tamper_wire, 0 },
  { "cover opens",                          cover, TRUE },
  { "cover closes",                         cover, FALSE },
  { "magnet comes near",                    magnet, TRUE },
  { "magnet goes away",                     magnet, FALSE },
  { "button pressed",                       button, 0 },
  { "output NUMBER sticks",                 output_moves, TRUE },    /* 1 to 8 */
  { "output NUMBER moves again",            output_moves, FALSE },
  { "firmware will fail",                   bad_firmware, TRUE },
  { "firmware will run",                    bad_firmware, FALSE },
  { "firmware will be spoiled",             spoils, TRUE },          /* in the unit's memory */
  { "firmware will be whole",               spoils, FALSE },
  { "unit restarts",                        restarts, 0 },
  { "everything recovers",                  everything, 0 },
};

/* ---- blanks ------------------------------------------------------------------------------------ */

gboolean
sim_duration_parse (const char *word, gint64 *duration)
{
  static const struct { const char *suffix; gint64 us; } units[] = {
    { "ms", 1000 }, { "s", GDP_SECOND }, { "m", 60 * GDP_SECOND }, { "h", 3600 * GDP_SECOND },
  };
  double sum = 0;
  do {
    char *end;
    guint unit = 0;
    double number = g_ascii_isdigit (*word) ? g_ascii_strtod (word, &end) : NAN;
    if (!isfinite (number))
      return FALSE;
    while (unit < G_N_ELEMENTS (units) && !g_str_has_prefix (end, units[unit].suffix))
      unit++;
    if (unit == G_N_ELEMENTS (units))
      return FALSE;
    sum += number * units[unit].us;
    word = end + strlen (units[unit].suffix);
  } while (*word);
  if (sum < 1000 || sum > 366.0 * 86400 * GDP_SECOND)
    return FALSE;
  *duration = (gint64) sum;
  return TRUE;
}

static gboolean
fill_line (const char *word, SimDeed *deed)
{
  deed->line = word[0] >= '1' && word[0] < '1' + SIM_LINES && !word[1] ? word[0] - '0' : 0;
  return deed->line > 0;
}

static gboolean
fill_number (const char *word, SimDeed *deed)
{
  char *end;
  deed->number = g_ascii_strtod (word, &end);
  return end != word && *end == '\0' && isfinite (deed->number) && deed->number >= 0;
}

static gboolean
fill_duration (const char *word, SimDeed *deed)
{
  return sim_duration_parse (word, &deed->duration);
}

static gboolean
fill_tag (const char *word, SimDeed *deed)
{
  g_free (deed->tag);
  deed->tag = g_strdup (word);
  return TRUE;
}

static const struct {
  const char *blank, *hint;
  gboolean  (*fill) (const char *word, SimDeed *deed);
} blanks[] = {
  { "LINE",     "1, 2",                               fill_line },
  { "NUMBER",   "a number, 0 or more",                fill_number },
  { "DURATION", "a duration such as 30s, 1m30s, 2h",  fill_duration },
  { "TAG",      "a point's tag such as outlet1",      fill_tag },
};

/* Row of @blanks, or -1 when @word stands for itself. */
static int
blank_of (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (blanks); i++)
    if (strcmp (blanks[i].blank, word) == 0)
      return i;
  return -1;
}

/* ---- matching ------------------------------------------------------------------------------------ */

/* How many of @words, from the first on, fit @phrase; whatever blanks they fill are left in @deed.
 * @next: (out): the phrase's word that the first misfit met, NULL when the phrase was at its end. */
static guint
fitting (char **phrase, const char *const *words, SimDeed *deed, const char **next)
{
  guint n = 0;
  for (; phrase[n] && words[n]; n++) {
    int blank = blank_of (phrase[n]);
    if (blank < 0 ? strcmp (phrase[n], words[n]) != 0 : !blanks[blank].fill (words[n], deed))
      break;
  }
  *next = phrase[n];
  return n;
}

static void
collect (GString *expected, const char *word)
{
  int blank = word ? blank_of (word) : -1;
  const char *hint = !word ? "the end of the line" : blank >= 0 ? blanks[blank].hint : word;
  g_auto (GStrv) already = g_strsplit (expected->str, "; ", -1);
  if (g_strv_contains ((const char *const *) already, hint))
    return;
  g_string_append_printf (expected, "%s%s", expected->len ? "; " : "", hint);
}

/* Names the word after which nothing fits, and what would. */
static void
complain (const char *const *words, guint n, const char *expected, GError **error)
{
  g_autofree char *after = n ? g_strdup_printf (" after \"%s\"", words[n - 1]) : g_strdup ("");
  if (words[n])
    g_set_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_WORD,
                 "\"%s\" is not known%s; known here: %s", words[n], after, expected);
  else
    g_set_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_WORD,
                 "the line ends too early%s; known here: %s", after, expected);
}

gboolean
sim_deed_parse (const char *const *words, SimDeed *deed, GError **error)
{
  g_autoptr (GString) expected = g_string_new (NULL);
  guint best = 0;
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++) {
    g_auto (GStrv) phrase = g_strsplit (phrases[i].words, " ", -1);
    const char *next;
    *deed = (SimDeed) { .phrase = &phrases[i] };
    guint n = fitting (phrase, words, deed, &next);
    if (!next && !words[n])
      return TRUE;
    sim_deed_clear (deed);
    if (n > best)
      g_string_truncate (expected, 0);
    if (n >= best)
      collect (expected, next);
    best = MAX (best, n);
  }
  complain (words, best, expected->str, error);
  return FALSE;
}

void
sim_deed_clear (SimDeed *deed)
{
  g_clear_pointer (&deed->tag, g_free);
}

gboolean
sim_deed_fits (const SimDeed *deed, const SimUnit *unit, GError **error)
{
  const char *site = sim_unit_site_id (unit);
  if (deed->line > unit->station.design.lines) {
    g_set_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_SITE, "%s has no line %u", site, deed->line);
    return FALSE;
  }
  if (deed->tag && !sim_unit_has_sensor (unit, deed->tag)) {
    g_autofree char *tags = sim_unit_tags (unit);
    g_set_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_SITE, "%s has no sensor \"%s\"; it has: %s",
                 site, deed->tag, tags);
    return FALSE;
  }
  return TRUE;
}

void
sim_deed_do (const SimDeed *deed, SimUnit *unit)
{
  deed->phrase->act (unit, deed, deed->phrase->value);
}

char *
sim_phrases (void)
{
  GString *list = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    g_string_append_printf (list, "  %s\n", phrases[i].words);
  return g_string_free (list, FALSE);
}
