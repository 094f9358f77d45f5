/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limit evaluations per second through gdp_engine_samples(), beside a bare loop of comparisons; and samples per second, and
 * memory, of an engine with 1,600,000 points.
 *
 * 1,000 units with 16 points each, every point with LL, L, H and HH, each once a second. Samples
 * arrive in random order, whole polls of 16 or one by one; the bare loop compares the same values of
 * the same points in the same order with four numbers each, and keeps nothing. A sample counts as
 * four evaluations in both. */

#include "gdp/engine.h"
#include "gdp/engine-private.h"
#include "quantile.h"

#include <malloc.h>
#include <time.h>

#define UNITS    1000
#define PER_UNIT 16
#define POINTS   (UNITS * PER_UNIT)
#define SECONDS  40
#define SAMPLES  (SECONDS * POINTS)
#define ROUNDS   7
#define MANY     100000   /* units of the large engine */

typedef struct { double limit[GDP_N_LEVELS]; } Bare;

typedef struct { guint point; float current; } Arrival;

static GdpNetwork *
network_new (guint n_units)
{
  GdpRegister registers[PER_UNIT];
  char channels[PER_UNIT][8];
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  GdpLimits limits = { .level = { { 1.2, 0.05, 0, 0, 1 }, { 1.8, 0.05, 5, 0, 2 },
                                  { 2.75, 0.05, 5, 0, 2 }, { 2.9, 0.05, 0, 0, 1 } } };

  for (guint i = 0; i < PER_UNIT; i++) {
    g_snprintf (channels[i], sizeof channels[i], "ai%u", i + 1);
    registers[i] = (GdpRegister) { channels[i], GDP_TABLE_INPUT_REGISTERS, i, GDP_REGISTER_U16,
                                   GDP_WORDS_HIGH_FIRST, 0.001 };
  }
  g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", registers, PER_UNIT, NULL);
  for (guint u = 0; u < n_units; u++) {
    g_autofree char *site = g_strdup_printf ("S%u", u);
    g_autofree char *unit = g_strdup_printf ("S%u/u", u), *line = g_strdup_printf ("l%u", u);
    GdpLink tcp = { .id = line, .kind = GDP_LINK_MODBUS_TCP };
    guint link = gdp_network_builder_add_link (builder, &tcp, NULL);
    gdp_network_builder_add_site (builder, &(GdpSite) { .id = site }, NULL);
    gdp_network_builder_add_unit (builder, &(GdpUnit) { .id = unit, .site = u, .link = link, .address = 1,
                                                        .profile = profile, .period = 1 }, NULL);
    for (guint i = 0; i < PER_UNIT; i++) {
      g_autofree char *id = g_strdup_printf ("S%u/p%u", u, i);
      gdp_network_builder_add_point (builder, &(GdpPoint) {
        .key = u * PER_UNIT + i + 1, .id = id, .site = u, .unit = u, .kind = GDP_POINT_OUTLET_PRESSURE,
        .channel = channels[i], .engineering_unit = "kPa", .scaling = { GDP_SIGNAL_CURRENT, 0, 4 },
        .resolution = 0.01, .keep_every = 60, .limits = limits }, NULL);
    }
  }
  return gdp_network_builder_finish (builder);
}

static void
shuffle (guint *numbers, guint n, GRand *rand)
{
  for (guint i = n - 1; i > 0; i--) {
    guint j = g_rand_int_range (rand, 0, i + 1), kept = numbers[i];
    numbers[i] = numbers[j];
    numbers[j] = kept;
  }
}

/* Groups of @batch neighbours in random order, every second another one. 2 % of the samples move by
 * more than the resolution, one in 20,000 goes beyond H. */
static Arrival *
arrivals_new (GRand *rand, guint batch)
{
  Arrival *arrivals = g_new (Arrival, SAMPLES), *next = arrivals;
  guint n = POINTS / batch;
  g_autofree guint *order = g_new (guint, n);

  for (guint i = 0; i < n; i++)
    order[i] = i;
  for (guint second = 0; second < SECONDS; second++) {
    shuffle (order, n, rand);
    for (guint i = 0; i < n; i++)
      for (guint b = 0; b < batch; b++) {
        guint luck = g_rand_int_range (rand, 0, 20000);
        next->point = order[i] * batch + b;
        next++->current = luck == 0 ? 15.6 : luck < 400 ? g_rand_double_range (rand, 12.5, 13.5) : 13.0;
      }
  }
  return arrivals;
}

static double
run_engine (GdpEngine *engine, const Arrival *arrivals, guint batch, gint64 *now, GdpChanges *changes)
{
  GdpSample samples[PER_UNIT];
  gint64 start = g_get_monotonic_time (), begin = *now;

  for (guint i = 0; i < SAMPLES; i += batch) {
    *now = begin + (gint64) i * GDP_SECOND / POINTS;
    for (guint b = 0; b < batch; b++)
      samples[b] = (GdpSample) { arrivals[i + b].point, GDP_REASON_NONE, *now, arrivals[i + b].current };
    gdp_engine_samples (engine, arrivals[i].point / PER_UNIT, *now, samples, batch, changes);
    if (i % 3200 == 0)   /* as often as a server commits: every 200 ms */
      gdp_changes_clear (changes);
  }
  return (g_get_monotonic_time () - start) / 1e6;
}

static double
run_bare (const Bare *bare, const Arrival *arrivals, guint *beyond)
{
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < SAMPLES; i++) {
    const Bare *b = &bare[arrivals[i].point];
    double value = (arrivals[i].current - 4) / 16 * 4;
    *beyond += (value <= b->limit[0]) + (value <= b->limit[1]) + (value >= b->limit[2]) + (value >= b->limit[3]);
  }
  return (g_get_monotonic_time () - start) / 1e6;
}

static void
measure (const char *name, GdpNetwork *network, guint batch)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autofree Arrival *arrivals = arrivals_new (rand, batch);
  g_autofree Bare *bare = g_new (Bare, POINTS);
  gint64 now = 1000000 * GDP_SECOND;
  g_autoptr (GdpEngine) engine = gdp_engine_new (network, "bench", now);
  double ours[ROUNDS], theirs[ROUNDS], ratio[ROUNDS], millions = 4.0 * SAMPLES / 1e6;
  guint beyond = 0;

  for (guint i = 0; i < POINTS; i++)
    bare[i] = (Bare) { { 1.2, 1.8, 2.75, 2.9 } };
  for (guint round = 0; round < ROUNDS; round++) {
    ours[round] = millions / run_engine (engine, arrivals, batch, &now, changes);
    theirs[round] = millions / run_bare (bare, arrivals, &beyond);
    ratio[round] = ours[round] / theirs[round];
  }
  g_print ("engine: limit evaluations, %s: ours %.1f M/s, bare comparisons %.1f M/s, "
           "ratio %.3f (%.3f to %.3f); target 5 M/s [%u beyond]\n", name,
           quantile (ours, ROUNDS, 0.5), quantile (theirs, ROUNDS, 0.5), quantile (ratio, ROUNDS, 0.5),
           quantile (ratio, ROUNDS, 0), quantile (ratio, ROUNDS, 1), beyond);
}

/* Forty rows of 16 points from each unit, older than what is live: stored and judged. */
static void
measure_late (GdpNetwork *network)
{
  enum { ROWS = 40 };
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  gint64 now = 1000000 * GDP_SECOND;
  g_autoptr (GdpEngine) engine = gdp_engine_new (network, "bench", now);
  g_autofree GdpSample *rows = g_new0 (GdpSample, ROWS * PER_UNIT);
  double rates[ROUNDS];

  for (guint round = 0; round < ROUNDS; round++) {
    now += 3600 * GDP_SECOND;
    gint64 start = g_get_monotonic_time ();
    for (guint unit = 0; unit < POINTS / PER_UNIT; unit++) {
      for (guint i = 0; i < ROWS * PER_UNIT; i++)
        rows[i] = (GdpSample) { unit * PER_UNIT + i % PER_UNIT, GDP_REASON_NONE,
                                now - (ROWS - (gint64) i / PER_UNIT) * 60 * GDP_SECOND, 13.0 + i % 7 * 0.01 };
      GdpSample live = { unit * PER_UNIT, GDP_REASON_NONE, now, 13.0 };
      gdp_engine_samples (engine, unit, now, &live, 1, changes);
      gdp_engine_history (engine, unit, now, rows, ROWS * PER_UNIT, changes);
      if (unit % 10 == 0)
        gdp_changes_clear (changes);
    }
    rates[round] = POINTS * ROWS / 1e6 / ((g_get_monotonic_time () - start) / 1e6);
  }
  g_print ("engine: late samples, rows of 16 points: ours %.1f M/s (%.1f to %.1f)\n", quantile (rates, ROUNDS, 0.5),
           quantile (rates, ROUNDS, 0), quantile (rates, ROUNDS, 1));
}

static double
thread_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* A poll of every unit, units in random order: nothing of what a sample needs is in the processor's cache. */
static double
poll_all (GdpEngine *engine, const guint *order, gint64 *now, GRand *rand, GdpChanges *changes)
{
  GdpSample samples[PER_UNIT];
  double begun = thread_seconds ();

  for (guint i = 0; i < MANY; i++) {
    *now += 10;   /* all within a second */
    for (guint k = 0; k < PER_UNIT; k++)
      samples[k] = (GdpSample) { order[i] * PER_UNIT + k, GDP_REASON_NONE, *now, 13.0 };
    if (i % 3 == 0)   /* 2 % of the samples move by more than the resolution */
      samples[i % PER_UNIT].raw = g_rand_double_range (rand, 12.5, 13.5);
    gdp_engine_samples (engine, order[i], *now, samples, PER_UNIT, changes);
    if (i % 1000 == 0)
      gdp_changes_clear (changes);
  }
  return MANY * PER_UNIT / 1e6 / (thread_seconds () - begun);
}

static void
measure_large (void)
{
  g_autoptr (GdpNetwork) network = network_new (MANY);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autofree guint *order = g_new (guint, MANY);
  gint64 now = 1000000 * GDP_SECOND;
  struct mallinfo2 before = mallinfo2 ();
  g_autoptr (GdpEngine) engine = gdp_engine_new (network, "bench", now);
  double rates[ROUNDS];

  for (guint i = 0; i < MANY; i++)
    order[i] = i;
  shuffle (order, MANY, rand);
  poll_all (engine, order, &now, rand, changes);   /* every point has a value now */
  gdp_changes_clear (changes);
  struct mallinfo2 after = mallinfo2 ();
  for (guint round = 0; round < ROUNDS; round++)
    rates[round] = poll_all (engine, order, &now, rand, changes);
  g_print ("engine: %u points: %.1f M samples/s a core (%.1f to %.1f), target 3; %.0f bytes a point allocated, target 200\n",
           MANY * PER_UNIT, quantile (rates, ROUNDS, 0.5), quantile (rates, ROUNDS, 0), quantile (rates, ROUNDS, 1),
           (double) (after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) / (MANY * PER_UNIT));
}

int
main (void)
{
  g_autoptr (GdpNetwork) network = network_new (UNITS);

  measure ("polls of 16 in random order", network, PER_UNIT);
  measure ("points one by one in random order", network, 1);
  measure_late (network);
  g_print ("engine: state per point, with its share of unit and link: ours %zu bytes, target 200\n",
           sizeof (GdpPointState) + (sizeof (GdpUnitState) + sizeof (GdpLinkState)) / PER_UNIT);
  measure_large ();
  return 0;
}
