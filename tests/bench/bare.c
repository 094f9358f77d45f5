/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bare.h"

#include <endian.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>

typedef void (*Commit) (Bare *bare, const GArray *readings);

struct Bare {
  Stage        *stage;
  Commit        commit;
  gint64        seq;
  gboolean      durable;   /* what the connection is set to */
  sqlite3      *file;
  sqlite3_stmt *insert;
  PGconn       *server;
};

/* ---- SQLite ----------------------------------------------------------------------------- */

static void
run_file (Bare *bare, const char *sql)
{
  if (sqlite3_exec (bare->file, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (bare->file));
}

static void
insert (Bare *bare, const GArray *readings)
{
  run_file (bare, "BEGIN IMMEDIATE");
  for (guint i = 0; i < readings->len; i++) {
    const GdpReading *reading = &g_array_index (readings, GdpReading, i);
    sqlite3_bind_int64 (bare->insert, 1, ++bare->seq);
    sqlite3_bind_int64 (bare->insert, 2, reading->point);
    sqlite3_bind_int64 (bare->insert, 3, reading->time);
    sqlite3_bind_int64 (bare->insert, 4, reading->received - reading->time);
    sqlite3_bind_double (bare->insert, 5, reading->value);
    sqlite3_bind_int (bare->insert, 6, (int) reading->reason);
    if (sqlite3_step (bare->insert) != SQLITE_DONE)
      g_error ("%s", sqlite3_errmsg (bare->file));
    sqlite3_reset (bare->insert);
  }
  run_file (bare, "COMMIT");
}

/* ---- PostgreSQL ------------------------------------------------------------------------- */

static void
run_server (Bare *bare, const char *sql)
{
  PGresult *result = PQexec (bare->server, sql);
  if (PQresultStatus (result) != PGRES_COMMAND_OK)
    g_error ("%s: %s", sql, PQerrorMessage (bare->server));
  PQclear (result);
}

enum { COLUMNS = 6, VALUE = 4, INT8 = 20, FLOAT8 = 701, INT8_ARRAY = 1016, FLOAT8_ARRAY = 1022 };

/* A field of 8 bytes in binary, of an array or of COPY alike: its size, then itself. */
static char *
put_field (char *at, guint64 bits)
{
  guint32 size = htobe32 (8);
  bits = htobe64 (bits);
  memcpy (at, &size, 4);
  memcpy (at + 4, &bits, 8);
  return at + 12;
}

static guint64
field (const GdpReading *reading, gint64 seq, guint column)
{
  guint64 value;
  memcpy (&value, &reading->value, sizeof value);
  const guint64 fields[COLUMNS] = { (guint64) seq, (guint64) reading->point, (guint64) reading->time,
                                    (guint64) (reading->received - reading->time), value, (guint64) reading->reason };
  return fields[column];
}

static void
unnest (Bare *bare, const GArray *readings)
{
  char *arrays[COLUMNS];
  int sizes[COLUMNS], formats[COLUMNS];
  for (guint c = 0; c < COLUMNS; c++) {
    guint32 head[] = { htobe32 (1), 0, htobe32 (c == VALUE ? FLOAT8 : INT8), htobe32 (readings->len), htobe32 (1) };
    arrays[c] = g_malloc (sizeof head + 12 * (gsize) readings->len);
    memcpy (arrays[c], head, sizeof head);
    char *at = arrays[c] + sizeof head;
    for (guint i = 0; i < readings->len; i++)
      at = put_field (at, field (&g_array_index (readings, GdpReading, i), bare->seq + 1 + i, c));
    sizes[c] = (int) (at - arrays[c]);
    formats[c] = 1;
  }
  bare->seq += readings->len;
  PGresult *result = PQexecPrepared (bare->server, "unnest", COLUMNS, (const char *const *) arrays, sizes, formats, 1);
  if (PQresultStatus (result) != PGRES_COMMAND_OK)
    g_error ("%s", PQerrorMessage (bare->server));
  PQclear (result);
  for (guint c = 0; c < COLUMNS; c++)
    g_free (arrays[c]);
}

static void
copy (Bare *bare, const GArray *readings)
{
  static const char head[19] = "PGCOPY\n\377\r\n";   /* signature of 11 with its NUL, no flags, no extension */
  gsize most = sizeof head + (2 + 12 * COLUMNS) * (gsize) readings->len + 2;
  g_autofree char *bytes = g_malloc (most);
  guint16 columns = htobe16 (COLUMNS), end = 0xffff;
  char *at = bytes + sizeof head;
  memcpy (bytes, head, sizeof head);
  for (guint i = 0; i < readings->len; i++) {
    memcpy (at, &columns, 2);
    at += 2;
    bare->seq++;
    for (guint c = 0; c < COLUMNS; c++)
      at = put_field (at, field (&g_array_index (readings, GdpReading, i), bare->seq, c));
  }
  memcpy (at, &end, 2);
  PQclear (PQexec (bare->server, "COPY sample FROM STDIN BINARY"));
  if (PQputCopyData (bare->server, bytes, (int) most) != 1 || PQputCopyEnd (bare->server, NULL) != 1)
    g_error ("%s", PQerrorMessage (bare->server));
  for (PGresult *result; (result = PQgetResult (bare->server)) != NULL; PQclear (result))
    if (PQresultStatus (result) != PGRES_COMMAND_OK)
      g_error ("%s", PQerrorMessage (bare->server));
}

/* ---- either ----------------------------------------------------------------------------- */

#define UNNEST "INSERT INTO sample (seq, point, time, delay, value, reason) " \
               "SELECT unnest ($1), unnest ($2), unnest ($3), unnest ($4), unnest ($5), unnest ($6)"

static void
connect_server (Bare *bare)
{
  Oid types[COLUMNS] = { INT8_ARRAY, INT8_ARRAY, INT8_ARRAY, INT8_ARRAY, FLOAT8_ARRAY, INT8_ARRAY };
  bare->server = PQconnectdb (bare->stage->uri);
  PGresult *result = PQprepare (bare->server, "unnest", UNNEST, COLUMNS, types);
  if (PQresultStatus (result) != PGRES_COMMAND_OK)
    g_error ("%s", PQerrorMessage (bare->server));
  PQclear (result);
}

static void
connect_file (Bare *bare)
{
  if (sqlite3_open (bare->stage->path, &bare->file) != SQLITE_OK
      || sqlite3_prepare_v2 (bare->file, "INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?)", -1, &bare->insert, NULL) != SQLITE_OK)
    g_error ("%s: %s", bare->stage->path, sqlite3_errmsg (bare->file));
}

static const char *const file_forms[] = { "insert", NULL };
static const char *const server_forms[] = { "unnest", "copy", NULL };

const char *const *
bare_forms (void)
{
  return stage_on_postgres () ? server_forms : file_forms;
}

Bare *
bare_new (const char *form)
{
  Bare *bare = g_new0 (Bare, 1);
  bare->stage = stage_new ();
  data_store_close (stage_open (bare->stage, DATA_ACCESS_POST));   /* makes the tables */
  bare->commit = g_str_equal (form, "copy") ? copy : g_str_equal (form, "unnest") ? unnest : insert;
  bare->durable = TRUE;
  if (stage_on_postgres ())
    connect_server (bare);
  else
    connect_file (bare);
  return bare;
}

static void
set_durable (Bare *bare, gboolean durable)
{
  if (bare->durable == durable)
    return;
  bare->durable = durable;
  if (bare->server != NULL)
    run_server (bare, durable ? "SET synchronous_commit = on" : "SET synchronous_commit = off");
  else
    run_file (bare, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
}

void
bare_commit (Bare *bare, const GArray *readings, gboolean durable)
{
  set_durable (bare, durable);
  bare->commit (bare, readings);
}

void
bare_free (Bare *bare)
{
  sqlite3_finalize (bare->insert);
  sqlite3_close (bare->file);
  PQfinish (bare->server);
  stage_free (bare->stage);
  g_free (bare);
}
