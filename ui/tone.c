/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tone.h"

#include <math.h>
#include <string.h>

#define PEAK  0.6    /* of full scale */
#define EDGE  0.2    /* of a pulse, its rise; its fall likewise */

/* Each character a slot: '#' a pulse, ' ' none. Rests: 2.5..15 s, 2.5..30 s, over 15 s by the standard. */
static const struct { const char *burst; double slot, pitch; gint64 rest; } tones[] = {
  [UI_TONE_INAUDIBLE] = { " ",                        0.10, 0,      0 },
  [1]                 = { "# # #  # #    # # #  # #", 0.13, 880,  2500 * 1000 },
  [2]                 = { "# # #",                    0.20, 660,  6000 * 1000 },
  [3]                 = { "# #",                      0.24, 523, 16000 * 1000 },
  [4]                 = { "#",                        0.30, 440, 60000 * 1000 },
};

/* How strong the harmonics are, from the fundamental on. */
static const double harmonics[] = { 1.0, 0.5, 0.35, 0.25, 0.15 };

/* @phase: of the pulse, 0..1. */
static double
envelope (double phase)
{
  return CLAMP (MIN (phase, 1 - phase) / EDGE, 0, 1);
}

static double
timbre (double pitch, double seconds)
{
  double sum = 0, all = 0;

  for (guint i = 0; i < G_N_ELEMENTS (harmonics); i++) {
    sum += harmonics[i] * sin (2 * G_PI * pitch * (i + 1) * seconds);
    all += harmonics[i];
  }
  return sum / all;
}

static void
put (GByteArray *wav, guint32 value, guint bytes)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (wav, (const guint8 *) &little, bytes);
}

static void
put_word (GByteArray *wav, const char *word)
{
  g_byte_array_append (wav, (const guint8 *) word, 4);
}

/* RIFF WAVE, PCM. */
static GByteArray *
header_new (guint n_samples)
{
  GByteArray *wav = g_byte_array_new ();

  put_word (wav, "RIFF");
  put (wav, 36 + 2 * n_samples, 4);
  put_word (wav, "WAVE");
  put_word (wav, "fmt ");
  put (wav, 16, 4);
  put (wav, 1, 2);
  put (wav, 1, 2);
  put (wav, UI_TONE_RATE, 4);
  put (wav, 2 * UI_TONE_RATE, 4);
  put (wav, 2, 2);
  put (wav, 16, 2);
  put_word (wav, "data");
  put (wav, 2 * n_samples, 4);
  return wav;
}

static GBytes *
draw (guint priority)
{
  const char *burst = tones[priority].burst;
  guint slot = (guint) (tones[priority].slot * UI_TONE_RATE), n = slot * (guint) strlen (burst);
  GByteArray *wav = header_new (n);

  for (guint i = 0; i < n; i++) {
    double loud = burst[i / slot] == '#' ? PEAK * envelope ((i % slot) / (double) slot) : 0;
    double now = loud > 0 ? loud * timbre (tones[priority].pitch, (i % slot) / (double) UI_TONE_RATE) : 0;

    put (wav, (guint32) (gint32) lround (now * G_MAXINT16), 2);
  }
  return g_byte_array_free_to_bytes (wav);
}

GBytes *
ui_tone_wav (guint priority)
{
  static GBytes *drawn[G_N_ELEMENTS (tones)];

  g_return_val_if_fail (priority < G_N_ELEMENTS (tones), NULL);
  if (drawn[priority] == NULL)
    drawn[priority] = draw (priority);
  return drawn[priority];
}

gint64
ui_tone_rest (guint priority)
{
  g_return_val_if_fail (priority < G_N_ELEMENTS (tones), 0);
  return tones[priority].rest;
}
