/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands: posted → taken → done or failed; posted → expired. Each move is an UPDATE that names the
 * state it leaves, so of two programs that move one command at the same moment only one does. */
#include "sqlite-private.h"

#include <string.h>

/* A command's id is the number it was posted under. */
gboolean
sqlite_post (DataStore *store, DataCommand *command, gint64 now, GError **error)
{
  SqliteStore *self = (SqliteStore *) store;
  SqliteMeta meta;
  if (!sqlite_begin (self, TRUE, &meta, error))
    return FALSE;

  DataCommand row = *command;
  row.id = row.seq = ++meta.seq;
  row.state = DATA_COMMAND_POSTED;
  row.posted = now;
  row.expires = now + DATA_COMMAND_LIFE;
  row.result = row.taker = NULL;
  if (!sqlite_end (self, &meta, sqlite_put (self, &data_command_table, NULL, &row, error), error))
    return FALSE;

  command->id = command->seq = row.id;
  command->state = row.state;
  command->posted = row.posted;
  command->expires = row.expires;
  return TRUE;
}

/* After an UPDATE of one command. */
static gboolean
moved (SqliteStore *self, gint64 id, GError **error)
{
  if (sqlite3_changes (self->db) == 1)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_CONFLICT,
               "command %" G_GINT64_FORMAT " is not open any more: it expired, or another server has it", id);
  return FALSE;
}

gboolean
sqlite_take (DataStore *store, gint64 id, const char *server, gint64 now, GError **error)
{
  SqliteStore *self = (SqliteStore *) store;
  SqliteMeta meta;
  if (!sqlite_begin (self, TRUE, &meta, error))
    return FALSE;
  gboolean ok = sqlite_run (self, error,
                            "UPDATE command SET seq = ?, state = 'taken', taker = ? "
                            "WHERE id = ? AND state = 'posted' AND expires > ?",
                            "itii", ++meta.seq, server, id, now)
                && moved (self, id, error);
  return sqlite_end (self, &meta, ok, error);
}

gboolean
sqlite_finish_command (SqliteStore *self, SqliteMeta *meta, const DataCommandResult *result, gint64 now,
                       GError **error)
{
  return sqlite_run (self, error,
                     "UPDATE command SET seq = ?, state = ?, result = ? "
                     "WHERE id = ? AND (state = 'taken' OR (state = 'posted' AND expires > ?))",
                     "ittii", ++meta->seq,
                     data_command_state_word (result->ok ? DATA_COMMAND_DONE : DATA_COMMAND_FAILED),
                     result->result, result->id, now)
         && moved (self, result->id, error);
}

/* ---- commands that end without having happened ------------------------------------------ */

/* What a person asked for and nobody did stands in the journal too. */
static gboolean
journal_end (SqliteStore *self, SqliteMeta *meta, const DataCommand *command, DataCommandState state,
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
  return sqlite_journal_append (self, meta, &event, error);
}

static GPtrArray *
find_commands (SqliteStore *self, const char *which, const char *types, gint64 number, const char *text,
               GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) data_command_free);
  g_autofree char *sql = data_table_select (&data_command_table, "", which);
  g_auto (SqliteQuery) query = *types == 'i' ? sqlite_query (self, error, sql, "i", number)
                                             : sqlite_query (self, error, sql, "t", text);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sqlite_step (self, query, error)) > 0) {
    DataCommand command = { 0 };
    if (!sqlite_read_columns (self, query, 0, &data_command_table, &command, error))
      return NULL;
    g_ptr_array_add (found, data_command_copy (&command));
  }
  return more == 0 ? g_steal_pointer (&found) : NULL;
}

static gboolean
end_commands (SqliteStore *self, SqliteMeta *meta, GPtrArray *commands, DataCommandState state,
              const char *why, gint64 now, GError **error)
{
  for (guint i = 0; commands != NULL && i < commands->len; i++) {
    const DataCommand *command = commands->pdata[i];
    if (!sqlite_run (self, error, "UPDATE command SET seq = ?, state = ?, result = ? WHERE id = ?", "itti",
                     ++meta->seq, data_command_state_word (state), why, command->id)
        || !journal_end (self, meta, command, state, why, now, error))
      return FALSE;
  }
  return commands != NULL;
}

GPtrArray *
sqlite_posted (DataStore *store, GError **error)
{
  return find_commands ((SqliteStore *) store, "WHERE state = 'posted' AND expires > ? ORDER BY id", "i", 0,
                        NULL, error);
}

gboolean
sqlite_expire (DataStore *store, gint64 now, GError **error)
{
  static const char due[] = "WHERE state = 'posted' AND expires <= ? ORDER BY id";
  SqliteStore *self = (SqliteStore *) store;
  g_autoptr (GPtrArray) any = find_commands (self, due, "i", now, NULL, error);
  if (any == NULL || any->len == 0)   /* the usual case takes no lock */
    return any != NULL;

  SqliteMeta meta;
  if (!sqlite_begin (self, TRUE, &meta, error))
    return FALSE;
  g_autoptr (GPtrArray) commands = find_commands (self, due, "i", now, NULL, error);
  return sqlite_end (self, &meta, end_commands (self, &meta, commands, DATA_COMMAND_EXPIRED,
                                                "no server took it in time", now, error), error);
}

gboolean
sqlite_abandon_commands (SqliteStore *self, SqliteMeta *meta, const char *server, gint64 now, GError **error)
{
  /* Of an output its server has to look first what became of it. */
  g_autoptr (GPtrArray) commands = find_commands (self, "WHERE state = 'taken' AND taker = ? AND kind <> 'output' "
                                                  "ORDER BY id", "t", 0, server, error);
  return end_commands (self, meta, commands, DATA_COMMAND_FAILED, "server restarted", now, error);
}
