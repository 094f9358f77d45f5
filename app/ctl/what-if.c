/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits tried on stored history: the alarms that there would have been, before and after; nothing is changed. */
#include <math.h>
#include <stdio.h>

#include "data/trial.h"
#include "gdp/limit-words.h"
#include "point-limits.h"

#define DAYS_USUAL 30
#define DAYS_MOST  36600
#define A_DAY (G_GINT64_CONSTANT (86400) * GDP_SECOND)
#define SHOWN_USUAL 100

static double
hours_active (const GArray *alarms, gint64 until)
{
  gint64 length = 0;
  for (guint i = 0; i < alarms->len; i++) {
    const GdpWouldBe *alarm = &g_array_index (alarms, GdpWouldBe, i);
    length += (alarm->cleared ? alarm->cleared : until) - alarm->occurred;
  }
  return (double) length / (3600.0 * GDP_SECOND);
}

static void
summary_row (CtlRows *rows, const char *word, const char *label, const GdpLimits *limits, const GArray *alarms,
             const DataTrial *trial, gint64 until)
{
  g_autofree char *words = gdp_limits_text (limits);
  ctl_text (rows, "limits", NULL, word);
  ctl_text (rows, NULL, _("Limits"), label);
  ctl_text (rows, "words", NULL, words);
  ctl_integer (rows, "alarms", _("Alarms"), alarms->len);
  ctl_number (rows, "hours_active", _("Hours active"), hours_active (alarms, until), 1);
  ctl_integer (rows, "samples", _("Samples"), (gint64) trial->samples);
  ctl_time (rows, "first", _("From"), trial->first);
  ctl_time (rows, "last", _("To"), trial->last);
  ctl_row_end (rows);
}

static void
alarm_row (CtlRows *rows, const GdpPoint *point, const GdpLimits *limits, const char *word, const char *label, const GdpWouldBe *alarm,
           gint64 until)
{
  gboolean state = alarm->condition == GDP_CONDITION_STATE;
  ctl_text (rows, "limits", NULL, word);
  ctl_text (rows, NULL, _("Limits"), label);
  ctl_text (rows, "level", NULL, state ? "state" : gdp_level_word (alarm->level));
  ctl_text (rows, NULL, _("Limit"), state ? gdp_point_state_name (point, limits->state.state) : gdp_level_word (alarm->level));
  ctl_time (rows, "occurred", _("Occurred"), alarm->occurred);
  ctl_time (rows, "cleared", _("Cleared"), alarm->cleared);
  ctl_number (rows, "minutes", _("Minutes"),
              (double) ((alarm->cleared ? alarm->cleared : until) - alarm->occurred) / (60.0 * GDP_SECOND), 1);
  ctl_row_end (rows);
}

/* Both in order of time, so that what belongs together stands together; the last @most. */
static guint
alarm_rows (CtlRows *rows, const GdpPoint *point, const GdpLimits *limits, const DataTrial *trial, gint64 until, guint most)
{
  guint all = trial->now->len + trial->tried->len, now = 0, tried = 0;
  for (guint i = 0; i < all; i++) {
    const GdpWouldBe *one = now < trial->now->len ? &g_array_index (trial->now, GdpWouldBe, now) : NULL;
    const GdpWouldBe *other = tried < trial->tried->len ? &g_array_index (trial->tried, GdpWouldBe, tried) : NULL;
    gboolean first = other == NULL || (one != NULL && one->occurred <= other->occurred);
    if (i + most >= all)
      alarm_row (rows, point, first ? &point->limits : limits, first ? "now" : "tried", first ? _("as now") : _("tried"),
                 first ? one : other, until);
    *(first ? &now : &tried) += 1;
  }
  return all > most ? all - most : 0;
}

static gboolean
print (const CtlCall *call, const GdpPoint *point, const GdpLimits *limits, const DataTrial *trial, gint64 until, GError **error)
{
  g_autoptr (CtlRows) summary = ctl_call_rows (call, FALSE), rows = ctl_call_rows (call, FALSE);
  summary_row (summary, "now", _("as now"), &point->limits, trial->now, trial, until);
  summary_row (summary, "tried", _("tried"), limits, trial->tried, trial, until);
  if (!ctl_rows_end (summary, error))
    return FALSE;
  if (!call->json && trial->now->len + trial->tried->len > 0)
    puts ("");
  guint most = call->limit > 0 ? (guint) call->limit : call->json ? G_MAXUINT / 2 : SHOWN_USUAL;
  guint left_out = alarm_rows (rows, point, limits, trial, until, most);
  if (!ctl_rows_end (rows, error))
    return FALSE;
  if (left_out > 0)
    fprintf (stderr, ngettext ("gdpctl: %u earlier alarm is not shown; --limit shows more\n",
                               "gdpctl: %u earlier alarms are not shown; --limit shows more\n", left_out), left_out);
  return TRUE;
}

gboolean
ctl_what_if (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  g_autoptr (GError) damage = NULL;
  CtlWanted wanted;
  gint64 since, until;
  if (call->days < 0 || call->days > DAYS_MOST || (call->days > 0 && call->since))
    return ctl_fail (error, CTL_ERROR_USAGE, _("--days is 1 to %d, and stands without --since"), DAYS_MOST);
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error) || !ctl_limits_read (&view, call->words, &wanted, error))
    return FALSE;
  gint64 now = data_store_now (view.store), length = (call->days ? call->days : DAYS_USUAL) * A_DAY;
  if (!ctl_range (call, now, now - length, now, &since, &until, error))
    return FALSE;
  const GdpPoint *point = &view.network->points[wanted.point];
  g_autoptr (DataTrial) trial = data_trial_run (view.store, point, &wanted.limits, since, until, &damage, error);
  if (trial == NULL || !print (call, point, &wanted.limits, trial, until, error))
    return FALSE;
  return damage == NULL || ctl_fail (error, CTL_ERROR_FAILED, "%s", damage->message);
}
