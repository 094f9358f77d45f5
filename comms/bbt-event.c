/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-event.h"

/* What the detail of an event is; NULL: it has none. */
static const char *const details[] = {
  [COMMS_BBT_EVENT_ABOVE] = "threshold", [COMMS_BBT_EVENT_BELOW] = "threshold", [COMMS_BBT_EVENT_CONTACT] = "now",
  [COMMS_BBT_EVENT_BATTERY_LOW] = "mV:", [COMMS_BBT_EVENT_LOOP_FAULT] = "µA:", [COMMS_BBT_EVENT_STARTED] = "cause",
  [COMMS_BBT_EVENT_OUTPUT] = "now", [COMMS_BBT_EVENT_CLOCK_SET] = "it was",
  [COMMS_BBT_EVENT_OVERFLOW] = "records lost:",
  [COMMS_BBT_EVENT_CONSUMPTION] = "0.1 mA:",
};

static void
add_channel (GString *text, const CommsBbtEvent *event)
{
  if (event->channel < 1 || event->channel > COMMS_BBT_CHANNELS)
    return;
  g_string_append_printf (text, ": %s", comms_bbt_channel (event->channel)->name);
  if (event->channel == COMMS_BBT_DI || event->channel == COMMS_BBT_DO)
    g_string_append_printf (text, "%u", event->bit + 1);
}

static void
add_detail (GString *text, const CommsBbtEvent *event)
{
  const char *what = event->code < G_N_ELEMENTS (details) ? details[event->code] : NULL;

  if (event->code == COMMS_BBT_EVENT_INSTALLED)
    g_string_append_printf (text, ": version %u.%u.%u", event->detail >> 24, event->detail >> 16 & 255,
                            event->detail >> 8 & 255);
  else if (what != NULL)
    g_string_append_printf (text, ", %s %d", what, (gint32) event->detail);
}

char *
comms_bbt_event_text (const CommsBbtEvent *event)
{
  const char *word = comms_bbt_code_word (COMMS_BBT_EVENTS, event->code);
  GString *text = g_string_new ("the unit says: ");

  if (word != NULL)
    g_string_append (text, word);
  else
    g_string_append_printf (text, "event %u", event->code);
  add_channel (text, event);
  add_detail (text, event);
  return g_string_free (text, FALSE);
}

char *
comms_bbt_pulse_text (const CommsBbtPulse *pulse)
{
  GString *text = g_string_new ("pulse counters:");

  for (guint i = 0; i < pulse->n_counters; i++)
    g_string_append_printf (text, "%s %u = %u", i > 0 ? "," : "", pulse->counters[i].input, pulse->counters[i].count);
  return g_string_free (text, FALSE);
}

char *
comms_bbt_sabotage_text (const CommsBbtSabotage *sabotage)
{
  static const char *const wires[] = { "whole", "cut", "short" };
  static const char *const covers[] = { "closed", "open" };
  static const char *const magnets[] = { "none", "near" };
  GString *text = g_string_new ("sabotage:");

#define ADD(name, words, value) \
  if ((value) < G_N_ELEMENTS (words)) \
    g_string_append_printf (text, "%s " name " %s", text->str[text->len - 1] == ':' ? "" : ",", words[value])
  ADD ("wire", wires, sabotage->wire);
  ADD ("cover", covers, sabotage->cover);
  ADD ("magnet", magnets, sabotage->magnet);
#undef ADD
  return g_string_free (text, FALSE);
}
