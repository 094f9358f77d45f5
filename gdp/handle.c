/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What persons did about an alarm, into the journal: card.h. */
#include <string.h>

#include "card.h"
#include "engine-private.h"

static gboolean
has_text (const char *remark)
{
  return remark != NULL && remark[strspn (remark, " \t\n")] != '\0';
}

/* It may have recurred since, and be over: what was done was done about what was seen. */
static gboolean
has_occurred (const GdpAlarm *alarm, guint32 occurrence, GError **error)
{
  if (occurrence > 0 && occurrence <= alarm->occurrence)
    return TRUE;
  g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NO_ALARM, "Alarm “%s” has not occurred %u times", alarm->id, occurrence);
  return FALSE;
}

static void
note (GdpEngine *engine, const GdpHeldAlarm *held, const GdpDecision *decision, guint step, const char *text, GdpChanges *changes)
{
  g_autofree char *occurrence = g_strdup_printf ("%u", decision->occurrence), *number = g_strdup_printf ("%u", step);

  gdp_annunciator_note (engine->annunciator, (GdpEvent) {
    .kind = GDP_EVENT_ALARM_HANDLED, .occurred = engine->now, .learned = engine->now, .site = (char *) held->site,
    .object = (char *) held->alarm.id, .who = (char *) decision->who, .before = occurrence, .after = step != 0 ? number : NULL,
    .text = (char *) text, .priority = held->alarm.priority }, changes);
}

gboolean
gdp_engine_handle (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error)
{
  const char *fault = NULL;
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (guint));
  g_auto (GStrv) texts = gdp_card_read_done (decision->steps, steps, &fault);
  GdpHeldAlarm *held = gdp_annunciator_find (engine->annunciator, decision->alarm);

  gdp_engine_enter (engine, decision->now);
  if (held == NULL)
    g_set_error (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_NO_ALARM, "There is no alarm “%s”", decision->alarm);
  if (held == NULL || !has_occurred (&held->alarm, decision->occurrence, error))
    return FALSE;
  if (fault == NULL && decision->why != NULL && strlen (decision->why) > GDP_CARD_TEXT)
    fault = "The remark is too long";
  if (fault == NULL && steps->len == 0 && !has_text (decision->why))
    fault = "Say what was done";
  if (fault != NULL) {
    g_set_error_literal (error, GDP_ENGINE_ERROR, GDP_ENGINE_ERROR_REASON, fault);
    return FALSE;
  }
  for (guint i = 0; i < steps->len; i++)
    note (engine, held, decision, g_array_index (steps, guint, i), texts[i], changes);
  if (has_text (decision->why))
    note (engine, held, decision, 0, decision->why, changes);
  return TRUE;
}
