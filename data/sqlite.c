/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sqlite-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALLEST_PAGE 512   /* https://www.sqlite.org/fileformat2.html, 1.3.2 */

/* ---- errors ----------------------------------------------------------------------------- */

static const struct {
  int         sqlite;
  DataError   code;
  const char *advice;
} failures[] = {
  { SQLITE_BUSY,     DATA_ERROR_BUSY,        N_("another program keeps it locked; try again") },
  { SQLITE_LOCKED,   DATA_ERROR_BUSY,        N_("another program keeps it locked; try again") },
  { SQLITE_FULL,     DATA_ERROR_FULL,        N_("no space left; free some on its disk") },
  { SQLITE_READONLY, DATA_ERROR_PERMISSION,
    N_("it cannot be written; check the rights of the file and its folder") },
  { SQLITE_PERM,     DATA_ERROR_PERMISSION,  N_("check the rights of the file and its folder") },
  { SQLITE_CANTOPEN, DATA_ERROR_PERMISSION,
    N_("it cannot be opened; check the rights of the file and its folder") },
  { SQLITE_NOTADB,   DATA_ERROR_NOT_A_STORE, N_("it is not a store of this program") },
  { SQLITE_CORRUPT,  DATA_ERROR_NOT_A_STORE, N_("the file is damaged; restore it from a backup") },
};

gboolean
sqlite_fail (SqliteStore *self, GError **error)
{
  int code = sqlite3_errcode (self->db) & 0xff;
  DataError kind = DATA_ERROR_IO;
  const char *advice = N_("the disk or its driver reports a fault");

  sqlite_log_heed (self, sqlite3_extended_errcode (self->db));
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    if (failures[i].sqlite == code) {
      kind = failures[i].code;
      advice = failures[i].advice;
    }
  if (code == SQLITE_IOERR && sqlite3_system_errno (self->db) == ENOSPC) {
    kind = DATA_ERROR_FULL;
    advice = N_("no space left; free some on its disk");
  }
  if (code == SQLITE_CONSTRAINT) {
    kind = DATA_ERROR_REFUSED;
    advice = N_("the data does not fit the store");
  }
  g_set_error (error, DATA_ERROR, kind, "%s: %s (%s)", self->parent.place, _(advice), sqlite3_errmsg (self->db));
  return FALSE;
}

/* ---- statements ------------------------------------------------------------------------- */

typedef struct {
  SqlStatement  parent;
  sqlite3_stmt *statement;
} SqliteStatement;

static sqlite3_stmt *
handle (SqlStatement *statement)
{
  return ((SqliteStatement *) statement)->statement;
}

static SqlStatement *
sqlite_prepare (SqlStore *store, const char *sql, const char *types G_GNUC_UNUSED, GError **error)
{
  SqliteStore *self = (SqliteStore *) store;
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
    sqlite_fail (self, error);
    return NULL;
  }
  SqliteStatement *query = g_new0 (SqliteStatement, 1);
  query->statement = statement;
  return &query->parent;
}

static void
sqlite_finalize (SqlStatement *statement)
{
  sqlite3_finalize (handle (statement));
  g_free (statement);
}

static void
sqlite_bind (SqlStatement *statement, guint place, const DataValue *value)
{
  sqlite3_stmt *query = handle (statement);
  int i = (int) place;
  switch (value->type) {
  case DATA_VALUE_TEXT:    sqlite3_bind_text (query, i, value->text, -1, SQLITE_TRANSIENT); break;
  case DATA_VALUE_REAL:    sqlite3_bind_double (query, i, value->real); break;
  case DATA_VALUE_INTEGER: sqlite3_bind_int64 (query, i, value->integer); break;
  case DATA_VALUE_BYTES:   sqlite3_bind_blob64 (query, i, value->bytes, value->size, SQLITE_STATIC); break;
  case DATA_VALUE_ABSENT:
  default:                 sqlite3_bind_null (query, i); break;
  }
}

static int
sqlite_step (SqlStatement *statement, GError **error)
{
  switch (sqlite3_step (handle (statement))) {
  case SQLITE_ROW:  return 1;
  case SQLITE_DONE: return 0;
  default:
    sqlite_fail ((SqliteStore *) statement->store, error);
    return -1;
  }
}

static void
sqlite_column (SqlStatement *statement, guint column, DataValue *value)
{
  sqlite3_stmt *query = handle (statement);
  int i = (int) column;
  switch (sqlite3_column_type (query, i)) {
  case SQLITE_TEXT:
    value->type = DATA_VALUE_TEXT;
    value->text = (const char *) sqlite3_column_text (query, i);
    break;
  case SQLITE_FLOAT:
    value->type = DATA_VALUE_REAL;
    value->real = sqlite3_column_double (query, i);
    break;
  case SQLITE_INTEGER:
    value->type = DATA_VALUE_INTEGER;
    value->integer = sqlite3_column_int64 (query, i);
    break;
  case SQLITE_BLOB:
    value->type = DATA_VALUE_BYTES;
    value->bytes = sqlite3_column_blob (query, i);
    value->size = (gsize) sqlite3_column_bytes (query, i);
    break;
  default:
    value->type = DATA_VALUE_ABSENT;
    break;
  }
}

static void
sqlite_reset (SqlStatement *statement)
{
  sqlite3_reset (handle (statement));
  sqlite3_clear_bindings (handle (statement));
}

gboolean
sqlite_exec (SqliteStore *self, const char *sql, GError **error)
{
  return sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK || sqlite_fail (self, error);
}

/* A statement with a place for each column. */
static SqlQuery
insert_of (SqlStore *store, const SqlRows *rows, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  g_string_printf (sql, "INSERT INTO %s VALUES (", rows->table);
  for (guint i = 0; rows->types[i] != '\0'; i++)
    g_string_append (sql, i == 0 ? "?" : ", ?");
  g_string_append_printf (sql, ") %s", rows->conflict != NULL ? rows->conflict : "");
  return sql_query (store, error, sql->str, "");
}

static gboolean
sqlite_insert_rows (SqlStore *store, const SqlRows *rows, const SqlNumber *numbers, guint n, GError **error)
{
  g_auto (SqlQuery) query = insert_of (store, rows, error);
  if (query == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    for (guint c = 0; rows->types[c] != '\0'; c++, numbers++)
      if (rows->types[c] == 'd')
        sqlite3_bind_double (handle (query), (int) c + 1, numbers->real);   /* NaN becomes NULL */
      else
        sqlite3_bind_int64 (handle (query), (int) c + 1, numbers->integer);
    if (sqlite_step (query, error) < 0)
      return FALSE;
    sqlite3_reset (handle (query));
  }
  return TRUE;
}

/* ---- transactions ----------------------------------------------------------------------- */

static gboolean
set_sync (SqliteStore *self, gboolean full, GError **error)
{
  if (self->full_sync == full)
    return TRUE;
  if (!sqlite_exec (self, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error))
    return FALSE;
  self->full_sync = full;
  return TRUE;
}

static void
sqlite_rollback (SqlStore *store)
{
  SqliteStore *self = (SqliteStore *) store;
  if (!sqlite3_get_autocommit (self->db))   /* some errors have rolled back already */
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
}

/* FALSE: the file was deleted or moved; through our descriptor it can still be read and written, for nobody. */
static gboolean
is_in_place (SqliteStore *self, GError **error)
{
  int moved = 0;

  if (sqlite3_file_control (self->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || !moved)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_MISSING,
               _("%s: the store's file is gone or was replaced; put it back, or restore it from a backup and start "
               "this program again"), self->parent.place);
  return FALSE;
}

static gboolean
sqlite_begin (SqlStore *store, SqlTransaction kind, GError **error)
{
  SqliteStore *self = (SqliteStore *) store;
  if (!is_in_place (self, error))
    return FALSE;
  if (kind == SQL_READ)
    return sql_run (store, error, "BEGIN", "");
  if (!set_sync (self, kind == SQL_WRITE_DURABLE, error) || !sql_run (store, error, "BEGIN IMMEDIATE", ""))
    return FALSE;
  if (sqlite_log_renew (self, error))
    return TRUE;
  sqlite_rollback (store);
  return FALSE;
}

static gboolean
sqlite_commit (SqlStore *store, gint64 seq, GError **error)
{
  if (!sql_run (store, error, "COMMIT", ""))
    return FALSE;
  if (seq > 0)
    data_feed_wake (((SqliteStore *) store)->feed, seq);
  return TRUE;
}

static void
report_mode (SqlStore *store, GString *report)
{
  struct stat about;

  if (stat (store->place, &about) == 0)
    g_string_append_printf (report, "mode: %04o%s\n", about.st_mode & 07777, (about.st_mode & 077) != 0
                            ? ": not its owner alone may use it; chmod 600 it and its -wal, -shm and -feed, unless that is meant"
                            : "");
}

/* Of a damaged file: which tables can still be read to the end. */
static void
tell_tables (SqliteStore *self, GString *report)
{
  sqlite3_stmt *names = NULL;

  sqlite3_prepare_v2 (self->db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", -1, &names, NULL);
  while (names != NULL && sqlite3_step (names) == SQLITE_ROW) {
    const char *name = (const char *) sqlite3_column_text (names, 0);
    g_autofree char *sql = g_strdup_printf ("SELECT * FROM \"%s\" NOT INDEXED", name);
    sqlite3_stmt *rows = NULL;
    gint64 n = 0;
    int code = sqlite3_prepare_v2 (self->db, sql, -1, &rows, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step (rows)) == SQLITE_ROW) {
      n++;
      code = SQLITE_OK;
    }
    sqlite3_finalize (rows);
    g_string_append_printf (report, "table %s: %s %" G_GINT64_FORMAT " rows%s\n", name,
                            code == SQLITE_DONE ? "reads to the end," : "cannot be read beyond", n,
                            code == SQLITE_DONE ? "" : " from its beginning");
  }
  sqlite3_finalize (names);
}

#define PROBLEMS_TOLD 20

/* "ok", or what is wrong first; NULL: it cannot be told. The check itself may stumble over what is damaged. */
static char *
check_file (SqlStore *store, GString *report, GError **error)
{
  g_auto (SqlQuery) query = sql_query (store, error, "PRAGMA integrity_check (" G_STRINGIFY (PROBLEMS_TOLD) ")", "");
  g_autoptr (GError) why = NULL;
  g_autofree char *first = NULL;
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (store, query, &why)) > 0) {
    g_string_append_printf (report, "file: %s\n", sql_text (query, 0));
    if (first == NULL)
      first = g_strdelimit (g_strdup (sql_text (query, 0)), "\n", ' ');
  }
  if (first == NULL && g_error_matches (why, DATA_ERROR, DATA_ERROR_NOT_A_STORE))
    return g_strdup (why->message);
  if (first == NULL && why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return g_steal_pointer (&first);
}

static gboolean
sqlite_verify (SqlStore *store, GString *report, GError **error)
{
  g_autofree char *found = check_file (store, report, error);
  if (found != NULL)
    report_mode (store, report);
  if (found == NULL || g_str_equal (found, "ok"))
    return found != NULL;
  tell_tables ((SqliteStore *) store, report);
  g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE,
               "%s: the file is damaged: %s; stop gdp-server and put the last backup back: gdpctl restore FILE. What can "
               "still be read of it is told by table", store->place, found);
  return FALSE;
}

/* ---- opening ---------------------------------------------------------------------------- */

static gboolean
refuse_file (SqliteStore *self, int code, DataAccess access, GError **error)
{
  DataError kind = code == ENOENT || code == ENOTDIR ? DATA_ERROR_MISSING
                   : code == EACCES || code == EPERM || code == EROFS ? DATA_ERROR_PERMISSION
                   : code == EISDIR ? DATA_ERROR_NOT_A_STORE
                   : code == ENOSPC ? DATA_ERROR_FULL : DATA_ERROR_IO;
  const char *advice = kind == DATA_ERROR_PERMISSION ? _("; check the rights of the file and its folder")
                       : code == ENOENT && access == DATA_ACCESS_READ
                         ? _("; start gdp-server or import passports first, or check --store")
                       : code == ENOENT || code == ENOTDIR ? _("; make its folder, or check --store") : "";
  g_set_error (error, DATA_ERROR, kind, _("%s: cannot open the store: %s%s"), self->parent.place, g_strerror (code),
               advice);
  return FALSE;
}

/* Makes the file, or finds out with what right it can be used, without opening one that is there: to
 * close any descriptor of a file gives up all locks that the process has on it (fcntl(2)), those of
 * its other connections among them. Another program then takes itself for the last to close the
 * store, deletes the -wal, and what the server goes on writing into it is lost. */
static int
touch_file (const char *path, DataAccess access_mode)
{
  if (access_mode != DATA_ACCESS_READ) {
    int file = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0)
      return close (file);
    if (errno != EEXIST)
      return -1;
  }
  return access (path, access_mode == DATA_ACCESS_READ ? R_OK : R_OK | W_OK);
}

/* The file must be there before SQLite opens it: SQLite gives its -wal and -shm the file's mode.
 * And SQLite would take what is shorter than its smallest page for an empty file, and overwrite it. */
static gboolean
prepare_file (SqliteStore *self, DataAccess access_mode, GError **error)
{
  struct stat about;
  if (touch_file (self->parent.place, access_mode) != 0 || stat (self->parent.place, &about) != 0)
    return refuse_file (self, errno, access_mode, error);
  if (S_ISDIR (about.st_mode))
    return refuse_file (self, EISDIR, access_mode, error);
  if (about.st_size == 0 || about.st_size >= SMALLEST_PAGE)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE,
               "%s: %" G_GINT64_FORMAT " bytes are no store; restore "
               "the file from a backup, or check --store", self->parent.place, (gint64) about.st_size);
  return FALSE;
}

static gboolean
open_database (SqliteStore *self, DataAccess access, GError **error)
{
  int flags = access == DATA_ACCESS_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (sqlite3_open_v2 (self->parent.place, &self->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    return sqlite_fail (self, error);
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, SQLITE_PATIENCE_MS);
  self->full_sync = TRUE;   /* SQLite's default */
  self->doubt = access == DATA_ACCESS_SERVE;   /* nobody tells what an earlier run could not sync */
  return sqlite_schema_prepare (self, access, error);
}

static void
sqlite_close (DataStore *store)
{
  SqliteStore *self = (SqliteStore *) store;
  if (self->checkpoint != NULL)
    sqlite3_wal_hook (self->db, NULL, NULL);
  g_clear_pointer (&self->checkpoint, sqlite_checkpoint_free);
  sql_store_finish (&self->parent);
  g_clear_pointer (&self->feed, data_feed_free);
  sqlite3_close (self->db);
  g_free (self);
}

static DataStore *
sqlite_open (const char *uri, DataAccess access, gboolean later G_GNUC_UNUSED, GError **error)
{
  const char *path = uri + strlen ("sqlite:");
  if (*path == '\0') {
    g_set_error (error, DATA_ERROR, DATA_ERROR_URI, "sqlite: names no file; write sqlite:PATH");
    return NULL;
  }
  SqliteStore *self = g_new0 (SqliteStore, 1);
  sql_store_init (&self->parent, &data_sqlite_backend, g_canonicalize_filename (path, NULL));
  g_autofree char *feed = g_strconcat (self->parent.place, "-feed", NULL);
  self->feed = data_feed_new (feed);

  if (!prepare_file (self, access, error) || !open_database (self, access, error)) {
    sqlite_close (&self->parent.parent);
    return NULL;
  }
  if (access == DATA_ACCESS_SERVE)
    self->checkpoint = sqlite_checkpoint_new (self);
  return &self->parent.parent;
}

static int
sqlite_wake_fd (DataStore *store, GError **error)
{
  return data_feed_watch (((SqliteStore *) store)->feed, error);
}

static void
sqlite_woken (DataStore *store)
{
  data_feed_woken (((SqliteStore *) store)->feed);
}

const DataBackend data_sqlite_backend = {
  .shards = "SELECT 0, 'local', 0",
  .backup = sqlite_backup,
  .restore = sqlite_restore,
  .open = sqlite_open,
  .close = sqlite_close,
  .wake_fd = sqlite_wake_fd,
  .woken = sqlite_woken,
  .prepare = sqlite_prepare,
  .finalize = sqlite_finalize,
  .bind = sqlite_bind,
  .step = sqlite_step,
  .column = sqlite_column,
  .reset = sqlite_reset,
  .begin = sqlite_begin,
  .commit = sqlite_commit,
  .rollback = sqlite_rollback,
  .insert_rows = sqlite_insert_rows,
  .one_writes = TRUE,
  .schema = "(SELECT user_version FROM pragma_user_version)",
  .verify = sqlite_verify,
};
