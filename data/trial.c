/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trial.h"

typedef struct { GdpWhatIf *now, *tried; DataTrial *trial; } Run;

static gboolean
take (const GdpReading *reading, gpointer user_data)
{
  Run *run = user_data;

  run->trial->first = run->trial->samples++ == 0 ? reading->time : run->trial->first;
  run->trial->last = reading->time;
  gdp_what_if_take (run->now, reading);
  gdp_what_if_take (run->tried, reading);
  return TRUE;
}

static GArray *
alarms_of (GdpWhatIf *what_if, gint64 until)
{
  return g_array_copy ((GArray *) gdp_what_if_finish (what_if, until));
}

DataTrial *
data_trial_run (DataStore *store, const GdpPoint *point, const GdpLimits *limits, gint64 since, gint64 until,
                GError **damage, GError **error)
{
  g_autoptr (DataTrial) trial = g_new0 (DataTrial, 1);
  g_autoptr (GError) reason = NULL;
  GdpPoint other = *point;

  other.limits = *limits;
  g_autoptr (GdpWhatIf) now = gdp_what_if_new (point), tried = gdp_what_if_new (&other);
  gboolean whole = data_store_history (store, point->key, since, until, take, &(Run) { now, tried, trial }, &reason);
  if (!whole && !g_error_matches (reason, DATA_ERROR, DATA_ERROR_DAMAGED)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  if (!whole && damage != NULL)
    *damage = g_steal_pointer (&reason);
  trial->now = alarms_of (now, until);
  trial->tried = alarms_of (tried, until);
  return g_steal_pointer (&trial);
}

void
data_trial_free (DataTrial *trial)
{
  g_clear_pointer (&trial->now, g_array_unref);
  g_clear_pointer (&trial->tried, g_array_unref);
  g_free (trial);
}
