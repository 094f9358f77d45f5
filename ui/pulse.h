/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the server alive, and what time is it there? Pure: the clocks' readings come in.
 *
 * Only a heartbeat that changes proves life, and only the monotonic clock judges how long ago it
 * changed: a stepped wall clock, here or there, makes nothing look alive or dead. The one
 * exception is the first heartbeat read, which counts as life for one interval if it is fresh. */
#pragma once

#include "gdp/scaling.h"

G_BEGIN_DECLS

#define UI_SILENT_AFTER (2500 * (GDP_SECOND / 1000))  /* so that with drawing it is said within 3 s */

typedef struct {
  gint64   heartbeat;   /* the last one, server's time, µs; 0 = none yet */
  gint64   at;          /* monotonic, when it came */
  gint64   anchor;      /* server's time at `at` */
  gboolean moving;
} UiPulse;

/* A heartbeat was read at @monotonic, @wall. FALSE: it is the one we know. */
gboolean ui_pulse_beat  (UiPulse *pulse, gint64 heartbeat, gint64 monotonic, gint64 wall);
gboolean ui_pulse_alive (const UiPulse *pulse, gint64 monotonic);
/* The server's time; @wall before the first heartbeat. */
gint64   ui_pulse_now   (const UiPulse *pulse, gint64 monotonic, gint64 wall);

G_END_DECLS
