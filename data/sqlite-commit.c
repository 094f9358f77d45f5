/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server commits: everything of a batch in one transaction, numbered in this order:
 * readings, alarms, contacts, events, devices, wishes, command results; marks have no number. */
#include "sqlite-private.h"

#include <math.h>

static gboolean
add_readings (SqliteStore *self, SqliteMeta *meta, const GArray *readings, GError **error)
{
  g_auto (SqliteQuery) query = sqlite_query (self, error, "INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?)", "");
  if (query == NULL)
    return FALSE;
  for (guint i = 0; i < readings->len; i++) {
    const GdpReading *reading = &g_array_index (readings, GdpReading, i);
    sqlite3_bind_int64 (query, 1, ++meta->seq);
    sqlite3_bind_int64 (query, 2, reading->point);
    sqlite3_bind_int64 (query, 3, reading->time);
    sqlite3_bind_int64 (query, 4, reading->received - reading->time);
    sqlite3_bind_double (query, 5, isfinite (reading->value) ? reading->value : NAN);   /* NaN becomes NULL */
    sqlite3_bind_int (query, 6, (int) reading->reason);
    if (sqlite_step (self, query, error) < 0)
      return FALSE;
    sqlite3_reset (query);
  }
  return TRUE;
}

static gboolean
put_alarms (SqliteStore *self, SqliteMeta *meta, const GPtrArray *alarms, GError **error)
{
  for (guint i = 0; i < alarms->len; i++) {
    gint64 seq = ++meta->seq;
    if (!sqlite_put (self, &data_alarm_table, &seq, alarms->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
put_contacts (SqliteStore *self, SqliteMeta *meta, const GPtrArray *contacts, GError **error)
{
  for (guint i = 0; i < contacts->len; i++) {
    GdpContactInfo contact = *(const GdpContactInfo *) contacts->pdata[i];
    contact.seq = ++meta->seq;
    if (!sqlite_put (self, &data_contact_table, NULL, &contact, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_events (SqliteStore *self, SqliteMeta *meta, const GPtrArray *events, GError **error)
{
  for (guint i = 0; i < events->len; i++)
    if (!sqlite_journal_append (self, meta, events->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
add_changes (SqliteStore *self, SqliteMeta *meta, const GdpChanges *changes, GError **error)
{
  return add_readings (self, meta, changes->readings, error)
         && put_alarms (self, meta, changes->alarms, error)
         && put_contacts (self, meta, changes->contacts, error)
         && add_events (self, meta, changes->events, error);
}

static gboolean
add_results (SqliteStore *self, SqliteMeta *meta, const GArray *results, gint64 now, GError **error)
{
  for (guint i = 0; i < results->len; i++)
    if (!sqlite_finish_command (self, meta, &g_array_index (results, DataCommandResult, i), now, error))
      return FALSE;
  return TRUE;
}

gboolean
sqlite_commit (DataStore *store, const DataBatch *batch, gint64 *seq, GError **error)
{
  SqliteStore *self = (SqliteStore *) store;
  SqliteMeta meta;
  if (!sqlite_begin (self, batch->durable, &meta, error))
    return FALSE;

  gboolean ok = sqlite_live_forward (self, &meta, FALSE, error);
  gint64 first = meta.seq + 1;
  ok = ok && (batch->changes == NULL || add_changes (self, &meta, batch->changes, error))
       && (batch->forgotten == NULL || sqlite_forget_marks (self, batch->forgotten, error))
       && (batch->marks == NULL || sqlite_put_marks (self, batch->marks, error))
       && (batch->devices == NULL || sqlite_put_devices (self, &meta, batch->devices, error))
       && (batch->sessions == NULL || sqlite_put_sessions (self, batch->sessions, error))
       && (batch->wishes == NULL || sqlite_put_wishes (self, &meta, batch->wishes, error))
       && (batch->results == NULL || add_results (self, &meta, batch->results, batch->now, error));
  if (!sqlite_end (self, &meta, ok, error))
    return FALSE;

  sqlite_live_committed (self, &meta, batch->changes != NULL ? batch->changes->readings : NULL, first);
  if (seq != NULL)
    *seq = meta.seq;
  return TRUE;
}
