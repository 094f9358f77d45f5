/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stage-sql.h"

#include "../patience.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

struct StageSql { sqlite3 *file; PGconn *server; };   /* one of them */

static PGconn *
connect_to (const char *uri)
{
  PGconn *server = PQconnectdb (uri);
  if (PQstatus (server) != CONNECTION_OK)
    g_error ("%s: %s", uri, PQerrorMessage (server));
  return server;
}

static void
execute (PGconn *server, const char *sql)
{
  PGresult *result = PQexec (server, sql);
  if (PQresultStatus (result) != PGRES_COMMAND_OK && PQresultStatus (result) != PGRES_TUPLES_OK)
    g_error ("%s: %s", sql, PQerrorMessage (server));
  PQclear (result);
}

StageSql *
stage_sql_new (const Stage *stage)
{
  StageSql *self = g_new0 (StageSql, 1);
  if (stage->path == NULL)
    self->server = connect_to (stage->uri);
  else {
    g_assert_cmpint (sqlite3_open (stage->path, &self->file), ==, SQLITE_OK);
    sqlite3_busy_timeout (self->file, PATIENCE * 1000);   /* a server writes there, too */
  }
  return self;
}

void
stage_sql_run (StageSql *self, const char *sql)
{
  if (self->server != NULL)
    execute (self->server, sql);
  else if (sqlite3_exec (self->file, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (self->file));
}

gint64
stage_sql_number (StageSql *self, const char *sql)
{
  gint64 number;
  if (self->server != NULL) {
    PGresult *result = PQexec (self->server, sql);
    if (PQresultStatus (result) != PGRES_TUPLES_OK || PQntuples (result) != 1)
      g_error ("%s: %s", sql, PQerrorMessage (self->server));
    number = g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10);
    PQclear (result);
    return number;
  }
  sqlite3_stmt *query = NULL;
  if (sqlite3_prepare_v2 (self->file, sql, -1, &query, NULL) != SQLITE_OK || sqlite3_step (query) != SQLITE_ROW)
    g_error ("%s: %s", sql, sqlite3_errmsg (self->file));
  number = sqlite3_column_int64 (query, 0);
  sqlite3_finalize (query);
  return number;
}

void
stage_sql_lock (StageSql *self)
{
  stage_sql_run (self, self->server != NULL ? "BEGIN; LOCK TABLE meta IN EXCLUSIVE MODE" : "BEGIN IMMEDIATE");
}

void
stage_sql_settle (StageSql *self)
{
  if (self->server != NULL)
    execute (self->server, "DO $$ BEGIN"
             " WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database ()"
             "               AND pid <> pg_backend_pid () AND backend_type = 'client backend') LOOP"
             "  PERFORM pg_sleep (0.002), pg_stat_clear_snapshot ();"
             " END LOOP; END $$");
}

void
stage_sql_free (StageSql *self)
{
  if (self->server != NULL)
    PQfinish (self->server);
  g_assert_cmpint (sqlite3_close (self->file), ==, SQLITE_OK);
  g_free (self);
}

/* ---- databases ---------------------------------------------------------------------------- */

static const char *
cluster (void)
{
  const char *uri = g_getenv ("GDP_TEST_POSTGRES");
  if (uri == NULL || strstr (uri, "/?") == NULL)
    g_error ("GDP_TEST_POSTGRES names no cluster; run this under tests/with-postgres");
  return uri;
}

static void
execute_in_cluster (const char *sql)
{
  PGconn *server = connect_to (cluster ());
  execute (server, sql);
  PQfinish (server);
}

char *
stage_database_new (void)
{
  static guint n;
  g_autofree char *name = g_strdup_printf ("stage_%d_%u", (int) getpid (), n++);
  g_autofree char *sql = g_strdup_printf ("CREATE DATABASE %s", name);
  const char *before = cluster (), *after = strstr (before, "/?") + 1;

  execute_in_cluster (sql);
  return g_strdup_printf ("%.*s%s%s", (int) (after - before), before, name, after);
}

void
stage_database_drop (const char *uri)
{
  const char *end = strrchr (uri, '?'), *name = g_strrstr_len (uri, end - uri, "/") + 1;
  g_autofree char *sql = g_strdup_printf ("DROP DATABASE %.*s WITH (FORCE)", (int) (end - name), name);
  execute_in_cluster (sql);
}
