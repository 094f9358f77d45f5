/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lately.h"

typedef struct {
  gint64     at;           /* server time, µs */
  GdpTraffic traffic;
} Copy;

typedef struct {
  gint64 turn;             /* in which `newer` was taken */
  Copy   older, newer;     /* at 0: the beginning */
} Copies;

struct ServerLately {
  GHashTable *of[2];       /* units, links: key → Copies */
};

ServerLately *
server_lately_new (void)
{
  ServerLately *lately = g_new (ServerLately, 1);

  for (guint i = 0; i < 2; i++)
    lately->of[i] = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return lately;
}

void
server_lately_free (ServerLately *lately)
{
  g_hash_table_unref (lately->of[0]);
  g_hash_table_unref (lately->of[1]);
  g_free (lately);
}

/* NULL: it began in this turn, so all of it is of late. */
static Copies *
copies_of (GHashTable *table, gint64 key, gint64 turn, const GdpTraffic *traffic)
{
  Copies *copies = g_hash_table_lookup (table, &key);

  if (copies == NULL && traffic->since / SERVER_LATELY_TURN == turn)
    return NULL;
  if (copies == NULL) {
    copies = g_new0 (Copies, 1);
    copies->turn = turn - 1;
    g_hash_table_insert (table, g_memdup2 (&key, sizeof key), copies);
  }
  return copies;
}

void
server_lately_take (ServerLately *lately, gboolean link, gint64 key, gint64 now, GdpTraffic *traffic)
{
  gint64 turn = now / SERVER_LATELY_TURN;
  Copies *copies = traffic->requests > 0 ? copies_of (lately->of[link != FALSE], key, turn, traffic) : NULL;

  if (copies == NULL)
    return;
  if (copies->turn != turn) {
    copies->older = copies->newer;
    copies->newer = (Copy) { now, *traffic };
    copies->turn = turn;
  }
  const Copy *before = copies->older.at != 0 ? &copies->older : NULL;
  if (before != NULL && !gdp_traffic_less (traffic, &before->traffic, before->at))
    g_hash_table_remove (lately->of[link != FALSE], &key);   /* the counters began anew */
}
