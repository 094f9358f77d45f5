/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands: posted → taken → done or failed; posted → expired. Each move is an UPDATE that names the
 * state it leaves, so of two programs that move one command at the same moment only one does. */
#include "sql-private.h"

#include <string.h>

#define NOBODY "no server took it in time"

/* A connection that breaks here may have broken before or after. Always FALSE. */
static gboolean
fail_to_post (GError *reason, GError **error)
{
  if (g_error_matches (reason, DATA_ERROR, DATA_ERROR_IO))
    reason->code = DATA_ERROR_UNSURE;
  g_propagate_error (error, reason);
  return FALSE;
}

/* By the database's own function: who posts may not write the tables. It has no number until a server takes it. */
static gboolean
post_as_user (SqlStore *self, DataCommand *command, GError **error)
{
  GError *reason = NULL;
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT id, posted, expires FROM gdp_post (?, ?, ?, ?, ?, ?)", "ttittt",
                                       command->kind, command->object, command->argument, command->detail,
                                       command->where, command->comment);
  if (query == NULL)
    return FALSE;
  if (sql_step (self, query, &reason) <= 0)
    return fail_to_post (reason, error);
  command->id = self->posted = sql_integer (query, 0);
  command->state = DATA_COMMAND_POSTED;
  command->posted = sql_integer (query, 1);
  command->expires = sql_integer (query, 2);
  return TRUE;
}

/* A command's id is the number it was posted under; in a database that knows its users, one that it gives. */
gboolean
sql_post (DataStore *store, DataCommand *command, gint64 now, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  GError *reason = NULL;
  SqlMeta meta;
  if (!sql_is_person (self, command->who, &reason))
    return sql_refuse (self, command->who, command->kind, command->object, reason, error);
  if (self->user != NULL)
    return post_as_user (self, command, error);
  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;

  DataCommand row = *command;
  row.id = row.seq = ++meta.seq;
  row.state = DATA_COMMAND_POSTED;
  row.posted = now;
  row.expires = now + DATA_COMMAND_LIFE;
  row.result = row.taker = NULL;
  gboolean put = sql_put (self, &data_command_table, NULL, &row, &reason);
  if (!sql_end (self, &meta, put, put ? &reason : NULL))
    return fail_to_post (reason, error);

  command->id = command->seq = row.id;
  command->state = row.state;
  command->posted = row.posted;
  command->expires = row.expires;
  return TRUE;
}

/* After the UPDATE … RETURNING of one command. */
static gboolean
moved (SqlStore *self, SqlQuery update, gint64 id, GError **error)
{
  int more = update != NULL ? sql_step (self, update, error) : -1;
  if (more == 0)
    g_set_error (error, DATA_ERROR, DATA_ERROR_CONFLICT,
                 "command %" G_GINT64_FORMAT " is not open any more: it expired, or another server has it", id);
  return more > 0;
}

gboolean
sql_take (DataStore *store, gint64 id, const char *server, gint64 now, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;
  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;
  SqlQuery update = sql_query (self, error, "UPDATE command SET seq = ?, state = 'taken', taker = ? "
                               "WHERE id = ? AND state = 'posted' AND expires > ? RETURNING id",
                               "itii", ++meta.seq, server, id, now);
  gboolean ok = moved (self, update, id, error);
  g_clear_pointer (&update, sql_query_done);
  return sql_end (self, &meta, ok, error);
}

/* What is told of a command whose server is gone; that server may still be there and know better. */
#define LOST "its server is lost; whether it was done is not known"

gboolean
sql_finish_command (SqlStore *self, SqlMeta *meta, const DataCommandResult *result, gint64 now, GError **error)
{
  g_auto (SqlQuery) update = sql_query (self, error, "UPDATE command SET seq = ?, state = ?, result = ? "
    "WHERE id = ? AND (state = 'taken' OR (state = 'posted' AND expires > ?) OR (state = 'failed' AND result = ?)) RETURNING id",
    "ittiit", ++meta->seq, data_command_state_word (result->ok ? DATA_COMMAND_DONE : DATA_COMMAND_FAILED), result->result,
    result->id, now, LOST);
  return moved (self, update, result->id, error);
}

/* ---- commands that end without having happened ------------------------------------------ */

/* What a person asked for and nobody did stands in the journal too. */
static gboolean
journal_end (SqlStore *self, SqlMeta *meta, const DataCommand *command, DataCommandState state,
             const char *why, gint64 now, GError **error)
{
  const char *slash = command->object != NULL ? strchr (command->object, '/') : NULL;
  gsize length = slash != NULL ? (gsize) (slash - command->object) : 0;
  g_autofree char *site = slash != NULL ? g_strndup (command->object, length) : NULL;
  GdpEvent event = {
    .kind = GDP_EVENT_COMMAND_REFUSED, .occurred = now, .learned = now, .site = site, .object = command->object,
    .who = command->who, .before = command->kind, .after = (char *) data_command_state_word (state),
    .text = (char *) why,
  };
  return sql_journal_append (self, meta, &event, error);
}

static GPtrArray *
find_commands (SqlStore *self, const char *which, const char *types, gint64 number, const char *text,
               GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) data_command_free);
  g_autofree char *sql = data_table_select (&data_command_table, "", which);
  g_auto (SqlQuery) query = *types == 'i' ? sql_query (self, error, sql, "i", number)
                                             : sql_query (self, error, sql, "t", text);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    DataCommand command = { 0 };
    if (!sql_read_columns (self, query, 0, &data_command_table, &command, error))
      return NULL;
    g_ptr_array_add (found, data_command_copy (&command));
  }
  return more == 0 ? g_steal_pointer (&found) : NULL;
}

static gboolean
end_commands (SqlStore *self, SqlMeta *meta, GPtrArray *commands, DataCommandState state,
              const char *why, gint64 now, GError **error)
{
  for (guint i = 0; commands != NULL && i < commands->len; i++) {
    const DataCommand *command = commands->pdata[i];
    if (!sql_run (self, error, "UPDATE command SET seq = ?, state = ?, result = ? WHERE id = ?", "itti",
                  ++meta->seq, data_command_state_word (state), why, command->id)
        || !journal_end (self, meta, command, state, why, now, error))
      return FALSE;
  }
  return commands != NULL;
}

GPtrArray *
sql_posted (DataStore *store, GError **error)
{
  return find_commands ((SqlStore *) store, "WHERE state = 'posted' AND expires > ? ORDER BY id", "i", 0,
                        NULL, error);
}

/* Ends those that are @due as of ?1, @now. */
static gboolean
end_due (SqlStore *self, const char *due, DataCommandState state, const char *why, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) any = find_commands (self, due, "i", now, NULL, error);
  if (any == NULL || any->len == 0 || self->user != NULL)   /* the usual case takes no lock; servers do it for users */
    return any != NULL;

  SqlMeta meta;
  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;
  g_autoptr (GPtrArray) commands = find_commands (self, due, "i", now, NULL, error);
  return sql_end (self, &meta, end_commands (self, &meta, commands, state, why, now, error), error);
}

gboolean
sql_expire (DataStore *store, gint64 now, GError **error)
{
  return end_due ((SqlStore *) store, "WHERE state = 'posted' AND expires <= ?1 ORDER BY id", DATA_COMMAND_EXPIRED,
                  NOBODY, now, error);
}

/* Of an output whoever serves its link next has time to read back what became of it. */
gboolean
sql_end_lost (DataStore *store, gint64 now, GError **error)
{
  static const char lost[] = "WHERE state = 'taken' AND EXISTS (SELECT 1 FROM server WHERE name = taker AND heartbeat"
    " <= ?1 - CASE kind WHEN 'output' THEN " G_STRINGIFY (DATA_OUTPUT_LOST) " ELSE " G_STRINGIFY (DATA_SERVER_LOST)
    " END) ORDER BY id";
  return end_due ((SqlStore *) store, lost, DATA_COMMAND_FAILED, LOST, now, error);
}

/* A command that nobody took and that no server is there to say so of: it is never executed any more. */
gboolean
sql_add_unheard (SqlStore *self, DataChanges *changes, GError **error)
{
  if (self->posted <= self->unheard)
    return TRUE;
  g_autoptr (GPtrArray) late = find_commands (self, "WHERE seq = 0 AND state = 'posted' AND who = session_user AND id > ?"
    " AND expires + 1000000 < extract (epoch FROM clock_timestamp ()) * 1000000 ORDER BY id", "i", self->unheard, NULL, error);
  for (guint i = 0; late != NULL && i < late->len; i++) {
    DataCommand *command = data_command_copy (late->pdata[i]);
    command->state = DATA_COMMAND_EXPIRED;
    command->result = g_strdup (NOBODY);
    self->unheard = command->id;
    g_ptr_array_add (changes->commands, command);
  }
  return late != NULL;
}

gboolean
sql_abandon_commands (SqlStore *self, SqlMeta *meta, const char *server, gint64 now, GError **error)
{
  /* Of an output its server has to look first what became of it. */
  g_autoptr (GPtrArray) commands = find_commands (self, "WHERE state = 'taken' AND taker = ? AND kind <> 'output' "
                                                  "ORDER BY id", "t", 0, server, error);
  return end_commands (self, meta, commands, DATA_COMMAND_FAILED, "server restarted", now, error);
}
