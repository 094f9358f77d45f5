/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gdp/limit.h"

static GdpLimits
template (void)
{
  return (GdpLimits) { .level = {
    [GDP_LEVEL_LL] = { 1.2, 0.1, 1, 1, 1 }, [GDP_LEVEL_L] = { 1.8, 0.1, 1, 1, 2 },
    [GDP_LEVEL_H] = { 2.75, 0.1, 1, 1, 2 }, [GDP_LEVEL_HH] = { 2.88, 0.1, 1, 1, 1 } },
    .fault_priority = 3, .stale_priority = 4 };
}

static void
assert_refused (GdpLimits limits, GdpLimitsError code, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (gdp_limits_check (&limits, 0, 6, &error));
  g_assert_error (error, GDP_LIMITS_ERROR, (int) code);
  g_assert_nonnull (g_strstr_len (error->message, -1, text));
}

static void
test_sound (void)
{
  g_autoptr (GError) error = NULL;
  GdpLimits limits = template (), none = { 0 };
  g_assert_true (gdp_limits_check (&limits, 0, 6, &error));
  g_assert_true (gdp_limits_check (&limits, -INFINITY, INFINITY, &error));
  g_assert_true (gdp_limits_check (&none, 0, 6, &error));
  g_assert_no_error (error);
}

static void
test_reminder (void)
{
  static const float bad[] = { -1, 1, 59, NAN, INFINITY };
  GdpLimits limits = template ();

  limits.remind_after = 60;
  g_assert_true (gdp_limits_check (&limits, 0, 6, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    limits.remind_after = bad[i];
    assert_refused (limits, GDP_LIMITS_ERROR_DELAY, "remind_after");
  }
}

static void
test_motion (void)
{
  GdpLimits good = template ();

  good.deviation = (GdpLimit) { 0.5, 0.1, 1, 1, 3 };
  good.set_point = 2;
  good.rate = (GdpLimit) { 0.5, 0.1, 1, 1, 3 };
  good.rate_window = 60;
  good.frozen_after = 3600;
  good.frozen_priority = 4;
  g_assert_true (gdp_limits_check (&good, 0, 6, NULL));
#define WITH(change, code, text) do { GdpLimits bad = good; bad.change; assert_refused (bad, code, text); } while (0)
  WITH (deviation.value = 0, GDP_LIMITS_ERROR_RANGE, "deviation");
  WITH (deviation.value = NAN, GDP_LIMITS_ERROR_RANGE, "deviation");
  WITH (deviation.deadband = 0.5, GDP_LIMITS_ERROR_DEADBAND, "deviation");
  WITH (deviation.on_delay = 3600, GDP_LIMITS_ERROR_DELAY, "deviation");
  WITH (deviation.priority = 5, GDP_LIMITS_ERROR_PRIORITY, "deviation");
  WITH (set_point = 7, GDP_LIMITS_ERROR_RANGE, "set-point");
  WITH (rate.value = -1, GDP_LIMITS_ERROR_RANGE, "rate");
  WITH (rate.deadband = -1, GDP_LIMITS_ERROR_DEADBAND, "rate");
  WITH (rate_window = 0, GDP_LIMITS_ERROR_WINDOW, "window");
  WITH (rate_window = 3601, GDP_LIMITS_ERROR_WINDOW, "window");
  WITH (rate_window = NAN, GDP_LIMITS_ERROR_WINDOW, "window");
  WITH (frozen_after = 59, GDP_LIMITS_ERROR_WINDOW, "frozen");
  WITH (frozen_priority = 9, GDP_LIMITS_ERROR_PRIORITY, "frozen");
}

static void
test_order (void)
{
  GdpLimits limits = template ();
  limits.level[GDP_LEVEL_L].value = 2.8;
  assert_refused (limits, GDP_LIMITS_ERROR_ORDER, "H 2.75 must be above L 2.8");
  limits = template ();
  limits.level[GDP_LEVEL_HH].value = 2.75;
  assert_refused (limits, GDP_LIMITS_ERROR_ORDER, "HH");
  limits = template ();   /* skipped levels do not hide a wrong order */
  limits.level[GDP_LEVEL_L].priority = limits.level[GDP_LEVEL_H].priority = 0;
  limits.level[GDP_LEVEL_LL].value = 3;
  assert_refused (limits, GDP_LIMITS_ERROR_ORDER, "HH 2.88 must be above LL 3");
}

static void
test_range (void)
{
  static const double bad[] = { -0.1, 6.1, NAN, INFINITY, -INFINITY };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    GdpLimits limits = template ();
    limits.level[GDP_LEVEL_HH].value = bad[i];
    assert_refused (limits, GDP_LIMITS_ERROR_RANGE, "HH");
  }
}

static void
test_deadband (void)
{
  GdpLimits limits = template ();
  limits.level[GDP_LEVEL_H].deadband = 0.96;   /* the gap from H 2.75 to L 1.8 is 0.95 */
  assert_refused (limits, GDP_LIMITS_ERROR_DEADBAND, "H 2.75");
  limits.level[GDP_LEVEL_H].deadband = -0.01;
  assert_refused (limits, GDP_LIMITS_ERROR_DEADBAND, "H 2.75");
  limits.level[GDP_LEVEL_H].deadband = NAN;
  assert_refused (limits, GDP_LIMITS_ERROR_DEADBAND, "H 2.75");
  limits = (GdpLimits) { .level = { [GDP_LEVEL_H] = { 5, 5, 0, 0, 1 } } };   /* would clear at 0 and below: never */
  assert_refused (limits, GDP_LIMITS_ERROR_DEADBAND, "H 5");
}

static void
test_delay_and_priority (void)
{
  static const float bad[] = { -1, 3600, NAN, INFINITY };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    GdpLimits on = template (), off = template (), state = template ();
    on.level[GDP_LEVEL_L].on_delay = off.level[GDP_LEVEL_L].off_delay = state.state.on_delay = bad[i];
    assert_refused (on, GDP_LIMITS_ERROR_DELAY, "L: on-delay");
    assert_refused (off, GDP_LIMITS_ERROR_DELAY, "L: off-delay");
    assert_refused (state, GDP_LIMITS_ERROR_DELAY, "state: on-delay");
  }
  GdpLimits limits = template ();
  limits.level[GDP_LEVEL_LL].priority = 5;
  assert_refused (limits, GDP_LIMITS_ERROR_PRIORITY, "LL");
  limits = template ();
  limits.fault_priority = 9;
  assert_refused (limits, GDP_LIMITS_ERROR_PRIORITY, "fault");
}

static void
test_words (void)
{
  for (guint i = 0; i < GDP_N_LEVELS; i++) {
    GdpLevel back;
    g_assert_true (gdp_level_parse (gdp_level_word (i), &back));
    g_assert_cmpuint (back, ==, i);
  }
  g_assert_false (gdp_level_parse ("HHH", &(GdpLevel) { 0 }));
}

/* Whoever typed it looks for it there. */
static void
test_fields (void)
{
  static const struct { gsize offset; double value; gboolean single; const char *field; } faults[] = {
    { G_STRUCT_OFFSET (GdpLimits, level[GDP_LEVEL_H].value), 7, FALSE, "H" },
    { G_STRUCT_OFFSET (GdpLimits, level[GDP_LEVEL_H].value), 1, FALSE, "H" },
    { G_STRUCT_OFFSET (GdpLimits, level[GDP_LEVEL_LL].deadband), 5, FALSE, "LL.deadband" },
    { G_STRUCT_OFFSET (GdpLimits, level[GDP_LEVEL_L].on_delay), -1, TRUE, "L.on-delay" },
    { G_STRUCT_OFFSET (GdpLimits, level[GDP_LEVEL_HH].off_delay), 4000, TRUE, "HH.off-delay" },
    { G_STRUCT_OFFSET (GdpLimits, deviation.value), -1, FALSE, "deviation" },
    { G_STRUCT_OFFSET (GdpLimits, set_point), 9, FALSE, "deviation.from" },
    { G_STRUCT_OFFSET (GdpLimits, deviation.on_delay), 61, TRUE, "deviation.on-delay" },
    { G_STRUCT_OFFSET (GdpLimits, rate.deadband), 2, FALSE, "rate.deadband" },
    { G_STRUCT_OFFSET (GdpLimits, rate_window), 0, TRUE, "rate.within" },
    { G_STRUCT_OFFSET (GdpLimits, frozen_after), 5, TRUE, "frozen.after" },
    { G_STRUCT_OFFSET (GdpLimits, stale_after), -1, TRUE, "stale.after" },
    { G_STRUCT_OFFSET (GdpLimits, remind_after), 5, TRUE, "remind-after" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    GdpLimits limits = template ();
    g_autoptr (GError) error = NULL;
    g_autofree char *field = NULL;

    limits.deviation = (GdpLimit) { 0.5, 0.1, 1, 1, 3 };
    limits.set_point = 2;
    limits.rate = (GdpLimit) { 0.5, 0.1, 1, 1, 3 };
    limits.rate_window = limits.stale_after = 60;
    limits.frozen_after = 3600;
    limits.frozen_priority = 4;
    g_assert_true (gdp_limits_find_fault (&limits, 0, 6, &field, NULL));
    g_assert_null (field);
    if (faults[i].single)
      G_STRUCT_MEMBER (float, &limits, faults[i].offset) = (float) faults[i].value;
    else
      G_STRUCT_MEMBER (double, &limits, faults[i].offset) = faults[i].value;
    g_assert_false (gdp_limits_find_fault (&limits, 0, 6, &field, &error));
    g_assert_cmpstr (field, ==, faults[i].field);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limit/sound-limits-pass", test_sound);
  g_test_add_func ("/limit/wrong-order-names-both-levels", test_order);
  g_test_add_func ("/limit/off-the-set-point-too-fast-frozen", test_motion);
  g_test_add_func ("/limit/calls-again-not-within-a-minute", test_reminder);
  g_test_add_func ("/limit/outside-the-range-or-not-finite-is-refused", test_range);
  g_test_add_func ("/limit/deadband-that-reaches-the-other-side-is-refused", test_deadband);
  g_test_add_func ("/limit/delays-and-priorities-are-bounded", test_delay_and_priority);
  g_test_add_func ("/limit/words-parse-back", test_words);
  g_test_add_func ("/limit/the-field-that-is-wrong-is-named", test_fields);
  return g_test_run ();
}
