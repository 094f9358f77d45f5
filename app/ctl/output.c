/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Switching an output: select, which says what would happen, then operate. */
#include <math.h>
#include <string.h>

#include "command.h"

#define PATIENCE (90 * GDP_SECOND)   /* a GSM unit may take 30 s to be asked and 30 s to answer */

static gboolean
parse_state (const char *word, gboolean *on, GError **error)
{
  *on = strcmp (word, "on") == 0;
  return *on || strcmp (word, "off") == 0
         || ctl_fail (error, CTL_ERROR_USAGE, _("“%s” is neither on nor off"), word);
}

static const char *
state_name (const GdpPoint *point, guint state)
{
  return point->states[state] ? point->states[state] : _(gdp_point_kind_info (point->kind)->states[state]);
}

/* What it reads now; NULL when that is not known. */
static const char *
present_state (const CtlView *view, const GdpPoint *point)
{
  for (guint i = 0; i < view->state->readings->len; i++) {
    const GdpReading *reading = &g_array_index (view->state->readings, GdpReading, i);
    if (reading->point == point->key)
      return gdp_reason_quality (reading->reason) == GDP_QUALITY_BAD || isnan (reading->value)
             ? NULL : state_name (point, reading->value != 0);
  }
  return NULL;
}

/* One step, waited for. (transfer full) */
static DataCommand *
step (const CtlCall *call, const CtlView *view, gboolean on, const char *detail, GError **error)
{
  g_autoptr (GPtrArray) ours = g_ptr_array_new_with_free_func ((GDestroyNotify) data_command_free);
  DataCommand *command = ctl_post (call, view, "output", call->words[0], on, detail, error);
  if (command == NULL)
    return NULL;
  g_ptr_array_add (ours, command);
  if (!ctl_wait (view, ours, PATIENCE, error))
    return NULL;
  command = ours->pdata[0];
  if (command->state == DATA_COMMAND_DONE)
    return data_command_copy (command);
  g_autofree char *why = ctl_why_not (command);
  if (data_command_is_unsure (command))
    ctl_fail (error, CTL_ERROR_FAILED, _("it is not known whether “%s” was switched; look at gdpctl live and gdpctl journal (%s)"),
              call->words[0], why);
  else
    ctl_fail (error, CTL_ERROR_FAILED, strcmp (detail, "select") == 0 ? _("“%s” was not selected: %s")
                                                                    : _("“%s” was not switched: %s"), call->words[0], why);
  return NULL;
}

static gboolean
report (const CtlCall *call, const CtlView *view, const GdpPoint *point, gboolean on, const char *result,
        const char *token, const char *remark, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  const GdpSite *site = &view->network->sites[point->site];
  ctl_text (rows, "point", _("Point"), point->id);
  ctl_text (rows, "site", _("Site"), site->name ? site->name : site->id);
  ctl_text (rows, "before", _("Now"), present_state (view, point));
  ctl_text (rows, "after", _("Then"), state_name (point, on));
  ctl_text (rows, "result", _("Result"), result);
  ctl_text (rows, "confirm", token ? _("Confirmation") : NULL, token);
  ctl_said (rows, "remark", remark ? _("Remark") : NULL, remark);
  ctl_row_end (rows);
  return ctl_rows_end (rows, error);
}

static gboolean
select_only (const CtlCall *call, const CtlView *view, const GdpPoint *point, gboolean on, GError **error)
{
  g_autoptr (DataCommand) selected = step (call, view, on, "select", error);
  if (selected == NULL || !report (call, view, point, on, "selected", selected->result, NULL, error))
    return FALSE;
  if (!call->json)
    g_printerr (_("Nothing was switched yet. Within 30 s: gdpctl output %s %s --confirm %s\n"), point->id,
                call->words[1], selected->result);
  return TRUE;
}

static gboolean
operate (const CtlCall *call, const CtlView *view, const GdpPoint *point, gboolean on, const char *token,
         GError **error)
{
  g_autofree char *detail = g_strdup_printf ("operate %s", token);
  g_autoptr (DataCommand) operated = step (call, view, on, detail, error);
  return operated && report (call, view, point, on, "switched", NULL, operated->result, error);
}

gboolean
ctl_output (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  gboolean on;
  if (call->words[2] || (call->yes && call->confirm))
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), "output POINT on|off [--yes | --confirm TOKEN]");
  if (!parse_state (call->words[1], &on, error) || !ctl_view_open (&view, call, DATA_ACCESS_POST, error))
    return FALSE;
  guint index = gdp_network_find_point (view.network, call->words[0]);
  if (index == G_MAXUINT)
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no point “%s”; “gdpctl points” lists them"), call->words[0]);
  if (!ctl_view_needs_server (&view, error))
    return FALSE;
  const GdpPoint *point = &view.network->points[index];
  if (call->confirm)
    return operate (call, &view, point, on, call->confirm, error);
  if (!call->yes)
    return select_only (call, &view, point, on, error);
  g_autoptr (DataCommand) selected = step (call, &view, on, "select", error);
  return selected && operate (call, &view, point, on, selected->result, error);
}
