/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarms: what is active, waits for a person, or is not told. */
#include <math.h>
#include <string.h>

#include "command.h"
#include "moment.h"

#include "data/flood.h"

#define LATE (5 * GDP_SECOND)

static const char *const states[] = { "open", "active", "unacked", "acked", "rtn-unacked", "latched", "latched-unacked", "normal",
                                      "shelved", "by-design", "out-of-service", "suppressed", "all" };

static gboolean
shown (const char *filter, const GdpAlarm *alarm)
{
  GdpAlarmState state = gdp_alarm_state (alarm);
  gboolean suppressed = alarm->suppression != GDP_SUPPRESSION_NONE;
  if (filter == NULL || strcmp (filter, "open") == 0)
    return state != GDP_ALARM_NORMAL || suppressed;
  if (strcmp (filter, "active") == 0)
    return alarm->active;
  if (strcmp (filter, "suppressed") == 0)
    return suppressed;
  return strcmp (filter, "all") == 0 || strcmp (filter, gdp_alarm_state_word (state)) == 0
         || strcmp (filter, gdp_suppression_word (alarm->suppression)) == 0;
}

/* Most urgent first, then newest. */
static int
by_urgency (gconstpointer a, gconstpointer b)
{
  const GdpAlarm *one = *(GdpAlarm *const *) a, *other = *(GdpAlarm *const *) b;
  if (one->priority != other->priority)
    return one->priority - other->priority;
  return (one->occurred < other->occurred) - (one->occurred > other->occurred);
}

static const GdpPoint *
point_of (const CtlView *view, const GdpAlarm *alarm)
{
  const char *dot = strrchr (alarm->id, '.');
  g_autofree char *object = dot ? g_strndup (alarm->id, dot - alarm->id) : g_strdup (alarm->id);
  guint point = gdp_network_find_point (view->network, object);
  return point == G_MAXUINT ? NULL : &view->network->points[point];
}

/* Who does not want to be told, and why; or the alarm that stands for it. */
static void
suppression_cells (CtlRows *rows, const GdpAlarm *alarm)
{
  gboolean person = alarm->suppression == GDP_SUPPRESSION_SHELVED || alarm->suppression == GDP_SUPPRESSION_OUT_OF_SERVICE;
  g_autofree char *because = person ? g_strdup_printf ("%s: %s", alarm->suppressed_by, alarm->suppressed_why)
                                    : g_strdup (alarm->suppressed_why);
  ctl_text (rows, "suppression", NULL, gdp_suppression_word (alarm->suppression));
  ctl_time (rows, "suppressed_until", _("Until"), alarm->suppressed_until);
  ctl_text (rows, "suppressed_by", NULL, alarm->suppressed_by);
  ctl_text (rows, "suppressed_why", NULL, alarm->suppressed_why);
  ctl_text (rows, NULL, _("Because of"), because);
}

/* "Unacknowledged", or of one that comes and goes without end "chatters: 14 since 18:03". */
static void
state_cell (CtlRows *rows, const GdpAlarm *alarm, GdpCourse course)
{
  g_autofree char *since = course.first != 0 ? ctl_moment_local (course.first) : NULL;
  g_autofree char *chatters = NULL;

  if (since != NULL)   /* Translators: how often an alarm came since when, in gdpctl's table */
    chatters = g_strdup_printf (_("%s, chatters: %u since %s"), _(gdp_alarm_status_label (alarm)), course.count, since);
  ctl_text (rows, NULL, _("State"), chatters != NULL ? chatters : _(gdp_alarm_status_label (alarm)));
  ctl_time (rows, "chatters_since", NULL, course.first);
  ctl_integer (rows, "chattered", NULL, course.count);
}

static void
alarm_cells (CtlRows *rows, const CtlView *view, const GdpAlarm *alarm, GdpCourse course)
{
  const GdpPoint *point = point_of (view, alarm);
  int decimals = point ? gdp_resolution_decimals (point->resolution) : 0;
  g_autofree char *site = ctl_site_of (alarm->id);
  /* Only where it is another time: what was told late. */
  g_autofree char *learned = alarm->learned - alarm->occurred > LATE ? ctl_moment_local (alarm->learned) : NULL;
  ctl_integer (rows, "priority", _("P"), alarm->priority);
  ctl_text (rows, "alarm", _("Alarm"), alarm->id);
  ctl_text (rows, "site", NULL, site);
  ctl_text (rows, "condition", NULL, gdp_condition_word (alarm->condition));
  ctl_text (rows, NULL, _("Condition"), _(gdp_condition_label (alarm->condition, alarm->level)));
  gboolean levelled = alarm->condition == GDP_CONDITION_HIGH || alarm->condition == GDP_CONDITION_LOW;
  ctl_text (rows, "level", NULL, levelled ? gdp_level_word (alarm->level) : NULL);
  ctl_text (rows, "state", NULL, gdp_alarm_state_word (gdp_alarm_state (alarm)));
  state_cell (rows, alarm, course);
  suppression_cells (rows, alarm);
  ctl_boolean (rows, "active", NULL, alarm->active);
  ctl_boolean (rows, "acked", NULL, alarm->acked);
  ctl_boolean (rows, "latched", NULL, alarm->latched);
  ctl_boolean (rows, "quiet", NULL, alarm->quiet);
  ctl_number (rows, "value", _("Value"), alarm->value, decimals);
  ctl_number (rows, "limit", _("Limit"), alarm->limit, decimals);
  ctl_text (rows, "reason", NULL, gdp_reason_word (alarm->reason));
  ctl_time (rows, "occurred", _("Occurred"), alarm->occurred);
  ctl_time (rows, "learned", NULL, alarm->learned);
  ctl_text (rows, NULL, _("Learned"), learned);
  ctl_time (rows, "cleared", _("Cleared"), alarm->cleared);
  ctl_time (rows, "first", NULL, alarm->first);
  ctl_integer (rows, "occurrence", NULL, alarm->occurrence);
  ctl_integer (rows, "times", _("Times"), alarm->times);
  ctl_time (rows, "acked_at", NULL, alarm->acked_at);
  ctl_text (rows, "acked_by", _("By"), alarm->acked_by);
  ctl_text (rows, "comment", _("Comment"), alarm->comment);
}

/* Of all alarms together: since when there is a flood, and how many called within the last 10 minutes of it. */
static void
flood_cells (CtlRows *rows, const GdpFlood *flood, gint64 now)
{
  ctl_time (rows, "flood_since", NULL, gdp_flood_since (flood));
  ctl_integer (rows, "flood_count", NULL, gdp_flood_since (flood) != 0 ? gdp_flood_count (flood, now) : 0);
}

/* Beside the list, whose rows say so to programs: there are more than anybody can take in. */
static void
warn_of_flood (const CtlCall *call, const GdpFlood *flood, gint64 now)
{
  g_autofree char *since = gdp_flood_since (flood) != 0 ? ctl_moment_local (gdp_flood_since (flood)) : NULL;

  if (since != NULL && !call->json)
    g_printerr (_("gdpctl: a flood of alarms since %s, %u in 10 min; “gdpctl incidents” tells what came first\n"), since,
                gdp_flood_count (flood, now));
}

gboolean
ctl_alarms (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  gboolean known = call->state == NULL;
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    known |= g_strcmp0 (call->state, states[i]) == 0;
  if (!known)
    return ctl_fail (error, CTL_ERROR_USAGE, _("“%s” is no state; there are open (the default), active, unacked, acked, "
                     "rtn-unacked, latched, latched-unacked, normal, shelved, by-design, out-of-service, suppressed, all"),
                     call->state);
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error))
    return FALSE;
  gint64 now = data_store_now (view.store);
  g_autoptr (GdpCourses) courses = gdp_courses_new ();
  g_autoptr (GdpFlood) flood = data_flood_read (view.store, now, courses, error);
  if (flood == NULL)
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  g_ptr_array_sort (view.state->alarms, by_urgency);
  for (guint i = 0; i < view.state->alarms->len; i++) {
    const GdpAlarm *alarm = view.state->alarms->pdata[i];
    if (!shown (call->state, alarm))
      continue;
    alarm_cells (rows, &view, alarm, gdp_courses_look (courses, alarm->id, now));
    flood_cells (rows, flood, now);
    ctl_row_end (rows);
  }
  warn_of_flood (call, flood, now);
  ctl_view_warn_without_server (&view);
  return ctl_rows_end (rows, error);
}
