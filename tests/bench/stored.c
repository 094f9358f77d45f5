/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stored.h"

#include <stdlib.h>

#include "data/block.h"
#include "data/sql-private.h"

typedef struct { gint64 point, time; } Moment;

static void
add_moment (GArray *moments, gint64 point, gint64 time)
{
  Moment moment = { point, time };

  g_array_append_val (moments, moment);
}

/* Rows that are in sealed hours already count no more, see sql-sealed.h. */
static void
add_hot (SqlStore *store, GArray *moments)
{
  g_autoptr (GError) error = NULL;
  g_auto (SqlQuery) query = sql_query (store, &error, "SELECT point, time FROM sample, meta, sealing "
                                       "WHERE sample.seq > trimmed_seq AND (sample.seq > seal_seq OR point > seal_point)", "");

  g_assert_no_error (error);
  while (sql_step (store, query, &error) > 0)
    add_moment (moments, sql_integer (query, 0), sql_integer (query, 1));
  g_assert_no_error (error);
}

static void
add_sealed (SqlStore *store, GArray *moments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  g_auto (SqlQuery) query = sql_query (store, &error, "SELECT point, block FROM sample_hour", "");

  g_assert_no_error (error);
  while (sql_step (store, query, &error) > 0) {
    gsize size;
    const guint8 *block = sql_bytes (query, 1, &size);
    g_array_set_size (readings, 0);
    if (!data_block_decode (block, size, sql_integer (query, 0), readings, &error))
      break;
    for (guint i = 0; i < readings->len; i++)
      add_moment (moments, g_array_index (readings, GdpReading, i).point, g_array_index (readings, GdpReading, i).time);
  }
  g_assert_no_error (error);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const Moment *left = a, *right = b;

  if (left->point != right->point)
    return left->point < right->point ? -1 : 1;
  return left->time < right->time ? -1 : left->time > right->time;
}

Stored
stored_count (const Stage *stage)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_READ);
  g_autoptr (GArray) moments = g_array_new (FALSE, FALSE, sizeof (Moment));
  g_autoptr (GError) error = NULL;
  Stored stored = { 0 };

  add_hot ((SqlStore *) store, moments);
  add_sealed ((SqlStore *) store, moments);
  g_array_sort (moments, compare);
  stored.samples = moments->len;
  for (guint i = 0; i < moments->len; i++)
    stored.different += i == 0 || compare (&g_array_index (moments, Moment, i - 1), &g_array_index (moments, Moment, i)) != 0;
  stored.marked = sql_number ((SqlStore *) store, "SELECT CAST (coalesce (sum (through), 0) AS bigint) FROM stream_mark "
                              "WHERE stream = 0", &error);
  g_assert_no_error (error);
  return stored;
}
