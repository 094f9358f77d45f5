/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Incidents: alarms of one site that belong together, what came first, and what brought about what; those of now, or with
 * --since those of a span, by the journal. */
#include "command.h"

#include "data/flood.h"
#include "gdp/incident.h"
#include "gdp/past-alarms.h"

#define AT_ONCE 5000   /* records */

static void
alarm_row (CtlRows *rows, const GdpNetwork *network, const GdpAlarm *const *alarms, const GdpIncident *incident, guint at)
{
  const GdpAlarm *alarm = alarms[g_array_index (incident->alarms, guint, at)];
  guint cause = g_array_index (incident->causes, guint, at);
  gboolean first = at == 0;   /* as told in order */

  ctl_text (rows, "site", _("Site"), network->sites[incident->site].id);
  ctl_time (rows, "incident", _("Incident"), incident->begin);
  ctl_text (rows, NULL, "", first ? _("first-out") : cause != G_MAXUINT ? "→" : "·");
  ctl_boolean (rows, "first_out", NULL, first);
  ctl_integer (rows, "priority", _("P"), alarm->priority);
  ctl_text (rows, "alarm", _("Alarm"), alarm->id);
  ctl_text (rows, NULL, _("Condition"), _(gdp_condition_label (alarm->condition, alarm->level)));
  ctl_text (rows, "cause", _("Because of"), cause != G_MAXUINT ? alarms[cause]->id : NULL);
  ctl_time (rows, "began", _("Began"), alarm->occurred);
  ctl_time (rows, "cleared", _("Cleared"), alarm->active ? 0 : alarm->cleared);
  ctl_integer (rows, "occurrences", _("Times"), alarm->times);
  ctl_text (rows, "state", NULL, gdp_alarm_state_word (gdp_alarm_state (alarm)));
  ctl_text (rows, NULL, _("State"), _(gdp_alarm_status_label (alarm)));
  ctl_row_end (rows);
}

/* GdpAlarm, those that somebody has to do something about, dated by when they began. */
static GArray *
open_alarms (const GPtrArray *alarms, const GdpCourses *courses)
{
  GArray *open = g_array_new (FALSE, FALSE, sizeof (GdpAlarm));

  for (guint i = 0; i < alarms->len; i++) {
    GdpAlarm dated = gdp_courses_date (courses, alarms->pdata[i]);
    if (gdp_alarm_state (&dated) != GDP_ALARM_NORMAL)
      g_array_append_val (open, dated);
  }
  return open;
}

/* Those of @site (G_MAXUINT = all) of which anything began from @since on, and all of it before @until. */
typedef struct { guint site; gint64 since, until; } Choice;

static void
print_incidents (CtlRows *rows, const CtlView *view, const GdpAlarm *const *alarms, guint n, const Choice *choice)
{
  g_autoptr (GPtrArray) incidents = gdp_incidents (view->network, alarms, n);

  for (guint i = 0; i < incidents->len; i++) {
    GdpIncident *incident = incidents->pdata[i];
    if ((choice->site != G_MAXUINT && choice->site != incident->site) || incident->end < choice->since || incident->begin >= choice->until)
      continue;
    gdp_incident_tell_in_order (incident);
    for (guint k = 0; k < incident->alarms->len; k++)
      alarm_row (rows, view->network, alarms, incident, k);
  }
}

/* ---- of now ------------------------------------------------------------------------------ */

static gboolean
print_now (const CtlCall *call, const CtlView *view, guint site, GError **error)
{
  g_autoptr (GdpCourses) courses = gdp_courses_new ();
  g_autoptr (GdpFlood) flood = data_flood_read (view->store, data_store_now (view->store), courses, error);
  if (flood == NULL)
    return FALSE;
  g_autoptr (GArray) open = open_alarms (view->state->alarms, courses);
  g_autofree const GdpAlarm **given = g_new (const GdpAlarm *, open->len + 1);
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < open->len; i++)
    given[i] = &g_array_index (open, GdpAlarm, i);
  print_incidents (rows, view, given, open->len, &(Choice) { site, 0, G_MAXINT64 });
  ctl_view_warn_without_server (view);
  return ctl_rows_end (rows, error);
}

/* ---- of the past -------------------------------------------------------------------------- */

/* What was journaled between, a part at a time. */
static gboolean
read_alarms (DataStore *store, gint64 since, gint64 until, GdpPastAlarms *past, GError **error)
{
  DataJournalFilter filter = { .since = since, .until = until, .onwards = TRUE, .limit = AT_ONCE };

  for (gboolean more = TRUE; more;) {
    g_autoptr (GPtrArray) events = data_store_journal (store, &filter, NULL, error);
    if (events == NULL)
      return FALSE;
    for (guint i = 0; i < events->len; i++) {
      gdp_past_alarms_take (past, events->pdata[i]);
      filter.after_seq = ((GdpEvent *) events->pdata[i])->seq;
    }
    more = events->len == AT_ONCE;
  }
  return TRUE;
}

/* As they were at the end of the span. What began a day before it may belong to it, as those of now. */
static gboolean
print_past (const CtlCall *call, const CtlView *view, guint site, GError **error)
{
  g_autoptr (GdpPastAlarms) past = gdp_past_alarms_new ();
  gint64 now = data_store_now (view->store);
  Choice choice = { .site = site };
  if (!ctl_range (call, now, 0, now, &choice.since, &choice.until, error)
      || !read_alarms (view->store, MAX (choice.since - DATA_COURSE_SPAN, 0), choice.until, past, error))
    return FALSE;
  const GPtrArray *alarms = gdp_past_alarms_look (past);
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  print_incidents (rows, view, (const GdpAlarm *const *) alarms->pdata, alarms->len, &choice);
  return ctl_rows_end (rows, error);
}

/* ---- the command -------------------------------------------------------------------------- */

gboolean
ctl_incidents (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  guint site;

  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error) || !ctl_view_site (&view, call, &site, error))
    return FALSE;
  return call->since != NULL || call->until != NULL ? print_past (call, &view, site, error) : print_now (call, &view, site, error);
}
