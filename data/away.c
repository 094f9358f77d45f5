/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "away.h"

typedef struct {
  GError *why;
  gint64  pause, until;   /* monotonic µs */
} Region;

struct DataAway {
  GHashTable *regions;    /* gint64 → Region */
};

static void
region_free (gpointer data)
{
  Region *region = data;

  g_error_free (region->why);
  g_free (region);
}

DataAway *
data_away_new (void)
{
  DataAway *self = g_new0 (DataAway, 1);

  self->regions = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, region_free);
  return self;
}

void
data_away_free (DataAway *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->regions);
  g_free (self);
}

const GError *
data_away_why (DataAway *self, gint64 number, gint64 now)
{
  const Region *region = g_hash_table_lookup (self->regions, &number);

  return region != NULL && now < region->until ? region->why : NULL;
}

void
data_away_note (DataAway *self, gint64 number, const GError *why, gint64 took, gint64 now)
{
  const Region *before = g_hash_table_lookup (self->regions, &number);
  gint64 pause = before != NULL ? MIN (2 * before->pause, DATA_AWAY_MOST) : MIN (2 * took, DATA_AWAY_FIRST);

  if (why == NULL || took < DATA_AWAY_QUICK) {
    g_hash_table_remove (self->regions, &number);
    return;
  }
  Region *region = g_new (Region, 1);
  *region = (Region) { g_error_copy (why), pause, now + pause };
  g_hash_table_replace (self->regions, g_memdup2 (&number, sizeof number), region);
}
