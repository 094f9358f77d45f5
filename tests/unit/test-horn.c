/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/horn.h"
#include "ui/tone.h"

#include <math.h>

#define HEADER 44

typedef struct { guint pulses; int peak; double seconds; } Heard;

static Heard
hear (guint priority)
{
  gsize size;
  const guint8 *wav = g_bytes_get_data (ui_tone_wav (priority), &size);
  const gint16 *samples = (const gint16 *) (wav + HEADER);
  guint n = (size - HEADER) / 2, quiet = G_MAXUINT / 2;
  Heard heard = { .seconds = (double) n / UI_TONE_RATE };

  g_assert_cmpmem (wav, 4, "RIFF", 4);
  g_assert_cmpuint (GUINT32_FROM_LE (*(const guint32 *) (wav + 4)), ==, size - 8);
  for (guint i = 0; i < n; i++) {
    int loud = abs ((gint16) GUINT16_FROM_LE (samples[i]));
    heard.peak = MAX (heard.peak, loud);
    if (loud > 2000 && quiet > UI_TONE_RATE / 20)   /* 50 ms of nothing end a pulse */
      heard.pulses++;
    quiet = loud > 2000 ? 0 : quiet + 1;
  }
  return heard;
}

static void
test_more_urgent_is_more_pulses_and_shorter_rests (void)
{
  static const guint pulses[] = { 0, 10, 3, 2, 1 };

  for (guint priority = 0; priority <= UI_N_PRIORITIES; priority++) {
    Heard heard = hear (priority);
    g_assert_cmpuint (heard.pulses, ==, pulses[priority]);
    g_assert_cmpfloat (heard.seconds, <, 4);
    g_assert_cmpint (heard.peak, <, G_MAXINT16 * 0.7);
    if (priority > 1)
      g_assert_cmpint (ui_tone_rest (priority), >, ui_tone_rest (priority - 1));
  }
  g_assert_cmpint (hear (UI_TONE_INAUDIBLE).peak, ==, 0);
}

/* No click at the edges of a pulse. */
static void
test_pulses_begin_and_end_softly (void)
{
  for (guint priority = 1; priority <= UI_N_PRIORITIES; priority++) {
    gsize size;
    const guint8 *wav = g_bytes_get_data (ui_tone_wav (priority), &size);
    const gint16 *samples = (const gint16 *) (wav + HEADER);

    g_assert_cmpint (abs (samples[1] - samples[0]), <, 200);
    g_assert_cmpint (abs (samples[(size - HEADER) / 2 - 1]), <, 200);
  }
}

static void
test_silence_is_of_what_called_and_ends (void)
{
  const UiSilence silence = { .pressed = 100, .until = 200, .heard = 90 };

  g_assert_true (ui_silence_lets (&(UiSilence) { 0 }, TRUE, 50, 60));
  g_assert_false (ui_silence_lets (&silence, TRUE, 50, 150));
  g_assert_false (ui_silence_lets (&silence, TRUE, 100, 150));
  g_assert_true (ui_silence_lets (&silence, TRUE, 101, 150));    /* new */
  g_assert_true (ui_silence_lets (&silence, TRUE, 50, 200));     /* over */
}

static void
test_what_has_returned_is_heard_once (void)
{
  const UiSilence silence = { .pressed = 100, .until = 200, .heard = 120 };

  g_assert_true (ui_silence_lets (&silence, FALSE, 121, 150));
  g_assert_false (ui_silence_lets (&silence, FALSE, 120, 150));
  g_assert_false (ui_silence_lets (&silence, FALSE, 120, 300));
  g_assert_true (ui_silence_lets (&(UiSilence) { .heard = 10 }, FALSE, 50, 150));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/horn/more-urgent-is-more-pulses-and-shorter-rests", test_more_urgent_is_more_pulses_and_shorter_rests);
  g_test_add_func ("/horn/pulses-begin-and-end-softly", test_pulses_begin_and_end_softly);
  g_test_add_func ("/horn/silence-is-of-what-called-and-ends", test_silence_is_of_what_called_and_ends);
  g_test_add_func ("/horn/what-has-returned-is-heard-once", test_what_has_returned_is_heard_once);
  return g_test_run ();
}
