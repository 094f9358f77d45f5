/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarms: what is active or waits for a person, and its acknowledgement. */
#include <math.h>
#include <string.h>

#include "command.h"

static const char *const states[] = { "open", "active", "unacked", "acked", "rtn-unacked", "normal", "all" };

static gboolean
shown (const char *filter, const GdpAlarm *alarm)
{
  GdpAlarmState state = gdp_alarm_state (alarm);
  if (filter == NULL || strcmp (filter, "open") == 0)
    return state != GDP_ALARM_NORMAL;
  if (strcmp (filter, "active") == 0)
    return alarm->active;
  return strcmp (filter, "all") == 0 || strcmp (filter, gdp_alarm_state_word (state)) == 0;
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

static void
alarm_row (CtlRows *rows, const CtlView *view, const GdpAlarm *alarm)
{
  const GdpPoint *point = point_of (view, alarm);
  int decimals = point ? gdp_resolution_decimals (point->resolution) : 0;
  g_autofree char *site = ctl_site_of (alarm->id);
  ctl_integer (rows, "priority", _("P"), alarm->priority);
  ctl_text (rows, "alarm", _("Alarm"), alarm->id);
  ctl_text (rows, "site", NULL, site);
  ctl_text (rows, "condition", NULL, gdp_condition_word (alarm->condition));
  ctl_text (rows, NULL, _("Condition"), _(gdp_condition_label (alarm->condition, alarm->level)));
  gboolean levelled = alarm->condition == GDP_CONDITION_HIGH || alarm->condition == GDP_CONDITION_LOW;
  ctl_text (rows, "level", NULL, levelled ? gdp_level_word (alarm->level) : NULL);
  ctl_text (rows, "state", NULL, gdp_alarm_state_word (gdp_alarm_state (alarm)));
  ctl_text (rows, NULL, _("State"), _(gdp_alarm_state_label (gdp_alarm_state (alarm))));
  ctl_boolean (rows, "active", NULL, alarm->active);
  ctl_boolean (rows, "acked", NULL, alarm->acked);
  ctl_boolean (rows, "quiet", NULL, alarm->quiet);
  ctl_number (rows, "value", _("Value"), alarm->value, decimals);
  ctl_number (rows, "limit", _("Limit"), alarm->limit, decimals);
  ctl_text (rows, "reason", NULL, gdp_reason_word (alarm->reason));
  ctl_time (rows, "occurred", _("Occurred"), alarm->occurred);
  ctl_time (rows, "learned", NULL, alarm->learned);
  ctl_time (rows, "cleared", _("Cleared"), alarm->cleared);
  ctl_time (rows, "first", NULL, alarm->first);
  ctl_integer (rows, "occurrence", _("Times"), alarm->occurrence);
  ctl_time (rows, "acked_at", NULL, alarm->acked_at);
  ctl_text (rows, "acked_by", _("By"), alarm->acked_by);
  ctl_text (rows, "comment", _("Comment"), alarm->comment);
  ctl_row_end (rows);
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
                     "rtn-unacked, normal, all"), call->state);
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error))
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  g_ptr_array_sort (view.state->alarms, by_urgency);
  for (guint i = 0; i < view.state->alarms->len; i++)
    if (shown (call->state, view.state->alarms->pdata[i]))
      alarm_row (rows, &view, view.state->alarms->pdata[i]);
  ctl_view_warn_without_server (&view);
  return ctl_rows_end (rows, error);
}

/* ---- acknowledging ----------------------------------------------------------------------- */

static const GdpAlarm *
find_alarm (const CtlView *view, const char *id)
{
  for (guint i = 0; i < view->state->alarms->len; i++)
    if (strcmp (((GdpAlarm *) view->state->alarms->pdata[i])->id, id) == 0)
      return view->state->alarms->pdata[i];
  return NULL;
}

/* All are looked at before the first is posted: a misspelt one acknowledges nothing. */
static gboolean
check_all (const CtlCall *call, const CtlView *view, GError **error)
{
  for (char **id = call->words; *id; id++) {
    const GdpAlarm *alarm = find_alarm (view, *id);
    if (alarm == NULL)
      return ctl_fail (error, CTL_ERROR_FAILED, _("there is no alarm “%s”; “gdpctl alarms” lists them"), *id);
    GdpAlarmState state = gdp_alarm_state (alarm);
    if (!gdp_alarm_move (state, GDP_ALARM_ACK)->possible)
      return ctl_fail (error, CTL_ERROR_FAILED, _("the alarm “%s” is %s: nothing to acknowledge"), *id,
                       _(gdp_alarm_state_label (state)));
  }
  return ctl_view_needs_server (view, error);
}

/* What became of each; the first that was not done is the error. */
static gboolean
report (const CtlCall *call, GPtrArray *ours, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  const DataCommand *failed = NULL;
  for (guint i = 0; i < ours->len; i++) {
    const DataCommand *command = ours->pdata[i];
    ctl_text (rows, "alarm", _("Alarm"), command->object);
    ctl_text (rows, "result", _("Result"), data_command_state_word (command->state));
    ctl_said (rows, "reason", _("Reason"), command->result);
    ctl_text (rows, "who", NULL, command->who);
    ctl_row_end (rows);
    if (failed == NULL && command->state != DATA_COMMAND_DONE)
      failed = command;
  }
  if (!ctl_rows_end (rows, error))
    return FALSE;
  if (failed == NULL)
    return TRUE;
  g_autofree char *why = ctl_why_not (failed);
  if (data_command_is_unsure (failed))
    return ctl_fail (error, CTL_ERROR_FAILED, _("it is not known whether “%s” was acknowledged; look at gdpctl alarms and gdpctl "
                     "journal (%s)"), failed->object, why);
  return ctl_fail (error, CTL_ERROR_FAILED, _("“%s” was not acknowledged: %s"), failed->object, why);
}

gboolean
ctl_ack (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  g_autoptr (GPtrArray) ours = g_ptr_array_new_with_free_func ((GDestroyNotify) data_command_free);
  if (!ctl_view_open (&view, call, DATA_ACCESS_POST, error) || !check_all (call, &view, error))
    return FALSE;
  for (char **id = call->words; *id; id++) {
    DataCommand *command = ctl_post (call, &view, "ack", *id, find_alarm (&view, *id)->occurrence, NULL, error);
    if (command == NULL)
      return FALSE;
    g_ptr_array_add (ours, command);
  }
  return ctl_wait (&view, ours, DATA_COMMAND_LIFE, error) && report (call, ours, error);
}
