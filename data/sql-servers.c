/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers: who is there, whose link is whose, and the links' statistics. */
#include "sql-private.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* ---- who is there ----------------------------------------------------------------------- */

gboolean
sql_read_server (SqlStore *self, const char *name, DataServer **server, GError **error)
{
  g_autofree char *sql = data_table_select (&data_server_table, "", "WHERE name = ?");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "t", name);
  int more = query != NULL ? sql_step (self, query, error) : -1;
  DataServer row = { 0 };
  *server = NULL;
  if (more > 0 && !sql_read_columns (self, query, 0, &data_server_table, &row, error))
    return FALSE;
  if (more > 0)
    *server = data_server_copy (&row);
  return more >= 0;
}

/* Machines that were copied from one another have one name. */
static gboolean
is_here (const DataServer *other, const DataServer *here)
{
  return g_strcmp0 (other->host, here->host) == 0 && g_strcmp0 (other->machine, here->machine) == 0;
}

/* On its own machine a process that is gone is known to be gone at once. */
static gboolean
lives (const DataServer *other, const DataServer *here, gint64 now)
{
  if (other == NULL || other->pid == 0 || now - other->heartbeat >= DATA_SERVER_DEAD)
    return FALSE;
  return !is_here (other, here) || kill ((pid_t) other->pid, 0) == 0 || errno != ESRCH;
}

static gboolean
is_me (const DataServer *other, const DataServer *server)
{
  return other->pid == server->pid && is_here (other, server);
}

static gboolean
may_start (SqlStore *self, const DataServer *server, GError **error)
{
  g_autoptr (DataServer) other = NULL;
  if (!sql_read_server (self, server->name, &other, error))
    return FALSE;
  if (!lives (other, server, server->heartbeat) || is_me (other, server))
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_CONFLICT,
               "server \"%s\" already runs (process %" G_GINT64_FORMAT " on %s); stop it, or give this one "
               "another name",
               server->name, other->pid, other->host);
  return FALSE;
}

static gboolean
free_links (SqlStore *self, SqlMeta *meta, const DataServer *server, GError **error)
{
  return sql_run (self, error, "UPDATE device SET connected = 0, seq = ? WHERE connected <> 0 "
                  "AND link IN (SELECT link FROM link_claim WHERE server = ?)", "it", ++meta->seq, server->name)
         && sql_run (self, error, "DELETE FROM link_claim WHERE server = ?", "t", server->name)
         && sql_run (self, error, "UPDATE traffic SET owner = NULL WHERE owner = ?", "t", server->name);
}

gboolean
sql_put_server (SqlStore *self, SqlMeta *meta, const DataServer *server, gint64 pid, GError **error)
{
  DataServer row = *server;
  row.seq = ++meta->seq;
  row.pid = pid;
  return sql_put (self, &data_server_table, NULL, &row, error);
}

/* Of runs of long ago: whatever they spooled has come by now. */
static gboolean
forget_runs (SqlStore *self, const DataServer *server, GError **error)
{
  return sql_run (self, error, "DELETE FROM commit_mark WHERE server = ? AND last < ?", "ti", server->name,
                  server->heartbeat - DATA_RUN_KEPT);
}

gboolean
sql_start_server (DataStore *store, const DataServer *server, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;
  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;
  gboolean ok = may_start (self, server, error) && free_links (self, &meta, server, error)
                && sql_abandon_commands (self, &meta, server->name, server->heartbeat, error)
                && forget_runs (self, server, error)
                && sql_put_server (self, &meta, server, server->pid, error);
  return sql_end (self, &meta, ok, error);
}

/* A process that slept through a take-over must learn it. */
static gboolean
still_mine (SqlStore *self, const DataServer *server, GError **error)
{
  g_autoptr (DataServer) row = NULL;
  if (!sql_read_server (self, server->name, &row, error))
    return FALSE;
  if (row != NULL && is_me (row, server))
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_CONFLICT,
               "server \"%s\" was taken over by process %" G_GINT64_FORMAT " on %s", server->name,
               row != NULL ? row->pid : 0, row != NULL && row->host != NULL ? row->host : "?");
  return FALSE;
}

static gboolean
renew (DataStore *store, const DataServer *server, gboolean stop, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;
  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;
  gboolean ok = still_mine (self, server, error) && (!stop || free_links (self, &meta, server, error))
                && sql_put_server (self, &meta, server, stop ? 0 : server->pid, error);
  return sql_end (self, &meta, ok, error);
}

gboolean
sql_heartbeat (DataStore *store, const DataServer *server, GError **error)
{
  return renew (store, server, FALSE, error);
}

gboolean
sql_stop_server (DataStore *store, const DataServer *server, GError **error)
{
  return renew (store, server, TRUE, error);
}

/* ---- links ------------------------------------------------------------------------------ */

/* A server that holds links: what comes together has mostly the same one. */
typedef struct { char *name, *refusal; } Holder;   /* owned; refusal: NULL = it does not live */

static void
holder_clear (Holder *holder)
{
  g_free (holder->name);
  g_free (holder->refusal);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Holder, holder_clear)

static gboolean
look_at_holder (SqlStore *self, const char *name, const DataServer *server, gint64 now, Holder *holder, GError **error)
{
  g_autoptr (DataServer) other = NULL;
  if (g_strcmp0 (holder->name, name) == 0)
    return TRUE;
  if (!sql_read_server (self, name, &other, error))
    return FALSE;
  holder_clear (holder);
  *holder = (Holder) { .name = g_strdup (name) };
  if (lives (other, server, now))
    holder->refusal = g_strdup_printf ("held by server \"%s\" (process %" G_GINT64_FORMAT " on %s)", name, other->pid,
                                       other->host);
  return TRUE;
}

/* @name: (out) (transfer full): NULL = nobody */
static gboolean
read_claim (SqlStore *self, gint64 link, char **name, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT server FROM link_claim WHERE link = ?", "i", link);
  int more = query != NULL ? sql_step (self, query, error) : -1;
  *name = more > 0 ? g_strdup (sql_text (query, 0)) : NULL;
  return more >= 0;
}

/* Nobody has a session on it any more. */
static gboolean
end_what_is_open (SqlStore *self, SqlMeta *meta, gint64 link, GError **error)
{
  return sql_run (self, error, "UPDATE device SET connected = 0, seq = ? WHERE link = ? AND connected <> 0", "ii",
                  ++meta->seq, link)
         && sql_end_sessions (self, link, error);
}

static gboolean
claim (SqlStore *self, SqlMeta *meta, gint64 link, const DataServer *server, gint64 now, Holder *holder,
       char **refusal, GError **error)
{
  g_autofree char *name = NULL;
  if (!read_claim (self, link, &name, error))
    return FALSE;
  if (g_strcmp0 (name, server->name) == 0)
    return TRUE;
  if (name != NULL && !look_at_holder (self, name, server, now, holder, error))
    return FALSE;
  *refusal = name != NULL ? g_strdup (holder->refusal) : NULL;
  return *refusal != NULL
         || (sql_run (self, error, "INSERT INTO link_claim VALUES (?, ?) "
                      "ON CONFLICT (link) DO UPDATE SET server = excluded.server", "it", link, server->name)
             && end_what_is_open (self, meta, link, error));
}

gboolean
sql_claim_links (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gint64 now,
                 char **refusals, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_auto (Holder) holder = { NULL, NULL };
  SqlMeta meta;
  gboolean ok = TRUE;
  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;
  for (gsize i = 0; i < n && ok; i++)
    ok = claim (self, &meta, links[i], server, now, &holder, &refusals[i], error);
  if (sql_end (self, &meta, ok, error))
    return TRUE;
  for (gsize i = 0; i < n; i++)
    g_clear_pointer (&refusals[i], g_free);
  return FALSE;
}

static gboolean
leave (SqlStore *self, SqlMeta *meta, gint64 link, const DataServer *server, gboolean keep, GError **error)
{
  g_autofree char *name = NULL;
  if (!read_claim (self, link, &name, error))
    return FALSE;
  return g_strcmp0 (name, server->name) != 0
         || (end_what_is_open (self, meta, link, error)
             && (keep || sql_run (self, error, "DELETE FROM link_claim WHERE link = ?", "i", link)));
}

gboolean
sql_leave_links (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gboolean keep, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;
  gboolean ok = TRUE;
  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;
  for (gsize i = 0; i < n && ok; i++)
    ok = leave (self, &meta, links[i], server, keep, error);
  return sql_end (self, &meta, ok, error);
}

/* ---- statistics ------------------------------------------------------------------------- */

gboolean
sql_put_traffic (DataStore *store, const DataTraffic *traffic, gsize n, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;
  if (!sql_begin (self, FALSE, &meta, error))
    return FALSE;
  gboolean ok = TRUE;
  for (gsize i = 0; i < n && ok; i++)
    ok = sql_put (self, &data_traffic_table, NULL, &traffic[i], error);
  return sql_end (self, &meta, ok, error);
}

/* What the row of @query says, owned. */
static gboolean
read_traffic (SqlStore *self, SqlQuery query, DataTraffic *traffic, GError **error)
{
  DataTraffic row = { 0 };
  if (!sql_read_columns (self, query, 0, &data_traffic_table, &row, error))
    return FALSE;
  row.owner = g_strdup (row.owner);
  row.total = g_strdup (row.total);
  row.lately = g_strdup (row.lately);
  *traffic = row;
  return TRUE;
}

GPtrArray *
sql_servers (DataStore *store, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) data_server_free);
  g_autofree char *sql = data_table_select (&data_server_table, "", "ORDER BY name");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "");
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    DataServer server = { 0 };
    if (!sql_read_columns (self, query, 0, &data_server_table, &server, error))
      return NULL;
    g_ptr_array_add (all, data_server_copy (&server));   /* its strings are the engine's until the next step */
  }
  return more == 0 ? g_steal_pointer (&all) : NULL;
}

GArray *
sql_traffic (DataStore *store, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GArray) all = g_array_new (FALSE, TRUE, sizeof (DataTraffic));
  g_array_set_clear_func (all, (GDestroyNotify) data_traffic_clear);
  g_autofree char *sql = data_table_select (&data_traffic_table, "", "ORDER BY link DESC, key");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "");
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    DataTraffic traffic;
    if (!read_traffic (self, query, &traffic, error))
      return NULL;
    g_array_append_val (all, traffic);
  }
  return more == 0 ? g_steal_pointer (&all) : NULL;
}

gboolean
sql_traffic_of (DataStore *store, gboolean link, gint64 key, DataTraffic *traffic, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autofree char *sql = data_table_select (&data_traffic_table, "", "WHERE link = ? AND key = ?");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "ii", (gint64) (link != FALSE), key);
  int more = query != NULL ? sql_step (self, query, error) : -1;
  *traffic = (DataTraffic) { .link = link, .key = key };
  return more == 0 || (more > 0 && read_traffic (self, query, traffic, error));
}

gboolean
sql_contact_of (DataStore *store, gboolean link, gint64 key, GdpContactInfo **contact, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autofree char *sql = data_table_select (&data_contact_table, "", "WHERE link = ? AND key = ?");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "ii", (gint64) (link != FALSE), key);
  int more = query != NULL ? sql_step (self, query, error) : -1;
  GdpContactInfo row = { 0 };

  *contact = NULL;
  if (more > 0 && !sql_read_columns (self, query, 0, &data_contact_table, &row, error))
    return FALSE;
  if (more > 0)
    *contact = gdp_contact_info_copy (&row);   /* its strings are the engine's until the next step */
  return more >= 0;
}
