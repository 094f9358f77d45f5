/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checkpoints of a serving store, in a thread of their own.
 *
 * SQLite's own way is to let the commit that fills the write-ahead log copy it into the file: every
 * thirtieth commit of 1,000 samples then took 15 ms and more, and an alarm with it. A passive
 * checkpoint on another connection hinders neither writers nor readers. Only when the log has grown
 * far, because commits follow each other without a pause, does a commit do it after all. */
#include "sqlite-private.h"

#define PAGES_BETWEEN 1000     /* 4 MB of log between two checkpoints */
#define PAGES_MOST    16384    /* 64 MB: from here on the log must stop growing */

struct SqliteCheckpoint {
  SqliteStore *store;   /* borrowed */
  sqlite3 *db;          /* the thread's own */
  GThread *thread;
  GMutex   mutex;
  GCond    wanted;
  gboolean due, stop;   /* under the mutex */
  int      last;        /* pages in the log at the last checkpoint; the committing thread's */
};

static gpointer
run (gpointer data)
{
  SqliteCheckpoint *self = data;
  g_mutex_lock (&self->mutex);
  while (!self->stop) {
    if (!self->due) {
      g_cond_wait (&self->wanted, &self->mutex);
      continue;
    }
    self->due = FALSE;
    g_mutex_unlock (&self->mutex);
    int code = sqlite3_wal_checkpoint_v2 (self->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    sqlite_log_heed (self->store, sqlite3_extended_errcode (self->db));
    if (code != SQLITE_OK)   /* the log keeps what it holds; the next one tries again */
      g_debug ("checkpoint: %s", sqlite3_errstr (code));
    g_mutex_lock (&self->mutex);
  }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

/* After each commit. What it returns would become the commit's result, which is done already. */
static int
committed (void *data, sqlite3 *db, const char *name, int pages)
{
  SqliteCheckpoint *self = data;
  if (pages < self->last)
    self->last = 0;   /* the log began anew */
  if (pages - self->last < PAGES_BETWEEN)
    return SQLITE_OK;
  self->last = pages;
  if (pages >= PAGES_MOST) {
    sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
  }
  g_mutex_lock (&self->mutex);
  self->due = TRUE;
  g_cond_signal (&self->wanted);
  g_mutex_unlock (&self->mutex);
  return SQLITE_OK;
}

SqliteCheckpoint *
sqlite_checkpoint_new (SqliteStore *store)
{
  SqliteCheckpoint *self = g_new0 (SqliteCheckpoint, 1);
  self->store = store;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2 (store->parent.place, &self->db, flags, NULL) != SQLITE_OK) {
    sqlite3_close (self->db);   /* then commits do it, as SQLite does without us */
    g_free (self);
    return NULL;
  }
  sqlite3_wal_autocheckpoint (self->db, 0);
  /* A connection that has read nothing yet does not know of the log: its checkpoints would do nothing. */
  sqlite3_exec (self->db, "PRAGMA schema_version", NULL, NULL, NULL);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wanted);
  self->thread = g_thread_new ("checkpoint", run, self);
  sqlite3_wal_hook (store->db, committed, self);
  return self;
}

void
sqlite_checkpoint_free (SqliteCheckpoint *self)
{
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_cond_signal (&self->wanted);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  sqlite3_close (self->db);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wanted);
  g_free (self);
}
