/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the PostgreSQL engine share:
 *   postgres.c              connecting, transactions, wake-up
 *   postgres-statement.c    statements, the pipeline
 *   postgres-schema.c       the schema and its steps */
#pragma once

#include "sql-private.h"

#include <libpq-fe.h>

G_BEGIN_DECLS

typedef struct {
  SqlStore  parent;
  DataAccess access;
  PGconn   *db;           /* NULL: not connected */
  guint     connection;   /* which one it is: what an earlier one prepared has gone */
  guint     names;        /* statements named so far */
  gboolean  writing;      /* in a transaction that writes: what gives no rows goes through the pipeline */
  gboolean  in_transaction;
  guint     queued;       /* statements in the pipeline whose outcome is not known yet */
  int       wake;         /* an epoll of the connection's socket, `told` and `timer`; -1 = nobody waits */
  int       told;         /* an eventfd: a notification was read beside an answer */
  int       timer;        /* a timerfd: of a standby, which cannot tell */
  gint64    notified;     /* the number that readers were told last */
} PostgresStore;

/* What the server or libpq says, as an error; always FALSE. @result NULL: of the connection. */
gboolean postgres_fail (PostgresStore *self, const PGresult *result, GError **error);
/* Connected, if need be anew: what was prepared and heard on the old connection is on the new one as well. */
gboolean postgres_connected (PostgresStore *self, GError **error);
/* One or more statements without parameters, that give no rows; not while something is queued. */
gboolean postgres_exec (PostgresStore *self, const char *sql, GError **error);

/* postgres-statement.c */
SqlStatement *postgres_prepare  (SqlStore *store, const char *sql, const char *types, GError **error);
void          postgres_finalize (SqlStatement *statement);
void          postgres_bind     (SqlStatement *statement, guint place, const DataValue *value);
int           postgres_step     (SqlStatement *statement, GError **error);
void          postgres_column   (SqlStatement *statement, guint column, DataValue *value);
void          postgres_reset    (SqlStatement *statement);
gboolean      postgres_add_readings (SqlStore *store, gint64 first, const GArray *readings, GError **error);
/* Puts @sql, without parameters, behind what is queued. */
gboolean      postgres_queue    (PostgresStore *self, const char *sql, GError **error);
/* Waits for all that is queued; FALSE with the first error. */
gboolean      postgres_drain    (PostgresStore *self, GError **error);

/* postgres-schema.c */
gboolean      postgres_schema_prepare (PostgresStore *self, GError **error);

G_END_DECLS
