/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of history that are cut short or have a bit turned: each is told, by point and hour, and all else can be read.
 * What is not as it was committed is told, too, though every block is well. */
#include "stage-sql.h"

#include <string.h>

#include "data/trend.h"

#define POINTS 4
#define HOURS  150
#define T0     (20000 * DATA_DAY)   /* 2024-10-04 */
#define HOLD   (900 * GDP_SECOND)

typedef struct {
  Stage      *stage;
  DataStore  *store;
  GdpNetwork *network;
  StageSql   *sql;
} Town;

/* Ten readings an hour of each point: @hours, sealed, and one hour more, hot. */
static void
town_begin (Town *town, int hours)
{
  town->stage = stage_new ();
  town->store = stage_open (town->stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpNetwork) network = stage_network (1, POINTS);
  g_assert_true (data_store_import (town->store, network, "engineer", 1, NULL));
  town->network = data_store_network (town->store, NULL);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (int i = 0; i < 10 * (hours + 1); i++)
    for (int point = 1; point <= POINTS; point++)
      stage_add_reading (changes, point, T0 + i * DATA_HOUR / 10, point + i % 7 / 1000.0);
  stage_commit (town->store, changes, FALSE);
  data_store_close (town->store);   /* so that all of it is known to `live` */
  town->store = stage_open (town->stage, DATA_ACCESS_SERVE);
  town->sql = stage_sql_new (town->stage);
  DataSealing how = DATA_SEALING_USUAL;
  guint64 sealed;
  how.now = T0 + hours * DATA_HOUR + how.grace + 1;
  how.keep_hours = 0;
  g_assert_true (data_store_seal (town->store, town->network, &how, &sealed, NULL));
}

static void
town_end (Town *town)
{
  stage_sql_free (town->sql);
  data_store_close (town->store);
  gdp_network_unref (town->network);
  stage_free (town->stage);
}

static char *
verify (const Town *town, GError **error)
{
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) why = NULL;
  gboolean ok = data_store_verify (town->store, report, &why);
  g_assert_true (ok == (why == NULL));
  g_test_message ("%s%s", report->str, why != NULL ? why->message : "");
  if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return g_string_free (g_steal_pointer (&report), FALSE);
}

/* Columns of figures stay as they are. @table: sample_hour and so on. */
static void
cut (const Town *town, const char *table, const char *where)
{
  g_autofree char *sql = g_strdup_printf ("UPDATE %s SET block = %s WHERE %s", table,
    stage_on_postgres () ? "substr (block, 1, length (block) - 3)"
    : "CAST (substr (block, 1, length (block) - 3) AS BLOB)", where);
  stage_sql_run (town->sql, sql);
}

static void
turn_a_bit (const Town *town, const char *table, const char *where)
{
  g_autofree char *sql = g_strdup_printf ("UPDATE %s SET block = %s WHERE %s", table,
    stage_on_postgres () ? "set_bit (block, 75, 1 - get_bit (block, 75))"
    : "CAST (substr (block, 1, 9) || CASE WHEN substr (block, 10, 1) = x'AA' THEN x'AB' ELSE x'AA' END"
      " || substr (block, 11) AS BLOB)", where);
  stage_sql_run (town->sql, sql);
}

static gboolean
count (const GdpReading *reading, gpointer n)
{
  ++*(guint *) n;
  return TRUE;
}

static guint
n_readable (const Town *town, gint64 point, GError **error)
{
  guint n = 0;
  gboolean whole = data_store_history (town->store, point, 0, G_MAXINT64, count, &n, error);
  g_assert_true (whole == (error == NULL || *error == NULL));
  return n;
}

static void
test_sound (void)
{
  Town town = { 0 };
  g_autoptr (GError) error = NULL;
  town_begin (&town, 30);
  g_autofree char *report = verify (&town, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (report, "hot readings: 40, not to be found by their time: 0\n"));
  g_assert_nonnull (strstr (report, "sealed hours: 120, with 1200 readings; damaged: 0\n"));
  g_assert_nonnull (strstr (report, "months and years of figures: 8; damaged: 0\n"));
  town_end (&town);
}

static void
test_blocks (void)
{
  Town town = { 0 };
  gint64 hour = T0 / DATA_HOUR;
  g_autoptr (GError) error = NULL, damage = NULL, why = NULL;
  town_begin (&town, 30);
  g_autofree char *second = g_strdup_printf ("point = 3 AND hour = %" G_GINT64_FORMAT, hour + 2);
  g_autofree char *seventh = g_strdup_printf ("point = 3 AND hour = %" G_GINT64_FORMAT, hour + 7);
  g_autofree char *other = g_strdup_printf ("point = 4 AND hour = %" G_GINT64_FORMAT, hour + 9);
  cut (&town, "sample_hour", second);
  turn_a_bit (&town, "sample_hour", seventh);
  turn_a_bit (&town, "sample_hour", other);

  g_autofree char *report = verify (&town, &error);
  g_assert_error (error, DATA_ERROR, DATA_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "GDP-000/p2 (point 3), 2024-10-04 02:00 UTC"));
  g_assert_nonnull (strstr (error->message, "(3 damaged)"));
  g_assert_nonnull (strstr (report, "chain ok"));
  g_assert_nonnull (strstr (report, "damaged: 3\n"));
  g_assert_nonnull (strstr (report, "damaged: the sealed hour of GDP-000/p2 (point 3), 2024-10-04 02:00 UTC"));
  g_assert_nonnull (strstr (report, "damaged: the sealed hour of GDP-000/p2 (point 3), 2024-10-04 07:00 UTC"));
  g_assert_nonnull (strstr (report, "damaged: the sealed hour of GDP-000/p3 (point 4), 2024-10-04 09:00 UTC"));

  g_assert_cmpuint (n_readable (&town, 1, NULL), ==, 310);
  g_assert_cmpuint (n_readable (&town, 3, &damage), ==, 290);
  g_assert_error (damage, DATA_ERROR, DATA_ERROR_DAMAGED);
  g_assert_nonnull (strstr (damage->message, "GDP-000/p2 (point 3), 2024-10-04 02:00 UTC"));
  DataTrendQuery query = { 3, T0, 60 * GDP_SECOND, 31 * 60, HOLD, T0 + 31 * DATA_HOUR, FALSE };
  g_autoptr (GArray) bars = data_store_trend (town.store, &query, &why, NULL);
  g_assert_error (why, DATA_ERROR, DATA_ERROR_DAMAGED);
  g_assert_cmpuint (bars->len, ==, 31 * 60);
  town_end (&town);
}

static void
test_very_many (void)
{
  Town town = { 0 };
  g_autoptr (GError) error = NULL;
  town_begin (&town, HOURS);
  cut (&town, "sample_hour", "point = 2");
  g_autofree char *report = verify (&town, &error);
  g_assert_nonnull (strstr (error->message, "(150 damaged)"));
  g_assert_nonnull (strstr (report, "damaged: 150\n"));
  g_assert_nonnull (strstr (report, "damaged: 50 more\n"));
  g_auto (GStrv) lines = g_strsplit (report, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), <, 130);
  g_assert_cmpuint (n_readable (&town, 1, NULL), ==, 10 * (HOURS + 1));
  town_end (&town);
}

/* Figures of months are made again from the hours, but somebody should know. */
static void
test_packs (void)
{
  Town town = { 0 };
  g_autoptr (GError) error = NULL;
  town_begin (&town, 30);
  turn_a_bit (&town, "sample_month", "point = 1");
  cut (&town, "sample_year", "point = 4");
  g_autofree char *report = verify (&town, &error);
  g_assert_error (error, DATA_ERROR, DATA_ERROR_DAMAGED);
  g_assert_nonnull (strstr (report, "sealed hours: 120, with 1200 readings; damaged: 0\n"));
  g_assert_nonnull (strstr (report, "damaged: the figures of GDP-000/p0 (point 1), 2024-10-01 00:00 UTC and a month on"));
  g_assert_nonnull (strstr (report, "damaged: the figures of GDP-000/p3 (point 4), 2024-01-01 00:00 UTC and a year on"));
  town_end (&town);
}

static char *
repair (const Town *town, const char *who, GError **error)
{
  g_autoptr (GString) report = g_string_new (NULL);
  gboolean ok = data_store_repair (town->store, town->network, who, T0, report, error);
  g_assert_true (ok == (*error == NULL));
  g_test_message ("%s", report->str);
  return g_string_free (g_steal_pointer (&report), FALSE);
}

static void
keep (const Town *town)
{
  stage_sql_run (town->sql, "CREATE TEMPORARY TABLE kept AS SELECT point, month AS number, block FROM sample_month "
                 "UNION ALL SELECT point, year, block FROM sample_year");
}

/* Of what was kept. */
static gint64
n_changed (const Town *town)
{
  return stage_sql_number (town->sql, "SELECT count (*) FROM kept WHERE NOT EXISTS (SELECT 1 FROM "
    "(SELECT point, month AS number, block FROM sample_month UNION ALL SELECT point, year, block FROM sample_year) AS packs "
    "WHERE packs.point = kept.point AND packs.number = kept.number AND packs.block = kept.block)");
}

static void
test_repair (void)
{
  Town town = { 0 };
  g_autoptr (GError) error = NULL;
  town_begin (&town, 30);
  keep (&town);
  turn_a_bit (&town, "sample_month", "point IN (1, 4)");
  cut (&town, "sample_year", "point = 4");
  g_assert_cmpint (n_changed (&town), ==, 3);
  g_autofree char *report = repair (&town, "anna", &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (report, "repaired: the figures of GDP-000/p0 (point 1), 2024-10-01 00:00 UTC and a month on"));
  g_assert_nonnull (strstr (report, "repaired: the figures of GDP-000/p3 (point 4), 2024-10-01 00:00 UTC and a month on"));
  g_assert_nonnull (strstr (report, "repaired: the figures of GDP-000/p3 (point 4), 2024-01-01 00:00 UTC and a year on"));
  g_assert_nonnull (strstr (report, "the first hour in them is that of GDP-000/p3 (point 4), 2024-10-04 00:00 UTC\n"));
  g_assert_null (strstr (report, "not repaired"));
  g_autofree char *sound = verify (&town, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n_changed (&town), ==, 0);
  g_assert_cmpint (stage_sql_number (town.sql, "SELECT count (*) FROM journal WHERE who = 'anna' AND text LIKE '%made anew%'"), ==, 3);
  g_autofree char *again = repair (&town, "anna", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, "");
  town_end (&town);
}

static void
test_beyond_repair (void)
{
  Town town = { 0 };
  g_autoptr (GError) error = NULL;
  town_begin (&town, 30);
  turn_a_bit (&town, "sample_month", "point < 4");
  turn_a_bit (&town, "sample_year", "point IN (1, 2)");
  turn_a_bit (&town, "sample_hour", "point = 1 AND hour = 480003");
  stage_sql_run (town.sql, "INSERT INTO sample_damaged SELECT point, hour, 1, block FROM sample_hour WHERE point = 2 "
                 "AND hour = 480001");
  stage_sql_run (town.sql, "DELETE FROM sample_hour WHERE point = 3");
  keep (&town);
  g_autofree char *report = repair (&town, "anna", &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (report, "not repaired: the figures of GDP-000/p0 (point 1), 2024-10-01 00:00 UTC and a month on: the sealed "
                            "hour of GDP-000/p0 (point 1), 2024-10-04 03:00 UTC cannot be read"));
  g_assert_nonnull (strstr (report, "(point 1), 2024-01-01 00:00 UTC and a year on: one of its months cannot be made\n"));
  g_assert_nonnull (strstr (report, "(point 2), 2024-10-01 00:00 UTC and a month on: the hour of GDP-000/p1 (point 2), "
                            "2024-10-04 01:00 UTC was found damaged and put aside\n"));
  g_assert_nonnull (strstr (report, "(point 3), 2024-10-01 00:00 UTC and a month on: nothing that it is of is kept any more\n"));
  g_assert_null (strstr (report, "\nrepaired"));
  g_assert_cmpint (n_changed (&town), ==, 0);
  g_assert_cmpint (stage_sql_number (town.sql, "SELECT count (*) FROM journal WHERE who = 'anna'"), ==, 0);
  town_end (&town);
}

static void
test_counts (void)
{
  static const struct { const char *sql, *told; int code; } cases[] = {
    { "UPDATE sample_hour SET count = 9 WHERE point = 2 AND hour = 480003",
      "the figures of the sealed hour of GDP-000/p1 (point 2), 2024-10-04 03:00 UTC are not those of its 10 readings",
      DATA_ERROR_DAMAGED },
    { "UPDATE sample_hour SET max = 77 WHERE point = 2 AND hour = 480004", "04:00 UTC are not those", DATA_ERROR_DAMAGED },
    { "UPDATE sample SET time = time - 864000000000 WHERE point = 3 AND seq = (SELECT max (seq) FROM sample WHERE point = 3)",
      "not to be found by their time", DATA_ERROR_NOT_A_STORE },
    { "DELETE FROM sample_span", "not to be found by their time", DATA_ERROR_NOT_A_STORE },
    { "UPDATE meta SET trimmed_seq = seq + 1", "more is sealed than may be", DATA_ERROR_NOT_A_STORE },
    { "UPDATE meta SET live_seq = seq + 1", "ahead of the readings", DATA_ERROR_NOT_A_STORE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Town town = { 0 };
    g_autoptr (GError) error = NULL;
    town_begin (&town, 30);
    stage_sql_run (town.sql, cases[i].sql);
    g_autofree char *report = verify (&town, &error);
    g_assert_error (error, DATA_ERROR, cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].told));
    g_assert_nonnull (strstr (report, "sealed hours: "));   /* it went on */
    town_end (&town);
  }
}

static void
test_put_aside (void)
{
  Town town = { 0 };
  g_autoptr (GError) error = NULL;
  town_begin (&town, 2);
  stage_sql_run (town.sql, "INSERT INTO sample_damaged SELECT point, hour, 1, block FROM sample_hour WHERE point = 2 "
                 "AND hour = 480001");
  g_autofree char *report = verify (&town, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (report, "found damaged earlier and put aside: GDP-000/p1 (point 2), 2024-10-04 01:00 UTC\n"));
  town_end (&town);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-damage/a-sound-store-is-told-in-figures", test_sound);
  g_test_add_func ("/store-damage/each-damaged-hour-is-told-and-all-else-read", test_blocks);
  g_test_add_func ("/store-damage/of-very-many-a-hundred-are-told-by-name", test_very_many);
  g_test_add_func ("/store-damage/damaged-figures-of-months-and-years-are-told", test_packs);
  g_test_add_func ("/store-damage/figures-are-made-anew-from-their-hours", test_repair);
  g_test_add_func ("/store-damage/figures-of-hours-that-are-damaged-are-not-made-anew", test_beyond_repair);
  g_test_add_func ("/store-damage/what-does-not-fit-together-is-told", test_counts);
  g_test_add_func ("/store-damage/hours-that-were-put-aside-are-told", test_put_aside);
  return g_test_run ();
}
