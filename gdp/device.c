/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "device.h"

#include "words.h"

static const char *const clocks[GDP_N_CLOCKS] = { "never-set", "set", "set-lately" };

/* comms/PROTOCOL.md 11 */
static const char *const causes[GDP_N_CALL_CAUSES] = {
  N_("Power on"), N_("Schedule"), N_("Confirmation period"), N_("Threshold crossed"), N_("Alarm input"),
  N_("Tampering"), N_("Mains or battery"), N_("Button"), N_("After a lost connection"), N_("SMS"),
  N_("More to deliver"),
};

GdpDevice *
gdp_device_copy (const GdpDevice *device)
{
  GdpDevice *copy = g_memdup2 (device, sizeof *device);

  copy->model = g_strdup (device->model);
  copy->firmware = g_strdup (device->firmware);
  copy->imei = g_strdup (device->imei);
  copy->iccid = g_strdup (device->iccid);
  copy->peer = g_strdup (device->peer);
  copy->firmware_wanted = g_strdup (device->firmware_wanted);
  return copy;
}

void
gdp_device_free (GdpDevice *device)
{
  if (device == NULL)
    return;
  g_free (device->model);
  g_free (device->firmware);
  g_free (device->imei);
  g_free (device->iccid);
  g_free (device->peer);
  g_free (device->firmware_wanted);
  g_free (device);
}

const char *
gdp_clock_word (GdpClock clock)
{
  g_return_val_if_fail (clock < GDP_N_CLOCKS, clocks[0]);
  return clocks[clock];
}

gboolean
gdp_clock_parse (const char *word, GdpClock *clock)
{
  for (guint i = 0; i < GDP_N_CLOCKS; i++)
    if (g_strcmp0 (clocks[i], word) == 0) {
      *clock = i;
      return TRUE;
    }
  return FALSE;
}

const char *
gdp_call_cause_label (guint cause)
{
  return cause < GDP_N_CALL_CAUSES ? causes[cause] : NULL;
}

static const struct { const char *word, *label; } fates[GDP_N_FATES] = {
  [GDP_FATE_NOT_SET]      = { "not-set",       N_("not set") },
  [GDP_FATE_TAKEN]        = { "taken",         N_("taken") },
  [GDP_FATE_NOT_YET]      = { "not-yet-taken", N_("set, not yet taken") },
  [GDP_FATE_REFUSED]      = { "refused",       N_("refused by the unit") },
  [GDP_FATE_NEVER_CALLED] = { "never-called",  N_("set, it has never called") },
  [GDP_FATE_OTHERS]       = { "others",        N_("differs: it has others") },
};

GdpFate
gdp_device_fate (const GdpDevice *device, guint32 wanted, guint32 taken, guint8 result)
{
  if (device == NULL)
    return wanted != 0 ? GDP_FATE_NEVER_CALLED : GDP_FATE_NOT_SET;
  if (wanted == 0)
    return taken != 0 ? GDP_FATE_OTHERS : GDP_FATE_NOT_SET;
  if (wanted == taken)
    return GDP_FATE_TAKEN;
  return result != 0 ? GDP_FATE_REFUSED : GDP_FATE_NOT_YET;
}

const char *
gdp_fate_word (GdpFate fate)
{
  g_return_val_if_fail (fate < GDP_N_FATES, fates[0].word);
  return fates[fate].word;
}

const char *
gdp_fate_label (GdpFate fate)
{
  g_return_val_if_fail (fate < GDP_N_FATES, fates[0].label);
  return fates[fate].label;
}
