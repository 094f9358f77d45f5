/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of a span: against a plain sum over every second, joined in any grouping, packed and unpacked. */
#include <math.h>
#include <string.h>

#include "data/calendar.h"
#include "data/crc32c.h"
#include "data/figures-block.h"
#include "data/store.h"

#define HOUR (3600 * GDP_SECOND)
#define DAY (24 * HOUR)
#define HOLD (90 * GDP_SECOND)

static const GdpReason reasons[] = { GDP_REASON_NONE, GDP_REASON_NONE, GDP_REASON_NONE, GDP_REASON_STALE,
                                     GDP_REASON_NO_COMMUNICATION, GDP_REASON_AVERAGED, GDP_REASON_CLOCK };

/* Whole seconds and quarters, so that every sum is exact. */
static GArray *
random_readings (guint n, gint64 start)
{
  GArray *readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  gint64 time = start;
  for (guint i = 0; i < n; i++) {
    GdpReason reason = reasons[g_test_rand_int_range (0, G_N_ELEMENTS (reasons))];
    double value = g_test_rand_int_range (-400, 400) / 4.0;
    if (reason == GDP_REASON_NO_COMMUNICATION && g_test_rand_bit ())
      value = NAN;
    GdpReading reading = { .point = 1, .time = time, .received = time, .value = value, .reason = reason };
    g_array_append_val (readings, reading);
    time += g_test_rand_int_range (0, 150) * GDP_SECOND;
  }
  return readings;
}

/* Second by second from the first momentary reading to the last. */
static void
assert_plain (const GArray *readings, const DataFigures *figures)
{
  gint64 held = 0, good = 0;
  double sum = 0, min = NAN, max = NAN;
  const GdpReading *now = NULL;
  for (guint i = 0; i < readings->len; i++) {
    const GdpReading *next = &g_array_index (readings, GdpReading, i);
    if (gdp_reason_has_value (next->reason)) {
      min = isnan (min) ? next->value : MIN (min, next->value);
      max = isnan (max) ? next->value : MAX (max, next->value);
    }
    if (next->reason == GDP_REASON_AVERAGED)
      continue;
    for (gint64 time = now ? now->time : next->time; time < next->time; time += GDP_SECOND)
      if (time < now->time + HOLD && gdp_reason_has_value (now->reason)) {
        held += GDP_SECOND;
        sum += now->value * GDP_SECOND;
        good += gdp_reason_quality (now->reason) == GDP_QUALITY_GOOD ? GDP_SECOND : 0;
      }
    now = next;
  }
  g_assert_cmpuint (figures->count, ==, readings->len);
  g_assert_cmpint (figures->held, ==, held);
  g_assert_cmpint (figures->good, ==, good);
  g_assert_cmpfloat (figures->sum, ==, sum);
  g_assert_true (isnan (min) ? isnan (figures->min) : figures->min == min && figures->max == max);
}

static void
test_plain (void)
{
  for (int round = 0; round < 300; round++) {
    g_autoptr (GArray) readings = random_readings ((guint) g_test_rand_int_range (1, 60), 7 * HOUR);
    DataFigures all = data_figures_of_all ((const GdpReading *) (gpointer) readings->data, readings->len, HOLD);
    assert_plain (readings, &all);
  }
}

static void
test_grouping (void)
{
  for (int round = 0; round < 300; round++) {
    g_autoptr (GArray) readings = random_readings ((guint) g_test_rand_int_range (2, 60), 7 * HOUR);
    const GdpReading *first = (const GdpReading *) (gpointer) readings->data;
    DataFigures all = data_figures_of_all (first, readings->len, HOLD), joined = { 0 };
    for (guint at = 0; at < readings->len;) {
      guint n = (guint) g_test_rand_int_range (1, (gint32) (readings->len - at) + 1);
      DataFigures part = data_figures_of_all (first + at, n, HOLD);
      data_figures_join (&joined, &part, HOLD);
      at += n;
    }
    g_assert_true (data_figures_same (&all, &joined));
  }
}

static void
test_mean (void)
{
  const GdpReading steady[] = {
    { .time = 0, .value = 10 }, { .time = 60 * GDP_SECOND, .value = 20 },      /* 10 for a minute */
    { .time = 90 * GDP_SECOND, .reason = GDP_REASON_NO_COMMUNICATION, .value = 20 },   /* 20 for half a minute */
    { .time = HOUR, .value = 30 },                                             /* nothing for long */
  };
  DataFigures figures = data_figures_of_all (steady, G_N_ELEMENTS (steady), HOLD);
  g_assert_cmpfloat_with_epsilon (data_figures_mean (&figures), (10 * 60 + 20 * 30) / 90.0, 1e-12);
  g_assert_cmpint (figures.good, ==, 90 * GDP_SECOND);
  g_assert_cmpint (figures.worst, ==, GDP_REASON_NO_COMMUNICATION);
  g_assert_cmpfloat (figures.max, ==, 30);
  DataFigures one = data_figures_of (&steady[3]), none = { 0 };
  g_assert_cmpfloat (data_figures_mean (&one), ==, 30);
  g_assert_true (isnan (data_figures_mean (&none)));
}

/* ---- blocks ------------------------------------------------------------------------------ */

static GArray *
random_cells (guint n, double grid, gint64 step)
{
  GArray *cells = g_array_new (FALSE, FALSE, sizeof (DataFigures));
  gint64 cell = 490000 * HOUR / step;
  for (guint i = 0; i < n; i++) {
    g_autoptr (GArray) readings = random_readings ((guint) g_test_rand_int_range (1, 20), cell * step + 5 * GDP_SECOND);
    for (guint k = 0; k < readings->len; k++)
      g_array_index (readings, GdpReading, k).value *= grid;
    DataFigures figures = data_figures_of_all ((const GdpReading *) (gpointer) readings->data, readings->len, HOLD);
    g_array_append_val (cells, figures);
    cell += g_test_rand_int_range (1, 4);
  }
  return cells;
}

/* Of days, as an earlier program wrote them. */
static GByteArray *
pack_plain (const GArray *days)
{
  GByteArray *block = g_byte_array_new ();
  g_assert_cmpuint (days->len, <, 128);
  g_byte_array_append (block, (const guint8[]) { 2, (guint8) days->len }, 2);
  for (guint i = 0; i < days->len; i++) {
    const DataFigures *its = &g_array_index (days, DataFigures, i);
    guint64 words[9] = { (guint64) its->first, (guint64) its->last,
                         (guint64) its->count << 32 | (guint64) its->worst << 8 | (guint64) its->last_reason };
    memcpy (&words[3], (const double[]) { its->min, its->max, its->sum, its->last_value }, 4 * sizeof (double));
    words[7] = (guint64) its->held;
    words[8] = (guint64) its->good;
    for (guint k = 0; k < G_N_ELEMENTS (words); k++)
      words[k] = GUINT64_TO_LE (words[k]);
    g_byte_array_append (block, (const guint8 *) words, sizeof words);
  }
  guint32 crc = GUINT32_TO_BE (data_crc32c (block->data, block->len));
  g_byte_array_append (block, (const guint8 *) &crc, sizeof crc);
  return block;
}

static void
assert_back (const GByteArray *block, const GArray *hours, gint64 step)
{
  g_autoptr (GArray) back = g_array_new (FALSE, FALSE, sizeof (DataFigures));
  g_autoptr (GError) error = NULL;
  gboolean ok = data_figures_unpack (block->data, block->len, step, back, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpuint (back->len, ==, hours->len);
  for (guint i = 0; i < hours->len; i++)
    g_assert_true (data_figures_same (&g_array_index (hours, DataFigures, i), &g_array_index (back, DataFigures, i)));
}

static void
assert_block (const GArray *hours, gint64 step)
{
  g_autoptr (GByteArray) block = data_figures_pack (hours, step), again = data_figures_pack (hours, step);
  assert_back (block, hours, step);
  g_assert_cmpmem (block->data, block->len, again->data, again->len);
}

static void
test_pack (void)
{
  for (int round = 0; round < 100; round++) {
    g_autoptr (GArray) decimals = random_cells ((guint) g_test_rand_int_range (0, 100), 1, HOUR);
    g_autoptr (GArray) any = random_cells ((guint) g_test_rand_int_range (0, 100), 1.0 / 3, HOUR);
    g_autoptr (GArray) days = random_cells ((guint) g_test_rand_int_range (0, 100), round % 2 ? 1 : 1.0 / 3, DAY);
    g_autoptr (GByteArray) plain = pack_plain (days);
    assert_block (decimals, HOUR);
    assert_block (any, HOUR);
    assert_block (days, DAY);
    assert_back (plain, days, DAY);
  }
  g_autoptr (GArray) before = random_cells (3, 1, HOUR);
  for (guint i = 0; i < before->len; i++) {   /* 1969 */
    DataFigures *its = &g_array_index (before, DataFigures, i);
    its->first -= 490010 * HOUR;
    its->last -= 490010 * HOUR;
  }
  assert_block (before, HOUR);
}

static DataFigures
cell_at (gint64 first, gint64 step)
{
  return (DataFigures) { .count = 1, .first = first, .last = first + step - 1, .min = 1, .max = 2, .last_value = 1.5, .sum = 3,
                         .held = step - 1 };
}

/* Each at its limit: a cell before 1970 and one far off, a whole step, one reading and as many as can be counted, no value at
 * all, a last value without extremes, values that no decimal shows. */
static void
assert_limits (gint64 step)
{
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (DataFigures));
  for (gint64 cell = -2; cell < 3; cell++)
    g_array_append_vals (cells, &(DataFigures[]) { cell_at (cell * step, step) }, 1);
  g_array_append_vals (cells, &(DataFigures[]) { cell_at ((G_GINT64_CONSTANT (1) << 53) / step * step, step) }, 1);
  DataFigures *all = (DataFigures *) (gpointer) cells->data;
  all[0].count = G_MAXUINT32;
  all[1].min = all[1].max = all[1].last_value = NAN;
  all[1].held = 0;
  all[1].sum = 0;
  all[2].last_value = NAN;
  all[2].last_reason = GDP_REASON_NO_COMMUNICATION;
  all[2].worst = (GdpReason) 255;
  assert_block (cells, step);
  all[3].min = -0.0;
  all[3].max = 1e300;
  all[3].last_value = 5e-324;
  assert_block (cells, step);
  for (guint i = 0; i < cells->len; i++)
    g_assert_cmpint (data_cell_of (all[i].first, step), ==, data_cell_of (all[i].last, step));
}

static void
test_limits (void)
{
  assert_limits (HOUR);
  assert_limits (DAY);
  g_assert_cmpint (data_cell_of (-1, HOUR), ==, -1);
  g_assert_cmpint (data_cell_of (-HOUR, HOUR), ==, -1);
  g_assert_cmpint (data_cell_of (-HOUR - 1, HOUR), ==, -2);
}

/* Every day from 1970 to the end of 2254 is in one month and one year, each as long as GLib's calendar has it. */
static void
test_calendar (void)
{
  gint64 day = 0;
  for (gint64 year = 1970; year < 2255; year++) {
    g_assert_cmpint (data_first_day_of_year (year), ==, day);
    for (gint64 month = 0; month < 12; month++) {
      guint8 length = g_date_get_days_in_month ((GDateMonth) (month + 1), (GDateYear) year);
      g_assert_cmpint (data_first_day_of_month (12 * year + month), ==, day);
      for (guint8 i = 0; i < length; i++, day++) {
        g_assert_cmpint (data_month_of_day (day), ==, 12 * year + month);
        g_assert_cmpint (data_year_of_day (day), ==, year);
      }
    }
  }
  g_assert_cmpint (day, ==, 285 * 365 + 69);   /* 71 fourth years, less 2100 and 2200 */
}

/* Cells of @step with a reading a minute, some ms off, some decimal places. */
static guint
size_of_minutes (guint n, gint64 step)
{
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (DataFigures));
  for (gint64 cell = 20000 * DAY / step; cells->len < n; cell++) {
    DataFigures figures = { 0 };
    for (gint64 minute = 0; minute < step / GDP_SECOND / 60; minute++) {
      GdpReading reading = { .time = cell * step + (minute * 60 + 7) * GDP_SECOND + g_test_rand_int_range (-1000, 1000),
                             .value = (600 + g_test_rand_int_range (0, 8)) / 1000.0 };
      DataFigures one = data_figures_of (&reading);
      data_figures_join (&figures, &one, HOLD);
    }
    g_array_append_val (cells, figures);
  }
  assert_block (cells, step);
  g_autoptr (GByteArray) block = data_figures_pack (cells, step);
  g_test_message ("%.1f bytes a cell", (double) block->len / n);
  return block->len;
}

static void
test_small (void)
{
  g_assert_cmpuint (size_of_minutes (744, HOUR), <, 744 * 14);
  g_assert_cmpuint (size_of_minutes (366, DAY), <, 366 * 20);
}

static void
assert_damage_is_found (GByteArray *block, gint64 step)
{
  g_autoptr (GArray) back = g_array_new (FALSE, FALSE, sizeof (DataFigures));
  for (guint bit = 0; bit < block->len * 8; bit++) {
    g_autoptr (GError) error = NULL;
    block->data[bit / 8] ^= (guint8) (1 << bit % 8);
    g_assert_false (data_figures_unpack (block->data, block->len, step, back, &error));
    g_assert_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE);
    block->data[bit / 8] ^= (guint8) (1 << bit % 8);
  }
  for (guint length = 0; length < block->len; length++) {
    g_autofree guint8 *part = g_memdup2 (block->data, length);   /* so that reading beyond it is seen */
    g_assert_false (data_figures_unpack (part, length, step, back, NULL));
  }
  g_assert_cmpuint (back->len, ==, 0);
}

static void
test_damage (void)
{
  g_autoptr (GArray) hours = random_cells (30, 1, HOUR), days = random_cells (30, 1, DAY);
  g_autoptr (GByteArray) packed = data_figures_pack (hours, HOUR), quick = data_figures_pack (days, DAY), plain = pack_plain (days);
  assert_damage_is_found (packed, HOUR);
  assert_damage_is_found (quick, DAY);
  assert_damage_is_found (plain, DAY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/are-those-of-a-sum-over-every-second", test_plain);
  g_test_add_func ("/figures/of-spans-join-in-any-grouping", test_grouping);
  g_test_add_func ("/figures/a-value-holds-until-the-next-or-until-stale", test_mean);
  g_test_add_func ("/figures/pack-without-loss", test_pack);
  g_test_add_func ("/figures/at-their-limits-pack-without-loss", test_limits);
  g_test_add_func ("/figures/days-of-a-calendar-with-leap-years", test_calendar);
  g_test_add_func ("/figures/of-an-hour-and-of-a-day-are-few-bytes", test_small);
  g_test_add_func ("/figures/damage-is-found", test_damage);
  return g_test_run ();
}
