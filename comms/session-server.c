/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-server.h"

#include <unistd.h>

#include "bbt-private.h"
#include "udp.h"

G_DEFINE_QUARK (comms-session-server-error-quark, comms_session_server_error)

static const CommsSessionSettings defaults = {
  .max_sessions = 19000, .registration_time = 10, .quiet_time = 0.3, .response_time = 5,
  .response_least = 2, .response_most = 15, .refusal_interval = 600, .dead_after = 3,
  .idle_time = 600, .result_time = 30, .udp_result_time = 10, .bytes_per_minute = 4 * 1024 * 1024,
};

/* ---- reports ------------------------------------------------------------------------------- */

gint64
comms_session_server_now (CommsSessionServer *server)
{
  return comms_loop_server_time (&server->loop);
}

gboolean
comms_session_server_has_room (CommsSessionServer *server)
{
  return comms_loop_has_room (&server->loop);
}

void
comms_session_server_give (CommsSessionServer *server, CommsReport *report)
{
  comms_loop_give (&server->loop, report);
}

/* What a link's site is named after: the unit that reports, or the first of its slaves. */
static guint
unit_of (CommsSessionServer *server, guint link)
{
  const CommsBbtUnit *bbt = server->bbts[link];
  const CommsModem *modem = server->modems[link];

  if (bbt != NULL && bbt->unit != G_MAXUINT)
    return bbt->unit;
  return modem->n_units > 0 ? modem->units[0].unit : G_MAXUINT;
}

GdpEvent *
comms_session_server_make_event (CommsSessionServer *server, GdpEventKind kind, guint link, const char *text)
{
  const GdpNetwork *network = server->network;
  GdpEvent *event = g_new0 (GdpEvent, 1);

  event->kind = kind;
  event->occurred = event->learned = comms_session_server_now (server);
  event->text = g_strdup (text);
  if (link == G_MAXUINT)
    return event;
  guint unit = unit_of (server, link);
  event->object = g_strdup (network->links[link].id);
  if (unit != G_MAXUINT)
    event->site = g_strdup (network->sites[network->units[unit].site].id);
  return event;
}

void
comms_session_server_event (CommsSessionServer *server, GdpEventKind kind, guint link, const char *text)
{
  CommsReport *report = comms_report_new (COMMS_REPORT_EVENT, G_MAXUINT, link, comms_session_server_now (server), 0);

  report->event = comms_session_server_make_event (server, kind, link, text);
  comms_session_server_give (server, report);
}

void
comms_session_server_refuse (CommsSessionServer *server, const char *address, const char *serial,
                             const char *what, const char *why)
{
  guint64 untold = 0;
  gboolean tell;

  g_mutex_lock (&server->refusals_lock);
  tell = comms_refusals_add (server->refusals, address, serial, what, why, comms_session_server_now (server), &untold);
  g_mutex_unlock (&server->refusals_lock);
  if (!tell)
    return;
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_printf (text, "%s: %s: \"%s\"", address, why, what);
  if (untold > 0)
    g_string_append_printf (text, "; %" G_GUINT64_FORMAT " more since the last told", untold);
  comms_session_server_event (server, GDP_EVENT_SESSION_REFUSED, G_MAXUINT, text->str);
}

/* ---- callers --------------------------------------------------------------------------------- */

/* New callers wait in the kernel while there is no room for their news or for themselves. */
static void
open_or_shut_the_door (CommsSessionServer *server)
{
  comms_listener_pause (server->listener, !comms_session_server_has_room (server)
                        || server->sessions.length >= server->settings.max_sessions);
}

/* How many sessions @peer has after adding @change; 0 where nobody counts. */
static guint
count_address (CommsSessionServer *server, const struct sockaddr *peer, int change)
{
  if (server->settings.max_per_address == 0)
    return 0;
  char *address = comms_session_address (peer, FALSE);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (server->per_address, address)) + change;

  if (n > 0)
    g_hash_table_insert (server->per_address, address, GUINT_TO_POINTER (n));
  else {
    g_hash_table_remove (server->per_address, address);
    g_free (address);
  }
  return n;
}

gboolean
comms_session_server_admit (CommsSessionServer *server, const struct sockaddr *peer)
{
  if (server->sessions.length >= server->settings.max_sessions)   /* of TCP the door is shut by then */
    return FALSE;
  if (count_address (server, peer, +1) <= server->settings.max_per_address)
    return TRUE;
  g_autofree char *address = comms_session_address (peer, FALSE);
  count_address (server, peer, -1);
  comms_session_server_refuse (server, address, NULL, "", "more sessions from this address than allowed");
  return FALSE;
}

void
comms_session_server_joined (CommsSessionServer *server)
{
  g_atomic_int_set (&server->n_sessions, server->sessions.length);
  if (server->sessions.length < server->settings.max_sessions)
    return;
  comms_session_server_refuse (server, "all", NULL, "", "no more sessions are taken, further callers wait");
  open_or_shut_the_door (server);
}

static void
on_accepted (int fd, const struct sockaddr *peer, gpointer user_data)
{
  CommsSessionServer *server = user_data;

  if (!comms_session_server_admit (server, peer)) {
    close (fd);
    return;
  }
  comms_session_open (server, fd, peer);
  comms_session_server_joined (server);
}

static void
on_hindered (const char *why, gpointer user_data)
{
  comms_session_server_refuse (user_data, "all", NULL, "", why);
}

void
comms_session_server_left (CommsSessionServer *server, const struct sockaddr *peer)
{
  count_address (server, peer, -1);
  g_atomic_int_set (&server->n_sessions, server->sessions.length);
  open_or_shut_the_door (server);
}

/* ---- the thread -------------------------------------------------------------------------------- */

static void
on_full (gpointer owner)
{
  open_or_shut_the_door (owner);
}

static void
on_room (gpointer owner)
{
  CommsSessionServer *server = owner;

  for (GList *l = server->sessions.head, *next; l != NULL; l = next) {
    next = l->next;
    comms_session_resume (l->data);
  }
  open_or_shut_the_door (server);
}

/* Whatever of it was opened. */
static void
close_all (CommsSessionServer *server)
{
  if (server->listener != NULL)
    comms_listener_close (server->listener);
  if (server->udp != NULL)
    comms_udp_close (server->udp);
  if (server->handover != NULL)
    comms_handover_close (server->handover);
  uv_close ((uv_handle_t *) &server->expiry, NULL);
}

/* Everybody who may call is known how to be answered before the first can. */
static gboolean
open_all (CommsSessionServer *server, const CommsSessionSettings *settings, GError **error)
{
  CommsListenerCalls callers = { on_accepted, on_hindered, server };
  gboolean shared = settings->share.parts > 1;

  if (shared && (server->handover = comms_handover_new (&server->loop.uv, settings->listen, settings->share,
                                                        comms_session_take_over, server, error)) == NULL)
    return FALSE;
  server->listener = comms_listener_new (&server->loop.uv, settings->listen, shared, &callers, error);
  if (server->listener == NULL)
    return FALSE;
  return settings->udp == NULL || (server->udp = comms_udp_new (server, settings->udp, error)) != NULL;
}

static void
on_stop (gpointer owner)
{
  CommsSessionServer *server = owner;

  while (server->sessions.length > 0)
    comms_session_close (server->sessions.head->data, COMMS_SESSION_STOPPED, NULL);
  comms_session_leave_all (server);
  comms_bbt_take_orders (server);
  for (guint i = 0; i < server->network->n_links; i++)
    if (server->bbts[i] != NULL)
      comms_bbt_drop_orders (server, server->bbts[i]);
  close_all (server);
}

static void
on_woken (gpointer owner)
{
  comms_bbt_take_orders (owner);
  comms_bbt_acknowledge (owner);
}

static const CommsLoopCalls calls = { comms_session_due, on_full, on_room, on_stop, on_woken };

static void
wake (gpointer user_data)
{
  comms_loop_wake (&((CommsSessionServer *) user_data)->loop);
}

/* ---- from outside ------------------------------------------------------------------------------ */

static CommsSessionSettings
with_defaults (const CommsSessionSettings *settings)
{
  CommsSessionSettings full = *settings;

#define DEFAULT(field) if (full.field == 0) full.field = defaults.field
  DEFAULT (max_sessions);
  DEFAULT (registration_time);
  DEFAULT (quiet_time);
  DEFAULT (response_time);
  DEFAULT (response_least);
  DEFAULT (response_most);
  DEFAULT (refusal_interval);
  DEFAULT (dead_after);
  DEFAULT (idle_time);
  DEFAULT (result_time);
  DEFAULT (udp_result_time);
  DEFAULT (bytes_per_minute);
#undef DEFAULT
  full.listen = full.udp = NULL;
  return full;
}

static CommsSessionServer *
server_new (GdpNetwork *network, const CommsSessionSettings *settings, const CommsSink *sink)
{
  CommsSessionServer *server = g_new0 (CommsSessionServer, 1);

  server->network = gdp_network_ref (network);
  server->settings = with_defaults (settings);
  server->patience = (CommsPatience) { .first = server->settings.response_time * G_USEC_PER_SEC,
                                       .least = server->settings.response_least * G_USEC_PER_SEC,
                                       .most = server->settings.response_most * G_USEC_PER_SEC };
  server->registrations = comms_registrations_new (network);
  server->modems = comms_modems_new (network);
  server->keys = settings->keys != NULL ? comms_bbt_keys_ref (settings->keys) : NULL;
  server->streams = settings->streams != NULL ? comms_streams_ref (settings->streams) : comms_streams_new ();
  server->by_serial = g_hash_table_new (g_str_hash, g_str_equal);
  comms_bbt_adopt (server, 0, NULL);
  server->orders = g_async_queue_new_full ((GDestroyNotify) comms_order_free);
  server->refusals = comms_refusals_new (server->settings.refusal_interval * G_USEC_PER_SEC);
  server->per_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&server->sessions);
  g_queue_init (&server->leaving);
  g_mutex_init (&server->refusals_lock);
  comms_loop_init (&server->loop, sink, &calls, server);
  return server;
}

static void
server_free (CommsSessionServer *server)
{
  comms_loop_clear (&server->loop);
  g_hash_table_unref (server->per_address);
  comms_refusals_free (server->refusals);
  g_async_queue_unref (server->orders);
  g_hash_table_unref (server->by_serial);
  comms_bbt_units_free (server->bbts, server->network->n_links);
  comms_streams_unref (server->streams);
  g_clear_pointer (&server->keys, comms_bbt_keys_unref);
  comms_modems_free (server->modems, server->network->n_links);
  comms_registrations_free (server->registrations);
  gdp_network_unref (server->network);
  g_mutex_clear (&server->refusals_lock);
  g_free (server);
}

CommsSessionServer *
comms_session_server_start (GdpNetwork *network, const CommsSessionSettings *settings,
                            const CommsSink *sink, GError **error)
{
  CommsSessionServer *server = server_new (network, settings, sink);

  uv_timer_init (&server->loop.uv, &server->expiry);
  server->expiry.data = server;
  if (!open_all (server, settings, error)) {
    close_all (server);
    uv_run (&server->loop.uv, UV_RUN_DEFAULT);   /* until what was opened is closed */
    server_free (server);
    return NULL;
  }
  comms_loop_start (&server->loop, "sessions");
  comms_streams_listen (server->streams, wake, server);
  wake (server);   /* commits of before */
  return server;
}

void
comms_session_server_stop (CommsSessionServer *server)
{
  if (server == NULL)
    return;
  comms_streams_listen (server->streams, NULL, NULL);
  comms_loop_stop (&server->loop);
  server_free (server);
}

static void
release (gpointer owner, gpointer data)
{
  CommsSessionServer *server = owner;
  const gboolean *same = data;

  comms_bbt_take_orders (server);   /* what is on its way knows this configuration's indexes */
  for (GList *l = server->sessions.head, *next; l != NULL; l = next) {
    guint link = comms_session_link (l->data);
    next = l->next;
    if (link != G_MAXUINT && !same[link])
      comms_session_close (l->data, COMMS_SESSION_CHANGED, NULL);
  }
  server->same = same;   /* who calls now on another link has to call again */
  comms_loop_forget (&server->loop, same);
}

void
comms_session_server_release (CommsSessionServer *server, const gboolean *same)
{
  comms_loop_call (&server->loop, release, (gpointer) same);
}

typedef struct { GdpNetwork *network; const gboolean *same; } Adoption;

static void
adopt (gpointer owner, gpointer data)
{
  CommsSessionServer *server = owner;
  const Adoption *adoption = data;
  CommsModem **modems = comms_modems_new (adoption->network);
  g_autoptr (GdpNetwork) before = server->network;

  server->same = NULL;
  comms_modems_adopt (server->modems, before->n_links, modems, adoption->network, adoption->same);
  comms_registrations_free (server->registrations);
  server->modems = modems;
  server->network = gdp_network_ref (adoption->network);
  comms_bbt_adopt (server, before->n_links, adoption->same);
  server->registrations = comms_registrations_new (server->network);
}

void
comms_session_server_adopt (CommsSessionServer *server, GdpNetwork *network, const gboolean *same)
{
  comms_loop_call (&server->loop, adopt, &(Adoption) { network, same });
}

static void
set_keys (gpointer owner, gpointer keys)
{
  CommsSessionServer *server = owner;
  g_autoptr (CommsBbtKeys) before = server->keys;

  server->keys = keys != NULL ? comms_bbt_keys_ref (keys) : NULL;
  for (guint i = 0; i < server->network->n_links; i++)
    if (server->bbts[i] != NULL)
      server->bbts[i]->key = keys != NULL ? comms_bbt_keys_find (keys, server->bbts[i]->serial) : NULL;
}

void
comms_session_server_set_keys (CommsSessionServer *server, CommsBbtKeys *keys)
{
  comms_loop_call (&server->loop, set_keys, keys);
}

guint16
comms_session_server_port (CommsSessionServer *server)
{
  return comms_listener_port (server->listener);
}

guint16
comms_session_server_udp_port (CommsSessionServer *server)
{
  return server->udp != NULL ? comms_udp_port (server->udp) : 0;
}

static gboolean
reaches (const CommsSessionServer *server, const CommsOrder *order)
{
  if (order->link >= server->network->n_links)
    return FALSE;
  if (order->kind == COMMS_ORDER_WRITE)
    return server->modems[order->link] != NULL
           && comms_modem_unit (server->modems[order->link], order->write.unit) != NULL;
  return server->bbts[order->link] != NULL;
}

gboolean
comms_session_server_order (CommsSessionServer *server, const CommsOrder *order, GError **error)
{
  if (!comms_order_check (order, error))
    return FALSE;
  if (!reaches (server, order)) {
    g_set_error_literal (error, COMMS_ORDER_ERROR, COMMS_ORDER_ERROR_LINK,
                         order->kind == COMMS_ORDER_WRITE ? "there is no such slave on this link"
                                                          : "there is no BBT on this link");
    return FALSE;
  }
  g_async_queue_push (server->orders, comms_order_new (order));
  wake (server);
  return TRUE;
}

guint
comms_session_server_n_sessions (CommsSessionServer *server)
{
  return g_atomic_int_get (&server->n_sessions);
}

void
comms_session_server_resume (CommsSessionServer *server)
{
  comms_loop_resume (&server->loop);
}

gboolean
comms_session_server_traffic (CommsSessionServer *server, guint link, guint unit, CommsTraffic *traffic)
{
  if (link >= server->network->n_links || server->modems[link] == NULL)
    return FALSE;
  if (server->bbts[link] != NULL)
    return comms_bbt_unit_traffic (server->bbts[link], unit, traffic);
  return comms_modem_traffic (server->modems[link], unit, traffic);
}

GPtrArray *
comms_session_server_refusals (CommsSessionServer *server)
{
  GPtrArray *list;

  g_mutex_lock (&server->refusals_lock);
  list = comms_refusals_list (server->refusals);
  g_mutex_unlock (&server->refusals_lock);
  return list;
}
