/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Response cards: what to do about an alarm, and what was done. */
#include <string.h>

#include "command.h"

/* An alarm's card, and what the journal has of its last occurrence. */
typedef struct {
  GdpAlarmPlace place;
  guint32       occurrence;   /* 0 = it never occurred */
  gint64        occurred;
  GdpCard       card;
  GPtrArray    *done;         /* GdpEvent of gdp_card_is_done(), newest first */
} Response;

static void
response_clear (Response *response)
{
  g_clear_pointer (&response->done, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Response, response_clear)

static gboolean
read_done (const CtlView *view, const char *alarm, Response *response, GError **error)
{
  g_autofree char *site = ctl_site_of (alarm);
  g_autofree char *words = g_strdup_printf ("\n%s\n%s\n%s\n", gdp_event_word (GDP_EVENT_ALARM_HANDLED), site ? site : "", alarm);
  response->done = data_store_journal (view->store, &(DataJournalFilter) { .site = site, .object = alarm, .text = words }, NULL,
                                       error);
  for (guint i = response->done ? response->done->len : 0; i-- > 0;)
    if (!gdp_card_is_done (response->done->pdata[i], alarm, response->occurrence, NULL))
      g_ptr_array_remove_index (response->done, i);
  return response->done != NULL;
}

/* Also of an alarm that never occurred: cards are read beforehand, too. */
static gboolean
look_up (const CtlView *view, DataCatalogue *catalogue, const char *alarm, Response *response, GError **error)
{
  if (!gdp_alarm_place (view->network, alarm, &response->place) || gdp_condition_is_decision (response->place.condition))
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no alarm “%s”; “gdpctl alarms” lists them"), alarm);
  for (guint i = 0; i < view->state->alarms->len; i++) {
    const GdpAlarm *known = view->state->alarms->pdata[i];
    if (strcmp (known->id, alarm) == 0) {
      response->occurrence = known->occurrence;
      response->occurred = known->occurred;
    }
  }
  response->card = data_catalogue_card_of (catalogue, &response->place);
  return read_done (view, alarm, response, error);
}

/* Whoever did it first; NULL = nobody yet. */
static const GdpEvent *
find_done (const Response *response, guint step)
{
  const GdpEvent *found = NULL;
  for (guint i = 0; i < response->done->len; i++) {
    const GdpEvent *event = response->done->pdata[i];
    if (event->after && g_ascii_strtoull (event->after, NULL, 10) == step)
      found = event;
  }
  return found;
}

/* ---- printing ---------------------------------------------------------------------------- */

/* @step: its number, 0 = it is none; @done: who did it, or NULL. */
static void
part_row (CtlRows *rows, const char *part, const char *label, guint step, const char *text, const GdpEvent *done)
{
  g_autofree char *numbered = step ? g_strdup_printf ("%s %u", label, step) : NULL;
  ctl_text (rows, "part", NULL, part);
  ctl_text (rows, NULL, _("What"), numbered ? numbered : label);
  if (step)
    ctl_integer (rows, "step", NULL, step);
  ctl_time (rows, "done", _("Done"), done ? done->occurred : 0);
  ctl_text (rows, "who", _("Who"), done ? done->who : NULL);
  ctl_text (rows, "text", _("Text"), text);
  ctl_row_end (rows);
}

static void
lines_rows (CtlRows *rows, const char *part, const char *label, const char *lines, const Response *steps)
{
  g_auto (GStrv) texts = gdp_card_lines (lines);
  for (guint i = 0; texts[i]; i++)
    part_row (rows, part, label, steps ? i + 1 : 0, texts[i], steps ? find_done (steps, i + 1) : NULL);
}

static void
time_row (CtlRows *rows, const Response *response)
{
  guint minutes = response->card.minutes;
  g_autofree char *until = response->occurred ? ctl_moment_local (response->occurred + minutes * 60 * GDP_SECOND) : NULL;
  g_autofree char *text = until ? g_strdup_printf (_("%u min, until %s"), minutes, until) : g_strdup_printf (_("%u min"), minutes);
  if (minutes == 0)
    return;
  ctl_integer (rows, "minutes", NULL, minutes);
  part_row (rows, "time", _("Time"), 0, text, NULL);
}

static void
contact_rows (CtlRows *rows, const GdpSite *site)
{
  for (guint i = 0; site && i < site->n_contacts; i++) {
    const GdpContact *contact = &site->contacts[i];
    g_autofree char *text = g_strjoin (", ", contact->name, contact->role ? contact->role : contact->phone,
                                       contact->role ? contact->phone : NULL, NULL);
    ctl_text (rows, "name", NULL, contact->name);
    ctl_text (rows, "role", NULL, contact->role);
    ctl_text (rows, "phone", NULL, contact->phone);
    part_row (rows, "contact", _("Phone"), 0, text, NULL);
  }
}

static void
remark_rows (CtlRows *rows, const Response *response)
{
  for (guint i = response->done->len; i-- > 0;) {
    const GdpEvent *event = response->done->pdata[i];
    if (event->after == NULL)
      part_row (rows, "remark", _("Remark"), 0, event->text, event);
  }
}

static gboolean
print (const CtlCall *call, const Response *response, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  const GdpCard *card = &response->card;
  if (response->place.point && response->place.point->guidance)
    part_row (rows, "note", _("Here"), 0, response->place.point->guidance, NULL);
  time_row (rows, response);
  lines_rows (rows, "cause", _("Cause"), card->causes, NULL);
  if (card->consequence)
    part_row (rows, "consequence", _("Consequence"), 0, card->consequence, NULL);
  lines_rows (rows, "step", _("Step"), card->steps, response);
  lines_rows (rows, "call", _("Call"), card->whom, NULL);
  contact_rows (rows, response->place.site);
  remark_rows (rows, response);
  return ctl_rows_end (rows, error);
}

gboolean
ctl_card (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  g_auto (Response) response = { 0 };
  if (call->words[1])
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), "card ALARM");
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (NULL, error);
  return catalogue && ctl_view_open (&view, call, DATA_ACCESS_READ, error)
         && look_up (&view, catalogue, call->words[0], &response, error) && print (call, &response, error);
}

/* ---- logging ------------------------------------------------------------------------------ */

/* What DataCommand's detail says of the steps: "2 Send a crew". (transfer full), NULL = an error */
static char *
detail_of (const CtlCall *call, const Response *response, GError **error)
{
  g_auto (GStrv) steps = gdp_card_lines (response->card.steps);
  g_autoptr (GString) detail = g_string_new (NULL);
  guint most = g_strv_length (steps);
  for (char **word = call->steps; *word; word++) {
    guint64 step;
    if (!g_ascii_string_to_unsigned (*word, 10, 1, most, &step, NULL)) {
      ctl_fail (error, CTL_ERROR_USAGE, _("“%s” is no step of the card, which has 1 to %u; “gdpctl card %s” prints it"), *word,
                most, call->words[0]);
      return NULL;
    }
    g_string_append_printf (detail, "%s%u %s", detail->len ? "\n" : "", (guint) step, steps[step - 1]);
  }
  return g_string_free (g_steal_pointer (&detail), FALSE);
}

static gboolean
log_done (const CtlCall *call, const CtlView *view, const Response *response, GError **error)
{
  const char *alarm = call->words[0];
  g_autoptr (GPtrArray) ours = g_ptr_array_new_with_free_func ((GDestroyNotify) data_command_free);
  g_autofree char *detail = call->steps ? detail_of (call, response, error) : NULL;
  if (call->steps && detail == NULL)
    return FALSE;
  if (response->occurrence == 0)
    return ctl_fail (error, CTL_ERROR_FAILED, _("the alarm “%s” has never occurred: nothing was done about it"), alarm);
  DataCommand *command = ctl_view_needs_server (view, error)
                           ? ctl_post (call, view, "done", alarm, response->occurrence, detail, error) : NULL;
  if (command == NULL)
    return FALSE;
  g_ptr_array_add (ours, command);
  if (!ctl_wait (view, ours, DATA_COMMAND_LIFE, error))
    return FALSE;
  command = ours->pdata[0];
  if (command->state == DATA_COMMAND_DONE)
    return TRUE;
  g_autofree char *why = ctl_why_not (command);
  return ctl_fail (error, CTL_ERROR_FAILED, _("what was done about “%s” was not logged: %s"), alarm, why);
}

gboolean
ctl_done (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  g_auto (Response) response = { 0 };
  if (call->words[1] || (call->steps == NULL && call->comment == NULL))
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), "done ALARM --step N… --comment TEXT");
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (NULL, error);
  return catalogue && ctl_view_open (&view, call, DATA_ACCESS_POST, error)
         && look_up (&view, catalogue, call->words[0], &response, error) && log_done (call, &view, &response, error);
}
