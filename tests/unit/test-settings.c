/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "gdp/settings.h"

static GdpSettings *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GdpSettings *settings = gdp_settings_parse (text, &error);
  g_assert_no_error (error);
  return settings;
}

static void
test_words_in_any_unit (void)
{
  g_autoptr (GdpSettings) settings
    = parse ("polling=1.5min confirmation=6h accident=300s archive=30 sms=+79000000000 ai1=0.28..0.345 "
             "temperature=-10.. ai2=..1e-3");
  g_assert_cmpuint (settings->polling, ==, 90);
  g_assert_cmpuint (settings->confirmation, ==, 360);
  g_assert_cmpuint (settings->accident, ==, 5);
  g_assert_cmpuint (settings->archive, ==, 30);
  g_assert_cmpstr (settings->sms, ==, "+79000000000");
  g_assert_cmpuint (settings->n_thresholds, ==, 3);
  g_assert_cmpfloat (settings->thresholds[0].max, ==, 0.345);
  g_assert_cmpfloat (settings->thresholds[1].min, ==, -10);
  g_assert_true (isnan (settings->thresholds[1].max));
  g_assert_true (isnan (settings->thresholds[2].min));
  g_assert_true (gdp_settings_check (settings, NULL));
}

static void
test_text_reads_back (void)
{
  static const char *const texts[] = {
    "polling=60s confirmation=6h accident=5min archive=1h",
    "polling=600s confirmation=24h accident=1h archive=10min",
    "polling=5s confirmation=30min accident=5min archive=10min sms=112",
    "polling=61s confirmation=90min accident=7min archive=59min ai1=0.1..0.30000000000000004 ai2=-1e-07.. ext1=..1e+30",
  };
  static const char *const said[] = { texts[0], "polling=10min confirmation=24h accident=1h archive=10min", texts[2], texts[3] };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GdpSettings) one = parse (texts[i]);
    g_autofree char *text = gdp_settings_text (one);
    g_assert_cmpstr (text, ==, said[i]);
    g_autoptr (GdpSettings) other = parse (text);
    g_assert_true (gdp_settings_equal (one, other));
    g_autoptr (GdpSettings) copy = gdp_settings_copy (other);
    g_assert_true (gdp_settings_equal (copy, one));
  }
}

static void
test_order_does_not_matter (void)
{
  g_autoptr (GdpSettings) one = parse ("ai2=1..2 ai1=1..2 polling=30"), other = parse ("polling=30 ai1=1..2 ai2=1..2");
  g_assert_true (gdp_settings_equal (one, other));
  g_assert_false (gdp_settings_equal (one, gdp_settings_default ()));
  g_assert_false (gdp_settings_equal (one, NULL));
}

static void
test_threshold_is_replaced_and_taken_away (void)
{
  g_autoptr (GdpSettings) settings = parse ("ai1=1..2 ai2=3..4 ai3=5..6");
  g_assert_true (gdp_settings_set (settings, "ai2=3.5..", NULL));
  g_assert_true (gdp_settings_set (settings, "ai1=", NULL));
  g_assert_true (gdp_settings_set (settings, "ai9=", NULL));
  g_autofree char *text = gdp_settings_text (settings);
  g_assert_true (g_str_has_suffix (text, "archive=1h ai2=3.5.. ai3=5..6"));
}

static void
test_differences_name_what_changed (void)
{
  g_autoptr (GdpSettings) one = parse ("ai1=1..2"), other = parse ("ai1=1..3 polling=30");
  g_autofree char *before = NULL, *after = NULL, *nothing = NULL, *all = NULL;
  gdp_settings_differences (one, other, &before, &after);
  g_assert_cmpstr (before, ==, "polling=60s ai1=1..2");
  g_assert_cmpstr (after, ==, "polling=30s ai1=1..3");
  gdp_settings_differences (NULL, gdp_settings_default (), &nothing, &all);
  g_assert_cmpstr (nothing, ==, "none");
  g_assert_cmpstr (all, ==, "polling=60s confirmation=6h accident=5min archive=1h");
}

static void
test_bad_word (void)
{
  static const struct { const char *text, *says; } cases[] = {
    { "polling", "NAME=VALUE" }, { "=5", "NAME=VALUE" }, { "polling=", "confirmation=6h" },
    { "polling=fast", "a number" }, { "polling=5m", "min or h" }, { "polling=-5", "a number" },
    { "polling=nan", "a number" }, { "polling=1e9h", "a number" }, { "polling=0.5s", "whole seconds" },
    { "confirmation=90s", "whole minutes" }, { "ai1=5", "MIN..MAX" }, { "ai1=..", "MIN..MAX" },
    { "ai1=a..b", "MIN..MAX" }, { "ai1=1..inf", "MIN..MAX" }, { "ai1=1..2..3", "MIN..MAX" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GdpSettings) settings = gdp_settings_parse (cases[i].text, &error);
    g_assert_null (settings);
    g_assert_error (error, GDP_SETTINGS_ERROR, GDP_SETTINGS_ERROR_SYNTAX);
    if (!strstr (error->message, cases[i].says) || !strstr (error->message, cases[i].text))
      g_error ("%s: %s", cases[i].text, error->message);
  }
}

static void
test_out_of_range (void)
{
  static const struct { const char *text, *says; } cases[] = {
    { "polling=4", "polling 4s must be 5s to 10min" }, { "polling=601", "5s to 10min" },
    { "confirmation=29", "30min to 24h" }, { "confirmation=24.5h", "1470min must be" },
    { "accident=4", "5min to 1h" }, { "accident=61", "5min to 1h" }, { "archive=0", "to 1h" },
    { "archive=61", "archive 61min must be" }, { "sms=12a", "digits" }, { "sms=+", "digits" },
    { "sms=1234567890123456", "at most 15" }, { "ai1=2..1", "ai1 must have its min below" }, { "ai1=1..1", "below" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GdpSettings) settings = parse (cases[i].text);
    g_assert_false (gdp_settings_check (settings, &error));
    if (!strstr (error->message, cases[i].says))
      g_error ("%s: %s", cases[i].text, error->message);
  }
  static const char *const ends[] = { "polling=5", "polling=600", "confirmation=0.5h", "confirmation=24h", "accident=5",
                                      "accident=60", "archive=1", "archive=60", "sms=123456789012345" };
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autoptr (GdpSettings) settings = parse (ends[i]);
    g_assert_true (gdp_settings_check (settings, NULL));
  }
}

static void
test_thirty_two_thresholds (void)
{
  g_autoptr (GdpSettings) settings = gdp_settings_new ();
  for (guint i = 0; i < GDP_MOST_THRESHOLDS; i++) {
    g_autofree char *word = g_strdup_printf ("c%u=1..2", i);
    g_assert_true (gdp_settings_set (settings, word, NULL));
  }
  g_assert_true (gdp_settings_check (settings, NULL));
  g_assert_true (gdp_settings_set (settings, "one-more=1..2", NULL));
  g_assert_false (gdp_settings_check (settings, NULL));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/words-in-any-unit-of-time", test_words_in_any_unit);
  g_test_add_func ("/settings/text-reads-back-as-the-same", test_text_reads_back);
  g_test_add_func ("/settings/order-does-not-matter", test_order_does_not_matter);
  g_test_add_func ("/settings/a-threshold-is-replaced-and-taken-away", test_threshold_is_replaced_and_taken_away);
  g_test_add_func ("/settings/differences-name-what-changed", test_differences_name_what_changed);
  g_test_add_func ("/settings/a-bad-word-is-named-with-what-to-write", test_bad_word);
  g_test_add_func ("/settings/out-of-range-is-refused-the-ends-are-not", test_out_of_range);
  g_test_add_func ("/settings/at-most-32-thresholds", test_thirty_two_thresholds);
  return g_test_run ();
}
