/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outlook.h"

#include "trend.h"

/* How many days back tell of how many ahead: our own choice. A pressure that creeps shows in a week; a filter fills in
 * months; a battery's days are hidden in the swing of the sun for shorter than a week. */
static const struct { GdpPointKind kind; guint back, ahead; } slow[] = {
  { GDP_POINT_OUTLET_PRESSURE, 7,  14 },
  { GDP_POINT_FILTER_DP,       30, 90 },
  { GDP_POINT_BATTERY_VOLTAGE, 7,  30 },
};

#define MOST_WITHOUT_MAINS 31   /* days */
#define MOST_ON_BATTERY    4    /* days of it that tell: run-down.h remembers no more */
#define LEAST_GOOD         0.5  /* share of an hour that must be good for its mean to count */
#define HEARD (2 * DATA_HOUR)
#define MINUTE (60 * GDP_SECOND)

/* DataBar: @n of @width up to @end. NULL with an error. */
static GArray *
bars_of (DataStore *store, const GdpNetwork *network, guint point, gint64 end, gint64 width, guint n, gint64 now, GError **error)
{
  g_autoptr (GError) damage = NULL;

  return data_store_trend (store, &(DataTrendQuery) { .point = network->points[point].key, .since = end - n * width, .width = width,
                                                      .n = n, .hold = data_hold_of (network, point), .now = now }, &damage, error);
}

/* GdpPast: the mean of every one of the last @n times of @width that was good for a share of more than @least, in its middle.
 * NULL with an error. */
static GArray *
past_of (DataStore *store, const GdpNetwork *network, guint point, gint64 width, guint n, double least, gint64 now, GError **error)
{
  gint64 end = now - now % width;
  g_autoptr (GArray) bars = bars_of (store, network, point, end, width, n, now, error);
  GArray *past = bars != NULL ? g_array_new (FALSE, FALSE, sizeof (GdpPast)) : NULL;

  for (guint i = 0; bars != NULL && i < bars->len; i++) {
    const DataBar *bar = &g_array_index (bars, DataBar, i);
    GdpPast one = { end - (n - i) * width + width / 2, bar->mean };
    if (isfinite (bar->mean) && bar->good > least)
      g_array_append_val (past, one);
  }
  return past;
}

/* The next level on that side which is not reached; FALSE: there is none. */
static gboolean
next_level (const GdpLimits *limits, gboolean upward, double value, GdpLevel *level)
{
  static const GdpLevel levels[][2] = { { GDP_LEVEL_L, GDP_LEVEL_LL }, { GDP_LEVEL_H, GDP_LEVEL_HH } };

  for (guint i = 0; i < 2; i++) {
    const GdpLimit *limit = &limits->level[levels[upward][i]];
    *level = levels[upward][i];
    if (limit->priority != 0 && (upward ? value < limit->value : value > limit->value))
      return TRUE;
  }
  return FALSE;
}

/* The one that comes first, if any comes within @ahead. */
static void
look_ahead (const GdpPoint *point, guint index, const GArray *past, gint64 ahead, gint64 now, GArray *outlooks)
{
  const GdpPast *hours = (const GdpPast *) (gpointer) past->data;
  DataOutlook soonest = { .projection.at = G_MAXINT64 };
  double value = past->len > 0 ? hours[past->len - 1].value : NAN;
  GdpLevel level;

  for (guint upward = 0; past->len > 0 && upward < 2; upward++) {
    if (!next_level (&point->limits, upward, value, &level))
      continue;
    double limit = point->limits.level[level].value;
    GdpProjection projection = gdp_project (hours, past->len, limit, upward);
    if (projection.kind == GDP_PROJECTION_AHEAD && projection.at < soonest.projection.at)
      soonest = (DataOutlook) { index, level, value, limit, projection, .on_battery = FALSE };
  }
  if (soonest.projection.at <= now + ahead)
    g_array_append_val (outlooks, soonest);
}

/* ---- batteries ----------------------------------------------------------------------------- */

/* Of the minutes since the last of @past the newest that has a value: whether it is empty shows there first. */
static gboolean
add_newest (DataStore *store, const GdpNetwork *network, guint point, gint64 now, GArray *past, GError **error)
{
  gint64 end = now - now % MINUTE + MINUTE;
  g_autoptr (GArray) bars = bars_of (store, network, point, end, MINUTE, 60, now, error);

  for (guint i = bars != NULL ? bars->len : 0; i-- > 0;) {
    GdpPast newest = { MIN (end - (bars->len - i) * MINUTE + MINUTE / 2, now), g_array_index (bars, DataBar, i).mean };
    if (!isfinite (newest.value))
      continue;
    if (past->len > 0 && newest.time > g_array_index (past, GdpPast, past->len - 1).time)
      g_array_append_val (past, newest);
    break;
  }
  return bars != NULL;
}

GArray *
data_outlook_run_down (DataStore *store, const GdpNetwork *network, guint point, gint64 since, gint64 now, GError **error)
{
  gint64 width = now - since > DATA_DAY ? DATA_HOUR : 10 * MINUTE;
  guint n = (guint) MIN ((now - since) / width, MOST_ON_BATTERY * DATA_DAY / width);
  GArray *past = past_of (store, network, point, width, MAX (n, 1), 0, now, error);   /* slow enough for one value to tell */
  guint early = 0;

  while (past != NULL && early < past->len && g_array_index (past, GdpPast, early).time < since + GDP_RUN_DOWN_SETTLES)
    early++;
  if (early > 0)
    g_array_remove_range (past, 0, early);
  if (past != NULL && !add_newest (store, network, point, now, past, error))
    g_clear_pointer (&past, g_array_unref);
  return past;
}

/* Where what is known begins; 0 = with the bars, or nearly: then it may have been so for longer. */
static gint64
known_from (const GArray *bars, gint64 end, gint64 width)
{
  guint first = 0;

  while (first < bars->len && !isfinite (g_array_index (bars, DataBar, first).min))
    first++;
  return first > bars->len / 16 ? end - (bars->len - first) * width : 0;
}

/* Whether anything is known of them. @lost: by the last that is; @fed: when they were there last, µs, 0 = they were not. */
static gboolean
look_back (const GArray *bars, double least, gint64 end, gint64 width, gboolean *lost, gint64 *fed)
{
  const DataBar *all = (const DataBar *) (gconstpointer) bars->data;
  guint n = bars->len;

  *fed = 0;
  while (n > 0 && !isfinite (all[n - 1].min))
    n--;
  if (n == 0)
    return FALSE;
  *lost = all[n - 1].min < least;
  while (n > 0 && !(all[n - 1].max >= least))
    n--;
  if (n > 0)
    *fed = end - (bars->len - n) * width;
  return TRUE;
}

/* Since when the mains of which @point tells are lost: µs; G_MAXINT64: they are not; 0: for longer than is looked back. To the
 * minute when it was within the hour, else to the hour. */
static gboolean
lost_since (DataStore *store, const GdpNetwork *network, guint point, gint64 now, gint64 *since, GError **error)
{
  static const struct { gint64 width; guint n; } looks[] = { { MINUTE, 60 }, { DATA_HOUR, MOST_WITHOUT_MAINS * 24 } };
  double least = network->points[point].kind == GDP_POINT_MAINS ? 0.5 : GDP_MAINS_LEAST;
  gint64 fed = 0;

  *since = G_MAXINT64;
  for (guint look = 0; look < G_N_ELEMENTS (looks) && fed == 0; look++) {
    gint64 width = looks[look].width, end = now - now % width + width;
    g_autoptr (GArray) bars = bars_of (store, network, point, end, width, looks[look].n, now, error);
    if (bars == NULL)
      return FALSE;
    gboolean lost;
    if (!look_back (bars, least, end, width, &lost, &fed))
      continue;
    if (!lost) {   /* of the hours: then it was within the last of them */
      *since = *since == G_MAXINT64 ? G_MAXINT64 : now - DATA_HOUR;
      return TRUE;
    }
    if (fed == 0 && look + 1 == G_N_ELEMENTS (looks))
      fed = known_from (bars, end, width);
    *since = MIN (fed, now);
  }
  return TRUE;
}

/* Since when the site runs on its battery: G_MAXINT64: it does not; 0: for long. @measured: whether it has mains that tell. */
static gboolean
on_battery_since (DataStore *store, const GdpNetwork *network, const GdpSite *site, gint64 now, gint64 *since, gboolean *measured,
                  GError **error)
{
  *since = G_MAXINT64;
  *measured = FALSE;
  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    gint64 its;
    if (network->points[i].kind != GDP_POINT_MAINS && network->points[i].kind != GDP_POINT_MAINS_VOLTAGE)
      continue;
    if (!lost_since (store, network, i, now, &its, error))
      return FALSE;
    *since = MIN (*since, its);
    *measured = TRUE;
  }
  return TRUE;
}

/* One that is heard is not empty, whatever its course says; one that was at its end when it was heard last has been since. */
static void
heed_age (GdpProjection *projection, gint64 heard, gint64 now)
{
  gboolean there = now - heard < HEARD;

  if (projection->kind == GDP_PROJECTION_AHEAD && projection->at <= now && there)
    projection->kind = GDP_PROJECTION_REACHED;
  else if (projection->kind == GDP_PROJECTION_REACHED && !there)
    *projection = (GdpProjection) { GDP_PROJECTION_AHEAD, projection->slope, heard, heard, heard };
}

/* One on which its site runs. */
static gboolean
look_at_battery (DataStore *store, const GdpNetwork *network, guint point, gint64 since, gint64 now, GArray *outlooks, GError **error)
{
  const GdpPoint *battery = &network->points[point];
  double empty = battery->limits.level[GDP_LEVEL_LL].value;
  g_autoptr (GArray) past = data_outlook_run_down (store, network, point, since, now, error);

  if (past == NULL)
    return FALSE;
  const GdpPast *values = (const GdpPast *) (gpointer) past->data;
  DataOutlook outlook = { point, GDP_LEVEL_LL, past->len > 0 ? values[past->len - 1].value : NAN, empty,
                          gdp_run_down_project (values, past->len, &network->sites[battery->site].battery, empty), TRUE, since };
  if (outlook.value <= empty)   /* whatever a line says */
    outlook.projection.kind = GDP_PROJECTION_REACHED;
  if (past->len > 0)
    heed_age (&outlook.projection, values[past->len - 1].time, now);
  if (outlook.projection.kind != GDP_PROJECTION_AHEAD)
    outlook.projection.at = now;   /* it stands first */
  g_array_append_val (outlooks, outlook);
  return TRUE;
}

/* ---- a site -------------------------------------------------------------------------------- */

static gint
sooner (gconstpointer a, gconstpointer b)
{
  const DataOutlook *one = a, *other = b;

  return (one->projection.at > other->projection.at) - (one->projection.at < other->projection.at);
}

GArray *
data_outlook (DataStore *store, const GdpNetwork *network, guint site, gint64 now, GError **error)
{
  g_autoptr (GArray) outlooks = g_array_new (FALSE, FALSE, sizeof (DataOutlook));
  const GdpSite *its = &network->sites[site];
  gboolean measured;
  gint64 since;

  if (!on_battery_since (store, network, its, now, &since, &measured, error))
    return NULL;
  for (guint i = its->first_point; i < its->first_point + its->n_points; i++)
    for (guint k = 0; k < G_N_ELEMENTS (slow); k++) {
      if (network->points[i].kind != slow[k].kind)
        continue;
      if (measured && gdp_condition_is_configured (GDP_CONDITION_HOURS, &network->points[i])) {
        if (since != G_MAXINT64 && !look_at_battery (store, network, i, since, now, outlooks, error))
          return NULL;
        continue;
      }
      g_autoptr (GArray) past = past_of (store, network, i, DATA_HOUR, slow[k].back * 24, LEAST_GOOD, now, error);
      if (past == NULL)
        return NULL;
      look_ahead (&network->points[i], i, past, slow[k].ahead * DATA_DAY, now, outlooks);
    }
  g_array_sort (outlooks, sooner);
  return g_steal_pointer (&outlooks);
}
