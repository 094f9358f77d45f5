/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remark.h"

#include <string.h>

#include "words.h"

/* When the engine's own record of the point makes it superfluous. */
typedef enum { STAYS, WHILE_ACTIVE, ONCE_THERE } Told;

static const struct { const char *word, *label; Told told; } remarks[GDP_N_REMARKS] = {
  [GDP_REMARK_ABOVE_MAX]     = { "above-max",          N_("Above its maximum"), WHILE_ACTIVE },
  [GDP_REMARK_BELOW_MIN]     = { "below-min",          N_("Below its minimum"), WHILE_ACTIVE },
  [GDP_REMARK_WITHIN]        = { "within",             N_("Back within its thresholds"), ONCE_THERE },
  [GDP_REMARK_CONTACT]       = { "contact-changed",    N_("Contact changed"), ONCE_THERE },
  [GDP_REMARK_MAINS_LOST]    = { "mains-lost",         N_("Mains lost"), WHILE_ACTIVE },
  [GDP_REMARK_MAINS_BACK]    = { "mains-back",         N_("Mains back"), ONCE_THERE },
  [GDP_REMARK_BATTERY_LOW]   = { "battery-low",        N_("Battery low"), WHILE_ACTIVE },
  [GDP_REMARK_LOOP_FAULT]    = { "loop-fault",         N_("Current loop at fault"), WHILE_ACTIVE },
  [GDP_REMARK_MODULE_SILENT] = { "module-silent",      N_("Its measuring module does not answer") },
  [GDP_REMARK_MODULE_BACK]   = { "module-back",        N_("Its measuring module answers again") },
  [GDP_REMARK_STARTED]       = { "started",            N_("It has started") },
  [GDP_REMARK_OUTPUT]        = { "output-changed",     N_("Output changed"), ONCE_THERE },
  [GDP_REMARK_CLOCK_SET]     = { "clock-set",          N_("Its clock was set; it showed") },
  [GDP_REMARK_OVERFLOW]      = { "overflow",           N_("Its memory overflowed; records lost") },
  [GDP_REMARK_INSTALLED]     = { "firmware-installed", N_("It runs new firmware") },
  [GDP_REMARK_NOT_INSTALLED] = { "firmware-failed",    N_("New firmware did not run; the old one does") },
  [GDP_REMARK_BUTTON]        = { "button",             N_("Its button was pressed") },
  [GDP_REMARK_CONSUMPTION]   = { "consumption-high",   N_("It draws more than its battery's plan allows") },
  [GDP_REMARK_TAMPERED]      = { "tampered",           N_("It was tampered with") },
  [GDP_REMARK_UNTAMPERED]    = { "untampered",         N_("It is no longer tampered with") },
  [GDP_REMARK_OTHER]         = { "other",              N_("An event that this version does not know") },
};

static const struct { const char *word, *label; } details[] = {
  { "power", N_("power") }, { "watchdog", N_("watchdog") }, { "command", N_("command") },
  { "firmware", N_("new firmware") },
  { "wire-cut", N_("wire cut") }, { "wire-short", N_("wire short-circuited") }, { "cover-open", N_("cover open") },
  { "magnet-near", N_("magnet near") },
};

const char *
gdp_remark_word (GdpRemark remark)
{
  return remarks[MIN (remark, GDP_REMARK_OTHER)].word;
}

const char *
gdp_remark_label (GdpRemark remark)
{
  return remarks[MIN (remark, GDP_REMARK_OTHER)].label;
}

gboolean
gdp_remark_parse (const char *word, GdpRemark *remark)
{
  for (guint i = 0; i < GDP_N_REMARKS; i++)
    if (g_strcmp0 (remarks[i].word, word) == 0) {
      *remark = i;
      return TRUE;
    }
  return FALSE;
}

const char *
gdp_remark_detail_label (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (details); i++)
    if (g_strcmp0 (details[i].word, word) == 0)
      return details[i].label;
  return NULL;
}

/* ---- what is told already ----------------------------------------------------------------- */

static gboolean
any_alarm (const GdpEngine *engine, const char *point, gboolean active)
{
  for (GdpCondition condition = 0; condition < GDP_N_CONDITIONS; condition++) {
    g_autofree char *id = g_strconcat (point, ".", gdp_condition_word (condition), NULL);
    const GdpAlarm *alarm = condition != GDP_CONDITION_STALE ? gdp_engine_alarm (engine, id) : NULL;
    if (alarm != NULL && (alarm->active || !active))
      return TRUE;
  }
  return FALSE;
}

/* An event of the point itself or of one of its alarms. */
static gboolean
is_of (const GdpEvent *event, const char *point)
{
  gsize length = strlen (point);

  return event->object != NULL && strncmp (event->object, point, length) == 0
         && (event->object[length] == '\0' || event->object[length] == '.');
}

/* The alarm that a remark of a trouble is about will occur when its delay is over; a return that comes earlier ends
 * what nobody was told of. */
static gboolean
is_awaited (const GdpEngine *engine, const char *point, Told told, GHashTable *awaited)
{
  if (told == ONCE_THERE)
    return g_hash_table_remove (awaited, point);
  if (gdp_engine_awaits (engine, point))
    return g_hash_table_add (awaited, g_strdup (point)), TRUE;
  g_hash_table_remove (awaited, point);
  return FALSE;
}

gboolean
gdp_remark_is_told (const GdpEvent *event, const GdpEngine *engine, const GdpChanges *changes, guint first,
                    GHashTable *awaited)
{
  const GdpPoint *point = event->object != NULL ? gdp_engine_point (engine, event->object) : NULL;
  GdpRemark remark;

  if (event->kind != GDP_EVENT_UNIT_SAID || point == NULL || !gdp_remark_parse (event->after, &remark)
      || remarks[remark].told == STAYS)
    return FALSE;
  if (gdp_point_is_discrete (point) || any_alarm (engine, event->object, remarks[remark].told == WHILE_ACTIVE))
    return TRUE;
  for (guint i = first; i < changes->events->len; i++)
    if (is_of (changes->events->pdata[i], event->object))
      return TRUE;
  return is_awaited (engine, event->object, remarks[remark].told, awaited);
}
