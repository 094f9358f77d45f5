/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of what a server commits late, out of its spool: what is no longer its to say. Another server may have taken over some of
 * its links while it could not reach the store. Whatever happened is history, and stays; what is true now of those
 * links is for the other one to say, and has been said by it already. */
#include "sql-private.h"

#include <string.h>

typedef struct {
  SqlStore   *store;
  const char *server;    /* whose batches they are */
  GHashTable *links;     /* set of keys: others hold them */
  GHashTable *points;    /* likewise, of points on them; NULL = nobody has asked yet */
} Others;

static void
others_clear (Others *others)
{
  g_clear_pointer (&others->links, g_hash_table_unref);
  g_clear_pointer (&others->points, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Others, others_clear)

/* The set of the numbers that @sql gives of the server. */
static GHashTable *
read_set (Others *others, const char *sql, GError **error)
{
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);
  g_auto (SqlQuery) query = sql_query (others->store, error, sql, "t", others->server);
  int more = query != NULL ? 1 : -1;

  while (more > 0 && (more = sql_step (others->store, query, error)) > 0)
    g_hash_table_add (set, GSIZE_TO_POINTER ((gsize) sql_integer (query, 0)));
  return more == 0 ? g_steal_pointer (&set) : NULL;
}

static gboolean
holds (GHashTable *set, gint64 key)
{
  return g_hash_table_contains (set, GSIZE_TO_POINTER ((gsize) key));
}

/* 1: it is others', 0: it is not, -1 with an error. @sql: a query of the server and of @object or @key. */
static int
ask (Others *others, const char *sql, const char *object, gint64 key, GError **error)
{
  g_auto (SqlQuery) query = object != NULL ? sql_query (others->store, error, sql, "tt", others->server, object)
                                           : sql_query (others->store, error, sql, "ti", others->server, key);
  return query != NULL ? sql_step (others->store, query, error) : -1;
}

/* ---- whose it is ---------------------------------------------------------------------------- */

/* An alarm's id is its object's with ".condition" behind. */
static int
alarm_is_others (Others *others, gconstpointer row, GError **error)
{
  const GdpAlarm *alarm = row;
  const char *dot = strrchr (alarm->id, '.');
  g_autofree char *object = g_strndup (alarm->id, dot != NULL ? (gsize) (dot - alarm->id) : strlen (alarm->id));

  return ask (others, "SELECT 1 FROM link_claim WHERE server <> ?1 AND link IN (SELECT key FROM link WHERE id = ?2 "
              "UNION ALL SELECT link FROM unit WHERE id = ?2 "
              "UNION ALL SELECT unit.link FROM point JOIN unit ON unit.key = point.unit WHERE point.id = ?2)", object, 0, error);
}

static int
contact_is_others (Others *others, gconstpointer row, GError **error)
{
  const GdpContactInfo *contact = row;

  return contact->link ? holds (others->links, contact->key)
         : ask (others, "SELECT 1 FROM unit JOIN link_claim ON link_claim.link = unit.link WHERE server <> ?1 AND unit.key = ?2",
                NULL, contact->key, error);
}

static int
device_is_others (Others *others, gconstpointer row, GError **error G_GNUC_UNUSED)
{
  return holds (others->links, ((const GdpDevice *) row)->link);
}

static int
wish_is_others (Others *others, gconstpointer row, GError **error G_GNUC_UNUSED)
{
  return holds (others->links, ((const GdpWish *) row)->link);
}

/* ---- leaving it out ------------------------------------------------------------------------- */

typedef int (*IsOthers) (Others *others, gconstpointer row, GError **error);

static gboolean
leave_out (Others *others, const GPtrArray *from, IsOthers is_others, GError **error)
{
  GPtrArray *rows = (GPtrArray *) from;   /* of a batch that is the caller's to change */

  for (guint i = rows != NULL ? rows->len : 0; i-- > 0;) {
    int its = is_others (others, rows->pdata[i], error);
    if (its < 0)
      return FALSE;
    if (its > 0)
      g_ptr_array_remove_index (rows, i);
  }
  return TRUE;
}

/* The marks of a link are whoever's who serves it: the furthest counts by itself, but none is forgotten. */
static void
forget_less (Others *others, const GArray *from)
{
  GArray *forgotten = (GArray *) from;

  for (guint i = forgotten != NULL ? forgotten->len : 0; i-- > 0;)
    if (holds (others->links, g_array_index (forgotten, gint64, i)))
      g_array_remove_index (forgotten, i);
}

/* Numbered behind those that the other server has brought meanwhile, they would look like news. */
static gboolean
date_readings (Others *others, GArray *readings, GError **error)
{
  gint64 now = data_store_now (&others->store->parent);

  if (readings == NULL || readings->len == 0)
    return TRUE;
  if (others->points == NULL
      && (others->points = read_set (others, "SELECT point.key FROM link_claim JOIN unit ON unit.link = link_claim.link "
                                     "JOIN point ON point.unit = unit.key WHERE server <> ?", error)) == NULL)
    return FALSE;
  for (guint i = 0; i < readings->len; i++) {
    GdpReading *reading = &g_array_index (readings, GdpReading, i);
    if (holds (others->points, reading->point))
      reading->received = MAX (reading->received, now);
  }
  return TRUE;
}

static gboolean
leave_of (Others *others, DataBatch *batch, GError **error)
{
  const GdpChanges *changes = batch->changes;

  forget_less (others, batch->forgotten);
  return (changes == NULL || (leave_out (others, changes->alarms, alarm_is_others, error)
                              && leave_out (others, changes->contacts, contact_is_others, error)
                              && date_readings (others, changes->readings, error)))
         && leave_out (others, batch->devices, device_is_others, error)
         && leave_out (others, batch->wishes, wish_is_others, error);
}

gboolean
sql_leave_to_others (SqlStore *self, DataBatch *const *batches, guint n, GError **error)
{
  g_auto (Others) others = { .store = self, .server = batches[0]->server };

  if ((others.links = read_set (&others, "SELECT link FROM link_claim WHERE server <> ?", error)) == NULL)
    return FALSE;
  gboolean any = g_hash_table_size (others.links) > 0;
  for (guint i = 0; any && i < n; i++)
    if (!leave_of (&others, batches[i], error))
      return FALSE;
  return TRUE;
}
