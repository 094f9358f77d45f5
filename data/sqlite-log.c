/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The write-ahead log after a sync that failed.
 *
 * Under Linux a page that could not be written counts as clean afterwards: it can be read as it should be, the next
 * sync says that all is well, and the disk never gets it. (fsync(2); PostgreSQL and others have learnt it the hard way
 * in 2018.) A commit's own pages are written anew when it is tried again. But the log may hold commits of before that
 * were not synced by themselves, such as heartbeats; after a loss of power it ends at the first page of it that is
 * missing, whatever was synced behind it. So the log is written anew, byte for byte, before anything is added.
 *
 * The file itself needs no such care: a checkpoint whose sync failed is made again from where it began. */
#include "sqlite-private.h"

#define PIECE 65536   /* SQLite passes no more than 128 KiB on in one go */

void
sqlite_log_heed (SqliteStore *self, int code)
{
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
    g_atomic_int_set (&self->doubt, TRUE);
}

static int
write_anew (sqlite3_file *log)
{
  g_autofree guint8 *bytes = g_malloc (PIECE);
  sqlite3_int64 size = 0;
  int code = log->pMethods->xFileSize (log, &size);

  for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size; at += PIECE) {
    int n = (int) MIN (PIECE, size - at);
    code = log->pMethods->xRead (log, bytes, n, at);
    if (code == SQLITE_OK)
      code = log->pMethods->xWrite (log, bytes, n, at);
  }
  return code == SQLITE_OK && size > 0 ? log->pMethods->xSync (log, SQLITE_SYNC_NORMAL) : code;
}

gboolean
sqlite_log_renew (SqliteStore *self, GError **error)
{
  sqlite3_file *log = NULL;

  if (!g_atomic_int_compare_and_exchange (&self->doubt, TRUE, FALSE))
    return TRUE;
  sqlite3_file_control (self->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  int code = log != NULL && log->pMethods != NULL ? write_anew (log) : SQLITE_OK;
  if (code == SQLITE_OK)
    return TRUE;
  g_atomic_int_set (&self->doubt, TRUE);
  g_set_error (error, DATA_ERROR, DATA_ERROR_IO, "%s: a sync failed, and its log cannot be written anew (%s)",
               self->parent.place, sqlite3_errstr (code));
  return FALSE;
}
