/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run-downs.h"

#include "data/outlook.h"

#define LONGEST (3 * GDP_SECOND)   /* a start must not wait for a whole region without mains */

static gboolean
restore (DataStore *store, GdpEngine *engine, const GdpNetwork *network, guint point, gint64 now)
{
  gint64 since = gdp_engine_runs_down (engine, point);
  g_autoptr (GError) error = NULL;

  if (since == 0 || since >= now)
    return FALSE;
  g_autoptr (GArray) past = data_outlook_run_down (store, network, point, since, now, &error);
  if (past == NULL) {
    g_message ("%s: how it ran down before cannot be read: %s", network->points[point].id, error->message);
    return FALSE;
  }
  gdp_engine_restore_past (engine, point, (const GdpPast *) (gpointer) past->data, past->len);
  return TRUE;
}

void
server_run_downs_restore (DataStore *store, GdpEngine *engine, const GdpNetwork *network, gint64 now)
{
  gint64 until = g_get_monotonic_time () + LONGEST;
  guint known = 0;

  for (guint i = 0; i < network->n_points; i++) {
    if (g_get_monotonic_time () > until) {
      g_message ("of %u batteries it is known how they ran down before; of the others, not yet", known);
      return;
    }
    known += restore (store, engine, network, i, now);
  }
}
