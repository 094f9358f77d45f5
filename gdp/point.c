/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "point.h"

#include <math.h>
#include <string.h>

#include "words.h"

/* xgettext:no-c-format */
#define PERCENT_LEL N_("% LEL")

#define ANALOG(word, label, unit, resolution)  { word, label, unit, resolution, FALSE, { NULL, NULL } }
#define DISCRETE(word, label, state0, state1)  { word, label, "", 1.0, TRUE, { state0, state1 } }

/* Resolutions: what a 0.25–0.5 % transmitter on the usual range can tell apart. */
static const GdpPointKindInfo kinds[GDP_N_POINT_KINDS] = {
  [GDP_POINT_INLET_PRESSURE]    = ANALOG ("inlet-pressure",    N_("Inlet pressure"),            N_("MPa"),   0.001),
  [GDP_POINT_OUTLET_PRESSURE]   = ANALOG ("outlet-pressure",   N_("Outlet pressure"),           N_("kPa"),   0.01),
  [GDP_POINT_FILTER_DP]         = ANALOG ("filter-dp",         N_("Filter pressure drop"),      "kPa",   0.01),
  [GDP_POINT_GAS_TEMPERATURE]   = ANALOG ("gas-temperature",   N_("Gas temperature"),           N_("°C"),    0.1),
  [GDP_POINT_ROOM_TEMPERATURE]  = ANALOG ("room-temperature",  N_("Room temperature"),          "°C",    0.1),
  [GDP_POINT_AUX_TEMPERATURE]   = ANALOG ("aux-temperature",   N_("Auxiliary room temperature"), "°C",   0.1),
  [GDP_POINT_GAS_CONCENTRATION] = ANALOG ("gas-concentration", N_("Gas concentration"),         PERCENT_LEL, 0.1),
  [GDP_POINT_BATTERY_VOLTAGE]   = ANALOG ("battery-voltage",   N_("Battery voltage"),           N_("V"),     0.01),
  [GDP_POINT_MAINS_VOLTAGE]     = ANALOG ("mains-voltage",     N_("Mains voltage"),             "V",     1.0),
  [GDP_POINT_SIGNAL_LEVEL]      = ANALOG ("signal-level",      N_("Signal level"),              N_("dBm"),   1.0),
  [GDP_POINT_ANALOG]            = ANALOG ("analog",            N_("Measurement"),               "",      0.01),
  [GDP_POINT_SLAM_SHUT]         = DISCRETE ("slam-shut", N_("Slam-shut valve"), N_("Open"),   N_("Closed")),
  [GDP_POINT_VALVE]             = DISCRETE ("valve",     N_("Valve"),           N_("Closed"), N_("Open")),
  [GDP_POINT_DOOR]              = DISCRETE ("door",      N_("Door"),            N_("Closed"), N_("Open")),
  [GDP_POINT_AUX_DOOR]          = DISCRETE ("aux-door",  N_("Auxiliary room door"), N_("Closed"), N_("Open")),
  [GDP_POINT_MAINS]             = DISCRETE ("mains",     N_("Mains"),           N_("Lost"),   N_("Present")),
  [GDP_POINT_TAMPER]            = DISCRETE ("tamper",    N_("Tamper"),          N_("Normal"), N_("Tampered")),
  [GDP_POINT_DISCRETE]          = DISCRETE ("discrete",  N_("Discrete input"),  N_("Off"),    N_("On")),
  [GDP_POINT_OUTPUT]            = DISCRETE ("output",    N_("Output"),          N_("Off"),    N_("On")),
};

const GdpPointKindInfo *
gdp_point_kind_info (GdpPointKind kind)
{
  g_return_val_if_fail (kind < GDP_N_POINT_KINDS, &kinds[GDP_POINT_ANALOG]);
  return &kinds[kind];
}

gboolean
gdp_point_kind_parse (const char *word, GdpPointKind *kind)
{
  for (guint i = 0; i < GDP_N_POINT_KINDS; i++)
    if (g_strcmp0 (kinds[i].word, word) == 0) {
      *kind = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
gdp_point_kind_is_entry (GdpPointKind kind)
{
  return kind == GDP_POINT_DOOR || kind == GDP_POINT_AUX_DOOR || kind == GDP_POINT_TAMPER;
}

gboolean
gdp_point_is_discrete (const GdpPoint *point)
{
  return gdp_point_kind_info (point->kind)->discrete;
}

int
gdp_resolution_decimals (double resolution)
{
  int decimals = 0;

  /* Rounded to whole steps within a thousandth of one, so that 0.1's binary tail adds no digit. */
  for (double step = resolution; fabs (step - round (step)) > 1e-3 * fmin (1.0, step); step *= 10)
    if (++decimals == 9)
      break;
  return decimals;
}

const char *
gdp_point_state_name (const GdpPoint *point, double value)
{
  guint i = value != 0;
  return point->states[i] ? point->states[i] : gdp_point_kind_info (point->kind)->states[i];
}

char *
gdp_point_text (const GdpPoint *point, double value)
{
  char format[16], number[G_ASCII_DTOSTR_BUF_SIZE];
  const char *unit = point->engineering_unit ? point->engineering_unit : "";

  if (gdp_point_is_discrete (point))
    return g_strdup (gdp_point_state_name (point, value));
  g_snprintf (format, sizeof format, "%%.%df", gdp_resolution_decimals (point->resolution));
  g_ascii_formatd (number, sizeof number, format, value);
  return g_strconcat (number, *unit != '\0' ? " " : "", unit, NULL);
}

const char *
gdp_point_tag (const GdpPoint *point)
{
  const char *slash = strrchr (point->id, '/');
  return slash ? slash + 1 : point->id;
}
