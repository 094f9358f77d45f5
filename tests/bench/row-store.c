/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row-store.h"

#include "../io/stage-sql.h"

#include <endian.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>

struct RowStore {
  char         *path, *uri;     /* one of them */
  sqlite3      *file;
  sqlite3_stmt *insert, *select;
  PGconn       *server;
};

static const char select_rows[] = "SELECT time, value, reason FROM reading WHERE point = $1 AND time >= $2 AND time < $3 "
                                  "ORDER BY time";

static void
run (RowStore *self, const char *sql)
{
  if (self->file != NULL) {
    if (sqlite3_exec (self->file, sql, NULL, NULL, NULL) != SQLITE_OK)
      g_error ("%s: %s", sql, sqlite3_errmsg (self->file));
    return;
  }
  PGresult *result = PQexec (self->server, sql);
  ExecStatusType status = PQresultStatus (result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN)
    g_error ("%s: %s", sql, PQerrorMessage (self->server));
  PQclear (result);
}

static sqlite3_stmt *
prepare (RowStore *self, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2 (self->file, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (self->file));
  return statement;
}

static void
connect_here (RowStore *self)
{
  if (self->path != NULL) {
    g_assert_cmpint (sqlite3_open (self->path, &self->file), ==, SQLITE_OK);
    return;
  }
  self->server = PQconnectdb (self->uri);
  if (PQstatus (self->server) != CONNECTION_OK)
    g_error ("%s: %s", self->uri, PQerrorMessage (self->server));
}

void
row_store_open (RowStore *self)
{
  connect_here (self);
  if (self->path != NULL)
    self->select = prepare (self, select_rows);
  else
    PQclear (PQprepare (self->server, "select", select_rows, 3, (const Oid[]) { 20, 20, 20 }));
}

void
row_store_close (RowStore *self)
{
  sqlite3_finalize (self->insert);
  sqlite3_finalize (self->select);
  sqlite3_close (self->file);
  self->insert = self->select = NULL;
  self->file = NULL;
  g_clear_pointer (&self->server, PQfinish);
}

RowStore *
row_store_new (const Stage *stage)
{
  RowStore *self = g_new0 (RowStore, 1);
  if (stage->path != NULL)
    self->path = g_strconcat (stage->path, "-rows", NULL);
  else
    self->uri = stage_database_new ();
  connect_here (self);
  if (self->path != NULL) {
    run (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE reading (point INTEGER, time INTEGER,"
         "  value REAL, reason INTEGER, PRIMARY KEY (point, time)) WITHOUT ROWID; BEGIN");
    self->insert = prepare (self, "INSERT INTO reading VALUES (?, ?, ?, ?)");
  } else
    run (self, "CREATE TABLE reading (point bigint, time bigint, value double precision, reason bigint,"
         "  PRIMARY KEY (point, time)); COPY reading FROM STDIN");
  return self;
}

void
row_store_free (RowStore *self)
{
  row_store_close (self);
  if (self->uri != NULL)
    stage_database_drop (self->uri);
  g_free (self->path);
  g_free (self->uri);
  g_free (self);
}

static void
insert (RowStore *self, const GdpReading *reading)
{
  sqlite3_bind_int64 (self->insert, 1, reading->point);
  sqlite3_bind_int64 (self->insert, 2, reading->time);
  sqlite3_bind_double (self->insert, 3, reading->value);
  sqlite3_bind_int64 (self->insert, 4, reading->reason);
  sqlite3_step (self->insert);
  g_assert_cmpint (sqlite3_reset (self->insert), ==, SQLITE_OK);
}

void
row_store_add (RowStore *self, const GArray *readings)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  for (guint i = 0; i < readings->len; i++) {
    const GdpReading *reading = &g_array_index (readings, GdpReading, i);
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    if (self->file != NULL)
      insert (self, reading);
    else
      g_string_append_printf (lines, "%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s\t%d\n", reading->point, reading->time,
                              g_ascii_dtostr (number, sizeof number, reading->value), reading->reason);
  }
  if (self->server != NULL)
    g_assert_cmpint (PQputCopyData (self->server, lines->str, (int) lines->len), ==, 1);
}

void
row_store_settle (RowStore *self)
{
  if (self->file != NULL) {
    run (self, "COMMIT; PRAGMA wal_checkpoint (TRUNCATE)");
  } else {
    g_assert_cmpint (PQputCopyEnd (self->server, NULL), ==, 1);
    PGresult *result = PQgetResult (self->server);
    if (PQresultStatus (result) != PGRES_COMMAND_OK)
      g_error ("%s", PQerrorMessage (self->server));
    PQclear (result);
    g_assert_null (PQgetResult (self->server));
    run (self, "VACUUM ANALYZE reading");
  }
  row_store_close (self);
  row_store_open (self);
}

const char *
row_store_path (RowStore *self)
{
  return self->path;
}

gint64
row_store_size (RowStore *self)
{
  if (self->file == NULL) {
    PGresult *result = PQexec (self->server, "SELECT pg_total_relation_size ('reading')");
    gint64 size = g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10);
    PQclear (result);
    return size;
  }
  sqlite3_stmt *query = prepare (self, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  g_assert_cmpint (sqlite3_step (query), ==, SQLITE_ROW);
  gint64 size = sqlite3_column_int64 (query, 0);
  sqlite3_finalize (query);
  return size;
}

/* ---- reading ------------------------------------------------------------------------------- */

static void
read_file (RowStore *self, const gint64 range[3], DataReadingFunc func, gpointer user_data)
{
  for (int i = 0; i < 3; i++)
    sqlite3_bind_int64 (self->select, i + 1, range[i]);
  while (sqlite3_step (self->select) == SQLITE_ROW) {
    GdpReading reading = { .point = range[0], .time = sqlite3_column_int64 (self->select, 0),
                           .value = sqlite3_column_double (self->select, 1),
                           .reason = (GdpReason) sqlite3_column_int64 (self->select, 2) };
    func (&reading, user_data);
  }
  sqlite3_reset (self->select);
}

static guint64
number_at (const PGresult *result, int row, int column)
{
  guint64 bits;
  memcpy (&bits, PQgetvalue (result, row, column), sizeof bits);
  return be64toh (bits);
}

static void
read_server (RowStore *self, const gint64 range[3], DataReadingFunc func, gpointer user_data)
{
  guint64 numbers[3];
  for (int i = 0; i < 3; i++)
    numbers[i] = htobe64 ((guint64) range[i]);
  const char *values[] = { (char *) &numbers[0], (char *) &numbers[1], (char *) &numbers[2] };
  PGresult *result = PQexecPrepared (self->server, "select", 3, values, (const int[]) { 8, 8, 8 }, (const int[]) { 1, 1, 1 }, 1);
  if (PQresultStatus (result) != PGRES_TUPLES_OK)
    g_error ("%s", PQerrorMessage (self->server));
  for (int row = 0; row < PQntuples (result); row++) {
    guint64 bits = number_at (result, row, 1);
    GdpReading reading = { .point = range[0], .time = (gint64) number_at (result, row, 0),
                           .reason = (GdpReason) number_at (result, row, 2) };
    memcpy (&reading.value, &bits, sizeof bits);
    func (&reading, user_data);
  }
  PQclear (result);
}

void
row_store_read (RowStore *self, gint64 point, gint64 since, gint64 until, DataReadingFunc func, gpointer user_data)
{
  (self->file != NULL ? read_file : read_server) (self, (const gint64[]) { point, since, until }, func, user_data);
}
