/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader's side: the state, and what came after a number. */
#include "sql-private.h"

typedef struct {
  const DataTable *table;
  gsize            size;         /* of the struct */
  gpointer       (*copy) (gconstpointer object);
  const char      *since;        /* which rows came after ?1, in the order they came */
  const char      *whole;        /* which rows belong to the whole state; NULL = none */
  gsize            list;         /* offset of the GPtrArray in DataChanges */
} Source;

#define COPY(function) ((gpointer (*) (gconstpointer)) (void (*) (void)) function)

/* A row's strings are borrowed from SQLite until the next step: hence the copy. */
static const Source sources[] = {
  { &data_alarm_table, sizeof (GdpAlarm), COPY (gdp_alarm_copy),
    "WHERE seq > ? ORDER BY seq", "ORDER BY seq", G_STRUCT_OFFSET (DataChanges, alarms) },
  { &data_journal_table, sizeof (GdpEvent), COPY (gdp_event_copy),
    "WHERE seq > ? ORDER BY seq", NULL, G_STRUCT_OFFSET (DataChanges, events) },
  { &data_contact_table, sizeof (GdpContactInfo), COPY (gdp_contact_info_copy),
    "WHERE seq > ? ORDER BY seq", "ORDER BY seq", G_STRUCT_OFFSET (DataChanges, contacts) },
  { &data_device_table, sizeof (GdpDevice), COPY (gdp_device_copy),
    "WHERE seq > ? ORDER BY seq", "ORDER BY link", G_STRUCT_OFFSET (DataChanges, devices) },
  { &data_command_table, sizeof (DataCommand), COPY (data_command_copy),
    "WHERE seq > ? ORDER BY seq", "WHERE state IN ('posted', 'taken') ORDER BY id",
    G_STRUCT_OFFSET (DataChanges, commands) },
  { &data_server_table, sizeof (DataServer), COPY (data_server_copy),
    "WHERE seq > ? ORDER BY seq", "ORDER BY seq", G_STRUCT_OFFSET (DataChanges, servers) },
  { &data_stranger_table, sizeof (DataStranger), COPY (data_stranger_copy),
    "WHERE seq > ? ORDER BY seq", "ORDER BY seq", G_STRUCT_OFFSET (DataChanges, strangers) },
  { &data_wish_table, sizeof (GdpWish), COPY (gdp_wish_copy),
    "WHERE seq > ? ORDER BY seq", "ORDER BY link", G_STRUCT_OFFSET (DataChanges, wishes) },
};

static gboolean
read_list (SqlStore *self, const Source *source, gint64 since, DataChanges *changes, GError **error)
{
  const char *which = changes->whole ? source->whole : source->since;
  if (which == NULL)
    return TRUE;

  GPtrArray *list = G_STRUCT_MEMBER (GPtrArray *, changes, source->list);
  g_autofree char *sql = data_table_select (source->table, "", which);
  g_auto (SqlQuery) query = sql_query (self, error, sql, changes->whole ? "" : "i", since);
  g_autofree gpointer object = g_malloc0 (source->size);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    if (!sql_read_columns (self, query, 0, source->table, object, error))
      return FALSE;
    g_ptr_array_add (list, source->copy (object));
  }
  return more == 0;
}

static gboolean
read_lists (SqlStore *self, gint64 since, DataChanges *changes, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (!read_list (self, &sources[i], since, changes, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_readings (SqlStore *self, gint64 since, DataChanges *changes, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error,
    "SELECT " SQL_READING " FROM sample WHERE seq > ? ORDER BY seq", "i", since);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    GdpReading reading;
    sql_read_reading (query, &reading);
    g_array_append_val (changes->readings, reading);
  }
  return more == 0;
}

static gboolean
read_live (SqlStore *self, const SqlMeta *meta, DataChanges *changes, GError **error)
{
  GArray *live = sql_live_read (self, meta, error);
  if (live == NULL)
    return FALSE;
  g_array_unref (changes->readings);
  changes->readings = live;
  return TRUE;
}

static gboolean
read_changes (SqlStore *self, gint64 since, DataChanges *changes, GError **error)
{
  SqlMeta meta;
  if (!sql_meta (self, &meta, error))
    return FALSE;
  changes->seq = meta.seq;
  changes->revision = meta.revision;
  /* A number from the future is of another store that stood here before. */
  changes->whole = since <= 0 || self->parted || since < meta.trimmed_seq || since > meta.seq
                   || meta.seq - since > DATA_CHANGES_MOST;
  if (!changes->whole && since == meta.seq)
    return TRUE;
  return (changes->whole ? read_live (self, &meta, changes, error)
                         : read_readings (self, since, changes, error))
         && read_lists (self, since, changes, error);
}

DataChanges *
sql_changes (DataStore *store, gint64 since, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (DataChanges) changes = data_changes_new ();
  if (!sql_begin_read (self, error))
    return NULL;
  gboolean ok = read_changes (self, since, changes, error) && sql_add_unheard (self, changes, error);
  sql_end_read (self);
  self->parted = self->parted && !ok;
  return ok ? g_steal_pointer (&changes) : NULL;
}

GPtrArray *
sql_alarms (DataStore *store, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (DataChanges) changes = data_changes_new ();

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (sources[i].table == &data_alarm_table && !read_list (self, &sources[i], 0, changes, error))
      return NULL;
  return g_ptr_array_ref (changes->alarms);
}
