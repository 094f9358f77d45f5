/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp_unpack_block () of data/postgres/samples.sql: every block that data/block.h writes is what it was, bit by bit. */
#include "stage-sql.h"

#include <float.h>
#include <libpq-fe.h>
#include <math.h>
#include <string.h>

#include "data/block.h"
#include "gdp/grid.h"

typedef struct {
  Stage  *stage;
  PGconn *server;
} Town;

static void
town_begin (Town *town)
{
  town->stage = stage_new ();
  data_store_close (stage_open (town->stage, DATA_ACCESS_SERVE));   /* makes the functions */
  town->server = PQconnectdb (town->stage->uri);
  g_assert_cmpint (PQstatus (town->server), ==, CONNECTION_OK);
}

static void
town_end (Town *town)
{
  PQfinish (town->server);
  stage_free (town->stage);
}

static PGresult *
ask (const Town *town, const char *sql, const GByteArray *block)
{
  const char *value = (const char *) block->data;
  int size = (int) block->len, binary = 1;
  return PQexecParams (town->server, sql, 1, &(Oid) { 17 }, &value, &size, &binary, 0);
}

/* ---- what there may be --------------------------------------------------------------------- */

static double
any_value (const GdpGrid *grid)
{
  static const double odd[] = { -0.0, DBL_MAX, -DBL_MAX, DBL_MIN, 5e-324, -1.5e-310, 1e300, 1.0 / 3, 2.2250738585072011e-308 };
  switch (g_test_rand_int_range (0, 12)) {
  case 0:  return odd[g_test_rand_int_range (0, G_N_ELEMENTS (odd))];
  case 1:  return NAN;
  case 2:  return g_test_rand_double_range (-1e6, 1e6);
  case 3:  return gdp_grid_value (grid, (gint64) g_test_rand_int () * (1 << g_test_rand_int_range (0, 18)));
  default: return gdp_grid_value (grid, g_test_rand_int_range (-300, 300));
  }
}

static GArray *
any_readings (guint n, const GdpGrid *grid)
{
  static const gint64 units[] = { 1, 1000, 1000000 };
  GArray *readings = g_array_new (FALSE, TRUE, sizeof (GdpReading));
  gint64 unit = units[g_test_rand_int_range (0, 3)], time = G_GINT64_CONSTANT (1700000000) * GDP_SECOND;
  gboolean together = g_test_rand_bit (), calm = g_test_rand_bit (), dull = g_test_rand_bit ();
  gint64 receipt = time + 3600 * GDP_SECOND;
  double value = any_value (grid);
  for (guint i = 0; i < n; i++) {
    time += unit * (calm ? 60 : g_test_rand_int_range (-5, 100000));
    value = dull && g_test_rand_int_range (0, 50) > 0 ? value : any_value (grid);
    GdpReading reading = { .time = time, .received = together ? receipt : time + g_test_rand_int_range (-500, 900000),
                           .value = value, .reason = (GdpReason) (calm ? 0 : g_test_rand_int_range (0, 256)) };
    g_array_append_val (readings, reading);
  }
  if (n > 2 && g_test_rand_bit ())
    g_array_index (readings, GdpReading, n / 2).time = -DATA_BLOCK_FARTHEST;
  return readings;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void
assert_same (const Town *town, const GArray *readings, double resolution)
{
  g_autoptr (GByteArray) block = data_block_encode (readings, resolution, NULL);
  g_assert_nonnull (block);
  PGresult *result = ask (town, "SELECT \"time\", received, value, reason FROM gdp_unpack_block ($1)"
                          " WHERE gdp_block_whole ($1)", block);
  if (PQresultStatus (result) != PGRES_TUPLES_OK)
    g_error ("%s", PQresultErrorMessage (result));
  g_assert_cmpint (PQntuples (result), ==, (int) readings->len);
  for (guint i = 0; i < readings->len; i++) {
    const GdpReading *its = &g_array_index (readings, GdpReading, i);
    int row = (int) i;
    g_assert_cmpint (g_ascii_strtoll (PQgetvalue (result, row, 0), NULL, 10), ==, its->time);
    g_assert_cmpint (g_ascii_strtoll (PQgetvalue (result, row, 1), NULL, 10), ==, its->received);
    g_assert_cmpint (PQgetisnull (result, row, 2), ==, isnan (its->value) != 0);
    double value = isnan (its->value) ? its->value : g_ascii_strtod (PQgetvalue (result, row, 2), NULL);
    g_assert_cmpmem (&value, sizeof value, &its->value, sizeof its->value);
    g_assert_cmpint (g_ascii_strtoll (PQgetvalue (result, row, 3), NULL, 10), ==, its->reason);
  }
  PQclear (result);
}

static void
test_any (void)
{
  static const double resolutions[] = { 0.001, 0.1, 1, 5, 1.1, 1.0 / 3, 1.0 / 4096, G_PI, 0.0125, 1e-12, 1e17, 2.5e-9, 1e-310 };
  static const guint lengths[] = { 0, 1, 2, 3, 60, 300, 2000 };
  Town town;
  town_begin (&town);
  for (guint r = 0; r < G_N_ELEMENTS (resolutions); r++)
    for (guint l = 0; l < G_N_ELEMENTS (lengths); l++) {
      GdpGrid grid = gdp_grid (resolutions[r]);
      g_autoptr (GArray) readings = any_readings (lengths[l], &grid);
      assert_same (&town, readings, resolutions[r]);
    }
  town_end (&town);
}

static void
test_damaged (void)
{
  Town town;
  town_begin (&town);
  GdpGrid grid = gdp_grid (0.001);
  g_autoptr (GArray) readings = any_readings (60, &grid);
  g_autoptr (GByteArray) block = data_block_encode (readings, 0.001, NULL);
  for (guint i = 0; i <= block->len; i++) {             /* every byte, and at last one too few */
    guint8 mask = (guint8) g_test_rand_int_range (1, 256);
    if (i < block->len)
      block->data[i] ^= mask;
    else
      g_byte_array_set_size (block, block->len - 1);
    PGresult *result = ask (&town, "SELECT gdp_block_whole ($1)", block);
    g_assert_cmpint (PQresultStatus (result), ==, PGRES_TUPLES_OK);
    g_assert_cmpstr (PQgetvalue (result, 0, 0), ==, "f");
    PQclear (result);
    if (i < block->len)
      block->data[i] ^= mask;
    else
      break;
  }
  town_end (&town);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unpack/any-block-is-what-it-was", test_any);
  g_test_add_func ("/unpack/a-damaged-block-is-told", test_damaged);
  return g_test_run ();
}
