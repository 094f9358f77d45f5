/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a file is a store, and bringing its schema up to date. user_version counts the steps that it has. */
#include "sqlite-private.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define VERSION ((gint64) sql_schema_version)

/* An SQLite file with nothing in it may become a store; one of another program may not. */
static gboolean
refuse_foreign (SqliteStore *self, gint64 version, DataAccess access, GError **error)
{
  gint64 application = sql_number (&self->parent, "PRAGMA application_id", error);
  if (application == SQLITE_STORE_APPLICATION)
    return TRUE;
  gint64 tables = application >= 0 ? sql_number (&self->parent, "SELECT count (*) FROM sqlite_schema", error) : -1;
  if (tables < 0)
    return FALSE;
  if (application == 0 && tables == 0 && version == 0 && access != DATA_ACCESS_READ)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "%s: %s", self->parent.place,
               tables == 0 ? _("it is empty, not yet a store; start gdp-server or import passports first")
                           : _("it is another program's database, not a store; check --store"));
  return FALSE;
}

/* Inside a transaction, or its answers are of different moments of a store that is being created. */
static gboolean
check (SqliteStore *self, DataAccess access, gint64 *version, GError **error)
{
  *version = sql_number (&self->parent, "PRAGMA user_version", error);
  return *version >= 0 && refuse_foreign (self, *version, access, error)
         && sql_knows_schema (&self->parent, *version, error);
}

/* Inside the transaction: another program may have made the steps while this one waited. */
static gboolean
make_steps (SqliteStore *self, DataAccess access, GError **error)
{
  gint64 version;
  g_autofree char *kept = NULL;
  if (!check (self, access, &version, error)
      || (version > 0 && version < VERSION && (kept = sqlite_keep_before_migration (self, version, error)) == NULL))
    return FALSE;
  for (; version < VERSION; version++)
    if (!sqlite_exec (self, sql_schema_steps[version], error)) {
      if (kept != NULL)
        g_unlink (kept);   /* the store is as it was; one that is tried again and again fills no disk */
      return FALSE;
    }
  g_autofree char *mark = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                           SQLITE_STORE_APPLICATION, (int) VERSION);
  return sqlite_exec (self, mark, error) && sqlite_exec (self, "COMMIT", error);
}

/* Turning WAL on fails at once, without the usual patience, when another program does the same. */
static gboolean
turn_wal_on (SqliteStore *self, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + SQLITE_PATIENCE_MS * 1000;
  while (sqlite3_exec (self->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK) {
    if ((sqlite3_errcode (self->db) & 0xff) != SQLITE_BUSY || g_get_monotonic_time () > deadline)
      return sqlite_fail (self, error);
    g_usleep (1000);
  }
  return TRUE;
}

static gboolean
migrate (SqliteStore *self, DataAccess access, GError **error)
{
  if (!sqlite_exec (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (make_steps (self, access, error))
    return TRUE;
  sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

static gboolean
look (SqliteStore *self, DataAccess access, gint64 *version, GError **error)
{
  if (!sqlite_exec (self, "BEGIN", error))
    return FALSE;
  gboolean good = check (self, access, version, error);
  sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL);   /* it only read */
  return good;
}

gboolean
sqlite_schema_prepare (SqliteStore *self, DataAccess access, GError **error)
{
  gint64 version;
  if (!look (self, access, &version, error))
    return FALSE;
  if (access == DATA_ACCESS_READ) {
    if (version == VERSION)   /* a chart of ten years is 2 MB, as much as SQLite keeps by itself */
      return sqlite_exec (self, "PRAGMA cache_size = -8192", error);
    g_set_error (error, DATA_ERROR, DATA_ERROR_PERMISSION, _("%s: it is of an older program (schema %d); start "
                 "gdp-server once or run gdpctl migrate, that brings the store up to date"), self->parent.place, (int) version);
    return FALSE;
  }
  return turn_wal_on (self, error)   /* a copy that was put back has none */
         && (version == VERSION || migrate (self, access, error))
         && sqlite_exec (self, "PRAGMA journal_size_limit = 67108864; PRAGMA foreign_keys = ON", error);
}
