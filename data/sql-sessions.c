/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of sessions: one row a session, written when it opens and again when it ends. */
#include "sql-private.h"

enum { TRIM_ONE_IN = 64 };

/* To count a link's rows costs as much as writing a hundred, so that is done once in a while. */
static gboolean
trim (SqlStore *self, const GdpSession *session, GError **error)
{
  if (!sql_run (self, error, "DELETE FROM session WHERE link = ? AND opened < ?", "ii", session->link,
                session->opened - DATA_SESSIONS_KEPT))
    return FALSE;
  if (session->opened % TRIM_ONE_IN != 0)
    return TRUE;
  return sql_run (self, error, "DELETE FROM session WHERE link = ?1 AND opened <= (SELECT opened FROM session "
                  "WHERE link = ?1 ORDER BY opened DESC LIMIT 1 OFFSET ?2)", "ii", session->link,
                  (gint64) DATA_SESSIONS_MOST);
}

gboolean
sql_put_sessions (SqlStore *self, const GPtrArray *sessions, GError **error)
{
  for (guint i = 0; i < sessions->len; i++) {
    const GdpSession *session = sessions->pdata[i];
    if (!sql_put (self, &data_session_table, NULL, session, error)
        || (session->closed != 0 && !trim (self, session, error)))
      return FALSE;
  }
  return TRUE;
}

gboolean
sql_end_sessions (SqlStore *self, gint64 link, GError **error)
{
  return sql_run (self, error, "UPDATE session SET why = 'the server was gone', well = 1, closed = CASE WHEN opened < "
                  "(SELECT seen FROM contact WHERE \"link\" = 1 AND \"key\" = ?1) "
                  "THEN (SELECT seen FROM contact WHERE \"link\" = 1 AND \"key\" = ?1) ELSE opened END "
                  "WHERE link = ?1 AND closed = 0", "i", link);
}

static GPtrArray *
read_sessions (SqlStore *self, SqlQuery query, GError **error)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_session_free);
  int more;
  while ((more = sql_step (self, query, error)) > 0) {
    GdpSession session = { 0 };
    if (!sql_read_columns (self, query, 0, &data_session_table, &session, error))
      return NULL;
    g_ptr_array_add (sessions, gdp_session_copy (&session));
  }
  return more == 0 ? g_steal_pointer (&sessions) : NULL;
}

GPtrArray *
sql_sessions (DataStore *store, const DataSessionFilter *filter, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  gint64 limit = filter->limit > 0 ? filter->limit : 1000;
  g_autofree char *sql = data_table_select (&data_session_table, "", filter->link != 0
    ? "WHERE link = ?1 AND (closed = 0 OR closed >= ?2) ORDER BY opened DESC LIMIT ?3"
    : "WHERE ?1 = 0 AND (closed = 0 OR closed >= ?2) ORDER BY opened DESC LIMIT ?3");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "iii", filter->link, filter->since, limit);
  return query != NULL ? read_sessions (self, query, error) : NULL;
}
