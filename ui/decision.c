/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decision.h"

#include <glib/gi18n.h>

#define HOUR (G_GINT64_CONSTANT (3600) * GDP_SECOND)

#define ANY GDP_N_CONDITIONS

/* Adding a decision: one row. */
static const UiDecisionInfo infos[UI_N_DECISIONS] = {
  [UI_DECISION_RESET]     = { "reset", "reset", GDP_ACT_RESET, FALSE, 0, -1, ANY, FALSE, N_("Reset"), N_("Reset…"),
                              N_("It was not reset: %s") },
  [UI_DECISION_SHELVE]    = { "shelve", "shelve", GDP_ACT_SHELVE, TRUE, HOUR / 2, GDP_SUPPRESS_SHELVE, ANY, FALSE, N_("Shelve"),
                              N_("Shelve…"), N_("It was not shelved: %s") },
  [UI_DECISION_UNSHELVE]  = { "unshelve", "unshelve", GDP_ACT_SHELVE, FALSE, 0, GDP_SUPPRESS_UNSHELVE, ANY, FALSE, N_("Unshelve"),
                              N_("Unshelve…"), N_("It was not unshelved: %s") },
  [UI_DECISION_TAKE_OUT]  = { "out-of-service", "out-of-service", GDP_ACT_TAKE_OUT, TRUE, 0, GDP_SUPPRESS_TAKE_OUT, ANY, FALSE,
                              N_("Take out of service"), N_("Take out of service…"), N_("It was not taken out of service: %s") },
  [UI_DECISION_PUT_BACK]  = { "in-service", "in-service", GDP_ACT_TAKE_OUT, FALSE, 0, GDP_SUPPRESS_PUT_BACK, ANY, FALSE,
                              N_("Put back"), N_("Put back into service…"), N_("It was not put back into service: %s") },
  [UI_DECISION_VISIT]     = { "visit", "shelve", GDP_ACT_SHELVE, TRUE, 2 * HOUR, GDP_SUPPRESS_SHELVE, GDP_CONDITION_VISIT, FALSE,
                              N_("Register a visit"), N_("Visit…"), N_("The visit was not registered: %s") },
  [UI_DECISION_END_VISIT] = { "end-visit", "unshelve", GDP_ACT_SHELVE, FALSE, 0, GDP_SUPPRESS_UNSHELVE, GDP_CONDITION_VISIT, FALSE,
                              N_("End the visit"), N_("End the visit…"), N_("The visit was not ended: %s") },
  [UI_DECISION_FORCE]     = { "force", "force", GDP_ACT_FORCE, TRUE, 4 * HOUR, GDP_SUPPRESS_SHELVE, GDP_CONDITION_FORCED, TRUE,
                              N_("Force the value"), N_("Force the value…"), N_("It was not forced: %s") },
  [UI_DECISION_UNFORCE]   = { "unforce", "unforce", GDP_ACT_FORCE, FALSE, 0, GDP_SUPPRESS_UNSHELVE, GDP_CONDITION_FORCED, FALSE,
                              N_("Release"), N_("Release the value…"), N_("It was not released: %s") },
};

const UiDecisionInfo *
ui_decision_info (UiDecision decision)
{
  return &infos[decision];
}

gboolean
ui_decision_parse (const char *word, UiDecision *decision)
{
  for (guint i = 0; i < UI_N_DECISIONS; i++)
    if (g_str_equal (infos[i].word, word)) {
      *decision = i;
      return TRUE;
    }
  return FALSE;
}

/* ---- what is decided about ----------------------------------------------------------------- */

static const GdpAlarm *
find_alarm (UiSession *session, const char *id)
{
  UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (session), id);

  return row != NULL ? ui_alarm_get (row) : NULL;
}

/* "GDP-003/outlet1" of "GDP-003/outlet1.high". */
static char *
home_of (const char *alarm)
{
  const char *dot = strrchr (alarm, '.');

  return dot != NULL ? g_strndup (alarm, dot - alarm) : g_strdup (alarm);
}

guint
ui_decision_point (UiSession *session, const char *object)
{
  const GdpNetwork *network = ui_session_get_network (session);
  g_autofree char *home = home_of (object);

  return network != NULL ? gdp_network_find_point (network, home) : G_MAXUINT;
}

guint
ui_decision_site (UiSession *session, const char *object)
{
  const GdpNetwork *network = ui_session_get_network (session);
  g_autofree char *home = home_of (object);
  guint point = network != NULL ? gdp_network_find_point (network, home) : G_MAXUINT;
  guint unit = network != NULL ? gdp_network_find_unit (network, home) : G_MAXUINT;

  if (network == NULL)
    return G_MAXUINT;
  return point != G_MAXUINT ? network->points[point].site : unit != G_MAXUINT ? network->units[unit].site
                                                          : gdp_network_find_site (network, object);
}

static gboolean
is_possible (UiDecision decision, const GdpAlarm *alarm)
{
  int event = infos[decision].event;

  if (event < 0)
    return alarm != NULL && gdp_alarm_move (gdp_alarm_state (alarm), GDP_ALARM_RESET)->possible;
  return gdp_suppress_move (alarm != NULL ? alarm->suppression : GDP_SUPPRESSION_NONE, event)->possible;
}

static void
seen_free (gpointer data)
{
  UiSeen *seen = data;

  g_free (seen->alarm);
  g_free (seen);
}

/* @priority: of one that is not listed, because nothing of it is to be told. */
static void
add (GPtrArray *found, UiDecision decision, UiSession *session, const char *id, guint8 priority)
{
  const GdpAlarm *alarm = find_alarm (session, id);
  UiSeen seen = { .occurrence = ui_session_get_occurrence (session, id), .priority = priority };
  gboolean special = alarm != NULL && gdp_condition_is_decision (alarm->condition);

  if (!is_possible (decision, alarm) || (special && alarm->condition != infos[decision].of)
      || (alarm != NULL && !special && infos[decision].of != ANY))
    return;
  seen.alarm = g_strdup (id);
  if (alarm != NULL)
    seen.priority = alarm->priority;
  if (alarm != NULL && alarm->suppression == GDP_SUPPRESSION_SHELVED)
    seen.until = alarm->suppressed_until;
  g_ptr_array_add (found, g_memdup2 (&seen, sizeof seen));
}

static void
add_point (GPtrArray *found, UiDecision decision, UiSession *session, const GdpPoint *point)
{
  for (GdpCondition condition = 0; condition < GDP_N_CONDITIONS; condition++) {
    g_autofree char *id = g_strconcat (point->id, ".", gdp_condition_word (condition), NULL);
    if (gdp_condition_is_configured (condition, point))
      add (found, decision, session, id, gdp_condition_priority (condition, &point->limits));
  }
}

/* Of each unit that has doors: a unit is one server's. */
static void
add_visits (GPtrArray *found, UiDecision decision, UiSession *session, guint site)
{
  const GdpNetwork *network = ui_session_get_network (session);
  const GdpSite *its = site != G_MAXUINT ? &network->sites[site] : NULL;

  for (guint unit = its != NULL ? its->first_unit : 0; its != NULL && unit < its->first_unit + its->n_units; unit++) {
    g_autofree char *id = g_strconcat (network->units[unit].id, ".visit", NULL);
    if (gdp_network_has_entry (network, unit))
      add (found, decision, session, id, gdp_condition_priority (GDP_CONDITION_VISIT, NULL));
  }
}

/* What is forced is the point, whichever of its alarms is meant; but from another alarm's row it would be a surprise. */
static void
add_forced (GPtrArray *found, UiDecision decision, UiSession *session, const char *object)
{
  const GdpNetwork *network = ui_session_get_network (session);
  guint point = ui_decision_point (session, object);
  g_autofree char *id = point != G_MAXUINT
    ? g_strconcat (network->points[point].id, ".", gdp_condition_word (GDP_CONDITION_FORCED), NULL) : NULL;

  if (id != NULL && (g_str_equal (object, id) || g_str_equal (object, network->points[point].id)))
    add (found, decision, session, id, gdp_condition_priority (GDP_CONDITION_FORCED, NULL));
}

GPtrArray *
ui_decision_look (UiDecision decision, UiSession *session, const char *object)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (seen_free);
  const GdpNetwork *network = ui_session_get_network (session);
  guint point = network != NULL && object != NULL ? gdp_network_find_point (network, object) : G_MAXUINT;

  if (object == NULL)
    return found;
  if (infos[decision].of == GDP_CONDITION_VISIT)
    add_visits (found, decision, session, ui_decision_site (session, object));
  else if (infos[decision].of == GDP_CONDITION_FORCED)
    add_forced (found, decision, session, object);
  else if (point != G_MAXUINT)
    add_point (found, decision, session, &network->points[point]);
  else if (find_alarm (session, object) != NULL)
    add (found, decision, session, object, 1);
  return found;
}

char *
ui_decision_refusal_text (UiDecision decision, UiSession *session, const char *object)
{
  g_autoptr (GPtrArray) seen = ui_decision_look (decision, session, object);
  char *refusal = ui_session_refusal_text (session, infos[decision].act);

  if (refusal != NULL)
    return refusal;
  if (object == NULL)
    return g_strdup (infos[decision].of == GDP_CONDITION_VISIT ? _("Choose a site on the left") : _("Select an alarm first"));
  if (!ui_session_is_live (session))
    return g_strdup (_("Nothing is decided on the word of a picture that is not live"));
  return seen->len > 0 ? NULL : g_strdup (_("Nothing to decide: it is not possible of what is selected as it stands"));
}

gint64
ui_decision_longest (UiDecision decision, UiSession *session, const GPtrArray *seen)
{
  GdpRole role = ui_session_get_role (session);
  gint64 longest = G_MAXINT64;

  if (role >= GDP_N_ROLES || seen->len == 0)
    return 0;
  if (infos[decision].of == GDP_CONDITION_FORCED)
    return gdp_forcing_longest (role);
  for (guint i = 0; i < seen->len; i++)
    longest = MIN (longest, gdp_shelving_longest (role, ((UiSeen *) seen->pdata[i])->priority));
  return longest;
}

char *
ui_decision_object_text (UiSession *session, const char *object)
{
  const GdpNetwork *network = ui_session_get_network (session);
  UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (session), object);
  guint point = network != NULL ? gdp_network_find_point (network, object) : G_MAXUINT;
  g_autofree char *name = row != NULL ? ui_alarm_object_text (row) : NULL;

  if (row != NULL)
    return g_strdup_printf ("%s, %s", name, ui_alarm_condition_text (row));
  return g_strdup (point != G_MAXUINT ? ui_point_name (&network->points[point]) : object);
}

/* ---- posting --------------------------------------------------------------------------------- */

void
ui_decision_post (UiDecision decision, UiSession *session, const UiSeen *seen, gint64 length, const char *value,
                  const char *why, GAsyncReadyCallback callback, gpointer user_data)
{
  const UiDecisionInfo *info = &infos[decision];
  g_autofree char *ends = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "%s%s", ui_session_now (session) + length,
                                           seen->until, value != NULL ? " " : "", value != NULL ? value : "");

  ui_session_decide_async (session, info->kind, seen->alarm, seen->occurrence, info->usual != 0 ? ends : NULL,
                           why != NULL && *why != '\0' ? why : NULL, callback, user_data);
}

char *
ui_decision_finish (UiDecision decision, GAsyncResult *result)
{
  return ui_session_command_failure (result, _(infos[decision].not_done),
                                     _("It is not known whether it was done, look at the alarm and the journal: %s"));
}
