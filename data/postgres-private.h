/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the PostgreSQL engine share:
 *   postgres.c              connecting, transactions, wake-up
 *   postgres-errors.c       what the database says
 *   postgres-statement.c    statements, the pipeline
 *   postgres-guard.c        ends a connection whose other end says nothing
 *   postgres-arrays.c       many rows in one statement
 *   postgres-rows.c         many rows at once
 *   postgres-schema.c       the schema and its steps
 *   postgres-backup.c       copies of the database */
#pragma once

#include "postgres-guard.h"
#include "sql-private.h"

#include <libpq-fe.h>

G_BEGIN_DECLS

typedef struct {
  SqlStore  parent;
  DataAccess access;
  PGconn   *db;           /* NULL: not connected */
  char     *name, *password;   /* whose connection it is to be; NULL = the URI's */
  guint     connection;   /* which one it is: what an earlier one prepared has gone */
  guint     names;        /* statements named so far */
  PostgresGuard *guard;   /* or NULL */
  gboolean  ready;        /* its schema was looked at */
  gboolean  writing;      /* in a transaction that writes: what gives no rows goes through the pipeline */
  gboolean  in_transaction;
  guint     queued;       /* statements in the pipeline whose outcome is not known yet */
  int       wake;         /* an epoll of the connection's socket, `told` and `timer`; -1 = nobody waits */
  int       told;         /* an eventfd: a notification was read beside an answer */
  int       timer;        /* a timerfd: of a standby, which cannot tell */
  gint64    timeline;     /* of the server that it was connected to last; 0 = not known */
} PostgresStore;

/* Connected; whatever is in the database. To be closed by postgres_close(). */
PostgresStore *postgres_connect (const char *uri, DataAccess access, GError **error);
void           postgres_close   (DataStore *store);
/* Connected, if need be anew: what was prepared and heard on the old connection is on the new one as well. */
gboolean postgres_connected (PostgresStore *self, GError **error);
/* One or more statements without parameters, that give no rows; not while something is queued. */
gboolean postgres_exec (PostgresStore *self, const char *sql, GError **error);

/* postgres-errors.c. What the server or libpq says, as an error; always FALSE. @result NULL: of the connection. */
gboolean postgres_fail (PostgresStore *self, const PGresult *result, GError **error);

/* postgres-statement.c */
SqlStatement *postgres_prepare  (SqlStore *store, const char *sql, const char *types, GError **error);
void          postgres_finalize (SqlStatement *statement);
void          postgres_bind     (SqlStatement *statement, guint place, const DataValue *value);
int           postgres_step     (SqlStatement *statement, GError **error);
void          postgres_column   (SqlStatement *statement, guint column, DataValue *value);
void          postgres_reset    (SqlStatement *statement);
/* Puts @sql, without parameters, behind what is queued. */
gboolean      postgres_queue    (PostgresStore *self, const char *sql, GError **error);
/* Waits for all that is queued; FALSE with the first error. */
gboolean      postgres_drain    (PostgresStore *self, GError **error);

/* postgres-arrays.c. Object identifiers of types, from pg_type.dat of PostgreSQL; they never change. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25,
       OID_FLOAT8 = 701, OID_BYTEA_ARRAY = 1001, OID_INT8_ARRAY = 1016, OID_FLOAT8_ARRAY = 1022 };
/* For a parameter of type @letter, 'I', 'D' or 'B' as of sql_query (), of which @n are added then. NaN is NULL. */
GByteArray   *postgres_array_new         (char letter, guint n);
void          postgres_array_add_integer (GByteArray *array, gint64 integer);
void          postgres_array_add_real    (GByteArray *array, double real);
gboolean      postgres_put_ready         (SqlStore *store, const GArray *ready, GError **error);
gboolean      postgres_drop_months       (SqlStore *store, gint64 shard, gint64 month, GError **error);
/* postgres-rows.c */
gboolean      postgres_insert_rows (SqlStore *store, const SqlRows *rows, const SqlNumber *numbers, guint n, GError **error);

/* postgres-schema.c */
gboolean      postgres_schema_prepare (PostgresStore *self, GError **error);
/* How many steps the database has; 0 = it is empty; -1 with an error: another program's, or newer. */
gint64        postgres_schema_version (PostgresStore *self, GError **error);
/* Whether this user is in the role that owns the store, without which nobody may @act: "make a copy". */
gboolean      postgres_schema_owned   (PostgresStore *self, const char *act, GError **error);
/* Step @step (from 0 on) in PostgreSQL's words. (transfer full) */
char         *postgres_schema_step    (guint step);

/* postgres-backup.c: DataBackend's. */
gboolean      postgres_backup  (const char *uri, const char *path, GError **error);
gboolean      postgres_restore (const char *uri, const char *copy, char **kept, GError **error);

G_END_DECLS
