/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is heard: the most urgent alarm that calls, again and again until it is acknowledged or silenced; and whether anything
 * could be heard at all.
 *
 * Silence is not acknowledging: it lasts UI_SILENCE, and what began to call after it was asked for is heard all the same. An
 * alarm that had returned before anybody could hear it is heard once. A store that is lost or a server that is silent calls
 * like an alarm: nobody else could tell.
 *
 * Where nothing calls something inaudible is played every UI_SOUND_CHECK, on the same way as everything: a loudspeaker that
 * was unplugged is known before it is needed. What cannot be known here: whether its volume is turned down.
 *
 * Signal "changed": any of the getters may say something else. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

#define UI_SILENCE      (2 * 60 * GDP_SECOND)   /* the longest pause of an audible alarm, IEC 60601-1-8 */
#define UI_SOUND_CHECK  (30 * GDP_SECOND)
#define UI_SOUND_STUCK  (10 * GDP_SECOND)       /* a sound that lasts so long will not end */
#define UI_UNSEEN_CALLS (15 * GDP_SECOND)       /* a server that is only started anew is back by then */

#define UI_TYPE_HORN (ui_horn_get_type ())
G_DECLARE_FINAL_TYPE (UiHorn, ui_horn, UI, HORN, GObject)

UiHorn     *ui_horn_new          (UiSession *session);
/* No sound any more; call before the last unref. */
void        ui_horn_close        (UiHorn *self);

/* What calls now is not heard for UI_SILENCE; nothing happens where nothing calls. */
void        ui_horn_silence      (UiHorn *self);
/* All four sounds, one after another, whatever calls. */
void        ui_horn_test         (UiHorn *self);

guint       ui_horn_get_priority (UiHorn *self);   /* of what is heard; 0 = nothing calls, or it is silenced */
gint64      ui_horn_silent_for   (UiHorn *self);   /* µs; 0 = it is not silenced, or nothing would be heard anyway */
/* Why nothing can be heard, for people, to end a sentence; NULL = it can, or is not known yet. (transfer none) */
const char *ui_horn_get_trouble  (UiHorn *self);

/* The rule, pure. All times monotonic, µs. */
typedef struct {
  gint64 pressed, until;   /* silence */
  gint64 heard;            /* when a sound last began: what had arrived by then was heard */
} UiSilence;

/* Whether what @arrived and @calls, or has returned unacknowledged, is to be heard. */
gboolean    ui_silence_lets (const UiSilence *silence, gboolean calls, gint64 arrived, gint64 now);

G_END_DECLS
