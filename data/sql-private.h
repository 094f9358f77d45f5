/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One store in SQL, several engines under it.
 *
 * What the store is – tables, numbers, states, who may do what – is written once, in the sql-*.c, in SQL that
 * SQLite and PostgreSQL both understand. An engine connects, prepares, binds, steps, begins and ends transactions
 * and wakes readers: one table of functions, DataBackend.
 *   sql-schema.c     the tables
 *   sql.c            statements, rows and structs, transactions
 *   sql-network.c    reading the configuration
 *   sql-import.c     changing it
 *   sql-commit.c     what a server commits; sql-late.c: what it commits late, of links that may be others' by then
 *   sql-live.c       the last value of every point, kept without a write per sample
 *   sql-changes.c    the reader's side: state, feed
 *   sql-sealed.h     says what sealed history is: sql-seal.c, sql-aside.c, sql-pack.c, sql-history.c,
 *                    sql-trend.c
 *   sql-units.c      how far the units' streams are committed, and what the units said
 *   sql-operators.c  who may do what
 *   sql-sign-in.c    whether whoever acts is who it should be
 *   sql-firmware.c   images, and who is to get which
 *   sql-sessions.c   the log of sessions
 *   sql-journal.c    adding to the journal, looking it up
 *   sql-journal-index.c   how a record is found among millions
 *   sql-verify.c     whether all that fits together
 *   spool.c          what waits for the store that it belongs to
 *   sql-commands.c, sql-servers.c
 *
 * What both understand: parameters `?` or `?1`; integers where one thinks of booleans (`retired = 0`); ON CONFLICT
 * with the old row's columns qualified; RETURNING to learn what an UPDATE met; no rowid, no scalar max (). */
#pragma once

#include "away.h"
#include "columns.h"
#include "journal-chain.h"
#include "store.h"

G_BEGIN_DECLS

typedef struct DataBackend DataBackend;
typedef struct SqlLive SqlLive;

/* Every store starts with this. */
struct DataStore {
  const DataBackend *backend;
  char              *uri;
  DataAccess         access;
  char              *person, *proof, *desk;   /* who is signed in, by which hash, where; NULL = nobody, nowhere */
  gint64             ahead, clock;            /* see data_store_clock (); store's time less monotonic, 0 = as this machine's */
};

/* An engine's own struct starts with this. */
typedef struct {
  DataStore   parent;
  char       *place;        /* what messages call it: the file, or host and database */
  GHashTable *statements;   /* SQL text → SqlStatement*, prepared once */
  GHashTable *inserts;      /* DataTable → the same for writing one row */
  char       *meta;         /* SQL text that reads it */
  SqlLive    *live;         /* only while serving */
  DataAway   *away;         /* regions that sealing leaves alone for a while */
  gint64      began;        /* the last number given when the transaction began */
  gboolean    parted;       /* set by an engine: what it reads now need not go on from what readers have seen */
  gint64      identity;     /* of the tables that it began with; 0 = not known yet */
  /* The connection's: */
  gboolean    roles;        /* the database itself knows who may what: `gdp_operator` in place of `operator` */
  char       *user;         /* then: whose it is, who acts in no other name; NULL = a server's, or the owner's */
  gboolean    asked;        /* … and the database asked that user for a password */
  gint64      posted;       /* the user's last command, 0 = none … */
  gint64      unheard;      /* … and the last that was told to have expired though no server said so */
} SqlStore;

/* Prepared by an engine, whose own struct starts with this. */
typedef struct {
  SqlStore *store;
} SqlStatement;

typedef enum {
  SQL_READ,                 /* all that is read is of one moment */
  SQL_WRITE,                /* the only one that writes; `meta` is its own until the end */
  SQL_WRITE_DURABLE,        /* and on disk when commit returns */
  SQL_WRITE_ASIDE,          /* of what no commit of measurements writes: where the engine can, they go on meanwhile */
} SqlTransaction;

/* Rows of numbers, to be inserted all at once: what `sample`, `live` and `stream_mark` are made of. */
typedef struct {
  const char *table;        /* and its columns: "live (seq, point)" */
  const char *types;        /* of each column: 'i' or 'd', as of sql_query () */
  const char *conflict;     /* "ON CONFLICT …"; NULL: there can be none */
} SqlRows;
#define SQL_ROWS_COLUMNS 6  /* at most */
typedef union { gint64 integer; double real; } SqlNumber;

struct DataBackend {
  /* As data_store_backup () and data_store_restore (). */
  gboolean      (*backup)   (const char *uri, const char *path, GError **error);
  gboolean      (*restore)  (const char *uri, const char *copy, char **kept, GError **error);
  /* Connects anew as another of the database's users, NULL: as the URI says. On failure it is as before. NULL: the engine
   * knows no users. */
  gboolean      (*become)   (SqlStore *self, const char *name, const char *password, GError **error);
  /* Whose connection it is, whoever acts; NULL: the engine knows no users. Borrowed. */
  const char   *(*account)  (DataStore *store);
  /* All but `parent` is the engine's to set up, with sql_store_init (). */
  DataStore    *(*open)     (const char *uri, DataAccess access, gboolean later, GError **error);
  void          (*close)    (DataStore *store);
  int           (*wake_fd)  (DataStore *store, GError **error);
  void          (*woken)    (DataStore *store);

  /* @types: as of sql_query (), of every parameter. */
  SqlStatement *(*prepare)  (SqlStore *self, const char *sql, const char *types, GError **error);
  void          (*finalize) (SqlStatement *statement);
  /* Parameter @place, from 1 on. Bytes are to be kept until the statement has run; a text is copied. */
  void          (*bind)     (SqlStatement *statement, guint place, const DataValue *value);
  int           (*step)     (SqlStatement *statement, GError **error);      /* as sql_step () */
  /* Of the row stepped to, from 0 on; text and bytes are borrowed until the next step. */
  void          (*column)   (SqlStatement *statement, guint column, DataValue *value);
  void          (*reset)    (SqlStatement *statement);                      /* to run it again; nothing is bound */

  gboolean      (*begin)    (SqlStore *self, SqlTransaction kind, GError **error);
  /* @seq > 0: numbers were given, up to this one; it wakes readers. */
  gboolean      (*commit)   (SqlStore *self, gint64 seq, GError **error);
  void          (*rollback) (SqlStore *self);

  /* Within a transaction: @numbers, row by row, @n of them. The one thing that must be fast. */
  gboolean      (*insert_rows) (SqlStore *self, const SqlRows *rows, const SqlNumber *numbers, guint n, GError **error);
  /* Within a transaction: SqlReady (sql-sealed.h), in place of what is there; NULL: row by row. */
  gboolean      (*put_ready) (SqlStore *self, const GArray *ready, GError **error);
  /* Outside of transactions: hours of a shard in months before @month (as of calendar.h), at once; those that somebody reads
   * stay for now. NULL: there is no such way. */
  gboolean      (*drop_months) (SqlStore *self, gint64 shard, gint64 month, GError **error);
  /* While one writes, whatever it is, all others wait. */
  gboolean      one_writes;
  /* Within a transaction: whether the engine's own files are sound. */
  gboolean      (*verify)   (SqlStore *self, GString *report, GError **error);
  const char     *clock;    /* SQL: the time by the engine's own clock, µs; NULL: it has none */
  const char     *schema;   /* SQL: how many steps the schema has */
  const char     *identity; /* SQL: a number that another store in its place does not have; NULL: the engine sees to that */
  const char     *shards;   /* SQL: of each shard (sql-sealed.h) its number, name, and whether another database has it */
};

extern const DataBackend data_sqlite_backend, data_postgres_backend;

/* The one row of `meta`: read when a transaction begins, written when it ends. */
typedef struct {
  gint64 seq;               /* the last number given */
  gint64 live_seq;          /* `live` holds every sample up to this one */
  gint64 span_seq;          /* `sample_span` covers every sample up to this one */
  gint64 trimmed_seq;       /* samples up to this one are no longer kept */
  gint64 revision;          /* of the configuration */
  gint64 journal_count;
  guint8 journal_head[DATA_HASH_SIZE];
} SqlMeta;

/* ---- opening and closing, for engines (sql.c) ------------------------------------------- */

/* @place: (transfer full) */
void sql_store_init   (SqlStore *self, const DataBackend *backend, char *place);
/* While it is still connected: ends what is under way and frees all that sql_store_init () made. */
void sql_store_finish (SqlStore *self);

/* ---- the schema (sql-schema.c) ---------------------------------------------------------- */

extern const char *const sql_schema_steps[];   /* each of several statements */
extern const guint       sql_schema_version;   /* how many there are */
/* FALSE with NEWER: a store of @version steps is a newer program's. */
gboolean sql_knows_schema (const SqlStore *self, gint64 version, GError **error);

/* SQLite's words for it; other engines put theirs in its place. */
#define SQL_SHARDS "-- sealed history in shards, of which there is one here\n"
#define SQL_PACKS "-- packs of figures as they are read quickest, which here they are\n"
#define SQL_JOURNAL_GUARD \
  "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal" \
  "  BEGIN SELECT raise (ABORT, 'the journal is only ever added to'); END;" \
  "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal" \
  "  BEGIN SELECT raise (ABORT, 'the journal is only ever added to'); END;"

/* ---- statements (sql.c) ----------------------------------------------------------------- */

/* With its parameters bound; reset when it leaves scope. */
typedef SqlStatement *SqlQuery;
void sql_query_done (SqlQuery query);
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (SqlQuery, sql_query_done, NULL)

/* @types: one letter a parameter: 'i' gint64, 'd' double (NaN = NULL), 't' text or NULL, 'h' hash,
 * 'b' GBytes (to be kept until the statement has run); in an engine's own SQL 'I', 'D' and 'B' are GBytes, too, with an
 * array of integers, reals or bytes as the engine wants it. */
SqlQuery sql_query (SqlStore *self, GError **error, const char *sql, const char *types, ...);
/* @head, " IN (…)" with the @n (> 0) numbers, @tail. (There are statements of 1, 2, 4, 8 … numbers.) */
SqlQuery sql_query_among (SqlStore *self, GError **error, const char *head, const gint64 *numbers, guint n, const char *tail);
/* 1 a row, 0 the end, -1 an error. */
int      sql_step  (SqlStore *self, SqlQuery query, GError **error);
/* A statement that gives no rows. */
gboolean sql_run   (SqlStore *self, GError **error, const char *sql, const char *types, ...);
/* The single integer that @sql gives; -1 with an error. */
gint64   sql_number (SqlStore *self, const char *sql, GError **error);

/* Column @column (0-based) of the row stepped to; NULL is 0, NaN or NULL. Borrowed until the next step. */
gint64        sql_integer (SqlQuery query, guint column);
double        sql_real    (SqlQuery query, guint column);
const char   *sql_text    (SqlQuery query, guint column);
gconstpointer sql_bytes   (SqlQuery query, guint column, gsize *size);

/* Reads @object from result column @first (0-based) on. Texts are borrowed until the next step. */
gboolean sql_read_columns (SqlStore *self, SqlQuery query, guint first, const DataTable *table,
                           gpointer object, GError **error);
/* Inserts or replaces; the extras are numbers, a negative one = NULL. */
gboolean sql_put (SqlStore *self, const DataTable *table, const gint64 *extras, gconstpointer object,
                  GError **error);
/* The same for a table that returns its key; -1 with an error. */
gint64   sql_put_keyed (SqlStore *self, const DataTable *table, const gint64 *extras,
                        gconstpointer object, GError **error);
/* The statement behind both, with @object bound, its extras not. */
SqlQuery sql_insert (SqlStore *self, const DataTable *table, gconstpointer object, GError **error);

/* The columns of a reading in `sample` and `live`, and one read from a row of them. */
#define SQL_READING "seq, point, time, delay, value, reason"
void     sql_read_reading (SqlQuery query, GdpReading *reading);
/* The same as a row of SqlRows, of types SQL_READING_TYPES. */
#define SQL_READING_TYPES "iiiidi"
void     sql_reading_row  (const GdpReading *reading, gint64 seq, SqlNumber row[6]);

/* ---- transactions (sql.c) --------------------------------------------------------------- */

/* @durable: on disk when sql_end() returns. What gives numbers should be, unless that would be too slow: a reader that
 * outlives the database's machine must not have seen a number that is given again. */
gboolean sql_begin (SqlStore *self, gboolean durable, SqlMeta *meta, GError **error);
/* @ok: commit, then wake readers; else roll back (the error is already set). Whether it is committed. */
gboolean sql_end   (SqlStore *self, const SqlMeta *meta, gboolean ok, GError **error);
/* NEWER, REPLACED: somebody has changed the whole store since it was opened. */
gboolean sql_meta  (SqlStore *self, SqlMeta *meta, GError **error);
/* SQL_WRITE_ASIDE, which wakes nobody. */
gboolean sql_begin_aside (SqlStore *self, GError **error);
gboolean sql_end_aside   (SqlStore *self, gboolean ok, GError **error);
gboolean sql_begin_read (SqlStore *self, GError **error);
void     sql_end_read   (SqlStore *self);

/* ---- between the files ------------------------------------------------------------------ */

/* Within a transaction: the configuration, with @meta's revision. */
GdpNetwork *sql_load_network (SqlStore *self, const SqlMeta *meta, GError **error);

/* Gives @event the next number and chains it. */
gboolean sql_journal_append (SqlStore *self, SqlMeta *meta, const GdpEvent *event, GError **error);

/* Within a transaction: a row of configuration_history (sql-import.c). */
gboolean sql_configuration_history (SqlStore *self, gint64 seq, const char *kind, const char *id, gint64 now, const char *who,
                                    const char *before, const char *after, GError **error);
/* Within a transaction: what differs between the limits of @old and @point, if anything (sql-limits.c). */
gboolean sql_journal_limits (SqlStore *self, SqlMeta *meta, const GdpPoint *old, const GdpPoint *point, const char *who,
                             const char *why, gint64 now, GError **error);

/* Keeps `live` and `sample_span` near the end of `sample`, see sql-live.c. */
SqlLive *sql_live_new    (void);
void        sql_live_free   (SqlLive *live);
/* Within a transaction, before it adds samples: writes what is due. @all: everything. */
gboolean    sql_live_forward (SqlStore *self, SqlMeta *meta, gboolean all, GError **error);
/* After the commit: @readings took the numbers from @first on; @meta is what was committed. */
void        sql_live_committed (SqlStore *self, const SqlMeta *meta, const GArray *readings,
                                   gint64 first);
/* The newest reading of every point, GdpReading by seq; within a read transaction. */
GArray     *sql_live_read   (SqlStore *self, const SqlMeta *meta, GError **error);

/* Within a transaction: all that @batch holds. */
gboolean    sql_add_batch   (SqlStore *self, SqlMeta *meta, const DataBatch *batch, GError **error);

/* Within a transaction: takes out of @batches, all of one server, what is the state of links that another server holds
 * now (sql-late.c). */
gboolean    sql_leave_to_others (SqlStore *self, DataBatch *const *batches, guint n, GError **error);

/* Within a transaction, with a commit. */
gboolean    sql_put_marks   (SqlStore *self, const GArray *marks, GError **error);
gboolean    sql_forget_marks (SqlStore *self, const GArray *links, GError **error);
gboolean    sql_put_devices (SqlStore *self, SqlMeta *meta, const GPtrArray *devices, GError **error);
gboolean    sql_put_sessions (SqlStore *self, const GPtrArray *sessions, GError **error);
gboolean    sql_put_wishes   (SqlStore *self, SqlMeta *meta, const GPtrArray *wishes, GError **error);
/* Within a transaction: whoever had sessions open on the link has gone. */
gboolean    sql_end_sessions (SqlStore *self, gint64 link, GError **error);
/* Within a transaction: there is another unit at the end of the link. */
gboolean    sql_forget_unit (SqlStore *self, gint64 link, GError **error);

/* Within a read transaction: as data_store_verify(); @elsewhere: also what is in databases of regions. */
gboolean    sql_verify_here (SqlStore *self, gboolean elsewhere, GString *report, GError **error);

/* What store.c calls, each with the meaning that store.h gives data_store_ and the same name. */
GdpNetwork  *sql_network      (DataStore *store, GError **error);
gint64       sql_revision     (DataStore *store, GError **error);
gboolean     sql_import       (DataStore *store, const GdpNetwork *network, const char *who, gint64 now,
                                  GError **error);
gboolean     sql_put_strangers (DataStore *store, const char *server, const GPtrArray *strangers, GError **error);
gboolean     sql_want_firmware (DataStore *store, const GdpWish *wish, GBytes *image, const gint64 *links, guint n,
                                   const char *who, gint64 now, GError **error);
gboolean     sql_give_up_firmware (DataStore *store, const gint64 *links, guint n, const char *who, gint64 now,
                                      GError **error);
GPtrArray   *sql_wishes       (DataStore *store, gint64 since, GError **error);
GBytes      *sql_firmware     (DataStore *store, const char *digest, GError **error);
GPtrArray   *sql_operators    (DataStore *store, GError **error);
gboolean     sql_appoint      (DataStore *store, const char *name, GdpRole role, const char *who, gint64 now,
                                  GError **error);
gboolean     sql_may          (DataStore *store, const char *who, GdpAct act, GError **error);
gboolean     sql_repair       (DataStore *store, const GdpNetwork *network, const char *who, gint64 now, GString *report, GError **error);
gboolean     sql_may_restore  (DataStore *store, const char *who, GError **error);
gboolean     sql_role         (DataStore *store, const char *who, GdpRole *role, GError **error);
gboolean     sql_sign_in      (DataStore *store, const char *name, const char *password, const char *where, gint64 now,
                                  GError **error);
void         sql_sign_out     (DataStore *store, const char *why, gint64 now);
const char  *sql_person       (DataStore *store);
gboolean     sql_set_password (DataStore *store, const char *name, const char *password, const char *who, gint64 now,
                                  GError **error);
gboolean     sql_post         (DataStore *store, DataCommand *command, gint64 now, GError **error);
GPtrArray   *sql_posted       (DataStore *store, GError **error);
gboolean     sql_take         (DataStore *store, gint64 id, const char *server, gint64 now,
                                  GError **error);
gboolean     sql_change_limits (DataStore *store, const DataCommand *command, gint64 now, GError **error);
gboolean     sql_expire       (DataStore *store, gint64 now, GError **error);
gboolean     sql_end_lost     (DataStore *store, gint64 now, GError **error);
gboolean     sql_commit       (DataStore *store, const DataBatch *batch, gint64 *seq, GError **error);
gboolean     sql_commit_late  (DataStore *store, DataBatch *const *batches, guint n, GError **error);
GPtrArray   *sql_servers      (DataStore *store, GError **error);
GArray      *sql_marks        (DataStore *store, GError **error);
gboolean     sql_start_server (DataStore *store, const DataServer *server, GError **error);
gboolean     sql_heartbeat    (DataStore *store, const DataServer *server, GError **error);
gboolean     sql_stop_server  (DataStore *store, const DataServer *server, GError **error);
gboolean     sql_claim_links  (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gint64 now,
                                  char **refusals, GError **error);
gboolean     sql_leave_links  (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gboolean keep,
                                  GError **error);
gboolean     sql_put_traffic  (DataStore *store, const DataTraffic *traffic, gsize n, GError **error);
GArray      *sql_traffic      (DataStore *store, GError **error);
gboolean     sql_traffic_of   (DataStore *store, gboolean link, gint64 key, DataTraffic *traffic, GError **error);
gboolean     sql_contact_of   (DataStore *store, gboolean link, gint64 key, GdpContactInfo **contact, GError **error);
GPtrArray   *sql_sessions     (DataStore *store, const DataSessionFilter *filter, GError **error);
GPtrArray   *sql_alarms       (DataStore *store, GError **error);
DataChanges *sql_changes      (DataStore *store, gint64 since, GError **error);
gboolean     sql_note_flood   (DataStore *store, const GdpEvent *event, gint64 seq, gboolean *noted, GError **error);
GPtrArray   *sql_journal      (DataStore *store, const DataJournalFilter *filter, guint64 *hidden,
                                  GError **error);
gboolean     sql_alarm_events (DataStore *store, DataEventFunc func, gpointer user_data, GCancellable *cancellable,
                               GError **error);
gboolean     sql_journal_head (DataStore *store, DataJournalHead *head, GError **error);
gboolean     sql_history      (DataStore *store, gint64 point, gint64 since, gint64 until,
                                  DataReadingFunc func, gpointer user_data, GError **error);
GPtrArray   *sql_trends       (DataStore *store, const DataTrendQuery *queries, guint n, GError **damage, GError **error);
gboolean     sql_seal         (DataStore *store, const GdpNetwork *network, const DataSealing *how, guint64 *sealed,
                               GError **error);
gboolean     sql_verify       (DataStore *store, GString *report, GError **error);

/* Whether whoever works here with this store is @who; and whether @who may @act, too. REFUSED or SIGN_IN. */
gboolean sql_is_person (SqlStore *self, const char *who, GError **error);
gboolean sql_acts      (SqlStore *self, const char *who, GdpAct act, GError **error);

/* Outside a transaction: the journal says that @who asked for @what and was refused for @reason (then set as
 * @error). Always FALSE. (transfer full) of @reason. */
gboolean sql_refuse (SqlStore *self, const char *who, const char *what, const char *object, GError *reason,
                        GError **error);

/* Within a transaction: the command's end. FALSE with CONFLICT when it was not open any more. */
gboolean sql_finish_command (SqlStore *self, SqlMeta *meta, const DataCommandResult *result,
                                gint64 now, GError **error);
/* The row of the server @name, NULL when there is none. (out) (transfer full) */
gboolean sql_read_server (SqlStore *self, const char *name, DataServer **server, GError **error);
/* Within a transaction: @server is there as @pid, 0 = ended. */
gboolean sql_put_server  (SqlStore *self, SqlMeta *meta, const DataServer *server, gint64 pid, GError **error);
/* Within a transaction: what an earlier run of @server took and did not finish has failed. */
gboolean sql_abandon_commands (SqlStore *self, SqlMeta *meta, const char *server, gint64 now,
                                  GError **error);

/* Within a read transaction: adds the user's own commands that have expired with no server to say so. */
gboolean sql_add_unheard (SqlStore *self, DataChanges *changes, GError **error);

G_END_DECLS
