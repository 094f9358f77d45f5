/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "incident.h"

#include "network-private.h"

#include <string.h>

/* Every kind of point. */
#define ANY GDP_N_POINT_KINDS

/* What brings about what in a gas distribution point: the way of the gas from inlet to consumers, and of the power. A
 * slam-shut closes by itself at too high or too low outlet pressure; closed, its outlet falls. */
static const struct { GdpPointKind cause; GdpCondition how; GdpPointKind effect; GdpCondition what; } causes[] = {
  { GDP_POINT_INLET_PRESSURE,    GDP_CONDITION_LOW,   GDP_POINT_OUTLET_PRESSURE,  GDP_CONDITION_LOW },
  { GDP_POINT_INLET_PRESSURE,    GDP_CONDITION_HIGH,  GDP_POINT_OUTLET_PRESSURE,  GDP_CONDITION_HIGH },
  { GDP_POINT_FILTER_DP,         GDP_CONDITION_HIGH,  GDP_POINT_OUTLET_PRESSURE,  GDP_CONDITION_LOW },
  { GDP_POINT_VALVE,             GDP_CONDITION_STATE, GDP_POINT_OUTLET_PRESSURE,  GDP_CONDITION_LOW },
  { GDP_POINT_OUTLET_PRESSURE,   GDP_CONDITION_HIGH,  GDP_POINT_SLAM_SHUT,        GDP_CONDITION_STATE },
  { GDP_POINT_SLAM_SHUT,         GDP_CONDITION_STATE, GDP_POINT_OUTLET_PRESSURE,  GDP_CONDITION_LOW },
  { GDP_POINT_GAS_TEMPERATURE,   GDP_CONDITION_LOW,   GDP_POINT_OUTLET_PRESSURE,  GDP_CONDITION_LOW },   /* hydrates */
  { GDP_POINT_MAINS,             GDP_CONDITION_STATE, GDP_POINT_BATTERY_VOLTAGE,  GDP_CONDITION_LOW },
  { GDP_POINT_MAINS,             GDP_CONDITION_STATE, GDP_POINT_BATTERY_VOLTAGE,  GDP_CONDITION_HOURS },
  { GDP_POINT_MAINS,             GDP_CONDITION_STATE, GDP_POINT_ROOM_TEMPERATURE, GDP_CONDITION_LOW },
  { GDP_POINT_MAINS,             GDP_CONDITION_STATE, GDP_POINT_AUX_TEMPERATURE,  GDP_CONDITION_LOW },
  { GDP_POINT_MAINS_VOLTAGE,     GDP_CONDITION_LOW,   GDP_POINT_MAINS,            GDP_CONDITION_STATE },
  { GDP_POINT_BATTERY_VOLTAGE,   GDP_CONDITION_HOURS, GDP_POINT_BATTERY_VOLTAGE,  GDP_CONDITION_LOW },
  { GDP_POINT_BATTERY_VOLTAGE,   GDP_CONDITION_HOURS, ANY,                        GDP_CONDITION_SILENT },
  { GDP_POINT_BATTERY_VOLTAGE,   GDP_CONDITION_LOW,   ANY,                        GDP_CONDITION_SILENT },
  { GDP_POINT_DOOR,              GDP_CONDITION_STATE, GDP_POINT_TAMPER,           GDP_CONDITION_STATE },
  { GDP_POINT_DOOR,              GDP_CONDITION_STATE, GDP_POINT_ROOM_TEMPERATURE, GDP_CONDITION_LOW },
  { GDP_POINT_AUX_DOOR,          GDP_CONDITION_STATE, GDP_POINT_TAMPER,           GDP_CONDITION_STATE },
  { GDP_POINT_AUX_DOOR,          GDP_CONDITION_STATE, GDP_POINT_AUX_TEMPERATURE,  GDP_CONDITION_LOW },
};

#define LONGEST_WAY 4   /* through the table */

static gboolean
leads_to (GdpPointKind cause, GdpCondition how, GdpPointKind effect, GdpCondition what, guint steps)
{
  for (guint i = 0; i < G_N_ELEMENTS (causes); i++) {
    if (causes[i].cause != cause || causes[i].how != how)
      continue;
    if (causes[i].what == what && (causes[i].effect == effect || causes[i].effect == ANY))
      return TRUE;
    if (steps > 1 && leads_to (causes[i].effect, causes[i].what, effect, what, steps - 1))
      return TRUE;
  }
  return FALSE;
}

gboolean
gdp_kind_causes (GdpPointKind cause, GdpCondition how, GdpPointKind effect, GdpCondition what)
{
  return leads_to (cause, how, effect, what, LONGEST_WAY);
}

/* ---- alarms of a network ------------------------------------------------------------------- */

/* kind: ANY for a unit's own. number: among the site's points of this kind, so of the line that it is on */
typedef struct { guint site, unit, number; GdpPointKind kind; } Place;

static guint
number_of (const GdpNetwork *network, guint point)
{
  const GdpPoint *its = &network->points[point];
  guint number = 0;

  for (guint i = network->sites[its->site].first_point; i < point; i++)
    number += network->points[i].kind == its->kind;
  return number;
}

static gboolean
find_place (const GdpNetwork *network, const GdpAlarm *alarm, Place *place)
{
  const char *dot = strrchr (alarm->id, '.');
  g_autofree char *object = g_strndup (alarm->id, dot != NULL ? (gsize) (dot - alarm->id) : 0);
  gpointer found = g_hash_table_lookup (network->by_id, object);
  guint index = gdp_object_index (found);

  if (found == NULL || alarm->first == 0)
    return FALSE;
  if (gdp_object_type (found) == GDP_OBJECT_POINT)
    *place = (Place) { network->points[index].site, network->points[index].unit, number_of (network, index), network->points[index].kind };
  else if (gdp_object_type (found) == GDP_OBJECT_UNIT)
    *place = (Place) { network->units[index].site, index, 0, ANY };
  else
    return FALSE;
  return TRUE;
}

static gint64
doubt_of (const GdpNetwork *network, const Place *place)
{
  const GdpUnit *unit = place->unit < network->n_units ? &network->units[place->unit] : NULL;

  if (unit == NULL)
    return 0;
  return (gint64) (MAX (unit->period, 1) * GDP_SECOND);
}

gint64
gdp_incident_doubt (const GdpNetwork *network, const GdpAlarm *alarm)
{
  Place place;

  if (!find_place (network, alarm, &place))
    return 0;
  return alarm->reason == GDP_REASON_CLOCK ? GDP_INCIDENT_GAP : doubt_of (network, &place);
}

/* What is judged: the places are asked for many times. */
typedef struct {
  const GdpNetwork      *network;
  const GdpAlarm *const *alarms;
  Place                 *places;   /* of each */
} Scene;

static gint64
doubt_in (const Scene *scene, guint alarm)
{
  return scene->alarms[alarm]->reason == GDP_REASON_CLOCK ? GDP_INCIDENT_GAP : doubt_of (scene->network, &scene->places[alarm]);
}

/* Whether by the way things work @one brings @other about, at most by so many @steps. */
static gboolean
is_cause (const Scene *scene, guint one, guint other, guint steps)
{
  return leads_to (scene->places[one].kind, scene->alarms[one]->condition, scene->places[other].kind,
                   scene->alarms[other]->condition, steps);
}

/* … and @one may have come before @other. */
static gboolean
brought_about (const Scene *scene, guint one, guint other)
{
  return is_cause (scene, one, other, LONGEST_WAY)
         && scene->alarms[one]->occurred <= scene->alarms[other]->occurred + doubt_in (scene, one) + doubt_in (scene, other);
}

/* The earliest, or what brought it about, or what brought that about. A ring of causes ends where it began. */
static guint
first_out (const Scene *scene, const GArray *its)
{
  guint first = g_array_index (its, guint, 0);

  for (guint steps = 0; steps < its->len; steps++) {
    guint before = first;
    for (guint i = 0; i < its->len; i++) {
      guint one = g_array_index (its, guint, i);
      if (one != first && brought_about (scene, one, first)
          && !(brought_about (scene, first, one) && scene->alarms[first]->occurred <= scene->alarms[one]->occurred)) {
        first = one;
        break;
      }
    }
    if (first == before)
      break;
  }
  return first;
}

/* What brought @alarm about: straight rather than by others between, then on its own line, then the latest. The table has no
 * rings but by time, and what came first has no cause. */
static guint
cause_of (const Scene *scene, const GArray *its, guint alarm)
{
  guint found = G_MAXUINT, closest = 0;

  for (guint i = 0; i < its->len; i++) {
    guint one = g_array_index (its, guint, i);
    guint close = 1 + (is_cause (scene, one, alarm, 1) ? 2 : 0) + (scene->places[one].number == scene->places[alarm].number);
    if (one == alarm || close < closest || !brought_about (scene, one, alarm))
      continue;
    found = one;
    closest = close;
  }
  return found;
}

static void
tell_with_effects (GdpIncident *incident, guint alarm, GArray *order, GArray *reasons, gboolean *told)
{
  for (guint i = 0; i < incident->alarms->len; i++)
    if (g_array_index (incident->alarms, guint, i) == alarm && !told[i]) {
      told[i] = TRUE;
      g_array_append_val (order, alarm);
      g_array_append_val (reasons, g_array_index (incident->causes, guint, i));
      for (guint k = 0; k < incident->alarms->len; k++)
        if (g_array_index (incident->causes, guint, k) == alarm)
          tell_with_effects (incident, g_array_index (incident->alarms, guint, k), order, reasons, told);
    }
}

void
gdp_incident_tell_in_order (GdpIncident *incident)
{
  g_autofree gboolean *told = g_new0 (gboolean, incident->alarms->len);
  GArray *order = g_array_new (FALSE, FALSE, sizeof (guint)), *reasons = g_array_new (FALSE, FALSE, sizeof (guint));

  tell_with_effects (incident, incident->first, order, reasons, told);
  for (guint i = 0; i < incident->alarms->len; i++)
    tell_with_effects (incident, g_array_index (incident->alarms, guint, i), order, reasons, told);
  g_array_unref (incident->alarms);
  g_array_unref (incident->causes);
  incident->alarms = order;
  incident->causes = reasons;
}

/* ---- grouping ------------------------------------------------------------------------------ */

typedef struct { guint site, alarm; gint64 time; } Entry;

static int
by_site_and_time (gconstpointer a, gconstpointer b)
{
  const Entry *one = a, *other = b;

  if (one->site != other->site)
    return one->site < other->site ? -1 : 1;
  return one->time != other->time ? (one->time < other->time ? -1 : 1) : (one->alarm > other->alarm) - (one->alarm < other->alarm);
}

static int
latest_first (gconstpointer a, gconstpointer b)
{
  const GdpIncident *one = *(GdpIncident *const *) a, *other = *(GdpIncident *const *) b;

  return one->begin != other->begin ? (one->begin < other->begin ? 1 : -1) : (one->site > other->site) - (one->site < other->site);
}

static void
incident_free (gpointer data)
{
  GdpIncident *incident = data;

  g_array_unref (incident->alarms);
  g_array_unref (incident->causes);
  g_free (incident);
}

GPtrArray *
gdp_incidents (const GdpNetwork *network, const GdpAlarm *const *alarms, guint n_alarms)
{
  GPtrArray *incidents = g_ptr_array_new_with_free_func (incident_free);
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autofree Place *places = g_new0 (Place, n_alarms);
  const Scene scene = { network, alarms, places };

  for (guint i = 0; i < n_alarms; i++)
    if (alarms[i]->suppression != GDP_SUPPRESSION_BY_DESIGN && find_place (network, alarms[i], &places[i]))
      g_array_append_vals (entries, &(Entry) { places[i].site, i, alarms[i]->occurred }, 1);
  g_array_sort (entries, by_site_and_time);
  for (guint begin = 0, end; begin < entries->len; begin = end) {
    const Entry *entry = &g_array_index (entries, Entry, begin);
    for (end = begin + 1; end < entries->len && entry[end - begin].site == entry->site
         && entry[end - begin].time - entry[end - begin - 1].time <= GDP_INCIDENT_GAP; end++)
      ;
    if (end - begin < 2)
      continue;
    GdpIncident *incident = g_new (GdpIncident, 1);
    *incident = (GdpIncident) { .site = entry->site, .begin = entry->time, .end = entry[end - begin - 1].time,
                                .alarms = g_array_new (FALSE, FALSE, sizeof (guint)),
                                .causes = g_array_new (FALSE, FALSE, sizeof (guint)) };
    for (guint i = begin; i < end; i++)
      g_array_append_vals (incident->alarms, &g_array_index (entries, Entry, i).alarm, 1);
    incident->first = first_out (&scene, incident->alarms);
    for (guint i = 0; i < incident->alarms->len; i++) {
      guint alarm = g_array_index (incident->alarms, guint, i);
      guint cause = alarm != incident->first ? cause_of (&scene, incident->alarms, alarm) : G_MAXUINT;
      g_array_append_val (incident->causes, cause);
    }
    g_ptr_array_add (incidents, incident);
  }
  g_ptr_array_sort (incidents, latest_first);
  return incidents;
}
