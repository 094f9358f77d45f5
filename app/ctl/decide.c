/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person decides of alarms: acknowledged, reset, shelved, out of service; and of visits, which are shelved likewise. The
 * server says whether it may be. */
#include <string.h>

#include "command.h"

#define A_YEAR (G_GINT64_CONSTANT (366) * 24 * 3600 * GDP_SECOND)

typedef struct {
  const char *kind;            /* of the command */
  gboolean    reason;          /* it must have one */
  gboolean    length;          /* … and an end */
  gboolean    points;          /* a point stands for all its alarms … */
  GdpSuppression are;          /* … that are so */
  const char *not_done;        /* marked for translation: "“%s” was not …: %s" */
} Decision;

static const Decision decisions[] = {
  { "ack",      FALSE, FALSE, FALSE, GDP_SUPPRESSION_NONE, N_("“%s” was not acknowledged: %s") },
  { "reset",    FALSE, FALSE, FALSE, GDP_SUPPRESSION_NONE, N_("“%s” was not reset: %s") },
  { "shelve",   TRUE,  TRUE,  TRUE,  GDP_SUPPRESSION_NONE, N_("“%s” was not shelved: %s") },
  { "unshelve", FALSE, FALSE, TRUE,  GDP_SUPPRESSION_SHELVED, N_("“%s” was not unshelved: %s") },
  { "out-of-service", TRUE,  FALSE, TRUE,  GDP_SUPPRESSION_NONE, N_("“%s” was not taken out of service: %s") },
  { "in-service", FALSE, FALSE, TRUE,  GDP_SUPPRESSION_OUT_OF_SERVICE, N_("“%s” was not put back into service: %s") },
  { "force",    TRUE,  TRUE,  FALSE, GDP_SUPPRESSION_NONE, N_("“%s” was not forced: %s") },
  { "unforce",  FALSE, FALSE, FALSE, GDP_SUPPRESSION_NONE, N_("“%s” was not released: %s") },
};

static const Decision *
find_decision (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (decisions); i++)
    if (strcmp (decisions[i].kind, kind) == 0)
      return &decisions[i];
  g_assert_not_reached ();
}

/* ---- what is given ----------------------------------------------------------------------- */

/* For ever is another decision, and takes another person. */
static gboolean
read_length (const CtlCall *call, gint64 *length, GError **error)
{
  if (call->length == NULL)
    return ctl_fail (error, CTL_ERROR_USAGE, _("say for how long: --for 30m, --for 2h"));
  if (!ctl_length_parse (call->length, length))
    return ctl_fail (error, CTL_ERROR_USAGE, _("“%s” is no length; write 30m or 2h (for good: gdpctl out-of-service)"), call->length);
  *length = MIN (*length, A_YEAR);   /* the server says how long may be */
  return *length > 0 || ctl_fail (error, CTL_ERROR_USAGE, _("no time at all is none; write 30m or 2h"));
}

static gboolean
check_words (const CtlCall *call, const Decision *decision, gint64 *length, GError **error)
{
  g_autofree char *reason = call->comment ? g_strstrip (g_strdup (call->comment)) : NULL;
  if (decision->length && !read_length (call, length, error))
    return FALSE;
  return !decision->reason || (reason && *reason) || ctl_fail (error, CTL_ERROR_USAGE, _("say why: --reason TEXT"));
}

/* NULL: it never occurred, or is none. */
static const GdpAlarm *
find_alarm (const CtlView *view, const char *id)
{
  for (guint i = 0; i < view->state->alarms->len; i++)
    if (strcmp (((GdpAlarm *) view->state->alarms->pdata[i])->id, id) == 0)
      return view->state->alarms->pdata[i];
  return NULL;
}

static void
add_alarms_of (const CtlView *view, const Decision *decision, const GdpPoint *point, GPtrArray *ids)
{
  for (GdpCondition condition = 0; condition < GDP_N_CONDITIONS; condition++) {
    g_autofree char *id = g_strconcat (point->id, ".", gdp_condition_word (condition), NULL);
    const GdpAlarm *alarm = find_alarm (view, id);
    GdpSuppression is = alarm ? alarm->suppression : GDP_SUPPRESSION_NONE;
    if (gdp_condition_is_configured (condition, point) && (decision->are == GDP_SUPPRESSION_NONE || decision->are == is))
      g_ptr_array_add (ids, g_steal_pointer (&id));
  }
}

/* With each point's alarms in its place; NULL-terminated. */
static GPtrArray *
expand (const CtlView *view, const Decision *decision, char **words)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  for (char **word = words; *word; word++) {
    guint point = decision->points ? gdp_network_find_point (view->network, *word) : G_MAXUINT, before = ids->len;
    if (point != G_MAXUINT)
      add_alarms_of (view, decision, &view->network->points[point], ids);
    if (ids->len == before)
      g_ptr_array_add (ids, g_strdup (*word));
  }
  g_ptr_array_add (ids, NULL);
  return ids;
}

/* All are looked at before the first is posted: a misspelt one decides nothing. */
static gboolean
check_alarm (const CtlView *view, const char *kind, const char *id, GError **error)
{
  const GdpAlarm *alarm = find_alarm (view, id);
  const char *dot = strrchr (id, '.');
  g_autofree char *object = dot ? g_strndup (id, dot - id) : g_strdup (id);
  gboolean known = alarm != NULL || gdp_network_find_point (view->network, object) != G_MAXUINT
                   || gdp_network_find_unit (view->network, object) != G_MAXUINT
                   || gdp_network_find_link (view->network, object) != G_MAXUINT;
  const Decision *decision = find_decision (kind);
  if (decision->are != GDP_SUPPRESSION_NONE && gdp_network_find_point (view->network, id) != G_MAXUINT)
    return ctl_fail (error, CTL_ERROR_FAILED, _("no alarm of “%s” is “%s”; “gdpctl alarms --state suppressed” lists "
                     "those that do not call"), id, _(gdp_suppression_label (decision->are)));
  if (!known || (alarm == NULL && (strcmp (kind, "ack") == 0 || dot == NULL)))
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no alarm “%s”; “gdpctl alarms” lists them"), id);
  if (strcmp (kind, "ack") == 0 && !gdp_alarm_move (gdp_alarm_state (alarm), GDP_ALARM_ACK)->possible)
    return ctl_fail (error, CTL_ERROR_FAILED, _("the alarm “%s” is %s: nothing to acknowledge"), id,
                     _(gdp_alarm_state_label (gdp_alarm_state (alarm))));
  return TRUE;
}

static gboolean
check_all (const CtlView *view, const char *kind, char **ids, GError **error)
{
  for (char **id = ids; *id; id++)
    if (!check_alarm (view, kind, *id, error))
      return FALSE;
  return ctl_view_needs_server (view, error);
}

/* ---- what comes of it -------------------------------------------------------------------- */

/* What became of each; the first that was not done is the error. */
static gboolean
report (const CtlCall *call, const Decision *decision, GPtrArray *ours, GError **error)
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
    return ctl_fail (error, CTL_ERROR_FAILED, _("it is not known whether this was done to “%s”; look at gdpctl alarms and gdpctl "
                     "journal (%s)"), failed->object, why);
  return ctl_fail (error, CTL_ERROR_FAILED, _(decision->not_done), failed->object, why);
}

/* The decision is about what is shown now: of which occurrence, and shelved until when. @value: that is forced, or NULL. */
static DataCommand *
post (const CtlCall *call, const CtlView *view, const Decision *decision, const char *id, gint64 until, const char *value,
      GError **error)
{
  const GdpAlarm *alarm = find_alarm (view, id);
  gboolean shelved = alarm && alarm->suppression == GDP_SUPPRESSION_SHELVED;
  g_autofree char *ends = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "%s%s", until,
                                           shelved ? alarm->suppressed_until : 0, value ? " " : "", value ? value : "");
  return ctl_post (call, view, decision->kind, id, alarm ? alarm->occurrence : 0, decision->length ? ends : NULL, error);
}

static gboolean
decide_all (const CtlCall *call, const CtlView *view, const Decision *decision, char **words, gint64 length, const char *value,
            GError **error)
{
  g_autoptr (GPtrArray) all = expand (view, decision, words);
  char **ids = (char **) all->pdata;
  g_autoptr (GPtrArray) ours = g_ptr_array_new_with_free_func ((GDestroyNotify) data_command_free);
  gint64 until = data_store_now (view->store) + length;
  if (!check_all (view, decision->kind, ids, error))
    return FALSE;
  for (char **id = ids; *id; id++) {
    DataCommand *command = post (call, view, decision, *id, until, value, error);
    if (command == NULL)
      return FALSE;
    g_ptr_array_add (ours, command);
  }
  return ctl_wait (view, ours, DATA_COMMAND_LIFE, error) && report (call, decision, ours, error);
}

gboolean
ctl_decide (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  const Decision *decision = find_decision (call->name);
  gint64 length = 0;
  return check_words (call, decision, &length, error) && ctl_view_open (&view, call, DATA_ACCESS_POST, error)
         && decide_all (call, &view, decision, call->words, length, NULL, error);
}

/* ---- visits ------------------------------------------------------------------------------ */

/* Of each unit of the site that has doors: a unit is one server's. */
static GPtrArray *
visits_of (const CtlView *view, guint site)
{
  GPtrArray *visits = g_ptr_array_new_with_free_func (g_free);
  for (guint unit = 0; unit < view->network->n_units; unit++)
    if (view->network->units[unit].site == site && gdp_network_has_entry (view->network, unit))
      g_ptr_array_add (visits, g_strconcat (view->network->units[unit].id, ".visit", NULL));
  return visits;
}

gboolean
ctl_visit (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  const Decision *decision = find_decision (call->end ? "unshelve" : "shelve");
  gint64 length = 0;
  if (call->words[1])
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), "visit SITE --for LENGTH --reason TEXT | visit SITE --end");
  if (!check_words (call, decision, &length, error) || !ctl_view_open (&view, call, DATA_ACCESS_POST, error))
    return FALSE;
  guint site = gdp_network_find_site (view.network, call->words[0]);
  if (site == G_MAXUINT)
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no site “%s”; “gdpctl sites” lists them"), call->words[0]);
  g_autoptr (GPtrArray) visits = visits_of (&view, site);
  if (visits->len == 0)
    return ctl_fail (error, CTL_ERROR_FAILED, _("site “%s” has no door or tamper contact that is an alarm"), call->words[0]);
  g_ptr_array_add (visits, NULL);
  return decide_all (call, &view, decision, (char **) visits->pdata, length, NULL, error);
}

/* ---- forced values ----------------------------------------------------------------------- */

/* A number, or the name of a contact's state. (transfer full) */
static char *
value_of (const GdpPoint *point, const char *word, GError **error)
{
  char *end;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  double value = g_ascii_strtod (word, &end);
  for (int state = 0; gdp_point_is_discrete (point) && state < 2; state++)
    if (g_str_equal (word, gdp_point_state_name (point, state)) || g_str_equal (word, _(gdp_point_state_name (point, state))))
      return g_strdup_printf ("%d", state);
  if (end != word && *end == '\0')
    return g_strdup (g_ascii_dtostr (number, sizeof number, value));
  ctl_fail (error, CTL_ERROR_USAGE, _("“%s” is no number"), word);
  return NULL;
}

static const GdpPoint *
point_called (const CtlView *view, const char *id, GError **error)
{
  guint point = gdp_network_find_point (view->network, id);
  if (point == G_MAXUINT)
    ctl_fail (error, CTL_ERROR_FAILED, _("there is no point “%s”; “gdpctl points” lists them"), id);
  return point != G_MAXUINT ? &view->network->points[point] : NULL;
}

gboolean
ctl_force (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  const Decision *decision = find_decision (call->name);
  gboolean forces = decision->length;
  gint64 length = 0;
  if (call->words[forces ? 2 : 1])
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), forces ? "force POINT VALUE --for LENGTH --reason TEXT" : "unforce POINT");
  if (!check_words (call, decision, &length, error) || !ctl_view_open (&view, call, DATA_ACCESS_POST, error))
    return FALSE;
  const GdpPoint *point = point_called (&view, call->words[0], error);
  g_autofree char *value = point && forces ? value_of (point, call->words[1], error) : NULL;
  if (point == NULL || (forces && value == NULL))
    return FALSE;
  char *ids[] = { g_strconcat (point->id, ".", gdp_condition_word (GDP_CONDITION_FORCED), NULL), NULL };
  gboolean done = decide_all (call, &view, decision, ids, length, value, error);
  g_free (ids[0]);
  return done;
}
