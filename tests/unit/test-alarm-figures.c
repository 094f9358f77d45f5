/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gdp/figure.h"
#include "gdp/scaling.h"

#define START (1000000 * GDP_SECOND)
#define DAY   (24 * 3600.)

static void
take (GdpFigureCounter *counter, double seconds, GdpEventKind kind, const char *id, const char *text)
{
  gint64 time = START + (gint64) (seconds * GDP_SECOND);

  gdp_figure_counter_take (counter, &(GdpEvent) { .kind = kind, .occurred = time, .learned = time, .object = (char *) id,
                                                  .text = (char *) text, .priority = id[0] == 'A' ? 1 : 3 });
}

static GdpFigureCounter *
counter_of (double days)
{
  return gdp_figure_counter_new (START, START + (gint64) (days * DAY * GDP_SECOND));
}

static void
test_averages_and_shares (void)
{
  g_autoptr (GdpFigureCounter) counter = counter_of (30);
  GdpAlarmFigures figures;

  for (guint i = 0; i < 720; i++)   /* one an hour, of one in four the first priority */
    take (counter, i * 3600, GDP_EVENT_ALARM_OCCURRED, i % 4 == 0 ? "A/p.high" : "B/p.high", NULL);
  gdp_figure_counter_tell (counter, &figures);
  g_assert_true (figures.sufficient);
  g_assert_cmpuint (figures.n, ==, 720);
  g_assert_cmpfloat_with_epsilon (figures.per_hour, 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (figures.per_10_minutes, 1 / 6., 1e-9);
  g_assert_cmpfloat (figures.priority_share[1], ==, 0.25);
  g_assert_cmpfloat (figures.priority_share[3], ==, 0.75);
  g_assert_cmpuint (figures.peak, ==, 1);
  g_assert_cmpfloat (figures.share_above_10, ==, 0);
  g_assert_cmpfloat (figures.flood_share, ==, 0);
  g_assert_cmpfloat (figures.top_share, ==, 1);
  g_assert_cmpuint (figures.n_top, ==, 2);
  g_assert_cmpstr (figures.top[0].alarm, ==, "B/p.high");
  g_assert_cmpuint (figures.top[0].count, ==, 540);
}

static void
test_too_little_is_said (void)
{
  g_autoptr (GdpFigureCounter) counter = counter_of (29.9);
  GdpAlarmFigures figures;

  gdp_figure_counter_tell (counter, &figures);
  g_assert_false (figures.sufficient);
  g_assert_cmpuint (figures.n, ==, 0);
  g_assert_true (isnan (figures.top_share) && isnan (figures.acknowledge_median) && isnan (figures.priority_share[1]));
}

static void
test_flood (void)
{
  g_autoptr (GdpFigureCounter) counter = counter_of (1);
  GdpAlarmFigures figures;

  for (guint i = 0; i < 20; i++) {   /* begins with the 11th at 110 s; the 16th of them leaves the span at 750 s */
    g_autofree char *id = g_strdup_printf ("B%u/p.high", i);
    take (counter, 10 + i * 10, GDP_EVENT_ALARM_OCCURRED, id, NULL);
  }
  gdp_figure_counter_tell (counter, &figures);
  g_assert_cmpuint (figures.peak, ==, 20);
  g_assert_cmpint (figures.peak_at, ==, START);
  g_assert_cmpfloat_with_epsilon (figures.share_above_10, 1 / 144., 1e-9);
  g_assert_cmpfloat_with_epsilon (figures.flood_share, (160 + 600 - 110) / DAY, 1e-9);   /* the fifth from the end: 160 s */
  take (counter, 7200, GDP_EVENT_ALARM_OCCURRED, "C/p.high", NULL);   /* long after: the same */
  gdp_figure_counter_tell (counter, &figures);
  g_assert_cmpfloat_with_epsilon (figures.flood_share, (160 + 600 - 110) / DAY, 1e-9);
  g_assert_cmpfloat_with_epsilon (figures.top_share, 10 / 21., 1e-9);
}

/* It calls often, and is no flood: those are many alarms. */
static void
test_one_alarm_is_no_flood (void)
{
  g_autoptr (GdpFigureCounter) counter = counter_of (1);
  GdpAlarmFigures figures;

  for (guint i = 0; i < 20; i++)
    take (counter, 10 + i * 10, i == 0 ? GDP_EVENT_ALARM_OCCURRED : GDP_EVENT_ALARM_RECURRED, "A/door.state", NULL);
  gdp_figure_counter_tell (counter, &figures);
  g_assert_cmpuint (figures.n, ==, 20);
  g_assert_cmpfloat (figures.flood_share, ==, 0);
}

static void
test_bad_actors (void)
{
  g_autoptr (GdpFigureCounter) counter = counter_of (30);
  GdpAlarmFigures figures;

  for (guint i = 0; i < 3; i++) {   /* chatters, and is over each time before anybody can act */
    take (counter, 100 + i * 20, i == 0 ? GDP_EVENT_ALARM_OCCURRED : GDP_EVENT_ALARM_RECURRED, "A/door.state", NULL);
    take (counter, 105 + i * 20, GDP_EVENT_ALARM_CLEARED, "A/door.state", NULL);
  }
  take (counter, 1000, GDP_EVENT_ALARM_OCCURRED, "B/p.low", NULL);       /* stays to the end */
  take (counter, 29.5 * DAY, GDP_EVENT_ALARM_OCCURRED, "B/q.low", NULL);   /* likewise, but not for a day */
  gdp_figure_counter_tell (counter, &figures);
  g_assert_cmpuint (figures.n_chattering, ==, 1);
  g_assert_cmpuint (figures.n_fleeting, ==, 3);
  g_assert_cmpuint (figures.n_stale, ==, 1);
  g_assert_cmpstr (figures.top[0].alarm, ==, "A/door.state");
  g_assert_true (figures.top[0].chattered && figures.top[0].fleeting == 3 && !figures.top[0].stale);
  g_assert_true (!figures.top[1].chattered && figures.top[1].fleeting == 0 && figures.top[1].stale);
}

static void
test_time_to_acknowledge (void)
{
  g_autoptr (GdpFigureCounter) counter = counter_of (30);
  GdpAlarmFigures figures;

  for (guint i = 1; i <= 100; i++) {
    take (counter, i * 1000, GDP_EVENT_ALARM_RECURRED, "A/p.high", NULL);
    take (counter, i * 1000 + i, GDP_EVENT_ALARM_ACKNOWLEDGED, "A/p.high", NULL);
  }
  take (counter, 200000, GDP_EVENT_ALARM_ACKNOWLEDGED, "A/p.high", NULL);   /* nothing was owed */
  gdp_figure_counter_tell (counter, &figures);
  g_assert_cmpuint (figures.n_acknowledged, ==, 100);
  g_assert_cmpfloat (figures.acknowledge_median, ==, 50);
  g_assert_cmpfloat (figures.acknowledge_p95, ==, 95);
}

static void
test_suppressed_ones_do_not_call (void)
{
  g_autoptr (GdpFigureCounter) counter = counter_of (30);
  GdpAlarmFigures figures;

  take (counter, -100, GDP_EVENT_ALARM_SHELVED, "A/p.high", "noise");   /* before the span */
  take (counter, 100, GDP_EVENT_ALARM_OCCURRED, "A/p.high", NULL);
  take (counter, 200, GDP_EVENT_ALARM_SHELVING_OVER, "A/p.high", NULL);
  take (counter, 300, GDP_EVENT_ALARM_RECURRED, "A/p.high", NULL);
  take (counter, 400, GDP_EVENT_ALARM_TAKEN_OUT, "A/p.high", "");
  take (counter, 31 * DAY, GDP_EVENT_ALARM_OCCURRED, "B/p.high", NULL);   /* behind it */
  gdp_figure_counter_tell (counter, &figures);
  g_assert_cmpuint (figures.n, ==, 1);
  g_assert_cmpuint (figures.n_unreasoned, ==, 1);
}

static const GdpFigure *
figure_of (const char *word)
{
  for (guint i = 0; i < gdp_n_figures; i++)
    if (g_str_equal (gdp_figures[i].word, word))
      return &gdp_figures[i];
  g_assert_not_reached ();
}

static void
test_verdicts (void)
{
  const GdpFigure *rate = figure_of ("per-hour"), *stale = figure_of ("stale"), *flood = figure_of ("flood");
  GdpAlarmFigures figures = { .sufficient = TRUE, .per_hour = 6, .n_stale = 4, .flood_share = 0.01, .top_share = NAN };

  g_assert_cmpint (gdp_figure_judge (rate, &figures), ==, GDP_VERDICT_GOOD);
  g_assert_cmpint (gdp_figure_judge (stale, &figures), ==, GDP_VERDICT_GOOD);
  g_assert_cmpint (gdp_figure_judge (flood, &figures), ==, GDP_VERDICT_GOOD);
  g_assert_cmpint (gdp_figure_judge (figure_of ("top-10"), &figures), ==, GDP_VERDICT_UNKNOWN);   /* none called */
  g_assert_cmpint (gdp_figure_judge (figure_of ("acknowledge-median"), &figures), ==, GDP_VERDICT_NONE);
  figures = (GdpAlarmFigures) { .sufficient = TRUE, .per_hour = 12, .n_stale = 5, .flood_share = 0.011 };
  g_assert_cmpint (gdp_figure_judge (rate, &figures), ==, GDP_VERDICT_FAIR);
  g_assert_cmpint (gdp_figure_judge (stale, &figures), ==, GDP_VERDICT_POOR);
  g_assert_cmpint (gdp_figure_judge (flood, &figures), ==, GDP_VERDICT_POOR);
  figures.per_hour = 12.1;
  g_assert_cmpint (gdp_figure_judge (rate, &figures), ==, GDP_VERDICT_POOR);
}

/* Averages of a few days are not judged; what was counted and is too much already is. */
static void
test_verdicts_of_few_days (void)
{
  GdpAlarmFigures figures = { .per_hour = 1000, .flood_share = 1, .n_unreasoned = 1, .n_stale = 0 };

  g_assert_cmpint (gdp_figure_judge (figure_of ("per-hour"), &figures), ==, GDP_VERDICT_UNKNOWN);
  g_assert_cmpint (gdp_figure_judge (figure_of ("flood"), &figures), ==, GDP_VERDICT_UNKNOWN);
  g_assert_cmpint (gdp_figure_judge (figure_of ("unreasoned"), &figures), ==, GDP_VERDICT_POOR);
  g_assert_cmpint (gdp_figure_judge (figure_of ("stale"), &figures), ==, GDP_VERDICT_UNKNOWN);
}

static void
test_periods (void)
{
  g_autoptr (GdpFigureCounter) counter = counter_of (1 / 144. + 1 / 1440.);   /* eleven minutes */
  gsize n;

  take (counter, 599, GDP_EVENT_ALARM_OCCURRED, "A/p.high", NULL);
  take (counter, 600, GDP_EVENT_ALARM_RECURRED, "A/p.high", NULL);
  const guint *periods = gdp_figure_counter_periods (counter, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (periods[0], ==, 1);
  g_assert_cmpuint (periods[1], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alarm-figures/averages-and-shares", test_averages_and_shares);
  g_test_add_func ("/alarm-figures/less-than-thirty-days-is-said", test_too_little_is_said);
  g_test_add_func ("/alarm-figures/a-flood-is-counted-from-its-begin-to-its-end", test_flood);
  g_test_add_func ("/alarm-figures/one-alarm-is-no-flood", test_one_alarm_is_no_flood);
  g_test_add_func ("/alarm-figures/chattering-fleeting-and-stale-ones", test_bad_actors);
  g_test_add_func ("/alarm-figures/time-to-acknowledge-by-nearest-rank", test_time_to_acknowledge);
  g_test_add_func ("/alarm-figures/what-is-suppressed-does-not-call", test_suppressed_ones_do_not_call);
  g_test_add_func ("/alarm-figures/each-is-held-against-its-reference", test_verdicts);
  g_test_add_func ("/alarm-figures/few-days-are-judged-only-by-what-was-too-much", test_verdicts_of_few_days);
  g_test_add_func ("/alarm-figures/periods-begin-with-the-span", test_periods);
  return g_test_run ();
}
