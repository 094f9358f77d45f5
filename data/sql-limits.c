/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits of one point, changed by a command: the point, its history, the journal and the command's end in one transaction. */
#include "sql-private.h"

#include "gdp/limit-words.h"

gboolean
sql_journal_limits (SqlStore *self, SqlMeta *meta, const GdpPoint *old, const GdpPoint *point, const char *who, const char *why,
                    gint64 now, GError **error)
{
  g_autofree char *before = NULL, *after = NULL;
  g_autofree char *site = g_strndup (point->id, (gsize) (gdp_point_tag (point) - point->id) - 1);

  gdp_limits_differences (&old->limits, &point->limits, &before, &after);
  if (*before == '\0')
    return TRUE;
  GdpEvent event = {
    .kind = GDP_EVENT_LIMITS_CHANGED, .occurred = now, .learned = now, .site = site, .object = (char *) point->id,
    .who = (char *) who, .before = before, .after = after, .text = (char *) why,
  };
  return sql_journal_append (self, meta, &event, error);
}

/* What the command wants of @limits, unless they are others than whoever gave it has seen. */
static gboolean
change (const GdpPoint *point, const DataCommand *command, GdpLimits *limits, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (command->detail != NULL ? command->detail : "", "\n", 2);
  const char *wanted = parts[0] != NULL ? parts[0] : "", *seen = parts[0] != NULL && parts[1] != NULL ? parts[1] : "";
  g_autofree char *now = NULL, *then = NULL;
  GdpLimits old = *limits;

  if (!gdp_limits_apply (&old, seen, error) || !gdp_limits_apply (limits, wanted, error))
    return FALSE;
  gdp_limits_differences (&point->limits, &old, &now, &then);
  if (*now != '\0') {
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "the limits have changed since they were seen: %s is %s now; look again",
                 then, now);
    return FALSE;
  }
  return gdp_point_check_limits (point, limits, error);
}

static gboolean
write_point (SqlStore *self, SqlMeta *meta, SqlQuery row, const GdpPoint *old, const GdpPoint *point, const DataCommand *command,
             gint64 now, GError **error)
{
  gint64 extras[] = { ++meta->seq, FALSE, sql_integer (row, 1), sql_integer (row, 2) };
  g_autofree char *before = NULL, *after = NULL;

  data_table_differences (&data_point_table, old, point, &before, &after);
  if (extras[3] == 0)
    extras[3] = -1;   /* of no unit */
  return sql_configuration_history (self, extras[0], data_point_table.name, point->id, now, command->who, before, after, error)
         && sql_put_keyed (self, &data_point_table, extras, point, error) >= 0
         && sql_journal_limits (self, meta, old, point, command->who, command->comment, now, error);
}

static gboolean
change_point (SqlStore *self, SqlMeta *meta, const DataCommand *command, gint64 now, GError **error)
{
  g_autofree char *sql = data_table_select (&data_point_table, "key, site, unit", "WHERE id = ? AND retired = 0");
  g_auto (SqlQuery) row = sql_query (self, error, sql, "t", command->object);
  int found = row != NULL ? sql_step (self, row, error) : -1;
  GdpPoint old = { 0 };

  if (found < 0)
    return FALSE;
  if (found == 0) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "%s is not a point", command->object);
    return FALSE;
  }
  if (!sql_read_columns (self, row, 3, &data_point_table, &old, error))
    return FALSE;
  GdpPoint point = old;
  if (!change (&old, command, &point.limits, error))
    return FALSE;
  if (data_table_same (&data_point_table, &old, &point))
    return TRUE;
  meta->revision++;
  return write_point (self, meta, row, &old, &point, command, now, error);
}

/* As a store refuses. */
static void
refuse (GError *error)
{
  if (error == NULL || error->domain != GDP_LIMITS_ERROR)
    return;
  error->domain = DATA_ERROR;
  error->code = DATA_ERROR_REFUSED;
}

gboolean
sql_change_limits (DataStore *store, const DataCommand *command, gint64 now, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  DataCommandResult result = { .id = command->id, .ok = TRUE };
  GError *reason = NULL;
  SqlMeta meta;

  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;
  gboolean ok = sql_finish_command (self, &meta, &result, now, &reason) && change_point (self, &meta, command, now, &reason);
  ok = sql_end (self, &meta, ok, ok ? &reason : NULL);
  refuse (reason);
  if (!ok)
    g_propagate_error (error, reason);
  return ok;
}
