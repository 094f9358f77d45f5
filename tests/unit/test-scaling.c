/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gdp/scaling.h"

static const GdpScaling loop = { GDP_SIGNAL_CURRENT, 0, 1.6 };
static const gint64 t0 = 1000 * GDP_SECOND;

static GdpReason
feed (const GdpScaling *scaling, GdpScalingState *state, double raw, double seconds, double *value)
{
  GdpReason reason;
  double result = gdp_scaling_apply (scaling, state, raw, t0 + (gint64) (seconds * GDP_SECOND), &reason);

  if (value != NULL)
    *value = result;
  return reason;
}

static void
test_bands (void)
{
  static const struct { double current, value; GdpReason reason; } rows[] = {
    { 4.0, 0.0, GDP_REASON_NONE },         { 12.0, 0.8, GDP_REASON_NONE },
    { 20.0, 1.6, GDP_REASON_NONE },        { 3.9, -0.01, GDP_REASON_UNDER_RANGE },
    { 3.61, -0.039, GDP_REASON_UNDER_RANGE }, { 20.4, 1.64, GDP_REASON_OVER_RANGE },
    { 20.99, 1.699, GDP_REASON_OVER_RANGE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GdpScalingState state = { 0 };
    double value;
    g_assert_cmpint (feed (&loop, &state, rows[i].current, 0, &value), ==, rows[i].reason);
    g_assert_cmpfloat_with_epsilon (value, rows[i].value, 1e-9);
    g_assert_cmpint (gdp_scaling_deadline (&loop, &state), ==, 0);
  }
}

static void
test_fault (void)
{
  static const struct { double current; GdpReason reason; } rows[] = {
    { 0, GDP_REASON_OPEN_CIRCUIT }, { 0.99, GDP_REASON_OPEN_CIRCUIT }, { -4, GDP_REASON_OPEN_CIRCUIT },
    { 1.0, GDP_REASON_SENSOR_LOW }, { 3.6, GDP_REASON_SENSOR_LOW },
    { 21.0, GDP_REASON_SENSOR_HIGH }, { 25, GDP_REASON_SENSOR_HIGH }, { 1e300, GDP_REASON_SENSOR_HIGH },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GdpScalingState state = { 0 };
    double value;
    feed (&loop, &state, 12, 0, NULL);
    g_assert_cmpint (feed (&loop, &state, rows[i].current, 1, &value), ==, GDP_REASON_SUSPECT);
    g_assert_cmpint (gdp_scaling_deadline (&loop, &state), ==, t0 + 3 * GDP_SECOND);
    g_assert_cmpint (feed (&loop, &state, rows[i].current, 2.999, &value), ==, GDP_REASON_SUSPECT);
    g_assert_cmpint (feed (&loop, &state, rows[i].current, 3, &value), ==, rows[i].reason);
    g_assert_cmpfloat (value, ==, 0.8);
    g_assert_cmpint (gdp_scaling_deadline (&loop, &state), ==, 0);
  }
}

static void
test_fault_hysteresis (void)
{
  GdpScalingState state = { 0 };
  double value;

  feed (&loop, &state, 12, 0, NULL);
  feed (&loop, &state, 3.5, 1, NULL);
  g_assert_cmpint (feed (&loop, &state, 3.5, 3, NULL), ==, GDP_REASON_SENSOR_LOW);
  g_assert_cmpint (feed (&loop, &state, 3.8, 4, NULL), ==, GDP_REASON_SENSOR_LOW);   /* leaves only above */
  g_assert_cmpint (feed (&loop, &state, 0.2, 5, NULL), ==, GDP_REASON_OPEN_CIRCUIT); /* another fault, no hold */
  g_assert_cmpint (feed (&loop, &state, 22, 6, NULL), ==, GDP_REASON_SENSOR_HIGH);
  g_assert_cmpint (feed (&loop, &state, 20.5, 7, NULL), ==, GDP_REASON_SENSOR_HIGH);
  g_assert_cmpint (feed (&loop, &state, 20.4, 8, &value), ==, GDP_REASON_OVER_RANGE);
  g_assert_cmpfloat_with_epsilon (value, 1.64, 1e-9);
}

static void
test_short_dip (void)
{
  GdpScalingState state = { 0 };

  feed (&loop, &state, 12, 0, NULL);
  g_assert_cmpint (feed (&loop, &state, 0, 1, NULL), ==, GDP_REASON_SUSPECT);
  g_assert_cmpint (feed (&loop, &state, 12, 2, NULL), ==, GDP_REASON_NONE);
  g_assert_cmpint (feed (&loop, &state, 0, 3.5, NULL), ==, GDP_REASON_SUSPECT);   /* the hold begins anew */
}

static void
test_first_is_fault (void)
{
  GdpScalingState state = { 0 };
  GdpReason reason;
  double value;

  g_assert_cmpint (feed (&loop, &state, 0, 0, &value), ==, GDP_REASON_WAITING);
  g_assert_true (isnan (value));
  value = gdp_scaling_settle (&loop, &state, t0 + 2 * GDP_SECOND, &reason);
  g_assert_cmpint (reason, ==, GDP_REASON_OPEN_CIRCUIT);
  g_assert_true (isnan (value));
  g_assert_cmpint (state.time, ==, t0);   /* no reading came */
}

static void
test_not_finite (void)
{
  static const double bad[] = { NAN, INFINITY, -INFINITY };
  static const GdpScaling number = { GDP_SIGNAL_NUMBER }, contact = { GDP_SIGNAL_CONTACT };
  const GdpScaling *all[] = { &loop, &number, &contact };

  for (guint s = 0; s < G_N_ELEMENTS (all); s++)
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
      GdpScalingState state = { 0 };
      double first, value;
      feed (all[s], &state, 12, 0, &first);
      g_assert_cmpint (feed (all[s], &state, bad[i], 1, &value), ==, GDP_REASON_NOT_A_NUMBER);
      g_assert_cmpfloat (value, ==, first);
      g_assert_cmpint (feed (all[s], &state, 12, 2, NULL), ==, GDP_REASON_NONE);
    }
}

static void
test_configuration (void)
{
  static const GdpScaling bad[] = { { GDP_SIGNAL_CURRENT, 1, 1 }, { GDP_SIGNAL_CURRENT, 2, 1 },
                                    { GDP_SIGNAL_CURRENT, 0, INFINITY }, { GDP_SIGNAL_CURRENT, NAN, 1 } };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpint (feed (&bad[i], &(GdpScalingState) { 0 }, 12, 0, NULL), ==, GDP_REASON_CONFIGURATION);
}

static void
test_damping (void)
{
  GdpScaling damped = { GDP_SIGNAL_NUMBER, .damping = 10 };
  GdpScalingState state = { 0 };
  double value;

  feed (&damped, &state, 0, 0, &value);
  g_assert_cmpfloat (value, ==, 0);                            /* the first is taken whole */
  feed (&damped, &state, 100, 10, &value);
  g_assert_cmpfloat_with_epsilon (value, 63.212, 0.001);       /* one time constant: 1 - 1/e */
  feed (&damped, &state, 100, 5, &value);
  g_assert_cmpfloat_with_epsilon (value, 63.212, 0.001);       /* time stepped back: no harm */
  feed (&damped, &state, 100, 105, &value);
  g_assert_cmpfloat_with_epsilon (value, 100, 0.01);
}

static void
test_extreme_numbers (void)
{
  GdpScaling damped = { GDP_SIGNAL_NUMBER, .damping = 1 };
  GdpScalingState state = { 0 };
  double value;

  feed (&damped, &state, 1.7e308, 0, &value);
  g_assert_cmpint (feed (&damped, &state, -1.7e308, 1, &value), ==, GDP_REASON_NOT_A_NUMBER);
  g_assert_cmpfloat (value, ==, 1.7e308);
}

static void
test_contact (void)
{
  GdpScaling contact = { GDP_SIGNAL_CONTACT, .debounce = 0.5, .invert = TRUE };
  GdpScalingState state = { 0 };
  GdpReason reason;
  double value;

  feed (&contact, &state, 1, 0, &value);
  g_assert_cmpfloat (value, ==, 0);                 /* normally closed */
  feed (&contact, &state, 0, 1, &value);
  g_assert_cmpfloat (value, ==, 0);
  feed (&contact, &state, 1, 1.2, &value);          /* bounced back */
  g_assert_cmpint (gdp_scaling_deadline (&contact, &state), ==, 0);
  feed (&contact, &state, 0, 1.4, &value);
  g_assert_cmpfloat (value, ==, 0);
  g_assert_cmpint (gdp_scaling_deadline (&contact, &state), ==, t0 + (gint64) (1.9 * GDP_SECOND));
  g_assert_cmpfloat (gdp_scaling_settle (&contact, &state, t0 + (gint64) (1.9 * GDP_SECOND), &reason), ==, 1);
  g_assert_cmpint (reason, ==, GDP_REASON_NONE);
  feed (&contact, &state, 1, 3, NULL);
  feed (&contact, &state, 1, 3.5, &value);
  g_assert_cmpfloat (value, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scaling/loop-current-spans-the-range", test_bands);
  g_test_add_func ("/scaling/fault-current-is-suspect-then-a-fault", test_fault);
  g_test_add_func ("/scaling/fault-leaves-only-well-inside-the-band", test_fault_hysteresis);
  g_test_add_func ("/scaling/short-dip-is-no-fault", test_short_dip);
  g_test_add_func ("/scaling/loop-broken-from-the-start-has-no-number", test_first_is_fault);
  g_test_add_func ("/scaling/not-finite-keeps-the-last-usable", test_not_finite);
  g_test_add_func ("/scaling/empty-or-reversed-range-is-a-configuration-fault", test_configuration);
  g_test_add_func ("/scaling/damping-is-first-order", test_damping);
  g_test_add_func ("/scaling/extreme-numbers-never-make-infinity", test_extreme_numbers);
  g_test_add_func ("/scaling/contact-is-debounced-and-inverted", test_contact);
  return g_test_run ();
}
