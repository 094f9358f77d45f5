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
  g_set_error (error, DATA_ERROR, kind, "%s: %s (%s)", self->path, _(advice), sqlite3_errmsg (self->db));
  return FALSE;
}

/* ---- statements ------------------------------------------------------------------------- */

void
sqlite_query_done (SqliteQuery query)
{
  sqlite3_reset (query);
  sqlite3_clear_bindings (query);
}

static SqliteQuery
prepare (SqliteStore *self, const char *sql, GError **error)
{
  SqliteQuery query = g_hash_table_lookup (self->statements, sql);
  if (query != NULL)
    return query;
  if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &query, NULL) != SQLITE_OK) {
    sqlite_fail (self, error);
    return NULL;
  }
  g_hash_table_insert (self->statements, g_strdup (sql), query);
  return query;
}

static void
bind (SqliteQuery query, const char *types, va_list values)
{
  for (int i = 1; types[i - 1] != '\0'; i++)
    switch (types[i - 1]) {
    case 'i': sqlite3_bind_int64 (query, i, va_arg (values, gint64)); break;
    case 'd': sqlite3_bind_double (query, i, va_arg (values, double)); break;   /* NaN is bound as NULL */
    case 't': sqlite3_bind_text (query, i, va_arg (values, const char *), -1, SQLITE_TRANSIENT); break;
    case 'h':
      sqlite3_bind_blob (query, i, va_arg (values, const void *), DATA_HASH_SIZE, SQLITE_TRANSIENT);
      break;
    case 'b': {
      GBytes *bytes = va_arg (values, GBytes *);
      sqlite3_bind_blob64 (query, i, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), SQLITE_STATIC);
      break;
    }
    default:  g_assert_not_reached ();
    }
}

static SqliteQuery
query_valist (SqliteStore *self, GError **error, const char *sql, const char *types, va_list values)
{
  SqliteQuery query = prepare (self, sql, error);
  if (query != NULL)
    bind (query, types, values);
  return query;
}

SqliteQuery
sqlite_query (SqliteStore *self, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  va_start (values, types);
  SqliteQuery query = query_valist (self, error, sql, types, values);
  va_end (values);
  return query;
}

int
sqlite_step (SqliteStore *self, SqliteQuery query, GError **error)
{
  switch (sqlite3_step (query)) {
  case SQLITE_ROW:  return 1;
  case SQLITE_DONE: return 0;
  default:
    sqlite_fail (self, error);
    return -1;
  }
}

gboolean
sqlite_run (SqliteStore *self, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  va_start (values, types);
  g_auto (SqliteQuery) query = query_valist (self, error, sql, types, values);
  va_end (values);
  return query != NULL && sqlite_step (self, query, error) >= 0;
}

gboolean
sqlite_exec (SqliteStore *self, const char *sql, GError **error)
{
  return sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK || sqlite_fail (self, error);
}

gint64
sqlite_number (SqliteStore *self, const char *sql, GError **error)
{
  g_auto (SqliteQuery) query = sqlite_query (self, error, sql, "");
  return query != NULL && sqlite_step (self, query, error) > 0 ? sqlite3_column_int64 (query, 0) : -1;
}

const char *
sqlite_text (SqliteQuery query, int column)
{
  return (const char *) sqlite3_column_text (query, column);
}

/* ---- rows and structs ------------------------------------------------------------------- */

/* From parameter @first (1-based) on. */
static void
bind_columns (SqliteQuery query, guint first, const DataTable *table, gconstpointer object)
{
  for (guint i = 0; i < table->n_columns; i++) {
    int place = (int) (first + i);
    DataValue value;
    data_column_get (&table->columns[i], object, &value);
    switch (value.type) {
    case DATA_VALUE_TEXT:    sqlite3_bind_text (query, place, value.text, -1, SQLITE_TRANSIENT); break;
    case DATA_VALUE_REAL:    sqlite3_bind_double (query, place, value.real); break;
    case DATA_VALUE_INTEGER: sqlite3_bind_int64 (query, place, value.integer); break;
    case DATA_VALUE_ABSENT:
    default:                 sqlite3_bind_null (query, place); break;
    }
  }
}

gboolean
sqlite_read_columns (SqliteStore *self, SqliteQuery query, guint first, const DataTable *table,
                     gpointer object, GError **error)
{
  for (guint i = 0; i < table->n_columns; i++) {
    int place = (int) (first + i);
    DataValue value = { .type = DATA_VALUE_ABSENT };
    switch (sqlite3_column_type (query, place)) {
    case SQLITE_TEXT:
      value.type = DATA_VALUE_TEXT;
      value.text = sqlite_text (query, place);
      break;
    case SQLITE_FLOAT:
      value.type = DATA_VALUE_REAL;
      value.real = sqlite3_column_double (query, place);
      break;
    case SQLITE_INTEGER:
      value.type = DATA_VALUE_INTEGER;
      value.integer = sqlite3_column_int64 (query, place);
      break;
    default:
      break;
    }
    if (!data_column_set (&table->columns[i], object, &value)) {
      g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE,
                   "%s: table %s, column %s holds \"%s\", which this program does not know; use a newer one",
                   self->path, table->name, table->columns[i].name, value.text != NULL ? value.text : "");
      return FALSE;
    }
  }
  return TRUE;
}

void
sqlite_read_reading (SqliteQuery query, GdpReading *reading)
{
  reading->seq = sqlite3_column_int64 (query, 0);
  reading->point = sqlite3_column_int64 (query, 1);
  reading->time = sqlite3_column_int64 (query, 2);
  reading->received = reading->time + sqlite3_column_int64 (query, 3);
  reading->value = sqlite3_column_type (query, 4) == SQLITE_NULL ? NAN : sqlite3_column_double (query, 4);
  reading->reason = (GdpReason) sqlite3_column_int (query, 5);
}

SqliteQuery
sqlite_insert (SqliteStore *self, const DataTable *table, gconstpointer object, GError **error)
{
  SqliteQuery query = g_hash_table_lookup (self->inserts, table);
  if (query == NULL) {
    g_autofree char *sql = data_table_insert (table);
    if ((query = prepare (self, sql, error)) == NULL)
      return NULL;
    g_hash_table_insert (self->inserts, (gpointer) table, query);
  }
  bind_columns (query, data_table_n_extras (table) + 1, table, object);
  return query;
}

static SqliteQuery
insert_with_extras (SqliteStore *self, const DataTable *table, const gint64 *extras, gconstpointer object,
                    GError **error)
{
  SqliteQuery query = sqlite_insert (self, table, object, error);
  guint n_extras = query != NULL ? data_table_n_extras (table) : 0;
  for (guint i = 0; i < n_extras; i++)
    if (extras[i] >= 0)
      sqlite3_bind_int64 (query, (int) i + 1, extras[i]);
  return query;
}

gboolean
sqlite_put (SqliteStore *self, const DataTable *table, const gint64 *extras, gconstpointer object,
            GError **error)
{
  g_auto (SqliteQuery) query = insert_with_extras (self, table, extras, object, error);
  return query != NULL && sqlite_step (self, query, error) == 0;
}

gint64
sqlite_put_keyed (SqliteStore *self, const DataTable *table, const gint64 *extras, gconstpointer object,
                  GError **error)
{
  g_auto (SqliteQuery) query = insert_with_extras (self, table, extras, object, error);
  if (query == NULL || sqlite_step (self, query, error) <= 0)
    return -1;
  gint64 key = sqlite3_column_int64 (query, 0);
  return sqlite_step (self, query, error) == 0 ? key : -1;
}

/* ---- transactions ----------------------------------------------------------------------- */

gboolean
sqlite_meta (SqliteStore *self, SqliteMeta *meta, GError **error)
{
  g_auto (SqliteQuery) query = sqlite_query (self, error,
    "SELECT seq, live_seq, span_seq, trimmed_seq, revision, journal_count, journal_head FROM meta", "");
  if (query == NULL || sqlite_step (self, query, error) < 0)
    return FALSE;
  if (sqlite3_data_count (query) == 0 || sqlite3_column_bytes (query, 6) != DATA_HASH_SIZE) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "%s: its meta row is missing or damaged; "
                 "restore the file from a backup", self->path);
    return FALSE;
  }
  gint64 *numbers[] = { &meta->seq, &meta->live_seq, &meta->span_seq, &meta->trimmed_seq, &meta->revision,
                        &meta->journal_count };
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    *numbers[i] = sqlite3_column_int64 (query, (int) i);
  memcpy (meta->journal_head, sqlite3_column_blob (query, 6), DATA_HASH_SIZE);
  return TRUE;
}

static gboolean
save_meta (SqliteStore *self, const SqliteMeta *meta, GError **error)
{
  return sqlite_run (self, error, "UPDATE meta SET seq = ?, live_seq = ?, span_seq = ?, trimmed_seq = ?, "
                     "revision = ?, journal_count = ?, journal_head = ?", "iiiiiih",
                     meta->seq, meta->live_seq, meta->span_seq, meta->trimmed_seq,
                     meta->revision, meta->journal_count, meta->journal_head);
}

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
rollback (SqliteStore *self)
{
  if (!sqlite3_get_autocommit (self->db))   /* some errors have rolled back already */
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
}

gboolean
sqlite_is_in_place (SqliteStore *self, GError **error)
{
  int moved = 0;

  if (sqlite3_file_control (self->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || !moved)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_MISSING,
               _("%s: the store's file is gone or was replaced; put it back, or restore it from a backup and start "
               "this program again"), self->path);
  return FALSE;
}

gboolean
sqlite_begin (SqliteStore *self, gboolean durable, SqliteMeta *meta, GError **error)
{
  if (!sqlite_is_in_place (self, error) || !set_sync (self, durable, error)
      || !sqlite_run (self, error, "BEGIN IMMEDIATE", ""))
    return FALSE;
  if (sqlite_meta (self, meta, error))
    return TRUE;
  rollback (self);
  return FALSE;
}

gboolean
sqlite_end (SqliteStore *self, const SqliteMeta *meta, gboolean ok, GError **error)
{
  if (!ok || !save_meta (self, meta, error) || !sqlite_run (self, error, "COMMIT", "")) {
    rollback (self);
    return FALSE;
  }
  data_feed_wake (self->feed, meta->seq);
  return TRUE;
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
  g_set_error (error, DATA_ERROR, kind, _("%s: cannot open the store: %s%s"), self->path, g_strerror (code),
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
  if (touch_file (self->path, access_mode) != 0 || stat (self->path, &about) != 0)
    return refuse_file (self, errno, access_mode, error);
  if (S_ISDIR (about.st_mode))
    return refuse_file (self, EISDIR, access_mode, error);
  if (about.st_size == 0 || about.st_size >= SMALLEST_PAGE)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE,
               "%s: %" G_GINT64_FORMAT " bytes are no store; restore "
               "the file from a backup, or check --store", self->path, (gint64) about.st_size);
  return FALSE;
}

static gboolean
open_database (SqliteStore *self, DataAccess access, GError **error)
{
  int flags = access == DATA_ACCESS_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (sqlite3_open_v2 (self->path, &self->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    return sqlite_fail (self, error);
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, SQLITE_PATIENCE_MS);
  self->full_sync = TRUE;   /* SQLite's default */
  return sqlite_schema_prepare (self, access, error);
}

static void
sqlite_close (DataStore *store)
{
  SqliteStore *self = (SqliteStore *) store;
  if (self->live != NULL) {
    /* Only to spare the next start; what is not brought forward is still in `sample`. */
    g_autoptr (GError) error = NULL;
    SqliteMeta meta;
    if (!sqlite_begin (self, FALSE, &meta, &error)
        || !sqlite_end (self, &meta, sqlite_live_forward (self, &meta, TRUE, &error), &error))
      g_debug ("%s", error->message);
  }
  if (self->checkpoint != NULL)
    sqlite3_wal_hook (self->db, NULL, NULL);
  g_clear_pointer (&self->checkpoint, sqlite_checkpoint_free);
  g_clear_pointer (&self->live, sqlite_live_free);
  g_clear_pointer (&self->inserts, g_hash_table_unref);
  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_pointer (&self->feed, data_feed_free);
  sqlite3_close (self->db);
  g_free (self->path);
  g_free (self);
}

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

static DataStore *
sqlite_open (const char *place, DataAccess access, GError **error)
{
  if (*place == '\0') {
    g_set_error (error, DATA_ERROR, DATA_ERROR_URI, "sqlite: names no file; write sqlite:PATH");
    return NULL;
  }
  SqliteStore *self = g_new0 (SqliteStore, 1);
  self->path = g_canonicalize_filename (place, NULL);
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize);
  self->inserts = g_hash_table_new (NULL, NULL);
  g_autofree char *feed = g_strconcat (self->path, "-feed", NULL);
  self->feed = data_feed_new (feed);

  if (!prepare_file (self, access, error) || !open_database (self, access, error)) {
    sqlite_close (&self->parent);
    return NULL;
  }
  if (access == DATA_ACCESS_SERVE) {
    self->live = sqlite_live_new ();
    self->checkpoint = sqlite_checkpoint_new (self);
  }
  return &self->parent;
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
  .scheme = "sqlite",
  .open = sqlite_open,
  .close = sqlite_close,
  .network = sqlite_network,
  .revision = sqlite_revision,
  .import = sqlite_import,
  .put_strangers = sqlite_put_strangers,
  .want_firmware = sqlite_want_firmware,
  .give_up_firmware = sqlite_give_up_firmware,
  .wishes = sqlite_wishes,
  .firmware = sqlite_firmware,
  .operators = sqlite_operators,
  .appoint = sqlite_appoint,
  .may = sqlite_may,
  .post = sqlite_post,
  .take = sqlite_take,
  .posted = sqlite_posted,
  .expire = sqlite_expire,
  .commit = sqlite_commit,
  .marks = sqlite_marks,
  .start_server = sqlite_start_server,
  .heartbeat = sqlite_heartbeat,
  .stop_server = sqlite_stop_server,
  .claim_links = sqlite_claim_links,
  .leave_links = sqlite_leave_links,
  .put_traffic = sqlite_put_traffic,
  .traffic = sqlite_traffic,
  .traffic_of = sqlite_traffic_of,
  .sessions = sqlite_sessions,
  .changes = sqlite_changes,
  .wake_fd = sqlite_wake_fd,
  .woken = sqlite_woken,
  .journal = sqlite_journal,
  .history = sqlite_history,
  .verify = sqlite_verify,
};
