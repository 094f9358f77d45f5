/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event-text.h"

#include "gdp/limit.h"
#include "gdp/quality.h"
#include "gdp/remark.h"
#include "gdp/role.h"
#include "gdp/saying.h"
#include "gdp/session.h"
#include "value.h"
#include "when.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LATE (5 * GDP_SECOND)

static const char *
said (const char *text)
{
  return text != NULL ? text : "";
}

/* "0.1189 MPa": both as the operator's language writes them. @decimals as they were written. */
static char *
quantity (const char *text)
{
  char *unit;
  double number = g_ascii_strtod (text, &unit);
  const char *dot = memchr (text, '.', unit - text);
  g_autofree char *digits = NULL;

  if (unit == text || (*unit != '\0' && *unit != ' '))
    return NULL;
  digits = ui_number_text (number, dot != NULL ? (int) (unit - dot - 1) : 0);
  unit += strspn (unit, " ");
  return *unit == '\0' ? g_steal_pointer (&digits) : g_strdup_printf ("%s\u00a0%s", digits, _(unit));
}

/* "0.1189 MPa, LL 0.1440 MPa", as the engine writes a limit that was crossed; NULL = it is not that. */
static char *
crossing (const char *text)
{
  g_auto (GStrv) halves = g_strsplit (text, ", ", 3);
  char *space = g_strv_length (halves) == 2 ? strchr (halves[1], ' ') : NULL;
  g_autofree char *value = NULL, *limit = NULL;
  GdpLevel level;

  if (space == NULL)
    return NULL;
  *space = '\0';
  if (!gdp_level_parse (halves[1], &level))
    return NULL;
  value = quantity (halves[0]);
  limit = quantity (space + 1);
  return value != NULL && limit != NULL ? g_strdup_printf ("%s, %s %s", value, halves[1], limit) : NULL;
}

/* "2.50 kPa, 2.00 kPa ± 0.50 kPa", "Δ 0.061 MPa / 60 s, 0.050 MPa", "≈ 19 h (14–24 h), 23.10 V, LL 22.80 V": signs stand
 * between quantities. */
static char *
figures (const char *text)
{
  static const char *const signs[] = { ", LL ", ", ", " ± ", " / ", "Δ ", "≈ ", " (", "–", ")" };
  g_autoptr (GString) all = g_string_new (NULL), piece = g_string_new (NULL);

  for (const char *at = text;;) {
    const char *sign = NULL;
    for (guint i = 0; sign == NULL && i < G_N_ELEMENTS (signs); i++)
      sign = g_str_has_prefix (at, signs[i]) ? signs[i] : NULL;
    if (sign == NULL && *at != '\0') {
      g_string_append_c (piece, *at++);
      continue;
    }
    g_autofree char *number = quantity (piece->str);
    if (number == NULL && piece->len > 0)
      return NULL;
    g_string_append (all, number != NULL ? number : "");
    g_string_append (all, sign != NULL ? sign : "");
    if (sign == NULL)
      return g_string_free (g_steal_pointer (&all), FALSE);
    at += strlen (sign);
    g_string_truncate (piece, 0);
  }
}

/* "LL" of the same. */
static gboolean
crossed_level (const char *text, GdpLevel *level)
{
  const char *comma = text != NULL ? strstr (text, ", ") : NULL;
  g_autofree char *word = comma != NULL ? g_strndup (comma + 2, strcspn (comma + 2, " ")) : NULL;

  return word != NULL && gdp_level_parse (word, level);
}

guint8
ui_event_level (const GdpEvent *event, GdpCondition condition, const GdpPoint *point)
{
  static const GdpLevel levels[][2] = { { GDP_LEVEL_H, GDP_LEVEL_HH }, { GDP_LEVEL_L, GDP_LEVEL_LL } };
  const GdpLevel *mild = levels[condition != GDP_CONDITION_HIGH];
  GdpLevel level;

  if (condition != GDP_CONDITION_HIGH && condition != GDP_CONDITION_LOW && condition != GDP_CONDITION_HOURS)
    return 0;
  if (event->kind != GDP_EVENT_ALARM_ACKNOWLEDGED && crossed_level (event->text, &level))
    return level;
  if (point == NULL || event->priority == 0)
    return mild[0];
  return mild[point->limits.level[mild[1]].priority == event->priority
              && point->limits.level[mild[0]].priority != event->priority];
}

/* A state's own name stays; the kind's name is English in the store. */
static const char *
state_text (const char *name, const GdpPoint *point)
{
  for (int state = 0; point != NULL && state < 2; state++)
    if (g_strcmp0 (name, gdp_point_kind_info (point->kind)->states[state]) == 0)
      return _(name);
  return said (name);
}

static const char *
translate (const char *english)
{
  return _(english);
}

char *
ui_detail_text (const char *detail)
{
  static const char head[] = "no answer in ", tail[] = " s";
  g_autofree char *number = NULL, *seconds = NULL;

  if (detail == NULL || !g_str_has_prefix (detail, head) || !g_str_has_suffix (detail, tail))
    return gdp_saying_text (detail, translate);
  number = g_strndup (detail + strlen (head), strlen (detail) - strlen (head) - strlen (tail));
  seconds = quantity (number);
  /* Translators: a number */
  return seconds != NULL ? g_strdup_printf (_("no answer in %s s"), seconds) : g_strdup (detail);
}

static char *
alarm_text (const GdpEvent *event, const GdpPoint *point)
{
  GdpReason reason;

  if (event->text == NULL)
    return g_strdup ("");
  if (event->kind == GDP_EVENT_ALARM_ACKNOWLEDGED)   /* a person's words */
    return g_strdup (event->text);
  if (gdp_reason_parse (event->text, &reason))
    return g_strdup (_(gdp_reason_label (reason)));
  g_autofree char *crossed = crossing (event->text);
  if (crossed != NULL)
    return g_steal_pointer (&crossed);
  g_autofree char *moved = point != NULL && !gdp_point_is_discrete (point) ? figures (event->text) : NULL;
  if (moved != NULL)
    return g_steal_pointer (&moved);
  return point != NULL ? g_strdup (state_text (event->text, point)) : ui_detail_text (event->text);
}

static char *
change_text (const GdpEvent *event, const GdpPoint *point)
{
  if (event->before == NULL || event->after == NULL)
    return g_strdup (event->after != NULL ? state_text (event->after, point) : state_text (event->before, point));
  return g_strdup_printf ("%s → %s", state_text (event->before, point), state_text (event->after, point));
}

/* Only what is not nothing: "15 added, 2 retired". */
static char *
counts_text (guint added, guint changed, guint retired)
{
  g_autofree char *a = g_strdup_printf (ngettext ("%u added", "%u added", added), added);
  g_autofree char *c = g_strdup_printf (ngettext ("%u changed", "%u changed", changed), changed);
  g_autofree char *r = g_strdup_printf (ngettext ("%u retired", "%u retired", retired), retired);
  const char *parts[4] = { NULL };
  guint n = 0;

  if (added > 0)
    parts[n++] = a;
  if (changed > 0)
    parts[n++] = c;
  if (retired > 0)
    parts[n++] = r;
  return g_strjoinv (", ", (char **) parts);
}

/* A role as people call it; "—" = none. */
static const char *
role_text (const char *word)
{
  GdpRole role;

  return word == NULL ? "—" : gdp_role_parse (word, &role) ? _(gdp_role_label (role)) : word;
}

static char *
configuration_text (const GdpEvent *event, const GdpPoint *point)
{
  guint added, changed, retired;
  char rest;

  if (g_strcmp0 (event->text, "priority") == 0 && event->before != NULL && event->after != NULL)
    return g_strdup_printf (_("Priority %s → %s"), event->before, event->after);
  if (g_strcmp0 (event->text, "role") == 0)
    return g_strdup_printf (_("Role %s → %s"), role_text (event->before), role_text (event->after));
  if (g_strcmp0 (event->text, "password") == 0)
    return g_strdup (_("New password"));
  if (g_strcmp0 (event->text, "settings") == 0)
    return g_strdup_printf (_("Settings %s → %s"), said (event->before), said (event->after));
  if (g_strcmp0 (event->text, "schedule") == 0)
    return g_strdup_printf (_("Schedule %s → %s"), said (event->before), said (event->after));
  if (event->text == NULL
      || sscanf (event->text, "%u added, %u changed, %u retired%c", &added, &changed, &retired, &rest) != 3)
    return ui_detail_text (event->text);
  g_autofree char *counts = counts_text (added, changed, retired);
  if (g_strcmp0 (event->after, "added") == 0)
    return g_strdup_printf (_("New: %s"), counts);
  return g_steal_pointer (&counts);
}

static char *
started_text (const GdpEvent *event, const GdpPoint *point)
{
  const char *version = event->text != NULL && g_str_has_prefix (event->text, "version ") ? event->text + 8 : NULL;

  return version != NULL ? g_strdup_printf (_("Version %s"), version) : g_strdup (said (event->text));
}

/* The text says what was asked for and what came of it. */
static char *
done_text (const GdpEvent *event, const GdpPoint *point)
{
  return ui_detail_text (event->text);
}

/* What was refused, by the command's kind. */
static const struct { const char *word, *label; } commands[] = {
  { "ack", N_("Acknowledge") }, { "reset", N_("Resetting") }, { "done", N_("Log what was done") }, { "shelve", N_("Shelving") }, { "unshelve", N_("Unshelving") },
  { "force", N_("Force a value") }, { "unforce", N_("Release a forced value") },
  { "out-of-service", N_("Taking out of service") }, { "in-service", N_("Put back into service") }, { "output", N_("Switching") }, { "import", N_("Configuration") },
  { "operator", N_("Role of an operator") }, { "sign-in", N_("Signing in") }, { "firmware", N_("Firmware") },
  { "live", N_("Report") }, { "archive", N_("Rows again") }, { "interface", N_("Interface") },
  { "forget", N_("Forget the old board") }, { "limits", N_("Limits") },
};

static char *
refusal_text (const GdpEvent *event, const GdpPoint *point)
{
  gboolean expired = g_strcmp0 (event->after, "expired") == 0;
  g_autofree char *why = expired ? g_strdup (_("No server took it in time")) : ui_detail_text (event->text);
  const char *what = said (event->before);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (what, commands[i].word))
      what = _(commands[i].label);
  return g_strdup_printf ("%s · %s", what, why);
}

/* "10.1.2.3:40112: the modem hung up", as comms/ tells it. */
static char *
closed_text (const GdpEvent *event, const GdpPoint *point)
{
  const char *colon = event->text != NULL ? strstr (event->text, ": ") : NULL;
  const char *reason = colon != NULL ? gdp_session_reason (colon + 2) : NULL;

  if (reason == NULL)
    return ui_detail_text (event->text);
  const char *rest = colon + 2 + strlen (reason);
  g_autofree char *more = g_str_has_prefix (rest, ": ") ? ui_detail_text (rest + 2) : NULL;
  return g_strdup_printf ("%.*s: %s%s%s", (int) (colon - event->text), event->text, _(reason), more != NULL ? ": " : rest,
                          more != NULL ? more : "");
}

/* A figure, a limit, a time, a word that is known, or the name of a state; else as it was written. */
static char *
remark_part_text (const char *part, const GdpPoint *point)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (part, NULL);
  const char *label = gdp_remark_detail_label (part);
  gboolean min = g_str_has_prefix (part, "min "), max = g_str_has_prefix (part, "max ");
  g_autofree char *figure = quantity (min || max ? part + 4 : part);

  if (time != NULL)
    return ui_when_full_text (g_date_time_to_unix (time) * GDP_SECOND, NULL);
  if (figure == NULL)
    return g_strdup (label != NULL ? _(label) : state_text (part, point));
  if (!min && !max)
    return g_steal_pointer (&figure);
  /* Translators: the end of what is allowed, with its unit */
  return g_strdup_printf (min ? _("min. %s") : _("max. %s"), figure);
}

/* "Below its minimum: 0.601 MPa, min. 0.610 MPa" */
static char *
remark_text (const GdpEvent *event, const GdpPoint *point)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) parts = event->text != NULL ? g_strsplit (event->text, ", ", -1) : NULL;
  GdpRemark remark = GDP_REMARK_OTHER;

  gdp_remark_parse (event->after, &remark);
  g_string_append (text, _(gdp_remark_label (remark)));
  for (char **part = parts; part != NULL && *part != NULL; part++) {
    g_autofree char *said_part = remark_part_text (*part, point);
    g_string_append_printf (text, "%s %s", part == parts ? ":" : ",", said_part);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
plain_text (const GdpEvent *event, const GdpPoint *point)
{
  g_autofree char *change = event->before != NULL || event->after != NULL ? change_text (event, point) : NULL;
  g_autofree char *detail = ui_detail_text (event->text);

  if (change != NULL && *detail != '\0')
    return g_strdup_printf ("%s · %s", change, detail);
  return change != NULL ? g_steal_pointer (&change) : g_steal_pointer (&detail);
}

/* Why somebody went; whence is the object. */
static char *
signed_out_text (const GdpEvent *event, const GdpPoint *point)
{
  return g_strdup (g_strcmp0 (event->text, "locked") == 0 ? _("the desk was locked") : "");
}

/* "until 23.11.2026 15:40:00 · the transmitter is repaired" */
static char *
suppression_text (const GdpEvent *event, const GdpPoint *point)
{
  g_autoptr (GDateTime) end = event->after != NULL ? g_date_time_new_from_iso8601 (event->after, NULL) : NULL;
  g_autofree char *why = ui_detail_text (event->text);

  if (end == NULL)
    return g_steal_pointer (&why);
  g_autofree char *when = ui_when_full_text (g_date_time_to_unix (end) * GDP_SECOND, NULL);
  g_autofree char *until = g_strdup_printf (_("until %s"), when);
  return *why != '\0' ? g_strdup_printf ("%s · %s", until, why) : g_steal_pointer (&until);
}

/* "59980 more occurrences" */
static char *
chattered_text (const GdpEvent *event, const GdpPoint *point)
{
  guint n = event->text != NULL ? (guint) strtoul (event->text, NULL, 10) : 0;

  return g_strdup_printf (ngettext ("%u more occurrence", "%u more occurrences", n), n);
}

/* "59980 more changes until 23.11.2026 15:40:00 · Closed → Open" */
static char *
flapped_text (const GdpEvent *event, const GdpPoint *point)
{
  guint n = event->text != NULL ? (guint) strtoul (event->text, NULL, 10) : 0;
  const char *space = event->text != NULL ? strchr (event->text, ' ') : NULL;
  g_autoptr (GDateTime) last = space != NULL ? g_date_time_new_from_iso8601 (space + 1, NULL) : NULL;
  g_autofree char *change = change_text (event, point);
  g_autofree char *count = g_strdup_printf (ngettext ("%u more change", "%u more changes", n), n);

  if (last == NULL)
    return g_strdup_printf ("%s · %s", count, change);
  g_autofree char *when = ui_when_full_text (g_date_time_to_unix (last) * GDP_SECOND, NULL);
  g_autofree char *until = g_strdup_printf (_("until %s"), when);
  return g_strdup_printf ("%s %s · %s", count, until, change);
}

/* "11 in 10 min"; at its end when it began. */
static char *
flood_text (const GdpEvent *event, const GdpPoint *point)
{
  g_autoptr (GDateTime) begin = event->before != NULL ? g_date_time_new_from_iso8601 (event->before, NULL) : NULL;

  if (begin == NULL)
    return g_strdup_printf (_("%s in 10 min"), event->text != NULL ? event->text : "");
  g_autofree char *when = ui_when_full_text (g_date_time_to_unix (begin) * GDP_SECOND, NULL);
  return g_strdup_printf (_("it began %s"), when);
}

/* "0.310 MPa, until 23.11.2026 15:40:00 · the transmitter is repaired": after its end stands the value. */
static char *
forced_text (const GdpEvent *event, const GdpPoint *point)
{
  const char *space = event->after != NULL ? strchr (event->after, ' ') : NULL;
  g_autofree char *end = space != NULL ? g_strndup (event->after, space - event->after) : g_strdup (event->after);
  g_autofree char *number = space != NULL ? quantity (space + 1) : NULL;
  GdpEvent ends = *event;

  ends.after = end;
  g_autofree char *until = suppression_text (&ends, point);
  return space == NULL ? g_steal_pointer (&until)
         : g_strdup_printf ("%s, %s", number != NULL ? number : state_text (space + 1, point), until);
}

/* "3. Send a crew"; a remark as it is. Both are a person's words. */
static char *
handled_text (const GdpEvent *event, const GdpPoint *point)
{
  return event->after != NULL ? g_strdup_printf ("%s. %s", event->after, said (event->text)) : g_strdup (said (event->text));
}

static const struct { GdpEventKind kind; char *(*tell) (const GdpEvent *event, const GdpPoint *point); } tellers[] = {
  { GDP_EVENT_CONFIGURATION_CHANGED, configuration_text },
  { GDP_EVENT_SERVER_STARTED,        started_text },
  { GDP_EVENT_COMMAND_REFUSED,       refusal_text },
  { GDP_EVENT_COMMAND_DONE,          done_text },
  { GDP_EVENT_SESSION_CLOSED,        closed_text },
  { GDP_EVENT_STATE_CHANGED,         change_text },
  { GDP_EVENT_STATE_FLAPPED,         flapped_text },
  { GDP_EVENT_SIGNED_OUT,            signed_out_text },
  { GDP_EVENT_UNIT_SAID,             remark_text },
  { GDP_EVENT_ALARM_SHELVED,         suppression_text },
  { GDP_EVENT_ALARM_UNSHELVED,       suppression_text },
  { GDP_EVENT_ALARM_SHELVING_OVER,   suppression_text },
  { GDP_EVENT_ALARM_TAKEN_OUT,       suppression_text },
  { GDP_EVENT_ALARM_PUT_BACK,        suppression_text },
  { GDP_EVENT_ALARM_RESET,           suppression_text },
  { GDP_EVENT_ALARM_HANDLED,         handled_text },
  { GDP_EVENT_POINT_FORCED,          forced_text },
  { GDP_EVENT_POINT_RELEASED,        suppression_text },
  { GDP_EVENT_VISIT_BEGAN,           suppression_text },
  { GDP_EVENT_VISIT_ENDED,           suppression_text },
  { GDP_EVENT_ALARM_CHATTERED,       chattered_text },
  { GDP_EVENT_FLOOD_BEGAN,           flood_text },
  { GDP_EVENT_FLOOD_ENDED,           flood_text },
};

static char *
own_text (const GdpEvent *event, const GdpPoint *point)
{
  for (guint i = 0; i < G_N_ELEMENTS (tellers); i++)
    if (tellers[i].kind == event->kind)
      return tellers[i].tell (event, point);
  return event->priority != 0 ? alarm_text (event, point)   /* its states are what the kind says */
                              : plain_text (event, point);
}

char *
ui_event_text (const GdpEvent *event, const GdpPoint *point)
{
  g_autofree char *text = own_text (event, point);

  if (event->learned - event->occurred <= LATE)
    return g_steal_pointer (&text);
  g_autofree char *when = ui_when_full_text (event->occurred, NULL);
  g_autofree char *occurred = g_strdup_printf (_("occurred %s"), when);
  return *text != '\0' ? g_strdup_printf ("%s · %s", text, occurred) : g_steal_pointer (&occurred);
}
