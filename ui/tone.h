/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an alarm of each priority sounds like. Pure.
 *
 * After IEC 60601-1-8 (auditory alarm signals, tables 3 and 4; known here from secondary sources), which made them so that a
 * tired person tells them apart and is not startled: bursts of ten, three and two pulses and a single one, each pulse
 * with harmonics, so that it is found by ear in a room, and with soft edges. The more urgent, the higher and the faster. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define UI_TONE_RATE     22050   /* samples a second, 16 bit, one channel */
#define UI_TONE_INAUDIBLE 0      /* instead of a priority: 0.1 s of nothing, that tells whether sound could be heard */

/* The sound of @priority, 1..4 or UI_TONE_INAUDIBLE, as a WAV file. (transfer none): kept */
GBytes *ui_tone_wav  (guint priority);
/* From the end of one burst to the next one, µs. */
gint64  ui_tone_rest (guint priority);

G_END_DECLS
