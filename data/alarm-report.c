/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarm-report.h"

#include "gdp/alarm.h"

#include <glib/gi18n.h>
#include <string.h>

#define LEAST (600 * GDP_SECOND)   /* of time, for an average of it */

/* ---- reading ------------------------------------------------------------------------------ */

/* When the first record was learned; @until when there is none. */
static gboolean
journal_begin (DataStore *store, gint64 until, gint64 *begin, GError **error)
{
  DataJournalFilter first = { .onwards = TRUE, .limit = 1 };
  g_autoptr (GPtrArray) found = data_store_journal (store, &first, NULL, error);

  if (found == NULL)
    return FALSE;
  *begin = found->len > 0 ? ((const GdpEvent *) found->pdata[0])->learned : until;
  return TRUE;
}

static void
take (const GdpEvent *event, gpointer counter)
{
  gdp_figure_counter_take (counter, event);
}

DataAlarmReport *
data_alarm_report_read (DataStore *store, gint64 since, gint64 until, GCancellable *cancellable, GError **error)
{
  g_autoptr (DataAlarmReport) report = g_atomic_rc_box_new0 (DataAlarmReport);
  gint64 begin;

  if (!journal_begin (store, until, &begin, error))
    return NULL;
  report->counter = gdp_figure_counter_new (MIN (MAX (since, begin), until - LEAST), until);
  if (!data_store_alarm_events (store, take, report->counter, cancellable, error))
    return NULL;
  gdp_figure_counter_tell (report->counter, &report->figures);
  return g_steal_pointer (&report);
}

static void
clear (gpointer report)
{
  g_clear_pointer (&((DataAlarmReport *) report)->counter, gdp_figure_counter_free);
}

DataAlarmReport *
data_alarm_report_ref (DataAlarmReport *report)
{
  return g_atomic_rc_box_acquire (report);
}

void
data_alarm_report_unref (DataAlarmReport *report)
{
  g_atomic_rc_box_release_full (report, clear);
}

/* ---- what alarms are called --------------------------------------------------------------- */

char *
data_alarm_site (const char *alarm)
{
  const char *slash = strchr (alarm, '/');

  return slash != NULL ? g_strndup (alarm, slash - alarm) : NULL;
}

/* Of a point its own name, or its kind's with a number. (transfer full) */
static char *
point_name (const GdpPoint *point)
{
  const char *label = _(gdp_point_kind_info (point->kind)->label);

  if (point->name != NULL)
    return g_strdup (point->name);
  return point->ordinal == 0 ? g_strdup (label) : g_strdup_printf ("%s\u00a0%u", label, point->ordinal);
}

char *
data_alarm_name (const GdpNetwork *network, const char *alarm)
{
  const char *dot = strrchr (alarm, '.'), *slash = strchr (alarm, '/');
  g_autofree char *object = dot != NULL ? g_strndup (alarm, dot - alarm) : g_strdup (alarm);
  guint point = gdp_network_find_point (network, object);
  g_autofree char *name = point != G_MAXUINT ? point_name (&network->points[point])
                          : slash != NULL ? g_strdup (strchr (object, '/') + 1) : g_strdup (object);
  GdpCondition condition;

  /* Of a state, its point's name says which. */
  if (dot == NULL || !gdp_condition_parse (dot + 1, &condition) || condition == GDP_CONDITION_STATE)
    return g_steal_pointer (&name);
  return g_strdup_printf ("%s, %s", name, _(gdp_condition_label (condition, GDP_LEVEL_L)));
}
