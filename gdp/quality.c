/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quality.h"

#include "words.h"

/* OPC quality bytes QQSSSSLL: OPC DA 2.05a, 6.8. */
static const struct {
  GdpReason   reason;
  GdpQuality  quality;
  guint8      opc;
  const char *word, *label;
} reasons[] = {
  { GDP_REASON_NONE,             GDP_QUALITY_GOOD,      0xC0, "none",             N_("Good") },
  { GDP_REASON_FORCED,           GDP_QUALITY_GOOD,      0xD8, "forced",           N_("Forced by hand") },
  { GDP_REASON_STALE,            GDP_QUALITY_UNCERTAIN, 0x44, "stale",            N_("Stale") },
  { GDP_REASON_SUSPECT,          GDP_QUALITY_UNCERTAIN, 0x50, "suspect",          N_("Current out of range") },
  { GDP_REASON_UNDER_RANGE,      GDP_QUALITY_UNCERTAIN, 0x55, "under-range",      N_("Below range") },
  { GDP_REASON_OVER_RANGE,       GDP_QUALITY_UNCERTAIN, 0x56, "over-range",       N_("Above range") },
  { GDP_REASON_SUBSTITUTED,      GDP_QUALITY_UNCERTAIN, 0x40, "substituted",      N_("Substituted") },
  { GDP_REASON_CLOCK,            GDP_QUALITY_UNCERTAIN, 0x40, "clock",            N_("Unit's clock is wrong") },
  { GDP_REASON_AVERAGED,         GDP_QUALITY_UNCERTAIN, 0x58, "averaged",         N_("Mean over a period") },
  { GDP_REASON_WAITING,          GDP_QUALITY_BAD,       0x20, "waiting",          N_("Waiting for data") },
  { GDP_REASON_NO_COMMUNICATION, GDP_QUALITY_BAD,       0x18, "no-communication", N_("No communication") },
  { GDP_REASON_OPEN_CIRCUIT,     GDP_QUALITY_BAD,       0x10, "open-circuit",     N_("Open circuit") },
  { GDP_REASON_SENSOR_LOW,       GDP_QUALITY_BAD,       0x11, "sensor-low",       N_("Sensor fault, current low") },
  { GDP_REASON_SENSOR_HIGH,      GDP_QUALITY_BAD,       0x12, "sensor-high",      N_("Sensor fault, current high") },
  { GDP_REASON_DEVICE_EXCEPTION, GDP_QUALITY_BAD,       0x0C, "device-exception", N_("Device answers with an error") },
  { GDP_REASON_NOT_A_NUMBER,     GDP_QUALITY_BAD,       0x0C, "not-a-number",     N_("Not a number") },
  { GDP_REASON_CONFIGURATION,    GDP_QUALITY_BAD,       0x04, "configuration",    N_("Wrong configuration") },
  { GDP_REASON_OUT_OF_SERVICE,   GDP_QUALITY_BAD,       0x1C, "out-of-service",   N_("Out of service") },
};

static const guint unknown = G_MAXUINT;

static guint
row_of (GdpReason reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].reason == reason)
      return i;
  return unknown;
}

GdpQuality
gdp_reason_quality (GdpReason reason)
{
  /* The blocks of codes are the qualities; a code from a newer program falls on the safe side. */
  if (reason < GDP_REASON_STALE)
    return GDP_QUALITY_GOOD;
  if (reason < GDP_REASON_WAITING)
    return GDP_QUALITY_UNCERTAIN;
  return GDP_QUALITY_BAD;
}

gboolean
gdp_reason_has_value (GdpReason reason)
{
  return gdp_reason_quality (reason) != GDP_QUALITY_BAD;
}

const char *
gdp_reason_word (GdpReason reason)
{
  guint row = row_of (reason);
  return row == unknown ? "unknown" : reasons[row].word;
}

const char *
gdp_reason_label (GdpReason reason)
{
  guint row = row_of (reason);
  return row == unknown ? N_("Unknown") : reasons[row].label;
}

guint8
gdp_reason_opc (GdpReason reason)
{
  guint row = row_of (reason);
  return row == unknown ? 0x00 : reasons[row].opc;
}

gboolean
gdp_reason_parse (const char *word, GdpReason *reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_strcmp0 (reasons[i].word, word) == 0) {
      *reason = reasons[i].reason;
      return TRUE;
    }
  return FALSE;
}

static const struct { const char *word, *label; } qualities[] = {
  [GDP_QUALITY_GOOD]      = { "good",      N_("Good") },
  [GDP_QUALITY_UNCERTAIN] = { "uncertain", N_("Uncertain") },
  [GDP_QUALITY_BAD]       = { "bad",       N_("Bad") },
};

const char *
gdp_quality_word (GdpQuality quality)
{
  return qualities[quality].word;
}

const char *
gdp_quality_label (GdpQuality quality)
{
  return qualities[quality].label;
}
