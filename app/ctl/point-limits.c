/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits of points: what they are, who changed them, and changing them; the regime card is card.c's. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "gdp/limit-words.h"
#include "point-limits.h"

/* ---- shown ------------------------------------------------------------------------------- */

/* Half seconds are not rounded away. */
static int
decimals_of_seconds (double seconds)
{
  return seconds == floor (seconds) ? 0 : 2;
}

static void
limit_row (CtlRows *rows, const GdpPoint *point, const CtlLimitRow *row)
{
  int decimals = gdp_resolution_decimals (point->resolution);
  ctl_text (rows, "point", _("Point"), point->id);
  ctl_text (rows, "name", NULL, point->name);
  ctl_text (rows, "unit", _("Unit"), row->in_unit ? point->engineering_unit : NULL);
  ctl_text (rows, "limit", _("Limit"), row->limit);
  ctl_number (rows, "value", _("Value"), row->value, row->in_unit ? decimals : decimals_of_seconds (row->value));
  ctl_number (rows, "deadband", _("Deadband"), row->deadband, decimals);
  ctl_number (rows, "on_delay", _("On-delay, s"), row->on_delay, decimals_of_seconds (row->on_delay));
  ctl_number (rows, "off_delay", _("Off-delay, s"), row->off_delay, decimals_of_seconds (row->off_delay));
  ctl_number (rows, "priority", _("Priority"), row->priority, 0);
  ctl_row_end (rows);
}

static gboolean
show (const CtlCall *call, const CtlView *view, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  g_autoptr (GArray) points = ctl_limits_points (view, call->words, error);
  for (guint i = 0; points != NULL && i < points->len; i++) {
    const GdpPoint *point = &view->network->points[g_array_index (points, guint, i)];
    CtlLimitRow card[CTL_LIMIT_ROWS];
    guint n = ctl_limit_rows (point, card);
    for (guint k = 0; k < n; k++)
      if (card[k].priority > 0 || card[k].value > 0)   /* what is off is not worth a line */
        limit_row (rows, point, &card[k]);
  }
  return points != NULL && ctl_rows_end (rows, error);
}

GArray *
ctl_limits_points (const CtlView *view, char **words, GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (guint));
  const GdpNetwork *network = view->network;
  for (guint i = 0; *words == NULL && i < network->n_points; i++)
    g_array_append_val (points, i);
  for (; *words; words++) {
    guint site = gdp_network_find_site (network, *words), point = gdp_network_find_point (network, *words);
    if (site == G_MAXUINT && point == G_MAXUINT) {
      ctl_fail (error, CTL_ERROR_FAILED, _("there is no point or site “%s”; “gdpctl points” lists the points"), *words);
      return NULL;
    }
    if (point != G_MAXUINT)
      g_array_append_val (points, point);
    for (guint i = 0; site != G_MAXUINT && i < network->sites[site].n_points; i++) {
      guint index = network->sites[site].first_point + i;
      g_array_append_val (points, index);
    }
  }
  return g_steal_pointer (&points);
}

/* ---- history ----------------------------------------------------------------------------- */

static void
change_row (CtlRows *rows, const GdpEvent *event)
{
  g_autofree char *why = ctl_saying (event->text);
  ctl_time (rows, "time", _("Time"), event->occurred);
  ctl_text (rows, "point", _("Point"), event->object);
  ctl_text (rows, "who", _("Who"), event->who);
  ctl_text (rows, "before", _("Before"), event->before);
  ctl_text (rows, "after", _("After"), event->after);
  ctl_text (rows, "why", NULL, event->text);
  ctl_text (rows, NULL, _("Reason"), why);
  ctl_row_end (rows);
}

static gboolean
print_history (const CtlCall *call, const CtlView *view, GError **error)
{
  g_autoptr (GArray) points = ctl_limits_points (view, call->words, error);
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; points != NULL && i < points->len; i++) {
    g_autoptr (GPtrArray) events
      = data_store_limit_changes (view->store, view->network->points[g_array_index (points, guint, i)].id,
                                  (guint) MAX (call->limit, 0), error);
    if (events == NULL)
      return FALSE;
    for (guint k = 0; k < events->len; k++)
      change_row (rows, events->pdata[k]);
  }
  return points != NULL && ctl_rows_end (rows, error);
}

/* ---- changed ----------------------------------------------------------------------------- */

typedef struct { const char *point; char *before, *after; } Change;

static void
change_clear (gpointer data)
{
  Change *change = data;
  g_free (change->before);
  g_free (change->after);
}

/* What really changes; nothing is posted before all of it is known to make sense. */
static GArray *
find_changes (const CtlView *view, const CtlWanted *wanted, guint n, GError **error)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_array_set_clear_func (changes, change_clear);
  for (guint i = 0; i < n; i++) {
    const GdpPoint *point = &view->network->points[wanted[i].point];
    g_autoptr (GError) why = NULL;
    Change change = { .point = point->id };
    if (!gdp_point_check_limits (point, &wanted[i].limits, &why)) {
      g_autofree char *said = ctl_saying (why->message);
      ctl_fail (error, CTL_ERROR_FAILED, _("nothing was changed; “%s”: %s"), point->id, said);
      return NULL;
    }
    gdp_limits_differences (&point->limits, &wanted[i].limits, &change.before, &change.after);
    if (*change.before == '\0')
      change_clear (&change);
    else
      g_array_append_val (changes, change);
  }
  return g_steal_pointer (&changes);
}

/* What became of each; the first that was not done is the error. */
static gboolean
report (const CtlCall *call, const GArray *changes, GPtrArray *ours, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  const DataCommand *failed = NULL;
  for (guint i = 0; i < ours->len; i++) {
    const DataCommand *command = ours->pdata[i];
    ctl_text (rows, "point", _("Point"), command->object);
    ctl_text (rows, "result", _("Result"), data_command_state_word (command->state));
    ctl_text (rows, "before", _("Before"), g_array_index (changes, Change, i).before);
    ctl_text (rows, "after", _("After"), g_array_index (changes, Change, i).after);
    ctl_said (rows, "reason", _("Reason"), command->result);
    ctl_row_end (rows);
    if (failed == NULL && command->state != DATA_COMMAND_DONE)
      failed = command;
  }
  if (!ctl_rows_end (rows, error) || failed == NULL)
    return failed == NULL;
  g_autofree char *why = ctl_why_not (failed);
  return ctl_fail (error, CTL_ERROR_FAILED, _("the limits of “%s” were not changed: %s"), failed->object, why);
}

gboolean
ctl_limits_change (const CtlCall *call, const CtlView *view, const CtlWanted *wanted, guint n, GError **error)
{
  g_autoptr (GPtrArray) ours = g_ptr_array_new_with_free_func ((GDestroyNotify) data_command_free);
  g_autoptr (GArray) changes = find_changes (view, wanted, n, error);
  if (changes == NULL)
    return FALSE;
  if (changes->len == 0)
    return ctl_fail (error, CTL_ERROR_FAILED, _("nothing was changed: the limits are like that already"));
  if (!ctl_view_needs_server (view, error))
    return FALSE;
  for (guint i = 0; i < changes->len; i++) {
    const Change *change = &g_array_index (changes, Change, i);
    g_autofree char *detail = g_strjoin ("\n", change->after, change->before, NULL);
    DataCommand *command = ctl_post (call, view, "limits", change->point, 0, detail, error);
    if (command == NULL)
      return FALSE;
    g_ptr_array_add (ours, command);
  }
  return ctl_wait (view, ours, DATA_COMMAND_LIFE, error) && report (call, changes, ours, error);
}

gboolean
ctl_limits_read (const CtlView *view, char **words, CtlWanted *wanted, GError **error)
{
  g_autofree char *text = words[0] ? g_strjoinv (" ", words + 1) : NULL;
  g_autoptr (GError) why = NULL;
  if (text == NULL || *text == '\0')
    return ctl_fail (error, CTL_ERROR_USAGE, _("say of which point, and what: GDP-003/outlet1 H=0.33 H.on-delay=5s"));
  wanted->point = gdp_network_find_point (view->network, words[0]);
  if (wanted->point == G_MAXUINT)
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no point “%s”; “gdpctl points” lists them"), words[0]);
  wanted->limits = view->network->points[wanted->point].limits;
  if (gdp_limits_apply (&wanted->limits, text, &why)
      && gdp_point_check_limits (&view->network->points[wanted->point], &wanted->limits, &why))
    return TRUE;
  g_autofree char *said = ctl_saying (why->message);
  return ctl_fail (error, g_error_matches (why, GDP_LIMITS_ERROR, GDP_LIMITS_ERROR_WORD) ? CTL_ERROR_USAGE : CTL_ERROR_FAILED,
                   _("nothing was changed; “%s”: %s"), words[0], said);
}

static gboolean
set (const CtlCall *call, const CtlView *view, char **words, GError **error)
{
  CtlWanted wanted;
  return ctl_limits_read (view, words, &wanted, error) && ctl_limits_change (call, view, &wanted, 1, error);
}

/* ---- the command ------------------------------------------------------------------------- */

static const struct {
  const char *word;
  DataAccess  access;
  gboolean  (*run) (const CtlCall *call, const CtlView *view, char **words, GError **error);
} parts[] = {
  { "set",     DATA_ACCESS_POST, set },
  { "import",  DATA_ACCESS_POST, ctl_limits_import },
  { "export",  DATA_ACCESS_READ, ctl_limits_export },
  { "propose", DATA_ACCESS_READ, ctl_limits_propose },
};

static gboolean
has_reason (const CtlCall *call, GError **error)
{
  g_autofree char *reason = call->comment ? g_strstrip (g_strdup (call->comment)) : NULL;
  return (reason && *reason) || ctl_fail (error, CTL_ERROR_USAGE, _("say why: --reason TEXT"));
}

gboolean
ctl_limits (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  for (guint i = 0; call->words[0] && i < G_N_ELEMENTS (parts); i++)
    if (strcmp (call->words[0], parts[i].word) == 0)
      return (parts[i].access == DATA_ACCESS_READ || call->check || has_reason (call, error))
             && ctl_view_open (&view, call, call->check ? DATA_ACCESS_READ : parts[i].access, error)
             && parts[i].run (call, &view, call->words + 1, error);
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error))
    return FALSE;
  return call->history ? print_history (call, &view, error) : show (call, &view, error);
}
