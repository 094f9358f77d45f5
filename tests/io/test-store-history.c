/* SPDX-License-Identifier: GPL-3.0-or-later */
/* History in a real store, against a plain list of all that was committed: each reading once and as it was, whether hot,
 * sealed, opened again for what came late or put aside, on PostgreSQL also to SQL; bars as they follow from the list;
 * damage told; retention. */
#include "samples.h"
#include "stage-sql.h"

#include <math.h>
#include <string.h>

#include "data/block.h"
#include "data/trend.h"

#define POINTS 12
#define HOLD (900 * GDP_SECOND)
#define T0 (20000 * DATA_DAY)

typedef struct {
  Stage      *stage;
  DataStore  *store;
  GdpNetwork *network;
  GArray     *all[POINTS];   /* GdpReading as committed, in that order */
  gint64      now;
  gboolean    orderly;       /* blocks hold it all; else no two readings are of one time, for what is put aside has no order */
  gint64      n;             /* committed so far */
} Town;

static void
town_begin (Town *town)
{
  town->stage = stage_new ();
  town->store = stage_open (town->stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpNetwork) network = stage_network (1, POINTS - 2);   /* two points are not configured */
  g_assert_true (data_store_import (town->store, network, "engineer", 1, NULL));
  town->network = data_store_network (town->store, NULL);
  for (guint i = 0; i < POINTS; i++)
    town->all[i] = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  town->now = T0;
}

static void
town_end (Town *town)
{
  g_clear_pointer (&town->store, data_store_close);
  gdp_network_unref (town->network);
  for (guint i = 0; i < POINTS; i++)
    g_array_unref (town->all[i]);
  stage_free (town->stage);
}

static void
add (Town *town, GdpChanges *changes, gint64 point, gint64 time)
{
  static const GdpReason reasons[] = { GDP_REASON_NONE, GDP_REASON_NONE, GDP_REASON_NONE, GDP_REASON_CLOCK,
                                       GDP_REASON_NO_COMMUNICATION, GDP_REASON_AVERAGED };
  GdpReading reading = { .point = point, .time = time, .received = town->now,
                         .value = g_test_rand_int_range (-500, 500) / 1000.0,
                         .reason = reasons[g_test_rand_int_range (0, G_N_ELEMENTS (reasons))] };
  if (g_test_rand_int_range (0, 20) == 0)
    reading.value = 1.0 / 3;
  if (reading.reason == GDP_REASON_NO_COMMUNICATION && g_test_rand_bit ())
    reading.value = NAN;
  if (!town->orderly)
    reading.time += town->n++ - reading.time % GDP_SECOND;
  if (!town->orderly && g_test_rand_int_range (0, 300) == 0)
    reading.received = -DATA_BLOCK_FARTHEST - 2;        /* no block holds it, nor what came with it in that hour */
  g_array_append_val (changes->readings, reading);
  g_array_append_val (town->all[point - 1], reading);
}

/* Readings of all points as time goes on until @until, and now and then late ones. */
static void
live_until (Town *town, gint64 until)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  while (town->now < until) {
    town->now += g_test_rand_int_range (1, 600) * GDP_SECOND;
    for (int point = 1; point <= POINTS; point++)
      if (g_test_rand_bit ())
        add (town, changes, point, town->now - g_test_rand_int_range (0, 3) * 1000);
    if (g_test_rand_int_range (0, 10) == 0)
      add (town, changes, g_test_rand_int_range (1, POINTS + 1),
           town->now - g_test_rand_int_range (0, 100 * 3600) * GDP_SECOND);
    stage_commit (town->store, changes, FALSE);
  }
}

/* Everything committed so far is known to `live` after this, so that it may be sealed. */
static void
reopen (Town *town)
{
  g_clear_pointer (&town->store, data_store_close);
  town->store = stage_open (town->stage, DATA_ACCESS_SERVE);
}

static guint64
seal (Town *town, gint64 now, gint64 keep_hours)
{
  DataSealing how = DATA_SEALING_USUAL;
  g_autoptr (GError) error = NULL;
  guint64 sealed = 0;
  how.now = now;
  how.keep_hours = keep_hours;
  g_autoptr (DataStore) store = stage_open (town->stage, DATA_ACCESS_POST);
  gboolean ok = data_store_seal (store, town->network, &how, &sealed, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return sealed;
}

/* ---- against the list ---------------------------------------------------------------------- */

static int
by_time (gconstpointer a, gconstpointer b)
{
  const GdpReading *left = a, *right = b;
  return left->time != right->time ? (left->time < right->time ? -1 : 1)
         : left->seq < right->seq ? -1 : left->seq > right->seq;
}

static GArray *
in_order (const GArray *all)
{
  GArray *sorted = g_array_copy ((GArray *) all);
  for (guint i = 0; i < sorted->len; i++)
    g_array_index (sorted, GdpReading, i).seq = i;
  g_array_sort (sorted, by_time);
  return sorted;
}

static gboolean
collect (const GdpReading *reading, gpointer list)
{
  g_array_append_vals (list, reading, 1);
  return TRUE;
}

static void
change (const Town *town, const char *sql)
{
  g_autoptr (StageSql) behind = stage_sql_new (town->stage);
  stage_sql_run (behind, sql);
}

static gint64
number (const Town *town, const char *sql)
{
  g_autoptr (StageSql) behind = stage_sql_new (town->stage);
  return stage_sql_number (behind, sql);
}

/* What is configured is asked for by its id, every other time. */
static void
assert_samples (const Town *town, gint64 point, gint64 since, gint64 until, const GArray *wanted)
{
  gboolean by_id = point <= POINTS - 2 && point % 2 == 1;
  g_autofree char *which = by_id ? g_strdup_printf ("(SELECT id FROM point WHERE key = %d)", (int) point)
                                 : g_strdup_printf ("%d", (int) point);
  if (stage_on_postgres ())
    samples_assert (town->stage, which, since, until, wanted);
}

static void
assert_readings (const Town *town, gint64 since, gint64 until)
{
  for (gint64 point = 1; point <= POINTS; point++) {
    g_autoptr (GArray) wanted = in_order (town->all[point - 1]);
    g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (GdpReading));
    g_autoptr (GError) error = NULL;
    g_assert_true (data_store_history (town->store, point, since, until, collect, found, &error));
    guint at = 0;
    for (guint i = 0; i < wanted->len; i++) {
      const GdpReading *its = &g_array_index (wanted, GdpReading, i);
      if (its->time < since || its->time >= until)
        continue;
      g_assert_cmpuint (at, <, found->len);
      const GdpReading *got = &g_array_index (found, GdpReading, at++);
      g_assert_cmpint (got->point, ==, point);
      g_assert_cmpint (got->time, ==, its->time);
      g_assert_cmpint (got->received, ==, its->received);
      g_assert_cmpint (got->reason, ==, its->reason);
      g_assert_true (got->value == its->value || (isnan (got->value) && isnan (its->value)));
    }
    g_assert_cmpuint (at, ==, found->len);
    assert_samples (town, point, since, until, found);
  }
}

static void
assert_near (double a, double b)
{
  g_assert_true ((isnan (a) && isnan (b)) || fabs (a - b) < 1e-6);
}

/* The bars that the store tells are those that the list gives. A configured point's values stand as long as its unit may
 * be silent: the figures that are stored were made so. */
static void
assert_bars (const Town *town, gint64 since, gint64 width, guint n)
{
  for (gint64 point = 1; point <= POINTS - 2; point++) {
    gint64 hold = data_hold_of (town->network, gdp_network_point_by_key (town->network, point));
    DataTrendQuery query = { point, since, width, n, hold, town->now, TRUE };
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) found = data_store_trend (town->store, &query, NULL, &error);
    g_assert_no_error (error);
    g_autoptr (GArray) list = in_order (town->all[point - 1]);
    DataTrend *trend = data_trend_new (since, width, n, hold);
    for (guint i = 0; i < list->len; i++) {
      DataFigures one = data_figures_of (&g_array_index (list, GdpReading, i));
      data_trend_add (trend, &one);
    }
    g_autoptr (GArray) wanted = data_trend_finish (trend, town->now);
    for (guint i = 0; i < n; i++) {
      const DataBar *its = &g_array_index (wanted, DataBar, i), *got = &g_array_index (found, DataBar, i);
      g_assert_cmpuint (got->count, ==, its->count);
      g_assert_cmpint (got->worst, ==, its->worst);
      assert_near (got->min, its->min);
      assert_near (got->max, its->max);
      assert_near (got->mean, its->mean);
      assert_near (got->good, its->good);
    }
  }
}

static void
assert_all (const Town *town)
{
  gint64 start = T0 - 5 * DATA_DAY, whole_day = T0;
  assert_readings (town, 0, G_MAXINT64);
  assert_readings (town, T0 + 3 * DATA_HOUR + 7, T0 + 9 * DATA_HOUR + 11);
  assert_bars (town, start, DATA_HOUR, (guint) ((town->now - start) / DATA_HOUR + 2));
  assert_bars (town, start, DATA_DAY, (guint) ((town->now - start) / DATA_DAY + 2));
  assert_bars (town, whole_day + 1234567, 777 * GDP_SECOND, 100);
}

static void
test_once (gconstpointer orderly)
{
  Town town = { .orderly = GPOINTER_TO_INT (orderly) };
  guint64 sealed = 0;
  town_begin (&town);
  live_until (&town, T0 + 5 * DATA_HOUR);
  assert_all (&town);                                   /* all hot */
  for (int i = 0; i < 8; i++) {
    live_until (&town, town.now + g_test_rand_int_range (1, 12) * DATA_HOUR);
    reopen (&town);
    sealed += seal (&town, town.now + (i % 3 == 0 ? DATA_HOUR : 0), 0);
    assert_all (&town);                                 /* and what is late opened hours and packed days again */
  }
  guint committed = 0;
  for (guint i = 0; i < POINTS; i++)
    committed += town.all[i]->len;
  sealed += seal (&town, town.now + DATA_DAY, 0);
  g_assert_cmpuint (sealed, ==, committed);
  assert_all (&town);
  g_assert_cmpuint (seal (&town, town.now + DATA_DAY, 0), ==, 0);
  gint64 aside = number (&town, "SELECT count (*) FROM sample_aside");
  g_assert_cmpint (aside > 0, ==, !town.orderly);
  g_test_message ("%u readings, %d put aside", committed, (int) aside);
  town_end (&town);
}

/* In the middle of a pass rows are there of readings that are in hours already: those up to a number, of some points up to
 * a greater one. What the store then tells is what SQL tells. */
static void
test_half_sealed (void)
{
  Town town = { 0 };
  town_begin (&town);
  live_until (&town, T0 + 5 * DATA_HOUR);
  reopen (&town);
  seal (&town, town.now + 2 * DATA_HOUR, 0);
  change (&town, "INSERT INTO sample SELECT trimmed_seq - p.key, p.key, (SELECT max (last) FROM sample_hour), 0, 1, 0 FROM meta, point p");
  assert_readings (&town, 0, G_MAXINT64);               /* rows that a pass had no time to delete */
  live_until (&town, town.now + 2 * DATA_HOUR);
  reopen (&town);
  live_until (&town, town.now + 2 * DATA_HOUR);
  change (&town, "UPDATE sealing SET seal_point = 5, seal_seq = (SELECT max (seq) - 9 FROM sample)");
  for (gint64 point = 1; point <= POINTS; point++) {
    g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (GdpReading));
    g_assert_true (data_store_history (town.store, point, 0, G_MAXINT64, collect, found, NULL));
    g_assert_cmpint (found->len < town.all[point - 1]->len, ==, point <= 5);
    assert_samples (&town, point, 0, G_MAXINT64, found);
  }
  town_end (&town);
}

static void
test_not_due (void)
{
  Town town = { 0 };
  town_begin (&town);
  live_until (&town, T0 + DATA_HOUR / 2);
  reopen (&town);
  g_assert_cmpuint (seal (&town, T0 + DATA_HOUR + 5 * 60 * GDP_SECOND, 0), ==, 0);   /* the hour is over, the grace not */
  g_assert_cmpuint (seal (&town, T0 + DATA_HOUR + 11 * 60 * GDP_SECOND, 0), >, 0);
  town_end (&town);
}

/* The feed goes on, and the whole state holds each point's newest reading, when no row is left. */
static void
test_state (void)
{
  Town town = { 0 };
  town_begin (&town);
  live_until (&town, T0 + 3 * DATA_HOUR);
  reopen (&town);
  g_autoptr (DataChanges) before = data_store_changes (town.store, 0, NULL);
  seal (&town, town.now + 2 * DATA_HOUR, 0);
  g_autoptr (DataChanges) after = data_store_changes (town.store, 0, NULL);
  g_assert_cmpuint (after->readings->len, ==, before->readings->len);
  for (guint i = 0; i < after->readings->len; i++)
    g_assert_cmpint (g_array_index (after->readings, GdpReading, i).time, ==,
                     g_array_index (before->readings, GdpReading, i).time);
  g_autoptr (DataChanges) behind = data_store_changes (town.store, 5, NULL);
  g_assert_true (behind->whole);                        /* its rows have gone */
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  stage_add_reading (changes, 1, town.now + DATA_HOUR, 5);
  stage_commit (town.store, changes, FALSE);
  g_autoptr (DataChanges) next = data_store_changes (town.store, after->seq, NULL);
  g_assert_false (next->whole);
  g_assert_cmpuint (next->readings->len, ==, 1);
  town_end (&town);
}

/* ---- damage -------------------------------------------------------------------------------- */

static guint
count_between (const Town *town, gint64 point, gint64 since, gint64 until)
{
  guint n = 0;
  for (guint i = 0; i < town->all[point - 1]->len; i++) {
    gint64 time = g_array_index (town->all[point - 1], GdpReading, i).time;
    n += time >= since && time < until;
  }
  return n;
}

/* The journal says so, once. */
static void
assert_noted (const Town *town, const char *what)
{
  DataJournalFilter filter = { .text = what };
  g_autoptr (GPtrArray) events = data_store_journal (town->store, &filter, NULL, NULL);
  g_assert_cmpuint (events->len, ==, 1);
}

static gboolean
count_them (const GdpReading *reading, gpointer n)
{
  *(guint *) n += 1;
  return TRUE;
}

static void
test_damage (void)
{
  Town town = { .orderly = TRUE };
  gint64 hour = T0 / DATA_HOUR + 2;
  town_begin (&town);
  live_until (&town, T0 + 6 * DATA_HOUR);
  reopen (&town);
  seal (&town, town.now + 2 * DATA_HOUR, 0);
  g_autofree char *sql = g_strdup_printf ("UPDATE sample_hour SET block = %s WHERE point = 3 AND hour = %" G_GINT64_FORMAT,
    stage_on_postgres () ? "set_byte (block, 9, 255 - get_byte (block, 9))"
                         : "CAST (substr (block, 1, 9) || CASE substr (block, 10, 1) WHEN x'AA' THEN x'55' ELSE x'AA' END"
                         "  || substr (block, 11) AS BLOB)", hour);
  change (&town, sql);

  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_autoptr (GError) error = NULL, damage = NULL, broken = NULL;
  g_assert_false (data_store_history (town.store, 3, 0, G_MAXINT64, collect, found, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "2024-10-04 02:00"));
  g_assert_nonnull (strstr (error->message, "point 3"));
  guint lost = count_between (&town, 3, hour * DATA_HOUR, (hour + 1) * DATA_HOUR);
  g_assert_cmpuint (lost, >, 0);
  g_assert_cmpuint (found->len, ==, town.all[2]->len - lost);
  if (stage_on_postgres ()) {
    g_autofree char *trouble = samples_trouble (town.stage, "3");
    g_assert_nonnull (strstr (trouble, "point 3 is damaged"));
    g_assert_nonnull (strstr (trouble, "2024-10-04 02:00"));
  }
  DataTrendQuery query = { 3, T0, GDP_SECOND * 60, 300, HOLD, town.now, FALSE };
  g_autoptr (GArray) bars = data_store_trend (town.store, &query, &damage, NULL);
  g_assert_nonnull (bars);
  g_assert_error (damage, DATA_ERROR, DATA_ERROR_DAMAGED);
  g_autoptr (GString) report = g_string_new (NULL);
  g_assert_false (data_store_verify (town.store, report, &broken));
  g_assert_nonnull (strstr (broken->message, "point 3"));

  /* What comes late for that hour is kept all the same, beside the damaged bytes; their figures still count. */
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  town.now += 3 * DATA_HOUR;
  stage_add_reading (changes, 3, hour * DATA_HOUR + 5, 77);
  stage_commit (town.store, changes, FALSE);
  reopen (&town);
  g_assert_cmpuint (seal (&town, town.now + DATA_DAY, 0), ==, 1);
  g_array_set_size (found, 0);
  g_assert_false (data_store_history (town.store, 3, hour * DATA_HOUR, (hour + 1) * DATA_HOUR, collect, found, NULL));
  g_assert_cmpuint (found->len, ==, 1);
  g_clear_error (&damage);
  query = (DataTrendQuery) { 3, hour * DATA_HOUR, DATA_HOUR, 1, HOLD, town.now, TRUE };
  g_autoptr (GArray) bar = data_store_trend (town.store, &query, &damage, NULL);
  g_assert_error (damage, DATA_ERROR, DATA_ERROR_DAMAGED);
  g_assert_cmpuint (g_array_index (bar, DataBar, 0).count, ==, lost + 1);
  g_assert_cmpfloat (g_array_index (bar, DataBar, 0).max, ==, 77);
  assert_noted (&town, "the block of that hour cannot be read");
  town_end (&town);
}

/* ---- what no hour takes --------------------------------------------------------------------- */

/* A point that has had as many readings in an hour as a block holds: the hour is found full. */
static void
test_full (void)
{
  Town town = { 0 };
  g_autoptr (GArray) full = g_array_sized_new (FALSE, FALSE, sizeof (GdpReading), DATA_BLOCK_MOST);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  town_begin (&town);
  for (gint64 i = 0; i < DATA_BLOCK_MOST; i++)
    g_array_append_vals (full, &(GdpReading) { .point = 1, .time = T0 + i * 3000, .received = T0 + i * 3000, .value = 1 }, 1);
  g_autoptr (GByteArray) block = data_block_encode (full, 0.001, NULL);
  g_autoptr (GString) sql = g_string_new (NULL);
  g_string_printf (sql, "INSERT INTO sample_hour (point, hour, count, first, last, min, max, sum, held, good, last_value, last_reason,"
                   " worst, block) VALUES (1, %d, %d, %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", 1, 1, 0, 0, 0, 1, 0, 0, %s",
                   (int) (T0 / DATA_HOUR), DATA_BLOCK_MOST, T0, T0 + (gint64) (DATA_BLOCK_MOST - 1) * 3000, stage_on_postgres () ? "'\\x" : "X'");
  for (guint i = 0; i < block->len; i++)
    g_string_append_printf (sql, "%02x", block->data[i]);
  g_string_append (sql, "')");
  change (&town, sql->str);

  for (gint64 i = 0; i < 2500; i++)                     /* of several transactions */
    stage_add_reading (changes, 1, T0 + i * GDP_SECOND, 5);
  stage_add_reading (changes, 1, T0 + DATA_HOUR, 6);    /* the next hour goes on, and so does the next point */
  stage_add_reading (changes, 2, T0, 7);
  stage_commit (town.store, changes, FALSE);
  reopen (&town);
  g_assert_cmpuint (seal (&town, T0 + DATA_DAY / 2, 0), ==, 2502);
  g_assert_cmpint (number (&town, "SELECT count (*) FROM sample"), ==, 0);
  g_assert_cmpint (number (&town, "SELECT count (*) FROM sample_aside"), ==, 2500);
  g_assert_cmpint (number (&town, "SELECT count (*) FROM sample_hour"), ==, 3);
  g_assert_cmpint (number (&town, "SELECT count (*) FROM journal WHERE kind = 'note' AND object = 'GDP-000/p0'"), ==, 1);
  assert_noted (&town, "2024-10-04 00:00 UTC are kept unpacked: 1002500 readings in one block: 1000000 at most");

  guint n = 0;
  g_assert_true (data_store_history (town.store, 1, T0, T0 + DATA_DAY, count_them, &n, NULL));
  g_assert_cmpuint (n, ==, DATA_BLOCK_MOST + 2501);
  DataTrendQuery query = { 1, T0, DATA_HOUR, 2, HOLD, T0 + DATA_DAY, TRUE };
  g_autoptr (GArray) bars = data_store_trend (town.store, &query, NULL, NULL);
  g_assert_cmpuint (g_array_index (bars, DataBar, 0).count, ==, DATA_BLOCK_MOST + 2500);
  g_assert_cmpfloat (g_array_index (bars, DataBar, 0).max, ==, 5);
  g_autoptr (GString) report = g_string_new (NULL);
  g_assert_true (data_store_verify (town.store, report, NULL));
  g_assert_nonnull (strstr (report->str, "kept unpacked: 2500"));
  town_end (&town);
}

/* Killed while it put rows aside: they are still hot, and count once. */
static void
test_half_aside (void)
{
  Town town = { 0 };
  town_begin (&town);
  live_until (&town, T0 + 3 * DATA_HOUR);
  change (&town, "INSERT INTO sample_aside (seq, point, time, delay, value, reason) SELECT seq, point, time, delay, value, reason "
          "FROM sample WHERE point = 4");
  assert_all (&town);
  change (&town, "UPDATE sealing SET seal_point = 4, seal_seq = (SELECT max (seq) FROM sample WHERE point = 4)");
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_assert_true (data_store_history (town.store, 4, 0, G_MAXINT64, collect, found, NULL));
  g_assert_cmpuint (found->len, ==, town.all[3]->len);   /* now those that were put aside */
  town_end (&town);
}

/* A unit that brings what it kept for a year: no transaction takes more than some hundred hours of it. */
static void
test_year (void)
{
  Town town = { 0 };
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  town_begin (&town);
  town.now = T0 + 366 * DATA_DAY;
  for (gint64 hour = 0; hour < 365 * 24; hour++)
    add (&town, changes, 1, T0 + hour * DATA_HOUR + 5);
  stage_commit (town.store, changes, FALSE);
  reopen (&town);
  gint64 before = number (&town, "SELECT step FROM sealing");
  g_assert_cmpuint (seal (&town, town.now + DATA_DAY, 0), ==, 365 * 24);
  g_assert_cmpint (number (&town, "SELECT step FROM sealing") - before, >=, 2 * 365 * 24 / 257);
  assert_readings (&town, 0, G_MAXINT64);
  assert_bars (&town, T0, DATA_DAY, 365);
  town_end (&town);
}

/* ---- retention ----------------------------------------------------------------------------- */

static void
test_retention (void)
{
  gint64 end_of_october = T0 + 27 * DATA_DAY;
  Town town = { .orderly = TRUE };
  g_autoptr (GError) error = NULL;
  town_begin (&town);
  town.now = end_of_october;
  live_until (&town, end_of_october + 3 * DATA_DAY);
  reopen (&town);
  seal (&town, town.now + 2 * DATA_HOUR, 0);
  gint64 now = T0 + 100 * DATA_DAY;
  seal (&town, now, now - end_of_october - 2 * DATA_DAY);   /* hours before 2 November are old: October's go */
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_assert_true (data_store_history (town.store, 1, 0, G_MAXINT64, collect, found, NULL));
  g_assert_cmpuint (found->len, ==, count_between (&town, 1, end_of_october + DATA_DAY, G_MAXINT64));
  town.now = now;
  assert_bars (&town, end_of_october, DATA_DAY, 4);                 /* the days stay */
  town_end (&town);
}

/* Neither are readings that no hour took: days count them, and have their extremes. */
static void
test_aside_goes (void)
{
  Town town = { .orderly = TRUE };
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  town_begin (&town);
  live_until (&town, T0 + 2 * DATA_DAY);
  for (gint64 day = 0; day < 2; day++)
    for (gint64 i = 0; i < 1500; i++)
      stage_add_late (changes, 2, T0 + day * DATA_DAY + i * 20 * GDP_SECOND, -DATA_BLOCK_FARTHEST - 2, i == 700 ? 90 : -80);
  stage_commit (town.store, changes, FALSE);
  reopen (&town);
  seal (&town, town.now + 2 * DATA_HOUR, 0);
  seal (&town, T0 + 50 * DATA_DAY, 49 * DATA_DAY);
  gint64 left = number (&town, "SELECT count (*) FROM sample_aside");   /* of the second day, and what came with them */
  g_assert_true (left >= 1500 && left < 3000);
  seal (&town, T0 + 100 * DATA_DAY, 98 * DATA_DAY);
  g_assert_cmpint (number (&town, "SELECT count (*) FROM sample_aside"), ==, 0);
  DataTrendQuery query = { 2, T0, DATA_DAY, 2, HOLD, town.now, TRUE };
  g_autoptr (GArray) bars = data_store_trend (town.store, &query, NULL, NULL);
  for (guint day = 0; day < 2; day++) {
    const DataBar *bar = &g_array_index (bars, DataBar, day);
    g_assert_cmpuint (bar->count, ==, 1500 + count_between (&town, 2, T0 + day * DATA_DAY, T0 + (day + 1) * DATA_DAY));
    g_assert_cmpfloat (bar->max, ==, 90);
    g_assert_cmpfloat (bar->min, ==, -80);
  }
  town_end (&town);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);            /* of what is damaged or put aside it warns */
  g_test_add_data_func ("/store-history/each-reading-once-hot-sealed-or-late", GINT_TO_POINTER (TRUE), test_once);
  g_test_add_data_func ("/store-history/each-reading-once-that-no-hour-takes", GINT_TO_POINTER (FALSE), test_once);
  g_test_add_func ("/store-history/each-reading-once-in-the-middle-of-a-pass", test_half_sealed);
  g_test_add_func ("/store-history/an-hour-is-sealed-after-its-grace", test_not_due);
  g_test_add_func ("/store-history/state-and-feed-go-on-without-rows", test_state);
  g_test_add_func ("/store-history/damage-is-told-by-point-and-hour", test_damage);
  g_test_add_func ("/store-history/an-hour-that-is-full-does-not-stop-the-others", test_full);
  g_test_add_func ("/store-history/what-is-half-put-aside-counts-once", test_half_aside);
  g_test_add_func ("/store-history/a-year-at-once-is-sealed-bit-by-bit", test_year);
  g_test_add_func ("/store-history/days-outlast-hours", test_retention);
  g_test_add_func ("/store-history/days-outlast-what-was-put-aside", test_aside_goes);
  return g_test_run ();
}
