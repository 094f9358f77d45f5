/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/bbt-report.h"

#include <math.h>
#include <string.h>

#include "gdp/profile.h"

static guint32
bit_of (guint channel)
{
  return 1u << (channel - 1);
}

static gint32
float_bits (float real)
{
  gint32 bits;

  memcpy (&bits, &real, sizeof bits);
  return bits;
}

static CommsBbtReport
report_of (guint channel, gint32 raw)
{
  CommsBbtReport report = { .mask = bit_of (channel) };

  report.values[channel - 1] = raw;
  return report;
}

/* PROTOCOL.md 7, said a second time. */
static void
test_channels (void)
{
  static const struct { guint channel; const char *name; guint bytes; gint32 low, high; } said[] = {
    { 1, "ai1", 2, 0, 0xFFFF },          { 8, "ai8", 2, 0, 0xFFFF },        { 9, "di", 1, 0, 0xFF },
    { 10, "do", 1, 0, 0xFF },            { 11, "mains", 2, 0, 0xFFFF },     { 12, "battery", 2, 0, 0xFFFF },
    { 13, "signal", 1, -128, 127 },      { 14, "temperature", 2, -32768, 32767 },
    { 15, "solar", 2, 0, 0xFFFF },       { 16, "consumption", 2, 0, 0xFFFF },
    { 17, "ext1", 4, G_MININT32, G_MAXINT32 }, { 32, "ext16", 4, G_MININT32, G_MAXINT32 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (said); i++) {
    g_assert_cmpstr (comms_bbt_channel (said[i].channel)->name, ==, said[i].name);
    g_assert_cmpuint (comms_bbt_values_size (bit_of (said[i].channel)), ==, said[i].bytes);
    g_assert_true (comms_bbt_value_fits (said[i].channel, said[i].low));
    g_assert_true (comms_bbt_value_fits (said[i].channel, said[i].high));
    if (said[i].bytes < 4) {
      g_assert_false (comms_bbt_value_fits (said[i].channel, said[i].low - 1));
      g_assert_false (comms_bbt_value_fits (said[i].channel, said[i].high + 1));
    }
  }
  g_assert_cmpuint (comms_bbt_values_size (0xFFFF), ==, 16 + 1 + 1 + 2 + 2 + 1 + 2 + 2 + 2);
  g_assert_cmpuint (comms_bbt_values_size (G_MAXUINT32), ==, 29 + 64);
}

static void
test_not_available (void)
{
  static const struct { guint channel; gint32 raw; gboolean has; } cases[] = {
    { 1, 0xFFFF, FALSE }, { 1, 0xFFFE, TRUE }, { 1, 0, TRUE },
    { 9, 0xFF, TRUE }, { 13, 0x7F, FALSE }, { 13, -128, TRUE }, { 14, 0x7FFF, FALSE }, { 14, -1, TRUE },
    { 17, 0x7FC00000, FALSE }, { 17, (gint32) 0xFFC00001, FALSE }, { 17, 0x7F800001, FALSE },
    { 17, 0x7F800000, TRUE }, { 17, 0, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    CommsBbtReport report = report_of (cases[i].channel, cases[i].raw);
    guint16 words[2];

    g_assert_cmpint (comms_bbt_report_has (&report, cases[i].channel), ==, cases[i].has);
    g_assert_cmpint (comms_bbt_report_words (&report, cases[i].channel, words) > 0, ==, cases[i].has);
    g_assert_cmpint (comms_bbt_report_value (&report, cases[i].channel), ==, cases[i].raw);
    report.mask = ~report.mask;
    g_assert_false (comms_bbt_report_has (&report, cases[i].channel));
    g_assert_cmpint (comms_bbt_report_value (&report, cases[i].channel), ==, 0);
  }
}

/* What the server does with a report: words, then the profile's register. */
static void
test_words_decode (void)
{
  static const struct { guint channel; GdpRegisterType type; double scale, value; gint32 raw; } cases[] = {
    { 2, GDP_REGISTER_U16, 0.001, 12.345, 12345 }, { 13, GDP_REGISTER_S16, 1, -87, -87 },
    { 14, GDP_REGISTER_S16, 0.1, -12.3, -123 },
  };
  GdpRegister real = { .type = GDP_REGISTER_FLOAT, .words = GDP_WORDS_HIGH_FIRST, .scale = 1 };
  CommsBbtReport report = report_of (20, float_bits (-1.5f));
  guint16 words[2];

  g_assert_cmpuint (comms_bbt_report_words (&report, 20, words), ==, 2);
  g_assert_cmpfloat (gdp_register_decode (&real, words), ==, -1.5);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GdpRegister reg = { .type = cases[i].type, .scale = cases[i].scale };

    report = report_of (cases[i].channel, cases[i].raw);
    g_assert_cmpuint (comms_bbt_report_words (&report, cases[i].channel, words), ==, 1);
    g_assert_cmpfloat_with_epsilon (gdp_register_decode (&reg, words), cases[i].value, 1e-9);
  }
}

static void
test_bits (void)
{
  CommsBbtReport report = { .mask = bit_of (COMMS_BBT_DI) | bit_of (COMMS_BBT_DO) };
  guint16 word;

  report.values[COMMS_BBT_DI - 1] = 0x81;
  report.values[COMMS_BBT_DO - 1] = 0x02;
  for (guint bit = 0; bit < 16; bit++) {
    g_assert_true (comms_bbt_report_bit (&report, bit, &word));
    g_assert_cmpuint (word, ==, bit == 0 || bit == 7 || bit == 9);
  }
  g_assert_false (comms_bbt_report_bit (&report, 16, &word));
  report.mask = bit_of (COMMS_BBT_DO);
  g_assert_false (comms_bbt_report_bit (&report, 0, &word));
  g_assert_true (comms_bbt_report_bit (&report, 9, &word));
}

/* An INCREMENT of what changed, taken against its base, is the report that was made. */
static void
test_increment_restores_report (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < 1000; i++) {
    CommsBbtReport base = { .mask = g_rand_int (rand) | 1 }, whole, told;

    for (guint c = 0; c < COMMS_BBT_CHANNELS; c++)
      base.values[c] = base.mask >> c & 1 ? g_rand_int_range (rand, 0, 100) : 0;
    whole = base;
    for (guint c = 0; c < COMMS_BBT_CHANNELS; c++)
      if (base.mask >> c & 1 && g_rand_boolean (rand))
        whole.values[c] = g_rand_int_range (rand, 0, 100);

    told = whole;
    told.mask = comms_bbt_report_changes (&whole, &base);
    for (guint c = 0; c < COMMS_BBT_CHANNELS; c++)
      if (!(told.mask >> c & 1))
        told.values[c] = 0;
    comms_bbt_report_add (&told, &base);
    g_assert_cmphex (told.mask, ==, whole.mask);
    g_assert_cmpmem (told.values, sizeof told.values, whole.values, sizeof whole.values);
    g_assert_cmphex (comms_bbt_report_changes (&told, &whole), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-report/channels-are-those-of-the-document", test_channels);
  g_test_add_func ("/bbt-report/not-available-is-told-by-channel", test_not_available);
  g_test_add_func ("/bbt-report/words-are-what-registers-decode", test_words_decode);
  g_test_add_func ("/bbt-report/bits-of-inputs-and-outputs", test_bits);
  g_test_add_func ("/bbt-report/increment-against-its-base-is-the-report", test_increment_restores_report);
  return g_test_run ();
}
