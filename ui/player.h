/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays one short sound, from its first sample to its last, and tells whether it could be.
 *
 * libcanberra knows the ways to a loudspeaker (PulseAudio, PipeWire, ALSA). It waits for a sound server that does not answer,
 * so it is asked on a thread, anew for each sound: one that was restarted is found again, and nothing that broke is kept. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* @wav: a WAV file. @cancellable ends the sound at once. A sound server that hangs may keep this from ever ending: who
 * waits for it has a deadline of his own, and asks for no other sound meanwhile. */
void     ui_player_play_async  (GBytes *wav, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* FALSE: it was not heard to its end; @error (G_IO_ERROR) says why, translated, to end a sentence. */
gboolean ui_player_play_finish (GAsyncResult *result, GError **error);

G_END_DECLS
