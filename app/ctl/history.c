/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a point measured: its samples, or what they amount to in each step of time. */
#include <math.h>
#include <stdio.h>

#include "command.h"
#include "data/trend.h"

#define STEPS_MOST 10000

typedef struct {
  CtlRows *rows;
  int      decimals;
} History;

static gboolean
history_row (const GdpReading *reading, gpointer user_data)
{
  History *history = user_data;
  ctl_reading_cells (history->rows, reading, history->decimals);
  return TRUE;
}

static void
bar_row (CtlRows *rows, gint64 time, const DataBar *bar, int decimals)
{
  gboolean known = bar->worst != GDP_REASON_WAITING;
  ctl_time (rows, "time", _("Time"), time);
  ctl_number (rows, "min", _("Least"), bar->min, decimals);
  ctl_number (rows, "mean", _("Mean"), bar->mean, decimals + 1);
  ctl_number (rows, "max", _("Greatest"), bar->max, decimals);
  ctl_number (rows, "good", NULL, bar->good, 4);
  ctl_number (rows, NULL, _("Good, %"), 100 * bar->good, 1);
  ctl_integer (rows, "count", _("Samples"), bar->count);
  ctl_text (rows, "worst", NULL, known ? gdp_reason_word (bar->worst) : NULL);
  ctl_text (rows, NULL, _("Worst"), known && bar->worst != GDP_REASON_NONE ? _(gdp_reason_label (bar->worst)) : NULL);
  ctl_row_end (rows);
}

/* Steps begin at multiples of their length by the local clock, so that days begin at midnight. */
static gint64
begin_of_step (gint64 time, gint64 step)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (time / GDP_SECOND);
  gint64 offset = g_date_time_get_utc_offset (moment);
  return time - (time + offset) % step;
}

static gboolean
steps_of (const CtlCall *call, DataStore *store, const GdpNetwork *network, guint index, gint64 since, gint64 until,
          GError **error)
{
  const GdpPoint *point = &network->points[index];
  gint64 step;
  if (!ctl_length_parse (call->step, &step) || step <= 0)
    return ctl_fail (error, CTL_ERROR_USAGE, _("--step: “%s” is not a length of time; write 15m, 1h or 1d"), call->step);
  since = begin_of_step (since, step);
  gint64 n = (until - since + step - 1) / step;
  if (n > STEPS_MOST)
    return ctl_fail (error, CTL_ERROR_USAGE, _("this --step is too short for so much time; take a longer one, or ask for less"));
  DataTrendQuery query = { .point = point->key, .since = since, .width = step, .n = (guint) MAX (n, 1), .exact = TRUE,
                           .hold = data_hold_of (network, index), .now = MIN (until, data_store_now (store)) };
  g_autoptr (GError) damage = NULL;
  g_autoptr (GArray) bars = data_store_trend (store, &query, &damage, error);
  if (bars == NULL)
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < bars->len; i++)
    bar_row (rows, since + i * step, &g_array_index (bars, DataBar, i), gdp_resolution_decimals (point->resolution));
  if (!ctl_rows_end (rows, error))
    return FALSE;
  return damage == NULL || ctl_fail (error, CTL_ERROR_FAILED, "%s", damage->message);
}

gboolean
ctl_history (const CtlCall *call, GError **error)
{
  gint64 since, until;
  if (call->words[1])
    return ctl_fail (error, CTL_ERROR_USAGE, _("one point at a time"));
  if (call->raw && call->step)
    return ctl_fail (error, CTL_ERROR_USAGE, _("--raw and --step: one of them"));
  g_autoptr (DataStore) store = ctl_call_store (call, DATA_ACCESS_READ, error);
  gint64 now = store ? data_store_now (store) : 0;
  if (store == NULL || !ctl_range (call, now, now - G_TIME_SPAN_HOUR, now, &since, &until, error))
    return FALSE;
  g_autoptr (GdpNetwork) network = data_store_network (store, error);
  if (network == NULL)
    return FALSE;
  guint index = gdp_network_find_point (network, call->words[0]);
  if (index == G_MAXUINT)
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no point “%s”; “gdpctl points” lists them"), call->words[0]);
  if (call->step)
    return steps_of (call, store, network, index, since, until, error);
  const GdpPoint *point = &network->points[index];
  g_autoptr (CtlRows) rows = ctl_call_rows (call, TRUE);
  History history = { rows, gdp_resolution_decimals (point->resolution) };
  g_autoptr (GError) why = NULL;
  gboolean whole = data_store_history (store, point->key, since, until, history_row, &history, &why);
  if (!ctl_rows_end (rows, error))   /* what can be read is printed, whatever cannot */
    return FALSE;
  if (!whole)
    g_propagate_error (error, g_steal_pointer (&why));
  return whole;
}
