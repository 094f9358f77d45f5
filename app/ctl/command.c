/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "secret.h"

#include <stdio.h>
#include <string.h>

#include "gdp/saying.h"

G_DEFINE_QUARK (ctl-error-quark, ctl_error)

gboolean
ctl_fail (GError **error, CtlError code, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, CTL_ERROR, code, message);
  return FALSE;
}

static const char *
translate (const char *english)
{
  return _(english);
}

char *
ctl_saying (const char *text)
{
  return gdp_saying_text (text, translate);
}

void
ctl_said (CtlRows *rows, const char *key, const char *label, const char *text)
{
  g_autofree char *said = ctl_saying (text);
  ctl_text (rows, key, NULL, text);
  ctl_text (rows, NULL, label, label != NULL ? said : NULL);
}

CtlRows *
ctl_call_rows (const CtlCall *call, gboolean stream)
{
  return ctl_rows_new (call->json ? CTL_ROWS_JSON : stream ? CTL_ROWS_STREAM : CTL_ROWS_TABLE);
}

/* What is shown and asked for is by the store's time. */
static void
warn_of_clock (DataStore *store)
{
  gint64 ahead;

  if (data_store_clock (store, &ahead) && ABS (ahead) > DATA_CLOCKS_AGREE)
    fprintf (stderr, ahead > 0 ? _("gdpctl: this machine's clock is %.0f s behind the store's, which counts here\n")
                               : _("gdpctl: this machine's clock is %.0f s ahead of the store's, which counts here\n"),
             ABS ((double) ahead) / GDP_SECOND);
}

DataStore *
ctl_call_store (const CtlCall *call, DataAccess access, GError **error)
{
  g_autoptr (DataStore) store = data_store_open (call->store, access, error);

  if (store && access == DATA_ACCESS_READ)
    warn_of_clock (store);
  return store && (access == DATA_ACCESS_READ || ctl_sign_in (call, store, error)) ? g_steal_pointer (&store) : NULL;
}

const char *
ctl_call_user (const CtlCall *call, DataStore *store)
{
  const char *known = store ? data_store_user (store) : NULL;
  return call->user && *call->user ? call->user : known ? known : g_get_user_name ();
}

gboolean
ctl_view_open (CtlView *view, const CtlCall *call, DataAccess access, GError **error)
{
  *view = (CtlView) { .store = ctl_call_store (call, DATA_ACCESS_READ, error) };
  /* What is to be viewed must be there: a mistyped --store makes no new one. */
  if (view->store && access != DATA_ACCESS_READ) {
    data_store_close (view->store);
    view->store = ctl_call_store (call, access, error);
  }
  if (view->store)
    view->network = data_store_network (view->store, error);
  if (view->network)
    view->state = data_store_changes (view->store, 0, error);
  return view->state != NULL;
}

void
ctl_view_clear (CtlView *view)
{
  g_clear_pointer (&view->state, data_changes_free);
  g_clear_pointer (&view->network, gdp_network_unref);
  g_clear_pointer (&view->store, data_store_close);
}

gboolean
ctl_view_site (const CtlView *view, const CtlCall *call, guint *site, GError **error)
{
  *site = G_MAXUINT;
  if (call->words[0] == NULL)
    return TRUE;
  if (call->words[1])
    return ctl_fail (error, CTL_ERROR_USAGE, _("one site at a time; without a name all are shown"));
  *site = gdp_network_find_site (view->network, call->words[0]);
  return *site != G_MAXUINT
         || ctl_fail (error, CTL_ERROR_FAILED, _("there is no site “%s”; “gdpctl sites” lists them"), call->words[0]);
}

const GdpDevice *
ctl_view_device (const CtlView *view, gint64 link)
{
  for (guint i = 0; i < view->state->devices->len; i++) {
    const GdpDevice *device = view->state->devices->pdata[i];
    if (device->link == link)
      return device;
  }
  return NULL;
}

const DataServer *
ctl_view_server (const CtlView *view)
{
  for (guint i = 0; i < view->state->servers->len; i++) {
    const DataServer *server = view->state->servers->pdata[i];
    if (server->pid && data_store_now (view->store) - server->heartbeat < DATA_SERVER_DEAD)
      return server;
  }
  return NULL;
}

/* The server that was heard of last and did not say that it ends; NULL = none. Borrowed. */
static const DataServer *
silent_server (const CtlView *view)
{
  const DataServer *last = NULL;
  for (guint i = 0; i < view->state->servers->len; i++) {
    const DataServer *server = view->state->servers->pdata[i];
    if (server->pid && (last == NULL || server->heartbeat > last->heartbeat))
      last = server;
  }
  return last;
}

gboolean
ctl_view_needs_server (const CtlView *view, GError **error)
{
  const DataServer *silent = silent_server (view);
  g_autofree char *beat = silent ? ctl_moment_local (silent->heartbeat) : NULL;
  if (ctl_view_server (view) != NULL)
    return TRUE;
  if (silent == NULL)
    return ctl_fail (error, CTL_ERROR_FAILED, _("no server is running on this store, so nobody would carry it out; "
                     "start gdp-server"));
  return ctl_fail (error, CTL_ERROR_FAILED, _("server “%s” was not heard of since %s, so nobody would carry it out; if the store "
                   "was away, try again in a few seconds, else see what became of gdp-server on %s"), silent->name, beat,
                   silent->host ? silent->host : "?");
}

/* @never: none has been there, or the last one ended in order; @silent: of a name and a time. */
static void
warn (const CtlView *view, const char *never, const char *silent)
{
  const DataServer *last = silent_server (view);
  g_autofree char *beat = last ? ctl_moment_local (last->heartbeat) : NULL;
  g_autofree char *text = last ? g_strdup_printf (silent, last->name, beat) : g_strdup (never);
  if (ctl_view_server (view) == NULL)
    fprintf (stderr, "gdpctl: %s\n", text);
}

void
ctl_view_warn_without_server (const CtlView *view)
{
  warn (view, _("no server is running: values and alarms are as it left them"),
        _("server “%s” was not heard of since %s: values and alarms are as of then"));
}

void
ctl_view_warn_later (const CtlView *view)
{
  warn (view, _("no server is running: it is carried out when one is started"),
        _("server “%s” was not heard of since %s: it is carried out when one is there again"));
}

char *
ctl_site_of (const char *object)
{
  const char *slash = object ? strchr (object, '/') : NULL;
  return slash ? g_strndup (object, slash - object) : NULL;
}

gboolean
ctl_find_bbt (const CtlView *view, const char *id, guint *link, GError **error)
{
  *link = gdp_network_find_link (view->network, id);
  if (*link != G_MAXUINT && view->network->links[*link].kind == GDP_LINK_BBT)
    return TRUE;
  if (*link != G_MAXUINT)
    return ctl_fail (error, CTL_ERROR_FAILED, _("link “%s” is no BBT but of kind %s; “gdpctl settings” lists the BBTs"), id,
                     gdp_link_kind_word (view->network->links[*link].kind));
  return ctl_fail (error, CTL_ERROR_FAILED, _("there is no BBT link “%s”; “gdpctl settings” lists them"), id);
}
