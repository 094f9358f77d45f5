/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is configured and what is true now: sites, points, live, units, links, servers. */
#include <math.h>
#include <string.h>

#include "command.h"

static void
put_name (CtlRows *rows, const GdpPoint *point)
{
  const char *label = _(gdp_point_kind_info (point->kind)->label);
  g_autofree char *numbered = point->ordinal ? g_strdup_printf ("%s %u", label, point->ordinal) : g_strdup (label);

  ctl_text (rows, "name", _("Name"), point->name ? point->name : numbered);
}

/* ---- sites ------------------------------------------------------------------------------- */

static guint
count_alarms (const CtlView *view, const GdpSite *site, gboolean unacked_only)
{
  guint n = 0;
  for (guint i = 0; i < view->state->alarms->len; i++) {
    const GdpAlarm *alarm = view->state->alarms->pdata[i];
    GdpAlarmState state = gdp_alarm_state (alarm);
    g_autofree char *owner = ctl_site_of (alarm->id);
    if (g_strcmp0 (owner, site->id) == 0 && state != GDP_ALARM_NORMAL
        && (!unacked_only || state != GDP_ALARM_ACKED))
      n++;
  }
  return n;
}

gboolean
ctl_sites (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error))
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < view.network->n_sites; i++) {
    const GdpSite *site = &view.network->sites[i];
    ctl_text (rows, "site", _("Site"), site->id);
    ctl_text (rows, "name", _("Name"), site->name);
    ctl_text (rows, "region", _("Region"), site->region);
    ctl_text (rows, "address", _("Address"), site->address);
    ctl_text (rows, "variant", _("Cabinet"), site->variant);
    ctl_text (rows, "mimic", NULL, site->mimic);
    ctl_number (rows, "latitude", NULL, site->latitude, 6);
    ctl_number (rows, "longitude", NULL, site->longitude, 6);
    ctl_integer (rows, "units", NULL, site->n_units);
    ctl_integer (rows, "points", _("Points"), site->n_points);
    ctl_integer (rows, "alarms", _("Alarms"), count_alarms (&view, site, FALSE));
    ctl_integer (rows, "unacked", _("Unacknowledged"), count_alarms (&view, site, TRUE));
    ctl_row_end (rows);
  }
  return ctl_rows_end (rows, error);
}

/* ---- points ------------------------------------------------------------------------------ */

static const char *
signal_word (GdpSignal signal)
{
  static const char *const words[] = { "4-20mA", "number", "contact" };
  return words[signal];
}

static void
limit_cells (CtlRows *rows, const GdpPoint *point, int decimals)
{
  for (guint i = 0; i < GDP_N_LEVELS; i++) {
    const GdpLimit *limit = &point->limits.level[i];
    ctl_number (rows, gdp_level_word (i), gdp_level_word (i), limit->priority ? limit->value : NAN, decimals);
  }
}

/* In JSON they stand apart. */
static void
motion_cells (CtlRows *rows, const GdpPoint *point, int decimals)
{
  const GdpLimits *limits = &point->limits;
  ctl_number (rows, "set_point", NULL, limits->deviation.priority ? limits->set_point : NAN, decimals);
  ctl_number (rows, "deviation", NULL, limits->deviation.priority ? limits->deviation.value : NAN, decimals);
  ctl_number (rows, "rate", NULL, limits->rate.priority ? limits->rate.value : NAN, decimals);
  ctl_number (rows, "rate_window", NULL, limits->rate.priority ? (double) limits->rate_window : NAN, 0);
  ctl_number (rows, "frozen_after", NULL, limits->frozen_priority ? (double) limits->frozen_after : NAN, 0);
}

static void
point_row (CtlRows *rows, const GdpNetwork *network, const GdpPoint *point)
{
  const GdpPointKindInfo *kind = gdp_point_kind_info (point->kind);
  int decimals = gdp_resolution_decimals (point->resolution);
  gboolean ranged = point->scaling.low < point->scaling.high;
  g_autofree char *source = point->unit == G_MAXUINT ? NULL
    : g_strdup_printf ("%s:%s", strrchr (network->units[point->unit].id, '/') + 1, point->channel);
  ctl_text (rows, "point", _("Point"), point->id);
  ctl_text (rows, "site", NULL, network->sites[point->site].id);
  put_name (rows, point);
  ctl_text (rows, "kind", NULL, kind->word);
  ctl_text (rows, "source", _("Source"), source);
  ctl_text (rows, "signal", _("Signal"), signal_word (point->scaling.signal));
  ctl_text (rows, "unit", _("Unit"), point->engineering_unit);
  ctl_number (rows, "low", _("From"), ranged ? point->scaling.low : NAN, decimals);
  ctl_number (rows, "high", _("To"), ranged ? point->scaling.high : NAN, decimals);
  ctl_number (rows, "resolution", NULL, point->resolution, decimals);
  limit_cells (rows, point, decimals);
  motion_cells (rows, point, decimals);
  ctl_text (rows, NULL, _("Alarm state"), !point->limits.state.priority ? NULL
            : point->states[point->limits.state.state] ? point->states[point->limits.state.state]
                                                       : _(kind->states[point->limits.state.state]));
  ctl_number (rows, "alarm_state", NULL, point->limits.state.priority ? point->limits.state.state : NAN, 0);
  ctl_row_end (rows);
}

gboolean
ctl_points (const CtlCall *call, GError **error)
{
  guint site;
  g_auto (CtlView) view = { 0 };
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error) || !ctl_view_site (&view, call, &site, error))
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < view.network->n_points; i++)
    if (site == G_MAXUINT || view.network->points[i].site == site)
      point_row (rows, view.network, &view.network->points[i]);
  return ctl_rows_end (rows, error);
}

/* ---- live -------------------------------------------------------------------------------- */

/* One a point of the network; those without one are waiting. */
static GdpReading *
latest_readings (const CtlView *view)
{
  GdpReading *latest = g_new (GdpReading, view->network->n_points + 1);
  for (guint i = 0; i < view->network->n_points; i++)
    latest[i] = (GdpReading) { .value = NAN, .reason = GDP_REASON_WAITING };
  for (guint i = 0; i < view->state->readings->len; i++) {
    const GdpReading *reading = &g_array_index (view->state->readings, GdpReading, i);
    guint point = gdp_network_point_by_key (view->network, reading->point);
    if (point != G_MAXUINT)
      latest[point] = *reading;
  }
  return latest;
}

static void
live_row (CtlRows *rows, const GdpNetwork *network, const GdpPoint *point, const GdpReading *reading)
{
  const GdpPointKindInfo *kind = gdp_point_kind_info (point->kind);
  GdpQuality quality = gdp_reason_quality (reading->reason);
  /* No number is shown as if it were one: a bad value is named `last`. */
  double value = quality == GDP_QUALITY_BAD ? NAN : reading->value;
  int decimals = gdp_resolution_decimals (point->resolution);
  guint state = reading->value != 0;
  const char *word = !kind->discrete ? NULL : point->states[state] ? point->states[state] : _(kind->states[state]);
  ctl_text (rows, "point", _("Point"), point->id);
  ctl_text (rows, "site", NULL, network->sites[point->site].id);
  put_name (rows, point);
  ctl_number (rows, "value", _("Value"), value, decimals);
  ctl_text (rows, "unit", NULL, point->engineering_unit);
  ctl_text (rows, NULL, _("Unit"), kind->discrete && !isnan (value) ? word : point->engineering_unit);
  ctl_text (rows, "quality", _("Quality"), gdp_quality_word (quality));
  ctl_text (rows, "reason", NULL, gdp_reason_word (reading->reason));
  ctl_text (rows, NULL, _("Reason"), reading->reason == GDP_REASON_NONE ? NULL : _(gdp_reason_label (reading->reason)));
  ctl_number (rows, "last", NULL, quality == GDP_QUALITY_BAD ? reading->value : NAN, decimals);
  ctl_time (rows, "time", _("Time"), reading->time);
  ctl_time (rows, "received", NULL, reading->received);
  ctl_integer (rows, "seq", NULL, reading->seq);
  ctl_row_end (rows);
}

gboolean
ctl_live (const CtlCall *call, GError **error)
{
  guint site;
  g_auto (CtlView) view = { 0 };
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error) || !ctl_view_site (&view, call, &site, error))
    return FALSE;
  g_autofree GdpReading *latest = latest_readings (&view);
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < view.network->n_points; i++)
    if (site == G_MAXUINT || view.network->points[i].site == site)
      live_row (rows, view.network, &view.network->points[i], &latest[i]);
  ctl_view_warn_without_server (&view);
  return ctl_rows_end (rows, error);
}

/* ---- units and links --------------------------------------------------------------------- */

static const GdpContactInfo *
contact_of (const CtlView *view, gboolean link, gint64 key)
{
  for (guint i = 0; i < view->state->contacts->len; i++) {
    const GdpContactInfo *contact = view->state->contacts->pdata[i];
    if (contact->link == link && contact->key == key)
      return contact;
  }
  return NULL;
}

/* A link's contact is told when its state changes; what is behind it is heard meanwhile. */
static gint64
last_heard (const CtlView *view, gboolean link, guint index, const GdpContactInfo *contact)
{
  gint64 seen = contact ? contact->seen : 0;
  const GdpDevice *device = link ? ctl_view_device (view, view->network->links[index].key) : NULL;
  for (guint i = 0; link && i < view->network->n_units; i++) {
    const GdpContactInfo *below = view->network->units[i].link == index
                                  ? contact_of (view, FALSE, view->network->units[i].key) : NULL;
    seen = MAX (seen, below ? below->seen : 0);
  }
  return MAX (seen, device ? device->seen : 0);
}

static void
contact_cells (CtlRows *rows, const GdpContactInfo *contact, gint64 seen)
{
  ctl_text (rows, "state", _("State"), gdp_contact_state_word (contact ? contact->state : GDP_CONTACT_UNKNOWN));
  ctl_time (rows, "seen", _("Last answer"), seen);
  ctl_time (rows, "since", NULL, contact ? contact->since : 0);
  ctl_time (rows, "next_call", NULL, contact ? contact->next_call : 0);
  ctl_text (rows, "detail", _("Detail"), contact ? contact->detail : NULL);
}

static void
traffic_cells (CtlRows *rows, GArray *traffics, gboolean link, gint64 key)
{
  DataTraffic none = { 0 };
  const DataTraffic *traffic = &none;
  for (guint i = 0; i < traffics->len; i++)
    if (g_array_index (traffics, DataTraffic, i).link == link && g_array_index (traffics, DataTraffic, i).key == key)
      traffic = &g_array_index (traffics, DataTraffic, i);
  if (link)
    ctl_text (rows, "owner", _("Server"), traffic->owner);
  ctl_integer (rows, "requests", _("Requests"), (gint64) traffic->requests);
  ctl_integer (rows, "good", _("Good answers"), (gint64) traffic->good);
  ctl_integer (rows, "timeouts", _("Timeouts"), (gint64) traffic->timeouts);
  ctl_integer (rows, "crc_errors", _("CRC"), (gint64) traffic->crc_errors);
  ctl_integer (rows, "exceptions", _("Exceptions"), (gint64) traffic->exceptions);
  ctl_integer (rows, "wrong", _("Wrong"), (gint64) traffic->wrong);
  ctl_integer (rows, "reconnects", _("Reconnects"), (gint64) traffic->reconnects);
  ctl_integer (rows, "bytes_in", NULL, (gint64) traffic->bytes_in);
  ctl_integer (rows, "bytes_out", NULL, (gint64) traffic->bytes_out);
  ctl_integer (rows, "response_us", NULL, traffic->response_us);
  ctl_number (rows, NULL, _("Answer, ms"), traffic->response_us ? traffic->response_us / 1000.0 : NAN, 1);
}

static char *
place_of (const GdpLink *link)
{
  switch (link->kind) {
  case GDP_LINK_MODBUS_RTU: return g_strdup_printf ("%s %u%c%u", link->device ? link->device : "-", link->baud,
                                                    link->parity, link->stop_bits);
  case GDP_LINK_MODBUS_TCP: return g_strdup_printf ("%s:%u", link->host, link->port);
  case GDP_LINK_BBT:        return g_strdup (link->serial);
  default:                  return g_strdup (link->registration);
  }
}

/* Both return the key. */
static gint64
link_cells (CtlRows *rows, const GdpNetwork *network, guint index)
{
  const GdpLink *link = &network->links[index];
  g_autofree char *place = place_of (link);
  ctl_text (rows, "link", _("Link"), link->id);
  ctl_text (rows, "kind", _("Kind"), gdp_link_kind_word (link->kind));
  ctl_text (rows, "place", _("Where"), place);
  return link->key;
}

static gint64
unit_cells (CtlRows *rows, const GdpNetwork *network, guint index)
{
  const GdpUnit *unit = &network->units[index];
  ctl_text (rows, "unit", _("Unit"), unit->id);
  ctl_text (rows, "site", NULL, network->sites[unit->site].id);
  ctl_text (rows, "link", _("Link"), network->links[unit->link].id);
  ctl_integer (rows, "address", _("Address"), unit->address);
  ctl_text (rows, "profile", NULL, unit->profile->name);
  ctl_number (rows, "period", _("Period, s"), unit->period, 1);
  return unit->key;
}

/* Of a link that is no BBT's both are absent. */
static void
device_cells (CtlRows *rows, const GdpDevice *device)
{
  ctl_text (rows, "model", NULL, device ? device->model : NULL);
  ctl_text (rows, "firmware", _("Firmware"), device ? device->firmware : NULL);
}

static gboolean
list_who_answers (const CtlCall *call, gboolean link, GError **error)
{
  g_auto (CtlView) view = { 0 };
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error))
    return FALSE;
  g_autoptr (GArray) traffics = data_store_traffic (view.store, error);
  if (traffics == NULL)
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  guint n = link ? view.network->n_links : view.network->n_units;
  for (guint i = 0; i < n; i++) {
    gint64 key = (link ? link_cells : unit_cells) (rows, view.network, i);
    if (link)
      device_cells (rows, ctl_view_device (&view, key));
    const GdpContactInfo *contact = contact_of (&view, link, key);
    contact_cells (rows, contact, last_heard (&view, link, i, contact));
    traffic_cells (rows, traffics, link, key);
    ctl_row_end (rows);
  }
  ctl_view_warn_without_server (&view);
  return ctl_rows_end (rows, error);
}

gboolean
ctl_units (const CtlCall *call, GError **error)
{
  return list_who_answers (call, FALSE, error);
}

gboolean
ctl_links (const CtlCall *call, GError **error)
{
  return list_who_answers (call, TRUE, error);
}

/* ---- servers ----------------------------------------------------------------------------- */

gboolean
ctl_servers (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error))
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < view.state->servers->len; i++) {
    const DataServer *server = view.state->servers->pdata[i];
    gint64 silence = data_store_now (view.store) - server->heartbeat;
    const char *state = server->pid == 0 ? "stopped" : silence < DATA_SERVER_DEAD ? "running" : "silent";
    ctl_text (rows, "server", _("Server"), server->name);
    ctl_text (rows, "state", _("State"), state);
    ctl_text (rows, "version", _("Version"), server->version);
    ctl_text (rows, "host", _("Host"), server->host);
    ctl_integer (rows, "pid", _("Process"), server->pid);
    ctl_time (rows, "started", _("Started"), server->started);
    ctl_time (rows, "heartbeat", _("Heartbeat"), server->heartbeat);
    ctl_number (rows, "clock_ahead_s", _("Clock ahead, s"), (double) server->clock / GDP_SECOND, 1);
    /* What waits with a server that is silent is not known: it may have spooled since it was heard last. */
    gboolean known = !g_str_equal (state, "silent");
    ctl_number (rows, "queue", _("Queue"), known ? server->queue : NAN, 0);
    ctl_integer (rows, "samples", _("Samples"), server->samples);
    ctl_number (rows, "spooled", _("Spooled"), known ? server->spooled : NAN, 0);
    ctl_time (rows, "spooled_since", _("Spooled since"), server->spooled_since);
    ctl_said (rows, "trouble", _("Trouble"), server->trouble);
    ctl_row_end (rows);
  }
  return ctl_rows_end (rows, error);
}

/* ---- callers that were turned away ------------------------------------------------------- */

gboolean
ctl_strangers (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error))
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = view.state->strangers->len; i-- > 0;) {   /* the latest first */
    const DataStranger *stranger = view.state->strangers->pdata[i];
    ctl_text (rows, "serial", _("Serial"), stranger->serial);
    ctl_text (rows, "text", _("What it sent"), stranger->text);
    ctl_text (rows, "address", _("Address"), stranger->address);
    ctl_time (rows, "first", _("First call"), stranger->first);
    ctl_time (rows, "last", _("Last call"), stranger->last);
    ctl_integer (rows, "count", _("Times"), stranger->count);
    ctl_text (rows, "why", _("Why"), stranger->why);
    ctl_text (rows, "server", _("Server"), stranger->server);
    ctl_row_end (rows);
  }
  return ctl_rows_end (rows, error);
}
