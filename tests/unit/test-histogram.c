/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/traffic.h"

#include <math.h>

static void
take (GdpHistogram *histogram, guint us)
{
  histogram->count[gdp_histogram_bucket (us)]++;
  histogram->most = MAX (histogram->most, us);
}

static void
test_buckets (void)
{
  static const struct { guint us, bucket; } known[] = {
    { 0, 0 }, { 999, 0 }, { 1000, 1 }, { 1413, 1 }, { 1414, 2 }, { 1999, 2 }, { 2000, 3 }, { 64000000, 32 },
    { 65535999, 32 }, { 65536000, 33 }, { G_MAXUINT, 33 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmpuint (gdp_histogram_bucket (known[i].us), ==, known[i].bucket);
  for (guint i = 1; i < GDP_HISTOGRAM_BUCKETS; i++) {
    g_assert_cmpuint (gdp_histogram_bucket (gdp_histogram_bound (i)), ==, i);
    g_assert_cmpuint (gdp_histogram_bucket (gdp_histogram_bound (i) - 1), ==, i - 1);
  }
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  return *(const guint *) a < *(const guint *) b ? -1 : 1;
}

/* Right within a bucket, whose bounds are √2 apart. */
static void
test_percentiles (void)
{
  enum { N = 5000 };
  static const double shares[] = { 0.5, 0.95, 0.99, 1 };
  guint exact[N];

  for (guint round = 0; round < 20; round++) {
    GdpHistogram histogram = { 0 };
    double middle = pow (10, g_test_rand_double_range (3, 7));
    for (guint i = 0; i < N; i++) {
      exact[i] = (guint) (middle * exp (g_test_rand_double_range (-1, 1) * g_test_rand_double_range (0, 1)));
      take (&histogram, exact[i]);
    }
    qsort (exact, N, sizeof exact[0], by_value);
    for (guint i = 0; i < G_N_ELEMENTS (shares); i++) {
      double told = gdp_histogram_within (&histogram, shares[i]) * G_USEC_PER_SEC;
      double true_one = exact[(guint) (shares[i] * (N - 1))];
      if (true_one >= 1000)
        g_assert_cmpfloat (fabs (log (told / true_one)), <=, log (sqrt (2)) + 0.01);
    }
    g_assert_cmpfloat_with_epsilon (gdp_histogram_within (&histogram, 1) * G_USEC_PER_SEC, exact[N - 1], 1);
  }
}

static void
test_longest_at_a_bound (void)
{
  GdpHistogram histogram = { 0 };
  guint bound = gdp_histogram_bound (5);

  take (&histogram, bound / 2);
  take (&histogram, bound);
  g_assert_cmpfloat_with_epsilon (gdp_histogram_within (&histogram, 1) * G_USEC_PER_SEC, bound, 1);
}

static void
test_nothing (void)
{
  GdpHistogram none = { 0 };
  g_assert_true (isnan (gdp_histogram_within (&none, 0.5)));
  take (&none, 200);
  g_assert_cmpfloat (gdp_histogram_within (&none, 0.5), <, 0.001);
  g_assert_cmpfloat (gdp_histogram_within (&none, 0.5), >, 0);
}

static void
test_less (void)
{
  GdpHistogram before = { 0 }, all, rest = { 0 };
  take (&before, 30000000);
  all = before;
  for (guint i = 0; i < 100; i++) {
    take (&all, 5000 + i);
    take (&rest, 5000 + i);
  }
  gdp_histogram_less (&all, &before);
  g_assert_cmpmem (all.count, sizeof all.count, rest.count, sizeof rest.count);
  g_assert_cmpuint (all.most, >=, 5099);
  g_assert_cmpuint (all.most, <=, 5656);   /* its bucket's end */
}

static GdpTraffic
some_traffic (void)
{
  GdpTraffic traffic = { .requests = 10, .good = 7, .crc_errors = 1, .exceptions = 2, .since = 1700, .last_good = 1800,
                         .last_fault = 1750, .fault = GDP_TRAFFIC_EXCEPTION, .code = 2, .bytes_in = G_MAXINT64 };
  traffic.refused[2] = 2;
  take (&traffic.answers, 3000);
  take (&traffic.answers, 90000000);
  return traffic;
}

static void
test_text (void)
{
  GdpTraffic traffic = some_traffic (), back;
  g_autofree char *text = gdp_traffic_text (&traffic);
  g_assert_true (gdp_traffic_parse (text, &back));
  g_autofree char *again = gdp_traffic_text (&back);
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpuint (back.refused[2], ==, 2);
  g_assert_cmpuint (back.answers.most, ==, 90000000);
  g_assert_cmpuint (back.bytes_in, ==, G_MAXINT64);
  g_assert_true (gdp_traffic_parse (NULL, &back));
  g_assert_cmpuint (back.requests, ==, 0);
  g_assert_true (gdp_traffic_parse ("of_later_times=5 requests=3", &back));
  g_assert_cmpuint (back.requests, ==, 3);
  static const char *const wrong[] = { "requests", "requests=x", "requests=-1", "answers=99:1", "answers=1", "refused=1:" };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (gdp_traffic_parse (wrong[i], &back));
}

static void
test_sum (void)
{
  GdpTraffic a = some_traffic (), b = some_traffic (), sum = { 0 };
  b.last_fault = 1790;
  b.fault = GDP_TRAFFIC_CRC;
  gdp_traffic_add (&sum, &a);
  gdp_traffic_add (&sum, &b);
  g_assert_cmpuint (sum.requests, ==, 20);
  g_assert_cmpuint (sum.refused[2], ==, 4);
  g_assert_cmpint (sum.fault, ==, GDP_TRAFFIC_CRC);
  g_assert_cmpint (sum.since, ==, 1700);
  GdpTraffic now = sum;
  now.since = a.since;
  g_assert_true (gdp_traffic_less (&now, &a, 1760));
  g_assert_cmpuint (now.requests, ==, 10);
  g_assert_cmpint (now.since, ==, 1760);
  g_assert_false (gdp_traffic_less (&a, &sum, 1760));   /* began anew */
  g_assert_cmpuint (a.requests, ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/bucket-bounds-grow-by-root-two", test_buckets);
  g_test_add_func ("/histogram/percentiles-are-right-within-a-bucket", test_percentiles);
  g_test_add_func ("/histogram/longest-at-the-bound-of-a-bucket-is-exact", test_longest_at_a_bound);
  g_test_add_func ("/histogram/nothing-has-no-percentile", test_nothing);
  g_test_add_func ("/histogram/difference-is-what-came-since", test_less);
  g_test_add_func ("/traffic/text-goes-there-and-back", test_text);
  g_test_add_func ("/traffic/sums-and-differences", test_sum);
  return g_test_run ();
}
