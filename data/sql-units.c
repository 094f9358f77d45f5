/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BBT units: how far their streams are committed, what they said of themselves; callers turned away. */
#include "sql-private.h"

/* A mark goes forward only, whatever comes: to store a record twice is worse than to have it sent again. */
static const SqlRows mark_rows = {
  "stream_mark (link, stream, boot, through)", "iiii",
  "ON CONFLICT (link, stream) DO UPDATE SET boot = excluded.boot, through = excluded.through "
  "WHERE (excluded.boot, excluded.through) > (stream_mark.boot, stream_mark.through)"
};

gboolean
sql_put_marks (SqlStore *self, const GArray *marks, GError **error)
{
  g_autoptr (GArray) merged = g_array_copy ((GArray *) marks);
  gdp_stream_marks_merge (merged);   /* in order of the key, too: a batch walks through the table once */
  g_autofree SqlNumber *numbers = g_new (SqlNumber, 4 * (gsize) merged->len);
  SqlNumber *at = numbers;
  for (guint i = 0; i < merged->len; i++) {
    const GdpStreamMark *mark = &g_array_index (merged, GdpStreamMark, i);
    *at++ = (SqlNumber) { .integer = mark->link };
    *at++ = (SqlNumber) { .integer = mark->stream };
    *at++ = (SqlNumber) { .integer = mark->boot };
    *at++ = (SqlNumber) { .integer = mark->through };
  }
  return self->parent.backend->insert_rows (self, &mark_rows, numbers, merged->len, error);
}

gboolean
sql_forget_marks (SqlStore *self, const GArray *links, GError **error)
{
  for (guint i = 0; i < links->len; i++)
    if (!sql_run (self, error, "DELETE FROM stream_mark WHERE link = ?", "i", g_array_index (links, gint64, i)))
      return FALSE;
  return TRUE;
}

GArray *
sql_marks (DataStore *store, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  g_auto (SqlQuery) query = sql_query (self, error,
    "SELECT link, stream, boot, through FROM stream_mark ORDER BY link, stream", "");
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    GdpStreamMark mark = {
      .link = sql_integer (query, 0), .stream = (guint8) sql_integer (query, 1),
      .boot = (guint32) sql_integer (query, 2), .through = (guint32) sql_integer (query, 3),
    };
    g_array_append_val (marks, mark);
  }
  return more == 0 ? g_steal_pointer (&marks) : NULL;
}

gboolean
sql_put_devices (SqlStore *self, SqlMeta *meta, const GPtrArray *devices, GError **error)
{
  for (guint i = 0; i < devices->len; i++) {
    GdpDevice device = *(const GdpDevice *) devices->pdata[i];
    device.seq = ++meta->seq;
    if (!sql_put (self, &data_device_table, NULL, &device, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sql_forget_unit (SqlStore *self, gint64 link, GError **error)
{
  return sql_run (self, error, "DELETE FROM stream_mark WHERE link = ?", "i", link)
         && sql_run (self, error, "DELETE FROM device WHERE link = ?", "i", link)
         && sql_run (self, error, "DELETE FROM firmware_wish WHERE link = ?", "i", link);
}

gboolean
sql_put_strangers (DataStore *store, const char *server, const GPtrArray *strangers, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  SqlMeta meta;
  if (!sql_begin (self, TRUE, &meta, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; i < strangers->len && ok; i++) {
    DataStranger stranger = *(const DataStranger *) strangers->pdata[i];
    stranger.server = (char *) server;
    stranger.seq = ++meta.seq;
    ok = sql_put (self, &data_stranger_table, NULL, &stranger, error);
  }
  ok = ok && sql_run (self, error, "DELETE FROM stranger WHERE server = ?1 AND (address, text) NOT IN "
                      "(SELECT address, text FROM stranger WHERE server = ?1 ORDER BY last DESC LIMIT ?2)", "ti",
                      server, (gint64) DATA_STRANGERS_MOST);
  return sql_end (self, &meta, ok, error);
}
