/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the SQLite engine share:
 *   sqlite.c                opening, statements, transactions
 *   sqlite-schema.c         the schema and its steps
 *   sqlite-checkpoint.c     moving the log into the file, beside the commits
 *   sqlite-log.c            the log after a sync that failed
 *   sqlite-backup.c         copies of the file, and putting them back */
#pragma once

#include "feed.h"
#include "sql-private.h"

#include <sqlite3.h>

G_BEGIN_DECLS

#define SQLITE_STORE_APPLICATION 0x47445031  /* "GDP1" */
#define SQLITE_PATIENCE_MS 5000              /* how long a lock is waited for before BUSY */

typedef struct SqliteCheckpoint SqliteCheckpoint;

typedef struct {
  SqlStore    parent;
  sqlite3    *db;
  gboolean    full_sync;    /* PRAGMA synchronous in force */
  int         doubt;        /* atomic: a sync failed, see sqlite-log.c */
  DataFeed   *feed;
  SqliteCheckpoint *checkpoint;   /* only while serving */
} SqliteStore;

gboolean sqlite_exec  (SqliteStore *self, const char *sql, GError **error);
gboolean sqlite_fail  (SqliteStore *self, GError **error);   /* sets the error of the last call, FALSE */

gboolean sqlite_schema_prepare (SqliteStore *self, DataAccess access, GError **error);

/* NULL when it cannot be had; commits then do their checkpoints themselves. */
SqliteCheckpoint *sqlite_checkpoint_new  (SqliteStore *store);
void              sqlite_checkpoint_free (SqliteCheckpoint *self);   /* before its store is closed */

/* DataBackend's. */
gboolean sqlite_backup  (const char *uri, const char *path, GError **error);
gboolean sqlite_restore (const char *uri, const char *copy, char **kept, GError **error);
/* Within a transaction that is to change the schema from @version: a copy beside the store; its name (transfer full). */
char    *sqlite_keep_before_migration (SqliteStore *self, gint64 version, GError **error);

/* Notes what @code (extended) means for the log. Any thread. */
void     sqlite_log_heed  (SqliteStore *self, int code);
/* Within a write transaction, before it writes: FALSE: what is committed now could not be relied upon. */
gboolean sqlite_log_renew (SqliteStore *self, GError **error);

G_END_DECLS
