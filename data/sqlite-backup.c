/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of a store in a file: made while programs go on with it, and put back when nobody does.
 *
 * A copy is one file, in SQLite's rollback mode: it has no -wal that could be forgotten beside it. */
#include "sqlite-private.h"

#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where SQLite's locks lie in a file: https://www.sqlite.org/lockingv3.html, os.h. */
#define LOCKS_FIRST 0x40000000
#define LOCKS_N     512

static gboolean
fail (GError **error, DataError code, const char *path, const char *what)
{
  g_set_error (error, DATA_ERROR, code, "%s: %s", path, what);
  return FALSE;
}

static gboolean
fail_sqlite (sqlite3 *db, const char *path, const char *doing, GError **error)
{
  int code = sqlite3_errcode (db) & 0xff;
  g_set_error (error, DATA_ERROR, code == SQLITE_FULL ? DATA_ERROR_FULL : code == SQLITE_CORRUPT || code == SQLITE_NOTADB
               ? DATA_ERROR_NOT_A_STORE : code == SQLITE_BUSY ? DATA_ERROR_BUSY : DATA_ERROR_IO,
               "%s: cannot %s: %s", path, doing, sqlite3_errmsg (db));
  return FALSE;
}

/* ---- copying -------------------------------------------------------------------------------------- */

/* All at once: of one moment, and writers go on meanwhile, in the log. */
static gboolean
copy_pages (sqlite3 *from, sqlite3 *to, const char *path, GError **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (to, "main", from, "main");
  if (backup != NULL)
    sqlite3_backup_step (backup, -1);
  return (backup != NULL && sqlite3_backup_finish (backup) == SQLITE_OK
          && sqlite3_exec (to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) == SQLITE_OK)
         || fail_sqlite (to, path, "copy the store there", error);
}

static gboolean
copy_to (sqlite3 *from, const char *path, GError **error)
{
  sqlite3 *to = NULL;
  gboolean good = sqlite3_open_v2 (path, &to, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK
                  ? copy_pages (from, to, path, error) : fail_sqlite (to, path, "open it", error);
  sqlite3_close (to);
  return good;
}

/* A copy that is half there never has the name that was asked for. */
static gboolean
copy_new (sqlite3 *from, const char *path, GError **error)
{
  g_autofree char *part = data_copy_begin (path, error);

  if (part == NULL)
    return FALSE;
  if (copy_to (from, part, error))
    return data_copy_keep (part, path, error);
  g_unlink (part);
  return FALSE;
}

/* ---- looking at a copy ------------------------------------------------------------------------------ */

static gint64
number (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64 found = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step (statement) == SQLITE_ROW
                 ? sqlite3_column_int64 (statement, 0) : -1;
  sqlite3_finalize (statement);
  return found;
}

/* What verifying says to do is for stores. Always FALSE. */
static gboolean
fail_damaged (const char *path, const char *report, const char *said, GError **error)
{
  const char *found = strstr (report, "file: ");
  g_autofree char *line = found != NULL ? g_strndup (found, strcspn (found, "\n")) : g_strdup (said);

  return fail (error, DATA_ERROR_NOT_A_STORE, path, line);
}

/* Whether @path holds a store of this program or an older one, that is sound as far as can be told. */
static gboolean
check_copy (const char *path, GError **error)
{
  g_autofree char *uri = g_strconcat ("sqlite:", path, NULL);
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) why = NULL;
  g_autoptr (DataStore) store = data_store_open (uri, DATA_ACCESS_READ, &why);

  if (store != NULL && data_store_verify (store, report, &why))
    return TRUE;
  if (store != NULL && g_error_matches (why, DATA_ERROR, DATA_ERROR_NOT_A_STORE))
    return fail_damaged (path, report->str, why->message, error);
  if (store != NULL)
    return data_copy_as_it_is (path, g_steal_pointer (&why), error);
  if (!g_error_matches (why, DATA_ERROR, DATA_ERROR_PERMISSION) || g_access (path, R_OK) != 0) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  /* Of an older program: its pages can be looked at, its tables not. */
  sqlite3 *db = NULL;
  gboolean good = sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
                  && number (db, "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") == 0;
  sqlite3_close (db);
  return good || fail (error, DATA_ERROR_NOT_A_STORE, path, "the copy is damaged");
}

gboolean
sqlite_backup (const char *uri, const char *path, GError **error)
{
  g_autoptr (DataStore) store = data_store_open (uri, DATA_ACCESS_READ, error);
  g_autoptr (GError) why = NULL;

  if (store == NULL || !copy_new (((SqliteStore *) store)->db, path, error))
    return FALSE;
  if (check_copy (path, &why))
    return TRUE;
  g_unlink (path);   /* what cannot be restored is no backup */
  g_set_error (error, why->domain, why->code, _("no copy was made, for it is damaged as %s itself seems to be (%s). gdpctl "
               "verify tells what can still be read; gdpctl restore puts the last good copy back"), ((SqlStore *) store)->place, why->message);
  return FALSE;
}

/* ---- putting it back --------------------------------------------------------------------------------- */

/* Whoever has a store open holds a lock on it all the time. This process has it not open, or to close would give the
 * locks up. */
static gboolean
refuse_in_use (const char *path, GError **error)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCKS_FIRST, .l_len = LOCKS_N };
  int file = open (path, O_RDWR | O_CLOEXEC);

  if (file < 0)
    return errno == ENOENT || data_copy_fail (error, path, "open the store");
  gboolean asked = fcntl (file, F_GETLK, &lock) == 0;
  close (file);
  if (asked && lock.l_type == F_UNLCK)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_BUSY, _("%s: process %d uses it; stop gdp-server and close the consoles first"),
               path, (int) lock.l_pid);
  return FALSE;
}

/* Its log goes with it, under the name by which SQLite finds it. */
static gboolean
set_aside (const char *path, const char *aside, GError **error)
{
  static const char *const tails[] = { "-wal", "-shm", "-feed", "" };   /* the store itself last */

  for (guint i = 0; i < G_N_ELEMENTS (tails); i++) {
    g_autofree char *from = g_strconcat (path, tails[i], NULL), *to = g_strconcat (aside, tails[i], NULL);
    if (g_rename (from, to) != 0 && errno != ENOENT)
      return data_copy_fail (error, from, "set it aside");
  }
  return TRUE;
}

static gboolean
copy_file (const char *copy, const char *path, GError **error)
{
  sqlite3 *from = NULL;
  gboolean good = sqlite3_open_v2 (copy, &from, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
                  ? copy_new (from, path, error) : fail_sqlite (from, copy, "open it", error);
  sqlite3_close (from);
  return good;
}

gboolean
sqlite_restore (const char *uri, const char *copy, char **kept, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (uri + strlen ("sqlite:"), NULL);
  g_autofree char *fresh = g_strconcat (path, ".restored", NULL);
  g_autofree char *when = data_copy_moment ();
  g_autofree char *aside = g_strconcat (path, ".before-", when, NULL);
  gboolean was_there = g_file_test (path, G_FILE_TEST_EXISTS);
  g_autoptr (GError) why = NULL;

  if (g_file_test (aside, G_FILE_TEST_EXISTS))
    return fail (error, DATA_ERROR_REFUSED, aside, "is there already; try again");
  if (!check_copy (copy, &why))
    return data_copy_unfit (copy, g_steal_pointer (&why), error);
  if (!refuse_in_use (path, error))
    return FALSE;
  g_unlink (fresh);   /* of a restore that did not come so far */
  if (!copy_file (copy, fresh, error) || !set_aside (path, aside, error))
    return FALSE;
  if (g_rename (fresh, path) != 0)
    return data_copy_fail (error, path, "put the copy there");
  *kept = was_there ? g_steal_pointer (&aside) : NULL;
  return data_copy_sync_folder (path, error);
}

/* Within the transaction that is to change the schema: the store as it is, for whoever else reads it. */
char *
sqlite_keep_before_migration (SqliteStore *self, gint64 version, GError **error)
{
  g_autofree char *when = data_copy_moment ();
  g_autofree char *path = g_strdup_printf ("%s.schema-%d-%s", self->parent.place, (int) version, when);

  if (!copy_file (self->parent.place, path, error)) {
    g_prefix_error (error, "%s is of an older program and is brought up to date only when a backup could be made: ",
                    self->parent.place);
    return NULL;
  }
  g_message ("%s is of an older program (schema %d); as it was it is kept as %s", self->parent.place, (int) version, path);
  return g_steal_pointer (&path);
}
