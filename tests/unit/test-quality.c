/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/quality.h"

static const GdpReason reasons[] = {
  GDP_REASON_NONE, GDP_REASON_FORCED, GDP_REASON_STALE, GDP_REASON_SUSPECT, GDP_REASON_UNDER_RANGE,
  GDP_REASON_OVER_RANGE, GDP_REASON_SUBSTITUTED, GDP_REASON_CLOCK, GDP_REASON_WAITING,
  GDP_REASON_NO_COMMUNICATION, GDP_REASON_OPEN_CIRCUIT, GDP_REASON_SENSOR_LOW, GDP_REASON_SENSOR_HIGH,
  GDP_REASON_DEVICE_EXCEPTION, GDP_REASON_NOT_A_NUMBER, GDP_REASON_CONFIGURATION, GDP_REASON_OUT_OF_SERVICE,
};

static void
test_words (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++) {
    GdpReason back;
    g_assert_nonnull (gdp_reason_label (reasons[i]));
    g_assert_true (gdp_reason_parse (gdp_reason_word (reasons[i]), &back));
    g_assert_cmpint (back, ==, reasons[i]);
  }
  GdpReason untouched = GDP_REASON_STALE;
  g_assert_false (gdp_reason_parse ("sunshine", &untouched));
  g_assert_cmpint (untouched, ==, GDP_REASON_STALE);
}

static void
test_opc_agrees (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++) {
    guint8 opc = gdp_reason_opc (reasons[i]) >> 6;   /* 3 good, 1 uncertain, 0 bad */
    GdpQuality expected = opc == 3 ? GDP_QUALITY_GOOD : opc == 1 ? GDP_QUALITY_UNCERTAIN : GDP_QUALITY_BAD;
    g_assert_cmpint (gdp_reason_quality (reasons[i]), ==, expected);
  }
}

static void
test_unknown_code_is_bad (void)
{
  g_assert_cmpint (gdp_reason_quality ((GdpReason) 200), ==, GDP_QUALITY_BAD);
  g_assert_cmpstr (gdp_reason_word ((GdpReason) 200), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quality/every-reason-has-a-word-that-parses-back", test_words);
  g_test_add_func ("/quality/opc-byte-agrees-with-the-quality", test_opc_agrees);
  g_test_add_func ("/quality/a-code-nobody-knows-is-bad", test_unknown_code_is_bad);
  return g_test_run ();
}
