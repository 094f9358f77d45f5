/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BBT units: how far their streams are committed, what they said of themselves; callers turned away. */
#include "sqlite-private.h"

/* A mark goes forward only, whatever comes: to store a record twice is worse than to have it sent again. */
static const char put_mark[] =
  "INSERT INTO stream_mark VALUES (?, ?, ?, ?) ON CONFLICT (link, stream) DO UPDATE "
  "SET boot = excluded.boot, through = excluded.through WHERE (excluded.boot, excluded.through) > (boot, through)";

gboolean
sqlite_put_marks (SqliteStore *self, const GArray *marks, GError **error)
{
  g_autoptr (GArray) merged = g_array_copy ((GArray *) marks);
  gdp_stream_marks_merge (merged);   /* in order of the key, too: a batch walks through the table once */
  for (guint i = 0; i < merged->len; i++) {
    const GdpStreamMark *mark = &g_array_index (merged, GdpStreamMark, i);
    if (!sqlite_run (self, error, put_mark, "iiii", mark->link, (gint64) mark->stream, (gint64) mark->boot,
                     (gint64) mark->through))
      return FALSE;
  }
  return TRUE;
}

gboolean
sqlite_forget_marks (SqliteStore *self, const GArray *links, GError **error)
{
  for (guint i = 0; i < links->len; i++)
    if (!sqlite_run (self, error, "DELETE FROM stream_mark WHERE link = ?", "i", g_array_index (links, gint64, i)))
      return FALSE;
  return TRUE;
}

GArray *
sqlite_marks (DataStore *store, GError **error)
{
  SqliteStore *self = (SqliteStore *) store;
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  g_auto (SqliteQuery) query = sqlite_query (self, error,
    "SELECT link, stream, boot, through FROM stream_mark ORDER BY link, stream", "");
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sqlite_step (self, query, error)) > 0) {
    GdpStreamMark mark = {
      .link = sqlite3_column_int64 (query, 0), .stream = (guint8) sqlite3_column_int (query, 1),
      .boot = (guint32) sqlite3_column_int64 (query, 2), .through = (guint32) sqlite3_column_int64 (query, 3),
    };
    g_array_append_val (marks, mark);
  }
  return more == 0 ? g_steal_pointer (&marks) : NULL;
}

gboolean
sqlite_put_devices (SqliteStore *self, SqliteMeta *meta, const GPtrArray *devices, GError **error)
{
  for (guint i = 0; i < devices->len; i++) {
    GdpDevice device = *(const GdpDevice *) devices->pdata[i];
    device.seq = ++meta->seq;
    if (!sqlite_put (self, &data_device_table, NULL, &device, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sqlite_forget_unit (SqliteStore *self, gint64 link, GError **error)
{
  return sqlite_run (self, error, "DELETE FROM stream_mark WHERE link = ?", "i", link)
         && sqlite_run (self, error, "DELETE FROM device WHERE link = ?", "i", link)
         && sqlite_run (self, error, "DELETE FROM firmware_wish WHERE link = ?", "i", link);
}

gboolean
sqlite_put_strangers (DataStore *store, const char *server, const GPtrArray *strangers, GError **error)
{
  SqliteStore *self = (SqliteStore *) store;
  SqliteMeta meta;
  if (!sqlite_begin (self, FALSE, &meta, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; i < strangers->len && ok; i++) {
    DataStranger stranger = *(const DataStranger *) strangers->pdata[i];
    stranger.server = (char *) server;
    stranger.seq = ++meta.seq;
    ok = sqlite_put (self, &data_stranger_table, NULL, &stranger, error);
  }
  ok = ok && sqlite_run (self, error, "DELETE FROM stranger WHERE server = ?1 AND rowid NOT IN "
                         "(SELECT rowid FROM stranger WHERE server = ?1 ORDER BY last DESC LIMIT ?2)", "ti",
                         server, (gint64) DATA_STRANGERS_MOST);
  return sqlite_end (self, &meta, ok, error);
}
