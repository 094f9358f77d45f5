/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many rows at once: as arrays, one a column, or when there are thousands by COPY. Both in binary. */
#include "postgres-private.h"

#include <endian.h>
#include <math.h>
#include <string.h>

/* From here on COPY is quicker, though it is two round trips more: measured with bench-store. */
#define COPY_FROM 3000

/* ---- arrays ------------------------------------------------------------------------------- */

static GBytes *
column_array (const SqlRows *rows, guint column, const SqlNumber *numbers, guint n)
{
  gsize n_columns = strlen (rows->types);
  gboolean real = rows->types[column] == 'd';
  GByteArray *array = postgres_array_new (real ? 'D' : 'I', n);
  for (gsize i = column; i < n * n_columns; i += n_columns)
    if (real)
      postgres_array_add_real (array, numbers[i].real);
    else
      postgres_array_add_integer (array, numbers[i].integer);
  return g_byte_array_free_to_bytes (array);
}

static gboolean
insert_arrays (SqlStore *store, const SqlRows *rows, const SqlNumber *numbers, guint n, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  char types[SQL_ROWS_COLUMNS + 1] = "";
  GBytes *arrays[SQL_ROWS_COLUMNS] = { NULL };
  g_string_printf (sql, "INSERT INTO %s SELECT ", rows->table);
  for (guint c = 0; rows->types[c] != '\0'; c++) {
    g_string_append_printf (sql, "%sunnest (?%u)", c == 0 ? "" : ", ", c + 1);
    types[c] = g_ascii_toupper (rows->types[c]);
    arrays[c] = column_array (rows, c, numbers, n);
  }
  g_string_append_printf (sql, " %s", rows->conflict != NULL ? rows->conflict : "");
  gboolean good = sql_run (store, error, sql->str, types, arrays[0], arrays[1], arrays[2], arrays[3], arrays[4], arrays[5]);
  for (guint c = 0; c < SQL_ROWS_COLUMNS; c++)
    g_clear_pointer (&arrays[c], g_bytes_unref);
  return good;
}

/* ---- COPY --------------------------------------------------------------------------------- */

static char *
put_32 (char *at, guint32 bits)
{
  bits = htobe32 (bits);
  return (char *) memcpy (at, &bits, sizeof bits) + sizeof bits;
}

/* Its size, then itself; size −1: it is NULL. See CopyReadBinaryAttribute () of PostgreSQL's copyfromparse.c. */
static char *
put_number (char *at, char type, SqlNumber number)
{
  if (type == 'd' && isnan (number.real))
    return put_32 (at, 0xffffffff);
  guint64 bits = htobe64 ((guint64) number.integer);
  at = put_32 (at, sizeof bits);
  return (char *) memcpy (at, &bits, sizeof bits) + sizeof bits;
}

#define NUMBER_MOST 12   /* bytes */

static gboolean
send_rows (PostgresStore *self, const SqlRows *rows, const SqlNumber *numbers, guint n)
{
  static const char head[19] = "PGCOPY\n\377\r\n";   /* the signature with its NUL; no flags, nothing more */
  guint n_columns = (guint) strlen (rows->types);
  g_autofree char *bytes = g_malloc (sizeof head + (2 + NUMBER_MOST * (gsize) n_columns) * n + 2);
  guint16 columns = htobe16 ((guint16) n_columns), end = 0xffff;
  char *at = (char *) memcpy (bytes, head, sizeof head) + sizeof head;
  for (guint i = 0; i < n; i++) {
    at = (char *) memcpy (at, &columns, sizeof columns) + sizeof columns;
    for (guint c = 0; c < n_columns; c++)
      at = put_number (at, rows->types[c], *numbers++);
  }
  at = (char *) memcpy (at, &end, sizeof end) + sizeof end;
  return PQputCopyData (self->db, bytes, (int) (at - bytes)) == 1 && PQputCopyEnd (self->db, NULL) == 1;
}

static gboolean
insert_copy (PostgresStore *self, const SqlRows *rows, const SqlNumber *numbers, guint n, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("COPY %s FROM STDIN BINARY", rows->table);
  if (!postgres_drain (self, error))
    return FALSE;
  PGresult *result = PQexec (self->db, sql);
  gboolean good = (PQresultStatus (result) == PGRES_COPY_IN && send_rows (self, rows, numbers, n))
                  || postgres_fail (self, result, error);
  PQclear (result);
  gboolean more = TRUE;
  while (more && (result = PQgetResult (self->db)) != NULL) {
    more = PQresultStatus (result) != PGRES_COPY_IN;   /* it could not even be told that no more comes */
    if (good && PQresultStatus (result) != PGRES_COMMAND_OK)
      good = postgres_fail (self, result, error);
    PQclear (result);
  }
  return good;
}

gboolean
postgres_insert_rows (SqlStore *store, const SqlRows *rows, const SqlNumber *numbers, guint n, GError **error)
{
  if (rows->conflict == NULL && n >= COPY_FROM)
    return insert_copy ((PostgresStore *) store, rows, numbers, n, error);
  return n == 0 || insert_arrays (store, rows, numbers, n, error);
}
