/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many rows in one statement, column by column as arrays. */
#include "postgres-private.h"

#include <endian.h>
#include <math.h>
#include <string.h>

#include "sql-sealed.h"

/* ---- arrays of one dimension, as they go over the wire: array_recv () of PostgreSQL's arrayfuncs.c ------------------ */

GByteArray *
postgres_array_new (char letter, guint n)
{
  guint32 type = letter == 'I' ? OID_INT8 : letter == 'D' ? OID_FLOAT8 : OID_BYTEA;
  guint32 head[] = { htobe32 (n > 0), htobe32 (1), htobe32 (type), htobe32 (n), htobe32 (1) };
  GByteArray *array = g_byte_array_sized_new (32 + 12 * n);

  g_byte_array_append (array, (const guint8 *) head, n > 0 ? sizeof head : 3 * sizeof *head);
  return array;
}

static void
add_number (GByteArray *array, guint64 bits)
{
  struct __attribute__ ((packed)) { guint32 size; guint64 bits; } item = { htobe32 (8), htobe64 (bits) };
  g_byte_array_append (array, (const guint8 *) &item, sizeof item);
}

void
postgres_array_add_integer (GByteArray *array, gint64 integer)
{
  add_number (array, (guint64) integer);
}

void
postgres_array_add_real (GByteArray *array, double real)
{
  guint32 absent = 0xffffffff;
  guint64 bits;

  memcpy (&bits, &real, sizeof bits);
  if (isfinite (real))
    add_number (array, bits);
  else
    g_byte_array_append (array, (const guint8 *) &absent, sizeof absent);
}

static void
add_bytes (GByteArray *array, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint32 head = htobe32 ((guint32) size);

  g_byte_array_append (array, (const guint8 *) &head, sizeof head);
  g_byte_array_append (array, data, (guint) size);
}

/* ---- sealed hours and packs ------------------------------------------------------------------------------------ */

static GPtrArray *
new_arrays (const char *letters, guint n)
{
  GPtrArray *arrays = g_ptr_array_new ();

  for (; *letters != '\0'; letters++)
    g_ptr_array_add (arrays, postgres_array_new (*letters, n));
  return arrays;
}

/* Ready to be bound. */
static GPtrArray *
to_bytes (GPtrArray *arrays)
{
  for (guint i = 0; i < arrays->len; i++)
    arrays->pdata[i] = g_byte_array_free_to_bytes (arrays->pdata[i]);
  g_ptr_array_set_free_func (arrays, (GDestroyNotify) g_bytes_unref);
  return arrays;
}

static void
add_figures (GPtrArray *arrays, guint at, const DataFigures *its)
{
  const gint64 spans[] = { its->held, its->good }, ends[] = { its->count, its->first, its->last };
  const double values[] = { its->min, its->max, its->sum };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    postgres_array_add_integer (arrays->pdata[at++], ends[i]);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    postgres_array_add_real (arrays->pdata[at++], values[i]);
  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    postgres_array_add_integer (arrays->pdata[at++], spans[i]);
  postgres_array_add_real (arrays->pdata[at++], its->last_value);
  postgres_array_add_integer (arrays->pdata[at++], its->last_reason);
  postgres_array_add_integer (arrays->pdata[at], its->worst);
}

static gboolean
insert_hours (SqlStore *self, const GPtrArray *rows, GError **error)
{
  static const char letters[] = "IIIIIDDDIIDIIB";
  g_autoptr (GPtrArray) columns = new_arrays (letters, rows->len);

  for (guint i = 0; i < rows->len; i++) {
    const SqlReady *one = rows->pdata[i];
    postgres_array_add_integer (columns->pdata[0], one->point);
    postgres_array_add_integer (columns->pdata[1], one->number);
    add_figures (columns, 2, &one->figures);
    add_bytes (columns->pdata[13], one->block);
  }
  gpointer *bytes = to_bytes (columns)->pdata;
  return sql_run (self, error, "INSERT INTO sample_hour (point, hour, count, first, last, min, max, sum, held, good, "
                  "last_value, last_reason, worst, block) "
                  "SELECT * FROM unnest (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)", letters, bytes[0],
                  bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9], bytes[10],
                  bytes[11], bytes[12], bytes[13]);
}

static gboolean
insert_packs (SqlStore *self, const char *sql, const GPtrArray *rows, GError **error)
{
  g_autoptr (GPtrArray) columns = new_arrays ("IIB", rows->len);

  for (guint i = 0; i < rows->len; i++) {
    const SqlReady *one = rows->pdata[i];
    postgres_array_add_integer (columns->pdata[0], one->point);
    postgres_array_add_integer (columns->pdata[1], one->number);
    add_bytes (columns->pdata[2], one->block);
  }
  gpointer *bytes = to_bytes (columns)->pdata;
  return sql_run (self, error, sql, "IIB", bytes[0], bytes[1], bytes[2]);
}

/* Whatever can be asked of a table in another database, too: no ON CONFLICT DO UPDATE, no join, and the bounds besides
 * the list because a prepared statement finds its partitions by them. */
#define REMOVE(table, number) \
  "DELETE FROM " table " WHERE " number " = ?1 AND point = ANY (?2) AND point >= ?3 AND point <= ?4"
static const struct { const SqlPack *pack; const char *remove, *insert; } kinds[] = {
  { NULL, REMOVE ("sample_hour", "hour"), NULL },
  { &sql_months, REMOVE ("sample_month", "month"),
    "INSERT INTO sample_month (point, month, block) SELECT * FROM unnest (?1, ?2, ?3)" },
  { &sql_years, REMOVE ("sample_year", "year"),
    "INSERT INTO sample_year (point, year, block) SELECT * FROM unnest (?1, ?2, ?3)" },
};

static int
by_number (gconstpointer a, gconstpointer b)
{
  const SqlReady *left = *(SqlReady *const *) a, *right = *(SqlReady *const *) b;

  return left->number != right->number ? (left->number < right->number ? -1 : 1)
         : left->point < right->point ? -1 : left->point > right->point;
}

/* What is there of @rows, in order of their numbers: one statement for each number, of which a step has few. */
static gboolean
remove_old (SqlStore *self, const char *sql, const GPtrArray *rows, GError **error)
{
  for (guint at = 0, begin = 0; at < rows->len; begin = at) {
    const SqlReady *first = rows->pdata[begin], *last = first;
    for (; at < rows->len && ((const SqlReady *) rows->pdata[at])->number == first->number; at++)
      last = rows->pdata[at];
    GByteArray *points = postgres_array_new ('I', at - begin);
    for (guint i = begin; i < at; i++)
      postgres_array_add_integer (points, ((const SqlReady *) rows->pdata[i])->point);
    g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (points);
    if (!sql_run (self, error, sql, "iIii", first->number, bytes, first->point, last->point))
      return FALSE;
  }
  return TRUE;
}

/* Partitions for the months that @rows, of one shard and in order of their hours, are in: see postgres/shards.sql. */
static gboolean
make_months (SqlStore *self, const GPtrArray *rows, GError **error)
{
  gint64 last = 0;

  for (guint i = 0; i < rows->len; i++) {
    const SqlReady *one = rows->pdata[i];
    gint64 month = sql_months.of_day (MAX (one->number, 0) / 24);
    if (month != last && !sql_run (self, error, "INSERT INTO shard_month (shard, month) VALUES (?, ?)", "ii",
                                   SQL_SHARD_OF (one->point), month))
      return FALSE;
    last = month;
  }
  return TRUE;
}

gboolean
postgres_drop_months (SqlStore *self, gint64 shard, gint64 month, GError **error)
{
  return sql_run (self, error, "DELETE FROM shard_month WHERE shard = ? AND month < ?", "ii", shard, month);
}

gboolean
postgres_put_ready (SqlStore *self, const GArray *ready, GError **error)
{
  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++) {
    g_autoptr (GPtrArray) rows = g_ptr_array_new ();
    for (guint i = 0; i < ready->len; i++)
      if (g_array_index (ready, SqlReady, i).pack == kinds[kind].pack)
        g_ptr_array_add (rows, &g_array_index (ready, SqlReady, i));
    g_ptr_array_sort (rows, by_number);
    if (rows->len > 0
        && !((kind > 0 || make_months (self, rows, error))
             && remove_old (self, kinds[kind].remove, rows, error)
             && (kind == 0 ? insert_hours (self, rows, error) : insert_packs (self, kinds[kind].insert, rows, error))))
      return FALSE;
  }
  return TRUE;
}
