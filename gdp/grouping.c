/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "grouping.h"

#include <string.h>

#define DEEPEST 8         /* causes of causes; more would be a ring */
#define NOTHING_OWED 5    /* behind all priorities */

typedef struct { guint unacked, priority, size; } Group;   /* of its head: the most urgent of each */

typedef struct {
  const GdpAlarm *const *alarms;
  GdpGrouped            *rows;     /* by alarm */
  Group                 *groups;   /* likewise */
} Grouping;

static void
under_causes (Grouping *grouping, guint n)
{
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < n; i++)
    g_hash_table_insert (by_id, (char *) grouping->alarms[i]->id, GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < n; i++) {
    const GdpAlarm *alarm = grouping->alarms[i];
    guint cause = alarm->suppression == GDP_SUPPRESSION_BY_DESIGN && alarm->suppressed_why != NULL
                  ? GPOINTER_TO_UINT (g_hash_table_lookup (by_id, alarm->suppressed_why)) : 0;
    if (cause != 0)
      grouping->rows[i].head = grouping->rows[i].cause = cause - 1;
  }
}

static void
under_first_out (Grouping *grouping, const GdpIncident *incident)
{
  for (guint i = 0; i < incident->alarms->len; i++) {
    GdpGrouped *row = &grouping->rows[g_array_index (incident->alarms, guint, i)];
    if (row->head != row->alarm)
      continue;
    row->head = incident->first;
    row->cause = g_array_index (incident->causes, guint, i);
  }
}

static guint
top_of (const Grouping *grouping, guint at)
{
  for (guint i = 0; i < DEEPEST && grouping->rows[at].head != at; i++)
    at = grouping->rows[at].head;
  return at;
}

static void
sum_up (Grouping *grouping, guint n)
{
  for (guint i = 0; i < n; i++)
    grouping->groups[i] = (Group) { NOTHING_OWED, NOTHING_OWED, 0 };
  for (guint i = 0; i < n; i++) {
    const GdpAlarm *alarm = grouping->alarms[i];
    Group *group = &grouping->groups[grouping->rows[i].head];
    group->size++;
    group->priority = MIN (group->priority, alarm->priority);
    if (!alarm->acked && alarm->suppression == GDP_SUPPRESSION_NONE)
      group->unacked = MIN (group->unacked, alarm->priority);
  }
}

static int
order (gint64 a, gint64 b)
{
  return (a > b) - (a < b);
}

static int
by_group (gconstpointer a, gconstpointer b, gpointer data)
{
  const Grouping *grouping = data;
  const GdpGrouped *one = a, *other = b;
  const Group *its = &grouping->groups[one->head], *theirs = &grouping->groups[other->head];
  const GdpAlarm *first = grouping->alarms[one->alarm], *second = grouping->alarms[other->alarm];
  int by = order (its->unacked, theirs->unacked);

  if (one->head != other->head) {
    if (by == 0)
      by = order (its->priority, theirs->priority);
    if (by == 0)
      by = order (grouping->alarms[other->head]->occurred, grouping->alarms[one->head]->occurred);
    return by != 0 ? by : strcmp (grouping->alarms[one->head]->id, grouping->alarms[other->head]->id);
  }
  if ((one->alarm == one->head) != (other->alarm == other->head))
    return one->alarm == one->head ? -1 : 1;
  by = order (first->occurred, second->occurred);
  return by != 0 ? by : strcmp (first->id, second->id);
}

GArray *
gdp_group_alarms (const GdpNetwork *network, const GdpAlarm *const *alarms, guint n_alarms)
{
  GArray *rows = g_array_sized_new (FALSE, FALSE, sizeof (GdpGrouped), n_alarms);
  g_autofree Group *groups = g_new (Group, n_alarms);
  g_autofree guint *tops = g_new (guint, n_alarms);
  g_autoptr (GPtrArray) incidents = gdp_incidents (network, alarms, n_alarms);

  for (guint i = 0; i < n_alarms; i++)
    g_array_append_vals (rows, &(GdpGrouped) { i, i, G_MAXUINT, 0 }, 1);
  Grouping grouping = { alarms, (GdpGrouped *) (gpointer) rows->data, groups };
  under_causes (&grouping, n_alarms);
  for (guint i = 0; i < incidents->len; i++)
    under_first_out (&grouping, incidents->pdata[i]);
  for (guint i = 0; i < n_alarms; i++)
    tops[i] = top_of (&grouping, i);
  for (guint i = 0; i < n_alarms; i++)
    grouping.rows[i].head = tops[i];
  sum_up (&grouping, n_alarms);
  for (guint i = 0; i < n_alarms; i++)
    grouping.rows[i].size = groups[grouping.rows[i].head].size;
  g_array_sort_with_data (rows, by_group, &grouping);
  return rows;
}
