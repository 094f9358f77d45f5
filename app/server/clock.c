/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clock.h"

static gint64 base;   /* atomic: less the monotonic clock; 0 = by this machine's */

gint64
server_clock_now (void)
{
  gint64 since = __atomic_load_n (&base, __ATOMIC_RELAXED);

  return since == 0 ? g_get_real_time () : since + g_get_monotonic_time ();
}

void
server_clock_heed (DataStore *store)
{
  gint64 ahead, now = data_store_now (store);

  if (data_store_clock (store, &ahead) && (base == 0 || ABS (now - server_clock_now ()) > DATA_CLOCKS_AGREE))
    __atomic_store_n (&base, now - g_get_monotonic_time (), __ATOMIC_RELAXED);
}

char *
server_clock_trouble (gint64 ahead)
{
  if (ABS (ahead) <= DATA_CLOCKS_AGREE)
    return NULL;
  return g_strdup_printf ("this machine's clock is %.0f s %s the database's, which counts; set the one that is wrong",
                          ABS ((double) ahead) / GDP_SECOND, ahead > 0 ? "behind" : "ahead of");
}
