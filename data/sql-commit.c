/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server commits: everything of a batch in one transaction, numbered in this order:
 * readings, alarms, contacts, events, devices, wishes, command results; marks have no number. */
#include "sql-private.h"

static gboolean
add_readings (SqlStore *self, SqlMeta *meta, const GArray *readings, GError **error)
{
  static const SqlRows rows = { "sample (" SQL_READING ")", SQL_READING_TYPES, NULL };
  g_autofree SqlNumber *numbers = g_new (SqlNumber, 6 * (gsize) readings->len);
  for (guint i = 0; i < readings->len; i++)
    sql_reading_row (&g_array_index (readings, GdpReading, i), ++meta->seq, &numbers[6 * (gsize) i]);
  return readings->len == 0 || self->parent.backend->insert_rows (self, &rows, numbers, readings->len, error);
}

static gboolean
put_alarms (SqlStore *self, SqlMeta *meta, const GPtrArray *alarms, GError **error)
{
  for (guint i = 0; i < alarms->len; i++) {
    gint64 seq = ++meta->seq;
    if (!sql_put (self, &data_alarm_table, &seq, alarms->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
put_contacts (SqlStore *self, SqlMeta *meta, const GPtrArray *contacts, GError **error)
{
  for (guint i = 0; i < contacts->len; i++) {
    GdpContactInfo contact = *(const GdpContactInfo *) contacts->pdata[i];
    contact.seq = ++meta->seq;
    if (!sql_put (self, &data_contact_table, NULL, &contact, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_events (SqlStore *self, SqlMeta *meta, const GPtrArray *events, GError **error)
{
  for (guint i = 0; i < events->len; i++)
    if (!sql_journal_append (self, meta, events->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
add_changes (SqlStore *self, SqlMeta *meta, const GdpChanges *changes, GError **error)
{
  return add_readings (self, meta, changes->readings, error)
         && put_alarms (self, meta, changes->alarms, error)
         && put_contacts (self, meta, changes->contacts, error)
         && add_events (self, meta, changes->events, error);
}

static gboolean
add_results (SqlStore *self, SqlMeta *meta, const GArray *results, gint64 now, GError **error)
{
  for (guint i = 0; i < results->len; i++)
    if (!sql_finish_command (self, meta, &g_array_index (results, DataCommandResult, i), now, error))
      return FALSE;
  return TRUE;
}

/* ---- once only -------------------------------------------------------------------------- */

/* Fails with REFUSED when the batch, or one after it, is committed already: a number that does not grow is none, and must
 * be one. So nothing is asked of an engine that may be far away. */
static gboolean
mark_committed (SqlStore *self, const DataBatch *batch, GError **error)
{
  return batch->server == NULL
         || sql_run (self, error, "INSERT INTO commit_mark VALUES (?, ?, ?, ?) ON CONFLICT (server, run) DO UPDATE SET "
                     "number = CASE WHEN excluded.number > commit_mark.number THEN excluded.number END, last = excluded.last",
                     "tiii", batch->server, batch->run, batch->number, batch->now);
}

/* Whether that is why @reason came. */
static gboolean
was_committed (SqlStore *self, const DataBatch *batch, const GError *reason)
{
  if (batch->server == NULL || !g_error_matches (reason, DATA_ERROR, DATA_ERROR_REFUSED))
    return FALSE;
  g_auto (SqlQuery) query = sql_query (self, NULL, "SELECT 1 FROM commit_mark WHERE server = ? AND run = ? AND number >= ?",
                                       "tii", batch->server, batch->run, batch->number);
  return query != NULL && sql_step (self, query, NULL) > 0;
}

/* ---- the transaction -------------------------------------------------------------------- */

gboolean
sql_add_batch (SqlStore *self, SqlMeta *meta, const DataBatch *batch, GError **error)
{
  return (batch->changes == NULL || add_changes (self, meta, batch->changes, error))
         && (batch->forgotten == NULL || sql_forget_marks (self, batch->forgotten, error))
         && (batch->marks == NULL || sql_put_marks (self, batch->marks, error))
         && (batch->devices == NULL || sql_put_devices (self, meta, batch->devices, error))
         && (batch->sessions == NULL || sql_put_sessions (self, batch->sessions, error))
         && (batch->wishes == NULL || sql_put_wishes (self, meta, batch->wishes, error))
         && (batch->results == NULL || add_results (self, meta, batch->results, batch->now, error));
}

static gboolean
add_all (SqlStore *self, SqlMeta *meta, const DataBatch *const *batches, guint n, gint64 *firsts, GError **error)
{
  for (guint i = 0; i < n; i++) {
    firsts[i] = meta->seq + 1;
    if (!mark_committed (self, batches[i], error) || !sql_add_batch (self, meta, batches[i], error))
      return FALSE;
  }
  return TRUE;
}

/* All of them or none. @late: likewise, those that are to leave out what is others' now; or NULL. */
static gboolean
commit_all (SqlStore *self, const DataBatch *const *batches, guint n, DataBatch *const *late, gint64 *seq, GError **error)
{
  g_autofree gint64 *firsts = g_new (gint64, n);
  SqlMeta meta;
  if (!sql_begin (self, batches[0]->durable, &meta, error))
    return FALSE;

  *seq = meta.seq;
  gboolean ok = (late == NULL || sql_leave_to_others (self, late, n, error)) && sql_live_forward (self, &meta, FALSE, error)
                && add_all (self, &meta, batches, n, firsts, error);
  if (!sql_end (self, &meta, ok, error))
    return FALSE;

  *seq = meta.seq;
  for (guint i = 0; i < n; i++)
    sql_live_committed (self, &meta, batches[i]->changes != NULL ? batches[i]->changes->readings : NULL, firsts[i]);
  return TRUE;
}

gboolean
sql_commit (DataStore *store, const DataBatch *batch, gint64 *seq, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GError) reason = NULL;
  gint64 last;
  if (!commit_all (self, &batch, 1, NULL, &last, &reason) && !was_committed (self, batch, reason)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  if (seq != NULL)
    *seq = last;
  return TRUE;
}

gboolean
sql_commit_late (DataStore *store, DataBatch *const *batches, guint n, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GError) reason = NULL;
  gint64 last;
  if (commit_all (self, (const DataBatch *const *) batches, n, batches, &last, &reason)
      || (n == 1 && was_committed (self, batches[0], reason)))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}
