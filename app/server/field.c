/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "field.h"

#include <sys/resource.h>

#include "clock.h"
#include "comms/line.h"
#include "comms/refusal.h"
#include "comms/same-links.h"
#include "comms/session-server.h"
#include "comms/tcp-lines.h"
#include "lately.h"

/* What was told last of a link or unit. */
struct Told {
  guint64 sum;    /* of its counters, which only grow; and of their beginning */
  gint64  turn;   /* what is told of late changes with it, too */
};

struct ServerField {
  const CommsSink    *sink;       /* borrowed */
  ServerTrouble      *trouble;    /* borrowed */
  GdpNetwork         *network;    /* NULL = stopped */
  char               *listen;     /* NULL = no sessions */
  char               *udp;        /* or NULL */
  CommsBbtKeys       *keys;       /* or NULL */
  CommsStreams       *streams;    /* outlive the sessions */
  ServerLately       *lately;
  CommsSessionSettings settings;
  gint64              strangers_until;  /* µs: those who called until then have been asked for */
  CommsLine         **lines;      /* by link; NULL = not a serial line, or not reachable */
  struct Told        *told;       /* by link, then by unit: of their counters */
  guint               next_told;  /* whose turn it is */
  gboolean           *same;       /* by link: goes on; only between release and start, else NULL */
  GMutex              lock;       /* for all below, which another thread may resume */
  CommsTcpLines      *tcp_lines;
  CommsSessionServer *sessions;   /* NULL = off, or cannot listen yet */
  gboolean            steady;     /* runs, and no configuration is being changed */
};

const char *
server_field_missing (const ServerConfig *config, const GdpLink *link)
{
  switch (link->kind) {
  case GDP_LINK_MODBUS_RTU:
    return link->device != NULL ? NULL : "no serial device; give device= in a [line] section of the configuration";
  case GDP_LINK_MODBUS_TCP:
    return link->host != NULL ? NULL : "no host; give tcp=HOST:PORT in a [line] section of the configuration";
  case GDP_LINK_MODEM:
  case GDP_LINK_BBT:
    return config->listen != NULL ? NULL : "sessions are off; give listen= in [sessions] of the configuration";
  default:
    return "a kind of link that this program does not know";
  }
}

static void
listen_for_sessions (ServerField *field)
{
  g_autoptr (GError) error = NULL;

  if (field->listen == NULL || field->sessions != NULL)
    return;
  CommsSessionServer *sessions = comms_session_server_start (field->network, &field->settings, field->sink, &error);
  server_trouble_set (field->trouble, "sessions", sessions != NULL ? NULL : error->message);
  if (sessions != NULL)
    g_message ("listening for units on port %u", comms_session_server_port (sessions));
  g_mutex_lock (&field->lock);
  field->sessions = sessions;
  g_mutex_unlock (&field->lock);
}

ServerField *
server_field_new (const CommsSink *sink, ServerTrouble *trouble)
{
  ServerField *field = g_new0 (ServerField, 1);

  g_mutex_init (&field->lock);
  field->sink = sink;
  field->trouble = trouble;
  field->streams = comms_streams_new ();
  field->lately = server_lately_new ();
  return field;
}

void
server_field_free (ServerField *field)
{
  g_assert (field->network == NULL);
  g_clear_pointer (&field->keys, comms_bbt_keys_unref);
  comms_streams_unref (field->streams);
  server_lately_free (field->lately);
  g_mutex_clear (&field->lock);
  g_free (field);
}

/* Too few are noticed by callers that wait for ever: better now, with what to do about it. */
static void
check_descriptors (ServerField *field, guint max_sessions)
{
  enum { SESSIONS_BY_DEFAULT = 19000, OTHERS = 500 };
  guint callers = 0;
  struct rlimit limit;
  g_autofree char *lack = NULL;

  for (guint i = 0; field->listen != NULL && i < field->network->n_links; i++)
    callers += gdp_link_kind_dials_in (field->network->links[i].kind);
  rlim_t needed = MIN (callers, max_sessions != 0 ? max_sessions : SESSIONS_BY_DEFAULT) + OTHERS;
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < needed)
    lack = g_strdup_printf ("%u units may dial in, which takes %lu open descriptors, and this process may have %lu; raise "
                            "LimitNOFILE= of gdp-server.service (or ulimit -n), or let a second server share the port "
                            "(share= in [sessions])", callers, (gulong) needed, (gulong) limit.rlim_cur);
  server_trouble_set (field->trouble, "open descriptors", lack);
}

static void
stop_sessions (ServerField *field)
{
  g_mutex_lock (&field->lock);
  CommsSessionServer *sessions = g_steal_pointer (&field->sessions);
  g_mutex_unlock (&field->lock);
  comms_session_server_stop (sessions);
}

/* All at once, so that a thousand end as fast as one. */
static void
stop_lines (ServerField *field, const gboolean *but)
{
  for (guint i = 0; i < field->network->n_links; i++)
    if (field->lines[i] != NULL && (but == NULL || !but[i]))
      comms_line_quit (field->lines[i]);
  for (guint i = 0; i < field->network->n_links; i++)
    if (field->lines[i] != NULL && (but == NULL || !but[i]))
      comms_line_stop (g_steal_pointer (&field->lines[i]));
}

static gboolean
same_settings (const ServerField *field, const ServerConfig *config)
{
  const CommsSessionSettings *now = &field->settings;

  return g_strcmp0 (field->listen, config->listen) == 0 && g_strcmp0 (field->udp, config->udp) == 0
         && now->share.part == config->share.part && now->share.parts == config->share.parts
         && now->max_sessions == config->max_sessions && now->idle_time == config->idle_time
         && now->bytes_per_minute == config->bytes_per_minute
         && now->max_per_address == config->max_per_address && now->registration_time == config->registration_time;
}

static void
set_steady (ServerField *field, gboolean steady)
{
  g_mutex_lock (&field->lock);
  field->steady = steady;
  g_mutex_unlock (&field->lock);
}

void
server_field_release (ServerField *field, GdpNetwork *network, const ServerConfig *config)
{
  g_assert (field->network != NULL && field->same == NULL);
  set_steady (field, FALSE);
  field->same = comms_same_links (field->network, network);
  stop_lines (field, field->same);
  comms_tcp_lines_release (field->tcp_lines, field->same);
  if (!same_settings (field, config))
    stop_sessions (field);
  else if (field->sessions != NULL)
    comms_session_server_release (field->sessions, field->same);
}

gboolean
server_field_keeps (const ServerField *field, guint index)
{
  return field->same[index]
         && (field->sessions != NULL || !gdp_link_kind_dials_in (field->network->links[index].kind));
}

static void
start_lines (ServerField *field, const GdpNetwork *before, const ServerConfig *config)
{
  GdpNetwork *network = field->network;
  g_autofree CommsLine **kept = field->lines;

  field->lines = g_new0 (CommsLine *, network->n_links);
  for (guint i = 0; i < network->n_links; i++)
    if (before != NULL && i < before->n_links && kept[i] != NULL)
      field->lines[i] = kept[i];
    else if (network->links[i].kind == GDP_LINK_MODBUS_RTU && server_field_missing (config, &network->links[i]) == NULL)
      field->lines[i] = comms_line_start (network, i, field->sink);
}

static void
start_tcp_lines (ServerField *field)
{
  if (field->tcp_lines != NULL) {
    comms_tcp_lines_adopt (field->tcp_lines, field->network);
    return;
  }
  g_mutex_lock (&field->lock);
  field->tcp_lines = comms_tcp_lines_start (field->network, field->sink);
  g_mutex_unlock (&field->lock);
}

/* A file that cannot be read leaves the keys as they were: a slip of an editor shuts nobody out. */
static void
read_keys (ServerField *field, const char *file)
{
  g_autoptr (GError) error = NULL;
  CommsBbtKeys *keys = file != NULL ? comms_bbt_keys_read (file, &error) : NULL;

  server_trouble_set (field->trouble, "keys", error != NULL ? error->message : NULL);
  if (error != NULL)
    return;
  if (field->sessions != NULL)
    comms_session_server_set_keys (field->sessions, keys);
  g_clear_pointer (&field->keys, comms_bbt_keys_unref);
  field->keys = keys;
}

void
server_field_remember (ServerField *field, const GArray *marks, const GPtrArray *devices)
{
  for (guint i = 0; i < marks->len; i++) {
    const GdpStreamMark *mark = &g_array_index (marks, GdpStreamMark, i);
    comms_streams_load (field->streams, mark->link, mark->stream, mark->boot, mark->through);
  }
  for (guint i = 0; i < devices->len; i++) {
    const GdpDevice *device = g_ptr_array_index (devices, i);
    comms_streams_load_sessions (field->streams, device->link, device->sessions);
    if (device->model != NULL)   /* else it was forgotten */
      comms_streams_load_board (field->streams, device->link,
                                device->imei != NULL ? g_ascii_strtoull (device->imei, NULL, 10) : 0, device->hardware);
  }
}

/* ---- orders ------------------------------------------------------------------------------------ */

static gboolean
order_line (ServerField *field, const CommsOrder *order, GError **error)
{
  if (field->lines[order->link] != NULL)
    return comms_line_order (field->lines[order->link], order, error);
  g_set_error_literal (error, COMMS_ORDER_ERROR, COMMS_ORDER_ERROR_LINK, "this server does not read the line");
  return FALSE;
}

static gboolean
order_tcp (ServerField *field, const CommsOrder *order, GError **error)
{
  return comms_tcp_lines_order (field->tcp_lines, order, error);
}

static gboolean
order_session (ServerField *field, const CommsOrder *order, GError **error)
{
  if (field->sessions != NULL)
    return comms_session_server_order (field->sessions, order, error);
  g_set_error_literal (error, COMMS_ORDER_ERROR, COMMS_ORDER_ERROR_LINK, "sessions are off");
  return FALSE;
}

static gboolean (*const order_by_kind[GDP_N_LINK_KINDS]) (ServerField *, const CommsOrder *, GError **) = {
  [GDP_LINK_MODBUS_RTU] = order_line, [GDP_LINK_MODBUS_TCP] = order_tcp,
  [GDP_LINK_MODEM] = order_session,   [GDP_LINK_BBT] = order_session,
};

gboolean
server_field_order (ServerField *field, const CommsOrder *order, gint64 link, gint64 unit, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&field->lock);
  CommsOrder own = *order;

  if (!field->steady) {
    g_set_error_literal (error, COMMS_ORDER_ERROR, COMMS_ORDER_ERROR_LINK,
                         "the configuration is just being changed; try again");
    return FALSE;
  }
  own.link = gdp_network_link_by_key (field->network, link);
  if (own.kind == COMMS_ORDER_WRITE)
    own.write.unit = gdp_network_unit_by_key (field->network, unit);
  if (own.link != G_MAXUINT)
    return order_by_kind[field->network->links[own.link].kind] (field, &own, error);
  g_set_error_literal (error, COMMS_ORDER_ERROR, COMMS_ORDER_ERROR_LINK, "this server does not serve the link");
  return FALSE;
}

void
server_field_start (ServerField *field, GdpNetwork *network, const ServerConfig *config)
{
  g_autoptr (GdpNetwork) before = field->network;
  g_autofree gboolean *same = g_steal_pointer (&field->same);

  g_assert (before == NULL || same != NULL);
  field->network = gdp_network_ref (network);
  g_free (field->told);
  field->told = g_new0 (struct Told, network->n_links + network->n_units);
  field->next_told = 0;
  start_lines (field, before, config);
  start_tcp_lines (field);
  if (field->sessions != NULL)
    comms_session_server_adopt (field->sessions, network, same);
  read_keys (field, config->keys);
  g_free (field->listen);
  field->listen = g_strdup (config->listen);
  g_free (field->udp);
  field->udp = g_strdup (config->udp);
  field->settings = (CommsSessionSettings) { .listen = field->listen, .max_sessions = config->max_sessions,
                                             .max_per_address = config->max_per_address,
                                             .registration_time = config->registration_time,
                                             .share = config->share, .udp = field->udp, .keys = field->keys, .streams = field->streams,
                                             .idle_time = config->idle_time,
                                             .bytes_per_minute = config->bytes_per_minute };
  check_descriptors (field, config->max_sessions);
  listen_for_sessions (field);
  set_steady (field, TRUE);
}

void
server_field_retry (ServerField *field)
{
  listen_for_sessions (field);
}

void
server_field_resume (ServerField *field)
{
  g_mutex_lock (&field->lock);
  if (field->tcp_lines != NULL)
    comms_tcp_lines_resume (field->tcp_lines);
  if (field->sessions != NULL)
    comms_session_server_resume (field->sessions);
  g_mutex_unlock (&field->lock);
}

void
server_field_stop (ServerField *field)
{
  g_mutex_lock (&field->lock);
  field->steady = FALSE;
  CommsTcpLines *tcp_lines = g_steal_pointer (&field->tcp_lines);
  g_mutex_unlock (&field->lock);
  comms_tcp_lines_stop (tcp_lines);
  stop_sessions (field);
  stop_lines (field, NULL);

  g_clear_pointer (&field->lines, g_free);
  g_clear_pointer (&field->told, g_free);
  g_clear_pointer (&field->listen, g_free);
  g_clear_pointer (&field->udp, g_free);
  g_clear_pointer (&field->network, gdp_network_unref);
}

static gboolean
read_counters (ServerField *field, guint link, guint unit, CommsTraffic *counters)
{
  switch (field->network->links[link].kind) {
  case GDP_LINK_MODBUS_RTU:
    return field->lines[link] != NULL && comms_line_traffic (field->lines[link], unit, counters);
  case GDP_LINK_MODBUS_TCP:
    return comms_tcp_lines_traffic (field->tcp_lines, link, unit, counters);
  case GDP_LINK_MODEM:
  case GDP_LINK_BBT:
    return field->sessions != NULL && comms_session_server_traffic (field->sessions, link, unit, counters);
  default:
    return FALSE;
  }
}

static guint64
sum_of (const GdpTraffic *traffic)
{
  guint64 sum = (guint64) traffic->since;

#define ADD(name) sum += traffic->name;
  GDP_TRAFFIC_COUNTERS (ADD)
#undef ADD
  return sum;
}

static DataTraffic
row_of (ServerField *field, guint link, guint unit, const char *owner, const GdpTraffic *c, gint64 now)
{
  GdpTraffic lately = *c;
  DataTraffic traffic = {
    .link = unit == G_MAXUINT,
    .key = unit == G_MAXUINT ? field->network->links[link].key : field->network->units[unit].key,
    .owner = g_strdup (owner),
    .requests = c->requests, .good = c->good, .timeouts = c->timeouts, .crc_errors = c->crc_errors,
    .exceptions = c->exceptions, .wrong = c->wrong, .reconnects = c->reconnects,
    .bytes_in = c->bytes_in, .bytes_out = c->bytes_out, .total = gdp_traffic_text (c),
  };

  if (c->due > 0) {   /* of a BBT's own reports there are no requests and answers: its sessions tell more */
    server_lately_take (field->lately, traffic.link, traffic.key, now, &lately);
    traffic.lately = gdp_traffic_text (&lately);
  }
  traffic.response_us = comms_traffic_median_us (&lately);
  return traffic;
}

/* @index: of the links, then the units. */
static void
add_traffic (GArray *all, ServerField *field, guint index, const char *owner)
{
  const GdpNetwork *network = field->network;
  guint unit = index < network->n_links ? G_MAXUINT : index - network->n_links;
  guint link = unit == G_MAXUINT ? index : network->units[unit].link;
  gint64 now = server_clock_now ();
  GdpTraffic counters;

  if (!read_counters (field, link, unit, &counters))
    return;
  struct Told news = { sum_of (&counters), now / SERVER_LATELY_TURN };
  if (news.sum == field->told[index].sum && news.turn == field->told[index].turn)
    return;
  field->told[index] = news;
  DataTraffic row = row_of (field, link, unit, owner, &counters, now);
  g_array_append_val (all, row);
}

static void
traffic_clear (gpointer traffic)
{
  data_traffic_clear (traffic);
}

GArray *
server_field_traffic (ServerField *field, const char *owner, guint share, guint most)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (DataTraffic));
  guint n = field->network->n_links + field->network->n_units;

  g_array_set_clear_func (all, traffic_clear);
  for (guint looks = (n + share - 1) / share; looks > 0 && all->len < most; looks--) {
    add_traffic (all, field, field->next_told, owner);
    field->next_told = (field->next_told + 1) % n;
  }
  return all->len > 0 ? g_steal_pointer (&all) : NULL;
}

GPtrArray *
server_field_strangers (ServerField *field)
{
  g_autoptr (GPtrArray) all = field->sessions != NULL ? comms_session_server_refusals (field->sessions) : NULL;
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) data_stranger_free);
  gint64 until = field->strangers_until;

  for (guint i = 0; all != NULL && i < all->len; i++) {
    const CommsRefusal *refusal = all->pdata[i];
    const DataStranger stranger = {
      .address = refusal->address, .serial = refusal->serial, .text = refusal->text, .why = refusal->why,
      .first = refusal->first, .last = refusal->last, .count = (gint64) refusal->count,
    };
    if (refusal->last <= until || g_str_equal (refusal->address, "all"))   /* "all" is a remark about ourselves */
      continue;
    field->strangers_until = MAX (field->strangers_until, refusal->last);
    g_ptr_array_add (fresh, data_stranger_copy (&stranger));
  }
  return fresh->len > 0 ? g_steal_pointer (&fresh) : NULL;
}
