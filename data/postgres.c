/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connecting, transactions and wake-up. Notifications carry no data: whoever hears one asks for what came after the
 * number it knows, so one that is lost costs a delay. */
#include "postgres-private.h"

#include "password.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define SERVER_PATIENCE (10 * G_TIME_SPAN_SECOND)   /* for an answer: a server has a spool */
#define PATIENCE      (60 * G_TIME_SPAN_SECOND)     /* … others who write, and pack history */
#define STANDBY_LOOKS (200 * 1000 * 1000)   /* ns: a standby cannot LISTEN, so its readers look so often */

gboolean
postgres_exec (PostgresStore *self, const char *sql, GError **error)
{
  PGresult *result = PQexec (self->db, sql);
  ExecStatusType status = PQresultStatus (result);
  gboolean good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || postgres_fail (self, result, error);
  PQclear (result);
  return good;
}

/* ---- wake-up ---------------------------------------------------------------------------- */

static void
watch (PostgresStore *self, int fd)
{
  struct epoll_event event = { .events = EPOLLIN };
  epoll_ctl (self->wake, EPOLL_CTL_ADD, fd, &event);
}

/* A standby refuses; then a timer takes its place. A closed socket leaves the epoll by itself. */
static void
listen_here (PostgresStore *self)
{
  if (postgres_exec (self, "LISTEN gdp", NULL)) {
    watch (self, PQsocket (self->db));
    return;
  }
  struct itimerspec every = { { 0, STANDBY_LOOKS }, { 0, STANDBY_LOOKS } };
  timerfd_settime (self->timer, 0, &every, NULL);
}

/* A notification that came along with an answer is read already: the socket will not tell of it. */
static void
note_notifications (PostgresStore *self)
{
  gboolean any = FALSE;
  for (PGnotify *note; (note = PQnotifies (self->db)) != NULL; any = TRUE)
    PQfreemem (note);
  if (any && self->told >= 0)
    eventfd_write (self->told, 1);
}

static int
postgres_wake_fd (DataStore *store, GError **error)
{
  PostgresStore *self = (PostgresStore *) store;
  if (self->wake >= 0)
    return self->wake;
  self->wake = epoll_create1 (EPOLL_CLOEXEC);
  self->told = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->timer = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (self->wake < 0 || self->told < 0 || self->timer < 0) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_IO, "%s: no descriptor to wait for changes with: %s", self->parent.place,
                 g_strerror (errno));
    return -1;
  }
  watch (self, self->told);
  watch (self, self->timer);
  if (self->db != NULL)
    listen_here (self);
  return self->wake;
}

static void
postgres_woken (DataStore *store)
{
  PostgresStore *self = (PostgresStore *) store;
  eventfd_t told;
  guint64 times;
  if (self->db != NULL && !PQconsumeInput (self->db))
    epoll_ctl (self->wake, EPOLL_CTL_DEL, PQsocket (self->db), NULL);   /* it would wake for ever */
  if (self->db != NULL)
    note_notifications (self);
  eventfd_read (self->told, &told);
  if (read (self->timer, &times, sizeof times) < 0)
    times = 0;   /* not due */
}

/* ---- connecting ------------------------------------------------------------------------- */

/* What the URI says goes before what stands before it. A peer that is gone is noticed within some ten seconds. */
static PGconn *
connect_to (const PostgresStore *self)
{
  const char *const names[] = { "application_name", "connect_timeout", "keepalives_idle", "keepalives_interval",
                                "keepalives_count", "tcp_user_timeout", "target_session_attrs", "dbname", "user",
                                "password", NULL };
  const char *const values[] = { g_get_prgname (), "5", "5", "2", "3", "10000",
                                 self->access == DATA_ACCESS_READ ? "any" : "read-write", self->parent.parent.uri, self->name,
                                 self->password, NULL };
  return PQconnectdbParams (names, values, 1);
}

/* libpq would print it. What matters of it comes as an error. */
static void
take_notice (void *user_data G_GNUC_UNUSED, const char *message)
{
  g_debug ("%s", message);
}

/* See postgres/roles.sql. Whoever may write any command is no person. */
static gboolean
learn_user (SqlStore *self, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT to_regclass ('gdp_operator') IS NOT NULL,"
    " CASE WHEN NOT has_table_privilege (to_regclass ('command')::oid, 'INSERT') THEN session_user END", "");
  if (query == NULL || sql_step (self, query, error) <= 0)
    return FALSE;
  self->roles = sql_integer (query, 0) != 0;
  const char *user = self->roles ? sql_text (query, 1) : NULL;
  if (g_strcmp0 (user, self->user) != 0) {   /* else somebody may have borrowed it */
    g_free (self->user);
    self->user = g_strdup (user);
  }
  self->asked = PQconnectionUsedPassword (((PostgresStore *) self)->db) != 0;
  return TRUE;
}

/* A standby that became the primary is on a timeline of its own: it may never have had what the old primary committed last,
 * and gives those numbers again. */
static gboolean
note_timeline (PostgresStore *self, GError **error)
{
  PGresult *result = PQexec (self->db, "SELECT CASE WHEN pg_is_in_recovery () THEN '0' "
                             "ELSE substr (pg_walfile_name (pg_current_wal_lsn ()), 1, 8) END");
  gboolean good = PQresultStatus (result) == PGRES_TUPLES_OK || postgres_fail (self, result, error);
  gint64 now = good ? g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 16) : 0;
  PQclear (result);
  if (now == 0)
    return good;
  self->parent.parted = self->parent.parted || (self->timeline != 0 && self->timeline != now);
  self->timeline = now;
  return TRUE;
}

static gboolean
connect_here (PostgresStore *self, GError **error)
{
  postgres_guard_watch (self->guard, -1);
  g_clear_pointer (&self->db, PQfinish);
  self->db = connect_to (self);
  PQsetNoticeProcessor (self->db, take_notice, NULL);
  self->connection++;
  self->queued = 0;
  self->writing = self->in_transaction = FALSE;
  if (PQstatus (self->db) != CONNECTION_OK)
    return postgres_fail (self, NULL, error);
  if (!postgres_exec (self, "SET client_encoding = 'UTF8'; SET client_min_messages = 'warning'; "
                      "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s'", error)
      || !learn_user (&self->parent, error) || !note_timeline (self, error))
    return FALSE;
  if (self->wake >= 0)
    listen_here (self);
  return TRUE;
}

/* When it has just been connected. To bring the schema up to date may take long. */
static gboolean
prepare_schema (PostgresStore *self, GError **error)
{
  if (!self->ready) {
    self->ready = TRUE;   /* for the statements of this */
    self->ready = postgres_schema_prepare (self, error);
  }
  if (!self->ready)
    g_clear_pointer (&self->db, PQfinish);
  else
    postgres_guard_watch (self->guard, PQsocket (self->db));
  return self->ready;
}

gboolean
postgres_connected (PostgresStore *self, GError **error)
{
  return (self->db != NULL && PQstatus (self->db) == CONNECTION_OK)
         || (connect_here (self, error) && prepare_schema (self, error));
}

/* As the URI says: at once, or else when the database can be reached again. */
static gboolean
become_oneself (PostgresStore *self)
{
  if (self->name == NULL)
    return TRUE;
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->password, data_password_forget);
  connect_here (self, NULL);
  return TRUE;
}

static gboolean
postgres_become (SqlStore *store, const char *name, const char *password, GError **error)
{
  PostgresStore *self = (PostgresStore *) store, before = *self;
  if (name == NULL)
    return become_oneself (self);
  self->db = NULL;
  self->name = g_strdup (name);
  self->password = g_strdup (password);
  if (connect_here (self, error)) {
    PQfinish (before.db);
    g_free (before.name);
    data_password_forget (before.password);
    return TRUE;
  }
  PQfinish (self->db);
  g_free (self->name);
  data_password_forget (self->password);
  self->db = before.db;
  self->name = before.name;
  self->password = before.password;
  self->connection = before.connection;
  return FALSE;
}

/* "host,host2/database" */
static char *
name_place (const char *uri, GError **error)
{
  char *message = NULL;
  PQconninfoOption *options = PQconninfoParse (uri, &message);
  if (options == NULL) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_URI, "not a store: %s",
                 message != NULL ? g_strstrip (message) : "out of memory");
    PQfreemem (message);
    return NULL;
  }
  const char *host = NULL, *name = NULL, *user = NULL;
  for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
    const char **wanted = strcmp (option->keyword, "host") == 0 ? &host : strcmp (option->keyword, "dbname") == 0 ? &name
                          : strcmp (option->keyword, "user") == 0 ? &user : NULL;
    if (wanted != NULL)
      *wanted = option->val;
  }
  name = name != NULL ? name : getenv ("PGDATABASE") != NULL ? getenv ("PGDATABASE") : user;
  char *place = g_strdup_printf ("PostgreSQL %s/%s", host != NULL ? host : "localhost", name != NULL ? name : "");
  PQconninfoFree (options);
  return place;
}

static void
close_descriptor (int fd)
{
  if (fd >= 0)
    close (fd);
}

void
postgres_close (DataStore *store)
{
  PostgresStore *self = (PostgresStore *) store;
  if (PQstatus (self->db) != CONNECTION_OK)
    g_clear_pointer (&self->parent.live, sql_live_free);   /* nobody would take it, after a while */
  sql_store_finish (&self->parent);
  postgres_guard_free (self->guard);
  g_clear_pointer (&self->db, PQfinish);
  close_descriptor (self->wake);
  close_descriptor (self->told);
  close_descriptor (self->timer);
  g_free (self->name);
  data_password_forget (self->password);
  g_free (self);
}

/* Not connected yet. */
static PostgresStore *
store_new (const char *uri, DataAccess access, GError **error)
{
  char *place = name_place (uri, error);
  if (place == NULL)
    return NULL;
  PostgresStore *self = g_new0 (PostgresStore, 1);
  self->wake = self->told = self->timer = -1;
  self->access = access;
  self->parent.parent.uri = (char *) uri;   /* data_store_open () puts a copy in its place */
  sql_store_init (&self->parent, &data_postgres_backend, place);
  return self;
}

PostgresStore *
postgres_connect (const char *uri, DataAccess access, GError **error)
{
  PostgresStore *self = store_new (uri, access, error);
  if (self == NULL)
    return NULL;
  self->ready = TRUE;   /* its schema is for the caller to look at */
  if (connect_here (self, error))
    return self;
  postgres_close (&self->parent.parent);
  return NULL;
}

static const char *
postgres_account (DataStore *store)
{
  return PQuser (((PostgresStore *) store)->db);
}

static DataStore *
postgres_open (const char *uri, DataAccess access, gboolean later, GError **error)
{
  PostgresStore *self = store_new (uri, access, error);
  SqlMeta meta;   /* for its clock */
  if (self != NULL && access != DATA_ACCESS_READ)
    self->guard = postgres_guard_new (access == DATA_ACCESS_SERVE ? SERVER_PATIENCE : PATIENCE);
  if (self == NULL || later || (postgres_connected (self, error) && sql_meta (&self->parent, &meta, error)))
    return (DataStore *) self;
  postgres_close (&self->parent.parent);
  return NULL;
}

/* ---- transactions ----------------------------------------------------------------------- */

static const char *const begins[] = {
  [SQL_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
  /* Whoever writes locks `meta` first, so numbers are given in the order of commits, whatever the server. */
  [SQL_WRITE] = "BEGIN; SET LOCAL synchronous_commit = off; SELECT 1 FROM meta FOR UPDATE",
  [SQL_WRITE_DURABLE] = "BEGIN; SELECT 1 FROM meta FOR UPDATE",
  [SQL_WRITE_ASIDE] = "BEGIN; SET LOCAL synchronous_commit = off",
};

static gboolean
postgres_begin (SqlStore *store, SqlTransaction kind, GError **error)
{
  PostgresStore *self = (PostgresStore *) store;
  g_autoptr (GError) reason = NULL;
  if (!postgres_connected (self, error))
    return FALSE;
  if (!postgres_exec (self, begins[kind], &reason)) {
    gboolean lost = PQstatus (self->db) != CONNECTION_OK;   /* since it was used last: nothing is under way yet */
    store->parent.backend->rollback (store);
    if (!lost) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
    if (!postgres_connected (self, error) || !postgres_exec (self, begins[kind], error))
      return FALSE;
  }
  self->writing = kind != SQL_READ;
  self->in_transaction = TRUE;
  return TRUE;
}

static gboolean
postgres_commit (SqlStore *store, gint64 seq, GError **error)
{
  PostgresStore *self = (PostgresStore *) store;
  if ((seq > 0 && !postgres_queue (self, "NOTIFY gdp", error)) || !postgres_queue (self, "COMMIT", error)
      || !postgres_drain (self, error))
    return FALSE;
  self->writing = self->in_transaction = FALSE;
  note_notifications (self);
  return TRUE;
}

static void
postgres_rollback (SqlStore *store)
{
  PostgresStore *self = (PostgresStore *) store;
  self->writing = self->in_transaction = FALSE;
  if (PQstatus (self->db) != CONNECTION_OK)
    return;
  postgres_drain (self, NULL);
  if (PQtransactionStatus (self->db) != PQTRANS_IDLE)
    postgres_exec (self, "ROLLBACK", NULL);
  note_notifications (self);
}

/* Every row of @table, which is @rows, so that every page of it is looked at. Whatever fails is undone, the transaction goes
 * on. */
static gboolean
read_table (PostgresStore *self, const char *table, const char *rows, GString *told, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s", rows);
  g_autoptr (GError) why = NULL;
  gint64 n = postgres_exec (self, "SAVEPOINT reading", &why) ? sql_number (&self->parent, sql, &why) : -1;

  postgres_exec (self, n >= 0 ? "RELEASE reading" : "ROLLBACK TO reading", NULL);
  if (n >= 0)
    g_string_append_printf (told, "table %s: reads to the end, %" G_GINT64_FORMAT " rows\n", table, n);
  else
    g_string_append_printf (told, "table %s: cannot be read: %s\n", table, why->message);
  if (n < 0)
    g_propagate_error (error, g_steal_pointer (&why));
  return n >= 0;
}

/* Sealed hours are read by whoever verifies their blocks. Tables are told one by one when something is wrong with them. What
 * others may not read by itself, as a partition, is read through what it is a part of. */
static gboolean
postgres_verify (SqlStore *store, GString *report, GError **error)
{
  g_auto (SqlQuery) query = sql_query (store, error,
    "SELECT current_setting ('server_version'), current_setting ('data_checksums'), quote_ident (relname), coalesce ("
    "  pg_partition_root (oid)::regclass || ' WHERE ' || pg_get_partition_constraintdef (oid), quote_ident (relname)) FROM pg_class"
    " WHERE relnamespace = current_schema ()::regnamespace AND relkind = 'r' AND relname NOT LIKE 'sample_hour%'"
    " ORDER BY relname", "");
  g_autoptr (GString) told = g_string_new (NULL);
  guint n = 0;
  gboolean ok = TRUE;
  /* What is read page by page afterwards has to come in order: each page of a region's would else bring all that follows it. */
  int more = query != NULL && postgres_exec ((PostgresStore *) store, "SET LOCAL enable_sort = off", error) ? 1 : -1;

  for (; more > 0 && (more = sql_step (store, query, error)) > 0; n++) {
    if (n == 0)
      g_string_append_printf (report, "database: PostgreSQL %s, page checksums %s\n", sql_text (query, 0), sql_text (query, 1));
    ok = read_table ((PostgresStore *) store, sql_text (query, 2), sql_text (query, 3), told, ok ? error : NULL) && ok;
  }
  if (more < 0)
    return FALSE;
  if (ok)
    g_string_append_printf (report, "tables: %u, all of them read\n", n);
  else
    g_string_append (report, told->str);
  return ok;
}

/* ---- with a guard ----------------------------------------------------------------------- */

static gboolean
guarded_begin (SqlStore *store, SqlTransaction kind, GError **error)
{
  PostgresGuard *guard = ((PostgresStore *) store)->guard;
  gboolean began = postgres_guard_begin (guard), good = postgres_begin (store, kind, error);

  postgres_guard_end (guard, began);
  return good;
}

static gboolean
guarded_commit (SqlStore *store, gint64 seq, GError **error)
{
  PostgresGuard *guard = ((PostgresStore *) store)->guard;
  gboolean began = postgres_guard_begin (guard), good = postgres_commit (store, seq, error);

  postgres_guard_end (guard, began);
  return good;
}

static void
guarded_rollback (SqlStore *store)
{
  PostgresGuard *guard = ((PostgresStore *) store)->guard;
  gboolean began = postgres_guard_begin (guard);

  postgres_rollback (store);
  postgres_guard_end (guard, began);
}

static gboolean
guarded_insert_rows (SqlStore *store, const SqlRows *rows, const SqlNumber *numbers, guint n, GError **error)
{
  PostgresGuard *guard = ((PostgresStore *) store)->guard;
  gboolean began = postgres_guard_begin (guard), good = postgres_insert_rows (store, rows, numbers, n, error);

  postgres_guard_end (guard, began);
  return good;
}

static gboolean
guarded_put_ready (SqlStore *store, const GArray *ready, GError **error)
{
  PostgresGuard *guard = ((PostgresStore *) store)->guard;
  gboolean began = postgres_guard_begin (guard), good = postgres_put_ready (store, ready, error);

  postgres_guard_end (guard, began);
  return good;
}

static int
guarded_step (SqlStatement *statement, GError **error)
{
  PostgresGuard *guard = ((PostgresStore *) statement->store)->guard;
  gboolean began = postgres_guard_begin (guard);
  int more = postgres_step (statement, error);

  postgres_guard_end (guard, began);
  return more;
}

const DataBackend data_postgres_backend = {
  .become = postgres_become,
  .account = postgres_account,
  .backup = postgres_backup,
  .restore = postgres_restore,
  .open = postgres_open,
  .close = postgres_close,
  .wake_fd = postgres_wake_fd,
  .woken = postgres_woken,
  .prepare = postgres_prepare,
  .finalize = postgres_finalize,
  .bind = postgres_bind,
  .step = guarded_step,
  .column = postgres_column,
  .reset = postgres_reset,
  .begin = guarded_begin,
  .commit = guarded_commit,
  .rollback = guarded_rollback,
  .insert_rows = guarded_insert_rows,
  .put_ready = guarded_put_ready,
  .drop_months = postgres_drop_months,
  .verify = postgres_verify,
  .schema = "(SELECT version FROM store_version)",
  .identity = "CAST (CAST (to_regclass ('meta') AS oid) AS bigint)",   /* a copy is put back as tables of its own */
  .clock = "CAST (extract (epoch FROM clock_timestamp ()) * 1000000 AS bigint)",
  .shards = "SELECT number, name, EXISTS (SELECT FROM pg_foreign_table WHERE ftrelid = to_regclass ('sample_hour_' || number))"
            " FROM shard ORDER BY number",
};
