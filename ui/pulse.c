/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pulse.h"

gboolean
ui_pulse_beat (UiPulse *pulse, gint64 heartbeat, gint64 monotonic, gint64 wall)
{
  gboolean first = pulse->heartbeat == 0;

  if (heartbeat == pulse->heartbeat)
    return FALSE;
  pulse->moving = !first || ABS (wall - heartbeat) < UI_SILENT_AFTER;
  /* An old first heartbeat says nothing about the server's time now: the best guess is ours. */
  pulse->anchor = pulse->moving ? heartbeat : MAX (wall, heartbeat);
  pulse->heartbeat = heartbeat;
  pulse->at = monotonic;
  return TRUE;
}

gboolean
ui_pulse_alive (const UiPulse *pulse, gint64 monotonic)
{
  return pulse->moving && monotonic - pulse->at < UI_SILENT_AFTER;
}

gint64
ui_pulse_now (const UiPulse *pulse, gint64 monotonic, gint64 wall)
{
  return pulse->heartbeat == 0 ? wall : pulse->anchor + (monotonic - pulse->at);
}
