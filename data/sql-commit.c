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

gboolean
sql_commit (DataStore *store, const DataBatch *batch, gint64 *seq, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;
  if (!sql_begin (self, batch->durable, &meta, error))
    return FALSE;

  gboolean ok = sql_live_forward (self, &meta, FALSE, error);
  gint64 first = meta.seq + 1;
  ok = ok && (batch->changes == NULL || add_changes (self, &meta, batch->changes, error))
       && (batch->forgotten == NULL || sql_forget_marks (self, batch->forgotten, error))
       && (batch->marks == NULL || sql_put_marks (self, batch->marks, error))
       && (batch->devices == NULL || sql_put_devices (self, &meta, batch->devices, error))
       && (batch->sessions == NULL || sql_put_sessions (self, batch->sessions, error))
       && (batch->wishes == NULL || sql_put_wishes (self, &meta, batch->wishes, error))
       && (batch->results == NULL || add_results (self, &meta, batch->results, batch->now, error));
  if (!sql_end (self, &meta, ok, error))
    return FALSE;

  sql_live_committed (self, &meta, batch->changes != NULL ? batch->changes->readings : NULL, first);
  if (seq != NULL)
    *seq = meta.seq;
  return TRUE;
}
