/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the SQLite backend share:
 *   sqlite.c                opening, transactions, statements
 *   sqlite-schema.c         the schema and its steps
 *   sqlite-network.c        reading the configuration
 *   sqlite-import.c         changing it
 *   sqlite-commit.c         what a server commits
 *   sqlite-live.c           the last value of every point, kept without a write per sample
 *   sqlite-checkpoint.c     moving the log into the file, beside the commits
 *   sqlite-changes.c        the reader's side: state, feed, history
 *   sqlite-units.c          how far the units' streams are committed, and what the units said
 *   sqlite-operators.c      who may do what
 *   sqlite-firmware.c       images, and who is to get which
 *   sqlite-sessions.c       the log of sessions
 *   sqlite-commands.c, sqlite-servers.c, sqlite-journal.c */
#pragma once

#include "backend-private.h"
#include "columns.h"
#include "feed.h"
#include "journal-chain.h"

#include <sqlite3.h>

G_BEGIN_DECLS

#define SQLITE_STORE_APPLICATION 0x47445031  /* "GDP1" */
#define SQLITE_PATIENCE_MS 5000              /* how long a lock is waited for before BUSY */

typedef struct SqliteLive SqliteLive;
typedef struct SqliteCheckpoint SqliteCheckpoint;

typedef struct {
  DataStore   parent;
  char       *path;
  sqlite3    *db;
  GHashTable *statements;   /* SQL text → sqlite3_stmt*, prepared once */
  GHashTable *inserts;      /* DataTable → the same for writing one row */
  gboolean    full_sync;    /* PRAGMA synchronous in force */
  DataFeed   *feed;
  SqliteLive *live;         /* this and the next only while serving */
  SqliteCheckpoint *checkpoint;
} SqliteStore;

/* The one row of `meta`: read when a transaction begins, written when it ends. */
typedef struct {
  gint64 seq;               /* the last number given */
  gint64 live_seq;          /* `live` holds every sample up to this one */
  gint64 span_seq;          /* `sample_span` covers every sample up to this one */
  gint64 trimmed_seq;       /* samples up to this one are no longer kept */
  gint64 revision;          /* of the configuration */
  gint64 journal_count;
  guint8 journal_head[DATA_HASH_SIZE];
} SqliteMeta;

/* ---- statements (sqlite.c) -------------------------------------------------------------- */

/* A prepared statement with its parameters bound; reset when it leaves scope. */
typedef sqlite3_stmt *SqliteQuery;
void sqlite_query_done (SqliteQuery query);
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (SqliteQuery, sqlite_query_done, NULL)

/* @types: one letter a parameter: 'i' gint64, 'd' double (NaN = NULL), 't' text or NULL, 'h' hash,
 * 'b' GBytes (to be kept until the statement has run). */
SqliteQuery sqlite_query (SqliteStore *self, GError **error, const char *sql, const char *types, ...);
/* 1 a row, 0 the end, -1 an error. */
int         sqlite_step  (SqliteStore *self, SqliteQuery query, GError **error);
/* A statement that gives no rows. */
gboolean    sqlite_run   (SqliteStore *self, GError **error, const char *sql, const char *types, ...);
gboolean    sqlite_exec  (SqliteStore *self, const char *sql, GError **error);
gboolean    sqlite_fail  (SqliteStore *self, GError **error);   /* sets the error of the last call, FALSE */
/* The single integer that @sql gives; -1 with an error. */
gint64      sqlite_number (SqliteStore *self, const char *sql, GError **error);

/* Reads @object from result column @first (0-based) on. Texts are borrowed until the next step. */
gboolean sqlite_read_columns (SqliteStore *self, SqliteQuery query, guint first, const DataTable *table,
                              gpointer object, GError **error);
/* Inserts or replaces; the extras are numbers, a negative one = NULL. */
gboolean sqlite_put (SqliteStore *self, const DataTable *table, const gint64 *extras, gconstpointer object,
                     GError **error);
/* The same for a table that returns its key; -1 with an error. */
gint64   sqlite_put_keyed (SqliteStore *self, const DataTable *table, const gint64 *extras,
                           gconstpointer object, GError **error);
/* The statement behind both, with @object bound, its extras not. */
SqliteQuery sqlite_insert (SqliteStore *self, const DataTable *table, gconstpointer object, GError **error);

/* The columns of a reading in `sample` and `live`, and one read from a row of them. */
#define SQLITE_READING "seq, point, time, delay, value, reason"
void     sqlite_read_reading (SqliteQuery query, GdpReading *reading);

const char *sqlite_text (SqliteQuery query, int column);

/* ---- transactions (sqlite.c) ------------------------------------------------------------ */

/* FALSE: the file was deleted or moved; through our descriptor it can still be read and written, for nobody. */
gboolean sqlite_is_in_place (SqliteStore *self, GError **error);
gboolean sqlite_begin (SqliteStore *self, gboolean durable, SqliteMeta *meta, GError **error);
/* @ok: commit, then wake readers; else roll back (the error is already set). Whether it is committed. */
gboolean sqlite_end   (SqliteStore *self, const SqliteMeta *meta, gboolean ok, GError **error);
gboolean sqlite_meta  (SqliteStore *self, SqliteMeta *meta, GError **error);

/* ---- between the files ------------------------------------------------------------------ */

gboolean sqlite_schema_prepare (SqliteStore *self, DataAccess access, GError **error);

/* Within a transaction: the configuration, with @meta's revision. */
GdpNetwork *sqlite_load_network (SqliteStore *self, const SqliteMeta *meta, GError **error);

/* Gives @event the next number and chains it. */
gboolean sqlite_journal_append (SqliteStore *self, SqliteMeta *meta, const GdpEvent *event, GError **error);

/* NULL when it cannot be had; commits then do their checkpoints themselves. */
SqliteCheckpoint *sqlite_checkpoint_new  (SqliteStore *store);
void              sqlite_checkpoint_free (SqliteCheckpoint *self);   /* before its store is closed */

/* Keeps `live` and `sample_span` near the end of `sample`, see sqlite-live.c. */
SqliteLive *sqlite_live_new    (void);
void        sqlite_live_free   (SqliteLive *live);
/* Within a transaction, before it adds samples: writes what is due. @all: everything. */
gboolean    sqlite_live_forward (SqliteStore *self, SqliteMeta *meta, gboolean all, GError **error);
/* After the commit: @readings took the numbers from @first on; @meta is what was committed. */
void        sqlite_live_committed (SqliteStore *self, const SqliteMeta *meta, const GArray *readings,
                                   gint64 first);
/* The newest reading of every point, GdpReading by seq; within a read transaction. */
GArray     *sqlite_live_read   (SqliteStore *self, const SqliteMeta *meta, GError **error);

/* Within a transaction, with a commit. */
gboolean    sqlite_put_marks   (SqliteStore *self, const GArray *marks, GError **error);
gboolean    sqlite_forget_marks (SqliteStore *self, const GArray *links, GError **error);
gboolean    sqlite_put_devices (SqliteStore *self, SqliteMeta *meta, const GPtrArray *devices, GError **error);
gboolean    sqlite_put_sessions (SqliteStore *self, const GPtrArray *sessions, GError **error);
gboolean    sqlite_put_wishes   (SqliteStore *self, SqliteMeta *meta, const GPtrArray *wishes, GError **error);
/* Within a transaction: whoever had sessions open on the link has gone. */
gboolean    sqlite_end_sessions (SqliteStore *self, gint64 link, GError **error);
/* Within a transaction: there is another unit at the end of the link. */
gboolean    sqlite_forget_unit (SqliteStore *self, gint64 link, GError **error);

/* The backend's functions, as in backend-private.h. */
GdpNetwork  *sqlite_network      (DataStore *store, GError **error);
gint64       sqlite_revision     (DataStore *store, GError **error);
gboolean     sqlite_import       (DataStore *store, const GdpNetwork *network, const char *who, gint64 now,
                                  GError **error);
gboolean     sqlite_put_strangers (DataStore *store, const char *server, const GPtrArray *strangers, GError **error);
gboolean     sqlite_want_firmware (DataStore *store, const GdpWish *wish, GBytes *image, const gint64 *links, guint n,
                                   const char *who, gint64 now, GError **error);
gboolean     sqlite_give_up_firmware (DataStore *store, const gint64 *links, guint n, const char *who, gint64 now,
                                      GError **error);
GPtrArray   *sqlite_wishes       (DataStore *store, gint64 since, GError **error);
GBytes      *sqlite_firmware     (DataStore *store, const char *digest, GError **error);
GPtrArray   *sqlite_operators    (DataStore *store, GError **error);
gboolean     sqlite_appoint      (DataStore *store, const char *name, GdpRole role, const char *who, gint64 now,
                                  GError **error);
gboolean     sqlite_may          (DataStore *store, const char *who, GdpAct act, GError **error);
gboolean     sqlite_post         (DataStore *store, DataCommand *command, gint64 now, GError **error);
GPtrArray   *sqlite_posted       (DataStore *store, GError **error);
gboolean     sqlite_take         (DataStore *store, gint64 id, const char *server, gint64 now,
                                  GError **error);
gboolean     sqlite_expire       (DataStore *store, gint64 now, GError **error);
gboolean     sqlite_commit       (DataStore *store, const DataBatch *batch, gint64 *seq, GError **error);
GArray      *sqlite_marks        (DataStore *store, GError **error);
gboolean     sqlite_start_server (DataStore *store, const DataServer *server, GError **error);
gboolean     sqlite_heartbeat    (DataStore *store, const DataServer *server, GError **error);
gboolean     sqlite_stop_server  (DataStore *store, const DataServer *server, GError **error);
gboolean     sqlite_claim_links  (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gint64 now,
                                  char **refusals, GError **error);
gboolean     sqlite_leave_links  (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gboolean keep,
                                  GError **error);
gboolean     sqlite_put_traffic  (DataStore *store, const DataTraffic *traffic, gsize n, GError **error);
GArray      *sqlite_traffic      (DataStore *store, GError **error);
gboolean     sqlite_traffic_of   (DataStore *store, gboolean link, gint64 key, DataTraffic *traffic, GError **error);
GPtrArray   *sqlite_sessions     (DataStore *store, const DataSessionFilter *filter, GError **error);
DataChanges *sqlite_changes      (DataStore *store, gint64 since, GError **error);
GPtrArray   *sqlite_journal      (DataStore *store, const DataJournalFilter *filter, guint64 *hidden,
                                  GError **error);
gboolean     sqlite_history      (DataStore *store, gint64 point, gint64 since, gint64 until,
                                  DataReadingFunc func, gpointer user_data, GError **error);
gboolean     sqlite_verify       (DataStore *store, GString *report, GError **error);

/* Outside a transaction: the journal says that @who asked for @what and was refused for @reason (then set as
 * @error). Always FALSE. (transfer full) of @reason. */
gboolean sqlite_refuse (SqliteStore *self, const char *who, const char *what, const char *object, GError *reason,
                        GError **error);

/* Within a transaction: the command's end. FALSE with CONFLICT when it was not open any more. */
gboolean sqlite_finish_command (SqliteStore *self, SqliteMeta *meta, const DataCommandResult *result,
                                gint64 now, GError **error);
/* Within a transaction: what an earlier run of @server took and did not finish has failed. */
gboolean sqlite_abandon_commands (SqliteStore *self, SqliteMeta *meta, const char *server, gint64 now,
                                  GError **error);

G_END_DECLS
