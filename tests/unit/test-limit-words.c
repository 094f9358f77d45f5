/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gdp/limit-words.h"

static GdpLimits
card (void)
{
  return (GdpLimits) { .level = {
    [GDP_LEVEL_L] = { 1.8, 0.1, 1, 1, 2 }, [GDP_LEVEL_H] = { 2.75, 0.1, 1.5f, 0, 2 }, [GDP_LEVEL_HH] = { 2.88, 0, 0, 0, 1 } },
    .fault_priority = 3, .stale_priority = 4, .stale_after = 90, .remind_after = 600, .latches = TRUE };
}

static void
assert_refused (const char *words, int code, const char *says)
{
  g_autoptr (GError) error = NULL;
  GdpLimits limits = card ();
  g_autofree char *before = gdp_limits_text (&limits), *after = NULL;

  g_assert_false (gdp_limits_apply (&limits, words, &error));
  g_assert_error (error, GDP_LIMITS_ERROR, code);
  g_assert_nonnull (g_strstr_len (error->message, -1, says));
  after = gdp_limits_text (&limits);
  g_assert_cmpstr (before, ==, after);
}

static void
apply (GdpLimits *limits, const char *words)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = gdp_limits_apply (limits, words, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
test_text (void)
{
  GdpLimits limits = card (), again = { 0 };
  g_autofree char *text = gdp_limits_text (&limits), *same = NULL;

  g_assert_cmpstr (text, ==, "HH=2.88 HH.priority=1 H=2.75 H.deadband=0.1 H.on-delay=1.5s H.priority=2 L=1.8 L.deadband=0.1 "
                             "L.on-delay=1s L.off-delay=1s L.priority=2 fault.priority=3 stale.priority=4 stale.after=90s "
                             "remind-after=600s latches=yes");
  apply (&again, text);
  same = gdp_limits_text (&again);
  g_assert_cmpstr (same, ==, text);
}

static void
test_motion (void)
{
  GdpLimits limits = card (), again = { 0 };
  g_autofree char *text = NULL, *before = NULL, *after = NULL;

  apply (&limits, "deviation=0.02 deviation.from=0.3 rate=0.01 rate.within=1min rate.priority=2 frozen.after=2h frozen.priority=4");
  g_assert_cmpfloat (limits.deviation.value, ==, 0.02);
  g_assert_cmpfloat (limits.set_point, ==, 0.3);
  g_assert_cmpuint (limits.deviation.priority, ==, 3);
  g_assert_cmpfloat (limits.rate_window, ==, 60);
  g_assert_cmpuint (limits.rate.priority, ==, 2);
  g_assert_cmpfloat (limits.frozen_after, ==, 7200);
  text = gdp_limits_text (&limits);
  apply (&again, text);
  gdp_limits_differences (&limits, &again, &before, &after);
  g_assert_cmpstr (after, ==, "");
  apply (&again, "deviation=off rate=off frozen.priority=off");
  g_assert_cmpfloat (again.set_point, ==, 0);
  g_assert_cmpfloat (again.rate_window, ==, 0);
  g_assert_cmpuint (again.stale_priority, ==, 4);   /* what lies beside them stays */
  g_assert_cmpfloat (again.frozen_after, ==, 0);
  assert_refused ("deviation.from=0.3", GDP_LIMITS_ERROR_WORD, "deviation is off");
  apply (&again, "frozen.after=2h");   /* whoever says after how long wants to be told */
  g_assert_cmpuint (again.frozen_priority, ==, 4);
  apply (&again, "frozen.after=off");
  g_assert_cmpuint (again.frozen_priority, ==, 0);
}

static void
test_exact (void)
{
  static const double numbers[] = { 0.1, 1.0 / 3, 0.345, 1e-7, -40, 123456789.125, 5e-324, 1.7976931348623157e308 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    GdpLimits limits = { .level[GDP_LEVEL_H] = { numbers[i], 0, 0.1f, 1.0f / 3, 2 } }, again = { 0 };
    g_autofree char *text = gdp_limits_text (&limits);
    apply (&again, text);
    g_assert_cmpfloat (limits.level[GDP_LEVEL_H].value, ==, again.level[GDP_LEVEL_H].value);
    g_assert_cmpfloat (limits.level[GDP_LEVEL_H].on_delay, ==, again.level[GDP_LEVEL_H].on_delay);
    g_assert_cmpfloat (limits.level[GDP_LEVEL_H].off_delay, ==, again.level[GDP_LEVEL_H].off_delay);
  }
}

static void
test_names (void)
{
  GdpLimits limits = card ();

  apply (&limits, " high=2.6\thigh-high=2.9 low.on-delay=2min h.PRIORITY=3 LOW-LOW=1 ");
  g_assert_cmpfloat (limits.level[GDP_LEVEL_H].value, ==, 2.6);
  g_assert_cmpuint (limits.level[GDP_LEVEL_H].priority, ==, 3);
  g_assert_cmpfloat (limits.level[GDP_LEVEL_HH].value, ==, 2.9);
  g_assert_cmpfloat (limits.level[GDP_LEVEL_L].on_delay, ==, 120);
  g_assert_cmpuint (limits.level[GDP_LEVEL_LL].priority, ==, 1);   /* was not there: the usual one */
  for (guint i = 0; gdp_limits_field (i) != NULL; i++) {
    g_autofree char *word = g_strconcat (gdp_limits_field (i), "=1", NULL);
    g_autoptr (GError) error = NULL;
    gboolean ok = gdp_limits_apply (&limits, word, &error);
    g_assert_true (ok || g_str_has_prefix (error->message, "latches takes") || g_str_has_prefix (error->message, "state"));
  }
}

static void
test_fields (void)
{
  GdpLimits limits = card ();

  for (guint i = 0; gdp_limits_field (i) != NULL; i++) {
    g_autofree char *text = gdp_limits_field_text (&limits, i), *word = g_strconcat (gdp_limits_field (i), "=", text, NULL);
    GdpLimits same = limits;
    g_autofree char *before = NULL, *after = NULL;
    if (g_str_equal (text, "off") && strchr (gdp_limits_field (i), '.') != NULL)
      continue;
    apply (&same, word);   /* as it is: nothing changes */
    gdp_limits_differences (&limits, &same, &before, &after);
    g_assert_cmpstr (after, ==, "");
  }
}

static void
test_off (void)
{
  GdpLimits limits = card ();
  g_autofree char *before = NULL, *after = NULL;
  GdpLimits old = limits;

  apply (&limits, "H=off HH.priority=off stale.priority=off");
  g_assert_cmpuint (limits.level[GDP_LEVEL_H].priority, ==, 0);
  g_assert_cmpfloat (limits.level[GDP_LEVEL_H].value, ==, 0);
  g_assert_cmpuint (limits.level[GDP_LEVEL_HH].priority, ==, 0);
  gdp_limits_differences (&old, &limits, &before, &after);
  g_assert_cmpstr (before, ==, "HH=2.88 HH.priority=1 H=2.75 H.deadband=0.1 H.on-delay=1.5s H.priority=2 stale.priority=4");
  g_assert_cmpstr (after, ==, "HH=off H=off stale.priority=off");
}

static void
test_differences (void)
{
  GdpLimits old = card (), limits = old;
  g_autofree char *before = NULL, *after = NULL, *left = NULL, *right = NULL;

  gdp_limits_differences (&old, &limits, &before, &after);
  g_assert_cmpstr (before, ==, "");
  g_assert_cmpstr (after, ==, "");
  apply (&limits, "H=2.7 H.priority=1 LL=1.2 latches=no");
  gdp_limits_differences (&old, &limits, &left, &right);
  g_assert_cmpstr (left, ==, "H=2.75 H.priority=2 LL=off latches=yes");
  g_assert_cmpstr (right, ==, "H=2.7 H.priority=1 LL=1.2 LL.priority=1 latches=no");
  apply (&limits, left);   /* and back again */
  g_autofree char *was = gdp_limits_text (&old), *is = gdp_limits_text (&limits);
  g_assert_cmpstr (was, ==, is);
}

static void
test_refused (void)
{
  assert_refused ("HHH=3", GDP_LIMITS_ERROR_WORD, "“HHH” is no limit");
  assert_refused ("H", GDP_LIMITS_ERROR_WORD, "H takes a number");
  assert_refused ("H=", GDP_LIMITS_ERROR_WORD, "H takes a number");
  assert_refused ("H=2,75", GDP_LIMITS_ERROR_WORD, "not “2,75”");
  assert_refused ("H=nan", GDP_LIMITS_ERROR_WORD, "H takes a number");
  assert_refused ("H=1e999", GDP_LIMITS_ERROR_WORD, "H takes a number");
  assert_refused ("H.on-delay=5 days", GDP_LIMITS_ERROR_WORD, "“days” is no limit");
  assert_refused ("H.on-delay=5m", GDP_LIMITS_ERROR_WORD, "seconds (5), 5s, 2min or 1h");
  assert_refused ("H.priority=12", GDP_LIMITS_ERROR_WORD, "1 to 4, or off");
  assert_refused ("H.deadband=off", GDP_LIMITS_ERROR_WORD, "H.deadband takes");
  assert_refused ("latches=1", GDP_LIMITS_ERROR_WORD, "yes or no");
  assert_refused ("H=2.6 L=x", GDP_LIMITS_ERROR_WORD, "L takes a number");   /* all or nothing */
  assert_refused ("LL.deadband=0.1", GDP_LIMITS_ERROR_WORD, "LL is off: give it a value first, LL=…");
}

static void
test_point (void)
{
  GdpPoint pressure = { .id = "S/p", .kind = GDP_POINT_OUTLET_PRESSURE, .scaling = { .low = 0, .high = 6 } };
  GdpPoint door = { .id = "S/d", .kind = GDP_POINT_DOOR };
  GdpLimits levels = card (), state = { .state = { 1, 1, 1, 2 } };
  static const struct { const char *words; int code; const char *says; } wrong[] = {
    { "H=1.7", GDP_LIMITS_ERROR_ORDER, "H 1.7 must be above L 1.8" },
    { "H=7 HH=8", GDP_LIMITS_ERROR_RANGE, "within the range 0 to 6" },
    { "H.deadband=2", GDP_LIMITS_ERROR_DEADBAND, "less than the gap of 0.95" },
    { "H.on-delay=90", GDP_LIMITS_ERROR_DELAY, "must be less than the 90 s after which the value is stale" },
    { "L.off-delay=2min", GDP_LIMITS_ERROR_DELAY, "L: off-delay 120 s" },
    { "H.on-delay=1h stale.after=0", GDP_LIMITS_ERROR_DELAY, "less than 3600 s" },
    { "H.priority=5", GDP_LIMITS_ERROR_PRIORITY, "priority 5 must be 1 to 4" },
    { "remind-after=5", GDP_LIMITS_ERROR_DELAY, "remind_after" },
    { "state=1", GDP_LIMITS_ERROR_KIND, "has no alarm by its state" },
  };

  g_assert_true (gdp_point_check_limits (&pressure, &levels, NULL));
  g_assert_true (gdp_point_check_limits (&door, &state, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    GdpLimits limits = card ();
    apply (&limits, wrong[i].words);
    g_assert_false (gdp_point_check_limits (&pressure, &limits, &error));
    g_assert_error (error, GDP_LIMITS_ERROR, wrong[i].code);
    g_assert_nonnull (g_strstr_len (error->message, -1, wrong[i].says));
  }
  g_autoptr (GError) error = NULL;
  g_assert_false (gdp_point_check_limits (&door, &levels, &error));
  g_assert_error (error, GDP_LIMITS_ERROR, GDP_LIMITS_ERROR_KIND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limit-words/all-that-is-configured-gives-it-again", test_text);
  g_test_add_func ("/limit-words/deviation-rate-and-frozen-likewise", test_motion);
  g_test_add_func ("/limit-words/numbers-are-exact", test_exact);
  g_test_add_func ("/limit-words/names-that-people-use", test_names);
  g_test_add_func ("/limit-words/each-field-gives-itself-again", test_fields);
  g_test_add_func ("/limit-words/off-takes-the-whole-level-away", test_off);
  g_test_add_func ("/limit-words/differences-lead-there-and-back", test_differences);
  g_test_add_func ("/limit-words/what-is-no-limit-changes-nothing", test_refused);
  g_test_add_func ("/limit-words/of-a-point", test_point);
  return g_test_run ();
}
