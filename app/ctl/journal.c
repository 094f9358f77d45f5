/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened: journal, the feed as it comes; and whether all of it is whole. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "gdp/remark.h"
#include "moment.h"

static gboolean
moment (const char *text, gint64 now, gint64 fallback, gint64 *time, GError **error)
{
  *time = fallback;
  if (text == NULL || ctl_moment_parse (text, now, time, error))
    return TRUE;
  g_autofree char *why = g_strdup ((*error)->message);
  g_clear_error (error);
  return ctl_fail (error, CTL_ERROR_USAGE, "%s", why);
}

gboolean
ctl_range (const CtlCall *call, gint64 now, gint64 since_fallback, gint64 until_fallback, gint64 *since, gint64 *until,
           GError **error)
{
  if (!moment (call->since, now, since_fallback, since, error) || !moment (call->until, now, until_fallback, until, error))
    return FALSE;
  return *until == 0 || *since <= *until
         || ctl_fail (error, CTL_ERROR_USAGE, _("--since is later than --until"));
}

/* ---- rows of each sort ------------------------------------------------------------------- */

/* What a unit said of itself, for people: its words in their language, its figures as they are. */
static char *
remark_text (const GdpEvent *event)
{
  g_auto (GStrv) parts = g_strsplit (event->text != NULL ? event->text : "", ", ", -1);
  g_autoptr (GString) text = g_string_new (NULL);
  GdpRemark remark = GDP_REMARK_OTHER;

  gdp_remark_parse (event->after, &remark);
  g_string_append (text, _(gdp_remark_label (remark)));
  for (char **part = parts; *part != NULL; part++) {
    const char *label = gdp_remark_detail_label (*part);
    g_string_append_printf (text, "%s %s", part == parts ? ":" : ",", label != NULL ? _(label) : *part);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* "3. Send a crew": for people the occurrence and the number of a step are no state before and after. */
static char *
handled_text (const GdpEvent *event)
{
  return event->after != NULL ? g_strdup_printf ("%s. %s", event->after, event->text) : g_strdup (event->text);
}

static void
event_cells (CtlRows *rows, const GdpEvent *event)
{
  gboolean remark = event->kind == GDP_EVENT_UNIT_SAID, handled = event->kind == GDP_EVENT_ALARM_HANDLED;
  g_autofree char *said = remark ? remark_text (event)
                          : handled ? handled_text (event)
                          : event->kind == GDP_EVENT_ALARM_ACKNOWLEDGED ? g_strdup (event->text)   /* a person's words */
                          : ctl_saying (event->text);

  ctl_integer (rows, "seq", NULL, event->seq);
  ctl_time (rows, "occurred", _("Occurred"), event->occurred);
  ctl_time (rows, "learned", NULL, event->learned);
  ctl_text (rows, "event", NULL, gdp_event_word (event->kind));
  ctl_text (rows, NULL, _("Event"), _(gdp_event_label (event->kind)));
  ctl_text (rows, "site", NULL, event->site);
  ctl_text (rows, "object", _("Object"), event->object ? event->object : event->site);
  ctl_text (rows, "who", _("Who"), event->who);
  ctl_text (rows, "before", NULL, event->before);
  ctl_text (rows, NULL, _("Before"), handled ? NULL : event->before);
  ctl_text (rows, "after", NULL, event->after);
  ctl_text (rows, NULL, _("After"), remark || handled ? NULL : event->after);
  ctl_text (rows, "text", NULL, event->text);
  ctl_text (rows, NULL, _("Text"), event->text != NULL || remark ? said : NULL);
  ctl_integer (rows, "priority", NULL, event->priority);
  ctl_row_end (rows);
}

void
ctl_reading_cells (CtlRows *rows, const GdpReading *reading, int decimals)
{
  GdpQuality quality = gdp_reason_quality (reading->reason);
  gboolean bad = quality == GDP_QUALITY_BAD;
  ctl_time (rows, "time", _("Time"), reading->time);
  ctl_number (rows, "value", _("Value"), bad ? NAN : reading->value, decimals);
  ctl_text (rows, "quality", _("Quality"), gdp_quality_word (quality));
  ctl_text (rows, "reason", NULL, gdp_reason_word (reading->reason));
  ctl_text (rows, NULL, _("Reason"), reading->reason == GDP_REASON_NONE ? NULL : _(gdp_reason_label (reading->reason)));
  ctl_number (rows, "last", NULL, bad ? reading->value : NAN, decimals);
  ctl_time (rows, "received", NULL, reading->received);
  ctl_number (rows, "seq", NULL, reading->seq > 0 ? (double) reading->seq : NAN, 0);   /* sealed ones have none */
  ctl_row_end (rows);
}

/* ---- journal ----------------------------------------------------------------------------- */

static gboolean
concerns (const CtlCall *call, const GdpEvent *event)
{
  return call->site == NULL || g_strcmp0 (event->site, call->site) == 0;
}

/* Until interrupted: the records after @filter's after_seq, page by page, so that nobody is ever too far behind. */
static gboolean
follow (const CtlCall *call, DataStore *store, DataJournalFilter filter, CtlRows *rows, GError **error)
{
  filter.onwards = TRUE;
  filter.site = NULL;   /* or the records of other sites would be read again and again */
  filter.limit = 0;
  for (;;) {
    g_autoptr (GPtrArray) events = data_store_journal (store, &filter, NULL, error);
    if (events == NULL)
      return FALSE;
    for (guint i = 0; i < events->len; i++) {
      const GdpEvent *event = events->pdata[i];
      filter.after_seq = event->seq;
      if (concerns (call, event))
        event_cells (rows, event);
    }
    if (events->len == 0)
      data_store_wait (store, GDP_SECOND);
  }
}

gboolean
ctl_journal (const CtlCall *call, GError **error)
{
  DataJournalFilter filter = { .site = call->site, .text = call->text };
  if (call->limit < 0)
    return ctl_fail (error, CTL_ERROR_USAGE, _("--limit must not be negative"));
  if (call->about != NULL && !gdp_topic_parse (call->about, &filter.topic))
    return ctl_fail (error, CTL_ERROR_USAGE, _("--about %s: wanted is alarms, actions, states, links or system"), call->about);
  filter.limit = (guint) call->limit;
  g_autoptr (DataStore) store = ctl_call_store (call, DATA_ACCESS_READ, error);
  if (store == NULL || !ctl_range (call, data_store_now (store), 0, 0, &filter.since, &filter.until, error))
    return FALSE;
  guint64 hidden = 0;
  g_autoptr (GPtrArray) events = data_store_journal (store, &filter, &hidden, error);
  if (events == NULL)
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, call->follow);
  for (guint i = 0; i < events->len; i++)   /* newest first; what goes on in time starts with the oldest */
    event_cells (rows, events->pdata[call->follow ? events->len - 1 - i : i]);
  if (call->follow) {
    filter.after_seq = events->len > 0 ? ((GdpEvent *) events->pdata[0])->seq : 0;
    return follow (call, store, filter, rows, error);
  }
  if (!ctl_rows_end (rows, error))
    return FALSE;
  if (hidden && !call->json)
    fprintf (stderr, _("%u of %" PRIu64 " records\n"), events->len, hidden + events->len);
  return TRUE;
}

/* ---- watch ------------------------------------------------------------------------------- */

/* First cell of every row of the feed: what it is about. */
static void
sort_cell (CtlRows *rows, const char *sort)
{
  ctl_text (rows, "type", _("Type"), sort);
}

static void
watch_alarm (CtlRows *rows, const GdpAlarm *alarm)
{
  sort_cell (rows, "alarm");
  ctl_text (rows, "alarm", _("Alarm"), alarm->id);
  ctl_text (rows, "state", _("State"), gdp_alarm_state_word (gdp_alarm_state (alarm)));
  ctl_integer (rows, "priority", _("P"), alarm->priority);
  ctl_integer (rows, "occurrence", NULL, alarm->occurrence);
  ctl_time (rows, "occurred", _("Occurred"), alarm->occurred);
  ctl_number (rows, "value", NULL, alarm->value, 3);
  ctl_text (rows, "reason", NULL, gdp_reason_word (alarm->reason));
  ctl_row_end (rows);
}

static void
watch_contact (CtlRows *rows, const GdpNetwork *network, const GdpContactInfo *contact)
{
  guint i = contact->link ? gdp_network_link_by_key (network, contact->key)
                          : gdp_network_unit_by_key (network, contact->key);
  const char *id = i == G_MAXUINT ? NULL : contact->link ? network->links[i].id : network->units[i].id;
  sort_cell (rows, contact->link ? "link" : "unit");
  ctl_text (rows, contact->link ? "link" : "unit", _("Object"), id);
  ctl_text (rows, "state", _("State"), gdp_contact_state_word (contact->state));
  ctl_time (rows, "seen", _("Last answer"), contact->seen);
  ctl_text (rows, "detail", _("Detail"), contact->detail);
  ctl_row_end (rows);
}

static void
watch_command (CtlRows *rows, const DataCommand *command)
{
  sort_cell (rows, "command");
  ctl_integer (rows, "id", NULL, command->id);
  ctl_text (rows, "kind", _("Kind"), command->kind);
  ctl_text (rows, "object", _("Object"), command->object);
  ctl_text (rows, "state", _("State"), data_command_state_word (command->state));
  ctl_text (rows, "who", _("Who"), command->who);
  ctl_text (rows, "where", NULL, command->where);
  ctl_said (rows, "result", _("Result"), command->result);
  ctl_row_end (rows);
}

static void
watch_server (CtlRows *rows, const DataServer *server)
{
  sort_cell (rows, "server");
  ctl_text (rows, "server", _("Server"), server->name);
  ctl_integer (rows, "pid", _("Process"), server->pid);
  ctl_time (rows, "heartbeat", _("Heartbeat"), server->heartbeat);
  ctl_integer (rows, "queue", NULL, server->queue);
  ctl_said (rows, "trouble", _("Trouble"), server->trouble);
  ctl_row_end (rows);
}

static void
watch_reading (CtlRows *rows, const GdpNetwork *network, const GdpReading *reading)
{
  guint index = gdp_network_point_by_key (network, reading->point);
  const GdpPoint *point = index == G_MAXUINT ? NULL : &network->points[index];
  sort_cell (rows, "reading");
  ctl_text (rows, "point", _("Point"), point ? point->id : NULL);
  ctl_reading_cells (rows, reading, point ? gdp_resolution_decimals (point->resolution) : 3);
}

static void
watch_rows (const CtlCall *call, CtlRows *rows, const GdpNetwork *network, const DataChanges *changes)
{
  for (guint i = 0; i < changes->readings->len; i++)
    watch_reading (rows, network, &g_array_index (changes->readings, GdpReading, i));
  for (guint i = 0; i < changes->contacts->len; i++)
    watch_contact (rows, network, changes->contacts->pdata[i]);
  for (guint i = 0; i < changes->alarms->len; i++)
    watch_alarm (rows, changes->alarms->pdata[i]);
  for (guint i = 0; i < changes->events->len; i++) {
    sort_cell (rows, "event");
    event_cells (rows, changes->events->pdata[i]);
  }
  for (guint i = 0; i < changes->commands->len; i++)
    watch_command (rows, changes->commands->pdata[i]);
  for (guint i = 0; i < changes->servers->len; i++)
    watch_server (rows, changes->servers->pdata[i]);
}

gboolean
ctl_watch (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error))
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, TRUE);
  gint64 seq = view.state->seq;
  for (;;) {
    data_store_wait (view.store, GDP_SECOND);
    g_autoptr (DataChanges) changes = data_store_changes (view.store, seq, error);
    if (changes == NULL)
      return FALSE;
    if (changes->revision != view.network->revision) {
      g_clear_pointer (&view.network, gdp_network_unref);
      view.network = data_store_network (view.store, error);
      if (view.network == NULL)
        return FALSE;
    }
    watch_rows (call, rows, view.network, changes);
    seq = changes->seq;
  }
}

/* ---- verify ------------------------------------------------------------------------------ */

static gboolean
repair (const CtlCall *call, DataStore *store, GString *report, GError **error)
{
  g_autoptr (GdpNetwork) network = data_store_network (store, error);
  return network != NULL
         && data_store_repair (store, network, ctl_call_user (call, store), data_store_now (store), report, error);
}

gboolean
ctl_verify (const CtlCall *call, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (DataStore) store = ctl_call_store (call, call->repair ? DATA_ACCESS_POST : DATA_ACCESS_READ, error);
  if (store == NULL || (call->repair && !repair (call, store, text, error)))
    return FALSE;
  gboolean ok = data_store_verify (store, text, error);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text->str), "\n", -1);
  g_autoptr (CtlRows) rows = ctl_call_rows (call, TRUE);
  for (char **line = lines; *line && **line; line++) {
    ctl_text (rows, "report", "", *line);
    ctl_row_end (rows);
  }
  return ok && ctl_rows_end (rows, error);
}
