/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event.h"

#include "words.h"

enum { ALARMS = 1 << GDP_TOPIC_ALARMS, ACTIONS = 1 << GDP_TOPIC_ACTIONS, STATES = 1 << GDP_TOPIC_STATES,
       LINKS = 1 << GDP_TOPIC_LINKS, SYSTEM = 1 << GDP_TOPIC_SYSTEM };

static const struct { const char *word, *label; guint topics; } kinds[GDP_N_EVENT_KINDS] = {
  [GDP_EVENT_ALARM_OCCURRED]        = { "alarm-occurred",        N_("Alarm occurred"),              ALARMS },
  [GDP_EVENT_ALARM_RECURRED]        = { "alarm-recurred",        N_("Alarm recurred"),              ALARMS },
  [GDP_EVENT_ALARM_ESCALATED]       = { "alarm-escalated",       N_("Alarm escalated"),             ALARMS },
  [GDP_EVENT_ALARM_EASED]           = { "alarm-eased",           N_("Alarm eased"),                 ALARMS },
  [GDP_EVENT_ALARM_CLEARED]         = { "alarm-cleared",         N_("Alarm cleared"),               ALARMS },
  [GDP_EVENT_ALARM_ACKNOWLEDGED]    = { "alarm-acknowledged",    N_("Alarm acknowledged"),          ALARMS | ACTIONS },
  [GDP_EVENT_ALARM_RESET]           = { "alarm-reset",           N_("Alarm reset"),                 ALARMS | ACTIONS },
  [GDP_EVENT_ALARM_HANDLED]         = { "alarm-handled",         N_("Done about the alarm"),        ALARMS | ACTIONS },
  [GDP_EVENT_ALARM_CHATTERED]       = { "alarm-chattered",       N_("Alarm chattered"),             ALARMS },
  [GDP_EVENT_FLOOD_BEGAN]           = { "flood-began",           N_("Flood of alarms"),             ALARMS },
  [GDP_EVENT_FLOOD_ENDED]           = { "flood-ended",           N_("Flood of alarms is over"),     ALARMS },
  [GDP_EVENT_ALARM_REMINDED]        = { "alarm-reminded",        N_("Alarm still active"),          ALARMS },
  [GDP_EVENT_ALARM_SUPPRESSED]      = { "alarm-suppressed",      N_("Alarm suppressed"),            ALARMS },
  [GDP_EVENT_ALARM_RESTORED]        = { "alarm-restored",        N_("Alarm no longer suppressed"),  ALARMS },
  [GDP_EVENT_ALARM_SHELVED]         = { "alarm-shelved",         N_("Alarm shelved"),               ALARMS | ACTIONS },
  [GDP_EVENT_ALARM_UNSHELVED]       = { "alarm-unshelved",       N_("Alarm unshelved"),             ALARMS | ACTIONS },
  [GDP_EVENT_ALARM_SHELVING_OVER]   = { "alarm-shelving-over",   N_("Shelving is over"),            ALARMS },
  [GDP_EVENT_ALARM_TAKEN_OUT]       = { "alarm-taken-out",       N_("Alarm taken out of service"),  ALARMS | ACTIONS },
  [GDP_EVENT_ALARM_PUT_BACK]        = { "alarm-put-back",        N_("Alarm put back into service"), ALARMS | ACTIONS },
  [GDP_EVENT_VISIT_BEGAN]           = { "visit-began",           N_("Maintenance visit began"),     ACTIONS },
  [GDP_EVENT_VISIT_ENDED]           = { "visit-ended",           N_("Maintenance visit ended"),     ACTIONS },
  [GDP_EVENT_POINT_FORCED]          = { "point-forced",          N_("Value forced by hand"),        ACTIONS },
  [GDP_EVENT_POINT_RELEASED]        = { "point-released",        N_("Value measured again"),        ACTIONS },
  [GDP_EVENT_ALARM_BACKDATED]       = { "alarm-backdated",       N_("Alarm began earlier"),         ALARMS },
  [GDP_EVENT_STATE_CHANGED]         = { "state-changed",         N_("State changed"),               STATES },
  [GDP_EVENT_STATE_FLAPPED]         = { "state-flapped",         N_("State flapped"),               STATES },
  [GDP_EVENT_UNIT_SILENT]           = { "unit-silent",           N_("Unit silent"),                 LINKS },
  [GDP_EVENT_UNIT_BACK]             = { "unit-back",             N_("Unit answers again"),          LINKS },
  [GDP_EVENT_LINK_LOST]             = { "link-lost",             N_("Line lost"),                   LINKS },
  [GDP_EVENT_LINK_BACK]             = { "link-back",             N_("Line works again"),            LINKS },
  [GDP_EVENT_SESSION_OPENED]        = { "session-opened",        N_("Session opened"),              LINKS },
  [GDP_EVENT_SESSION_CLOSED]        = { "session-closed",        N_("Session closed"),              LINKS },
  [GDP_EVENT_SESSION_REFUSED]       = { "session-refused",       N_("Session refused"),             LINKS },
  [GDP_EVENT_COMMAND_REFUSED]       = { "command-refused",       N_("Command refused"),             ACTIONS },
  [GDP_EVENT_CONFIGURATION_CHANGED] = { "configuration-changed", N_("Configuration changed"),       ACTIONS | SYSTEM },
  [GDP_EVENT_LIMITS_CHANGED]        = { "limits-changed",        N_("Limits changed"),              ACTIONS | SYSTEM },
  [GDP_EVENT_COMMAND_DONE]          = { "command-done",          N_("Command carried out"),         ACTIONS },
  [GDP_EVENT_OUTPUT_SELECTED]       = { "output-selected",       N_("Output selected"),             ACTIONS },
  [GDP_EVENT_OUTPUT_OPERATED]       = { "output-operated",       N_("Output switched"),             ACTIONS },
  [GDP_EVENT_OUTPUT_RELEASED]       = { "output-released",       N_("Output released"),             ACTIONS },
  [GDP_EVENT_OUTPUT_FAILED]         = { "output-failed",         N_("Output not switched"),         ACTIONS },
  [GDP_EVENT_FIRMWARE_ORDERED]      = { "firmware-ordered",      N_("Firmware ordered"),            ACTIONS | SYSTEM },
  [GDP_EVENT_FIRMWARE_INSTALLED]    = { "firmware-installed",    N_("Firmware installed"),          SYSTEM },
  [GDP_EVENT_FIRMWARE_FAILED]       = { "firmware-failed",       N_("Firmware not installed"),      SYSTEM },
  [GDP_EVENT_FIRMWARE_GIVEN_UP]     = { "firmware-given-up",     N_("Firmware given up"),           ACTIONS | SYSTEM },
  [GDP_EVENT_SERVER_STARTED]        = { "server-started",        N_("Server started"),              SYSTEM },
  [GDP_EVENT_SERVER_STOPPED]        = { "server-stopped",        N_("Server stopped"),              SYSTEM },
  [GDP_EVENT_SERVER_LOST]           = { "server-lost",           N_("Server lost"),                 SYSTEM },
  [GDP_EVENT_UNIT_SAID]             = { "unit-said",             N_("Said by the unit"),            LINKS },
  [GDP_EVENT_SIGNED_IN]             = { "signed-in",             N_("Signed in"),                   ACTIONS },
  [GDP_EVENT_SIGNED_OUT]            = { "signed-out",            N_("Signed out"),                  ACTIONS },
  [GDP_EVENT_NOTE]                  = { "note",                  N_("Note"),                        ACTIONS | SYSTEM },
};

static const struct { const char *word, *label; } topics[GDP_N_TOPICS] = {
  [GDP_TOPIC_ANY]     = { "any",     N_("All events") },
  [GDP_TOPIC_ALARMS]  = { "alarms",  N_("Alarms") },
  [GDP_TOPIC_ACTIONS] = { "actions", N_("What persons did") },
  [GDP_TOPIC_STATES]  = { "states",  N_("Changes of state") },
  [GDP_TOPIC_LINKS]   = { "links",   N_("Communication") },
  [GDP_TOPIC_SYSTEM]  = { "system",  N_("Servers and configuration") },
};

GdpEvent *
gdp_event_copy (const GdpEvent *event)
{
  GdpEvent *copy = g_memdup2 (event, sizeof *event);

  copy->site = g_strdup (event->site);
  copy->object = g_strdup (event->object);
  copy->who = g_strdup (event->who);
  copy->before = g_strdup (event->before);
  copy->after = g_strdup (event->after);
  copy->text = g_strdup (event->text);
  return copy;
}

void
gdp_event_free (GdpEvent *event)
{
  if (event == NULL)
    return;
  g_free (event->site);
  g_free (event->object);
  g_free (event->who);
  g_free (event->before);
  g_free (event->after);
  g_free (event->text);
  g_free (event);
}

const char *
gdp_event_word (GdpEventKind kind)
{
  return kind < GDP_N_EVENT_KINDS ? kinds[kind].word : "unknown";
}

const char *
gdp_event_label (GdpEventKind kind)
{
  return kind < GDP_N_EVENT_KINDS ? kinds[kind].label : N_("Unknown");
}

gboolean
gdp_event_parse (const char *word, GdpEventKind *kind)
{
  for (guint i = 0; i < GDP_N_EVENT_KINDS; i++)
    if (g_strcmp0 (kinds[i].word, word) == 0) {
      *kind = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
gdp_event_is_about (GdpEventKind kind, GdpTopic topic)
{
  return topic == GDP_TOPIC_ANY || (kind < GDP_N_EVENT_KINDS && (kinds[kind].topics & 1u << topic) != 0);
}

const char *
gdp_topic_word (GdpTopic topic)
{
  return topics[topic].word;
}

const char *
gdp_topic_label (GdpTopic topic)
{
  return topics[topic].label;
}

gboolean
gdp_topic_parse (const char *word, GdpTopic *topic)
{
  for (guint i = 0; i < GDP_N_TOPICS; i++)
    if (g_strcmp0 (topics[i].word, word) == 0) {
      *topic = i;
      return TRUE;
    }
  return FALSE;
}
